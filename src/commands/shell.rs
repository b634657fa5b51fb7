//! Statements for the shell that called: which one it is, and what it is told when xacct fails.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use zeroize::Zeroizing;

use crate::cli::{Command, Wanted};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::render::formats::Format;
use crate::render::shell::{self, Shell, VariableChange};

use crate::shell_state::{ShellState, Variable};
use crate::system::processes;
use crate::terminal;

/// `--shell`, else the first shell among the processes above, else `$SHELL`; `None` where none of
/// them says it, as on Windows under a program that is no shell.
pub(super) fn of_caller(chosen: Option<Shell>, env: &Env) -> Option<Shell> {
    chosen.or_else(|| shell::detect(ancestor(), env.get("SHELL")))
}

/// Why there are no statements: another shell than the one that they are for shows them.
pub(super) fn unknown() -> Error {
    Error::usage("cannot detect your shell; use --shell")
        .hint("for example --shell powershell, --shell cmd or --shell bash")
        .hint("or use a format for programs: --format json")
}

/// How a command ended that could not do what was asked.
pub(super) struct Ended {
    pub(super) status: u8,
    /// Statements for a shell are wanted, which must fail too.
    pub(super) evaluated: Option<Wanted>,
    pub(super) credentials: ShellCredentials,
}

/// What a failure does to the credentials in the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShellCredentials {
    /// They stay: the list of profiles was left, and nothing else was tried.
    Kept,
    Removed,
}

impl Ended {
    /// Tells the shell that evaluates stdout, and gives the exit status. Every failure comes by
    /// here, so that none of them leaves the last account in the shell.
    pub(super) fn tell(&self, env: &Env) -> ExitCode {
        if let Some(wanted) = &self.evaluated {
            let _ = print_failure(wanted.shell, env, self.status, self.credentials);
        }
        ExitCode::from(self.status)
    }
}

/// Whether the command's output is evaluated by a shell: `assume`, unless a person reads it, or
/// another format is asked for.
pub(super) fn evaluated(command: &Command) -> Option<Wanted> {
    match command {
        Command::Assume(asked) if asked.format == Format::Shell => (asked.print
            || !std::io::stdout().is_terminal())
        .then_some(Wanted { shell: asked.shell }),
        _ => None,
    }
}

/// `env` is the shell's environment as it is.
pub(super) fn print_failure(
    chosen: Option<Shell>,
    env: &Env,
    status: u8,
    credentials: ShellCredentials,
) -> Result<()> {
    // Whoever reads stdout evaluates nothing that it could be told.
    let Some(chosen) = of_caller(chosen, env) else {
        return Ok(());
    };
    let state = ShellState::of(env);
    let changes = match credentials {
        ShellCredentials::Kept => Vec::new(),
        ShellCredentials::Removed => what_fits(chosen, state.failed()),
    };
    let mut text = Zeroizing::new(Vec::with_capacity(4096));
    // The shell was spared the Ctrl-C until it could be told what to take out; now it is its turn.
    let is_owed = terminal::is_taken() && status == shell::INTERRUPTED;
    let written = if is_owed {
        shell::interrupted(chosen, &change(&changes), &mut *text)
    } else {
        shell::failure(chosen, status, &change(&changes), &mut *text)
    };
    written.map_err(super::written)?;
    let mut out = std::io::stdout().lock();
    out.write_all(&text)
        .and_then(|()| out.flush())
        .map_err(super::written)
}

/// What is taken out, and what is set.
pub(super) fn change<'a>(changes: &'a [Variable<'_>]) -> VariableChange<'a> {
    let set = changes
        .iter()
        .filter_map(|(name, value)| Some((*name, value.as_ref()?)))
        .collect();
    let unset = changes
        .iter()
        .filter(|(_, value)| value.is_none())
        .map(|(name, _)| *name)
        .collect();
    VariableChange { set, unset }
}

/// A value of the user's own that this shell's language cannot hold is taken out instead: nothing
/// may keep `unset` or a failure from taking the credentials out.
pub(super) fn what_fits(shell: Shell, changes: Vec<Variable<'_>>) -> Vec<Variable<'_>> {
    changes
        .into_iter()
        .map(|(name, value)| {
            let fits = value.filter(|value| shell::can_hold(shell, name, value.expose()));
            (name, fits)
        })
        .collect()
}

/// More processes than this are not between a shell and xacct.
const MOST_ANCESTORS: usize = 64;

/// The first shell among the processes above this one.
fn ancestor() -> Option<Shell> {
    processes::first_above(MOST_ANCESTORS, shell::by_name)
}
