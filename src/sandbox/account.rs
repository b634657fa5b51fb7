//! AWS Account Management, as far as xacct asks it: which regions an account has.
//!
//! Source: the service model `account/2021-02-01`.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{AwsRefusal, Content};
use super::sigv4::Received;
use super::state::State;
use super::sts;
use super::world::{Account, ENABLED_BY_DEFAULT, World};
use crate::arn::partition_of_region;
use crate::region::REGIONS;

/// Entries of a page at most: few, so that a client that forgets the next page fails its test.
const PAGE: usize = 6;
const STATUSES: [&str; 5] = [
    "ENABLED",
    "ENABLING",
    "DISABLING",
    "DISABLED",
    "ENABLED_BY_DEFAULT",
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListRegions {
    max_results: Option<usize>,
    next_token: Option<String>,
    region_opt_status_contains: Option<BTreeSet<String>>,
}

/// Answers `ListRegions`; `now` is the machine's clock.
pub(crate) fn answer(
    state: &State,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    let signer = sts::signer(state, received, now)?;
    let role = state
        .world
        .role(&signer.principal_arn)
        .map(|(_, role)| role);
    if role.is_some_and(|role| !role.list_regions) {
        let (arn, id) = (&signer.arn, &signer.account_id);
        let message = format!(
            "User: {arn} is not authorized to perform: account:ListRegions on resource: \
             arn:aws:account::{id}:account \
             because no identity-based policy allows the account:ListRegions action"
        );
        return Err(AwsRefusal::new(403, "AccessDeniedException", message));
    }
    let asked: ListRegions = serde_json::from_slice(received.body)
        .map_err(|error| AwsRefusal::new(400, "SerializationException", error.to_string()))?;
    let most = asked.max_results.unwrap_or(50);
    let wanted = asked.region_opt_status_contains.unwrap_or_default();
    if !(1..=50).contains(&most)
        || wanted
            .iter()
            .any(|status| !STATUSES.contains(&status.as_str()))
    {
        return Err(invalid(
            "1 validation error detected: Value failed to satisfy constraint",
        ));
    }
    let all = regions(&state.world, &signer.account_id);
    let all: Vec<(String, &str)> = all
        .into_iter()
        .filter(|(_, status)| wanted.is_empty() || wanted.contains(*status))
        .collect();
    let from = match asked.next_token.as_deref() {
        None => 0,
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|from| from.parse().ok())
            .unwrap_or(all.len() + 1),
    };
    if from > all.len() {
        return Err(invalid("NextToken is not valid"));
    }
    let until = (from + most.min(PAGE)).min(all.len());
    let shown =
        |(name, status): &(String, &str)| json!({ "RegionName": name, "RegionOptStatus": status });
    let page: Vec<Value> = all[from..until].iter().map(shown).collect();
    let next = (until < all.len()).then(|| format!("page-{until}"));
    Ok(Content::Json(json!({ "Regions": page, "NextToken": next })))
}

/// Every region of the account's partition, and what it is to the account.
fn regions(world: &World, account_id: &str) -> Vec<(String, &'static str)> {
    let Some(account) = world
        .account
        .iter()
        .find(|account| account.id == account_id)
    else {
        return Vec::new();
    };
    let known = REGIONS
        .iter()
        .filter(|name| partition_of_region(name) == account.partition);
    let known = known.filter(|name| **name != "aws-global");
    known
        .map(|name| ((*name).to_owned(), status(account, name)))
        .collect()
}

fn status(account: &Account, region: &str) -> &'static str {
    match account.regions.iter().any(|enabled| enabled == region) {
        true if ENABLED_BY_DEFAULT.contains(&region) => "ENABLED_BY_DEFAULT",
        true => "ENABLED",
        false => "DISABLED",
    }
}

fn invalid(message: &str) -> AwsRefusal {
    AwsRefusal::new(400, "ValidationException", message)
}
