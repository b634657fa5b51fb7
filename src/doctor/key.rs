//! Keys by their names: known, misspelt, another tool's.

use super::catalog;
use super::finding::Kind;
use super::header::Below;
use super::known;
use crate::config::{known_keys, nearest};

const OF_SSO_SESSION: [&str; 3] = ["sso_start_url", "sso_region", "sso_registration_scopes"];

/// The SDKs' identifiers.
pub(super) fn is_valid(key: &str) -> bool {
    key.chars().all(|c| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c))
}

/// The key as it may be shown: `…` where it may be a secret that somebody has pasted without its key.
pub(super) fn shown(key: &str) -> &str {
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    let is_word = key.chars().all(|c| c.is_ascii_alphanumeric() || "_-. ".contains(c));
    if key.len() <= 32 && is_word && digits <= 4 { key } else { "…" }
}

/// The key of `key = value`, where it is one that profiles have.
pub(super) fn known_before_equals(line: &str) -> Option<&'static str> {
    let key = line.split_once('=')?.0.trim().to_ascii_lowercase();
    known_keys().find(|known| *known == key)
}

/// What there is to say of a key that nobody knows there: the kind, the message, what to do.
pub(super) fn unknown(below: Below, key: &str) -> Option<(&'static Kind, String, String)> {
    let known: Vec<&str> = match below {
        Below::Profile if known_keys().any(|known| known == key) => return None,
        Below::Profile => known_keys().collect(),
        Below::SsoSession => OF_SSO_SESSION.to_vec(),
        // The names of services are AWS's, and there are hundreds.
        Below::Services | Below::Nothing => return None,
    };
    if known.contains(&key) {
        return None;
    }
    if below == Below::Profile
        && let Some(tool) = known::tool_of_key(key)
    {
        let message = format!("{key} is a key of {tool}: neither AWS nor xacct reads it");
        let fix = format!("delete it, if {tool} is not used any more");
        return Some((&catalog::OTHER_KEYS, message, fix));
    }
    // A key in part, or the beginning of another, is no typing error.
    let near = nearest(key, &known).into_iter().find(|near| strsim::damerau_levenshtein(near, key) <= 3);
    Some(match near {
        Some(near) => (
            &catalog::KEY_MISSPELT,
            format!("nobody knows the key {}", shown(key)),
            format!("did you mean {near}?"),
        ),
        None => (
            &catalog::KEY_UNKNOWN,
            format!("neither AWS nor xacct knows the key {}", shown(key)),
            "delete it, unless another tool reads it".to_owned(),
        ),
    })
}
