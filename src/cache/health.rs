//! What is in the cache directory, and what of it is of no use: for `doctor`, which says so.
//! Nothing is changed here.

use crate::plan::PlanKey;
use crate::system::{Open, access};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use super::disk;
use super::format::{self, Unusable};
use super::store::{self, Store};

/// An unfinished file that is older than this is nobody's any more.
const UNFINISHED: TimeDelta = TimeDelta::hours(1);

/// The directory as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DirectoryHealth {
    /// It will be made when something is cached.
    Missing,
    /// Why it cannot be used.
    Unusable(String),
    /// The user that it belongs to: `uid 1001`.
    Foreign(String),
    /// Who else can write to it, or the mode by which others can.
    Open(String),
    Good,
}

/// A file in it that is of no use.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Useless {
    /// Why xacct does not read it: it is a link, another user's, open to others.
    Open(String),
    Damaged(String),
    /// The format that a newer xacct wrote.
    Newer(String),
    Expired,
    /// A write that was ended.
    Unfinished,
}

#[derive(Debug)]
pub(crate) struct Health {
    pub(crate) path: PathBuf,
    pub(crate) directory: DirectoryHealth,
    pub(crate) useless: Vec<(PathBuf, Useless)>,
    /// How many entries there are.
    pub(crate) entries: usize,
}

/// Looks at the directory and at every file in it.
pub(crate) fn health(store: &Store, now: DateTime<Utc>) -> Health {
    let dir = store.dir();
    let mut health = Health {
        path: dir.to_owned(),
        directory: directory(dir),
        useless: Vec::new(),
        entries: 0,
    };
    if health.directory != DirectoryHealth::Good {
        return health;
    }
    let listed = match fs::read_dir(dir) {
        Ok(listed) => listed,
        Err(error) => {
            health.directory = DirectoryHealth::Unusable(error.to_string());
            return health;
        }
    };
    let mut files: Vec<PathBuf> = listed.flatten().map(|file| file.path()).collect();
    files.sort();
    for path in files {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if let Some(key) = store::key_of(&name) {
            health.entries += 1;
            health
                .useless
                .extend(useless(&path, &key, now).map(|why| (path, why)));
        } else if disk::is_temporary(&name) && store::is_older(&path, now - UNFINISHED) {
            health.useless.push((path, Useless::Unfinished));
        }
    }
    health
}

fn directory(dir: &Path) -> DirectoryHealth {
    let metadata = match fs::metadata(dir) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return DirectoryHealth::Missing,
        Err(error) => return DirectoryHealth::Unusable(error.to_string()),
    };
    if !metadata.is_dir() {
        return DirectoryHealth::Unusable("it is not a directory".to_owned());
    }
    match access::openness(dir, &metadata) {
        Some(Open::Foreign(user)) => DirectoryHealth::Foreign(user),
        Some(Open::Writable(who)) => DirectoryHealth::Open(who),
        None => DirectoryHealth::Good,
    }
}

fn useless(path: &Path, key: &PlanKey, now: DateTime<Utc>) -> Option<Useless> {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return None;
    };
    if metadata.is_symlink() {
        return Some(Useless::Open("it is a symbolic link".to_owned()));
    }
    if let Some(why) = disk::not_ours(path, &metadata) {
        return Some(Useless::Open(why));
    }
    let bytes = match disk::read(path) {
        Ok(bytes) => bytes?,
        Err(_) => return Some(Useless::Damaged("it cannot be read".to_owned())),
    };
    match format::decode(key, &bytes) {
        Ok(entry) => (entry.expires_at <= now).then_some(Useless::Expired),
        Err(newer @ Unusable::Newer(_)) => Some(Useless::Newer(newer.to_string())),
        Err(Unusable::Damaged(why)) => Some(Useless::Damaged(why.to_owned())),
    }
}
