//! Where in the settings file's text a profile's keys are, or go: below a header, in braces, or
//! with dots.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::Splice;

/// The forms that a table has, as its place shows.
#[derive(PartialEq, Eq)]
pub(super) enum Form {
    Header,
    Braces,
    /// Keys with dots say that there is one, or headers of tables in it.
    Named,
}

pub(super) fn form(body: &str, table: &Spanned<DeValue<'_>>) -> Form {
    match body.as_bytes().get(table.span().start) {
        Some(b'[') => Form::Header,
        Some(b'{') => Form::Braces,
        _ => Form::Named,
    }
}

/// Whether keys with dots say that there is the table, which then can have no header.
fn is_dotted(body: &str, table: &DeTable<'_>) -> bool {
    table
        .values()
        .any(|value| match (value.get_ref(), form(body, value)) {
            (DeValue::Table(_), Form::Header) => false,
            (DeValue::Table(table), Form::Named) => is_dotted(body, table),
            _ => true,
        })
}

/// Where entries go, and what is around each.
pub(super) struct InsertionPoint<'a> {
    at: usize,
    start: &'static str,
    before: &'a str,
    between: &'static str,
    end: &'static str,
}

impl<'a> InsertionPoint<'a> {
    fn lines(body: &'a str, at: usize, before: &'a str) -> InsertionPoint<'a> {
        let end = line_end(body);
        let is_cut_off = at > 0 && !body[..at].ends_with('\n');
        InsertionPoint {
            at,
            start: if is_cut_off { end } else { "" },
            before,
            between: end,
            end,
        }
    }

    pub(super) fn in_braces(body: &'a str, table: &Spanned<DeValue<'_>>) -> InsertionPoint<'a> {
        if let Some(at) = first(table) {
            return InsertionPoint {
                at,
                start: "",
                before: "",
                between: ", ",
                end: ", ",
            };
        }
        let at = table.span().start + 1;
        let end = if body[at..].starts_with('}') { " " } else { "" };
        InsertionPoint {
            at,
            start: " ",
            before: "",
            between: ", ",
            end,
        }
    }

    pub(super) fn with(&self, entries: &[String]) -> Splice {
        let entries: Vec<String> = entries
            .iter()
            .map(|entry| format!("{}{entry}", self.before))
            .collect();
        (
            self.at..self.at,
            format!("{}{}{}", self.start, entries.join(self.between), self.end),
        )
    }
}

/// `None` where a table of its own is to be made.
pub(super) fn place<'a>(
    body: &'a str,
    profiles: &Spanned<DeValue<'_>>,
    name: &str,
) -> Option<InsertionPoint<'a>> {
    let (key, own) = profiles.get_ref().as_table()?.get_key_value(name)?;
    match form(body, own) {
        Form::Header => Some(InsertionPoint::lines(
            body,
            whole_lines(body, &own.span()).end,
            "",
        )),
        Form::Braces => Some(InsertionPoint::in_braces(body, own)),
        Form::Named if !is_dotted(body, own.get_ref().as_table()?) => None,
        Form::Named => {
            let (path, first) = (key.span().start, first(own)?);
            if form(body, profiles) == Form::Braces {
                let before = &body[path..first];
                return Some(InsertionPoint {
                    at: path,
                    start: "",
                    before,
                    between: ", ",
                    end: ", ",
                });
            }
            let line = whole_lines(body, &(first..first)).start;
            Some(InsertionPoint::lines(body, line, &body[line..first]))
        }
    }
}

/// Where the first key of a table is.
fn first(value: &Spanned<DeValue<'_>>) -> Option<usize> {
    value
        .get_ref()
        .as_table()?
        .keys()
        .map(|key| key.span().start)
        .min()
}

/// The lines of some keys of a table, and its header where only headers of tables in it are left,
/// which name it too.
pub(super) fn lines_of_some(
    body: &str,
    own: &Spanned<DeValue<'_>>,
    gone: &[&str],
    ranges: &mut Vec<Range<usize>>,
) {
    let Some(table) = own.get_ref().as_table() else {
        return;
    };
    let mut is_named =
        has_header(body, own) && table.keys().any(|key| gone.contains(&&**key.get_ref()));
    for (key, value) in table {
        if gone.contains(&&**key.get_ref()) {
            lines_of(body, key, value, ranges);
        } else {
            is_named &= has_header(body, value);
        }
    }
    if is_named {
        ranges.push(with_blank_before(body, &whole_lines(body, &own.span())));
    }
}

fn has_header(body: &str, value: &Spanned<DeValue<'_>>) -> bool {
    value.get_ref().is_table() && form(body, value) == Form::Header
}

/// The lines of an entry; of a table all that are its own.
pub(super) fn lines_of(
    body: &str,
    key: &Spanned<DeString<'_>>,
    value: &Spanned<DeValue<'_>>,
    ranges: &mut Vec<Range<usize>>,
) {
    let form = form(body, value);
    let Some(table) = value.get_ref().as_table().filter(|_| form != Form::Braces) else {
        ranges.push(whole_lines(body, &(key.span().start..value.span().end)));
        return;
    };
    if form == Form::Header {
        ranges.push(with_blank_before(body, &whole_lines(body, &value.span())));
    }
    for (key, value) in table {
        lines_of(body, key, value, ranges);
    }
}

/// The entries in braces that are to go, each with the comma before it, or behind it where it is
/// the first.
pub(super) fn out_of_braces(
    body: &str,
    braces: &Spanned<DeValue<'_>>,
    is_gone: &dyn Fn(&[&str]) -> bool,
    ranges: &mut Vec<Range<usize>>,
) {
    let mut entries = Vec::new();
    entries_of(body, braces, &mut Vec::new(), &mut entries);
    entries.sort_by_key(|(end, _)| *end);
    if entries.iter().all(|(_, path)| is_gone(path)) {
        ranges.push(braces.span().start + 1..braces.span().end - 1);
        return;
    }
    let (mut from, mut is_first) = (first(braces).unwrap_or_default(), true);
    for (index, (end, path)) in entries.iter().enumerate() {
        if is_gone(path) {
            ranges.push(from..*end);
        } else if std::mem::take(&mut is_first) && index > 0 {
            let entry =
                body[from..*end].trim_start_matches(|c: char| c == ',' || c.is_ascii_whitespace());
            ranges.push(from..end - entry.len());
        }
        from = *end;
    }
}

/// Where each entry of a table ends, with the keys that lead to it.
fn entries_of<'a>(
    body: &str,
    value: &'a Spanned<DeValue<'_>>,
    path: &mut Vec<&'a str>,
    entries: &mut Vec<(usize, Vec<&'a str>)>,
) {
    for (key, value) in value.get_ref().as_table().into_iter().flatten() {
        path.push(key.get_ref());
        if value.get_ref().as_table().is_some() && form(body, value) == Form::Named {
            entries_of(body, value, path, entries);
        } else {
            entries.push((value.span().end, path.clone()));
        }
        path.pop();
    }
}

/// The header's line, and the blank one before it.
fn with_blank_before(text: &str, header: &Range<usize>) -> Range<usize> {
    let start = text[..header.start]
        .strip_suffix('\n')
        .map_or(header.start, |before| {
            let is_blank = before.is_empty() || before.ends_with('\n') || before.ends_with("\n\r");
            if is_blank {
                before.trim_end_matches('\r').len()
            } else {
                header.start
            }
        });
    start..header.end
}

/// The lines that the range lies in.
fn whole_lines(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |feed| feed + 1);
    let end = text[range.end..]
        .find('\n')
        .map_or(text.len(), |feed| range.end + feed + 1);
    start..end
}

/// What is between the text and a table behind it: an empty line.
pub(super) fn gap(text: &str, end: &'static str) -> &'static str {
    match (text, end) {
        ("", _) => "",
        (text, _) if text.ends_with("\n\n") || text.ends_with("\n\r\n") => "",
        (text, end) if text.ends_with('\n') => end,
        (_, "\n") => "\n\n",
        _ => "\r\n\r\n",
    }
}

pub(super) fn line_end(text: &str) -> &'static str {
    if text
        .split_inclusive('\n')
        .next()
        .is_some_and(|line| line.ends_with("\r\n"))
    {
        "\r\n"
    } else {
        "\n"
    }
}
