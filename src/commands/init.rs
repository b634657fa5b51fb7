//! `xacct init SHELL`: prints the shell's integration. No file is touched.

use std::process::ExitCode;

use super::context::Context;
use super::{own_path, print};
use crate::cli::{Completing, Init};
use crate::config::{Key, ProfileColor};
use crate::error::{Error, Result};
use crate::render::init::{self, InitParts, PROGRAM};
use crate::render::shell::Shell;

pub(super) fn run(asked: &Init, context: &Context) -> Result<ExitCode> {
    if let Some(name) = &asked.color_of {
        print(format!("{}\n", color_of(name, context)?).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let shell = Shell::from(asked.shell);
    let program = own_path::path(&context.env)?;
    if asked.line {
        print(line(shell, &program, &asked.typed, context).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let completion = completion(shell)?;
    if (asked.prompt || asked.renew.is_some()) && !init::has_hooks(shell) {
        context
            .voice
            .warn("--prompt and --renew are there for bash, zsh, fish, powershell and nu only");
    }
    let parts = InitParts {
        program: &program,
        completion: &completion,
        prompt: asked.prompt,
        renew: asked.renew,
    };
    let text = init::script(shell, &parts).ok_or_else(|| none_for(shell))?;
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// What tcsh is to evaluate; for elvish, whether there is anything to evaluate.
fn line(shell: Shell, program: &str, typed: &[String], context: &Context) -> String {
    match shell {
        Shell::Tcsh => init::tcsh_line(program, context.env.get("XACCT_TYPED").unwrap_or_default()),
        _ if init::acts(typed) => "acts\n".to_owned(),
        _ => String::new(),
    }
}

/// The same scripts as under `completions/`, with our function in the place of the program. nu and
/// PowerShell have theirs in their texts: the engine knows no nu, and has PowerShell run what was
/// typed.
fn completion(shell: Shell) -> Result<String> {
    let shell = match shell {
        Shell::Bash => Completing::Bash,
        Shell::Zsh => Completing::Zsh,
        Shell::Fish => Completing::Fish,
        _ => return Ok(String::new()),
    };
    shell.registration(PROGRAM).map_err(super::written)
}

/// The profile's colour as a terminal is told it: `31`, `38;5;208`; empty where it has none, or is
/// no profile.
fn color_of(name: &str, context: &Context) -> Result<String> {
    let profile = context.config()?.profile(name)?;
    let setting = profile.as_ref().and_then(|profile| profile.get(Key::Color));
    let color = setting.and_then(|setting| ProfileColor::parse(setting.first_line()).ok());
    let shown = color
        .map(|color| color.style().render().to_string())
        .unwrap_or_default();
    Ok(shown
        .trim_start_matches("\u{1b}[")
        .trim_end_matches('m')
        .to_owned())
}

fn none_for(shell: Shell) -> Error {
    let name = if shell == Shell::Cmd {
        "cmd"
    } else {
        "this shell"
    };
    Error::usage(format!(
        "init has nothing for {name}, which has no functions"
    ))
    .hint("for /f \"delims=\" %i in ('xacct assume client1') do @%i")
}
