//! Identity Center's access portal: what is assigned to whoever is signed in, and the roles'
//! credentials.
//!
//! Source: the service model `sso/2019-06-10`. The credentials are sessions of the sandbox's STS.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::answer::{AwsRefusal, Content};
use super::center::SandboxCenter;
use super::params::Form;
use super::route::{bearer, query};
use super::sigv4::Received;
use super::state::{Means, SignerIdentity, State};
use super::sts;
use super::world::Account;

/// Seconds for which a role's credentials are good.
const ROLE_SECONDS: u32 = 3600;
/// Entries of a page, where the client names no number: few, so that whoever forgets the next page
/// is found out.
const PAGE: usize = 2;

/// Answers one of the actions that `route` knows; `now` is the machine's clock.
pub(crate) fn answer(
    state: &mut State,
    action: &str,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    let now = state.clocks.server_at(now);
    let token = bearer(received).unwrap_or_default();
    let holder = state.sign_in.holder(&token, now);
    let center = holder.and_then(|(start_url, user)| {
        Some(SandboxCenter {
            user: user.to_owned(),
            ..state.world.center(start_url)?.clone()
        })
    });
    let center = center.ok_or_else(|| {
        AwsRefusal::new(
            401,
            "UnauthorizedException",
            "Session token not found or invalid",
        )
    })?;
    let query = query(received);
    match action {
        "GetRoleCredentials" => role_credentials(state, &center, &query, now),
        "ListAccounts" => accounts(state, &center, &query),
        "ListAccountRoles" => account_roles(state, &center, &query),
        _ => {
            state.sign_in.sign_out(&token, now);
            Ok(Content::Nothing)
        }
    }
}

fn role_credentials(
    state: &mut State,
    center: &SandboxCenter,
    query: &Form,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    let account = account(state, query)?;
    let role = query
        .get("role_name")
        .ok_or_else(|| invalid("role_name is missing"))?;
    if !center.roles(&account.id).any(|assigned| assigned == role) {
        return Err(no_access());
    }
    let name = center.role_name(&account.id, role);
    let (partition, id, user) = (&account.partition, &account.id, &center.user);
    let role_arn = format!("arn:{partition}:iam::{id}:role{}{name}", center.role_path());
    let identity = SignerIdentity {
        account_id: id.clone(),
        arn: format!("arn:{partition}:sts::{id}:assumed-role/{name}/{user}"),
        user_id: format!("{}:{user}", sts::unique_id("AROA", &role_arn)),
        principal_arn: role_arn,
        may_assume: vec!["*".to_owned()],
    };
    let means = Means::Role {
        source_identity: None,
        transitive_tags: Vec::new(),
        chained: false,
    };
    let session = state.issue(identity, means, ROLE_SECONDS, now);
    let session =
        session.map_err(|error| AwsRefusal::new(500, "InternalFailure", error.to_string()))?;
    Ok(Content::Json(json!({ "roleCredentials": {
        "accessKeyId": session.access_key_id,
        "secretAccessKey": session.secret.expose(),
        "sessionToken": session.token.expose(),
        "expiration": session.expiration.timestamp_millis(),
    }})))
}

fn accounts(state: &State, center: &SandboxCenter, query: &Form) -> Result<Content, AwsRefusal> {
    let assigned = state
        .world
        .account
        .iter()
        .filter(|account| center.roles(&account.id).next().is_some());
    let list = assigned.map(|account| {
        json!({
            "accountId": account.id,
            "accountName": account.name,
            "emailAddress": format!("aws+{}@example.com", account.id),
        })
    });
    page("accountList", list.collect(), query)
}

fn account_roles(
    state: &State,
    center: &SandboxCenter,
    query: &Form,
) -> Result<Content, AwsRefusal> {
    let account = account(state, query)?;
    let roles = center.roles(&account.id);
    let list: Vec<Value> = roles
        .map(|role| json!({ "roleName": role, "accountId": account.id }))
        .collect();
    if list.is_empty() {
        Err(no_access())
    } else {
        page("roleList", list, query)
    }
}

/// One page of the list, from `next_token` on. The token is good for nothing but this list.
fn page(name: &str, list: Vec<Value>, query: &Form) -> Result<Content, AwsRefusal> {
    let size = query
        .get("max_result")
        .map_or(Some(PAGE), |text| text.parse().ok());
    let size = size
        .filter(|size| (1..=100).contains(size))
        .ok_or_else(|| invalid("max_result is invalid"))?;
    let start = query.get("next_token").map_or(Some(0), |token| {
        let (of, start) = token.split_once('-')?;
        start
            .parse()
            .ok()
            .filter(|start| of == name && *start < list.len())
    });
    let start = start.ok_or_else(|| invalid("next_token is invalid"))?;
    let end = list.len().min(start + size);
    let next_token = (end < list.len()).then(|| format!("{name}-{end}"));
    let shown: Vec<Value> = list.into_iter().skip(start).take(size).collect();
    Ok(Content::Json(
        json!({ name: shown, "nextToken": next_token }),
    ))
}

/// The account that is asked about.
fn account(state: &State, query: &Form) -> Result<Account, AwsRefusal> {
    let id = query
        .get("account_id")
        .ok_or_else(|| invalid("account_id is missing"))?;
    if !crate::arn::is_account_id(id) {
        return Err(invalid("account_id is invalid"));
    }
    let account = state.world.account.iter().find(|account| account.id == *id);
    account
        .cloned()
        .ok_or_else(|| AwsRefusal::new(404, "ResourceNotFoundException", "Account not found"))
}

/// What everyone gets who asks for what is not assigned.
fn no_access() -> AwsRefusal {
    AwsRefusal::new(403, "ForbiddenException", "No access")
}

fn invalid(message: &str) -> AwsRefusal {
    AwsRefusal::new(400, "InvalidRequestException", message)
}

#[cfg(test)]
mod tests;
