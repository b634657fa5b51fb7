//! `/_sandbox/…`: how a person or a test talks to the sandbox itself. JSON in, JSON out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::secret::Secret;

use super::desk::Desk;
use super::faults::Fault;
use super::login;
use super::logins::End;
use super::sign_in::{Mode, SignInSettings};
use super::sigv4::Received;
use super::state::{Clocks, State};

/// Where the control API begins.
pub(crate) const PREFIX: &str = "/_sandbox/";

/// An HTTP status and what to send with it.
type Answer = (u16, Value);

/// Answers a control request; `port` is the server's own.
pub(crate) fn answer(
    desk: &mut Desk,
    received: &Received<'_>,
    port: u16,
    now: DateTime<Utc>,
) -> Answer {
    if let Err(reason) = check_origin(received, port) {
        return (403, json!({ "error": reason }));
    }
    match done(desk, received, now) {
        Ok(value) => (200, value),
        Err((status, error)) => (status, json!({ "error": error })),
    }
}

/// Does what a control request asks for.
fn done(
    desk: &mut Desk,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> Result<Value, (u16, String)> {
    let name = received.path.strip_prefix(PREFIX).unwrap_or_default();
    match (received.method, name) {
        ("GET", "log") => serde_json::to_value(&desk.log).map_err(|error| (500, error.to_string())),
        ("DELETE", "log") => {
            desk.log.clear();
            Ok(json!({}))
        }
        ("POST", "fault") => body::<Fault>(received).map(|fault| {
            desk.faults.add(fault);
            json!({})
        }),
        ("DELETE", "fault") => {
            desk.faults.clear();
            Ok(json!({}))
        }
        ("GET", "clock") => Ok(clocks(desk.state.clocks, now)),
        ("POST", "clock") => body::<SetClock>(received).and_then(|set| {
            desk.state.clocks = set.apply(desk.state.clocks, now)?;
            Ok(clocks(desk.state.clocks, now))
        }),
        ("GET", "code") => code(desk, received, now),
        ("GET", "secrets") => {
            let secrets: Vec<&str> = desk.state.secrets().map(Secret::expose).collect();
            Ok(json!(secrets))
        }
        ("POST", "forget") => body::<SessionFilter>(received)
            .map(|which| json!({ "sessions": desk.state.forget(which.id()) })),
        ("POST", "expire") => body::<SessionFilter>(received).map(|which| {
            let now = desk.state.clocks.server_at(now);
            json!({ "sessions": desk.state.expire(which.id(), now) })
        }),
        ("GET", "sign_in") => Ok(sign_in(&desk.state)),
        ("POST", "sign_in") => body::<SetSignIn>(received).map(|set| {
            set.apply(&mut desk.state.sign_in.settings);
            sign_in(&desk.state)
        }),
        ("POST", "sign_out") => {
            let now = desk.state.clocks.server_at(now);
            Ok(json!({ "sessions": desk.state.sign_in.sign_out_all(now) }))
        }
        ("POST", "login") => body::<BeginLogin>(received).and_then(|asked| {
            let now = desk.state.clocks.server_at(now);
            login::begin(&mut desk.state, &asked.user, asked.seconds, now)
                .map_err(|error| (404, error.to_string()))
        }),
        ("POST", "end_logins") => body::<EndLogins>(received)
            .map(|asked| json!({ "logins": desk.state.logins.end(asked.error) })),
        ("POST", "forget_clients") => Ok(json!({ "clients": desk.state.sign_in.forget_clients() })),
        (method, _) => Err((404, format!("unknown {method} {}", received.path))),
    }
}

/// A web page must not be able to talk to the sandbox, whatever name it gave to 127.0.0.1.
fn check_origin(received: &Received<'_>, port: u16) -> Result<(), String> {
    let host = header(received, "host").unwrap_or_default();
    if host != format!("127.0.0.1:{port}") && host != format!("localhost:{port}") {
        return Err(format!("host '{host}' is not the sandbox"));
    }
    header(received, "origin").map_or(Ok(()), |origin| {
        Err(format!("a page of {origin} may not control the sandbox"))
    })
}

fn header<'a>(received: &'a Received<'_>, name: &str) -> Option<Cow<'a, str>> {
    let value = received.headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()))
}

/// `{"offset_seconds":…, "at":…, "mfa_offset_seconds":…, "date_offset_seconds":…}`: what is absent
/// stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetClock {
    /// The server's clock, away from the machine's.
    offset_seconds: Option<i64>,
    /// The server's clock, as the time that it is to show now.
    at: Option<DateTime<Utc>>,
    mfa_offset_seconds: Option<i64>,
    date_offset_seconds: Option<i64>,
}

impl SetClock {
    fn apply(self, clocks: Clocks, now: DateTime<Utc>) -> Result<Clocks, (u16, String)> {
        let server = match (self.offset_seconds, self.at) {
            (Some(_), Some(_)) => {
                return Err((400, "give offset_seconds or at, not both".to_owned()));
            }
            (Some(seconds), None) => seconds,
            (None, Some(at)) => (at - now).num_seconds(),
            (None, None) => clocks.server,
        };
        let mfa = self.mfa_offset_seconds.unwrap_or(clocks.mfa);
        let date = self.date_offset_seconds.unwrap_or(clocks.date);
        // A century either way; more would leave the calendar that dates are printed in.
        if [server, mfa, date]
            .iter()
            .any(|seconds| seconds.abs() > 3_155_760_000)
        {
            return Err((
                400,
                "a clock can be set a hundred years off at most".to_owned(),
            ));
        }
        Ok(Clocks { server, mfa, date })
    }
}

fn clocks(clocks: Clocks, now: DateTime<Utc>) -> Value {
    json!({
        "now": clocks.server_at(now).to_rfc3339_opts(SecondsFormat::Secs, true),
        "offset_seconds": clocks.server,
        "mfa_offset_seconds": clocks.mfa,
        "date_offset_seconds": clocks.date,
    })
}

/// `{"access_key_id":…}`, or `{}` for all sessions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionFilter {
    access_key_id: Option<String>,
}

impl SessionFilter {
    fn id(&self) -> Option<&str> {
        self.access_key_id.as_deref()
    }
}

/// `{"user":ARN,"seconds":…}`: that user runs `aws login`, and its first credentials are good for
/// so long.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BeginLogin {
    user: String,
    seconds: u32,
}

/// `{"error":"TOKEN_EXPIRED"|"USER_CREDENTIALS_CHANGED"|"INSUFFICIENT_PERMISSIONS"}`: what all
/// sessions of `aws login` are told from now on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndLogins {
    error: End,
}

/// `?device=SERIAL&fresh=1`, both optional.
fn code(desk: &Desk, received: &Received<'_>, now: DateTime<Utc>) -> Result<Value, (u16, String)> {
    let query: BTreeMap<String, String> = url::form_urlencoded::parse(received.query.as_bytes())
        .into_owned()
        .collect();
    let serial = query.get("device").map(String::as_str);
    let device = desk.state.world.device(serial).ok_or_else(|| {
        let which = serial.map_or_else(String::new, |serial| format!(" '{serial}'"));
        (404, format!("there is no MFA device{which} in the sandbox"))
    })?;
    let fresh = query.get("fresh").is_some_and(|value| value == "1");
    let seconds = desk.state.clocks.mfa_at(now);
    let code = desk.state.code(device, seconds, fresh).ok_or_else(|| {
        (
            409,
            "this code and the next were used: wait for the one after, or move the MFA clock"
                .to_owned(),
        )
    })?;
    Ok(json!({
        "device": device.serial,
        "code": code.digits,
        "seconds_left": code.seconds_left,
        "used": code.used,
    }))
}

/// `{"mode":"approve"|"pending"|"deny","interval":…,"expires_in":…}`: what is absent stays; both in
/// seconds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetSignIn {
    mode: Option<Mode>,
    interval: Option<u32>,
    expires_in: Option<u32>,
    user: Option<String>,
    login: Option<String>,
}

impl SetSignIn {
    fn apply(self, settings: &mut SignInSettings) {
        settings.mode = self.mode.unwrap_or(settings.mode);
        settings.interval = self.interval.unwrap_or(settings.interval);
        settings.expires_in = self.expires_in.unwrap_or(settings.expires_in);
        settings.user = self.user.or_else(|| settings.user.take());
        settings.login = self.login.or_else(|| settings.login.take());
    }
}

/// The settings, and the codes of the devices that wait.
fn sign_in(state: &State) -> Value {
    let mut shown = json!(state.sign_in.settings);
    shown["user_codes"] = state
        .sign_in
        .waiting()
        .map(|device| device.user_code.as_str())
        .collect();
    shown
}

/// An absent body counts as `{}`.
fn body<T: DeserializeOwned>(received: &Received<'_>) -> Result<T, (u16, String)> {
    let text = if received.body.is_empty() {
        b"{}"
    } else {
        received.body
    };
    serde_json::from_slice(text).map_err(|error| (400, error.to_string()))
}
