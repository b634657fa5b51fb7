//! What the cache holds of a plan, without touching the network: for `list` and `explain`.

use chrono::{DateTime, Utc};

use super::context::Context;
use crate::broker;
use crate::cache::{Entry, Store};
use crate::plan::Plan;

/// What `list --json` promises to say of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CacheStatus {
    Cached,
    Expired,
    None,
    Static,
}

impl CacheStatus {
    pub(super) fn word(self) -> &'static str {
        match self {
            CacheStatus::Cached => "cached",
            CacheStatus::Expired => "expired",
            CacheStatus::None => "none",
            CacheStatus::Static => "static",
        }
    }
}

/// The entry of the last step, where there is one that may be used. A doubtful one is warned of and
/// counts as none.
pub(super) fn last_entry(plan: &Plan, store: &Store, context: &Context) -> Option<Entry> {
    broker::cached(plan, (store, &context.env), (context.now)()).unwrap_or_else(|why| {
        context.voice.warn(&why);
        None
    })
}

/// What the last step's entry amounts to.
pub(super) fn status(plan: &Plan, entry: Option<&Entry>, now: DateTime<Utc>) -> CacheStatus {
    match entry {
        None if plan.steps.is_empty() && plan.source.is_keys() => CacheStatus::Static,
        None => CacheStatus::None,
        Some(entry) if entry.expires_at > now => CacheStatus::Cached,
        Some(_) => CacheStatus::Expired,
    }
}
