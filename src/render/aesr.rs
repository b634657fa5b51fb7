//! Roles as a configuration of the browser extension AWS Extend Switch Roles.
//!
//! Its parser (`aesr-config` on npm) ends a value at `#`, `;` and a second `=`, and fails as a
//! whole for one section that it does not like.

use crate::say::visible;

/// An account that one is signed in to, whose switches the extension shows there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) name: String,
    pub(crate) account_id: String,
}

/// What becomes of one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AesrProfile {
    Role {
        name: String,
        role_arn: String,
        /// The name of a [`Base`]; `None` shows the role in every account.
        base: Option<String>,
        region: Option<String>,
        /// Six hex digits.
        color: Option<String>,
    },
    LeftOut {
        name: String,
        why: String,
    },
}

/// The whole file.
pub(crate) fn config(bases: &[Base], entries: &[AesrProfile]) -> String {
    let mut blocks = vec!["# AWS Extend Switch Roles, made by 'xacct export aesr'\n".to_owned()];
    for Base { name, account_id } in bases {
        blocks.push(format!("[{name}]\naws_account_id = {account_id}\n"));
    }
    for entry in entries {
        blocks.push(match entry {
            AesrProfile::LeftOut { name, why } => {
                format!("# {} is left out: {}\n", visible(name), visible(why))
            }
            AesrProfile::Role {
                name,
                role_arn,
                base,
                region,
                color,
            } => {
                let optional = [
                    ("source_profile", base),
                    ("region", region),
                    ("color", color),
                ];
                let lines: String = optional
                    .into_iter()
                    .filter_map(|(key, value)| Some(format!("{key} = {}\n", value.as_ref()?)))
                    .collect();
                format!("[profile {name}]\nrole_arn = {role_arn}\n{lines}")
            }
        });
    }
    blocks.join("\n")
}

/// Why a section's name cannot be written.
pub(crate) fn unwritable_name(name: &str) -> Option<String> {
    cutting(name, &['#', ';'])
        .map(|character| format!("its name has a '{character}', where the extension ends it"))
}

/// Why a value cannot be written.
pub(crate) fn unwritable_value(key: &str, value: &str) -> Option<String> {
    cutting(value, &['#', ';', '='])
        .map(|character| format!("{key} has a '{character}', where the extension ends it"))
}

fn cutting(text: &str, characters: &[char]) -> Option<char> {
    text.chars()
        .find(|character| characters.contains(character))
}
