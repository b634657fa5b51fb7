//! `xacct login PROFILE`: signing in at Identity Center, or the MFA session ahead of time, so that
//! nothing asks later.

use std::process::ExitCode;

use super::context::Context;
use crate::cli::Login;
use crate::config::Config;
use crate::config::words;
use crate::duration;
use crate::error::{Error, Result};
use crate::plan::{Plan, Source};

pub(super) fn run(asked: &Login, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let mut plan = context.plan_to_sign_in(&config, &asked.profile)?;
    if plan.sso().is_some() {
        return identity_center(asked, context, &config, &plan);
    }
    if let Source::Login {
        profile,
        login_session,
    } = &plan.source
    {
        let (profile, login_session) = (profile.clone(), login_session.clone());
        plan.steps.truncate(1);
        return aws_login(asked, context, &config, &plan, (&profile, &login_session));
    }
    let Some(with_code) = plan
        .steps
        .iter()
        .position(|step| step.serial_number().is_some())
    else {
        return Err(Error::config(format!(
            "nothing to sign in to: '{}' has neither MFA nor IAM Identity Center",
            plan.profile
        ))
        .hint(
            "set mfa_serial in the profile, or in its source_profile, to the user's MFA device",
        ));
    };
    // What comes after the code needs nobody, and is done when somebody wants it.
    plan.steps.truncate(with_code + 1);
    let options = context.options(&config, &asked.asking)?;
    let store = context.store()?;
    let credentials = context
        .broker("login", &plan, &store, &options)
        .credentials()?;
    let left = credentials
        .expiration()
        .map(|at| duration::readable((at - (context.now)()).num_seconds()));
    let step = &plan.steps[with_code];
    let whose = match step.role_arn() {
        Some(role_arn) => role_arn.to_owned(),
        None if step.is_conditional => format!("the session of '{}'", step.profile),
        None => format!("the MFA session of '{}'", step.profile),
    };
    let end = left.map(|left| format!(" for {left}")).unwrap_or_default();
    context.voice.note(&format!("{whose} is ready{end}"));
    Ok(ExitCode::SUCCESS)
}

fn identity_center(
    asked: &Login,
    context: &Context,
    config: &Config,
    plan: &Plan,
) -> Result<ExitCode> {
    let options = context.options(config, &asked.asking)?;
    let store = context.store()?;
    let broker = context.broker("login", plan, &store, &options);
    let signed_in = broker.sign_in()?;
    broker.note_unused();
    let (Some(signed_in), Some(sso)) = (signed_in, plan.sso()) else {
        return Ok(ExitCode::SUCCESS);
    };
    if signed_in.by_person {
        context
            .voice
            .note(&format!("signed in at {}", sso.shown_url()));
    } else {
        context.voice.note(&format!(
            "already signed in at {} (--refresh signs in again)",
            sso.shown_url()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The AWS CLI signs in there; what it has left is renewed for as long as that works.
///
/// Errors: `NeedsPerson` where somebody must run `aws login`, with the command.
fn aws_login(
    asked: &Login,
    context: &Context,
    config: &Config,
    plan: &Plan,
    (profile, login_session): (&str, &str),
) -> Result<ExitCode> {
    let command = format!("aws login --profile {}", words::typed(profile));
    if asked.asking.refresh {
        let message =
            format!("profile '{profile}' signs in with aws login, which xacct does not do");
        return Err(Error::needs_person(message).hint(command));
    }
    let (options, store) = (context.options(config, &asked.asking)?, context.store()?);
    context
        .broker("login", plan, &store, &options)
        .credentials()?;
    context.voice.note(&format!(
        "already signed in as {login_session}; to sign in again: {command}"
    ));
    Ok(ExitCode::SUCCESS)
}
