//! The index of the access keys that are in a keyring: which profile has which key in which store.
//! It holds no secret, so that a plan is made without opening a store. Text in, values out.

use std::fmt;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::words;
use crate::error::{Error, Place, Result};

/// Where an access key can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum KeyStore {
    /// The Secret Service of a Linux desktop.
    SecretService,
    /// The kernel's keyring.
    Kernel,
    /// `pass`, which encrypts with GPG.
    Pass,
    /// The Keychain of macOS.
    Keychain,
    /// The Credential Manager of Windows.
    CredentialManager,
}

impl KeyStore {
    pub(crate) const ALL: [KeyStore; 5] = [
        KeyStore::SecretService,
        KeyStore::Kernel,
        KeyStore::Pass,
        KeyStore::Keychain,
        KeyStore::CredentialManager,
    ];

    /// As the setting `keys.store` and the index have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            KeyStore::SecretService => "secret-service",
            KeyStore::Kernel => "kernel",
            KeyStore::Pass => "pass",
            KeyStore::Keychain => "keychain",
            KeyStore::CredentialManager => "credential-manager",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<KeyStore> {
        KeyStore::ALL.into_iter().find(|store| store.name() == name)
    }
}

/// As people call it.
impl fmt::Display for KeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeyStore::SecretService => "the Secret Service",
            KeyStore::Kernel => "the kernel's keyring",
            KeyStore::Pass => "pass",
            KeyStore::Keychain => "the Keychain",
            KeyStore::CredentialManager => "the Credential Manager",
        })
    }
}

/// A profile's access key whose secret is in a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredKey {
    pub(crate) profile: String,
    pub(crate) access_key_id: String,
    pub(crate) store: KeyStore,
    /// When it was put there.
    pub(crate) added: DateTime<Utc>,
    /// SHA-256 over the secret, which has 240 random bits: it tells whether a store has the key
    /// that was put there, and nothing of the key.
    pub(crate) digest: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    keys: Vec<StoredKey>,
}

/// The version of the file that this xacct writes.
const VERSION: u32 = 1;

/// The index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StoredKeys {
    pub(crate) keys: Vec<StoredKey>,
}

impl StoredKeys {
    /// `path` is the file, as a person would write it.
    ///
    /// Errors: it is not an index that this xacct can read.
    pub(crate) fn parse(text: &str, path: &str) -> Result<StoredKeys> {
        let unreadable = |error: &dyn fmt::Display| {
            Error::config(format!("the index of stored access keys: {error}"))
                .at(Place::File(path.to_owned()))
                .hint(
                    "it says which access keys are in a keyring, and holds no secret: restore it, \
                     or move it away and run 'xacct keys add' again",
                )
                .named("keys-index-unreadable")
        };
        let document: Document = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
        if document.version != VERSION {
            return Err(unreadable(&format!(
                "its version is {}, and this xacct reads {VERSION}",
                document.version
            )));
        }
        let mut names: Vec<&str> = document.keys.iter().map(|key| &*key.profile).collect();
        names.sort_unstable();
        let is_twice = |pair: &[&str]| pair.first() == pair.last();
        if let Some(&[name, ..]) = names.windows(2).find(|pair| is_twice(pair)) {
            return Err(unreadable(&format!("profile '{name}' is in it twice")));
        }
        Ok(StoredKeys {
            keys: document.keys,
        })
    }

    pub(crate) fn text(&self) -> String {
        let document = Document {
            version: VERSION,
            keys: self.keys.clone(),
        };
        // A plain struct: serialising it cannot fail.
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    pub(crate) fn of(&self, profile: &str) -> Option<&StoredKey> {
        self.keys.iter().find(|key| key.profile == profile)
    }

    /// Puts the key in, instead of one that the profile has.
    pub(crate) fn put(&mut self, key: StoredKey) {
        match self.keys.iter_mut().find(|old| old.profile == key.profile) {
            Some(old) => *old = key,
            None => self.keys.push(key),
        }
    }

    pub(crate) fn remove(&mut self, profile: &str) {
        self.keys.retain(|key| key.profile != profile);
    }

    /// Whether another profile has the same key in the same store.
    pub(crate) fn is_shared(&self, key: &StoredKey) -> bool {
        self.keys.iter().any(|other| {
            other.profile != key.profile
                && other.access_key_id == key.access_key_id
                && other.store == key.store
        })
    }
}

/// The line of the index that names the profile, counted from 1.
pub(super) fn line_of(text: &str, profile: &str) -> usize {
    let quoted = serde_json::to_string(profile).unwrap_or_default();
    let wanted = format!("\"profile\": {quoted}");
    let at = text.lines().position(|line| line.contains(&wanted));
    at.map_or(1, |at| at + 1)
}

/// The error for a profile that has one key in an AWS file and another one in a store.
pub(crate) fn in_two_places(profile: &str, in_file: Place, id: &str, stored: &StoredKey) -> Error {
    let typed = words::typed(profile);
    Error::config(format!(
        "profile '{profile}' has two access keys: {id} in this file, and {} in {}",
        stored.access_key_id, stored.store
    ))
    .at(in_file)
    .hint(format!(
        "xacct keys remove {typed}    removes the one in {}",
        stored.store
    ))
    .hint("or delete aws_access_key_id and aws_secret_access_key from the file")
    .naming_profile()
    .named("key-in-two-places")
}

/// The index in this directory for a program's own data.
pub(crate) fn index_path(data_dir: &Path) -> std::path::PathBuf {
    data_dir.join("xacct").join("keys.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(profile: &str, id: &str) -> StoredKey {
        StoredKey {
            profile: profile.to_owned(),
            access_key_id: id.to_owned(),
            store: KeyStore::Pass,
            added: DateTime::UNIX_EPOCH,
            digest: "ab".to_owned(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut keys = StoredKeys::default();
        keys.put(key("a", "AKIA1"));
        keys.put(key("b", "AKIA1"));
        keys.put(key("b", "AKIA2"));
        let text = keys.text();
        assert_eq!(StoredKeys::parse(&text, "x").unwrap(), keys);
        assert_eq!(line_of(&text, "b"), 12);
        assert!(!keys.is_shared(&keys.keys[0]));
        keys.put(key("c", "AKIA1"));
        assert!(keys.is_shared(&keys.keys[0]));
        keys.remove("c");
        assert!(keys.of("c").is_none());
    }

    #[test]
    fn what_is_no_index_is_an_error() {
        let why = |text: &str| StoredKeys::parse(text, "~/k.json").unwrap_err().to_string();
        assert!(why("").starts_with("~/k.json: the index of stored access keys: EOF"));
        assert_eq!(
            why("{\"version\": 2, \"keys\": []}"),
            "~/k.json: the index of stored access keys: its version is 2, and this xacct reads 1"
        );
        let twice = StoredKeys {
            keys: vec![key("a", "AKIA1"), key("a", "AKIA2")],
        };
        assert!(why(&twice.text()).ends_with("profile 'a' is in it twice"));
        assert!(why("{\"version\": 1, \"keys\": [{\"secret\": 1}]}").contains("unknown field"));
    }

    #[test]
    fn every_store_has_one_name() {
        for store in KeyStore::ALL {
            assert_eq!(KeyStore::parse(store.name()), Some(store));
            assert_eq!(
                serde_json::to_string(&store).unwrap(),
                format!("\"{}\"", store.name())
            );
        }
        assert_eq!(KeyStore::parse("file"), None);
    }
}
