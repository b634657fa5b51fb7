//! What AWS's SDK for Go refuses in a profile that the others take (its `config/shared_config.go`).

use super::catalog;
use super::finding::Finding;
use super::profile::set;
use crate::config::{FileKind, Key, Profile};

/// Of which there may be one at most.
const SOURCES: [Key; 4] = [
    Key::SourceProfile,
    Key::CredentialSource,
    Key::CredentialProcess,
    Key::WebIdentityTokenFile,
];

/// Why Terraform and others would not read a profile that is fine otherwise. What is said of an
/// ignored source anyway is not said again.
pub(super) fn check(profile: &Profile) -> Option<Finding> {
    let is_set = |key: Key| set(profile, key).is_some();
    let mut named = SOURCES.to_vec();
    named.retain(|key| {
        let setting = set(profile, *key);
        setting.is_some_and(|(setting, _)| setting.origin.file != FileKind::Settings)
    });
    let (key, why, fix) = match named[..] {
        [key @ (Key::SourceProfile | Key::CredentialSource)] if !is_set(Key::RoleArn) => {
            if is_set(Key::AwsAccessKeyId) {
                return None;
            }
            (
                key,
                format!("{key} without role_arn"),
                format!("add role_arn, or delete {key}"),
            )
        }
        [key, other] if !is_set(Key::WebIdentityTokenFile) => (
            other,
            format!("both {key} and {other}"),
            "keep one of them".to_owned(),
        ),
        _ => return None,
    };
    let (setting, _) = set(profile, key)?;
    let message =
        format!("Terraform and other programs with AWS's SDK for Go refuse a profile with {why}");
    Some(
        Finding::new(&catalog::GO_REFUSES, message)
            .at(&setting.origin)
            .of(&profile.name)
            .fix(fix),
    )
}
