//! Statements for the shell that called: which one it is, and what it is told when xacct fails.

use std::io::Write;

use crate::credentials::{COMPETING, SET_BY_XACCT};
use crate::env::Env;
use crate::error::Result;
use crate::render::shell::{self, Shell};

/// `--shell`, else the parent process, else `$SHELL`.
pub(super) fn of_caller(chosen: Option<Shell>, env: &Env) -> Shell {
    chosen.unwrap_or_else(|| shell::detect(parent_process().as_deref(), env.get("SHELL")))
}

/// Statements that take out the last credentials and end with the status.
pub(super) fn print_failure(chosen: Option<Shell>, env: &Env, status: u8) -> Result<()> {
    print_status(chosen, env, status, &SET_BY_XACCT)
}

/// A statement that ends with the status, and leaves everything as it is.
pub(super) fn print_left(chosen: Option<Shell>, env: &Env, status: u8) -> Result<()> {
    print_status(chosen, env, status, &[])
}

fn print_status(chosen: Option<Shell>, env: &Env, status: u8, names: &[&str]) -> Result<()> {
    let mut text = Vec::new();
    shell::failure(of_caller(chosen, env), status, names, &mut text).map_err(super::written)?;
    let mut out = std::io::stdout().lock();
    out.write_all(&text).and_then(|()| out.flush()).map_err(super::written)
}

/// The variables that `assume` takes out: all that compete, and those of its own that these credentials lack.
pub(super) fn to_unset<'a>(absent: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    COMPETING.into_iter().chain(absent).collect()
}

#[cfg(target_os = "linux")]
fn parent_process() -> Option<String> {
    // The executable: in a script, the process is called by the script's name.
    let program = std::fs::read_link(format!("/proc/{}/exe", std::os::unix::process::parent_id())).ok()?;
    program.into_os_string().into_string().ok()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn parent_process() -> Option<String> {
    let parent = std::os::unix::process::parent_id().to_string();
    let output = std::process::Command::new("ps").args(["-o", "comm=", "-p", &parent]).output().ok()?;
    String::from_utf8(output.stdout).ok()
}

#[cfg(not(unix))]
fn parent_process() -> Option<String> {
    None
}
