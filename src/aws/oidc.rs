//! IAM Identity Center's sign-in: registering a client, starting a device, getting tokens. No
//! request is signed.

use aws_sdk_ssooidc::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_sdk_sts::config::SharedHttpClient;
use chrono::{DateTime, TimeDelta, Utc};

use super::client::{self, Effort};
use super::connector;
use super::endpoint;
use super::failure::{Failure, Teller};
use crate::error::{Error, Result};
use crate::plan::{Connection, Endpoint};
use crate::say::Voice;
use crate::secret::Secret;

/// RFC 8628
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// What a device waits between two polls where the server does not say (RFC 8628 section 3.2), in
/// seconds.
const USUAL_INTERVAL: u32 = 5;

/// The service in the region of one Identity Center.
pub(crate) struct Oidc<'p> {
    connection: &'p Connection,
    endpoint: &'p Endpoint,
    region: &'p str,
    http: SharedHttpClient,
    now: fn() -> DateTime<Utc>,
    voice: Voice,
    /// `https://oidc.eu-central-1.amazonaws.com`, without a slash at its end.
    pub(crate) url: String,
}

/// What a client says of itself.
pub(crate) struct NewClient<'a> {
    pub(crate) name: &'a str,
    pub(crate) scopes: Option<Vec<String>>,
    /// For a client that sends people to a browser and has them sent back to an address.
    pub(crate) browser: Option<Browser<'a>>,
}

/// What a client for the browser's way must say more.
pub(crate) struct Browser<'a> {
    pub(crate) grant_types: &'a [&'a str],
    /// Without its port.
    pub(crate) redirect_uri: &'a str,
    pub(crate) issuer_url: &'a str,
}

/// A client's name and password.
#[derive(Debug, Clone)]
pub(crate) struct Registered {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    pub(crate) expires_at: DateTime<Utc>,
}

/// A device that waits for a person.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) code: Secret,
    pub(crate) user_code: String,
    /// With the user code in it, where the server gives that.
    pub(crate) page: String,
    /// Seconds for which the code is good.
    pub(crate) expires_in: u32,
    /// Seconds between two polls.
    pub(crate) interval: u32,
}

/// What tokens are given for.
pub(crate) enum Grant<'a> {
    Device {
        code: &'a Secret,
    },
    Code {
        code: &'a Secret,
        verifier: &'a Secret,
        redirect_uri: &'a str,
    },
    Refresh {
        token: &'a Secret,
    },
}

#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) access_token: Secret,
    pub(crate) refresh_token: Option<Secret>,
    pub(crate) expires_at: DateTime<Utc>,
}

impl<'p> Oidc<'p> {
    /// Errors: of kind `Config`, where there is no such endpoint or the CA bundle cannot be read.
    pub(crate) fn new(
        endpoint: &'p Endpoint,
        region: &'p str,
        connection: &'p Connection,
        now: fn() -> DateTime<Utc>,
        voice: Voice,
    ) -> Result<Oidc<'p>> {
        let url = url(endpoint, region)?;
        let http = connector::http_client(&url, connection)?;
        let url = url.trim_end_matches('/').to_owned();
        Ok(Oidc {
            connection,
            endpoint,
            region,
            http,
            now,
            voice,
            url,
        })
    }

    fn client(&self, effort: Effort) -> aws_sdk_ssooidc::Client {
        let shared = client::shared(
            self.connection,
            self.endpoint,
            self.region.to_owned(),
            &self.http,
            effort,
        );
        aws_sdk_ssooidc::Client::from_conf(aws_sdk_ssooidc::config::Builder::from(&shared).build())
    }

    fn asking(&self, what: &str) {
        self.voice.trace(1, &format!("{what}: asking {}", self.url));
    }

    fn teller(&self) -> Teller {
        Teller {
            service: "Identity Center",
            now: self.now,
            voice: self.voice,
        }
    }

    /// A client of kind `public`.
    pub(crate) async fn register_client(
        &self,
        new: &NewClient<'_>,
    ) -> std::result::Result<Registered, Failure> {
        self.asking("RegisterClient");
        let mut request = self.client(Effort::Usual).register_client();
        request = request
            .client_name(new.name)
            .client_type("public")
            .set_scopes(new.scopes.clone());
        if let Some(browser) = &new.browser {
            request = request
                .redirect_uris(browser.redirect_uri)
                .issuer_url(browser.issuer_url)
                .set_grant_types(Some(
                    browser
                        .grant_types
                        .iter()
                        .map(|grant| (*grant).to_owned())
                        .collect(),
                ));
        }
        let answer = Box::pin(request.send())
            .await
            .map_err(|error| self.teller().failure(error))?;
        let expires_at = DateTime::from_timestamp(answer.client_secret_expires_at(), 0);
        match (answer.client_id, answer.client_secret, expires_at) {
            (Some(client_id), Some(secret), Some(expires_at)) => Ok(Registered {
                client_id,
                client_secret: Secret::new(secret),
                expires_at,
            }),
            _ => Err(incomplete("a client")),
        }
    }

    pub(crate) async fn start_device_authorization(
        &self,
        client: &Registered,
        start_url: &str,
    ) -> std::result::Result<Device, Failure> {
        self.asking("StartDeviceAuthorization");
        let request = self.client(Effort::Usual).start_device_authorization();
        let request = request
            .client_id(&client.client_id)
            .client_secret(client.client_secret.expose())
            .start_url(start_url);
        let answer = Box::pin(request.send())
            .await
            .map_err(|error| self.teller().failure(error))?;
        let (expires_in, interval) = (answer.expires_in(), answer.interval());
        let page = answer.verification_uri_complete.or(answer.verification_uri);
        match (answer.device_code, answer.user_code, page) {
            (Some(code), Some(user_code), Some(page)) => Ok(Device {
                code: Secret::new(code),
                user_code,
                page,
                expires_in: u32::try_from(expires_in).unwrap_or_default(),
                interval: u32::try_from(interval)
                    .ok()
                    .filter(|n| *n > 0)
                    .unwrap_or(USUAL_INTERVAL),
            }),
            _ => Err(incomplete("a device code")),
        }
    }

    /// A refresh token is spent by its request, and a second one with it may end the session: it is
    /// sent once.
    pub(crate) async fn create_token(
        &self,
        client: &Registered,
        grant: &Grant<'_>,
    ) -> std::result::Result<Tokens, Failure> {
        let (grant_type, effort) = match grant {
            Grant::Device { .. } => (DEVICE_GRANT, Effort::Usual),
            Grant::Code { .. } => ("authorization_code", Effort::Usual),
            Grant::Refresh { .. } => ("refresh_token", Effort::Once),
        };
        self.asking(&format!(
            "CreateToken for {}",
            grant_type.rsplit(':').next().unwrap_or_default()
        ));
        let request = self.client(effort).create_token().grant_type(grant_type);
        let request = request
            .client_id(&client.client_id)
            .client_secret(client.client_secret.expose());
        let request = match grant {
            Grant::Device { code } => request.device_code(code.expose()),
            Grant::Code {
                code,
                verifier,
                redirect_uri,
            } => request
                .code(code.expose())
                .code_verifier(verifier.expose())
                .redirect_uri(*redirect_uri),
            Grant::Refresh { token } => request.refresh_token(token.expose()),
        };
        let answer = Box::pin(request.send())
            .await
            .map_err(|error| self.teller().failure(error))?;
        let expires_at = (self.now)() + TimeDelta::seconds(answer.expires_in().into());
        let access_token = answer.access_token.ok_or_else(|| incomplete("a token"))?;
        Ok(Tokens {
            access_token: Secret::new(access_token),
            refresh_token: answer.refresh_token.map(Secret::new),
            expires_at,
        })
    }
}

/// Where the service is: the SDK's own rules.
pub(crate) fn url(endpoint: &Endpoint, region: &str) -> Result<String> {
    if let Some((url, _)) = &endpoint.url {
        return Ok(url.clone());
    }
    let refuse = |why: String| {
        Error::config(format!(
            "no IAM Identity Center endpoint is known for sso_region '{region}': {why}"
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

/// An answer of status 200 without what it should hold: a proxy's, perhaps.
fn incomplete(what: &str) -> Failure {
    Failure::unusable(&format!("it held no {}", what.trim_start_matches("a ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_follows_the_region_and_its_switches() {
        let at = |region: &str, fips, dual_stack| {
            url(
                &Endpoint {
                    url: None,
                    fips,
                    dual_stack,
                    global: false,
                },
                region,
            )
        };
        assert_eq!(
            at("eu-central-1", false, false).unwrap(),
            "https://oidc.eu-central-1.amazonaws.com"
        );
        assert_eq!(
            at("us-gov-west-1", true, false).unwrap(),
            "https://oidc.us-gov-west-1.amazonaws.com"
        );
        assert_eq!(
            at("us-east-1", true, false).unwrap(),
            "https://oidc-fips.us-east-1.amazonaws.com"
        );
        assert_eq!(
            at("cn-north-1", false, true).unwrap(),
            "https://oidc.cn-north-1.api.amazonwebservices.com.cn"
        );
        let error = at("not a region", false, false).unwrap_err();
        assert!(
            error.message.starts_with(
                "no IAM Identity Center endpoint is known for sso_region 'not a region'"
            )
        );
    }
}
