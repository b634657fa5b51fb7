//! Who can open a file: its access control list.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use super::lists;
use crate::system::{Access, Open};

/// `None` where a directory is this user's, and nobody else can write to it.
pub(crate) fn openness(dir: &Path, _: &Metadata) -> Option<Open> {
    match lists::others(dir) {
        Err(error) => Some(Open::Writable(error.to_string())),
        Ok(others) if others.owner.is_some() => others.owner.map(Open::Foreign),
        Ok(others) => Some(others.writers().join(", "))
            .filter(|who| !who.is_empty())
            .map(Open::Writable),
    }
}

/// Why a file is not this user's alone.
pub(crate) fn of_others(path: &Path, _: &Metadata) -> Option<String> {
    match lists::others(path) {
        Err(error) => Some(format!("who has access to it is not known: {error}")),
        Ok(others) => match (others.owner.as_ref(), others.all().join(", ")) {
            (Some(owner), _) => Some(format!("it belongs to another user ({owner})")),
            (None, who) if who.is_empty() => None,
            (None, who) => Some(format!("others have access to it ({who})")),
        },
    }
}

/// `None` where there is nothing, or nothing that may be looked at.
pub(crate) fn of(path: &Path) -> Option<Access> {
    let others = lists::others(path).ok()?;
    let writers = others.writers();
    let readers = others.all().into_iter();
    Some(Access {
        readers: readers.filter(|who| !writers.contains(who)).collect(),
        writers,
        mode: None,
        is_group_own: false,
        is_ours: others.owner.is_none(),
        foreign: others.owner,
    })
}

/// Whatever the mode is: for the user alone.
pub(crate) fn set_mode(path: &Path, _: u32) -> io::Result<()> {
    lists::make_private(path)
}

/// Takes everybody else's access away. A file system without access control lists is no reason to
/// fail: what is read from it is looked at again.
pub(crate) fn restrict(path: &Path) {
    let _ = lists::make_private(path);
}

/// Gives a new file the list of the one that it replaces. A secret one is for its owner alone,
/// whoever could open the old one.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the signature is the same everywhere"
)]
pub(crate) fn take_over(new: &Path, old: &Path, is_secret: bool) -> io::Result<()> {
    if !is_secret {
        // Best effort, as for owners on Unix.
        let _ = lists::copy(old, new);
    }
    Ok(())
}
