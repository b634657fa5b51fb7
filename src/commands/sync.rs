//! `xacct sync`: profiles for the accounts that somebody else keeps a list of. One file for each
//! source; `update` writes what they find, and `choice` is what a person wants of it.

mod choice;
mod tags;
mod update;
pub(super) mod sso;
pub(super) mod organizations;

use crate::cli::Syncing;
use crate::error::{Error, Result};

/// `--region`, which is written into profiles.
fn typed_region(syncing: &Syncing) -> Result<Option<String>> {
    let Some(text) = &syncing.region else {
        return Ok(None);
    };
    let checked = super::add::region(text);
    checked
        .map(Some)
        .map_err(|why| Error::config(format!("--region: {why}")))
}
