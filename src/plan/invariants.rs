//! What must hold of every plan, whatever made it: it ends in the role that was asked for, and what
//! narrows or guards is in a request. These are checked for each plan, not only in tests. A plan
//! that breaks one is never acted on.

use super::chain::Chain;
use super::chain_profile::Link;
use super::source::Source;
use super::{Action, AssumeRole, Confirm, Request, narrow};
use crate::config::Key;
use crate::error::{Error, Result};

/// A plan, as far as these rules go.
pub(super) struct Made<'a> {
    pub(super) steps: &'a [(String, Action)],
    /// Who wants a yes.
    pub(super) confirm: Option<&'a Confirm>,
}

/// Errors: of kind `Config`, saying which rule is broken. But for `--mfa-serial` it is a fault of
/// xacct's own.
pub(super) fn check(chain: &Chain<'_>, request: &Request, made: &Made<'_>) -> Result<()> {
    let assumed: Vec<&AssumeRole> = made
        .steps
        .iter()
        .filter_map(|(_, action)| role(action))
        .collect();
    ends_in_the_role(chain, &assumed)?;
    for (at, (link, role)) in chain.links[..chain.roles]
        .iter()
        .rev()
        .zip(&assumed)
        .enumerate()
    {
        is_in_the_request(link, role, &assumed[..at])?;
    }
    for link in &chain.links {
        hold(
            !link.switch(Key::Confirm)? || made.confirm.is_some(),
            link,
            Key::Confirm,
        )?;
    }
    sends_the_device(chain, request, made.steps)
}

fn role(action: &Action) -> Option<&AssumeRole> {
    match action {
        Action::AssumeRole(role) => Some(role),
        _ => None,
    }
}

/// One request for each profile with a role, in order, and the last of them is the role of the
/// profile asked for. The last profile of the chain is left out where its own keys, or a token, are
/// the source.
fn ends_in_the_role(chain: &Chain<'_>, assumed: &[&AssumeRole]) -> Result<()> {
    let wanted = chain.links[..chain.roles]
        .iter()
        .rev()
        .map(|link| text(link, Key::RoleArn));
    let sent = assumed.iter().map(|role| Some(role.role_arn.as_str()));
    if let Some(link) = chain.selected() {
        hold(wanted.eq(sent), link, Key::RoleArn)?;
    }
    let Some(last) = chain
        .links
        .last()
        .filter(|_| chain.links.len() > chain.roles)
    else {
        return Ok(());
    };
    let role_arn = text(last, Key::RoleArn);
    let is_asked_for = chain.roles == 0;
    match &chain.source {
        Source::WebIdentity(web) if web.profile.is_some() => {
            hold(role_arn == Some(&web.role_arn), last, Key::RoleArn)
        }
        Source::AccessKey { .. } | Source::StoredKey(_) if !is_asked_for => Ok(()),
        // The role of the profile asked for is set aside only where it is assumed from the profile
        // itself.
        _ => hold(role_arn.is_none() || !is_asked_for, last, Key::RoleArn),
    }
}

/// What the profile or the command line says of this role is what is sent, or a session on the way
/// has settled it.
fn is_in_the_request(link: &Link<'_>, role: &AssumeRole, before: &[&AssumeRole]) -> Result<()> {
    hold(
        text(link, Key::ExternalId) == role.external_id.as_deref(),
        link,
        Key::ExternalId,
    )?;
    let identity = text(link, Key::SourceIdentity);
    let mut roles = before.iter().copied().chain([role]);
    let is_set = roles.any(|role| role.source_identity.as_deref() == identity);
    hold(is_set, link, Key::SourceIdentity)?;
    let policy = link.value(Key::SessionPolicy).is_some() == role.policy.is_some();
    hold(policy, link, Key::SessionPolicy)?;
    let arns = link
        .value(Key::SessionPolicyArns)
        .map(|value| value.list())
        .unwrap_or_default();
    let typed = link
        .request
        .iter()
        .flat_map(|request| &request.role.session.policy_arns);
    let mut wanted = arns.iter().chain(typed);
    hold(
        wanted.all(|arn| role.policy_arns.contains(arn)),
        link,
        Key::SessionPolicyArns,
    )?;
    let read_only = narrow::read_only(link)?;
    hold(
        !read_only
            || role
                .policy_arns
                .contains(&narrow::read_only_arn(&role.role_arn)),
        link,
        Key::ReadOnly,
    )?;
    has_tags(link, role, before)
}

fn has_tags(link: &Link<'_>, role: &AssumeRole, before: &[&AssumeRole]) -> Result<()> {
    let pairs = link
        .value(Key::SessionTags)
        .map(|value| value.list())
        .unwrap_or_default();
    let keys = pairs
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, _)| key.trim());
    let typed = link
        .request
        .iter()
        .flat_map(|request| &request.role.session.tags);
    let typed = typed.map(|(key, _)| key.as_str());
    let mut wanted = keys.chain(typed);
    hold(
        wanted.all(|key| has_tag(role, before, key)),
        link,
        Key::SessionTags,
    )?;
    let wanted = link
        .value(Key::TransitiveSessionTags)
        .map(|value| value.list())
        .unwrap_or_default();
    let are_passed_on = wanted
        .iter()
        .all(|key| passes_tag(role, key) || before.iter().any(|role| passes_tag(role, key)));
    hold(are_passed_on, link, Key::TransitiveSessionTags)
}

/// Whether the session has the tag: of its own, or from a session on the way.
fn has_tag(role: &AssumeRole, before: &[&AssumeRole], key: &str) -> bool {
    let mut own = role.tags.iter();
    own.any(|(tag, _)| tag.eq_ignore_ascii_case(key))
        || before.iter().any(|role| passes_tag(role, key))
}

fn passes_tag(role: &AssumeRole, key: &str) -> bool {
    let mut keys = role.transitive_tag_keys.iter();
    keys.any(|tag| tag.eq_ignore_ascii_case(key))
}

/// A device that somebody named carries its code on a request of the user's own keys, or is
/// refused.
fn sends_the_device(
    chain: &Chain<'_>,
    request: &Request,
    steps: &[(String, Action)],
) -> Result<()> {
    let mut serials = steps
        .iter()
        .filter_map(|(_, action)| action.serial_number());
    if let Some(device) = chain.first(Key::MfaSerial)
        && chain.source.may_be_long_term()
        && let Some(link) = chain.selected()
    {
        return hold(
            serials.any(|serial| serial == device.text),
            link,
            Key::MfaSerial,
        );
    }
    if request.role.mfa_serial.is_some() && serials.next().is_none() {
        return Err(Error::config(
            "--mfa-serial is not used: a code can only go with a request signed by an IAM user's \
             own access key, and the source here is not one",
        )
        .hint("leave it out, or assume the role from a profile with the user's access key"));
    }
    Ok(())
}

fn text<'l>(link: &'l Link<'_>, key: Key) -> Option<&'l str> {
    link.value(key).map(|value| value.text)
}

fn hold(holds: bool, link: &Link<'_>, key: Key) -> Result<()> {
    if holds {
        return Ok(());
    }
    let message = format!(
        "{key} of profile '{}' is not in the request that would be sent",
        link.profile.name
    );
    Err(link
        .error(key, &message)
        .hint("nothing was sent; this is a bug in xacct: please report it"))
}
