//! Files and directories for this user alone from their first moment, and files that are replaced
//! whole or not at all.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

use tempfile::{NamedTempFile, TempDir};

/// Makes the directory, and its parents, for this user alone; one that is there stays as it is.
pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let is_new = |dir: &&Path| !dir.as_os_str().is_empty() && !dir.exists();
    let first_new = cfg!(windows).then(|| dir.ancestors().take_while(is_new).last());
    builder.recursive(true).create(dir)?;
    // What is made in it takes this over.
    first_new.flatten().into_iter().for_each(restrict);
    Ok(())
}

/// Takes everybody else's access away, where a mode cannot. A file system without access control
/// lists is no reason to fail: what is read from it is looked at again.
pub(crate) fn restrict(path: &Path) {
    #[cfg(windows)]
    let _ = crate::windows::access::make_private(path);
    #[cfg(not(windows))]
    let _ = path;
}

/// A new directory with random letters at the end of its name, which goes with all that is in it
/// when this is dropped.
pub(crate) fn temporary_dir(parent: &Path, prefix: &str) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    // Without the path, which tempfile's errors say: the caller does.
    let made: io::Result<TempDir> = builder
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
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
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

/// Gives a temporary file its name, over the file that has it.
pub(crate) fn persist(temporary: NamedTempFile, path: &Path) -> io::Result<File> {
    #[cfg(windows)]
    {
        let (file, temporary) = temporary.into_parts();
        // Open files are replaced by this rename; by tempfile's they are not.
        crate::windows::replace::rename(&temporary, path)?;
        // It has gone from there.
        let _ = temporary.keep();
        Ok(file)
    }
    #[cfg(not(windows))]
    Ok(temporary.persist(path)?)
}

/// After a power cut the new name should be there too. Where the system cannot do that, the old
/// file is: fine.
pub(super) fn sync_dir_of(path: &Path) {
    #[cfg(unix)]
    if let Some(dir) = path.parent() {
        let _ = File::open(dir).and_then(|dir| dir.sync_all());
    }
    #[cfg(not(unix))]
    let _ = path;
}
