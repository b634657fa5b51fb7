//! Changes to the profiles of xacct's own settings file: text in, text out, everything else as it was, to the byte.
//!
//! A table of a profile that is there gets its new keys below its header; every other way to write one
//! (`profile = { … }`) is left to its owner. Every change is read back before it counts.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use zeroize::Zeroizing;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::keys::{self, Shape};
use super::paths::BYTE_ORDER_MARK;
use super::section::Section;
use super::settings::SettingsFile;

/// A profile, and the keys with their values that are to be added to it.
pub(super) type Addition = (String, Vec<(String, String)>);

/// Adds keys to the tables of profiles, which are made where there are none.
///
/// Errors: a sentence, where the file does not say what it should with them.
pub(super) fn add(text: &str, path: &str, profiles: &[Addition]) -> Result<String, String> {
    if profiles.is_empty() {
        return Ok(text.to_owned());
    }
    let changed = with(text, profiles);
    if let Ok(true) = added(text, &changed, path, profiles) {
        return Ok(changed);
    }
    // Each time, the whole file is read back: by halves, the one that does not do is found in few of them.
    match profiles {
        [profile] => add_one(text, path, profile),
        profiles => {
            let (first, second) = profiles.split_at(profiles.len() / 2);
            add(&add(text, path, first)?, path, second)
        }
    }
}

/// One that cannot be added in the way that is tried first.
fn add_one(text: &str, path: &str, profile: &Addition) -> Result<String, String> {
    let (name, entries) = profile;
    // By itself it must do; the line in the message is none of the file's.
    snapshot(&table(name, entries), path).map_err(|why| match why.splitn(3, ':').nth(2) {
        Some(what) if why.starts_with(path) => what.trim().to_owned(),
        _ => why,
    })?;
    let changed = appended(text, &table(name, entries));
    if let Ok(true) = added(text, &changed, path, std::slice::from_ref(profile)) {
        return Ok(changed);
    }
    let key = key(name);
    Err(format!("{path} has the profile in a form that cannot be added to; write it as [profile.{key}]"))
}

/// The text with the keys below the headers of their tables, and with tables behind it where there are none.
fn with(text: &str, profiles: &[Addition]) -> String {
    let headers = headers(text);
    let (mut below, mut tables) = (Vec::new(), Vec::new());
    for (name, entries) in profiles {
        match headers.get(name.as_str()) {
            Some(header) => below.push((header.end, with_ends_of(text, &lines(entries)))),
            None => tables.push(table(name, entries)),
        }
    }
    below.sort_by_key(|(at, _)| *at);
    let (mut changed, mut kept) = (String::with_capacity(text.len() + 256 * profiles.len()), 0);
    for (at, lines) in below {
        changed.push_str(&text[kept..at]);
        if !changed.ends_with('\n') {
            changed.push_str(line_end(text));
        }
        changed.push_str(&lines);
        kept = at;
    }
    changed.push_str(&text[kept..]);
    if tables.is_empty() { changed } else { appended(&changed, &tables.join("\n")) }
}

/// The text with tables behind it.
fn appended(text: &str, tables: &str) -> String {
    let gap = match text.trim_start_matches(BYTE_ORDER_MARK) {
        "" => "",
        text if text.ends_with("\n\n") || text.ends_with("\n\r\n") => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    format!("{text}{}", with_ends_of(text, &format!("{gap}{tables}")))
}

fn table(name: &str, entries: &[(String, String)]) -> String {
    format!("[profile.{}]\n{}", key(name), lines(entries))
}

fn lines(entries: &[(String, String)]) -> String {
    let lines: Vec<String> =
        entries.iter().map(|(key, value)| format!("{key} = {}\n", literal(key, value))).collect();
    lines.concat()
}

/// New lines that end as the file's do.
fn with_ends_of(text: &str, lines: &str) -> String {
    if line_end(text) == "\n" { lines.to_owned() } else { lines.replace('\n', "\r\n") }
}

/// Takes keys out of the tables of profiles, and the tables where nothing is left in them. What cannot be taken out line
/// by line stays.
pub(super) fn remove(text: &str, path: &str, gone: &[(&str, Vec<&str>)]) -> String {
    let Some((first, second)) = gone.split_at_checked(gone.len().div_ceil(2)).filter(|_| !gone.is_empty())
    else {
        return text.to_owned();
    };
    match without(text, path, gone) {
        Some(changed) => changed,
        None if second.is_empty() => text.to_owned(),
        None => remove(&remove(text, path, first), path, second),
    }
}

/// `None` where it would not say what it should.
fn without(text: &str, path: &str, gone: &[(&str, Vec<&str>)]) -> Option<String> {
    let gone: HashMap<&str, &[&str]> = gone.iter().map(|(name, keys)| (*name, keys.as_slice())).collect();
    let mut wanted = snapshot(text, path).ok()?;
    let mut emptied = Vec::new();
    for (name, keys) in &gone {
        let own = wanted.get_mut(*name)?;
        own.retain(|key, _| !keys.contains(&key.as_str()));
        if own.is_empty() {
            wanted.remove(*name);
            emptied.push(*name);
        }
    }
    let headers = headers(text);
    let mut ranges = spans(text, &gone);
    for name in emptied {
        ranges.push(with_blank_before(text, headers.get(name)?));
    }
    ranges.sort_by_key(|range| range.start);
    let (mut changed, mut kept) = (String::with_capacity(text.len()), 0);
    for range in ranges {
        changed.push_str(&text[kept..range.start.max(kept)]);
        kept = range.end.max(kept);
    }
    changed.push_str(&text[kept..]);
    (snapshot(&changed, path).ok()? == wanted).then_some(changed)
}

/// The header's line, and the blank one before it.
fn with_blank_before(text: &str, header: &Range<usize>) -> Range<usize> {
    let start = text[..header.start].strip_suffix('\n').map_or(header.start, |before| {
        let is_blank = before.is_empty() || before.ends_with('\n') || before.ends_with("\n\r");
        if is_blank { before.trim_end_matches('\r').len() } else { header.start }
    });
    start..header.end
}

/// Every profile's keys with their values.
type Snapshot = BTreeMap<String, BTreeMap<String, Zeroizing<String>>>;

/// Whether the changed file says what the old one does, and the new keys beside.
fn added(text: &str, changed: &str, path: &str, profiles: &[Addition]) -> Result<bool, String> {
    let mut wanted = snapshot(text, path)?;
    for (name, entries) in profiles {
        let new = entries.iter().map(|(key, value)| (key.clone(), Zeroizing::new(value.clone())));
        wanted.entry(name.clone()).or_default().extend(new);
    }
    Ok(snapshot(changed, path)? == wanted)
}

fn snapshot(text: &str, path: &str) -> Result<Snapshot, String> {
    #[cfg(test)]
    tests::READ.set(tests::READ.get() + 1);
    let (_, body) = split_mark(text);
    let file = SettingsFile::parse(body, path).map_err(|error| error.message)?;
    let own = |section: &Section| {
        let own = section.iter().map(|(key, setting)| (key.to_owned(), setting.value.clone()));
        (section.name.clone(), own.collect())
    };
    Ok(file.profiles.iter().map(own).collect())
}

/// The lines `[profile.NAME]`, by name. Other forms of a table have none.
fn headers(text: &str) -> HashMap<String, Range<usize>> {
    let (mark, body) = split_mark(text);
    let Ok(document) = DeTable::parse(body) else { return HashMap::new() };
    let Some(profiles) = profiles(document.get_ref()) else { return HashMap::new() };
    let line = |(name, _): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
        let line = whole_lines(body, &name.span());
        let is_own = is_header(body[line.clone()].trim(), name.get_ref());
        is_own.then(|| (name.get_ref().to_string(), line.start + mark..line.end + mark))
    };
    profiles.iter().filter_map(line).collect()
}

/// Of the table itself, not of one in it, which names it too.
fn is_header(line: &str, name: &str) -> bool {
    if !line.starts_with('[') || line.starts_with("[[") {
        return false;
    }
    let Ok(document) = DeTable::parse(line) else { return false };
    let own = profiles(document.get_ref()).and_then(|profiles| profiles.get(name));
    own.is_some_and(|own| matches!(own.get_ref(), DeValue::Table(own) if own.is_empty()))
}

fn profiles<'a, 'i>(document: &'a DeTable<'i>) -> Option<&'a DeTable<'i>> {
    match document.get("profile")?.get_ref() {
        DeValue::Table(profiles) => Some(profiles),
        _ => None,
    }
}

/// How long the byte order mark is, and what stands behind it.
fn split_mark(text: &str) -> (usize, &str) {
    let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    (text.len() - body.len(), body)
}

/// The lines in which these keys of the profiles and their values are.
fn spans(text: &str, wanted: &HashMap<&str, &[&str]>) -> Vec<Range<usize>> {
    let (mark, body) = split_mark(text);
    let Ok(document) = DeTable::parse(body) else { return Vec::new() };
    let mut ranges = Vec::new();
    for (name, own) in profiles(document.get_ref()).into_iter().flat_map(DeTable::iter) {
        let (Some(keys), DeValue::Table(own)) = (wanted.get(name.get_ref().as_ref()), own.get_ref()) else {
            continue;
        };
        for (key, value) in own.iter().filter(|(key, _)| keys.contains(&key.get_ref().as_ref())) {
            let lines = whole_lines(body, &(key.span().start..value.span().end));
            ranges.push(lines.start + mark..lines.end + mark);
        }
    }
    ranges
}

/// The lines that the range lies in.
fn whole_lines(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |feed| feed + 1);
    let end = text[range.end..].find('\n').map_or(text.len(), |feed| range.end + feed + 1);
    start..end
}

/// The value as a person would write it.
fn literal(key: &str, value: &str) -> String {
    let shape = keys::find(key).map(|(_, shape, _)| *shape);
    match shape {
        Some(Shape::Flag) if ["true", "false"].contains(&value) => value.to_owned(),
        Some(Shape::Duration) if value.parse::<u32>().is_ok_and(|number| number.to_string() == value) => {
            value.to_owned()
        }
        _ => toml::Value::String(value.to_owned()).to_string(),
    }
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        // JSON's strings are TOML's, and of the forms that TOML has they are the one that a key may have too.
        serde_json::Value::String(name.to_owned()).to_string()
    }
}

fn line_end(text: &str) -> &'static str {
    if text.split_inclusive('\n').next().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests;
