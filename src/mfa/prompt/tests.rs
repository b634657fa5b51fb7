//! The prompt on a real terminal: this test binary again, on the other side of a pty.

use std::process::Command;
use std::time::Duration;

use expectrl::session::OsSession;
use expectrl::{Eof, Expect, Session};
use rustix::process::{Pid, Signal, kill_process};

use super::*;
use crate::cache::{Store, child};
use crate::mfa::CodeSource;
use crate::mfa::next_code;
use crate::say::Voice;
use crate::terminal;

const CHILD: &str = "mfa::prompt::tests::the_prompting_side";
const QUESTION: &str = "MFA code for arn:aws:iam::111111111111:mfa/you (profile client1): ";

/// Turns echo on, which a fresh pty of these tests has not.
fn echo_on() {
    let tty = std::fs::File::open("/dev/tty").unwrap();
    let mut modes = rustix::termios::tcgetattr(&tty).unwrap();
    modes.local_modes |= rustix::termios::LocalModes::ECHO;
    rustix::termios::tcsetattr(&tty, rustix::termios::OptionalActions::Now, &modes).unwrap();
}

/// The settings of this process's terminal.
fn settings() -> String {
    let tty = std::fs::File::open("/dev/tty").unwrap();
    format!("{:?}", rustix::termios::tcgetattr(tty).unwrap())
}

/// What the tests below start on a pty. It prints what the other side looks for; a code backwards,
/// so that its echo would be told from it.
#[test]
fn the_prompting_side() {
    let Some(task) = child::task() else { return };
    if task == "no terminal" {
        rustix::process::setsid().unwrap();
        assert!(!terminal::available());
    }
    if terminal::available() {
        echo_on();
    }
    let before = std::fs::File::open("/dev/tty").is_ok().then(settings);
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path().join("xacct"));
    let voice = Voice {
        quiet: true,
        ..Voice::default()
    };
    let device = MfaDevice {
        serial: "arn:aws:iam::111111111111:mfa/you",
        profile: "client1",
    };
    let guard = Guard::new(&store, None, device.serial, voice);
    let now = || DateTime::from_timestamp(1_800_000_018, 0).unwrap();
    guard.remember(&Code::parse("111111").unwrap(), now());
    let attempt = if task == "refused" { 2 } else { 1 };
    let code = next_code(
        &CodeSource::Prompt(Prompter::Terminal { is_echoed: false }),
        &device,
        &guard,
        attempt,
        now,
        voice,
    );
    match crate::runtime::run(code).unwrap() {
        Ok(code) => println!(
            "RESULT: {}",
            code.expose().chars().rev().collect::<String>()
        ),
        Err(error) => println!("RESULT: {error:?}"),
    }
    if let Some(before) = before {
        println!("RESTORED: {}", before == settings());
    }
}

/// A prompt that waits for its answer, and what came before it.
fn prompted(task: &str) -> (OsSession, String) {
    let mut session = Session::spawn(child::command(CHILD, task)).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(20)));
    let before = session.expect(QUESTION).unwrap();
    let said = String::from_utf8_lossy(before.before()).into_owned();
    assert!(
        !session.get_process().get_echo().unwrap(),
        "echo is on while a code is typed"
    );
    (session, said)
}

/// All that follows, and whether the terminal is as it was.
fn rest(mut session: OsSession) -> String {
    let found = session.expect(Eof).unwrap();
    let text = String::from_utf8_lossy(found.as_bytes()).into_owned();
    assert!(text.contains("RESTORED: true\r\n"), "{text}");
    text
}

fn result(text: &str) -> &str {
    text.split("RESULT: ")
        .nth(1)
        .unwrap()
        .split("\r\n")
        .next()
        .unwrap()
}

fn pid(session: &OsSession) -> Pid {
    Pid::from_raw(session.get_process().pid().as_raw()).unwrap()
}

const NOT_GIVEN: &str = "NeedsPerson: an MFA code for arn:aws:iam::111111111111:mfa/you is needed, \
                         and nothing was answered [\"in a terminal, run: xacct login client1\", \
                         \"or give the code in the variable XACCT_MFA_CODE\"]";

#[test]
fn a_code_is_taken_unseen() {
    let (mut session, _) = prompted("ask");
    session.send_line("123 x\x7f456").unwrap();
    let text = rest(session);
    assert_eq!(result(&text), "654321");
    // The line's end, and nothing that was typed.
    assert!(text.starts_with("\r\nRESULT"), "{text:?}");
}

#[test]
fn what_cannot_be_sent_is_asked_for_again_with_the_reason() {
    let (mut session, _) = prompted("ask");
    session.send_line("12 34x6").unwrap();
    session
        .expect(format!(
            "\r\nxacct: an MFA code is six digits; this had something else in it\r\n{QUESTION}"
        ))
        .unwrap();
    session.send_line("111111").unwrap();
    let why = "this code was already used; the next one comes in 12 s";
    session
        .expect(format!("\r\nxacct: {why}\r\n{QUESTION}"))
        .unwrap();
    session.send_line("222222").unwrap();
    assert_eq!(result(&rest(session)), "222222");
}

#[test]
fn three_answers_are_enough() {
    let (mut session, _) = prompted("ask");
    session.send_line("12345").unwrap();
    session.expect(QUESTION).unwrap();
    session.send_line("111111").unwrap();
    session.expect(QUESTION).unwrap();
    session.send_line("").unwrap();
    let expected = "Other: no MFA code for arn:aws:iam::111111111111:mfa/you: an MFA code is six \
                    digits; this was empty [\"nothing was sent; run the command again\"]";
    assert_eq!(result(&rest(session)), expected);
}

#[test]
fn after_a_refused_code_it_is_said_that_one_was_sent() {
    let (mut session, _) = prompted("refused");
    for wrong in ["1", "111111"] {
        session.send_line(wrong).unwrap();
        session.expect(QUESTION).unwrap();
    }
    session.send_line("x").unwrap();
    let text = rest(session);
    let said = result(&text);
    let hint = "[\"the first code was sent, and AWS refused it; these were not sent; run the \
                command again\"]";
    assert!(said.ends_with(hint), "{said}");
}

#[test]
fn a_refused_code_is_said_before_the_next_is_asked_for() {
    let (mut session, said) = prompted("refused");
    assert!(
        said.ends_with("xacct: AWS refused that code\r\n"),
        "{said:?}"
    );
    session.send_line("222222").unwrap();
    assert_eq!(result(&rest(session)), "222222");
}

#[test]
fn ctrl_c_interrupts_and_restores_the_terminal() {
    for key in ["\x03", "\x1c", "123\x03"] {
        let (mut session, _) = prompted("ask");
        session.send(key).unwrap();
        let text = rest(session);
        assert_eq!(result(&text), "Signal(2): interrupted []");
        assert!(text.starts_with("\r\nRESULT"), "{text:?}");
    }
}

#[test]
fn ctrl_d_gives_no_code() {
    let (mut session, _) = prompted("ask");
    session.send("\x04").unwrap();
    assert_eq!(result(&rest(session)), NOT_GIVEN);
}

#[test]
fn signals_from_elsewhere_find_the_terminal_restored() {
    for (signal, expected) in [
        (Signal::TERM, "Signal(15): interrupted []"),
        (Signal::INT, "Signal(2): interrupted []"),
        (Signal::QUIT, "Signal(3): interrupted []"),
        (Signal::HUP, NOT_GIVEN),
    ] {
        let (session, _) = prompted("ask");
        kill_process(pid(&session), signal).unwrap();
        assert_eq!(result(&rest(session)), expected);
    }
}

const NO_TERMINAL: &str = "NeedsPerson: an MFA code for arn:aws:iam::111111111111:mfa/you is \
                           needed, and no terminal is available to prompt on [\"in a terminal, \
                           run: xacct login client1\", \"or give the code in the variable \
                           XACCT_MFA_CODE\"]";

#[test]
fn without_a_terminal_it_fails_at_once() {
    let output = child::command(CHILD, "no terminal").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).replace('\n', "\r\n");
    assert!(output.status.success(), "{text}");
    assert_eq!(result(&text), NO_TERMINAL);
}

#[test]
fn in_the_background_it_fails_at_once_instead_of_being_stopped() {
    let prompting = child::command(CHILD, "ask");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "set -m; \"$0\" \"$@\" & wait"])
        .arg(prompting.get_program())
        .args(prompting.get_args());
    shell.envs(
        prompting
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let mut session = Session::spawn(shell).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(20)));
    let text = rest(session);
    let said = result(&text);
    let words = "is needed, and xacct runs in the background of this terminal, where it cannot ask \
                 [\"bring it to the foreground: fg; for timeout(1): timeout --foreground ...\", \
                 \"or run first, in the foreground: xacct login client1\"]";
    assert!(
        said.starts_with("NeedsPerson: ") && said.ends_with(words),
        "{said}"
    );
}
