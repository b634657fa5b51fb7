//! `xacct keys remove PROFILE`: takes a key out of its store and out of the index.

use std::process::ExitCode;

use super::{agreed, keyring, stored, wait};
use crate::cli::KeysRemove;
use crate::commands::context::Context;
use crate::error::Result;
use crate::keyring::Index;

pub(super) fn run(asked: &KeysRemove, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let key = stored(&config, &asked.profile)?.clone();
    let (profile, id, store) = (&key.profile, &key.access_key_id, key.store);
    let question = format!("remove access key {id} of '{profile}' from {store}?");
    if !agreed(&question, asked.confirming.yes, asked.confirming.no_input)? {
        context.voice.note("nothing was changed");
        return Ok(ExitCode::SUCCESS);
    }
    let mut index = Index::open(config.paths())?;
    // The index last: an interrupted removal is finished by the next one.
    let is_shared = index.keys.is_shared(&key);
    if !is_shared {
        wait(keyring(context, asked.confirming.no_input).remove(store, id))?;
    }
    index.keys.remove(profile);
    index.save()?;
    let what = if is_shared {
        format!("'{profile}' no longer has access key {id}, which stays in {store} for others")
    } else {
        format!("access key {id} of '{profile}' is removed from {store}")
    };
    context.voice.note(&format!(
        "{what}; AWS accepts it until it is deactivated or deleted there"
    ));
    Ok(ExitCode::SUCCESS)
}
