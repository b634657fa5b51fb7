//! `xacct logout PROFILE | --all`: ends a sign-in, at Identity Center or of `aws login`, or an MFA
//! session, and forgets what came from it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::process::ExitCode;

use super::context::Context;
use super::forget::{self, counted};
use crate::broker::{self, Broker, Options};
use crate::cache::Store;
use crate::cli::{Asking, Logout};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::plan::{self, Plan, Request, Source, Step};
use crate::source;
use crate::sso::{self, TokenOnDisk};

pub(super) fn run(asked: &Logout, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let store = context.store()?;
    // Nothing is asked, and nothing that is cached is used.
    let options = context.options(
        &config,
        &Asking {
            no_input: true,
            ..Asking::default()
        },
    )?;
    let Some(name) = asked.profile.as_deref().filter(|_| !asked.all) else {
        return everywhere(context, &config, &store, &options);
    };
    let plan = context.plan_to_sign_in(&config, name)?;
    let broker = context.broker("logout", &plan, &store, &options);
    let forgotten = if let Some(file) = source::sign_in_file(&plan) {
        let signed_out = broker.sign_out()?;
        context.voice.note(&said(&plan, signed_out == Some(true)));
        forget::of_sign_in(&file, &store)?
    } else {
        let twins = forget::twins(&plan, &config, context);
        forget::of_mfa(&plan, with_code(&plan)?, &twins, &broker, &store)?
    };
    context
        .voice
        .note(&format!("forgot {}", counted(forgotten.count())));
    forget::tell_of_shell(context, &forgotten, |profile| profile == name);
    Ok(ExitCode::SUCCESS)
}

/// The step that takes a code. Its session lives on at AWS until it expires, as every session of
/// STS does.
fn with_code(plan: &Plan) -> Result<&Step> {
    plan.steps
        .iter()
        .find(|step| step.serial_number().is_some())
        .ok_or_else(|| {
            Error::config(format!(
                "nothing to sign out of: '{}' has neither MFA nor IAM Identity Center",
                plan.profile
            ))
            .hint(format!(
                "xacct clear {}    forgets its credentials",
                plan.profile
            ))
        })
}

fn said(plan: &Plan, was_signed_in: bool) -> String {
    match (&plan.source, was_signed_in) {
        (Source::Login { login_session, .. }, true) => format!("signed out {login_session}"),
        (Source::Login { login_session, .. }, false) => {
            format!("{login_session} was not signed in")
        }
        (source, true) => format!("signed out at {}", start_url(source)),
        (source, false) => format!("not signed in at {}", start_url(source)),
    }
}

fn start_url(source: &Source) -> Cow<'_, str> {
    match source {
        Source::Sso(sso) => sso.shown_url(),
        _ => "IAM Identity Center".into(),
    }
}

/// Ends every sign-in that has a token on this computer, also of sessions that the config file no
/// longer has, and forgets everything. One that cannot be ended does not stop the others.
fn everywhere(
    context: &Context,
    config: &Config,
    store: &Store,
    options: &Options,
) -> Result<ExitCode> {
    let tokens = sso::all_tokens(&context.env);
    let mut sessions = sessions(context, config);
    let mut failed = None;
    let mut planned: Vec<(Plan, &TokenOnDisk)> = Vec::new();
    for token in &tokens {
        match sessions
            .remove(&token.name)
            .map_or_else(|| of_token(token, context, config), Ok)
        {
            Ok(plan) => planned.push((plan, token)),
            Err(why) => {
                context
                    .voice
                    .warn(&format!("{}: {}", gone_here(token), why));
                failed = sso::remove_token(&context.env, token).err().or(failed);
            }
        }
    }
    let brokers: Vec<(Broker<'_>, &TokenOnDisk)> = planned
        .iter()
        .map(|(plan, token)| (context.broker("logout", plan, store, options), *token))
        .collect();
    for ((plan, _), ended) in planned.iter().zip(broker::sign_out_all(&brokers)?) {
        match ended {
            Ok(_) => context.voice.note(&said(plan, true)),
            Err(error) => failed = Some(error),
        }
    }
    for plan in sessions.values() {
        context.voice.note(&said(plan, false));
    }
    match source::sign_out_of_logins(&context.env) {
        Ok(0) => {}
        Ok(1) => context.voice.note("removed 1 session of aws login"),
        Ok(count) => context
            .voice
            .note(&format!("removed {count} sessions of aws login")),
        Err(error) => failed = Some(error),
    }
    let forgotten = forget::everything(store)?;
    context
        .voice
        .note(&format!("forgot {}", counted(forgotten.count())));
    forget::tell_of_shell(context, &forgotten, |_| true);
    failed.map_or(Ok(ExitCode::SUCCESS), Err)
}

/// The sessions that the config file has, by the names of their tokens' files.
fn sessions(context: &Context, config: &Config) -> BTreeMap<String, Plan> {
    let alone = config.sso_session_names().into_iter();
    let alone = alone.filter_map(|name| plan::of_sso_session(config, &context.env, &name).ok());
    let names = config.profile_names();
    let of_profiles = names
        .iter()
        .filter_map(|name| plan_of_sign_in(context, config, name));
    let plans = of_profiles.chain(alone);
    plans
        .filter_map(|plan| Some((source::sign_in_file(&plan)?, plan)))
        .collect()
}

/// The profile's own plan if it signs in, otherwise that of its sign-in alone.
fn plan_of_sign_in(context: &Context, config: &Config, profile: &str) -> Option<Plan> {
    let plan = context.plan_of(config, &Request::of_profile(profile)).ok();
    plan.filter(|plan| plan.sso().is_some()).or_else(|| {
        plan::of_profiles_session(config, &context.env, profile)
            .ok()
            .flatten()
    })
}

/// The plan for a token that no session of the config file has.
///
/// Errors: of kind `Config`, where its file does not contain AWS's region.
fn of_token(token: &TokenOnDisk, context: &Context, config: &Config) -> Result<Plan> {
    let Some(region) = &token.region else {
        return Err(Error::config("its file names no region"));
    };
    plan::of_token(config, &context.env, place(token), region)
}

fn place(token: &TokenOnDisk) -> &str {
    token.starturl.as_deref().unwrap_or("IAM Identity Center")
}

fn gone_here(token: &TokenOnDisk) -> String {
    format!(
        "the sign-in at {} is forgotten here, but may live on there",
        place(token)
    )
}
