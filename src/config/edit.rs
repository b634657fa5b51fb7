//! Changes to one of the two AWS files, line by line: text in, text out, and whatever is not
//! changed stays as it is, byte for byte. What to change is left to `adopt` and to those who add
//! profiles.
//!
//! It sees what the parser sees: a property goes with the lines that continue it, nested ones are
//! never touched for those of the profile. Every change is read back before it counts.

use std::ops::Range;

use zeroize::Zeroizing;

use super::body::BodyEntry;
use super::header::SectionKind;
use super::index::{Found, Sections};
use super::keys::Key;
use super::origin::FileKind;
use super::paths::BYTE_ORDER_MARK;
use super::scan::{self, BLANK, LineKind, Scan, trimmed};

/// A file's text while it is changed.
pub(crate) struct Ini {
    file: FileKind,
    /// Whether a byte order mark stands before the text.
    mark: bool,
    sections: Sections,
}

/// One profile's change: these keys are taken out, wherever in the file they are, and the others
/// put where the first of them stood, or else at the end of the profile's last section.
pub(crate) struct Edit<'a> {
    pub(crate) profile: &'a str,
    pub(crate) gone: Vec<&'a str>,
    pub(crate) with: Vec<(&'a str, &'a str)>,
}

/// Where in the text, and what comes there.
type Replacement = (Range<usize>, Zeroizing<String>);

/// What a profile's sections in one file say, in order; of a key that is there twice, what counts.
pub(super) type Own = Vec<(String, Zeroizing<String>)>;

/// A property's lines in the text.
struct PropertyLines {
    key: String,
    lines: Range<usize>,
    indent: String,
}

impl Ini {
    pub(crate) fn new(file: FileKind, text: &str) -> Ini {
        let without = text.strip_prefix(BYTE_ORDER_MARK);
        let mark = without.is_some();
        Ini::of(
            file,
            mark,
            Zeroizing::new(without.unwrap_or(text).to_owned()),
        )
    }

    fn of(file: FileKind, mark: bool, text: Zeroizing<String>) -> Ini {
        Ini {
            file,
            mark,
            sections: Sections::of(text, file),
        }
    }

    /// The whole file.
    pub(crate) fn into_text(self) -> Zeroizing<String> {
        if self.mark {
            Zeroizing::new(format!("{BYTE_ORDER_MARK}{}", *self.sections.text))
        } else {
            self.sections.text
        }
    }

    /// Whether the file has a section of the profile.
    pub(crate) fn has(&self, profile: &str) -> bool {
        !self.sections(profile).is_empty()
    }

    /// What the file says of the profile; `None` where it has no section of it.
    pub(super) fn own(&self, profile: &str) -> Option<Own> {
        let sections = self.sections(profile);
        if sections.is_empty() {
            return None;
        }
        let mut own = Own::new();
        for entry in sections
            .into_iter()
            .flat_map(|section| self.entries(section))
        {
            match own.iter_mut().find(|(key, _)| *key == entry.key) {
                Some((_, value)) => *value = entry.value,
                None => own.push((entry.key, entry.value)),
            }
        }
        Some(own)
    }

    /// Makes all of these changes, or none.
    ///
    /// Errors: a sentence, where the file has no such section, or a value cannot be written there.
    pub(crate) fn replace(&mut self, edits: &[Edit<'_>]) -> Result<(), String> {
        let mut ranges: Vec<Replacement> = Vec::new();
        for edit in edits {
            ranges.extend(self.ranges(edit)?);
        }
        // A section's end may be where the next one's first line begins: what is put there comes
        // first.
        ranges.sort_by_key(|(range, _)| (range.start, range.end));
        let mut changed = Zeroizing::new(String::with_capacity(
            self.sections.text.len() + 128 * edits.len(),
        ));
        let mut kept = 0;
        for (range, new) in &ranges {
            changed.push_str(&self.sections.text[kept..range.start]);
            if !new.is_empty() {
                self.end_line(&mut changed);
            }
            changed.push_str(new);
            kept = range.end;
        }
        changed.push_str(&self.sections.text[kept..]);
        if !self.sections.text.ends_with('\n') {
            let without = scan::without_line_end(&changed).len();
            changed.truncate(without);
        }
        self.read_back(changed, edits)
    }

    /// What stands where, and what comes in its place.
    fn ranges(&self, edit: &Edit<'_>) -> Result<Vec<Replacement>, String> {
        let places = self.places(edit.profile);
        let gone = places
            .iter()
            .filter(|place| edit.gone.contains(&place.key.as_str()));
        let mut ranges: Vec<_> = gone
            .map(|place| (place.lines.clone(), &*place.indent, Zeroizing::default()))
            .collect();
        if ranges.is_empty() {
            let end = self.end_of(edit.profile, &places);
            let (end, indent) =
                end.ok_or_else(|| format!("no section of profile '{}'", edit.profile))?;
            ranges.push((end..end, indent, Zeroizing::default()));
        }
        if let Some((_, indent, new)) = ranges.first_mut() {
            for entry in &edit.with {
                put(new, indent, *entry, self.line_end());
            }
        }
        Ok(ranges
            .into_iter()
            .map(|(range, _, new)| (range, new))
            .collect())
    }

    /// Adds a section at the end, for a profile that the file does not have yet.
    ///
    /// Errors: a sentence, where the name or a value cannot be written there.
    pub(crate) fn add(&mut self, profile: &str, with: &[(&str, &str)]) -> Result<(), String> {
        let changed = self.with_section(&self.header(profile), with);
        self.read_back(
            changed,
            &[Edit {
                profile,
                gone: Vec::new(),
                with: with.to_vec(),
            }],
        )
    }

    /// Adds `[sso-session NAME]` at the end, as `aws configure sso` writes one: this scope is what
    /// gives the token a refresh token. That the parser finds it is left to the caller to see.
    pub(crate) fn add_sso_session(&mut self, name: &str, start_url: &str, region: &str) {
        let entries = [
            (Key::SsoStartUrl.name(), start_url),
            (Key::SsoRegion.name(), region),
            (Key::SsoRegistrationScopes.name(), "sso:account:access"),
        ];
        let changed = self.with_section(&format!("sso-session {name}"), &entries);
        *self = Ini::of(self.file, self.mark, changed);
    }

    fn with_section(&self, header: &str, with: &[(&str, &str)]) -> Zeroizing<String> {
        let end = self.line_end();
        let mut changed = self.sections.text.clone();
        self.end_line(&mut changed);
        if says_something_last(&self.sections.text) {
            changed.push_str(end);
        }
        changed.extend(["[", header, "]", end]);
        for entry in with {
            put(&mut changed, "", *entry, end);
        }
        changed
    }

    fn header(&self, profile: &str) -> String {
        let bare = profile == "default" || self.file == FileKind::Credentials;
        let name = if profile
            .chars()
            .all(|c| c.is_alphanumeric() || "_-/.%@:+".contains(c))
            || self.file == FileKind::Credentials
        {
            profile.to_owned()
        } else {
            format!("\"{}\"", profile.replace('\\', "\\\\").replace('"', "\\\""))
        };
        if bare {
            name
        } else {
            format!("profile {name}")
        }
    }

    /// Takes the changed text, if it says what it was meant to.
    fn read_back(&mut self, changed: Zeroizing<String>, edits: &[Edit<'_>]) -> Result<(), String> {
        let changed = Ini::of(self.file, self.mark, changed);
        for Edit { profile, with, .. } in edits {
            let own = changed.own(profile);
            let own =
                own.ok_or_else(|| format!("no profile in this file can be called '{profile}'"))?;
            for (key, value) in with {
                // Never the value: it may be a secret.
                if !own
                    .iter()
                    .any(|(own, read)| own == key && **read == **value)
                {
                    return Err(format!("the value of {key} cannot be written in this file"));
                }
            }
        }
        *self = changed;
        Ok(())
    }

    /// The sections that count, as `Parts` has it.
    fn sections(&self, profile: &str) -> Vec<&Found> {
        for kind in [
            SectionKind::Profile,
            SectionKind::PlainDefault,
            SectionKind::Spaced,
        ] {
            let found: Vec<&Found> = self.sections.find(kind, profile).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    fn entries(&self, section: &Found) -> Vec<BodyEntry> {
        self.sections.body(section).entries
    }

    /// The properties of the profile, in the order of the file.
    fn places(&self, profile: &str) -> Vec<PropertyLines> {
        let mut places = Vec::new();
        for section in self.sections(profile) {
            for entry in self.entries(section) {
                let line = &self.sections.text[entry.lines.clone()];
                let indent = &line[..line.len() - line.trim_start_matches(BLANK).len()];
                let below = entry.lines.end..section.body.end;
                let end = end_of_comments(&self.sections.text, below, indent.len());
                let lines = entry.lines.start..end;
                places.push(PropertyLines {
                    key: entry.key,
                    lines,
                    indent: indent.to_owned(),
                });
            }
        }
        places
    }

    /// Where a property more would stand, and how far in.
    fn end_of<'p>(&self, profile: &str, places: &'p [PropertyLines]) -> Option<(usize, &'p str)> {
        let section = self.sections(profile).pop()?;
        if let Some(last) = places
            .iter()
            .rfind(|place| section.body.contains(&place.lines.start))
        {
            return Some((last.lines.end, &last.indent));
        }
        Some((
            end_of_comments(&self.sections.text, section.body.clone(), 0),
            "",
        ))
    }

    fn line_end(&self) -> &'static str {
        line_end(&self.sections.text)
    }

    fn end_line(&self, text: &mut String) {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(self.line_end());
        }
    }
}

/// The text's own, by its first line.
pub(super) fn line_end(text: &str) -> &'static str {
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    if first.ends_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    }
}

/// Whether the last line is not blank: whoever puts a section behind it leaves a blank line between
/// them.
pub(super) fn says_something_last(text: &str) -> bool {
    text.lines()
        .last()
        .is_some_and(|line| !trimmed(line).is_empty())
}

/// Where the comments end that stand further in than `outer`, blank lines between them or not. To
/// the SDKs they are a part of the value above: left alone, they would be a part of another one's.
fn end_of_comments(text: &str, below: Range<usize>, outer: usize) -> usize {
    let mut end = below.start;
    for line in Scan::below(text, below, 0) {
        match line.what {
            LineKind::Blank => {}
            LineKind::Comment if line.indent() > outer => end = line.end(),
            _ => break,
        }
    }
    end
}

/// `key = value`; further lines of the value stand further in.
fn put(out: &mut String, indent: &str, (key, value): (&str, &str), end: &str) {
    for (index, line) in value.split('\n').enumerate() {
        match (index, line) {
            (0, "") => out.extend([indent, key, " ="]),
            (0, line) => out.extend([indent, key, " = ", line]),
            (_, line) => out.extend([indent, "    ", line]),
        }
        out.push_str(end);
    }
}

#[cfg(test)]
mod tests;
