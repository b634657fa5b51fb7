//! Whether what was typed behind `xacct` is for the shell that the function is in, for the shells
//! that cannot tell.

use super::super::shell::{Shell, typed};

/// Whether these arguments change the shell: `assume` and `unset`, where nobody else reads what is
/// printed.
pub(crate) fn acts(words: &[String]) -> bool {
    let mut words = words.iter().map(String::as_str);
    let command = loop {
        match words.next() {
            Some("--color") => drop(words.next()),
            Some(word) if is_help(word) => return false,
            Some(word) if word.starts_with('-') => {}
            Some(word @ ("assume" | "unset")) => break word,
            _ => return false,
        }
    };
    let mut options = words.take_while(|word| *word != "--");
    !options.any(|word| {
        let name = word.split('=').next().unwrap_or_default();
        is_help(word)
            || name == "--shell"
            || (command == "assume" && (word == "--print" || name == "--format"))
    })
}

fn is_help(word: &str) -> bool {
    word == "--help" || (word.starts_with('-') && !word.starts_with("--") && word.contains('h'))
}

/// tcsh's alias evaluates this in the place of what was typed. The words still have their quotes,
/// and among them is what sends the output elsewhere.
pub(crate) fn tcsh_line(program: &str, line: &str) -> String {
    let program = typed(Shell::Tcsh, program);
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    if acts(&words) {
        format!("unsetenv XACCT_TYPED; eval `env XACCT_SHELL=tcsh {program} {line}`\n")
    } else {
        format!("unsetenv XACCT_TYPED; {program} {line}\n")
    }
}
