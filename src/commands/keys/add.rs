//! `xacct keys add PROFILE`: a key is tried, put into a store, and read back from there.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use super::{command, keyring, secret_of, wait};
use crate::aws::Identity;
use crate::broker;
use crate::cli::KeysAdd;
use crate::commands::add::{TypedKey, has_no_credentials, named};
use crate::commands::change;
use crate::commands::context::Context;
use crate::commands::questions::Person;
use crate::config::{Config, KeyStore, Paths, StoredKey, StoredKeys};
use crate::credentials::{Credentials, Unchecked};
use crate::error::{Error, Result};
use crate::files;
use crate::keyring::{Index, Keyring};
use crate::plan::digest_of;
use crate::secret::Secret;

/// What to know of the kernel's keyring.
pub(super) const FORGETS: &str = "the kernel's keyring forgets the key when this computer restarts, \
                                  and after three days without use: keep the secret elsewhere \
                                  too, or choose another store with keys.store in config.toml";

pub(super) fn run(asked: &KeysAdd, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    free(&config, &asked.profile)?;
    let keyring = keyring(context, asked.no_input);
    let store = wait(keyring.choose(asked.store.or(config.settings().keys_store)))?;
    let (id, secret) = typed(asked, context)?;
    if let Some(old) = config.stored_keys().of(&asked.profile)
        && old.access_key_id != id
    {
        let (profile, old) = (&asked.profile, &old.access_key_id);
        return Err(Error::config(format!(
            "profile '{profile}' has another access key in the keyring, {old}: nothing was changed"
        ))
        .hint(format!(
            "{}    removes that one first",
            command("remove", profile)
        )));
    }
    let credentials = checked(&id, secret)?;
    let key = StoredKey {
        profile: asked.profile.clone(),
        access_key_id: id,
        store,
        added: (context.now)(),
        digest: digest_of(&credentials),
    };
    let identity = if asked.no_check {
        None
    } else {
        Some(
            tried(&config, &key, &credentials, context).map_err(|error| {
                error.hint("nothing was changed; --no-check stores the key without trying it")
            })?,
        )
    };
    let paths = config.paths();
    put(&key, credentials.secret_access_key(), paths, keyring)?;
    tell(&key, identity.as_ref(), context);
    Ok(ExitCode::SUCCESS)
}

/// A name that every SDK takes, of a profile that has no credentials from elsewhere.
fn free(config: &Config, name: &str) -> Result<()> {
    named(name).map_err(Error::usage)?;
    match config.profile(name)? {
        Some(profile) if profile.stored_key.is_none() && !has_no_credentials(&profile) => {
            let error = Error::config(format!(
                "profile '{name}' has credentials already: nothing was changed"
            ))
            .at(&profile.origin);
            Err(error.hint(format!(
                "{}    moves its access key from ~/.aws/credentials to the keyring",
                command("import", name)
            )))
        }
        _ => Ok(()),
    }
}

fn typed(asked: &KeysAdd, context: &Context) -> Result<(String, Secret)> {
    if asked.env {
        return of_environment(context);
    }
    let piped = !io::stdin().is_terminal();
    let person = if asked.no_input || piped {
        None
    } else {
        Person::at_terminal()?
    };
    let typed = TypedKey {
        id: asked.access_key_id.as_ref(),
        piped,
        person: person.as_ref(),
    };
    typed.id_and_secret(|what| {
        Error::usage(format!(
            "{what} is missing, and no terminal is available to prompt on"
        ))
        .hint("xacct keys add --help    lists the options")
    })
}

fn of_environment(context: &Context) -> Result<(String, Secret)> {
    let variables = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let [Some(id), Some(secret)] = variables.map(|name| context.env.get(name)) else {
        return Err(Error::usage(
            "--env: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set",
        ));
    };
    if context.env.get("AWS_SESSION_TOKEN").is_some() {
        return Err(Error::config(
            "--env: AWS_SESSION_TOKEN is set: these credentials are temporary",
        )
        .hint("only long-term access keys are kept in a keyring"));
    }
    Ok((id.trim().to_owned(), Secret::new(secret.trim())))
}

fn checked(id: &str, secret: Secret) -> Result<Credentials> {
    if id.starts_with("ASIA") {
        return Err(
            Error::config("this is a temporary access key (ASIA…): nothing was changed")
                .hint("only long-term access keys are kept in a keyring"),
        );
    }
    let unchecked = Unchecked {
        access_key_id: id.to_owned(),
        secret_access_key: secret,
        session_token: None,
        expiration: None,
        account_id: None,
    };
    unchecked.checked().map_err(|flaw| {
        let part = flaw.part.name();
        Error::config(format!("{part} {}: nothing was changed", flaw.why))
    })
}

/// Whose the key is, asked where the profile says.
fn tried(
    config: &Config,
    key: &StoredKey,
    credentials: &Credentials,
    context: &Context,
) -> Result<Identity> {
    let mut keys: StoredKeys = config.stored_keys().clone();
    keys.put(key.clone());
    let paths = config.paths().clone();
    let texts = files::read(&paths)?;
    let after = Config::new(
        paths,
        crate::config::Texts {
            keys: Some(keys.text().into()),
            ..texts
        },
    )?;
    let plan = change::plan(context, &after, &key.profile)?;
    broker::whose(&plan, credentials, context.now, context.voice)
        .map_err(Error::of_unwritten_profile)
}

/// Puts the secret into the store, reads it back, and notes it in the index.
pub(super) fn put(
    key: &StoredKey,
    secret: &Secret,
    paths: &Paths,
    keyring: Keyring<'_>,
) -> Result<()> {
    let mut index = Index::open(paths)?;
    wait(keyring.put(key.store, &key.access_key_id, secret, &key.profile))?;
    if let Err(error) = given_back(key, secret, keyring) {
        let is_of_another = |other: &StoredKey| {
            other.access_key_id == key.access_key_id && other.store == key.store
        };
        if !index.keys.keys.iter().any(is_of_another) {
            // What is not in the index is not left in the store either, as far as that goes.
            let _ = wait(keyring.remove(key.store, &key.access_key_id));
        }
        return Err(error);
    }
    index.keys.put(key.clone());
    index.save()
}

/// Whether the store has what was put there.
fn given_back(key: &StoredKey, secret: &Secret, keyring: Keyring<'_>) -> Result<()> {
    if secret_of(key, keyring)?.expose() == secret.expose() {
        return Ok(());
    }
    Err(Error::other(format!(
        "{} gave back another secret than was put there: nothing was changed",
        key.store
    )))
}

fn tell(key: &StoredKey, identity: Option<&Identity>, context: &Context) {
    let (profile, id, store) = (&key.profile, &key.access_key_id, key.store);
    let whose = match identity {
        Some(identity) => format!(
            ": it is {} in account {}",
            identity.arn, identity.account_id
        ),
        None => ", and was not tried".to_owned(),
    };
    context.voice.note(&format!(
        "'{profile}': access key {id} is in {store}{whose}"
    ));
    if store == KeyStore::Kernel {
        context.voice.warn(FORGETS);
    }
}
