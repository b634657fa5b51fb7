//! The pages of AWS Sign-In that `aws login` opens: where somebody signs in at once, with the
//! challenge of PKCE, and the one that shows a code to type elsewhere.
//!
//! Sources: AWS CLI `customizations/login/utils.py`; RFC 6749, 7636 and 8252.

use std::net::Ipv4Addr;

use chrono::{DateTime, TimeDelta, Utc};
use hyper::header::{HOST, HeaderValue};

use crate::error::Error;

use super::answer::{AwsRefusal, Content};
use super::logins::LoginCode;
use super::params::Form;
use super::route::query;
use super::sign_in::Mode;
use super::sigv4::Received;
use super::state::State;

pub(super) const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
pub(super) const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";
/// How long a code is good for, in minutes. AWS does not say.
const CODE_MINUTES: i64 = 2;
/// The challenge's only method, which is not called `S256` here.
const METHOD: &str = "SHA-256";
/// The page that shows a code.
pub(crate) const CONFIRMATION: &str = "/v1/sessions/confirmation";
/// The path on the machine of whoever asks.
const CALLBACK: &str = "/oauth/callback";

/// `/v1/authorize`: back to the client with a code, or with a no; `now` is the server's clock.
/// Nobody is sent to an address that the client may not have.
pub(crate) fn authorize(
    state: &mut State,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    let query = query(received);
    let part = |name: &str| query.get(name).cloned().unwrap_or_default();
    let (client_id, redirect_uri) = (part("client_id"), part("redirect_uri"));
    let target = target(&client_id, &redirect_uri, &host(received))?;
    let (challenge, sent_state) = (part("code_challenge"), part("state"));
    check(&query, &challenge, &sent_state)?;
    let answer = match state.sign_in.settings.mode {
        Mode::Pending => {
            let text = "The sandbox was told to keep everybody waiting.";
            return Ok(Content::Html(text.to_owned()));
        }
        Mode::Deny => ("error", "access_denied".to_owned()),
        Mode::Approve => {
            let user_arn = visitor(state)?;
            let code = state.logins.authorize(LoginCode {
                client_id,
                redirect_uri,
                challenge,
                user_arn,
                expires_at: now + TimeDelta::minutes(CODE_MINUTES),
                is_used: false,
            });
            let code = code.map_err(|error| broken(&error))?;
            ("code", code.expose().to_owned())
        }
    };
    let mut back = target;
    back.query_pairs_mut()
        .append_pair(answer.0, &answer.1)
        .append_pair("state", &sent_state);
    Ok(Content::Redirect(back.into()))
}

fn check(query: &Form, challenge: &str, state: &str) -> Result<(), AwsRefusal> {
    let wanted = [
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge_method", METHOD),
    ];
    for (name, value) in wanted {
        if query.get(name).map(String::as_str) != Some(value) {
            return Err(invalid(&format!("{name} must be {value}")));
        }
    }
    let is_base64url = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if challenge.len() != 43 || !challenge.chars().all(is_base64url) {
        return Err(invalid("Invalid code_challenge"));
    }
    if state.is_empty() {
        return Err(invalid("Missing state"));
    }
    Ok(())
}

/// The address that this client may name: on the same device a port of its own, elsewhere the page
/// that shows the code.
fn target(client_id: &str, redirect_uri: &str, host: &str) -> Result<url::Url, AwsRefusal> {
    let url = url::Url::parse(redirect_uri).map_err(|_| invalid("Invalid redirect_uri"))?;
    let is_loopback = url.scheme() == "http"
        && url.host() == Some(url::Host::Ipv4(Ipv4Addr::LOCALHOST))
        && url.path() == CALLBACK
        && url.query().is_none();
    let is_allowed = match client_id {
        SAME_DEVICE => is_loopback && url.port().is_some(),
        CROSS_DEVICE => redirect_uri == format!("http://{host}{CONFIRMATION}"),
        _ => return Err(invalid("Invalid client_id")),
    };
    is_allowed
        .then_some(url)
        .ok_or_else(|| invalid("Invalid redirect_uri"))
}

/// Who is at the browser: whom the test has named, else the first user there is.
fn visitor(state: &State) -> Result<String, AwsRefusal> {
    if let Some(user) = &state.sign_in.settings.login {
        return Ok(user.clone());
    }
    let mut accounts = state.world.account.iter();
    accounts
        .find_map(|account| Some(account.user_arn(account.user.first()?)))
        .ok_or_else(|| invalid("There is no user to sign in"))
}

/// [`CONFIRMATION`]: the code with its state, in one word to be typed.
pub(crate) fn confirmation(received: &Received<'_>) -> Content {
    let query = query(received);
    if let Some(error) = query.get("error") {
        return Content::Html(format!("The sign-in was refused: {error}"));
    }
    let part = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let text = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("state", part("state"))
        .append_pair("code", part("code"))
        .finish();
    Content::Html(aws_smithy_types::base64::encode(text))
}

/// The name and port that the request was sent to.
pub(super) fn host(received: &Received<'_>) -> String {
    let host = received
        .headers
        .get(HOST)
        .map_or(&[][..], HeaderValue::as_bytes);
    String::from_utf8_lossy(host).into_owned()
}

pub(super) fn invalid(message: &str) -> AwsRefusal {
    AwsRefusal::new(400, "INVALID_REQUEST", message)
}

pub(super) fn broken(error: &Error) -> AwsRefusal {
    AwsRefusal::new(500, "server_error", error.to_string())
}
