//! granted: profiles that call it, whose `granted_sso_…` keys are those of AWS with a prefix.
//!
//! Source: granted's docs, "granted credential-process" and "Configuration".

use super::{Tool, Wanted, Wish, wrappers};
use crate::config::{Config, Key, ProfileColor, Section};

const PREFIX: &str = "granted_";

/// Keys that AWS has without the prefix.
const RENAMED: [Key; 5] = [
    Key::SsoStartUrl,
    Key::SsoRegion,
    Key::SsoAccountId,
    Key::SsoRoleName,
    Key::SsoRegistrationScopes,
];

/// The settings of `~/.granted/config`, and what has their place in xacct.
const SETTINGS: [(&str, &str); 9] = [
    ("DefaultBrowser", "set console.browser in config.toml"),
    ("CustomBrowserPath", "set console.browser in config.toml"),
    ("CustomSSOBrowserPath", "set BROWSER for xacct login"),
    (
        "ConsoleBrowserLaunchTemplate",
        "set console.browser in config.toml",
    ),
    ("SSOBrowserLaunchTemplate", "set BROWSER for xacct login"),
    ("Ordering", "xacct lists profiles in the order of the files"),
    ("CredentialProcessAutoLogin", "run xacct login first"),
    ("ProfileRegistry", "xacct has no profile registry"),
    ("ProfileRegistryURLS", "xacct has no profile registry"),
];

pub(super) fn wanted(config: &Config, own: Option<&str>) -> Wanted {
    let mut wanted = Wanted::default();
    let wrapped: Vec<String> = wrappers(Tool::Granted, config)
        .into_iter()
        .map(|wrapper| wrapper.section.name)
        .collect();
    for name in config.profile_names() {
        let Some(section) = config.in_config_file(&name) else {
            continue;
        };
        let (mut gone, with) = renamed(&section, &mut wanted.left);
        if wrapped.contains(&name) {
            let has_way = with.iter().any(|(key, _)| *key == Key::SsoStartUrl.name())
                || [Key::SsoSession, Key::SsoStartUrl, Key::RoleArn]
                    .iter()
                    .any(|key| section.get(*key).is_some());
            if has_way {
                gone.push(Key::CredentialProcess.name().to_owned());
            } else {
                wanted.left.push(format!(
                    "profile '{name}': its credentials are in granted's keyring, so its \
                     credential_process stays"
                ));
            }
        }
        if !gone.is_empty() {
            wanted.changes.push(Wish {
                profile: name,
                gone,
                with,
            });
        }
    }
    wanted.left.extend(settings(own));
    wanted
}

/// The keys with the prefix, and what they become.
fn renamed(
    section: &Section,
    left: &mut Vec<String>,
) -> (Vec<String>, Vec<(&'static str, String)>) {
    let (mut gone, mut with) = (Vec::new(), Vec::new());
    for (key, setting) in section.iter() {
        let Some(rest) = key.strip_prefix(PREFIX) else {
            continue;
        };
        let value = setting.first_line().trim().to_owned();
        if let Some(known) = RENAMED.iter().find(|known| known.name() == rest) {
            gone.push(key.to_owned());
            if section.get(*known).is_none() {
                with.push((known.name(), value));
            }
        } else if rest == "color" && ProfileColor::parse(&value).is_ok() {
            gone.push(key.to_owned());
            if section.get(Key::Color).is_none() {
                with.push((Key::Color.name(), value));
            }
        } else {
            let name = &section.name;
            left.push(format!("profile '{name}': {key} has no counterpart"));
        }
    }
    (gone, with)
}

fn settings(own: Option<&str>) -> Vec<String> {
    let table = own.and_then(|text| text.parse::<toml::Table>().ok());
    let set = table.unwrap_or_default();
    SETTINGS
        .iter()
        .filter(|(name, _)| set.contains_key(*name))
        .map(|(name, instead)| format!("~/.granted/config: {name}: {instead}"))
        .collect()
}
