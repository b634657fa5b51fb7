//! The cache directory: entries by key, locks by name, notes of other modules beside them.

use crate::plan::PlanKey;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use zeroize::Zeroizing;

use super::disk;
use super::entry::{Entry, SignIn};
use super::format::{self, Unusable};
use super::lock::{self, Attempt};
use super::warning::Warning;

const LOCKS: &str = "locks";

/// The directory. Making one touches nothing; it is created by the first write.
#[derive(Debug)]
pub(crate) struct Store {
    dir: PathBuf,
    /// Whether a warning about the directory as a whole was given: reads say it once, then are
    /// silent misses.
    told: AtomicBool,
}

impl Store {
    pub(crate) fn new(dir: PathBuf) -> Store {
        Store {
            dir,
            told: AtomicBool::new(false),
        }
    }

    /// Where it is, whether it is there or not.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The key's entry, whatever its age. The hot path: one stat, one open, one fstat, one read.
    pub(crate) fn get(&self, key: &PlanKey) -> Result<Option<Entry>, Warning> {
        if !self.readable()? {
            return Ok(None);
        }
        let path = self.entry_path(key);
        let Some(bytes) = disk::read(&path)? else {
            return Ok(None);
        };
        match format::decode(key, &bytes) {
            Ok(entry) => Ok(Some(entry)),
            Err(why) => Err(Warning::ignored(&path, &why.to_string())),
        }
    }

    /// Replaces the key's entry. Whatever happens on the way, the old one or the new one is there,
    /// whole.
    pub(crate) fn put(&self, key: &PlanKey, entry: &Entry) -> Result<(), Warning> {
        self.make(&self.dir)?;
        let path = self.entry_path(key);
        let bytes = format::encode(key, entry)
            .map_err(|error| Warning::io("write", &path, &error.into()))?;
        disk::write(&path, &bytes)
    }

    /// Forgets the key's entry; `false` where there was none.
    pub(crate) fn remove(&self, key: &PlanKey) -> Result<bool, Warning> {
        if !self.there()? {
            return Ok(false);
        }
        remove_file(&self.entry_path(key))
    }

    /// Forgets every entry, and says how many there were. Locks stay, they may be held; so do
    /// notes: that a code was sent stays true.
    pub(crate) fn clear(&self) -> Result<usize, Warning> {
        let mut removed = 0;
        for (path, name) in self.files(&self.dir)? {
            if key_of(&name).is_some() {
                removed += usize::from(remove_file(&path)?);
            } else if disk::is_temporary(&name) {
                remove_file(&path)?;
            }
        }
        Ok(removed)
    }

    /// Every entry that can be read, whatever its age. What cannot be read is of no use to anybody.
    pub(crate) fn entries(&self) -> Result<Vec<(PlanKey, Entry)>, Warning> {
        let mut entries = Vec::new();
        for (path, name) in self.files(&self.dir)? {
            let Some(key) = key_of(&name) else { continue };
            let Ok(Some(bytes)) = disk::read(&path) else {
                continue;
            };
            if let Ok(entry) = format::decode(&key, &bytes) {
                entries.push((key, entry));
            }
        }
        Ok(entries)
    }

    /// Forgets every entry that is `unwanted`, and gives what they were.
    pub(crate) fn clear_where(
        &self,
        unwanted: impl Fn(&PlanKey, &Entry) -> bool,
    ) -> Result<Vec<Entry>, Warning> {
        let mut removed = Vec::new();
        for (key, entry) in self.entries()? {
            if unwanted(&key, &entry) && self.remove(&key)? {
                removed.push(entry);
            }
        }
        Ok(removed)
    }

    /// Forgets what earlier sign-ins of this token file gave: they may have been another user's, and
    /// nothing uses them any more. What cannot be removed is not used either.
    pub(crate) fn forget_earlier_sign_ins(&self, now: &SignIn) {
        let _ = self.clear_where(|_, entry| {
            let sign_in = entry.sign_in.as_ref();
            sign_in.is_some_and(|sign_in| sign_in.file == now.file && sign_in != now)
        });
    }

    /// Drops what nobody will ask for again: entries so long past their end, writes that were
    /// killed, locks that nobody took for that time. A stat a file; only old ones are opened.
    /// Called after a put, so it says nothing.
    pub(crate) fn prune(&self, now: DateTime<Utc>, kept: TimeDelta) {
        for (path, name) in self.files(&self.dir).unwrap_or_default() {
            // A file is written before its entry ends, so a young one cannot be long past its end.
            if !is_older(&path, now - kept) {
                continue;
            }
            if disk::is_temporary(&name)
                || key_of(&name).is_some_and(|key| is_over(&path, &key, now - kept))
            {
                let _ = fs::remove_file(&path);
            }
        }
        for (path, _) in self.files(&self.dir.join(LOCKS)).unwrap_or_default() {
            if is_older(&path, now - kept) {
                lock::remove_unused(&path);
            }
        }
    }

    /// Takes the lock of this name (a key, or one's own word of letters, digits and `-`), or says
    /// at once who holds it. `me` is how this process is described to those who wait for it.
    pub(crate) fn try_lock(&self, name: &str, me: &str) -> Result<Attempt, Warning> {
        lock::attempt(&self.lock_path(name)?, me)
    }

    /// A small private file of another module, `folder/name`, under the rules of entries.
    pub(crate) fn read_note(
        &self,
        folder: &str,
        name: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Warning> {
        if !self.readable()? {
            return Ok(None);
        }
        disk::read_up_to(disk::MAX_NOTE, &self.dir.join(folder).join(name))
    }

    /// Replaces a note, all or none.
    pub(crate) fn write_note(&self, folder: &str, name: &str, bytes: &[u8]) -> Result<(), Warning> {
        disk::write_up_to(disk::MAX_NOTE, &self.folder(folder)?.join(name), bytes)
    }

    /// A note of which there is no more than the name: it needs no room on a disk that has none.
    pub(crate) fn mark(&self, folder: &str, name: &str) -> Result<(), Warning> {
        self.replace_note(folder, name).map(drop)
    }

    /// The names of the notes in a folder.
    pub(crate) fn note_names(&self, folder: &str) -> Result<Vec<String>, Warning> {
        let files = self.files(&self.dir.join(folder))?;
        Ok(files.into_iter().map(|(_, name)| name).collect())
    }

    /// Whether there was such a note.
    pub(crate) fn remove_note(&self, folder: &str, name: &str) -> Result<bool, Warning> {
        if !self.there()? {
            return Ok(false);
        }
        remove_file(&self.dir.join(folder).join(name))
    }

    /// A note that is new and empty, for the one that adds to it.
    pub(crate) fn replace_note(&self, folder: &str, name: &str) -> Result<fs::File, Warning> {
        let path = self.folder(folder)?.join(name);
        disk::replace(&path).map_err(|error| Warning::io("write", &path, &error))
    }

    fn entry_path(&self, key: &PlanKey) -> PathBuf {
        self.dir.join(format!("{key}.json"))
    }

    fn lock_path(&self, name: &str) -> Result<PathBuf, Warning> {
        Ok(self.folder(LOCKS)?.join(format!("{name}.lock")))
    }

    /// A folder in the directory, made if need be.
    fn folder(&self, name: &str) -> Result<PathBuf, Warning> {
        self.make(&self.dir)?;
        let folder = self.dir.join(name);
        self.make(&folder)?;
        Ok(folder)
    }

    fn make(&self, dir: &Path) -> Result<(), Warning> {
        self.noting(disk::make_dir(dir))
    }

    fn there(&self) -> Result<bool, Warning> {
        self.noting(disk::trusted(&self.dir))
    }

    /// Like [`Store::there`], but what was said once is only a `false` from then on.
    fn readable(&self) -> Result<bool, Warning> {
        let told = self.told.load(Ordering::Relaxed);
        self.there()
            .or_else(|warning| if told { Ok(false) } else { Err(warning) })
    }

    fn noting<T>(&self, result: Result<T, Warning>) -> Result<T, Warning> {
        if result.is_err() {
            self.told.store(true, Ordering::Relaxed);
        }
        result
    }

    /// Paths and names of what is in a directory that can be trusted; nothing where there is none.
    fn files(&self, dir: &Path) -> Result<Vec<(PathBuf, String)>, Warning> {
        if !self.there()? || !disk::trusted(dir)? {
            return Ok(Vec::new());
        }
        let listed = fs::read_dir(dir).map_err(|error| Warning::io("read", dir, &error))?;
        // A name that is not UTF-8 is not one of xacct's.
        let named = listed
            .flatten()
            .filter_map(|file| Some((file.path(), file.file_name().into_string().ok()?)));
        Ok(named.collect())
    }
}

/// The key in the name of an entry's file.
pub(super) fn key_of(name: &str) -> Option<PlanKey> {
    PlanKey::from_hex(name.strip_suffix(".json")?)
}

fn remove_file(path: &Path) -> Result<bool, Warning> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Warning::io("remove", path, &error)),
    }
}

/// Whether the file (not what it may link to) was last written before then.
pub(super) fn is_older(path: &Path, then: DateTime<Utc>) -> bool {
    let written = fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    written.is_ok_and(|at| DateTime::<Utc>::from(at) < then)
}

/// Whether the entry ended before then, or is damaged. What a newer xacct wrote is its business.
fn is_over(path: &Path, key: &PlanKey, then: DateTime<Utc>) -> bool {
    let Ok(Some(bytes)) = disk::read(path) else {
        return false;
    };
    match format::decode(key, &bytes) {
        Ok(entry) => entry.expires_at < then,
        Err(Unusable::Damaged(_)) => true,
        Err(Unusable::Newer(_)) => false,
    }
}

#[cfg(test)]
mod tests;
