//! A profile put together: what the files say of it, which of them counts, and what it includes.

use super::header::SectionKind;
use super::sections_used::{self, Parts};
use super::{Config, Key, Origin, Problem, Profile, Section};

/// What `include_profile` does not bring along: the keys of a person, which aws-vault never reads
/// from files, so that no profile there ever got them this way; and itself.
const NOT_INCLUDED: [Key; 5] = [
    Key::AwsAccessKeyId,
    Key::AwsSecretAccessKey,
    Key::AwsSessionToken,
    Key::AwsSecurityToken,
    Key::IncludeProfile,
];

/// An `include_profile` that leads nowhere, or in a circle.
pub(super) struct BadInclude {
    pub(super) problem: Problem,
    pub(super) hints: Vec<String>,
}

impl Config {
    /// The profile without what it includes.
    pub(super) fn own(&self, name: &str) -> Option<Profile> {
        let parts = Parts {
            config: self.config.find(SectionKind::Profile, name).collect(),
            plain_default: self.config.find(SectionKind::PlainDefault, name).collect(),
            credentials: self.credentials.find(SectionKind::Profile, name).collect(),
            spaced: self.credentials.find(SectionKind::Spaced, name).collect(),
            settings: self.settings.profile(name),
            stored: self.stored_keys.of(name),
        };
        self.merge(name, &parts)
    }

    /// The parts of every name that any file has, in order of appearance.
    pub(super) fn parts(&self) -> Vec<(&str, Parts<'_>)> {
        sections_used::of_all(
            &self.config,
            &self.credentials,
            &self.settings.profiles,
            &self.stored_keys.keys,
        )
    }

    pub(super) fn merge(&self, name: &str, parts: &Parts<'_>) -> Option<Profile> {
        let in_config = self.config.merged(name, parts.of_config());
        let mut merged = in_config;
        for found in parts.of_credentials() {
            let into = merged
                .get_or_insert_with(|| Section::new(name, self.credentials.origin(found.line)));
            self.credentials.merge(found, into);
        }
        if let Some(profile) = parts.settings {
            let into = merged.get_or_insert_with(|| Section::new(name, profile.origin.clone()));
            into.put_over(
                profile
                    .iter()
                    .map(|(key, setting)| (key.to_owned(), setting.clone()))
                    .collect(),
            );
        }
        if let Some(key) = parts.stored {
            let origin = self.origin_of(key);
            let into = merged.get_or_insert_with(|| Section::new(name, origin.clone()));
            into.stored_key = Some((key.clone(), origin));
        }
        let mut merged = merged?;
        merged.problems.extend(self.misplaced(parts));
        self.put_unread(&mut merged, parts);
        Some(merged)
    }

    /// Sections that do not count because of what other sections there are.
    pub(super) fn misplaced(&self, parts: &Parts<'_>) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(instead) = parts.config.first() {
            let message = format!(
                "[default] is ignored: [profile default] in line {} replaces it",
                instead.line
            );
            problems.extend(
                parts
                    .plain_default
                    .iter()
                    .map(|found| self.config.problem(found.line, &message)),
            );
        }
        if !parts.spaced_counts() {
            let message = "the section is ignored: a profile's name has no blanks, \
                           except where the config file has it in quotes, [profile \"my client\"]";
            problems.extend(
                parts
                    .spaced
                    .iter()
                    .map(|found| self.credentials.problem(found.line, message)),
            );
        }
        problems
    }

    /// Adds every key that the profile does not set and that the profile it includes does, and so
    /// on.
    pub(super) fn include(&self, profile: &mut Profile) -> std::result::Result<(), BadInclude> {
        let mut chain = vec![profile.name.clone()];
        let mut next = include_of(profile);
        while let Some((name, origin)) = next {
            chain.push(name);
            let [before @ .., name] = chain.as_slice() else {
                break;
            };
            if before.contains(name) {
                let message = format!("include_profile goes in a circle: {}", chain.join(" -> "));
                let hints = vec![format!("remove the include_profile in {origin}")];
                return Err(BadInclude {
                    problem: Problem { origin, message },
                    hints,
                });
            }
            let Some(included) = self.own(name) else {
                let message = format!("include_profile names '{name}', which does not exist");
                let hints =
                    self.hints_for_profile(name, &format!("take it out, or add [profile {name}]"));
                return Err(BadInclude {
                    problem: Problem { origin, message },
                    hints,
                });
            };
            for (key, setting) in included.iter() {
                if Key::of(key).is_none_or(|key| !NOT_INCLUDED.contains(&key))
                    && profile.named(key).is_none()
                {
                    profile.set(key, setting.clone());
                }
            }
            next = include_of(&included);
            profile.problems.extend(included.problems);
            profile.lost.extend(included.lost);
            profile.headers.extend(included.headers);
            profile.unread.extend(included.unread);
            profile.inherited.extend(included.inherited);
        }
        Ok(())
    }
}

/// Whom the profile includes, and where it says so.
fn include_of(profile: &Profile) -> Option<(String, Origin)> {
    let setting = profile.get(Key::IncludeProfile)?;
    (!setting.value.is_empty()).then(|| (setting.value.to_string(), setting.origin.clone()))
}
