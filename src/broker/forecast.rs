//! What getting credentials will take, before it is done; and what a person has to do for many
//! plans, each thing once, before the work on them begins.

use crate::cache::Entry;
use crate::credentials::Credentials;
use crate::error::Result;
use crate::mfa::CodeSource;
use crate::plan::{Action, PlanKey, Source};
use crate::sso::{self, Asker, SsoSession};

use super::{Broker, acquire, ask, fresh, trust};

/// What `explain` says of a plan as things stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Forecast {
    /// A person would be asked for a code.
    pub(crate) would_prompt: bool,
    /// A person would have to sign in.
    pub(crate) would_sign_in: bool,
    /// Requests that would be sent to STS.
    pub(crate) calls: usize,
}

/// Something that only a person, or what stands in for one, can give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Need {
    /// A code, for the step of this index.
    Code {
        step: usize,
        /// The request that it goes with. Plans with the same one share its answer.
        key: PlanKey,
        serial: String,
        /// Whether it is known already that the code is needed; a process may give a session, which
        /// needs none.
        is_certain: bool,
        /// Whether it goes with a role, as opposed to a session that all roles of the key share.
        is_for_role: bool,
    },
    /// Signing in at Identity Center; plans of the same session share it.
    SignIn { session: String },
}

impl Broker<'_> {
    /// What handing the credentials out would take now, without doing any of it.
    pub(crate) fn forecast(&self) -> Forecast {
        let Some(last) = self.plan.steps.len().checked_sub(1) else {
            return Forecast::default();
        };
        if let Some(entry) = self.good(last) {
            let trusted = trust::within(
                &entry,
                self.options.verify_after,
                self.options.verify,
                self.began,
            );
            return Forecast {
                calls: usize::from(!trusted),
                ..Forecast::default()
            };
        }
        let Some(first) = self.first_missing(last) else {
            return Forecast::default();
        };
        let needs_code = (first..=last).any(|index| self.may_need_code(index));
        let source = self.code_source();
        let asks = needs_code
            && matches!(
                source,
                CodeSource::Prompt(_) | CodeSource::None { .. } | CodeSource::Server
            );
        // Before a code is asked for, expired entries are tried, or else the keys themselves.
        let insisted = self.options.refresh || self.options.min_ttl > 0;
        let expired = (first..=last)
            .filter(|index| *index != last || !insisted)
            .filter(|index| {
                self.lookup(*index)
                    .is_some_and(|entry| fresh::left(&entry, (self.now)()) <= 0)
            })
            .count();
        let before = match source {
            _ if !needs_code => 0,
            CodeSource::Prompt(_) | CodeSource::Process { .. } => expired.max(1),
            CodeSource::Given(_) if self.may_lose_code() => expired.max(1),
            CodeSource::Given(_) | CodeSource::None { .. } | CodeSource::Server => expired,
        };
        let would_sign_in = first == 0 && sso::needs_person(self.plan, self.env, (self.now)());
        let sent = (first..=last)
            .filter(|index| self.is_request(*index))
            .count();
        Forecast {
            would_prompt: asks,
            would_sign_in,
            calls: sent + before,
        }
    }

    fn may_lose_code(&self) -> bool {
        self.plan
            .source
            .access_key_id()
            .is_some_and(|id| ask::may_lose_code(self, id))
    }

    /// Whether AWS is asked for this step, as far as is known.
    fn is_request(&self, index: usize) -> bool {
        let step = &self.plan.steps[index];
        match step.action {
            Action::Source => matches!(self.plan.source, Source::WebIdentity(_) | Source::Sso(_)),
            Action::GetSessionToken { .. } => {
                !(step.is_conditional && self.source_gives_sessions())
            }
            Action::AssumeRole(_) => true,
        }
    }

    fn good(&self, index: usize) -> Option<Entry> {
        self.expected(index)
            .filter(|entry| self.is_good(entry, index))
    }

    /// The first step that would be sent to get the answer to this one; `None` where it is there.
    fn first_missing(&self, last: usize) -> Option<usize> {
        let behind = (0..=last).rev().find(|index| self.good(*index).is_some());
        match behind {
            Some(index) if index == last => None,
            Some(index) => Some(index + 1),
            None => Some(0),
        }
    }

    /// What getting the credentials would ask for now. Reads the cache, sends nothing.
    pub(crate) fn need(&self) -> Option<Need> {
        let last = self.plan.steps.len().checked_sub(1)?;
        let forecast = self.forecast();
        if forecast.would_sign_in {
            let sso = self.plan.sso()?;
            return Some(Need::SignIn {
                session: sso.token_name().to_owned(),
            });
        }
        let first = self.first_missing(last)?;
        (first..=last)
            .filter(|index| self.may_need_code(*index))
            .find_map(|index| {
                let step = &self.plan.steps[index];
                let serial = step.serial_number()?.to_owned();
                let (is_for_role, is_certain) = (step.role_arn().is_some(), !step.is_conditional);
                Some(Need::Code {
                    step: index,
                    key: step.key,
                    serial,
                    is_certain,
                    is_for_role,
                })
            })
    }

    /// Does what was needed, and keeps the answer for the plans that share it.
    ///
    /// Errors: as [`Broker::credentials`].
    pub(crate) async fn provide(&self, need: &Need) -> Result<()> {
        let provided = self.provided(need).await;
        // A success is not noted: the profile's own credentials are still to be had.
        if provided.is_err() {
            self.noted(provided)
        } else {
            provided
        }
    }

    async fn provided(&self, need: &Need) -> Result<()> {
        match need {
            Need::Code { step, .. } => acquire::up_to(self, *step).await.map(|_| ()),
            Need::SignIn { .. } => {
                let asker = Asker {
                    sign_in: self.options.sign_in,
                    ..self.asker()
                };
                match SsoSession::of(self.plan, asker)? {
                    Some(session) => session.login().await.map(|_| ()),
                    None => Ok(()),
                }
            }
        }
    }

    /// As [`Broker::credentials`], in a runtime that is there already.
    pub(crate) async fn credentials_within(&self) -> Result<Credentials> {
        let credentials = match self.at_once()? {
            Some(credentials) => credentials,
            None => self.noted(acquire::last(self).await)?,
        };
        Ok(self.in_account(credentials))
    }
}
