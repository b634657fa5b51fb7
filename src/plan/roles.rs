//! The `AssumeRole` requests of a chain, parameter by parameter, each held to STS's constraints.

use super::chain::Chain;
use super::chain_profile::{Link, Value};
use super::narrow::{self, PolicyText};
use super::source::Source;
use super::{Action, AssumeRole, checks, inherited};
use crate::config::{Config, Key};
use crate::duration;
use crate::env::Env;
use crate::error::{Error, Result};

/// What requests are made of, beside the profiles.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) config: &'a Config,
    pub(super) env: &'a Env,
    /// What stands in the policy files that the chain names.
    pub(super) policies: &'a [PolicyText],
}

/// One request a role profile, in the order they are sent, with the profile's name.
pub(super) fn steps(chain: &Chain<'_>, given: Given<'_>) -> Result<Vec<(String, AssumeRole)>> {
    let links: Vec<&Link<'_>> = chain.links[..chain.roles].iter().rev().collect();
    let roles: Result<Vec<AssumeRole>> = links.iter().map(|link| role(link, &given)).collect();
    let mut roles = roles?;
    inherited::settle(&links, &mut roles)?;
    Ok(links
        .iter()
        .map(|link| link.profile.name.clone())
        .zip(roles)
        .collect())
}

/// What a role that is assumed with a token takes of all this.
///
/// Errors: of kind `Config`, what STS would refuse.
pub(super) fn web_identity(chain: &mut Chain<'_>, given: Given<'_>) -> Result<()> {
    let Some(link) = chain.web_identity() else {
        return Ok(());
    };
    let Source::WebIdentity(web) = &chain.source else {
        return Ok(());
    };
    let is_set =
        link.value(Key::DurationSeconds).is_some() || link.typed(Key::DurationSeconds).is_some();
    let seconds = if is_set {
        Some(duration_seconds(link)?)
    } else {
        None
    };
    let (policy, arns) =
        narrow::policies(&web.role_arn, link, given.config.paths(), given.policies)?;
    checks::policies(policy.as_deref(), &arns)
        .map_err(|(key, why)| link.error(key, &format!("{key} {why}")))?;
    if let Source::WebIdentity(web) = &mut chain.source {
        web.duration_seconds = seconds;
        web.policy = policy;
        web.policy_arns = arns;
    }
    Ok(())
}

fn role(link: &Link<'_>, given: &Given<'_>) -> Result<AssumeRole> {
    let text = |key: Key| link.value(key).map(|value| value.text.to_owned());
    let role_arn = text(Key::RoleArn).unwrap_or_default();
    let (policy, policy_arns) =
        narrow::policies(&role_arn, link, given.config.paths(), given.policies)?;
    let mut role = AssumeRole {
        role_arn,
        role_session_name: text(Key::RoleSessionName)
            .unwrap_or_else(|| given.config.session_name(given.env, &link.profile.name)),
        external_id: text(Key::ExternalId),
        duration_seconds: duration_seconds(link)?,
        serial_number: None,
        source_identity: text(Key::SourceIdentity),
        tags: session_tags(link)?,
        transitive_tag_keys: link
            .value(Key::TransitiveSessionTags)
            .map(|value| value.list())
            .unwrap_or_default(),
        policy,
        policy_arns,
    };
    if let Some(request) = link.request {
        override_tags(&mut role, &request.role.session.tags);
    }
    // STS would refuse it: say where it stands and what is wrong.
    checks::action(&Action::AssumeRole(role.clone()))
        .map_err(|(key, why)| link.error(key, &format!("{key} {why}")))?;
    Ok(role)
}

/// A tag's key is the same in any case, to IAM: what was typed takes the place of what the profile
/// says, and is passed on where that would have been.
fn override_tags(role: &mut AssumeRole, typed: &[(String, String)]) {
    let is_typed = |key: &str| {
        typed
            .iter()
            .any(|(typed, _)| typed.eq_ignore_ascii_case(key))
    };
    role.tags.retain(|(key, _)| !is_typed(key));
    role.tags.extend(typed.iter().cloned());
    for key in &mut role.transitive_tag_keys {
        if let Some((spelt, _)) = role
            .tags
            .iter()
            .find(|(tag, _)| tag.eq_ignore_ascii_case(key))
        {
            key.clone_from(spelt);
        }
    }
}

/// `--duration`, else `duration_seconds`, else STS's default of an hour.
fn duration_seconds(link: &Link<'_>) -> Result<u32> {
    if let Some(seconds) = typed_duration(link, checks::role_duration)? {
        return Ok(seconds);
    }
    let Some(value) = link.value(Key::DurationSeconds) else {
        return Ok(3600);
    };
    seconds(&value, Key::DurationSeconds, checks::role_duration)
}

/// `--duration`
pub(super) fn typed_duration(
    link: &Link<'_>,
    check: fn(u64) -> std::result::Result<u32, String>,
) -> Result<Option<u32>> {
    let Some(request) = link.request else {
        return Ok(None);
    };
    let Some(seconds) = request.role.session.duration_seconds else {
        return Ok(None);
    };
    let place = request.typed(Key::DurationSeconds).unwrap_or_default();
    check(seconds)
        .map(Some)
        .map_err(|why| Error::config(format!("the duration {why}")).at(place))
}

/// A duration within what STS takes.
pub(super) fn seconds(
    value: &Value<'_>,
    key: Key,
    check: fn(u64) -> std::result::Result<u32, String>,
) -> Result<u32> {
    let seconds =
        duration::parse(value.text).map_err(|why| value.error(&format!("{key}: {why}")))?;
    check(seconds).map_err(|why| value.error(&format!("{key} {why}")))
}

/// `session_tags = Team=payments, Env=prod` (aws-vault's form).
fn session_tags(link: &Link<'_>) -> Result<Vec<(String, String)>> {
    let Some(value) = link.value(Key::SessionTags) else {
        return Ok(Vec::new());
    };
    value
        .list()
        .iter()
        .map(|pair| match pair.split_once('=') {
            Some((key, text)) => Ok((key.trim().to_owned(), text.trim().to_owned())),
            None => Err(value
                .error(&format!("session_tags: '{pair}' is not KEY=VALUE"))
                .hint("write them like session_tags = Team=payments, Env=prod")),
        })
        .collect()
}
