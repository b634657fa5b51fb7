//! `sso_session`, or the four `sso_…` keys of old: a role of IAM Identity Center as a source.

use std::borrow::Cow;
use std::sync::Arc;

use super::chain_profile::{at_key, set};
use super::screen;
use crate::config::{Config, FileKind, Key, Profile, Section, nearest};
use crate::error::{Error, Result};
use crate::masked;

/// An IAM Identity Center role, or with neither account nor role a bare session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sso {
    pub(crate) profile: String,
    pub(crate) session: Option<String>,
    pub(crate) region: String,
    pub(crate) start_url: String,
    pub(crate) account_id: Option<String>,
    pub(crate) role_name: Option<String>,
    /// `sso_registration_scopes`; `None` where the session has none.
    pub(crate) scopes: Option<Vec<String>>,
    /// The sessions of the config file: you may be signed in with another one.
    pub(crate) known_sessions: Arc<[String]>,
}

impl Sso {
    /// The start URL as people may see it.
    pub(crate) fn shown_url(&self) -> Cow<'_, str> {
        masked::address(&self.start_url)
    }

    /// What its token is kept under: profiles of one session share it.
    pub(crate) fn token_name(&self) -> &str {
        self.session.as_deref().unwrap_or(&self.start_url)
    }
}

const SSO_KEYS: [Key; 5] = [
    Key::SsoSession,
    Key::SsoAccountId,
    Key::SsoRoleName,
    Key::SsoStartUrl,
    Key::SsoRegion,
];

/// Whether the profile says which role of Identity Center it is.
pub(super) fn is_role(profile: &Profile) -> bool {
    [Key::SsoAccountId, Key::SsoRoleName]
        .iter()
        .any(|key| set(profile, *key).is_some())
}

/// Any `sso_…` key makes an Identity Center profile, and then all that belong to it must be there
/// (aws-config).
pub(super) fn of_profile(config: &Config, profile: &Profile) -> Result<Option<Sso>> {
    if SSO_KEYS.iter().all(|key| set(profile, *key).is_none()) {
        return Ok(None);
    }
    let wrong = |message: &str| at_key(profile, &SSO_KEYS, message);
    let (region, start_url, scopes) = place(config, profile)?;
    let (account, role) = (
        set(profile, Key::SsoAccountId),
        set(profile, Key::SsoRoleName),
    );
    match (account, role, set(profile, Key::SsoSession)) {
        (None, Some(_), _) => {
            return Err(wrong(
                "if `sso_role_name` is set, then `sso_account_id` must also be set",
            ));
        }
        (Some(_), None, _) => {
            return Err(wrong(
                "if `sso_account_id` is set, then `sso_role_name` must also be set",
            ));
        }
        (None, None, None) => {
            return Err(wrong("`sso_account_id` and `sso_role_name` are missing"));
        }
        _ => {}
    }
    Ok(Some(Sso {
        profile: profile.name.clone(),
        session: set(profile, Key::SsoSession).map(str::to_owned),
        region,
        start_url,
        account_id: account.map(str::to_owned),
        role_name: role.map(str::to_owned),
        scopes,
        known_sessions: config.shared_sso_session_names(),
    }))
}

/// Region, start URL and scopes.
fn place(config: &Config, profile: &Profile) -> Result<(String, String, Option<Vec<String>>)> {
    if let Some(session) = set(profile, Key::SsoSession) {
        return of_session(config, profile, session);
    }
    let region = own(profile, Key::SsoRegion)?;
    Ok((region, own(profile, Key::SsoStartUrl)?, None))
}

fn own(profile: &Profile, key: Key) -> Result<String> {
    let message = format!("profile '{}' is missing {key}", profile.name);
    set(profile, key)
        .map(str::to_owned)
        .ok_or_else(|| at_key(profile, &SSO_KEYS, &message).naming_profile())
}

/// The session that the profile signs in with, for which it needs no role; `None` where it does not
/// say which.
///
/// Errors: of kind `Config`, where the session is not there or does not say where it is.
pub(super) fn of_profile_without_role(config: &Config, profile: &Profile) -> Result<Option<Sso>> {
    if [Key::SsoSession, Key::SsoStartUrl]
        .iter()
        .all(|key| set(profile, *key).is_none())
    {
        return Ok(None);
    }
    let (region, start_url, scopes) = place(config, profile)?;
    Ok(Some(Sso {
        profile: profile.name.clone(),
        session: set(profile, Key::SsoSession).map(str::to_owned),
        region,
        start_url,
        account_id: None,
        role_name: None,
        scopes,
        known_sessions: config.shared_sso_session_names(),
    }))
}

/// A bare session, for which no profile need be there.
///
/// Errors: of kind `Config`, where there is no such session, or it does not say where it is.
pub(super) fn of_session_alone(config: &Config, name: &str) -> Result<Sso> {
    let Some(session) = config.sso_session(name) else {
        return Err(unknown_session(config, name));
    };
    screen::section(&session)?;
    Ok(Sso {
        profile: spokesman(config, name),
        session: Some(name.to_owned()),
        region: needed(&session, Key::SsoRegion)?,
        start_url: needed(&session, Key::SsoStartUrl)?,
        account_id: None,
        role_name: None,
        scopes: scopes(&session),
        known_sessions: config.shared_sso_session_names(),
    })
}

fn needed(session: &Section, key: Key) -> Result<String> {
    let (origin, name) = (&session.origin, &session.name);
    said(session, key)
        .map(str::to_owned)
        .ok_or_else(|| Error::config(format!("{origin}: [sso-session {name}] is missing {key}")))
}

fn said(session: &Section, key: Key) -> Option<&str> {
    session
        .get(key)
        .map(|setting| setting.value.trim())
        .filter(|text| !text.is_empty())
}

/// What `xacct login` takes for the session: its own name, unless that is a profile's that has
/// nothing to do with it.
fn spokesman(config: &Config, name: &str) -> String {
    match config.profile(name) {
        Ok(Some(profile)) if set(&profile, Key::SsoSession) != Some(name) => config
            .profiles()
            .into_iter()
            .find(|profile| set(profile, Key::SsoSession) == Some(name))
            .map_or(name.to_owned(), |profile| profile.name),
        _ => name.to_owned(),
    }
}

fn unknown_session(config: &Config, name: &str) -> Error {
    let path = config.paths().display(FileKind::Config);
    let error = Error::config(format!("no [sso-session {name}] in {path}"));
    let names = config.sso_session_names();
    let unread = config.unread_headers(name);
    if !unread.is_empty() {
        return unread.into_iter().fold(error, Error::hint);
    }
    if let Some(meant) = config
        .profile(name)
        .ok()
        .flatten()
        .and_then(|profile| of_this(&profile))
    {
        return error.hint(format!(
            "did you mean {meant}? profile '{name}' signs in with it"
        ));
    }
    match nearest(name, &names).as_slice() {
        [] if names.is_empty() => error
            .hint(format!(
                "xacct sync sso {name} --sso-start-url URL --sso-region REGION    adds it, or add \
                 these lines by hand:"
            ))
            .hint(format!("  [sso-session {name}]"))
            .hint("  sso_start_url = https://YOURS.awsapps.com/start")
            .hint("  sso_region = us-east-1")
            .hint("  sso_registration_scopes = sso:account:access"),
        [] => error.hint(format!("there are: {}", names.join(", "))),
        near => error.did_you_mean(&near.join(" or ")),
    }
}

fn of_this(profile: &Profile) -> Option<String> {
    set(profile, Key::SsoSession).map(str::to_owned)
}

fn scopes(session: &Section) -> Option<Vec<String>> {
    let setting = session.get(Key::SsoRegistrationScopes)?;
    let scopes = setting
        .value
        .split(',')
        .map(str::trim)
        .filter(|scope| !scope.is_empty());
    Some(scopes.map(str::to_owned).collect::<Vec<_>>()).filter(|scopes| !scopes.is_empty())
}

/// Region, start URL and scopes of the named `[sso-session …]`; the profile may repeat the first
/// two only with the same values.
fn of_session(
    config: &Config,
    profile: &Profile,
    name: &str,
) -> Result<(String, String, Option<Vec<String>>)> {
    let Some(session) = config.sso_session(name) else {
        let message = format!(
            "sso-session named `{name}` (referenced by profile `{}`) was not found",
            profile.name
        );
        let unread = config.unread_headers(name);
        let hint = match nearest(name, &config.sso_session_names()).as_slice() {
            _ if !unread.is_empty() => unread.join("; "),
            [] => format!("add a section [sso-session {name}] with sso_region and sso_start_url"),
            near => format!("did you mean sso_session = {}?", near.join(" or ")),
        };
        return Err(at_key(profile, &[Key::SsoSession], &message).hint(hint));
    };
    screen::section(&session)?;
    Ok((
        shared(profile, &session, Key::SsoRegion)?,
        shared(profile, &session, Key::SsoStartUrl)?,
        scopes(&session),
    ))
}

/// The session's value, which the profile may repeat.
fn shared(profile: &Profile, session: &Section, key: Key) -> Result<String> {
    match (set(profile, key), said(session, key)) {
        (Some(own), shared) if shared != Some(own) => Err(at_key(
            profile,
            &[key],
            &format!(
                "`{key}` can only be specified in the [sso-session] config when a session name is \
                 given"
            ),
        )),
        (_, Some(shared)) => Ok(shared.to_owned()),
        (_, None) => Err(at_key(
            profile,
            &[Key::SsoSession],
            &format!("[sso-session {}] is missing {key}", session.name),
        )),
    }
}
