//! What the last run leaves behind for `--retry-failed`: its command, and where it did not end well.
//!
//! A private file in the cache directory. It is written when the run begins, with everything in it, and again at the
//! end: a run that was killed can be taken up too.

use std::ffi::OsString;

use serde::{Deserialize, Serialize};

use crate::cache::Store;
use crate::error::{Error, Result};
use crate::plan::Request;

const FORMAT: u32 = 1;
const FOLDER: &str = "each";
const FILE: &str = "last.json";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LastRun {
    version: u32,
    /// `None` where it cannot be written as text.
    command: Option<Vec<String>>,
    /// `--regions`
    pub(super) is_matrix: bool,
    /// Profile and region of each target that is not ok.
    pub(super) left: Vec<(String, String)>,
    roles: Roles,
}

/// What the command line overrode: the same command must not be able to do more the second time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Roles {
    role_session_name: Option<String>,
    duration_seconds: Option<u64>,
    source_identity: Option<String>,
    tags: Vec<(String, String)>,
    policy: Option<String>,
    policy_arns: Vec<String>,
    read_only: bool,
}

impl LastRun {
    pub(super) fn new(command: &[OsString], request: &Request, is_matrix: bool) -> LastRun {
        let words: Option<Vec<String>> =
            command.iter().map(|word| word.to_str().map(str::to_owned)).collect();
        let request = request.clone();
        let roles = Roles {
            role_session_name: request.role_session_name,
            duration_seconds: request.duration_seconds,
            source_identity: request.source_identity,
            tags: request.tags,
            policy: request.policy,
            policy_arns: request.policy_arns,
            read_only: request.read_only,
        };
        LastRun { version: FORMAT, command: words, is_matrix, left: Vec::new(), roles }
    }

    /// Errors: of kind `Config`, where there was no run, or a newer xacct wrote this.
    pub(super) fn read(store: &Store) -> Result<LastRun> {
        let none = || {
            Error::config("there is no run yet whose failures could be tried again")
                .hint("xacct each SELECTOR... -- CMD")
        };
        let bytes = store.read_note(FOLDER, FILE)?.ok_or_else(none)?;
        let read: Option<LastRun> = serde_json::from_slice(&bytes).ok();
        read.filter(|run| run.version == FORMAT).ok_or_else(|| {
            Error::config("what the last run left behind cannot be read: it is damaged, or newer")
        })
    }

    /// Errors: a sentence; the run does not fail for it.
    pub(super) fn write(&self, store: &Store) -> std::result::Result<(), String> {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        store
            .write_note(FOLDER, FILE, &bytes)
            .map_err(|warning| format!("{warning}: --retry-failed will not know"))
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
        let roles = self.roles.clone();
        let or = |given: Vec<(String, String)>, kept| if given.is_empty() { kept } else { given };
        Request {
            role_session_name: given.role_session_name.or(roles.role_session_name),
            duration_seconds: given.duration_seconds.or(roles.duration_seconds),
            source_identity: given.source_identity.or(roles.source_identity),
            tags: or(given.tags, roles.tags),
            policy: given.policy.or(roles.policy),
            policy_arns: if given.policy_arns.is_empty() { roles.policy_arns } else { given.policy_arns },
            read_only: given.read_only || roles.read_only,
            ..Request::default()
        }
    }
}
