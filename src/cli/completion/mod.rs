//! Completion by the shells: what registers it, and what answers. `clap_complete` knows what may
//! come next; what it is told and how its answer is put is ours for bash and zsh, which quote words
//! and split them in their own ways.

mod bash_word;

use std::ffi::OsString;
use std::io;
use std::path::Path;

use clap::Command;
use clap_complete::engine::CompletionCandidate;
use clap_complete::engine::complete;
use clap_complete::env::Elvish;
use clap_complete::env::EnvCompleter;
use clap_complete::env::Fish;
use clap_complete::env::Powershell;

use bash_word::BashWord;

/// A shell that completes by asking this program with `COMPLETE` set to its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Completing {
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    PowerShell,
    /// elvish
    Elvish,
}

/// What a shell asks with.
#[derive(Debug, Clone, Default)]
pub(crate) struct CompletionQuery {
    /// The words of the command line, the program's name first.
    pub(crate) words: Vec<OsString>,
    /// Which of them the cursor is in, where the shell says so; else it is the last.
    pub(crate) index: Option<usize>,
    /// bash's `COMP_WORDBREAKS`. Without it the words are already as the program would get them.
    pub(crate) wordbreaks: Option<String>,
    /// What goes between two answers.
    pub(crate) between: String,
}

impl Completing {
    /// By the name or path in `COMPLETE`.
    pub(crate) fn named(path: &Path) -> Option<Completing> {
        match path.file_stem()?.to_str()? {
            "bash" => Some(Completing::Bash),
            "zsh" => Some(Completing::Zsh),
            "fish" => Some(Completing::Fish),
            "powershell" | "pwsh" | "powershell_ise" => Some(Completing::PowerShell),
            "elvish" => Some(Completing::Elvish),
            _ => None,
        }
    }

    /// What registers completion of `xacct` in the shell, by a script that calls `program`.
    pub(crate) fn registration(self, program: &str) -> io::Result<String> {
        let engine: &dyn EnvCompleter = match self {
            Completing::Bash => return Ok(ours(include_str!("bash.sh"), program)),
            Completing::Zsh => return Ok(ours(include_str!("zsh.sh"), program)),
            Completing::Fish => &Fish,
            Completing::PowerShell => &Powershell,
            Completing::Elvish => &Elvish,
        };
        let mut text = Vec::new();
        engine.write_registration("COMPLETE", "xacct", "xacct", program, &mut text)?;
        String::from_utf8(text)
            .map(|text| text.trim().to_owned() + "\n")
            .map_err(io::Error::other)
    }

    /// What may stand at the cursor, as the shell reads it.
    pub(crate) fn answer(
        self,
        command: &mut Command,
        question: CompletionQuery,
    ) -> io::Result<String> {
        let CompletionQuery {
            mut words,
            index,
            wordbreaks,
            between,
        } = question;
        let index = index
            .unwrap_or(words.len().saturating_sub(1))
            .min(words.len());
        if index == words.len() {
            words.push(OsString::new());
        }
        let mut quoted = None;
        if let Some(breaks) = &wordbreaks {
            quoted = Some(BashWord::parse(&words[index].to_string_lossy(), breaks));
            let bare =
                |word: &OsString| OsString::from(BashWord::parse(&word.to_string_lossy(), "").text);
            words = words.iter().map(bare).collect();
        } else if self == Completing::Fish {
            // The word at the cursor comes as it was typed; the answers are compared with what it
            // says.
            words[index] = BashWord::parse(&words[index].to_string_lossy(), "")
                .text
                .into();
        }
        let is_empty = words[index].is_empty();
        let found = without_options(complete(command, words, index, None)?, is_empty);
        let shown = found.iter().map(|candidate| match &quoted {
            Some(word) => word.rest_of(&candidate.get_value().to_string_lossy()),
            None => self.shown(candidate),
        });
        let mut text = shown.collect::<Vec<_>>().join(&between);
        if matches!(self, Completing::Fish | Completing::PowerShell) && !text.is_empty() {
            text.push('\n');
        }
        Ok(text)
    }

    fn shown(self, candidate: &CompletionCandidate) -> String {
        let value = candidate.get_value().to_string_lossy();
        let help = candidate.get_help().map(ToString::to_string);
        let help = help.as_deref().and_then(|help| help.lines().next());
        match (self, help) {
            (Completing::Fish | Completing::PowerShell, Some(help)) => format!("{value}\t{help}"),
            (Completing::Zsh, help) => {
                let value = value.replace('\\', "\\\\").replace(':', "\\:");
                help.map(|help| format!("{value}:{}", help.replace('\\', "\\\\")))
                    .unwrap_or(value)
            }
            _ => value.into_owned(),
        }
    }
}

fn ours(template: &str, program: &str) -> String {
    template.replace("@program@", program)
}

/// Where nothing is typed yet, options would stand above the few names that are looked for. They
/// come with the first `-`, or where there is nothing else.
fn without_options(
    mut found: Vec<CompletionCandidate>,
    is_empty: bool,
) -> Vec<CompletionCandidate> {
    let is_option =
        |candidate: &CompletionCandidate| candidate.get_value().to_string_lossy().starts_with('-');
    if is_empty && !found.iter().all(is_option) {
        found.retain(|candidate| !is_option(candidate));
    }
    found
}

#[cfg(test)]
mod tests;
