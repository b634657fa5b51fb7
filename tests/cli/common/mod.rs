//! The harness of every test that runs the program: a sandbox of its own, an empty environment,
//! silence expected.
//!
//! `Sandbox` is the world, `Cmd` a run of a program in it, `Output` what came of it, `Pty` a run on
//! a terminal.

#[cfg(unix)]
pub(crate) mod browser;
pub(crate) mod cache;
mod cmd;
#[cfg(unix)]
pub(crate) mod home;
mod http;
#[cfg(unix)]
mod pass;
#[cfg(unix)]
mod pty;
mod sandbox;
mod server;
#[cfg(unix)]
pub(crate) mod shells;
mod sso;
#[cfg(unix)]
pub(crate) mod tmux;
pub(crate) mod tools;

pub(crate) use cmd::{Cmd, Output, Running};
#[cfg(unix)]
pub(crate) use home::Home;
pub(crate) use http::{answer_once, open, raw, read_request, request};
#[cfg(unix)]
pub(crate) use pass::Pass;
#[cfg(unix)]
pub(crate) use pty::Pty;
pub(crate) use sandbox::{Request, Sandbox, XACCT};
pub(crate) use server::Server;

/// Says aloud what could not be tried here, or fails where everything must be
/// (`XACCT_TEST_REQUIRE_ALL=1`).
#[track_caller]
#[allow(clippy::print_stderr, reason = "a test that is skipped must be seen")]
pub(crate) fn skip(why: &str) {
    assert_ne!(
        outer_env("XACCT_TEST_REQUIRE_ALL").as_deref(),
        Some("1"),
        "{why}"
    );
    eprintln!("skipped: {why}");
}

/// A variable of the environment in which the tests run; programs under test get none of it.
#[allow(
    clippy::disallowed_methods,
    reason = "the tests' own switches come from there"
)]
pub(crate) fn outer_env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The name of the account that runs the tests, which session names are made of.
pub(crate) fn account() -> &'static str {
    static NAME: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    NAME.get_or_init(|| {
        if cfg!(windows) {
            return outer_env("USERNAME").unwrap_or_default();
        }
        let asked = std::process::Command::new("id").arg("-un").output();
        asked
            .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
            .unwrap_or_default()
    })
}

/// The text as it were if the account that runs the tests were called `user`.
pub(crate) fn in_users_name(text: &str) -> String {
    text.replace(&format!("xacct-{}", account()), "xacct-user")
}

/// Waits until this is so; for what a program under test brings about without saying.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..3000 {
        if is_so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("{what}: never");
}
