//! AWS Organizations: its accounts, its tree of organizational units, and what accounts are tagged
//! with. Which of them are wanted is the caller's business.

use std::result::Result as Answered;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_config::SdkConfig;
use aws_credential_types::Credentials as SdkCredentials;
use aws_sdk_organizations::Client;
use aws_sdk_organizations::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_sdk_organizations::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_organizations::types::{Account, AccountState, AccountStatus, ParentType};
use aws_smithy_runtime_api::http::Response;
use chrono::{DateTime, Utc};

use super::client::{self, CorrectedClock, Effort, WatchClock};
use super::endpoint;
use super::failure::{self, Failure, Teller};
use super::network::{Known, Network};
use super::pages;
use crate::arn;
use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::plan::{Connection, Endpoint};
use crate::say::Voice;

/// The most entries that a page may have.
const PAGE: i32 = 20;

/// The service, as whoever signs sees it.
pub(crate) struct Organizations {
    shared: SdkConfig,
    keys: SdkCredentials,
    clock_offset: Arc<AtomicI64>,
    network: Network,
    /// Of one request.
    attempts: u32,
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
    /// `arn:aws:organizations::111111111111:account/o-exampleorgid/222222222222`: the first number
    /// is the management account's.
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
        network: &Network,
        endpoint: &Endpoint,
        region: &str,
        connection: &Connection,
        keys: &Credentials,
        now: fn() -> DateTime<Utc>,
        voice: Voice,
    ) -> Result<Organizations> {
        let region = home_region(region);
        let url = url(endpoint, region)?;
        let Known { http, clock_offset } = network.server(&url, connection)?;
        let effort = if network.is_paced() {
            Effort::UsualOnce
        } else {
            Effort::Usual
        };
        let keys = client::sdk(keys);
        let shared = client::shared(connection, endpoint, region.to_owned(), &http, effort);
        let attempts = client::attempts(connection, Effort::Usual);
        let network = network.clone();
        Ok(Organizations {
            shared,
            keys,
            clock_offset,
            network,
            attempts,
            now,
            voice,
            url,
        })
    }

    /// For one request: it is signed by what the last answer said of the clocks.
    fn client(&self) -> Client {
        let offset = failure::skew(self.clock_offset.load(Ordering::Relaxed)).unwrap_or(0);
        let config = aws_sdk_organizations::config::Builder::from(&self.shared)
            .credentials_provider(self.keys.clone())
            .time_source(CorrectedClock {
                now: self.now,
                offset,
            })
            .interceptor(WatchClock {
                now: self.now,
                offset: Arc::clone(&self.clock_offset),
            });
        Client::from_conf(config.build())
    }

    pub(crate) async fn accounts(&self) -> Answered<Vec<Member>, Failure> {
        self.asking("ListAccounts");
        let page = async |token: Option<String>| {
            let request = async || {
                let request = self
                    .client()
                    .list_accounts()
                    .max_results(PAGE)
                    .set_next_token(token.clone());
                request.send().await
            };
            let page = self.send(request).await?;
            Ok((page.accounts.unwrap_or_default(), page.next_token))
        };
        Ok(pages::all(page).await?.into_iter().map(member).collect())
    }

    /// The accounts right below a root or a unit.
    pub(crate) async fn accounts_in(&self, parent: &str) -> Answered<Vec<Member>, Failure> {
        self.asking(&format!("ListAccountsForParent {parent}"));
        let page = async |token: Option<String>| {
            let request = async || {
                let request = self.client().list_accounts_for_parent().parent_id(parent);
                let request = request.max_results(PAGE).set_next_token(token.clone());
                request.send().await
            };
            let page = self.send(request).await?;
            Ok((page.accounts.unwrap_or_default(), page.next_token))
        };
        Ok(pages::all(page).await?.into_iter().map(member).collect())
    }

    /// The units right below a root or a unit.
    pub(crate) async fn units_in(&self, parent: &str) -> Answered<Vec<Unit>, Failure> {
        self.asking(&format!("ListOrganizationalUnitsForParent {parent}"));
        let page = async |token: Option<String>| {
            let request = async || {
                let request = self
                    .client()
                    .list_organizational_units_for_parent()
                    .parent_id(parent);
                let request = request.max_results(PAGE).set_next_token(token.clone());
                request.send().await
            };
            let page = self.send(request).await?;
            Ok((
                page.organizational_units.unwrap_or_default(),
                page.next_token,
            ))
        };
        let units = pages::all(page).await?.into_iter();
        Ok(units.map(|found| unit(found.id, found.name)).collect())
    }

    pub(crate) async fn roots(&self) -> Answered<Vec<Unit>, Failure> {
        self.asking("ListRoots");
        let page = async |token: Option<String>| {
            let request = async || {
                let request = self.client().list_roots().set_next_token(token.clone());
                request.send().await
            };
            let page = self.send(request).await?;
            Ok((page.roots.unwrap_or_default(), page.next_token))
        };
        let roots = pages::all(page).await?.into_iter();
        Ok(roots.map(|found| unit(found.id, found.name)).collect())
    }

    /// The id of the unit that this one is in; `None` where that is the root.
    pub(crate) async fn unit_above(&self, id: &str) -> Answered<Option<String>, Failure> {
        self.asking(&format!("ListParents {id}"));
        let answer = self
            .send(async || self.client().list_parents().child_id(id).send().await)
            .await?;
        let mut parents = answer.parents.unwrap_or_default().into_iter();
        let unit = parents.find(|parent| parent.r#type == Some(ParentType::OrganizationalUnit));
        Ok(unit.and_then(|parent| parent.id))
    }

    pub(crate) async fn unit_name(&self, id: &str) -> Answered<String, Failure> {
        self.asking(&format!("DescribeOrganizationalUnit {id}"));
        let request = async || {
            self.client()
                .describe_organizational_unit()
                .organizational_unit_id(id)
                .send()
                .await
        };
        let answer = self.send(request).await?;
        Ok(answer
            .organizational_unit
            .and_then(|unit| unit.name)
            .unwrap_or_default())
    }

    /// The account's tags.
    pub(crate) async fn tags(&self, account_id: &str) -> Answered<Vec<Tag>, Failure> {
        self.asking(&format!("ListTagsForResource {account_id}"));
        let page = async |token: Option<String>| {
            let request = async || {
                let request = self
                    .client()
                    .list_tags_for_resource()
                    .resource_id(account_id)
                    .set_next_token(token.clone());
                request.send().await
            };
            let page = self.send(request).await?;
            Ok((page.tags.unwrap_or_default(), page.next_token))
        };
        Ok(pages::all(page)
            .await?
            .into_iter()
            .map(|tag| (tag.key, tag.value))
            .collect())
    }

    async fn send<T, E>(
        &self,
        request: impl AsyncFn() -> Answered<T, SdkError<E, Response>>,
    ) -> Answered<T, Failure>
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let request = async || {
            Box::pin(request())
                .await
                .map_err(|error| self.teller().failure(error))
        };
        self.network.send(self.attempts, true, request).await
    }

    fn asking(&self, what: &str) {
        self.voice.trace(1, &format!("{what}: asking {}", self.url));
    }

    fn teller(&self) -> Teller {
        Teller {
            service: "AWS Organizations",
            now: self.now,
            voice: self.voice,
        }
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

/// `State` has taken the place of `Status`, which AWS takes away after September 2026 (API
/// reference, `Account`).
fn is_active(account: &Account) -> bool {
    match &account.state {
        Some(state) => *state == AccountState::Active,
        None => account.status == Some(AccountStatus::Active),
    }
}

fn unit(id: Option<String>, name: Option<String>) -> Unit {
    Unit {
        id: id.unwrap_or_default(),
        name: name.unwrap_or_default(),
    }
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
        Error::config(format!(
            "no AWS Organizations endpoint is known for region '{region}': {why}"
        ))
        .hint("check region, use_fips_endpoint and use_dualstack_endpoint")
    };
    let params = Params::builder()
        .region(region)
        .use_fips(endpoint.fips)
        .use_dual_stack(endpoint.dual_stack)
        .build()
        .map_err(|error| refuse(error.to_string()))?;
    endpoint::resolved(ResolveEndpoint::resolve_endpoint(
        &DefaultResolver::new(),
        &params,
    ))
    .map_err(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_in_one_region_of_each_partition() {
        let endpoint = |fips| Endpoint {
            url: None,
            fips,
            dual_stack: false,
            global: false,
        };
        for (region, fips, wanted) in [
            (
                "eu-central-1",
                false,
                "https://organizations.us-east-1.amazonaws.com",
            ),
            (
                "eu-central-1",
                true,
                "https://organizations-fips.us-east-1.amazonaws.com",
            ),
            (
                "cn-north-1",
                false,
                "https://organizations.cn-northwest-1.amazonaws.com.cn",
            ),
            (
                "us-gov-east-1",
                false,
                "https://organizations.us-gov-west-1.amazonaws.com",
            ),
            (
                "eusc-de-east-1",
                false,
                "https://organizations.eusc-de-east-1.amazonaws.eu",
            ),
        ] {
            assert_eq!(url(&endpoint(fips), home_region(region)).unwrap(), wanted);
        }
        let other = Endpoint {
            url: Some(("http://x".to_owned(), "".into())),
            ..endpoint(false)
        };
        assert_eq!(url(&other, "us-east-1").unwrap(), "http://x");
    }

    #[test]
    fn an_account_is_active_by_either_word() {
        let account = Account::builder();
        for (account, active) in [
            (account.clone().state(AccountState::Active), true),
            (
                account
                    .clone()
                    .state(AccountState::Suspended)
                    .status(AccountStatus::Active),
                false,
            ),
            (account.clone().status(AccountStatus::Active), true),
            (account.clone().status(AccountStatus::PendingClosure), false),
            (account, false),
        ] {
            assert_eq!(member(account.build()).is_active, active);
        }
    }
}
