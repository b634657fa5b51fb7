//! A command to run with credentials: found before anybody is asked, and given an environment in
//! which nothing competes.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::credentials::{Issued, SET_BY_XACCT, competes};
use crate::env::Env;
use crate::error::Error;
use crate::say::Voice;
use crate::secret::Secret;
use crate::shell_state::{SHELL_STATE, ShellState};

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
        match find(name, env) {
            Ok(path) => Ok(Program { path, words }),
            Err(status) => {
                let why = if status == NOT_FOUND {
                    "command not found"
                } else {
                    "it cannot be executed"
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
        #[cfg(unix)]
        std::os::unix::process::CommandExt::arg0(&mut command, &self.words[0]);
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

/// Where the command is, or the status that says why it cannot be run.
pub(super) fn find(name: &OsStr, env: &Env) -> std::result::Result<PathBuf, u8> {
    let path = Path::new(name);
    let endings = endings(env);
    if path.components().count() > 1 || name.as_encoded_bytes().contains(&b'/') {
        let found = candidates(path, &endings)
            .into_iter()
            .find(|file| is_executable(file));
        return match (found, path.try_exists()) {
            (Some(file), _) => Ok(file),
            (None, Ok(true)) => Err(NOT_EXECUTABLE),
            (None, _) => Err(NOT_FOUND),
        };
    }
    let mut status = NOT_FOUND;
    let search = env
        .raw("PATH")
        .unwrap_or(OsStr::new("/usr/local/bin:/usr/bin:/bin"));
    for dir in std::env::split_paths(search) {
        for file in candidates(&dir.join(path), &endings) {
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

/// What Windows runs as a program. Whatever else `PATHEXT` names (`.PY`, `.JS`) is opened by
/// another program, which only a shell looks for.
const RUN_BY_WINDOWS: [&str; 4] = ["COM", "EXE", "BAT", "CMD"];

/// The endings that a program's name is tried with, in their order; none where names have no
/// endings.
fn endings(env: &Env) -> Vec<String> {
    if !cfg!(windows) {
        return Vec::new();
    }
    endings_in(env.get("PATHEXT").unwrap_or(".COM;.EXE;.BAT;.CMD"))
}

fn endings_in(variable: &str) -> Vec<String> {
    let endings = variable
        .split(';')
        .filter_map(|ending| ending.trim().strip_prefix('.'));
    let endings = endings.map(str::to_ascii_lowercase);
    endings
        .filter(|ending| is_run(OsStr::new(ending)))
        .collect()
}

fn is_run(ending: &OsStr) -> bool {
    RUN_BY_WINDOWS
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// The files that a name may mean. With endings as on Windows: as it is only if it has one of them,
/// and then with each of them behind it, whatever dots are in it: `hello.v1` is `hello.v1.exe`.
fn candidates(path: &Path, endings: &[String]) -> Vec<PathBuf> {
    if endings.is_empty() {
        return vec![path.to_owned()];
    }
    let as_it_is = path.extension().is_some_and(is_run);
    let with_ending = endings.iter().map(|ending| {
        let mut name = path.as_os_str().to_owned();
        name.push(".");
        name.push(ending);
        PathBuf::from(name)
    });
    as_it_is
        .then(|| path.to_owned())
        .into_iter()
        .chain(with_ending)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_put_behind_a_name_and_replace_nothing() {
        let endings = endings_in(".COM;.EXE;.BAT;.CMD;.VBS;.PY;; .cmd");
        assert_eq!(endings, ["com", "exe", "bat", "cmd", "cmd"]);
        let endings = endings_in(".EXE;.CMD");
        let of = |name: &str| {
            let found = candidates(Path::new(name), &endings);
            let shown = found.iter().map(|path| path.to_string_lossy().into_owned());
            shown.collect::<Vec<_>>()
        };
        assert_eq!(of("hello.v1"), ["hello.v1.exe", "hello.v1.cmd"]);
        // Never `cdk` itself, which npm puts there for a Unix shell.
        assert_eq!(of("cdk"), ["cdk.exe", "cdk.cmd"]);
        assert_eq!(of("aws.EXE"), ["aws.EXE", "aws.EXE.exe", "aws.EXE.cmd"]);
        assert_eq!(candidates(Path::new("a.b"), &[]), [Path::new("a.b")]);
    }
}
