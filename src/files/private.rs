//! Files and directories for this user alone from their first moment, and files that are replaced
//! whole or not at all.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use tempfile::{NamedTempFile, TempDir};

use crate::system::access::restrict;
use crate::system::open;
pub(crate) use open::{make_dir, persist};

/// A new directory with random letters at the end of its name, which goes with all that is in it
/// when this is dropped.
pub(crate) fn temporary_dir(parent: &Path, prefix: &str) -> io::Result<TempDir> {
    // Without the path, which tempfile's errors say: the caller does.
    let made: io::Result<TempDir> = open::temporary()
        .prefix(prefix)
        .tempdir_in(parent)
        .map_err(|error| error.kind().into());
    if let Ok(dir) = &made {
        restrict(dir.path());
    }
    made
}

/// A new file. Errors: there is something at the path already.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    open::ours_alone(&mut options);
    let file = options.open(path)?;
    restrict(path);
    Ok(file)
}

/// A new file in the directory of the path, called `.NAME` + `mark` + random letters + `.tmp`;
/// removed when it is dropped.
pub(crate) fn temporary(path: &Path, mark: &str) -> io::Result<NamedTempFile> {
    let prefix = format!(
        ".{}{mark}",
        path.file_name().unwrap_or_default().to_string_lossy()
    );
    let dir = path
        .parent()
        .filter(|dir| !dir.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // Not `tempfile_in`, whose errors say its path and lose the system's number.
    tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(".tmp")
        .make_in(dir, create)
}

/// Puts what was written to a temporary file at its path: whatever happens, there is the old file
/// or the new.
pub(crate) fn put(temporary: NamedTempFile, path: &Path) -> io::Result<()> {
    temporary.as_file().sync_all()?;
    persist(temporary, path)?;
    sync_dir_of(path);
    Ok(())
}

/// After a power cut the new name should be there too. Where the system cannot do that, the old
/// file is: fine.
pub(super) fn sync_dir_of(path: &Path) {
    path.parent().into_iter().for_each(open::sync_dir);
}
