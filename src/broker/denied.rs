//! What to do about `AccessDenied`: by the reason that AWS gives, or else by what the profile could
//! lack.

use super::run::Run;
use crate::aws::{Denial, PolicyType};
use crate::config::words;
use crate::error::Error;
use crate::plan::AssumeRole;

/// Where the policy is that denies, or does not allow, an action; the error as it is where AWS does
/// not say.
pub(super) fn denied(error: Error, denial: Option<Denial>, action: &str) -> Error {
    let Some(Denial {
        policy,
        is_explicit,
    }) = denial
    else {
        return error;
    };
    let does = if is_explicit {
        "denies"
    } else {
        "does not allow"
    };
    error.hint(match policy {
        PolicyType::Identity if is_explicit => format!(
            "- a policy of the caller (its user, group or role) denies {action}, perhaps without \
             MFA or from elsewhere"
        ),
        PolicyType::Identity => format!("- the caller's own policy must allow {action}"),
        PolicyType::Resource => {
            format!("- the policy of what is asked for {does} it: see its conditions")
        }
        PolicyType::PermissionsBoundary => {
            format!("- the permissions boundary of the caller (its user or role) {does} {action}")
        }
        PolicyType::Session => {
            format!("- the session policy of the credentials that sign the request {does} {action}")
        }
        PolicyType::ServiceControl => format!(
            "- a service control policy (SCP) {does} {action} in the caller's account: ask the \
             administrator of its organization"
        ),
        PolicyType::ResourceControl => format!(
            "- a resource control policy (RCP) {does} {action} in the account that is asked: ask \
             the administrator of its organization"
        ),
        PolicyType::VpcEndpoint => {
            format!(
                "- the policy of the VPC endpoint that the request goes through {does} {action}"
            )
        }
    })
}

/// The same for a role, with what the profile can do about it.
pub(super) fn denied_role(
    run: &Run<'_>,
    index: usize,
    role: &AssumeRole,
    denial: Denial,
    error: Error,
) -> Error {
    let plan = run.broker.plan;
    let profile = words::typed(&plan.profile).into_owned();
    let error = match (denial.policy, denial.is_explicit) {
        // The trust policy: an ExternalId and MFA are conditions there.
        (PolicyType::Resource, _) => {
            return conditions(run, index, role, error)
                .hint(format!(
                    "- the trust policy of {} must name the caller",
                    role.role_arn
                ))
                .hint(format!(
                    "xacct policy trust {profile}    prints what it must say"
                ));
        }
        (PolicyType::Identity, false) => denied(
            error,
            Some(denial),
            &format!("sts:AssumeRole on {}", role.role_arn),
        )
        .hint(format!(
            "xacct policy caller {profile}    prints what to add"
        )),
        (PolicyType::Identity, true) if !has_mfa(run, index) => {
            denied(error, Some(denial), "sts:AssumeRole").hint(format!(
                "- this is usual without MFA, and '{}' uses none: set mfa_serial",
                plan.steps[index].profile
            ))
        }
        (PolicyType::Session, _) if index > 0 => denied(error, Some(denial), "sts:AssumeRole")
            .hint(format!(
                "- profile '{}' signs the request: see its read_only, session_policy and \
             session_policy_arns",
                plan.steps[index - 1].profile
            )),
        _ => denied(error, Some(denial), "sts:AssumeRole"),
    };
    error.hint_of_profile(format!("xacct explain {profile}    shows every request"))
}

/// The three usual causes, as far as this profile can have them.
pub(super) fn access_denied(run: &Run<'_>, index: usize, role: &AssumeRole, error: Error) -> Error {
    let plan = run.broker.plan;
    conditions(run, index, role, error)
        .hint(
            "- its trust policy must name the caller, and the caller's own policy must allow \
               sts:AssumeRole on it",
        )
        .hint_of_profile(format!(
            "xacct explain {}    shows every request",
            plan.profile
        ))
}

/// No policy can allow it: AWS lets no root user assume a role.
pub(super) fn root_user(run: &Run<'_>, error: Error) -> Error {
    let keys = match run.broker.plan.source.profile() {
        Some(profile) => format!("profile '{profile}' has credentials"),
        None => "the source has credentials".to_owned(),
    };
    error
        .hint(format!(
            "- {keys} of the account's root user, who cannot assume roles"
        ))
        .hint("- use an IAM user or a role instead, or sign in with IAM Identity Center")
}

/// What the trust policy may demand and this request did not have.
fn conditions(run: &Run<'_>, index: usize, role: &AssumeRole, error: Error) -> Error {
    let plan = run.broker.plan;
    let profile = &plan.steps[index].profile;
    let error = match &role.external_id {
        None => error.hint(format!(
            "- the role may demand an ExternalId, and profile '{profile}' has none: set external_id"
        )),
        Some(id) => error.hint(format!(
            "- the role may demand another ExternalId than '{id}'"
        )),
    };
    if !has_mfa(run, index) {
        error.hint(format!(
            "- the role may require MFA, and '{profile}' uses none: set mfa_serial"
        ))
    } else if index > 0
        && plan.steps[..index]
            .iter()
            .any(|step| step.role_arn().is_some())
    {
        error.hint("- the role may demand MFA, which a role assumed from another role never has")
    } else {
        error
    }
}

fn has_mfa(run: &Run<'_>, index: usize) -> bool {
    run.broker.plan.steps[..=index]
        .iter()
        .any(|step| step.serial_number().is_some())
}
