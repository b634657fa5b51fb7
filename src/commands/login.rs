//! `xacct login PROFILE`: the MFA session ahead of time, so that nothing asks for a code later.

use std::process::ExitCode;

use super::context::Context;
use crate::cli::{Login, Overrides, Target};
use crate::duration;
use crate::error::{Error, Result};

pub(super) fn run(asked: &Login, context: &Context) -> Result<ExitCode> {
    let target = Target {
        profile: Some(asked.profile.clone()),
        source_profile: None,
        overrides: Overrides::default(),
    };
    let config = context.config()?;
    let mut plan = context.plan(&config, &target)?;
    let Some(with_code) = plan.steps.iter().position(|step| step.serial_number().is_some()) else {
        return Err(Error::config(format!(
            "there is nothing to sign in to: no MFA is set for '{}'",
            plan.profile
        ))
        .hint("set mfa_serial in the profile, or in its source_profile, to the user's MFA device"));
    };
    // What comes after the code needs nobody, and is done when somebody wants it.
    plan.steps.truncate(with_code + 1);
    let options = Context::options(&config, &asked.asking, false)?;
    let store = context.store()?;
    let credentials = context.broker("login", &plan, &store, &options).credentials()?;
    let left = credentials.expiration.map(|at| (at - (context.now)()).num_seconds()).unwrap_or_default();
    let step = &plan.steps[with_code];
    let whose = match step.role_arn() {
        Some(role_arn) => format!("{role_arn} is ready"),
        None => format!("the MFA session of '{}' is ready", step.profile),
    };
    context.voice.note(&format!("{whose} for {}", duration::readable(left)));
    Ok(ExitCode::SUCCESS)
}
