//! The step whose shape is open until the source has answered: signed by a user's own access key it
//! carries the code and takes its time from nobody; signed by a session it does not.

use std::borrow::Cow;

use crate::cache::Entry;
use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::plan::{Action, AssumeRole, CHAINED_MAXIMUM};

use super::run::{Run, SharedAnswer};
use super::trust::{self, Fit};

impl Run<'_> {
    /// The answer of an open step where another source that gave the same access key has had it
    /// already.
    pub(super) async fn shared(
        &mut self,
        index: usize,
        last: usize,
        signer: &Credentials,
    ) -> Result<Option<Entry>> {
        let broker = self.broker;
        let Some(step) = broker
            .plan
            .steps
            .get(index)
            .filter(|step| step.is_conditional)
        else {
            return Ok(None);
        };
        if index > last || !signer.are_long_term() {
            return Ok(None);
        }
        let key = broker.plan.key_signed_by(step, signer);
        // In a second attempt its lock is our own.
        self.shared = None;
        let lock = self.wait_for(&key.to_string(), "").await?;
        let entry = broker.store.get(&key).unwrap_or_else(|warning| {
            broker.complain(&warning.to_string());
            None
        });
        self.shared = Some(SharedAnswer {
            step: index,
            key,
            lock,
        });
        let entry = entry
            .filter(|entry| {
                matches!(
                    trust::fit(entry, broker.plan, step, (broker.now)()),
                    Fit::Good
                )
            })
            .filter(|entry| broker.is_good(entry, index));
        if let Some(entry) = &entry {
            self.put(index, &self.adopted(index, entry));
            self.locks[index] = None;
        }
        Ok(entry)
    }
}

/// What is sent for the step, now that it is known what signs it.
///
/// Errors: as [`needs_no_session`].
pub(super) fn action<'r>(
    run: &Run<'r>,
    index: usize,
    signer: &Credentials,
) -> Result<Cow<'r, Action>> {
    let step = &run.broker.plan.steps[index];
    let Action::AssumeRole(role) = &step.action else {
        return Ok(Cow::Borrowed(&step.action));
    };
    if !step.is_conditional || signer.are_long_term() {
        return Ok(Cow::Borrowed(&step.action));
    }
    refuse_typed_device(run)?;
    let duration_seconds = role.duration_seconds.min(CHAINED_MAXIMUM);
    if duration_seconds < role.duration_seconds {
        run.broker.complain(&format!(
            "profile '{}': duration_seconds = {} is cut to {CHAINED_MAXIMUM}: AWS gives a role \
             that is assumed from another session one hour at most",
            step.profile, role.duration_seconds
        ));
    }
    Ok(Cow::Owned(Action::AssumeRole(AssumeRole {
        serial_number: None,
        duration_seconds,
        ..role.clone()
    })))
}

/// Whether the step is a session that only a user's own access key needs, and the source has given
/// one already.
///
/// Errors: of kind `Config`, where somebody typed the device that is not used then.
pub(super) fn needs_no_session(run: &Run<'_>, index: usize, signer: &Credentials) -> Result<bool> {
    let step = &run.broker.plan.steps[index];
    let is_open = step.is_conditional && matches!(step.action, Action::GetSessionToken { .. });
    if !is_open || signer.are_long_term() {
        return Ok(false);
    }
    refuse_typed_device(run)?;
    Ok(true)
}

fn refuse_typed_device(run: &Run<'_>) -> Result<()> {
    let plan = run.broker.plan;
    if !plan.mfa.as_ref().is_some_and(|mfa| mfa.is_typed) {
        return Ok(());
    }
    let source = plan.source.profile().unwrap_or(&plan.profile);
    Err(Error::config(format!(
        "--mfa-serial is not used: a code can only go with a request signed by an IAM user's own \
         access key, and the credential_process of profile '{source}' gave a session"
    ))
    .hint("leave it out, or assume the role from a profile with the user's access key"))
}
