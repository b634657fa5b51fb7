//! The last AssumeRole of a plan, with what policies must know of it.

use super::caller::Caller;
use crate::arn::{self, Arn};
use crate::error::{Error, Result};
use crate::plan::{Action, AssumeRole, Plan, Source, Step};

/// STS's default, and the least that a role's maximum can be, in seconds.
const HOUR: u32 = 3600;

/// The last AssumeRole of a plan.
#[derive(Debug)]
pub(crate) struct Hop<'p> {
    pub(crate) role: &'p AssumeRole,
    pub(crate) arn: Arn<'p>,
    /// Who signs it, as far as the files say.
    pub(crate) caller: Caller,
    /// Whether the session that signs it, or the request itself, carries MFA.
    pub(crate) mfa: bool,
    /// The keys of the tags that the request sets, and of those that the caller's session hands
    /// down.
    pub(crate) tag_keys: Vec<&'p str>,
    /// Whether the session has a source identity, its own or one handed down.
    pub(crate) source_identity: bool,
}

impl<'p> Hop<'p> {
    /// Errors: of kind `Config`, where the plan assumes no role by AssumeRole.
    pub(crate) fn of(plan: &'p Plan) -> Result<Hop<'p>> {
        let mut before: Vec<&'p AssumeRole> = plan.steps.iter().filter_map(assumed).collect();
        let (Some(role), Some(step)) = (before.pop(), plan.steps.last()) else {
            return Err(no_role(plan));
        };
        let arn = Arn::parse(&role.role_arn).ok_or_else(|| no_role(plan))?;
        // In a chain the session that signs is a role's, which has no MFA in its context
        // (docs/aws.md A3.2).
        let signers = if before.is_empty() {
            &plan.steps[..]
        } else {
            std::slice::from_ref(step)
        };
        let mfa = signers.iter().any(|step| step.serial_number().is_some());
        let own = role.tags.iter().map(|(key, _)| key.as_str());
        let handed_down = before.iter().flat_map(|role| {
            let keys = role.tags.iter().map(|(key, _)| key);
            keys.filter(|key| role.transitive_tag_keys.contains(key))
                .map(String::as_str)
        });
        Ok(Hop {
            role,
            arn,
            caller: before.last().map_or_else(
                || of_source(plan),
                |role| Caller::Role(role.role_arn.clone()),
            ),
            mfa,
            tag_keys: own.chain(handed_down).collect(),
            source_identity: before
                .iter()
                .chain([&role])
                .any(|role| role.source_identity.is_some()),
        })
    }

    /// What the role's maximum session duration must be, in seconds.
    pub(crate) fn max_session_duration(&self) -> u32 {
        self.role.duration_seconds.max(HOUR)
    }
}

fn assumed(step: &Step) -> Option<&AssumeRole> {
    match &step.action {
        Action::AssumeRole(role) => Some(role),
        Action::Source | Action::GetSessionToken { .. } => None,
    }
}

/// Who signs the first AssumeRole.
fn of_source(plan: &Plan) -> Caller {
    match &plan.source {
        Source::WebIdentity(web) => Caller::Role(web.role_arn.clone()),
        Source::Sso(sso) => match (&sso.account_id, &sso.role_name) {
            (Some(account_id), Some(role_name)) => Caller::PermissionSet {
                account_id: account_id.clone(),
                role_name: role_name.clone(),
            },
            _ => Caller::Unknown { account_id: None },
        },
        Source::AccessKey { .. }
        | Source::StoredKey(_)
        | Source::Environment { .. }
        | Source::Ec2InstanceMetadata(_)
        | Source::EcsContainer
        | Source::Login { .. }
        | Source::CredentialProcess { .. } => Caller::Unknown {
            account_id: account_id(plan).map(str::to_owned),
        },
    }
}

fn account_id(plan: &Plan) -> Option<&str> {
    // A device belongs to its user, whose account is in its ARN.
    let serial = plan.mfa.as_ref().and_then(|mfa| Arn::parse(&mfa.serial));
    let of_device = serial
        .map(|device| device.account_id)
        .filter(|id| arn::is_account_id(id));
    plan.source.account_id().or(of_device)
}

fn no_role(plan: &Plan) -> Error {
    let profile = &plan.profile;
    if let Source::WebIdentity(web) = &plan.source {
        return Error::config(format!(
            "profile '{profile}' assumes {} with a token, not with AWS credentials",
            web.role_arn
        ))
        .hint("such a role trusts the token's issuer, which only its account knows");
    }
    Error::config(format!(
        "profile '{profile}' assumes no role: nothing to allow"
    ))
    .hint("name a profile with a role_arn, or a role ARN with --source-profile")
}
