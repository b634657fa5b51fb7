//! Where the sections of a profile file are, and what their headers say. What stands in a section is left to `body`.

use std::borrow::Cow;
use std::ops::Range;

use super::header;
use super::header::Flaw;
use super::header::Kind;
use super::origin::FileKind;
use super::scan;
use super::scan::BLANK;
use super::scan::Scan;

/// One section: byte positions in the text, and what its header says.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) flaw: Option<Flaw>,
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

impl Found {
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

/// Finds every section. What stands before the first header's line belongs to none.
pub(super) fn sections(text: &str, file: FileKind) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut scan = Scan::text(text);
    while let Some(line) = scan.next_header() {
        if let Some(last) = found.last_mut() {
            last.body.end = line.start;
        }
        let read = header::read(line.text, file);
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
