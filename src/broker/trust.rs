//! Whether cached credentials may be handed out unasked, and asking GetCallerIdentity where they may not.

use chrono::{DateTime, Utc};

use crate::arn::Arn;
use crate::aws::{Failure, Identity, Sts};
use crate::cache::Entry;
use crate::config::VerifyAfter;
use crate::plan::Step;

/// What GetCallerIdentity said of an entry.
pub(super) enum Verdict {
    /// The right account and role.
    Confirmed(Identity),
    /// Somebody else: the entry is not what it claims to be.
    Stranger(String),
    /// Refused as expired, unknown or ill-signed.
    Dead,
    /// No answer, or one that says nothing about the credentials.
    Unknown(Failure),
}

/// For this long, in seconds, nobody asks again after AWS was out of reach: forty processes would wait forty times.
const UNREACHED: i64 = 60;

/// Whether STS issued or confirmed it recently enough, or could not be asked a moment ago. A stamp from the future is
/// no stamp.
pub(super) fn within(entry: &Entry, verify_after: VerifyAfter, verify: bool, now: DateTime<Utc>) -> bool {
    let VerifyAfter::Seconds(seconds) = verify_after else { return !verify };
    let is_younger = |stamp: DateTime<Utc>, seconds: i64| (0..seconds).contains(&(now - stamp).num_seconds());
    let confirmed = is_younger(entry.confirmed_at, i64::try_from(seconds).unwrap_or(i64::MAX));
    // `verify_after = "0s"` is a `--verify` each time.
    let unreached = seconds > 0 && entry.unreached_at.is_some_and(|stamp| is_younger(stamp, UNREACHED));
    !verify && (confirmed || unreached)
}

/// Whether the entry is what this step asks for, by the ARN that STS gave with it.
pub(super) fn is_for(entry: &Entry, step: &Step) -> bool {
    if entry.action != step.action_name() {
        return false;
    }
    match (step.role_arn(), entry.arn.as_deref()) {
        (Some(role_arn), Some(arn)) => is_session_of(arn, role_arn),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

/// Whether `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION` is a session of the role; STS leaves out the role's path.
pub(super) fn is_session_of(arn: &str, role_arn: &str) -> bool {
    let (Some(session), Some(role)) = (Arn::parse(arn), Arn::parse(role_arn)) else { return false };
    session.service == "sts"
        && session.partition == role.partition
        && session.account_id == role.account_id
        && session.role_name().is_some()
        && session.role_name() == role.role_name()
}

/// Asks STS who the entry's credentials are.
pub(super) async fn check(sts: &Sts<'_>, entry: &Entry, step: &Step) -> Verdict {
    match sts.confirm(&entry.credentials()).await {
        Ok(identity) if is_right(&identity, entry, step) => Verdict::Confirmed(identity),
        Ok(identity) => Verdict::Stranger(identity.arn),
        Err(failure) if failure.is_dead_signer() => Verdict::Dead,
        Err(failure) => Verdict::Unknown(failure),
    }
}

fn is_right(identity: &Identity, entry: &Entry, step: &Step) -> bool {
    match step.role_arn() {
        Some(role_arn) => is_session_of(&identity.arn, role_arn),
        // A GetSessionToken session is its user's: the account is known only once STS has named it.
        None => entry.account_id.as_ref().is_none_or(|account_id| *account_id == identity.account_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_of_its_role_whatever_the_path() {
        let session = "arn:aws:sts::222222222222:assumed-role/Admin/me";
        assert!(is_session_of(session, "arn:aws:iam::222222222222:role/Admin"));
        assert!(is_session_of(session, "arn:aws:iam::222222222222:role/team/Admin"));
        for role in [
            "arn:aws:iam::333333333333:role/Admin",
            "arn:aws:iam::222222222222:role/Administrator",
            "arn:aws-cn:iam::222222222222:role/Admin",
            "arn:aws:iam::222222222222:user/Admin",
        ] {
            assert!(!is_session_of(session, role), "{role}");
        }
        assert!(!is_session_of(
            "arn:aws:iam::222222222222:user/Admin",
            "arn:aws:iam::222222222222:role/Admin"
        ));
    }
}
