//! What a person has to do for many plans, before the work on them begins: each thing once.

use crate::error::Result;
use crate::sso::{Asker, Session};

use super::{Broker, acquire};

/// Something that only a person, or what stands in for one, can give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Need {
    /// A code, for the step of this index.
    Code {
        step: usize,
        /// The request that it goes with. Plans with the same one share its answer.
        key: [u8; 32],
        serial: String,
        /// Whether it goes with a role, as opposed to a session that all roles of the key share.
        is_for_role: bool,
    },
    /// Signing in at Identity Center; plans of the same session share it.
    SignIn { session: String },
}

impl Broker<'_> {
    /// What getting the credentials would ask for now. Reads the cache, sends nothing.
    pub(crate) fn need(&self) -> Option<Need> {
        let last = self.plan.steps.len().checked_sub(1)?;
        let forecast = self.forecast();
        if forecast.would_sign_in {
            let sso = self.plan.sso()?;
            return Some(Need::SignIn { session: sso.token_name().to_owned() });
        }
        let first = self.first_missing(last)?;
        (first..=last).find_map(|index| {
            let step = &self.plan.steps[index];
            let serial = step.serial_number()?.to_owned();
            Some(Need::Code { step: index, key: step.key, serial, is_for_role: step.role_arn().is_some() })
        })
    }

    /// Does what was needed, and keeps the answer for the plans that share it.
    ///
    /// Errors: as [`Broker::credentials`].
    pub(crate) async fn provide(&self, need: &Need) -> Result<()> {
        match need {
            Need::Code { step, .. } => acquire::up_to(self, *step).await.map(|_| ()),
            Need::SignIn { .. } => {
                let asker = Asker { sign_in: self.options.sign_in, ..self.asker() };
                match Session::of(self.plan, asker)? {
                    Some(session) => session.login(false).await.map(|_| ()),
                    None => Ok(()),
                }
            }
        }
    }

    /// As [`Broker::credentials`], in a runtime that is there already.
    pub(crate) async fn credentials_within(&self) -> Result<crate::credentials::Credentials> {
        match self.at_once()? {
            Some(credentials) => Ok(credentials),
            None => acquire::last(self).await,
        }
    }
}
