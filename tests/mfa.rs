//! MFA codes: where they come from, on which request they go, and that none is asked for or sent in vain.

mod common;

use std::fs;

use common::{Request, Sandbox};
use serde_json::json;

const DEVICE: &str = "arn:aws:iam::111111111111:mfa/you";
const OUTAGE: &str = "InternalFailure: The request processing has failed because of an unknown error, exception or \
                      failure. (HTTP 500)";

/// The requests that carried a code, and their action and device.
fn with_code(sandbox: &Sandbox) -> Vec<(String, String)> {
    let carrying = |request: &Request| request.params.contains_key("TokenCode");
    let shown = |request: Request| (request.action.unwrap(), request.params["SerialNumber"].clone());
    sandbox.log().into_iter().filter(carrying).map(shown).collect()
}

fn process<'a>(profile: &'a str, code: &'a str) -> [&'a str; 4] {
    ["credential-process", profile, "--mfa-code", code]
}

#[test]
fn one_code_serves_every_role_of_the_source() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    for profile in ["client2", "client1", "chained", "hub"] {
        sandbox.xacct(&process(profile, &code)).run().ok();
    }
    assert_eq!(with_code(&sandbox), [("GetSessionToken".to_owned(), DEVICE.to_owned())]);
    sandbox.asked(&["GetSessionToken", "AssumeRole", "AssumeRole", "AssumeRole"]);
    assert_eq!(sandbox.entries().len(), 4);
}

#[test]
fn the_session_lasts_twelve_hours_or_what_the_profile_says() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let duration = |sandbox: &Sandbox| sandbox.log().pop().unwrap().params["DurationSeconds"].clone();
    sandbox.xacct(&process("hub", &code)).run().ok();
    assert_eq!(duration(&sandbox), "43200");
    sandbox.write_settings("session_token_duration = \"8h\"\n");
    sandbox.advance_mfa();
    sandbox.xacct(&process("hub", &sandbox.fresh_code())).run().ok();
    assert_eq!(duration(&sandbox), "28800");
}

#[test]
fn a_role_of_more_than_an_hour_carries_the_code_itself() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    sandbox.xacct(&process("client3", &code)).run().ok();
    assert_eq!(with_code(&sandbox), [("AssumeRole".to_owned(), DEVICE.to_owned())]);
    assert_eq!(sandbox.log()[0].params["DurationSeconds"], "43200");
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn in_a_chain_the_code_goes_on_the_first_step() {
    let sandbox = Sandbox::start();
    sandbox.xacct(&process("chained", &sandbox.fresh_code())).run().ok();
    let log = sandbox.log();
    let roles: Vec<Option<&String>> = log.iter().map(|request| request.params.get("RoleArn")).collect();
    let (operations, inner) =
        ("arn:aws:iam::333333333333:role/partners/Operations", "arn:aws:iam::444444444444:role/Inner");
    assert_eq!(roles, [None, Some(&operations.to_owned()), Some(&inner.to_owned())]);
    assert_eq!(with_code(&sandbox), [("GetSessionToken".to_owned(), DEVICE.to_owned())]);
}

#[test]
fn keys_with_a_device_give_a_session_and_not_themselves() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let document = sandbox.xacct(&process("hub", &code)).run().ok().json();
    assert!(document["AccessKeyId"].as_str().unwrap().starts_with("ASIA"), "{document}");
    assert!(document["SessionToken"].is_string() && document["Expiration"].is_string());
    sandbox.asked(&["GetSessionToken"]);
}

#[test]
fn what_is_no_code_is_refused_before_anything_is_sent() {
    let sandbox = Sandbox::start();
    for (code, why) in
        [("12345", "these were 5"), ("12 34x6", "this had something else in it"), ("1234567", "these were 7")]
    {
        sandbox
            .xacct(&process("client2", code))
            .run()
            .status(2)
            .stdout("")
            .stderr(&format!("xacct: error: --mfa-code: an MFA code is six digits; {why}\n"));
    }
    sandbox.asked(&[]);
    // As many apps show it.
    let code = sandbox.fresh_code();
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    sandbox.xacct(&["credential-process", "client2"]).env("XACCT_MFA_CODE", spaced).run().ok();
}

#[test]
fn a_code_is_never_sent_twice() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    sandbox.xacct(&process("client3", &code)).run().ok();
    sandbox.clear_log();
    let output = sandbox.xacct(&process("client2", &code)).run().status(4).stdout("");
    let output = output.stderr_contains(&format!(
        "xacct: error: this MFA code was already used for {DEVICE}\n  the next one comes in "
    ));
    assert!(output.stderr_text().ends_with(" s\n"), "{}", output.stderr_text());
    sandbox.asked(&[]);
}

#[test]
fn a_wrong_code_is_sent_once() {
    let sandbox = Sandbox::start();
    let refusal = format!(
        "xacct: error: AWS refused the MFA code for {DEVICE}\n  a code works once, and only for this device: try again \
         with its next code\n"
    );
    sandbox.xacct(&process("client2", "000000")).run().status(4).stdout("").stderr(&refusal);
    sandbox.asked(&["GetSessionToken"]);
}

#[test]
fn without_anybody_to_ask_it_ends_at_once() {
    let sandbox = Sandbox::start();
    let ways_out =
        "  in a terminal, run: xacct login client2\n  or add the code to the command: --mfa-code CODE\n";
    sandbox.xacct(&["credential-process", "client2"]).run().status(5).stdout("").stderr(&format!(
        "xacct: error: an MFA code for {DEVICE} is needed, and there is no terminal to ask on\n{ways_out}"
    ));
    sandbox.xacct(&["credential-process", "client2", "--no-input"]).run().status(5).stdout("").stderr(
        &format!(
            "xacct: error: an MFA code for {DEVICE} is needed, and --no-input forbids asking\n{ways_out}"
        ),
    );
    sandbox.asked(&[]);
}

#[test]
fn a_request_with_a_code_is_not_sent_again_when_it_may_have_arrived() {
    for (fault, message) in [
        (json!({"kind": "error"}), Some(OUTAGE)),
        (json!({"kind": "throttle"}), Some("Throttling: Rate exceeded (HTTP 400)")),
        (json!({"kind": "reset_before"}), None),
        (json!({"kind": "reset_after"}), None),
        (json!({"kind": "truncate"}), None),
    ] {
        let sandbox = Sandbox::start();
        sandbox.fault(&fault);
        let code = sandbox.fresh_code();
        let output = sandbox.xacct(&process("client2", &code)).run().status(6).stdout("");
        let start = format!("xacct: error: AWS could not be reached at {}: ", sandbox.endpoint());
        let output = output.stderr_contains(&(start + message.unwrap_or_default()));
        assert!(output.stderr_text().ends_with("\n  the address comes from AWS_ENDPOINT_URL\n"));
        sandbox.asked(&["GetSessionToken"]);
        // Whether it arrived nobody knows: it counts as used.
        sandbox.xacct(&process("client2", &code)).run().status(4).stdout("");
        sandbox.asked(&[]);
    }
}

#[test]
fn a_code_that_never_left_may_still_be_used() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let nowhere =
        sandbox.xacct(&process("client2", &code)).env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").run();
    nowhere.status(6).stderr_contains("xacct: error: AWS could not be reached at http://127.0.0.1:9: ");
    sandbox.xacct(&process("client2", &code)).run().ok();
    sandbox.asked(&["GetSessionToken", "AssumeRole"]);
}

#[test]
fn a_request_without_a_code_is_tried_again() {
    let sandbox = Sandbox::start_plain();
    for (kind, count) in [("throttle", 2), ("error", 2), ("reset_before", 1)] {
        sandbox.fault(&json!({"kind": kind, "count": count, "action": "AssumeRole"}));
        sandbox.xacct(&["credential-process", "plain", "--refresh"]).run().ok();
        sandbox.asked(&vec!["AssumeRole"; count + 1]);
    }
}

/// A program for `mfa_process` in the sandbox's home, and the line that names it.
fn mfa_process(sandbox: &Sandbox, script: &str) {
    let path = sandbox.home().join("my code");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let line = format!("mfa_process = \"{}\" 'a b' $HOME\n", path.display());
    sandbox.edit_config("[profile client2]\n", &format!("[profile client2]\n{line}"));
}

#[test]
fn mfa_process_gives_the_code_and_its_stderr_is_shown() {
    let sandbox = Sandbox::start();
    let xacct = env!("CARGO_BIN_EXE_xacct");
    mfa_process(
        &sandbox,
        &format!(
            "test \"$1\" = 'a b' -a \"$2\" = '$HOME' || exit 9\necho touch your key >&2\n{xacct} sandbox code"
        ),
    );
    sandbox.xacct(&["credential-process", "client2"]).run().status(0).stderr("touch your key\n");
    sandbox.asked(&["GetCallerIdentity", "GetSessionToken", "AssumeRole"]);
    sandbox.xacct(&["credential-process", "client2"]).run().ok();
    sandbox.asked(&[]);
}

#[test]
fn an_mfa_process_that_fails_is_named_without_its_arguments() {
    let sandbox = Sandbox::start();
    mfa_process(&sandbox, "exit 3");
    sandbox
        .xacct(&["credential-process", "client2"])
        .run()
        .status(1)
        .stdout("")
        .stderr("xacct: error: mfa_process of profile 'client2' (my code) failed: exit status: 3\n");
    sandbox.asked(&["GetCallerIdentity"]);
}

#[cfg(unix)]
mod prompt {
    use serde_json::json;

    use super::{DEVICE, with_code};
    use crate::common::{Pty, Sandbox};

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
        assert!(screen.contains("{\"Version\":1,") && !screen.contains(&code), "{screen}");
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
        assert!(screen.contains(&format!("AWS refused the MFA code for {DEVICE}")), "{screen}");
        sandbox.asked(&["GetCallerIdentity", "GetSessionToken", "GetSessionToken", "GetSessionToken"]);
    }

    #[test]
    fn what_is_no_code_or_a_used_one_is_asked_for_again_and_not_sent() {
        let sandbox = Sandbox::start();
        let used = sandbox.fresh_code();
        sandbox.xacct(&super::process("client3", &used)).run().ok();
        sandbox.clear_log();
        let mut pty = ask(&sandbox);
        pty.expect(PROMPT);
        pty.send_line("12 34x6");
        pty.expect("xacct: an MFA code is six digits; this had something else in it");
        pty.expect(PROMPT);
        pty.send_line(&used);
        pty.expect("xacct: this code was already used; the next one comes in ");
        pty.expect(PROMPT);
        assert_eq!(with_code(&sandbox), []);
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
        assert_eq!(with_code(&sandbox), []);
        sandbox.asked(&["GetCallerIdentity"; 3]);
    }

    #[test]
    fn no_input_asks_nobody_even_on_a_terminal() {
        let sandbox = Sandbox::start();
        let (status, screen) = sandbox.pty(&["credential-process", "client2", "--no-input"]).wait();
        assert_eq!(status, 5, "{screen}");
        assert!(!screen.contains(PROMPT), "{screen}");
        sandbox.asked(&[]);
    }

    #[test]
    fn out_of_reach_nobody_is_asked() {
        let sandbox = Sandbox::start();
        let (status, screen) = sandbox
            .pty_with(&["credential-process", "client2"], &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")])
            .wait();
        assert_eq!(status, 6, "{screen}");
        assert!(!screen.contains("MFA code for"), "{screen}");
        // The same where what is there does not work.
        sandbox.fault(&json!({"kind": "error", "count": 3, "status": 503}));
        let (status, screen) = ask(&sandbox).wait();
        assert_eq!(status, 6, "{screen}");
        assert!(screen.contains("ServiceUnavailable") && !screen.contains("MFA code for"), "{screen}");
        sandbox.asked(&["GetCallerIdentity"; 3]);
    }

    #[test]
    fn a_key_that_aws_does_not_know_costs_no_code() {
        let sandbox = Sandbox::start();
        sandbox.write_credentials(
            "[hub]\naws_access_key_id = AKIAXACCTSANDBOXGONE\naws_secret_access_key = x\n",
        );
        let (status, screen) = ask(&sandbox).wait();
        assert_eq!(status, 4, "{screen}");
        assert!(screen.contains(
            "the access key AKIAXACCTSANDBOXGONE of profile 'hub' was refused: AWS does not know it"
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
        sandbox.asked(&["GetCallerIdentity", "GetCallerIdentity", "GetSessionToken", "AssumeRole"]);
    }

    #[test]
    fn what_only_the_local_clock_calls_expired_needs_no_code() {
        for wrong_clock in [0, -1500] {
            let sandbox = Sandbox::start();
            let code = sandbox.fresh_code();
            let id = sandbox.xacct(&super::process("client2", &code)).run().ok().key_id();
            sandbox.leave("client2", -20);
            sandbox.leave("hub", -20);
            sandbox.clock(wrong_clock);
            sandbox.clear_log();
            let (status, screen) = ask(&sandbox).wait();
            assert_eq!(status, 0, "{screen}");
            assert!(screen.contains(&id) && !screen.contains("MFA code for"), "{screen}");
            assert!(
                screen.contains(
                    "this computer's clock says that the credentials of 'client2' have expired, AWS says that they have \
                     not: set the clock"
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
        sandbox.xacct(&super::process("hub", &code)).run().ok();
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
        let id = sandbox.xacct(&super::process("client3", &code)).run().ok().key_id();
        sandbox.leave("client3", -20);
        sandbox.clear_log();
        sandbox.advance_mfa();
        let code = sandbox.fresh_code();
        let args = ["credential-process", "client3", "--refresh", "--mfa-code", &code];
        assert_ne!(sandbox.xacct(&args).run().ok().key_id(), id);
        sandbox.asked(&["AssumeRole"]);
    }
}
