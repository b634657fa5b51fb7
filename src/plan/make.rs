//! Puts a plan together from a chain of profiles: which checks come in which order, and what each
//! step is signed with.

use super::chain::Chain;
use super::endpoint::{Connection, Endpoint, IdentityCenter};
use super::region::{Region, RegionOrigin};
use super::source::Source;
use super::{Action, Confirm, Draft, Mfa, Plan, PlanKey, Read, Request, Step};
use super::{endpoint, invariants, key, mfa, partition, process, region, roles, unsent, unused};
use crate::arn::{self, Arn};
use crate::config::{Config, Key, ProfileColor};
use crate::env::Env;
use crate::error::Result;
use crate::masked;

/// The services that are asked, and how they are reached.
struct Services {
    region: Region,
    sts: Endpoint,
    connection: Connection,
    identity_center: Option<IdentityCenter>,
    signin: Option<Endpoint>,
}

pub(super) fn plan(draft: Draft<'_>, read: &Read) -> Result<Plan> {
    let Draft {
        config,
        request,
        env,
        mut chain,
    } = draft;
    let mut warnings = profile_warnings(&chain);
    let mfa = mfa::choose(&chain, request)?;
    unsent::refuse(&chain, mfa.as_ref())?;
    let given = roles::Given {
        config,
        env,
        policies: &read.policies,
    };
    roles::web_identity(&mut chain, given)?;
    let services = services(config, &chain, request, env, &mut warnings)?;
    let steps = actions(&chain, given, request, mfa.as_ref(), &mut warnings)?;
    let confirm = confirm(&chain)?;
    let made = invariants::Made {
        steps: &steps,
        confirm: confirm.as_ref(),
    };
    invariants::check(&chain, request, &made)?;
    odd_accounts(&chain, &services.sts, &mut warnings)?;

    let mut signer = chain.source.identity(env, read);
    let center = services.identity_center.as_ref();
    signer.extend(center.and_then(IdentityCenter::identity));
    let source_key = key::of_source(&signer);
    let endpoint = services.sts.identity(&services.region);
    let steps = keyed(&chain.source, &endpoint, source_key, steps);
    let has_code = steps.iter().any(|step| step.serial_number().is_some());
    Ok(Plan {
        unused: unused::in_chain(&chain),
        profile: chain.name,
        region: services.region,
        endpoint: services.sts,
        identity_center: services.identity_center,
        signin: services.signin,
        connection: services.connection,
        is_uncached: is_uncached(&chain.source, read),
        source: chain.source,
        source_key,
        steps,
        mfa: mfa.filter(|_| has_code),
        confirm,
        warnings: warnings.iter().map(|text| masked::message(text)).collect(),
    })
}

fn profile_warnings(chain: &Chain<'_>) -> Vec<String> {
    let problems = chain.links.iter().flat_map(|link| &link.profile.problems);
    problems
        .map(ToString::to_string)
        .chain(bad_color(chain))
        .chain(unsent::ignored(chain))
        .collect()
}

fn services(
    config: &Config,
    chain: &Chain<'_>,
    request: &Request,
    env: &Env,
    warnings: &mut Vec<String>,
) -> Result<Services> {
    let sts = endpoint::of_sts(config, chain, env)?;
    if sts.url.is_none() {
        partition::refuse_unknown(chain)?;
    }
    partition::refuse_mixed(chain)?;
    let region = region::choose(chain, request, env, sts.region_names())?;
    if region.origin == RegionOrigin::Fallback {
        warnings.push(format!(
            "no region is set anywhere: using {}. Set one with `region = …` in the profile, or \
             --region",
            region.name
        ));
    }
    mfa::refuse_other_partition(chain, &region)?;
    let sts = endpoint::in_region(sts, chain, &region, env)?;
    let connection = endpoint::connection(config, chain, env)?;
    let identity_center = endpoint::of_identity_center(config, chain, env)?;
    endpoint::check_sso_region(config, &chain.source, identity_center.as_ref())?;
    let signin = endpoint::of_signin(config, chain, env)?;
    Ok(Services {
        region,
        sts,
        connection,
        identity_center,
        signin,
    })
}

/// What is done in turn, each with the profile that it is done for.
fn actions(
    chain: &Chain<'_>,
    given: roles::Given<'_>,
    request: &Request,
    mfa: Option<&Mfa>,
    warnings: &mut Vec<String>,
) -> Result<Vec<(String, Action)>> {
    let mut roles = roles::steps(chain, given)?;
    mfa::limit_chained(&chain.source, &mut roles, warnings);
    let is_shared = !request.code_on_role;
    let mfa = mfa.map(|mfa| (mfa, is_shared));
    let mut actions = mfa::place(chain, given.config, mfa, roles, warnings)?;
    if !chain.source.is_keys() {
        let holder = chain.links.last().map(|link| link.profile.name.clone());
        actions.insert(0, (holder.unwrap_or_default(), Action::Source));
    }
    Ok(actions)
}

fn is_uncached(source: &Source, read: &Read) -> bool {
    match source {
        Source::CredentialProcess {
            is_cached, command, ..
        } => !is_cached || (!read.process.is_whole && !process::is_xacct(command)),
        _ => false,
    }
}

fn keyed(
    source: &Source,
    endpoint: &str,
    source_key: PlanKey,
    steps: Vec<(String, Action)>,
) -> Vec<Step> {
    let keys = key::keys(endpoint, source_key, &steps);
    let is_open = source.may_be_long_term() && !source.has_long_term_keys();
    let mut keyed = Vec::new();
    for (index, ((profile, action), key)) in steps.into_iter().zip(keys).enumerate() {
        keyed.push(Step {
            is_conditional: is_open && index == 1 && action.takes_long_term_keys(),
            profile,
            action,
            key,
        });
    }
    keyed
}

/// A guard counts in every profile of the chain: without a yes, nothing is got through it either.
fn confirm(chain: &Chain<'_>) -> Result<Option<Confirm>> {
    let mut wanting = None;
    for link in &chain.links {
        let wants = link.switch(Key::Confirm)?;
        if let Some(value) = link
            .value(Key::Confirm)
            .filter(|_| wants && wanting.is_none())
        {
            wanting = Some(Confirm {
                profile: link.profile.name.clone(),
                place: value.place.to_string(),
            });
        }
    }
    Ok(wanting)
}

/// In xacct's own file a wrong colour is an error; in the AWS files it may be another tool's.
fn bad_color(chain: &Chain<'_>) -> Option<String> {
    let value = chain.selected()?.value(Key::Color)?;
    let why = ProfileColor::parse(value.text).err()?;
    Some(format!("{}: color: {why}", value.place))
}

/// An account id that is not twelve digits is a typing error, and AWS would only burn the code;
/// services that are not AWS's may have others.
///
/// Errors: of kind `Config`, where the request would go to AWS.
fn odd_accounts(chain: &Chain<'_>, endpoint: &Endpoint, warnings: &mut Vec<String>) -> Result<()> {
    let assumed = chain.links[..chain.roles]
        .iter()
        .chain(chain.web_identity());
    for link in assumed {
        let Some(role_arn) = link.value(Key::RoleArn) else {
            continue;
        };
        let account_id = Arn::parse(role_arn.text).map_or("", |role| role.account_id);
        if arn::is_account_id(account_id) {
            continue;
        }
        if endpoint.url.is_none() {
            let message = format!("the account id '{account_id}' in role_arn is not twelve digits");
            let error = role_arn.error(&message).named("account-id-odd");
            return Err(error.hint("write it like arn:aws:iam::123456789012:role/Name"));
        }
        warnings.push(format!(
            "profile '{}': the account id '{account_id}' in role_arn is not twelve digits",
            link.profile.name
        ));
    }
    Ok(())
}
