//! Which regions an account has enabled, kept for a day: asking needs the account's credentials,
//! and AWS lets few such requests through.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::aws::AccountManagement;
use crate::cache::Store;
use crate::credentials::Credentials;
use crate::error::Result;
use crate::region;

use super::{Broker, refusals};

const FORMAT: u32 = 1;
/// The folder of the notes in the cache directory.
const FOLDER: &str = "regions";
/// Seconds for which they are known.
const KNOWN: i64 = 86_400;

#[derive(Serialize, Deserialize)]
struct RegionsNote {
    version: u32,
    /// Seconds since 1970.
    at: i64,
    regions: Vec<String>,
}

/// The regions that AWS gave for this account within the last day; `url` is where it was asked.
pub(crate) fn known_regions(
    store: &Store,
    url: &str,
    account_id: &str,
    now: DateTime<Utc>,
) -> Option<Vec<String>> {
    let bytes = store.read_note(FOLDER, &file(url, account_id)).ok()??;
    let note: RegionsNote = serde_json::from_slice(&bytes).ok()?;
    let age = now.timestamp() - note.at;
    let is_good = note.version == FORMAT && (0..KNOWN).contains(&age) && are_regions(&note.regions);
    is_good.then_some(note.regions)
}

/// Another server may be another world, with the same accounts.
fn file(url: &str, account_id: &str) -> String {
    let digest = Sha256::new()
        .chain_update(url)
        .chain_update([0])
        .chain_update(account_id)
        .finalize();
    format!("{}.json", hex::encode(digest))
}

/// They become variables and names of files.
fn are_regions(regions: &[String]) -> bool {
    !regions.is_empty()
        && regions
            .iter()
            .all(|name| region::check(name, region::Names::Aws).is_ok())
}

impl Broker<'_> {
    /// Asks for the regions of the account that these credentials, the plan's, are of.
    ///
    /// Errors: `Refused` where AWS says no, `Unreachable`.
    pub(crate) async fn regions(
        &self,
        service: &AccountManagement,
        credentials: &Credentials,
    ) -> Result<Vec<String>> {
        let listed = service.regions(credentials).await;
        let regions =
            listed.map_err(|failure| refusals::no_regions(self.plan, &service.url, failure))?;
        if !are_regions(&regions) {
            return Err(refusals::strange_regions(self.plan));
        }
        let account_id = credentials.account_id().or_else(|| self.plan.account_id());
        if let Some(account_id) = account_id {
            let note = RegionsNote {
                version: FORMAT,
                at: (self.now)().timestamp(),
                regions: regions.clone(),
            };
            let bytes = serde_json::to_vec(&note).unwrap_or_default();
            let kept = self
                .store
                .write_note(FOLDER, &file(&service.url, account_id), &bytes);
            if let Err(warning) = kept {
                self.voice.trace(1, &warning.to_string());
            }
        }
        Ok(regions)
    }
}
