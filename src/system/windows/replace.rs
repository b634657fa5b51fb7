//! Renaming over a file that another process has open.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use winsafe::co;

/// A virus scanner or a reader has a file open for some milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(5);

/// Renames with POSIX semantics where the file system has them (std asks for them), and tries again
/// where another process has the old file open in a way that forbids it.
#[expect(
    clippy::disallowed_methods,
    reason = "how long it has tried is nothing that a caller knows"
)]
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let start = Instant::now();
    rename_while(from, to, &mut || {
        std::thread::sleep(PAUSE);
        start.elapsed() < PATIENCE
    })
}

/// Tries again for as long as `wait` says so.
fn rename_while(from: &Path, to: &Path, wait: &mut dyn FnMut() -> bool) -> io::Result<()> {
    loop {
        match std::fs::rename(from, to) {
            Err(error) if is_open_elsewhere(&error) && !to.is_dir() && wait() => {}
            done => return done,
        }
    }
}

/// Without POSIX semantics, a file that is open gives the first of these, and with them the second.
fn is_open_elsewhere(error: &io::Error) -> bool {
    let is = |code: co::ERROR| error.raw_os_error() == Some(code.raw().cast_signed());
    is(co::ERROR::ACCESS_DENIED) || is(co::ERROR::SHARING_VIOLATION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{File, OpenOptions};
    use std::os::windows::fs::OpenOptionsExt;

    /// Open for reading, and nobody may remove it or rename over it.
    fn held(path: &Path) -> File {
        const SHARE_READ: u32 = 1;
        let mut options = OpenOptions::new();
        options
            .read(true)
            .share_mode(SHARE_READ)
            .open(path)
            .unwrap()
    }

    #[test]
    fn a_file_that_is_open_is_replaced_when_it_is_closed() {
        let dir = tempfile::tempdir().unwrap();
        let [old, new] = ["old", "new"].map(|name| dir.path().join(name));
        std::fs::write(&old, "old").unwrap();
        std::fs::write(&new, "new").unwrap();
        let (mut reader, mut waits) = (Some(held(&old)), 0);
        rename_while(&new, &old, &mut || {
            waits += 1;
            if waits == 3 {
                reader = None;
            }
            waits < 9
        })
        .unwrap();
        assert_eq!(waits, 3);
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "new");
        assert!(!new.exists());
    }

    #[test]
    fn a_file_that_stays_open_is_an_error_and_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let [old, new] = ["old", "new"].map(|name| dir.path().join(name));
        std::fs::write(&old, "old").unwrap();
        std::fs::write(&new, "new").unwrap();
        let (_reader, mut waits) = (held(&old), 0);
        let error = rename_while(&new, &old, &mut || {
            waits += 1;
            waits < 4
        })
        .unwrap_err();
        assert!(is_open_elsewhere(&error), "{error}");
        assert_eq!(waits, 4);
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "old");
        assert_eq!(std::fs::read_to_string(&new).unwrap(), "new");
    }
}
