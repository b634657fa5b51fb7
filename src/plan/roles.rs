//! The `AssumeRole` requests of a chain, parameter by parameter, each held to STS's constraints.

use super::chain::Chain;
use super::link::{Link, Value};
use super::{Action, AssumeRole, Request, checks};
use crate::duration;
use crate::env::Env;
use crate::error::{Error, Result};

/// One request a role profile, in the order they are sent, with the profile's name.
pub(super) fn steps(chain: &Chain<'_>, request: &Request, env: &Env) -> Result<Vec<(String, AssumeRole)>> {
    let links = chain.links[..chain.roles].iter().rev();
    links.map(|link| Ok((link.profile.name.clone(), role(link, request, env)?))).collect()
}

fn role(link: &Link<'_>, request: &Request, env: &Env) -> Result<AssumeRole> {
    let text = |key: &str| link.value(key).map(|value| value.text.to_owned());
    let mut role = AssumeRole {
        role_arn: text("role_arn").unwrap_or_default(),
        role_session_name: text("role_session_name").unwrap_or_else(|| default_session_name(env)),
        external_id: text("external_id"),
        duration_seconds: duration_seconds(link)?,
        serial_number: None,
        source_identity: text("source_identity"),
        tags: session_tags(link)?,
        transitive_tag_keys: link.value("transitive_session_tags").map(|v| list(v.text)).unwrap_or_default(),
        policy: session_policy(link)?,
        policy_arns: link.value("session_policy_arns").map(|v| list(v.text)).unwrap_or_default(),
    };
    let mut read_only = link.flag("read_only");
    if link.request.is_some() {
        for (key, value) in &request.tags {
            role.tags.retain(|(other, _)| other != key);
            role.tags.push((key.clone(), value.clone()));
        }
        role.policy = request.policy.clone().or(role.policy);
        role.policy_arns.extend(request.policy_arns.iter().cloned());
        read_only |= request.read_only;
    }
    if read_only {
        let partition = crate::arn::Arn::parse(&role.role_arn).map_or("aws", |arn| arn.partition);
        role.policy_arns.push(format!("arn:{partition}:iam::aws:policy/ReadOnlyAccess"));
        role.policy_arns.dedup();
    }
    checks::action(&Action::AssumeRole(role.clone())).map_err(|(key, why)| refused(link, key, &why))?;
    Ok(role)
}

/// STS would refuse it: say where it stands and what is wrong.
fn refused(link: &Link<'_>, key: &str, why: &str) -> Error {
    match link.value(key) {
        Some(value) => value.error(&format!("{key} {why}")),
        None => Error::config(format!("profile '{}': {key} {why}", link.profile.name)),
    }
}

/// `--duration`, else `duration_seconds`, else STS's default of an hour.
fn duration_seconds(link: &Link<'_>) -> Result<u32> {
    if let Some(seconds) = link.request.and_then(|request| request.duration_seconds) {
        return checks::role_duration(seconds)
            .map_err(|why| Error::config(format!("--duration: the duration {why}")));
    }
    let Some(value) = link.value("duration_seconds") else { return Ok(3600) };
    seconds(&value, "duration_seconds", checks::role_duration)
}

/// A duration within what STS takes.
pub(super) fn seconds(
    value: &Value<'_>,
    key: &str,
    check: fn(u64) -> std::result::Result<u32, String>,
) -> Result<u32> {
    let seconds = duration::parse(value.text).map_err(|why| value.error(&format!("{key}: {why}")))?;
    check(seconds).map_err(|why| value.error(&format!("{key} {why}")))
}

/// `session_tags = Team=payments, Env=prod` (aws-vault's form).
fn session_tags(link: &Link<'_>) -> Result<Vec<(String, String)>> {
    let Some(value) = link.value("session_tags") else { return Ok(Vec::new()) };
    list(value.text)
        .iter()
        .map(|pair| match pair.split_once('=') {
            Some((key, text)) => Ok((key.trim().to_owned(), text.trim().to_owned())),
            None => Err(value
                .error(&format!("session_tags: '{pair}' is not KEY=VALUE"))
                .hint("write them like session_tags = Team=payments, Env=prod")),
        })
        .collect()
}

/// The policy's JSON text itself.
fn session_policy(link: &Link<'_>) -> Result<Option<String>> {
    let Some(value) = link.value("session_policy") else { return Ok(None) };
    if value.text.starts_with('{') {
        return Ok(Some(value.text.to_owned()));
    }
    Err(value.error("session_policy is not a JSON object").hint("for a file, use --policy FILE"))
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// `xacct-alice`: who it is in CloudTrail. The same each time, so that it does not make another key each time.
fn default_session_name(env: &Env) -> String {
    let user = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| env.get(name)).unwrap_or("user");
    let mut name = String::from("xacct-");
    name.extend(
        user.chars().map(|c| if c.is_ascii_alphanumeric() || "+=,.@-_".contains(c) { c } else { '-' }),
    );
    name.truncate(64);
    name
}
