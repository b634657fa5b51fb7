//! `xacct logout PROFILE | --all`: ends a sign-in at Identity Center, or an MFA session, and forgets what rests on it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use super::context::Context;
use super::forget::{self, counted};
use crate::cache::Store;
use crate::cli::{Asking, Logout};
use crate::error::{Error, Result};
use crate::plan::{self, Plan};

pub(super) fn run(asked: &Logout, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let store = context.store()?;
    // Nothing is asked, and nothing that is cached is used.
    let options = Context::options(&config, &Asking { no_input: true, ..Asking::default() }, false)?;
    let sign_out = |plan: &Plan| {
        let signed_in = context.broker("logout", plan, &store, &options).sign_out()?;
        said(context, plan, signed_in);
        Ok::<_, Error>(())
    };
    if asked.all {
        let sessions = config.sso_session_names();
        let alone = sessions.iter().filter_map(|name| plan::of_sso_session(&config, &context.env, name).ok());
        let plans: Vec<Plan> = alone.chain(forget::plans(context, &config)).collect();
        let of_session = plans.iter().filter_map(|plan| Some((plan.sso()?.token_name(), plan)));
        // One of each session's profiles speaks for it.
        for plan in of_session.collect::<BTreeMap<_, _>>().into_values() {
            sign_out(plan)?;
        }
        context.voice.note(&format!("forgot {}", counted(store.clear()?)));
        return Ok(ExitCode::SUCCESS);
    }
    let plan = context.plan_to_sign_in(&config, asked.profile.as_deref().unwrap_or_default())?;
    let plans = forget::plans(context, &config);
    let removed = if let Some(sso) = plan.sso() {
        sign_out(&plan)?;
        forget::of_session(&plans, &store, sso.token_name())?
    } else {
        mfa_session(&plan, &plans, &store)?
    };
    context.voice.note(&format!("forgot {}", counted(removed)));
    Ok(ExitCode::SUCCESS)
}

/// The MFA session lives on at AWS until it expires, as every session of STS does.
fn mfa_session(plan: &Plan, plans: &[Plan], store: &Store) -> Result<usize> {
    let Some(with_code) = plan.steps.iter().find(|step| step.serial_number().is_some()) else {
        return Err(Error::config(format!(
            "there is nothing to sign out of: '{}' has neither MFA nor IAM Identity Center",
            plan.profile
        ))
        .hint(format!("xacct clear {}    forgets its credentials", plan.profile)));
    };
    forget::from_step(plans, store, |plan| plan.steps.iter().position(|step| step.key == with_code.key))
}

fn said(context: &Context, plan: &Plan, signed_in: Option<bool>) {
    let Some(sso) = plan.sso() else { return };
    match signed_in {
        Some(true) => context.voice.note(&format!("signed out at {}", sso.start_url)),
        _ => context.voice.note(&format!("nobody was signed in at {}", sso.start_url)),
    }
}
