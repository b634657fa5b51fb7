//! `xacct export aesr`: the roles for the browser extension AWS Extend Switch Roles.

use std::process::ExitCode;

use super::context::Context;
use super::print;
use crate::cli::{ExportAction, ExportAesr};
use crate::config::{Config, Key, ProfileColor};
use crate::error::Result;
use crate::plan::{Plan, RegionOrigin, Request, Source};
use crate::policy::Hop;
use crate::render::aesr::{self, AesrProfile, Base};

pub(super) fn run(asked: &ExportAction, context: &Context) -> Result<ExitCode> {
    match asked {
        ExportAction::Aesr(asked) => aesr(asked, context),
    }
}

fn aesr(asked: &ExportAesr, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let all = asked.profiles.is_empty();
    let mut bases: Vec<Base> = Vec::new();
    let mut entries: Vec<AesrProfile> = Vec::new();
    for name in if all {
        roles(&config)
    } else {
        asked.profiles.clone()
    } {
        let request = Request::of_profile(&name);
        match context.plan_of(&config, &request) {
            Ok(plan) => entries.push(entry(&config, &plan, &mut bases)?),
            Err(error) if all => entries.push(AesrProfile::LeftOut {
                name,
                why: error.to_string(),
            }),
            Err(error) => return Err(error),
        }
    }
    keep_apart(&mut bases, &mut entries);
    for entry in &entries {
        if let AesrProfile::LeftOut { name, why } = entry {
            context.voice.warn(&format!("'{name}' is left out: {why}"));
        }
    }
    print(aesr::config(&bases, &entries).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The profiles with a role.
fn roles(config: &Config) -> Vec<String> {
    let mut profiles = config.profiles();
    profiles.retain(|profile| {
        let role_arn = profile.get(Key::RoleArn);
        role_arn.is_some_and(|setting| !setting.value.trim().is_empty())
    });
    profiles.into_iter().map(|profile| profile.name).collect()
}

/// What becomes of a profile; its source's account is added to the bases.
fn entry(config: &Config, plan: &Plan, bases: &mut Vec<Base>) -> Result<AesrProfile> {
    let name = plan.profile.clone();
    let hop = match Hop::of(plan) {
        Ok(hop) => hop,
        Err(error) => {
            return Ok(AesrProfile::LeftOut {
                name,
                why: error.to_string(),
            });
        }
    };
    if let Some(why) = unfit(plan, &hop) {
        return Ok(AesrProfile::LeftOut { name, why });
    }
    let region =
        Some(&plan.region).filter(|region| matches!(region.origin, RegionOrigin::Setting(_)));
    let profile = config.profile(&name)?;
    let color = profile
        .as_ref()
        .and_then(|profile| ProfileColor::parse(profile.get(Key::Color)?.first_line()).ok());
    let base = base(plan, &hop);
    let role = AesrProfile::Role {
        name,
        role_arn: hop.role.role_arn.clone(),
        base: base.as_ref().map(|base| base.name.clone()),
        region: region.map(|region| region.name.clone()),
        color: color.map(ProfileColor::hex),
    };
    bases.extend(base.filter(|base| !bases.contains(base)));
    Ok(role)
}

/// Why the console cannot switch to the role, or the extension cannot be told of it.
fn unfit(plan: &Plan, hop: &Hop<'_>) -> Option<String> {
    let first = plan.steps.iter().find_map(|step| step.role_arn());
    if hop.role.external_id.is_some() {
        return Some("it asks for an external id, which the console cannot send".to_owned());
    }
    if first != Some(hop.role.role_arn.as_str()) {
        return Some(
            "it is assumed from another role, and the console switches from the sign-in only"
                .to_owned(),
        );
    }
    if hop.role.policy.is_some() || !hop.role.policy_arns.is_empty() {
        return Some(
            "the profile narrows it by a session policy, which the console cannot".to_owned(),
        );
    }
    let region = aesr::unwritable_value("region", &plan.region.name);
    aesr::unwritable_name(&plan.profile)
        .or(aesr::unwritable_value("role_arn", &hop.role.role_arn))
        .or(region)
}

/// The account that one signs in to for this role; `None` where no person does, or the files do not
/// say which it is.
fn base(plan: &Plan, hop: &Hop<'_>) -> Option<Base> {
    let name = match &plan.source {
        Source::AccessKey { profile, .. }
        | Source::CredentialProcess { profile, .. }
        | Source::Login { profile, .. } => profile,
        Source::StoredKey(key) => &key.profile,
        Source::Sso(sso) => &sso.profile,
        Source::Environment { .. }
        | Source::Ec2InstanceMetadata(_)
        | Source::EcsContainer
        | Source::WebIdentity(_) => return None,
    };
    let base = Base {
        name: name.clone(),
        account_id: hop.caller.account_id()?.to_owned(),
    };
    Some(base).filter(|base| aesr::unwritable_name(&base.name).is_none())
}

/// Gives a base another name where a role has the same: a profile may be the source of its own
/// role.
fn keep_apart(bases: &mut [Base], entries: &mut [AesrProfile]) {
    let names: Vec<String> = entries
        .iter()
        .filter_map(|entry| match entry {
            AesrProfile::Role { name, .. } => Some(name.clone()),
            AesrProfile::LeftOut { .. } => None,
        })
        .collect();
    for base in bases {
        let old = base.name.clone();
        while names.contains(&base.name) {
            base.name.push_str("-account");
        }
        for entry in &mut *entries {
            if let AesrProfile::Role { base: Some(of), .. } = entry
                && *of == old
            {
                of.clone_from(&base.name);
            }
        }
    }
}
