//! The way through a miss: take the lock, look again, walk back to the nearest live credentials,
//! and have `send` send what is missing.
//!
//! Locks are taken from the last step backwards, in every process, so that no two can wait for each
//! other.

use std::rc::Rc;

use tokio::time::Instant;

use crate::cache::Entry;
use crate::credentials::Credentials;
use crate::error::{Error, Kind, Result};
use crate::lock_wait::FOR_NEWER;

use super::run::Run;
use super::send::{Halt, Signer};
use super::trust::{self, Verdict};
use super::{Broker, ask, fresh, refusals, source_credentials, time_limit};

/// The credentials of the plan's last step.
pub(super) async fn last(broker: &Broker<'_>) -> Result<Credentials> {
    match broker.plan.steps.len().checked_sub(1) {
        Some(last) => up_to(broker, last).await,
        // A key in a keyring, which is the profile's credentials as it is.
        None => broker.signing_keys(None).await,
    }
}

/// The credentials of this step, for the plans that have it in common too.
pub(super) async fn up_to(broker: &Broker<'_>, step: usize) -> Result<Credentials> {
    let mut run = Run::new(broker);
    let credentials = run.credentials(step).await?;
    // Each answer measures it again and may give another second, so the text cannot tell whether
    // this warning was shown before.
    if let Some(offset) = run.clock_skew().filter(|_| broker.common.is_new("clock")) {
        broker.complain(&format!("{}: set it", refusals::clocks(offset)));
    }
    Ok(credentials)
}

impl Run<'_> {
    /// What is good or new, within the time that there is; else what is still valid.
    async fn credentials(&mut self, last: usize) -> Result<Credentials> {
        if self.servable(last).is_some() {
            self.newer_until.set(Some(Instant::now() + FOR_NEWER));
        }
        let patience = Rc::clone(&self.patience);
        let got = patience.bound(Box::pin(self.good_or_new(last))).await;
        match got.unwrap_or_else(|| Err(time_limit::too_slow(self.broker))) {
            Ok(credentials) => Ok(credentials),
            Err(error) => self.still_valid(last, error).await,
        }
    }

    /// The entry, once the lock is held, where it may be handed out; else a new one.
    async fn good_or_new(&mut self, last: usize) -> Result<Credentials> {
        self.lock(last).await?;
        if let Some(entry) = self.broker.lookup(last)
            && self.broker.is_good(&entry, last)
            && self.may_hand_out(&entry, last).await?
        {
            return Ok(entry.credentials());
        }
        self.issue(last).await
    }

    /// Whether a good entry may be handed out: trusted, or confirmed now.
    async fn may_hand_out(&self, entry: &Entry, index: usize) -> Result<bool> {
        let broker = self.broker;
        let (options, now) = (broker.options, (broker.now)());
        let confirmed_since = (broker.began..=now).contains(&entry.confirmed_at);
        if confirmed_since || trust::within(entry, options.verify_after, options.verify, now) {
            return Ok(true);
        }
        let step = &broker.plan.steps[index];
        match trust::check(self.sts()?, entry, broker.plan, step).await {
            Verdict::Confirmed(identity) => {
                self.stamp(index, entry, &identity);
                Ok(true)
            }
            Verdict::Stranger(who) => {
                broker.voice.warn(&format!(
                    "the cached credentials of '{}' turned out to be {who}: they are thrown away",
                    step.profile
                ));
                self.drop_entry(index);
                Ok(false)
            }
            Verdict::Dead => {
                self.drop_entry(index);
                Ok(false)
            }
            Verdict::Unknown(failure) => {
                broker.voice.warn(&format!(
                    "the cached credentials of '{}' could not be checked: {}",
                    step.profile, failure
                ));
                self.put_back(
                    index,
                    &Entry {
                        unreached_at: Some((broker.now)()),
                        ..entry.clone()
                    },
                );
                Ok(true)
            }
        }
    }

    /// After a failed attempt: what is still valid is served, except where newer ones were insisted
    /// on.
    async fn still_valid(&self, last: usize, error: Error) -> Result<Credentials> {
        let broker = self.broker;
        let is_signal = matches!(error.kind, Kind::Signal(_));
        let error = if last == 0 {
            self.unless_taken_away(error)?
        } else {
            error
        };
        let Some((entry, left)) = self.servable(last).filter(|_| !is_signal) else {
            return Err(error);
        };
        // With no time left to check it, it is as if AWS were out of reach.
        if !self
            .patience
            .bound(self.may_hand_out(&entry, last))
            .await
            .unwrap_or(Ok(true))?
        {
            return Err(error);
        }
        broker.voice.warn(&format!(
            "{}; the cached credentials are good for another {}",
            error,
            crate::duration::readable(left)
        ));
        Ok(entry.credentials())
    }

    /// The entry that may be served where newer ones are not to be had, and the seconds that are
    /// left of it.
    fn servable(&self, last: usize) -> Option<(Entry, i64)> {
        let broker = self.broker;
        let entry = broker.lookup(last).filter(|_| !broker.options.refresh)?;
        let left = fresh::left(&entry, (broker.now)());
        let wanted = i64::try_from(broker.options.min_ttl).unwrap_or(i64::MAX);
        (left > 0 && left >= wanted).then_some((entry, left))
    }

    /// Sends every step from the nearest live credentials on.
    async fn issue(&mut self, last: usize) -> Result<Credentials> {
        // Once more where a cached session turned out dead: the second time it is no longer there.
        for _ in 0..self.broker.plan.steps.len() {
            let (mut first, cached) = self.nearest_live(last).await?;
            let mut signer = match cached {
                Some(entry) => {
                    self.answer.clone_from(&entry.answer);
                    Signer::from(entry)
                }
                None => self.source(last).await?,
            };
            if first == 0 && !self.broker.plan.source.is_keys() {
                first = 1;
            }
            if let Some(entry) = self.shared(first, last, &signer.credentials).await? {
                (first, signer) = (first + 1, entry.into());
            }
            if first > last {
                return Ok(signer.credentials);
            }
            if self.needs_code(first, last, &signer.credentials)
                && let Some((index, entry)) =
                    self.before_asking(first, last, &signer.credentials).await?
            {
                if index == last {
                    return Ok(entry.credentials());
                }
                (first, signer) = (index + 1, entry.into());
            }
            let signed_with = signer.credentials.access_key_id().to_owned();
            match self.send_from(first, last, signer).await {
                Ok(credentials) => return Ok(credentials),
                Err(Halt::DeadSigner) => self.drop_dead(first - 1, &signed_with).await?,
                Err(Halt::Failed(error)) => return Err(error),
            }
        }
        Err(Error::other(format!(
            "AWS keeps rejecting the sessions needed for '{}'",
            self.broker.plan.profile
        )))
    }

    /// The first step that must be sent, and the cached credentials that sign it (`None`: the
    /// source's). Everything from that step to the last is locked.
    async fn nearest_live(&mut self, last: usize) -> Result<(usize, Option<Entry>)> {
        for first in (1..=last).rev() {
            if let Some(entry) = self.live(first - 1) {
                return Ok((first, Some(entry)));
            }
            self.lock(first - 1).await?;
            if let Some(entry) = self.live(first - 1) {
                self.locks[first - 1] = None;
                return Ok((first, Some(entry)));
            }
        }
        Ok((0, None))
    }

    fn live(&self, index: usize) -> Option<Entry> {
        let entry = self.broker.lookup(index)?;
        self.broker.is_good(&entry, index).then_some(entry)
    }

    /// The source's credentials, fetched and kept where that is a step of the plan.
    async fn source(&mut self, last: usize) -> Result<Signer> {
        let source = &self.broker.plan.source;
        if source.is_keys() {
            return Ok(Signer {
                credentials: self.broker.signing_keys(self.lock_until()).await?,
                sign_in: None,
                is_cached: false,
            });
        }
        let (credentials, sign_in) = match source_credentials::fetch(self).await {
            Ok((answer, sign_in)) => {
                self.note_answer(&answer.credentials);
                self.keep(0, &answer, sign_in.as_ref())?;
                if last > 0 {
                    self.locks[0] = None;
                }
                (answer.credentials, sign_in)
            }
            Err(error) if last > 0 => {
                let error = self.unless_taken_away(error)?;
                let entry = self.unrenewed(0, error)?;
                self.answer.clone_from(&entry.answer);
                (entry.credentials(), entry.sign_in)
            }
            Err(error) => return Err(error),
        };
        Ok(Signer {
            credentials,
            sign_in,
            is_cached: false,
        })
    }

    fn needs_code(&self, first: usize, last: usize, signer: &Credentials) -> bool {
        self.broker.plan.steps[first..=last]
            .iter()
            .filter(|step| !step.is_conditional || signer.are_long_term())
            .any(|step| step.serial_number().is_some())
    }

    /// What is tried before a code is asked for: entries that only the local clock calls expired,
    /// and whether AWS can be reached at all and knows the keys. Gives an entry that turned out to
    /// be alive.
    async fn before_asking(
        &mut self,
        first: usize,
        last: usize,
        signer: &Credentials,
    ) -> Result<Option<(usize, Entry)>> {
        let broker = self.broker;
        let mut reached = false;
        for index in (first..=last).rev() {
            // What newer ones were insisted on for is not tried again.
            if index == last && (broker.options.refresh || broker.options.min_ttl > 0) {
                continue;
            }
            let expired = |entry: &Entry| fresh::left(entry, (broker.now)()) <= 0;
            let unlikely = broker
                .lookup(index)
                .filter(expired)
                .or_else(|| broker.doubtful(index));
            let Some(entry) = unlikely else { continue };
            let step = &broker.plan.steps[index];
            match trust::check(self.sts()?, &entry, broker.plan, step).await {
                Verdict::Confirmed(identity) => {
                    if expired(&entry) {
                        broker.voice.warn(&format!(
                            "this computer's clock says that the credentials of '{}' have expired, \
                             AWS says that they have not: set the clock",
                            step.profile
                        ));
                    }
                    let entry = self.stamp(index, &entry, &identity);
                    return Ok(Some((index, entry)));
                }
                Verdict::Dead | Verdict::Stranger(_) => self.drop_entry(index),
                Verdict::Unknown(failure) => return Err(refusals::failed(self, index, failure)),
            }
            reached = true;
        }
        if !reached && (ask::will_ask(broker) || ask::may_lose_code(broker, signer.access_key_id()))
        {
            self.caller = Some(ask::reach(self, signer).await?);
        }
        Ok(None)
    }

    /// A machine that answers, and gives no role any more, has not failed: what it gave before is
    /// not used.
    ///
    /// Errors: the one that it is about.
    fn unless_taken_away(&self, error: Error) -> Result<Error> {
        let is_answer = matches!(error.kind, Kind::Refused | Kind::Config);
        if !self.broker.plan.source.is_of_machine() || !is_answer {
            return Ok(error);
        }
        self.drop_entry(0);
        Err(error)
    }
}
