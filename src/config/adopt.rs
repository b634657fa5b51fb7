//! Moving what a role is from `~/.aws/config` to the settings file and back: text in, text out. In
//! the AWS file stay region, output and the like, and a `credential_process` through which every
//! SDK gets the profile from xacct.
//!
//! Whether the plan stays the same is for the caller to see to, and so is writing.

use std::path::Path;

use zeroize::Zeroizing;

use super::Config;
use super::edit::{Edit, Ini};
use super::keys::Key;
use super::origin::FileKind;
use super::paths::{Paths, Texts};
use super::process;
use super::section::{Profile, Section, Setting};
use super::settings_edit;
use super::words;
use crate::error::{Error, Place, Result};

const PROCESS: &str = Key::CredentialProcess.name();

/// What can be done with a profile.
pub(crate) enum Adoption {
    /// It is a role in the config file, which can be moved.
    Role,
    /// It asks xacct.
    Adopted,
    /// Neither, and why.
    Not(Error),
}

pub(crate) fn state(config: &Config, name: &str) -> Adoption {
    match config.profile(name) {
        Err(error) => Adoption::Not(error),
        Ok(None) => Adoption::Not(config.no_profile(name)),
        Ok(Some(profile)) => state_of(config, &profile),
    }
}

fn state_of(config: &Config, profile: &Profile) -> Adoption {
    let name = &profile.name;
    let key = set(profile, Key::AwsAccessKeyId);
    if let Some(key) = key.or_else(|| set(profile, Key::AwsSecretAccessKey)) {
        return not(
            format!(
                "{}: profile '{name}' holds an access key, which stays",
                key.origin
            ),
            "adopt the roles that have it as their source_profile",
        );
    }
    let in_credentials = profile.iter().find(|(key, setting)| {
        setting.origin.file == FileKind::Credentials && (is_of_role(key) || *key == PROCESS)
    });
    if let Some((key, setting)) = in_credentials {
        let file = config.paths().display(FileKind::Config);
        let message = format!(
            "{}: {key} of profile '{name}' is in the credentials file",
            setting.origin
        );
        return not(
            message,
            &format!("move it to [profile {name}] in {file}, and run the command again"),
        );
    }
    let Some(own) = config.in_config_file(name) else {
        return not(
            format!("profile '{name}' is in {} only", profile.origin.path),
            &format!(
                "add [profile {name}] with its region to {}",
                config.paths().display(FileKind::Config)
            ),
        );
    };
    let asks = process_of(&own).is_some_and(|command| process::asks_xacct_for(command, name));
    match (set(profile, Key::RoleArn), process_of(&own)) {
        (None, _) => not(
            without_role(profile),
            "adopt is for profiles with a role_arn",
        ),
        (Some(_), _) if asks && !own.iter().any(|(key, setting)| moves(key, setting)) => {
            Adoption::Adopted
        }
        (Some(_), Some(_)) if !asks => not(
            format!(
                "profile '{name}' already has a credential_process in addition to its role_arn"
            ),
            "no program asks it, since the role comes first: delete it, and run the command again",
        ),
        (Some(_), _) => Adoption::Role,
    }
}

fn set(profile: &Profile, key: Key) -> Option<&Setting> {
    profile
        .get(key)
        .filter(|setting| !setting.value.trim().is_empty())
}

fn not(message: String, hint: &str) -> Adoption {
    Adoption::Not(Error::config(message).hint(hint))
}

fn without_role(profile: &Profile) -> String {
    let name = &profile.name;
    let what = if has(profile, "sso_") {
        "signs in to IAM Identity Center, which the SDKs do by themselves"
    } else if has(profile, PROCESS) {
        "gets its credentials from a credential_process already"
    } else if has(profile, Key::LoginSession.name()) {
        "is a sign-in of 'aws login', which the SDKs read by themselves"
    } else {
        "has no role_arn"
    };
    format!("{}: profile '{name}' {what}", profile.origin)
}

fn has(profile: &Profile, start: &str) -> bool {
    profile.iter().any(|(key, _)| key.starts_with(start))
}

/// The texts with the roles of these profiles, which are of [`Adoption::Role`], in the settings
/// file. `program` is the absolute path of xacct.
///
/// Errors: something cannot be written so that it would be read the same.
pub(crate) fn adopt(
    config: &Config,
    raw: &Texts,
    names: &[String],
    program: &str,
) -> Result<Texts> {
    let paths = config.paths();
    if paths.settings.as_os_str().is_empty() {
        return Err(
            Error::config("no directory found for the settings file").hint("set XACCT_CONFIG")
        );
    }
    let mut roles = Vec::new();
    for name in names {
        let command = process::command(program, name).map_err(|why| named(names, why))?;
        let own = config
            .in_config_file(name)
            .unwrap_or_else(|| Section::empty(name));
        let region = included_region(config, &own)?;
        roles.push((name, own, command, region));
    }
    let (mut edits, mut additions) = (Vec::new(), Vec::new());
    for (name, own, command, region) in &roles {
        let moving = || own.iter().filter(|(key, setting)| moves(key, setting));
        let gone = moving().map(|(key, _)| key).chain([PROCESS]).collect();
        let region = region
            .as_ref()
            .map(|region| (Key::Region.name(), region.as_str()));
        let with = [(PROCESS, command.as_str())]
            .into_iter()
            .chain(region)
            .collect();
        edits.push(Edit {
            profile: name,
            gone,
            with,
        });
        // What the settings file says counts already.
        let there = config.settings.profile(name);
        let new =
            moving().filter(|(key, _)| there.is_none_or(|profile| profile.named(key).is_none()));
        let new: Vec<_> = new
            .map(|(key, setting)| moved(key, setting, paths))
            .collect::<Result<_>>()?;
        if !new.is_empty() {
            additions.push(((*name).clone(), new));
        }
    }
    let config_text = edited(raw, &edits).map_err(|why| named(names, why))?;
    let settings = raw.settings.clone().unwrap_or_default();
    let added = settings_edit::add(&settings, &paths.display(FileKind::Settings), &additions);
    let settings = Zeroizing::new(added.map_err(|why| named(names, why))?);
    Ok(Texts {
        config: Some(config_text),
        settings: Some(settings),
        ..raw.clone()
    })
}

/// The region that the profile has by `include_profile` alone: only xacct reads that, so the SDKs
/// would have none.
fn included_region(config: &Config, own: &Section) -> Result<Option<String>> {
    if own.get(Key::Region).is_some() || own.get(Key::IncludeProfile).is_none() {
        return Ok(None);
    }
    let profile = config.profile(&own.name)?;
    let region = profile
        .as_ref()
        .and_then(|profile| profile.get(Key::Region))
        .map(Setting::first_line);
    Ok(region
        .filter(|region| !region.is_empty())
        .map(str::to_owned))
}

fn edited(raw: &Texts, edits: &[Edit<'_>]) -> std::result::Result<Zeroizing<String>, String> {
    let mut ini = Ini::new(
        FileKind::Config,
        raw.config.as_ref().map_or("", |text| text),
    );
    ini.replace(edits)?;
    Ok(ini.into_text())
}

fn named(names: &[String], why: String) -> Error {
    match names {
        [name] => Error::config(why).at(Place::Named(format!("profile '{name}'"))),
        _ => Error::config(why),
    }
}

/// The texts with the roles of these profiles, which are of [`Adoption::Adopted`], in the config
/// file again.
///
/// Errors: something cannot be written so that it would be read the same.
pub(crate) fn give_back(config: &Config, raw: &Texts, names: &[String]) -> Result<Texts> {
    let (mut edits, mut gone) = (Vec::new(), Vec::new());
    for name in names {
        let keys = config
            .settings
            .profile(name)
            .into_iter()
            .flat_map(Profile::iter);
        let back = keys.filter(|(key, _)| {
            Key::of(key).is_some_and(|key| key.is_of_role() && !key.is_of_care())
        });
        let with: Vec<(&str, &str)> = back
            .map(|(key, setting)| (key, setting.value.as_str()))
            .collect();
        gone.push((name.as_str(), with.iter().map(|(key, _)| *key).collect()));
        edits.push(Edit {
            profile: name,
            gone: vec![PROCESS],
            with,
        });
    }
    let path = config.paths().display(FileKind::Settings);
    // Where they cannot be taken out they may stay: they say what the config file says again.
    let without =
        |text: &Zeroizing<String>| Zeroizing::new(settings_edit::remove(text, &path, &gone));
    let settings = raw.settings.as_ref().map(without);
    let config_text = edited(raw, &edits).map_err(|why| named(names, why))?;
    Ok(Texts {
        config: Some(config_text),
        settings,
        ..raw.clone()
    })
}

/// Whether adopting exactly these profiles made `now` of `before`.
pub(crate) fn made(before: &Texts, now: &Texts, paths: &Paths, names: &[String]) -> bool {
    let Ok(config) = Config::new(paths.clone(), before.clone().without_marks()) else {
        return false;
    };
    if !names
        .iter()
        .all(|name| matches!(state(&config, name), Adoption::Role))
    {
        return false;
    }
    let program = names.first().and_then(|name| {
        let now = Config::new(paths.clone(), now.clone().without_marks()).ok()?;
        words::readable(process_of(&now.in_config_file(name)?)?)
            .into_iter()
            .next()
    });
    let made = program.and_then(|program| adopt(&config, before, names, &program).ok());
    made.is_some_and(|made| made.config == now.config && made.settings == now.settings)
}

fn process_of(own: &Section) -> Option<&str> {
    Some(own.get(Key::CredentialProcess)?.value.trim()).filter(|command| !command.is_empty())
}

/// A key set to nothing says nothing, and stays.
fn moves(key: &str, setting: &Setting) -> bool {
    is_of_role(key) && !setting.value.trim().is_empty()
}

fn is_of_role(key: &str) -> bool {
    Key::of(key).is_some_and(Key::is_of_role)
}

/// The entry for the settings file. A policy's path is from the file that names it, which will be
/// another one.
fn moved(key: &str, setting: &Setting, paths: &Paths) -> Result<(String, String)> {
    let value = setting.value.as_str();
    let value = value.trim();
    let is_path =
        key == Key::SessionPolicy.name() && !value.starts_with('{') && !value.starts_with("~/");
    let value = match paths
        .config
        .parent()
        .filter(|_| is_path && Path::new(value).is_relative())
    {
        Some(dir) => dir
            .join(value)
            .into_os_string()
            .into_string()
            .map_err(|path| {
                Error::config(format!(
                    "session_policy: {} is not UTF-8",
                    path.to_string_lossy()
                ))
            })?,
        None => value.to_owned(),
    };
    Ok((key.to_owned(), value))
}

#[cfg(test)]
mod tests;
