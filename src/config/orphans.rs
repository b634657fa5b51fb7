//! Tables of the settings file that limit a profile which no file defines: a misspelt name, mostly.

use std::collections::HashSet;

use super::Config;
use super::header::SectionKind;
use super::keys::{Key, Weight};
use super::scan;
use super::section::Section;

/// What makes a table a profile by itself.
const DEFINING: [Key; 12] = [
    Key::RoleArn,
    Key::SourceProfile,
    Key::CredentialSource,
    Key::IncludeProfile,
    Key::AwsAccessKeyId,
    Key::AwsSecretAccessKey,
    Key::CredentialProcess,
    Key::LoginSession,
    Key::SsoSession,
    Key::SsoAccountId,
    Key::SsoStartUrl,
    Key::WebIdentityTokenFile,
];

impl Config {
    /// Their places among the tables.
    pub(super) fn orphans(&self) -> Vec<usize> {
        let tables = self.settings.profiles.iter().enumerate();
        let limiting = tables.filter(|(_, table)| is_only_limiting(table));
        let mut orphans: Vec<(usize, &str)> = limiting
            .map(|(at, table)| (at, table.name.as_str()))
            .collect();
        if orphans.is_empty() {
            return Vec::new();
        }
        let of_aws = self.names_in_aws_files();
        orphans.retain(|(_, name)| !of_aws.contains(name) && !self.is_named_by_others(name));
        orphans.into_iter().map(|(at, _)| at).collect()
    }

    fn names_in_aws_files(&self) -> HashSet<&str> {
        let no_profiles = [
            SectionKind::SsoSession,
            SectionKind::Services,
            SectionKind::Ignored,
        ];
        let files = [&self.config, &self.credentials].into_iter();
        let found = files.flat_map(|file| file.sections.all.iter().map(move |one| (file, one)));
        found
            .filter(|(_, found)| !no_profiles.contains(&found.kind))
            .map(|(file, found)| file.name(found))
            .collect()
    }

    /// Whether another profile includes it, or has it as its source.
    fn is_named_by_others(&self, name: &str) -> bool {
        let keys = [Key::IncludeProfile, Key::SourceProfile];
        let in_tables = self.settings.profiles.iter().any(|table| {
            let mut named = keys.iter().filter_map(|key| table.get(*key));
            named.any(|setting| setting.value.trim() == name)
        });
        in_tables
            || [&self.config, &self.credentials]
                .iter()
                .any(|file| names_it(file.text(), name))
    }

    /// Whether the config file is the one in the home directory: with others, the settings file may
    /// be meant for several of them.
    pub(super) fn is_usual(&self) -> bool {
        let home = self.paths.home.as_ref();
        home.is_some_and(|home| self.paths.config == home.join(".aws").join("config"))
    }
}

fn is_only_limiting(table: &Section) -> bool {
    let decides = |name: &str| Key::of(name).is_some_and(|key| key.weight() == Weight::Decides);
    DEFINING.iter().all(|key| table.get(*key).is_none())
        && table.iter().any(|(name, _)| decides(name))
}

/// Whether a line of the text says `include_profile = NAME` or `source_profile = NAME`.
fn names_it(text: &str, name: &str) -> bool {
    text.match_indices("_profile").any(|(at, _)| {
        let start = text[..at].rfind('\n').map_or(0, |feed| feed + 1);
        let line = text[start..].lines().next().unwrap_or_default();
        let pair = scan::pair(line);
        pair.is_some_and(|pair| {
            let key = Key::of(&pair.key.to_ascii_lowercase());
            matches!(key, Some(Key::IncludeProfile | Key::SourceProfile)) && pair.value == name
        })
    })
}
