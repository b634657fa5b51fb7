//! Access keys in keyrings: whether their stores can be used, and where new keys would go.

use super::catalog;
use super::finding::Finding;
use crate::config::{Config, KeyStore};
use crate::plan::digest_of_profile;

/// How a store is now.
pub(crate) struct StoreFact {
    pub(crate) store: KeyStore,
    pub(crate) is_locked: bool,
    /// Why it cannot be used.
    pub(crate) missing: Option<String>,
}

/// Whether anything is to be said of keyrings at all: who has no key in one need not have one.
pub(crate) fn is_of_interest(config: &Config) -> bool {
    !config.stored_keys().keys.is_empty() || config.settings().keys_store.is_some()
}

/// `facts`: the stores that have a key or may get one, in the order in which `auto` looks.
pub(crate) fn check(config: &Config, facts: &[StoreFact]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = facts
        .iter()
        .filter_map(|fact| of_store(config, fact))
        .collect();
    findings.push(chosen(config, facts));
    findings.extend(in_file_too(config));
    findings
}

/// What is wrong with a store that has keys.
fn of_store(config: &Config, fact: &StoreFact) -> Option<Finding> {
    let keys = config.stored_keys().keys.iter();
    let of_it = keys.filter(|key| key.store == fact.store);
    let profiles: Vec<String> = of_it.map(|key| format!("'{}'", key.profile)).collect();
    if profiles.is_empty() {
        return None;
    }
    let (store, profiles) = (fact.store, profiles.join(", "));
    if let Some(why) = &fact.missing {
        let message =
            format!("{store} has the access keys of {profiles}, and cannot be used: {why}");
        return Some(Finding::new(&catalog::KEYRING_UNUSABLE, message));
    }
    let message = format!("{store} has the access keys of {profiles}, and is locked");
    fact.is_locked
        .then(|| Finding::new(&catalog::KEYRING_LOCKED, message))
}

/// Which store new keys go to, and why.
fn chosen(config: &Config, facts: &[StoreFact]) -> Finding {
    let named = config.settings().keys_store;
    let mut looked_at = facts.iter();
    if let Some(named) = named {
        let fact = looked_at.find(|fact| fact.store == named);
        let missing = fact.and_then(|fact| fact.missing.as_deref());
        let message = match missing {
            Some(why) => format!(
                "new access keys cannot be stored: keys.store is {}, and {named} cannot be used: \
                 {why}",
                named.name()
            ),
            None => format!(
                "new access keys go to {named}: keys.store is {}",
                named.name()
            ),
        };
        return Finding::new(&catalog::KEYRING_STORE, message);
    }
    let mut passed = Vec::new();
    for fact in looked_at {
        match &fact.missing {
            None => {
                let before = if passed.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", passed.join("; "))
                };
                let message = format!(
                    "new access keys go to {}, the first store that can be used{before}",
                    fact.store
                );
                return Finding::new(&catalog::KEYRING_STORE, message);
            }
            Some(why) => passed.push(format!("{}: {why}", fact.store)),
        }
    }
    let message = format!("new access keys cannot be stored: {}", passed.join("; "));
    Finding::new(&catalog::KEYRING_STORE, message)
}

/// Keys that an interrupted `keys import` has left in the file.
fn in_file_too(config: &Config) -> Vec<Finding> {
    let keys = config.stored_keys().keys.iter();
    keys.filter_map(|key| {
        let profile = config.profile(&key.profile).ok()??;
        let (origin, digest) = digest_of_profile(&profile)?;
        (digest == key.digest).then(|| {
            let message = format!(
                "the access key is in {} too, and in plain text here",
                key.store
            );
            Finding::new(&catalog::KEY_IN_FILE_TOO, message)
                .at(&origin)
                .of(&key.profile)
                .fix("delete aws_access_key_id and aws_secret_access_key here")
        })
    })
    .collect()
}
