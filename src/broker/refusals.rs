//! What STS's refusals mean to a person, and what to type next.

use crate::aws::{Denial, Failure, Reason, no_answer, no_answer_hint};
use crate::config::words;
use crate::credentials::{shown_device, shown_id};
use crate::error::Error;
use crate::plan::{Action, AssumeRole, Endpoint, Plan, Source, WebIdentity};
use crate::region;

use super::denied::{access_denied, denied, denied_role, root_user};
use super::run::Run;

/// What a source that is a web identity asks for.
const WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";

/// The error for a step that failed.
pub(super) fn failed(run: &Run<'_>, index: usize, failure: Failure) -> Error {
    if let Some(error) = clock(&failure) {
        return error;
    }
    let (code, message, denial, reason) = match failure {
        Failure::Unreachable { why, cause, .. } => return unreachable(run, &why, cause),
        Failure::Refused {
            code,
            message,
            denial,
            reason,
            ..
        } => (code, message, denial, reason),
    };
    let step = &run.broker.plan.steps[index];
    match reason {
        Some(Reason::Scope) => return foreign_region(run.broker.plan, &code, &message),
        Some(Reason::WrongCode) => return wrong_code(step.serial_number()),
        Some(Reason::Device) => return foreign_device(run, &message, step.serial_number()),
        Some(Reason::Duration | Reason::Clock | Reason::Root) | None => {}
    }
    if index == 0
        && let Some(error) = dead_keys(run, &code, &message)
    {
        return error;
    }
    match &step.action {
        Action::AssumeRole(role) => {
            let error = assume_role(run, index, role, (&code, &message, reason));
            match denial {
                _ if reason == Some(Reason::Root) => root_user(run, error),
                Some(denial) => denied_role(run, index, role, denial, error),
                None if code == "AccessDenied" => access_denied(run, index, role, error),
                None => error,
            }
        }
        Action::Source => denied(
            web_identity(run, &code, &message, denial),
            denial,
            WEB_IDENTITY,
        ),
        Action::GetSessionToken { .. } => {
            let error = Error::refused(format!(
                "AWS refused a session for the access key of profile '{}': {code}: {message}",
                step.profile
            ))
            .with_aws_code(&code);
            denied(error, denial, "sts:GetSessionToken")
        }
    }
}

/// The error for base keys that were tried before a code was asked for.
pub(super) fn keys_refused(run: &Run<'_>, failure: Failure) -> Error {
    if let Some(error) = clock(&failure) {
        return error;
    }
    match failure {
        Failure::Unreachable { why, cause, .. } => unreachable(run, &why, cause),
        Failure::Refused {
            code,
            message,
            reason: Some(Reason::Scope),
            ..
        } => foreign_region(run.broker.plan, &code, &message),
        Failure::Refused {
            code,
            message,
            denial,
            ..
        } => dead_keys(run, &code, &message).unwrap_or_else(|| {
            let error = Error::refused(format!("AWS refused the access key: {code}: {message}"))
                .with_aws_code(&code);
            denied(error, denial, "sts:GetCallerIdentity")
        }),
    }
}

/// The error for a federation session that was not given.
pub(super) fn federation(run: &Run<'_>, failure: Failure) -> Error {
    const ACTION: &str = "sts:GetFederationToken";
    let (is_denied, denial) = match &failure {
        Failure::Refused { code, denial, .. } => (code == "AccessDenied", *denial),
        Failure::Unreachable { .. } => (false, None),
    };
    if let (Failure::Refused { code, message, .. }, Some(_)) = (&failure, denial) {
        let error =
            Error::refused(format!("AWS refused {ACTION}: {code}: {message}")).with_aws_code(code);
        return denied(error, denial, ACTION).hint("or use a profile with a role");
    }
    let error = keys_refused(run, failure);
    if !is_denied {
        return error;
    }
    error
        .hint(
            "the user's policies must allow sts:GetFederationToken, by which an access key gets \
               into the console",
        )
        .hint("or use a profile with a role")
}

/// The error for credentials that STS was only asked about.
pub(super) fn not_identified(plan: &Plan, url: &str, failure: Failure) -> Error {
    if let Some(error) = clock(&failure) {
        return error;
    }
    match failure {
        Failure::Unreachable { why, cause, .. } => unreachable_at(&plan.endpoint, url, &why, cause),
        Failure::Refused {
            code,
            message,
            reason: Some(Reason::Scope),
            ..
        } => foreign_region(plan, &code, &message),
        Failure::Refused { code, message, .. } => Error::refused(format!(
            "AWS does not take the credentials of '{}': {code}: {message}",
            plan.profile
        )),
    }
}

/// The error for what Organizations did not list; `url` and `endpoint` are where it was asked.
pub(super) fn not_listed(
    plan: &Plan,
    (url, endpoint): (&str, &Endpoint),
    action: &str,
    failure: Failure,
) -> Error {
    if let Some(error) = clock(&failure) {
        return error;
    }
    let (code, message, denial) = match failure {
        Failure::Unreachable { why, cause, .. } => {
            return unreachable_at(endpoint, url, &why, cause);
        }
        Failure::Refused {
            code,
            message,
            denial,
            ..
        } => (code, message, denial),
    };
    let profile = &plan.profile;
    let quoted = words::typed(profile);
    if code == "AWSOrganizationsNotInUseException" {
        return Error::refused(format!(
            "the account of profile '{profile}' is in no organization"
        ))
        .hint("--source-profile names one that is in the organization's management account")
        .hint(format!(
            "xacct whoami {quoted}    shows which account it is in"
        ));
    }
    let error = Error::refused(format!(
        "AWS refused organizations:{action} (profile '{profile}'): {code}: {message}"
    ))
    .with_aws_code(&code);
    match code.as_str() {
        _ if denial.is_some_and(|denial| denial != Denial::IDENTITY) => {
            denied(error, denial, &format!("organizations:{action}"))
        }
        "AccessDeniedException" | "AccessDenied" => error
            .hint(format!(
                "- the policy of its user or role must allow organizations:{action}"
            ))
            .hint(
                "- it must be in the organization's management account, or in a delegated \
                   administrator's",
            )
            .hint(format!(
                "xacct whoami {quoted}    shows which account it is in"
            )),
        "ParentNotFoundException"
        | "OrganizationalUnitNotFoundException"
        | "ChildNotFoundException" => error.hint(
            "--ou takes the id of an organizational unit, or its path from the root, such as \
                   Workloads/Prod",
        ),
        _ => error,
    }
}

/// The error for an account's regions, which AWS did not list; `url` is where it was asked. Each
/// such account has a line of a table, so the message is short.
pub(super) fn no_regions(plan: &Plan, url: &str, failure: Failure) -> Error {
    if let Some(error) = clock(&failure) {
        return error;
    }
    let (code, message) = match failure {
        Failure::Unreachable { why, cause, .. } => {
            return no_answer("AWS", Some(url), &why, cause);
        }
        Failure::Refused { code, message, .. } => (code, message),
    };
    let error = Error::refused(format!("AWS refused account:ListRegions: {code}"));
    let error = error.hint(format!("profile '{}': {message}", plan.profile));
    error
        .hint("- the policy of its user or role must allow account:ListRegions")
        .hint("or name the regions: --regions eu-west-1,us-east-1")
}

pub(super) fn strange_regions(plan: &Plan) -> Error {
    let message = format!(
        "account:ListRegions gave no usable list of regions (profile '{}')",
        plan.profile
    );
    Error::unreachable(message).hint("name the regions: --regions eu-west-1,us-east-1")
}

/// The one source that STS is asked for.
fn web_identity(run: &Run<'_>, code: &str, message: &str, denial: Option<Denial>) -> Error {
    let Source::WebIdentity(web) = &run.broker.plan.source else {
        return Error::refused(format!("AWS refused the source: {code}: {message}"))
            .with_aws_code(code);
    };
    let WebIdentity {
        role_arn,
        token_file,
        ..
    } = web;
    let hint = match code {
        "ExpiredTokenException" => {
            format!(
                "the token in {token_file} has expired: the program that writes it must write a \
                 new one"
            )
        }
        "IDPRejectedClaim" => {
            format!(
                "the issuer of the token in {token_file} does not stand by it: a new one must be \
                 written"
            )
        }
        "InvalidIdentityToken" => format!(
            "the token in {token_file} must be a JWT from an issuer that the role's account has as \
             an identity provider, for the audience that it names there"
        ),
        _ => format!("{role_arn} must trust the token's issuer, audience and subject"),
    };
    let error = Error::refused(format!(
        "AWS refused the web identity of {}: {code}: {message}",
        web.whose()
    ))
    .with_aws_code(code);
    if denial.is_some() {
        error
    } else {
        error.hint(hint)
    }
}

fn unreachable(run: &Run<'_>, why: &str, cause: anyhow::Error) -> Error {
    let url = run
        .sts()
        .map(|sts| sts.url().to_owned())
        .unwrap_or_default();
    let error = unreachable_at(&run.broker.plan.endpoint, &url, why, cause);
    let region = &run.broker.plan.region.name;
    if run.broker.plan.endpoint.url.is_some() || region::REGIONS.contains(&region.as_str()) {
        return error;
    }
    error.hint(format!(
        "or correct the region: {region} is not one that this xacct knows"
    ))
}

fn unreachable_at(endpoint: &Endpoint, url: &str, why: &str, cause: anyhow::Error) -> Error {
    let hint = no_answer_hint(&cause);
    let error = no_answer("AWS", Some(url), why, cause);
    match &endpoint.url {
        Some((_, place)) => error.hint(format!("the address comes from {place}")),
        None => error.hint(hint),
    }
}

/// A clock that is off shows as a signature that does not match, or has expired.
fn clock(failure: &Failure) -> Option<Error> {
    let message = match (failure.clock_skew(), failure) {
        (Some(offset), _) => format!("{}, so AWS takes no signature of it", clocks(offset)),
        (
            None,
            Failure::Refused {
                message,
                clock_offset,
                ..
            },
        ) if failure.is_about_clock() => {
            format!(
                "AWS refused the signature for its time ({}): {message}",
                by_header(*clock_offset)
            )
        }
        _ => return None,
    };
    Some(Error::refused(message).hint("set the clock, or turn time synchronisation on"))
}

/// What the answer's `Date` header says of the clocks.
fn by_header(offset: Option<i64>) -> String {
    match offset {
        Some(0) => "this computer's clock agrees with the answer's Date header".to_owned(),
        Some(offset) => format!("by the answer's Date header, {}", clocks(offset)),
        None => "the answer has no Date header to compare this computer's clock with".to_owned(),
    }
}

/// How far the clocks are apart; `offset` is how many seconds AWS's is ahead.
pub(super) fn clocks(offset: i64) -> String {
    let direction = if offset > 0 { "behind" } else { "ahead of" };
    format!(
        "this computer's clock is {} {direction} AWS's",
        crate::duration::readable(offset.abs())
    )
}

fn wrong_code(serial: Option<&str>) -> Error {
    let serial = serial.map_or("no device", shown_device);
    Error::refused(format!("AWS refused the MFA code for {serial}"))
        .hint("a code works once, and only for this device: try again with its next code")
}

fn foreign_device(run: &Run<'_>, message: &str, serial: Option<&str>) -> Error {
    let serial = serial.map_or("no device", shown_device);
    let place = match &run.broker.plan.source {
        Source::AccessKey { profile, keys } => {
            format!("{} of profile '{profile}'", keys.shown_id())
        }
        Source::StoredKey(key) => format!("{} of profile '{}'", key.access_key_id, key.profile),
        _ => "the source's access key".to_owned(),
    };
    Error::refused(format!(
        "AWS does not accept the MFA device {serial}: {message}"
    ))
    .hint(format!(
        "mfa_serial must name a device of the user that owns {place}; the user's security \
         credentials page shows it"
    ))
}

/// The endpoint is another region's than the one that the request was signed for.
fn foreign_region(plan: &Plan, code: &str, message: &str) -> Error {
    let region = &plan.region.name;
    let error = Error::refused(format!(
        "the endpoint does not take requests that are signed for {region}: {code}: {message}"
    ));
    match &plan.endpoint.url {
        Some((url, place)) => error.hint(format!(
            "set the region that {url} ({place}) is in, or correct the address"
        )),
        None => error.hint("set a region that AWS has"),
    }
}

/// STS does not know the access key, or the secret does not belong to it.
fn dead_keys(run: &Run<'_>, code: &str, message: &str) -> Option<Error> {
    let (id, place) = match &run.broker.plan.source {
        Source::AccessKey { profile, keys } => (keys.shown_id(), format!("profile '{profile}'")),
        Source::StoredKey(key) => {
            let place = format!("profile '{}' (in {})", key.profile, key.store);
            (shown_id(&key.access_key_id), place)
        }
        Source::Environment { keys } => (keys.shown_id(), "the environment".to_owned()),
        _ => return None,
    };
    let (what, next) = match code {
        "InvalidClientTokenId" => (
            "AWS does not know it",
            "it was deleted or made inactive, or belongs elsewhere",
        ),
        "SignatureDoesNotMatch" => (
            "its secret does not match",
            "copy aws_secret_access_key again, whole",
        ),
        "ExpiredToken" => (
            "its session has expired",
            "get new temporary keys, or use long-term ones",
        ),
        _ => return None,
    };
    Some(
        Error::refused(format!(
            "the access key {id} of {place} was refused: {what} ({code}: {message})"
        ))
        .hint(next),
    )
}

fn assume_role(
    run: &Run<'_>,
    index: usize,
    role: &AssumeRole,
    (code, message, reason): (&str, &str, Option<Reason>),
) -> Error {
    let plan = run.broker.plan;
    let step = &plan.steps[index];
    let error = Error::refused(format!(
        "AWS refused {} (profile '{}'): {code}: {message}",
        role.role_arn, step.profile
    ))
    .with_aws_code(code);
    if reason == Some(Reason::Duration) {
        return error.hint(format!(
            "the role allows less than {}: lower duration_seconds, or have its maximum session \
             duration raised",
            crate::duration::readable(i64::from(role.duration_seconds))
        ));
    }
    if code == "RegionDisabledException" {
        return error.hint(format!(
            "STS is switched off in {}: set another region",
            plan.region.name
        ));
    }
    error
}
