//! The kernel's keyring of this user, which lives until the system restarts, or until nobody has
//! asked for it for three days (persistent-keyring(7)). Where the kernel has none, the user's
//! keyring, which ends with the last login.

use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier};
use zeroize::Zeroizing;

use super::StoreState;
use super::item::{self, failed, name, not_there};
use crate::config::KeyStore;
use crate::error::{Error, Result};
use crate::secret::Secret;

const HERE: KeyStore = KeyStore::Kernel;

/// The kernel gives out only what the process can reach by its own keyrings. That of the session
/// may be anybody's; the process's own is always there.
fn ring() -> std::result::Result<KeyRing, KeyError> {
    KeyRing::get_persistent(KeyRingIdentifier::Process).or_else(|_| {
        KeyRing::from_special_id(KeyRingIdentifier::Process, true)?
            .link_keyring_id(KeyRingIdentifier::User)?;
        KeyRing::from_special_id(KeyRingIdentifier::User, false)
    })
}

fn found(id: &str) -> Result<Option<(KeyRing, Key)>> {
    let ring = ring().map_err(|error| item::missing(HERE, &error.to_string()))?;
    match ring.search(&name(id)) {
        Ok(key) => Ok(Some((ring, key))),
        Err(KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked) => Ok(None),
        Err(error) => Err(said(error)),
    }
}

pub(super) fn get(id: &str) -> Result<Secret> {
    let (_, key) = found(id)?.ok_or_else(|| gone(id))?;
    let bytes = Zeroizing::new(key.read_to_vec().map_err(said)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| failed(HERE, "the secret is not UTF-8"))?;
    Ok(Secret::new(text))
}

fn gone(id: &str) -> Error {
    not_there(HERE, id).hint("the kernel's keyring forgets everything when the system restarts")
}

pub(super) fn put(id: &str, secret: &Secret) -> Result<()> {
    let ring = ring().map_err(|error| item::missing(HERE, &error.to_string()))?;
    let added = ring.add_key(&name(id), secret.expose().as_bytes());
    added.map(|_| ()).map_err(said)
}

pub(super) fn remove(id: &str) -> Result<bool> {
    let Some((ring, key)) = found(id)? else {
        return Ok(false);
    };
    ring.unlink_key(key).map(|()| true).map_err(said)
}

pub(super) fn state() -> StoreState {
    match ring() {
        Ok(_) => StoreState::Usable,
        Err(error) => StoreState::Missing(error.to_string()),
    }
}

fn said(error: KeyError) -> Error {
    failed(HERE, &error.to_string())
}
