//! `GetFederationToken`: a session for a user's own keys, with which the console can be entered.

use chrono::{DateTime, Utc};

use super::super::answer::{AwsRefusal, element};
use super::super::params::GetFederationToken;
use super::super::state::{Means, SignerIdentity, State};
use super::{AuthenticatedCaller, credentials, issue};
use crate::arn::Arn;

/// Gives the XML inside `<GetFederationTokenResult>`.
pub(super) fn get(
    state: &mut State,
    caller: &AuthenticatedCaller,
    params: &GetFederationToken,
    now: DateTime<Utc>,
) -> Result<String, AwsRefusal> {
    if caller.means != Means::LongTerm {
        return Err(AwsRefusal::access_denied(
            "Cannot call GetFederationToken with session credentials",
        ));
    }
    let user = &caller.identity;
    let partition = Arn::parse(&user.arn).map_or("aws", |arn| arn.partition);
    let identity = SignerIdentity {
        account_id: user.account_id.clone(),
        arn: format!(
            "arn:{partition}:sts::{}:federated-user/{}",
            user.account_id, params.name
        ),
        user_id: format!("{}:{}", user.account_id, params.name),
        principal_arn: user.principal_arn.clone(),
        // Of STS, such a session may only ask who it is.
        may_assume: Vec::new(),
    };
    let seconds = params.duration_seconds.unwrap_or(43_200);
    let session = issue(state, identity, Means::Federation, seconds, now)?;
    let mut xml = "<FederatedUser>\n".to_owned();
    element(&mut xml, "FederatedUserId", &session.identity.user_id);
    element(&mut xml, "Arn", &session.identity.arn);
    Ok(xml + "</FederatedUser>\n" + &credentials(&session))
}
