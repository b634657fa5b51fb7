//! What the cache holds of a plan, without touching the network: for `list` and `explain`.

use chrono::{DateTime, Utc};

use crate::cache::{Entry, Key, Store};
use crate::plan::{Plan, Source};
use crate::say::Voice;

/// DESIGN.md section 1, `list --json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Cached,
    Expired,
    None,
    Static,
}

impl Status {
    pub(super) fn word(self) -> &'static str {
        match self {
            Status::Cached => "cached",
            Status::Expired => "expired",
            Status::None => "none",
            Status::Static => "static",
        }
    }
}

/// One entry a step, where there is a whole one. A doubtful entry is warned of and counts as none.
pub(super) fn entries(plan: &Plan, store: &Store, voice: Voice) -> Vec<Option<Entry>> {
    let get = |key: [u8; 32]| {
        store.get(&Key::from_digest(key)).unwrap_or_else(|warning| {
            voice.warn(&warning.to_string());
            None
        })
    };
    plan.steps.iter().map(|step| get(step.key)).collect()
}

/// What the last step's entry amounts to.
pub(super) fn status(plan: &Plan, entries: &[Option<Entry>], now: DateTime<Utc>) -> Status {
    let is_static = matches!(plan.source, Source::AccessKey { .. } | Source::Environment { .. });
    match entries.last() {
        None if is_static => Status::Static,
        None | Some(None) => Status::None,
        Some(Some(entry)) if entry.expires_at > now => Status::Cached,
        Some(Some(_)) => Status::Expired,
    }
}
