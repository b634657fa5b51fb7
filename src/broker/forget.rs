//! Forgetting a step's entry, so that nobody who is just at work on it writes it back.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, Kind, Result};
use crate::lock_wait::Waiter;

use super::{Broker, wait};

/// Longer than a confirmation takes. Whoever holds the lock for longer asks AWS or a person for
/// what is new, which is not what was to be forgotten.
const LIMIT: Duration = Duration::from_secs(5);

impl Broker<'_> {
    /// Whether there was one.
    ///
    /// Errors: `Other` where it cannot be removed, `Signal`.
    pub(crate) fn forget(&self, index: usize) -> Result<bool> {
        let key = self.plan.steps[index].key;
        if matches!(self.store.get(&key), Ok(None)) {
            return Ok(false);
        }
        let turn = wait(async {
            let until = Some(Instant::now() + LIMIT);
            let waiter = Waiter {
                store: self.store,
                voice: self.voice,
                me: &self.me,
                until,
            };
            waiter
                .wait_for(&key.to_string(), "", |warning| self.complain(warning))
                .await
        })?;
        let _turn = match turn {
            Err(error) if error.kind != Kind::NeedsPerson => return Err(error),
            turn => turn.ok(),
        };
        self.store
            .remove(&key)
            .map_err(|warning| Error::other(warning.to_string()))
    }
}
