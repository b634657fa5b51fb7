//! AWS Organizations: its accounts, its tree of organizational units, and what accounts are tagged with. Which of them
//! are wanted is the caller's business.

use std::result::Result as Answered;

use aws_credential_types::Credentials as SdkCredentials;
use aws_sdk_organizations::Client;
use aws_sdk_organizations::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_sdk_organizations::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_organizations::types::{Account, AccountState, AccountStatus, ParentType};
use aws_smithy_runtime_api::http::Response;
use chrono::{DateTime, Utc};

use super::client::{self, Effort};
use super::connector;
use super::endpoint;
use super::failure::Failure;
use crate::arn;
use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::plan::{Connection, Endpoint};
use crate::say::Voice;

/// The most entries that a page may have.
const PAGE: i32 = 20;

/// The service, as whoever signs sees it.
pub(crate) struct Organizations {
    client: Client,
    now: fn() -> DateTime<Utc>,
    voice: Voice,
    pub(crate) url: String,
}

/// An account of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) account_id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    /// `arn:aws:organizations::111111111111:account/o-exampleorgid/222222222222`: the first number is the management
    /// account's.
    pub(crate) arn: String,
    pub(crate) is_active: bool,
}

/// Key and value.
pub(crate) type Tag = (String, String);

/// An organizational unit, or a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl Organizations {
    /// `region` is one of the partition's; the service itself is in one region of each.
    ///
    /// Errors: of kind `Config`, where there is no such endpoint or the CA bundle cannot be read.
    pub(crate) fn new(
        endpoint: &Endpoint,
        region: &str,
        connection: &Connection,
        keys: &Credentials,
        now: fn() -> DateTime<Utc>,
        voice: Voice,
    ) -> Result<Organizations> {
        let region = home_region(region);
        let url = url(endpoint, region)?;
        let http = connector::http_client(&url, connection)?;
        let provider = SdkCredentials::new(
            &keys.access_key_id,
            keys.secret_access_key.expose(),
            keys.session_token.as_ref().map(|token| token.expose().to_owned()),
            None,
            "xacct",
        );
        let shared = client::shared(connection, endpoint, region.to_owned(), &http, Effort::Patient);
        let config = aws_sdk_organizations::config::Builder::from(&shared).credentials_provider(provider);
        Ok(Organizations { client: Client::from_conf(config.build()), now, voice, url })
    }

    pub(crate) async fn accounts(&self) -> Answered<Vec<Member>, Failure> {
        self.asking("ListAccounts");
        let mut pages = self.client.list_accounts().max_results(PAGE).into_paginator().send();
        let mut members = Vec::new();
        while let Some(page) = Box::pin(pages.next()).await {
            let page = page.map_err(|error| self.failure(error))?;
            members.extend(page.accounts.unwrap_or_default().into_iter().map(member));
        }
        Ok(members)
    }

    /// The accounts right below a root or a unit.
    pub(crate) async fn accounts_in(&self, parent: &str) -> Answered<Vec<Member>, Failure> {
        self.asking(&format!("ListAccountsForParent {parent}"));
        let request = self.client.list_accounts_for_parent().parent_id(parent).max_results(PAGE);
        let mut pages = request.into_paginator().send();
        let mut members = Vec::new();
        while let Some(page) = Box::pin(pages.next()).await {
            let page = page.map_err(|error| self.failure(error))?;
            members.extend(page.accounts.unwrap_or_default().into_iter().map(member));
        }
        Ok(members)
    }

    /// The units right below a root or a unit.
    pub(crate) async fn units_in(&self, parent: &str) -> Answered<Vec<Unit>, Failure> {
        self.asking(&format!("ListOrganizationalUnitsForParent {parent}"));
        let request = self.client.list_organizational_units_for_parent().parent_id(parent).max_results(PAGE);
        let mut pages = request.into_paginator().send();
        let mut units = Vec::new();
        while let Some(page) = Box::pin(pages.next()).await {
            let page = page.map_err(|error| self.failure(error))?;
            let found = page.organizational_units.unwrap_or_default();
            units.extend(found.into_iter().map(|found| unit(found.id, found.name)));
        }
        Ok(units)
    }

    pub(crate) async fn roots(&self) -> Answered<Vec<Unit>, Failure> {
        self.asking("ListRoots");
        let mut pages = self.client.list_roots().into_paginator().send();
        let mut roots = Vec::new();
        while let Some(page) = Box::pin(pages.next()).await {
            let page = page.map_err(|error| self.failure(error))?;
            roots.extend(page.roots.unwrap_or_default().into_iter().map(|found| unit(found.id, found.name)));
        }
        Ok(roots)
    }

    /// The id of the unit that this one is in; `None` where that is the root.
    pub(crate) async fn unit_above(&self, id: &str) -> Answered<Option<String>, Failure> {
        self.asking(&format!("ListParents {id}"));
        let answer = Box::pin(self.client.list_parents().child_id(id).send()).await;
        let parents = answer.map_err(|error| self.failure(error))?.parents.unwrap_or_default();
        let unit = parents.into_iter().find(|parent| parent.r#type == Some(ParentType::OrganizationalUnit));
        Ok(unit.and_then(|parent| parent.id))
    }

    pub(crate) async fn unit_name(&self, id: &str) -> Answered<String, Failure> {
        self.asking(&format!("DescribeOrganizationalUnit {id}"));
        let request = self.client.describe_organizational_unit().organizational_unit_id(id);
        let answer = Box::pin(request.send()).await.map_err(|error| self.failure(error))?;
        Ok(answer.organizational_unit.and_then(|unit| unit.name).unwrap_or_default())
    }

    /// The account's tags.
    pub(crate) async fn tags(&self, account_id: &str) -> Answered<Vec<Tag>, Failure> {
        self.asking(&format!("ListTagsForResource {account_id}"));
        let request = self.client.list_tags_for_resource().resource_id(account_id);
        let mut pages = request.into_paginator().send();
        let mut tags = Vec::new();
        while let Some(page) = Box::pin(pages.next()).await {
            let page = page.map_err(|error| self.failure(error))?;
            tags.extend(page.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)));
        }
        Ok(tags)
    }

    fn asking(&self, what: &str) {
        self.voice.trace(1, &format!("{what}: asking {}", self.url));
    }

    fn failure<E>(&self, error: SdkError<E, Response>) -> Failure
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let failure = Failure::from_sdk(error, (self.now)());
        self.voice.trace(1, &format!("AWS Organizations: {failure}"));
        failure
    }
}

fn member(account: Account) -> Member {
    let is_active = is_active(&account);
    Member {
        account_id: account.id.unwrap_or_default(),
        name: account.name.unwrap_or_default(),
        email: account.email.unwrap_or_default(),
        arn: account.arn.unwrap_or_default(),
        is_active,
    }
}

/// `State` has taken the place of `Status`, which AWS takes away after September 2026 (API reference, `Account`).
fn is_active(account: &Account) -> bool {
    match &account.state {
        Some(state) => *state == AccountState::Active,
        None => account.status == Some(AccountStatus::Active),
    }
}

fn unit(id: Option<String>, name: Option<String>) -> Unit {
    Unit { id: id.unwrap_or_default(), name: name.unwrap_or_default() }
}

/// The region of the partition that Organizations is in.
fn home_region(region: &str) -> &str {
    match arn::partition_of_region(region) {
        "aws" => "us-east-1",
        "aws-cn" => "cn-northwest-1",
        "aws-us-gov" => "us-gov-west-1",
        // The SDK's rules know of the others.
        _ => region,
    }
}

/// Where the service is: the SDK's own rules.
fn url(endpoint: &Endpoint, region: &str) -> Result<String> {
    if let Some((url, _)) = &endpoint.url {
        return Ok(url.clone());
    }
    let refuse = |why: String| {
        Error::config(format!("there is no AWS Organizations endpoint for region '{region}': {why}"))
            .hint("check region, use_fips_endpoint and use_dualstack_endpoint")
    };
    let params = Params::builder()
        .region(region)
        .use_fips(endpoint.fips)
        .use_dual_stack(endpoint.dual_stack)
        .build()
        .map_err(|error| refuse(error.to_string()))?;
    endpoint::resolved(ResolveEndpoint::resolve_endpoint(&DefaultResolver::new(), &params)).map_err(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_in_one_region_of_each_partition() {
        let endpoint = |fips| Endpoint { url: None, fips, dual_stack: false, global: false };
        for (region, fips, wanted) in [
            ("eu-central-1", false, "https://organizations.us-east-1.amazonaws.com"),
            ("eu-central-1", true, "https://organizations-fips.us-east-1.amazonaws.com"),
            ("cn-north-1", false, "https://organizations.cn-northwest-1.amazonaws.com.cn"),
            ("us-gov-east-1", false, "https://organizations.us-gov-west-1.amazonaws.com"),
            ("eusc-de-east-1", false, "https://organizations.eusc-de-east-1.amazonaws.eu"),
        ] {
            assert_eq!(url(&endpoint(fips), home_region(region)).unwrap(), wanted);
        }
        let other = Endpoint { url: Some(("http://x".to_owned(), String::new())), ..endpoint(false) };
        assert_eq!(url(&other, "us-east-1").unwrap(), "http://x");
    }

    #[test]
    fn an_account_is_active_by_either_word() {
        let account = Account::builder();
        for (account, active) in [
            (account.clone().state(AccountState::Active), true),
            (account.clone().state(AccountState::Suspended).status(AccountStatus::Active), false),
            (account.clone().status(AccountStatus::Active), true),
            (account.clone().status(AccountStatus::PendingClosure), false),
            (account, false),
        ] {
            assert_eq!(member(account.build()).is_active, active);
        }
    }
}
