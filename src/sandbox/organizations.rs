//! AWS Organizations, as far as xacct asks it: the accounts of the world that are in an
//! organization, their units and tags.
//!
//! Source: the service model `organizations/2016-11-28`.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::answer::{AwsRefusal, Content};
use super::params::Form;
use super::sigv4::Received;
use super::state::{SignerIdentity, State};
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
) -> Result<Content, AwsRefusal> {
    let world = &state.world;
    admit(world, &sts::signer(state, received, now)?)?;
    let (name, found) = match action {
        "ListAccounts" => ("Accounts", accounts(world, None)),
        "ListRoots" => {
            let arn = arn(world, "root", ROOT);
            let root = json!({ "Id": ROOT, "Name": "Root", "Arn": arn, "PolicyTypes": [] });
            ("Roots", vec![root])
        }
        "ListAccountsForParent" => {
            let parent = known_parent(world, parameter(form, "ParentId"))?;
            ("Accounts", accounts(world, Some(&parent)))
        }
        "ListOrganizationalUnitsForParent" => {
            let parent = known_parent(world, parameter(form, "ParentId"))?;
            ("OrganizationalUnits", units(world, &parent))
        }
        "ListParents" => ("Parents", vec![parent(world, parameter(form, "ChildId"))?]),
        "DescribeOrganizationalUnit" => {
            let unit = described(world, parameter(form, "OrganizationalUnitId"))?;
            return Ok(Content::Json(json!({ "OrganizationalUnit": unit })));
        }
        "ListTagsForResource" => ("Tags", tags(world, parameter(form, "ResourceId"))?),
        _ => {
            let message = format!("The sandbox has no {action}.");
            return Err(AwsRefusal::new(400, "UnknownOperationException", message));
        }
    };
    paged(name, &found, form)
}

fn parameter<'a>(form: &'a Form, name: &str) -> &'a str {
    form.get(name).map(String::as_str).unwrap_or_default()
}

/// All accounts, or those right below a parent.
fn accounts(world: &World, parent: Option<&str>) -> Vec<Value> {
    let below =
        members(world).filter(|account| parent.is_none_or(|parent| unit_of(account) == parent));
    below.map(|account| shown(world, account)).collect()
}

fn units(world: &World, parent: &str) -> Vec<Value> {
    let below = paths(world).into_iter();
    let below = below.filter(|path| parent_of(path) == parent);
    below.map(|path| unit(world, &path)).collect()
}

fn parent(world: &World, child: &str) -> Result<Value, AwsRefusal> {
    let mut paths = paths(world).into_iter();
    let of_unit = paths.find(|path| unit_id(path) == child);
    let mut accounts = members(world);
    let parent = of_unit
        .map(|path| parent_of(&path))
        .or_else(|| accounts.find(|account| account.id == child).map(unit_of))
        .ok_or_else(|| {
            let message = "You specified a child that doesn't exist.";
            AwsRefusal::new(400, "ChildNotFoundException", message)
        })?;
    let kind = if parent == ROOT {
        "ROOT"
    } else {
        "ORGANIZATIONAL_UNIT"
    };
    Ok(json!({ "Id": parent, "Type": kind }))
}

fn described(world: &World, id: &str) -> Result<Value, AwsRefusal> {
    let mut paths = paths(world).into_iter();
    let path = paths.find(|path| unit_id(path) == id).ok_or_else(|| {
        let message = "You specified an organizational unit that doesn't exist.";
        AwsRefusal::new(400, "OrganizationalUnitNotFoundException", message)
    })?;
    Ok(unit(world, &path))
}

fn tags(world: &World, account: &str) -> Result<Vec<Value>, AwsRefusal> {
    let mut members = members(world);
    let account = members.find(|one| one.id == account).ok_or_else(|| {
        let message = "You specified a target that doesn't exist.";
        AwsRefusal::new(400, "TargetNotFoundException", message)
    })?;
    let tags = account.tags.iter();
    Ok(tags
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect())
}

/// Errors: the signer's account is in no organization, or does not manage it.
fn admit(world: &World, signer: &SignerIdentity) -> Result<(), AwsRefusal> {
    if !members(world).any(|account| account.id == signer.account_id) {
        let message = "Your account is not a member of an organization.";
        return Err(AwsRefusal::new(
            400,
            "AWSOrganizationsNotInUseException",
            message,
        ));
    }
    if management(world) != Some(signer.account_id.as_str()) {
        let message = "You don't have permissions to access this resource.";
        return Err(AwsRefusal::new(400, "AccessDeniedException", message));
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

fn known_parent(world: &World, id: &str) -> Result<String, AwsRefusal> {
    let is_known = id == ROOT || paths(world).iter().any(|path| unit_id(path) == id);
    let message = "You specified a root or organizational unit that doesn't exist.";
    if is_known {
        Ok(id.to_owned())
    } else {
        Err(AwsRefusal::new(400, "ParentNotFoundException", message))
    }
}

fn paged(name: &str, all: &[Value], form: &Form) -> Result<Content, AwsRefusal> {
    let from = match form.get("NextToken") {
        None => Some(0),
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|from| from.parse().ok())
            .filter(|from| *from <= all.len()),
    };
    let from = from.ok_or_else(|| {
        AwsRefusal::new(
            400,
            "InvalidInputException",
            "You provided invalid values for NextToken.",
        )
    })?;
    let until = (from + PAGE).min(all.len());
    let next = (until < all.len()).then(|| format!("page-{until}"));
    Ok(Content::Json(
        json!({ name: all[from..until], "NextToken": next }),
    ))
}
