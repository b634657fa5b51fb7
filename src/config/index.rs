//! Where the sections of a profile file are, and what their headers say. What stands in a section
//! is read by `body`, and only where somebody asks for it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use zeroize::Zeroizing;

use super::body;
use super::body::Body;
use super::header;
use super::header::HeaderFlaw;
use super::header::SectionKind;
use super::lookup::Index;
use super::origin::FileKind;
use super::scan;
use super::scan::BLANK;
use super::scan::Scan;

/// A text with its sections.
pub(super) struct Sections {
    pub(super) text: Zeroizing<String>,
    pub(super) all: Vec<Found>,
    pub(super) has_unread: bool,
    /// The places in `all` by name, once many were looked for: for a few, looking through all is
    /// faster.
    by_name: Index<Vec<usize>>,
}

/// One section: byte positions in the text, and what its header says.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) kind: SectionKind,
    pub(super) flaw: Option<HeaderFlaw>,
    name: Name,
    /// From the beginning of the header's line to behind its line feed.
    pub(super) header: Range<usize>,
    /// From there to the next header, or the end.
    pub(super) body: Range<usize>,
    /// The header's line, counted from 1.
    pub(super) line: usize,
}

/// Most names stand in the text as they are; only what was quoted or escaped needs a copy.
#[derive(Debug)]
enum Name {
    InText(Range<usize>),
    Unquoted(Box<str>),
}

impl Sections {
    pub(super) fn of(text: Zeroizing<String>, file: FileKind) -> Sections {
        let all = sections(&text, file);
        Sections {
            has_unread: has_unread(&all, &text),
            text,
            all,
            by_name: Index::default(),
        }
    }

    /// Those of this kind and name, in order.
    pub(super) fn find<'a>(
        &'a self,
        kind: SectionKind,
        name: &str,
    ) -> impl Iterator<Item = &'a Found> {
        let by_name = self.by_name.get(|| self.by_name());
        let known = by_name.map(|by_name| by_name.get(name).map_or(&[][..], Vec::as_slice));
        let all = if known.is_some() {
            0..0
        } else {
            0..self.all.len()
        };
        let places = known.unwrap_or_default().iter().copied().chain(all);
        let sections = places.map(|at| &self.all[at]);
        sections.filter(move |section| section.kind == kind && section.name(&self.text) == name)
    }

    fn by_name(&self) -> HashMap<Box<str>, Vec<usize>> {
        let mut by_name: HashMap<Box<str>, Vec<usize>> = HashMap::with_capacity(self.all.len());
        for (at, section) in self.all.iter().enumerate() {
            by_name
                .entry(section.name(&self.text).into())
                .or_default()
                .push(at);
        }
        by_name
    }

    /// Where the first header begins, or else the end.
    pub(super) fn start(&self) -> usize {
        self.all
            .first()
            .map_or(self.text.len(), |section| section.header.start)
    }

    pub(super) fn body(&self, section: &Found) -> Body {
        body::parse(&self.text, section.body.clone(), section.line + 1)
    }
}

impl Found {
    /// Whether its header was meant for something that it is not read as.
    pub(super) fn is_unread(&self) -> bool {
        self.kind == SectionKind::Spaced
            || (self.kind == SectionKind::Ignored && self.flaw.is_some())
    }

    /// Whether the name of this profile looks like another one.
    pub(super) fn is_disguised(&self, text: &str) -> bool {
        let name = self.name(text);
        self.kind == SectionKind::Profile && (name.trim() != name || name.contains(scan::is_unseen))
    }

    pub(super) fn name<'a>(&'a self, text: &'a str) -> &'a str {
        match &self.name {
            Name::InText(range) => &text[range.clone()],
            Name::Unquoted(name) => name,
        }
    }

    /// The header from its `[` on, without the line's end.
    pub(super) fn header_line<'a>(&self, text: &'a str) -> &'a str {
        scan::without_line_end(&text[self.header.clone()]).trim_start_matches(BLANK)
    }
}

/// In a text of ASCII only a quoted name can look like another one.
fn has_unread(all: &[Found], text: &str) -> bool {
    let is_ascii = text.is_ascii();
    all.iter().any(|found| {
        let may_be_disguised = !is_ascii || matches!(found.name, Name::Unquoted(_));
        found.is_unread() || (may_be_disguised && found.is_disguised(text))
    })
}

/// Finds every section. What stands before the first header's line belongs to none.
pub(super) fn sections(text: &str, file: FileKind) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut scan = Scan::text(text);
    while let Some(line) = scan.next_header() {
        if let Some(last) = found.last_mut() {
            last.body.end = line.start;
        }
        let read = if line.is_covered() {
            header::ignored(HeaderFlaw::Covered)
        } else {
            header::read(line.text, file)
        };
        let name = match read.name {
            Cow::Owned(name) => Name::Unquoted(name.into()),
            Cow::Borrowed("") => Name::InText(0..0),
            Cow::Borrowed(name) => {
                let from = scan::offset(text, name);
                Name::InText(from..from + name.len())
            }
        };
        found.push(Found {
            kind: read.kind,
            flaw: read.flaw,
            name,
            header: line.range(),
            body: line.end()..text.len(),
            line: line.number,
        });
    }
    found
}

#[cfg(test)]
mod tests;
