//! How much is said on stderr with `-q`, `-v` and `-vv`, and that no secret is, whatever goes wrong
//! meanwhile.

use crate::common::Sandbox;
use serde_json::json;

/// A run at the highest verbosity; the harness fails it if a secret is on stderr. The code is one,
/// too.
#[track_caller]
fn told(sandbox: &Sandbox, args: &[&str], code: &str, status: i32) -> String {
    let output = sandbox
        .xacct(&[args, &["-vv"]].concat())
        .env("XACCT_MFA_CODE", code)
        .run()
        .status(status);
    let said = output.stderr_text().to_owned();
    output.stderr(&said);
    assert!(!said.contains(code), "{said}");
    said
}

#[cfg(unix)]
#[test]
fn the_most_that_is_said_holds_no_secret() {
    let sandbox = Sandbox::start();
    let process = ["credential-process", "client2"];
    let said = told(&sandbox, &process, "000000", 4);
    assert!(said.contains("AWS refused the MFA code"), "{said}");
    sandbox.fault(&json!({"kind": "truncate", "action": "GetSessionToken"}));
    let said = told(&sandbox, &process, &sandbox.fresh_code(), 6);
    assert!(said.contains("because: "), "{said}");
    sandbox.advance_mfa();
    let said = told(&sandbox, &process, &sandbox.fresh_code(), 0);
    assert!(
        said.contains("GetSessionToken for 43200 s: asking http://127.0.0.1:"),
        "{said}"
    );
    assert!(
        said.contains("parameters: AssumeRole { role_arn: \"arn:aws:iam::333333333333:role/"),
        "{said}"
    );
    let said = told(&sandbox, &["assume", "client2"], "123456", 0);
    assert!(
        said.starts_with("xacct: used from the cache, good for another "),
        "{said}"
    );
    sandbox.forget_sessions();
    let said = told(
        &sandbox,
        &["whoami", "client2", "--verify", "--no-input"],
        "123456",
        4,
    );
    assert!(said.contains("InvalidClientTokenId"), "{said}");
}

#[test]
fn quiet_is_silent_but_for_errors() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config("this is no line\n");
    let process = ["credential-process", "plain"];
    sandbox
        .xacct(&process)
        .run()
        .status(0)
        .stderr_contains("xacct: warning: ~/.aws/config:");
    sandbox
        .xacct(&[&process[..], &["--refresh", "-q"]].concat())
        .run()
        .ok();
    sandbox
        .xacct(&[&process[..], &["--refresh"]].concat())
        .env("XACCT_QUIET", "1")
        .run()
        .ok();
    sandbox
        .xacct(&["credential-process", "nobody", "-q"])
        .run()
        .status(3)
        .stderr_contains("xacct: error: no ");
}

/// A variable holds for every run; what was typed was typed for this one, and stands before or
/// behind the command.
#[test]
fn the_last_word_on_how_much_is_said_is_the_command_lines() {
    let sandbox = Sandbox::start_plain();
    let said = |args: &[&str], (variable, value): (&str, &str)| {
        let run = sandbox.xacct(args).env(variable, value).run().status(0);
        run.stderr_text().to_owned()
    };
    for args in [
        &["-q", "credential-process", "plain", "--refresh"][..],
        &["credential-process", "plain", "-q"],
    ] {
        assert_eq!(said(args, ("XACCT_VERBOSE", "2")), "", "{args:?}");
    }
    for args in [
        &["-v", "credential-process", "plain"][..],
        &["credential-process", "plain", "-v"],
    ] {
        assert!(
            said(args, ("XACCT_QUIET", "1")).contains("xacct: "),
            "{args:?}"
        );
        assert!(
            said(args, ("XACCT_QUIET", "0")).contains("xacct: "),
            "{args:?}"
        );
    }
    assert_eq!(
        said(&["credential-process", "plain"], ("XACCT_QUIET", "1")),
        ""
    );
}

/// What is not UTF-8 can be no profile's name, and whatever else the environment holds is nobody's
/// business.
#[cfg(target_os = "linux")]
#[test]
fn bytes_that_are_no_text_do_no_harm() {
    let sandbox = Sandbox::start_plain();
    let program = env!("CARGO_BIN_EXE_xacct");
    let run = |script: &str| sandbox.program("bash", &["-c", script, program]).run();
    run(
        "AWS_ACCESS_KEY_ID=last; eval \"$(\"$0\" assume $'a\\377')\"; echo \"$? \
         ${AWS_ACCESS_KEY_ID-none}\"",
    )
    .status(0)
    .stdout("2 none\n")
    .stderr_contains("invalid UTF-8");
    run(
        "export AWS_PROFILE=$'\\377' AWS_REGION=$'\\377' OTHER=$'a\\377'; \"$0\" exec plain \
         --region eu-west-1 -- sh -c 'printf %s \"$OTHER\" | od -An -tx1; echo \"$AWS_REGION\"'",
    )
    .ok()
    .stdout(" 61 ff\neu-west-1\n");
}

/// An indented key belongs to the value above it, for every SDK too.
#[test]
fn a_secret_below_a_wrong_value_is_not_quoted_with_it() {
    let sandbox = Sandbox::start();
    let below = "  aws_secret_access_key = wJalrXUtnFEMI\n";
    for line in [
        "duration_seconds = soon",
        "role_arn = nothing",
        "source_profile = nobody",
        "retry_mode = foo",
        "color = reddish",
        "session_tags = x",
    ] {
        let key = line.split(' ').next().unwrap();
        let said = format!("the line after {key} is indented, which makes it part of {key}");
        let role = "role_arn = arn:aws:iam::222222222222:role/A\nsource_profile = hub\nregion = \
                    eu-west-1\n";
        let hub =
            "[profile hub]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n";
        sandbox.write_config(&format!("{hub}[profile wrong]\n{role}{line}\n{below}"));
        for command in ["explain", "credential-process"] {
            let output = sandbox
                .xacct(&[command, "wrong", "--no-input", "-vv"])
                .run();
            // The plan's warnings are a part of what explain prints.
            let text = format!("{}{}", output.stdout_text(), output.stderr_text());
            assert!(
                text.contains(&said) && !text.contains("wJalrXUtnFEMI"),
                "{line}:\n{text}"
            );
            assert!(!text.to_lowercase().contains("wjalr"), "{line}:\n{text}");
        }
    }
}
