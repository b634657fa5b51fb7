//! Which service a request is for, which action it asks for, and what of it the log shows.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::SandboxService;
use super::params::{self, Form};
use super::sigv4::Received;

/// A request, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoutedRequest {
    pub(crate) service: SandboxService,
    pub(crate) action: Option<String>,
    /// All parameters as text; STS reads its own from here, the log what may be shown.
    pub(crate) params: Form,
}

/// Parameters of Identity Center and of the console's sign-in of which the log shows the beginning
/// only, as of web identity tokens.
const SECRET: [&str; 8] = [
    "clientSecret",
    "deviceCode",
    "code",
    "codeVerifier",
    "refreshToken",
    "accessToken",
    "Session",
    "SigninToken",
];

/// `X-Amz-Target` of AWS Organizations, before the action.
const ORGANIZATIONS: &str = "AWSOrganizationsV20161128.";

/// Sorts a request. What is for nobody else is for STS, which says that it does not know it.
pub(crate) fn route(received: &Received<'_>) -> RoutedRequest {
    let target = received
        .headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    if let Some(action) = target.and_then(|target| target.strip_prefix(ORGANIZATIONS)) {
        let (service, action) = (SandboxService::Organizations, Some(action.to_owned()));
        return RoutedRequest {
            service,
            action,
            params: json(received.body),
        };
    }
    let (service, action) = match (received.method, received.path) {
        ("POST", "/client/register") => (SandboxService::Oidc, "RegisterClient"),
        ("POST", "/device_authorization") => (SandboxService::Oidc, "StartDeviceAuthorization"),
        ("POST", "/token") => (SandboxService::Oidc, "CreateToken"),
        // The two that a browser opens have no names in the SDKs.
        ("GET", "/authorize") => (SandboxService::Oidc, "Authorize"),
        ("GET", "/device") => (SandboxService::Oidc, "Device"),
        ("GET", "/federation/credentials") => (SandboxService::Portal, "GetRoleCredentials"),
        ("GET", "/assignment/accounts") => (SandboxService::Portal, "ListAccounts"),
        ("GET", "/assignment/roles") => (SandboxService::Portal, "ListAccountRoles"),
        ("POST", "/listRegions") => (SandboxService::Account, "ListRegions"),
        ("POST", "/logout") => (SandboxService::Portal, "Logout"),
        ("GET", "/federation") => {
            let params = query(received);
            return RoutedRequest {
                service: SandboxService::Federation,
                action: params.get("Action").cloned(),
                params,
            };
        }
        // The names that IAM policies have for the first; the page after it has none.
        ("GET", "/v1/authorize") => (SandboxService::Signin, "AuthorizeOAuth2Access"),
        ("GET", "/v1/sessions/confirmation") => (SandboxService::Signin, "SessionConfirmation"),
        ("POST", "/v1/token") => (SandboxService::Signin, "CreateOAuth2Token"),
        _ => {
            let params = params::form(received.body);
            return RoutedRequest {
                service: SandboxService::Sts,
                action: params.get("Action").cloned(),
                params,
            };
        }
    };
    let mut params = query(received);
    params.extend(json(received.body));
    params.extend(bearer(received).map(|token| ("accessToken".to_owned(), token)));
    RoutedRequest {
        service,
        action: Some(action.to_owned()),
        params,
    }
}

impl RoutedRequest {
    /// What the log shows.
    pub(crate) fn shown(&self) -> BTreeMap<String, String> {
        let shown = self
            .params
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "Action" | "Version"));
        shown
            .map(|(name, value)| {
                let is_secret = name == "WebIdentityToken"
                    || self.service != SandboxService::Sts && SECRET.contains(&name.as_str());
                (
                    name.clone(),
                    if is_secret {
                        value.chars().take(8).chain(['…']).collect()
                    } else {
                        value.clone()
                    },
                )
            })
            .collect()
    }
}

/// The query's parameters.
pub(crate) fn query(received: &Received<'_>) -> Form {
    url::form_urlencoded::parse(received.query.as_bytes())
        .into_owned()
        .collect()
}

/// `x-amz-sso_bearer_token`
pub(crate) fn bearer(received: &Received<'_>) -> Option<String> {
    let value = received.headers.get("x-amz-sso_bearer_token")?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The members of a JSON object as text, lists with spaces between; nothing where the body is
/// something else.
fn json(body: &[u8]) -> Form {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return Form::new();
    };
    members
        .into_iter()
        .map(|(name, value)| (name, text(value)))
        .collect()
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().unwrap_or_default())
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    use super::*;

    fn asked(method: &str, path: &str, query: &str, body: &str) -> RoutedRequest {
        let headers = HeaderMap::new();
        route(&Received {
            method,
            path,
            query,
            headers: &headers,
            body: body.as_bytes(),
        })
    }

    #[test]
    fn everything_has_its_name_and_secrets_are_not_shown() {
        let token = asked(
            "POST",
            "/token",
            "",
            r#"{"clientId":"c","clientSecret":"0123456789","scope":["a","b"],"n":1}"#,
        );
        assert_eq!(
            (token.service, token.action.as_deref()),
            (SandboxService::Oidc, Some("CreateToken"))
        );
        let shown: Vec<String> = token
            .shown()
            .into_iter()
            .map(|(name, value)| name + "=" + &value)
            .collect();
        assert_eq!(
            shown,
            ["clientId=c", "clientSecret=01234567…", "n=1", "scope=a b"]
        );
        let roles = asked("GET", "/assignment/roles", "account_id=1&next_token=x", "");
        assert_eq!(
            (roles.service, roles.params.len()),
            (SandboxService::Portal, 2)
        );
        let sts = asked(
            "POST",
            "/",
            "",
            "Action=AssumeRole&Version=2011-06-15&code=0123456789",
        );
        assert_eq!(
            (sts.service, sts.action.as_deref()),
            (SandboxService::Sts, Some("AssumeRole"))
        );
        assert_eq!(sts.shown()["code"], "0123456789");
        assert_eq!(asked("GET", "/token", "", "").service, SandboxService::Sts);
        let signin = asked(
            "GET",
            "/federation",
            "Action=getSigninToken&Session=%7B%22sessionId%22",
            "",
        );
        assert_eq!(
            (signin.service, signin.action.as_deref()),
            (SandboxService::Federation, Some("getSigninToken"))
        );
        assert_eq!(signin.shown()["Session"], "{\"sessio…");
    }
}
