//! The last time that a profile's credentials could not be had, for `doctor`: many programs that
//! ask by a `credential_process` swallow what it says. One note a profile, in the cache directory;
//! it goes with the next success.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cache::Store;
use crate::error::{Error, Kind};

/// The folder of the notes in the cache directory.
const FOLDER: &str = "refusals";

const FORMAT: u32 = 1;

/// What was said, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    version: u32,
    /// The profile that was asked for.
    pub(crate) profile: String,
    pub(crate) time: DateTime<Utc>,
    pub(crate) message: String,
    pub(crate) hints: Vec<String>,
    /// The name of the process that started xacct, where the system tells.
    pub(crate) caller: Option<String>,
}

/// Keeps what AWS, the network or the lack of a person came to. What is wrong in the files is found
/// by looking at them, and a cache directory that cannot be written is told of elsewhere.
pub(crate) fn note(
    store: &Store,
    profile: &str,
    error: &Error,
    caller: Option<String>,
    now: DateTime<Utc>,
) {
    if !matches!(
        error.kind,
        Kind::Refused | Kind::NeedsPerson | Kind::Unreachable
    ) {
        return;
    }
    let refusal = Refusal {
        version: FORMAT,
        profile: profile.to_owned(),
        time: now,
        message: error.to_string(),
        hints: error.hint_texts(),
        caller,
    };
    let text = serde_json::to_vec(&refusal).unwrap_or_default();
    let _ = store.write_note(FOLDER, &name(profile), &text);
}

/// The credentials could be had.
pub(crate) fn forget(store: &Store, profile: &str) {
    let _ = store.remove_note(FOLDER, &name(profile));
}

/// As [`forget`], for every profile.
pub(crate) fn forget_all(store: &Store) {
    for name in store.note_names(FOLDER).unwrap_or_default() {
        let _ = store.remove_note(FOLDER, &name);
    }
}

/// The last one; `None` also where it cannot be read.
pub(crate) fn last(store: &Store, profile: &str) -> Option<Refusal> {
    let text = store.read_note(FOLDER, &name(profile)).ok().flatten()?;
    let refusal: Refusal = serde_json::from_slice(&text).ok()?;
    (refusal.version == FORMAT && refusal.profile == profile).then_some(refusal)
}

/// A profile's name may be anything.
fn name(profile: &str) -> String {
    format!("{}.json", hex::encode(Sha256::digest(profile)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_of_a_profile_is_kept_until_it_works() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path().join("cache"));
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        assert_eq!(last(&store, "a/b"), None);
        for error in [Error::config("x"), Error::usage("x"), Error::other("x")] {
            note(&store, "a/b", &error, None, now);
        }
        assert_eq!(last(&store, "a/b"), None);
        note(&store, "a/b", &Error::unreachable("first"), None, now);
        note(
            &store,
            "a/b",
            &Error::refused("AWS said no").hint("ask"),
            Some("node".to_owned()),
            now,
        );
        let found = last(&store, "a/b").unwrap();
        assert_eq!(
            (&*found.message, &*found.hints, found.time),
            ("AWS said no", &["ask".to_owned()][..], now)
        );
        assert_eq!(last(&store, "b"), None);
        forget(&store, "a/b");
        forget(&store, "a/b");
        assert_eq!(last(&store, "a/b"), None);
        for profile in ["a/b", "b"] {
            note(&store, profile, &Error::refused("no"), None, now);
        }
        forget_all(&store);
        assert_eq!((last(&store, "a/b"), last(&store, "b")), (None, None));
    }
}
