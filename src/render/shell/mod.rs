//! Shell statements: put variables into the shell that evaluates them, take them out, give it an
//! exit status.
//!
//! What is printed is evaluated, so this is where a profile's name or region could run code, and
//! where a failure could leave the last account's credentials behind. `quote` makes each value
//! inert; here it becomes statements. Which variables, and which shell was asked for, the caller
//! knows.

mod quote;

#[cfg(test)]
mod exact_tests;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::io;

use zeroize::Zeroizing;

use crate::secret::Secret;
pub(crate) use quote::{quoted, typed};

/// A shell, by the language it evaluates.
#[expect(clippy::enum_variant_names, reason = "PowerShell is its name")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shell {
    /// sh, dash, ash, ksh: eval "$(xacct assume NAME)"
    Sh,
    /// eval "$(xacct assume NAME)"
    Bash,
    /// eval "$(xacct assume NAME)"
    Zsh,
    /// eval (xacct assume NAME)
    Fish,
    /// xacct assume NAME | Out-String | Invoke-Expression
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
    /// for /f "delims=" %i in ('xacct assume NAME') do @%i
    Cmd,
    /// xacct assume NAME | from json | load-env
    #[value(alias = "nushell")]
    Nu,
    /// tcsh, csh: eval `xacct assume NAME`
    #[value(alias = "csh")]
    Tcsh,
    /// xacct assume NAME | eval (slurp)
    Elvish,
}

/// The status of a command that Ctrl-C ended.
pub(crate) const INTERRUPTED: u8 = 130;

/// Variables to put in, and variables to take out first.
#[derive(Debug, Clone, Default)]
pub(crate) struct VariableChange<'a> {
    pub(crate) set: Vec<(&'a str, &'a Secret)>,
    pub(crate) unset: Vec<&'a str>,
}

/// Writes the statements that make the change, all in one piece or nothing.
///
/// Errors: `InvalidInput` with a sentence to show where this shell cannot hold a value; else
/// `out`'s own.
pub(crate) fn statements(
    shell: Shell,
    change: &VariableChange<'_>,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let mut text = Zeroizing::new(String::with_capacity(capacity(change)));
    if shell == Shell::Nu {
        return nu_record(change, &mut text).and_then(|()| out.write_all(text.as_bytes()));
    }
    assign(shell, change, &mut text)?;
    text.push_str(match shell {
        // `set -e` of a variable that is not there fails, and an assignment leaves the status as it
        // was.
        Shell::Fish => "true;\n",
        Shell::Cmd => "cmd /c exit 0\n",
        _ => "",
    });
    out.write_all(text.as_bytes())
}

/// Whether the shell's language can hold this value of the variable.
pub(crate) fn can_hold(shell: Shell, name: &str, value: &str) -> bool {
    quote::check(shell, name, value).is_ok()
}

/// Writes statements that make the change and end with this exit status, without ending the shell.
///
/// PowerShell and elvish have exceptions instead of statuses: there it is one, so that nothing
/// behind it runs. nu has no statement that does both; the variables are gone, and what follows
/// runs without credentials.
pub(crate) fn failure(
    shell: Shell,
    status: u8,
    change: &VariableChange<'_>,
    out: &mut impl io::Write,
) -> io::Result<()> {
    if shell == Shell::Nu {
        return statements(shell, change, out);
    }
    let mut text = Zeroizing::new(String::with_capacity(capacity(change)));
    assign(shell, change, &mut text)?;
    let last = match shell {
        // Not `(exit …)`, which csh takes for something else and zsh may take for a pattern; not
        // `return`, which would leave the function that evaluates this.
        Shell::Sh | Shell::Bash | Shell::Zsh | Shell::Fish | Shell::Tcsh => {
            format!("sh -c 'exit {status}';\n")
        }
        // The exception of a command that failed carries its status.
        Shell::Elvish => format!("e:sh -c 'exit {status}';\n"),
        Shell::PowerShell => {
            format!(
                "$global:LASTEXITCODE = {status};\nthrow 'xacct failed with exit status \
                 {status}';\n"
            )
        }
        // `exit /b` at the prompt would close the window.
        Shell::Cmd => format!("cmd /c exit {status}\n"),
        Shell::Nu => String::new(),
    };
    text.push_str(&last);
    out.write_all(text.as_bytes())
}

/// Writes statements that make the change and end as a program does that Ctrl-C ended: status 130
/// (258 in ksh93), and at a prompt nothing of the line is run that comes after, no further round of
/// a loop either.
pub(crate) fn interrupted(
    shell: Shell,
    change: &VariableChange<'_>,
    out: &mut impl io::Write,
) -> io::Result<()> {
    match shell {
        Shell::Sh | Shell::Bash | Shell::Zsh => {
            let mut text = Zeroizing::new(String::with_capacity(capacity(change)));
            assign(shell, change, &mut text)?;
            text.push_str("sh -c 'kill -INT $$';\n");
            out.write_all(text.as_bytes())
        }
        _ => failure(shell, INTERRUPTED, change, out),
    }
}

/// The shell that started us, if one was found among the processes above, else by `$SHELL`, else
/// sh. On Windows only the processes tell: `SHELL` is what Git Bash leaves to all that it starts,
/// and statements for the wrong one of three languages are errors with secrets in them.
pub(crate) fn detect(ancestor: Option<Shell>, shell_variable: Option<&str>) -> Option<Shell> {
    if cfg!(windows) {
        return ancestor;
    }
    let by_variable = || shell_variable.and_then(by_name);
    ancestor.or_else(by_variable).or(Some(Shell::Sh))
}

/// By an executable's path or name, or `-zsh` for a login shell.
pub(crate) fn by_name(path: &str) -> Option<Shell> {
    let file = path
        .trim()
        .rsplit(['/', '\\'])
        .next()?
        .trim_start_matches('-')
        .to_ascii_lowercase();
    // `zsh-5.9`, `bash5`, `pwsh-preview.exe`: the letters say it.
    let letters = file
        .find(|c: char| !c.is_ascii_alphabetic())
        .map_or(file.as_str(), |end| &file[..end]);
    match letters {
        "sh" | "dash" | "ash" | "busybox" | "ksh" | "mksh" | "yash" => Some(Shell::Sh),
        "bash" | "rbash" => Some(Shell::Bash),
        "zsh" | "rzsh" => Some(Shell::Zsh),
        "fish" => Some(Shell::Fish),
        "powershell" | "pwsh" => Some(Shell::PowerShell),
        "cmd" => Some(Shell::Cmd),
        "nu" | "nushell" => Some(Shell::Nu),
        "tcsh" | "csh" => Some(Shell::Tcsh),
        "elvish" => Some(Shell::Elvish),
        _ => None,
    }
}

/// Enough for everything in its longest form, so that the text never moves and leaves no copy of a
/// secret behind.
fn capacity(change: &VariableChange<'_>) -> usize {
    let set: usize = change
        .set
        .iter()
        .map(|(name, value)| 64 + 2 * name.len() + 15 * value.expose().len())
        .sum();
    let unset: usize = change.unset.iter().map(|name| 32 + name.len()).sum();
    192 + set + unset
}

fn assign(shell: Shell, change: &VariableChange<'_>, text: &mut String) -> io::Result<()> {
    unset(shell, &change.unset, text);
    change
        .set
        .iter()
        .try_for_each(|(name, value)| set(shell, name, value.expose(), text))
}

fn unset(shell: Shell, names: &[&str], text: &mut String) {
    if names.is_empty() {
        return;
    }
    let (before, after) = match shell {
        Shell::Sh | Shell::Bash | Shell::Zsh => {
            let _ = writeln!(text, "unset {};", names.join(" "));
            return;
        }
        // Global only: a universal variable is the user's setting for every shell to come, not ours
        // to erase.
        Shell::Fish => {
            let _ = writeln!(text, "set -eg {};", names.join(" "));
            return;
        }
        Shell::Tcsh => ("unsetenv ", ";"),
        Shell::Elvish => ("unset-env ", ";"),
        Shell::PowerShell => ("$Env:", " = $null;"),
        Shell::Cmd => ("set \"", "=\""),
        Shell::Nu => return,
    };
    for name in names {
        let _ = writeln!(text, "{before}{name}{after}");
    }
}

fn set(shell: Shell, name: &str, value: &str, text: &mut String) -> io::Result<()> {
    quote::check(shell, name, value)?;
    match shell {
        Shell::Sh | Shell::Bash | Shell::Zsh => quote::sh(name, value, text),
        Shell::Fish => {
            text.push_str("set -gx ");
            text.push_str(name);
            text.push(' ');
            quote::fish(value, text);
            text.push_str(";\n");
        }
        Shell::Tcsh => quote::tcsh(name, value, text),
        Shell::Elvish => {
            text.push_str("set-env ");
            text.push_str(name);
            text.push(' ');
            quote::elvish(value, text);
            text.push_str(";\n");
        }
        Shell::PowerShell => {
            text.push_str("$Env:");
            text.push_str(name);
            text.push_str(" = ");
            quote::powershell(value, text);
            text.push_str(";\n");
        }
        Shell::Cmd => {
            for part in ["set \"", name, "=", value, "\"\n"] {
                text.push_str(part);
            }
        }
        Shell::Nu => {}
    }
    Ok(())
}

/// nu evaluates no text; it loads a record, and a `null` in it is not passed on to programs.
fn nu_record(change: &VariableChange<'_>, text: &mut Zeroizing<String>) -> io::Result<()> {
    let mut between = "{";
    for name in &change.unset {
        let _ = write!(text, "{between}\"{name}\":null");
        between = ",";
    }
    for (name, value) in &change.set {
        quote::check(Shell::Nu, name, value.expose())?;
        let quoted = Zeroizing::new(serde_json::to_string(value.expose())?);
        let _ = write!(text, "{between}\"{name}\":{}", *quoted);
        between = ",";
    }
    text.push_str(if between == "{" { "{}\n" } else { "}\n" });
    Ok(())
}
