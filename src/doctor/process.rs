//! The programs that profiles name: whether they are there, and which xacct it is.

use std::collections::{BTreeMap, BTreeSet};

use super::catalog;
use super::finding::{Finding, Repair, TextEdit};
use super::profile::set;
use super::profiles::Planned;
use crate::config::{FileKind, Key, Setting, code_command, process, words};

/// What a program's name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProgramLookup {
    Missing,
    /// It is there; `same` where it is the xacct that runs.
    Found {
        same: bool,
    },
}

const CREDENTIAL_PROCESS: Key = Key::CredentialProcess;
const KEYS: [Key; 2] = [CREDENTIAL_PROCESS, Key::MfaProcess];

/// What ends a command in a shell, where it stands alone.
const BETWEEN: [&str; 7] = ["|", "||", "|&", "&&", "&", ";", "!"];

/// What a shell knows by itself, of what may begin a command.
const OF_THE_SHELL: [&str; 28] = [
    ".", ":", "{", "}", "(", ")", "alias", "case", "cd", "command", "done", "do", "else", "esac",
    "eval", "exec", "exit", "export", "fi", "for", "if", "read", "set", "then", "trap", "unset",
    "until", "while",
];

/// The programs to look for, as the profiles name them.
pub(crate) fn programs(planned: &[Planned]) -> BTreeSet<String> {
    let commands = planned.iter().flat_map(|one| {
        KEYS.iter()
            .filter_map(|key| Some((*key, set(&one.profile, *key)?.1)))
    });
    commands
        .flat_map(|(key, command)| named(key, command))
        .collect()
}

/// The programs of a command, where it does not take a shell to know what they are. Of an
/// `mfa_process`, which a shell runs, each that is behind a pipe or the like; `~` and variables are
/// left in its words.
fn named(key: Key, command: &str) -> Vec<String> {
    let command = match key {
        Key::MfaProcess => code_command(command),
        _ => command.into(),
    };
    let words: Vec<String> = words::split(&command).unwrap_or_default();
    if key == CREDENTIAL_PROCESS {
        let first = words.into_iter().next();
        return first
            .filter(|word| !word.starts_with('~') && !word.contains(['$', '`', '=']))
            .into_iter()
            .collect();
    }
    let commands = words.split(|word| BETWEEN.contains(&word.as_str()));
    let first = commands.filter_map(|words| words.iter().find(|word| !is_assignment(word)));
    first
        .filter(|word| !OF_THE_SHELL.contains(&word.as_str()) && is_plain(word))
        .cloned()
        .collect()
}

/// Nothing that only a shell knows the meaning of, save a variable or `~` in front.
fn is_plain(word: &str) -> bool {
    let rest = word.strip_prefix("$").unwrap_or(word);
    !rest.contains(['`', '(', ')', '<', '>', '|', '&', ';', '$', '*', '?'])
}

/// `NAME=value` in front of a command.
fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `own` is the path of the xacct that runs.
pub(crate) fn check(
    planned: &[Planned],
    looked_at: &dyn Fn(&str) -> bool,
    found: &BTreeMap<String, ProgramLookup>,
    own: &str,
) -> Vec<Finding> {
    let planned = planned.iter().filter(|one| looked_at(&one.profile.name));
    let set = planned.flat_map(|one| {
        KEYS.iter()
            .filter_map(move |key| Some((*key, one, set(&one.profile, *key)?)))
    });
    set.flat_map(|(key, one, (setting, command))| {
        let at = |kind, message: String| {
            Finding::new(kind, message)
                .at(&setting.origin)
                .of(&one.profile.name)
        };
        if words::split(command).is_none() {
            let message = format!("{key} is not a command: a quote is open");
            return vec![at(&catalog::PROCESS_UNCLOSED, message).fix("close the quote")];
        }
        let of_program = |word: String| match found.get(&word)? {
            ProgramLookup::Missing => {
                let message = format!("{key} names '{word}', which was not found");
                Some(missing(
                    one,
                    setting,
                    at(&catalog::PROCESS_MISSING, message),
                    again(command, own),
                ))
            }
            ProgramLookup::Found { same: false } if is_xacct(&word) => {
                let message = format!("{key} starts '{word}', and this is another xacct, {own}");
                Some(
                    at(&catalog::PROCESS_OTHER_XACCT, message)
                        .fix("make it one: the two may be of different versions"),
                )
            }
            ProgramLookup::Found { .. } => None,
        };
        named(key, command)
            .into_iter()
            .filter_map(of_program)
            .collect()
    })
    .collect()
}

fn is_xacct(word: &str) -> bool {
    word.rsplit(['/', '\\'])
        .next()
        .is_some_and(|name| name == "xacct" || name == "xacct.exe")
}

/// `again` is the command that would do, where there is one.
fn missing(one: &Planned, setting: &Setting, finding: Finding, again: Option<String>) -> Finding {
    match again.filter(|_| setting.origin.file == FileKind::Config) {
        Some(command) => {
            let finding = finding.fix(format!("write {CREDENTIAL_PROCESS} = {command}"));
            let (profile, line) = (one.profile.name.clone(), setting.origin.line);
            let edit = TextEdit::Set {
                profile,
                line,
                key: CREDENTIAL_PROCESS,
                value: command,
            };
            finding.repair(Repair::Edit {
                file: FileKind::Config,
                edit,
            })
        }
        None => finding.fix("write the absolute path of the program, or delete the line"),
    }
}

/// The same command with the xacct that runs, where it is what `adopt` writes.
fn again(command: &str, own: &str) -> Option<String> {
    let words: Vec<String> = words::readable(command);
    let [_, verb, name] = words.as_slice() else {
        return None;
    };
    (process::asks_xacct_for(command, name) && verb.starts_with("credential")).then_some(())?;
    process::command(own, name).ok()
}
