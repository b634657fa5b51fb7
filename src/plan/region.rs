//! Which region requests are signed for and children are told: AWS.md A1.2.

use super::Request;
use super::chain::Chain;
use crate::arn::Arn;
use crate::env::Env;

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
    /// `AWS_REGION` or `AWS_DEFAULT_REGION`, which won over the profile's.
    Variable(&'static str),
    /// `region = …` in the profile or, failing that, in a profile on the way to the source.
    Setting(String),
    /// Nowhere: the partition's first region.
    Fallback,
}

/// Chooses the region for every request of a plan.
///
/// `AWS_REGION` wins over the profile, as in the SDKs, with one exception: in a shell that xacct itself has set
/// up (`XACCT_PROFILE`), it is the *last* profile's region and comes after what this profile says.
pub(super) fn choose(chain: &Chain<'_>, request: &Request, env: &Env) -> Region {
    if let Some(name) = &request.region {
        return Region { name: name.clone(), origin: RegionOrigin::Option };
    }
    let variable = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(|name| {
        let value = env.get(name)?;
        Some(Region { name: value.trim().to_owned(), origin: RegionOrigin::Variable(name) })
    });
    let setting = chain
        .first("region")
        .map(|value| Region { name: value.text.to_owned(), origin: RegionOrigin::Setting(value.place) });
    let (first, second) =
        if env.get("XACCT_PROFILE").is_some() { (setting, variable) } else { (variable, setting) };
    first
        .or(second)
        .unwrap_or_else(|| Region { name: fallback(chain).to_owned(), origin: RegionOrigin::Fallback })
}

/// The first region of the partition that the role is in.
fn fallback(chain: &Chain<'_>) -> &'static str {
    let role_arn = chain.first("role_arn");
    match role_arn.and_then(|value| Arn::parse(value.text).map(|arn| arn.partition)) {
        Some("aws-cn") => "cn-north-1",
        Some("aws-us-gov") => "us-gov-west-1",
        Some("aws-iso") => "us-iso-east-1",
        Some("aws-iso-b") => "us-isob-east-1",
        Some("aws-iso-e") => "eu-isoe-west-1",
        Some("aws-iso-f") => "us-isof-south-1",
        Some("aws-eusc") => "eusc-de-east-1",
        _ => "us-east-1",
    }
}
