//! Answering the shells that complete: their scripts run this very program with `COMPLETE` set.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use clap_complete::engine::CompletionCandidate;

use super::print;
use crate::cli::{self, Completing, CompletionQuery};
use crate::config::{Config, Paths};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::files;
use crate::say::Voice;

/// Whether a shell asks, and not a person: with `--` and the words, or for the script itself.
/// Anything else is a command in an environment where some other program has set `COMPLETE`.
pub(super) fn asked_for(env: &Env, args: &[OsString]) -> bool {
    env.get("COMPLETE").is_some() && args.get(1).is_none_or(|word| word == "--")
}

pub(super) fn answer(env: &Env, args: Vec<OsString>) -> ExitCode {
    match attempt(env, args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            Voice::default().error(&error);
            ExitCode::from(2)
        }
    }
}

fn attempt(env: &Env, args: Vec<OsString>) -> Result<()> {
    let asking = env.get("COMPLETE").unwrap_or_default();
    let shell = Completing::named(Path::new(&asking)).ok_or_else(|| {
        Error::usage(format!(
            "COMPLETE is {asking:?}, which is not a supported shell"
        ))
        .hint("it is one of: bash, zsh, fish, powershell, elvish")
    })?;
    let words: Vec<OsString> = args.into_iter().skip(2).collect();
    let text = if words.is_empty() {
        shell.registration("xacct")
    } else {
        let question = CompletionQuery {
            words,
            index: env
                .get("_CLAP_COMPLETE_INDEX")
                .and_then(|index| index.parse().ok()),
            wordbreaks: env
                .raw("_XACCT_WORDBREAKS")
                .map(|breaks| breaks.to_string_lossy().into_owned()),
            between: env
                .raw("_CLAP_IFS")
                .map_or("\n".into(), OsStr::to_string_lossy)
                .into_owned(),
        };
        let env = env.clone();
        let mut command =
            cli::with_profile_completer(cli::whole(), move |typed: &OsStr| profiles(&env, typed));
        shell.answer(&mut command, question)
    };
    print(text.map_err(super::written)?.as_bytes())
}

/// The profiles whose names begin with what was typed. Files that cannot be read complete to
/// nothing: this is no place to complain.
fn profiles(env: &Env, typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let paths = Paths::from_env(env);
    let config = files::read(&paths).and_then(|texts| Config::new(paths, texts));
    let names = config
        .map(|config| config.profile_names())
        .unwrap_or_default();
    names
        .into_iter()
        .filter(|name| name.starts_with(&*typed))
        .map(CompletionCandidate::new)
        .collect()
}
