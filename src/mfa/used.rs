//! Remembers, for each device, the codes that were lately sent: AWS takes each only once, and
//! counts every failure.
//!
//! The memory is a note in the cache directory, written before the code is sent, so that a crash in
//! between cannot lead to a second use. On a full disk it is an empty file, whose name says it all;
//! where not even that can be made, one in the directory for temporary files. Without either it
//! lasts as long as the process. Waiting is left to the caller.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::code::Code;
use crate::cache::{Store, Warning};
use crate::say::Voice;

const FORMAT: u32 = 1;

/// The folder of the notes in the cache directory.
const FOLDER: &str = "mfa";

/// Codes change with every step of 30 s since the epoch (RFC 6238 section 4.1, and every device
/// that AWS takes).
const STEP: i64 = 30;

/// For how many steps a code is remembered: 10 min. STS takes no code that old, and a device that
/// shows the same six digits again after that has made a new code.
const KEPT: u64 = 20;

/// Whether a code may be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    Fresh,
    /// It was sent before; by then the device shows another one.
    UsedAlready {
        next_in: Duration,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Sent {
    /// SHA-256 over the device and the code. Six digits are soon guessed: what protects this is
    /// that it is private, and spent.
    digest: String,
    /// The 30-s step in which it was sent.
    step: i64,
}

#[derive(Default, Serialize, Deserialize)]
struct SentCodes {
    version: u32,
    sent: Vec<Sent>,
}

/// One device's memory. Whoever checks and then remembers holds the lock of [`Guard::lock_name`]
/// meanwhile.
pub(crate) struct Guard<'a> {
    store: &'a Store,
    /// Where the cache directory is of no use.
    spare: Option<Store>,
    serial: &'a str,
    /// SHA-256 of the serial number, as 64 hex digits.
    name: String,
    /// What this process sent, whatever became of the note.
    own: Mutex<Vec<Sent>>,
    voice: Voice,
}

/// What to call the spare directory of a cache: two caches know nothing of each other's codes there
/// either.
pub(crate) fn name_of_spare(store: &Store) -> String {
    let digest = hex::encode(Sha256::digest(store.dir().as_os_str().as_encoded_bytes()));
    digest[..16].to_owned()
}

impl<'a> Guard<'a> {
    /// Reads nothing yet: every check looks at the note as it is then.
    ///
    /// `spare` is a private directory on another disk.
    pub(crate) fn new(
        store: &'a Store,
        spare: Option<PathBuf>,
        serial: &'a str,
        voice: Voice,
    ) -> Guard<'a> {
        let name = hex::encode(Sha256::digest(serial));
        let spare = spare.map(Store::new);
        Guard {
            store,
            spare,
            serial,
            name,
            own: Mutex::new(Vec::new()),
            voice,
        }
    }

    /// The name of the device's lock in the store.
    pub(crate) fn lock_name(&self) -> String {
        format!("mfa-{}", self.name)
    }

    pub(super) fn check(&self, code: &Code, now: DateTime<Utc>) -> Freshness {
        let digest = self.digest(code);
        if self.sent(now).iter().any(|sent| sent.digest == digest) {
            return Freshness::UsedAlready {
                next_in: until_next(now),
            };
        }
        Freshness::Fresh
    }

    /// Counts the code as sent. Called before it is.
    pub(super) fn remember(&self, code: &Code, now: DateTime<Utc>) {
        let new = Sent {
            digest: self.digest(code),
            step: step(now),
        };
        let mut all = self.sent(now);
        all.retain(|sent| sent.digest != new.digest);
        all.push(new.clone());
        self.with_own(|own| own.push(new.clone()));
        self.write(all, Some(&new));
    }

    /// Takes a code back whose request certainly never arrived, so that it may be used after all.
    pub(crate) fn forget(&self, code: &Code, now: DateTime<Utc>) {
        let digest = self.digest(code);
        self.with_own(|own| own.retain(|sent| sent.digest != digest));
        let mut all = self.sent(now);
        all.retain(|sent| sent.digest != digest);
        self.unmark(|sent| sent.digest == digest);
        self.write(all, None);
    }

    /// What was sent within the last minutes. A step ahead of the clock counts too: the clock was
    /// set back.
    fn sent(&self, now: DateTime<Utc>) -> Vec<Sent> {
        let note = self.read().unwrap_or_else(|warning| {
            self.voice.warn(&warning);
            SentCodes::default()
        });
        let mut all = note.sent;
        self.unmark(|sent| sent.step.abs_diff(step(now)) > KEPT);
        all.extend(self.marks().into_iter().map(|(_, _, sent)| sent));
        self.with_own(|own| all.extend(own.iter().cloned()));
        all.retain(|sent| sent.step.abs_diff(step(now)) <= KEPT);
        all.sort_by(|a, b| (a.step, &a.digest).cmp(&(b.step, &b.digest)));
        all.dedup();
        all
    }

    fn read(&self) -> Result<SentCodes, String> {
        let read = self
            .store
            .read_note(FOLDER, &self.file())
            .map_err(|warning| warning.to_string())?;
        let Some(bytes) = read else {
            return Ok(SentCodes::default());
        };
        let note: Option<SentCodes> = serde_json::from_slice(&bytes).ok();
        // A later format, or none: a code may be sent twice then, which STS refuses.
        note.filter(|note| note.version == FORMAT).ok_or_else(|| {
            format!(
                "ignored the list of used MFA codes in {FOLDER}/{}: it is damaged",
                self.file()
            )
        })
    }

    fn write(&self, sent: Vec<Sent>, new: Option<&Sent>) {
        let note = SentCodes {
            version: FORMAT,
            sent,
        };
        let bytes = serde_json::to_vec(&note).unwrap_or_default();
        let Err(warning) = self.store.write_note(FOLDER, &self.file(), &bytes) else {
            return;
        };
        let Some(new) = new else { return };
        let name = format!("{}.{}.{}", self.name, new.step, new.digest);
        if !self.stores().any(|store| store.mark(FOLDER, &name).is_ok()) {
            self.voice.warn(&unremembered(&warning));
        }
    }

    fn stores(&self) -> impl Iterator<Item = &Store> {
        std::iter::once(self.store).chain(&self.spare)
    }

    /// What was noted by names alone: where, the name, and what it says.
    fn marks(&self) -> Vec<(&Store, String, Sent)> {
        let mut marks = Vec::new();
        for store in self.stores() {
            for name in store.note_names(FOLDER).unwrap_or_default() {
                if let Some(sent) = self.mark(&name) {
                    marks.push((store, name, sent));
                }
            }
        }
        marks
    }

    /// From the name of a note: `DEVICE.STEP.DIGEST`.
    fn mark(&self, note: &str) -> Option<Sent> {
        let rest = note.strip_prefix(&self.name)?.strip_prefix('.')?;
        let (step, digest) = rest.split_once('.')?;
        Some(Sent {
            step: step.parse().ok()?,
            digest: digest.to_owned(),
        })
    }

    fn unmark(&self, unwanted: impl Fn(&Sent) -> bool) {
        for (store, name, _) in self
            .marks()
            .into_iter()
            .filter(|(_, _, sent)| unwanted(sent))
        {
            // A name that stays only keeps a code from being sent again.
            let _ = store.remove_note(FOLDER, &name);
        }
    }

    fn file(&self) -> String {
        format!("{}.json", self.name)
    }

    fn digest(&self, code: &Code) -> String {
        hex::encode(
            Sha256::new()
                .chain_update(self.serial)
                .chain_update([0])
                .chain_update(code.expose())
                .finalize(),
        )
    }

    fn with_own<T>(&self, change: impl FnOnce(&mut Vec<Sent>) -> T) -> T {
        change(&mut self.own.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn unremembered(warning: &Warning) -> String {
    format!("{warning} (this MFA code is remembered as used only until xacct ends)")
}

fn step(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(STEP)
}

/// Until every device shows another code.
fn until_next(now: DateTime<Utc>) -> Duration {
    let into = now.timestamp_millis().rem_euclid(STEP * 1000);
    Duration::from_millis((STEP * 1000 - into).unsigned_abs())
}

/// Whole seconds, rounded up, for a sentence.
pub(super) fn seconds(duration: Duration) -> u64 {
    duration
        .as_millis()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
