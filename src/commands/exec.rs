//! `xacct exec PROFILE [-- CMD…]`: becomes the command, with the credentials in its environment.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use super::context::Context;
use crate::cli::Exec;
use crate::credentials::{COMPETING, Issued, SET_BY_XACCT};
use crate::env::Env;
use crate::error::{Error, Result};

/// Found, but it cannot be run; and not found at all: what shells say.
const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Variables of xacct's own that are secret, or that would send an xacct run by the command to the role meant here.
const OURS: [&str; 5] =
    ["XACCT_MFA_CODE", "XACCT_ROLE_ARN", "XACCT_SOURCE_PROFILE", "XACCT_EXTERNAL_ID", "XACCT_MFA_SERIAL"];

pub(super) fn run(asked: &Exec, context: &Context) -> Result<ExitCode> {
    let words = match asked.command.as_slice() {
        [] => vec![subshell(&context.env)],
        words => words.to_vec(),
    };
    // Before anyone is asked for a code: a typing error in the command must not cost one.
    let program = match find(&words[0], &context.env) {
        Ok(program) => program,
        Err(status) => {
            let why = if status == NOT_FOUND { "there is no such command" } else { "it cannot be executed" };
            context.voice.error(&Error::other(format!("{}: {why}", words[0].to_string_lossy())));
            return Ok(ExitCode::from(status));
        }
    };
    let issued = context.issue("exec", &asked.target, &asked.asking, false)?;
    Ok(become_command(&mut command(&program, &words, &issued, &context.env), context))
}

/// `$SHELL`, else what every system has.
fn subshell(env: &Env) -> OsString {
    let fallback = if cfg!(windows) { ("COMSPEC", "cmd.exe") } else { ("SHELL", "/bin/sh") };
    env.path(fallback.0).map_or_else(|| fallback.1.into(), |shell| shell.as_os_str().to_owned())
}

/// The program, with its name as the user wrote it, and an environment in which nothing competes.
fn command(program: &Path, words: &[OsString], issued: &Issued, env: &Env) -> Command {
    let mut command = Command::new(program);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, &words[0]);
    command.args(&words[1..]).env_clear();
    let is_removed = |name: &OsStr| {
        let removed = COMPETING.iter().chain(&SET_BY_XACCT).chain(&OURS);
        name.to_str().is_some_and(|name| removed.into_iter().any(|other| *other == name))
    };
    command.envs(env.vars().filter(|(name, _)| !is_removed(name)));
    for (name, value) in issued.variables() {
        if let Some(value) = value {
            command.env(name, value.expose());
        }
    }
    command
}

/// Where the command is, or the status that says why it cannot be run.
fn find(name: &OsStr, env: &Env) -> std::result::Result<PathBuf, u8> {
    let path = Path::new(name);
    if path.components().count() > 1 || name.as_encoded_bytes().contains(&b'/') {
        return match path.try_exists() {
            Ok(true) if is_executable(path) => Ok(path.to_owned()),
            Ok(true) => Err(NOT_EXECUTABLE),
            _ => Err(NOT_FOUND),
        };
    }
    let mut status = NOT_FOUND;
    let search = env.raw("PATH").unwrap_or(OsStr::new("/usr/local/bin:/usr/bin:/bin"));
    for dir in std::env::split_paths(search) {
        for file in candidates(&dir.join(path)) {
            if file.is_file() {
                if is_executable(&file) {
                    return Ok(file);
                }
                status = NOT_EXECUTABLE;
            }
        }
    }
    Err(status)
}

#[cfg(unix)]
fn candidates(path: &Path) -> Vec<PathBuf> {
    vec![path.to_owned()]
}

#[cfg(not(unix))]
fn candidates(path: &Path) -> Vec<PathBuf> {
    ["", "exe", "cmd", "bat", "com"]
        .iter()
        .map(|ending| if ending.is_empty() { path.to_owned() } else { path.with_extension(ending) })
        .collect()
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Replaces this process, so that signals and the status are the command's own.
#[cfg(unix)]
fn become_command(command: &mut Command, context: &Context) -> ExitCode {
    let error = std::os::unix::process::CommandExt::exec(command);
    could_not(command, &error, context)
}

#[cfg(not(unix))]
fn become_command(command: &mut Command, context: &Context) -> ExitCode {
    match command.status() {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => could_not(command, &error, context),
    }
}

/// It was there and executable a moment ago: the wrong architecture, a missing interpreter.
fn could_not(command: &Command, error: &std::io::Error, context: &Context) -> ExitCode {
    let program = command.get_program().to_string_lossy();
    context.voice.error(&Error::other(format!("{program}: it cannot be run: {error}")));
    ExitCode::from(NOT_EXECUTABLE)
}
