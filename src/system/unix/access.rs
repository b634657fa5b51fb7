//! Who can open a file: its owner, its group and its mode.

use std::fs::{self, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;

use rustix::process::geteuid;

use crate::system::{Access, Open};

/// `None` where a directory is this user's, and nobody else can write to it.
pub(crate) fn openness(_: &Path, metadata: &Metadata) -> Option<Open> {
    if metadata.uid() != geteuid().as_raw() {
        return Some(Open::Foreign(format!("uid {}", metadata.uid())));
    }
    let is_open = metadata.mode() & 0o022 != 0;
    is_open.then(|| Open::Writable(format!("mode {:03o}", metadata.mode() & 0o777)))
}

/// Why a file is not this user's alone.
pub(crate) fn of_others(_: &Path, metadata: &Metadata) -> Option<String> {
    if metadata.uid() != geteuid().as_raw() {
        return Some(format!(
            "it belongs to another user (uid {})",
            metadata.uid()
        ));
    }
    let mode = metadata.mode() & 0o777;
    (mode & 0o077 != 0).then(|| format!("others have access to it (mode {mode:03o})"))
}

/// `None` where there is nothing, or nothing that may be looked at.
pub(crate) fn of(path: &Path) -> Option<Access> {
    let metadata = fs::metadata(path).ok()?;
    let (uid, me) = (metadata.uid(), geteuid().as_raw());
    Some(Access {
        foreign: (![0, me].contains(&uid)).then(|| format!("uid {uid}")),
        is_ours: uid == me,
        mode: Some(metadata.mode() & 0o1777),
        is_group_own: metadata.gid() == uid && uid != 0,
        readers: Vec::new(),
        writers: Vec::new(),
    })
}

pub(crate) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// A mode has seen to it when the file was made.
pub(crate) fn restrict(_: &Path) {}

/// Gives a new file the owner and the mode of the one that it replaces; without what others may do,
/// where it is secret.
pub(crate) fn take_over(new: &Path, old: &Path, is_secret: bool) -> io::Result<()> {
    let file = File::open(new)?;
    let (old, new) = (fs::metadata(old)?, file.metadata()?);
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        // Not everybody may give files away; who may change the file may have it.
        let _ = fchown(&file, Some(old.uid()), Some(old.gid()));
    }
    // Others could read the file with the keys: not what is written to it now.
    let mask = if is_secret { 0o700 } else { 0o7777 };
    file.set_permissions(Permissions::from_mode(old.mode() & mask))
}
