//! `--regions all`: each account's enabled regions, from what is known since yesterday or from AWS.
//! An account whose regions AWS does not list keeps one target, with the reason why nothing is run
//! there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use futures_util::{StreamExt, stream};

use crate::aws::{AccountManagement, account_url};
use crate::broker::{Broker, CodeOption, known_regions};
use crate::cache::Store;
use crate::commands::context::Context;
use crate::error::{Error, Kind, Result};

use crate::runtime;
use crate::say::{Voice, visible};
use crate::terminal::interruptible;

use super::outcome::Outcome;
use super::prepare;
use super::targets::{ALL_REGIONS, Member, RegionTarget, Work};

/// Of the members that it was asked for.
pub(super) type Found = BTreeMap<usize, std::result::Result<Vec<String>, Outcome>>;

/// Members of one account, as far as is known without asking.
struct Group {
    members: Vec<usize>,
}

/// Puts known regions in the place of `all`, and leaves those that are not known as they are.
pub(super) fn put_known(work: &mut Work, store: &Store, context: &Context) {
    let now = (context.now)();
    let mut found = Found::new();
    for index in all_members(work) {
        let Member { plan, account, .. } = &work.members[index];
        let (Some(endpoint), Some(account_id)) = (account, plan.account_id()) else {
            continue;
        };
        let url = account_url(endpoint, &plan.region.name);
        if let Some(regions) = known_regions(store, &url, account_id, now) {
            found.insert(index, Ok(regions));
        }
    }
    put(work, &found);
}

/// Asks AWS for what is not known, once for each account, so many at a time; whoever must be asked
/// for a code or to sign in is asked first.
///
/// Errors: a signal; what goes wrong before the first account is asked.
pub(super) fn ask(
    work: &Work,
    brokers: &[Broker<'_>],
    code: &CodeOption,
    jobs: u32,
    context: &Context,
) -> Result<Found> {
    let members = all_members(work);
    if members.is_empty() {
        return Ok(Found::new());
    }
    let jobs = usize::try_from(jobs).unwrap_or(usize::MAX);
    let services = services(work, &members, context)?;
    let found = runtime::run(async {
        let asking = async {
            let refused = prepare::provide(work, brokers, code, context.voice).await?;
            let open = members
                .iter()
                .copied()
                .filter(|member| !refused.contains_key(member));
            let groups =
                stream::iter(groups(work, open)).map(|group| of_account(group, brokers, &services));
            let asked: Vec<_> = groups.buffer_unordered(jobs).collect().await;
            let mut found: Found = asked.into_iter().flatten().collect();
            found.extend(
                refused
                    .into_iter()
                    .map(|(member, outcome)| (member, Err(outcome))),
            );
            Ok::<Found, Error>(found)
        };
        Box::pin(interruptible(asking)).await?
    })??;
    tell(&found, brokers, context.voice);
    Ok(found)
}

fn all_members(work: &Work) -> BTreeSet<usize> {
    work.targets
        .iter()
        .filter(|target| target.region == ALL_REGIONS)
        .map(|target| target.member)
        .collect()
}

/// One for each address: a connection is used for many accounts.
fn services(
    work: &Work,
    members: &BTreeSet<usize>,
    context: &Context,
) -> Result<HashMap<usize, Rc<AccountManagement>>> {
    let mut made: HashMap<(String, Option<String>), Rc<AccountManagement>> = HashMap::new();
    let mut services = HashMap::new();
    for member in members {
        let this = &work.members[*member];
        let (plan, Some(endpoint)) = (&this.plan, &this.account) else {
            continue;
        };
        let key = (
            account_url(endpoint, &plan.region.name),
            plan.connection.ca_bundle.clone(),
        );
        if !made.contains_key(&key) {
            let (region, now, voice) = (&plan.region.name, context.now, context.voice);
            let service = AccountManagement::new(endpoint, region, &plan.connection, now, voice)?;
            made.insert(key.clone(), Rc::new(service));
        }
        let Some(service) = made.get(&key).map(Rc::clone) else {
            continue;
        };
        services.insert(*member, service);
    }
    Ok(services)
}

fn groups(work: &Work, members: impl Iterator<Item = usize>) -> Vec<Group> {
    let mut groups: BTreeMap<(Option<&str>, usize), Group> = BTreeMap::new();
    for member in members {
        let account_id = work.members[member].plan.account_id();
        // Without an account id, each is a group of its own.
        let key = (account_id, account_id.map_or(member + 1, |_| 0));
        groups
            .entry(key)
            .or_insert(Group {
                members: Vec::new(),
            })
            .members
            .push(member);
    }
    groups.into_values().collect()
}

/// The account's regions, by the first of its roles that may ask; else each one's own error.
async fn of_account(
    group: Group,
    brokers: &[Broker<'_>],
    services: &HashMap<usize, Rc<AccountManagement>>,
) -> Vec<(usize, std::result::Result<Vec<String>, Outcome>)> {
    let mut refused = Vec::new();
    for member in &group.members {
        let (Some(broker), Some(service)) = (brokers.get(*member), services.get(member)) else {
            continue;
        };
        let listed = match broker.credentials_within().await {
            Ok(credentials) => broker.regions(service, &credentials).await,
            Err(error) => Err(error),
        };
        match listed {
            Ok(regions) => {
                return group
                    .members
                    .iter()
                    .map(|member| (*member, Ok(regions.clone())))
                    .collect();
            }
            Err(error) => {
                let is_signal = matches!(error.kind, Kind::Signal(_));
                refused.push((*member, Err(prepare::outcome_with_hints(&error))));
                if is_signal {
                    break;
                }
            }
        }
    }
    refused
}

/// Says the first of what went wrong in full: it is mostly the same for all.
fn tell(found: &Found, brokers: &[Broker<'_>], voice: Voice) {
    let wrong: Vec<&Outcome> = found
        .values()
        .filter_map(|found| found.as_ref().err())
        .collect();
    if let Some(first) = wrong.first() {
        let (count, of) = (wrong.len(), brokers.len());
        voice.warn(&format!(
            "the regions of {count} of {of} profiles are not known, so nothing is run there"
        ));
        let hints: Vec<String> = first
            .hints
            .iter()
            .map(|hint| format!("  {}\n", visible(hint)))
            .collect();
        voice.show(&hints.concat());
    }
}

/// Puts what was found in the place of `all`.
pub(super) fn put(work: &mut Work, found: &Found) {
    let mut targets = Vec::new();
    for target in std::mem::take(&mut work.targets) {
        match found
            .get(&target.member)
            .filter(|_| target.region == ALL_REGIONS)
        {
            Some(Ok(regions)) => {
                let member = target.member;
                targets.extend(regions.iter().map(|region| RegionTarget {
                    member,
                    region: region.clone(),
                }));
            }
            Some(Err(outcome)) => {
                work.refused.insert(target.member, outcome.clone());
                targets.push(target);
            }
            None => targets.push(target),
        }
    }
    work.targets = targets;
}
