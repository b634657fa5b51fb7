//! `--policy <(jq …)`: a session policy that comes through a pipe.

#![cfg(unix)]

use std::fs;

use crate::common::{Sandbox, XACCT};

const POLICY: &str = r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

fn bash(sandbox: &Sandbox, script: &str) -> crate::common::Output {
    let script = script.replace("PIPE", &format!("<(echo; echo '{POLICY}')"));
    sandbox.program("bash", &["-c", &script, XACCT]).run()
}

/// The policy of each AssumeRole since the last look.
fn sent(sandbox: &Sandbox) -> Vec<String> {
    let log = sandbox.log();
    sandbox.clear_log();
    log.iter()
        .filter_map(|call| call.params.get("Policy").cloned())
        .collect()
}

#[test]
fn every_command_reads_the_policy_from_a_pipe() {
    let sandbox = Sandbox::start_plain();
    for command in [
        r#""$0" credential-process plain --policy PIPE"#,
        r#""$0" exec plain --policy PIPE -- true"#,
        r#""$0" explain plain --policy PIPE"#,
        r#""$0" whoami plain --policy PIPE"#,
        r#"eval "$("$0" assume plain --policy PIPE)""#,
        r#"cat PIPE | "$0" exec plain --policy /dev/stdin -- true"#,
    ] {
        bash(&sandbox, command).ok();
        sandbox.xacct(&["clear", "--all", "-q"]).run().ok();
        let policies = sent(&sandbox);
        if command.contains("explain") {
            assert_eq!(policies, [""; 0]);
        } else {
            assert_eq!(policies[0], POLICY, "{command}");
        }
    }
}

#[test]
fn each_reads_a_pipe_once_and_keeps_its_text_for_those_that_failed() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config("\n[profile second]\ninclude_profile = plain\nexternal_id = wrong\n");
    let each = r#""$0" each plain second -q --policy PIPE -- true 2>/dev/null"#;
    bash(&sandbox, each).status(1);
    assert_eq!(sent(&sandbox), [POLICY; 2]);
    sandbox.edit_config("external_id = wrong", "external_id = client1-7731");
    sandbox.xacct(&["each", "--retry-failed", "-q"]).run().ok();
    // With the same policy, it is the request of the other one.
    sandbox.asked(&[]);
}

#[test]
fn what_comes_through_a_pipe_is_bounded_and_checked() {
    let sandbox = Sandbox::start_plain();
    for (writer, why) in [
        ("yes", "cannot be read: it is larger than 1 MiB\n"),
        ("printf '\\377'", "cannot be read: invalid utf-8 sequence"),
        ("true", "xacct: error: --policy is empty\n"),
    ] {
        let run = bash(
            &sandbox,
            &format!(r#""$0" exec plain --policy <({writer}) -- true"#),
        );
        run.status(125).stdout("").stderr_contains(why);
    }
    sandbox.asked(&[]);
}

#[test]
fn a_pipe_that_does_not_end_can_be_interrupted() {
    let sandbox = Sandbox::start_plain();
    let path = sandbox.home().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let mut pty = sandbox.pty(&["exec", "plain", "--policy", "pipe", "--", "true"]);
    // Opens once xacct reads.
    let writer = fs::OpenOptions::new().write(true).open(&path).unwrap();
    pty.interrupt();
    let (status, screen) = pty.wait();
    assert_eq!(status, 130, "{screen}");
    assert!(screen.ends_with("interrupted\r\n"), "{screen}");
    drop(writer);
    sandbox.asked(&[]);
}
