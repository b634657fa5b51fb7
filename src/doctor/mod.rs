//! What may be wrong with a set-up: pure checks over texts, profiles, plans and facts about files
//! and answers. Findings come out; gathering the facts, and mending, is left to `commands::doctor`.
//!
//! `catalog` has every kind of finding, and the man page is written from it.

pub(crate) mod finding;
pub(crate) mod catalog;
pub(crate) mod known;
mod header;
mod key;
mod text;
mod holder;
mod profile;
mod profile_sources;
mod profile_files;
mod go;
mod profiles;
pub(crate) mod process;
mod shell;
pub(crate) mod network;
pub(crate) mod disk;
pub(crate) mod keyring;
pub(crate) mod edit;
mod report;

pub(crate) use finding::{Finding, Repair, Severity, TextEdit};
pub(crate) use known::is_region;
pub(crate) use profiles::{
    Planned, chain, check as check_profiles, last_refusal, none as no_profiles, said,
};
pub(crate) use report::{Looked, Report};
pub(crate) use shell::check as check_shell;
pub(crate) use text::check as check_text;

#[cfg(test)]
mod tests;
