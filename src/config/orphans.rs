//! Profiles that limit what they do not define, and that no other profile names: mostly they are
//! another profile's, under a misspelt name. In the settings file they are found all at once, in
//! the config file those whose names are like that of the profile in question.

use std::collections::{HashMap, HashSet};

use super::Config;
use super::header::SectionKind;
use super::index::Found;
use super::keys::{Key, Weight};
use super::meant;
use super::origin::Problem;
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

/// What means nothing where no role is assumed. A device may be that of keys which some program
/// keeps elsewhere.
const OF_ROLES: [&str; 7] = [
    "read_only",
    "session_policy",
    "session_policy_arns",
    "confirm",
    "external_id",
    "source_identity",
    "session_tags",
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

    /// The sections of the config file whose name is this one but for a slip of the hand, and that
    /// nobody could use by themselves.
    pub(super) fn nearly_named(&self, name: &str) -> Vec<Section> {
        let names: Vec<&str> = match self.limiting.get(|| self.limiting_names()) {
            Some(limiting) => limiting.keys().map(|name| &**name).collect(),
            None => self.profiles_in_config().map(|(name, _)| name).collect(),
        };
        let names: HashSet<&str> = names
            .into_iter()
            .filter(|near| is_near(near, name))
            .collect();
        let mut sections: Vec<Section> = names
            .into_iter()
            .filter_map(|near| self.without_credentials(near))
            .collect();
        sections.sort_by_key(|section| section.origin.line);
        sections
    }

    /// Those that `nearly_named` may find, with their lines: for when it is asked for many.
    fn limiting_names(&self) -> HashMap<Box<str>, usize> {
        let profiles = self.profiles_in_config();
        let undefined = profiles.filter(|(name, found)| {
            let section = self.config.merged(name, [*found]);
            section.is_some_and(|section| {
                let limits = section.iter().any(|(key, _)| OF_ROLES.contains(&key));
                limits && !defines(&section)
            })
        });
        undefined
            .map(|(name, found)| (name.into(), found.line))
            .collect()
    }

    /// But for names in which something cannot be seen, which is looked for elsewhere.
    fn profiles_in_config(&self) -> impl Iterator<Item = (&str, &Found)> {
        let all = self.config.sections.all.iter();
        let profiles = all.filter(|found| found.kind == SectionKind::Profile);
        profiles
            .filter(|found| !found.is_disguised(self.config.text()))
            .map(|found| (self.config.name(found), found))
    }

    /// The profile, if it limits a role and there is nothing that it could limit.
    fn without_credentials(&self, name: &str) -> Option<Section> {
        let found = self.config.find(SectionKind::Profile, name);
        let mut section = self.config.merged(name, found)?;
        let in_credentials = self.credentials.sections.all.iter();
        let is_elsewhere = self.settings.profile(name).is_some_and(defines)
            || in_credentials
                .map(|found| self.credentials.name(found))
                .any(|other| other == name);
        if defines(&section) || is_elsewhere || self.is_named_by_others(name) {
            return None;
        }
        section.keep(&OF_ROLES);
        let message = format!("profile '{name}' has no credentials, and no other profile names it");
        let origin = section.origin.clone();
        section.problems.insert(0, Problem { origin, message });
        let is_limiting = section.iter().next().is_some();
        is_limiting.then_some(section)
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

fn defines(section: &Section) -> bool {
    DEFINING.iter().any(|key| section.get(*key).is_some())
}

/// Another name that is this one but for the case of its letters, or a slip of the hand.
fn is_near(near: &str, name: &str) -> bool {
    near != name && (near.eq_ignore_ascii_case(name) || meant::is_slip(near, name))
}

fn is_only_limiting(table: &Section) -> bool {
    let decides = |name: &str| Key::of(name).is_some_and(|key| key.weight() == Weight::Decides);
    !defines(table) && table.iter().any(|(name, _)| decides(name))
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
