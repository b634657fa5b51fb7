//! The programs that profiles name: whether they are there, and which xacct it is.

use std::collections::{BTreeMap, BTreeSet};

use super::catalog;
use super::finding::{Edit, Finding, Repair};
use super::profile::set;
use super::profiles::Planned;
use crate::config::{FileKind, process};

/// What a program's name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Program {
    Missing,
    /// It is there; `same` where it is the xacct that runs.
    Found {
        same: bool,
    },
}

const KEYS: [&str; 2] = ["credential_process", "mfa_process"];

/// The programs to look for, as the profiles name them.
pub(crate) fn programs(planned: &[Planned]) -> BTreeSet<String> {
    let commands = planned.iter().flat_map(|one| KEYS.iter().filter_map(|key| set(&one.profile, key)));
    commands.filter_map(|(_, command)| program(command)).collect()
}

/// The first word, where it does not take a shell to know what it means.
fn program(command: &str) -> Option<String> {
    let word = shlex::Shlex::new(command).next()?;
    (!word.starts_with('~') && !word.contains(['$', '`', '='])).then_some(word)
}

/// `own` is the path of the xacct that runs.
pub(crate) fn check(
    planned: &[Planned],
    looked_at: &dyn Fn(&str) -> bool,
    found: &BTreeMap<String, Program>,
    own: &str,
) -> Vec<Finding> {
    let planned = planned.iter().filter(|one| looked_at(&one.profile.name));
    let set =
        planned.flat_map(|one| KEYS.iter().filter_map(move |key| Some((*key, one, set(&one.profile, key)?))));
    set.filter_map(|(key, one, (setting, command))| {
        let word = program(command)?;
        let is_xacct =
            word.rsplit(['/', '\\']).next().is_some_and(|name| name == "xacct" || name == "xacct.exe");
        let at =
            |kind, message: String| Finding::new(kind, message).at(&setting.origin).of(&one.profile.name);
        match found.get(&word)? {
            Program::Missing => {
                let finding = at(
                    &catalog::PROCESS_MISSING,
                    format!("{key} names '{word}', and there is no such program"),
                );
                let again = again(command, own).filter(|_| setting.origin.file == FileKind::Config);
                Some(match again {
                    Some(command) => {
                        let finding = finding.fix(format!("write credential_process = {command}"));
                        let (profile, line) = (one.profile.name.clone(), setting.origin.line);
                        let edit = Edit::Set { profile, line, key: "credential_process", value: command };
                        finding.repair(Repair::Edit { file: FileKind::Config, edit })
                    }
                    None => finding.fix("write the absolute path of the program, or delete the line"),
                })
            }
            Program::Found { same: false } if is_xacct => {
                let message = format!("{key} starts '{word}', and this is another xacct, {own}");
                Some(
                    at(&catalog::PROCESS_OTHER_XACCT, message)
                        .fix("make it one: the two may be of different versions"),
                )
            }
            Program::Found { .. } => None,
        }
    })
    .collect()
}

/// The same command with the xacct that runs, where it is what `adopt` writes.
fn again(command: &str, own: &str) -> Option<String> {
    let words: Vec<String> = shlex::Shlex::new(command).collect();
    let [_, verb, name] = words.as_slice() else { return None };
    (process::asks_xacct_for(command, name) && verb.starts_with("credential")).then_some(())?;
    process::command(own, name).ok()
}
