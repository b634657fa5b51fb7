//! Keys by their names: known, misspelt, another tool's.

use super::catalog;
use super::finding::FindingKind;
use super::header::Below;
use crate::config::{Key, key_meant, nearest, tool_of_key};
use crate::plan;

const OF_SSO_SESSION: [&str; 3] = [
    Key::SsoStartUrl.name(),
    Key::SsoRegion.name(),
    Key::SsoRegistrationScopes.name(),
];

/// The key as it may be shown: `…` where it may be a secret that somebody has pasted without its
/// key.
pub(super) fn shown(key: &str) -> &str {
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    let is_word = key
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-. ".contains(c));
    if key.len() <= 32 && is_word && digits <= 4 {
        key
    } else {
        "…"
    }
}

/// The key of `key = value`, where it is one that profiles have.
pub(super) fn known_before_equals(line: &str) -> Option<Key> {
    Key::of(&line.split_once('=')?.0.trim().to_ascii_lowercase())
}

/// What there is to say of a key that nobody knows there: the kind, the message, what to do.
pub(super) fn unknown(below: Below, key: &str) -> Option<(&'static FindingKind, String, String)> {
    match below {
        Below::Profile => unknown_of_profile(key),
        Below::SsoSession if OF_SSO_SESSION.contains(&key) => None,
        Below::SsoSession => {
            let mut near = nearest(key, &OF_SSO_SESSION).into_iter();
            let near = near.find(|near| strsim::damerau_levenshtein(near, key) <= 3);
            Some(near.map_or_else(|| nobodys(key), |near| misspelt(key, &near)))
        }
        // The names of services are AWS's, and there are hundreds.
        Below::Services | Below::Nothing => None,
    }
}

fn unknown_of_profile(key: &str) -> Option<(&'static FindingKind, String, String)> {
    if Key::of(key).is_some() {
        return None;
    }
    if let Some(tool) = tool_of_key(key) {
        let message = format!("{key} is a key of {tool}: neither AWS nor xacct reads it");
        let fix = format!("delete it, if {tool} is not used any more");
        return Some((&catalog::OTHER_KEYS, message, fix));
    }
    // A tool's, as whoever wrote it says.
    if key.starts_with("x_") {
        return None;
    }
    if let Some(meant) = plan::guard_meant(key) {
        let message = format!("'{}' is not a key that any program reads", shown(key));
        let fix = format!(
            "did you mean {meant}? If not, delete the line, or call it x_{}",
            shown(key)
        );
        return Some((&catalog::GUARD_MISSPELT, message, fix));
    }
    Some(key_meant(key).map_or_else(|| nobodys(key), |meant| misspelt(key, meant.name())))
}

fn misspelt(key: &str, meant: &str) -> (&'static FindingKind, String, String) {
    let message = format!("unknown key {}", shown(key));
    (
        &catalog::KEY_MISSPELT,
        message,
        format!("did you mean {meant}?"),
    )
}

fn nobodys(key: &str) -> (&'static FindingKind, String, String) {
    let message = format!("neither AWS nor xacct knows the key {}", shown(key));
    (
        &catalog::KEY_UNKNOWN,
        message,
        "delete it, unless another tool reads it".to_owned(),
    )
}
