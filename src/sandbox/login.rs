//! AWS Sign-In, as far as a session of `aws login` is begun and renewed by it: a proof of the
//! session's key with each request, a code or a refresh token that is good for one, credentials for
//! fifteen minutes.
//!
//! Sources: the service model `signin/2023-01-01`; RFC 6749, 7636 and 9449. What it remembers is
//! `logins`; its pages are `login_page`'s.

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::credentials::rfc3339;
use crate::error::{Error, Result};
use crate::secret::Secret;

use super::answer::{AwsRefusal, Content};
use super::dpop;
use super::login_page::{self, CROSS_DEVICE, SAME_DEVICE, broken, host, invalid};
use super::logins::{End, SandboxLogin};
use super::sigv4::Received;
use super::state::{IssuedSession, Means, SignerIdentity, State};
use super::sts;

/// The longest that AWS gives credentials for, in seconds.
const SECONDS: u32 = 900;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginTokenRequest {
    client_id: String,
    grant_type: String,
    refresh_token: Option<Secret>,
    code: Option<Secret>,
    code_verifier: Option<Secret>,
    redirect_uri: Option<String>,
}

/// Answers a page, or `CreateOAuth2Token`; `now` is the machine's clock.
pub(crate) fn answer(
    state: &mut State,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> std::result::Result<Content, AwsRefusal> {
    let clock = state.clocks.server_at(now);
    match received.path {
        "/v1/authorize" => return login_page::authorize(state, received, clock),
        login_page::CONFIRMATION => return Ok(login_page::confirmation(received)),
        _ => {}
    }
    // serde's messages may quote what was sent.
    let asked: LoginTokenRequest =
        serde_json::from_slice(received.body).map_err(|_| invalid("Invalid request"))?;
    if ![SAME_DEVICE, CROSS_DEVICE].contains(&asked.client_id.as_str()) {
        return Err(invalid("Invalid clientId"));
    }
    let proof = proof(received, clock)?;
    if !state.logins.is_new(&proof.id) {
        return Err(invalid("Invalid DPoP proof: it was used before"));
    }
    match asked.grant_type.as_str() {
        "authorization_code" => begun(state, &asked, proof.key, clock),
        "refresh_token" => renewed(state, &asked, &proof.key, clock),
        _ => Err(invalid("Invalid grantType")),
    }
}

/// A code becomes a session of the key that the request was signed with.
fn begun(
    state: &mut State,
    asked: &LoginTokenRequest,
    key: Vec<u8>,
    clock: DateTime<Utc>,
) -> std::result::Result<Content, AwsRefusal> {
    let (Some(code), Some(verifier), Some(redirect_uri)) =
        (&asked.code, &asked.code_verifier, &asked.redirect_uri)
    else {
        return Err(invalid("Missing code, codeVerifier or redirectUri"));
    };
    let known = state.logins.code_mut(code.expose());
    let known = known.filter(|code| !code.is_used && clock < code.expires_at);
    let known = known.ok_or_else(|| {
        AwsRefusal::new(
            401,
            "AUTHCODE_EXPIRED",
            "The authorization code has expired",
        )
    })?;
    known.is_used = true;
    if known.client_id != asked.client_id || known.redirect_uri != *redirect_uri {
        return Err(invalid("The code is for another clientId or redirectUri"));
    }
    if !is_verifier(verifier.expose()) || known.challenge != challenge(verifier.expose()) {
        return Err(invalid("Invalid codeVerifier"));
    }
    let user_arn = known.user_arn.clone();
    let login = SandboxLogin {
        user_arn: user_arn.clone(),
        key,
        end: None,
    };
    let next = state.logins.begin(login).map_err(|error| broken(&error))?;
    let mut answer = answered(state, &user_arn, &next, clock)?;
    answer["idToken"] = id_token(&user_arn).into();
    Ok(Content::Json(answer))
}

/// RFC 7636 section 4.1.
fn is_verifier(text: &str) -> bool {
    let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    (43..=128).contains(&text.len()) && text.chars().all(is_unreserved)
}

fn challenge(verifier: &str) -> String {
    base64url(Sha256::digest(verifier))
}

/// A JWT that says whom it is of; nobody checks its signature.
fn id_token(user_arn: &str) -> String {
    let parts = [
        json!({ "alg": "ES384", "typ": "JWT" }),
        json!({ "sub": user_arn }),
    ];
    let [header, claims] = parts.map(|part| base64url(part.to_string()));
    format!("{header}.{claims}.{}", base64url("signature"))
}

/// RFC 4648 section 5, without padding.
fn base64url(bytes: impl AsRef<[u8]>) -> String {
    let standard = aws_smithy_types::base64::encode(bytes);
    standard
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

fn renewed(
    state: &mut State,
    asked: &LoginTokenRequest,
    key: &[u8],
    clock: DateTime<Utc>,
) -> std::result::Result<Content, AwsRefusal> {
    let token = asked
        .refresh_token
        .as_ref()
        .ok_or_else(|| invalid("Missing refreshToken"))?;
    if state
        .logins
        .holder(token.expose())
        .is_some_and(|login| login.key != key)
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
    answered(state, &login.user_arn, &next, clock).map(Content::Json)
}

fn answered(
    state: &mut State,
    user_arn: &str,
    next: &Secret,
    clock: DateTime<Utc>,
) -> std::result::Result<Value, AwsRefusal> {
    let session = issue(state, user_arn, SECONDS, clock).map_err(|error| broken(&error))?;
    Ok(json!({
        "accessToken": {
            "accessKeyId": session.access_key_id,
            "secretAccessKey": session.secret.expose(),
            "sessionToken": session.token.expose(),
        },
        "tokenType": "aws_sigv4",
        "expiresIn": SECONDS,
        "refreshToken": next.expose(),
    }))
}

/// That the request was made by who has the key, for this address and now.
fn proof(
    received: &Received<'_>,
    clock: DateTime<Utc>,
) -> std::result::Result<dpop::Proof, AwsRefusal> {
    let proof = received
        .headers
        .get("dpop")
        .ok_or_else(|| invalid("Missing DPoP proof"))?;
    let url = format!("http://{}/v1/token", host(received));
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
    let token = state.logins.begin(login)?;
    state.logins.keep_secret(pem.clone());
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
        "idToken": id_token(user),
        "clientId": SAME_DEVICE,
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
