//! MFA codes: where they come from, on which request they go, and that none is sent twice. Asking a
//! person for one is in `prompt.rs`.

use std::fs;

use crate::common::{Request, Sandbox};
use serde_json::json;

const DEVICE: &str = "arn:aws:iam::111111111111:mfa/you";
const OUTAGE: &str = "InternalFailure: The request processing has failed because of an unknown \
                      error, exception or failure. (HTTP 500)";

/// The requests that carried a code, and their action and device.
fn with_code(sandbox: &Sandbox) -> Vec<(String, String)> {
    let carrying = |request: &Request| request.params.contains_key("TokenCode");
    let shown = |request: Request| {
        (
            request.action.unwrap(),
            request.params["SerialNumber"].clone(),
        )
    };
    sandbox
        .log()
        .into_iter()
        .filter(carrying)
        .map(shown)
        .collect()
}

fn process<'a>(profile: &'a str, code: &'a str) -> [&'a str; 4] {
    ["credential-process", profile, "--mfa-code", code]
}

#[test]
fn one_code_serves_every_role_of_the_source() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    for profile in ["client2", "client1", "chained", "hub"] {
        let run = sandbox
            .xacct(&["credential-process", profile])
            .env("XACCT_MFA_CODE", &code)
            .run();
        run.ok();
    }
    assert_eq!(
        with_code(&sandbox),
        [("GetSessionToken".to_owned(), DEVICE.to_owned())]
    );
    sandbox.asked(&["GetSessionToken", "AssumeRole", "AssumeRole", "AssumeRole"]);
    assert_eq!(sandbox.entries().len(), 4);
}

#[test]
fn the_session_lasts_twelve_hours_or_what_the_profile_says() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let duration =
        |sandbox: &Sandbox| sandbox.log().pop().unwrap().params["DurationSeconds"].clone();
    sandbox.xacct(&process("hub", &code)).run().ok();
    assert_eq!(duration(&sandbox), "43200");
    sandbox.write_settings("session_token_duration = \"8h\"\n");
    sandbox.advance_mfa();
    sandbox
        .xacct(&process("hub", &sandbox.fresh_code()))
        .run()
        .ok();
    assert_eq!(duration(&sandbox), "28800");
}

#[test]
fn a_role_of_more_than_an_hour_carries_the_code_itself() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    sandbox.xacct(&process("client3", &code)).run().ok();
    assert_eq!(
        with_code(&sandbox),
        [("AssumeRole".to_owned(), DEVICE.to_owned())]
    );
    assert_eq!(sandbox.log()[0].params["DurationSeconds"], "43200");
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn in_a_chain_the_code_goes_on_the_first_step() {
    let sandbox = Sandbox::start();
    sandbox
        .xacct(&process("chained", &sandbox.fresh_code()))
        .run()
        .ok();
    let log = sandbox.log();
    let roles: Vec<Option<&String>> = log
        .iter()
        .map(|request| request.params.get("RoleArn"))
        .collect();
    let (operations, inner) = (
        "arn:aws:iam::333333333333:role/partners/Operations",
        "arn:aws:iam::444444444444:role/Inner",
    );
    assert_eq!(
        roles,
        [None, Some(&operations.to_owned()), Some(&inner.to_owned())]
    );
    assert_eq!(
        with_code(&sandbox),
        [("GetSessionToken".to_owned(), DEVICE.to_owned())]
    );
}

#[test]
fn keys_with_a_device_give_a_session_and_not_themselves() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let document = sandbox.xacct(&process("hub", &code)).run().ok().json();
    assert!(
        document["AccessKeyId"]
            .as_str()
            .unwrap()
            .starts_with("ASIA"),
        "{document}"
    );
    assert!(document["SessionToken"].is_string() && document["Expiration"].is_string());
    sandbox.asked(&["GetSessionToken"]);
}

#[test]
fn what_is_no_code_is_refused_before_anything_is_sent() {
    let sandbox = Sandbox::start();
    for (code, why) in [
        ("12345", "these were 5"),
        ("12 34x6", "this had something else in it"),
        ("1234567", "these were 7"),
    ] {
        sandbox
            .xacct(&process("client2", code))
            .run()
            .status(2)
            .stdout("")
            .stderr(&format!(
                "xacct: error: --mfa-code: an MFA code is six digits; {why}\n"
            ));
    }
    sandbox.asked(&[]);
    // As many apps show it.
    let code = sandbox.fresh_code();
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    sandbox
        .xacct(&["credential-process", "client2"])
        .env("XACCT_MFA_CODE", spaced)
        .run()
        .ok();
}

#[test]
fn a_code_is_never_sent_twice() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    sandbox.xacct(&process("client3", &code)).run().ok();
    sandbox.clear_log();
    let output = sandbox
        .xacct(&process("client2", &code))
        .run()
        .status(4)
        .stdout("");
    let output = output.stderr_contains(&format!(
        "xacct: error: this MFA code was already used for {DEVICE}\n  the next one comes in "
    ));
    assert!(
        output.stderr_text().ends_with(" s\n"),
        "{}",
        output.stderr_text()
    );
    sandbox.asked(&[]);
}

#[test]
fn a_wrong_code_is_sent_once() {
    let sandbox = Sandbox::start();
    let refusal = format!(
        "xacct: error: AWS refused the MFA code for {DEVICE}\n  a code works once, and only for \
         this device: try again with its next code\n"
    );
    sandbox
        .xacct(&process("client2", "000000"))
        .run()
        .status(4)
        .stdout("")
        .stderr(&refusal);
    sandbox.asked(&["GetSessionToken"]);
}

#[test]
fn without_anybody_to_ask_it_ends_at_once() {
    let sandbox = Sandbox::start();
    let ways_out = "  in a terminal, run: xacct login client2\n  or give the code in the variable \
                    XACCT_MFA_CODE\n";
    sandbox
        .xacct(&["credential-process", "client2"])
        .run()
        .status(5)
        .stdout("")
        .stderr(&format!(
            "xacct: error: an MFA code for {DEVICE} is needed, and no terminal is available to prompt \
         on\n{ways_out}"
        ));
    // By what the user has set; the option is the last word where both are there.
    for (what, args, variable) in [
        (
            "--no-input",
            &["credential-process", "client2", "--no-input"][..],
            "",
        ),
        (
            "--no-input",
            &["credential-process", "client2", "--no-input"],
            "1",
        ),
        ("XACCT_NO_INPUT", &["credential-process", "client2"], "1"),
    ] {
        let said = format!(
            "xacct: error: an MFA code for {DEVICE} is needed, and {what} forbids \
             asking\n{ways_out}"
        );
        sandbox
            .xacct(args)
            .env("XACCT_NO_INPUT", variable)
            .run()
            .status(5)
            .stdout("")
            .stderr(&said);
    }
    sandbox.asked(&[]);
}

#[test]
fn a_request_with_a_code_is_not_sent_again_when_it_may_have_arrived() {
    for (fault, message) in [
        (json!({"kind": "error"}), Some(OUTAGE)),
        (
            json!({"kind": "throttle"}),
            Some("Throttling: Rate exceeded (HTTP 400)"),
        ),
        (json!({"kind": "reset_before"}), None),
        (json!({"kind": "reset_after"}), None),
        (json!({"kind": "truncate"}), None),
    ] {
        let sandbox = Sandbox::start();
        sandbox.fault(&fault);
        let code = sandbox.fresh_code();
        let output = sandbox
            .xacct(&process("client2", &code))
            .run()
            .status(6)
            .stdout("");
        let start = format!(
            "xacct: error: AWS could not be reached at {}: ",
            sandbox.endpoint()
        );
        let output = output.stderr_contains(&(start + message.unwrap_or_default()));
        assert!(
            output
                .stderr_text()
                .ends_with("\n  the address comes from AWS_ENDPOINT_URL\n")
        );
        sandbox.asked(&["GetSessionToken"]);
        // Whether it arrived nobody knows: it counts as used.
        sandbox
            .xacct(&process("client2", &code))
            .run()
            .status(4)
            .stdout("");
        sandbox.asked(&[]);
    }
}

#[test]
fn a_code_that_never_left_may_still_be_used() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let nowhere = sandbox
        .xacct(&process("client2", &code))
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .run();
    nowhere
        .status(6)
        .stderr_contains("xacct: error: AWS could not be reached at http://127.0.0.1:9: ");
    sandbox.xacct(&process("client2", &code)).run().ok();
    sandbox.asked(&["GetSessionToken", "AssumeRole"]);
}

#[test]
fn a_request_without_a_code_is_tried_again() {
    let sandbox = Sandbox::start_plain();
    for (kind, count) in [("throttle", 2), ("error", 2), ("reset_before", 1)] {
        sandbox.fault(&json!({"kind": kind, "count": count, "action": "AssumeRole"}));
        sandbox
            .xacct(&["credential-process", "plain", "--refresh"])
            .run()
            .ok();
        sandbox.asked(&vec!["AssumeRole"; count + 1]);
    }
}

/// A program for `mfa_process` in the sandbox's home, and the line that names it.
fn mfa_process(sandbox: &Sandbox, script: &str) {
    let path = sandbox.home().join("my code");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let line = format!("mfa_process = \"{}\" 'a b' '$HOME'\n", path.display());
    sandbox.edit_config("[profile client2]\n", &format!("[profile client2]\n{line}"));
}

#[cfg(unix)]
#[test]
fn mfa_process_gives_the_code_and_its_stderr_is_shown() {
    let sandbox = Sandbox::start();
    let xacct = env!("CARGO_BIN_EXE_xacct");
    mfa_process(
        &sandbox,
        &format!(
            "test \"$1\" = 'a b' -a \"$2\" = '$HOME' || exit 9\necho touch your key >&2\n{xacct} \
             sandbox code"
        ),
    );
    sandbox
        .xacct(&["credential-process", "client2"])
        .run()
        .status(0)
        .stderr("touch your key\n");
    sandbox.asked(&["GetCallerIdentity", "GetSessionToken", "AssumeRole"]);
    sandbox.xacct(&["credential-process", "client2"]).run().ok();
    sandbox.asked(&[]);
}

/// What is typed and not used is said; what a variable says for all runs is not.
#[cfg(unix)]
#[test]
fn a_code_that_was_not_needed_is_said() {
    let sandbox = Sandbox::start_plain();
    let exec =
        |words: &[&str]| sandbox.xacct(&[&["exec", "plain"], words, &["--", "true"]].concat());
    let note = "xacct: the MFA code was not used: no request for profile 'plain' takes one\n";
    exec(&["--mfa-code", "123456"]).run().status(0).stderr(note);
    exec(&[]).env("XACCT_MFA_CODE", "123456").run().ok();
    sandbox
        .xacct(&["each", "plain", "--mfa-code", "123456", "-q", "--", "true"])
        .run()
        .ok();
    for option in ["--device-code", "--no-browser"] {
        exec(&[option]).run().status(0).stderr(&format!(
            "xacct: {option} was not used: profile 'plain' does not sign in with a browser\n"
        ));
    }
    exec(&[])
        .env("XACCT_DEVICE_CODE", "1")
        .env("XACCT_NO_BROWSER", "1")
        .run()
        .ok();
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let run = || {
        sandbox
            .xacct(&["exec", "client1", "--mfa-code", &code, "--", "true"])
            .run()
            .status(0)
    };
    run().stderr("");
    run().stderr("xacct: the MFA code was not used: the credentials that there are need none\n");
}

/// As aws-vault runs it.
#[cfg(unix)]
/// The account of a device and of the keys is known before a code is asked for.
#[test]
fn a_device_of_another_account_is_refused_before_a_code_is_asked_for() {
    let sandbox = Sandbox::start();
    let foreign = "arn:aws:iam::999999999999:mfa/you";
    sandbox.edit_config(DEVICE, foreign);
    let marker = sandbox.home().join("asked");
    let process = format!(
        "[profile hub]\nmfa_process = touch {}; echo 123456\n",
        marker.display()
    );
    sandbox.edit_config("[profile hub]\n", &process);
    for profile in ["hub", "client1", "client2", "client3", "chained"] {
        let run = sandbox
            .xacct(&["credential-process", profile])
            .run()
            .status(3);
        let why = "mfa_serial is a device of account 999999999999, and the access key is of \
                   account 111111111111";
        assert!(
            run.stderr_text().contains(why),
            "{profile}: {}",
            run.stderr_text()
        );
        assert!(
            run.stderr_text().contains("~/.aws/config:"),
            "{profile}: {}",
            run.stderr_text()
        );
        sandbox.asked(&["GetCallerIdentity"]);
        assert!(!marker.exists(), "{profile}");
    }
}

/// What people copy into `mfa_serial` is an ARN of the role's account.
#[test]
fn a_code_that_was_given_is_not_sent_for_a_device_of_the_roles_account() {
    for (profile, account) in [("client1", "222222222222"), ("client2", "333333333333")] {
        let sandbox = Sandbox::start();
        sandbox.edit_config(DEVICE, &format!("arn:aws:iam::{account}:mfa/you"));
        for words in [&["--mfa-code", "123456"][..], &["-q"]] {
            let words = [&["credential-process", profile], words].concat();
            let run = sandbox.xacct(&words).env("XACCT_MFA_CODE", "123456").run();
            let why = format!("mfa_serial is a device of account {account}, and the access key is");
            run.status(3).stdout("").stderr_contains(&why);
            sandbox.asked(&["GetCallerIdentity"]);
        }
    }
}

#[cfg(unix)]
#[test]
fn mfa_process_is_run_by_the_shell() {
    for line in [
        "~/otp",
        "$HOME/otp",
        "\"$HOME/otp\"",
        "X=1 ~/otp",
        "~/otp | tr -d '\\n'",
        "cd ~ && ./otp",
        "sh -c \"$(cat ~/otp)\"",
    ] {
        let sandbox = Sandbox::start();
        mfa_process(
            &sandbox,
            &format!("{} sandbox code", env!("CARGO_BIN_EXE_xacct")),
        );
        fs::rename(sandbox.home().join("my code"), sandbox.home().join("otp")).unwrap();
        let config = fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
        let old = config
            .lines()
            .find(|line| line.starts_with("mfa_process"))
            .unwrap();
        sandbox.edit_config(old, &format!("mfa_process = {line}"));
        sandbox.key_id("client2");
        sandbox.asked(&["GetCallerIdentity", "GetSessionToken", "AssumeRole"]);
    }
}

/// A process that both programs of a profile leave running below them, and its number.
#[cfg(unix)]
fn with_a_child(sandbox: &Sandbox) -> String {
    let number = sandbox.home().join("number");
    format!(
        "sleep 300 & echo $! > '{0}.new'; mv '{0}.new' '{0}'; wait",
        number.display()
    )
}

#[cfg(unix)]
#[track_caller]
fn has_ended(sandbox: &Sandbox) {
    let number = fs::read_to_string(sandbox.home().join("number")).unwrap();
    let stat = format!("/proc/{}/stat", number.trim());
    crate::common::until("the child of the program ends", || {
        fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "))
    });
}

/// Its children would hold the caller's stderr, and the caller would wait for them.
#[cfg(unix)]
#[test]
fn a_signal_ends_the_programs_with_their_children() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let sandbox = Sandbox::start();
        let script = with_a_child(&sandbox);
        mfa_process(&sandbox, &script);
        sandbox.add_config(&format!(
            "[profile own]\nregion = eu-west-1\ncredential_process = {script}\n"
        ));
        for profile in ["client2", "own"] {
            let run = sandbox.xacct(&["credential-process", profile]).spawn();
            let number = sandbox.home().join("number");
            crate::common::until("the program has started its child", || number.exists());
            sandbox
                .program("kill", &[signal, &run.id().to_string()])
                .run()
                .ok();
            run.wait().stdout("").stderr("xacct: error: interrupted\n");
            has_ended(&sandbox);
            fs::remove_file(number).unwrap();
        }
    }
}

/// An SDK keeps stderr to itself until the end.
#[cfg(unix)]
#[test]
fn what_the_programs_say_is_shown_on_the_terminal() {
    let sandbox = Sandbox::start();
    let xacct = env!("CARGO_BIN_EXE_xacct");
    let marker = sandbox.home().join("touched");
    let wait = format!(
        "while ! test -e '{}'; do sleep 0.01; done",
        marker.display()
    );
    mfa_process(
        &sandbox,
        &format!("echo 'Touch your YubiKey' >&2; {wait}; {xacct} sandbox code"),
    );
    sandbox.add_config(&format!(
        "[profile own]\nregion = eu-west-1\ncredential_process = echo 'Touch your YubiKey' >&2; \
         {wait}; {xacct} credential-process client2\n"
    ));
    for profile in ["client2", "own"] {
        let script = format!("\"$0\" credential-process {profile} > out 2> err; echo status $?");
        let mut pty = sandbox.pty_sh(&script);
        // It is seen while the program waits, and it is for whoever reads stderr as well.
        pty.expect("Touch your YubiKey");
        fs::write(&marker, "").unwrap();
        pty.expect("status 0");
        assert!(pty.wait().1.matches("Touch").count() == 1);
        assert_eq!(
            fs::read_to_string(sandbox.home().join("err")).unwrap(),
            "Touch your YubiKey\n"
        );
        fs::remove_file(&marker).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn an_mfa_process_that_fails_is_named_without_its_arguments() {
    let sandbox = Sandbox::start();
    mfa_process(&sandbox, "exit 3");
    sandbox
        .xacct(&["credential-process", "client2"])
        .run()
        .status(1)
        .stdout("")
        .stderr(
            "xacct: error: mfa_process of profile 'client2' (my code) failed: exit status: 3\n",
        );
    sandbox.asked(&["GetCallerIdentity"]);
}

/// Who has waited for another process hears signals also while it waits for something else.
#[cfg(unix)]
#[test]
fn a_process_that_has_waited_still_hears_signals() {
    let sandbox = Sandbox::start();
    let marker = sandbox.home().join("started");
    mfa_process(
        &sandbox,
        &format!("touch '{}'\nexec sleep 25", marker.display()),
    );
    sandbox.fault(&json!({"kind": "silent", "action": "GetSessionToken"}));
    let code = sandbox.fresh_code();
    let holder = sandbox
        .xacct(&["credential-process", "client2", "--mfa-code", &code])
        .spawn();
    while sandbox.calls().is_empty() {
        std::thread::yield_now();
    }
    let mut waiting = sandbox.pty(&["exec", "client2", "--", "true"]);
    waiting.expect("xacct: waiting for xacct credential-process client2 (pid ");
    sandbox
        .program("kill", &["-KILL", &holder.id().to_string()])
        .run()
        .ok();
    holder.wait().status(137);
    while !marker.exists() {
        std::thread::yield_now();
    }
    waiting.terminate();
    let (status, screen) = waiting.wait();
    assert_eq!(status, 143, "{screen}");
}

/// A program of the desktop, a service, `env -i`: it does not know `USER`, and finds what a shell
/// has signed in for.
#[cfg(unix)]
#[test]
fn a_program_with_a_bare_environment_finds_what_a_shell_signed_in_for() {
    let sandbox = Sandbox::start();
    sandbox.edit_config("duration_seconds = 43200", "duration_seconds = 7200");
    let code = sandbox.fresh_code();
    let login = sandbox
        .xacct(&["login", "client3"])
        .env("USER", "alice")
        .env("LOGNAME", "alice");
    login
        .env("XACCT_MFA_CODE", code)
        .run()
        .status(0)
        .stderr_contains("is ready for ");
    sandbox.clear_log();
    sandbox
        .xacct(&["credential-process", "client3", "--no-input"])
        .env_remove("USER")
        .run()
        .ok();
    sandbox
        .xacct(&["credential-process", "client3", "--no-input"])
        .env("USER", "other")
        .run()
        .ok();
    sandbox.asked(&[]);
}
