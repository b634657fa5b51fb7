//! Changes to one of the two AWS files, line by line: text in, text out, and whatever is not changed stays as it is,
//! byte for byte. What to change is left to `adopt` and to those who add profiles.
//!
//! It sees what the parser sees: a property goes with the lines that continue it, nested ones are never touched for
//! those of the profile. Every change is read back before it counts.

use std::ops::Range;

use zeroize::Zeroizing;

use super::body;
use super::body::Entry;
use super::header::{BLANK, COMMENT, Kind};
use super::index::{self, Found};
use super::origin::FileKind;
use super::paths::BYTE_ORDER_MARK;

/// A file's text while it is changed.
#[derive(Clone)]
pub(crate) struct Ini {
    file: FileKind,
    /// Whether a byte order mark stands before the text.
    mark: bool,
    text: Zeroizing<String>,
}

/// What a profile's sections in one file say, in order; of a key that is there twice, what counts.
pub(crate) type Own = Vec<(String, Zeroizing<String>)>;

/// A property's lines in the text.
struct Place {
    key: String,
    lines: Range<usize>,
    indent: String,
}

impl Ini {
    pub(crate) fn new(file: FileKind, text: &str) -> Ini {
        let without = text.strip_prefix(BYTE_ORDER_MARK);
        Ini { file, mark: without.is_some(), text: Zeroizing::new(without.unwrap_or(text).to_owned()) }
    }

    /// The whole file.
    pub(crate) fn into_text(self) -> Zeroizing<String> {
        if self.mark { Zeroizing::new(format!("{BYTE_ORDER_MARK}{}", *self.text)) } else { self.text }
    }

    /// What the file says of the profile; `None` where it has no section of it.
    pub(crate) fn own(&self, profile: &str) -> Option<Own> {
        let sections = self.sections(profile);
        if sections.is_empty() {
            return None;
        }
        let mut own = Own::new();
        for entry in sections.iter().flat_map(|section| self.entries(section)) {
            match own.iter_mut().find(|(key, _)| *key == entry.key) {
                Some((_, value)) => *value = entry.value,
                None => own.push((entry.key, entry.value)),
            }
        }
        Some(own)
    }

    /// Takes all these keys out of the profile, wherever in the file it is, and puts the others where the first of
    /// them stood, or else at the end of the profile's last section.
    ///
    /// Errors: a sentence, where the file has no such section, or a value cannot be written there.
    pub(crate) fn replace(
        &mut self,
        profile: &str,
        keys: &[&str],
        with: &[(&str, &str)],
    ) -> Result<(), String> {
        let places = self.places(profile);
        let gone: Vec<&Place> = places.iter().filter(|place| keys.contains(&place.key.as_str())).collect();
        let (at, indent) = match (gone.first(), self.end_of(profile, &places)) {
            (Some(first), _) => (first.lines.start, first.indent.clone()),
            (None, Some((end, indent))) => (end, indent),
            (None, None) => return Err(format!("there is no section of profile '{profile}'")),
        };
        let mut new = Zeroizing::new(String::new());
        with.iter().for_each(|entry| put(&mut new, &indent, *entry, self.line_end()));
        let mut changed = Zeroizing::new(String::with_capacity(self.text.len() + new.len()));
        let mut kept = 0;
        let mut inserted = new.is_empty();
        for place in gone.iter().map(|place| place.lines.clone()).chain([self.text.len()..self.text.len()]) {
            if !inserted && at <= place.start {
                changed.push_str(&self.text[kept..at]);
                self.end_line(&mut changed);
                changed.push_str(&new);
                (kept, inserted) = (at, true);
            }
            changed.push_str(&self.text[kept..place.start]);
            kept = place.end;
        }
        if !self.text.ends_with('\n') {
            let without = index::without_line_end(&changed).len();
            changed.truncate(without);
        }
        self.read_back(changed, profile, with)
    }

    /// Adds a section at the end, for a profile that the file does not have yet.
    ///
    /// Errors: a sentence, where the name or a value cannot be written there.
    pub(crate) fn add(&mut self, profile: &str, with: &[(&str, &str)]) -> Result<(), String> {
        let end = self.line_end();
        let mut changed = self.text.clone();
        self.end_line(&mut changed);
        let blank_before = self.text.lines().last().is_none_or(|line| line.trim_matches(BLANK).is_empty());
        if !blank_before {
            changed.push_str(end);
        }
        changed.push_str(&format!("[{}]{end}", self.header(profile)));
        with.iter().for_each(|entry| put(&mut changed, "", *entry, end));
        self.read_back(changed, profile, with)
    }

    fn header(&self, profile: &str) -> String {
        let plain = |c: char| c.is_alphanumeric() || "_-/.%@:+".contains(c);
        let bare = profile == "default" || self.file == FileKind::Credentials;
        let name = match profile.chars().all(plain) {
            false if self.file == FileKind::Config => {
                format!("\"{}\"", profile.replace('\\', "\\\\").replace('"', "\\\""))
            }
            _ => profile.to_owned(),
        };
        if bare { name } else { format!("profile {name}") }
    }

    /// Takes the changed text, if it says what it was meant to.
    fn read_back(
        &mut self,
        changed: Zeroizing<String>,
        profile: &str,
        with: &[(&str, &str)],
    ) -> Result<(), String> {
        let changed = Ini { text: changed, ..self.clone() };
        let own = changed.own(profile);
        let Some(own) = own else { return Err(format!("no profile in this file can be called '{profile}'")) };
        for (key, value) in with {
            // Never the value: it may be a secret.
            if !own.iter().any(|(own, read)| own == key && **read == **value) {
                return Err(format!("the value of {key} cannot be written in this file"));
            }
        }
        *self = changed;
        Ok(())
    }

    /// The sections that count, as `Parts` has it.
    fn sections(&self, profile: &str) -> Vec<Found> {
        let all = index::sections(&self.text, self.file);
        let of = |kind: Kind| all.iter().any(|found| found.kind == kind && found.name(&self.text) == profile);
        let kinds = [Kind::Profile, Kind::PlainDefault, Kind::Spaced];
        let Some(kind) = kinds.into_iter().find(|kind| of(*kind)) else { return Vec::new() };
        all.into_iter().filter(|found| found.kind == kind && found.name(&self.text) == profile).collect()
    }

    fn entries(&self, section: &Found) -> Vec<Entry> {
        body::parse(&self.text[section.body.clone()], section.line + 1).entries
    }

    /// The properties of the profile, in the order of the file.
    fn places(&self, profile: &str) -> Vec<Place> {
        let mut places = Vec::new();
        for section in self.sections(profile) {
            let lines = lines(&self.text, section.body.clone());
            for entry in self.entries(&section) {
                let (first, last) = (entry.line - section.line - 1, entry.last_line - section.line - 1);
                let line = &self.text[lines[first].clone()];
                let indent = indent(line);
                let end =
                    end_of_comments(&self.text, &lines[last + 1..], indent.len()).unwrap_or(lines[last].end);
                places.push(Place {
                    key: entry.key,
                    lines: lines[first].start..end,
                    indent: indent.to_owned(),
                });
            }
        }
        places
    }

    /// Where a property more would stand, and how far in.
    fn end_of(&self, profile: &str, places: &[Place]) -> Option<(usize, String)> {
        let section = self.sections(profile).pop()?;
        let last = places.iter().rfind(|place| section.body.contains(&place.lines.start));
        Some(match last {
            Some(place) => (place.lines.end, place.indent.clone()),
            None => {
                let lines = lines(&self.text, section.body.clone());
                (end_of_comments(&self.text, &lines, 0).unwrap_or(section.header.end), String::new())
            }
        })
    }

    /// The file's own, by its first line.
    fn line_end(&self) -> &'static str {
        let first = self.text.split_inclusive('\n').next().unwrap_or_default();
        if first.ends_with("\r\n") { "\r\n" } else { "\n" }
    }

    fn end_line(&self, text: &mut String) {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(self.line_end());
        }
    }
}

fn lines(text: &str, body: Range<usize>) -> Vec<Range<usize>> {
    let mut start = body.start;
    let range = |line: &str| {
        let range = start..start + line.len();
        start = range.end;
        range
    };
    text[body].split_inclusive('\n').map(range).collect()
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches(BLANK).len()]
}

/// Where the comments end that stand further in than `outer`, blank lines between them or not. To the SDKs they are a
/// part of the value above: left alone, they would be a part of another one's.
fn end_of_comments(text: &str, below: &[Range<usize>], outer: usize) -> Option<usize> {
    let lines = below.iter().map(|range| (&text[range.clone()], range.end));
    let comments = lines.take_while(|(line, _)| is_blank(line) || is_inner_comment(line, outer));
    comments.filter(|(line, _)| !is_blank(line)).last().map(|(_, end)| end)
}

fn is_blank(line: &str) -> bool {
    index::without_line_end(line).trim_matches(BLANK).is_empty()
}

fn is_inner_comment(line: &str, outer: usize) -> bool {
    line.trim_start_matches(BLANK).starts_with(COMMENT) && indent(line).len() > outer
}

/// `key = value`; further lines of the value stand further in.
fn put(out: &mut String, indent: &str, (key, value): (&str, &str), end: &str) {
    for (index, line) in value.split('\n').enumerate() {
        let start = if index == 0 { [indent, key, " ="] } else { [indent, "    ", ""] };
        start.into_iter().for_each(|part| out.push_str(part));
        if index == 0 && !line.is_empty() {
            out.push(' ');
        }
        out.push_str(line);
        out.push_str(end);
    }
}

#[cfg(test)]
mod tests;
