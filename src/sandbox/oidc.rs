//! Identity Center's sign-in: clients, device codes, the browser's way with PKCE, tokens.
//!
//! Sources: the service model `sso-oidc/2019-06-10`; RFC 6749, 7636, 8252 and 8628. What it
//! remembers is `sign_in`.

mod register;

use chrono::{DateTime, Utc};
use hyper::header::HOST;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::secret::Secret;

use super::answer::{AwsRefusal, Content};
use super::params::Form;
use super::route::query;
use super::sign_in::{AuthorizationCode, Client, Mode, PortalTokens};
use super::sigv4::Received;
use super::state::State;

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How much longer the interval gets with each poll that came too early, in seconds (RFC 8628
/// section 3.5).
const SLOWER: i64 = 5;

/// Answers one of the actions that `route` knows; `now` is the machine's clock.
pub(crate) fn answer(
    state: &mut State,
    action: &str,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    let clock = state.clocks.server_at(now);
    match action {
        "RegisterClient" => register::register(state, body(received)?, clock),
        "StartDeviceAuthorization" => start_device(state, received, clock),
        "CreateToken" => create_token(state, &body(received)?, clock, now),
        "Authorize" => authorize(state, received, clock),
        _ => device_page(state, received, clock),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartDevice {
    client_id: String,
    client_secret: Secret,
    start_url: String,
}

fn start_device(
    state: &mut State,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    let asked: StartDevice = body(received)?;
    let client = client(state, &asked.client_id, &asked.client_secret, now)?;
    granted(&client, DEVICE_GRANT)?;
    let center = state.world.center(&asked.start_url);
    let start_url = center
        .ok_or_else(|| invalid("Invalid start url provided"))?
        .start_url
        .clone();
    let (code, device) = state
        .sign_in
        .device(&client.id, &start_url, now)
        .map_err(|error| broken(&error))?;
    let host = received
        .headers
        .get(HOST)
        .map(|host| String::from_utf8_lossy(host.as_bytes()).into_owned());
    let page = format!("http://{}/device", host.unwrap_or_default());
    Ok(Content::Json(json!({
        "deviceCode": code.expose(),
        "userCode": device.user_code,
        "verificationUri": page,
        "verificationUriComplete": format!("{page}?user_code={}", device.user_code),
        "expiresIn": state.sign_in.settings.expires_in,
        "interval": device.interval,
    })))
}

/// What a person sees who opens the page of a device code.
fn device_page(
    state: &State,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    let query = query(received);
    let code = query.get("user_code").map(|code| code.to_uppercase());
    let Some(code) = code else {
        return Ok(Content::Html(
            "Add ?user_code= and the code that you were shown to the address.".to_owned(),
        ));
    };
    let mut waiting = state
        .sign_in
        .waiting()
        .filter(|device| device.expires_at > now);
    let device = waiting.find(|device| device.user_code == code);
    let device = device.ok_or_else(|| invalid("Nobody waits for this code"))?;
    let center = state.world.center(&device.start_url);
    let (user, region) = center.map_or(("", ""), |center| (&center.user, &center.region));
    Ok(Content::Html(match state.sign_in.settings.mode {
        Mode::Approve => {
            format!(
                "{user} is signed in at {} ({region}). This page may be closed.",
                device.start_url
            )
        }
        Mode::Pending => "The sandbox was told to keep everybody waiting.".to_owned(),
        Mode::Deny => "The sandbox was told to say no.".to_owned(),
    }))
}

/// The browser's way: back to the client with a code, or with a no. Nobody is sent to an address
/// that was not registered.
fn authorize(
    state: &mut State,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    let query = query(received);
    let client = state
        .sign_in
        .client(part(&query, "client_id"))
        .filter(|client| client.expires_at > now);
    let client = client.cloned().ok_or_else(unknown_client)?;
    let redirect_uri = part(&query, "redirect_uri").to_owned();
    if !client
        .redirect_uris
        .iter()
        .any(|registered| register::is_same(registered, &redirect_uri))
    {
        return Err(invalid("Invalid redirect_uri provided"));
    }
    granted(&client, "authorization_code")?;
    let challenge = code_challenge(&query)?;
    let center = client
        .issuer
        .as_deref()
        .and_then(|issuer| state.world.center(issuer));
    let start_url = center
        .ok_or_else(|| invalid("Invalid issuer"))?
        .start_url
        .clone();
    let target =
        url::Url::parse(&redirect_uri).map_err(|_| invalid("Invalid redirect_uri provided"))?;
    let answer = match state.sign_in.settings.mode {
        Mode::Pending => {
            let text = "The sandbox was told to keep everybody waiting.";
            return Ok(Content::Html(text.to_owned()));
        }
        Mode::Deny => ("error", "access_denied".to_owned()),
        Mode::Approve => {
            let draft = AuthorizationCode {
                client_id: client.id,
                start_url,
                redirect_uri,
                challenge,
                expires_at: now,
                session: None,
            };
            let code = state.sign_in.authorize(draft, now);
            let code = code.map_err(|error| broken(&error))?;
            ("code", code.expose().to_owned())
        }
    };
    Ok(Content::Redirect(back(target, answer, query.get("state"))))
}

fn code_challenge(query: &Form) -> Result<String, AwsRefusal> {
    let challenge = part(query, "code_challenge");
    if part(query, "response_type") != "code"
        || part(query, "code_challenge_method") != "S256"
        || challenge.len() != 43
    {
        return Err(invalid(
            "response_type must be code, with a code_challenge by S256",
        ));
    }
    Ok(challenge.to_owned())
}

fn part<'a>(query: &'a Form, name: &str) -> &'a str {
    query.get(name).map(String::as_str).unwrap_or_default()
}

/// The address that the browser is sent back to.
fn back(mut target: url::Url, (name, value): (&str, String), state: Option<&String>) -> String {
    let mut pairs = target.query_pairs_mut();
    pairs.append_pair(name, &value);
    pairs.extend_pairs(state.map(|state| ("state", state)));
    drop(pairs);
    target.into()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateToken {
    client_id: String,
    client_secret: Secret,
    grant_type: String,
    device_code: Option<Secret>,
    code: Option<Secret>,
    code_verifier: Option<Secret>,
    redirect_uri: Option<String>,
    refresh_token: Option<Secret>,
}

/// `clock` is the server's; the machine's `now` times the polls, however far the server's is moved
/// between them.
fn create_token(
    state: &mut State,
    asked: &CreateToken,
    clock: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    let client = client(state, &asked.client_id, &asked.client_secret, clock)?;
    if ![DEVICE_GRANT, "authorization_code", "refresh_token"].contains(&asked.grant_type.as_str()) {
        return Err(AwsRefusal::new(
            400,
            "UnsupportedGrantTypeException",
            "Unsupported grant type",
        ));
    }
    granted(&client, &asked.grant_type)?;
    let tokens = match asked.grant_type.as_str() {
        "refresh_token" => {
            let token = asked
                .refresh_token
                .as_ref()
                .ok_or_else(|| invalid("Missing refreshToken"))?;
            let centers = &state.world.identity_center;
            let tokens = state
                .sign_in
                .refresh(token.expose(), &client, centers, clock)
                .map_err(|error| broken(&error))?;
            tokens.ok_or_else(|| invalid_grant("Invalid refresh token provided"))?
        }
        "authorization_code" => by_code(state, &client, asked, clock)?,
        _ => by_device(state, &client, asked, clock, now)?,
    };
    let mut answer = json!({
        "accessToken": tokens.access.expose(),
        "expiresIn": tokens.expires_in,
        "tokenType": "Bearer",
    });
    if let Some(token) = &tokens.refresh {
        answer["refreshToken"] = token.expose().into();
    }
    Ok(Content::Json(answer))
}

fn by_code(
    state: &mut State,
    client: &Client,
    asked: &CreateToken,
    now: DateTime<Utc>,
) -> Result<PortalTokens, AwsRefusal> {
    let (Some(sent), Some(verifier), Some(redirect_uri)) =
        (&asked.code, &asked.code_verifier, &asked.redirect_uri)
    else {
        return Err(invalid("Missing code, codeVerifier or redirectUri"));
    };
    if !is_verifier(verifier.expose()) {
        return Err(invalid("Invalid codeVerifier"));
    }
    let known = state
        .sign_in
        .code_mut(sent.expose())
        .filter(|code| code.client_id == client.id);
    let known = known
        .cloned()
        .ok_or_else(|| invalid_grant("Invalid authorization code provided"))?;
    if let Some(session) = known.session {
        // Somebody else had the code too: what it gave is worth nothing (RFC 6749 section 4.1.2).
        state.sign_in.end(session, now);
        return Err(invalid_grant("Invalid authorization code provided"));
    }
    if known.expires_at <= now || known.redirect_uri != *redirect_uri {
        return Err(invalid_grant("Invalid authorization code provided"));
    }
    if challenge(verifier.expose()) != known.challenge {
        return Err(invalid_grant("Invalid code verifier provided"));
    }
    let (session, tokens) = sign_in(state, client, &known.start_url, now)?;
    if let Some(code) = state.sign_in.code_mut(sent.expose()) {
        code.session = Some(session);
    }
    Ok(tokens)
}

/// RFC 7636 section 4.1.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c))
}

fn by_device(
    state: &mut State,
    client: &Client,
    asked: &CreateToken,
    clock: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<PortalTokens, AwsRefusal> {
    let sent = asked
        .device_code
        .as_ref()
        .ok_or_else(|| invalid("Missing deviceCode"))?;
    let mode = state.sign_in.settings.mode;
    let device = state
        .sign_in
        .device_mut(sent.expose())
        .filter(|device| device.client_id == client.id);
    let device = device.filter(|device| !device.used);
    let device = device.ok_or_else(|| invalid_grant("Invalid device code provided"))?;
    if device.expires_at <= clock {
        return Err(AwsRefusal::new(
            400,
            "ExpiredTokenException",
            "Expired device code provided",
        ));
    }
    let since = device
        .polled_at
        .replace(now)
        .map(|last| (now - last).num_milliseconds());
    if since.is_some_and(|since| since < device.interval * 1000) {
        device.interval += SLOWER;
        return Err(AwsRefusal::new(
            400,
            "SlowDownException",
            "Polled sooner than the interval allows",
        ));
    }
    match mode {
        Mode::Pending => Err(AwsRefusal::new(
            400,
            "AuthorizationPendingException",
            "Authorization pending",
        )),
        Mode::Deny => Err(AwsRefusal::new(
            400,
            "AccessDeniedException",
            "The user did not grant the request",
        )),
        Mode::Approve => {
            device.used = true;
            let start_url = device.start_url.clone();
            sign_in(state, client, &start_url, clock).map(|(_, tokens)| tokens)
        }
    }
}

fn sign_in(
    state: &mut State,
    client: &Client,
    start_url: &str,
    now: DateTime<Utc>,
) -> Result<(usize, PortalTokens), AwsRefusal> {
    let center = state
        .world
        .center(start_url)
        .ok_or_else(|| invalid("Invalid start url provided"))?;
    state
        .sign_in
        .sign_in(client, center, now)
        .map_err(|error| broken(&error))
}

/// The client, where it knows its secret and its registration has not ended.
fn client(
    state: &State,
    id: &str,
    secret: &Secret,
    now: DateTime<Utc>,
) -> Result<Client, AwsRefusal> {
    let known = state
        .sign_in
        .client(id)
        .filter(|client| client.secret == *secret);
    known
        .filter(|client| client.expires_at > now)
        .cloned()
        .ok_or_else(unknown_client)
}

fn granted(client: &Client, grant_type: &str) -> Result<(), AwsRefusal> {
    if client
        .grant_types
        .iter()
        .any(|granted| granted == grant_type)
    {
        return Ok(());
    }
    let message = "The client is not registered for this grant type";
    Err(AwsRefusal::new(400, "UnauthorizedClientException", message))
}

/// PKCE's `S256`: base64url of the SHA-256, without padding.
fn challenge(verifier: &str) -> String {
    let standard = aws_smithy_types::base64::encode(Sha256::digest(verifier));
    standard
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

fn body<T: DeserializeOwned>(received: &Received<'_>) -> Result<T, AwsRefusal> {
    // serde's messages may quote what was sent.
    serde_json::from_slice(received.body).map_err(|_| invalid("Invalid request"))
}

fn invalid(message: &str) -> AwsRefusal {
    AwsRefusal::new(400, "InvalidRequestException", message)
}

fn invalid_grant(message: &str) -> AwsRefusal {
    AwsRefusal::new(400, "InvalidGrantException", message)
}

fn unknown_client() -> AwsRefusal {
    AwsRefusal::new(401, "InvalidClientException", "Invalid client provided")
}

fn broken(error: &crate::error::Error) -> AwsRefusal {
    AwsRefusal::new(500, "InternalServerException", error.to_string())
}

#[cfg(test)]
mod tests;
