//! `xacct keys import`: moves long-term access keys from the AWS files to a keyring. A key leaves its
//! file only after the keyring has given it back.

use std::path::PathBuf;
use std::process::ExitCode;

use super::add::put;
use super::{agreed, command, keyring, secret_of, stored, wait};
use crate::broker;
use crate::cli::KeysImport;
use crate::commands::change::{self, Access, ChangeOptions, ConfigFiles};
use crate::commands::context::Context;
use crate::config::{Config, FileKind, Ini, IniEdit, Key, KeyStore, StoredKey, StoredKeys, Texts};
use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::files;
use crate::keyring::{Index, Keyring};
use crate::plan::{Source, digest_of};
use crate::source;

/// The files that keys stand in.
const FILES: [FileKind; 2] = [FileKind::Credentials, FileKind::Config];
/// What goes from the file.
const GONE: [&str; 2] = [Key::AwsAccessKeyId.name(), Key::AwsSecretAccessKey.name()];

/// A key on its way.
struct Moving {
    key: StoredKey,
    credentials: Credentials,
    file: FileKind,
}

pub(super) fn run(asked: &KeysImport, context: &Context) -> Result<ExitCode> {
    let files = ConfigFiles::open(context, Access::unless(asked.writing.dry_run))?;
    let keyring = keyring(context, asked.no_input);
    let store = asked.store.or(files.config.settings().keys_store);
    let store = wait(keyring.choose(store))?;
    let moving = all(asked, &files, store, context)?;
    if moving.is_empty() {
        context
            .voice
            .note("no long-term access keys are in ~/.aws/credentials or ~/.aws/config");
        return Ok(ExitCode::SUCCESS);
    }
    let texts = without(&files, &moving)?;
    let after = files.config_of(&with_index(&files, &texts, &moving))?;
    let changes = files.changes(&texts, &FILES);
    let asking = ChangeOptions {
        writing: asked.writing,
        no_input: asked.no_input,
    };
    if !files.agreed(&changes, &after, asking, context)? {
        return Ok(ExitCode::SUCCESS);
    }
    for one in &moving {
        let secret = one.credentials.secret_access_key();
        put(&one.key, secret, &files.paths, keyring)?;
    }
    let backups = files.write(&changes, context)?;
    if !asked.no_check
        && let Err(error) = tried(&after, &moving, keyring, context)
    {
        let of_changed = files.write(&reversed(&files, &texts), context)?;
        forget(&files, &moving, keyring)?;
        remove(&[backups, of_changed].concat(), context);
        return Err(
            error.hint("the files are as they were before; --no-check moves the keys anyway")
        );
    }
    for one in &moving {
        let (profile, id) = (&one.key.profile, &one.key.access_key_id);
        context
            .voice
            .note(&format!("'{profile}': access key {id} is in {store} now"));
    }
    settle(asked, &backups, context);
    if store == KeyStore::Kernel {
        context.voice.warn(super::add::FORGETS);
    }
    Ok(ExitCode::SUCCESS)
}

/// The keys that are asked for.
fn all(
    asked: &KeysImport,
    files: &ConfigFiles,
    store: KeyStore,
    context: &Context,
) -> Result<Vec<Moving>> {
    if !asked.all {
        let names = asked.profiles.iter();
        return names.map(|name| one(name, files, store, context)).collect();
    }
    let names = files.config.profile_names().into_iter();
    Ok(names
        .filter_map(|name| one(&name, files, store, context).ok())
        .collect())
}

fn one(name: &str, files: &ConfigFiles, store: KeyStore, context: &Context) -> Result<Moving> {
    let config = &files.config;
    let profile = config
        .profile(name)?
        .ok_or_else(|| config.no_profile(name))?;
    let halves = [Key::AwsAccessKeyId, Key::AwsSecretAccessKey].map(|key| profile.get(key));
    let [Some(id), Some(secret)] = halves else {
        return Err(Error::config(format!(
            "profile '{name}' has no access key in a file: nothing was changed"
        ))
        .at(&profile.origin)
        .naming_profile());
    };
    let keys = digest_and_keys(config, name, context)?;
    let file = id.origin.file;
    if file != secret.origin.file || !FILES.contains(&file) {
        return Err(Error::config(format!(
            "profile '{name}' has its access key in {} and {}: nothing was changed",
            id.origin, secret.origin
        ))
        .naming_profile()
        .hint("write both lines in ~/.aws/credentials, and run the command again"));
    }
    if !keys.are_long_term() {
        return Err(Error::config(format!(
            "profile '{name}' has a temporary access key: nothing was changed"
        ))
        .at(&id.origin)
        .naming_profile()
        .hint("only long-term access keys are kept in a keyring"));
    }
    let key = StoredKey {
        profile: name.to_owned(),
        access_key_id: keys.access_key_id().to_owned(),
        store,
        added: (context.now)(),
        digest: digest_of(&keys),
    };
    Ok(Moving {
        key,
        credentials: keys,
        file,
    })
}

/// The profile's own key, as a plan takes it: with a role aside.
fn digest_and_keys(config: &Config, name: &str, context: &Context) -> Result<Credentials> {
    let source = change::plan(context, config, name)?.source;
    match &source {
        Source::AccessKey { profile, .. } if profile == name => source::keys(&source),
        _ => Err(Error::config(format!(
            "profile '{name}' does not use the access key that it has: nothing was changed"
        ))
        .naming_profile()
        .hint(format!("{}    shows what it uses", explain(name)))),
    }
}

fn explain(name: &str) -> String {
    format!("xacct explain {}", crate::config::words::typed(name))
}

/// The files without the keys.
fn without(files: &ConfigFiles, moving: &[Moving]) -> Result<Texts> {
    let mut texts = files.raw.clone();
    for file in FILES {
        let edits: Vec<IniEdit<'_>> = moving
            .iter()
            .filter(|one| one.file == file)
            .map(|one| IniEdit {
                profile: &one.key.profile,
                gone: GONE.to_vec(),
                with: Vec::new(),
            })
            .collect();
        if edits.is_empty() {
            continue;
        }
        let mut ini = Ini::new(file, files.raw.of(file).map_or("", |text| text.as_str()));
        ini.replace(&edits)
            .map_err(|why| Error::config(format!("{}: {why}", files.paths.display(file))))?;
        match file {
            FileKind::Credentials => texts.credentials = Some(ini.into_text()),
            _ => texts.config = Some(ini.into_text()),
        }
    }
    Ok(texts)
}

fn with_index(files: &ConfigFiles, texts: &Texts, moving: &[Moving]) -> Texts {
    let mut keys: StoredKeys = files.config.stored_keys().clone();
    for one in moving {
        keys.put(one.key.clone());
    }
    Texts {
        keys: Some(keys.text().into()),
        ..texts.clone()
    }
}

/// Whether each profile gets the same key from the keyring, and AWS takes it.
fn tried(after: &Config, moving: &[Moving], keyring: Keyring<'_>, context: &Context) -> Result<()> {
    for one in moving {
        let name = &one.key.profile;
        let plan = change::plan(context, after, name)?;
        let Source::StoredKey(key) = &plan.source else {
            return Err(Error::other(format!(
                "profile '{name}' would not use its key in the keyring"
            )));
        };
        let secret = secret_of(stored(after, name)?, keyring)?;
        let credentials = source::stored_credentials(key, secret)?;
        broker::whose(&plan, &credentials, context.now, context.voice)?;
    }
    Ok(())
}

/// The changes back to the files as they were.
fn reversed<'a>(files: &'a ConfigFiles, texts: &'a Texts) -> Vec<files::Change<'a>> {
    let mut changes = files.changes(texts, &FILES);
    for change in &mut changes {
        std::mem::swap(&mut change.old, &mut change.new);
    }
    changes
}

fn forget(files: &ConfigFiles, moving: &[Moving], keyring: Keyring<'_>) -> Result<()> {
    let mut index = Index::open(&files.paths)?;
    for Moving { key, .. } in moving {
        if !index.keys.is_shared(key) {
            wait(keyring.remove(key.store, &key.access_key_id))?;
        }
        index.keys.remove(&key.profile);
    }
    index.save()
}

/// The backups have the keys in plain text: they go when the person says that all is well.
fn settle(asked: &KeysImport, backups: &[PathBuf], context: &Context) {
    let names: Vec<String> = backups
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let names = names.join(", ");
    let question = format!("delete {names}, which has the keys in plain text?");
    let is_settled = agreed(&question, asked.writing.yes, asked.no_input);
    if is_settled.is_ok_and(|yes| yes) {
        remove(backups, context);
        return;
    }
    context.voice.warn(&format!(
        "{names} has the keys in plain text: delete it, or restore it and run {} to undo the import",
        command("remove", "PROFILE")
    ));
}

fn remove(backups: &[PathBuf], context: &Context) {
    for backup in backups {
        if let Err(error) = std::fs::remove_file(backup) {
            let path = backup.display();
            context
                .voice
                .warn(&format!("{path} cannot be deleted: {error}"));
        }
    }
}
