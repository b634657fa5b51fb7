//! Waiting for a lock by name, held by one process at a time: for whom the others wait, for how
//! long at most, and what to do about a holder that does not come to an end.

use std::cell::OnceCell;
use std::time::Duration;

use tokio::time::Instant;

use crate::cache::{Attempt, Lock, Store};
use crate::config::hints;
use crate::error::{Error, Result};
use crate::say::Voice;
use crate::system::processes;
use crate::terminal::{self, interruptible};

/// How long a waiter is silent before it says whom it waits for.
const SILENCE: Duration = Duration::from_secs(1);
/// The longest pause between two looks at a lock that another process holds.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a holder may be seen stopped (Ctrl-Z, SIGSTOP) before it is given up.
const STOPPED: Duration = Duration::from_secs(2);
/// The longest wait where somebody is at the terminal, who may answer the holder's question, or
/// press Ctrl-C.
const ATTENDED: Duration = Duration::from_mins(5);
/// The longest wait where nobody is.
const UNATTENDED: Duration = Duration::from_mins(1);
/// The longest wait for another part of this very run, whose own waits are bounded.
const OWN: Duration = Duration::from_mins(15);
/// The longest wait for what would only replace something that is still valid.
pub(crate) const FOR_NEWER: Duration = Duration::from_secs(3);

/// One that waits.
pub(crate) struct Waiter<'a> {
    pub(crate) store: &'a Store,
    pub(crate) voice: Voice,
    /// `xacct exec client1 (pid 123)`, for those who wait for it in their turn.
    pub(crate) me: &'a str,
    /// When it gives up; `None`: as late as a person puts up with.
    pub(crate) until: Option<Instant>,
}

impl Waiter<'_> {
    /// Waits for the lock of this name, and after a second says for whom, with `why` behind it.
    /// `None` without a usable cache, which is told to `complain`: the work is done all the same.
    ///
    /// It looks again and again instead of blocking: an earlier prompt may have taken Ctrl-C out of
    /// the system's hands.
    ///
    /// Errors: `Signal`; `NeedsPerson` where it gives up, because it is most often a person that
    /// the holder waits for, or who has stopped it.
    pub(crate) async fn wait_for(
        &self,
        name: &str,
        why: &str,
        complain: impl Fn(&str),
    ) -> Result<Option<Lock>> {
        let (began, attended) = (Instant::now(), OnceCell::new());
        let (mut pause, mut told, mut stopped_since) = (Duration::from_millis(1), false, None);
        loop {
            let holder = match self.store.try_lock(name, self.me) {
                Ok(Attempt::Taken(lock)) => return Ok(Some(lock)),
                Ok(Attempt::Held(holder)) => holder,
                Err(warning) => {
                    complain(&warning.to_string());
                    return Ok(None);
                }
            };
            let until = self.until.unwrap_or_else(|| {
                let is_attended = *attended.get_or_init(terminal::available);
                began + self.longest(&holder, is_attended)
            });
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(timed_out(&holder, why, false));
            }
            // Of another part of this very run there is nothing to say.
            if began.elapsed() >= SILENCE && holder != self.me {
                if !told {
                    self.voice.note(&format!("waiting for {holder}{why}"));
                    told = true;
                }
                stopped_since =
                    is_stopped(&holder).then(|| stopped_since.unwrap_or_else(Instant::now));
                if stopped_since.is_some_and(|since| since.elapsed() >= STOPPED) {
                    return Err(timed_out(&holder, why, true));
                }
            }
            interruptible(tokio::time::sleep(pause.min(left))).await?;
            pause = (pause * 2).min(PAUSE);
        }
    }

    fn longest(&self, holder: &str, is_attended: bool) -> Duration {
        if holder == self.me {
            OWN
        } else if is_attended {
            ATTENDED
        } else {
            UNATTENDED
        }
    }
}

/// The error, with what to do about the holder. None of the hints waits for the same lock.
fn timed_out(holder: &str, why: &str, is_stopped: bool) -> Error {
    let stopped = if is_stopped {
        "; that process is stopped"
    } else {
        ""
    };
    let error = Error::needs_person(format!("timed out waiting for {holder}{why}{stopped}"));
    let Some(pid) = pid_of(holder) else {
        return error.hint(
            "another process holds the lock: let it end, or end it; then run the command again",
        );
    };
    if is_stopped {
        return error
            .hint(format!(
                "kill -CONT {pid}    continues it (or fg, in the shell that stopped it)"
            ))
            .hint(format!("kill -KILL {pid}    ends it"));
    }
    error
        .hint(
            "it may be waiting for an MFA code or a sign-in: answer it there; then run the \
               command again",
        )
        .hint(format!("{}    ends it", hints::end(pid)))
}

/// Of `xacct exec client1 (pid 123)`.
fn pid_of(holder: &str) -> Option<u32> {
    holder
        .rsplit_once("(pid ")?
        .1
        .strip_suffix(')')?
        .parse()
        .ok()
}

/// Whether the system says that the holder is stopped.
fn is_stopped(holder: &str) -> bool {
    pid_of(holder).is_some_and(processes::is_stopped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_is_named_by_its_number() {
        assert_eq!(pid_of("xacct exec client1 (pid 123)"), Some(123));
        assert_eq!(pid_of("xacct exec (pid 1) (pid 24)"), Some(24));
        for other in [
            "another process",
            "xacct (pid x)",
            "xacct (pid 12",
            "(pid -3)",
        ] {
            assert_eq!(pid_of(other), None, "{other}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_hints_are_commands_that_do_not_wait() {
        let hints = |stopped| timed_out("xacct login acme (pid 7)", "", stopped).hint_texts();
        assert_eq!(hints(false)[1], "kill 7    ends it");
        assert_eq!(hints(true)[1], "kill -KILL 7    ends it");
        assert_eq!(timed_out("another process", "", false).hints.len(), 1);
    }
}
