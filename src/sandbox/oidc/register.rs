//! `RegisterClient`: what a client may say about itself.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use url::{Host, Url};

use crate::sandbox::answer::{AwsRefusal, Content};
use crate::sandbox::sign_in::Client;
use crate::sandbox::state::State;
use crate::secret::Secret;

use super::{DEVICE_GRANT, broken, invalid};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegisterClient {
    client_name: String,
    client_type: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    grant_types: Vec<String>,
    issuer_url: Option<String>,
}

pub(super) fn register(
    state: &mut State,
    mut asked: RegisterClient,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    if asked.grant_types.is_empty() {
        asked.grant_types = vec![DEVICE_GRANT.to_owned(), "refresh_token".to_owned()];
    }
    check(&asked)?;
    let wants_browser = asked.wants_browser();
    let issuer = asked.issuer_url.as_ref();
    let issuer_known = issuer.map(|issuer| state.world.center(issuer).is_some());
    if !issuer_known.unwrap_or(!wants_browser) {
        return Err(invalid("Invalid issuer url provided"));
    }
    let draft = Client {
        id: String::new(),
        secret: Secret::new(""),
        expires_at: now,
        scopes: asked.scopes,
        redirect_uris: asked.redirect_uris,
        grant_types: asked.grant_types,
        issuer: asked.issuer_url,
    };
    let client = state
        .sign_in
        .register(draft, now)
        .map_err(|error| broken(&error))?;
    Ok(Content::Json(json!({
        "clientId": client.id,
        "clientSecret": client.secret.expose(),
        "clientIdIssuedAt": now.timestamp(),
        "clientSecretExpiresAt": client.expires_at.timestamp(),
    })))
}

impl RegisterClient {
    fn wants_browser(&self) -> bool {
        let mut grants = self.grant_types.iter();
        grants.any(|grant| grant == "authorization_code")
    }
}

/// What the service refuses for itself, whatever the world is.
fn check(asked: &RegisterClient) -> Result<(), AwsRefusal> {
    if asked.client_type != "public" || asked.client_name.is_empty() {
        let message = "Invalid client metadata provided";
        return refuse("InvalidClientMetadataException", message);
    }
    if !asked.scopes.iter().all(|scope| is_scope(scope)) {
        return refuse("InvalidScopeException", "Invalid scope provided");
    }
    let supported = [DEVICE_GRANT, "authorization_code", "refresh_token"];
    let mut grants = asked.grant_types.iter();
    if !grants.all(|grant| supported.contains(&grant.as_str())) {
        return refuse("UnsupportedGrantTypeException", "Unsupported grant type");
    }
    let redirects = &asked.redirect_uris;
    let is_missing = asked.wants_browser() && redirects.is_empty();
    if is_missing || !redirects.iter().all(|uri| loopback(uri).is_some()) {
        let message = "Invalid redirect uri provided";
        return refuse("InvalidRedirectUriException", message);
    }
    Ok(())
}

fn refuse(code: &'static str, message: &str) -> Result<(), AwsRefusal> {
    Err(AwsRefusal::new(400, code, message))
}

fn is_scope(scope: &str) -> bool {
    scope.starts_with("sso:") || scope.starts_with("codewhisperer:")
}

/// Whether this is the registered address, on whatever port (RFC 8252 section 7.3).
pub(super) fn is_same(registered: &str, sent: &str) -> bool {
    let (Some(mut registered), Some(mut sent)) = (loopback(registered), loopback(sent)) else {
        return false;
    };
    let ported = registered.set_port(None).is_ok() && sent.set_port(None).is_ok();
    ported && registered == sent
}

/// An address on this machine, over http.
fn loopback(uri: &str) -> Option<Url> {
    let url = Url::parse(uri)
        .ok()
        .filter(|url| url.scheme() == "http" && url.fragment().is_none())?;
    let own = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => IpAddr::from(address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(address).is_loopback(),
    };
    own.then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_may_change_its_port_and_nothing_else() {
        let registered = "http://127.0.0.1/oauth/callback";
        assert!(is_same(registered, "http://127.0.0.1:49152/oauth/callback"));
        for sent in [
            "http://127.0.0.1:49152/oauth/callback?x=1",
            "http://127.0.0.1:49152/other",
            "http://localhost:49152/oauth/callback",
            "https://127.0.0.1:49152/oauth/callback",
            "http://127.0.0.1.example.com/oauth/callback",
            "http://user@127.0.0.1/oauth/callback",
            "",
        ] {
            assert!(!is_same(registered, sent), "{sent}");
        }
        assert!(loopback("http://example.com/").is_none());
    }
}
