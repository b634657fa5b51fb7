//! `xacct credential-process` within what SDKs wait for it (docs/aws.md A4): it answers or fails in
//! time, whatever it is that takes long. All of it at the same moment, because giving up takes its
//! twenty seconds.

#![cfg(unix)]

use crate::common::cache::now;
use crate::common::{Pty, Running, Sandbox};
use serde_json::json;

/// The first SDK gives up after 21.6 s; a crowded machine is given some more.
const LIMIT: i64 = 30;

fn ask(sandbox: &Sandbox, profile: &str) -> Running {
    sandbox.xacct(&["credential-process", profile]).spawn()
}

fn too_long(profile: &str, hint: &str) -> String {
    format!(
        "xacct: error: the credentials of '{profile}' took longer than 20 s, after which SDKs give \
         a credential_process up\n  {hint}\n"
    )
}

/// A chain of which no request takes too long, but all together do.
struct Chain {
    sandbox: Sandbox,
    run: Running,
}

impl Chain {
    fn start() -> Chain {
        let sandbox = Sandbox::start();
        sandbox.fault(&json!({"kind": "delay", "milliseconds": 7500, "count": 3}));
        let code = sandbox.fresh_code();
        let run = sandbox
            .xacct(&["credential-process", "chained", "--mfa-code", &code])
            .spawn();
        Chain { sandbox, run }
    }

    fn end(self) {
        let Chain { sandbox, run } = self;
        let output = run.wait().status(6).stdout("");
        output.stderr(&too_long(
            "chained",
            "in a terminal, run: xacct login chained",
        ));
        sandbox.asked(&["GetSessionToken", "AssumeRole", "AssumeRole"]);
        // What was had by then is kept, so that the next one has less to do.
        sandbox.clear_faults();
        ask(&sandbox, "chained").wait().ok();
        sandbox.asked(&["AssumeRole"]);
    }
}

const ANSWER_THERE: &str = "  it may be waiting for an MFA code or a sign-in: answer it there; \
                            then run the command again\n  kill ";

/// Another process asks a person.
struct Question {
    sandbox: Sandbox,
    pty: Pty,
    run: Running,
}

impl Question {
    fn start() -> Question {
        let sandbox = Sandbox::start();
        let mut pty = sandbox.pty(&["exec", "client2", "--", "true"]);
        pty.expect("(profile client2): ");
        let run = ask(&sandbox, "client2");
        Question { sandbox, pty, run }
    }

    fn end(mut self) {
        let output = self.run.wait().status(5).stdout("");
        let output =
            output.stderr_contains("xacct: error: timed out waiting for xacct exec client2 (pid ");
        output.stderr_contains(&format!(")\n{ANSWER_THERE}"));
        self.pty.send_line(&self.sandbox.fresh_code());
        assert_eq!(self.pty.wait().0, 0);
        self.sandbox.key_id("client2");
    }
}

/// Another process waits for somebody to sign in.
struct SignIn {
    sandbox: Sandbox,
    pty: Pty,
    run: Running,
}

impl SignIn {
    fn start() -> SignIn {
        let sandbox = Sandbox::start();
        sandbox.sign_in(&json!({"mode": "pending", "interval": 1}));
        let mut pty = sandbox.pty(&["login", "acme"]);
        pty.expect("which must show the code ");
        let run = ask(&sandbox, "acme");
        SignIn { sandbox, pty, run }
    }

    fn end(mut self) {
        let output = self.run.wait().status(5).stdout("");
        let output =
            output.stderr_contains("xacct: error: timed out waiting for xacct login acme (pid ");
        output.stderr_contains(&format!(
            "), which signs in at https://acme.awsapps.com/start\n{ANSWER_THERE}"
        ));
        self.sandbox.sign_in(&json!({"mode": "approve"}));
        self.pty.expect("signed in at ");
        assert_eq!(self.pty.wait().0, 0);
    }
}

/// Another program that takes its time.
fn slow_program(sandbox: &Sandbox) -> Running {
    sandbox.add_config("[profile slow]\ncredential_process = exec sleep 60\nregion = eu-west-1\n");
    ask(sandbox, "slow")
}

/// A session that is still good, and a server that says nothing.
fn still_good(sandbox: &Sandbox) -> (Running, String) {
    let id = sandbox.key_id("plain");
    sandbox.leave("plain", 600);
    sandbox.confirmed("plain", 3_000);
    sandbox.fault(&json!({"kind": "silent", "count": 99}));
    (ask(sandbox, "plain"), id)
}

#[test]
fn whatever_takes_long_there_is_an_answer_in_time() {
    let began = now();
    let (other, good) = (Sandbox::start_plain(), Sandbox::start_plain());
    let program = slow_program(&other);
    let (still, id) = still_good(&good);
    let (chain, question, sign_in) = (Chain::start(), Question::start(), SignIn::start());

    program.wait().status(6).stdout("").stderr(&too_long(
        "slow",
        "to have them ready, run: xacct whoami slow",
    ));
    let output = still
        .wait()
        .status(0)
        .stderr_contains("; the cached credentials are good for another ");
    assert_eq!(output.key_id(), id);
    chain.end();
    question.end();
    sign_in.end();
    assert!(now() - began < LIMIT, "it took {} s", now() - began);
}

/// A limit of one's own, for whom nobody waits that long: a shell's prompt.
#[test]
fn a_limit_of_ones_own_is_kept() {
    let sandbox = Sandbox::start_plain();
    sandbox.fault(&json!({"kind": "silent", "count": 9}));
    let began = now();
    for command in ["credential-process", "whoami"] {
        let run = sandbox.xacct(&[command, "plain", "--within", "1s"]).run();
        run.status(6)
            .stdout("")
            .stderr("xacct: error: the credentials of 'plain' took longer than --within 1s\n");
    }
    assert!(now() - began < 8, "{}", now() - began);
}
