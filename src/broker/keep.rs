//! What becomes of an answer: whose it is, writing it to the cache, stamping it, dropping it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::aws::{Identity, IssuedCredentials};
use crate::cache::{Entry, SignIn};
use crate::credentials::{Credentials, rfc3339};
use crate::error::{Error, Result};
use crate::plan::{Action, Plan, Source, Step};

use super::run::Run;
use super::trust;

impl Run<'_> {
    /// Writes an answer to the cache, unless it is for somebody else than was asked for.
    pub(super) fn keep(
        &self,
        index: usize,
        answer: &IssuedCredentials,
        sign_in: Option<&SignIn>,
    ) -> Result<()> {
        let step = &self.broker.plan.steps[index];
        let (keys, now) = (&answer.credentials, (self.broker.now)());
        refuse_stranger(self.broker.plan, step, answer)?;
        let caller = self.caller.as_ref().filter(|_| step.role_arn().is_none());
        let known = keys.account_id().map(str::to_owned);
        let account_id = known.or_else(|| caller.map(|caller| caller.account_id.clone()));
        let Some(expires_at) = keys.expiration().filter(|_| !keys.are_long_term()) else {
            // A source may give long-term keys, or keep silent about their end: asked anew each
            // time.
            if matches!(step.action, Action::Source) {
                self.log(index, answer, account_id.as_deref(), now);
                return Ok(());
            }
            return Err(Error::refused(
                "STS answered with credentials that have no token or no expiry",
            ));
        };
        self.refuse_expired(step, expires_at, now)?;
        // What a machine gives is asked for each time, and is new only when it is.
        let is_same =
            |(there, _): &(Entry, trust::Fit)| there.keys.access_key_id() == keys.access_key_id();
        if !self.broker.found(index).as_ref().is_some_and(is_same) {
            self.log(index, answer, account_id.as_deref(), now);
        }
        let entry = Entry {
            account_id,
            arn: answer
                .arn
                .clone()
                .or_else(|| caller.map(|caller| caller.arn.clone())),
            user_id: answer
                .user_id
                .clone()
                .or_else(|| caller.map(|caller| caller.user_id.clone())),
            ..self.entry(index, (keys, expires_at), sign_in)
        };
        self.put(index, &entry);
        self.put_shared(index, entry);
        self.broker.common.note_issued(step.key);
        if self.broker.common.may_prune() {
            self.prune(now);
        }
        Ok(())
    }

    /// By AWS's clock, if its answers told how far it is from this one.
    fn refuse_expired(
        &self,
        step: &Step,
        expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if expires_at > now + TimeDelta::seconds(self.clock_skew().unwrap_or(0)) {
            return Ok(());
        }
        let ended = rfc3339(expires_at);
        let action = step.action_name();
        Err(Error::refused(format!(
            "the answer to {action} has credentials that expired at {ended}: they are not used"
        )))
    }

    /// Writes the entry for the other profiles that share this step too.
    fn put_shared(&self, index: usize, entry: Entry) {
        let Some(shared) = self.shared.as_ref().filter(|shared| shared.step == index) else {
            return;
        };
        let entry = Entry {
            answer: None,
            ..entry
        };
        if let Err(warning) = self.broker.store.put(&shared.key, &entry) {
            self.broker.complain(&warning.to_string());
        }
    }

    /// Keeps a session of the source's in place of the one that it makes needless, as long as it
    /// says that it lasts.
    pub(super) fn keep_session(
        &self,
        index: usize,
        session: &Credentials,
        sign_in: Option<&SignIn>,
    ) {
        if let Some(expires_at) = session.expiration() {
            self.put(index, &self.entry(index, (session, expires_at), sign_in));
        }
    }

    fn entry(
        &self,
        index: usize,
        (keys, expires_at): (&Credentials, DateTime<Utc>),
        sign_in: Option<&SignIn>,
    ) -> Entry {
        let (plan, now) = (self.broker.plan, (self.broker.now)());
        let step = &plan.steps[index];
        Entry {
            expires_at: expires_at
                .min(now + TimeDelta::seconds(i64::from(trust::LONGEST) + OTHER_CLOCK)),
            action: step.action_name().to_owned(),
            profile: step.profile.clone(),
            keys: keys.clone(),
            issued_at: now,
            confirmed_at: now,
            unreached_at: None,
            account_id: keys.account_id().map(str::to_owned),
            arn: None,
            user_id: None,
            sign_in: sign_in.cloned(),
            profiles: profiles(plan, index),
            signers: signers(plan, index),
            answer: self.answer.clone(),
        }
    }

    /// Notes that AWS has just confirmed the entry, and whose it is. Gives it as it is now.
    pub(super) fn stamp(&self, index: usize, entry: &Entry, identity: &Identity) -> Entry {
        let now = (self.broker.now)();
        let mut entry = trust::corrected(entry, &self.broker.plan.steps[index], now);
        entry.confirmed_at = now;
        entry.unreached_at = None;
        entry.account_id = entry
            .account_id
            .or_else(|| Some(identity.account_id.clone()));
        entry.arn = entry.arn.or_else(|| Some(identity.arn.clone()));
        entry.user_id = entry.user_id.or_else(|| Some(identity.user_id.clone()));
        self.put_back(index, &entry);
        entry
    }

    /// Writes what was found there, unless it has been forgotten, or replaced, meanwhile.
    pub(super) fn put_back(&self, index: usize, entry: &Entry) {
        let id = entry.keys.access_key_id();
        let there = self.broker.found(index);
        if there.is_some_and(|(there, _)| there.keys.access_key_id() == id) {
            self.put(index, entry);
        }
    }

    pub(super) fn put(&self, index: usize, entry: &Entry) {
        let key = self.broker.plan.steps[index].key;
        self.broker.common.forget(&key);
        if self.broker.plan.is_uncached {
            self.broker.common.remember(key, entry);
            // It is kept for those who have this access key, and never handed out to others; so
            // that it can be told without asking the process, it is kept by the step's own key as
            // well.
            if self
                .shared
                .as_ref()
                .is_some_and(|shared| shared.step == index)
                && let Err(warning) = self.broker.store.put(&key, entry)
            {
                self.broker.complain(&warning.to_string());
            }
            return;
        }
        if let Err(warning) = self.broker.store.put(&key, entry) {
            self.broker.complain(&warning.to_string());
            self.broker.common.remember(key, entry);
        }
    }

    /// Drops the session that STS did not know, but not the one that another process may have put
    /// in its place since it was looked up: that was done without its lock.
    pub(super) async fn drop_dead(&mut self, index: usize, access_key_id: &str) -> Result<()> {
        self.lock(index).await?;
        if self
            .broker
            .lookup(index)
            .is_some_and(|entry| entry.keys.access_key_id() != access_key_id)
        {
            self.locks[index] = None;
        } else {
            self.drop_entry(index);
        }
        Ok(())
    }

    /// Drops the entry, and the one that others share with it.
    pub(super) fn drop_entry(&self, index: usize) {
        self.note_lost(index);
        let key = self.broker.plan.steps[index].key;
        self.broker.common.forget(&key);
        let shared = self.shared.as_ref().filter(|shared| shared.step == index);
        for key in [Some(&key), shared.map(|shared| &shared.key)]
            .into_iter()
            .flatten()
        {
            if let Err(warning) = self.broker.store.remove(key) {
                self.broker.complain(&warning.to_string());
            }
        }
    }

    /// An entry of others' as one of this plan's, too.
    pub(super) fn adopted(&self, index: usize, entry: &Entry) -> Entry {
        let plan = self.broker.plan;
        let mut all = entry.profiles.clone();
        all.extend(
            profiles(plan, index)
                .into_iter()
                .filter(|name| !entry.profiles.contains(name)),
        );
        let answer = self.answer.clone();
        Entry {
            profiles: all,
            signers: signers(plan, index),
            answer,
            ..entry.clone()
        }
    }
}

/// How much longer than AWS's longest an answer may seem to last, in seconds: the computer's clock
/// may be behind.
const OTHER_CLOCK: i64 = 43_200;

/// Errors: STS answered with another role or session than it was asked for.
fn refuse_stranger(plan: &Plan, step: &Step, answer: &IssuedCredentials) -> Result<()> {
    let wanted = match (&step.action, &plan.source) {
        (Action::AssumeRole(role), _) => &role.role_arn,
        (Action::Source, Source::WebIdentity(web)) => &web.role_arn,
        _ => return Ok(()),
    };
    if answer
        .arn
        .as_ref()
        .is_some_and(|arn| trust::is_of(arn, plan, step))
    {
        return Ok(());
    }
    let arn = answer.arn.as_deref().unwrap_or("no role at all");
    Err(Error::refused(format!(
        "asked for {wanted}, STS answered with {arn}: it is not used"
    )))
}

/// The profiles on the way to a step, from the one that holds the source; each once.
fn profiles(plan: &Plan, index: usize) -> Vec<String> {
    let mut profiles: Vec<String> = Vec::new();
    let steps = plan.steps[..=index]
        .iter()
        .map(|step| step.profile.as_str());
    for name in plan.source.profile().into_iter().chain(steps) {
        if !profiles.iter().any(|known| known == name) {
            profiles.push(name.to_owned());
        }
    }
    profiles
}

fn signers(plan: &Plan, index: usize) -> Vec<String> {
    let steps = plan.steps[..index].iter().map(|step| step.key);
    std::iter::once(plan.source_key)
        .chain(steps)
        .map(|key| key.to_string())
        .collect()
}
