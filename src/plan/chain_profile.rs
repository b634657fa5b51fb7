//! One profile of a chain and what the command line says instead of it; values with their places.

use super::{Request, at};
use crate::config::{Key, Profile};
use crate::error::{Error, Place, Result};
use crate::role_options::OPTIONS;

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
    pub(super) fn value(&self, key: Key) -> Option<Value<'_>> {
        match self.request.and_then(|request| request.text(key)) {
            Some(text) => Some(Value {
                text: text.trim(),
                place: self.typed(key)?.into(),
            }),
            None => self.own(key),
        }
    }

    /// The option, or its variable, where the command line has it.
    pub(super) fn typed(&self, key: Key) -> Option<&'static str> {
        self.request?.typed(key)
    }

    /// The profile's setting, whatever the command line says.
    pub(super) fn own(&self, key: Key) -> Option<Value<'_>> {
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
        let by_token = self.own(Key::WebIdentityTokenFile).is_some();
        let source_named = self.typed(Key::SourceProfile).is_some();
        self.value(Key::RoleArn).is_some() && (!by_token || source_named)
    }

    /// An error at the place of the key, or one that says which profile it is about where the key
    /// is not set.
    pub(super) fn error(&self, key: Key, message: &str) -> Error {
        match self.value(key) {
            Some(value) => value.error(message),
            None => Error::config(format!("profile '{}': {message}", self.profile.name))
                .naming_profile(),
        }
    }

    /// `KEY = true` or `KEY = false`, in any case.
    ///
    /// Errors: anything else. What guards a profile must not be off for a typing error.
    pub(super) fn switch(&self, key: Key) -> Result<bool> {
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
    pub(super) fn flag(&self, key: Key) -> bool {
        self.value(key)
            .is_some_and(|value| value.text.eq_ignore_ascii_case("true"))
    }
}

impl Request {
    /// What was typed instead of the key, where that is one text.
    pub(super) fn text(&self, key: Key) -> Option<&str> {
        match key {
            Key::SourceProfile => self.source_profile.as_deref(),
            _ => self.role.text(key),
        }
    }

    /// Every text that was typed.
    pub(super) fn texts(&self) -> impl Iterator<Item = (Key, &str)> {
        OPTIONS
            .iter()
            .filter_map(|(key, ..)| Some((*key, self.text(*key)?)))
    }

    /// Where the key was typed, if it was: the option, or the variable that stands for it in this
    /// run.
    pub(super) fn typed(&self, key: Key) -> Option<&'static str> {
        let is_typed = self.text(key).is_some() || self.role.is_typed(key);
        let (_, option, variable) = OPTIONS.iter().find(|(own, ..)| *own == key)?;
        let variable = variable.filter(|variable| self.by_variable.contains(variable));
        is_typed.then(|| variable.unwrap_or(option))
    }
}

/// An error at the first line of whichever of these keys the profile has.
pub(super) fn at_key(profile: &Profile, keys: &[Key], message: &str) -> Error {
    match keys.iter().find_map(|key| profile.get(*key)) {
        Some(setting) => at(&setting.origin, message),
        None => Error::config(format!("profile '{}': {message}", profile.name)).naming_profile(),
    }
}

/// The setting's text; blank counts as unset.
pub(super) fn set(profile: &Profile, key: Key) -> Option<&str> {
    profile
        .get(key)
        .map(|setting| setting.value.trim())
        .filter(|text| !text.is_empty())
}
