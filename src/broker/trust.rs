//! Whether cached credentials may be handed out unasked, and asking GetCallerIdentity where they
//! may not.

use chrono::{DateTime, TimeDelta, Utc};

use crate::arn::{Arn, is_session_of};
use crate::aws::{Failure, Identity, Sts};
use crate::cache::Entry;
use crate::config::VerifyAfter;
use crate::plan::{Action, Plan, Source, Sso, Step};

/// What GetCallerIdentity said of an entry.
pub(super) enum Verdict {
    /// Whom the step is about.
    Confirmed(Identity),
    /// Somebody else, who is named: the entry is not what it claims to be.
    Stranger(String),
    /// Refused as expired, unknown or ill-signed.
    Dead,
    /// No answer, or one that says nothing about the credentials.
    Unknown(Failure),
}

/// What an entry is to the step that would use it, as far as that shows without asking AWS.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Good,
    /// Its times cannot be right; AWS may still know it. How the sentence about it goes on.
    Doubtful(String),
    /// It is somebody else's. How the sentence about it goes on.
    Wrong(String),
}

impl Fit {
    /// The warning for an entry of this profile's that is not used.
    pub(super) fn why_not(&self, profile: &str) -> Option<String> {
        match self {
            Fit::Good => None,
            Fit::Doubtful(why) | Fit::Wrong(why) => Some(format!(
                "the cached credentials of '{profile}' {why}: they are not used"
            )),
        }
    }
}

/// An entry may be this many seconds newer than now: clocks are set.
const FUTURE: i64 = 300;
/// No temporary credentials of AWS last longer, in seconds (`GetSessionToken`'s limit).
pub(super) const LONGEST: u32 = 129_600;
/// How much longer an entry may seem to last, in seconds: its end is by AWS's clock, its start by
/// this computer's.
const CLOCKS: i64 = 86_400;

/// For this long, in seconds, nobody asks again after AWS was out of reach: forty processes would
/// wait forty times.
const UNREACHED: i64 = 60;

/// Whether STS issued or confirmed it recently enough, or could not be asked a moment ago. A stamp
/// from the future is no stamp.
pub(super) fn within(
    entry: &Entry,
    verify_after: VerifyAfter,
    verify: bool,
    now: DateTime<Utc>,
) -> bool {
    let VerifyAfter::Seconds(seconds) = verify_after else {
        return !verify;
    };
    let is_younger =
        |stamp: DateTime<Utc>, seconds: i64| (0..seconds).contains(&(now - stamp).num_seconds());
    let confirmed = is_younger(
        entry.confirmed_at,
        i64::try_from(seconds).unwrap_or(i64::MAX),
    );
    // `verify_after = "0s"` is a `--verify` each time.
    let unreached = seconds > 0
        && entry
            .unreached_at
            .is_some_and(|stamp| is_younger(stamp, UNREACHED));
    !verify && (confirmed || unreached)
}

/// Whether the entry is what this step asks for: its action, account, role and session, and times
/// that can be.
pub(super) fn fit(entry: &Entry, plan: &Plan, step: &Step, now: DateTime<Utc>) -> Fit {
    if entry.action != step.action_name() {
        return Fit::Wrong(format!(
            "are for {}",
            entry.arn.as_deref().unwrap_or("another request")
        ));
    }
    match entry.arn.as_deref() {
        Some(arn) if !is_of(arn, plan, step) => return Fit::Wrong(format!("are for {arn}")),
        None if step.role_arn().is_some() => return Fit::Wrong("are for another role".to_owned()),
        _ => {}
    }
    if let (Some(account_id), Some(wanted)) = (&entry.account_id, account_of(plan, step))
        && account_id != wanted
    {
        return Fit::Wrong(format!("are for account {account_id}"));
    }
    if (entry.issued_at - now).num_seconds() > FUTURE {
        return Fit::Doubtful("were issued in the future, by this computer's clock".to_owned());
    }
    let lifetime = (entry.expires_at - entry.issued_at).num_seconds();
    if lifetime > longest(step) + CLOCKS {
        return Fit::Doubtful(format!(
            "claim to last {}",
            crate::duration::readable(lifetime)
        ));
    }
    Fit::Good
}

/// How long the answer to this step can last, in seconds.
fn longest(step: &Step) -> i64 {
    // In place of a session that was not needed there may be the source's own, which lasts as long
    // as it says.
    step.duration_seconds()
        .filter(|_| !step.is_conditional)
        .unwrap_or(LONGEST)
        .into()
}

/// The entry with the times that it can have at most, once AWS has confirmed it.
pub(super) fn corrected(entry: &Entry, step: &Step, now: DateTime<Utc>) -> Entry {
    let issued_at = entry.issued_at.min(now);
    let is_absurd = (entry.expires_at - issued_at).num_seconds() > longest(step) + CLOCKS;
    let latest = now + TimeDelta::seconds(longest(step));
    let expires_at = if is_absurd {
        entry.expires_at.min(latest)
    } else {
        entry.expires_at
    };
    Entry {
        expires_at,
        issued_at,
        ..entry.clone()
    }
}

/// The account that the answer must be in, as far as the plan says.
fn account_of<'p>(plan: &'p Plan, step: &'p Step) -> Option<&'p str> {
    match &step.action {
        Action::AssumeRole(role) => Arn::parse(&role.role_arn).map(|role| role.account_id),
        Action::Source => account_of_source(&plan.source),
        Action::GetSessionToken { .. } => None,
    }
}

/// Whether the ARN is of those that the answer to this step can have.
pub(super) fn is_of(arn: &str, plan: &Plan, step: &Step) -> bool {
    match &step.action {
        Action::AssumeRole(role) => is_session(arn, &role.role_arn, &role.role_session_name),
        Action::Source => is_of_source(arn, &plan.source),
        Action::GetSessionToken { .. } => true,
    }
}

fn account_of_source(source: &Source) -> Option<&str> {
    match source {
        Source::Sso(_) | Source::WebIdentity(_) | Source::Login { .. } => source.account_id(),
        // A process says it itself, and the profile may be wrong; of the others nobody said
        // beforehand whose they are.
        Source::CredentialProcess { .. }
        | Source::AccessKey { .. }
        | Source::StoredKey(_)
        | Source::Environment { .. }
        | Source::Ec2InstanceMetadata(_)
        | Source::EcsContainer => None,
    }
}

fn is_of_source(arn: &str, source: &Source) -> bool {
    match source {
        Source::WebIdentity(web) => is_session(arn, &web.role_arn, &web.role_session_name),
        Source::Sso(sso) => is_of_permission_set(arn, sso),
        Source::Login { login_session, .. } => is_of_login(arn, login_session),
        // Nobody said beforehand whose these are.
        Source::AccessKey { .. }
        | Source::StoredKey(_)
        | Source::Environment { .. }
        | Source::Ec2InstanceMetadata(_)
        | Source::EcsContainer
        | Source::CredentialProcess { .. } => true,
    }
}

/// Whether `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION` is this session of the role.
fn is_session(arn: &str, role_arn: &str, role_session_name: &str) -> bool {
    is_session_of(arn, role_arn) && session_name(arn) == Some(role_session_name)
}

fn session_name(arn: &str) -> Option<&str> {
    Arn::parse(arn)?
        .resource
        .strip_prefix("assumed-role/")?
        .split_once('/')
        .map(|(_, name)| name)
}

/// A permission set `Admin` is the role `AWSReservedSSO_Admin_0123456789abcdef`; the session is
/// called after the user.
fn is_of_permission_set(arn: &str, sso: &Sso) -> bool {
    let (Some(session), Some(wanted)) = (Arn::parse(arn), sso.role_name.as_deref()) else {
        return false;
    };
    let reserved = session.role_name();
    let reserved = reserved.and_then(|name| name.strip_prefix("AWSReservedSSO_"));
    let suffix = reserved
        .and_then(|name| name.strip_prefix(wanted))
        .and_then(|rest| rest.strip_prefix('_'));
    session.service == "sts"
        && sso.account_id.as_deref() == Some(session.account_id)
        && suffix.is_some_and(|rest| !rest.contains('_'))
}

/// `aws login` names whom it has signed in: a user, the root user, or a role's session.
fn is_of_login(arn: &str, login_session: &str) -> bool {
    let (Some(found), Some(named)) = (Arn::parse(arn), Arn::parse(login_session.trim())) else {
        return true;
    };
    let kind = found.resource.split('/').next().unwrap_or_default();
    let is_same_account =
        found.partition == named.partition && found.account_id == named.account_id;
    // A user's credentials may be a session of AWS's own making.
    let is_other_kind =
        Some(kind) != named.resource.split('/').next() && !["user", "root"].contains(&kind);
    is_same_account && (is_other_kind || found.resource == named.resource)
}

/// Asks STS who the entry's credentials are.
pub(super) async fn check(sts: &Sts, entry: &Entry, plan: &Plan, step: &Step) -> Verdict {
    match sts.confirm(&entry.credentials()).await {
        Ok(identity) => match stranger(&identity, entry, plan, step) {
            None => Verdict::Confirmed(identity),
            Some(who) => Verdict::Stranger(who),
        },
        Err(failure) if failure.is_dead_signer() => Verdict::Dead,
        Err(failure) => Verdict::Unknown(failure),
    }
}

/// Who the credentials are, where they are not whom the step wants, or not whom they were of
/// before: account, role, session or user, and the id of that very role or user.
pub(super) fn stranger(
    identity: &Identity,
    entry: &Entry,
    plan: &Plan,
    step: &Step,
) -> Option<String> {
    let Identity {
        account_id,
        arn,
        user_id,
    } = identity;
    let is_other_account = differs(entry.account_id.as_deref(), account_id)
        || account_of(plan, step).is_some_and(|wanted| wanted != account_id);
    if is_other_account || differs(entry.arn.as_deref(), arn) || !is_of(arn, plan, step) {
        return Some(arn.clone());
    }
    // What answers in AWS's place may have none.
    let is_other_id = !user_id.is_empty() && differs(entry.user_id.as_deref(), user_id);
    let known = entry.user_id.as_deref().filter(|_| is_other_id)?;
    Some(format!(
        "{arn} with the id {user_id}, which was {known} before"
    ))
}

fn differs(known: Option<&str>, said: &str) -> bool {
    known.is_some_and(|known| known != said)
}

#[cfg(test)]
mod tests;
