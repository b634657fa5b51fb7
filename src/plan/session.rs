//! A session of Identity Center without any profile, as a plan of no steps: for signing in, and for asking what there is.

use super::chain::Chain;
use super::link::Link;
use super::source::Source;
use super::{Plan, Request, endpoint, region, sso};
use crate::config::{Config, Profile};
use crate::env::Env;
use crate::error::Result;

/// Errors: of kind `Config`, where there is no such session, or it does not say where it is.
pub(crate) fn of_sso_session(config: &Config, env: &Env, name: &str) -> Result<Plan> {
    let source = Source::Sso(Box::new(sso::of_session_alone(config, name)?));
    let link = Link { profile: Profile::empty(name), request: None };
    let chain = Chain { name: name.to_owned(), links: vec![link], roles: 0, source };
    let sts = endpoint::of_sts(config, &chain, env)?;
    let region = region::choose(&chain, &Request::default(), env, sts.url.is_some())?;
    let identity_center = endpoint::of_identity_center(config, &chain, env)?;
    endpoint::check_sso_region(config, &chain.source, identity_center.as_ref())?;
    Ok(Plan {
        endpoint: endpoint::in_region(sts, &chain, &region, env)?,
        signin: None,
        identity_center,
        connection: endpoint::connection(config, &chain, env)?,
        profile: chain.name,
        region,
        source: chain.source,
        steps: Vec::new(),
        mfa: None,
        confirm: None,
        warnings: Vec::new(),
    })
}
