//! `xacct keys`: long-term access keys in the system's keyring.

mod add;
mod list;
mod import;
mod remove;
mod export;

use std::process::ExitCode;

use super::change;
use super::context::Context;
use crate::cli::KeysAction;
use crate::config::{Config, StoredKey, words};
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::runtime;
use crate::secret::Secret;
use crate::terminal::interruptible;

pub(super) fn run(asked: &KeysAction, context: &Context) -> Result<ExitCode> {
    match asked {
        KeysAction::Add(asked) => add::run(asked, context),
        KeysAction::List(asked) => list::run(asked, context),
        KeysAction::Import(asked) => import::run(asked, context),
        KeysAction::Remove(asked) => remove::run(asked, context),
        KeysAction::Export(asked) => export::run(asked, context),
    }
}

/// Asks a store for something, under the eye of Ctrl-C.
fn wait<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    runtime::run(interruptible(work))??
}

fn keyring(context: &Context, no_input: bool) -> Keyring<'_> {
    Keyring {
        env: &context.env,
        may_ask: !no_input,
    }
}

/// The key's secret, as the store has it.
fn secret_of(key: &StoredKey, keyring: Keyring<'_>) -> Result<Secret> {
    wait(keyring.get(key.store, &key.access_key_id))
}

/// The profile's key in the index.
fn stored<'c>(config: &'c Config, profile: &str) -> Result<&'c StoredKey> {
    config.stored_keys().of(profile).ok_or_else(|| {
        Error::config(format!(
            "profile '{profile}' has no access key in a keyring"
        ))
        .hint("xacct keys list    shows those that have one")
    })
}

/// Whether the person says yes.
///
/// Errors: `NeedsPerson` where nobody can be asked.
fn agreed(question: &str, yes: bool, no_input: bool) -> Result<bool> {
    if yes {
        return Ok(true);
    }
    let hint = "run the command in a terminal, or with --yes";
    change::confirming_person(no_input, hint)?.agrees(question)
}

/// `xacct keys add hub`, for a hint.
fn command(action: &str, profile: &str) -> String {
    format!("xacct keys {action} {}", words::typed(profile))
}
