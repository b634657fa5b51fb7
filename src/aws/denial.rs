//! Why AWS denied a request, where its message says so: which kind of policy, and whether it denies
//! or only does not allow.

/// The kinds of policy that AWS names, in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PolicyType {
    Identity,
    /// A resource-based policy; that of a role is its trust policy.
    Resource,
    PermissionsBoundary,
    Session,
    ServiceControl,
    ResourceControl,
    VpcEndpoint,
}

/// The reason that AWS gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Denial {
    pub(crate) policy: PolicyType,
    /// A statement denies it, as opposed to none that allows it.
    pub(crate) is_explicit: bool,
}

const NAMES: [(&str, PolicyType); 9] = [
    ("identity-based polic", PolicyType::Identity),
    ("resource-based polic", PolicyType::Resource),
    ("role trust polic", PolicyType::Resource),
    ("trust polic", PolicyType::Resource),
    ("permissions boundar", PolicyType::PermissionsBoundary),
    ("session polic", PolicyType::Session),
    ("service control polic", PolicyType::ServiceControl),
    ("resource control polic", PolicyType::ResourceControl),
    ("vpc endpoint polic", PolicyType::VpcEndpoint),
];

impl Denial {
    /// No policy of the caller's own allows it.
    pub(crate) const IDENTITY: Denial = Denial {
        policy: PolicyType::Identity,
        is_explicit: false,
    };

    /// From the message of an `AccessDenied`: `… with an explicit deny in a service control
    /// policy`, `… because no identity-based policy allows the sts:AssumeRole action`. The last one
    /// counts: a resource's name comes before it.
    pub(super) fn parse(message: &str) -> Option<Denial> {
        let message = message.to_ascii_lowercase();
        let explicit = message
            .rsplit_once("explicit deny in ")
            .map(|(before, rest)| (before.len(), rest, true));
        let implicit = message
            .rsplit_once("because no ")
            .map(|(before, rest)| (before.len(), rest, false));
        let (_, rest, is_explicit) = explicit
            .into_iter()
            .chain(implicit)
            .max_by_key(|found| found.0)?;
        let rest = ["a ", "an ", "the "]
            .iter()
            .find_map(|article| rest.strip_prefix(article))
            .unwrap_or(rest);
        let named = NAMES.iter().find(|(name, _)| rest.starts_with(name));
        named.map(|(_, policy)| Denial {
            policy: *policy,
            is_explicit,
        })
    }
}

/// What STS's message says of the reason for a refusal, where its code does not: the one place that
/// reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The device is known, and the code is not its current one.
    WrongCode,
    /// The device is not one of the signer's, or there is no code with it.
    Device,
    /// The role's `MaxSessionDuration` is less than was asked for.
    Duration,
    /// The date of the signature: `Signature expired: …` or `Signature not yet current: …`.
    Clock,
    /// The region that the signature is for is not the endpoint's.
    Scope,
    /// The account's root user signed the request, and cannot assume a role.
    Root,
}

impl Reason {
    /// STS says `MultiFactorAuthentication failed with invalid MFA one time pass code.`; with `must
    /// provide both MFA serial number and one time pass code.` or `unable to validate MFA code` it
    /// is the device. Of a root user it says `Roles may not be assumed by root accounts.`
    pub(super) fn parse(message: &str) -> Option<Reason> {
        if message.contains("MultiFactorAuthentication failed") {
            let is_code =
                message.contains("one time pass code") && !message.contains("must provide both");
            return Some(if is_code {
                Reason::WrongCode
            } else {
                Reason::Device
            });
        }
        if message.starts_with("Signature expired")
            || message.starts_with("Signature not yet current")
        {
            return Some(Reason::Clock);
        }
        if message.contains("Credential should be scoped to") {
            return Some(Reason::Scope);
        }
        if message.contains("may not be assumed by root") {
            return Some(Reason::Root);
        }
        message
            .contains("MaxSessionDuration")
            .then_some(Reason::Duration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: &str = "User: arn:aws:iam::111111111111:user/you is not authorized to perform: \
                           sts:AssumeRole on resource: arn:aws:iam::222222222222:role/Admin";

    #[test]
    fn every_reason_that_aws_gives() {
        use PolicyType::{
            Identity, PermissionsBoundary, Resource, ResourceControl, ServiceControl, Session,
            VpcEndpoint,
        };
        for (name, policy) in [
            ("an identity-based policy", Identity),
            ("a resource-based policy", Resource),
            ("the role trust policy", Resource),
            ("a permissions boundary", PermissionsBoundary),
            ("a session policy", Session),
            (
                "a service control policy: arn:aws:organizations::1:policy/o-1/p-1",
                ServiceControl,
            ),
            ("a resource control policy", ResourceControl),
            ("a VPC endpoint policy", VpcEndpoint),
        ] {
            let said = Denial::parse(&format!("{REFUSED} with an explicit deny in {name}"));
            assert_eq!(
                said,
                Some(Denial {
                    policy,
                    is_explicit: true
                }),
                "{name}"
            );
            let name = name.split_once(' ').unwrap().1;
            let said = Denial::parse(&format!(
                "{REFUSED} because no {name} allows the sts:AssumeRole action"
            ));
            assert_eq!(
                said,
                Some(Denial {
                    policy,
                    is_explicit: false
                }),
                "{name}"
            );
        }
        for other in [
            REFUSED.to_owned(),
            format!("{REFUSED} with an explicit deny in a dream"),
        ] {
            assert_eq!(Denial::parse(&other), None);
        }
    }
}
