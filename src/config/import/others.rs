//! Tools whose profiles are plain already, or cannot become so: what of theirs has no counterpart.

use saphyr::{LoadableYamlNode, Yaml};

use super::{Tool, Wanted, wrappers};
use crate::config::Config;
use crate::error::{Error, Result};

/// The settings of awsume, and what has their place in xacct.
const AWSUME: [(&str, &str); 6] = [
    (
        "role-duration",
        "set duration_seconds in the profiles of roles",
    ),
    ("region", "set region in the profiles"),
    (
        "fuzzy-match",
        "xacct suggests the nearest name, and guesses none",
    ),
    ("colors", "set NO_COLOR to have none"),
    ("console", "set console.browser in config.toml"),
    ("plugins", "xacct has no plug-ins"),
];

/// awsume reads plain profiles; `autoawsume` makes some that it renews.
///
/// Errors: its settings file is not YAML.
pub(super) fn awsume(config: &Config, own: Option<&str>) -> Result<Wanted> {
    let documents = Yaml::load_from_str(own.unwrap_or_default())
        .map_err(|error| Error::config(format!("~/.awsume/config.yaml: {error}")))?;
    let mut left = Vec::new();
    for name in config.profile_names() {
        let profile = config.profile(&name).ok().flatten();
        let is_its = profile.is_some_and(|profile| {
            ["autoawsume", "manager"].iter().any(|key| {
                let setting = profile
                    .named(key)
                    .map(|setting| setting.first_line().trim());
                setting.is_some_and(|text| ["true", "awsume"].contains(&text))
            })
        });
        if is_its {
            left.push(format!(
                "profile '{name}' holds a session that awsume renews: delete it, and run xacct adopt \
                 for the profile that it is of"
            ));
        }
    }
    for document in &documents {
        for (setting, instead) in AWSUME {
            if document.as_mapping_get(setting).is_some() {
                left.push(format!("~/.awsume/config.yaml: {setting}: {instead}"));
            }
        }
    }
    Ok(Wanted {
        left,
        ..Wanted::default()
    })
}

/// xacct does not sign in with SAML: what saml2aws writes is a source of credentials.
pub(super) fn saml2aws(config: &Config, own: Option<&str>) -> Wanted {
    let mut left = Vec::new();
    let (mut account, mut profile) = ("", "saml");
    let lines = own.unwrap_or_default().lines().map(str::trim);
    for line in lines.chain(["[]"]) {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            if !account.is_empty() {
                left.push(format!(
                    "~/.saml2aws: [{account}]: xacct does not sign in with SAML: keep saml2aws for \
                     profile '{profile}', and use it as a source_profile"
                ));
            }
            (account, profile) = (name.trim(), "saml");
        } else if let Some((key, value)) = line.split_once('=')
            && key.trim() == "aws_profile"
        {
            profile = value.trim();
        }
    }
    left.extend(stay(Tool::Saml2aws, config));
    Wanted {
        left,
        ..Wanted::default()
    }
}

/// Leapp keeps its sessions encrypted.
pub(super) fn leapp(config: &Config) -> Wanted {
    Wanted {
        left: stay(Tool::Leapp, config),
        ..Wanted::default()
    }
}

/// Profiles that call the tool, of which nothing else is known.
fn stay(tool: Tool, config: &Config) -> Vec<String> {
    wrappers(tool, config)
        .into_iter()
        .map(|wrapper| {
            format!(
                "profile '{}': only {} knows its role, so its credential_process stays",
                wrapper.section.name,
                tool.name()
            )
        })
        .collect()
}
