//! One profile of a chain and what the command line says instead of it; values with their places.

use super::{Request, at};
use crate::config::Profile;
use crate::error::{Error, Place, Result};

/// One profile on the way, with what the command line says instead of it (the profile asked for
/// only).
pub(super) struct Link<'a> {
    pub(super) profile: Profile,
    pub(super) request: Option<&'a Request>,
}

/// A value and where it stands: `~/.aws/config:12`, or the option it came from.
pub(super) struct Value<'a> {
    pub(super) text: &'a str,
    pub(super) place: Place,
}

impl Value<'_> {
    /// `a, b`
    pub(super) fn list(&self) -> Vec<String> {
        self.text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// An error at this place.
    pub(super) fn error(&self, message: &str) -> Error {
        Error::config(message).at(self.place.clone())
    }
}

impl Link<'_> {
    /// The option where the command line has it, else the profile's setting; blank counts as unset.
    /// (What must not be blank was refused when the profile was read.)
    pub(super) fn value(&self, key: &str) -> Option<Value<'_>> {
        if let Some((text, option)) = self.request.and_then(|request| overriding(request, key)) {
            return Some(Value {
                text,
                place: option.into(),
            });
        }
        self.own(key)
    }

    /// The profile's setting, whatever the command line says.
    pub(super) fn own(&self, key: &str) -> Option<Value<'_>> {
        let setting = self
            .profile
            .get(key)
            .filter(|setting| !setting.value.trim().is_empty())?;
        Some(Value {
            text: setting.value.trim(),
            place: (&setting.origin).into(),
        })
    }

    /// `role_arn` makes a role profile, unless a web identity token is what it is assumed with
    /// (that is a source). A source profile that the command line names comes before a token in the
    /// file.
    pub(super) fn assumes_role(&self) -> bool {
        let by_token = self.own("web_identity_token_file").is_some();
        let source_named = self
            .request
            .is_some_and(|request| request.source_profile.is_some());
        self.value("role_arn").is_some() && (!by_token || source_named)
    }

    /// An error at the place of the key, or one that says which profile it is about where the key
    /// is not set.
    pub(super) fn error(&self, key: &str, message: &str) -> Error {
        match self.value(key) {
            Some(value) => value.error(message),
            None => Error::config(format!("profile '{}': {message}", self.profile.name)),
        }
    }

    /// `KEY = true` or `KEY = false`, in any case.
    ///
    /// Errors: anything else. What guards a profile must not be off for a typing error.
    pub(super) fn switch(&self, key: &str) -> Result<bool> {
        let Some(value) = self.value(key) else {
            return Ok(false);
        };
        match value.text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(value.error(&format!("{key} is true or false, and nothing else"))),
        }
    }

    /// `KEY = true`, in any case; anything else is false, as the SDKs have it.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.value(key)
            .is_some_and(|value| value.text.eq_ignore_ascii_case("true"))
    }
}

/// The option that stands for a config key.
fn overriding<'r>(request: &'r Request, key: &str) -> Option<(&'r str, &'static str)> {
    let (value, option) = match key {
        "session_policy" => (&request.policy, "--policy"),
        "role_arn" => (&request.role_arn, "--role-arn"),
        "source_profile" => (&request.source_profile, "--source-profile"),
        "external_id" => (&request.external_id, "--external-id"),
        "role_session_name" => (&request.role_session_name, "--session-name"),
        "mfa_serial" => (&request.mfa_serial, "--mfa-serial"),
        "source_identity" => (&request.source_identity, "--source-identity"),
        "region" => (&request.region, "--region"),
        _ => return None,
    };
    value
        .as_deref()
        .map(|text| (text.trim(), request.place(option)))
}

impl Request {
    /// What says so: the option, or the variable that stands for it in this run.
    pub(super) fn place(&self, option: &'static str) -> &'static str {
        let variable = match option {
            "--session-name" => "XACCT_SESSION_NAME",
            "--duration" => "XACCT_DURATION",
            "--region" => "XACCT_REGION",
            "--read-only" => "XACCT_READ_ONLY",
            _ => return option,
        };
        if self.by_variable.contains(&variable) {
            variable
        } else {
            option
        }
    }
}

/// An error at the first line of whichever of these keys the profile has.
pub(super) fn at_key(profile: &Profile, keys: &[&str], message: &str) -> Error {
    match keys.iter().find_map(|key| profile.get(key)) {
        Some(setting) => at(&setting.origin, message),
        None => Error::config(format!("profile '{}': {message}", profile.name)),
    }
}

/// The setting's text; blank counts as unset.
pub(super) fn set<'p>(profile: &'p Profile, key: &str) -> Option<&'p str> {
    profile
        .get(key)
        .map(|setting| setting.value.trim())
        .filter(|text| !text.is_empty())
}
