//! `mfa_process`: another program that knows the code. The shell runs it, as in aws-vault, from
//! which the key is.
//!
//! Its arguments are never shown: they may be secrets.

use std::process::Stdio;
use std::time::Duration;

use super::MfaDevice;
use super::code::Code;
use crate::capture::{RunningProgram, shell, unless_interrupted};
use crate::config::words;
use crate::desktop::Notifier;
use crate::error::{Error, Result};

/// More output than this is not a code.
const MAX_OUTPUT: usize = 4096;

/// Runs it, with nothing on stdin and our stderr, and without a terminal with notifications of what
/// it says there. Takes the first line of its output that is
/// six digits.
pub(super) async fn run(
    command: &str,
    device: &MfaDevice<'_>,
    limit: Duration,
    notifier: Option<Notifier>,
) -> Result<Code> {
    let line = words::split(command).unwrap_or_default();
    let Some(program) = line
        .iter()
        .find(|word| !is_assignment(word))
        .or(line.first())
    else {
        let message = format!(
            "mfa_process of profile '{}' is not a command: a quote is open, or it is empty",
            device.profile
        );
        return Err(Error::config(message));
    };
    // So that every sentence names whose it is and what ran, and no more of it.
    let named = format!(
        "mfa_process of profile '{}' ({})",
        device.profile,
        shown(program)
    );
    let mut ready = shell(command);
    ready.stdin(Stdio::null());
    let running = RunningProgram::start_noticed(ready, notifier)
        .map_err(|error| Error::config(format!("{named} cannot be run: the shell: {error}")))?;
    let ended = running.output(MAX_OUTPUT, limit).await;
    let Some((status, output)) =
        ended.map_err(|error| Error::other(format!("{named}: {error}")))?
    else {
        return Err(Error::other(format!(
            "{named} took longer than {} s and was stopped",
            limit.as_secs()
        )));
    };
    if output.len() > MAX_OUTPUT {
        return Err(Error::other(format!(
            "{named} printed more than a code: {MAX_OUTPUT} bytes and on"
        )));
    }
    // What POSIX shells say of a program that they cannot find, or not run.
    if matches!(status.code(), Some(126 | 127)) {
        return Err(Error::config(format!("{named} cannot be run: {status}")).hint(
            "it is run by /bin/sh -c; name a program by its absolute path, or one that is on the \
             PATH",
        ));
    }
    if !unless_interrupted(status)?.success() {
        return Err(Error::other(format!("{named} failed: {status}")));
    }
    let text = std::str::from_utf8(&output).unwrap_or_default();
    let code = text.lines().find_map(|line| Code::parse(line).ok());
    code.ok_or_else(|| Error::other(format!("{named} printed no line of six digits")))
}

/// `NAME=value` in front of a command.
fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The program's name without its folder; of `TOKEN=x`, which somebody may take for a variable, the
/// part in front.
fn shown(program: &str) -> &str {
    let path = program.split('=').next().unwrap_or(program);
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
