//! `xacct assume` and `unset`: statements for the shell that evaluates them, also when it fails,
//! and other formats. Each shell's own language is tried in `shells_assume.rs`.

use crate::common::Sandbox;

const COMPETING: &str = "AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN AWS_CREDENTIAL_FILE \
                         AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_WEB_IDENTITY_TOKEN_FILE \
                         AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI \
                         AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE \
                         AWS_ACCESS_KEY AWS_SECRET_KEY AMAZON_ACCESS_KEY_ID \
                         AMAZON_SECRET_ACCESS_KEY AMAZON_SESSION_TOKEN AWS_BEARER_TOKEN_BEDROCK \
                         SECRET_ACCESS_KEY";
const KEYS: &str = "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN \
                    AWS_CREDENTIAL_EXPIRATION AWS_ACCOUNT_ID XACCT_PROFILE";

/// The values of the cached session of `plain`, in the order in which they are set.
fn values(sandbox: &Sandbox) -> [(&'static str, String); 8] {
    let document = sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .ok()
        .json();
    let text = |key: &str| document[key].as_str().unwrap().to_owned();
    [
        ("AWS_ACCESS_KEY_ID", text("AccessKeyId")),
        ("AWS_SECRET_ACCESS_KEY", text("SecretAccessKey")),
        ("AWS_SESSION_TOKEN", text("SessionToken")),
        ("AWS_CREDENTIAL_EXPIRATION", text("Expiration")),
        ("AWS_REGION", "eu-west-1".to_owned()),
        ("AWS_DEFAULT_REGION", "eu-west-1".to_owned()),
        ("AWS_ACCOUNT_ID", "222222222222".to_owned()),
        ("XACCT_PROFILE", "plain".to_owned()),
    ]
}

#[test]
fn statements_set_what_is_promised_and_unset_what_competes() {
    let sandbox = Sandbox::start_plain();
    let exports = values(&sandbox).map(|(name, value)| format!("export {name}='{value}';\n"));
    let output = sandbox
        .xacct(&["assume", "plain", "--shell", "sh"])
        .run()
        .ok();
    let (text, record) = output
        .stdout_text()
        .split_once("export XACCT_SHELL_STATE='1.")
        .unwrap();
    assert_eq!(text, format!("unset {COMPETING};\n{}", exports.concat()));
    assert!(record.ends_with("';\n"), "{record}");
}

#[test]
fn the_other_formats_hold_the_same() {
    let sandbox = Sandbox::start_plain();
    let values = values(&sandbox);
    let run = |format: &str| {
        sandbox
            .xacct(&["assume", "plain", "--format", format])
            .run()
            .ok()
    };
    let lines = |quote: &str| -> String {
        values
            .clone()
            .map(|(name, value)| format!("{name}={quote}{value}{quote}\n"))
            .concat()
    };
    run("env").stdout(&lines(""));
    run("dotenv").stdout(&lines("\""));
    let fields: Vec<String> = values
        .iter()
        .map(|(name, value)| format!("\"{name}\":\"{value}\""))
        .collect();
    run("json").stdout(&format!("{{{}}}\n", fields.join(",")));
    let document = sandbox.xacct(&["credential-process", "plain"]).run().ok();
    run("process").stdout(document.stdout_text());
}

#[test]
fn long_term_keys_take_the_last_sessions_token_out() {
    let sandbox = Sandbox::start_plain();
    let output = sandbox
        .xacct(&["assume", "keys", "--shell", "sh", "--region", "eu-west-1"])
        .run()
        .ok();
    let first = output.stdout_text().lines().next().unwrap();
    assert!(
        first.ends_with(
            "SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_ACCOUNT_ID;"
        ),
        "{first}"
    );
}

#[test]
fn every_failure_takes_the_old_credentials_out_and_returns_its_status() {
    let sandbox = Sandbox::start();
    let cases: [(&[&str], i32); 9] = [
        (&["nobody"], 3),
        (&["client2"], 5),
        (&["client2", "--no-input"], 5),
        (&["client2", "--mfa-code", "000000"], 4),
        (&["client2", "--mfa-code", "0000"], 2),
        (&["client2", "--mfa-code", "123456"], 6),
        (&["client2", "--no-such-option"], 2),
        (&["client2", "--duration", "soon"], 2),
        (&[], 2),
    ];
    for (args, status) in cases {
        let run = sandbox.xacct(&[&["assume", "--shell", "sh"], args].concat());
        let endpoint = if status == 6 {
            "http://127.0.0.1:9"
        } else {
            sandbox.endpoint()
        };
        let output = run
            .env("AWS_ENDPOINT_URL", endpoint)
            .run()
            .status(status)
            .stdout(&format!(
                "unset {KEYS} {COMPETING} XACCT_SHELL_STATE;\nsh -c 'exit {status}';\n"
            ));
        assert!(!output.stderr_text().is_empty(), "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_follows_a_failure_does_not_run_in_the_last_account() {
    let sandbox = Sandbox::start_plain();
    let xacct = env!("CARGO_BIN_EXE_xacct");
    let script = format!(
        "eval $({xacct} assume plain) && echo in $AWS_ACCOUNT_ID; eval $({xacct} assume typo) && \
         echo applied; echo $? ${{AWS_ACCESS_KEY_ID-gone}}; eval $({xacct} assume plain); eval \
         $({xacct} unset); echo $? ${{XACCT_PROFILE-gone}}"
    );
    let output = sandbox.program("sh", &["-c", &script]).run().status(0);
    output
        .stdout("in 222222222222\n3 gone\n0 gone\n")
        .stderr_contains("no profile 'typo'");
}

/// A name that other programs may use too; a completion script would not take the old credentials
/// out.
#[test]
fn a_foreign_complete_variable_changes_nothing() {
    let sandbox = Sandbox::start_plain();
    for value in ["1", "bash"] {
        let args = ["credential-process", "plain"];
        sandbox
            .xacct(&args)
            .env("COMPLETE", value)
            .run()
            .ok()
            .key_id();
    }
}

#[test]
fn the_other_formats_print_nothing_when_they_fail() {
    let sandbox = Sandbox::start();
    for format in ["env", "json", "dotenv", "process"] {
        let run = sandbox
            .xacct(&["assume", "nobody", "--format", format])
            .run();
        run.status(3)
            .stdout("")
            .stderr_contains("no profile 'nobody'");
    }
}

#[test]
fn a_role_needs_no_profile_of_its_own() {
    let sandbox = Sandbox::start_plain();
    let role = "arn:aws:iam::222222222222:role/PartnerAdmin";
    let named = [
        "--source-profile",
        "keys",
        "--external-id",
        "client1-7731",
        "--region",
        "eu-west-1",
    ];
    let ways = [&["assume", role][..], &["assume", "--role-arn", role][..]];
    for way in ways {
        let words = [way, &named, &["--format", "json"]].concat();
        let variables = sandbox.xacct(&words).run().ok().json();
        assert_eq!(
            (&variables["AWS_ACCOUNT_ID"], &variables["XACCT_PROFILE"]),
            (&"222222222222".into(), &role.into())
        );
    }
    sandbox.asked(&["AssumeRole"]);
    sandbox
        .xacct(&["assume", role, "--shell", "sh"])
        .run()
        .status(2)
        .stderr_contains("is assumed from which profile?");
}

#[cfg(unix)]
#[test]
fn options_and_their_variables_override_the_profile() {
    let sandbox = Sandbox::start_plain();
    sandbox
        .xacct(&["assume", "plain"])
        .env("XACCT_SESSION_NAME", "ada")
        .env("XACCT_DURATION", "20m")
        .run()
        .ok();
    let request = sandbox.log().pop().unwrap();
    assert_eq!(
        (
            &*request.params["RoleSessionName"],
            &*request.params["DurationSeconds"]
        ),
        ("ada", "1200")
    );
    let words = [
        "assume",
        "plain",
        "--tag",
        "Team=ops",
        "--source-identity",
        "ada",
        "--read-only",
    ];
    sandbox.xacct(&words).run().ok();
    let request = sandbox.log().pop().unwrap();
    assert_eq!(request.params["Tags.member.1.Key"], "Team");
    assert_eq!(request.params["Tags.member.1.Value"], "ops");
    assert_eq!(request.params["SourceIdentity"], "ada");
    assert_eq!(
        request.params["PolicyArns.member.1.arn"],
        "arn:aws:iam::aws:policy/ReadOnlyAccess"
    );
}

#[cfg(unix)]
mod on_a_terminal {
    use super::Sandbox;

    #[test]
    fn no_secret_is_shown_but_how_it_is_meant() {
        let sandbox = Sandbox::start_plain();
        sandbox.key_id("plain");
        let (status, screen) = sandbox
            .pty_with(
                &["assume", "plain", "--shell", "fish"],
                &[("NO_COLOR", "1")],
            )
            .wait();
        assert_eq!(status, 0, "{screen}");
        let (first, rest) = screen.split_once("\r\n").unwrap();
        assert!(
            first.starts_with("xacct: the credentials of 'plain' are ready for "),
            "{screen}"
        );
        assert_eq!(
            rest,
            "xacct:   eval (xacct assume plain --shell fish)\r\nxacct: (--print shows them all the \
             same)\r\n"
        );
    }

    /// The shell that is told the command may not have the variable.
    #[test]
    fn what_a_variable_said_is_said_again_as_an_option() {
        let sandbox = Sandbox::start_plain();
        for (variable, value, words) in [
            ("XACCT_READ_ONLY", "1", "--read-only"),
            ("XACCT_SESSION_NAME", "a-b", "--session-name a-b"),
            ("XACCT_DURATION", "15m", "--duration 900"),
            ("XACCT_REGION", "eu-west-3", "--region eu-west-3"),
        ] {
            let env = [("NO_COLOR", "1"), (variable, value)];
            let typed = ["assume", "plain", "--shell", "sh"];
            let (status, screen) = sandbox.pty_with(&typed, &env).wait();
            assert_eq!(status, 0, "{screen}");
            let hint = format!("xacct:   eval \"$(xacct assume plain --shell sh {words})\"\r\n");
            assert!(screen.contains(&hint), "{screen}");
        }
        let env = [("NO_COLOR", "1"), ("XACCT_READ_ONLY", "0")];
        let (_, screen) = sandbox.pty_with(&["assume", "plain"], &env).wait();
        assert!(!screen.contains("--read-only"), "{screen}");
    }

    #[test]
    fn what_no_shell_evaluates_is_not_told_to_be() {
        let sandbox = Sandbox::start_plain();
        for format in ["env", "json", "dotenv", "process"] {
            let typed = ["assume", "plain", "--format", format];
            let (status, screen) = sandbox.pty_with(&typed, &[("NO_COLOR", "1")]).wait();
            assert_eq!(status, 0, "{screen}");
            let end = "; they are not shown on a terminal\r\nxacct: (send them to a file or a \
                       program; --print shows them all the same)\r\n";
            assert!(
                screen.ends_with(end) && !screen.contains("eval"),
                "{screen}"
            );
        }
    }

    #[test]
    fn nothing_is_printed_there_when_it_fails_but_the_error() {
        let sandbox = Sandbox::start();
        let (status, screen) = sandbox
            .pty_with(&["assume", "nobody"], &[("NO_COLOR", "1")])
            .wait();
        assert_eq!(status, 3, "{screen}");
        assert!(
            screen.starts_with("xacct: error: no profile 'nobody'") && !screen.contains("unset"),
            "{screen}"
        );
        let (status, screen) = sandbox
            .pty_with(&["asume", "nobody"], &[("NO_COLOR", "1")])
            .wait();
        assert_eq!(status, 2, "{screen}");
        assert!(
            screen.starts_with("xacct: error: unknown command 'asume'")
                && !screen.contains("unset"),
            "{screen}"
        );
    }

    #[test]
    fn print_shows_them_all_the_same() {
        let sandbox = Sandbox::start_plain();
        let id = sandbox.key_id("plain");
        let (status, screen) = sandbox
            .pty(&["assume", "plain", "--print", "--shell", "sh"])
            .wait();
        assert_eq!(status, 0, "{screen}");
        assert!(
            screen.contains(&format!("export AWS_ACCESS_KEY_ID='{id}';")),
            "{screen}"
        );
    }
}
