//! IAM Identity Center's access portal: what is assigned, a role's credentials, signing out. The
//! token says who asks.

use aws_sdk_sso::Client;
use chrono::DateTime;

use super::client::Effort;
use super::endpoint::url_of;
use super::failure::Failure;
use super::service::{Asking, Service};
use crate::credentials::{Credentials, Unchecked};
use crate::error::Result;
use crate::plan::Endpoint;
use crate::secret::Secret;

/// The most entries that a page may have.
const PAGE: i32 = 100;

/// An account in which something is assigned to whoever is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PortalAccount {
    pub(crate) account_id: String,
    pub(crate) name: String,
    pub(crate) email: String,
}

/// The service in the region of one Identity Center.
pub(crate) struct Portal(Service);

/// Where the service is.
pub(crate) fn url(endpoint: &Endpoint, region: &str) -> Result<String> {
    let (what, setting) = ("Identity Center portal", ("sso_region", region));
    url_of!(aws_sdk_sso, endpoint, region, what, setting)
}

impl Portal {
    /// Errors: of kind `Config`, where there is no such endpoint or the CA bundle cannot be read.
    pub(crate) fn new(endpoint: &Endpoint, region: &str, asking: Asking<'_>) -> Result<Portal> {
        let url = url(endpoint, region)?;
        Service::new("Identity Center", url, endpoint, region, asking).map(Portal)
    }

    fn client(&self) -> Client {
        Client::new(&self.0.config(Effort::Usual))
    }

    pub(crate) async fn role_credentials(
        &self,
        access_token: &Secret,
        account_id: &str,
        role_name: &str,
    ) -> std::result::Result<Credentials, Failure> {
        self.0
            .asking(&format!("GetRoleCredentials {role_name} in {account_id}"));
        let sent = self.0.send(Effort::Usual, async || {
            let request = self.client().get_role_credentials();
            let request = request.access_token(access_token.expose());
            let request = request.account_id(account_id).role_name(role_name);
            request.send().await
        });
        let answer = sent.await?;
        let keys = answer.role_credentials;
        let expiration = keys
            .as_ref()
            .and_then(|keys| DateTime::from_timestamp_millis(keys.expiration()));
        let parts = keys.map(|keys| {
            (
                keys.access_key_id,
                keys.secret_access_key,
                keys.session_token,
            )
        });
        let Some((Some(id), Some(secret), Some(token))) = parts else {
            return Err(Failure::unusable("it held no credentials"));
        };
        let answered = Unchecked {
            access_key_id: id,
            secret_access_key: Secret::new(secret),
            session_token: Some(Secret::new(token)),
            expiration,
            account_id: Some(account_id.to_owned()),
        };
        answered
            .checked()
            .map_err(|flaw| Failure::unusable(&format!("its {flaw}")))
    }

    pub(crate) async fn accounts(
        &self,
        access_token: &Secret,
    ) -> std::result::Result<Vec<PortalAccount>, Failure> {
        self.0.asking("ListAccounts");
        let listed = self.0.list(
            async |token| {
                let request = self.client().list_accounts().set_next_token(token);
                let request = request.access_token(access_token.expose());
                request.max_results(PAGE).send().await
            },
            |page| (page.account_list, page.next_token),
        );
        let accounts = listed.await?.into_iter().map(|account| PortalAccount {
            account_id: account.account_id.unwrap_or_default(),
            name: account.account_name.unwrap_or_default(),
            email: account.email_address.unwrap_or_default(),
        });
        Ok(accounts.collect())
    }

    /// The roles in one account.
    pub(crate) async fn roles(
        &self,
        access_token: &Secret,
        account_id: &str,
    ) -> std::result::Result<Vec<String>, Failure> {
        self.0.asking(&format!("ListAccountRoles of {account_id}"));
        let listed = self.0.list(
            async |token| {
                let request = self.client().list_account_roles().set_next_token(token);
                let request = request.access_token(access_token.expose());
                let request = request.account_id(account_id).max_results(PAGE);
                request.send().await
            },
            |page| (page.role_list, page.next_token),
        );
        let roles = listed.await?.into_iter();
        Ok(roles.filter_map(|role| role.role_name).collect())
    }

    /// Ends the session that the token is for, with its refresh token. Role credentials live on
    /// until they expire.
    pub(crate) async fn logout(&self, access_token: &Secret) -> std::result::Result<(), Failure> {
        self.0.asking("Logout");
        let sent = self.0.send(Effort::Usual, async || {
            let request = self.client().logout();
            request.access_token(access_token.expose()).send().await
        });
        sent.await.map(|_| ())
    }
}
