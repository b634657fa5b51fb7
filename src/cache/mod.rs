//! Credentials on disk: one file a key, whole or absent, readable by nobody else, and one kernel
//! lock a key.
//!
//! A cache that cannot be used (read-only, full, another user's) never stops anyone: every function
//! here answers with a [`Warning`], the caller says it and goes on without. What a key is made of
//! is decided in `plan`, what an entry is still good for in `broker`.
//!
//! ```text
//! $XACCT_CACHE_DIR/           0700
//!   <64 hex digits>.json      0600, one Entry
//!   .<name>.<random>.tmp      0600, a write under way, or one that was killed
//!   locks/<name>.lock         0600, says who holds it; may be removed at any time
//!   mfa/<64 hex digits>.json  0600, codes lately sent (owned by `mfa`)
//!   sso/<40 hex digits>….json 0600, which tokens are of which sign-in, and attempts that failed (owned by `sso`)
//!   config/<64 hex digits>    0600, a config file for programs that xacct starts, named by its SHA-256
//! ```

#[cfg(test)]
pub(crate) mod child;
mod warning;
mod disk;
mod entry;
mod format;
mod lock;
mod store;
mod copies;
mod health;

pub(crate) use crate::system::open::itself as open_private;
pub(crate) use disk::{has_other_names, not_ours, replace, write as write_private};
#[cfg(test)]
pub(crate) use entry::sample;
pub(crate) use entry::{Entry, SignIn};
pub(crate) use health::{DirectoryHealth, Health, Useless, health};
pub(crate) use lock::{Attempt, Lock, is_still_at};
pub(crate) use store::Store;
pub(crate) use warning::Warning;
