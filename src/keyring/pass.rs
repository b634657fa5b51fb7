//! `pass`: one file a key, encrypted by GPG, whose agent asks for the passphrase.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::Command;
use zeroize::Zeroizing;

use super::item::{failed, locked, missing, name, not_there};
use super::{Keyring, StoreState};
use crate::capture::{Output, RunningProgram, unless_interrupted};
use crate::config::KeyStore;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::terminal;

const HERE: KeyStore = KeyStore::Pass;
/// How long a person may take to type a passphrase.
const LIMIT: Duration = Duration::from_mins(2);
/// More output than this is not a secret access key.
const MOST: usize = 4096;

pub(super) async fn get(id: &str, keyring: Keyring<'_>) -> Result<Secret> {
    if !is_there(id, keyring.env)? {
        return Err(not_there(HERE, id));
    }
    let (status, output) = run(&["show", &name(id)], None, keyring).await?;
    if !status.success() {
        return Err(undecrypted(id, status));
    }
    let text = std::str::from_utf8(&output).unwrap_or_default();
    match text.lines().next().map(str::trim) {
        Some(first) if !first.is_empty() => Ok(Secret::new(first)),
        _ => Err(failed(HERE, &format!("{} is empty", name(id)))),
    }
}

fn undecrypted(id: &str, status: ExitStatus) -> Error {
    let name = name(id);
    locked(
        HERE,
        &format!("it did not decrypt {name} ({status})"),
        &format!("pass show {name} >/dev/null    unlocks it, or says why it cannot"),
    )
}

pub(super) async fn put(id: &str, secret: &Secret, keyring: Keyring<'_>) -> Result<()> {
    usable(keyring.env)?;
    let args = ["insert", "--multiline", "--force", &name(id)];
    let (status, _) = run(&args, Some(secret), keyring).await?;
    if status.success() && is_there(id, keyring.env)? {
        return Ok(());
    }
    Err(failed(HERE, &format!("pass insert {}: {status}", name(id))))
}

pub(super) async fn remove(id: &str, keyring: Keyring<'_>) -> Result<bool> {
    if !is_there(id, keyring.env)? {
        return Ok(false);
    }
    let (status, _) = run(&["rm", "--force", &name(id)], None, keyring).await?;
    if status.success() && !is_there(id, keyring.env)? {
        return Ok(true);
    }
    Err(failed(HERE, &format!("pass rm {}: {status}", name(id))))
}

/// Runs it; `input` is its stdin. What it says goes to the terminal, as does the agent's question.
async fn run(args: &[&str], input: Option<&Secret>, keyring: Keyring<'_>) -> Result<Output> {
    let mut command = Command::new("pass");
    command.args(args);
    if let Some(secret) = input {
        command.stdin(filled(secret)?);
    } else {
        command.stdin(Stdio::null());
    }
    // The agent asks there, and may have been started from another terminal.
    if keyring.env.get("GPG_TTY").is_none()
        && let Some(name) = terminal::name()
    {
        command.env("GPG_TTY", name);
    }
    if !keyring.may_ask {
        let options = keyring
            .env
            .get("PASSWORD_STORE_GPG_OPTS")
            .unwrap_or_default();
        let quiet = format!("{options} --pinentry-mode cancel");
        command.env("PASSWORD_STORE_GPG_OPTS", quiet.trim());
    }
    let running = RunningProgram::start(command)
        .map_err(|error| missing(HERE, &format!("pass cannot be run: {error}")))?;
    let ended = running.output(MOST, LIMIT).await;
    let (status, output) = ended
        .map_err(|error| failed(HERE, &error.to_string()))?
        .ok_or_else(|| failed(HERE, &format!("it took longer than {} s", LIMIT.as_secs())))?;
    Ok((unless_interrupted(status)?, output))
}

/// A pipe with the secret in it, which is far smaller than a pipe.
fn filled(secret: &Secret) -> Result<Stdio> {
    let full = std::io::pipe().and_then(|(reader, mut writer)| {
        let line = Zeroizing::new(format!("{}\n", secret.expose()));
        writer.write_all(line.as_bytes()).map(|()| reader)
    });
    full.map(Stdio::from)
        .map_err(|error| failed(HERE, &error.to_string()))
}

fn is_there(id: &str, env: &Env) -> Result<bool> {
    let dir = usable(env)?;
    Ok(dir.join(format!("{}.gpg", name(id))).exists())
}

/// The directory of the password store.
fn usable(env: &Env) -> Result<PathBuf> {
    match dir(env) {
        Ok(dir) => Ok(dir),
        Err(why) => Err(missing(HERE, &why)),
    }
}

fn dir(env: &Env) -> std::result::Result<PathBuf, String> {
    let path = env.raw("PATH").unwrap_or_default();
    if !std::env::split_paths(path).any(|dir| dir.join("pass").is_file()) {
        return Err("the program pass was not found on the PATH".to_owned());
    }
    let own = env.path("PASSWORD_STORE_DIR").map(Path::to_owned);
    let usual = || env.home.as_ref().map(|home| home.join(".password-store"));
    let Some(dir) = own.or_else(usual) else {
        return Err("no home directory found".to_owned());
    };
    if dir.join(".gpg-id").is_file() {
        return Ok(dir);
    }
    Err(format!("{} has no .gpg-id", dir.display()))
}

/// Whether the agent knows the passphrase cannot be told without asking for it.
pub(super) fn state(env: &Env) -> StoreState {
    match dir(env) {
        Ok(_) => StoreState::Usable,
        Err(why) => StoreState::Missing(why),
    }
}
