//! What narrows a session below what its role may do: `session_policy`, `session_policy_arns`,
//! `read_only`.
//!
//! A session policy may stand in a file of its own. Which files those are is said here, before
//! anything is planned; they are read by `files`, and their texts come back as values.

use std::path::PathBuf;

use super::chain::Chain;
use super::chain_profile::Link;
use crate::arn::Arn;
use crate::config::{Key, Paths};
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

/// The policy files of every role in the chain, the one that a token is for included.
pub(super) fn files(chain: &Chain<'_>, paths: &Paths) -> Vec<PolicyFile> {
    let assumed = chain.links[..chain.roles]
        .iter()
        .chain(chain.web_identity());
    assumed.filter_map(|link| file(link, paths)).collect()
}

/// What is not JSON is a path: from `~`, or from the directory of the file that it stands in.
fn file(link: &Link<'_>, paths: &Paths) -> Option<PolicyFile> {
    if link.typed(Key::SessionPolicy).is_some() {
        return None;
    }
    let value = link
        .value(Key::SessionPolicy)
        .filter(|value| !value.text.starts_with('{'))?;
    let of_home = paths
        .home
        .as_ref()
        .zip(value.text.strip_prefix("~/"))
        .map(|(home, rest)| home.join(rest));
    let path = of_home.unwrap_or_else(|| {
        let origin = link
            .profile
            .get(Key::SessionPolicy)
            .map(|setting| setting.origin.file);
        let dir = origin.and_then(|file| paths.of(file).parent());
        dir.map_or_else(|| value.text.into(), |dir| dir.join(value.text))
    });
    Some(PolicyFile {
        path,
        place: value.place.to_string(),
    })
}

/// The session policy, and the ARNs of the managed ones, for a session of this role.
pub(super) fn policies(
    role_arn: &str,
    link: &Link<'_>,
    paths: &Paths,
    read: &[PolicyText],
) -> Result<(Option<String>, Vec<String>)> {
    let own = policy(link, paths, read)?.map(compact);
    let mut arns = link
        .value(Key::SessionPolicyArns)
        .map(|value| value.list())
        .unwrap_or_default();
    arns.extend(
        link.request
            .iter()
            .flat_map(|request| request.role.session.policy_arns.iter().cloned()),
    );
    if read_only(link)? {
        let arn = read_only_arn(role_arn);
        if !arns.contains(&arn) {
            arns.push(arn);
        }
    }
    Ok((own, arns))
}

/// Whether the session may only read.
pub(super) fn read_only(link: &Link<'_>) -> Result<bool> {
    Ok(link.switch(Key::ReadOnly)? || link.typed(Key::ReadOnly).is_some())
}

/// AWS's policy `ReadOnlyAccess`, in the role's partition.
pub(super) fn read_only_arn(role_arn: &str) -> String {
    let partition = Arn::parse(role_arn).map_or("aws", |arn| arn.partition);
    format!("arn:{partition}:iam::aws:policy/ReadOnlyAccess")
}

/// The policy as it is written: the option's, the profile's own, or its file's.
fn policy<'t>(
    link: &'t Link<'_>,
    paths: &Paths,
    read: &'t [PolicyText],
) -> Result<Option<&'t str>> {
    if let Some(text) = link
        .request
        .and_then(|request| request.text(Key::SessionPolicy))
    {
        return Ok(Some(text.trim()));
    }
    match file(link, paths) {
        None => Ok(link.value(Key::SessionPolicy).map(|value| value.text)),
        Some(file) => {
            let found = read.iter().find(|(other, _)| *other == file);
            let missing =
                || Error::other(format!("{}: the session policy was not read", file.place));
            found.map(|(_, text)| Some(text.trim())).ok_or_else(missing)
        }
    }
}

/// Without the blanks between JSON's tokens: AWS counts every character, and people indent. What is
/// not JSON stays as it is, so that the error about it has the right line.
fn compact(text: &str) -> String {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return text.to_owned();
    }
    let (mut in_string, mut escaped) = (false, false);
    let mut compact = String::with_capacity(text.len());
    for c in text.chars() {
        if in_string || !c.is_ascii_whitespace() {
            compact.push(c);
        }
        if c == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = in_string && c == '\\' && !escaped;
    }
    compact
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
