//! `RegisterClient`: what a client may say about itself.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use url::{Host, Url};

use crate::sandbox::answer::{Content, Refusal};
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
    asked: RegisterClient,
    now: DateTime<Utc>,
) -> Result<Content, Refusal> {
    if asked.client_type != "public" || asked.client_name.is_empty() {
        return Err(Refusal::new(
            400,
            "InvalidClientMetadataException",
            "Invalid client metadata provided",
        ));
    }
    let known = |scope: &String| {
        ["sso:", "codewhisperer:"]
            .iter()
            .any(|prefix| scope.starts_with(prefix))
    };
    if !asked.scopes.iter().all(known) {
        return Err(Refusal::new(
            400,
            "InvalidScopeException",
            "Invalid scope provided",
        ));
    }
    let mut grant_types = asked.grant_types;
    if grant_types.is_empty() {
        grant_types = vec![DEVICE_GRANT.to_owned(), "refresh_token".to_owned()];
    }
    let supported = [DEVICE_GRANT, "authorization_code", "refresh_token"];
    if !grant_types
        .iter()
        .all(|grant| supported.contains(&grant.as_str()))
    {
        return Err(Refusal::new(
            400,
            "UnsupportedGrantTypeException",
            "Unsupported grant type",
        ));
    }
    let wants_browser = grant_types
        .iter()
        .any(|grant| grant == "authorization_code");
    if !asked
        .redirect_uris
        .iter()
        .all(|uri| loopback(uri).is_some())
        || (wants_browser && asked.redirect_uris.is_empty())
    {
        return Err(Refusal::new(
            400,
            "InvalidRedirectUriException",
            "Invalid redirect uri provided",
        ));
    }
    let issuer_known = asked
        .issuer_url
        .as_ref()
        .map(|issuer| state.world.center(issuer).is_some());
    if !issuer_known.unwrap_or(!wants_browser) {
        return Err(invalid("Invalid issuer url provided"));
    }
    let draft = Client {
        id: String::new(),
        secret: Secret::new(""),
        expires_at: now,
        scopes: asked.scopes,
        redirect_uris: asked.redirect_uris,
        grant_types,
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
