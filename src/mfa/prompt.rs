//! Asks the person for a code: what is said before, between and after the tries. Who puts the
//! question is `prompter`'s.

use chrono::{DateTime, Utc};

use super::MfaDevice;
use super::code::Code;
use super::prompter::{NoAnswer, Prompter};
use super::used::{self, Freshness, Guard};
use crate::config::words;
use crate::error::{Error, Kind, Result};
use crate::say::visible;
use crate::terminal::Unanswered;

/// How many answers a person may give to one question before it is given up.
const TRIES: usize = 3;

/// A code that was not used before. What is no code, or a used one, is asked for again; none of it
/// is sent.
pub(super) async fn ask(
    prompter: &Prompter,
    device: &MfaDevice<'_>,
    guard: &Guard<'_>,
    attempt: u8,
    now: &impl Fn() -> DateTime<Utc>,
) -> Result<Code> {
    let mut why = if attempt > 1 {
        Some("AWS refused that code".to_owned())
    } else {
        None
    };
    for _ in 0..TRIES {
        let answer = prompter.ask(why.as_deref(), &question(device)).await;
        let answer = answer.map_err(|no_answer| error(no_answer, device))?;
        match Code::parse(answer.expose()) {
            Err(sentence) => why = Some(sentence),
            Ok(code) => match guard.check(&code, now()) {
                Freshness::Fresh => return Ok(code),
                Freshness::UsedAlready { next_in } => {
                    let seconds = used::seconds(next_in);
                    why = Some(format!(
                        "this code was already used; the next one comes in {seconds} s"
                    ));
                }
            },
        }
    }
    let message = format!(
        "no MFA code for {}: {}",
        device.serial,
        why.unwrap_or_default()
    );
    Err(Error::other(message).hint(format!("{}; run the command again", sent_before(attempt))))
}

/// What AWS has of the codes that were given, where the last of them were not sent. `attempt`
/// counts from 1.
pub(super) fn sent_before(attempt: u8) -> &'static str {
    match attempt {
        0 | 1 => "nothing was sent",
        2 => "the first code was sent, and AWS refused it; these were not sent",
        _ => "two codes were sent, and AWS refused them; these were not sent",
    }
}

fn question(device: &MfaDevice<'_>) -> String {
    let (serial, profile) = (visible(device.serial), visible(device.profile));
    format!("MFA code for {serial} (profile {profile})")
}

fn error(no_answer: NoAnswer, device: &MfaDevice<'_>) -> Error {
    let needs_person = |why: &str| {
        Error::needs_person(format!(
            "an MFA code for {} is needed, and {why}",
            device.serial
        ))
    };
    let unanswered = match no_answer {
        NoAnswer::Terminal(unanswered) => unanswered,
        NoAnswer::Program(why) => return with_ways_out(needs_person(&why), device),
        NoAnswer::Missing { why, hint } => {
            return with_ways_out(needs_person(&why).hint(hint), device);
        }
        NoAnswer::Interrupted(error) => return error,
    };
    let is_background = matches!(unanswered, Unanswered::Background);
    let serial = device.serial;
    let error = unanswered.error(|why| format!("an MFA code for {serial} is needed, and {why}"));
    match error.kind {
        Kind::NeedsPerson if is_background => error.hint(login_first(device)),
        Kind::NeedsPerson => with_ways_out(error, device),
        _ => error,
    }
}

/// What to type where nobody can be asked.
pub(super) fn with_ways_out(error: Error, device: &MfaDevice<'_>) -> Error {
    let profile = words::typed(device.profile);
    error
        .hint_of_profile(format!("in a terminal, run: xacct login {profile}"))
        .hint("or give the code in the variable XACCT_MFA_CODE")
}

fn login_first(device: &MfaDevice<'_>) -> String {
    let profile = words::typed(device.profile);
    format!("or run first, in the foreground: xacct login {profile}")
}

/// For a server, which never asks: only the MFA session, which somebody else must begin again,
/// keeps it going.
pub(super) fn session_over(device: &MfaDevice<'_>) -> Error {
    let profile = words::typed(device.profile);
    let message = format!(
        "the MFA session has ended, and a new one needs a code for {}",
        device.serial
    );
    Error::needs_person(message)
        .hint_of_profile(format!("in a terminal, run: xacct login {profile}"))
        .hint("this server then goes on by itself")
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
