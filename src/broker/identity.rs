//! Whose credentials are, where somebody wants to know it: as AWS says, and held to what was asked
//! for.

use chrono::{DateTime, Utc};

use crate::aws::{Identity, Sts};
use crate::config::words;
use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::say::Voice;

use super::{Broker, refusals, trust, wait};

/// Who the credentials are that came from this plan, as STS at its endpoint says.
///
/// Errors: `Refused` where they are not of the plan's role and session, or AWS does not know them;
/// `Unreachable`.
pub(crate) fn identify(
    plan: &Plan,
    credentials: &Credentials,
    now: fn() -> DateTime<Utc>,
    voice: Voice,
) -> Result<Identity> {
    let identity = whose(plan, credentials, now, voice)?;
    match plan.steps.last() {
        Some(step) if !trust::is_of(&identity.arn, plan, step) => {
            Err(stranger(plan, &identity.arn))
        }
        _ => Ok(identity),
    }
}

impl Broker<'_> {
    /// As [`identify`], and held to what is known of cached credentials too: those of somebody else
    /// are thrown away.
    ///
    /// Errors: as [`identify`], `Signal`.
    pub(crate) fn identify(&self, credentials: &Credentials) -> Result<Identity> {
        let identity = whose(self.plan, credentials, self.now, self.voice)?;
        let Some(last) = self.plan.steps.len().checked_sub(1) else {
            return Ok(identity);
        };
        let entry = self.found(last).map(|(entry, _)| entry);
        if let Some(entry) =
            entry.filter(|entry| entry.keys.access_key_id() == credentials.access_key_id())
            && let Some(who) = trust::stranger(&identity, &entry, self.plan, &self.plan.steps[last])
        {
            self.forget(last)?;
            return Err(stranger(self.plan, &who));
        }
        Ok(identity)
    }
}

/// Whose the credentials are, whatever the plan makes of them.
///
/// Errors: as [`identify`].
pub(crate) fn whose(
    plan: &Plan,
    credentials: &Credentials,
    now: fn() -> DateTime<Utc>,
    voice: Voice,
) -> Result<Identity> {
    let sts = Sts::new(plan, now, voice)?;
    wait(sts.get_caller_identity(credentials))?
        .map_err(|failure| refusals::not_identified(plan, sts.url(), failure))
}

fn stranger(plan: &Plan, who: &str) -> Error {
    let profile = words::typed(&plan.profile);
    Error::refused(format!(
        "the credentials of '{}' turned out to be {who}",
        plan.profile
    ))
    .hint(format!("xacct clear {profile}    forgets them"))
}
