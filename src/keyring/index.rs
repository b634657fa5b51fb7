//! Changing the index of stored keys: one process at a time, the file whole or not at all.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::time::Duration;

use crate::config::{Paths, StoredKeys};
use crate::error::{Error, Result};
use crate::files;
use crate::runtime;
use crate::terminal::interruptible;

/// In the names of temporary files.
const MARK: &str = ".xacct-";
/// How long another process may take: it may be asking a person.
const LONGEST: Duration = Duration::from_mins(2);
/// Between two looks at the lock.
const PAUSE: Duration = Duration::from_millis(50);

/// The index, and the right to change it until this is dropped.
pub(crate) struct Index<'a> {
    pub(crate) keys: StoredKeys,
    paths: &'a Paths,
    _lock: File,
}

impl<'a> Index<'a> {
    /// Waits until no other process changes it, but not for ever.
    ///
    /// Errors: `Config` where it cannot be read or locked, `Other` where it takes too long,
    /// `Signal`.
    pub(crate) fn open(paths: &'a Paths) -> Result<Index<'a>> {
        let lock = match try_lock(paths)? {
            Some(lock) => lock,
            None => waited_for(paths)?,
        };
        let keys = match files::read_index(paths)? {
            Some(text) => StoredKeys::parse(&text, &paths.shown(&paths.keys))?,
            None => StoredKeys::default(),
        };
        Ok(Index {
            keys,
            paths,
            _lock: lock,
        })
    }

    /// Writes it as it is now.
    ///
    /// Errors: `Config`.
    pub(crate) fn save(&self) -> Result<()> {
        put(self.paths, &self.keys).map_err(|error| {
            let path = self.paths.shown(&self.paths.keys);
            Error::config(format!("{path} cannot be written: {error}")).caused_by(error)
        })
    }
}

fn waited_for(paths: &Paths) -> Result<File> {
    let turn = async {
        loop {
            tokio::time::sleep(PAUSE).await;
            if let Some(lock) = try_lock(paths)? {
                return Ok(lock);
            }
        }
    };
    let bounded = async { tokio::time::timeout(LONGEST, turn).await };
    runtime::run(interruptible(bounded))??.unwrap_or_else(|_| {
        Err(Error::other(
            "timed out waiting for another 'xacct keys' that changes stored access keys",
        ))
    })
}

fn try_lock(paths: &Paths) -> Result<Option<File>> {
    let Some(dir) = paths
        .keys
        .parent()
        .filter(|dir| !dir.as_os_str().is_empty())
    else {
        return Err(Error::config(
            "no home directory found for the index of stored keys",
        ));
    };
    let opened = files::make_dir(dir).and_then(|()| {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(dir.join("keys.lock"))
    });
    let locked = opened.and_then(|file| match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    });
    locked.map_err(|error| {
        let dir = paths.shown(dir);
        Error::config(format!("{dir} cannot be locked: {error}")).caused_by(error)
    })
}

fn put(paths: &Paths, keys: &StoredKeys) -> io::Result<()> {
    let mut temporary = files::temporary(&paths.keys, MARK)?;
    temporary.write_all(keys.text().as_bytes())?;
    files::put(temporary, &paths.keys)
}
