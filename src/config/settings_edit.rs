//! Changes to the profiles of xacct's own settings file: text in, text out, everything else as it
//! was, to the byte.
//!
//! A profile's table gets its new keys in front of its own, in whichever form it is: below its
//! header, in braces, or with dots. `toml` says where they are; `toml_edit`, which would write
//! them, changes line ends, the spaces of headers and the order of dotted keys, and takes comments
//! away. Every change is read back before it counts.

mod places;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use zeroize::Zeroizing;

use toml::de::{DeTable, DeValue};

use super::keys::{Key, Shape};
use super::paths::BYTE_ORDER_MARK;

use super::settings::SettingsFile;
use super::toml_text;
use places::{
    Form, InsertionPoint, form, gap, line_end, lines_of, lines_of_some, out_of_braces, place,
};

/// A profile, and the keys with their values that are to be added to it.
pub(super) type Addition = (String, Vec<(String, String)>);

/// A part of the text, and what is to stand in its place.
type Splice = (Range<usize>, String);

/// Adds keys to the tables of profiles, which are made where there are none.
///
/// Errors: a sentence, where the file does not say what it should with them.
pub(super) fn add(text: &str, path: &str, profiles: &[Addition]) -> Result<String, String> {
    if profiles.is_empty() {
        return Ok(text.to_owned());
    }
    let (mark, body) = split_mark(text);
    let (mut wanted, mut new) = (snapshot(body, path)?, Vec::with_capacity(profiles.len()));
    for (name, entries) in profiles {
        let own = wanted.entry(name.clone()).or_default();
        let mut written = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let (literal, read) = literal(key, value)?;
            own.insert(key.clone(), read);
            written.push(format!("{key} = {literal}"));
        }
        new.push((name.as_str(), written));
    }
    let changed = with(body, &new);
    if snapshot(&changed, path).is_ok_and(|now| now == wanted) {
        Ok(format!("{mark}{changed}"))
    } else {
        Err(format!(
            "{path} has a profile in a form that cannot be added to; write it as [profile.NAME]"
        ))
    }
}

/// The text with the entries where their tables are, and with tables behind it where there are
/// none.
fn with(body: &str, new: &[(&str, Vec<String>)]) -> String {
    let Ok(document) = DeTable::parse(body) else {
        return body.to_owned();
    };
    let profiles = document.get_ref().get("profile");
    let in_braces = profiles.filter(|profiles| form(body, profiles) == Form::Braces);
    let (mut splices, mut inner, mut tables) = (Vec::new(), Vec::new(), Vec::new());
    for (name, entries) in new {
        match profiles.and_then(|profiles| place(body, profiles, name)) {
            Some(place) => splices.push(place.with(entries)),
            None if in_braces.is_some() => {
                inner.push(format!("{} = {{ {} }}", key(name), entries.join(", ")));
            }
            None => tables.push((name, entries)),
        }
    }
    if let Some(profiles) = in_braces.filter(|_| !inner.is_empty()) {
        splices.push(InsertionPoint::in_braces(body, profiles).with(&inner));
    }
    let mut changed = spliced(body, splices);
    let end = line_end(body);
    for (name, entries) in tables {
        changed.push_str(gap(&changed, end));
        changed.extend(["[profile.", &key(name), "]", end]);
        changed.extend(entries.iter().flat_map(|entry| [entry, end]));
    }
    changed
}

/// Takes keys out of the tables of profiles, and the tables where nothing is left in them. The text
/// stays where it would not say what it should.
pub(super) fn remove(text: &str, path: &str, gone: &[(&str, Vec<&str>)]) -> String {
    let (mark, body) = split_mark(text);
    without(body, path, gone).map_or_else(|| text.to_owned(), |changed| format!("{mark}{changed}"))
}

fn without(body: &str, path: &str, gone: &[(&str, Vec<&str>)]) -> Option<String> {
    let mut wanted = snapshot(body, path).ok()?;
    let document = DeTable::parse(body).ok()?;
    let profiles = document.get_ref().get("profile")?;
    let in_braces = form(body, profiles) == Form::Braces;
    let (mut ranges, mut of_braces) = (Vec::new(), HashMap::new());
    for (name, keys) in gone {
        let (Some(left), Some((key, own))) = (
            wanted.get_mut(*name),
            profiles.get_ref().as_table()?.get_key_value(*name),
        ) else {
            continue;
        };
        left.retain(|key, _| !keys.contains(&key.as_str()));
        let is_emptied = left.is_empty();
        if is_emptied {
            wanted.remove(*name);
        }
        match form(body, own) {
            Form::Braces if !is_emptied => {
                out_of_braces(body, own, &|path| keys.contains(&path[0]), &mut ranges);
            }
            _ if in_braces => drop(of_braces.insert(*name, keys)),
            _ if is_emptied => lines_of(body, key, own, &mut ranges),
            _ => lines_of_some(body, own, keys, &mut ranges),
        }
    }
    if !of_braces.is_empty() {
        out_of_braces(
            body,
            profiles,
            &|path| {
                let keys = of_braces.get(path[0]);
                keys.is_some_and(|keys| path.get(1).is_none_or(|key| keys.contains(key)))
            },
            &mut ranges,
        );
    }
    let changed = spliced(
        body,
        ranges
            .into_iter()
            .map(|range| (range, String::new()))
            .collect(),
    );
    (snapshot(&changed, path).ok()? == wanted).then_some(changed)
}

/// The text with each part replaced.
fn spliced(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|(range, _)| range.start);
    let (mut changed, mut kept) = (String::with_capacity(text.len() + 256 * splices.len()), 0);
    for (range, new) in splices {
        changed.push_str(&text[kept..range.start.max(kept)]);
        changed.push_str(&new);
        kept = range.end.max(kept);
    }
    changed + &text[kept..]
}

/// Every profile's keys with their values.
type Snapshot = BTreeMap<String, BTreeMap<String, Zeroizing<String>>>;

fn snapshot(body: &str, path: &str) -> Result<Snapshot, String> {
    #[cfg(test)]
    tests::READ.set(tests::READ.get() + 1);
    let file = SettingsFile::parse(body, path).map_err(|error| error.to_string())?;
    Ok(file
        .profiles
        .iter()
        .map(|section| {
            let own = section
                .iter()
                .map(|(key, setting)| (key.to_owned(), setting.value.clone()));
            (section.name.clone(), own.collect())
        })
        .collect())
}

/// The byte order mark, if there is one, and what stands behind it.
fn split_mark(text: &str) -> (&str, &str) {
    text.split_at(if text.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    })
}

/// The value as a person would write it, and as it will be read.
///
/// Errors: a sentence that says what is wanted for the key.
fn literal(key: &str, value: &str) -> Result<(String, Zeroizing<String>), String> {
    let Some(shape) = Key::of(key).map(Key::shape) else {
        return Err(format!("unknown profile key '{key}'"));
    };
    let lower = value.to_ascii_lowercase();
    let is_number = value
        .parse::<u32>()
        .is_ok_and(|number| number.to_string() == value);
    let literal = match shape {
        Shape::Flag if ["true", "false"].contains(&lower.as_str()) => lower,
        Shape::Duration if is_number => value.to_owned(),
        _ => toml::Value::String(value.to_owned()).to_string(),
    };
    let parsed = DeValue::parse(&literal).map_err(|error| format!("{key}: {}", error.message()))?;
    let read =
        toml_text::text(parsed.get_ref(), shape).map_err(|wanted| format!("{key}: {wanted}"))?;
    Ok((literal, Zeroizing::new(read.value)))
}

fn key(name: &str) -> String {
    if !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    {
        name.to_owned()
    } else {
        // JSON's strings are TOML's, and of the forms that TOML has they are the one that a key may
        // have too.
        serde_json::Value::String(name.to_owned()).to_string()
    }
}

#[cfg(test)]
mod tests;
