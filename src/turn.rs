//! Waiting for one's turn: a lock by name, held by one process at a time, and whom the others wait for.

use std::time::Duration;

use tokio::time::Instant;

use crate::cache::{Attempt, Lock, Store};
use crate::error::{Error, Result};
use crate::say::Voice;
use crate::terminal::interruptible;

/// How long a waiter is silent before it says whom it waits for.
const SILENCE: Duration = Duration::from_secs(1);
/// The longest pause between two looks at a lock that another process holds.
const PAUSE: Duration = Duration::from_millis(50);

/// One that waits.
pub(crate) struct Waiter<'a> {
    pub(crate) store: &'a Store,
    pub(crate) voice: Voice,
    /// `xacct exec client1 (pid 123)`, for those who wait for it in their turn.
    pub(crate) me: &'a str,
    /// When it gives up; `None` for one that has all the time in the world.
    pub(crate) until: Option<Instant>,
}

impl Waiter<'_> {
    /// Waits for the lock of this name, and after a second says for whom, with `why` behind it. `None` without a
    /// usable cache, which is told to `complain`: the work is done all the same.
    ///
    /// It looks again and again instead of blocking: an earlier prompt may have taken Ctrl-C out of the system's hands.
    ///
    /// Errors: `Signal`; `NeedsPerson` where it gives up, because it is most often a person that the holder waits for.
    pub(crate) async fn wait_for(
        &self,
        name: &str,
        why: &str,
        complain: impl Fn(&str),
    ) -> Result<Option<Lock>> {
        let (mut waited, mut pause, mut told) = (Duration::ZERO, Duration::from_millis(1), false);
        loop {
            let holder = match self.store.try_lock(name, self.me) {
                Ok(Attempt::Taken(lock)) => return Ok(Some(lock)),
                Ok(Attempt::Held(holder)) => holder,
                Err(warning) => {
                    complain(&warning.to_string());
                    return Ok(None);
                }
            };
            let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(Error::needs_person(format!("waited in vain for {holder}{why}")));
            }
            // Of another part of this very run there is nothing to say.
            if waited >= SILENCE && !told && holder != self.me {
                self.voice.note(&format!("waiting for {holder}{why}"));
                told = true;
            }
            let now = left.map_or(pause, |left| pause.min(left));
            interruptible(tokio::time::sleep(now)).await?;
            waited += now;
            pause = (pause * 2).min(PAUSE);
        }
    }
}
