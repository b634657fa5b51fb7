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
use crate::render::shell::{self as statements, Change, Shell};

pub(super) fn run(asked: &Assume, context: &Context) -> Result<ExitCode> {
    let on_terminal = std::io::stdout().is_terminal() && !asked.print;
    match credentials(asked, context, on_terminal) {
        Ok(text) => print(&text)?,
        // Printed nothing so far: what is evaluated must fail too.
        Err(error) if asked.format == Format::Shell && !on_terminal => {
            shell::print_failure(asked.shell, &context.env, error.kind.status())?;
            return Err(error);
        }
        Err(error) => return Err(error),
    }
    Ok(ExitCode::SUCCESS)
}

/// What goes to stdout: on a terminal, nothing.
fn credentials(asked: &Assume, context: &Context, on_terminal: bool) -> Result<Zeroizing<Vec<u8>>> {
    let issued = context.issue("assume", &asked.target, &asked.asking, Purpose::Child)?;
    if on_terminal {
        explain_use(&issued, asked, context);
        return Ok(Zeroizing::default());
    }
    render(&issued, asked, context)
}

fn render(issued: &Issued, asked: &Assume, context: &Context) -> Result<Zeroizing<Vec<u8>>> {
    let variables = issued.all_variables();
    let mut text = Zeroizing::new(Vec::with_capacity(4096));
    let out = &mut *text;
    let rendered = match asked.format {
        Format::Shell => {
            let set = variables.iter().filter_map(|(name, value)| Some((*name, value.as_ref()?))).collect();
            let absent = variables.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name);
            let change = Change { set, unset: shell::to_unset(absent) };
            statements::statements(shell::of_caller(asked.shell, &context.env), &change, out)
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
fn explain_use(issued: &Issued, asked: &Assume, context: &Context) {
    let left = issued.credentials.expiration.map(|at| (at - (context.now)()).num_seconds());
    let until = left.map(|left| format!(" for {}", duration::readable(left))).unwrap_or_default();
    context.voice.note(&format!(
        "the credentials of '{}' are ready{until}; put them into this shell with",
        issued.profile
    ));
    let name = shlex::try_quote(&issued.profile).unwrap_or_default();
    let how = match shell::of_caller(asked.shell, &context.env) {
        Shell::Fish => format!("  eval (xacct assume {name})"),
        Shell::Elvish => format!("  xacct assume {name} | eval (slurp)"),
        Shell::Nu => format!("  xacct assume {name} | from json | load-env"),
        Shell::PowerShell => format!("  xacct assume {name} | Out-String | Invoke-Expression"),
        Shell::Cmd => format!("  for /f \"delims=\" %i in ('xacct assume {name}') do @%i"),
        Shell::Tcsh => format!("  eval `xacct assume {name}`"),
        Shell::Sh | Shell::Bash | Shell::Zsh => format!("  eval \"$(xacct assume {name})\""),
    };
    context.voice.note(&how);
    context.voice.note("(--print shows them all the same)");
}
