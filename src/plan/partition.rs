//! AWS's partitions are worlds of their own: what one chain, its source and its region name must be
//! in the same one.

use super::chain::Chain;
use super::chain_profile::Value;
use super::source::Source;
use super::{Plan, Step, checks};
use crate::arn::{Arn, PARTITIONS};
use crate::config::Key;
use crate::error::{Error, Place, Result};

/// Something whose partition the files tell.
struct KnownPartition {
    partition: String,
    /// `the role arn:aws:iam::…`
    what: String,
    /// The line that names it.
    place: Place,
}

/// Errors: of kind `Config`, for a role that is assumed from another partition, with its line.
pub(super) fn refuse_mixed(chain: &Chain<'_>) -> Result<()> {
    let known: Vec<KnownPartition> = roles(chain).into_iter().chain(of_source(chain)).collect();
    for pair in known.windows(2) {
        let [role, from] = pair else { continue };
        if role.partition == from.partition || !both_of_aws(&role.partition, &from.partition) {
            continue;
        }
        return Err(Error::config(format!(
            "{} is in the partition {}, and {}, from which it is assumed, in {}",
            role.what, role.partition, from.what, from.partition
        ))
        .at(role.place.clone())
        .hint(format!(
            "a role is assumed from its own partition: name a source_profile in {}, or correct the \
             role_arn",
            role.partition
        )));
    }
    Ok(())
}

/// What AWS has none of: a role's partition that is a typing error, an empty path. Other services
/// than AWS may have them.
///
/// Errors: of kind `Config`, with the role's line.
pub(super) fn refuse_unknown(chain: &Chain<'_>) -> Result<()> {
    for role_arn in role_arns(chain) {
        let is_role = checks::role_arn(role_arn.text).is_ok();
        let Some(role) = Arn::parse(role_arn.text).filter(|_| is_role) else {
            continue;
        };
        if !PARTITIONS.contains(&role.partition) {
            let message = format!(
                "the partition '{}' in role_arn is not one of AWS's",
                role.partition
            );
            let hint = format!("it is one of {}", PARTITIONS.join(", "));
            return Err(role_arn.error(&message).hint(hint));
        }
        if role.role_path() == Some("//") {
            return Err(role_arn
                .error("role_arn has an empty path")
                .hint("write one / before the role's name: arn:aws:iam::123456789012:role/Name"));
        }
    }
    Ok(())
}

/// The partition that the credentials will be of, as far as the files tell, and what says so.
pub(super) fn of_chain(chain: &Chain<'_>) -> Option<(String, String)> {
    let role_arn = role_arn(chain);
    let role = role_arn
        .as_deref()
        .and_then(|text| Some((Arn::parse(text)?.partition.to_owned(), text)));
    match role {
        Some((partition, text)) => Some((partition, format!("the role {text}"))),
        None => of_source(chain).map(|known| (known.partition, known.what)),
    }
}

/// The partition of what a plan ends in, as far as it tells, and what says so.
pub(super) fn of_plan(plan: &Plan) -> Option<(String, String)> {
    let role_arn = plan.steps.iter().rev().find_map(Step::role_arn);
    let device = plan.mfa.as_ref().map(|mfa| &*mfa.serial);
    let named = [
        role_arn.map(|arn| (arn, "role")),
        device.map(|arn| (arn, "device")),
    ];
    named
        .into_iter()
        .flatten()
        .find_map(|(text, kind)| {
            Some((
                Arn::parse(text)?.partition.to_owned(),
                format!("the {kind} {text}"),
            ))
        })
        .or_else(|| named_by(&plan.source))
}

/// The role that the credentials will be of.
pub(super) fn role_arn(chain: &Chain<'_>) -> Option<String> {
    let assumed = chain.links[..chain.roles]
        .first()
        .and_then(|link| link.value(Key::RoleArn));
    match (&chain.source, assumed) {
        (_, Some(role_arn)) => Some(role_arn.text.to_owned()),
        (Source::WebIdentity(web), None) => Some(web.role_arn.clone()),
        _ => None,
    }
}

fn role_arns<'c>(chain: &'c Chain<'_>) -> Vec<Value<'c>> {
    let assumed = chain.links[..chain.roles]
        .iter()
        .chain(chain.web_identity());
    assumed
        .filter_map(|link| link.value(Key::RoleArn))
        .collect()
}

fn roles(chain: &Chain<'_>) -> Vec<KnownPartition> {
    let assumed = chain.links[..chain.roles]
        .iter()
        .filter_map(|link| link.value(Key::RoleArn));
    let known = assumed.filter_map(|value| {
        let partition = Arn::parse(value.text)?.partition.to_owned();
        Some(KnownPartition {
            partition,
            what: format!("the role {}", value.text),
            place: value.place,
        })
    });
    known.collect()
}

fn of_source(chain: &Chain<'_>) -> Option<KnownPartition> {
    let (partition, what) = named_by(&chain.source)?;
    Some(KnownPartition {
        partition,
        what,
        place: "".into(),
    })
}

fn named_by(source: &Source) -> Option<(String, String)> {
    match source {
        Source::WebIdentity(web) => {
            let partition = Arn::parse(&web.role_arn)?.partition.to_owned();
            Some((partition, format!("the role {}", web.role_arn)))
        }
        Source::Sso(sso) => {
            let partition = crate::region::partition(&sso.region)?.to_owned();
            Some((partition, format!("the Identity Center in {}", sso.region)))
        }
        Source::Login { login_session, .. } => {
            let partition = Arn::parse(login_session.trim())?.partition.to_owned();
            Some((partition, format!("the sign-in {}", login_session.trim())))
        }
        Source::AccessKey { .. }
        | Source::StoredKey(_)
        | Source::Environment { .. }
        | Source::Ec2InstanceMetadata(_)
        | Source::EcsContainer
        | Source::CredentialProcess { .. } => None,
    }
}

/// Services that are not AWS's have partitions of their own making.
fn both_of_aws(one: &str, other: &str) -> bool {
    one.starts_with("aws") && other.starts_with("aws")
}
