//! AWS Organizations: its accounts, its tree of organizational units, and what accounts are tagged
//! with. Which of them are wanted is the caller's business.

use aws_credential_types::Credentials as SdkCredentials;
use aws_sdk_organizations::Client;
use aws_sdk_organizations::config::Builder;
use aws_sdk_organizations::types::{Account, AccountState, AccountStatus, ParentType};
use std::result::Result as Answered;

use super::client::{self, Effort};
use super::endpoint::url_of;
use super::failure::Failure;
use super::service::{Asking, Service};
use crate::arn;
use crate::credentials::Credentials;
use crate::error::Result;
use crate::plan::Endpoint;

/// The most entries that a page may have.
const PAGE: i32 = 20;

/// The service, as whoever signs sees it.
pub(crate) struct Organizations {
    service: Service,
    keys: SdkCredentials,
}

/// An account of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrganizationAccount {
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
        endpoint: &Endpoint,
        region: &str,
        keys: &Credentials,
        asking: Asking<'_>,
    ) -> Result<Organizations> {
        let region = home_region(region);
        let url = url(endpoint, region)?;
        let service = Service::new("AWS Organizations", url, endpoint, region, asking)?;
        let keys = client::sdk(keys);
        Ok(Organizations { service, keys })
    }

    pub(crate) fn url(&self) -> &str {
        &self.service.url
    }

    fn client(&self) -> Client {
        let shared = self.service.signed(Effort::Usual, self.keys.clone());
        let watch = self.service.watch();
        Client::from_conf(Builder::from(&shared).interceptor(watch).build())
    }

    pub(crate) async fn accounts(&self) -> Answered<Vec<OrganizationAccount>, Failure> {
        self.service.asking("ListAccounts");
        let listed = self.service.list(
            async |token| {
                let request = self.client().list_accounts().set_next_token(token);
                request.max_results(PAGE).send().await
            },
            |page| (page.accounts, page.next_token),
        );
        Ok(listed.await?.into_iter().map(member).collect())
    }

    /// The accounts right below a root or a unit.
    pub(crate) async fn accounts_in(
        &self,
        parent: &str,
    ) -> Answered<Vec<OrganizationAccount>, Failure> {
        self.service
            .asking(&format!("ListAccountsForParent {parent}"));
        let listed = self.service.list(
            async |token| {
                let request = self.client().list_accounts_for_parent().parent_id(parent);
                let request = request.max_results(PAGE).set_next_token(token);
                request.send().await
            },
            |page| (page.accounts, page.next_token),
        );
        Ok(listed.await?.into_iter().map(member).collect())
    }

    /// The units right below a root or a unit.
    pub(crate) async fn units_in(&self, parent: &str) -> Answered<Vec<Unit>, Failure> {
        self.service
            .asking(&format!("ListOrganizationalUnitsForParent {parent}"));
        let listed = self.service.list(
            async |token| {
                let request = self.client().list_organizational_units_for_parent();
                let request = request.parent_id(parent).max_results(PAGE);
                request.set_next_token(token).send().await
            },
            |page| (page.organizational_units, page.next_token),
        );
        let units = listed.await?.into_iter();
        Ok(units.map(|found| unit(found.id, found.name)).collect())
    }

    pub(crate) async fn roots(&self) -> Answered<Vec<Unit>, Failure> {
        self.service.asking("ListRoots");
        let listed = self.service.list(
            async |token| {
                let request = self.client().list_roots().set_next_token(token);
                request.send().await
            },
            |page| (page.roots, page.next_token),
        );
        let roots = listed.await?.into_iter();
        Ok(roots.map(|found| unit(found.id, found.name)).collect())
    }

    /// The id of the unit that this one is in; `None` where that is the root.
    pub(crate) async fn unit_above(&self, id: &str) -> Answered<Option<String>, Failure> {
        self.service.asking(&format!("ListParents {id}"));
        let sent = self.service.send(Effort::Usual, async || {
            self.client().list_parents().child_id(id).send().await
        });
        let answer = sent.await?;
        let mut parents = answer.parents.unwrap_or_default().into_iter();
        let unit = parents.find(|parent| parent.r#type == Some(ParentType::OrganizationalUnit));
        Ok(unit.and_then(|parent| parent.id))
    }

    pub(crate) async fn unit_name(&self, id: &str) -> Answered<String, Failure> {
        self.service
            .asking(&format!("DescribeOrganizationalUnit {id}"));
        let sent = self.service.send(Effort::Usual, async || {
            let request = self.client().describe_organizational_unit();
            request.organizational_unit_id(id).send().await
        });
        let answer = sent.await?;
        let unit = answer.organizational_unit;
        Ok(unit.and_then(|unit| unit.name).unwrap_or_default())
    }

    /// The account's tags.
    pub(crate) async fn tags(&self, account_id: &str) -> Answered<Vec<Tag>, Failure> {
        self.service
            .asking(&format!("ListTagsForResource {account_id}"));
        let listed = self.service.list(
            async |token| {
                let request = self.client().list_tags_for_resource();
                let request = request.resource_id(account_id).set_next_token(token);
                request.send().await
            },
            |page| (page.tags, page.next_token),
        );
        let tags = listed.await?.into_iter();
        Ok(tags.map(|tag| (tag.key, tag.value)).collect())
    }
}

fn member(account: Account) -> OrganizationAccount {
    let is_active = is_active(&account);
    OrganizationAccount {
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

/// Where the service is.
fn url(endpoint: &Endpoint, region: &str) -> Result<String> {
    let (what, setting) = ("AWS Organizations endpoint", ("region", region));
    url_of!(aws_sdk_organizations, endpoint, region, what, setting)
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
