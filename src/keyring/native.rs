//! The Keychain of macOS and the Credential Manager of Windows, by their stores of keyring-core.

use std::sync::Arc;

use keyring_core::Entry;
use keyring_core::api::CredentialStore;
use zeroize::Zeroizing;

use super::item::{SERVICE, failed, locked, not_there};
use crate::config::KeyStore;
use crate::error::{Error, Result};
use crate::secret::Secret;

#[cfg(target_os = "macos")]
const UNLOCKS: &str = "security unlock-keychain    unlocks it";
#[cfg(windows)]
const UNLOCKS: &str = "log in to Windows with the user whose store it is";

fn entry(store: KeyStore, id: &str) -> Result<Entry> {
    #[cfg(target_os = "macos")]
    let opened = apple_native_keyring_store::keychain::Store::new();
    #[cfg(windows)]
    let opened = windows_native_keyring_store::Store::new();
    let opened: keyring_core::Result<Arc<CredentialStore>> =
        opened.map(|opened| opened as Arc<CredentialStore>);
    let built = opened.and_then(|opened| opened.build(SERVICE, id, None));
    built.map_err(|error| said(store, id, error))
}

pub(super) fn get(store: KeyStore, id: &str) -> Result<Secret> {
    let text = entry(store, id)?
        .get_password()
        .map(Zeroizing::new)
        .map_err(|error| said(store, id, error))?;
    Ok(Secret::new(text.as_str()))
}

pub(super) fn put(store: KeyStore, id: &str, secret: &Secret) -> Result<()> {
    let put = entry(store, id)?.set_password(secret.expose());
    put.map_err(|error| said(store, id, error))
}

pub(super) fn remove(store: KeyStore, id: &str) -> Result<bool> {
    match entry(store, id)?.delete_credential() {
        Ok(()) => Ok(true),
        Err(keyring_core::Error::NoEntry) => Ok(false),
        Err(error) => Err(said(store, id, error)),
    }
}

fn said(store: KeyStore, id: &str, error: keyring_core::Error) -> Error {
    match error {
        keyring_core::Error::NoEntry => not_there(store, id),
        keyring_core::Error::NoStorageAccess(why) => locked(store, &why.to_string(), UNLOCKS),
        // What it says of a value may hold the value.
        keyring_core::Error::BadEncoding(_) => failed(store, "the secret is not UTF-8"),
        error => failed(store, &error.to_string()),
    }
}
