//! TOML values as the text that the AWS files would have for them, and TOML's entries in the order
//! of the file.

use toml::Spanned;
use toml::de::DeInteger;
use toml::de::DeString;
use toml::de::DeTable;
use toml::de::DeValue;

use super::color::ProfileColor;
use super::keys::Shape;
use super::scan;
use crate::duration;

/// A value's text; for a nested block also where, in bytes, each of its lines comes from.
pub(super) struct Text {
    pub(super) value: String,
    pub(super) parts: Vec<usize>,
}

/// Errors: a sentence that says what may stand there; never the value itself.
pub(super) fn text(value: &DeValue<'_>, shape: Shape) -> Result<Text, String> {
    match (shape, value) {
        (Shape::Tags, DeValue::Table(table)) => {
            let tags: Result<Vec<String>, String> = in_order(table)
                .map(|(key, value)| tag(key, value.get_ref()))
                .collect();
            Ok(plain(tags?.join(",")))
        }
        (Shape::Tags | Shape::List, DeValue::Array(items)) => {
            let items: Result<Vec<String>, String> = items
                .iter()
                .map(|item| without_comma(scalar(item.get_ref())?))
                .collect();
            Ok(plain(items?.join(",")))
        }
        (Shape::Nested, DeValue::Table(table)) => nested(table),
        (Shape::Nested, _) => {
            Err("a table is wanted here, such as { name = \"value\" }".to_owned())
        }
        (Shape::Tags, _) => scalar(value).map(plain).map_err(|_| {
            "tags are a table { Team = \"x\" } or a string \"Team=x,Env=y\"".to_owned()
        }),
        (Shape::List, _) => scalar(value)
            .map(plain)
            .map_err(|_| "a string or an array of strings is wanted here".to_owned()),
        (Shape::Text, _) => scalar(value).map(plain),
        (Shape::Flag, _) => flag(value).map(plain),
        (Shape::Duration, _) => seconds(value).and_then(|_| scalar(value)).map(plain),
        (Shape::Color, DeValue::String(text)) => {
            ProfileColor::parse(text).map(|_| plain(text.to_string()))
        }
        (Shape::Color, _) => {
            Err("a colour is wanted here, such as \"red\" or \"#ff8800\"".to_owned())
        }
    }
}

fn plain(value: String) -> Text {
    Text {
        value,
        parts: Vec::new(),
    }
}

/// Seconds, from `900` or `"15m"`.
pub(super) fn seconds(value: &DeValue<'_>) -> Result<u64, String> {
    match value {
        DeValue::String(text) => duration::parse(text),
        DeValue::Integer(number) => integer(number)
            .and_then(|seconds| u64::try_from(seconds).ok())
            .ok_or_else(|| "a number of seconds is wanted".to_owned()),
        _ => Err("a duration is wanted, such as \"15m\"".to_owned()),
    }
}

/// `true`, or the word, which is what the AWS files have.
fn flag(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::Boolean(flag) => Ok(flag.to_string()),
        DeValue::String(text)
            if ["true", "false"].contains(&text.to_ascii_lowercase().as_str()) =>
        {
            Ok(text.to_ascii_lowercase())
        }
        _ => Err("true or false is wanted here".to_owned()),
    }
}

/// The number's value, where it is one that fits.
fn integer(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// The entries with each key's place in bytes, in the order in which they stand in the file.
pub(super) fn in_order<'a, 'i>(
    table: &'a DeTable<'i>,
) -> impl Iterator<Item = (&'a Spanned<DeString<'i>>, &'a Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries.into_iter()
}

/// Where the lines of a text end: counted once, so that the line of each of many places costs a
/// search.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(source: &str) -> Lines {
        Lines(memchr::memchr_iter(b'\n', source.as_bytes()).collect())
    }

    /// The line of a place in bytes, counted from 1.
    pub(super) fn at(&self, place: usize) -> usize {
        self.0.partition_point(|feed| *feed < place) + 1
    }
}

fn scalar(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.clone().into_owned()),
        DeValue::Boolean(flag) => Ok(flag.to_string()),
        DeValue::Integer(number) => integer(number)
            .map(|number| number.to_string())
            .ok_or_else(|| "the number is too large".to_owned()),
        _ => Err("a string, an integer or a boolean is wanted here".to_owned()),
    }
}

/// `Key=value`. STS allows no comma in either; an `=` in a key could not be told from the one
/// between them.
fn tag(key: &Spanned<DeString<'_>>, value: &DeValue<'_>) -> Result<String, String> {
    let key = key.get_ref();
    if key.contains('=') {
        return Err("a tag's key cannot contain '='".to_owned());
    }
    without_comma(format!("{key}={}", scalar(value)?))
}

fn without_comma(text: String) -> Result<String, String> {
    if text.contains(',') {
        Err("a comma cannot stand in one of several values".to_owned())
    } else {
        Ok(text)
    }
}

fn nested(table: &DeTable<'_>) -> Result<Text, String> {
    let (mut value, mut parts) = (String::new(), Vec::new());
    for (key, sub) in in_order(table) {
        let line = format!("{} = {}", key.get_ref(), scalar(sub.get_ref())?);
        if line.contains('\n') || scan::pair(&line).is_none_or(|pair| !line.ends_with(pair.value)) {
            return Err("a value in a nested block is one line without a comment".to_owned());
        }
        value.push('\n');
        value.push_str(&line);
        parts.push(key.span().start);
    }
    Ok(Text { value, parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_the_line_that_a_count_gives() {
        for source in ["", "a", "\n", "a\nb", "\n\na\n", "a\r\nb\r\n"] {
            let lines = Lines::of(source);
            for place in 0..=source.len() {
                assert_eq!(
                    lines.at(place),
                    source[..place].split('\n').count(),
                    "{source:?} at {place}"
                );
            }
        }
    }
}
