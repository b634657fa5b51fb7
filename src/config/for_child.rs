//! What a program that is handed one profile's credentials needs in order to work as it would under
//! `--profile`: the profile's settings (endpoints, FIPS, retries, S3 …) as the SDKs' variables,
//! and, for settings that have no variable, a config file whose `[default]` is the profile. Nothing
//! here says who the program is.

use std::fmt::Write as _;

use zeroize::Zeroizing;

use super::Config;
use super::header::SectionKind;
use super::keys::Key;
use super::origin::FileKind;
use super::scan;
use super::sdk_variables::{self, ENDPOINT_URL};
use super::section::{Section, Setting};
use super::sections_used::Parts;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// Whether the config file has an access key in the profile's own section.
pub(crate) fn has_keys_in_config(config: &Config, profile: &str) -> bool {
    let own = config.in_config_file(profile);
    own.is_some_and(|section| ACCESS_KEYS.iter().any(|key| section.get(*key).is_some()))
}

/// How a profile reaches a child. Both are empty for a profile that sets nothing but its region.
pub(crate) struct ForChild {
    /// Variables that the user has not set: where one is set, it wins over the profile in every
    /// SDK.
    pub(crate) variables: Vec<(String, Secret)>,
    /// The section `[default]` of a config file, where variables cannot say it all.
    pub(crate) default: Option<String>,
    /// What reaches the child though the profile does not say it, with the line.
    pub(crate) warnings: Vec<String>,
}

/// Settings of `[default]` that are left out by saying what a program does without them.
const NEUTRAL: [(Key, &str); 4] = [
    (Key::Output, "json"),
    (Key::UseFipsEndpoint, "false"),
    (Key::UseDualstackEndpoint, "false"),
    (Key::IgnoreConfiguredEndpointUrls, "false"),
];

/// What decides only how the AWS CLI looks on a terminal; not worth a file where it stands in
/// `[default]`.
const LOOKS: [Key; 5] = [
    Key::CliAutoPrompt,
    Key::CliErrorFormat,
    Key::CliHelpOutput,
    Key::CliHistory,
    Key::CliPager,
];

/// What a command must not find under the profile that it has credentials of, or under `[default]`.
const ACCESS_KEYS: [Key; 4] = [
    Key::AwsAccessKeyId,
    Key::AwsSecretAccessKey,
    Key::AwsSessionToken,
    Key::AwsSecurityToken,
];

/// Written from what is issued, or of no meaning to anything but xacct.
const NOT_FOR_PROGRAMS: [Key; 3] = [Key::Region, Key::IncludeProfile, Key::AllowHttpEndpoint];

const NOTE: &str = "# xacct wrote this copy for commands that it started: [default] is their \
                    profile.\n\
                    # Changes to this file are lost.\n";

/// Compares what the profile says with what a program reads by itself, which is `[default]`.
///
/// Errors: a value that no environment variable can hold; `services` names a section that does not
/// exist.
pub(crate) fn for_child(config: &Config, profile: &Section, env: &Env) -> Result<ForChild> {
    let default = read_by_programs(config, "default");
    let mut variables = child_variables(config, profile, env)?;
    let leaks = leaks(profile, default.as_ref(), env, &mut variables);
    let (in_credentials, in_config): (Vec<_>, Vec<_>) = leaks
        .into_iter()
        .partition(|(_, setting)| setting.origin.file == FileKind::Credentials);
    let warnings = in_credentials
        .iter()
        .map(|(key, setting)| cannot_be_kept_out(key, setting))
        .collect();
    let is_file_needed =
        !in_config.is_empty() || has_more_than_variables(config, profile, default.as_ref());
    let default = is_file_needed.then(|| default_section(profile));
    Ok(ForChild {
        variables,
        default,
        warnings,
    })
}

/// The config file for a program that gets its credentials from a container's endpoint: the
/// profile, and no other. No file may bring other credentials in: most SDKs prefer keys in
/// `[default]` to a container's (docs/aws.md A5).
pub(crate) fn profile_alone(config: &Config, profile: Option<&Section>, region: &str) -> String {
    let mut text = format!("[default]\nregion = {region}\n");
    let settings = profile
        .into_iter()
        .flat_map(Section::iter)
        .filter(|(key, _)| is_about_work(key));
    settings.for_each(|(key, setting)| push(&mut text, key, setting));
    if let Some(services) = profile.and_then(|profile| services(config, profile)) {
        let _ = writeln!(text, "\n[services {}]", services.name);
        services
            .iter()
            .for_each(|(key, setting)| push(&mut text, key, setting));
    }
    text
}

/// What the SDKs read of a profile: the two AWS files, without xacct's settings and what is
/// included.
fn read_by_programs(config: &Config, name: &str) -> Option<Section> {
    let parts = Parts {
        config: config.config.find(SectionKind::Profile, name).collect(),
        plain_default: config
            .config
            .find(SectionKind::PlainDefault, name)
            .collect(),
        credentials: config
            .credentials
            .find(SectionKind::Profile, name)
            .collect(),
        ..Parts::default()
    };
    config.merge(name, &parts)
}

/// The variables alone, for a program that reads none of the user's files.
///
/// Errors: as [`for_child`].
pub(crate) fn child_variables(
    config: &Config,
    profile: &Section,
    env: &Env,
) -> Result<Vec<(String, Secret)>> {
    let mut variables: Vec<(String, Secret)> = Vec::new();
    for (key, setting) in profile.iter() {
        for name in sdk_variables::of(key) {
            let is_set = is_users(name, env) || variables.iter().any(|(other, _)| other == name);
            if !is_set && let Some(value) = value(config, key, setting, env)? {
                variables.push((name.to_owned(), value));
            }
        }
    }
    variables.extend(service_endpoints(config, profile, env)?);
    Ok(variables)
}

/// One variable for each service that has an endpoint of its own. A variable for all services that
/// the user has set wins over what a profile says of one service.
fn service_endpoints(
    config: &Config,
    profile: &Section,
    env: &Env,
) -> Result<Vec<(String, Secret)>> {
    let Some(setting) = profile
        .get(Key::Services)
        .filter(|_| !is_users(ENDPOINT_URL, env))
    else {
        return Ok(Vec::new());
    };
    let Some(section) = services(config, profile) else {
        let name = setting.value.trim();
        let message = format!("{}: no section [services {name}]", setting.origin);
        let hint = config.hint_for_services(name);
        return Err(Error::config(message).hint(hint));
    };
    let mut endpoints = Vec::new();
    for (block, setting) in section.iter() {
        let name = sdk_variables::of_service(block).filter(|name| !is_users(name, env));
        let url = setting.sub("endpoint_url").filter(|url| !url.is_empty());
        if let Some((name, url)) = name.zip(url) {
            check(&url, setting)?;
            endpoints.push((name, Secret::new(url)));
        }
    }
    Ok(endpoints)
}

fn services(config: &Config, profile: &Section) -> Option<Section> {
    config.services(profile.get(Key::Services)?.value.trim())
}

/// An endpoint that is set to nothing is not set, as in the SDKs.
fn is_users(name: &str, env: &Env) -> bool {
    if name.starts_with(ENDPOINT_URL) {
        env.get(name).is_some()
    } else {
        env.raw(name).is_some()
    }
}

/// What the variable is set to. `cli_pager =` means no pager; any other key that is set to nothing
/// is not set.
fn value(config: &Config, key: &str, setting: &Setting, env: &Env) -> Result<Option<Secret>> {
    // Lines below it that are indented by accident are no part of a setting that is one word.
    let text = setting.value.lines().next().unwrap_or_default().trim();
    if text.is_empty() && key != Key::CliPager.name() {
        return Ok(None);
    }
    check(text, setting)?;
    let is_path = key == Key::CaBundle.name();
    Ok(Some(Secret::new(if is_path {
        config.paths().expanded(text, env)
    } else {
        text.to_owned()
    })))
}

fn check(text: &str, setting: &Setting) -> Result<()> {
    if !text.contains(char::is_control) {
        return Ok(());
    }
    let message = format!("{}: the value has a control character", setting.origin);
    Err(Error::config(message).hint("write the line again"))
}

/// The credentials file is not copied, because of the keys in it, and it wins over any config file.
fn cannot_be_kept_out(key: &str, setting: &Setting) -> String {
    format!(
        "{}: {key} of [default] applies to the command too, because it stands in the credentials \
         file; move the line to the config file",
        setting.origin
    )
}

/// The settings of `[default]` that the profile does not have and that would reach the child. Adds
/// the variables that keep others out.
fn leaks<'a>(
    profile: &Section,
    default: Option<&'a Section>,
    env: &Env,
    variables: &mut Vec<(String, Secret)>,
) -> Vec<(&'a str, &'a Setting)> {
    let mut leaks = Vec::new();
    for (key, setting) in default.into_iter().flat_map(Section::iter) {
        let is_said = profile
            .named(key)
            .is_some_and(|own| own.value == setting.value);
        let known = Key::of(key);
        let is_look = known.is_some_and(|known| LOOKS.contains(&known));
        if is_said || setting.value.trim().is_empty() || is_look {
            continue;
        }
        let is_covered =
            |name: &str| is_users(name, env) || variables.iter().any(|(other, _)| other == name);
        let mut open = sdk_variables::of(key)
            .filter(|name| !is_covered(name))
            .peekable();
        let neutral = NEUTRAL
            .iter()
            .find(|(neutral, _)| Some(*neutral) == known)
            .map(|(_, value)| *value);
        if let (Some(value), Some(name)) = (neutral, open.peek()) {
            if *setting.value != value {
                variables.push(((*name).to_owned(), Secret::new(value)));
            }
            continue;
        }
        let is_leak = match known {
            Some(Key::Services) => !is_users(ENDPOINT_URL, env),
            _ => open.peek().is_some() || is_by_file(key, setting),
        };
        if is_leak {
            leaks.push((key, setting));
        }
    }
    leaks
}

/// Whether the profile sets what has no variable, and `[default]` does not say the same.
fn has_more_than_variables(config: &Config, profile: &Section, default: Option<&Section>) -> bool {
    let is_in_default = |key: &str, setting: &Setting| {
        default
            .and_then(|default| default.named(key))
            .is_some_and(|other| other.value == setting.value)
    };
    let mut by_file = profile
        .iter()
        .filter(|(key, setting)| is_by_file(key, setting));
    by_file.any(|(key, setting)| !is_in_default(key, setting)) || {
        let services = services(config, profile);
        let is_more = |setting: &Setting| setting.subs().any(|sub| sub.key != "endpoint_url");
        let is_said = profile
            .get(Key::Services)
            .is_some_and(|setting| is_in_default(Key::Services.name(), setting));
        !is_said
            && services.is_some_and(|services| services.iter().any(|(_, setting)| is_more(setting)))
    }
}

fn is_by_file(key: &str, setting: &Setting) -> bool {
    is_about_work(key) && sdk_variables::is_by_file(key, setting)
}

/// The user's own config file, so that other profiles go on working, with this section in the place
/// of `[default]`. The access keys of other profiles are in it: programs that are told to use one
/// of these find no others. Those of `profile` itself are not: what it has issued is in the
/// environment.
pub(crate) fn file_for_child(config: &Config, profile: &str, default: &str) -> Zeroizing<String> {
    let others = config.config.text_without_default(profile, &ACCESS_KEYS);
    let mut text = Zeroizing::new(String::with_capacity(
        NOTE.len() + others.len() + default.len() + 1,
    ));
    text.push_str(NOTE);
    text.push_str(&others);
    if !others.is_empty() && !others.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(default);
    text
}

fn default_section(profile: &Section) -> String {
    let mut section = String::from("[default]\n");
    if let Some(region) = profile.get(Key::Region) {
        let _ = writeln!(
            section,
            "region = {}",
            region.value.lines().next().unwrap_or_default()
        );
    }
    let settings = profile.iter().filter(|(key, _)| is_about_work(key));
    settings.for_each(|(key, setting)| push(&mut section, key, setting));
    section
}

fn is_about_work(key: &str) -> bool {
    let is_for_xacct = |key: Key| {
        key == Key::CredentialProcess || NOT_FOR_PROGRAMS.contains(&key) || key.is_of_role()
    };
    !key.starts_with("aws_") && !Key::of(key).is_some_and(is_for_xacct)
}

/// As the line, or the lines of a nested block, that are read as this value; nothing where there is
/// no such line.
fn push(text: &mut String, key: &str, setting: &Setting) {
    let lines: Vec<&str> = setting.value.split('\n').collect();
    if lines
        .iter()
        .any(|line| scan::comment_start(line) < line.len())
    {
        return;
    }
    let _ = writeln!(text, "{}", format!("{key} = {}", lines[0]).trim_end());
    for line in &lines[1..] {
        let _ = writeln!(text, "  {line}");
    }
}

#[cfg(test)]
mod tests;
