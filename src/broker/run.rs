//! What one pass over a plan holds: the connection to STS, the locks, and whose the keys are.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

use crate::aws::{Identity, Sts};
use crate::cache::Lock;
use crate::error::Result;
use crate::issuance::Why;
use crate::lock_wait::Waiter;
use crate::plan::PlanKey;

use super::Broker;
use super::time_limit::Patience;

/// The answer that a step has in common with all sources that give the same access key, whoever
/// keeps it for them.
pub(super) struct SharedAnswer {
    pub(super) step: usize,
    pub(super) key: PlanKey,
    /// Held until the step is done.
    #[expect(dead_code, reason = "a lock is held as long as it exists")]
    pub(super) lock: Option<Lock>,
}

/// One pass over a plan whose last step has no entry that can be handed out as it is.
pub(super) struct Run<'b> {
    pub(super) broker: &'b Broker<'b>,
    sts: OnceCell<Sts>,
    /// One a step, `None` where it is not held.
    pub(super) locks: Vec<Option<Lock>>,
    /// The steps whose entries AWS did not take, and what the audit log will call that.
    pub(super) lost: RefCell<Vec<(usize, Why)>>,
    /// Whose the base keys are, once STS was asked before a prompt.
    pub(super) caller: Option<Identity>,
    /// What marks the answer of the process that everything from here on rests on.
    pub(super) answer: Option<String>,
    /// The answer that others share with this plan, once the source has said who they are.
    pub(super) shared: Option<SharedAnswer>,
    /// How long all of it may take.
    pub(super) patience: Rc<Patience>,
    /// Set while there are credentials that are still valid: then nothing newer is waited for
    /// longer than until then.
    pub(super) newer_until: Cell<Option<Instant>>,
}

impl<'b> Run<'b> {
    pub(super) fn new(broker: &'b Broker<'b>) -> Run<'b> {
        let locks = broker.plan.steps.iter().map(|_| None).collect();
        let patience = Rc::new(Patience::of(broker));
        let newer_until = Cell::default();
        Run {
            broker,
            sts: OnceCell::new(),
            locks,
            lost: RefCell::default(),
            caller: None,
            answer: None,
            shared: None,
            patience,
            newer_until,
        }
    }

    /// Built when the first request is sent: it parses the system's certificates.
    pub(super) fn sts(&self) -> Result<&Sts> {
        if let Some(sts) = self.sts.get() {
            return Ok(sts);
        }
        let broker = self.broker;
        let sts = Sts::on(
            broker.common.network(),
            broker.plan,
            broker.now,
            broker.voice,
        )?;
        Ok(self.sts.get_or_init(|| sts))
    }

    /// What the answers so far said of the clocks; see [`Sts::clock_skew`].
    pub(super) fn clock_skew(&self) -> Option<i64> {
        self.sts.get().and_then(Sts::clock_skew)
    }

    /// Drops what is long over, by AWS's clock where it has answered: to one that is days ahead,
    /// good entries are old.
    pub(super) fn prune(&self, now: DateTime<Utc>) {
        let store = self.broker.store;
        match self.sts.get() {
            Some(sts) => {
                let offset = TimeDelta::seconds(sts.clock_skew().unwrap_or_default());
                store.prune(now + offset, TimeDelta::days(1));
            }
            None => store.prune(now, TimeDelta::days(30)),
        }
    }

    /// Waits for the step's lock, unless it is held already: a second wait would be for ourselves.
    pub(super) async fn lock(&mut self, index: usize) -> Result<()> {
        if self.locks[index].is_none() {
            let key = self.broker.plan.steps[index].key;
            self.locks[index] = self.wait_for(&key.to_string(), "").await?;
        }
        Ok(())
    }

    /// Waits for the lock of this name; see [`Waiter::wait_for`].
    pub(super) async fn wait_for(&self, name: &str, why: &str) -> Result<Option<Lock>> {
        let broker = self.broker;
        let until = self.lock_until();
        let waiter = Waiter {
            store: broker.store,
            voice: broker.voice,
            me: &broker.me,
            until,
        };
        waiter
            .wait_for(name, why, |warning| broker.complain(warning))
            .await
    }

    /// When a wait for another process is given up; `None`: as late as [`Waiter`] does.
    pub(super) fn lock_until(&self) -> Option<Instant> {
        self.patience
            .until()
            .into_iter()
            .chain(self.newer_until.get())
            .min()
    }
}
