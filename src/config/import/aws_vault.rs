//! aws-vault: profiles that call it, and the key that its version 5 had.
//!
//! Source: aws-vault's USAGE.md, "Using `credential_process`", and its flags.

use super::{Tool, Wanted, Wish, Wrapper, said, wrappers};
use crate::config::{Config, Key, Profile};

const PARENT: &str = "parent_profile";

/// Flags with a value, which is no profile.
const WITH_VALUE: [&str; 14] = [
    "--format",
    "--duration",
    "--region",
    "--mfa-token",
    "--backend",
    "--prompt",
    "--keychain",
    "--secret-service-collection",
    "--pass-dir",
    "--pass-cmd",
    "--pass-prefix",
    "--file-dir",
    "-d",
    "-t",
];

pub(super) fn wanted(config: &Config) -> Wanted {
    let mut wanted = Wanted::default();
    for wrapper in wrappers(Tool::AwsVault, config) {
        match change(config, &wrapper) {
            Ok(wish) => wanted.changes.push(wish),
            Err(left) => wanted.left.push(left),
        }
    }
    for name in config.profile_names() {
        let parent = config
            .in_config_file(&name)
            .and_then(|section| Some(section.named(PARENT)?.first_line().to_owned()));
        let Some(parent) = parent else { continue };
        let included = (Key::IncludeProfile.name(), parent);
        match wanted.changes.iter_mut().find(|wish| wish.profile == name) {
            Some(wish) => {
                wish.gone.push(PARENT.to_owned());
                wish.with
                    .retain(|(key, _)| *key != Key::IncludeProfile.name());
                wish.with.push(included);
            }
            None => wanted.changes.push(Wish {
                profile: name,
                gone: vec![PARENT.to_owned()],
                with: vec![included],
            }),
        }
    }
    wanted
}

/// Without the wrapper the profile is what aws-vault made of it: its own role, or that of the
/// profile that it named.
fn change(config: &Config, wrapper: &Wrapper) -> Result<Wish, String> {
    let name = &wrapper.section.name;
    let Some(meant) = profile_of(&wrapper.arguments) else {
        return Err(format!(
            "profile '{name}': its credential_process is not 'aws-vault exec PROFILE' or 'aws-vault \
             export PROFILE', and stays"
        ));
    };
    let profile = config.profile(meant).ok().flatten();
    let Some(profile) = profile.filter(gets_credentials) else {
        return Err(format!(
            "profile '{name}': the access key of '{meant}' is in aws-vault's keyring, so its \
             credential_process stays"
        ));
    };
    let with = if profile.name == *name || said(&wrapper.section, Key::IncludeProfile).is_some() {
        Vec::new()
    } else {
        vec![(Key::IncludeProfile.name(), profile.name)]
    };
    Ok(Wish {
        profile: name.clone(),
        gone: vec![Key::CredentialProcess.name().to_owned()],
        with,
    })
}

/// Whether the profile says how credentials are got, without aws-vault's keyring.
fn gets_credentials(profile: &Profile) -> bool {
    let is_set = |key| {
        profile
            .get(key)
            .is_some_and(|setting| !setting.value.trim().is_empty())
    };
    [Key::RoleArn, Key::SsoAccountId, Key::AwsAccessKeyId]
        .into_iter()
        .any(is_set)
}

/// The profile of `exec` and `export`.
fn profile_of(arguments: &[String]) -> Option<&str> {
    let mut words = arguments.iter();
    let mut is_command = false;
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(&word.as_str()) {
            words.next();
        } else if !word.starts_with('-') {
            if is_command {
                return Some(word);
            }
            is_command = ["exec", "export"].contains(&word.as_str());
            if !is_command {
                return None;
            }
        }
    }
    None
}
