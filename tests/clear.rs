//! `xacct clear`: what is forgotten, and what stays.

mod common;

use common::Sandbox;
use serde_json::json;

fn with_sessions() -> Sandbox {
    let sandbox = Sandbox::start_plain();
    sandbox.xacct(&["credential-process", "client2", "--mfa-code", &sandbox.fresh_code()]).run().ok();
    sandbox.key_id("client1");
    sandbox.key_id("plain");
    sandbox.clear_log();
    sandbox
}

#[test]
fn a_profiles_own_entry_goes_and_the_shared_session_stays() {
    let sandbox = with_sessions();
    sandbox.xacct(&["clear", "client2", "plain"]).run().status(0).stdout("").stderr(
        "xacct: forgot 1 entry of 'client2'\nxacct: kept the MFA session of 'hub': xacct clear hub\nxacct: forgot 1 entry of \
         'plain'\n",
    );
    assert_eq!(sandbox.entries().len(), 2);
    sandbox.key_id("client2");
    sandbox.asked(&["AssumeRole"]);
    sandbox.xacct(&["clear", "hub"]).run().status(0).stderr("xacct: forgot 1 entry of 'hub'\n");
    sandbox.xacct(&["clear", "client2"]).run().status(0).stderr("xacct: forgot 1 entry of 'client2'\n");
    sandbox.xacct(&["clear", "client2"]).run().status(0).stderr("xacct: forgot nothing of 'client2'\n");
    sandbox.xacct(&["credential-process", "client2"]).run().status(5);
    sandbox.asked(&[]);
}

#[test]
fn all_of_it() {
    let sandbox = with_sessions();
    sandbox.xacct(&["clear", "--all"]).run().status(0).stdout("").stderr("xacct: forgot 4 entries\n");
    assert!(sandbox.entries().is_empty());
    sandbox.xacct(&["clear", "--all", "-q"]).run().ok().stdout("");
}

#[test]
fn a_used_code_is_not_forgotten() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    sandbox.xacct(&["credential-process", "client2", "--mfa-code", &code]).run().ok();
    sandbox.xacct(&["clear", "--all", "-q"]).run().ok();
    sandbox.clear_log();
    let run = sandbox.xacct(&["credential-process", "client2", "--mfa-code", &code]).run();
    run.status(4).stderr_contains("this MFA code was already used");
    sandbox.asked(&[]);
}

#[test]
fn a_typo_removes_nothing() {
    let sandbox = with_sessions();
    sandbox.xacct(&["clear", "plain", "nobody"]).run().status(3).stderr_contains("no profile 'nobody'");
    assert_eq!(sandbox.entries().len(), 4);
    sandbox.xacct(&["clear"]).run().status(2).stdout("").stderr_contains("PROFILE");
}

/// What is being confirmed is not written back once it was forgotten.
#[test]
fn what_is_forgotten_stays_forgotten() {
    for args in [&["clear", "plain"][..], &["clear", "--all"]] {
        let sandbox = Sandbox::start_plain();
        sandbox.key_id("plain");
        sandbox.confirmed("plain", 3_000);
        sandbox.clear_log();
        sandbox.fault(&json!({"kind": "delay", "milliseconds": 600}));
        let run = sandbox.xacct(&["credential-process", "plain"]).spawn();
        while sandbox.log().is_empty() {
            std::thread::yield_now();
        }
        let cleared = sandbox.xacct(args).run().status(0);
        cleared.stderr_contains("xacct: forgot 1 entry");
        run.wait().ok();
        sandbox.asked(&["GetCallerIdentity"]);
        assert!(sandbox.entries().is_empty(), "{args:?}");
    }
}
