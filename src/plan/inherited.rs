//! What a session keeps when it assumes further roles: its source identity, and its transitive tags
//! (docs/aws.md A3.1). STS refuses both a second time, so each is sent once, with the first role
//! that names it.

use super::AssumeRole;
use super::chain_profile::Link;
use crate::config::Key;
use crate::error::Result;

/// Takes out of later requests what earlier ones have settled. `roles` are in the order they are
/// sent, `links` the profiles they come from.
///
/// Errors: a later profile wants it otherwise.
pub(super) fn settle(links: &[&Link<'_>], roles: &mut [AssumeRole]) -> Result<()> {
    let mut identity: Option<(String, String)> = None;
    let mut tags: Vec<(String, String, String)> = Vec::new();
    for (link, role) in links.iter().zip(roles) {
        let profile = &link.profile.name;
        match (&identity, &role.source_identity) {
            (Some((kept, _)), Some(own)) if kept == own => role.source_identity = None,
            (Some((kept, first)), Some(own)) => {
                return Err(link.error(
                    Key::SourceIdentity,
                    &format!(
                        "source_identity is '{own}', but profile '{first}', by which this role is \
                         assumed, sets '{kept}', and AWS keeps the first"
                    ),
                ));
            }
            (None, Some(own)) => identity = Some((own.clone(), profile.clone())),
            (_, None) => {}
        }
        for (key, value, first) in &tags {
            let Some((_, own)) = role
                .tags
                .iter()
                .find(|(own, _)| own.eq_ignore_ascii_case(key))
            else {
                continue;
            };
            if own != value {
                let message = format!(
                    "session_tags sets '{key}' to '{own}', but profile '{first}', by which this \
                     role is assumed, passes on '{value}', and AWS keeps the first"
                );
                return Err(link.error(Key::SessionTags, &message));
            }
            role.tags.retain(|(own, _)| !own.eq_ignore_ascii_case(key));
            role.transitive_tag_keys
                .retain(|own| !own.eq_ignore_ascii_case(key));
        }
        let transitive = role.tags.iter().filter(|(key, _)| {
            role.transitive_tag_keys
                .iter()
                .any(|own| own.eq_ignore_ascii_case(key))
        });
        tags.extend(transitive.map(|(key, value)| (key.clone(), value.clone(), profile.clone())));
    }
    Ok(())
}
