//! The one reading of the AWS files' lines: what each line is, and where its parts stand. Nothing
//! is lost, the lines one after the other are the text, so that values, findings and edits all come
//! from here (docs/aws.md A1.1).
//!
//! What a header says is left to `header`, what a property means to `body`.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr;
use memchr::memchr_iter;
use memchr::memchr2;
use memchr::memchr2_iter;
use memchr::memrchr;

use super::paths::BYTE_ORDER_MARK;

/// The only blanks there are in profile files: anything else, such as a no-break space, is data.
pub(crate) const BLANK: [char; 2] = [' ', '\t'];
pub(crate) const COMMENT: [char; 2] = ['#', ';'];
/// How sections of the config file begin.
pub(crate) const PREFIXES: [&str; 3] = ["profile", "sso-session", "services"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'t> {
    /// Where it begins in the text.
    pub(crate) start: usize,
    /// All of it, with its end.
    pub(crate) whole: &'t str,
    /// Without the blanks around it and its end.
    pub(crate) text: &'t str,
    /// Counted from 1.
    pub(crate) number: usize,
    pub(crate) what: LineKind<'t>,
    /// What it continues if it stands further in; not known of a header that was skipped to.
    pub(crate) above: Above,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineKind<'t> {
    /// The byte order mark that a file begins with: no line, and in none.
    Mark,
    Blank,
    Comment,
    /// It begins with `[`, or seems to be meant for a header.
    Header,
    /// `key = value`, whose key is not empty.
    Property(Pair<'t>),
    /// It continues the property above: a line more of its value, or of its nested block.
    More {
        nested: bool,
    },
    Junk(Junk),
}

/// A line that says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Junk {
    /// It stands before the first section.
    Outside,
    /// It is indented and there is no property above it.
    NothingAbove,
    NoEquals,
    NoKey,
    /// It stands further in than the junk above it, and goes with it.
    Below,
}

/// What an indented line would continue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Above {
    /// No section yet.
    Nothing,
    /// A header.
    Header,
    /// A property, indented this far. `nested` when its own line has no value.
    Property { indent: usize, nested: bool },
    /// A line that is none; what continues it goes with it, and not to the property before.
    Junk { indent: usize },
}

/// `key = value # comment`, each without the blanks around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair<'t> {
    pub(crate) key: &'t str,
    pub(crate) value: &'t str,
    /// With what begins it; empty where there is none.
    pub(crate) comment: &'t str,
}

/// The lines of a text from some place on, one by one.
pub(crate) struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// Of the line that begins there.
    number: usize,
    above: Above,
    /// Whether a byte order mark is still to come.
    is_marked: bool,
}

impl Line<'_> {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.end()
    }

    pub(crate) fn end(&self) -> usize {
        self.start + self.whole.len()
    }

    /// Whether something stands before the `[` of the header that is no blank: a no-break space, a
    /// mark of order, what a mail program puts before lines. No program reads such a header.
    pub(crate) fn is_covered(&self) -> bool {
        self.what == LineKind::Header
            && self.whole[..self.indent()].contains(|c| !BLANK.contains(&c))
    }

    /// How many blanks stand before it.
    pub(crate) fn indent(&self) -> usize {
        offset(self.whole, self.text)
    }

    pub(crate) fn says_something(&self) -> bool {
        !matches!(
            self.what,
            LineKind::Blank | LineKind::Comment | LineKind::Mark
        )
    }
}

impl<'t> Scan<'t> {
    /// A file as it is on disk.
    pub(crate) fn file(text: &'t str) -> Scan<'t> {
        Scan {
            is_marked: text.starts_with(BYTE_ORDER_MARK),
            ..Scan::text(text)
        }
    }

    /// A text that has no byte order mark.
    pub(crate) fn text(text: &'t str) -> Scan<'t> {
        Scan {
            text,
            at: 0,
            number: 1,
            above: Above::Nothing,
            is_marked: false,
        }
    }

    /// What stands below a header; `number` is its first line's.
    pub(crate) fn below(text: &'t str, range: Range<usize>, number: usize) -> Scan<'t> {
        Scan {
            text: &text[..range.end],
            at: range.start,
            number,
            above: Above::Header,
            is_marked: false,
        }
    }

    /// Skips all lines to the next header: a search, so that a large file costs no more than that.
    pub(crate) fn next_header(&mut self) -> Option<Line<'t>> {
        let bytes = self.text.as_bytes();
        let mut from = self.at;
        while let Some(distance) = memchr2(b'[', b']', &bytes[from..]) {
            let bracket = from + distance;
            let start = memrchr(b'\n', &bytes[..bracket]).map_or(0, |feed| feed + 1);
            let end = line_end(bytes, bracket);
            from = end;
            let line = trimmed(without_line_end(&self.text[start..end]));
            let indent = offset(&self.text[start..end], line);
            let Some(text) = header(line, indent) else {
                continue;
            };
            let number = self.number + memchr_iter(b'\n', &bytes[self.at..start]).count();
            self.at = end;
            self.number = number + 1;
            self.above = Above::Header;
            let (whole, what) = (&self.text[start..end], LineKind::Header);
            return Some(Line {
                start,
                whole,
                text,
                number,
                what,
                above: Above::Header,
            });
        }
        self.at = bytes.len();
        None
    }

    fn what(&self, text: &'t str, indent: usize) -> LineKind<'t> {
        if text.is_empty() {
            return LineKind::Blank;
        }
        if text.starts_with(COMMENT) {
            return LineKind::Comment;
        }
        match self.above {
            Above::Nothing => return LineKind::Junk(Junk::Outside),
            Above::Header if indent > 0 && !text.contains('=') => {
                return LineKind::Junk(Junk::NothingAbove);
            }
            Above::Property {
                indent: outer,
                nested,
            } if indent > outer => return LineKind::More { nested },
            Above::Junk { indent: outer } if indent > outer => return LineKind::Junk(Junk::Below),
            _ => {}
        }
        match pair(text) {
            None => LineKind::Junk(Junk::NoEquals),
            Some(Pair { key: "", .. }) => LineKind::Junk(Junk::NoKey),
            Some(pair) => LineKind::Property(pair),
        }
    }
}

impl<'t> Iterator for Scan<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let (start, number, above) = (self.at, self.number, self.above);
        if self.is_marked {
            self.is_marked = false;
            self.at = BYTE_ORDER_MARK.len();
            let whole = &self.text[..self.at];
            return Some(Line {
                start,
                whole,
                text: &whole[..0],
                number,
                what: LineKind::Mark,
                above,
            });
        }
        if start == self.text.len() {
            return None;
        }
        let whole = &self.text[start..line_end(self.text.as_bytes(), start)];
        let text = trimmed(without_line_end(whole));
        let indent = offset(whole, text);
        let header = header(text, indent);
        let what = header.map_or_else(|| self.what(text, indent), |_| LineKind::Header);
        let text = header.unwrap_or(text);
        (self.at, self.number) = (start + whole.len(), number + 1);
        self.above = match what {
            LineKind::Header => Above::Header,
            LineKind::Property(pair) => Above::Property {
                indent,
                nested: pair.value.is_empty(),
            },
            LineKind::Junk(Junk::NoEquals | Junk::NoKey) => Above::Junk { indent },
            _ => above,
        };
        Some(Line {
            start,
            whole,
            text,
            number,
            what,
            above,
        })
    }
}

/// `key = value # comment`, parted at the first `=`. `None` without an `=` before the comment.
pub(crate) fn pair(line: &str) -> Option<Pair<'_>> {
    let (before, comment) = line.split_at(comment_start(line));
    let (key, value) = before.split_at(memchr(b'=', before.as_bytes())?);
    Some(Pair {
        key: trimmed(key),
        value: trimmed(&value[1..]),
        comment,
    })
}

/// Where the comment begins in the line, or else its end: at a `#` or `;` that stands behind white
/// space.
pub(crate) fn comment_start(line: &str) -> usize {
    memchr2_iter(b'#', b';', line.as_bytes())
        .find(|at: &usize| line[..*at].ends_with(char::is_whitespace))
        .unwrap_or(line.len())
}

/// Whether nobody sees the character, or takes it for a blank that it is not.
pub(crate) fn is_unseen(c: char) -> bool {
    (c.is_whitespace() && !BLANK.contains(&c))
        || c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}'
        )
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(c, '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text without what nobody sees.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if text.contains(is_unseen) {
        Cow::Owned(text.chars().filter(|c| !is_unseen(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// What the SDKs take for a name, of a section or of a key.
pub(crate) fn is_identifier(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_-/.%@:+".contains(&byte))
}

/// Without the blanks around it; of nothing but blanks, the end.
pub(crate) fn trimmed(text: &str) -> &str {
    let bytes = text.as_bytes();
    let (mut start, mut end) = (0, bytes.len());
    while start < end && is_blank(bytes[start]) {
        start += 1;
    }
    while start < end && is_blank(bytes[end - 1]) {
        end -= 1;
    }
    &text[start..end]
}

/// Where a part of the text begins in it.
pub(crate) fn offset(text: &str, part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

pub(super) fn without_line_end(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// Behind the line feed that is next.
fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |feed| from + feed + 1)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// The header that the line is, from its `[` on. What stands before that is no part of a name; a
/// header that lacks its `[` is taken for one too: what stands below it is not the profile's above.
fn header(line: &str, indent: usize) -> Option<&str> {
    if line.starts_with('[') {
        return is_header(line, indent).then_some(line);
    }
    let end = line
        .find(['[', ']', '='])
        .filter(|_| !line.starts_with(COMMENT))?;
    let before = &line[..end];
    if line[end..].starts_with(']') {
        let is_prefix = |word: &str| PREFIXES.contains(&word);
        let has_prefix = before.split(BLANK).next().is_some_and(is_prefix);
        return (has_prefix && before.contains(BLANK)).then_some(line);
    }
    let is_name = before.contains(|c: char| c.is_alphanumeric() || "\"'{}:,#;".contains(c));
    let rest = &line[end..];
    (!is_name && is_header(rest, indent.max(1))).then_some(rest)
}

/// An indented `[` may continue a JSON value over several lines (`session_policy`), rather than be
/// a header somebody indented: what a list of statements or of strings begins with, no profile's
/// name does.
fn is_header(text: &str, indent: usize) -> bool {
    let Some(behind) = text.strip_prefix('[') else {
        return false;
    };
    if indent == 0 {
        return true;
    }
    let behind = behind.trim_start_matches(BLANK);
    !behind.is_empty() && !behind.starts_with(['"', '{', '[', ']'])
}

#[cfg(test)]
mod tests;
