//! What Identity Center's refusals mean to a person, and what to type next.

use super::SsoSession;
use super::files::Elsewhere;
use crate::aws::{Failure, no_answer};
use crate::config::words;
use crate::error::Error;
use crate::plan::{Endpoint, Sso};
use crate::terminal;

/// `xacct login acme`, as a shell takes it.
pub(super) fn login(sso: &Sso) -> String {
    format!("xacct login {}", words::typed(&sso.profile))
}

/// Somebody must sign in, and nobody may be asked. `other` is where somebody is signed in.
pub(super) fn needs_sign_in(sso: &Sso, other: Option<&Elsewhere>) -> Error {
    let Sso {
        profile, start_url, ..
    } = sso;
    let error = Error::needs_person(format!(
        "profile '{profile}': you are not signed in at {start_url}"
    ));
    match other {
        Some(Elsewhere::Session(session)) => {
            let error = error.hint(format!(
                "you are signed in there with [sso-session {session}]; the AWS CLI keeps a token \
                 for each session"
            ));
            // Another session may be another person's on purpose.
            error.hint_of_profile(if sso.session.is_some() {
                format!("in a terminal, run: {}", login(sso))
            } else {
                format!(
                    "set sso_session = {session} in the profile, or run: {}",
                    login(sso)
                )
            })
        }
        Some(Elsewhere::StartUrl) => error
            .hint(
                "you are signed in there for profiles without an sso_session; the AWS CLI keeps a \
                 token for each session",
            )
            .hint_of_profile(format!("in a terminal, run: {}", login(sso))),
        Some(Elsewhere::Spelling(other)) => error
            .hint(format!(
                "you are signed in at {other}, another spelling of it; the AWS CLI keeps a token \
                 for each spelling"
            ))
            .hint_of_profile(format!(
                "set sso_start_url = {other} in the profile, or run: {}",
                login(sso)
            )),
        None => error.hint_of_profile(format!("in a terminal, run: {}", login(sso))),
    }
}

/// Somebody must sign in, and another program has the terminal.
pub(super) fn in_background(sso: &Sso) -> Error {
    let Sso {
        profile, start_url, ..
    } = sso;
    let why = terminal::BACKGROUND;
    Error::needs_person(format!(
        "profile '{profile}': you are not signed in at {start_url}, and {why}"
    ))
    .hint(terminal::TO_FOREGROUND)
    .hint_of_profile(format!("or run first: {}", login(sso)))
}

/// A profile that has a session and no role.
pub(super) fn no_role(sso: &Sso) -> Error {
    Error::config(format!(
        "profile '{}' signs in at {}, but names no role: it has no credentials",
        sso.profile, sso.start_url
    ))
    .hint("set sso_account_id and sso_role_name in the profile")
}

/// The portal did not give the role's credentials.
pub(super) fn role_refused(
    session: &SsoSession<'_>,
    account_id: &str,
    role_name: &str,
    failure: Failure,
) -> Error {
    let (code, message) = match failure {
        Failure::Refused { code, message, .. } => (code, message),
        Failure::Unreachable { why, cause, .. } => {
            return unreachable(session.sso, &session.center.portal, &why, cause);
        }
    };
    let sso = session.sso;
    let error = Error::refused(format!(
        "Identity Center gave no credentials for role {role_name} in account {account_id} (profile \
         '{}'): {code}: {message}",
        sso.profile
    ));
    match code.as_str() {
        "ForbiddenException" | "ResourceNotFoundException" => error
            .hint(
                "- the role may not be assigned to the user who is signed in, or no longer: \
                   check sso_account_id and sso_role_name",
            )
            .hint_of_profile(format!(
                "- another user may be signed in: {} --refresh",
                login(sso)
            )),
        "UnauthorizedException" => {
            error.hint_of_profile(format!("sign in again: {} --refresh", login(sso)))
        }
        _ => error,
    }
}

/// The portal did not say what is assigned.
pub(super) fn not_listed(session: &SsoSession<'_>, failure: Failure) -> Error {
    let sso = session.sso;
    let (code, message) = match failure {
        Failure::Refused { code, message, .. } => (code, message),
        Failure::Unreachable { why, cause, .. } => {
            return unreachable(sso, &session.center.portal, &why, cause);
        }
    };
    let error = Error::refused(format!(
        "Identity Center does not list what is assigned at {}: {code}: {message}",
        sso.start_url
    ));
    match code.as_str() {
        "UnauthorizedException" => {
            error.hint_of_profile(format!("sign in again: {} --refresh", login(sso)))
        }
        _ => error.hint("sso_registration_scopes of the sso-session must have sso:account:access"),
    }
}

/// A request of the sign-in that came to nothing.
pub(super) fn failed(session: &SsoSession<'_>, failure: Failure) -> Error {
    let sso = session.sso;
    let (code, message) = match failure {
        Failure::Refused { code, message, .. } => (code, message),
        Failure::Unreachable { why, cause, .. } => {
            return unreachable(sso, &session.center.oidc, &why, cause);
        }
    };
    match code.as_str() {
        "AccessDeniedException" => denied(sso, "access_denied"),
        "ExpiredTokenException" => too_late(sso),
        "InvalidRequestException" => Error::refused(format!(
            "Identity Center does not know {} in {}: {code}: {message}",
            sso.start_url, sso.region
        ))
        .hint("check sso_start_url and sso_region"),
        _ => Error::refused(format!(
            "the sign-in at {} was refused: {code}: {message}",
            sso.start_url
        )),
    }
}

/// The person, or their administrator, said no.
pub(super) fn denied(sso: &Sso, code: &str) -> Error {
    Error::refused(format!(
        "the sign-in at {} was refused in the browser ({code})",
        sso.start_url
    ))
    .hint_of_profile(format!("to try again: {}", login(sso)))
}

pub(super) fn too_late(sso: &Sso) -> Error {
    Error::needs_person(format!("the sign-in at {} timed out", sso.start_url))
        .hint_of_profile(format!("to try again: {}", login(sso)))
}

/// Another process has just tried, and this one has waited for it.
pub(super) fn failed_elsewhere(sso: &Sso, unreachable: bool) -> Error {
    if unreachable {
        return Error::unreachable(format!(
            "IAM Identity Center in {} could not be reached by the process that this one waited for",
            sso.region
        ));
    }
    Error::needs_person(format!(
        "the sign-in at {} that another process started has failed",
        sso.start_url
    ))
    .hint_of_profile(format!("to try again: {}", login(sso)))
}

fn unreachable(sso: &Sso, endpoint: &Endpoint, why: &str, cause: anyhow::Error) -> Error {
    let error = no_answer(
        &format!("IAM Identity Center in {}", sso.region),
        None,
        why,
        cause,
    );
    match &endpoint.url {
        Some((url, place)) => error.hint(format!("its address {url} comes from {place}")),
        None => error.hint("check the network, sso_region, and HTTPS_PROXY if there is a proxy"),
    }
}
