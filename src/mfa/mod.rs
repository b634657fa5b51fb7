//! MFA codes: where they come from, and that none is ever sent twice.
//!
//! Sends nothing itself: [`next_code`] yields the code for one request, already remembered as sent.
//! The caller holds the lock named [`Guard::lock_name`] from before that until STS has answered, so
//! that two processes never ask for, or burn, the same code.

mod code;
mod used;
mod process;
mod pinentry;
mod prompter;
mod prompt;

use std::time::Duration;

use chrono::{DateTime, Utc};

pub(crate) use code::Code;
pub(crate) use prompter::Prompter;
pub(crate) use used::{Guard, name_of_spare};

use crate::desktop::Notifier;
use crate::error::{Error, Result};
use crate::say::Voice;
use used::Freshness;

/// How long `mfa_process` may take; a person may have to touch a key.
const PROCESS_LIMIT: Duration = Duration::from_mins(1);

/// The device, and for whom a code is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MfaDevice<'a> {
    /// `mfa_serial` as it may be shown: an ARN, or the number of a hardware device.
    pub(crate) serial: &'a str,
    pub(crate) profile: &'a str,
}

/// Where codes come from.
#[derive(Debug, Clone)]
pub(crate) enum CodeSource {
    /// `--mfa-code 123456`
    Given(Code),
    /// `mfa_process = ykman oath accounts code -s aws`
    Process {
        command: String,
        /// What shows "touch your key" where there is no terminal.
        notifier: Option<Notifier>,
    },
    /// A prompt.
    Prompt(Prompter),
    /// `--no-input`, or the variable that says the same.
    None { forbidden_by: &'static str },
    /// `serve`, once it serves.
    Server,
}

impl CodeSource {
    /// How many codes it can give for one step; after that, what STS said is the end.
    pub(crate) fn tries(&self) -> u8 {
        match self {
            CodeSource::Given(_) | CodeSource::None { .. } | CodeSource::Server => 1,
            CodeSource::Process { .. } => 2,
            CodeSource::Prompt(_) => 3,
        }
    }
}

/// The code for the next request, which is from here on counted as sent. `attempt` is 1, or more
/// after STS refused a code, up to [`CodeSource::tries`].
///
/// Errors: `NeedsPerson` where nobody can be asked, `Refused` for a given code that was used
/// already, `Signal` after Ctrl-C (the terminal is as it was), `Config` or `Other` for an
/// `mfa_process` that does not work.
pub(crate) async fn next_code(
    source: &CodeSource,
    device: &MfaDevice<'_>,
    guard: &Guard<'_>,
    attempt: u8,
    now: impl Fn() -> DateTime<Utc>,
    voice: Voice,
) -> Result<Code> {
    let code = match source {
        CodeSource::Given(code) => given(code, device, guard, attempt, now()),
        CodeSource::Process { command, notifier } => {
            let run = || process::run(command, device, PROCESS_LIMIT, notifier.clone());
            from_process(run, device, guard, attempt, &now, voice).await
        }
        CodeSource::Prompt(prompter) => prompt::ask(prompter, device, guard, attempt, &now).await,
        CodeSource::None { forbidden_by } => {
            let message = format!(
                "an MFA code for {} is needed, and {forbidden_by} forbids asking",
                device.serial
            );
            Err(prompt::with_ways_out(Error::needs_person(message), device))
        }
        CodeSource::Server => Err(prompt::session_over(device)),
    }?;
    guard.remember(&code, now());
    Ok(code)
}

fn given(
    code: &Code,
    device: &MfaDevice<'_>,
    guard: &Guard<'_>,
    attempt: u8,
    now: DateTime<Utc>,
) -> Result<Code> {
    if attempt > 1 {
        return Err(Error::refused(format!(
            "AWS refused the MFA code that was given for {}",
            device.serial
        )));
    }
    match guard.check(code, now) {
        Freshness::Fresh => Ok(code.clone()),
        Freshness::UsedAlready { next_in } => {
            let message = format!("this MFA code was already used for {}", device.serial);
            Err(Error::refused(message).hint(format!(
                "the next one comes in {} s",
                used::seconds(next_in)
            )))
        }
    }
}

/// A program gives what the device shows now: where that was used, the next one is worth waiting
/// for, once.
async fn from_process<F: Future<Output = Result<Code>>>(
    run: impl Fn() -> F,
    device: &MfaDevice<'_>,
    guard: &Guard<'_>,
    attempt: u8,
    now: &impl Fn() -> DateTime<Utc>,
    voice: Voice,
) -> Result<Code> {
    if attempt > 1 {
        voice.note("AWS refused the code from mfa_process; running it again");
    }
    let code = run().await?;
    let Freshness::UsedAlready { next_in } = guard.check(&code, now()) else {
        return Ok(code);
    };
    let seconds = used::seconds(next_in);
    voice.note(&format!(
        "mfa_process gave a code that was already used; waiting {seconds} s for the next one"
    ));
    tokio::time::sleep(next_in).await;
    let code = run().await?;
    match guard.check(&code, now()) {
        Freshness::Fresh => Ok(code),
        Freshness::UsedAlready { .. } => {
            let message = format!(
                "mfa_process of profile '{}' keeps giving a used code",
                device.profile
            );
            Err(Error::refused(message).hint(format!(
                "{}; is its clock right?",
                prompt::sent_before(attempt)
            )))
        }
    }
}

#[cfg(test)]
mod tests;
