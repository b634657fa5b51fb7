//! What one pass over a plan holds: the connection to STS, the locks, and whose the keys are.

use std::cell::OnceCell;
use std::time::Duration;

use crate::aws::{Identity, Sts};
use crate::cache::{Attempt, Key, Lock};
use crate::error::Result;
use crate::terminal::interruptible;

use super::Broker;

/// How long a waiter is silent before it says whom it waits for.
const SILENCE: Duration = Duration::from_secs(1);
/// The longest pause between two looks at a lock that another process holds.
const PAUSE: Duration = Duration::from_millis(50);

/// One pass over a plan whose last step has no entry that can be handed out as it is.
pub(super) struct Run<'b> {
    pub(super) broker: &'b Broker<'b>,
    sts: OnceCell<Sts<'b>>,
    /// One a step, `None` where it is not held.
    pub(super) locks: Vec<Option<Lock>>,
    /// Whose the base keys are, once STS was asked before a prompt.
    pub(super) caller: Option<Identity>,
}

impl<'b> Run<'b> {
    pub(super) fn new(broker: &'b Broker<'b>) -> Run<'b> {
        let locks = broker.plan.steps.iter().map(|_| None).collect();
        Run { broker, sts: OnceCell::new(), locks, caller: None }
    }

    /// Built when the first request is sent: it parses the system's certificates.
    pub(super) fn sts(&self) -> Result<&Sts<'b>> {
        if let Some(sts) = self.sts.get() {
            return Ok(sts);
        }
        let sts = Sts::new(self.broker.plan, self.broker.now, self.broker.voice)?;
        Ok(self.sts.get_or_init(|| sts))
    }

    /// What the answers so far said of the clocks; see [`Sts::clock_skew`].
    pub(super) fn clock_skew(&self) -> Option<i64> {
        self.sts.get().and_then(Sts::clock_skew)
    }

    /// Waits for the step's lock, unless it is held already: a second wait would be for ourselves.
    pub(super) async fn lock(&mut self, index: usize) -> Result<()> {
        if self.locks[index].is_none() {
            let key = Key::from_digest(self.broker.plan.steps[index].key);
            self.locks[index] = self.wait_for(key.as_str(), "").await?;
        }
        Ok(())
    }

    /// Waits for the lock of this name, and after a second says for whom, with `why` behind it. `None` without a
    /// usable cache: the work is done all the same.
    ///
    /// It looks again and again instead of blocking: an earlier prompt may have taken Ctrl-C out of the system's hands.
    ///
    /// Errors: `Signal`.
    pub(super) async fn wait_for(&self, name: &str, why: &str) -> Result<Option<Lock>> {
        let broker = self.broker;
        let (mut waited, mut pause, mut told) = (Duration::ZERO, Duration::from_millis(1), false);
        loop {
            let holder = match broker.store.try_lock(name, &broker.me) {
                Ok(Attempt::Taken(lock)) => return Ok(Some(lock)),
                Ok(Attempt::Held(holder)) => holder,
                Err(warning) => {
                    broker.complain(&warning.to_string());
                    return Ok(None);
                }
            };
            if waited >= SILENCE && !told {
                broker.voice.note(&format!("waiting for {holder}{why}"));
                told = true;
            }
            interruptible(tokio::time::sleep(pause)).await?;
            waited += pause;
            pause = (pause * 2).min(PAUSE);
        }
    }
}
