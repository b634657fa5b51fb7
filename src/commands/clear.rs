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
    let config = match context.config() {
        Ok(config) => Some(config),
        Err(_) if are_cached(&asked.profiles, &store)? => None,
        Err(error) => return Err(error),
    };
    // Every name is looked up before anything is removed.
    let plans = asked
        .profiles
        .iter()
        .map(|name| found(name, config.as_ref(), &store, context));
    let mut all = Forgotten::default();
    for (name, plan) in asked
        .profiles
        .iter()
        .zip(plans.collect::<Result<Vec<_>>>()?)
    {
        let forgotten = match (&plan, &config) {
            (Some(plan), Some(config)) => of_plan(plan, config, &store, context)?,
            _ => forget::of_name(name, &store)?,
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

/// The profile's plan; `None` if it has none, but is there, or something of it is cached: it was
/// renamed, removed or broken since.
///
/// Errors: why it has none.
fn found(
    name: &str,
    config: Option<&Config>,
    store: &Store,
    context: &Context,
) -> Result<Option<Plan>> {
    let Some(config) = config else {
        return Ok(None);
    };
    let error = match context.plan_of(config, &Request::of_profile(name)) {
        Ok(plan) => return Ok(Some(plan)),
        Err(error) => error,
    };
    // Forgetting needs no valid profile.
    let is_there = !matches!(config.profile(name), Ok(None));
    // A role's ARN needs no profile of its name: without its credentials there is nothing to do.
    if is_there
        || forget::is_cached(name, store)?
        || refusal::last(store, name).is_some()
        || Arn::parse(name).is_some()
    {
        return Ok(None);
    }
    Err(error)
}

/// Whether something of all of them is cached. Then no file has to be read to forget it.
fn are_cached(names: &[String], store: &Store) -> Result<bool> {
    for name in names {
        if !forget::is_cached(name, store)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn of_plan(plan: &Plan, config: &Config, store: &Store, context: &Context) -> Result<Forgotten> {
    let options = context.options(config, &Asking::default())?;
    let twins = forget::twins(plan, config, context);
    let broker = context.broker("clear", plan, store, &options);
    forget::of_profile(plan, &twins, &broker, store)
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
