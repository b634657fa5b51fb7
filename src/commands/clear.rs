//! `xacct clear PROFILE… | --all`: forgets cached credentials.

use std::process::ExitCode;

use super::context::Context;
use super::forget::counted;
use crate::cache::Key;
use crate::cli::{Asking, Clear, Overrides, Target};
use crate::error::{Error, Result};

pub(super) fn run(asked: &Clear, context: &Context) -> Result<ExitCode> {
    let store = context.store()?;
    if asked.all {
        let removed = store.clear().map_err(|warning| Error::other(warning.to_string()))?;
        context.voice.note(&format!("forgot {}", counted(removed)));
        return Ok(ExitCode::SUCCESS);
    }
    let config = context.config()?;
    // Every name is looked up before anything is removed.
    let plans = asked.profiles.iter().map(|name| {
        let (profile, overrides) = (Some(name.clone()), Overrides::default());
        context.plan(&config, &Target { profile, source_profile: None, overrides })
    });
    let options = Context::options(&config, &Asking::default(), false)?;
    for plan in plans.collect::<Result<Vec<_>>>()? {
        let broker = context.broker("clear", &plan, &store, &options);
        let mut removed = 0;
        // A session that other profiles share is theirs too: it goes with the profile that holds the keys.
        let own = |index: &usize| plan.steps[*index].profile == plan.profile;
        for index in (0..plan.steps.len()).rev().filter(own) {
            removed += usize::from(broker.forget(index)?);
        }
        context.voice.note(&format!("forgot {} of '{}'", counted(removed), plan.profile));
        let shared =
            plan.steps.iter().find(|step| step.profile != plan.profile && step.serial_number().is_some());
        let is_there = |key| matches!(store.get(&Key::from_digest(key)), Ok(Some(_)));
        if let Some(step) = shared.filter(|step| is_there(step.key)) {
            context.voice.note(&format!("kept the MFA session of '{0}': xacct clear {0}", step.profile));
        }
    }
    Ok(ExitCode::SUCCESS)
}
