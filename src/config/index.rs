//! Where the sections of a profile file are: one pass from header to header, so that a large file costs a search and
//! not a parse. What stands in a section is left to `body`.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr;
use memchr::memchr_iter;

use super::header;
use super::header::BLANK;
use super::header::Flaw;
use super::header::Kind;
use super::origin::FileKind;

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
        without_line_end(&text[self.header.clone()]).trim_start_matches(BLANK)
    }
}

/// Finds every section. What stands before the first header's line belongs to none.
pub(super) fn sections(text: &str, file: FileKind) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found: Vec<Found> = Vec::new();
    let (mut at, mut counted, mut line) = (0, 0, 1);
    while let Some(distance) = memchr(b'[', &bytes[at..]) {
        let bracket = at + distance;
        at = bracket + 1;
        let Some(start) = line_start(bytes, bracket) else { continue };
        let end = memchr(b'\n', &bytes[bracket..]).map_or(bytes.len(), |feed| bracket + feed + 1);
        let written = without_line_end(&text[bracket..end]);
        if start < bracket && is_json_array(written) {
            continue;
        }
        at = end;
        line += memchr_iter(b'\n', &bytes[counted..start]).count();
        counted = start;
        if let Some(last) = found.last_mut() {
            last.body.end = start;
        }
        let read = header::read(written, file);
        let name = match read.name {
            Cow::Owned(name) => Name::Unquoted(name.into()),
            // A borrowed name is a part of `written`, hence of `text`: its address tells where.
            Cow::Borrowed("") => Name::InText(0..0),
            Cow::Borrowed(name) => {
                let from = name.as_ptr().addr() - text.as_ptr().addr();
                Name::InText(from..from + name.len())
            }
        };
        found.push(Found {
            kind: read.kind,
            flaw: read.flaw,
            name,
            header: start..end,
            body: end..bytes.len(),
            line,
        });
    }
    found
}

/// Where the line begins in which only blanks stand before `bracket`; `None` where something else does.
fn line_start(bytes: &[u8], bracket: usize) -> Option<usize> {
    let blanks = bytes[..bracket].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let start = bracket - blanks;
    (start == 0 || bytes[start - 1] == b'\n').then_some(start)
}

/// An indented `[` that continues a JSON value over several lines (`session_policy`), rather than a header somebody
/// indented: what a list of statements or of strings begins with, no profile's name does.
fn is_json_array(written: &str) -> bool {
    let behind = written[1..].trim_start_matches(BLANK);
    behind.is_empty() || behind.starts_with(['"', '{', '[', ']'])
}

pub(super) fn without_line_end(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

#[cfg(test)]
mod tests;
