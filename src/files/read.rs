//! Reading a file that anybody may have put there: never without a limit, and never waiting for the
//! other end of a pipe, but for one that was asked for.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::system::open;

/// More than any of the files that xacct reads has: thirty thousand profiles are about 6 MiB.
const MAX_SIZE: u64 = 16 * 1024 * 1024;

/// Far more than AWS takes of a policy, with whatever blanks.
const MAX_PIPED: u64 = 1024 * 1024;

/// The file's bytes. `/dev/null` is an empty file.
///
/// Errors: the system's; it is no plain file; it is too large.
pub(crate) fn read_bytes(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    read_up_to(path, MAX_SIZE)
}

/// As [`read_bytes`]; also an error: it is not UTF-8.
pub(crate) fn read_text(path: &Path) -> io::Result<Zeroizing<String>> {
    text(&read_bytes(path)?)
}

fn text(bytes: &[u8]) -> io::Result<Zeroizing<String>> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Whether the other end of a pipe gives what the path names.
pub(crate) fn is_pipe(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| open::is_pipe(metadata.file_type()))
}

/// What comes through a pipe to its end. Waits for it, and for somebody to open the other end.
///
/// Errors: the system's; it is too large, or not UTF-8.
pub(crate) fn read_pipe(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut pipe = File::open(path)?.take(MAX_PIPED + 1);
    pipe.read_to_end(&mut bytes)?;
    refuse_larger(bytes.len(), MAX_PIPED)?;
    text(&bytes)
}

fn read_up_to(path: &Path, max: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = opened(path)?;
    let metadata = file.metadata()?;
    if open::is_null(&metadata) {
        return Ok(Zeroizing::default());
    }
    refuse_other_kinds(&metadata)?;
    // Large enough from the start: what a growing buffer leaves behind is not wiped.
    let length = metadata.len().min(max) + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(
        usize::try_from(length).unwrap_or_default(),
    ));
    file.take(max + 1).read_to_end(&mut bytes)?;
    refuse_larger(bytes.len(), max)?;
    Ok(bytes)
}

fn refuse_larger(length: usize, max: u64) -> io::Result<()> {
    if length as u64 <= max {
        return Ok(());
    }
    let why = format!("it is larger than {} MiB", max / 1024 / 1024);
    Err(io::Error::new(ErrorKind::FileTooLarge, why))
}

fn opened(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    open::without_waiting(&mut options, path).map_err(|error| {
        // A socket cannot even be opened, and the system's words for that say nothing.
        let kind = std::fs::metadata(path).map(|metadata| refuse_other_kinds(&metadata));
        kind.ok().and_then(Result::err).unwrap_or(error)
    })
}

/// Errors: what it is, where it is no plain file.
pub(crate) fn refuse_other_kinds(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let error = if metadata.is_dir() {
        ErrorKind::IsADirectory
    } else {
        ErrorKind::InvalidInput
    };
    Err(io::Error::new(
        error,
        format!("it is {}, not a file", kind(metadata)),
    ))
}

fn kind(metadata: &Metadata) -> &'static str {
    let kind = metadata.file_type();
    if kind.is_dir() {
        return "a directory";
    }
    if open::is_pipe(kind) {
        return "a FIFO";
    }
    if open::is_socket(kind) {
        return "a socket";
    }
    "a device"
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_file_of_some_size_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let why = |path: &Path| read_up_to(path, 1024 * 1024).unwrap_err().to_string();
        let made = std::process::Command::new("mkfifo")
            .arg(path("fifo"))
            .status();
        assert!(made.unwrap().success());
        let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        std::fs::write(path("file"), "text").unwrap();
        std::os::unix::fs::symlink(path("file"), path("link")).unwrap();
        std::os::unix::fs::symlink(path("fifo"), path("fifo-link")).unwrap();
        std::fs::write(path("exact"), vec![b'x'; 1024 * 1024]).unwrap();
        std::fs::write(path("large"), vec![b'x'; 1024 * 1024 + 1]).unwrap();
        assert_eq!(why(&path("fifo")), "it is a FIFO, not a file");
        assert_eq!(why(&path("fifo-link")), "it is a FIFO, not a file");
        assert_eq!(why(&path("socket")), "it is a socket, not a file");
        assert_eq!(why(dir.path()), "it is a directory, not a file");
        assert_eq!(why(Path::new("/dev/zero")), "it is a device, not a file");
        assert_eq!(why(&path("large")), "it is larger than 1 MiB");
        assert_eq!(read_bytes(&path("exact")).unwrap().len(), 1024 * 1024);
        assert_eq!(&**read_text(&path("link")).unwrap(), "text");
        assert_eq!(&**read_text(Path::new("/dev/null")).unwrap(), "");
        assert_eq!(
            read_text(&path("none")).unwrap_err().kind(),
            ErrorKind::NotFound
        );
    }
}
