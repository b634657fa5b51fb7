//! `xacct credential-process` as its callers are: SDKs with closed stdin, without a terminal, that
//! lose patience and leave it behind, that renew early. What it answers, and when it asks nobody.

#![cfg(unix)]

use crate::common::{Sandbox, XACCT, cache::now};

const SERIAL: &str = "arn:aws:iam::111111111111:mfa/you";

/// Seconds that the answer is good for.
fn left(sandbox: &Sandbox, profile: &str) -> i64 {
    let document = sandbox
        .xacct(&["credential-process", profile])
        .run()
        .ok()
        .json();
    let at = document["Expiration"].as_str().unwrap();
    chrono::DateTime::parse_from_rfc3339(at)
        .unwrap()
        .timestamp()
        - now()
}

#[test]
fn what_boto_would_renew_is_renewed_before_it_asks_again() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    for seconds in [899, 600, 1] {
        sandbox.leave("plain", seconds);
        // botocore asks again below 15 minutes, each time.
        assert!(left(&sandbox, "plain") > 900);
    }
    sandbox.asked(&["AssumeRole"; 4]);
}

#[test]
fn what_costs_a_code_is_served_to_its_end_and_never_past_it() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let id = sandbox
        .xacct(&["credential-process", "client3", "--mfa-code", &code])
        .run()
        .ok()
        .key_id();
    sandbox.clear_log();
    for seconds in [899, 60, 5] {
        sandbox.leave("client3", seconds);
        assert_eq!(sandbox.key_id("client3"), id);
    }
    sandbox.asked(&[]);
    sandbox.leave("client3", 0);
    sandbox.expire_sessions();
    let output = sandbox
        .xacct(&["credential-process", "client3"])
        .run()
        .status(5)
        .stdout("");
    output.stderr_contains("in a terminal, run: xacct login client3\n");
}

#[test]
fn stdin_may_be_closed_and_the_terminal_missing() {
    let sandbox = Sandbox::start_plain();
    let closed = format!("'{XACCT}' credential-process plain <&-");
    sandbox
        .program("sh", &["-c", &closed])
        .run()
        .ok()
        .stdout_contains("\"Version\":1");
    let without = sandbox
        .program(
            "setsid",
            &["--wait", XACCT, "credential-process", "client2"],
        )
        .run();
    without.status(5).stdout("").stderr(&format!(
        "xacct: error: an MFA code for {SERIAL} is needed, and no terminal is available to prompt \
         on\n  in a terminal, run: xacct \
         login client2\n  or give the code in the variable XACCT_MFA_CODE\n"
    ));
    let plain = sandbox
        .program("setsid", &["--wait", XACCT, "credential-process", "plain"])
        .run();
    plain.ok().stdout_contains("\"Version\":1");
}

#[test]
fn nobody_is_asked_for_a_program_that_has_gone() {
    let sandbox = Sandbox::start();
    // The reader of the pipe ends before xacct starts.
    let script = "mkfifo f; : < f & exec 4> f; wait; \"$0\" credential-process client2 >&4 2>err; \
                  echo ended $?";
    let mut pty = sandbox.pty_sh(script);
    let screen = pty.expect("ended 5");
    assert!(!screen.contains("MFA code for"), "{screen}");
    let err = std::fs::read_to_string(sandbox.home().join("err")).unwrap();
    assert_eq!(
        err,
        "xacct: error: the program that wanted the credentials has gone\n  in a terminal, run: \
         xacct login client2\n"
    );
}

#[test]
fn a_question_ends_with_the_program_that_it_is_for() {
    let sandbox = Sandbox::start();
    let script = "mkfifo f; stty -echo; { \"$0\" credential-process client2 2>/dev/null; echo \
                  ended $? >/dev/tty; } | { read go < f; }";
    let mut pty = sandbox.pty_sh(script);
    pty.expect("(profile client2): ");
    std::fs::write(sandbox.home().join("f"), "go\n").unwrap();
    pty.expect("xacct: the program that wanted the credentials has gone; run: xacct login client2");
    pty.expect("ended 5");
    // The lock went with it.
    let code = sandbox.fresh_code();
    sandbox
        .xacct(&["credential-process", "client2", "--mfa-code", &code])
        .run()
        .ok();
}

#[test]
fn an_orphan_does_not_ask_on() {
    let sandbox = Sandbox::start();
    // Nobody reads the file, so only the end of its parent tells it.
    let inner = "( read go < f; kill -9 $$ ) & \"$0\" credential-process client2 >out 2>err; true";
    let script = format!(
        "mkfifo f; sh -c '{inner}' \"$0\"; while ! [ -s err ]; do sleep 0.1; done; echo ended"
    );
    let mut pty = sandbox.pty_sh(&script);
    pty.expect("(profile client2): ");
    std::fs::write(sandbox.home().join("f"), "go\n").unwrap();
    pty.expect("has gone; run: xacct login client2");
    pty.expect("ended");
    assert_eq!(
        std::fs::read_to_string(sandbox.home().join("out")).unwrap(),
        ""
    );
}

#[test]
fn whoever_waits_for_a_person_is_left_alone() {
    let sandbox = Sandbox::start();
    let mut pty = sandbox.pty_sh("\"$0\" credential-process client2 | cat; echo ended");
    pty.expect("(profile client2): ");
    pty.send_line(&sandbox.fresh_code());
    pty.expect("\"Version\":1");
    pty.expect("ended");
}
