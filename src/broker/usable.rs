//! Which entries of the cache a plan may use: those that fit their step and its sign-in, and last
//! long enough. Whether AWS is asked about one first is `trust`'s.

use chrono::{DateTime, Utc};

use super::trust::{self, Fit};
use super::{Broker, fresh};
use crate::cache::{Entry, Store};
use crate::env::Env;
use crate::mfa::CodeSource;
use crate::plan::{Action, Plan, Step};
use crate::{source, sso};

impl Broker<'_> {
    /// One entry a step, where there is one that the step may use.
    pub(crate) fn entries(&self) -> Vec<Option<Entry>> {
        (0..self.plan.steps.len())
            .map(|index| self.expected(index))
            .collect()
    }

    /// The step's entry, if it is there, whole, and what the plan says; a doubtful one is a miss
    /// with a warning.
    pub(super) fn lookup(&self, index: usize) -> Option<Entry> {
        let (entry, fit) = self.found(index)?;
        let Some(why) = fit.why_not(&self.plan.steps[index].profile) else {
            return Some(entry);
        };
        self.complain(&why);
        None
    }

    /// The entry that the step will use, as far as can be told before the source has been asked.
    pub(super) fn expected(&self, index: usize) -> Option<Entry> {
        self.lookup(index).or_else(|| {
            let step = self
                .plan
                .steps
                .get(index)
                .filter(|step| is_of_all(self.plan, step))?;
            let entry = self.store.get(&step.key).ok()??;
            (trust::fit(&entry, self.plan, step, (self.now)()) == Fit::Good).then_some(entry)
        })
    }

    /// An entry that is only rejected because of its times.
    pub(super) fn doubtful(&self, index: usize) -> Option<Entry> {
        self.found(index)
            .filter(|(_, fit)| matches!(fit, Fit::Doubtful(_)))
            .map(|(entry, _)| entry)
    }

    /// The entry that there is of the sign-in that there is, and what it is to the step.
    pub(super) fn found(&self, index: usize) -> Option<(Entry, Fit)> {
        let step = &self.plan.steps[index];
        let entry = match self.common.remembered(&step.key) {
            Some(entry) => entry,
            None if self.plan.is_uncached => return None,
            None => self.store.get(&step.key).unwrap_or_else(|warning| {
                self.complain(&warning.to_string());
                None
            })?,
        };
        let state = source::sign_in_state(self.plan, self.env, self.store);
        if !state.allows(entry.sign_in.as_ref()) {
            let what = format!(
                "the cached credentials of '{}' are of another sign-in: not used",
                step.profile
            );
            if self.common.is_new(&what) {
                self.voice.trace(1, &what);
            }
            return None;
        }
        let fit = trust::fit(&entry, self.plan, step, (self.now)());
        Some((entry, fit))
    }

    /// Whether the step's entry is used as it is, short of trust.
    pub(super) fn is_good(&self, entry: &Entry, index: usize) -> bool {
        let step = &self.plan.steps[index];
        let has_issued = self.common.has_issued(&step.key);
        // A machine may have been given another role since, another xacct may have been told to
        // forget.
        if step.action == Action::Source && self.plan.source.is_asked_each_time() && !has_issued {
            return false;
        }
        // A session of the source's own stands for the step that it makes needless.
        let is_last = self.plan.steps[index + 1..].iter().all(|step| {
            step.is_conditional && matches!(step.action, Action::GetSessionToken { .. })
        });
        let is_old = entry.issued_at < self.began && !has_issued;
        if is_last && self.options.refresh && is_old {
            return false;
        }
        let min_ttl = if is_last {
            i64::try_from(self.options.min_ttl).unwrap_or(i64::MAX)
        } else {
            0
        };
        fresh::good(entry, (self.now)(), min_ttl, || fresh::Demand {
            needs_person: self.renewal_needs_person(index),
            until_expiry: self.options.until_expiry || !self.can_ask(),
        })
    }

    /// Whether a newer answer to this step would cost a person's time: a code is needed on the way
    /// from the nearest live credentials, and neither `--mfa-code` nor `mfa_process` has one; or a
    /// sign-in is.
    fn renewal_needs_person(&self, index: usize) -> bool {
        let is_typed = matches!(
            self.code_source(),
            CodeSource::Prompt(_) | CodeSource::None { .. } | CodeSource::Server
        );
        for earlier in (0..=index).rev() {
            let step = &self.plan.steps[earlier];
            if is_typed && self.may_need_code(earlier) {
                return true;
            }
            if matches!(step.action, Action::Source) {
                return sso::needs_person(self.plan, self.env, (self.now)());
            }
            // A signer that would itself be renewed does not spare the person.
            if earlier > 0
                && self
                    .lookup(earlier - 1)
                    .is_some_and(|signer| self.is_good(&signer, earlier - 1))
            {
                return false;
            }
        }
        false
    }

    /// Whether a code goes with this step, as far as is known before it is sent.
    pub(super) fn may_need_code(&self, index: usize) -> bool {
        let step = &self.plan.steps[index];
        step.serial_number().is_some() && !(step.is_conditional && self.source_gives_sessions())
    }

    /// Whether what the source gave the last time was a session: only those are kept.
    pub(super) fn source_gives_sessions(&self) -> bool {
        matches!(self.plan.steps.first(), Some(step) if step.action == Action::Source)
            && self.found(0).is_some()
    }
}

/// Whether the step's answer is kept for all who have the same access key, though nothing else of
/// the plan is.
fn is_of_all(plan: &Plan, step: &Step) -> bool {
    plan.is_uncached && step.is_conditional
}

/// The entry of the plan's last step, where there is one that may be used. Sends nothing.
///
/// Errors: why there is one that is not used.
pub(crate) fn cached(
    plan: &Plan,
    (store, env): (&Store, &Env),
    now: DateTime<Utc>,
) -> std::result::Result<Option<Entry>, String> {
    let Some(step) = plan
        .steps
        .last()
        .filter(|step| !plan.is_uncached || is_of_all(plan, step))
    else {
        return Ok(None);
    };
    let entry = store
        .get(&step.key)
        .map_err(|warning| warning.to_string())?;
    let Some(entry) = entry else { return Ok(None) };
    if !source::sign_in_state(plan, env, store).allows(entry.sign_in.as_ref()) {
        return Ok(None);
    }
    trust::fit(&entry, plan, step, now)
        .why_not(&step.profile)
        .map_or(Ok(Some(entry)), Err)
}
