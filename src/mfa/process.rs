//! `mfa_process`: another program that knows the code. No shell is run: words are split and quotes removed as a
//! POSIX shell does, and that is all; `$VAR`, `~`, pipes and the like reach the program as they stand.
//!
//! Its arguments are never shown: they may be secrets.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::Device;
use super::code::Code;
use crate::capture::capture;
use crate::error::{Error, Result};

/// More output than this is not a code.
const MAX_OUTPUT: usize = 4096;

/// Runs it, with nothing on stdin and our stderr, and takes the first line of its output that is six digits.
pub(super) async fn run(command: &str, device: &Device<'_>, limit: Duration) -> Result<Code> {
    let words = shlex::split(command).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else {
        let message = format!(
            "mfa_process of profile '{}' is not a command: a quote is open, or it is empty",
            device.profile
        );
        return Err(Error::config(message));
    };
    // So that every sentence names whose it is and what ran, and no more of it.
    let named = format!("mfa_process of profile '{}' ({})", device.profile, shown(program));
    let mut ready = Command::new(program);
    ready.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = ready.spawn().map_err(|error| {
        Error::config(format!("{named} cannot be run: {error}"))
            .hint("it is run without a shell; name a program")
    })?;
    let Ok(ended) = tokio::time::timeout(limit, capture(&mut child, MAX_OUTPUT)).await else {
        // It may have ended just now; either way it has when this returns.
        let _ = child.kill().await;
        return Err(Error::other(format!("{named} took longer than {} s and was stopped", limit.as_secs())));
    };
    let (status, output) = ended.map_err(|error| Error::other(format!("{named}: {error}")))?;
    if output.len() > MAX_OUTPUT {
        return Err(Error::other(format!("{named} printed more than a code: {MAX_OUTPUT} bytes and on")));
    }
    if !status.success() {
        return Err(Error::other(format!("{named} failed: {status}")));
    }
    let text = std::str::from_utf8(&output).unwrap_or_default();
    let code = text.lines().find_map(|line| Code::parse(line).ok());
    code.ok_or_else(|| Error::other(format!("{named} printed no line of six digits")))
}

/// The program's name without its folder; of `TOKEN=x`, which somebody may take for a variable, the part in front.
fn shown(program: &str) -> &str {
    let path = program.split('=').next().unwrap_or(program);
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
