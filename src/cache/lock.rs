//! One kernel lock a name: it ends with its holder, however the holder ends.
//!
//! The file says who holds it, for the one who waits. It may be removed by anyone at any time:
//! whoever gets a lock makes sure that its file is still the one at the path.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use super::disk;
use super::warning::Warning;
use crate::system::open;
pub(crate) use open::is_still_at;

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
        let file = open_own(path)?;
        match file.try_lock() {
            Ok(()) if !is_still_at(&file, path) => {}
            Ok(()) if disk::has_other_names(&file) => {
                // A hard link: what `me` says would be written over another file. Only this name of
                // it goes.
                std::fs::remove_file(path).map_err(|error| Warning::io("remove", path, &error))?;
            }
            Ok(()) => {
                describe(&file, path, me);
                return Ok(Attempt::Taken(Lock { _file: file }));
            }
            Err(TryLockError::WouldBlock) => return Ok(Attempt::Held(holder(&file, path))),
            Err(TryLockError::Error(error)) => return Err(Warning::io("lock", path, &error)),
        }
    }
}

/// Removes a lock file that nobody holds.
pub(super) fn remove_unused(path: &Path) {
    let Ok(file) = open::itself(OpenOptions::new().read(true).write(true), path) else {
        return;
    };
    if file.try_lock().is_ok() && is_still_at(&file, path) {
        // While it is held: whoever waits for this file will find that it has gone, and open the
        // next one.
        let _ = std::fs::remove_file(path);
    }
}

fn open_own(path: &Path) -> Result<File, Warning> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file = open::itself(&mut options, path).map_err(|error| disk::refused(path, &error))?;
    let metadata = file
        .metadata()
        .map_err(|error| Warning::io("read", path, &error))?;
    match disk::not_ours(path, &metadata) {
        Some(why) => Err(Warning::ignored(path, &why)),
        None => Ok(file),
    }
}

/// Leaves the holder's description in the file, or beside it where nobody can read what is locked.
/// Only people read it, so a full disk is no reason to fail.
fn describe(mut file: &File, path: &Path, me: &str) {
    if let Some(beside) = open::beside_lock(path) {
        let _ = disk::write(&beside, me.as_bytes());
        return;
    }
    let length = u64::try_from(me.len()).unwrap_or(0);
    let _ = file
        .write_all(me.as_bytes())
        .and_then(|()| file.set_len(length));
}

fn description(mut file: &File, path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if let Some(beside) = open::beside_lock(path) {
        let file = open::itself(OpenOptions::new().read(true), &beside)?;
        file.take(300).read_to_end(&mut text)?;
    } else {
        file.rewind()?;
        file.take(300).read_to_end(&mut text)?;
    }
    Ok(text)
}

fn holder(file: &File, path: &Path) -> String {
    let read = description(file, path);
    let is_read = read.is_ok();
    let text = read.unwrap_or_default();
    match String::from_utf8_lossy(&text).trim() {
        "" => "another process".to_owned(),
        _ if !is_read => "another process".to_owned(),
        holder => holder.to_owned(),
    }
}

#[cfg(test)]
mod tests;
