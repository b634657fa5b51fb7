//! The prompt for an MFA code: on the terminal, hidden, and never in vain.
#![cfg(unix)]

use crate::common::{Pty, Sandbox};
use serde_json::json;

const DEVICE: &str = "arn:aws:iam::111111111111:mfa/you";

fn process<'a>(profile: &'a str, code: &'a str) -> [&'a str; 4] {
    ["credential-process", profile, "--mfa-code", code]
}

fn sent_a_code(sandbox: &Sandbox) -> bool {
    sandbox
        .log()
        .iter()
        .any(|request| request.params.contains_key("TokenCode"))
}

const PROMPT: &str = "MFA code for arn:aws:iam::111111111111:mfa/you (profile client2): ";

fn ask(sandbox: &Sandbox) -> Pty {
    sandbox.echoing_pty(&["assume", "client2", "--print", "--format", "process"])
}

#[test]
fn the_answer_is_hidden_and_used() {
    let sandbox = Sandbox::start();
    let mut pty = ask(&sandbox);
    pty.expect(PROMPT);
    assert!(!pty.echo());
    let code = sandbox.fresh_code();
    pty.send_line(&code);
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    assert!(
        screen.contains("{\"Version\":1,") && !screen.contains(&code),
        "{screen}"
    );
    sandbox.asked(&["GetCallerIdentity", "GetSessionToken", "AssumeRole"]);
}

#[test]
fn three_wrong_codes_are_the_end() {
    let sandbox = Sandbox::start();
    let mut pty = ask(&sandbox);
    pty.expect(PROMPT);
    pty.send_line("000000");
    pty.expect("xacct: AWS refused that code");
    pty.expect(PROMPT);
    pty.send_line("000001");
    pty.expect("xacct: AWS refused that code");
    pty.expect(PROMPT);
    pty.send_line("000002");
    let (status, screen) = pty.wait();
    assert_eq!(status, 4, "{screen}");
    assert!(
        screen.contains(&format!("AWS refused the MFA code for {DEVICE}")),
        "{screen}"
    );
    sandbox.asked(&[
        "GetCallerIdentity",
        "GetSessionToken",
        "GetSessionToken",
        "GetSessionToken",
    ]);
}

#[test]
fn what_is_no_code_or_a_used_one_is_asked_for_again_and_not_sent() {
    let sandbox = Sandbox::start();
    let used = sandbox.fresh_code();
    sandbox.xacct(&process("client3", &used)).run().ok();
    sandbox.clear_log();
    let mut pty = ask(&sandbox);
    pty.expect(PROMPT);
    pty.send_line("12 34x6");
    pty.expect("xacct: an MFA code is six digits; this had something else in it");
    pty.expect(PROMPT);
    pty.send_line(&used);
    pty.expect("xacct: this code was already used; the next one comes in ");
    pty.expect(PROMPT);
    assert!(!sent_a_code(&sandbox));
    sandbox.advance_mfa();
    pty.send_line(&sandbox.fresh_code());
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    sandbox.asked(&["GetCallerIdentity", "GetSessionToken", "AssumeRole"]);
}

#[test]
fn ctrl_c_and_ctrl_d_leave_the_terminal_as_it_was() {
    let sandbox = Sandbox::start();
    for (key, expected) in [("ctrl-c", 130), ("ctrl-d", 5), ("term", 143)] {
        let mut pty = ask(&sandbox);
        pty.expect(PROMPT);
        match key {
            "ctrl-c" => pty.interrupt(),
            "ctrl-d" => pty.end_of_file(),
            _ => pty.terminate(),
        }
        let (status, screen) = pty.wait_with_echo();
        assert_eq!(status, (expected, true), "{key}: {screen}");
    }
    assert!(!sent_a_code(&sandbox));
    sandbox.asked(&["GetCallerIdentity"; 3]);
}

/// While it was stopped, the shell had the terminal, with its echo on.
#[test]
fn after_a_stop_it_is_asked_again_and_hidden_again() {
    let sandbox = Sandbox::start();
    let mut pty = ask(&sandbox);
    pty.expect(PROMPT);
    pty.set_echo(true);
    pty.resume();
    pty.expect(PROMPT);
    assert!(!pty.echo());
    let code = sandbox.fresh_code();
    pty.send_line(&code);
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    assert!(!screen.contains(&code), "{screen}");
}

#[test]
fn no_input_asks_nobody_even_on_a_terminal() {
    let sandbox = Sandbox::start();
    let (status, screen) = sandbox
        .pty(&["credential-process", "client2", "--no-input"])
        .wait();
    assert_eq!(status, 5, "{screen}");
    assert!(!screen.contains(PROMPT), "{screen}");
    sandbox.asked(&[]);
}

#[test]
fn out_of_reach_nobody_is_asked() {
    let sandbox = Sandbox::start();
    let (status, screen) = sandbox
        .pty_with(
            &["credential-process", "client2"],
            &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")],
        )
        .wait();
    assert_eq!(status, 6, "{screen}");
    assert!(!screen.contains("MFA code for"), "{screen}");
    // The same where what is there does not work.
    sandbox.fault(&json!({"kind": "error", "count": 3, "status": 503}));
    let (status, screen) = ask(&sandbox).wait();
    assert_eq!(status, 6, "{screen}");
    assert!(
        screen.contains("ServiceUnavailable") && !screen.contains("MFA code for"),
        "{screen}"
    );
    sandbox.asked(&["GetCallerIdentity"; 3]);
}

#[test]
fn a_key_that_aws_does_not_know_costs_no_code() {
    let sandbox = Sandbox::start();
    sandbox.write_credentials(
        "[hub]\naws_access_key_id = AKIARTXV5AHDTESTGONE\naws_secret_access_key = x\n",
    );
    let (status, screen) = ask(&sandbox).wait();
    assert_eq!(status, 4, "{screen}");
    assert!(screen.contains(
        "the access key AKIARTXV5AHDTESTGONE of profile 'hub' was refused: AWS does not know it"
    ));
    assert!(!screen.contains("MFA code for"), "{screen}");
    sandbox.asked(&["GetCallerIdentity"]);
}

#[test]
fn a_wrong_clock_costs_no_code_either() {
    let sandbox = Sandbox::start();
    sandbox.clock(-1500);
    let mut pty = ask(&sandbox);
    pty.expect(PROMPT);
    pty.send_line(&sandbox.fresh_code());
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    assert!(screen.contains("this computer's clock is 2"), "{screen}");
    // Refused for its date once, and signed for AWS's clock from then on.
    sandbox.asked(&[
        "GetCallerIdentity",
        "GetCallerIdentity",
        "GetSessionToken",
        "AssumeRole",
    ]);
}

#[test]
fn what_only_the_local_clock_calls_expired_needs_no_code() {
    for wrong_clock in [0, -1500] {
        let sandbox = Sandbox::start();
        let code = sandbox.fresh_code();
        let id = sandbox
            .xacct(&process("client2", &code))
            .run()
            .ok()
            .key_id();
        sandbox.leave("client2", -20);
        sandbox.leave("hub", -20);
        sandbox.clock(wrong_clock);
        sandbox.clear_log();
        let (status, screen) = ask(&sandbox).wait();
        assert_eq!(status, 0, "{screen}");
        assert!(
            screen.contains(&id) && !screen.contains("MFA code for"),
            "{screen}"
        );
        assert!(
            screen.contains(
                "this computer's clock says that the credentials of 'client2' have expired, AWS \
                 says that they have not: set the clock"
            ),
            "{screen}"
        );
        let calls = if wrong_clock == 0 { 1 } else { 2 };
        sandbox.asked(&vec!["GetCallerIdentity"; calls]);
    }
}

#[test]
fn an_mfa_session_that_only_the_local_clock_calls_expired_is_used() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    sandbox.xacct(&process("hub", &code)).run().ok();
    sandbox.leave("hub", -20);
    sandbox.clear_log();
    let (status, screen) = ask(&sandbox).wait();
    assert_eq!(status, 0, "{screen}");
    assert!(
        screen.contains("the credentials of 'hub' have expired, AWS says that they have not"),
        "{screen}"
    );
    sandbox.asked(&["GetCallerIdentity", "AssumeRole"]);
}

#[test]
fn with_refresh_an_entry_that_seems_expired_is_not_brought_back() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let id = sandbox
        .xacct(&process("client3", &code))
        .run()
        .ok()
        .key_id();
    sandbox.leave("client3", -20);
    sandbox.clear_log();
    sandbox.advance_mfa();
    let code = sandbox.fresh_code();
    let args = [
        "credential-process",
        "client3",
        "--refresh",
        "--mfa-code",
        &code,
    ];
    assert_ne!(sandbox.xacct(&args).run().ok().key_id(), id);
    sandbox.asked(&["AssumeRole"]);
}

/// `timeout` and a job of a shell run in a group of their own, which the terminal is not for.
#[test]
fn in_the_background_of_a_terminal_the_way_to_the_foreground_is_said() {
    let sandbox = Sandbox::start();
    for script in [
        "timeout 60 \"$0\" exec client2 -- true; echo status $?",
        "set -m; \"$0\" exec client2 -- true & wait $!; echo status $?",
        "set -m; \"$0\" credential-process client2 & wait $!; echo status $?",
    ] {
        let mut pty = sandbox.pty_sh(script);
        let said = pty.expect("status ");
        let words = "is needed, and xacct runs in the background of this terminal, where it cannot \
                     ask\r\n  bring it to the foreground: fg; for timeout(1): timeout --foreground \
                     ...\r\n  or run first, in the foreground: xacct login client2\r\n";
        assert!(said.contains(words), "{said}");
        pty.wait();
    }
    sandbox.asked(&[]);
}

/// The same for a sign-in, for a confirmation, and for what `add` asks.
#[test]
fn in_the_background_no_other_question_is_asked_either() {
    let sandbox = Sandbox::start();
    sandbox.edit_config("[profile client1]\n", "[profile client1]\nconfirm = true\n");
    let background = "xacct runs in the background of this terminal, where it cannot ask";
    let foreground = "bring it to the foreground: fg; for timeout(1): timeout --foreground ...";
    let sign_in = format!(
        "you are not signed in at https://acme.awsapps.com/start, and {background}\r\n  \
         {foreground}\r\n  or run first: xacct login acme\r\n"
    );
    let confirmation = format!("and {background}\r\n  {foreground}\r\n");
    let missing = format!("--source-profile is missing, and {background}\r\n  {foreground}\r\n");
    let written = format!(
        "your confirmation is needed, and {background}: nothing was changed\r\n  {foreground}\r\n  \
         or run it with --yes\r\n"
    );
    let role = "add new --role-arn arn:aws:iam::222222222222:role/New";
    for (command, words) in [
        ("exec acme -- true", &sign_in),
        ("exec client1 -- true", &confirmation),
        (role, &missing),
        ("adopt client2", &written),
    ] {
        for script in [
            format!("timeout 60 \"$0\" {command}; echo status $?"),
            format!("set -m; \"$0\" {command} & wait $!; echo status $?"),
        ] {
            let mut pty = sandbox.pty_sh(&script);
            let said = pty.expect("status ");
            assert!(said.contains(words), "{command}: {said}");
            pty.wait();
        }
    }
    // Where asking is not the matter, the terminal is not either.
    let mut pty = sandbox.pty_sh("timeout 60 \"$0\" exec acme --no-input -- true; echo status $?");
    let said = pty.expect("status ");
    assert!(
        said.contains("in a terminal, run: xacct login acme\r\n") && !said.contains("background"),
        "{said}"
    );
    pty.wait();
    sandbox.asked(&[]);
}
