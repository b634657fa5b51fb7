//! What the last run leaves behind for `--retry-failed`: its command, and where it did not end
//! well.
//!
//! A private file in the cache directory. It is written when the run begins, with everything in it,
//! and again at the end. Between the two, a second file gets a line for each target that succeeds:
//! after a kill or a power cut, only what had not succeeded by then is run again.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::cache::Store;
use crate::error::{Error, Result};
use crate::plan::Request;
use crate::role_options::SessionOptions;

const FORMAT: u32 = 1;
const FOLDER: &str = "each";
const FILE: &str = "last.json";
/// The run's name, then the number of each target that has succeeded, one a line.
const SUCCEEDED: &str = "last.succeeded";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LastRun {
    version: u32,
    /// `None` where it cannot be written as text.
    command: Option<Vec<String>>,
    /// `--regions`
    pub(super) is_matrix: bool,
    /// What the list of successes begins with; `None` once the run has ended, and nothing is left
    /// out of `left`.
    #[serde(default)]
    run: Option<String>,
    /// Profile and region of each target that is not ok.
    pub(super) left: Vec<(String, String)>,
    /// What the command line overrode: the same command must not be able to do more the second
    /// time.
    roles: SessionOptions,
}

impl LastRun {
    pub(super) fn new(command: &[OsString], request: &Request, is_matrix: bool) -> LastRun {
        let words: Option<Vec<String>> = command
            .iter()
            .map(|word| word.to_str().map(str::to_owned))
            .collect();
        LastRun {
            version: FORMAT,
            command: words,
            is_matrix,
            run: None,
            left: Vec::new(),
            roles: request.role.session.clone(),
        }
    }

    /// Leaves everything behind, and gives the list that successes are added to. `name` is no other
    /// run's.
    ///
    /// Errors: a sentence; the run does not fail for it.
    pub(super) fn begin(
        &mut self,
        name: &str,
        left: Vec<(String, String)>,
        store: &Store,
    ) -> std::result::Result<Succeeded, String> {
        self.left = left;
        self.run = Some(name.to_owned());
        self.write(store)?;
        let file = store
            .replace_note(FOLDER, SUCCEEDED)
            .map_err(|warning| forgets(&warning))?;
        let succeeded = Succeeded {
            file: RefCell::new(Some(file)),
        };
        succeeded.line(name).map_err(|error| forgets(&error))?;
        Ok(succeeded)
    }

    /// Leaves behind what did not succeed.
    ///
    /// Errors: as [`LastRun::begin`].
    pub(super) fn end(
        &mut self,
        left: Vec<(String, String)>,
        store: &Store,
    ) -> std::result::Result<(), String> {
        self.left = left;
        self.run = None;
        self.write(store)
    }

    /// Errors: of kind `Config`, where there was no run, or a newer xacct wrote this.
    pub(super) fn read(store: &Store) -> Result<LastRun> {
        let bytes = store.read_note(FOLDER, FILE)?.ok_or_else(|| {
            Error::config("no run is recorded whose failures could be tried again")
                .hint("xacct each SELECTOR... -- CMD")
        })?;
        let read: Option<LastRun> = serde_json::from_slice(&bytes).ok();
        let mut last = read.filter(|run| run.version == FORMAT).ok_or_else(|| {
            Error::config("the record of the last run cannot be read: it is damaged, or newer")
        })?;
        if let Some(name) = last.run.take() {
            let succeeded = store.read_note(FOLDER, SUCCEEDED)?;
            last.leave_out(&numbers(
                &name,
                succeeded.as_ref().map_or(&[], |bytes| bytes),
            ));
        }
        Ok(last)
    }

    fn leave_out(&mut self, succeeded: &HashSet<usize>) {
        let mut index = 0..;
        self.left
            .retain(|_| index.next().is_none_or(|index| !succeeded.contains(&index)));
    }

    fn write(&self, store: &Store) -> std::result::Result<(), String> {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        store
            .write_note(FOLDER, FILE, &bytes)
            .map_err(|warning| forgets(&warning))
    }

    /// Errors: of kind `Usage`, where it was not kept.
    pub(super) fn command(&self) -> Result<Vec<OsString>> {
        let words = self.command.as_ref().ok_or_else(|| {
            Error::usage("the last run's command is not known: it is not UTF-8")
                .hint("xacct each --retry-failed -- CMD")
        })?;
        Ok(words.iter().map(OsString::from).collect())
    }

    /// The last run's overrides, below those that are given now.
    pub(super) fn overrides(&self, given: Request) -> Request {
        Request {
            role: given.role.session.or(self.roles.clone()).into(),
            ..Request::default()
        }
    }
}

/// The list of what has succeeded so far.
pub(super) struct Succeeded {
    /// `None` where it cannot be kept.
    file: RefCell<Option<File>>,
}

impl Succeeded {
    pub(super) fn nowhere() -> Succeeded {
        Succeeded {
            file: RefCell::new(None),
        }
    }

    /// Adds a target, on the disk when this returns.
    ///
    /// Errors: a sentence, once: nothing is added from then on.
    pub(super) fn add(&self, index: usize) -> std::result::Result<(), String> {
        self.line(&index.to_string()).map_err(|error| {
            self.file.replace(None);
            format!(
                "{SUCCEEDED} cannot be written: {error}: if this run is killed, --retry-failed \
                     repeats all of it"
            )
        })
    }

    fn line(&self, text: &str) -> io::Result<()> {
        let mut file = self.file.borrow_mut();
        let Some(file) = file.as_mut() else {
            return Ok(());
        };
        // In one piece: what a kill cuts off is the end of the last line.
        file.write_all(format!("{text}\n").as_bytes())?;
        file.sync_data()
    }
}

fn forgets(why: &impl std::fmt::Display) -> String {
    format!("{why}: --retry-failed will not know")
}

/// The numbers in the list, if it is this run's. A line that was cut off, or damaged, is none.
fn numbers(name: &str, bytes: &[u8]) -> HashSet<usize> {
    let mut lines = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .filter_map(|line| line.strip_suffix(b"\n"));
    if lines.next() != Some(name.as_bytes()) {
        return HashSet::new();
    }
    lines
        .filter_map(|line| std::str::from_utf8(line).ok()?.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_list_leaves_nothing_out_that_did_not_succeed() {
        let numbers = |bytes: &[u8]| {
            let mut numbers: Vec<usize> = numbers("run", bytes).into_iter().collect();
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(numbers(b"run\n0\n12\n"), [0, 12]);
        // 12 was 123 before the kill.
        assert_eq!(numbers(b"run\n0\n12"), [0]);
        assert_eq!(numbers(b"run\n\0\0\n7\nx\n-1\n\xff\n3\n"), [3, 7]);
        assert!(numbers(b"other\n0\n").is_empty());
        for bytes in [&b""[..], b"run", b"ru\n0\n"] {
            assert!(numbers(bytes).is_empty());
        }
    }
}
