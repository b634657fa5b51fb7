//! What the next process should know of a sign-in or a refresh that failed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::NOTES;
use crate::cache::Store;
use crate::error::Kind;

#[derive(Serialize, Deserialize)]
pub(crate) struct FailureNote {
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub(crate) failed_at: DateTime<Utc>,
    /// AWS gave no answer, as opposed to a person or AWS that said no.
    pub(crate) unreachable: bool,
}

impl FailureNote {
    pub(crate) fn of(store: &Store, name: &str) -> Option<FailureNote> {
        let bytes = store.read_note(NOTES, name).ok()??;
        serde_json::from_slice(&bytes).ok()
    }

    pub(crate) fn leave(store: &Store, name: &str, now: DateTime<Utc>, kind: Kind) {
        let note = FailureNote {
            failed_at: now,
            unreachable: kind == Kind::Unreachable,
        };
        let note = serde_json::to_vec(&note).unwrap_or_default();
        // Without it the others try too: no reason to speak.
        let _ = store.write_note(NOTES, name, &note);
    }

    pub(crate) fn is_within(&self, began: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        (began..=now).contains(&self.failed_at)
    }
}
