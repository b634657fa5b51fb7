//! `xacct each` and the person: one prompt for all, codes that roles take for themselves, one yes.

#![cfg(unix)]

use std::fs;

use crate::common::Sandbox;
use serde_json::json;

/// The requests that carried a code.
fn codes(sandbox: &Sandbox) -> usize {
    sandbox
        .log()
        .iter()
        .filter(|request| request.params.contains_key("TokenCode"))
        .count()
}

/// The actions of the log, sorted: what is sent side by side comes in any order.
fn calls(sandbox: &Sandbox) -> Vec<String> {
    let mut calls = sandbox.calls();
    calls.sort();
    sandbox.clear_log();
    calls
}

/// Twenty roles behind one MFA session.
fn twenty() -> Sandbox {
    let sandbox = Sandbox::start();
    for number in 1..=20 {
        sandbox.add_config(&format!(
            "[profile many{number}]\ninclude_profile = client1\nrole_session_name = many{number}\n"
        ));
    }
    sandbox
}

#[test]
fn one_prompt_for_all() {
    let sandbox = twenty();
    let mut terminal = sandbox.pty(&["each", "many*", "-j", "20", "--", "true"]);
    terminal.expect("MFA code for arn:aws:iam::111111111111:mfa/you (profile many1): ");
    terminal.send_line(&sandbox.fresh_code());
    let (status, screen) = terminal.wait();
    assert_eq!(status, 0, "{screen}");
    assert!(screen.contains("xacct: 20 ok in "), "{screen}");
    assert_eq!(screen.matches("MFA code").count(), 1, "{screen}");
    let expected = [
        &["AssumeRole"; 20][..],
        &["GetCallerIdentity", "GetSessionToken"],
    ]
    .concat();
    assert_eq!(calls(&sandbox), expected);
    // Then none for anybody.
    sandbox
        .xacct(&["-q", "each", "many*", "--no-input", "--", "true"])
        .run()
        .ok();
    assert_eq!(calls(&sandbox), Vec::<String>::new());
}

#[test]
fn one_code_that_was_given_is_enough_too() {
    let sandbox = twenty();
    let code = sandbox.fresh_code();
    let run = sandbox.xacct(&[
        "-q",
        "each",
        "many*",
        "-j20",
        "--",
        "sh",
        "-c",
        "test -z \"$XACCT_MFA_CODE\"",
    ]);
    run.env("XACCT_MFA_CODE", code).run().ok();
    assert_eq!(
        calls(&sandbox),
        [&["AssumeRole"; 20][..], &["GetSessionToken"]].concat()
    );
}

#[test]
fn one_code_is_enough_without_a_cache() {
    let sandbox = twenty();
    fs::write(sandbox.home().join("file"), "").unwrap();
    let code = sandbox.fresh_code();
    let run = sandbox.xacct(&[
        "-q",
        "each",
        "many*",
        "--regions",
        "eu-west-1,eu-west-2",
        "-j1",
        "--",
        "true",
    ]);
    run.env("XACCT_MFA_CODE", code)
        .env("XACCT_CACHE_DIR", sandbox.home().join("file"))
        .env("XDG_RUNTIME_DIR", sandbox.home())
        .run()
        .ok();
    assert_eq!(
        calls(&sandbox),
        [&["AssumeRole"; 20][..], &["GetSessionToken"]].concat()
    );
}

#[test]
fn roles_that_take_a_code_for_themselves_are_named_first() {
    let sandbox = Sandbox::start();
    sandbox
        .add_config("[profile client4]\ninclude_profile = client3\nrole_session_name = another\n");
    let mut terminal = sandbox.pty(&["each", "client*", "--", "true"]);
    terminal.expect(
        "xacct: 3 MFA codes are needed, one after another: these profiles last longer than an hour \
         and each take one for themselves: 'client3', 'client4'",
    );
    for profile in ["client1", "client3", "client4"] {
        terminal.expect(&format!(
            "MFA code for arn:aws:iam::111111111111:mfa/you (profile {profile}): "
        ));
        terminal.send_line(&sandbox.fresh_code());
        sandbox.advance_mfa();
    }
    let (status, screen) = terminal.wait();
    assert_eq!(status, 0, "{screen}");
    assert_eq!(codes(&sandbox), 3);
}

#[test]
fn one_code_cannot_be_three() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let run = sandbox
        .xacct(&["each", "client*", "--mfa-code", &code, "--", "touch", "ran"])
        .run();
    run.status(125).stdout("").stderr(
        "xacct: error: 2 MFA codes are needed, and one was given, which works once\n  leave \
         --mfa-code out: they are asked for one after another\n  or leave out those that take one \
         for themselves, since they last longer than an hour: 'client3'\n",
    );
    sandbox.asked(&[]);
    assert!(!sandbox.home().join("ran").exists());
}

#[test]
fn without_a_person_nothing_is_run() {
    let sandbox = twenty();
    let run = sandbox
        .xacct(&["each", "many*", "--no-input", "--", "touch", "ran"])
        .run();
    run.status(125).stderr(
        "xacct: error: an MFA code for arn:aws:iam::111111111111:mfa/you is needed, and --no-input \
         forbids asking\n  in a terminal, run: xacct login many1\n  or give the code in the \
         variable XACCT_MFA_CODE\n",
    );
    sandbox.asked(&[]);
    assert!(!sandbox.home().join("ran").exists());
    // Accounts for which nobody is needed are not kept waiting by those.
    let sandbox = Sandbox::start_plain();
    let args = [
        "each",
        "plain",
        "client*",
        "--no-input",
        "--output",
        "json",
        "--",
        "true",
    ];
    let run = sandbox.xacct(&args).run().status(1);
    let text = run.stdout_text();
    assert_eq!(text.matches("\"status\":\"failed\"").count(), 3, "{text}");
    assert_eq!(text.matches("\"status\":\"ok\"").count(), 1, "{text}");
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn ctrl_c_at_the_prompt_runs_nothing() {
    let sandbox = twenty();
    let mut terminal = sandbox.pty(&["each", "many*", "--", "touch", "ran"]);
    terminal.expect("MFA code for ");
    terminal.interrupt();
    let (status, screen) = terminal.wait();
    assert_eq!(status, 130, "{screen}");
    assert!(!sandbox.home().join("ran").exists());
    sandbox.asked(&["GetCallerIdentity"]);
}

#[test]
fn a_wrong_code_is_asked_for_again_and_runs_nothing_in_the_end() {
    let sandbox = twenty();
    let mut terminal = sandbox.pty(&["each", "many*", "--", "touch", "ran"]);
    for code in ["000001", "000002", "000003"] {
        terminal.expect("MFA code for ");
        terminal.send_line(code);
    }
    let (status, screen) = terminal.wait();
    assert_eq!(status, 125, "{screen}");
    assert!(screen.contains("AWS refused the MFA code for"), "{screen}");
    assert!(!sandbox.home().join("ran").exists());
}

#[test]
fn profiles_that_want_a_yes_are_asked_about_once() {
    let sandbox = Sandbox::start_plain();
    for name in ["one", "two"] {
        sandbox.add_config(&format!(
            "[profile {name}]\ninclude_profile = plain\nrole_session_name = {name}\n"
        ));
    }
    sandbox.write_settings("[profile.one]\nconfirm = true\n[profile.two]\nconfirm = true\n");
    let ask = |answer: &str| {
        let mut terminal = sandbox.pty(&[
            "each", "one", "plain", "two", "--output", "none", "--", "touch", "ran",
        ]);
        terminal.expect("  'one' (role PartnerAdmin in account 222222222222)");
        terminal.expect("  'two' (role PartnerAdmin in account 222222222222)");
        terminal.expect("use these 2 profiles? [y/N] ");
        terminal.send_line(answer);
        terminal.wait()
    };
    let (status, screen) = ask("n");
    assert_eq!(status, 125, "{screen}");
    assert!(
        screen.contains("2 profiles ('one' to 'two') were not confirmed: nothing was handed out"),
        "{screen}"
    );
    assert!(!sandbox.home().join("ran").exists());
    sandbox.asked(&[]);
    let (status, screen) = ask("y");
    assert_eq!(status, 0, "{screen}");
    sandbox.asked(&["AssumeRole"; 3]);
    let refused = sandbox
        .xacct(&["each", "one", "two", "--no-input", "--", "true"])
        .run()
        .status(125);
    refused.stderr(
        "xacct: error: 2 profiles ('one' to 'two') want a yes before they are used \
         (~/.config/xacct/config.toml:2 and others), and --no-input forbids asking\n  run the \
         command in a terminal, or take `confirm` out\n",
    );
    // A part of the work asks about that part.
    let part = sandbox.xacct(&[
        "-q",
        "each",
        "one",
        "plain",
        "two",
        "--shard",
        "2/3",
        "--no-input",
        "--",
        "true",
    ]);
    part.run().ok();
}

#[test]
fn one_sign_in_for_all() {
    let sandbox = Sandbox::start();
    sandbox.add_config(
        "[profile acme2]\ninclude_profile = acme-client1\nrole_session_name = another\n",
    );
    sandbox.sign_in(&json!({"mode": "approve"}));
    let mut terminal = sandbox.pty(&[
        "each",
        "acme*",
        "--device-code",
        "--",
        "sh",
        "-c",
        "echo $AWS_ACCOUNT_ID",
    ]);
    terminal.expect("xacct: to sign in, open this page");
    let (status, screen) = terminal.wait();
    assert_eq!(status, 0, "{screen}");
    assert_eq!(screen.matches("to sign in").count(), 1, "{screen}");
    assert!(screen.contains("3 ok in "), "{screen}");
}
