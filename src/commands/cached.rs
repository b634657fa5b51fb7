//! What the cache holds of a plan, without touching the network: for `list` and `explain`.

use chrono::{DateTime, Utc};

use super::context::Context;
use crate::broker;
use crate::cache::{Entry, Store};
use crate::plan::Plan;

/// What `list --json` promises to say of the cache.
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

/// The entry of the last step, where there is one that may be used. A doubtful one is warned of and
/// counts as none.
pub(super) fn last_entry(plan: &Plan, store: &Store, context: &Context) -> Option<Entry> {
    broker::cached(plan, (store, &context.env), (context.now)()).unwrap_or_else(|why| {
        context.voice.warn(&why);
        None
    })
}

/// What the last step's entry amounts to.
pub(super) fn status(plan: &Plan, entry: Option<&Entry>, now: DateTime<Utc>) -> Status {
    match entry {
        None if plan.steps.is_empty() && plan.source.is_keys() => Status::Static,
        None => Status::None,
        Some(entry) if entry.expires_at > now => Status::Cached,
        Some(_) => Status::Expired,
    }
}
