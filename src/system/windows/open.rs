//! How files are made, opened and told apart.

use std::fs::{DirBuilder, File, FileType, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use winapi_util::file::information;

use super::{access, replace};

/// Makes the directory, and its parents, for this user alone; one that is there stays as it is.
pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    let new = dir.ancestors().take_while(|dir| is_new(dir));
    let first = new.last();
    DirBuilder::new().recursive(true).create(dir)?;
    // What is made in it takes this over.
    first.into_iter().for_each(access::restrict);
    Ok(())
}

fn is_new(dir: &Path) -> bool {
    !dir.as_os_str().is_empty() && !dir.exists()
}

/// What makes directories with random names; [`access::restrict`] makes them private.
pub(crate) fn temporary<'a, 'b>() -> tempfile::Builder<'a, 'b> {
    tempfile::Builder::new()
}

/// There are no modes; [`access::restrict`] makes a new file private.
pub(crate) fn ours_alone(_: &mut OpenOptions) {}

/// Opens the file. A file that this makes is for the user alone.
pub(crate) fn itself(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let is_new = !path.exists();
    let file = options.open(path)?;
    if is_new {
        access::restrict(path);
    }
    Ok(file)
}

/// Nothing at a path makes anybody wait here.
pub(crate) fn without_waiting(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.open(path)
}

/// Opens what is locked while files in the directory are changed.
pub(crate) fn to_lock(dir: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    options.open(dir.join("config.xacct-lock"))
}

/// Where the holder of a lock is described: nobody can read what is locked.
pub(crate) fn beside_lock(path: &Path) -> Option<PathBuf> {
    Some(path.with_extension("holder"))
}

/// Gives a temporary file its name, over the file that has it.
pub(crate) fn persist(temporary: NamedTempFile, path: &Path) -> io::Result<File> {
    let (file, temporary) = temporary.into_parts();
    // Open files are replaced by this rename; by tempfile's they are not.
    replace::rename(&temporary, path)?;
    // It has gone from there.
    let _ = temporary.keep();
    Ok(file)
}

/// Directories cannot be synced. After a power cut the old file may be there: fine.
pub(crate) fn sync_dir(_: &Path) {}

/// Pipes and sockets are no files here.
pub(crate) fn is_pipe(_: FileType) -> bool {
    false
}

pub(crate) fn is_socket(_: FileType) -> bool {
    false
}

/// `NUL` is read as the empty file that it is.
pub(crate) fn is_null(_: &Metadata) -> bool {
    false
}

/// Whether the open file has another name, a hard link: what is written to it would stand there
/// too.
pub(crate) fn has_other_names(file: &File) -> bool {
    information(file).is_ok_and(|file| file.number_of_links() > 1)
}

/// Whether the open file is the one that stands at the path, and not one that was moved away.
pub(crate) fn is_still_at(file: &File, path: &Path) -> bool {
    let there = File::open(path).and_then(|there| identity(&there));
    matches!((identity(file), there), (Ok(held), Ok(there)) if held == there)
}

fn identity(file: &File) -> io::Result<(u64, u64)> {
    let file = information(file)?;
    Ok((file.volume_serial_number(), file.file_index()))
}

/// There is no more to tell than what every system tells.
pub(crate) fn number(_: &Metadata) -> String {
    String::new()
}

/// The ending of its name says that.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file()
}
