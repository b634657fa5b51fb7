//! Sections that are not read, and the profiles that they seem to be meant for: what guards a
//! profile may stand below such a header. Refusing that is left to `plan`.

use std::collections::{HashMap, HashSet};

use super::Config;
use super::index::Found;
use super::scan;
use super::section::Section;
use super::sections_used::Parts;

/// The keys that limit or protect a profile, and that no program but xacct reads.
const OF_XACCT: [&str; 4] = [
    "read_only",
    "session_policy",
    "session_policy_arns",
    "confirm",
];

/// By the profile's name: whether the section is in the config file, and its place there.
pub(super) type Unread = HashMap<String, Vec<(bool, usize)>>;

impl Config {
    /// The sections that are not read and seem to be meant for this profile, each with what is
    /// wrong with its header first.
    pub(super) fn unread_for(&self, name: &str, parts: &Parts<'_>) -> Vec<Section> {
        let mut sections = self.replaced(name, parts);
        if self.config.sections.has_unread || self.credentials.sections.has_unread {
            let unread = self.unread.get_or_init(|| self.find_unread());
            let places = unread.get(name).into_iter().flatten();
            sections.extend(places.map(|(is_config, at)| {
                let file = if *is_config {
                    &self.config
                } else {
                    &self.credentials
                };
                file.unread(&file.sections.all[*at], name)
            }));
        }
        sections
    }

    /// `[default]` beside `[profile default]`, which replaces it as in the SDKs: of those, none
    /// knows what xacct alone reads.
    fn replaced(&self, name: &str, parts: &Parts<'_>) -> Vec<Section> {
        if parts.config.is_empty() {
            return Vec::new();
        }
        let of_xacct = |found: &&Found| {
            let mut section = self.config.unread(found, name);
            section.keep(&OF_XACCT);
            section
        };
        parts.plain_default.iter().map(of_xacct).collect()
    }

    fn find_unread(&self) -> Unread {
        let parts = self.parts();
        let names: HashSet<&str> = parts
            .iter()
            .filter(|(_, parts)| parts.any())
            .map(|(name, _)| *name)
            .collect();
        let mut folded: HashMap<String, Vec<&str>> = HashMap::new();
        for name in &names {
            folded.entry(name.to_lowercase()).or_default().push(name);
        }
        let mut unread = Unread::new();
        for (is_config, file) in [(true, &self.config), (false, &self.credentials)] {
            for (at, found) in file.sections.all.iter().enumerate() {
                let name = file.name(found);
                let visible;
                let meant = if found.is_disguised(file.text()) {
                    visible = scan::visible(name);
                    vec![visible.trim()]
                } else if found.is_unread() && !names.contains(name) {
                    file.profiles_meant(found)
                } else {
                    continue;
                };
                for name in profiles_of(&meant, &names, &folded) {
                    unread
                        .entry(name.to_owned())
                        .or_default()
                        .push((is_config, at));
                }
            }
        }
        unread
    }
}

/// The first of the names that is a profile's as it stands, or else but for the case of its
/// letters.
fn profiles_of<'c>(
    meant: &[&str],
    names: &HashSet<&'c str>,
    folded: &HashMap<String, Vec<&'c str>>,
) -> Vec<&'c str> {
    let exact = meant.iter().find_map(|name| names.get(*name).copied());
    let alike = || {
        meant
            .iter()
            .find_map(|name| folded.get(&name.to_lowercase()))
    };
    match exact {
        Some(name) => vec![name],
        None => alike().cloned().unwrap_or_default(),
    }
}
