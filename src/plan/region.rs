//! Which region requests are signed for and children are told: docs/aws.md A1.2.

use super::chain::Chain;
use super::partition;
use super::{Plan, Request};
use crate::arn::Arn;
use crate::config::Key;
use crate::env::Env;
use crate::error::{Error, Place, Result};
use crate::region::{self, Names};

/// A region and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) name: String,
    pub(crate) origin: RegionOrigin,
}

/// In the order they are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RegionOrigin {
    /// `--region`
    Option,
    /// `AWS_REGION` or `AWS_DEFAULT_REGION`, which won over the profile's, or `XACCT_REGION`.
    Variable(&'static str),
    /// `region = …` in the profile or, failing that, in a profile on the way to the source.
    Setting(Place),
    /// Nowhere: the partition's first region.
    Fallback,
}

impl RegionOrigin {
    /// What says so, as it stands in front of a message.
    pub(crate) fn place(&self) -> Place {
        match self {
            RegionOrigin::Option => "--region".into(),
            RegionOrigin::Variable(name) => (*name).into(),
            RegionOrigin::Setting(place) => place.clone(),
            RegionOrigin::Fallback => "no region is set".into(),
        }
    }
}

/// Chooses the region for every request of a plan. `custom` is whether STS has an address of its
/// own.
///
/// `AWS_REGION` wins over the profile, as in the SDKs. `env` is the user's own: a region that
/// `assume` has set for another profile is not in it, or is the last resort if nothing says which
/// it is.
///
/// Errors: of kind `Config`, for what is not a region, and for one that the role's partition does
/// not have.
pub(super) fn choose(
    chain: &Chain<'_>,
    request: &Request,
    env: &Env,
    names: Names,
) -> Result<Region> {
    let found = found(chain, request, env);
    check(&found.name, &found.origin.place(), names)?;
    refuse_other_partition(
        &found.name,
        &found.origin.place(),
        partition::of_chain(chain),
    )?;
    Ok(found)
}

/// Errors: of kind `Config`; `place` is where the name was found.
pub(super) fn check(name: &str, place: &Place, names: Names) -> Result<()> {
    region::check(name, names).map_err(|wrong| {
        let error = Error::config(format!("'{name}' {}", wrong.why)).at(place.clone());
        let error = error.named("region-malformed");
        match wrong.meant {
            Some(meant) => error.did_you_mean(meant),
            None => error.hint("name one region, such as eu-central-1"),
        }
    })
}

/// STS of one partition knows nothing of the roles of another. `known` is a partition and what is
/// in it.
fn refuse_other_partition(
    name: &str,
    place: &Place,
    known: Option<(String, String)>,
) -> Result<()> {
    let Some((wanted, what)) = known.filter(|(partition, _)| partition.starts_with("aws")) else {
        return Ok(());
    };
    let option = if *place == Place::from("--regions") {
        "--regions"
    } else {
        "--region"
    };
    match region::partition(name) {
        Some(partition) if partition != wanted => Err(Error::config(format!(
            "the region {name} is in the partition {partition}, and {what} in {wanted}"
        ))
        .at(place.clone())
        .hint(format!(
            "{option} {}    or another region of {wanted}",
            first_region(&wanted)
        ))),
        _ => Ok(()),
    }
}

impl Plan {
    /// Holds another region than the plan's own, which `place` names, to the same rules.
    ///
    /// Errors: of kind `Config`, for what is not a region, and for one of another partition.
    pub(crate) fn check_region(&self, name: &str, place: &str) -> Result<()> {
        let place = &place.into();
        check(name, place, self.endpoint.region_names())?;
        refuse_other_partition(name, place, partition::of_plan(self))
    }
}

fn found(chain: &Chain<'_>, request: &Request, env: &Env) -> Region {
    if let Some(name) = &request.role.region {
        let origin = match request.typed(Key::Region) {
            Some(variable) if variable.starts_with("XACCT_") => RegionOrigin::Variable(variable),
            _ => RegionOrigin::Option,
        };
        return Region {
            name: name.trim().to_owned(),
            origin,
        };
    }
    let variable = ["AWS_REGION", "AWS_DEFAULT_REGION"]
        .into_iter()
        .find_map(|name| {
            let value = env.get(name)?;
            Some(Region {
                name: value.trim().to_owned(),
                origin: RegionOrigin::Variable(name),
            })
        });
    let setting = chain.first(Key::Region).map(|value| Region {
        name: value.text.to_owned(),
        origin: RegionOrigin::Setting(value.place),
    });
    let (first, second) = if env.is_region_doubtful {
        (setting, variable)
    } else {
        (variable, setting)
    };
    first.or(second).unwrap_or_else(|| Region {
        name: fallback(chain).to_owned(),
        origin: RegionOrigin::Fallback,
    })
}

/// The first region of the partition that the role is in.
fn fallback(chain: &Chain<'_>) -> &'static str {
    let role_arn = partition::role_arn(chain)
        .or_else(|| chain.first(Key::RoleArn).map(|value| value.text.to_owned()));
    role_arn
        .as_deref()
        .and_then(Arn::parse)
        .map_or("us-east-1", |arn| first_region(arn.partition))
}

fn first_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-iso-e" => "eu-isoe-west-1",
        "aws-iso-f" => "us-isof-south-1",
        "aws-eusc" => "eusc-de-east-1",
        _ => "us-east-1",
    }
}
