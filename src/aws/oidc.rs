//! IAM Identity Center's sign-in: registering a client, starting a device, getting tokens. No
//! request is signed.

use aws_sdk_ssooidc::Client;
use chrono::{DateTime, TimeDelta, Utc};

use super::client::Effort;
use super::endpoint::url_of;
use super::failure::Failure;
use super::service::{Asking, Service};
use crate::error::Result;
use crate::plan::Endpoint;
use crate::secret::Secret;

/// RFC 8628
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// What a device waits between two polls where the server does not say (RFC 8628 section 3.2), in
/// seconds.
const USUAL_INTERVAL: u32 = 5;

/// The service in the region of one Identity Center.
pub(crate) struct Oidc {
    service: Service,
    /// `https://oidc.eu-central-1.amazonaws.com`, without a slash at its end.
    pub(crate) url: String,
}

/// What a client says of itself.
pub(crate) struct NewClient<'a> {
    pub(crate) name: &'a str,
    pub(crate) scopes: Option<Vec<String>>,
    /// For a client that sends people to a browser and has them sent back to an address.
    pub(crate) browser: Option<BrowserClient<'a>>,
}

/// What a client for the browser's way must say more.
pub(crate) struct BrowserClient<'a> {
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
pub(crate) struct DeviceAuthorization {
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

impl Oidc {
    /// Errors: of kind `Config`, where there is no such endpoint or the CA bundle cannot be read.
    pub(crate) fn new(endpoint: &Endpoint, region: &str, asking: Asking<'_>) -> Result<Oidc> {
        let url = url(endpoint, region)?;
        let service = Service::new("Identity Center", url, endpoint, region, asking)?;
        let url = service.url.trim_end_matches('/').to_owned();
        Ok(Oidc { service, url })
    }

    fn client(&self, effort: Effort) -> Client {
        Client::new(&self.service.config(effort))
    }

    /// A client of kind `public`.
    pub(crate) async fn register_client(
        &self,
        new: &NewClient<'_>,
    ) -> std::result::Result<Registered, Failure> {
        self.service.asking("RegisterClient");
        let sent = self.service.send(Effort::Usual, async || {
            let mut request = self.client(Effort::Usual).register_client();
            request = request
                .client_name(new.name)
                .client_type("public")
                .set_scopes(new.scopes.clone());
            if let Some(browser) = &new.browser {
                let grants = browser.grant_types.iter().map(|grant| (*grant).to_owned());
                request = request
                    .redirect_uris(browser.redirect_uri)
                    .issuer_url(browser.issuer_url)
                    .set_grant_types(Some(grants.collect()));
            }
            request.send().await
        });
        let answer = sent.await?;
        let expires_at = DateTime::from_timestamp(answer.client_secret_expires_at(), 0);
        match (answer.client_id, answer.client_secret, expires_at) {
            (Some(client_id), Some(secret), Some(expires_at)) => Ok(Registered {
                client_id,
                client_secret: Secret::new(secret),
                expires_at,
            }),
            _ => Err(Failure::unusable("it held no client")),
        }
    }

    pub(crate) async fn start_device_authorization(
        &self,
        client: &Registered,
        start_url: &str,
    ) -> std::result::Result<DeviceAuthorization, Failure> {
        self.service.asking("StartDeviceAuthorization");
        let sent = self.service.send(Effort::Usual, async || {
            let request = self.client(Effort::Usual).start_device_authorization();
            let request = request
                .client_id(&client.client_id)
                .client_secret(client.client_secret.expose())
                .start_url(start_url);
            request.send().await
        });
        let answer = sent.await?;
        let (expires_in, interval) = (answer.expires_in(), answer.interval());
        let page = answer.verification_uri_complete.or(answer.verification_uri);
        match (answer.device_code, answer.user_code, page) {
            (Some(code), Some(user_code), Some(page)) => Ok(DeviceAuthorization {
                code: Secret::new(code),
                user_code,
                page,
                expires_in: u32::try_from(expires_in).unwrap_or_default(),
                interval: u32::try_from(interval)
                    .ok()
                    .filter(|n| *n > 0)
                    .unwrap_or(USUAL_INTERVAL),
            }),
            _ => Err(Failure::unusable("it held no device code")),
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
        self.service.asking(&format!(
            "CreateToken for {}",
            grant_type.rsplit(':').next().unwrap_or_default()
        ));
        let sent = self.service.send(effort, async || {
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
            request.send().await
        });
        let answer = sent.await?;
        let expires_at = (self.service.now)() + TimeDelta::seconds(answer.expires_in().into());
        let access_token = answer
            .access_token
            .ok_or_else(|| Failure::unusable("it held no token"))?;
        Ok(Tokens {
            access_token: Secret::new(access_token),
            refresh_token: answer.refresh_token.map(Secret::new),
            expires_at,
        })
    }
}

/// Where the service is.
pub(crate) fn url(endpoint: &Endpoint, region: &str) -> Result<String> {
    let (what, setting) = ("IAM Identity Center endpoint", ("sso_region", region));
    url_of!(aws_sdk_ssooidc, endpoint, region, what, setting)
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
