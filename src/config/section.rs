//! Sections as values: settings with where they come from, one over the other. Reading them is left
//! to `file`.

use std::fmt;

use zeroize::Zeroizing;

use super::keys::Key;
use super::origin::FileKind;
use super::origin::Origin;
use super::origin::Problem;
use super::scan;
use super::stored_keys::StoredKey;

/// What one key is set to, and where. No `Debug` of the value, and it is wiped when dropped: it may
/// be a secret.
#[derive(Clone)]
pub(crate) struct Setting {
    /// As the SDKs read it: trimmed, its comment off, continuation lines joined by a line feed.
    pub(crate) value: Zeroizing<String>,
    pub(crate) origin: Origin,
    sub_lines: Vec<usize>,
}

/// One line of a nested block, such as `endpoint_url` below `sts =` in a `[services …]` section.
pub(crate) struct SubSetting {
    /// In lower case.
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) origin: Origin,
}

impl Setting {
    /// `sub_lines` are the lines of a nested block's sub-properties, and empty for any other value.
    pub(super) fn new(value: Zeroizing<String>, origin: Origin, sub_lines: Vec<usize>) -> Setting {
        Setting {
            value,
            origin,
            sub_lines,
        }
    }

    /// The sub-property of a nested block; the last one where it stands twice.
    pub(crate) fn sub(&self, key: &str) -> Option<String> {
        self.subs()
            .filter(|sub| sub.key == key)
            .last()
            .map(|sub| sub.value)
    }

    /// The sub-properties of a nested block in their order, none for any other value.
    pub(crate) fn subs(&self) -> impl Iterator<Item = SubSetting> {
        let lines = self.value.split('\n').skip(1).zip(&self.sub_lines);
        lines.filter_map(|(text, line)| {
            let pair = scan::pair(text)?;
            let origin = Origin {
                line: *line,
                ..self.origin.clone()
            };
            Some(SubSetting {
                key: pair.key.to_ascii_lowercase(),
                value: pair.value.to_owned(),
                origin,
            })
        })
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Setting({})", self.origin)
    }
}

/// A profile, an sso-session or a services section, put together from every place that says
/// something about it.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(crate) name: String,
    /// The first header that names it.
    pub(crate) origin: Origin,
    settings: Vec<(String, Setting)>,
    /// What is wrong in its own lines, and in those of the profiles it includes.
    pub(crate) problems: Vec<Problem>,
    /// Keys that broken lines seem to have meant, and where: those lines are in `problems` too.
    pub(crate) lost: Vec<(String, Origin)>,
    /// Lines that seem to be headers and are none, so that what stands below them counts here.
    pub(crate) headers: Vec<Origin>,
    /// Sections that are not read, though they seem to be meant for this profile.
    pub(crate) unread: Vec<Section>,
    /// What it does not set and would inherit in the AWS CLI: `[DEFAULT]`.
    pub(crate) inherited: Vec<Section>,
    /// The profile's access key in a keyring, and the line of the index that says so.
    pub(crate) stored_key: Option<(StoredKey, Origin)>,
}

/// The keys of one access key: they come from one file, or they are of two keys.
const ACCESS_KEY: [Key; 4] = [
    Key::AwsAccessKeyId,
    Key::AwsSecretAccessKey,
    Key::AwsSessionToken,
    Key::AwsSecurityToken,
];

/// A section that is a profile; merged over the three files.
pub(crate) type Profile = Section;

impl Section {
    pub(super) fn new(name: &str, origin: Origin) -> Section {
        Section {
            name: name.to_owned(),
            origin,
            settings: Vec::new(),
            problems: Vec::new(),
            lost: Vec::new(),
            headers: Vec::new(),
            unread: Vec::new(),
            inherited: Vec::new(),
            stored_key: None,
        }
    }

    /// A profile that no file defines: what a bare role ARN with `--source-profile` stands for.
    pub(crate) fn empty(name: &str) -> Section {
        Section::new(
            name,
            Origin {
                file: FileKind::Config,
                path: "command line".into(),
                line: 0,
            },
        )
    }

    /// What the key is set to. A key set to nothing is there, with an empty value.
    pub(crate) fn get(&self, key: Key) -> Option<&Setting> {
        self.named(key.name())
    }

    /// The first line of what the key is set to; blank counts as unset.
    pub(crate) fn line(&self, key: Key) -> Option<&str> {
        let line = self.get(key)?.first_line();
        (!line.is_empty()).then_some(line)
    }

    /// The setting of a key of any name (in lower case).
    pub(crate) fn named(&self, name: &str) -> Option<&Setting> {
        self.settings
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, setting)| setting)
    }

    /// Keys with their settings, in the order in which the keys first appear.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Setting)> {
        self.settings
            .iter()
            .map(|(key, setting)| (key.as_str(), setting))
    }

    /// Puts settings of a file, or of another section of the same, over these.
    ///
    /// An access key goes as a whole: a new id does not leave the old one's secret, token or
    /// account in place, and a token without an id does not come to another file's id.
    pub(super) fn put_over(&mut self, settings: Vec<(String, Setting)>) {
        let is_one = |keys: &[Key], name: &str| keys.iter().any(|key| key.name() == name);
        let is_half = |name: &str| is_one(&ACCESS_KEY[..2], name);
        let is_token = |name: &str| is_one(&ACCESS_KEY[2..], name);
        let brings_key = settings.iter().any(|(key, _)| is_half(key));
        let own = self
            .settings
            .iter()
            .find(|(key, _)| is_half(key))
            .map(|(_, half)| half.origin.file);
        if brings_key && own.is_some() {
            self.settings
                .retain(|(key, _)| !is_one(&ACCESS_KEY, key) && key != Key::AwsAccountId.name());
        } else if brings_key {
            self.settings.retain(|(key, _)| !is_token(key));
        }
        for (key, setting) in settings {
            let is_of_another = own.is_some_and(|file| file != setting.origin.file);
            if !(is_token(&key) && !brings_key && is_of_another) {
                self.set(&key, setting);
            }
        }
    }

    /// Leaves out all keys but these.
    pub(super) fn keep(&mut self, keys: &[&str]) {
        self.settings.retain(|(key, _)| keys.contains(&&**key));
        self.lost.retain(|(key, _)| keys.contains(&&**key));
    }

    /// Leaves out the keys of these names.
    pub(super) fn drop_those(&mut self, is_one: impl Fn(&str) -> bool) {
        self.settings.retain(|(key, _)| !is_one(key));
        self.lost.retain(|(key, _)| !is_one(key));
    }

    /// Sets the key, over what it was before.
    pub(super) fn set(&mut self, key: &str, setting: Setting) {
        match self.settings.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = setting,
            None => self.settings.push((key.to_owned(), setting)),
        }
    }
}
