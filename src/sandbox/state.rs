//! What the sandbox remembers while it runs: the sessions it issued, the MFA codes it saw, its
//! clocks.
//!
//! Nothing of it outlives the server.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use crate::error::Result;
use crate::secret::Secret;

use super::logins::Logins;
use super::random::{BASE64, LETTERS, random};
use super::sign_in::SignIns;
use super::signin_token::SigninTokens;
use super::totp::{STEP, VirtualMfa};
use super::world::World;

/// A session tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// Who signs requests with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignerIdentity {
    pub(crate) account_id: String,
    /// What `GetCallerIdentity` says: the user's ARN, or the `assumed-role` ARN of the session.
    pub(crate) arn: String,
    /// `AIDA…`, or `AROA…:session`.
    pub(crate) user_id: String,
    /// What a trust policy names: the user's or the role's ARN.
    pub(crate) principal_arn: String,
    /// Role ARNs that its own policy lets it assume.
    pub(crate) may_assume: Vec<String>,
}

/// What kind of key a request is signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Means {
    /// A user's own access key.
    LongTerm,
    /// `GetSessionToken`; with the moment of the MFA code, if one was given.
    SessionToken { mfa_at: Option<DateTime<Utc>> },
    /// `AssumeRole`; never with MFA in its context. `chained` where temporary credentials signed
    /// it.
    Role {
        source_identity: Option<String>,
        transitive_tags: Vec<Tag>,
        chained: bool,
    },
    /// `GetFederationToken`
    Federation,
}

/// Temporary credentials that were issued.
#[derive(Debug, Clone)]
pub(crate) struct IssuedSession {
    pub(crate) access_key_id: String,
    pub(crate) secret: Secret,
    pub(crate) token: Secret,
    pub(crate) expiration: DateTime<Utc>,
    pub(crate) identity: SignerIdentity,
    pub(crate) means: Means,
}

/// The sandbox's clocks, each in seconds away from the machine's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Clocks {
    /// The server's: signatures, expiry.
    pub(crate) server: i64,
    /// The MFA devices', so that a test need not wait for the next code.
    pub(crate) mfa: i64,
    /// The `Date` header's, on top of the server's.
    pub(crate) date: i64,
}

impl Clocks {
    /// The server's clock when the machine's says `now`.
    pub(crate) fn server_at(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::seconds(self.server)
    }

    /// The `Date` header.
    pub(crate) fn date_at(self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.server_at(now) + TimeDelta::seconds(self.date)
    }

    /// The MFA devices' clock, in seconds since 1970.
    pub(crate) fn mfa_at(self, now: DateTime<Utc>) -> u64 {
        u64::try_from(now.timestamp().saturating_add(self.mfa)).unwrap_or_default()
    }
}

/// A code to type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TotpCode {
    pub(crate) digits: String,
    /// Until the device shows the one after it.
    pub(crate) seconds_left: u64,
    /// Whether it was accepted before, so that it will not be again.
    pub(crate) used: bool,
}

/// Everything that changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) clocks: Clocks,
    pub(crate) sign_in: SignIns,
    pub(crate) console: SigninTokens,
    pub(crate) logins: Logins,
    sessions: BTreeMap<String, IssuedSession>,
    /// By serial number, the steps whose code was accepted.
    used_steps: BTreeMap<String, BTreeSet<u64>>,
    /// Every secret ever issued, also of sessions that were forgotten.
    issued: Vec<Secret>,
}

impl State {
    pub(crate) fn new(world: World) -> State {
        State {
            world,
            clocks: Clocks::default(),
            sign_in: SignIns::new(),
            console: SigninTokens::default(),
            logins: Logins::default(),
            sessions: BTreeMap::new(),
            used_steps: BTreeMap::new(),
            issued: Vec::new(),
        }
    }

    /// The session with this key id, expired or not.
    pub(crate) fn session(&self, access_key_id: &str) -> Option<&IssuedSession> {
        self.sessions.get(access_key_id)
    }

    /// Makes a session; `now` is the server's clock.
    pub(crate) fn issue(
        &mut self,
        identity: SignerIdentity,
        means: Means,
        seconds: u32,
        now: DateTime<Utc>,
    ) -> Result<IssuedSession> {
        let session = IssuedSession {
            access_key_id: format!("ASIA{}", random(LETTERS, 16)?),
            secret: Secret::new(random(BASE64, 40)?),
            token: Secret::new(format!("IQoJb3JpZ2luX2Vj{}", random(BASE64, 336)?)),
            expiration: (now + TimeDelta::seconds(i64::from(seconds))).trunc_subsecs(0),
            identity,
            means,
        };
        self.issued
            .extend([session.secret.clone(), session.token.clone()]);
        self.sessions
            .insert(session.access_key_id.clone(), session.clone());
        Ok(session)
    }

    /// Forgets this session, or all: its principal is gone. Gives how many.
    pub(crate) fn forget(&mut self, access_key_id: Option<&str>) -> usize {
        let before = self.sessions.len();
        self.sessions
            .retain(|id, _| access_key_id.is_some_and(|gone| gone != id));
        before - self.sessions.len()
    }

    /// Ends this session, or all, before its time. Gives how many.
    pub(crate) fn expire(&mut self, access_key_id: Option<&str>, now: DateTime<Utc>) -> usize {
        let chosen = self.sessions.values_mut();
        let chosen =
            chosen.filter(|session| access_key_id.is_none_or(|id| id == session.access_key_id));
        chosen.map(|session| session.expiration = now).count()
    }

    /// Takes a code, once. `false` where it is wrong or was used.
    pub(crate) fn use_code(&mut self, device: &VirtualMfa, code: &str, seconds: u64) -> bool {
        let step = device.step_of(code, seconds);
        step.is_some_and(|step| {
            self.used_steps
                .entry(device.serial.clone())
                .or_default()
                .insert(step)
        })
    }

    /// The code the device shows; with `fresh`, one that would be accepted now: the next step's
    /// where the current one was used. `None` where both were.
    pub(crate) fn code(&self, device: &VirtualMfa, seconds: u64, fresh: bool) -> Option<TotpCode> {
        let now = seconds / STEP;
        let step = [now, now + 1]
            .into_iter()
            .find(|step| !(fresh && self.is_used(device, *step)))?;
        let digits = device.code_at(step * STEP)?;
        Some(TotpCode {
            digits,
            seconds_left: (step + 1) * STEP - seconds,
            used: self.is_used(device, step),
        })
    }

    fn is_used(&self, device: &VirtualMfa, step: u64) -> bool {
        let used = self.used_steps.get(&device.serial);
        used.is_some_and(|used| used.contains(&step))
    }

    /// Every secret of the world and every one issued.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let issued = self
            .issued
            .iter()
            .chain(self.sign_in.secrets())
            .chain(self.logins.secrets());
        self.world
            .secrets()
            .chain(issued)
            .chain(self.console.secrets())
    }
}

#[cfg(test)]
mod tests;
