//! The log of what was issued: one line of JSON an issuance, kept by this user for this user,
//! rotated by size.
//!
//! It says when, what, as whom and for which process, never a secret. What counts as an issuance
//! and why there was one is the broker's business, whether there is a log at all the settings'.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cache::{has_other_names, is_still_at, not_ours, open_private};
use crate::env::Env;
use crate::files::{make_dir, refuse_other_kinds};
use crate::issuance::Record;

/// In bytes: some three thousand lines.
const MOST: u64 = 1 << 20;
/// How many full files are kept beside the one that is written: `audit.jsonl.1` is the youngest.
const KEPT: usize = 4;

/// How often the lock is tried, and how long to wait in between: writing a line takes less.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(2);

/// What is in the log, the oldest first, and what of it could not be read.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) records: Vec<Record>,
    pub(crate) problems: Vec<String>,
}

/// `$XACCT_AUDIT_LOG`, else `xacct/audit.jsonl` where the user's programs keep their state; `None`
/// without a home.
pub(crate) fn path(env: &Env) -> Option<PathBuf> {
    let own = env.path("XACCT_AUDIT_LOG").map(PathBuf::from);
    own.or_else(|| {
        env.state_dir
            .as_ref()
            .map(|dir| dir.join("xacct").join("audit.jsonl"))
    })
}

/// Adds one line, whole or not at all as far as other writers are concerned. It never waits: while
/// another process holds the log's lock, the line is added all the same, and only putting a full
/// log away is left to the next.
///
/// Errors: the file cannot be written, or is not this user's alone.
pub(crate) fn append(path: &Path, record: &Record) -> io::Result<()> {
    // A struct of strings and times: serialising it cannot fail.
    let mut line = serde_json::to_vec(record).unwrap_or_default();
    line.push(b'\n');
    if let Some(dir) = path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        make_dir(dir)?;
    }
    let Some(mut file) = locked(path)? else {
        return write(open(path)?, &line);
    };
    let length = file.metadata()?.len();
    if length > 0 && length + u64::try_from(line.len()).unwrap_or(u64::MAX) > MOST {
        rotate(path)?;
        // The lock on the old file still keeps the others out, who look again once it is gone from
        // its place.
        let fresh = open(path)?;
        return write(fresh, &line);
    }
    if !ends_with_a_line(&mut file)? {
        // Somebody was stopped, or the disk was full, in the middle of a line.
        line.insert(0, b'\n');
    }
    write(file, &line)
}

/// One call, so that a line is not torn even by a kill -9.
fn write(mut file: File, line: &[u8]) -> io::Result<()> {
    file.write_all(line)
}

fn open(path: &Path) -> io::Result<File> {
    let file = open_private(
        OpenOptions::new().read(true).append(true).create(true),
        path,
    )?;
    let metadata = file.metadata()?;
    let refused = |why: String| Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    match not_ours(path, &metadata) {
        Some(why) => refused(why),
        None if has_other_names(&file) => {
            refused("it is a hard link: the lines would be written to another file too".to_owned())
        }
        None => Ok(file),
    }
}

/// The file that is now at the path, with the right to put it away; `None` while another process
/// has that.
fn locked(path: &Path) -> io::Result<Option<File>> {
    for _ in 0..TRIES {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) if is_still_at(&file, path) => return Ok(Some(file)),
            // Another process has just put it away.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(None)
}

fn ends_with_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last[0] == b'\n')
}

/// `audit.jsonl.3`
fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    PathBuf::from(name)
}

fn rotate(path: &Path) -> io::Result<()> {
    for number in (1..KEPT).rev() {
        match fs::rename(numbered(path, number), numbered(path, number + 1)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(path, numbered(path, 1))
}

/// Everything that is kept.
///
/// Errors: a file is there and cannot be read.
pub(crate) fn read(path: &Path) -> io::Result<Records> {
    let mut all = Records::default();
    let files = (1..=KEPT)
        .rev()
        .map(|number| numbered(path, number))
        .chain([path.to_owned()]);
    for file in files {
        let opened = match open_private(OpenOptions::new().read(true), &file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            opened => opened.and_then(plain).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", file.display()))
            })?,
        };
        read_lines(opened, &file, &mut all)?;
    }
    Ok(all)
}

fn plain(file: File) -> io::Result<File> {
    let metadata = file.metadata()?;
    refuse_other_kinds(&metadata)?;
    if metadata.len() > 4 * MOST {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is too large to be an audit log",
        ));
    }
    Ok(file)
}

fn read_lines(file: File, path: &Path, all: &mut Records) -> io::Result<()> {
    for (index, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line.map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
        match serde_json::from_slice(&line) {
            Ok(record) => all.records.push(record),
            Err(_) if line.is_empty() => {}
            Err(_) => {
                all.problems.push(format!(
                    "{}:{}: not a line of the audit log",
                    path.display(),
                    index + 1
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
