//! What `xacct init` prints: a function `xacct` for the user's shell, completion, and, where they
//! are asked for, a segment in the prompt and renewal ahead of time.
//!
//! One file a shell (bash and zsh share theirs), in that shell's own language. A line `#: WORDS`
//! begins a part that is there only where all of its words hold: a shell's name, `prompt`,
//! `noprompt`, `renew`, or `hook` for either of prompt and renew. `@NAME@` stands for what is
//! filled in. Which program is called, and whether anything is to be printed at all, the caller
//! knows.

mod acts;

use std::fmt::Write as _;

use super::shell::{Shell, quoted};
use crate::shell_state;
pub(crate) use acts::{acts, tcsh_line};

/// What is filled in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InitParts<'a> {
    /// The absolute path of xacct.
    pub(crate) program: &'a str,
    /// What registers completion, where the engine has it for this shell; it calls [`PROGRAM`].
    pub(crate) completion: &'a str,
    /// `--prompt`
    pub(crate) prompt: bool,
    /// `--renew`, in seconds.
    pub(crate) renew: Option<u64>,
}

/// The function by which everything in these texts calls xacct, so that its path is quoted in one
/// place.
pub(crate) const PROGRAM: &str = "__xacct_program";

/// The text to be evaluated; `None` for a shell that there is none for.
pub(crate) fn script(shell: Shell, parts: &InitParts<'_>) -> Option<String> {
    let (template, name, subshell) = match shell {
        Shell::Bash => (include_str!("bash_zsh.sh"), "bash", "BASH_SUBSHELL"),
        Shell::Zsh => (include_str!("bash_zsh.sh"), "zsh", "ZSH_SUBSHELL"),
        Shell::Fish => (include_str!("fish.fish"), "fish", ""),
        Shell::Nu => (include_str!("nu.nu"), "nu", ""),
        Shell::PowerShell => (include_str!("powershell.ps1"), "powershell", ""),
        Shell::Sh => (include_str!("sh.sh"), "sh", ""),
        Shell::Tcsh => (include_str!("tcsh.csh"), "tcsh", ""),
        Shell::Elvish => (include_str!("elvish.elv"), "elvish", ""),
        Shell::Cmd => return None,
    };
    let filled = [
        ("program", quoted(shell, parts.program)),
        ("plain_program", plain(parts.program).to_owned()),
        ("shell", name.to_owned()),
        (
            "identity",
            shell_state::identity().collect::<Vec<_>>().join(" "),
        ),
        ("subshell", subshell.to_owned()),
        ("renew", parts.renew.unwrap_or_default().to_string()),
        ("completion", parts.completion.trim().to_owned()),
    ];
    let mut text = String::with_capacity(template.len() + parts.completion.len());
    let mut is_wanted = true;
    for line in template.lines() {
        match line.strip_prefix("#: ") {
            Some(words) => is_wanted = words.split(' ').all(|word| holds(word, name, parts)),
            None if is_wanted => fill(line, &filled, &mut text),
            None => {}
        }
    }
    Some(text)
}

/// The path for tcsh's alias, where no quotes help. Another path is found as it was typed; `env`
/// looks for no alias.
fn plain(program: &str) -> &str {
    let is_plain = program
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c));
    if is_plain { program } else { "env xacct" }
}

/// Whether there is a prompt and renewal for this shell.
pub(crate) fn has_hooks(shell: Shell) -> bool {
    !matches!(shell, Shell::Sh | Shell::Tcsh | Shell::Elvish)
}

fn holds(word: &str, shell: &str, parts: &InitParts<'_>) -> bool {
    match word {
        "all" => true,
        "prompt" => parts.prompt,
        "noprompt" => !parts.prompt,
        "renew" => parts.renew.is_some(),
        "hook" => parts.prompt || parts.renew.is_some(),
        other => other == shell,
    }
}

/// One pass from left to right: what was filled in is not looked at again.
fn fill(line: &str, filled: &[(&str, String)], text: &mut String) {
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once('@') {
        text.push_str(before);
        let known = behind.split_once('@').and_then(|(name, after)| {
            filled
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (value, after))
        });
        rest = if let Some((value, after)) = known {
            text.push_str(value);
            after
        } else {
            text.push('@');
            behind
        };
    }
    let _ = writeln!(text, "{rest}");
}

#[cfg(test)]
mod tests;
