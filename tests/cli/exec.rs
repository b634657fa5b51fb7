//! `xacct exec`: the command's environment, its own status and signals, and what is decided before
//! anyone is asked.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;

use crate::common::Sandbox;

/// What `env` printed.
fn variables(text: &str) -> BTreeMap<&str, &str> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .collect()
}

#[test]
fn the_environment_is_what_was_promised_and_nothing_that_competes() {
    let sandbox = Sandbox::start_plain();
    let competing = [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_FILE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "SECRET_ACCESS_KEY",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AMAZON_ACCESS_KEY_ID",
        "AMAZON_SECRET_ACCESS_KEY",
        "AMAZON_SESSION_TOKEN",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_BEARER_TOKEN_BEDROCK_AGENTCORE",
    ];
    let mut command = sandbox.xacct(&["exec", "plain", "--", "env"]);
    for name in competing {
        command = command.env(name, "competes");
    }
    let code = sandbox.code();
    let output = command
        .env("AWS_ACCESS_KEY_ID", "AKIAOLD")
        .env("AWS_SECRET_ACCESS_KEY", "old")
        .env("AWS_SESSION_TOKEN", "old")
        .env("XACCT_PROFILE", "old")
        .env("AWS_REGION", "us-gov-east-1")
        .env("AWS_DEFAULT_REGION", "us-gov-east-1")
        .env("XACCT_MFA_CODE", &code)
        .env("EDITOR", "ed")
        .run()
        .ok();
    let document = sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .ok()
        .json();
    let text = |key: &str| document[key].as_str().unwrap().to_owned();
    let mut expected: BTreeMap<String, String> = sandbox.env().clone();
    let set = [
        ("AWS_ACCESS_KEY_ID", text("AccessKeyId")),
        ("AWS_SECRET_ACCESS_KEY", text("SecretAccessKey")),
        ("AWS_SESSION_TOKEN", text("SessionToken")),
        ("AWS_CREDENTIAL_EXPIRATION", text("Expiration")),
        ("AWS_REGION", "eu-west-1".to_owned()),
        ("AWS_DEFAULT_REGION", "eu-west-1".to_owned()),
        ("AWS_ACCOUNT_ID", "222222222222".to_owned()),
        ("XACCT_PROFILE", "plain".to_owned()),
        ("EDITOR", "ed".to_owned()),
        ("PATH", "/usr/bin:/bin".to_owned()),
    ];
    expected.extend(set.map(|(name, value)| (name.to_owned(), value)));
    let expected: BTreeMap<&str, &str> = expected
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut actual = variables(output.stdout_text());
    assert!(
        actual
            .remove("XACCT_SHELL_STATE")
            .unwrap()
            .starts_with("1.")
    );
    assert_eq!(actual, expected);
}

/// A variable that was forgotten changes neither who one becomes nor what is printed.
#[test]
fn stray_variables_change_nothing() {
    let sandbox = Sandbox::start_plain();
    let stray = [
        ("XACCT_EXTERNAL_ID", "wrong"),
        (
            "XACCT_ROLE_ARN",
            "arn:aws:iam::444444444444:role/LongRunning",
        ),
        ("XACCT_SOURCE_PROFILE", "keys"),
        ("XACCT_MFA_SERIAL", "arn:aws:iam::111111111111:mfa/alice"),
        ("XACCT_SOURCE_IDENTITY", "mallory"),
        ("XACCT_TAG", "Team=other"),
        ("XACCT_POLICY", "/nowhere.json"),
        ("XACCT_POLICY_ARN", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("XACCT_FORMAT", "json"),
        ("XACCT_JSON", "true"),
    ];
    let with = |words: &[&str]| {
        stray
            .iter()
            .fold(sandbox.xacct(words), |run, (name, value)| {
                run.env(name, value)
            })
            .run()
            .ok()
    };
    for words in [
        &["explain", "plain"][..],
        &["list"],
        &["assume", "plain", "--shell", "sh"],
    ] {
        let plain = sandbox.xacct(words).run().ok();
        assert_eq!(with(words).stdout_text(), plain.stdout_text(), "{words:?}");
    }
    with(&["exec", "plain", "--refresh", "--", "true"]);
    let request = sandbox.log().pop().unwrap();
    assert_eq!(
        request.params["RoleArn"],
        "arn:aws:iam::222222222222:role/PartnerAdmin"
    );
    for absent in [
        "SourceIdentity",
        "Tags.member.1.Key",
        "PolicyArns.member.1.arn",
    ] {
        assert!(!request.params.contains_key(absent), "{absent}");
    }
}

#[test]
fn long_term_keys_bring_no_token_of_another_session() {
    let sandbox = Sandbox::start_plain();
    let output = sandbox
        .xacct(&["exec", "keys", "--region", "eu-west-1", "--", "env"])
        .env("AWS_SESSION_TOKEN", "old")
        .env("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z")
        .env("AWS_ACCOUNT_ID", "999999999999")
        .run()
        .ok();
    let variables = variables(output.stdout_text());
    assert_eq!(variables["AWS_ACCESS_KEY_ID"], "AKIARTXV5AHDTEST2YOU");
    for name in [
        "AWS_SESSION_TOKEN",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_ACCOUNT_ID",
    ] {
        assert_eq!(variables.get(name), None, "{name}");
    }
    sandbox.asked(&[]);
}

#[test]
fn a_command_that_cannot_be_run_is_found_out_before_anyone_is_asked() {
    let sandbox = Sandbox::start();
    let file = sandbox.home().join("plain-file");
    fs::write(&file, "x").unwrap();
    let file = file.to_str().unwrap();
    for (command, status, message) in [
        ("no-such-command", 127, "no-such-command: command not found"),
        ("./nothing/here", 127, "./nothing/here: command not found"),
        (file, 126, &format!("{file}: it cannot be executed")),
        ("/", 126, "/: it cannot be executed"),
        ("", 127, ": command not found"),
    ] {
        sandbox
            .xacct(&["exec", "client2", "--", command])
            .run()
            .status(status)
            .stdout("")
            .stderr(&format!("xacct: error: {message}\n"));
    }
    sandbox.asked(&[]);
}

#[test]
fn a_file_that_turns_out_not_to_run_is_126() {
    let sandbox = Sandbox::start_plain();
    let script = sandbox.home().join("script");
    fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    #[cfg(unix)]
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let script = script.to_str().unwrap();
    sandbox
        .xacct(&["exec", "plain", "--", script])
        .run()
        .status(126)
        .stderr(&format!(
            "xacct: error: {script}: it cannot be run: No such file or directory (os error 2)\n"
        ));
}

#[cfg(unix)]
#[test]
fn the_status_and_the_signals_are_the_commands_own() {
    let sandbox = Sandbox::start_plain();
    for status in [0, 1, 2, 3, 42, 125, 126, 127, 255] {
        let script = format!("exit {status}");
        sandbox
            .xacct(&["exec", "plain", "--", "sh", "-c", &script])
            .run()
            .status(status)
            .stderr("");
    }
    for (signal, number) in [("TERM", 15), ("KILL", 9), ("PIPE", 13), ("INT", 2)] {
        let script = format!("kill -{signal} $$; exit 7");
        sandbox
            .xacct(&["exec", "plain", "--", "sh", "-c", &script])
            .run()
            .status(128 + number)
            .stderr("");
    }
    // It is the process itself, not a child of xacct.
    let running = sandbox
        .xacct(&["exec", "plain", "--", "sh", "-c", "echo $$"])
        .spawn();
    let id = running.id();
    running.wait().ok().stdout(&format!("{id}\n"));
}

#[cfg(unix)]
#[test]
fn signals_work_as_usual_also_after_a_prompt() {
    let sandbox = Sandbox::start();
    let mut pty = sandbox.pty(&[
        "exec",
        "client2",
        "--",
        "sh",
        "-c",
        "echo ready; read -r answer; echo no",
    ]);
    pty.expect("MFA code for");
    pty.send_line(&sandbox.fresh_code());
    pty.expect("ready");
    pty.interrupt();
    let (status, screen) = pty.wait();
    assert_eq!(status, 130, "{screen}");
}

#[test]
fn where_xacct_itself_fails_it_is_125() {
    let sandbox = Sandbox::start();
    sandbox
        .xacct(&["exec", "nobody", "--", "true"])
        .run()
        .status(125)
        .stderr_contains("no profile 'nobody'");
    sandbox
        .xacct(&["exec", "client2", "--", "true"])
        .run()
        .status(125)
        .stderr_contains("an MFA code for");
    sandbox
        .xacct(&["exec", "client2", "--mfa-code", "000000", "--", "true"])
        .run()
        .status(125)
        .stderr_contains("AWS refused the MFA code");
    sandbox
        .xacct(&["exec", "client2", "--mfa-code", "123456", "--", "true"])
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .run()
        .status(125)
        .stderr_contains("AWS could not be reached");
    sandbox
        .xacct(&["exec", "client2", "--no-such-option", "--", "true"])
        .run()
        .status(125)
        .stderr_contains("--no-such-option");
    sandbox
        .xacct(&["exec"])
        .run()
        .status(125)
        .stderr_contains("PROFILE");
}

#[test]
fn without_a_command_it_is_the_users_shell() {
    let sandbox = Sandbox::start_plain();
    let run = sandbox
        .xacct(&["exec", "plain"])
        .env("SHELL", "/bin/sh")
        .stdin("echo $XACCT_PROFILE $0; exit 6\n");
    run.run().status(6).stdout("plain /bin/sh\n").stderr("");
    let run = sandbox
        .xacct(&["exec", "plain"])
        .stdin("echo $AWS_ACCOUNT_ID\n");
    run.run().ok().stdout("222222222222\n");
}

#[test]
fn arguments_and_directory_reach_the_command_as_they_are() {
    let sandbox = Sandbox::start_plain();
    let words = [
        "exec",
        "plain",
        "--",
        "printf",
        "[%s]",
        "a b",
        "--mfa-code",
        "",
        "*",
        "$HOME",
        "--",
    ];
    sandbox
        .xacct(&words)
        .run()
        .ok()
        .stdout("[a b][--mfa-code][][*][$HOME][--]");
    let dir = sandbox.home().join(".aws");
    let run = sandbox
        .xacct(&["exec", "plain", "pwd", "-P"])
        .current_dir(&dir);
    run.run()
        .ok()
        .stdout(&format!("{}\n", dir.canonicalize().unwrap().display()));
}

#[test]
fn a_region_on_the_command_line_wins() {
    let sandbox = Sandbox::start_plain();
    let script = "echo $AWS_REGION $AWS_DEFAULT_REGION";
    let run = |args: &[&str]| sandbox.xacct(&[args, &["--", "sh", "-c", script]].concat());
    run(&["exec", "plain", "--region", "ap-south-1"])
        .env("AWS_REGION", "us-west-1")
        .run()
        .ok()
        .stdout("ap-south-1 ap-south-1\n");
    run(&["exec", "plain"])
        .run()
        .ok()
        .stdout("eu-west-1 eu-west-1\n");
    run(&["exec", "plain"])
        .env("AWS_REGION", "us-west-1")
        .run()
        .ok()
        .stdout("us-west-1 us-west-1\n");
    run(&["exec", "plain"])
        .env("AWS_DEFAULT_REGION", "us-west-2")
        .run()
        .ok()
        .stdout("us-west-2 us-west-2\n");
    // In a shell that xacct set up, the variable is the last profile's.
    let inner = run(&["exec", "plain"])
        .env("AWS_REGION", "us-west-1")
        .env("XACCT_PROFILE", "client9");
    inner.run().ok().stdout("eu-west-1 eu-west-1\n");
}

/// As the AWS CLI would run it, and said: the variable may have been forgotten.
#[test]
fn without_a_profile_aws_profile_is_the_one() {
    let sandbox = Sandbox::start_plain();
    let exec = |args: &[&str]| {
        let args = [&["exec"], args].concat();
        sandbox
            .xacct(&args)
            .env("AWS_PROFILE", "plain")
            .env("XACCT_NO_INPUT", "1")
            .run()
    };
    let script = "echo $XACCT_PROFILE ${AWS_PROFILE-unset}";
    let said = "xacct: AWS_PROFILE says 'plain'\n";
    exec(&["--", "sh", "-c", script])
        .status(0)
        .stdout("plain unset\n")
        .stderr(said);
    // With options; and what is typed comes first.
    exec(&[
        "--region",
        "us-east-1",
        "--",
        "sh",
        "-c",
        "echo $AWS_REGION",
    ])
    .status(0)
    .stdout("us-east-1\n")
    .stderr(said);
    exec(&["keys", "--region", "us-east-1", "--", "sh", "-c", script])
        .ok()
        .stdout("keys unset\n");
    // Not for a variable that says nothing, nor where only one of two things is missing.
    let args = ["exec", "--", "true"];
    sandbox
        .xacct(&args)
        .env("AWS_PROFILE", " ")
        .env("XACCT_NO_INPUT", "1")
        .run()
        .status(125);
    exec(&[
        "--role-arn",
        "arn:aws:iam::222222222222:role/PartnerAdmin",
        "--",
        "true",
    ])
    .status(125);
    // A name that no profile has is an error, as everywhere.
    let output = sandbox
        .xacct(&args)
        .env("AWS_PROFILE", "plian")
        .run()
        .status(125)
        .stdout("");
    output.stderr_contains("no profile 'plian'");
}

#[test]
fn words_of_other_tools_are_told_what_they_are_here() {
    let sandbox = Sandbox::start_plain();
    for (word, here) in [
        ("use", "assume"),
        ("update", "sync"),
        ("remove", "clear"),
        ("run", "exec"),
        ("asume", "assume"),
    ] {
        let output = sandbox.xacct(&[word, "plain"]).run().status(2);
        output.stderr_contains(&format!("did you mean '{here}'?"));
    }
    // What is evaluated must fail.
    let output = sandbox
        .program(
            "sh",
            &[
                "-c",
                "eval \"$($0 switch plain --shell sh 2>/dev/null)\" && echo wrong",
                crate::common::XACCT,
            ],
        )
        .run();
    output.status(2).stdout("");
}
