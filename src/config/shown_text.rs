//! A whole file as people may see it in a diff: each value as `shown` has it, everything else as it
//! stands.

use std::iter;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::body::{self, BodyEntry};
use super::index;
use super::keys::{Key, Shape};
use super::origin::FileKind;
use super::scan::{self, BLANK, COMMENT, Line, LineKind, Pair, Scan};
use super::shown;
use crate::masked::{self, MASK};

/// The text with everything masked that `config show` masks. Lines stay lines, except in values of
/// TOML that have many.
pub(crate) fn file(text: &str, file: FileKind) -> String {
    if file == FileKind::Settings {
        settings(text)
    } else {
        profiles(text, file)
    }
}

/// An AWS file, read as the parser reads it; what stands before the first header, as if it were
/// below one.
fn profiles(text: &str, file: FileKind) -> String {
    let sections = index::sections(text, file);
    let first = sections
        .first()
        .map_or(text.len(), |section| section.header.start);
    let bodies = iter::once(0..first).chain(sections.into_iter().map(|section| section.body));
    let mut entries = bodies
        .flat_map(|lines| body::parse(text, lines, 0).entries)
        .peekable();
    let mut out = String::with_capacity(text.len());
    for line in Scan::below(text, 0..text.len(), 1) {
        while entries
            .next_if(|entry| entry.lines.end <= line.start)
            .is_some()
        {}
        out.push_str(&one_line(
            &line,
            entries
                .peek()
                .filter(|entry| entry.lines.contains(&line.start)),
        ));
    }
    out
}

/// What stands behind the `]` may be a line that lost its line feed.
fn header(line: &str) -> String {
    let (text, end) = parted(line);
    let close = text.rfind(']').map_or(text.len(), |at| at + 1);
    let behind = text[close..].trim_matches(BLANK);
    match behind.chars().next() {
        None => line.to_owned(),
        Some(c) if COMMENT.contains(&c) => format!("{} {}{end}", &text[..close], comment(behind)),
        Some(_) => format!("{} {MASK}{end}", &text[..close]),
    }
}

/// One line, of this property where it is of one.
fn one_line(line: &Line<'_>, entry: Option<&BodyEntry>) -> String {
    let shown = match (line.what, entry) {
        (LineKind::Blank, _) => return line.whole.to_owned(),
        (LineKind::Header, _) => return header(line.whole),
        (LineKind::Comment, _) => comment(line.text),
        (LineKind::Property(pair), Some(entry)) => property(line.text, pair, &entry.key),
        (_, Some(entry)) if shown::is_json(&entry.key, &entry.value) => {
            return line.whole.to_owned();
        }
        (_, Some(_)) => continuation(line.text),
        (_, None) => MASK.to_owned(),
    };
    let (indent, end) = (
        &line.whole[..line.indent()],
        scan::without_line_end(line.whole).len(),
    );
    format!("{indent}{shown}{}", &line.whole[end..])
}

fn property(
    text: &str,
    Pair {
        key: written,
        value,
        ..
    }: Pair<'_>,
    key: &str,
) -> String {
    let (name, shown) = (
        shown::key_name(key, value).map_or(MASK, |_| written),
        shown::one_line(key, value),
    );
    if name == MASK || shown != value {
        return format!("{name} = {shown}").trim_end().to_owned();
    }
    with_comment(text)
}

/// The line as it is up to its comment.
fn with_comment(trimmed: &str) -> String {
    let (before, behind) = trimmed.split_at(scan::comment_start(trimmed));
    format!("{before}{}", comment(behind))
}

fn continuation(trimmed: &str) -> String {
    let line = &trimmed[..scan::comment_start(trimmed)];
    let shown = shown::further_line(line.trim_end_matches(BLANK));
    let is_same =
        scan::pair(line).is_some_and(|pair| format!("{} = {}", pair.key, pair.value) == shown);
    if is_same {
        with_comment(trimmed)
    } else {
        shown
    }
}

/// A line that was commented out is a setting still; prose is shown.
fn comment(text: &str) -> String {
    let inner = text.trim_start_matches(COMMENT);
    let Some((key, value)) = inner.split_once('=') else {
        return masked::addresses(text).into_owned();
    };
    let (key, value) = (key.trim_matches(BLANK), value.trim_matches(BLANK));
    let shown = shown::further_line(&format!("{key} = {value}"));
    let is_same = !key.contains(BLANK) && shown == format!("{key} = {value}").trim_end();
    let mark = &text[..text.len() - inner.len()];
    if is_same {
        text.to_owned()
    } else {
        format!("{mark} {shown}")
    }
}

fn parted(line: &str) -> (&str, &str) {
    line.split_at(line.trim_end_matches(['\r', '\n']).len())
}

/// xacct's own file. What is not TOML is not shown at all.
fn settings(text: &str) -> String {
    let Ok(table) = DeTable::parse(text) else {
        return text
            .split_inclusive('\n')
            .flat_map(|line| [MASK, parted(line).1])
            .collect();
    };
    let mut taken = Taken::default();
    taken.table(table.get_ref(), &[]);
    taken.places.sort_by_key(|(place, _)| place.start);
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (place, shown) in taken.places.iter().filter(|(place, _)| !place.is_empty()) {
        out.push_str(&between(text.get(at..place.start).unwrap_or_default()));
        match shown {
            Some(shown) => out.push_str(shown),
            None => out.push_str(&text[place.clone()]),
        }
        at = at.max(place.end);
    }
    out.push_str(&between(&text[at..]));
    out
}

/// What stands between keys and values: a `#` begins a comment here.
fn between(text: &str) -> String {
    let mut shown = String::new();
    for line in text.split_inclusive('\n') {
        let (line, end) = parted(line);
        let (before, behind) = line.split_at(line.find('#').unwrap_or(line.len()));
        shown.push_str(before);
        if !behind.is_empty() {
            shown.push_str(&comment(behind));
        }
        shown.push_str(end);
    }
    shown
}

/// Where keys and values stand, with what is shown in a value's place.
#[derive(Default)]
struct Taken {
    places: Vec<(Range<usize>, Option<String>)>,
}

impl Taken {
    fn table(&mut self, table: &DeTable<'_>, path: &[&str]) {
        for (key, value) in table {
            self.places.push((key.span(), None));
            self.value(value, &[path, &[key.get_ref().as_ref()]].concat());
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, path: &[&str]) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, path),
            DeValue::Array(items) => items.iter().for_each(|item| self.value(item, path)),
            DeValue::String(text) => {
                let shown = scalar(text, path);
                let is_same = shown == text.as_ref();
                self.places
                    .push((value.span(), (!is_same).then(|| format!("{shown:?}"))));
            }
            _ => self.places.push((value.span(), None)),
        }
    }
}

/// Tables of profiles have the keys of profiles; the file's other settings are no secrets.
fn scalar(text: &str, path: &[&str]) -> String {
    match path {
        ["profile", _, key] => shown::value(key, text),
        ["profile", _, key, .., sub] => match Key::of(key).map(Key::shape) {
            Some(Shape::Nested) => shown::nested(sub, text),
            _ => shown::value(key, text),
        },
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_config_show_has_them() {
        for (line, expected) in [
            ("region = eu-west-1 # home", "region = eu-west-1 # home"),
            ("region=eu-west-1", "region=eu-west-1"),
            ("password = hidden", "password = ********"),
            (
                "AWS_SecretAccess_Key = hidden",
                "AWS_SecretAccess_Key = ********",
            ),
            ("  token = hidden # x", "  token = ********"),
            (
                "endpoint_url = http://u:hidden@h",
                "endpoint_url = http://********@h",
            ),
            (
                "credential_process = get --key hidden",
                "credential_process = get ********",
            ),
            ("mfa_process = SEED=hidden otp", "mfa_process = ********"),
            (
                "region = x # password = hidden",
                "region = x # password = ********",
            ),
            ("# api_key=hidden", "# api_key = ********"),
            (
                "# the old one was password = hidden",
                "# ******** = ********",
            ),
            ("#region = eu-west-1", "#region = eu-west-1"),
            ("# at http://u:hidden@h", "# at http://********@h"),
            ("hidden", "********"),
            ("export AWS_SECRET_ACCESS_KEY=hidden", "********"),
            ("region = x\n  hidden", "region = x\n  ********"),
            (
                "s3 =\n  addressing_style = path\n  key = hidden",
                "s3 =\n  addressing_style = path\n  key = ********",
            ),
            (
                "session_policy = {\n  \"a\": [] }",
                "session_policy = {\n  \"a\": [] }",
            ),
            ("hidden==", "******** = ********"),
            ("[b] password = hidden", "[b] ********"),
        ] {
            let text = format!("[profile a]\n{line}\r\n");
            let expected = format!("[profile a]\n{expected}\r\n");
            assert_eq!(file(&text, FileKind::Config), expected, "{line}");
        }
        assert_eq!(
            file("hidden\n[a]\n", FileKind::Credentials),
            "********\n[a]\n"
        );
    }

    #[test]
    fn so_are_those_of_the_settings_file() {
        for (text, expected) in [
            ("audit = true # yes\n", "audit = true # yes\n"),
            (
                "[profile.\"a#b\"]\nregion = \"x\"\nmfa_process = 'otp hidden' # password = \
                 hidden\n",
                "[profile.\"a#b\"]\nregion = \"x\"\nmfa_process = \"otp ********\" # password = \
                 ********\n",
            ),
            (
                "profile.a = { aws_secret_access_key = \"hidden\", tags = { Team = \"x\" } }\n",
                "profile.a = { aws_secret_access_key = \"********\", tags = { Team = \"x\" } }\n",
            ),
            (
                "[profile.a]\ns3 = { addressing_style = \"path\", key = \"hidden\" }\n",
                "[profile.a]\ns3 = { addressing_style = \"path\", key = \"********\" }\n",
            ),
            (
                "[profile.a]\naws_session_token = '''\nhidden\n'''\n",
                "[profile.a]\naws_session_token = \"********\n******** = ********\"\n",
            ),
            ("password = hidden\n", "********\n"),
        ] {
            assert!(!file(text, FileKind::Settings).contains("hidden"), "{text}");
            if !text.contains("'''") {
                assert_eq!(file(text, FileKind::Settings), expected);
            }
        }
    }
}
