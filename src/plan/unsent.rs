//! What the profile or the command line says of a role, where no request takes it: refused before
//! anything is sent, for what is dropped in silence is a wider session, or another one, than was
//! asked for.

use super::Mfa;
use super::chain::Chain;
use super::chain_profile::Link;
use super::narrow;
use crate::config::Key;
use crate::error::{Error, Result};

/// What only `AssumeRole` takes.
const OF_ASSUME_ROLE: [Key; 4] = [
    Key::ExternalId,
    Key::SourceIdentity,
    Key::SessionTags,
    Key::TransitiveSessionTags,
];

/// What narrows a session.
const NARROWING: [Key; 3] = [Key::ReadOnly, Key::SessionPolicy, Key::SessionPolicyArns];

/// Errors: of kind `Config`, with the line or the option.
pub(super) fn refuse(chain: &Chain<'_>, mfa: Option<&Mfa>) -> Result<()> {
    refuse_idle_cache_key(chain)?;
    if let Some(link) = chain.web_identity() {
        return refuse_by_token(link);
    }
    refuse_of_source(chain)?;
    let Some(link) = chain.selected().filter(|_| chain.roles == 0) else {
        return Ok(());
    };
    for key in NARROWING {
        if let Some(what) = said(link, key)? {
            return Err(without_role(
                link,
                &format!("{what} narrows a role that is assumed (AssumeRole)"),
            ));
        }
    }
    let takes_duration = mfa.is_some() && chain.source.has_long_term_keys();
    let duration = (!takes_duration).then_some(Key::DurationSeconds);
    let mut what = None;
    for key in OF_ASSUME_ROLE.into_iter().chain(duration) {
        what = what.or(said(link, key)?);
    }
    let typed = [Key::RoleSessionName, Key::SourceProfile];
    let typed = typed.into_iter().find_map(|key| link.typed(key));
    match what.or(typed.map(str::to_owned)) {
        Some(what) => Err(without_role(
            link,
            &format!("{what} is for a role that is assumed (AssumeRole)"),
        )),
        None => Ok(()),
    }
}

/// The profile that a role's credentials begin with, where it assumes no role of its own: what it
/// says of one is for nobody.
fn source_without_role<'c>(chain: &'c Chain<'_>) -> Option<&'c Link<'c>> {
    let last = chain.links.last();
    let last = last.filter(|_| chain.roles > 0 && chain.links.len() > chain.roles);
    last.filter(|link| link.own(Key::RoleArn).is_none())
}

/// Errors: of kind `Config`, with the line of what narrows or names a role in such a profile, if it
/// is not in the request for the role that is assumed from there. Both may have it from one
/// `include_profile`.
fn refuse_of_source(chain: &Chain<'_>) -> Result<()> {
    let Some(link) = source_without_role(chain) else {
        return Ok(());
    };
    let assumed = &chain.links[chain.roles - 1];
    for key in NARROWING.into_iter().chain(OF_ASSUME_ROLE) {
        let is_sent = text(link, key).is_some() && text(link, key) == text(assumed, key);
        if let Some(what) = said(link, key)?.filter(|_| !is_sent) {
            return Err(Error::config(format!(
                "{what} is for a role that is assumed (AssumeRole), and profile '{}' is only the \
                 source of '{}'",
                link.profile.name, chain.name
            ))
            .hint(
                "nothing was handed out: write it in the profile of the role, with the same value \
                 as here, or only there",
            ));
        }
    }
    Ok(())
}

/// What AWS's own programs ignore in such a profile too, and that neither narrows nor guards.
pub(super) fn ignored(chain: &Chain<'_>) -> Option<String> {
    let link = source_without_role(chain).filter(|_| chain.web_identity().is_none())?;
    let value = link.own(Key::DurationSeconds)?;
    Some(format!(
        "{}: duration_seconds is ignored: profile '{}' assumes no role itself",
        value.place, link.profile.name
    ))
}

/// Errors: of kind `Config`, where `credential_process_cache` stands in a profile that has no
/// process: it would be thought to do something.
fn refuse_idle_cache_key(chain: &Chain<'_>) -> Result<()> {
    for link in &chain.links {
        let Some(value) = link.value(Key::CredentialProcessCache) else {
            continue;
        };
        if link.value(Key::CredentialProcess).is_none() {
            let message = "credential_process_cache is for a profile with a credential_process";
            return Err(value
                .error(message)
                .hint("write it next to the credential_process, or delete the line"));
        }
    }
    Ok(())
}

fn without_role(link: &Link<'_>, what: &str) -> Error {
    Error::config(format!(
        "{what}, and profile '{}' gets its credentials another way",
        link.profile.name
    ))
    .hint("nothing was handed out: use a profile with a role_arn")
}

/// A role that is assumed with a token: the duration and the policies are sent, the rest cannot be.
fn refuse_by_token(link: &Link<'_>) -> Result<()> {
    for key in OF_ASSUME_ROLE {
        if let Some(what) = said(link, key)? {
            return Err(Error::config(format!(
                "{what} is for AssumeRole, and profile '{}' assumes its role with a token \
                 (AssumeRoleWithWebIdentity), which does not take it",
                link.profile.name
            ))
            .hint(
                "nothing was handed out: leave it out, or assume the role from a source_profile",
            ));
        }
    }
    Ok(())
}

fn text<'l>(link: &'l Link<'_>, key: Key) -> Option<&'l str> {
    link.own(key).map(|value| value.text)
}

/// `~/.aws/config:7: external_id`, or the option; `None` where neither says anything.
fn said(link: &Link<'_>, key: Key) -> Result<Option<String>> {
    if let Some(option) = link.typed(key) {
        return Ok(Some(option.to_owned()));
    }
    if key == Key::ReadOnly && !narrow::read_only(link)? {
        return Ok(None);
    }
    Ok(link.own(key).map(|value| format!("{}: {key}", value.place)))
}
