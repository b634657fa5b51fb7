//! Files that belong to this user alone: read only if they do, written whole or not at all.
//!
//! Knows nothing of entries or locks. On systems without Unix owners and modes, the user's own
//! profile directory is what keeps others out.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::warning::Warning;
use crate::config::hints;
use crate::files;
use crate::system::{Open, access, open};
pub(crate) use open::has_other_names;

/// Larger than any entry: a session token has at most a few thousand characters.
const MAX_SIZE: u64 = 64 * 1024;
/// Larger than any note: what a run over ten thousand accounts leaves behind.
pub(super) const MAX_NOTE: u64 = 8 * 1024 * 1024;

/// Whether the directory is there and fit to be trusted: this user's, and written by nobody else.
pub(super) fn trusted(dir: &Path) -> Result<bool, Warning> {
    match fs::metadata(dir) {
        Ok(metadata) => check_dir(dir, &metadata).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Warning::io("read", dir, &error)),
    }
}

/// Makes the directory, and its parents, for this user only; one that was there must pass
/// [`trusted`].
pub(super) fn make_dir(dir: &Path) -> Result<(), Warning> {
    if trusted(dir)? {
        return Ok(());
    }
    files::make_dir(dir).map_err(|error| Warning::io("create", dir, &error))?;
    // Again: somebody else may have made it in between.
    trusted(dir).map(|_| ())
}

fn check_dir(dir: &Path, metadata: &Metadata) -> Result<(), Warning> {
    let shown = dir.display();
    if !metadata.is_dir() {
        return Err(Warning::new(format!(
            "no caching: {shown} is not a directory"
        )));
    }
    match access::openness(dir, metadata) {
        None => Ok(()),
        Some(Open::Foreign(user)) => Err(Warning::new(format!(
            "no caching: {shown} belongs to another user ({user}); set XACCT_CACHE_DIR to a \
             directory of your own"
        ))),
        Some(Open::Writable(_)) => {
            let path = shown.to_string();
            let restrict = hints::restrict(&path, &path, 0o700, hints::PathKind::Directory);
            Err(Warning::new(format!(
                "no caching: others can write to {shown}; run: {restrict}"
            )))
        }
    }
}

/// What is in the file; `None` where there is none.
///
/// A file that is not plain, not this user's, or open to others is not read: whoever planted it
/// could choose the credentials, and whoever read it has them.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Warning> {
    read_up_to(MAX_SIZE, path)
}

/// As [`read`], for files of up to so many bytes.
pub(super) fn read_up_to(max: u64, path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Warning> {
    let mut options = OpenOptions::new();
    options.read(true);
    let mut file = match open::itself(&mut options, path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused(path, &error)),
    };
    let metadata = file
        .metadata()
        .map_err(|error| Warning::io("read", path, &error))?;
    if let Some(why) = not_ours(path, &metadata) {
        return Err(Warning::ignored(path, &why));
    }
    if metadata.len() > max {
        return Err(Warning::ignored(path, "it is too large to be one"));
    }
    let length = usize::try_from(metadata.len()).unwrap_or(0);
    let mut bytes = Zeroizing::new(vec![0; length]);
    // One read: files are replaced, never changed in place, so the length holds.
    file.read_exact(&mut bytes)
        .map_err(|error| Warning::io("read", path, &error))?;
    Ok(Some(bytes))
}

/// The warning for a file that [`open::itself`] could not open.
pub(super) fn refused(path: &Path, error: &io::Error) -> Warning {
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Warning::ignored(path, "it is a symbolic link");
    }
    Warning::io("open", path, error)
}

/// Why an open file is not one that xacct made for this user.
pub(crate) fn not_ours(path: &Path, metadata: &Metadata) -> Option<String> {
    if !metadata.is_file() {
        return Some("it is not a plain file".to_owned());
    }
    access::of_others(path, metadata)
}

/// Puts the bytes where `path` says, all or none: whatever happens on the way, the file is the old
/// one or the new.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Warning> {
    write_up_to(MAX_SIZE, path, bytes)
}

/// As [`write`], for up to so many bytes.
pub(super) fn write_up_to(max: u64, path: &Path, bytes: &[u8]) -> Result<(), Warning> {
    if u64::try_from(bytes.len()).map_or(true, |length| length > max) {
        return Err(Warning::new(format!(
            "did not write {}: it would be too large to be read",
            path.display()
        )));
    }
    files::temporary(path, ".")
        .and_then(|temporary| {
            temporary.as_file().write_all(bytes)?;
            files::put(temporary, path)
        })
        .map_err(|error| Warning::io("write", path, &error))
}

/// Opens a new, empty file at the path, for this user alone, whatever the mode and the owner of the
/// file that it replaces: a file that others can open, or that has another name, is never written
/// to.
///
/// Errors: a link, a pipe, a device or a directory is there, which is left alone.
pub(crate) fn replace(path: &Path) -> io::Result<File> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => {
            let why = format!(
                "{} is in the way: remove it, or choose another place",
                kind(&metadata)
            );
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // A short name of its own: the file's may already be as long as the system allows.
    // A rename follows no link either, should one have appeared since.
    files::persist(files::temporary(&path.with_file_name("xacct"), ".")?, path)
}

fn kind(metadata: &Metadata) -> &'static str {
    let kind = metadata.file_type();
    if kind.is_symlink() {
        return "a symbolic link";
    }
    if kind.is_dir() {
        return "a directory";
    }
    if open::is_pipe(kind) {
        return "a named pipe";
    }
    "a device or socket"
}

/// Whether the name is one of [`write`]'s unfinished files.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with('.')
        && Path::new(name)
            .extension()
            .is_some_and(|ending| ending == "tmp")
}
