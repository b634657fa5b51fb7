//! The sandbox's commands: serving, the shell, the codes, the log.

use std::io::{BufRead, BufReader};

use crate::common::Sandbox;

#[test]
fn codes_and_the_log_are_printed() {
    let sandbox = Sandbox::start();
    let output = sandbox
        .xacct(&["sandbox", "code", "arn:aws:iam::111111111111:mfa/you"])
        .run()
        .ok();
    assert_eq!(output.stdout_text().trim_end().len(), 6);
    sandbox.xacct(&["sandbox", "log"]).run().ok().stdout("");
    sandbox
        .xacct(&["sandbox", "log", "--json"])
        .run()
        .ok()
        .stdout("[]\n");
}

#[test]
fn outside_a_sandbox_nothing_is_asked() {
    let sandbox = Sandbox::start();
    for command in ["code", "log"] {
        sandbox
            .xacct(&["sandbox", command])
            .env_remove("XACCT_SANDBOX")
            .run()
            .status(1)
            .stderr(
                "xacct: error: this is not a sandbox: XACCT_SANDBOX is not set\n  start one with: \
             xacct sandbox\n  in another terminal, set it as the sandbox said when it started\n",
            );
    }
    sandbox
        .xacct(&["sandbox", "code"])
        .env("XACCT_SANDBOX", "http://example.com:80")
        .run()
        .status(1)
        .stderr(
            "xacct: error: XACCT_SANDBOX is 'http://example.com:80', not http://127.0.0.1:PORT\n",
        );
}

#[test]
fn an_unknown_device_is_named() {
    let sandbox = Sandbox::start();
    sandbox
        .xacct(&["sandbox", "code", "GAHT12345678"])
        .run()
        .status(1)
        .stderr("xacct: error: there is no MFA device 'GAHT12345678' in the sandbox\n");
}

/// In a sandbox of the command's own; the harness's one only lends it its environment.
fn shell(sandbox: &Sandbox, script: &str) -> crate::common::Cmd {
    let temporary = sandbox.home().join("tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    sandbox
        .xacct(&["sandbox", "--", "sh", "-c", script])
        .env("TMPDIR", temporary)
}

#[cfg(unix)]
#[test]
fn a_command_sees_the_sandbox_and_nothing_of_the_outside() {
    let sandbox = Sandbox::start();
    let script = "echo \"${AWS_PROFILE-unset} ${XACCT_MFA_CODE-unset} ${XDG_CACHE_HOME-unset} \
                  $OTHER\"; case $XACCT_SANDBOX in $OUTER) echo outer;; http://127.0.0.1:*) echo \
                  inner;; esac; case $HOME in $TMPDIR/*) echo home;; esac; test \
                  \"$AWS_ENDPOINT_URL\" = \"$XACCT_SANDBOX\" && echo endpoint; grep -c \
                  '^aws_secret_access_key' \"$AWS_SHARED_CREDENTIALS_FILE\"; xacct sandbox log";
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_xacct"));
    shell(&sandbox, &format!("{script}; command -v xacct"))
        .env("AWS_PROFILE", "outside")
        .env("XACCT_MFA_CODE", "123456")
        .env("XDG_CACHE_HOME", "/outside")
        .env("OTHER", "kept")
        .env("OUTER", sandbox.endpoint())
        .run()
        .ok()
        .stdout(&format!(
            "unset unset unset kept\ninner\nhome\nendpoint\n1\n{}\n",
            program.display()
        ));
    let left: Vec<_> = std::fs::read_dir(sandbox.home().join("tmp"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[cfg(unix)]
#[test]
fn the_commands_status_is_the_sandboxs() {
    let sandbox = Sandbox::start();
    shell(&sandbox, "exit 7").run().status(7).stderr("");
    shell(&sandbox, "kill -KILL $$")
        .run()
        .status(137)
        .stderr("");
    sandbox
        .xacct(&["sandbox", "--", "no-such-program"])
        .run()
        .status(127)
        .stderr(
            "xacct: error: cannot run no-such-program: No such file or directory (os error 2)\n",
        );
    sandbox
        .xacct(&["sandbox", "--", "/dev/null"])
        .run()
        .status(126)
        .stderr("xacct: error: cannot run /dev/null: Permission denied (os error 13)\n");
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_the_commands_and_being_told_to_end_is_passed_on() {
    let sandbox = Sandbox::start();
    shell(&sandbox, "kill -INT $PPID; exit 4")
        .run()
        .status(4)
        .stderr("");
    shell(
        &sandbox,
        "trap 'exit 9' TERM; kill -TERM $PPID; while :; do :; done",
    )
    .run()
    .status(9)
    .stderr("");
}

#[cfg(unix)]
#[test]
fn a_shell_is_greeted() {
    let sandbox = Sandbox::start();
    let mut pty = sandbox.pty_with(&["sandbox"], &[("SHELL", "/bin/sh"), ("TMPDIR", "/tmp")]);
    pty.expect("this is a sandbox");
    pty.expect("xacct explain chained");
    pty.expect("XACCT_MFA_CODE=$(xacct sandbox code --fresh)");
    pty.expect("XACCT_SANDBOX=http://127.0.0.1:");
    pty.expect("deletes the sandbox");
    pty.expect("(xacct sandbox) $ ");
    pty.send_line("xacct sandbox code | wc -c");
    pty.expect("7");
    // In this terminal, as the greeting says.
    pty.send_line(
        "XACCT_MFA_CODE=$(xacct sandbox code --fresh) xacct exec client2 -- sh -c 'echo \
         $AWS_ACCOUNT_ID'",
    );
    pty.expect("333333333333");
    pty.send_line("exit 3");
    assert_eq!(pty.wait().0, 3);
}

#[cfg(unix)]
#[test]
fn the_prompt_of_bash_says_where_one_is() {
    let sandbox = Sandbox::start();
    let mut pty = sandbox.pty_with(&["sandbox"], &[("SHELL", "/bin/bash"), ("TMPDIR", "/tmp")]);
    pty.expect("deletes the sandbox");
    pty.expect("(xacct sandbox) $ ");
    pty.send_line("exit 4");
    assert_eq!(pty.wait().0, 4);
}

#[cfg(unix)]
#[test]
fn a_world_of_ones_own_is_not_told_of_the_samples_profiles() {
    let sandbox = Sandbox::with_world("account = []\n");
    std::fs::write(sandbox.home().join("w.toml"), "account = []\n").unwrap();
    let mut pty = sandbox.pty_with(
        &["sandbox", "--world", "w.toml"],
        &[("SHELL", "/bin/sh"), ("TMPDIR", "/tmp")],
    );
    let greeting = pty.expect("deletes the sandbox");
    assert!(
        greeting.contains("xacct list") && !greeting.contains("client"),
        "{greeting}"
    );
    pty.send_line("exit");
    assert_eq!(pty.wait().0, 0);
}

#[test]
fn serving_ends_with_stdin_and_leaves_nothing() {
    let sandbox = Sandbox::start();
    let temporary = tempfile::tempdir().unwrap();
    let output = sandbox
        .xacct(&["sandbox", "serve"])
        .env("TMPDIR", temporary.path())
        .run()
        .ok();
    let ready = output.json();
    assert!(
        ready["endpoint"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
    assert_eq!(ready["env"]["HOME"], ready["home"]);
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn serving_ends_when_told_to_and_leaves_nothing() {
    let sandbox = Sandbox::start();
    let temporary = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut server = std::process::Command::new(env!("CARGO_BIN_EXE_xacct"))
            .args(["sandbox", "serve"])
            .env_clear()
            .env("TMPDIR", temporary.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        sandbox
            .program("kill", &[signal, &server.id().to_string()])
            .run()
            .ok();
        assert_eq!(server.wait().unwrap().code(), Some(0), "{signal}");
        assert_eq!(
            std::fs::read_dir(temporary.path()).unwrap().count(),
            0,
            "{signal}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_world_file_that_makes_no_sense_is_named() {
    let sandbox = Sandbox::start();
    std::fs::write(sandbox.home().join("w.toml"), "[[account]]\nid = 5\n").unwrap();
    for command in [
        &["sandbox", "--world", "w.toml", "--", "true"][..],
        &["sandbox", "serve", "--world", "w.toml"],
    ] {
        sandbox
            .xacct(command)
            .run()
            .status(3)
            .stderr("xacct: error: w.toml:2: invalid type: integer `5`, expected a string\n");
    }
    sandbox
        .xacct(&["sandbox", "serve", "--world", "gone.toml"])
        .run()
        .status(3)
        .stderr("xacct: error: cannot read gone.toml: No such file or directory (os error 2)\n");
}

#[test]
fn a_world_of_ones_own_is_served() {
    let sandbox = Sandbox::with_world(
        "[[account]]\nid = \"555555555555\"\nname = \"mine\"\n[files]\nconfig = '[profile mine]'\n",
    );
    assert_eq!(
        std::fs::read_to_string(sandbox.home().join(".aws/config")).unwrap(),
        "[profile mine]"
    );
    sandbox
        .xacct(&["sandbox", "code"])
        .run()
        .status(1)
        .stderr("xacct: error: there is no MFA device in the sandbox\n");
}

#[cfg(unix)]
#[test]
#[should_panic(expected = "a secret on stderr")]
fn the_harness_fails_a_secret_on_stderr() {
    let sandbox = Sandbox::start();
    sandbox
        .program("sh", &["-c", "cat ~/.aws/credentials >&2"])
        .run();
}

#[cfg(unix)]
#[test]
#[should_panic(expected = "not silent")]
fn the_harness_expects_silence() {
    let sandbox = Sandbox::start();
    sandbox.program("sh", &["-c", "echo hello >&2"]).run().ok();
}

#[cfg(unix)]
#[test]
fn its_organization_can_be_synced() {
    let sandbox = Sandbox::start_plain();
    let sync = |words: &[&str]| {
        let args = [
            &["sync", "organizations", "--source-profile", "keys"],
            words,
        ]
        .concat();
        sandbox.xacct(&args).env("AWS_REGION", "eu-central-1").run()
    };
    let output = sync(&[
        "--dry-run",
        "--ou",
        "Workloads",
        "--name-template",
        "{ou}/{account_slug}",
    ])
    .status(0);
    let output = output.stdout_contains("+[profile Workloads/Dev/dev]\n");
    output
        .stdout_contains("+[profile Workloads/Prod/prod]\n")
        .stderr("xacct: profiles: adds 2, keeps 10\n");
    let output = sync(&["--dry-run", "--account-tag", "stage=prod"])
        .status(0)
        .stderr_contains("adds 1");
    output.stdout_contains("+[profile prod]\n");
    sync(&["--yes", "-q"]).ok();
    let run = sandbox
        .xacct(&[
            "exec",
            "dev",
            "--region",
            "eu-west-1",
            "--",
            "sh",
            "-c",
            "echo $AWS_ACCOUNT_ID",
        ])
        .run()
        .ok();
    run.stdout("555555555555\n");
    // From an account that is in none, and from one that may not.
    sandbox.write_config(
        "[profile client]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile \
         = keys\n\
         external_id = client1-7731\nregion = eu-west-1\n\
         [profile dev]\nrole_arn = \
         arn:aws:iam::555555555555:role/OrganizationAccountAccessRole\nsource_profile = keys\n\
         region = eu-west-1\n",
    );
    for (profile, message) in [
        (
            "client",
            "the account of profile 'client' is in no organization",
        ),
        (
            "dev",
            "AWS refused organizations:ListAccounts (profile 'dev'): AccessDeniedException",
        ),
    ] {
        let args = [
            "sync",
            "organizations",
            "--source-profile",
            profile,
            "--yes",
        ];
        sandbox
            .xacct(&args)
            .run()
            .status(4)
            .stdout("")
            .stderr_contains(message);
    }
}
