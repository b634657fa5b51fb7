//! A session of Identity Center without any role, as a plan of no steps: for signing in and out,
//! and for asking what there is.

use super::chain::Chain;
use super::chain_profile::Link;
use super::source::Source;
use super::sso::{self, Sso};
use super::{Plan, PlanKey, Request, endpoint, region};
use crate::config::{Config, Profile};
use crate::env::Env;
use crate::error::Result;

/// Errors: of kind `Config`, where there is no such session, or it does not say where it is.
pub(crate) fn of_sso_session(config: &Config, env: &Env, name: &str) -> Result<Plan> {
    plan(
        config,
        env,
        Profile::empty(name),
        sso::of_session_alone(config, name)?,
    )
}

/// The session that a profile signs in with, whatever else it gets its credentials from; `None`
/// where it names none.
///
/// Errors: of kind `Config`, where there is no such profile, or the session does not say where it
/// is.
pub(crate) fn of_profiles_session(config: &Config, env: &Env, name: &str) -> Result<Option<Plan>> {
    let Some(profile) = config.profile(name)? else {
        return Ok(None);
    };
    let Some(sso) = sso::of_profile_without_role(config, &profile)? else {
        return Ok(None);
    };
    plan(config, env, profile, sso).map(Some)
}

/// The session that a token's file is of, which need not be in the config file any more.
///
/// Errors: of kind `Config`, where the region cannot be one.
pub(crate) fn of_token(config: &Config, env: &Env, start_url: &str, region: &str) -> Result<Plan> {
    let sso = Sso {
        profile: start_url.to_owned(),
        session: None,
        region: region.to_owned(),
        start_url: start_url.to_owned(),
        account_id: None,
        role_name: None,
        scopes: None,
        known_sessions: config.shared_sso_session_names(),
    };
    plan(config, env, Profile::empty(start_url), sso)
}

fn plan(config: &Config, env: &Env, profile: Profile, sso: Sso) -> Result<Plan> {
    let (name, source) = (profile.name.clone(), Source::Sso(Box::new(sso)));
    let link = Link {
        profile,
        request: None,
    };
    let chain = Chain {
        name,
        links: vec![link],
        roles: 0,
        source,
    };
    let sts = endpoint::of_sts(config, &chain, env)?;
    let region = region::choose(&chain, &Request::default(), env, sts.region_names())?;
    let identity_center = endpoint::of_identity_center(config, &chain, env)?;
    endpoint::check_sso_region(config, &chain.source, identity_center.as_ref())?;
    Ok(Plan {
        endpoint: endpoint::in_region(sts, &chain, &region, env)?,
        signin: None,
        identity_center,
        connection: endpoint::connection(config, &chain, env)?,
        profile: chain.name,
        region,
        source_key: PlanKey::of_digest([0; 32]),
        is_uncached: false,
        source: chain.source,
        steps: Vec::new(),
        mfa: None,
        confirm: None,
        warnings: Vec::new(),
        unused: Vec::new(),
    })
}
