//! The two addresses of the federation endpoint: one that gives a token for credentials, and one
//! that signs a browser in with it (docs/aws.md A8). Both are secrets.

use serde::Serialize;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::secret::Secret;

/// What a page of AWS calls whoever sent the browser.
const ISSUER: &str = "xacct";

/// `Session=`
#[derive(Serialize)]
struct FederatedSession<'a> {
    #[serde(rename = "sessionId")]
    id: &'a str,
    #[serde(rename = "sessionKey")]
    key: &'a str,
    #[serde(rename = "sessionToken")]
    token: &'a str,
}

/// Where a token is got: the address holds the whole credentials. `signin` is `https://HOST`.
pub(crate) fn token_address(
    signin: &str,
    credentials: &Credentials,
    session_duration: Option<u32>,
) -> Secret {
    let session = FederatedSession {
        id: credentials.access_key_id(),
        key: credentials.secret_access_key().expose(),
        token: credentials.session_token().map_or("", Secret::expose),
    };
    // Plain texts: serialising them cannot fail.
    let session = Zeroizing::new(serde_json::to_string(&session).unwrap_or_default());
    let mut query = Serializer::new(String::new());
    query.append_pair("Action", "getSigninToken");
    if let Some(seconds) = session_duration {
        query.append_pair("SessionDuration", &seconds.to_string());
    }
    query.append_pair("Session", &session);
    let query = Zeroizing::new(query.finish());
    Secret::new(format!(
        "{}/federation?{}",
        signin.trim_end_matches('/'),
        *query
    ))
}

/// Where the token signs whoever opens it in, for fifteen minutes.
pub(crate) fn login_address(signin: &str, destination: &str, token: &Secret) -> Secret {
    let mut query = Serializer::new(String::new());
    query
        .append_pair("Action", "login")
        .append_pair("Issuer", ISSUER)
        .append_pair("Destination", destination)
        .append_pair("SigninToken", token.expose());
    let query = Zeroizing::new(query.finish());
    Secret::new(format!(
        "{}/federation?{}",
        signin.trim_end_matches('/'),
        *query
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::sample;

    #[test]
    fn everything_is_encoded() {
        let credentials = sample("ASIA1", "a/b+c", Some("t=\"&"));
        let address = token_address("https://signin.aws.amazon.com/", &credentials, Some(900));
        assert_eq!(
            address.expose(),
            "https://signin.aws.amazon.com/federation?Action=getSigninToken&SessionDuration=900&Session=\
             %7B%22sessionId%22%3A%22ASIA1XXXXXXXXXXX%22%2C%22sessionKey%22%3A%22a%2Fb%2Bc%22%2C%22sessionToken%22%3A%22t%3D%5C%22\
             %26%22%7D"
        );
        let address = token_address("https://x", &credentials, None);
        assert!(!address.expose().contains("SessionDuration"));
        let address = login_address("https://x", "https://y/z?a=b#c", &Secret::new("t+/="));
        assert_eq!(
            address.expose(),
            "https://x/federation?Action=login&Issuer=xacct&Destination=https%3A%2F%2Fy%2Fz%3Fa%3Db%23c\
             &SigninToken=t%2B%2F%3D"
        );
    }
}
