//! One kernel lock a name: it ends with its holder, however the holder ends.
//!
//! The file says who holds it, for the one who waits. It may be removed by anyone at any time:
//! whoever gets a lock makes sure that its file is still the one at the path.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::disk;
use super::warning::Warning;

/// A lock that is held until this is dropped, or the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// What one try gave.
#[derive(Debug)]
pub(crate) enum Attempt {
    Taken(Lock),
    /// Held by the one who described itself so.
    Held(String),
}

/// One try, without waiting. `me` goes into the file if it succeeds.
pub(super) fn attempt(path: &Path, me: &str) -> Result<Attempt, Warning> {
    loop {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) if !is_still_at(&file, path) => {}
            Ok(()) if has_other_names(&file) => {
                // A hard link: what `me` says would be written over another file. Only this name of
                // it goes.
                std::fs::remove_file(path).map_err(|error| Warning::io("remove", path, &error))?;
            }
            Ok(()) => return Ok(Attempt::Taken(taken(file, me))),
            Err(TryLockError::WouldBlock) => return Ok(Attempt::Held(holder(&file))),
            Err(TryLockError::Error(error)) => return Err(Warning::io("lock", path, &error)),
        }
    }
}

/// Removes a lock file that nobody holds. Where a removed file cannot be told from a new one, it
/// stays.
pub(super) fn remove_unused(path: &Path) {
    if cfg!(not(unix)) {
        return;
    }
    let Ok(file) = disk::open(OpenOptions::new().read(true).write(true), path) else {
        return;
    };
    if file.try_lock().is_ok() && is_still_at(&file, path) {
        // While it is held: whoever waits for this file will find that it has gone, and open the
        // next one.
        let _ = std::fs::remove_file(path);
    }
}

fn open(path: &Path) -> Result<File, Warning> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file = disk::open(&mut options, path).map_err(|error| disk::refused(path, &error))?;
    let metadata = file
        .metadata()
        .map_err(|error| Warning::io("read", path, &error))?;
    match disk::not_ours(&metadata) {
        Some(why) => Err(Warning::ignored(path, &why)),
        None => Ok(file),
    }
}

fn has_other_names(file: &File) -> bool {
    file.metadata()
        .is_ok_and(|metadata| disk::has_other_names(&metadata))
}

/// Leaves the holder's description in the file. Only people read it, so a full disk is no reason to
/// fail.
fn taken(mut file: File, me: &str) -> Lock {
    let length = u64::try_from(me.len()).unwrap_or(0);
    let _ = file
        .write_all(me.as_bytes())
        .and_then(|()| file.set_len(length));
    Lock { _file: file }
}

fn holder(mut file: &File) -> String {
    let mut text = Vec::new();
    let read = file
        .rewind()
        .and_then(|()| file.take(300).read_to_end(&mut text));
    match String::from_utf8_lossy(&text).trim() {
        "" => "another process".to_owned(),
        _ if read.is_err() => "another process".to_owned(),
        holder => holder.to_owned(),
    }
}

/// Whether the open file is the one that stands at the path, and not one that was moved away.
#[cfg(unix)]
pub(crate) fn is_still_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), std::fs::symlink_metadata(path)) {
        (Ok(held), Ok(there)) => identity(held) == identity(there),
        _ => false,
    }
}

#[cfg(not(unix))]
pub(crate) fn is_still_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests;
