//! Answering the shells that complete: `clap_complete`'s engine runs this very program with `COMPLETE` set.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap_complete::CompleteEnv;
use clap_complete::engine::CompletionCandidate;

use crate::cli;
use crate::config::{Config, Paths};
use crate::env::Env;
use crate::files;

/// Whether a shell asks, and not a person: with `--` and the words, or for the script itself. Anything else is a command
/// in an environment where some other program has set `COMPLETE`.
pub(super) fn asked_for(env: &Env, args: &[OsString]) -> bool {
    env.get("COMPLETE").is_some() && args.get(1).is_none_or(|word| word == "--")
}

pub(super) fn answer(env: &Env, args: Vec<OsString>) -> ExitCode {
    let env = env.clone();
    let command = move || {
        cli::with_profile_completer(cli::whole(), {
            let env = env.clone();
            move |typed: &OsStr| profiles(&env, typed)
        })
    };
    match CompleteEnv::with_factory(command).try_complete(args, None) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = error.print();
            ExitCode::from(2)
        }
    }
}

/// The profiles whose names begin with what was typed. Files that cannot be read complete to nothing: this is no
/// place to complain.
fn profiles(env: &Env, typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let paths = Paths::from_env(env);
    let config = files::read(&paths).and_then(|texts| Config::new(paths, texts));
    let names = config.map(|config| config.profile_names()).unwrap_or_default();
    names.into_iter().filter(|name| name.starts_with(&*typed)).map(CompletionCandidate::new).collect()
}
