//! What to say of a profile that no file has: the line that seems to mean it, or else the names
//! that are like it.

use super::Config;
use super::file::ProfileFile;
use super::header::shown_part;
use super::nearest::nearest;
use super::origin::FileKind;
use crate::error::Error;

/// The id of the error of a profile that no file has.
pub(crate) const NO_PROFILE: &str = "profile-missing";

impl Config {
    /// `no profile 'x'`, with what may have been meant.
    pub(crate) fn no_profile(&self, name: &str) -> Error {
        let paths = self.paths();
        let files = format!(
            "{} or {}",
            paths.display(FileKind::Config),
            paths.display(FileKind::Credentials)
        );
        let is_any = self.has_profiles();
        let error = if is_any {
            Error::config(format!("no profile '{name}' in {files}"))
        } else {
            Error::config(format!(
                "no profile '{name}': no profiles were defined in {files}"
            ))
        };
        let otherwise = if is_any {
            "xacct list    shows the profiles"
        } else {
            "xacct sandbox    tries everything without an AWS account"
        };
        self.hints_for_profile(name, otherwise)
            .into_iter()
            .fold(error, Error::hint)
            .named(NO_PROFILE)
    }

    /// What to do about a name that no profile has: the lines that seem to mean it, else the
    /// nearest names, else the lines that belong to no section, and `otherwise`.
    pub(crate) fn hints_for_profile(&self, name: &str, otherwise: &str) -> Vec<String> {
        let lines = self.lines_for_profile(name);
        if !lines.is_empty() {
            return lines;
        }
        let near = nearest(bare(name), &self.profile_names());
        if !near.is_empty() {
            let near: Vec<String> = near.iter().map(|name| format!("'{name}'")).collect();
            return vec![format!("did you mean {}?", near.join(" or "))];
        }
        let outside = [&self.config, &self.credentials]
            .into_iter()
            .filter_map(ProfileFile::first_outside);
        let mut hints: Vec<String> = outside.map(|problem| problem.to_string()).collect();
        hints.push(otherwise.to_owned());
        hints
    }

    /// The lines of the files that seem to mean a profile of this name, and why they do not.
    pub(crate) fn lines_for_profile(&self, name: &str) -> Vec<String> {
        let mut lines = self.unread_headers(name);
        if self.own(name).is_some() {
            return lines;
        }
        let wanted = bare(name).to_lowercase();
        let parts = self.parts().into_iter();
        let like = parts
            .filter(|(known, parts)| parts.any() && shown_part(known).to_lowercase() == wanted);
        lines.extend(like.filter_map(|(known, parts)| {
            let place = self.merge(known, &parts)?.origin;
            let why = match known {
                _ if bare(name) == known => "",
                _ if shown_part(known) != known => {
                    " There is a blank in its name that cannot be seen: write the header again"
                }
                _ => " Upper and lower case count",
            };
            Some(format!("{place}: did you mean '{known}'?{why}"))
        }));
        if let Some(session) = self.sso_session(name) {
            lines.push(format!(
                "{}: '{name}' is an sso-session: name a profile that says sso_session = {name}",
                session.origin
            ));
        }
        if let Some(services) = self.services(name) {
            lines.push(format!(
                "{}: '{name}' is a services section, not a profile",
                services.origin
            ));
        }
        lines
    }

    /// The headers that seem to mean a section of this name and that are not read as one:
    /// `[client1]` in the config file, `[profil client1]`, `[profile client one]`.
    pub(crate) fn unread_headers(&self, name: &str) -> Vec<String> {
        let wanted = bare(name).to_lowercase();
        let mut problems = self.config.unread_headers(&wanted);
        problems.extend(self.credentials.unread_headers(&wanted));
        for (known, parts) in self.parts() {
            if [known, first_word(known)]
                .iter()
                .any(|known| known.to_lowercase() == wanted)
            {
                problems.extend(self.misplaced(&parts));
            }
        }
        problems.iter().map(ToString::to_string).collect()
    }

    fn has_profiles(&self) -> bool {
        self.parts().iter().any(|(_, parts)| parts.any())
    }
}

/// The name without what people copy along with it: `[profile client1]`.
fn bare(name: &str) -> &str {
    let name = name.trim();
    let inner = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(name);
    inner
        .strip_prefix("profile ")
        .unwrap_or(inner)
        .trim()
        .trim_matches(['"', '\''])
}

fn first_word(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
