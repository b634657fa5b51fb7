//! What AWS's SDK for Go refuses in a profile that the others take (its `config/shared_config.go`).

use super::catalog;
use super::finding::Finding;
use super::profile::set;
use crate::config::{FileKind, Profile};

/// Of which there may be one at most.
const SOURCES: [&str; 4] = [
    "source_profile",
    "credential_source",
    "credential_process",
    "web_identity_token_file",
];

/// Why Terraform and others would not read a profile that is fine otherwise. What is said of an
/// ignored source anyway is not said again.
pub(super) fn check(profile: &Profile) -> Option<Finding> {
    let is_set = |key: &str| set(profile, key).is_some();
    let is_read = |key: &&str| {
        set(profile, key).is_some_and(|(setting, _)| setting.origin.file != FileKind::Settings)
    };
    let named: Vec<&str> = SOURCES.into_iter().filter(is_read).collect();
    let (key, why, fix) = match named[..] {
        [key @ ("source_profile" | "credential_source")] if !is_set("role_arn") => {
            if is_set("aws_access_key_id") {
                return None;
            }
            (
                key,
                format!("{key} without role_arn"),
                format!("add role_arn, or delete {key}"),
            )
        }
        [key, other] if !is_set("web_identity_token_file") => (
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
