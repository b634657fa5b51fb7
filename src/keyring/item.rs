//! What the stores have in common: how an item is called, and the errors.

use crate::config::KeyStore;
use crate::error::Error;

/// What an item is called where names have levels, and by which it is searched elsewhere.
pub(super) const SERVICE: &str = "xacct";

/// `xacct/AKIAIOSFODNN7EXAMPLE`
#[cfg(unix)]
pub(super) fn name(id: &str) -> String {
    format!("{SERVICE}/{id}")
}

/// The store cannot be used, because of this.
pub(super) fn missing(store: KeyStore, why: &str) -> Error {
    let error = Error::config(format!("{store} cannot be used: {why}"));
    let error = match store {
        KeyStore::Pass => error.hint("pass init YOUR-GPG-KEY    makes a password store"),
        KeyStore::SecretService => error.hint(
            "it needs a desktop's session with GNOME Keyring, KWallet or KeePassXC; \
             gnome-keyring-daemon --unlock    makes a keyring if you have none",
        ),
        _ => error,
    };
    error
        .hint(
            "keys.store in config.toml chooses another store; 'xacct doctor' shows which there are",
        )
        .named("keyring-missing")
}

/// It is locked, and nobody has unlocked it.
pub(super) fn locked(store: KeyStore, why: &str, unlocks: &str) -> Error {
    Error::needs_person(format!("{store} is locked: {why}"))
        .hint(unlocks)
        .named("keyring-locked")
}

/// The store is there, and the key is not in it.
pub(super) fn not_there(store: KeyStore, id: &str) -> Error {
    Error::config(format!("the secret of access key {id} is not in {store}"))
        .named("keyring-key-missing")
}

/// The store did not do what it was asked.
pub(super) fn failed(store: KeyStore, why: &str) -> Error {
    Error::other(format!("{store} failed: {why}")).named("keyring-failed")
}
