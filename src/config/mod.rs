//! Profiles from `~/.aws/config`, `~/.aws/credentials` and xacct's settings file: text in, values
//! out (docs/aws.md A1).
//!
//! Credentials win over the config file and the settings file over both, key by key. What stands in
//! a profile that nobody asked for is not parsed. Reading the files is left to `files`, what the
//! keys mean to `plan`.

mod nearest;
mod origin;
mod platform;
pub(crate) mod words;
pub(crate) mod hints;
pub(crate) mod stored_keys;
mod paths;
pub(crate) mod scan;
pub(crate) mod header;
mod keys;
mod lookup;
mod body;
mod meant;
mod index;
mod bare;
mod section;
mod file;
mod template;
mod session_name;
mod color;
mod browser;
mod mfa;
pub(crate) mod process;
mod edit;
pub(crate) mod managed;
pub(crate) mod naming;
mod name_template;
mod misspelt;
pub(crate) mod shown;
mod toml_text;
pub(crate) mod shown_text;
mod settings;
mod settings_edit;
mod sections_used;
mod orphans;
mod unread;
mod absent;
pub(crate) mod adopt;
pub(crate) mod import;
mod sdk_variables;
mod for_child;
mod merged;

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use zeroize::Zeroizing;

pub(crate) use self::absent::NO_PROFILE;
pub(crate) use self::browser::{Browser, Chromium, Container};
pub(crate) use self::color::ProfileColor;
pub(crate) use self::edit::Edit as IniEdit;
pub(crate) use self::edit::Ini;
pub(crate) use self::for_child::{
    ForChild, child_variables, file_for_child, for_child, has_keys_in_config, profile_alone,
};
pub(crate) use self::keys::{Key, Shape, Weight};
pub(crate) use self::mfa::{MfaPrompt, MfaSettings, code_command};
pub(crate) use self::misspelt::{key_meant, tool_of_key};
pub(crate) use self::name_template::Field;
pub(crate) use self::name_template::NameFields;
pub(crate) use self::name_template::NameTemplate;
pub(crate) use self::nearest::nearest;
pub(crate) use self::origin::FileKind;
pub(crate) use self::origin::Origin;
pub(crate) use self::origin::Problem;
pub(crate) use self::paths::Paths;
pub(crate) use self::paths::Texts;
pub(crate) use self::section::Profile;
pub(crate) use self::section::Section;
pub(crate) use self::section::Setting;
pub(crate) use self::section::SubSetting;
pub(crate) use self::settings::Settings;
pub(crate) use self::settings::VerifyAfter;
pub(crate) use self::stored_keys::{KeyStore, StoredKey, StoredKeys};

use self::file::ProfileFile;
use self::header::SectionKind;
use self::lookup::Index;
use self::sections_used::Parts;
use self::session_name::Who;
use self::settings::SettingsFile;
use self::unread::Unread;
use crate::env::Env;
use crate::error::Error;
use crate::error::Result;

/// What `xacct-config(5)` says: every setting with its default, and the profile keys under their
/// headings.
#[cfg(test)]
pub(crate) mod documented {
    pub(crate) fn settings() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        super::settings::documented()
    }

    pub(crate) fn profile_keys()
    -> impl Iterator<Item = (&'static str, Vec<(&'static str, &'static str)>)> {
        let described = |key: &super::Key| (key.name(), key.about());
        super::Key::ALL
            .chunk_by(|one, next| one.heading() == next.heading())
            .map(move |keys| (keys[0].heading(), keys.iter().map(described).collect()))
    }
}

/// The three files. It holds their texts, and an index of where in them the sections are. Beside
/// them it knows which profiles have an access key in a keyring.
#[expect(clippy::struct_field_names, reason = "the file is called config")]
pub(crate) struct Config {
    paths: Paths,
    config: ProfileFile,
    credentials: ProfileFile,
    settings: SettingsFile,
    has_settings_file: bool,
    stored_keys: StoredKeys,
    /// The index that they are in.
    stored_text: Zeroizing<String>,
    /// Found at the first look at a profile, where there are any.
    unread: OnceLock<Unread>,
    /// The profiles of the config file that limit what they do not define.
    limiting: Index<usize>,
    /// Collected for the first profile that signs in to IAM Identity Center.
    sso_session_names: OnceLock<Arc<[String]>>,
}

/// What each of the files says of one profile.
pub(crate) struct ByFile<'a> {
    pub(crate) name: &'a str,
    pub(crate) config: Option<Section>,
    pub(crate) credentials: Option<Section>,
    pub(crate) settings: Option<&'a Section>,
}

impl Config {
    /// Indexes the two AWS files and parses the settings file.
    ///
    /// Errors: the settings file is not TOML, or says something that xacct does not know; the index
    /// of stored keys cannot be read.
    pub(crate) fn new(paths: Paths, mut texts: Texts) -> Result<Config> {
        let settings = match &texts.settings {
            Some(text) => SettingsFile::parse(text, &paths.display(FileKind::Settings))?,
            None => SettingsFile::default(),
        };
        let has_settings_file = texts.settings.is_some();
        let stored_text = texts.keys.take();
        let stored_keys = match &stored_text {
            Some(text) => StoredKeys::parse(text, &paths.shown(&paths.keys))?,
            None => StoredKeys::default(),
        };
        Ok(Config {
            settings,
            has_settings_file,
            stored_keys,
            stored_text: stored_text.unwrap_or_default(),
            ..Config::without_settings(paths, texts)
        })
    }

    /// The two AWS files alone: what there is to look at where the settings file is broken.
    pub(crate) fn without_settings(paths: Paths, texts: Texts) -> Config {
        let (config, credentials) = (FileKind::Config, FileKind::Credentials);
        Config {
            config: ProfileFile::new(config, &paths.display(config), texts.config),
            credentials: ProfileFile::new(
                credentials,
                &paths.display(credentials),
                texts.credentials,
            ),
            settings: SettingsFile::default(),
            has_settings_file: false,
            stored_keys: StoredKeys::default(),
            stored_text: Zeroizing::default(),
            unread: OnceLock::new(),
            limiting: Index::default(),
            sso_session_names: OnceLock::new(),
            paths,
        }
    }

    /// The profile, put together from the three files and from the profiles it includes. Only their
    /// sections are parsed. `None` if no file has it.
    ///
    /// Errors: an `include_profile` names no profile, or they go in a circle.
    pub(crate) fn profile(&self, name: &str) -> Result<Option<Profile>> {
        let Some(mut profile) = self.own(name) else {
            return Ok(None);
        };
        match self.include(&mut profile) {
            Ok(()) => Ok(Some(profile)),
            Err(bad) => {
                let error = Error::config(bad.problem.message).at(&bad.problem.origin);
                Err(bad
                    .hints
                    .into_iter()
                    .fold(error, Error::hint)
                    .named("include-profile-broken"))
            }
        }
    }

    /// Every profile, in the order of [`Config::profile_names`], in time linear in the files. Where
    /// an include does not work out, the profile has what it says itself, and the problem.
    pub(crate) fn profiles(&self) -> Vec<Profile> {
        let mut profiles: Vec<Profile> = self
            .parts()
            .into_iter()
            .filter_map(|(name, parts)| self.merge(name, &parts))
            .collect();
        for profile in &mut profiles {
            if let Err(bad) = self.include(profile) {
                profile.problems.push(bad.problem);
            }
        }
        profiles
    }

    /// In the order in which they first appear: config file, credentials file, settings file.
    pub(crate) fn profile_names(&self) -> Vec<String> {
        self.parts()
            .into_iter()
            .filter(|(_, parts)| parts.any())
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// What each file says of each profile, included ones left out; in the order of
    /// [`Config::profile_names`].
    pub(crate) fn profiles_by_file(&self) -> Vec<ByFile<'_>> {
        let counts = self.parts().into_iter().filter(|(_, parts)| parts.any());
        counts
            .map(|(name, parts)| ByFile {
                name,
                config: self.config.merged(name, parts.of_config()),
                credentials: self.credentials.merged(name, parts.of_credentials()),
                settings: parts.settings,
            })
            .collect()
    }

    /// Every header that names a profile, of every name, whether it counts or not.
    pub(crate) fn places(&self) -> HashMap<String, Vec<Origin>> {
        self.parts()
            .into_iter()
            .map(|(name, parts)| (name.to_owned(), self.places_of(&parts)))
            .collect()
    }

    fn places_of(&self, parts: &Parts<'_>) -> Vec<Origin> {
        let config = parts.config.iter().chain(&parts.plain_default);
        let credentials = parts.credentials.iter().chain(&parts.spaced);
        let config = config.map(|found| self.config.origin(found.line));
        let credentials = credentials.map(|found| self.credentials.origin(found.line));
        let settings = parts.settings.map(|profile| profile.origin.clone());
        let stored = parts.stored.map(|key| self.origin_of(key));
        let all = config.chain(credentials).chain(settings);
        all.chain(stored).collect()
    }

    /// `[sso-session NAME]` of the config file.
    pub(crate) fn sso_session(&self, name: &str) -> Option<Section> {
        self.config
            .merged(name, self.config.find(SectionKind::SsoSession, name))
    }

    pub(crate) fn sso_session_names(&self) -> Vec<String> {
        self.names_of(SectionKind::SsoSession)
    }

    /// The same, for the plans of many profiles.
    pub(crate) fn shared_sso_session_names(&self) -> Arc<[String]> {
        let names = &self.sso_session_names;
        Arc::clone(names.get_or_init(|| self.sso_session_names().into()))
    }

    /// `[services NAME]` of the config file; its settings are nested blocks, one for each service.
    pub(crate) fn services(&self, name: &str) -> Option<Section> {
        self.config
            .merged(name, self.config.find(SectionKind::Services, name))
    }

    /// Whether xacct's settings file is there.
    pub(crate) fn has_settings_file(&self) -> bool {
        self.has_settings_file
    }

    /// What to write instead of a `services` that names no section.
    pub(crate) fn hint_for_services(&self, name: &str) -> String {
        let unread = self.unread_headers(name);
        match nearest(name, &self.services_names()).as_slice() {
            _ if !unread.is_empty() => unread.join("; "),
            [] => {
                format!("add `[services {name}]` to the config file, or delete `services = {name}`")
            }
            near => format!("did you mean services = {}?", near.join(" or ")),
        }
    }

    pub(crate) fn services_names(&self) -> Vec<String> {
        self.names_of(SectionKind::Services)
    }

    /// Everything wrong in every file, by file and line.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = self.config.problems();
        problems.extend(self.credentials.problems());
        for (name, parts) in self.parts() {
            problems.extend(self.misplaced(&parts));
            let Some(mut profile) = self.merge(name, &parts) else {
                continue;
            };
            let unread = profile.unread.iter();
            problems.extend(unread.filter_map(|section| section.problems.first().cloned()));
            if let Err(bad) = self.include(&mut profile) {
                problems.push(bad.problem);
            }
        }
        problems.sort_by_key(|problem| (problem.origin.file, problem.origin.line));
        problems.dedup();
        problems
    }

    /// The setting `session_name`, filled in for this profile.
    pub(crate) fn session_name(&self, env: &Env, profile: &str) -> String {
        let user = env.user();
        self.settings().session_name.fill(Who {
            user: user.as_deref().unwrap_or("unknown"),
            host: env.host().unwrap_or("unknown"),
            profile,
        })
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings.settings
    }

    pub(crate) fn paths(&self) -> &Paths {
        &self.paths
    }

    /// The access keys that are in a keyring.
    pub(crate) fn stored_keys(&self) -> &StoredKeys {
        &self.stored_keys
    }

    /// The line of the index.
    fn origin_of(&self, key: &StoredKey) -> Origin {
        Origin {
            // A file of xacct's own.
            file: FileKind::Settings,
            path: self.paths.shown(&self.paths.keys).into(),
            line: stored_keys::line_of(&self.stored_text, &key.profile),
        }
    }

    /// What the config file alone says of the profile.
    pub(crate) fn in_config_file(&self, name: &str) -> Option<Section> {
        let config = self.config.find(SectionKind::Profile, name).collect();
        let plain_default = self.config.find(SectionKind::PlainDefault, name).collect();
        self.config.merged(
            name,
            Parts {
                config,
                plain_default,
                ..Parts::default()
            }
            .of_config(),
        )
    }

    fn names_of(&self, kind: SectionKind) -> Vec<String> {
        let mut seen = HashSet::new();
        let sections = self
            .config
            .sections
            .all
            .iter()
            .filter(|found| found.kind == kind);
        let names = sections
            .map(|found| self.config.name(found))
            .filter(|name| seen.insert(*name));
        names.map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;
