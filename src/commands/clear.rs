//! `xacct clear PROFILE… | --all`: forgets cached credentials.

use std::process::ExitCode;

use super::context::Context;
use super::forget::{self, Forgotten, counted};
use crate::arn::Arn;
use crate::cache::Store;
use crate::cli::{Asking, Clear};
use crate::config::Config;
use crate::error::Result;
use crate::plan::{Plan, Request};
use crate::refusal;

pub(super) fn run(asked: &Clear, context: &Context) -> Result<ExitCode> {
    let store = context.store()?;
    if asked.all {
        let forgotten = forget::everything(&store)?;
        refusal::forget_all(&store);
        context
            .voice
            .note(&format!("forgot {}", counted(forgotten.count())));
        forget::tell_of_shell(context, &forgotten, |_| true);
        return Ok(ExitCode::SUCCESS);
    }
    let config = context.config()?;
    let options = context.options(&config, &Asking::default())?;
    // Every name is looked up before anything is removed.
    let plans = asked
        .profiles
        .iter()
        .map(|name| found(name, &config, &store, context));
    let mut all = Forgotten::default();
    for (name, plan) in asked
        .profiles
        .iter()
        .zip(plans.collect::<Result<Vec<_>>>()?)
    {
        let forgotten = match &plan {
            Some(plan) => {
                let twins = forget::twins(plan, &config, context);
                let broker = context.broker("clear", plan, &store, &options);
                forget::of_profile(plan, &twins, &broker, &store)?
            }
            None => forget::of_name(name, &store)?,
        };
        refusal::forget(&store, name);
        context.voice.note(&format!(
            "forgot {} of '{name}'",
            counted(forgotten.count())
        ));
        if let Some(plan) = &plan {
            tell_of_shared(plan, &store, context);
        }
        all.add(forgotten);
    }
    forget::tell_of_shell(context, &all, |profile| {
        asked.profiles.iter().any(|name| name == profile)
    });
    Ok(ExitCode::SUCCESS)
}

/// The profile's plan; `None` where it has none, but something of it is cached: it was renamed,
/// removed or broken since.
fn found(name: &str, config: &Config, store: &Store, context: &Context) -> Result<Option<Plan>> {
    let error = match context.plan_of(config, &Request::of_profile(name)) {
        Ok(plan) => return Ok(Some(plan)),
        Err(error) => error,
    };
    let is_cached = store
        .entries()?
        .iter()
        .any(|(_, entry)| entry.profiles.iter().any(|known| known == name));
    // A role's ARN needs no profile of its name: without its credentials there is nothing to do.
    if is_cached || refusal::last(store, name).is_some() || Arn::parse(name).is_some() {
        return Ok(None);
    }
    Err(error)
}

/// A session that other profiles share is theirs too: it goes with the profile that holds the keys.
fn tell_of_shared(plan: &Plan, store: &Store, context: &Context) {
    let shared = plan
        .steps
        .iter()
        .find(|step| step.profile != plan.profile && step.serial_number().is_some());
    let is_there = |key| matches!(store.get(&key), Ok(Some(_)));
    if let Some(step) = shared.filter(|step| is_there(step.key)) {
        context.voice.note(&format!(
            "kept the MFA session of '{0}': xacct clear {0}",
            step.profile
        ));
    }
}
