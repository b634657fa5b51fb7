//! AWS Sign-In, as far as a session of `aws login` is renewed by it: a proof of the session's key
//! with each request, a refresh token that is good for one, credentials for fifteen minutes.
//!
//! Sources: the service model `signin/2023-01-01`; RFC 6749 and 9449. What it remembers is
//! `logins`.

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use chrono::{DateTime, Utc};
use hyper::header::{HOST, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::credentials::rfc3339;
use crate::error::{Error, Result};
use crate::secret::Secret;

use super::answer::{AwsRefusal, Content};
use super::dpop;
use super::logins::{End, SandboxLogin};
use super::sigv4::Received;
use super::state::{IssuedSession, Means, SignerIdentity, State};
use super::sts;

/// The longest that AWS gives credentials for, in seconds.
const SECONDS: u32 = 900;
const CLIENTS: [&str; 2] = [
    "arn:aws:signin:::devtools/same-device",
    "arn:aws:signin:::devtools/cross-device",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginTokenRequest {
    client_id: String,
    grant_type: String,
    refresh_token: Option<Secret>,
}

/// Answers `CreateOAuth2Token`; `now` is the machine's clock.
pub(crate) fn answer(
    state: &mut State,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> std::result::Result<Content, AwsRefusal> {
    let clock = state.clocks.server_at(now);
    // serde's messages may quote what was sent.
    let asked: LoginTokenRequest =
        serde_json::from_slice(received.body).map_err(|_| invalid("Invalid request"))?;
    if !CLIENTS.contains(&asked.client_id.as_str()) || asked.grant_type != "refresh_token" {
        return Err(invalid("Invalid clientId or grantType"));
    }
    let token = asked
        .refresh_token
        .ok_or_else(|| invalid("Missing refreshToken"))?;
    let proof = proof(received, clock)?;
    if !state.logins.is_new(&proof.id) {
        return Err(invalid("Invalid DPoP proof: it was used before"));
    }
    if state
        .logins
        .holder(token.expose())
        .is_some_and(|login| login.key != proof.key)
    {
        return Err(invalid(
            "Invalid DPoP proof: the refresh token is bound to another key",
        ));
    }
    let (login, next) = state
        .logins
        .spend(token.expose())
        .map_err(|error| broken(&error))?
        .ok_or_else(expired)?;
    if let Some(end) = login.end {
        return Err(ended(end));
    }
    let session = issue(state, &login.user_arn, SECONDS, clock).map_err(|error| broken(&error))?;
    Ok(Content::Json(json!({
        "accessToken": {
            "accessKeyId": session.access_key_id,
            "secretAccessKey": session.secret.expose(),
            "sessionToken": session.token.expose(),
        },
        "tokenType": "aws_sigv4",
        "expiresIn": SECONDS,
        "refreshToken": next.expose(),
    })))
}

/// That the request was made by who has the key, for this address and now.
fn proof(
    received: &Received<'_>,
    clock: DateTime<Utc>,
) -> std::result::Result<dpop::Proof, AwsRefusal> {
    let host = received
        .headers
        .get(HOST)
        .map_or(&[][..], HeaderValue::as_bytes);
    let host = String::from_utf8_lossy(host);
    let proof = received
        .headers
        .get("dpop")
        .ok_or_else(|| invalid("Missing DPoP proof"))?;
    let url = format!("http://{host}/v1/token");
    dpop::check(
        &String::from_utf8_lossy(proof.as_bytes()),
        &url,
        clock.timestamp(),
    )
    .map_err(|why| invalid(&format!("Invalid DPoP proof: {why}")))
}

fn ended(end: End) -> AwsRefusal {
    match end {
        End::TokenExpired => expired(),
        End::UserCredentialsChanged => AwsRefusal::new(
            400,
            "USER_CREDENTIALS_CHANGED",
            "The user's password was changed",
        ),
        End::InsufficientPermissions => AwsRefusal::new(
            400,
            "INSUFFICIENT_PERMISSIONS",
            "The user may not call signin:CreateOAuth2Token",
        ),
    }
}

/// What `aws login` does for this user: a session, and the file that it leaves. `now` is the
/// server's clock.
///
/// Errors: there is no such user.
pub(crate) fn begin(
    state: &mut State,
    user: &str,
    seconds: u32,
    now: DateTime<Utc>,
) -> Result<Value> {
    let identity = identity(state, user)?;
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(no_key)?;
    let der: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().map_err(no_key)?;
    let pem = Secret::new(pem(der.as_ref()));
    let login = SandboxLogin {
        user_arn: user.to_owned(),
        key: pair.public_key().as_ref().to_vec(),
        end: None,
    };
    let token = state.logins.begin(login, pem.clone())?;
    let session = issue(state, user, seconds, now)?;
    Ok(json!({
        "accessToken": {
            "accessKeyId": session.access_key_id,
            "secretAccessKey": session.secret.expose(),
            "sessionToken": session.token.expose(),
            "accountId": identity.account_id,
            "expiresAt": rfc3339(session.expiration),
        },
        "tokenType": "aws_sigv4",
        "refreshToken": token.expose(),
        "idToken": "the.id.token",
        "clientId": CLIENTS[0],
        "dpopKey": pem.expose(),
    }))
}

fn no_key(_: Unspecified) -> Error {
    Error::other("the system made no key")
}

fn issue(state: &mut State, user: &str, seconds: u32, now: DateTime<Utc>) -> Result<IssuedSession> {
    let identity = identity(state, user)?;
    state.issue(identity, Means::SessionToken { mfa_at: None }, seconds, now)
}

fn identity(state: &State, arn: &str) -> Result<SignerIdentity> {
    let users = state
        .world
        .account
        .iter()
        .flat_map(|account| account.user.iter().map(move |user| (account, user)));
    let mut users = users.filter(|(account, user)| account.user_arn(user) == arn);
    let (account, user) = users
        .next()
        .ok_or_else(|| Error::other(format!("there is no user {arn} in the sandbox")))?;
    Ok(sts::user_identity(account, user))
}

/// The `EC PRIVATE KEY` of RFC 5915 and 7468.
fn pem(der: &[u8]) -> String {
    let text = aws_smithy_types::base64::encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap_or_default())
        .collect();
    format!(
        "-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----\n",
        lines.join("\n")
    )
}

fn expired() -> AwsRefusal {
    AwsRefusal::new(400, "TOKEN_EXPIRED", "The refresh token has expired")
}

fn invalid(message: &str) -> AwsRefusal {
    AwsRefusal::new(400, "INVALID_REQUEST", message)
}

fn broken(error: &Error) -> AwsRefusal {
    AwsRefusal::new(500, "server_error", error.to_string())
}
