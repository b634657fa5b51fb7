//! AWS Organizations, as far as xacct asks it: the accounts of the world that are in an
//! organization, their units and tags.
//!
//! Source: the service model `organizations/2016-11-28`.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::answer::{Content, Refusal};
use super::params::Form;
use super::sigv4::Received;
use super::state::{Identity, State};
use super::sts;
use super::world::{Account, World};

const ID: &str = "o-xacctsandbox";
const ROOT: &str = "r-sand";
/// Entries of a page: few, so that whoever forgets the next page is found out.
const PAGE: usize = 2;

/// Answers an action; `now` is the machine's clock.
pub(crate) fn answer(
    state: &State,
    action: &str,
    form: &Form,
    received: &Received<'_>,
    now: DateTime<Utc>,
) -> Result<Content, Refusal> {
    let world = &state.world;
    admit(world, &sts::signer(state, received, now)?)?;
    let parameter = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let accounts = |parent: Option<&str>| -> Vec<Value> {
        let below =
            members(world).filter(|account| parent.is_none_or(|parent| unit_of(account) == parent));
        below.map(|account| shown(world, account)).collect()
    };
    match action {
        "ListAccounts" => paged("Accounts", &accounts(None), form),
        "ListRoots" => {
            let root = json!({ "Id": ROOT, "Name": "Root", "Arn": arn(world, "root", ROOT), "PolicyTypes": [] });
            paged("Roots", &[root], form)
        }
        "ListAccountsForParent" => {
            let parent = known_parent(world, parameter("ParentId"))?;
            paged("Accounts", &accounts(Some(&parent)), form)
        }
        "ListOrganizationalUnitsForParent" => {
            let parent = known_parent(world, parameter("ParentId"))?;
            let units = paths(world)
                .into_iter()
                .filter(|path| parent_of(path) == parent);
            let units: Vec<Value> = units.map(|path| unit(world, &path)).collect();
            paged("OrganizationalUnits", &units, form)
        }
        "ListParents" => {
            let id = parameter("ChildId");
            let path = paths(world).into_iter().find(|path| unit_id(path) == id);
            let account = || members(world).find(|account| account.id == id).map(unit_of);
            let parent = path
                .map(|path| parent_of(&path))
                .or_else(account)
                .ok_or_else(|| {
                    Refusal::new(
                        400,
                        "ChildNotFoundException",
                        "You specified a child that doesn't exist.",
                    )
                })?;
            let kind = if parent == ROOT {
                "ROOT"
            } else {
                "ORGANIZATIONAL_UNIT"
            };
            paged("Parents", &[json!({ "Id": parent, "Type": kind })], form)
        }
        "DescribeOrganizationalUnit" => {
            let id = parameter("OrganizationalUnitId");
            let path = paths(world)
                .into_iter()
                .find(|path| unit_id(path) == id)
                .ok_or_else(|| {
                    let message = "You specified an organizational unit that doesn't exist.";
                    Refusal::new(400, "OrganizationalUnitNotFoundException", message)
                })?;
            Ok(Content::Json(
                json!({ "OrganizationalUnit": unit(world, &path) }),
            ))
        }
        "ListTagsForResource" => {
            let account = members(world).find(|account| account.id == parameter("ResourceId"));
            let account = account.ok_or_else(|| {
                Refusal::new(
                    400,
                    "TargetNotFoundException",
                    "You specified a target that doesn't exist.",
                )
            })?;
            let tags = account
                .tags
                .iter()
                .map(|(key, value)| json!({ "Key": key, "Value": value }));
            paged("Tags", &tags.collect::<Vec<_>>(), form)
        }
        _ => Err(Refusal::new(
            400,
            "UnknownOperationException",
            format!("The sandbox has no {action}."),
        )),
    }
}

/// Errors: the signer's account is in no organization, or does not manage it.
fn admit(world: &World, signer: &Identity) -> Result<(), Refusal> {
    if !members(world).any(|account| account.id == signer.account_id) {
        let message = "Your account is not a member of an organization.";
        return Err(Refusal::new(
            400,
            "AWSOrganizationsNotInUseException",
            message,
        ));
    }
    if management(world) != Some(signer.account_id.as_str()) {
        let message = "You don't have permissions to access this resource.";
        return Err(Refusal::new(400, "AccessDeniedException", message));
    }
    Ok(())
}

/// The accounts that say in which unit they are.
fn members(world: &World) -> impl Iterator<Item = &Account> {
    world
        .account
        .iter()
        .filter(|account| account.unit.is_some())
}

/// The first one manages the organization.
fn management(world: &World) -> Option<&str> {
    members(world).next().map(|account| account.id.as_str())
}

fn arn(world: &World, kind: &str, id: &str) -> String {
    format!(
        "arn:aws:organizations::{}:{kind}/{ID}/{id}",
        management(world).unwrap_or_default()
    )
}

fn shown(world: &World, account: &Account) -> Value {
    json!({
        "Id": account.id,
        "Arn": arn(world, "account", &account.id),
        "Name": account.name,
        "Email": format!("{}@example.com", account.name),
        "Status": "ACTIVE",
        "State": "ACTIVE",
        "JoinedMethod": "CREATED",
    })
}

fn unit(world: &World, path: &str) -> Value {
    let (id, name) = (unit_id(path), path.rsplit('/').next().unwrap_or_default());
    json!({ "Id": id, "Name": name, "Arn": arn(world, "ou", &id) })
}

/// Every unit by its path below the root.
fn paths(world: &World) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for path in members(world).filter_map(|account| account.unit.as_deref()) {
        let ends = path
            .match_indices('/')
            .map(|(end, _)| end)
            .chain([path.len()]);
        paths.extend(
            ends.map(|end| path[..end].to_owned())
                .filter(|path| !path.is_empty()),
        );
    }
    paths
}

/// The root's id, or a unit's, by its path.
fn unit_id(path: &str) -> String {
    if path.is_empty() {
        return ROOT.to_owned();
    }
    format!("ou-sand-{}", &hex::encode(Sha256::digest(path))[..8])
}

fn unit_of(account: &Account) -> String {
    unit_id(account.unit.as_deref().unwrap_or_default())
}

fn parent_of(path: &str) -> String {
    unit_id(path.rsplit_once('/').map_or("", |(parent, _)| parent))
}

fn known_parent(world: &World, id: &str) -> Result<String, Refusal> {
    let is_known = id == ROOT || paths(world).iter().any(|path| unit_id(path) == id);
    let message = "You specified a root or organizational unit that doesn't exist.";
    if is_known {
        Ok(id.to_owned())
    } else {
        Err(Refusal::new(400, "ParentNotFoundException", message))
    }
}

fn paged(name: &str, all: &[Value], form: &Form) -> Result<Content, Refusal> {
    let invalid = || {
        Refusal::new(
            400,
            "InvalidInputException",
            "You provided invalid values for NextToken.",
        )
    };
    let from = match form.get("NextToken") {
        None => 0,
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|from| from.parse().ok())
            .ok_or_else(invalid)?,
    };
    if from > all.len() {
        return Err(invalid());
    }
    let until = (from + PAGE).min(all.len());
    let next = (until < all.len()).then(|| format!("page-{until}"));
    Ok(Content::Json(
        json!({ name: all[from..until], "NextToken": next }),
    ))
}
