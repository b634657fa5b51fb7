//! Many processes at once: one of them does the work.

use std::fs;

use crate::common::{Running, Sandbox, until};
use serde_json::json;

/// So many runs at the same time; the access key ids that they gave. They are quiet: on a slow
/// machine some wait so long that they would say for whom.
fn at_once(sandbox: &Sandbox, count: usize, args: &[&str]) -> Vec<String> {
    with_code_at_once(sandbox, count, args, "")
}

/// The same with a code in the environment: most of them need none.
fn with_code_at_once(sandbox: &Sandbox, count: usize, args: &[&str], code: &str) -> Vec<String> {
    let args = [args, &["-q"]].concat();
    let spawn = |_| match code {
        "" => sandbox.xacct(&args).spawn(),
        code => sandbox.xacct(&args).env("XACCT_MFA_CODE", code).spawn(),
    };
    let running: Vec<Running> = (0..count).map(spawn).collect();
    running
        .into_iter()
        .map(|run| run.wait().ok().key_id())
        .collect()
}

/// All the same, and how many.
#[track_caller]
fn one_answer(ids: &[String], count: usize) {
    assert_eq!(ids.len(), count);
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[test]
fn forty_on_a_cold_key_are_one_request() {
    let sandbox = Sandbox::start_plain();
    sandbox.fault(&json!({"kind": "delay", "milliseconds": 300}));
    one_answer(&at_once(&sandbox, 40, &["credential-process", "plain"]), 40);
    sandbox.asked(&["AssumeRole"]);
    assert_eq!(sandbox.entries().len(), 1);
}

#[test]
fn one_code_is_enough_for_twenty_five() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    one_answer(
        &with_code_at_once(&sandbox, 25, &["credential-process", "client2"], &code),
        25,
    );
    let with_code = |request: &&crate::common::Request| request.params.contains_key("TokenCode");
    assert_eq!(sandbox.log().iter().filter(with_code).count(), 1);
    sandbox.asked(&["GetSessionToken", "AssumeRole"]);
}

#[test]
fn one_code_is_enough_for_roles_that_share_a_session() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let profiles = ["client1", "client2", "chained", "hub"].repeat(3);
    let run = |profile: &&str| {
        sandbox
            .xacct(&["credential-process", profile])
            .env("XACCT_MFA_CODE", &code)
            .spawn()
    };
    let running: Vec<Running> = profiles.iter().map(run).collect();
    for run in running {
        run.wait().ok();
    }
    let mut calls = sandbox.calls();
    calls.sort();
    assert_eq!(
        calls,
        ["AssumeRole", "AssumeRole", "AssumeRole", "GetSessionToken"]
    );
}

#[test]
fn forty_confirm_an_old_entry_once() {
    let sandbox = Sandbox::start_plain();
    let id = sandbox.key_id("plain");
    sandbox.confirmed("plain", 3_000);
    sandbox.clear_log();
    let ids = at_once(&sandbox, 40, &["credential-process", "plain"]);
    one_answer(&ids, 40);
    assert_eq!(ids[0], id);
    sandbox.asked(&["GetCallerIdentity"]);
}

/// A process that holds the lock of `plain` because STS does not answer it.
fn stuck(sandbox: &Sandbox) -> Running {
    sandbox.fault(&json!({"kind": "silent", "action": "AssumeRole"}));
    let stuck = sandbox.xacct(&["exec", "plain", "--", "true"]).spawn();
    until("the first request", || !sandbox.log().is_empty());
    stuck
}

#[cfg(unix)]
#[test]
fn a_killed_holder_is_followed_at_once() {
    let sandbox = Sandbox::start_plain();
    let holder = stuck(&sandbox);
    let next = sandbox.xacct(&["credential-process", "plain"]).spawn();
    sandbox
        .program("kill", &["-KILL", &holder.id().to_string()])
        .run()
        .ok();
    holder.wait().status(137);
    // It may or may not have waited long enough to say so.
    let next = next.wait().status(0);
    assert_eq!(sandbox.key_id("plain"), next.key_id());
    sandbox.asked(&["AssumeRole"; 2]);
}

#[cfg(unix)]
#[test]
fn a_waiting_process_says_whom_it_waits_for() {
    let sandbox = Sandbox::start_plain();
    let holder = stuck(&sandbox);
    let mut waiting = sandbox.pty(&["exec", "plain", "--", "true"]);
    waiting.expect(&format!(
        "xacct: waiting for xacct exec plain (pid {})",
        holder.id()
    ));
    // And is not deaf meanwhile.
    waiting.interrupt();
    let (status, screen) = waiting.wait();
    assert_eq!(status, 130, "{screen}");
    sandbox
        .program("kill", &["-KILL", &holder.id().to_string()])
        .run()
        .ok();
    holder.wait().status(137);
    sandbox.asked(&["AssumeRole"]);
}

/// A session that dies while it is used is replaced without a process waiting for itself.
#[test]
fn a_dead_session_on_the_way_is_replaced() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    sandbox
        .xacct(&["credential-process", "hub", "--mfa-code", &code])
        .run()
        .ok();
    sandbox.forget_sessions();
    sandbox.advance_mfa();
    sandbox.clear_log();
    let code = sandbox.fresh_code();
    let output = sandbox
        .xacct(&["credential-process", "chained", "--mfa-code", &code])
        .run()
        .ok();
    sandbox.asked(&["AssumeRole", "GetSessionToken", "AssumeRole", "AssumeRole"]);
    assert_eq!(output.json()["AccountId"], "444444444444");
}

/// By the time STS refuses a session, another process may have put a live one in its place: that
/// one is used.
#[test]
fn a_session_that_was_replaced_meanwhile_is_not_thrown_away() {
    let sandbox = Sandbox::start();
    let hub = |more: &[&str]| {
        let code = sandbox.fresh_code();
        let args = ["credential-process", "hub", "--mfa-code", &code];
        sandbox.xacct(&[&args[..], more].concat()).run().ok();
        sandbox.advance_mfa();
        fs::read(sandbox.entry("hub")).unwrap()
    };
    let dead = hub(&[]);
    sandbox.forget_sessions();
    let live = hub(&["--refresh"]);
    fs::write(sandbox.entry("hub"), dead).unwrap();
    sandbox.clear_log();
    sandbox.fault(&json!({"kind": "delay", "milliseconds": 1000, "action": "AssumeRole"}));
    let run = sandbox
        .xacct(&["credential-process", "client1", "--no-input"])
        .spawn();
    until("the first request", || !sandbox.log().is_empty());
    fs::write(sandbox.entry("hub"), &live).unwrap();
    run.wait().ok();
    sandbox.asked(&["AssumeRole"; 2]);
    assert_eq!(fs::read(sandbox.entry("hub")).unwrap(), live);
}
