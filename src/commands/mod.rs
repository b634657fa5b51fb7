//! One file per command: parse what it needs, call, render. This file dispatches and maps errors to
//! the exit status.

mod child_settings;
mod policy_option;
mod context;
mod edit_lock;
mod shell;
mod child;
mod guard;
mod assume;
mod unset;
mod program;
mod profile_summary;
mod exec;
mod each;
mod credential_process;
mod whoami;
mod cached;
mod list;
mod pick;
mod explain;
mod config_show;
mod doctor;
mod forget;
mod logout;
mod clear;
mod questions;
mod own_path;
mod change;
mod sso_session;
mod add;
mod login;
mod adopt;
mod import;
mod keys;
mod init;
mod sync;
mod audit;
mod serve;
mod policy;
mod export;
mod console;
mod sandbox;
mod completions;
mod json_error;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use chrono::{DateTime, Utc};

use crate::cli::{self, Command, ConfigAction, SyncAction};
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::say::{Voice, visible_json};
use crate::system::processes;
use crate::terminal;
use context::Context;
use shell::{Ended, ShellCredentials};

/// Where xacct itself failed, for `exec` and `each`, whose other statuses are the command's own.
const EXEC_FAILED: u8 = 125;

pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    keep_out_of_core_dumps();
    let args: Vec<OsString> = args.into_iter().collect();
    let env = Env::from_process();
    guard::against_panics(&args, &env);
    if completions::asked_for(&env, &args) {
        return completions::answer(&env, args);
    }
    let status = match attempt(&args, env.clone()) {
        Ok(status) => status,
        Err(ended) => ended.tell(&env),
    };
    // Last of all: until then a Ctrl-C would keep the shell from evaluating what it was told.
    terminal::give_back();
    status
}

fn attempt(args: &[OsString], env: Env) -> std::result::Result<ExitCode, Ended> {
    let cli = match cli::parse(args.iter().cloned(), &env) {
        Ok(cli) => cli,
        Err(error) => match pick::instead(&error, args, &env) {
            Some(picked) => picked?,
            None => return Err(unparsed(&error, args, &env)),
        },
    };
    let mut context = Context::new(env, &cli, now);
    context.typed = args.get(1..).unwrap_or_default().to_vec();
    dispatch(&cli.command, &context).map_err(|error| {
        tell(&error, &cli.command, &context);
        let status = status_of(&cli.command, error.kind);
        Ended {
            status,
            evaluated: shell::evaluated(&cli.command),
            credentials: ShellCredentials::Removed,
        }
    })
}

/// The error on stderr, and on stdout for a command that prints JSON.
fn tell(error: &Error, command: &Command, context: &Context) {
    context.voice.error(error);
    if command.prints_json() {
        // If stdout is closed, the status still says it.
        let _ = print(json_error::document(error).as_bytes());
    }
}

fn dispatch(command: &Command, context: &Context) -> Result<ExitCode> {
    match command {
        Command::Assume(asked) => assume::run(asked, context),
        Command::Unset(asked) => unset::run(asked, context),
        Command::Exec(asked) => exec::run(asked, context),
        Command::Each(asked) => each::run(asked, context),
        Command::Serve(asked) => serve::run(asked, context),
        Command::CredentialProcess(asked) => credential_process::run(asked, context),
        Command::Whoami(asked) => whoami::run(asked, context),
        Command::List(asked) => list::run(asked, context),
        Command::Explain(asked) => explain::run(asked, context),
        Command::Config(asked) => match &asked.action {
            ConfigAction::Show(asked) => config_show::run(asked, context),
        },
        Command::Doctor(asked) => doctor::run(asked, context),
        Command::Login(asked) => login::run(asked, context),
        Command::Logout(asked) => logout::run(asked, context),
        Command::Clear(asked) => clear::run(asked, context),
        Command::Add(asked) => add::run(asked, context),
        Command::Adopt(asked) => adopt::run(asked, context),
        Command::Import(asked) => import::run(asked, context),
        Command::Console(asked) => console::run(asked, context),
        Command::Init(asked) => init::run(asked, context),
        Command::Keys(asked) => keys::run(&asked.action, context),
        Command::Sync(asked) => match &asked.action {
            SyncAction::Sso(asked) => sync::sso::run(asked, context),
            SyncAction::Organizations(asked) => sync::organizations::run(asked, context),
        },
        Command::Audit(asked) => audit::run(asked, context),
        Command::Policy(asked) => policy::run(&asked.action, context),
        Command::Export(asked) => export::run(&asked.action, context),
        Command::Sandbox(asked) => sandbox::run(asked, context),
    }
}

/// `exec` keeps 1 to 124 and 126 up for the command itself, and `each` 1 for an account that
/// failed; Ctrl-C at a prompt is Ctrl-C everywhere.
fn status_of(command: &Command, kind: Kind) -> u8 {
    match kind {
        Kind::Signal(_) => kind.status(),
        _ if command.runs_a_command() => EXEC_FAILED,
        _ => kind.status(),
    }
}

/// Help, version, or arguments that make no sense. Where the caller evaluates our stdout, an empty
/// one would count as success and leave the last account's credentials in place.
fn unparsed(error: &clap::Error, args: &[OsString], env: &Env) -> Ended {
    let status = u8::try_from(error.exit_code()).unwrap_or(2);
    let is_read = status == 0 || std::io::stdout().is_terminal();
    let evaluated = if is_read {
        None
    } else {
        cli::statements_wanted(args, env)
    };
    match cli::usage_error(error) {
        None => {
            let _ = error.print();
        }
        Some(usage) => {
            Context::voice_by_default(env).error(&usage);
            if cli::json_wanted(args) {
                let _ = print(json_error::document(&usage).as_bytes());
            }
        }
    }
    let runs_a_command = status != 0 && cli::runs_a_command(args);
    Ended {
        status: if runs_a_command { EXEC_FAILED } else { status },
        evaluated,
        credentials: ShellCredentials::Removed,
    }
}

/// No core dump of this process, and no look into its memory by another one of the same user.
/// `execve` undoes it, so that a command run by `exec` is like any other.
fn keep_out_of_core_dumps() {
    processes::keep_out_of_core_dumps();
}

/// The one clock.
#[expect(clippy::disallowed_methods, reason = "time is read here and handed on")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Writes data to stdout.
///
/// Errors: of kind `Other`; a reader that has gone away gets what it wanted, so that is silent and
/// status 1.
fn print(text: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text)
        .and_then(|()| out.flush())
        .map_err(written)
}

/// What a failed write to stdout means.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what map_err hands over"
)]
fn written(error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::InvalidInput => Error::config(error.to_string()),
        _ => Error::other(format!("stdout cannot be written: {error}")),
    }
}

/// Says what is wrong in the files, without failing for it.
fn warn_all(voice: Voice, warnings: &[String]) {
    for warning in warnings {
        voice.warn(warning);
    }
}

/// A JSON document as it goes to stdout.
fn json(value: &impl serde::Serialize) -> String {
    // Plain structs with string keys: serialising them cannot fail.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("{}\n", visible_json(&text))
}
