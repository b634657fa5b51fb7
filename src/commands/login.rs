//! `xacct login PROFILE`: signing in at Identity Center or AWS Sign-In, or the MFA session ahead of
//! time, so that nothing asks later.

use std::process::ExitCode;

use super::add;
use super::change::{self, Access, ConfigFiles};
use super::context::Context;
use crate::cli::Login;
use crate::config::{Config, FileKind, Key, Texts, words};
use crate::duration;
use crate::error::{Error, Result};
use crate::plan::{Plan, Source};

pub(super) fn run(asked: &Login, context: &Context) -> Result<ExitCode> {
    if asked.aws {
        return as_anyone(asked, context);
    }
    let config = context.config()?;
    let planned = context.plan_to_sign_in(&config, &asked.profile);
    let mut plan = planned.map_err(|error| with_aws(error, &config, &asked.profile))?;
    let place = match &plan.source {
        Source::Sso(sso) => Some(format!("at {}", sso.shown_url())),
        Source::Login { login_session, .. } => Some(format!("as {}", login_session.trim())),
        _ => None,
    };
    if let Some(place) = place {
        return in_browser(asked, context, (&config, &plan), &place);
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

/// Where one signs in with a browser: at Identity Center, or as `aws login` does.
fn in_browser(
    asked: &Login,
    context: &Context,
    (config, plan): (&Config, &Plan),
    place: &str,
) -> Result<ExitCode> {
    let options = context.options(config, &asked.asking)?;
    let store = context.store()?;
    let broker = context.broker("login", plan, &store, &options);
    let signed_in = broker.sign_in()?;
    broker.note_unused();
    let by_person = signed_in.is_some_and(|signed_in| signed_in.by_person);
    context.voice.note(&if by_person {
        format!("signed in {place}")
    } else {
        format!("already signed in {place} (--refresh signs in again)")
    });
    Ok(ExitCode::SUCCESS)
}

/// Stands for the session until somebody has signed in; no ARN is like it.
const NOBODY_YET: &str = "nobody-yet";

/// `--aws`: whoever signs in is whom the profile uses from then on.
fn as_anyone(asked: &Login, context: &Context) -> Result<ExitCode> {
    let name = &asked.profile;
    add::named(name).map_err(Error::usage)?;
    let files = ConfigFiles::open(context, Access::Look)?;
    refuse_other_source(&files.config, name)?;
    let before = files.config_of(&with_session(&files, name, NOBODY_YET)?)?;
    let plan = change::plan(context, &before, name)?;
    let options = context.options(&before, &asked.asking)?;
    let store = context.store()?;
    let broker = context.broker("login", &plan, &store, &options);
    let signed_in = broker.sign_in_as_anyone()?;
    broker.note_unused();
    let arn = signed_in.ok_or_else(|| Error::other("this profile has another source"))?;
    // Nobody else waited for a person at a browser: the files are read again.
    let files = ConfigFiles::open(context, Access::Change)?;
    refuse_other_source(&files.config, name)?;
    let texts = with_session(&files, name, &arn)?;
    let backups = files.write(&files.changes(&texts, &[FileKind::Config]), context)?;
    change::note_backups(&backups, context);
    context.voice.note(&format!("signed in as {arn}"));
    context
        .voice
        .note(&format!("profile '{name}' uses this session"));
    Ok(ExitCode::SUCCESS)
}

/// The config file with this session in the profile.
fn with_session(files: &ConfigFiles, name: &str, session: &str) -> Result<Texts> {
    let mut texts = files.raw.clone();
    let entry = [(Key::LoginSession, session)];
    texts.config = Some(add::added(files, FileKind::Config, name, &entry)?);
    Ok(texts)
}

/// What would come before the session, or be hidden by it.
fn refuse_other_source(config: &Config, name: &str) -> Result<()> {
    let Some(profile) = config.profile(name)? else {
        return Ok(());
    };
    if profile.stored_key.is_some() {
        let message = format!("--aws: profile '{name}' has an access key in the keyring");
        return Err(Error::config(message).hint("name another profile, which is then made"));
    }
    let Some(key) = add::credentials_keys(&profile).find(|key| *key != Key::LoginSession) else {
        return Ok(());
    };
    let message = format!("--aws: profile '{name}' gets its credentials by {key}");
    let error = Error::config(message);
    let error = match profile.get(key) {
        Some(setting) => error.at(&setting.origin),
        None => error,
    };
    Err(error.hint("name another profile, which is then made, or delete the key first"))
}

/// A profile without anything may be one that somebody wants to sign in for.
fn with_aws(error: Error, config: &Config, name: &str) -> Error {
    let is_bare = match config.profile(name) {
        Ok(Some(profile)) => add::has_no_credentials(&profile),
        Ok(None) => true,
        Err(_) => false,
    };
    if !is_bare || add::named(name).is_err() {
        return error;
    }
    let typed = words::typed(name);
    error.hint(format!(
        "to sign in to the AWS console for it, as aws login does: xacct login {typed} --aws"
    ))
}
