//! Sources that a profile names and that are not used, because another one of its comes first:
//! docs/aws.md A2.1.

use super::chain::Chain;
use super::chain_profile::set;
use super::source::Source;
use crate::config::{Key, Origin, Profile};

/// Such a source, where it stands, and what is used instead.
pub(crate) struct Unused {
    pub(crate) key: Key,
    pub(crate) origin: Origin,
    used: String,
}

impl Unused {
    /// `source_profile is ignored: …`
    pub(crate) fn message(&self) -> String {
        format!("{} is ignored: {}", self.key, self.used)
    }
}

/// What names a source, but for a token.
const OTHERS: [Key; 7] = [
    Key::AwsAccessKeyId,
    Key::SourceProfile,
    Key::CredentialSource,
    Key::SsoSession,
    Key::SsoAccountId,
    Key::LoginSession,
    Key::CredentialProcess,
];

/// Beside the token that the profile's own role is assumed with.
pub(crate) fn beside_token(profile: &Profile) -> Vec<Unused> {
    let Some(token) = profile.get(Key::WebIdentityTokenFile) else {
        return Vec::new();
    };
    if set(profile, Key::WebIdentityTokenFile).is_none() || set(profile, Key::RoleArn).is_none() {
        return Vec::new();
    }
    let used = format!(
        "the role is assumed with the token of web_identity_token_file ({})",
        token.origin
    );
    OTHERS
        .iter()
        .filter_map(|key| unused(profile, *key, &used))
        .collect()
}

/// The token beside the access key, where another profile has this one as its source: the key is
/// used.
pub(crate) fn beside_key(profile: &Profile) -> Option<Unused> {
    set(profile, Key::AwsAccessKeyId)?;
    let key = profile.get(Key::AwsAccessKeyId)?;
    let used = format!(
        "as a source, the profile gives the access key in {}",
        key.origin
    );
    unused(profile, Key::WebIdentityTokenFile, &used)
}

/// What there is to say of a chain's last profile.
pub(super) fn in_chain(chain: &Chain<'_>) -> Vec<String> {
    let Some(link) = chain.links.last() else {
        return Vec::new();
    };
    let profile = &link.profile;
    let unused = match &chain.source {
        Source::WebIdentity(web) if web.profile.is_some() => beside_token(profile),
        Source::AccessKey { .. } => beside_key(profile).into_iter().collect(),
        _ => Vec::new(),
    };
    let told = unused.iter().map(|unused| {
        let (origin, message) = (&unused.origin, unused.message());
        format!("{origin}: profile '{}': {message}", profile.name)
    });
    told.collect()
}

fn unused(profile: &Profile, key: Key, used: &str) -> Option<Unused> {
    set(profile, key)?;
    let origin = profile.get(key)?.origin.clone();
    Some(Unused {
        key,
        origin,
        used: used.to_owned(),
    })
}
