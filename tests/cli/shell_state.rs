//! What a shell holds before and after xacct, where the model of `shell_model.rs` does not reach:
//! commands that xacct started, processes between the shell and xacct, the hint on a terminal, and
//! files for other programs.

#![cfg(unix)]

use std::fs;

use crate::common::shells::{found, prepared, sandbox};
use crate::common::{Sandbox, XACCT};

const HELD: &str =
    "env | grep -cE '^AWS_(ACCESS_KEY_ID|SESSION_TOKEN|CONTAINER|PROFILE|ROLE_ARN)' || true";

#[test]
fn a_command_of_serve_or_exec_can_give_its_account_up() {
    let sandbox = sandbox();
    for command in ["serve", "exec"] {
        for words in ["unset", "assume typo"] {
            let script = format!(
                "{HELD}; eval \"$({XACCT} {words} 2>/dev/null)\"; {HELD}; echo $AWS_REGION"
            );
            let run = sandbox.xacct(&[command, "client1", "--", "bash", "-c", &script]);
            let run = run
                .env("AWS_REGION", "eu-north-1")
                .env("AWS_PROFILE", "prod");
            let text = run.env("AWS_ACCESS_KEY_ID", "AKIAOWN").run().ok();
            let lines: Vec<&str> = text.stdout_text().lines().collect();
            assert_eq!(
                (lines[0], &lines[1..]),
                ("2", &["0", "eu-north-1"][..]),
                "{command} {words}"
            );
        }
    }
}

/// The names of old SDKs, and one service's tokens, whatever the service.
#[test]
fn older_names_of_keys_and_tokens_of_services_go_and_come_back() {
    let sandbox = sandbox();
    let names = [
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AMAZON_SESSION_TOKEN",
        "AWS_BEARER_TOKEN_BEDROCK",
    ];
    let names = [&names[..], &["AWS_BEARER_TOKEN_NEW_SERVICE"]].concat();
    let exports = format!("export {}=own;", names.join("=own "));
    let held = "env | grep -cE '^A[A-Z_]*=own' || true";
    for command in ["assume typo", "assume client1"] {
        let script = format!(
            "{exports} {held}; eval \"$(xacct {command} 2>/dev/null)\"; {held}; \
             xacct exec client1 -- sh -c \"{held}\"; eval \"$(xacct unset)\"; {held}"
        );
        let dir = tempfile::tempdir().unwrap();
        let run = prepared(
            sandbox.program("bash", &["-c", &script]),
            dir.path(),
            "/bin/sh",
        )
        .run()
        .ok();
        run.stdout("5\n0\n0\n5\n");
    }
}

#[test]
fn keys_that_are_not_known_are_not_taken_from_a_role() {
    let sandbox = sandbox();
    sandbox.add_config(
        "[profile own]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\ncredential_source \
         = Environment\n\
         external_id = client1-7731\nregion = eu-west-1\n",
    );
    for (script, holder) in [
        (
            "eval \"$(xacct assume client1)\"; xacct credential-process own",
            "client1",
        ),
        (
            "eval \"$(xacct assume client1)\"; XACCT_SHELL_STATE=1.00.damaged xacct exec own -- \
             true",
            "client1",
        ),
        (
            "xacct exec client1 -- xacct assume own --format json",
            "client1",
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let run = prepared(
            sandbox.program("bash", &["-c", script]),
            dir.path(),
            "/bin/sh",
        )
        .run();
        let text = run.stderr_contains(&format!("this shell holds credentials of '{holder}'"));
        assert_eq!(text.stdout_text(), "", "{script}");
    }
    assert_eq!(sandbox.calls(), ["AssumeRole"]);
}

/// No matter what stands between the shell and xacct, or what `$SHELL` says.
#[test]
fn the_first_shell_above_decides() {
    let sandbox = sandbox();
    for (between, shell) in [
        ("timeout 60", "bash"),
        ("nice env setsid -w", "bash"),
        ("timeout 60 timeout 60", "fish"),
    ] {
        let Some(program) = found(shell) else {
            continue;
        };
        let dir = tempfile::tempdir().unwrap();
        let script = format!("{between} xacct unset; true");
        let misleading = if shell == "fish" {
            "/bin/bash"
        } else {
            "/usr/bin/fish"
        };
        let run = prepared(
            sandbox.program(program, &["-c", &script]),
            dir.path(),
            misleading,
        )
        .run()
        .ok();
        run.stdout(if shell == "fish" {
            "set -eg XACCT_SHELL_STATE;\ntrue;\n"
        } else {
            "unset XACCT_SHELL_STATE;\n"
        });
    }
}

#[test]
fn the_hint_on_a_terminal_repeats_every_option() {
    let sandbox = Sandbox::start_plain();
    for (words, hint) in [
        (
            &["assume", "plain", "--read-only"][..],
            "xacct assume plain --read-only",
        ),
        (
            &["assume", "--tag", "Team=my team", "--duration=20m", "plain"],
            "xacct assume --tag 'Team=my team' --duration=20m plain",
        ),
        (
            &[
                "assume",
                "plain",
                "--mfa-code",
                "123456",
                "--region",
                "eu-west-1",
            ],
            "xacct assume plain --region eu-west-1",
        ),
    ] {
        let words = [words, &["--shell", "sh"]].concat();
        let (_, screen) = sandbox.pty(&words).wait();
        let hint = format!("eval \"$({hint} --shell sh)\"");
        assert!(screen.contains(&hint), "{hint} in {screen}");
        assert!(!screen.contains("123456"), "{screen}");
    }
    let (_, screen) = sandbox
        .pty(&["assume", "plain", "--read-only", "--shell", "sh"])
        .wait();
    assert!(
        screen.contains("eval \"$(xacct assume plain --read-only --shell sh)\""),
        "{screen}"
    );
}

/// A file for other programs is sourced too: then it sets what it says and runs nothing, or it is
/// not written.
#[test]
fn nothing_runs_when_a_file_is_sourced() {
    let names = [
        "`touch ran`",
        "$(touch ran)",
        "a\"; touch ran; \"",
        "it's",
        "'`touch ran`'",
        "x touch ran",
        "a\\b",
        "!!",
    ];
    let sandbox = Sandbox::start();
    let tables = names.map(|name| {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        format!(
            "[profile.\"{quoted}\"]\naws_access_key_id = \"AKIAEXAMPLE000000000\"\n\
             aws_secret_access_key = \"abcabcabcabcabcabcabcabcabcabcabcabcabcd\"\nregion \
             = \"eu-west-1\"\n"
        )
    });
    sandbox.write_settings(&tables.concat());
    for (name, format) in names
        .iter()
        .flat_map(|name| ["dotenv", "env"].map(|format| (name, format)))
    {
        let output = sandbox
            .xacct(&["assume", "--format", format, "--", name])
            .run();
        if output.stdout_text().is_empty() {
            output
                .status(3)
                .stderr_contains("cannot hold safely: use --format json");
            continue;
        }
        for shell in ["dash", "bash", "zsh"] {
            let Some(program) = found(shell) else {
                continue;
            };
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join("file"), output.stdout_text()).unwrap();
            let script = ". ./file; printf %s \"$XACCT_PROFILE\"";
            let run = prepared(
                sandbox.program(program, &["-c", script]),
                dir.path(),
                "/bin/sh",
            )
            .run()
            .ok();
            run.stdout(name);
            assert!(!dir.path().join("ran").exists(), "{shell} {format} {name}");
        }
    }
}
