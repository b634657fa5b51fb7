//! Which sections make up a profile, before any of them is parsed: the rules about which count
//! (docs/aws.md A1.1).

use std::collections::HashMap;

use super::file::ProfileFile;
use super::header::SectionKind;
use super::index::Found;
use super::section::Section;
use super::stored_keys::StoredKey;

/// The sections that say something of one profile.
#[derive(Default)]
pub(super) struct Parts<'a> {
    pub(super) config: Vec<&'a Found>,
    /// `[default]`, which counts only where `[profile default]` is not.
    pub(super) plain_default: Vec<&'a Found>,
    pub(super) credentials: Vec<&'a Found>,
    /// `[my client]`, which counts only where another file has `my client`.
    pub(super) spaced: Vec<&'a Found>,
    pub(super) settings: Option<&'a Section>,
    /// The access key that is in a keyring.
    pub(super) stored: Option<&'a StoredKey>,
}

/// The parts of every name, in order of appearance; one walk over the sections.
pub(super) fn of_all<'a>(
    config: &'a ProfileFile,
    credentials: &'a ProfileFile,
    settings: &'a [Section],
    stored: &'a [StoredKey],
) -> Vec<(&'a str, Parts<'a>)> {
    let mut all = Gathered::default();
    for (file, is_config) in [(config, true), (credentials, false)] {
        for found in &file.sections.all {
            if !matches!(
                found.kind,
                SectionKind::SsoSession | SectionKind::Services | SectionKind::Ignored
            ) {
                all.of(file.name(found))
                    .of_kind(found.kind, is_config)
                    .push(found);
            }
        }
    }
    for profile in settings {
        all.of(&profile.name).settings = Some(profile);
    }
    for key in stored {
        all.of(&key.profile).stored = Some(key);
    }
    all.parts
}

#[derive(Default)]
struct Gathered<'a> {
    parts: Vec<(&'a str, Parts<'a>)>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Gathered<'a> {
    fn of(&mut self, name: &'a str) -> &mut Parts<'a> {
        let at = *self.places.entry(name).or_insert(self.parts.len());
        if at == self.parts.len() {
            self.parts.push((name, Parts::default()));
        }
        &mut self.parts[at].1
    }
}

impl<'a> Parts<'a> {
    fn of_kind(&mut self, kind: SectionKind, is_config: bool) -> &mut Vec<&'a Found> {
        match kind {
            SectionKind::PlainDefault => &mut self.plain_default,
            SectionKind::Spaced => &mut self.spaced,
            _ if is_config => &mut self.config,
            _ => &mut self.credentials,
        }
    }

    /// `[profile default]` replaces `[default]` wherever it stands.
    pub(super) fn of_config(&self) -> impl Iterator<Item = &'a Found> {
        let plain: &[_] = if self.config.is_empty() {
            &self.plain_default
        } else {
            &[]
        };
        self.config.iter().chain(plain).copied()
    }

    pub(super) fn of_credentials(&self) -> impl Iterator<Item = &'a Found> {
        let spaced: &[_] = if self.spaced_counts() {
            &self.spaced
        } else {
            &[]
        };
        self.credentials.iter().chain(spaced).copied()
    }

    pub(super) fn spaced_counts(&self) -> bool {
        !self.config.is_empty() || self.settings.is_some()
    }

    pub(super) fn any(&self) -> bool {
        self.settings.is_some()
            || self.stored.is_some()
            || self.of_config().next().is_some()
            || self.of_credentials().next().is_some()
    }
}
