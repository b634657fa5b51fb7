//! What narrows a session below what its role may do: `session_policy`, `session_policy_arns`, `read_only`.
//!
//! A session policy may stand in a file of its own. Which files those are is said here, before anything is planned;
//! they are read by `files`, and their texts come back as values.

use std::path::PathBuf;

use super::AssumeRole;
use super::chain::Chain;
use super::link::Link;
use crate::arn::Arn;
use crate::config::Paths;
use crate::error::{Error, Result};

/// A file that a profile's `session_policy` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PolicyFile {
    pub(crate) path: PathBuf,
    /// The line that names it.
    pub(crate) place: String,
}

/// A policy file with what stands in it.
pub(crate) type PolicyText = (PolicyFile, String);

/// The policy files of every role in the chain.
pub(super) fn files(chain: &Chain<'_>, paths: &Paths) -> Vec<PolicyFile> {
    chain.links[..chain.roles].iter().filter_map(|link| file(link, paths)).collect()
}

/// What is not JSON is a path: from `~`, or from the directory of the file that it stands in.
fn file(link: &Link<'_>, paths: &Paths) -> Option<PolicyFile> {
    if link.request.is_some_and(|request| request.policy.is_some()) {
        return None;
    }
    let value = link.value("session_policy").filter(|value| !value.text.starts_with('{'))?;
    let of_home = paths.home.as_ref().zip(value.text.strip_prefix("~/")).map(|(home, rest)| home.join(rest));
    let path = of_home.unwrap_or_else(|| {
        let origin = link.profile.get("session_policy").map(|setting| setting.origin.file);
        let dir = origin.and_then(|file| paths.of(file).parent());
        dir.map_or_else(|| value.text.into(), |dir| dir.join(value.text))
    });
    Some(PolicyFile { path, place: value.place })
}

/// Sets the role's policies.
pub(super) fn apply(
    role: &mut AssumeRole,
    link: &Link<'_>,
    paths: &Paths,
    read: &[PolicyText],
) -> Result<()> {
    let mut read_only = link.switch("read_only")?;
    role.policy = policy(link, paths, read)?.map(compact);
    role.policy_arns = link.value("session_policy_arns").map(|value| value.list()).unwrap_or_default();
    if let Some(request) = link.request {
        role.policy_arns.extend(request.policy_arns.iter().cloned());
        read_only |= request.read_only;
    }
    if read_only {
        let partition = Arn::parse(&role.role_arn).map_or("aws", |arn| arn.partition);
        let arn = format!("arn:{partition}:iam::aws:policy/ReadOnlyAccess");
        if !role.policy_arns.contains(&arn) {
            role.policy_arns.push(arn);
        }
    }
    Ok(())
}

/// The policy as it is written: the option's, the profile's own, or its file's.
fn policy<'t>(link: &'t Link<'_>, paths: &Paths, read: &'t [PolicyText]) -> Result<Option<&'t str>> {
    if let Some(text) = link.request.and_then(|request| request.policy.as_deref()) {
        return Ok(Some(text.trim()));
    }
    match file(link, paths) {
        None => Ok(link.value("session_policy").map(|value| value.text)),
        Some(file) => {
            let found = read.iter().find(|(other, _)| *other == file);
            let missing = || Error::other(format!("{}: the session policy was not read", file.place));
            found.map(|(_, text)| Some(text.trim())).ok_or_else(missing)
        }
    }
}

/// Without the blanks between JSON's tokens: AWS counts every character, and people indent. What is not JSON stays as
/// it is, so that the error about it has the right line.
fn compact(text: &str) -> String {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return text.to_owned();
    }
    let (mut in_string, mut escaped) = (false, false);
    let is_kept = |c: &char| {
        let kept = in_string || !c.is_ascii_whitespace();
        if *c == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = in_string && *c == '\\' && !escaped;
        kept
    };
    text.chars().filter(is_kept).collect()
}

/// Refuses to hand out the whole where a part was asked for.
///
/// Errors: the profile asked for is to be narrowed, and nothing is assumed that could be.
pub(super) fn refuse_without_role(chain: &Chain<'_>) -> Result<()> {
    let Some(link) = chain.selected().filter(|_| chain.roles == 0) else { return Ok(()) };
    let request = link.request;
    let by_option = [
        ("--read-only", request.is_some_and(|request| request.read_only)),
        ("--policy", request.is_some_and(|request| request.policy.is_some())),
        ("--policy-arn", request.is_some_and(|request| !request.policy_arns.is_empty())),
    ];
    let option = by_option.into_iter().find(|(_, given)| *given).map(|(option, _)| option.to_owned());
    let in_profile = |key: &str| link.value(key).map(|value| format!("{}: {key}", value.place));
    let read_only = if link.switch("read_only")? { in_profile("read_only") } else { None };
    let key =
        || read_only.or_else(|| ["session_policy", "session_policy_arns"].into_iter().find_map(in_profile));
    match option.or_else(key) {
        None => Ok(()),
        Some(what) => Err(Error::config(format!(
            "{what} narrows a role that is assumed (AssumeRole), and profile '{}' gets its credentials another way",
            link.profile.name
        ))
        .hint("nothing was handed out: use a profile with a role_arn")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blanks_between_tokens_go() {
        let written = "{\n  \"a b\" : [ \"c \\\" d\\\\\", 1 ],\n\t\"e\": \"\\\\\\\" f\" }";
        assert_eq!(compact(written), r#"{"a b":["c \" d\\",1],"e":"\\\" f"}"#);
        assert_eq!(compact("{ \"a\": "), "{ \"a\": ");
    }
}
