//! The harness of every test that runs the program: a sandbox of its own, an empty environment, silence expected.
//!
//! `Sandbox` is the world, `Cmd` a run of a program in it, `Output` what came of it, `Pty` a run on a terminal.

#![allow(dead_code, reason = "each test file uses its own part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "this is test code; clippy knows only #[test]")]

pub(crate) mod cache;
mod cmd;
mod http;
#[cfg(unix)]
mod pty;
mod sandbox;

#[allow(unused_imports, reason = "each test file uses its own part of it")]
pub(crate) use cmd::{Cmd, Output, Running};
#[allow(unused_imports, reason = "each test file uses its own part of it")]
pub(crate) use http::{answer_once, open, raw, read_request, request};
#[cfg(unix)]
#[allow(unused_imports, reason = "each test file uses its own part of it")]
pub(crate) use pty::Pty;
#[allow(unused_imports, reason = "each test file uses its own part of it")]
pub(crate) use sandbox::{Request, Sandbox, XACCT};

/// Says aloud what could not be tried here, or fails where everything must be (`XACCT_TEST_REQUIRE_ALL=1`).
#[track_caller]
#[allow(clippy::print_stderr, reason = "a test that is skipped must be seen")]
pub(crate) fn skip(why: &str) {
    assert_ne!(outer_env("XACCT_TEST_REQUIRE_ALL").as_deref(), Some("1"), "{why}");
    eprintln!("skipped: {why}");
}

/// A variable of the environment in which the tests run; programs under test get none of it.
#[allow(clippy::disallowed_methods, reason = "the tests' own switches come from there")]
pub(crate) fn outer_env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A program of the tests' venv (`XACCT_TEST_VENV`, else `.venv`), else of `PATH`; `None` where it does not run.
pub(crate) fn tool(name: &str, probe: &[&str]) -> Option<String> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/.venv");
    let venvs = outer_env("XACCT_TEST_VENV").into_iter().chain([own.to_owned()]);
    let files = venvs.map(|venv| format!("{venv}/bin/{name}"));
    let mut candidates = files.filter(|file| std::path::Path::new(file).exists()).chain([name.to_owned()]);
    candidates.find(|program| {
        let tried = std::process::Command::new(program).args(probe).output();
        tried.is_ok_and(|output| output.status.success())
    })
}
