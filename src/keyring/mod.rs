//! Where the secrets of long-term access keys are kept: the system's keyring, one item a key, named
//! by the key's ID. Which profile has which key is `config`'s (the index), and so is the choice that
//! the settings make; never is a plain file used instead.

mod index;
mod item;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(any(target_os = "macos", windows))]
mod native;
#[cfg(unix)]
mod pass;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;

use crate::config::KeyStore;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::secret::Secret;

pub(crate) use index::Index;

/// What can be said of a store without unlocking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreState {
    Usable,
    /// It asks for a password first.
    Locked,
    /// It cannot be used here, because of this.
    Missing(String),
}

/// The stores of this user.
#[derive(Clone, Copy)]
#[cfg_attr(windows, expect(dead_code, reason = "its one store needs neither"))]
pub(crate) struct Keyring<'a> {
    pub(crate) env: &'a Env,
    /// Whether a store may ask a person to unlock it.
    pub(crate) may_ask: bool,
}

/// The stores of this platform, in the order in which `auto` looks at them.
const HERE: &[KeyStore] = if cfg!(target_os = "macos") {
    &[KeyStore::Keychain, KeyStore::Pass]
} else if cfg!(windows) {
    &[KeyStore::CredentialManager]
} else if cfg!(target_os = "linux") {
    &[KeyStore::SecretService, KeyStore::Pass, KeyStore::Kernel]
} else {
    &[KeyStore::SecretService, KeyStore::Pass]
};

impl Keyring<'_> {
    /// The secret of the access key.
    ///
    /// Errors: `Config` where the store or the key is not there, `NeedsPerson` where it is locked
    /// and stays so, `Signal`.
    pub(crate) async fn get(self, store: KeyStore, id: &str) -> Result<Secret> {
        match store {
            #[cfg(all(unix, not(target_os = "macos")))]
            KeyStore::SecretService => secret_service::get(id, self.may_ask).await,
            #[cfg(target_os = "linux")]
            KeyStore::Kernel => kernel::get(id),
            #[cfg(unix)]
            KeyStore::Pass => pass::get(id, self).await,
            #[cfg(any(target_os = "macos", windows))]
            KeyStore::Keychain | KeyStore::CredentialManager if HERE.contains(&store) => {
                native::get(store, id)
            }
            _ => Err(elsewhere(store)),
        }
    }

    /// Puts the secret there, over one that is there. `profile` is for people who look at the store.
    ///
    /// Errors: as [`Keyring::get`].
    pub(crate) async fn put(
        self,
        store: KeyStore,
        id: &str,
        secret: &Secret,
        profile: &str,
    ) -> Result<()> {
        // Some stores have no place for it.
        let _ = profile;
        match store {
            #[cfg(all(unix, not(target_os = "macos")))]
            KeyStore::SecretService => secret_service::put(id, secret, profile, self.may_ask).await,
            #[cfg(target_os = "linux")]
            KeyStore::Kernel => kernel::put(id, secret),
            #[cfg(unix)]
            KeyStore::Pass => pass::put(id, secret, self).await,
            #[cfg(any(target_os = "macos", windows))]
            KeyStore::Keychain | KeyStore::CredentialManager if HERE.contains(&store) => {
                native::put(store, id, secret)
            }
            _ => Err(elsewhere(store)),
        }
    }

    /// Removes it; `false` where it was not there.
    ///
    /// Errors: as [`Keyring::get`], but for a key that is not there.
    pub(crate) async fn remove(self, store: KeyStore, id: &str) -> Result<bool> {
        match store {
            #[cfg(all(unix, not(target_os = "macos")))]
            KeyStore::SecretService => secret_service::remove(id, self.may_ask).await,
            #[cfg(target_os = "linux")]
            KeyStore::Kernel => kernel::remove(id),
            #[cfg(unix)]
            KeyStore::Pass => pass::remove(id, self).await,
            #[cfg(any(target_os = "macos", windows))]
            KeyStore::Keychain | KeyStore::CredentialManager if HERE.contains(&store) => {
                native::remove(store, id)
            }
            _ => Err(elsewhere(store)),
        }
    }

    /// How the store is now; nothing is unlocked.
    pub(crate) async fn state(self, store: KeyStore) -> StoreState {
        match store {
            #[cfg(all(unix, not(target_os = "macos")))]
            KeyStore::SecretService => secret_service::state().await,
            #[cfg(target_os = "linux")]
            KeyStore::Kernel => kernel::state(),
            #[cfg(unix)]
            KeyStore::Pass => pass::state(self.env),
            #[cfg(any(target_os = "macos", windows))]
            KeyStore::Keychain | KeyStore::CredentialManager if HERE.contains(&store) => {
                StoreState::Usable
            }
            _ => StoreState::Missing(NOT_HERE.to_owned()),
        }
    }

    /// The store for a new key: the one that the settings name, or the first that is there.
    ///
    /// Errors: `Config`, there is none.
    pub(crate) async fn choose(self, named: Option<KeyStore>) -> Result<KeyStore> {
        let mut reasons = Vec::new();
        for store in named.as_ref().map_or(HERE, std::slice::from_ref) {
            match self.state(*store).await {
                StoreState::Usable | StoreState::Locked => return Ok(*store),
                StoreState::Missing(why) => reasons.push(item::missing(*store, &why)),
            }
        }
        if named.is_some()
            && let Some(only) = reasons.pop()
        {
            return Err(only);
        }
        let error = Error::config("no keyring was found to keep an access key in");
        let all = reasons.into_iter().map(|reason| reason.message);
        let error = all.fold(error, Error::hint);
        Err(error.named("keyring-missing"))
    }
}

/// The stores of this platform, in the order in which one is chosen.
pub(crate) fn stores() -> Vec<KeyStore> {
    HERE.to_vec()
}

const NOT_HERE: &str = "this system has no such store";

fn elsewhere(store: KeyStore) -> Error {
    item::missing(store, NOT_HERE)
}
