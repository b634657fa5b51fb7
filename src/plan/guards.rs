//! What says who one becomes, narrows or guards it, where no program reads it: below a header that
//! is not quite one, in a section of another kind, in a table for a profile that is not there.

use super::at;
use super::chain_profile::set;
use super::screen::decisive;
use crate::config::{Config, FileKind, Key, Origin, Profile, Section};
use crate::error::{Error, Result};

/// What decides, and is not read for this profile though it seems to be meant for it. A source is
/// one that another profile of the chain names.
///
/// Errors: of kind `Config`, with the line.
pub(super) fn refuse(config: &Config, profile: &Profile, is_source: bool) -> Result<()> {
    unread(profile, &profile.unread)?;
    // A source's own keys are not what is handed out.
    if !is_source || set(profile, Key::RoleArn).is_some() {
        unread(profile, &profile.inherited)?;
    }
    of_named_sections(config, profile)
}

fn unread(profile: &Profile, sections: &[Section]) -> Result<()> {
    for section in sections {
        let is_new = |key: &str, value: &str| {
            profile.named(key).map(|own| own.value.trim()) != Some(value.trim())
        };
        let Some((key, origin)) = first_guard(section, is_new) else {
            continue;
        };
        let name = &profile.name;
        let message = if section.origin.file == FileKind::Settings {
            format!(
                "{key} is not read: its table seems to mean profile '{name}', and is none of it"
            )
        } else {
            format!(
                "{key} is not read: the header in line {} seems to mean profile '{name}', and is \
                 none of it",
                section.origin.line
            )
        };
        return Err(with_reason(at(&origin, &message), section));
    }
    Ok(())
}

/// The `[sso-session …]` and `[services …]` that the profile names: nothing there guards it.
fn of_named_sections(config: &Config, profile: &Profile) -> Result<()> {
    let session = set(profile, Key::SsoSession).and_then(|name| config.sso_session(name));
    let services = set(profile, Key::Services).and_then(|name| config.services(name));
    let named = [("sso-session", session), ("services", services)].into_iter();
    let mut wrong = named.filter_map(|(kind, section)| in_section(kind, &section?));
    wrong.next().map_or(Ok(()), Err)
}

/// What decides in a `[sso-session …]` or `[services …]`.
pub(crate) fn in_other_sections(config: &Config) -> Vec<Error> {
    let sessions = config.sso_session_names().into_iter();
    let sessions =
        sessions.filter_map(|name| in_section("sso-session", &config.sso_session(&name)?));
    let services = config.services_names().into_iter();
    let services = services.filter_map(|name| in_section("services", &config.services(&name)?));
    sessions.chain(services).collect()
}

/// What decides and cannot be told to be any profile's.
pub(crate) fn of_nobody(config: &Config) -> Vec<Error> {
    let sections = config.unread_of_nobody().into_iter();
    sections
        .filter_map(|section| {
            let (key, origin) = first_guard(&section, |_, _| true)?;
            let message = format!("{key} is not read, and guards no profile");
            Some(with_reason(at(&origin, &message), &section))
        })
        .collect()
}

fn in_section(kind: &str, section: &Section) -> Option<Error> {
    let is_its_own = |key: &str| key.starts_with("sso_");
    let (key, origin) = first_guard(section, |key, _| !is_its_own(key))?;
    let message = format!(
        "{key} is not read: it stands in [{kind} {}], which is no profile",
        section.name
    );
    let error = at(&origin, &message).named("guard-unread");
    Some(error.hint("move the line to the profiles that it is meant for"))
}

/// The first key that decides, and its line. An access key that stands there is not used by any
/// program, and narrows nothing.
fn first_guard(section: &Section, counts: impl Fn(&str, &str) -> bool) -> Option<(Key, Origin)> {
    let guard = |key: &str| decisive(key).filter(|key| !key.name().starts_with("aws_"));
    let set = section
        .iter()
        .filter(|(key, setting)| counts(key, &setting.value))
        .map(|(key, setting)| (key, &setting.origin));
    let lost = section
        .lost
        .iter()
        .map(|(key, origin)| (key.as_str(), origin));
    let mut all = set.chain(lost);
    all.find_map(|(key, origin)| Some((guard(key)?, origin.clone())))
}

/// Why it is not read, and the way out.
fn with_reason(error: Error, section: &Section) -> Error {
    let why = section
        .problems
        .first()
        .filter(|why| why.origin == section.origin);
    let is_outside = section.origin.line == 0;
    let why = why.map(|why| {
        if is_outside {
            why.message.clone()
        } else {
            why.to_string()
        }
    });
    let error = error.named("guard-unread");
    let error = why.into_iter().fold(error, Error::hint);
    error.hint(if section.origin.file == FileKind::Settings {
        "correct the name, or delete the table"
    } else if is_outside {
        "write a header above it, or delete it"
    } else {
        "correct the header, or delete the section"
    })
}
