//! What other tools have written about profiles, turned into plain profiles: text in, text out. What
//! has no counterpart is named and stays.

mod aws_sso_cli;
mod aws_vault;
mod granted;
mod others;

use super::edit::Edit;
use super::paths::Texts;
use super::section::Section;
use super::words;
use super::{Config, FileKind, Ini, Key};
use crate::error::{Error, Result};

/// A tool whose settings can be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    AwsVault,
    Granted,
    Awsume,
    Saml2aws,
    AwsSsoCli,
    Leapp,
}

impl Tool {
    /// Every one, in the order of the help.
    pub(crate) const ALL: [Tool; 6] = [
        Tool::AwsVault,
        Tool::Granted,
        Tool::Awsume,
        Tool::Saml2aws,
        Tool::AwsSsoCli,
        Tool::Leapp,
    ];

    /// As it is written on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Tool::AwsVault => "aws-vault",
            Tool::Granted => "granted",
            Tool::Awsume => "awsume",
            Tool::Saml2aws => "saml2aws",
            Tool::AwsSsoCli => "aws-sso-cli",
            Tool::Leapp => "leapp",
        }
    }

    /// Its own settings file, from the home directory; `None` where it has none that says something.
    pub(crate) fn settings_file(self) -> Option<&'static str> {
        match self {
            Tool::AwsVault | Tool::Leapp => None,
            Tool::Granted => Some(".granted/config"),
            Tool::Awsume => Some(".awsume/config.yaml"),
            Tool::Saml2aws => Some(".saml2aws"),
            Tool::AwsSsoCli => Some(".aws-sso/config.yaml"),
        }
    }

    /// What its program is called in a `credential_process`.
    fn is_its_program(self, name: &str) -> bool {
        let name = name.strip_suffix(".exe").unwrap_or(name);
        match self {
            Tool::AwsSsoCli => name == "aws-sso",
            Tool::Granted => ["granted", "dgranted"].contains(&name),
            tool => name == tool.name(),
        }
    }
}

/// The changed files, and what to tell.
pub(crate) struct Imported {
    pub(crate) texts: Texts,
    /// The profiles that are changed, with what each was.
    pub(crate) profiles: Vec<String>,
    /// What has no counterpart, a sentence each.
    pub(crate) left: Vec<String>,
}

/// What a tool's settings lead to, before it is written.
#[derive(Default)]
struct Wanted {
    changes: Vec<Wish>,
    /// `[sso-session]` sections to add: name, start URL, region.
    sessions: Vec<(String, String, String)>,
    left: Vec<String>,
}

/// What becomes of a profile in the config file.
struct Wish {
    profile: String,
    gone: Vec<String>,
    with: Vec<(&'static str, String)>,
}

/// Turns what the tool has written into plain profiles. `own` is the text of its settings file.
///
/// Errors: of kind `Config`, where the tool's file cannot be read, or a line cannot be written.
pub(crate) fn import(
    tool: Tool,
    config: &Config,
    raw: &Texts,
    own: Option<&str>,
) -> Result<Imported> {
    let wanted = match tool {
        Tool::AwsVault => aws_vault::wanted(config),
        Tool::Granted => granted::wanted(config, own),
        Tool::AwsSsoCli => aws_sso_cli::wanted(config, own)?,
        Tool::Awsume => others::awsume(config, own)?,
        Tool::Saml2aws => others::saml2aws(config, own),
        Tool::Leapp => others::leapp(config),
    };
    let before = raw.config.as_ref().map_or("", |text| text.as_str());
    let mut ini = Ini::new(FileKind::Config, before);
    let edits: Vec<Edit<'_>> = wanted.changes.iter().map(Wish::edit).collect();
    ini.replace(&edits).map_err(Error::config)?;
    for (name, start_url, region) in &wanted.sessions {
        ini.add_sso_session(name, start_url, region);
    }
    let changed = ini.into_text();
    let texts = Texts {
        config: if *changed == *before {
            raw.config.clone()
        } else {
            Some(changed)
        },
        ..raw.clone()
    };
    let profiles = wanted.changes.into_iter().map(|wish| wish.profile);
    Ok(Imported {
        texts,
        profiles: profiles.collect(),
        left: wanted.left,
    })
}

impl Wish {
    fn edit(&self) -> Edit<'_> {
        Edit {
            profile: &self.profile,
            gone: self.gone.iter().map(String::as_str).collect(),
            with: self
                .with
                .iter()
                .map(|(key, value)| (*key, value.as_str()))
                .collect(),
        }
    }
}

/// A profile that gets its credentials from the tool.
struct Wrapper {
    /// What the config file alone says of it.
    section: Section,
    /// The words of its `credential_process`, without the program.
    arguments: Vec<String>,
}

/// The profiles whose `credential_process` starts the tool.
fn wrappers(tool: Tool, config: &Config) -> Vec<Wrapper> {
    let names = config.profile_names();
    let sections = names.iter().filter_map(|name| config.in_config_file(name));
    sections
        .filter_map(|section| {
            let command = section.get(Key::CredentialProcess)?.first_line().to_owned();
            let mut words = words::readable(&command).into_iter();
            let program = words.next()?;
            let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
            tool.is_its_program(name).then(|| Wrapper {
                section,
                arguments: words.collect(),
            })
        })
        .collect()
}

/// The value of `--NAME VALUE` or `--NAME=VALUE`, or of a short form of it.
fn option<'a>(arguments: &'a [String], names: &[&str]) -> Option<&'a str> {
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        for name in names {
            if word == name {
                return words.next().map(String::as_str);
            }
            let value = word.strip_prefix(name);
            if let Some(value) = value.and_then(|rest| rest.strip_prefix('=')) {
                return Some(value);
            }
        }
    }
    None
}

/// A key's text in a section, if it says something.
fn said(section: &Section, key: Key) -> Option<&str> {
    section
        .get(key)
        .map(|setting| setting.first_line().trim())
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
