//! What is said of a profile wherever profiles are shown or chosen: its source, tags and colour.

use crate::config::{Key, Profile, ProfileColor};
use crate::masked;
use crate::plan::Source;

/// The profile that holds the keys, or the kind of source, in AWS's words.
pub(super) fn source(source: &Source) -> String {
    match source {
        Source::AccessKey { profile, .. } => profile.clone(),
        Source::StoredKey(key) => format!("{} ({})", key.profile, key.store.name()),
        Source::Environment { .. } => "Environment".to_owned(),
        Source::Ec2InstanceMetadata(_) => "Ec2InstanceMetadata".to_owned(),
        Source::EcsContainer => "EcsContainer".to_owned(),
        Source::WebIdentity(_) => "web_identity".to_owned(),
        Source::Sso(sso) => match &sso.session {
            Some(session) => format!("sso {session}"),
            None => format!("sso {}", masked::address(&sso.start_url)),
        },
        Source::Login { .. } => "login".to_owned(),
        Source::CredentialProcess { .. } => "credential_process".to_owned(),
    }
}

/// `tags = prod, eu`
pub(super) fn tags(profile: &Profile) -> Option<Vec<String>> {
    let list = profile
        .get(Key::Tags)?
        .first_line()
        .split(',')
        .map(|tag| tag.trim().to_owned());
    Some(list.filter(|tag| !tag.is_empty()).collect())
}

/// `color = red`; what is no colour shows none.
pub(super) fn color(profile: &Profile) -> Option<ProfileColor> {
    ProfileColor::parse(profile.get(Key::Color)?.first_line()).ok()
}
