//! Which sign-in a token comes from. A token's file does not say: the token is replaced every hour,
//! and the person who signs in next gets a token in the same file, for the same client.
//!
//! So xacct keeps a note of the tokens that it has got from one sign-in. A token that is in the
//! note, or whose refresh token is, belongs to that sign-in; any other token is one of its own, and
//! so is what another tool has put there.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::NOTES;
use super::files::{SsoFiles, SsoToken};
use crate::cache::{SignIn, Store};
use crate::env::Env;
use crate::plan::Sso;
use crate::secret::Secret;

/// What is known of the sign-in that a session's last token came from.
#[derive(Serialize, Deserialize)]
struct LineageNote {
    id: String,
    /// Digests of its tokens, as far as they may still be in the file.
    tokens: Vec<String>,
}

/// The sign-in of the token that is in the session's file now; `None` where there is no token.
pub(crate) fn current(sso: &Sso, env: &Env, store: &Store) -> Option<SignIn> {
    let files = SsoFiles::new(sso, env).ok()?;
    let token = files.token()?;
    Some(of(&files, &token, store))
}

/// The sign-in of this token.
pub(super) fn of(files: &SsoFiles<'_>, token: &SsoToken, store: &Store) -> SignIn {
    let own = digests(token);
    let noted =
        read(files, store).filter(|note| own.iter().any(|digest| note.tokens.contains(digest)));
    // The refresh token's, where there is one: another tool may refresh without replacing it.
    let id = noted
        .map(|note| note.id)
        .or_else(|| own.last().cloned())
        .unwrap_or_default();
    SignIn {
        file: files.name.clone(),
        id,
    }
}

/// Notes a new token, before it is written: of the sign-in that `before` is of, or of a new one. A
/// note that cannot be written costs requests, never credentials.
pub(super) fn note(
    files: &SsoFiles<'_>,
    token: &SsoToken,
    before: Option<&SsoToken>,
    store: &Store,
) {
    let mut tokens = digests(token);
    let id = before.map_or_else(
        || tokens.last().cloned().unwrap_or_default(),
        |old| of(files, old, store).id,
    );
    // The old ones too: they are in the file until the new ones are.
    tokens.extend(before.iter().flat_map(|old| digests(old)));
    let bytes = serde_json::to_vec(&LineageNote { id, tokens }).unwrap_or_default();
    let _ = store.write_note(NOTES, &name(files), &bytes);
}

fn read(files: &SsoFiles<'_>, store: &Store) -> Option<LineageNote> {
    let bytes = store.read_note(NOTES, &name(files)).ok()??;
    serde_json::from_slice(&bytes).ok()
}

fn name(files: &SsoFiles<'_>) -> String {
    format!("{}-sign-in.json", files.name)
}

/// Of the access token and, last, of the refresh token.
fn digests(token: &SsoToken) -> Vec<String> {
    let secrets = std::iter::once(&token.access_token).chain(&token.refresh_token);
    secrets.map(digest).collect()
}

fn digest(secret: &Secret) -> String {
    hex::encode(
        Sha256::new()
            .chain_update("xacct sign-in ")
            .chain_update(secret.expose())
            .finalize(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(access: &str, refresh: Option<&str>) -> SsoToken {
        SsoToken {
            access_token: Secret::new(access),
            expires_at: chrono::DateTime::UNIX_EPOCH,
            refresh_token: refresh.map(Secret::new),
            client: None,
        }
    }

    #[test]
    fn a_sign_in_lasts_as_long_as_its_tokens_are_known() {
        let home = tempfile::tempdir().unwrap();
        let env = Env::of(&[("HOME", home.path().to_str().unwrap())]);
        let sso = super::super::files::sample(Some("acme"), None);
        let files = SsoFiles::new(&sso, &env).unwrap();
        let store = Store::new(home.path().join("cache"));
        let id = |token: &SsoToken| of(&files, token, &store).id;
        let first = token("a1", Some("r1"));
        let alice = id(&first);
        note(&files, &first, None, &store);
        assert_eq!(id(&first), alice, "a note changes nothing");
        for same in [
            token("a1", None),
            token("a1", Some("r9")),
            token("a9", Some("r1")),
        ] {
            assert_eq!(id(&same), alice);
        }
        // Refreshed; until it is written, the old one is in the file.
        let second = token("a2", Some("r2"));
        note(&files, &second, Some(&first), &store);
        let third = token("a3", Some("r3"));
        note(&files, &third, Some(&second), &store);
        for same in [&second, &third] {
            assert_eq!(id(same), alice);
        }
        // What another tool has put there, and what is refreshed from that, is another sign-in.
        let other = token("b1", Some("r4"));
        let bob = id(&other);
        assert_ne!(bob, alice);
        note(&files, &token("b2", Some("r5")), Some(&other), &store);
        assert_eq!(id(&token("b2", Some("r5"))), bob);
        assert_ne!(id(&third), bob);
        // A new sign-in, whatever the last one was.
        note(&files, &token("a4", Some("r6")), None, &store);
        assert!(![alice, bob].contains(&id(&token("a4", Some("r6")))));
    }

    #[test]
    fn two_sessions_are_two_sign_ins_even_with_one_token() {
        let home = tempfile::tempdir().unwrap();
        let env = Env::of(&[("HOME", home.path().to_str().unwrap())]);
        let store = Store::new(home.path().join("cache"));
        let [one, two] = ["one", "two"].map(|name| super::super::files::sample(Some(name), None));
        let of = |sso: &Sso| {
            of(
                &SsoFiles::new(sso, &env).unwrap(),
                &token("a", None),
                &store,
            )
        };
        assert_ne!(of(&one), of(&two));
    }
}
