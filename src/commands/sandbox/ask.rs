//! `xacct sandbox code` and `xacct sandbox log`: what the sandbox around this process has to say.

use std::io::Write;

use serde_json::Value;

use crate::env::Env;
use crate::error::{Error, Result};
use crate::sandbox::client;
use crate::say::{self, Voice};

/// Prints the device's current code, or the sandbox's first device's; with `fresh`, one that was
/// not used yet.
pub(crate) fn code(
    device: Option<&str>,
    fresh: bool,
    env: &Env,
    voice: Voice,
    out: &mut impl Write,
) -> Result<()> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(device.map(|serial| ("device", serial)));
    query.extend_pairs(fresh.then_some(("fresh", "1")));
    let answer = client::get(endpoint(env)?, &format!("code?{}", query.finish()))?;
    let code = answer
        .get("code")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if answer
        .get("used")
        .and_then(Value::as_bool)
        .unwrap_or_default()
    {
        let seconds = answer
            .get("seconds_left")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        voice.note(&format!(
            "this code was used, and AWS takes a code once: the next one comes in {seconds}s, or \
             now with --fresh"
        ));
    }
    print(out, &format!("{code}\n"))
}

/// Prints the request log, one request a line, or as the JSON it is.
pub(crate) fn log(json: bool, env: &Env, out: &mut impl Write) -> Result<()> {
    let log = client::get(endpoint(env)?, "log")?;
    if json {
        return print(out, &format!("{log:#}\n"));
    }
    let lines: Vec<String> = log.as_array().into_iter().flatten().map(line).collect();
    print(out, &lines.concat())
}

/// `3 AssumeRole eu-central-1 AKIA… 403 AccessDenied RoleArn=… RoleSessionName=…`
fn line(entry: &Value) -> String {
    let mut words: Vec<String> = ["n", "action", "region", "access_key_id", "status"]
        .into_iter()
        .map(|name| field(entry, name))
        .collect();
    words.extend(
        ["code", "fault"]
            .into_iter()
            .map(|name| field(entry, name))
            .filter(|text| text != "-"),
    );
    let params = entry
        .get("params")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    words.extend(
        params.map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default())),
    );
    say::visible(&words.join(" ")) + "\n"
}

fn field(entry: &Value, name: &str) -> String {
    match entry.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "-".to_owned(),
        Some(other) => other.to_string(),
    }
}

fn endpoint(env: &Env) -> Result<&str> {
    env.get("XACCT_SANDBOX").ok_or_else(|| {
        Error::other("this is not a sandbox: XACCT_SANDBOX is not set")
            .hint("start one with: xacct sandbox")
            .hint("in another terminal, set it as the sandbox said when it started")
    })
}

fn print(out: &mut impl Write, text: &str) -> Result<()> {
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Error::other(format!("cannot write to stdout: {error}")))
}
