//! A command to run with credentials: found before anybody is asked, and given an environment in
//! which nothing competes.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::credentials::{Issued, SET_BY_XACCT, competes};
use crate::env::Env;
use crate::error::Error;
use crate::path_search::{self, NotRun};
use crate::say::Voice;
use crate::secret::Secret;
use crate::shell_state::{SHELL_STATE, ShellState};
use crate::system::processes;

/// Found, but it cannot be run; and not found at all: what shells say.
pub(super) const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Variables of xacct's own that are secret.
const OURS: [&str; 1] = ["XACCT_MFA_CODE"];

/// A command that is there.
pub(super) struct Program {
    path: PathBuf,
    words: Vec<OsString>,
}

impl Program {
    /// The command of these words, of which there is at least one; or, once it was said why not,
    /// the exit status.
    pub(super) fn find(
        words: Vec<OsString>,
        env: &Env,
        voice: Voice,
    ) -> std::result::Result<Program, ExitCode> {
        let name = words.first().map(OsString::as_os_str).unwrap_or_default();
        match path_search::find(name, env) {
            Ok(path) => Ok(Program { path, words }),
            Err(not_run) => {
                let (why, status) = match not_run {
                    NotRun::NotFound => ("command not found", NOT_FOUND),
                    NotRun::NotExecutable => ("it cannot be executed", NOT_EXECUTABLE),
                };
                voice.error(&Error::other(format!("{}: {why}", name.to_string_lossy())));
                Err(ExitCode::from(status))
            }
        }
    }

    /// As the user wrote them.
    pub(super) fn words(&self) -> &[OsString] {
        &self.words
    }

    /// With its name as the user wrote it, and the credentials in its environment; `env` is the
    /// user's own.
    pub(super) fn command(&self, issued: &Issued, env: &Env) -> Command {
        self.command_with(&issued.all_variables(), env)
    }

    /// With these variables, and without what would compete with them.
    pub(super) fn command_with(&self, variables: &[(&str, Option<Secret>)], env: &Env) -> Command {
        let mut command = Command::new(&self.path);
        processes::called(&mut command, &self.words[0]);
        command.args(&self.words[1..]).env_clear();
        command.envs(env.vars().filter(|(name, _)| !is_removed(name)));
        for (name, value) in variables {
            if let Some(value) = value {
                command.env(name, value.expose());
            }
        }
        // So that an xacct in the command knows what is the user's there.
        command.env(
            SHELL_STATE,
            ShellState::of(env).for_child(variables).expose(),
        );
        command
    }
}

fn is_removed(name: &OsStr) -> bool {
    name.to_str()
        .is_some_and(|name| competes(name) || SET_BY_XACCT.contains(&name) || OURS.contains(&name))
}
