//! IAM Identity Center's access portal: what is assigned, a role's credentials, signing out. The
//! token says who asks.

use aws_sdk_sso::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_sdk_sts::config::SharedHttpClient;
use chrono::{DateTime, Utc};

use super::client::{self, Effort};
use super::endpoint;
use super::failure::{Failure, Teller};
use super::network::Network;
use super::pages;
use crate::credentials::{Credentials, Unchecked};
use crate::error::{Error, Result};
use crate::plan::{Connection, Endpoint};
use crate::say::Voice;
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
pub(crate) struct Portal<'p> {
    connection: &'p Connection,
    endpoint: &'p Endpoint,
    region: &'p str,
    http: SharedHttpClient,
    network: Network,
    now: fn() -> DateTime<Utc>,
    voice: Voice,
}

/// Where the service is: the SDK's own rules.
pub(crate) fn url(endpoint: &Endpoint, region: &str) -> Result<String> {
    if let Some((url, _)) = &endpoint.url {
        return Ok(url.clone());
    }
    let refuse = |why: String| {
        Error::config(format!(
            "no Identity Center portal is known for sso_region '{region}': {why}"
        ))
        .hint("check sso_region, use_fips_endpoint and use_dualstack_endpoint")
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

impl<'p> Portal<'p> {
    /// Errors: of kind `Config`, where the CA bundle cannot be read.
    pub(crate) fn new(
        network: &Network,
        endpoint: &'p Endpoint,
        region: &'p str,
        connection: &'p Connection,
        now: fn() -> DateTime<Utc>,
        voice: Voice,
    ) -> Result<Portal<'p>> {
        // Where there is no override, AWS's own addresses are all https.
        let url = endpoint.url.as_ref().map_or("https://", |(url, _)| url);
        let http = network.server(url, connection)?.http;
        Ok(Portal {
            connection,
            endpoint,
            region,
            http,
            network: network.clone(),
            now,
            voice,
        })
    }

    fn client(&self, effort: Effort) -> aws_sdk_sso::Client {
        let effort = if self.network.is_paced() {
            effort.unrepeated()
        } else {
            effort
        };
        let shared = client::shared(
            self.connection,
            self.endpoint,
            self.region.to_owned(),
            &self.http,
            effort,
        );
        aws_sdk_sso::Client::from_conf(aws_sdk_sso::config::Builder::from(&shared).build())
    }

    fn teller(&self) -> Teller {
        Teller {
            service: "Identity Center",
            now: self.now,
            voice: self.voice,
        }
    }

    pub(crate) async fn role_credentials(
        &self,
        access_token: &Secret,
        account_id: &str,
        role_name: &str,
    ) -> std::result::Result<Credentials, Failure> {
        self.voice.trace(
            1,
            &format!(
                "GetRoleCredentials {role_name} in {account_id}: asking {}",
                self.region
            ),
        );
        let request = async || {
            let request = self.client(Effort::Usual).get_role_credentials();
            let request = request.access_token(access_token.expose());
            let request = request.account_id(account_id).role_name(role_name);
            Box::pin(request.send())
                .await
                .map_err(|error| self.teller().failure(error))
        };
        let answer = self.network.send(self.attempts(), true, request).await?;
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
        self.voice
            .trace(1, &format!("ListAccounts: asking {}", self.region));
        let page = async |token: Option<String>| {
            let request = async || {
                let request = self
                    .client(Effort::Usual)
                    .list_accounts()
                    .set_next_token(token.clone());
                let request = request
                    .access_token(access_token.expose())
                    .max_results(PAGE);
                Box::pin(request.send())
                    .await
                    .map_err(|error| self.teller().failure(error))
            };
            let page = self.network.send(self.attempts(), true, request).await?;
            let accounts = page
                .account_list
                .unwrap_or_default()
                .into_iter()
                .map(|account| PortalAccount {
                    account_id: account.account_id.unwrap_or_default(),
                    name: account.account_name.unwrap_or_default(),
                    email: account.email_address.unwrap_or_default(),
                });
            Ok((accounts.collect(), page.next_token))
        };
        pages::all(page).await
    }

    /// The roles in one account.
    pub(crate) async fn roles(
        &self,
        access_token: &Secret,
        account_id: &str,
    ) -> std::result::Result<Vec<String>, Failure> {
        self.voice.trace(
            1,
            &format!("ListAccountRoles of {account_id}: asking {}", self.region),
        );
        let page = async |token: Option<String>| {
            let request = async || {
                let request = self
                    .client(Effort::Usual)
                    .list_account_roles()
                    .set_next_token(token.clone());
                let request = request
                    .access_token(access_token.expose())
                    .max_results(PAGE);
                Box::pin(request.account_id(account_id).send())
                    .await
                    .map_err(|error| self.teller().failure(error))
            };
            let page = self.network.send(self.attempts(), true, request).await?;
            let roles = page
                .role_list
                .unwrap_or_default()
                .into_iter()
                .filter_map(|role| role.role_name);
            Ok((roles.collect(), page.next_token))
        };
        pages::all(page).await
    }

    fn attempts(&self) -> u32 {
        client::attempts(self.connection, Effort::Usual)
    }

    /// Ends the session that the token is for, with its refresh token. Role credentials live on
    /// until they expire.
    pub(crate) async fn logout(&self, access_token: &Secret) -> std::result::Result<(), Failure> {
        self.voice
            .trace(1, &format!("Logout: asking {}", self.region));
        let request = self
            .client(Effort::Usual)
            .logout()
            .access_token(access_token.expose());
        Box::pin(request.send())
            .await
            .map(|_| ())
            .map_err(|error| self.teller().failure(error))
    }
}
