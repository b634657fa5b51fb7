//! `xacct console PROFILE`: the address at which a browser is in the AWS console as that role, and
//! getting it there.

mod deliver;
mod session;

use std::process::ExitCode;

use super::context::Context;
use super::policy::switch_role_link;
use crate::arn::{self, Arn};
use crate::cli::{Console as Asked, Target};
use crate::config::Config;
use crate::console::{self, PartitionConsole};
use crate::error::{Error, Result};
use crate::plan::{Plan, RegionOrigin, Source};
use deliver::Delivery;

/// What AWS takes for a console session, in seconds.
const SESSION: std::ops::RangeInclusive<u64> = 900..=43_200;

pub(super) fn run(asked: &Asked, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let duration = duration(&asked.target)?;
    // The credentials may be shorter than what they open.
    let mut target = asked.target.clone();
    target.role.session.duration_seconds = None;
    let request = context.request(&target)?;
    let plan = context.plan_of(&config, &request)?;
    // Where there can be no link, no browser helps.
    let link = asked
        .switch_role
        .then(|| switch_role_link(&config, &plan))
        .transpose()?;
    let way = Delivery::find(asked, context, &config, &plan)?;
    if let Some(link) = link {
        warn_of_duration(duration, "a link has no", context);
        way.take_link(&link, context)?;
        context.voice.note(&console::switch_role_conditions(&plan)?);
        return Ok(ExitCode::SUCCESS);
    }
    let console = PartitionConsole::new(partition(&plan), &plan.region.name)?;
    let destination = console.destination(asked.service.as_deref())?;
    if plan.sso().is_some() && plan.account_id().is_none() {
        return Err(Error::config(format!(
            "'{}' is a session without a role: it has no console",
            plan.profile
        ))
        .hint("name a profile with sso_account_id and sso_role_name"));
    }
    if let Some(link) = identity_center_link(asked, &plan, &destination) {
        warn_of_duration(duration, "Identity Center decides on the", context);
        confirm(asked, context, &config, &plan)?;
        way.take_link(&link, context)?;
        context.voice.note(&about_link(&plan));
        return Ok(ExitCode::SUCCESS);
    }
    let configured = crate::plan::signin_url(&config, &request, &context.env)?;
    let signin = configured.map_or_else(|| console.signin(), |(url, _)| url);
    let opened = session::open(&session::SessionRequest {
        asked,
        context,
        config: &config,
        request: &request,
        plan: &plan,
        duration,
        signin: &signin,
    })?;
    let address = console::login_address(&signin, &destination, &opened.token);
    way.take_secret(&address, context)?;
    context.voice.note(&opened.about);
    Ok(ExitCode::SUCCESS)
}

/// `--duration`, in seconds.
fn duration(target: &Target) -> Result<Option<u32>> {
    match target.role.session.duration_seconds {
        None => Ok(None),
        Some(seconds) => u32::try_from(seconds)
            .ok()
            .filter(|_| SESSION.contains(&seconds))
            .map(Some)
            .ok_or_else(|| {
                Error::usage(format!(
                    "--duration: a console session lasts 15m to 12h, not {seconds} seconds"
                ))
            }),
    }
}

fn warn_of_duration(duration: Option<u32>, who: &str, context: &Context) {
    if duration.is_some() {
        context
            .voice
            .warn(&format!("--duration is not used: {who} duration"));
    }
}

/// The role's, which is what the console is of; else the region's.
fn partition(plan: &Plan) -> &str {
    let token_role = match &plan.source {
        Source::WebIdentity(web) => Some(web.role_arn.as_str()),
        _ => None,
    };
    let role_arn = plan
        .steps
        .iter()
        .rev()
        .find_map(|step| step.role_arn())
        .or(token_role);
    role_arn.and_then(Arn::parse).map_or_else(
        || arn::partition_of_region(&plan.region.name),
        |arn| arn.partition,
    )
}

/// Identity Center's own link, where the plan is nothing but one of its roles.
fn identity_center_link(asked: &Asked, plan: &Plan, destination: &str) -> Option<String> {
    let sso = plan
        .sso()
        .filter(|_| plan.steps.iter().all(|step| step.role_arn().is_none()))?;
    // Where nothing says which page, the portal knows better.
    let is_wanted = asked.service.is_some() || plan.region.origin != RegionOrigin::Fallback;
    console::identity_center(sso, is_wanted.then_some(destination))
}

/// `the link leads to account 111111111111 as Admin, after signing in at
/// https://acme.awsapps.com/start`
fn about_link(plan: &Plan) -> String {
    let (account_id, sso) = (plan.account_id().unwrap_or_default(), plan.sso());
    let role = sso
        .and_then(|sso| sso.role_name.as_deref())
        .unwrap_or_default();
    let portal = sso.map(|sso| sso.start_url.as_str()).unwrap_or_default();
    format!("the link leads to account {account_id} as {role}, after signing in at {portal}")
}

/// Where the profile wants a yes before it is used.
fn confirm(asked: &Asked, context: &Context, config: &Config, plan: &Plan) -> Result<()> {
    let options = context.options(config, &asked.asking)?;
    let store = context.store()?;
    context.broker("console", plan, &store, &options).confirm()
}
