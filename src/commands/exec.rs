//! `xacct exec PROFILE [-- CMD…]`: becomes the command, with the credentials in its environment.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use super::context::{Context, Purpose};
use super::program::{NOT_EXECUTABLE, Program};
use crate::cli::Exec;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::system::processes;

pub(super) fn run(asked: &Exec, context: &Context) -> Result<ExitCode> {
    let words = match asked.command.as_slice() {
        [] => vec![subshell(&context.env)],
        words => words.to_vec(),
    };
    // Before anyone is asked for a code: a typing error in the command must not cost one.
    let program = match Program::find(words, &context.env, context.voice) {
        Ok(program) => program,
        Err(status) => return Ok(status),
    };
    let issued = context.issue("exec", &asked.target, &asked.asking, Purpose::Child)?;
    Ok(become_command(
        &mut program.command(&issued, &context.env),
        context,
    ))
}

/// `$SHELL`, else what every system has.
fn subshell(env: &Env) -> OsString {
    let fallback = if cfg!(windows) {
        ("COMSPEC", "cmd.exe")
    } else {
        ("SHELL", "/bin/sh")
    };
    env.path(fallback.0)
        .map_or_else(|| fallback.1.into(), |shell| shell.as_os_str().to_owned())
}

/// Replaces this process, so that signals and the status are the command's own.
fn become_command(command: &mut Command, context: &Context) -> ExitCode {
    match processes::become_command(command) {
        Ok(status) => ExitCode::from(
            status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(1),
        ),
        Err(error) => could_not(command, &error, context),
    }
}

/// It was there and executable a moment ago: the wrong architecture, a missing interpreter.
fn could_not(command: &Command, error: &std::io::Error, context: &Context) -> ExitCode {
    let program = command.get_program().to_string_lossy();
    context.voice.error(&Error::other(format!(
        "{program}: it cannot be run: {error}"
    )));
    ExitCode::from(NOT_EXECUTABLE)
}
