//! How files are made, opened and told apart.

use std::fs::{DirBuilder, File, FileType, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use tempfile::NamedTempFile;

/// Makes the directory, and its parents, for this user alone; one that is there stays as it is.
pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).recursive(true).create(dir)
}

/// What makes directories with random names, for this user alone.
pub(crate) fn temporary<'a, 'b>() -> tempfile::Builder<'a, 'b> {
    let mut builder = tempfile::Builder::new();
    builder.permissions(PermissionsExt::from_mode(0o700));
    builder
}

/// A file that these make is for this user alone.
pub(crate) fn ours_alone(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// Opens without following a link at the end of the path, and without waiting for the other end of
/// a pipe. A file that this makes is for the user alone.
pub(crate) fn itself(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.mode(0o600).custom_flags(flags.bits().cast_signed());
    options.open(path)
}

/// Opens without waiting for the other end of a pipe, and without making a terminal this process's.
pub(crate) fn without_waiting(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    options.custom_flags(flags.bits().cast_signed()).open(path)
}

/// Opens what is locked while files in the directory are changed: the directory itself, so that
/// nothing is left behind.
pub(crate) fn to_lock(dir: &Path) -> io::Result<File> {
    File::open(dir)
}

/// Where the holder of a lock is described, if not in the locked file.
pub(crate) fn beside_lock(_: &Path) -> Option<PathBuf> {
    None
}

/// Gives a temporary file its name, over the file that has it.
pub(crate) fn persist(temporary: NamedTempFile, path: &Path) -> io::Result<File> {
    Ok(temporary.persist(path)?)
}

/// After a power cut a new name in this directory should be there too.
pub(crate) fn sync_dir(dir: &Path) {
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
}

/// Whether it is a pipe with a name.
pub(crate) fn is_pipe(kind: FileType) -> bool {
    kind.is_fifo()
}

pub(crate) fn is_socket(kind: FileType) -> bool {
    kind.is_socket()
}

/// Whether it is `/dev/null`, which people name where there is to be no file.
pub(crate) fn is_null(metadata: &Metadata) -> bool {
    metadata.file_type().is_char_device()
        && std::fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == metadata.rdev())
}

/// Whether the open file has another name, a hard link: what is written to it would stand there
/// too.
pub(crate) fn has_other_names(file: &File) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.nlink() > 1)
}

/// Whether the open file is the one that stands at the path, and not one that was moved away.
pub(crate) fn is_still_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), std::fs::symlink_metadata(path)) {
        (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// The device, the file's number on it, and when it was last written in any way, which no program
/// can set back.
pub(crate) fn number(file: &Metadata) -> String {
    format!(
        "{}:{} {}.{}",
        file.dev(),
        file.ino(),
        file.ctime(),
        file.ctime_nsec()
    )
}

/// Whether this user may run the file.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}
