//! What in an environment is the user's, and what xacct put there or took out.
//!
//! `assume` records, in one variable, what each variable that it changes was before, and a digest
//! of what it left there. A variable that no longer has that digest was changed by the user since,
//! and is the user's. So everything that xacct does to a shell can be undone exactly, and every
//! command plans with the user's own environment.
//!
//! The record holds what the user had exported, and nothing that xacct issued. One that is damaged,
//! cut off or of another version counts as absent; then what `assume` sets is taken for xacct's
//! wherever `XACCT_PROFILE` is set.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::credentials::{COMPETING, SET_BY_XACCT, competes};
use crate::env::Env;
use crate::secret::Secret;

/// The variable that holds the record.
pub(crate) const SHELL_STATE: &str = "XACCT_SHELL_STATE";

const PROFILE: &str = "XACCT_PROFILE";
const VERSION: &str = "1.";
/// More than this is not a record: the system would not start a program with it either.
const MAX_LENGTH: usize = 120_000;

/// Set by `assume`, but not part of who the shell is.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// A variable and its new value; `None` takes it out.
pub(crate) type Variable<'a> = (&'a str, Option<Secret>);

/// An environment, told apart.
#[derive(Clone)]
pub(crate) struct ShellState {
    /// As the environment would be without xacct; only `XACCT_PROFILE` still says whose credentials
    /// the shell holds.
    users: Env,
    /// What xacct set or took out, and the user has not changed since.
    ours: BTreeSet<String>,
}

/// One variable in the record.
struct SavedVariable {
    /// The digest of the value that xacct set; `None` if it removed the variable.
    left: Option<String>,
    /// The user's own value.
    was: Option<Secret>,
}

type Record = BTreeMap<String, SavedVariable>;

impl ShellState {
    pub(crate) fn of(shell: &Env) -> ShellState {
        let mut state = ShellState {
            users: shell.clone(),
            ours: BTreeSet::new(),
        };
        state.users.set(SHELL_STATE, None);
        match shell
            .raw(SHELL_STATE)
            .map(|text| text.to_str().and_then(parse))
        {
            Some(Some(record)) => state.tell_apart(shell, &record),
            // Also a record that cannot be read: there was one, so xacct has been here.
            found => {
                if found.is_some() || shell.raw(PROFILE).is_some() {
                    state.assume_ours(shell);
                }
            }
        }
        state
            .users
            .set(PROFILE, shell.raw(PROFILE).map(OsStr::to_owned));
        state
    }

    /// The user's own environment.
    pub(crate) fn users(&self) -> &Env {
        &self.users
    }

    fn tell_apart(&mut self, shell: &Env, record: &Record) {
        for (name, entry) in record {
            let now = shell.raw(name).map(|value| digest(name, value));
            // Credentials that are gone may have been taken out by the shell function, when xacct
            // could not.
            if now == entry.left || (now.is_none() && is_identity(name)) {
                self.ours.insert(name.clone());
                self.users
                    .set(name, entry.was.as_ref().map(|was| was.expose().into()));
            }
        }
        self.keep_keys_together(shell);
    }

    /// When the user has exported another key pair since, the token of the one before does not
    /// belong to it.
    fn keep_keys_together(&mut self, shell: &Env) {
        let is_new = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
            .iter()
            .all(|name| shell.raw(name).is_some() && !self.ours.contains(*name));
        if !is_new {
            return;
        }
        for name in [
            "AWS_SESSION_TOKEN",
            "AWS_CREDENTIAL_EXPIRATION",
            "AWS_ACCOUNT_ID",
            "AWS_SECURITY_TOKEN",
        ] {
            if self.ours.contains(name) {
                self.users.set(name, None);
            }
        }
    }

    fn assume_ours(&mut self, shell: &Env) {
        let endpoint = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        ];
        for name in SET_BY_XACCT.into_iter().chain(endpoint) {
            if shell.raw(name).is_some() {
                self.ours.insert(name.to_owned());
                if !REGIONS.contains(&name) {
                    self.users.set(name, None);
                }
            }
        }
        self.users.is_region_doubtful = true;
    }

    /// What `assume` changes: it sets `variables`, takes out what competes, and gives back what
    /// only the profile before had set.
    pub(crate) fn assumed<'a>(&'a self, variables: &[Variable<'a>]) -> Vec<Variable<'a>> {
        let mut changes: Vec<Variable<'a>> = self.competing().map(|name| (name, None)).collect();
        changes.extend(variables.iter().cloned());
        let record = self.record(&changes, |_| true);
        self.finished(changes, &record)
    }

    /// What a silent renewal changes: the same, but a region that the user has exported since
    /// stays.
    pub(crate) fn renewed<'a>(&'a self, variables: &[Variable<'a>]) -> Vec<Variable<'a>> {
        let mut variables = variables.to_vec();
        variables.retain(|(name, _)| {
            let is_users = self.users.raw(name).is_some() && !self.ours.contains(*name);
            !REGIONS.contains(name) || !is_users
        });
        self.assumed(&variables)
    }

    /// What a failure changes: no credentials are left, not even the user's own, which `unset`
    /// gives back.
    pub(crate) fn failed(&self) -> Vec<Variable<'_>> {
        let mut changes: Vec<Variable<'_>> = set_identity().map(|name| (name, None)).collect();
        changes.extend(self.competing().map(|name| (name, None)));
        let record = self.record(&changes, |_| true);
        self.finished(changes, &record)
    }

    /// What `unset` changes: everything is as it was before the first `assume`.
    pub(crate) fn unset(&self) -> Vec<Variable<'_>> {
        self.finished(Vec::new(), &Record::new())
    }

    /// The record for a command that gets these variables and nothing that competes. The user's own
    /// credentials are not in it: they are not the command's.
    pub(crate) fn for_child(&self, variables: &[Variable<'_>]) -> Secret {
        encode(&self.record(variables, |name| !is_identity(name)))
    }

    /// What competes in every shell, and what does in this one.
    fn competing(&self) -> impl Iterator<Item = &str> {
        let names = self.users.vars().filter_map(|(name, _)| name.to_str());
        COMPETING
            .into_iter()
            .chain(names.filter(|name| competes(name) && !COMPETING.contains(name)))
    }

    fn finished<'a>(
        &'a self,
        mut changes: Vec<Variable<'a>>,
        record: &Record,
    ) -> Vec<Variable<'a>> {
        let named: BTreeSet<&str> = changes.iter().map(|(name, _)| *name).collect();
        let others: Vec<Variable<'a>> = self
            .ours
            .iter()
            .filter(|name| !named.contains(name.as_str()))
            .map(|name| (name.as_str(), self.was(name)))
            .collect();
        changes.extend(others);
        changes.push((SHELL_STATE, (!record.is_empty()).then(|| encode(record))));
        changes
    }

    fn was(&self, name: &str) -> Option<Secret> {
        let is_doubtful =
            self.users.is_region_doubtful && REGIONS.contains(&name) && self.ours.contains(name);
        if name == PROFILE || is_doubtful {
            return None;
        }
        self.users
            .raw(name)
            .and_then(OsStr::to_str)
            .map(Secret::new)
    }

    /// What is the user's again as it is needs no entry.
    fn record(&self, changes: &[Variable<'_>], keeps: impl Fn(&str) -> bool) -> Record {
        let mut record = Record::new();
        for (name, value) in changes {
            let was = self.was(name).filter(|_| keeps(name));
            if was != *value {
                let left = value
                    .as_ref()
                    .map(|value| digest(name, OsStr::new(value.expose())));
                record.insert((*name).to_owned(), SavedVariable { left, was });
            }
        }
        record
    }
}

/// The variables that say who a program is, as far as their names are known beforehand.
pub(crate) fn identity() -> impl Iterator<Item = &'static str> {
    set_identity().chain(COMPETING)
}

/// Those of them that xacct sets.
fn set_identity() -> impl Iterator<Item = &'static str> {
    SET_BY_XACCT
        .into_iter()
        .filter(|name| !REGIONS.contains(name))
}

fn is_identity(name: &str) -> bool {
    competes(name) || set_identity().any(|other| other == name)
}

fn digest(name: &str, value: &OsStr) -> String {
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([0])
        .chain_update(value.as_encoded_bytes());
    hex::encode(&hash.finalize()[..8])
}

/// Finds damage; it protects against nobody.
fn checksum(text: &str) -> String {
    hex::encode(&Sha256::digest(text)[..4])
}

fn encode(record: &Record) -> Secret {
    let entries: BTreeMap<&str, (Option<&str>, Option<&str>)> = record
        .iter()
        .map(|(name, entry)| {
            (
                name.as_str(),
                (
                    entry.left.as_deref(),
                    entry.was.as_ref().map(Secret::expose),
                ),
            )
        })
        .collect();
    // Plain text in a map with string keys cannot fail.
    let json = Zeroizing::new(serde_json::to_string(&entries).unwrap_or_default());
    let mut text = String::with_capacity(VERSION.len() + 2 * json.len() + 9);
    text.push_str(VERSION);
    for byte in json.bytes() {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(digit.into(), 16));
        }
    }
    let checksum = checksum(&text);
    text.push('.');
    text.push_str(&checksum);
    Secret::new(text)
}

/// `None` for whatever is not a whole record of this version. It may name nothing but what xacct
/// sets, so that a foreign one cannot bring another variable into a shell.
fn parse(text: &str) -> Option<Record> {
    let (body, sum) = text.rsplit_once('.').filter(|_| text.len() <= MAX_LENGTH)?;
    if checksum(body) != sum {
        return None;
    }
    let json = Zeroizing::new(hex::decode(body.strip_prefix(VERSION)?).ok()?);
    let entries: BTreeMap<String, (Option<String>, Option<Secret>)> =
        serde_json::from_slice(&json).ok()?;
    let is_ours = entries.keys().all(|name| may_be_set(name));
    let mut secrets = entries.values().filter_map(|(_, was)| was.as_ref());
    if !is_ours || secrets.any(|was| was.expose().contains('\0')) {
        return None;
    }
    Some(
        entries
            .into_iter()
            .map(|(name, (left, was))| (name, SavedVariable { left, was }))
            .collect(),
    )
}

fn may_be_set(name: &str) -> bool {
    let rest = ["AWS_", "BOTOCORE_"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix));
    let is_of_aws = rest.is_some_and(|rest| {
        rest.bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    });
    is_of_aws || name == PROFILE || competes(name)
}

#[cfg(test)]
mod tests;
