//! One of the two AWS files: its text with the index of its sections. Which file wins is left to
//! `mod.rs`.

use std::ops::Range;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::body::{self, Body};
use super::header;

use super::header::HeaderFlaw;
use super::header::SectionKind;
use super::index::Found;
use super::index::Sections;
use super::keys::Key;
use super::meant::{self, Meant};
use super::origin::FileKind;
use super::origin::Origin;
use super::origin::Problem;
use super::scan;
use super::section::Section;
use super::section::Setting;

pub(super) struct ProfileFile {
    kind: FileKind,
    path: Arc<str>,
    pub(super) sections: Sections,
}

impl ProfileFile {
    /// `path` is what people are shown; a file that is not there has no text.
    pub(super) fn new(kind: FileKind, path: &str, text: Option<Zeroizing<String>>) -> ProfileFile {
        ProfileFile {
            kind,
            path: path.into(),
            sections: Sections::of(text.unwrap_or_default(), kind),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.sections.text
    }

    pub(super) fn name<'a>(&'a self, section: &'a Found) -> &'a str {
        section.name(self.text())
    }

    /// The sections of this kind and name, in order.
    pub(super) fn find<'a>(
        &'a self,
        kind: SectionKind,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Found> {
        self.sections.find(kind, name)
    }

    pub(super) fn origin(&self, line: usize) -> Origin {
        Origin {
            file: self.kind,
            path: Arc::clone(&self.path),
            line,
        }
    }

    /// Puts what the section says, and what is wrong with it, over what is in `into`.
    pub(super) fn merge(&self, section: &Found, into: &mut Section) {
        into.problems.extend(self.header_problem(section));
        self.put_body(self.sections.body(section), into);
        let trailing = self.trailing(section).into_iter();
        into.lost
            .extend(trailing.map(|(line, key)| (key, self.origin(line))));
    }

    fn put_body(&self, body: Body, into: &mut Section) {
        let setting = |entry: body::BodyEntry| {
            (
                entry.key,
                Setting::new(entry.value, self.origin(entry.line), entry.sub_lines),
            )
        };
        into.put_over(body.entries.into_iter().map(setting).collect());
        let lost = body.lost.into_iter();
        into.lost
            .extend(lost.map(|(line, key)| (key, self.origin(line))));
        into.headers
            .extend(body.headers.into_iter().map(|line| self.origin(line)));
        into.problems.extend(
            body.flaws
                .into_iter()
                .map(|(line, text)| self.problem(line, text)),
        );
    }

    /// Puts several into one; `None` when there is none.
    pub(super) fn merged<'a>(
        &'a self,
        name: &str,
        sections: impl IntoIterator<Item = &'a Found>,
    ) -> Option<Section> {
        let mut merged: Option<Section> = None;
        for section in sections {
            let into = merged.get_or_insert_with(|| Section::new(name, self.origin(section.line)));
            self.merge(section, into);
        }
        merged
    }

    /// The text without the sections of the profile `default`, and without lines of this profile
    /// that hold one of the `keys`.
    pub(super) fn text_without_default(&self, profile: &str, keys: &[Key]) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(self.text().len()));
        text.push_str(&self.text()[..self.sections.start()]);
        for section in self
            .sections
            .all
            .iter()
            .filter(|section| !self.is_default(section))
        {
            text.push_str(&self.text()[section.header.clone()]);
            let mut kept = section.body.start;
            let is_meant = section.kind == SectionKind::Profile && self.name(section) == profile;
            let entries = if is_meant {
                self.sections.body(section).entries
            } else {
                Vec::new()
            };
            let is_one =
                |entry: &&body::BodyEntry| keys.iter().any(|key| key.name() == &*entry.key);
            for entry in entries.iter().filter(is_one) {
                text.push_str(&self.text()[kept..entry.lines.start]);
                kept = entry.lines.end;
            }
            text.push_str(&self.text()[kept..section.body.end]);
        }
        text
    }

    fn is_default(&self, section: &Found) -> bool {
        match section.kind {
            SectionKind::PlainDefault => true,
            SectionKind::Profile => self.name(section) == "default",
            _ => false,
        }
    }

    /// Everything wrong in this file as far as the file alone can tell, by line.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let outside = body::outside_sections(&self.text()[..self.sections.start()]);
        let mut problems: Vec<Problem> = outside
            .into_iter()
            .map(|(line, text)| self.problem(line, text))
            .collect();
        for section in &self.sections.all {
            problems.extend(self.header_problem(section));
            // What stands in a section that is not used costs nothing more.
            if section.kind != SectionKind::Ignored {
                let body = self.sections.body(section);
                problems.extend(
                    body.flaws
                        .into_iter()
                        .map(|(line, text)| self.problem(line, text)),
                );
            }
        }
        problems
    }

    /// The headers that are not read and that seem to mean this name, which is in lower case.
    pub(super) fn unread_headers(&self, wanted: &str) -> Vec<Problem> {
        let unread = self
            .sections
            .all
            .iter()
            .filter(|section| section.kind == SectionKind::Ignored);
        unread
            .filter(|section| {
                let names = header::meant(section.header_line(self.text()));
                names.iter().any(|name| name.to_lowercase() == wanted)
            })
            .filter_map(|section| self.header_problem(section))
            .collect()
    }

    /// The first line that stands before every header, where there is one.
    pub(super) fn first_outside(&self) -> Option<Problem> {
        let (line, text) = body::outside_sections(&self.text()[..self.sections.start()])
            .into_iter()
            .next()?;
        Some(self.problem(line, text))
    }

    pub(super) fn problem(&self, line: usize, message: &str) -> Problem {
        Problem {
            origin: self.origin(line),
            message: message.to_owned(),
        }
    }

    /// What text behind the header's `]` seems to set.
    fn trailing(&self, section: &Found) -> Vec<(usize, String)> {
        if section.flaw != Some(HeaderFlaw::Trailing) {
            return Vec::new();
        }
        let behind = header::behind(section.header_line(self.text()));
        body::keys_meant(behind)
            .map(|key| (section.line, key))
            .collect()
    }

    /// What stands below a header that is not read, with what is wrong with that first; `why` is
    /// for a header that has nothing wrong in itself.
    pub(super) fn unread(&self, section: &Found, name: &str, why: &str) -> Section {
        let mut unread = Section::new(name, self.origin(section.line));
        if section.flaw.is_none() && !why.is_empty() {
            unread.problems.push(self.problem(section.line, why));
        }
        self.merge(section, &mut unread);
        if section.flaw == Some(HeaderFlaw::Unclosed) {
            let line = section.header_line(self.text());
            let keys = body::keys_meant(line).map(|key| (key, self.origin(section.line)));
            unread.lost.extend(keys);
        }
        unread
    }

    /// The same of what stands below a line that is no header; below line 0, before every header.
    pub(super) fn unread_lines(&self, line: usize, below: &Range<usize>, name: &str) -> Section {
        let mut unread = Section::new(name, self.origin(line));
        let why = if line == 0 {
            "what stands before the first header is ignored"
        } else {
            "the line seems to be a header, and is none: it lacks the brackets"
        };
        unread.problems.push(self.problem(line, why));
        self.put_body(
            body::parse(self.text(), below.clone(), line + 1),
            &mut unread,
        );
        unread
    }

    /// Whether a property stands there, in a part of a section.
    pub(super) fn sets_a_key(&self, lines: &Range<usize>) -> bool {
        !body::parse(self.text(), lines.clone(), 0)
            .entries
            .is_empty()
    }

    /// What the header, which is not read or is disguised, may have been meant to say; `None` where
    /// it says that it is another tool's.
    pub(super) fn meant(&self, section: &Found) -> Option<Meant> {
        let name = self.name(section);
        match section.kind {
            SectionKind::Spaced if !header::is_like_prefix(name) => Some(Meant {
                is_tools: true,
                ..Meant::default()
            }),
            SectionKind::Profile => Some(Meant {
                names: vec![scan::visible(name).trim().to_owned()],
                ..Meant::default()
            }),
            _ => meant::read(section.header_line(self.text())),
        }
    }

    fn header_problem(&self, section: &Found) -> Option<Problem> {
        let message = section.flaw?.message(section.header_line(self.text()));
        Some(self.problem(section.line, &message))
    }
}
