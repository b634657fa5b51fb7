//! Changing the files that people write too: one xacct at a time, each file whole or not at all,
//! with what was there before beside it. What to write is the caller's business, and so is the
//! order, in which a crash between two files must leave what works.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use tempfile::NamedTempFile;

use super::backup;
use super::private::{self, make_dir};
use super::read::read_bytes;
use crate::config::{FileKind, Paths};
use crate::error::{Error, Result};
use crate::system::{access, open};

/// In the names of temporary files: `.config.xacct-1x2y3z.tmp`.
const MARK: &str = ".xacct-";

/// One file and what is to stand in it: `None` is no file.
pub(crate) struct Change<'a> {
    pub(crate) file: FileKind,
    pub(crate) old: Option<&'a str>,
    pub(crate) new: Option<&'a str>,
}

/// Held while files are changed; it ends with the process, however that ends.
pub(crate) struct EditLock {
    _file: File,
}

/// The right to change the files; `None` while another process has it.
///
/// Errors: the directory of the config file cannot be made or locked.
pub(crate) fn try_lock(paths: &Paths) -> Result<Option<EditLock>> {
    let Some(dir) = paths
        .config
        .parent()
        .filter(|dir| !dir.as_os_str().is_empty())
    else {
        return Err(Error::config("no home directory found for ~/.aws").hint("set AWS_CONFIG_FILE"));
    };
    lock_in(dir).map_err(|error| {
        Error::config(format!("{} cannot be locked: {error}", dir.display())).caused_by(error)
    })
}

fn lock_in(dir: &Path) -> io::Result<Option<EditLock>> {
    make_dir(dir)?;
    let file = open::to_lock(dir)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(EditLock { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Writes the files, in this order, and gives the backups of what was there. Everything that can
/// fail beforehand does, before the first of them is changed. `now` has the offset of the user's
/// time zone.
///
/// Errors: of kind `Config` where a file or its directory cannot be written, `Other` where somebody
/// has changed a file since it was read.
pub(crate) fn write(
    paths: &Paths,
    changes: &[Change<'_>],
    now: DateTime<FixedOffset>,
    _lock: &EditLock,
) -> Result<Vec<PathBuf>> {
    let targets: Vec<PathBuf> = changes
        .iter()
        .map(|change| target(paths, change).map_err(|error| unwritten(paths, change, error)))
        .collect::<Result<_>>()?;
    for (change, target) in changes.iter().zip(&targets) {
        still_there(change, target, &paths.display(change.file))?;
    }
    for target in &targets {
        sweep(target);
    }
    let mut prepared = Prepared::default();
    for (change, target) in changes.iter().zip(&targets) {
        prepared
            .add(change, target)
            .map_err(|error| unwritten(paths, change, error))?;
    }
    let backups = backup::back_up(paths, changes, now)?;
    for (index, (change, target)) in changes.iter().zip(&targets).enumerate() {
        prepared.commit(index, target).map_err(|error| {
            let error = unwritten(paths, change, error);
            let done: Vec<String> = changes[..index]
                .iter()
                .map(|done| paths.display(done.file))
                .collect();
            match done.as_slice() {
                [] => error,
                done => error.without_hints().hint(format!(
                    "{} was written, which changes nothing by itself: run the command again",
                    done.join(", ")
                )),
            }
        })?;
    }
    for change in changes {
        backup::prune(paths.of(change.file));
    }
    Ok(backups)
}

fn unwritten(paths: &Paths, change: &Change<'_>, error: io::Error) -> Error {
    let path = paths.display(change.file);
    let message = format!("{path} cannot be written: {error}");
    Error::config(message)
        .caused_by(error)
        .hint("nothing was changed")
}

/// The file itself, where the path is a link to it; its directory is there afterwards.
fn target(paths: &Paths, change: &Change<'_>) -> io::Result<PathBuf> {
    let path = paths.of(change.file);
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == ErrorKind::NotFound => match fs::read_link(path) {
            Ok(target) => path
                .parent()
                .map_or(target.clone(), |dir| dir.join(&target)),
            Err(_) => path.to_owned(),
        },
        Err(error) => return Err(error),
    };
    if let Some(dir) = target.parent() {
        make_dir(dir)?;
    }
    // Neither a device such as /dev/null nor a pipe is to be replaced by a file; a pipe would also
    // be waited for.
    if fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::new(
            ErrorKind::InvalidInput,
            "it is not a plain file",
        ));
    }
    // A file that its owner has made read-only is meant to stay as it is, though its directory
    // would allow.
    if change.old.is_some() {
        OpenOptions::new().append(true).open(&target)?;
    }
    Ok(target)
}

/// Somebody may have saved the file in an editor while a person looked at the changes.
fn still_there(change: &Change<'_>, target: &Path, path: &str) -> Result<()> {
    let now = match read_bytes(target) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            return Err(Error::config(format!("{path} cannot be read: {error}")).caused_by(error));
        }
    };
    if now.as_ref().map(|bytes| bytes.as_slice()) == change.old.map(str::as_bytes) {
        return Ok(());
    }
    Err(Error::other(format!(
        "{path} was changed by another program meanwhile: nothing was written"
    ))
    .hint("run the command again"))
}

/// The new files, each beside the one it will replace. What is not committed is removed when this
/// is dropped.
#[derive(Default)]
struct Prepared {
    temporary: Vec<Option<NamedTempFile>>,
}

impl Prepared {
    fn add(&mut self, change: &Change<'_>, target: &Path) -> io::Result<()> {
        let Some(new) = change.new else {
            self.temporary.push(None);
            return Ok(());
        };
        let temporary = private::temporary(target, MARK)?;
        temporary.as_file().write_all(new.as_bytes())?;
        if change.old.is_some() {
            let is_secret = change.file == FileKind::Credentials;
            access::take_over(temporary.path(), target, is_secret)?;
        }
        temporary.as_file().sync_all()?;
        self.temporary.push(Some(temporary));
        Ok(())
    }

    fn commit(&mut self, index: usize, target: &Path) -> io::Result<()> {
        if let Some(temporary) = self.temporary[index].take() {
            return private::put(temporary, target);
        }
        fs::remove_file(target)?;
        private::sync_dir_of(target);
        Ok(())
    }
}

/// Removes what a killed xacct has left unfinished; nobody else is at work while the lock is held.
fn sweep(target: &Path) {
    let prefix = format!(
        ".{}{MARK}",
        target.file_name().unwrap_or_default().to_string_lossy()
    );
    for entry in target
        .parent()
        .and_then(|dir| fs::read_dir(dir).ok())
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name
            .strip_prefix(&prefix)
            .is_some_and(|rest| Path::new(rest).extension().is_some_and(|e| e == "tmp"))
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
