//! `xacct policy trust|caller|link PROFILE`: what must be allowed so that the role can be assumed,
//! and the console's link to it.

use std::process::ExitCode;

use super::context::Context;
use super::print;
use crate::broker;
use crate::cli::{PolicyAction, PolicyCaller, PolicyLink, PolicyTrust};
use crate::config::{Config, Key, ProfileColor};
use crate::console::{self, Look};
use crate::error::{Error, Result};
use crate::plan::{Action, Plan};
use crate::policy::{self, Caller, Hop};
use crate::render;

pub(super) fn run(asked: &PolicyAction, context: &Context) -> Result<ExitCode> {
    match asked {
        PolicyAction::Trust(asked) => trust(asked, context),
        PolicyAction::Caller(asked) => caller(asked, context),
        PolicyAction::Link(asked) => link(asked, context),
    }
}

fn trust(asked: &PolicyTrust, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let plan = context.plan(&config, &asked.target)?;
    let mut hop = Hop::of(&plan)?;
    let known = asked.account.is_some() && asked.principal == policy::Principal::Account;
    if !known && !hop.caller.suffices(asked.principal) {
        hop.caller = who_calls(asked, context, &config)?;
    }
    let account_id = asked
        .account
        .as_deref()
        .or_else(|| hop.caller.account_id())
        .map(str::to_owned);
    let account_id = account_id.ok_or_else(|| {
        Error::config(format!(
            "the account that assumes {} is not known",
            hop.role.role_arn
        ))
        .hint("--account ID names it")
    })?;
    let made = if asked.new_external_id {
        Some(new_external_id()?)
    } else {
        None
    };
    let external_id = made.as_deref().or(hop.role.external_id.as_deref());
    let document = policy::trust_policy(&hop, asked.principal, &account_id, external_id)?;
    print(render::policy::trust(&hop, &document, label(&plan, &hop), asked.format).as_bytes())?;
    say_what_else(&hop, asked, context);
    match &made {
        Some(made) => tell_of_new(made, &plan, &config, context)?,
        None if external_id.is_none() && is_stranger(&hop, &account_id) => {
            context.voice.note(&format!(
                "no external ID is set, so anyone who gets account {account_id} to act for them \
                 can reach this role too: --new-external-id makes one"
            ));
        }
        None => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn caller(asked: &PolicyCaller, context: &Context) -> Result<ExitCode> {
    let plan = context.plan(&context.config()?, &asked.target)?;
    let hop = Hop::of(&plan)?;
    let document = policy::caller_policy(&hop);
    print(render::policy::caller(&hop, &document, label(&plan, &hop), asked.format).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn link(asked: &PolicyLink, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let plan = context.plan(&config, &asked.target)?;
    let link = switch_role_link(&config, &plan)?;
    print(format!("{link}\n").as_bytes())?;
    context.voice.note(&console::switch_role_conditions(&plan)?);
    Ok(ExitCode::SUCCESS)
}

/// The console's link to the plan's role, in the profile's colour and under its name.
///
/// Errors: of kind `Config`, with the reason why there is none.
pub(super) fn switch_role_link(config: &Config, plan: &Plan) -> Result<String> {
    let profile = config.profile(&plan.profile)?;
    let color = profile
        .as_ref()
        .and_then(|profile| ProfileColor::parse(profile.get(Key::Color)?.first_line()).ok());
    let is_arn = profile.is_none();
    let role_name = plan
        .steps
        .last()
        .and_then(|step| step.role_arn()?.rsplit('/').next());
    let display_name = role_name.filter(|_| is_arn).unwrap_or(&plan.profile);
    console::switch_role(
        plan,
        Look {
            display_name,
            color,
        },
    )
}

/// Whether the role lets in people from another account, and not a role that stands in the profiles
/// too.
fn is_stranger(hop: &Hop<'_>, account_id: &str) -> bool {
    account_id != hop.arn.account_id && !matches!(hop.caller, Caller::Role(_))
}

/// What resources are called: after the profile, or the role where there is none.
fn label<'p>(plan: &'p Plan, hop: &Hop<'p>) -> &'p str {
    if plan.profile == hop.role.role_arn {
        hop.arn.role_name().unwrap_or("role")
    } else {
        &plan.profile
    }
}

/// Asks AWS who signs the AssumeRole.
fn who_calls(asked: &PolicyTrust, context: &Context, config: &Config) -> Result<Caller> {
    let mut plan = context.plan(config, &asked.target)?;
    // Only the source's own credentials: what comes after them is the same caller, and may want a
    // code.
    plan.steps
        .retain(|step| matches!(step.action, Action::Source));
    plan.mfa = None;
    let options = context.options(config, &asked.asking)?;
    let store = context.store()?;
    let credentials = context
        .broker("policy trust", &plan, &store, &options)
        .credentials()?;
    let identity = broker::identify(&plan, &credentials, context.now, context.voice)?;
    Caller::of_identity(&identity.account_id, &identity.arn).ok_or_else(|| {
        Error::config(format!(
            "the source of '{}' is {}, which can assume no role",
            plan.profile, identity.arn
        ))
    })
}

/// What the role needs that its trust policy alone does not say.
fn say_what_else(hop: &Hop<'_>, asked: &PolicyTrust, context: &Context) {
    let seconds = hop.max_session_duration();
    if asked.format == render::policy::PolicyFormat::Json && seconds > 3600 {
        context.voice.note(&format!(
            "the role must allow sessions of {seconds} seconds: aws iam update-role --role-name {} \
             --max-session-duration {seconds}",
            hop.arn.role_name().unwrap_or_default()
        ));
    }
}

/// How the new external id gets into the profile.
fn tell_of_new(made: &str, plan: &Plan, config: &Config, context: &Context) -> Result<()> {
    context
        .voice
        .tell(&format!("the new external id is {made}"));
    let Some(profile) = config.profile(&plan.profile)? else {
        let next = format!(
            "once the role has it: xacct add NAME --role-arn {} --external-id {made}",
            plan.profile
        );
        context.voice.tell(&next);
        return Ok(());
    };
    let place = match profile.get(Key::ExternalId) {
        Some(old) => format!("instead of what stands at {}", old.origin),
        None => format!("in the profile at {}", profile.origin),
    };
    context.voice.tell(&format!(
        "once the role has it, write   external_id = {made}   {place}"
    ));
    Ok(())
}

/// 160 random bits, in characters that AWS takes, no two of which look alike, and that a double
/// click selects whole.
fn new_external_id() -> Result<String> {
    const CHARACTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Error::other("the system gave no random bytes"))?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(CHARACTERS[usize::from(byte % 32)]))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_external_id_is_long_and_new() {
        let (one, other) = (new_external_id().unwrap(), new_external_id().unwrap());
        assert!(one != other && one.len() == 32, "{one} {other}");
        assert!(crate::plan::check(Key::ExternalId, &one).is_ok(), "{one}");
    }
}
