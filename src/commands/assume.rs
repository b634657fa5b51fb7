//! `xacct assume PROFILE`: prints what puts the credentials into the current shell.

use std::io::IsTerminal;
use std::process::ExitCode;

use zeroize::Zeroizing;

use super::context::{Context, Purpose};
use super::{print, shell, written};
use crate::cli::Assume;
use crate::credentials::Issued;
use crate::duration;
use crate::error::Result;
use crate::render::formats::{self, Format};
use crate::render::shell::{self as statements, Shell};

/// Set by the function of `xacct init --renew` for a renewal that nobody typed.
const SILENT_RENEWAL: &str = "XACCT_SILENT_RENEWAL";

pub(super) fn run(asked: &Assume, context: &Context) -> Result<ExitCode> {
    let on_terminal = std::io::stdout().is_terminal() && !asked.print;
    print(&credentials(asked, context, on_terminal)?)?;
    Ok(ExitCode::SUCCESS)
}

/// What goes to stdout: on a terminal, nothing.
fn credentials(asked: &Assume, context: &Context, on_terminal: bool) -> Result<Zeroizing<Vec<u8>>> {
    // A renewal at the prompt is no command that Ctrl-C would have to end.
    let is_typed = !context.env.flag(SILENT_RENEWAL);
    let is_evaluated = asked.format == Format::Shell && !on_terminal && is_typed;
    let purpose = if is_evaluated {
        Purpose::Shell
    } else {
        Purpose::Child
    };
    let shell = shell::of_caller(asked.shell, &context.env);
    if is_evaluated && shell.is_none() {
        // Before any prompt: this shell would print the statements for another shell, with the
        // secrets in them.
        return Err(shell::unknown());
    }
    let issued = context.issue("assume", &asked.target, &asked.asking, purpose)?;
    if on_terminal {
        explain_use(&issued, shell, asked, context);
        return Ok(Zeroizing::default());
    }
    render(&issued, asked, shell, context)
}

fn render(
    issued: &Issued,
    asked: &Assume,
    shell: Option<Shell>,
    context: &Context,
) -> Result<Zeroizing<Vec<u8>>> {
    let variables = issued.all_variables();
    let mut text = Zeroizing::new(Vec::with_capacity(4096));
    let out = &mut *text;
    let rendered = match asked.format {
        Format::Shell => {
            let state = &context.shell_state;
            let is_renewal = context.env.flag(SILENT_RENEWAL);
            let changes = if is_renewal {
                state.renewed(&variables)
            } else {
                state.assumed(&variables)
            };
            let shell = shell.ok_or_else(shell::unknown)?;
            statements::statements(shell, &shell::change(&changes), out)
        }
        Format::Env => formats::env(&variables, out),
        Format::Json => formats::json(&variables, out),
        Format::Dotenv => formats::dotenv(&variables, out),
        Format::Process => {
            out.extend_from_slice(formats::process_json(&issued.credentials).as_bytes());
            Ok(())
        }
    };
    rendered.map_err(written)?;
    Ok(text)
}

/// Secrets on a screen help nobody: say how the output is meant to be used.
fn explain_use(issued: &Issued, shell: Option<Shell>, asked: &Assume, context: &Context) {
    let left = issued
        .credentials
        .expiration()
        .map(|at| (at - (context.now)()).num_seconds());
    let until = left
        .map(|left| format!(" for {}", duration::readable(left)))
        .unwrap_or_default();
    if asked.format != Format::Shell {
        context.voice.note(&format!(
            "the credentials of '{}' are ready{until}; they are not shown on a terminal",
            issued.profile
        ));
        let note = "(send them to a file or a program; --print shows them all the same)";
        context.voice.note(note);
        return;
    }
    context.voice.note(&format!(
        "the credentials of '{}' are ready{until}; put them into this shell with",
        issued.profile
    ));
    let Some(shell) = shell else {
        let hint = "(which shell this is could not be found out: xacct assume --help shows how)";
        return context.voice.note(hint);
    };
    let words = typed_again(shell, issued, asked, context);
    let how = match shell {
        Shell::Fish => format!("  eval ({words})"),
        Shell::Elvish => format!("  {words} | eval (slurp)"),
        Shell::Nu => format!("  {words} | from json | load-env"),
        Shell::PowerShell => format!("  {words} | Out-String | Invoke-Expression"),
        Shell::Cmd => format!("  for /f \"delims=\" %i in ('{words}') do @%i"),
        Shell::Tcsh => format!("  eval `{words}`"),
        Shell::Sh | Shell::Bash | Shell::Zsh => format!("  eval \"$({words})\""),
    };
    context.voice.note(&how);
    context.voice.note("(--print shows them all the same)");
}

/// The command as it was typed, with all its options: without one of them it might be another
/// session. Only the MFA code is left out, which is used up and secret.
fn typed_again(shell: Shell, issued: &Issued, asked: &Assume, context: &Context) -> String {
    let mut words = vec!["xacct".to_owned()];
    let mut typed = context.typed.iter().map(|word| word.to_string_lossy());
    while let Some(word) = typed.next() {
        match word.as_ref() {
            "--mfa-code" => drop(typed.next()),
            word if word.starts_with("--mfa-code=") => {}
            word => words.push(statements::typed(shell, word)),
        }
    }
    // What a variable said of this run may not be said of the next.
    let of_variables = context.options_of_variables(&asked.target.role);
    let of_variables = of_variables
        .iter()
        .map(|word| statements::typed(shell, word));
    let end = words
        .iter()
        .position(|word| word == "--")
        .unwrap_or(words.len());
    words.splice(end..end, of_variables);
    // Picked from the list.
    if !words
        .iter()
        .any(|word| word.contains(&statements::typed(shell, &issued.profile)))
    {
        words.extend(["--".to_owned(), statements::typed(shell, &issued.profile)]);
    }
    words.join(" ")
}
