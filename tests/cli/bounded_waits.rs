//! Waiting for another process: not for ever, not past a signal, and not for what would only be
//! newer.

#![cfg(unix)]

use std::fs::{self, File};

use crate::common::{Running, Sandbox, until};
use serde_json::json;

fn kill(sandbox: &Sandbox, signal: &str, process: &Running) {
    sandbox
        .program("kill", &[signal, &process.id().to_string()])
        .run()
        .ok();
}

/// A process that is stopped while it holds the lock of `plain`.
fn stopped(sandbox: &Sandbox) -> Running {
    sandbox.fault(&json!({"kind": "silent", "action": "AssumeRole"}));
    let holder = sandbox.xacct(&["exec", "plain", "--", "true"]).spawn();
    until("the holder asks", || !sandbox.log().is_empty());
    kill(sandbox, "-STOP", &holder);
    sandbox.clear_log();
    holder
}

fn end(sandbox: &Sandbox, holder: Running) {
    kill(sandbox, "-KILL", &holder);
    holder.wait().status(137);
}

#[test]
fn a_stopped_holder_is_named_with_what_to_do_about_it() {
    let sandbox = Sandbox::start_plain();
    let holder = stopped(&sandbox);
    let id = holder.id();
    for (command, status) in [("whoami", 5), ("credential-process", 5)] {
        sandbox.xacct(&[command, "plain"]).run().status(status).stdout("").stderr(&format!(
            "xacct: waiting for xacct exec plain (pid {id})\nxacct: error: timed out waiting for \
             xacct exec plain (pid {id}); that process is stopped\n  kill -CONT {id}    continues \
             it (or fg, in the shell that stopped it)\n  kill -KILL {id}    ends it\n"
        ));
    }
    sandbox.asked(&[]);
    end(&sandbox, holder);
    sandbox.key_id("plain");
}

#[test]
fn what_is_still_valid_is_served_meanwhile() {
    let sandbox = Sandbox::start_plain();
    let id = sandbox.key_id("plain");
    sandbox.leave("plain", 480);
    sandbox.clear_log();
    let holder = stopped(&sandbox);
    let given = sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(0);
    assert_eq!(given.key_id(), id);
    given
        .stderr_contains("xacct: warning: timed out waiting for xacct exec plain (pid ")
        .stderr_contains("the cached credentials are good for another ");
    // Newer ones that were insisted on are not replaced by old ones.
    let run = sandbox
        .xacct(&["credential-process", "plain", "--min-ttl", "30m"])
        .run();
    run.status(5)
        .stdout("")
        .stderr_contains("; that process is stopped\n  kill -CONT ");
    sandbox.asked(&[]);
    end(&sandbox, holder);
}

#[test]
fn a_sign_in_that_is_still_valid_is_used_meanwhile() {
    let sandbox = Sandbox::signed_in();
    sandbox.leave_token(600);
    let name = sandbox
        .token_file()
        .file_stem()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    let path = sandbox.cache_dir().join(format!("locks/sso-{name}.lock"));
    let lock = File::options().read(true).write(true).open(path).unwrap();
    lock.lock().unwrap();
    let given = sandbox
        .xacct(&["credential-process", "acme"])
        .run()
        .status(0);
    given.stderr_contains("; the sign-in's token is used while it lasts\n");
    sandbox.asked(&["GetRoleCredentials"]);
}

#[test]
fn a_signal_ends_every_wait() {
    let sandbox = Sandbox::start_plain();
    let holder = stopped(&sandbox);
    for (signal, status) in [("-TERM", 143), ("-INT", 130), ("-HUP", 129)] {
        let waiting = sandbox.xacct(&["whoami", "plain", "-v"]).spawn();
        until("it waits", || catches(&waiting));
        kill(&sandbox, signal, &waiting);
        waiting
            .wait()
            .status(status)
            .stdout("")
            .stderr("xacct: error: interrupted\n");
    }
    end(&sandbox, holder);
    // The lock of the files that people write, too.
    let lock = File::open(sandbox.home().join(".aws")).unwrap();
    lock.lock().unwrap();
    let before = fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
    let waiting = sandbox.xacct(&["adopt", "plain", "--yes"]).spawn();
    until("it waits", || catches(&waiting));
    kill(&sandbox, "-TERM", &waiting);
    waiting
        .wait()
        .status(143)
        .stderr_contains("xacct: error: interrupted\n");
    assert_eq!(
        fs::read_to_string(sandbox.home().join(".aws/config")).unwrap(),
        before
    );
}

/// Whether the process has handlers for signals, which it sets up when it begins to wait.
fn catches(process: &Running) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap_or_default();
    let caught = status
        .lines()
        .find_map(|line| line.strip_prefix("SigCgt:\t"));
    let caught = caught
        .and_then(|mask| u64::from_str_radix(mask, 16).ok())
        .unwrap_or_default();
    caught & (1 << 14) != 0
}

#[test]
fn the_audit_log_is_never_waited_for() {
    let sandbox = Sandbox::start_plain();
    let path = sandbox.env()["XACCT_AUDIT_LOG"].clone();
    sandbox.key_id("plain");
    let log = File::open(&path).unwrap();
    log.lock().unwrap();
    sandbox
        .xacct(&["credential-process", "plain", "--refresh"])
        .run()
        .ok();
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
    sandbox.asked(&["AssumeRole", "AssumeRole"]);
}
