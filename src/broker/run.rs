//! What one pass over a plan holds: the connection to STS, the locks, and whose the keys are.

use std::cell::OnceCell;

use crate::aws::{Identity, Sts};
use crate::cache::Lock;
use crate::error::Result;

use super::Broker;

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
}
