//! Renaming over a file that another process has open.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// A virus scanner or a reader has a file open for some milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(5);

/// Renames with POSIX semantics where the file system has them (std asks for them), and tries again
/// where another process has the old file open in a way that forbids it.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match std::fs::rename(from, to) {
            Err(error)
                if error.kind() == io::ErrorKind::PermissionDenied
                    && start.elapsed() < PATIENCE
                    && !to.is_dir() =>
            {
                std::thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}
