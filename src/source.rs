//! Base credentials: what the first request of a plan is signed with.

use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::plan::{Plan, Source};

/// The keys of a source that needs no request to get them.
pub(crate) fn keys(source: &Source) -> Result<Credentials> {
    match source {
        Source::AccessKey { keys, .. } | Source::Environment { keys } => Ok(Credentials {
            access_key_id: keys.access_key_id.clone(),
            secret_access_key: keys.secret_access_key.clone(),
            session_token: keys.session_token.clone(),
            expiration: None,
            account_id: keys.account_id.clone(),
        }),
        _ => Err(Error::other("this source has no keys of its own")),
    }
}

/// The source's credentials, wherever they come from.
pub(crate) async fn credentials(plan: &Plan) -> Result<Credentials> {
    keys(&plan.source)
}
