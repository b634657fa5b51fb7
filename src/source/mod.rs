//! Base credentials: what the first request of a plan is signed with.
//!
//! Keys are values already; the rest is fetched here, each time it is asked for. Keeping what was fetched is
//! `broker`'s, and a web identity is a request to STS, which is `aws`'s.

mod process;
mod metadata;
mod login;

use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::plan::{Plan, Source};
use crate::sso::{Asker, Session};

/// The keys of a source that needs nothing to get them.
pub(crate) fn keys(source: &Source) -> Result<Credentials> {
    match source {
        Source::AccessKey { keys, .. } | Source::Environment { keys } => Ok(keys.clone()),
        _ => Err(Error::other("this source has no keys of its own")),
    }
}

/// The credentials of a plan's source that has to be asked.
///
/// Errors: `Config` where it cannot be asked, `Refused` where it says no, `Unreachable` where it does not answer.
pub(crate) async fn fetch(plan: &Plan, asker: Asker<'_>) -> Result<Credentials> {
    if let Some(session) = Session::of(plan, asker)? {
        return session.role_credentials().await;
    }
    let source = &plan.source;
    match source {
        Source::AccessKey { .. } | Source::Environment { .. } => keys(source),
        Source::Ec2InstanceMetadata { endpoint } => metadata::ec2(endpoint).await,
        Source::EcsContainer => metadata::container().await,
        Source::CredentialProcess { profile, command } => process::run(profile, command, asker).await,
        // Not asked here: see above, and `broker`.
        Source::WebIdentity(_) | Source::Sso(_) => Err(Error::other("this source is not asked here")),
        Source::Login { profile, login_session } => {
            let Some(signin) = &plan.signin else {
                return Err(Error::other("the plan does not say where AWS Sign-In is"));
            };
            login::Session { profile, login_session, signin, plan, asker }.credentials().await
        }
    }
}
