//! The secret of an access key that is in a keyring, fetched when something is to be signed.
//!
//! Processes take turns: the first has a person unlock the store, and the others find it unlocked.

use crate::config::words;
use crate::credentials::{Credentials, Unchecked};
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::lock_wait::Waiter;
use crate::plan::{KeyInStore, digest_of};
use crate::secret::Secret;
use crate::sso::Asker;
use crate::terminal::interruptible;

/// The lock of who reads a store.
const TURN: &str = "keyring";

pub(super) async fn fetch(key: &KeyInStore, asker: Asker<'_>) -> Result<Credentials> {
    let waiter = Waiter {
        store: asker.store,
        voice: asker.voice,
        me: asker.me,
        until: asker.until,
    };
    let _turn = waiter
        .wait_for(TURN, ", which unlocks the keyring", |warning| {
            asker.voice.warn(warning);
        })
        .await?;
    let keyring = Keyring {
        env: asker.env,
        may_ask: !asker.no_input,
    };
    let got = interruptible(keyring.get(key.store, &key.access_key_id)).await?;
    let add = format!(
        "xacct keys add {}    puts the key there again",
        words::typed(&key.profile)
    );
    let secret = got.map_err(|error| match error.id {
        Some("keyring-key-missing") => error.at(key.place.clone()).hint(add.clone()),
        _ => error,
    })?;
    credentials(key, secret).map_err(|error| error.hint(add))
}

/// The secret that a store has given, with its access key.
///
/// Errors: `Config`, it is another one than was put there.
pub(crate) fn credentials(key: &KeyInStore, secret: Secret) -> Result<Credentials> {
    let unchecked = Unchecked {
        access_key_id: key.access_key_id.clone(),
        secret_access_key: secret,
        session_token: None,
        expiration: None,
        account_id: key.account_id.clone(),
    };
    let is_ours = |keys: &Credentials| digest_of(keys) == key.digest;
    unchecked.checked().ok().filter(is_ours).ok_or_else(|| {
        Error::config(format!(
            "{} has another secret for {} than xacct has put there",
            key.store, key.access_key_id
        ))
        .at(key.place.clone())
        .named("keyring-key-changed")
    })
}
