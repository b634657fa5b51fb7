//! Changes to the profiles of xacct's own settings file: text in, text out, everything else as it was, to the byte.
//!
//! A table of a profile that is there gets its new keys below its header; every other way to write one
//! (`profile = { … }`) is left to its owner. Every change is read back before it counts.

use std::collections::BTreeMap;
use std::ops::Range;

use zeroize::Zeroizing;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{self, Shape};
use super::paths::BYTE_ORDER_MARK;
use super::section::Section;
use super::settings::SettingsFile;
use super::toml_text;

/// A profile, and the keys with their values that are to be added to it.
pub(super) type Addition = (String, Vec<(String, String)>);

/// Adds keys to the tables of profiles, which are made where there are none.
///
/// Errors: a sentence, where the file does not say what it should with them.
pub(super) fn add(text: &str, path: &str, profiles: &[Addition]) -> Result<String, String> {
    if profiles.is_empty() {
        return Ok(text.to_owned());
    }
    // All together where that will do: each time, the whole file is read back.
    let tables: Vec<String> = profiles.iter().map(|(name, entries)| table(name, entries)).collect();
    let all = appended(text, &tables.join("\n"));
    if let Ok(true) = added(text, &all, path, profiles) {
        return Ok(all);
    }
    profiles.iter().try_fold(text.to_owned(), |text, profile| add_one(&text, path, profile))
}

fn add_one(text: &str, path: &str, profile: &Addition) -> Result<String, String> {
    let (name, entries) = profile;
    // By itself it must do; the line in the message is none of the file's.
    snapshot(&table(name, entries), path).map_err(|why| match why.splitn(3, ':').nth(2) {
        Some(what) if why.starts_with(path) => what.trim().to_owned(),
        _ => why,
    })?;
    // What looks like the header may stand in a text of several lines: there, nothing would come of it.
    let headers = headers(text, name).into_iter().map(|header| {
        let (before, behind) = text.split_at(header.end);
        let gap = if before.ends_with('\n') { "" } else { line_end(text) };
        format!("{before}{gap}{}{behind}", with_ends_of(text, &lines(entries)))
    });
    let mut forms = headers.chain([appended(text, &table(name, entries))]);
    let good =
        |changed: &String| matches!(added(text, changed, path, std::slice::from_ref(profile)), Ok(true));
    forms.find(good).ok_or_else(|| {
        let key = key(name);
        format!("{path} has the profile in a form that cannot be added to; write it as [profile.{key}]")
    })
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

/// Takes keys out of `[profile.NAME]`, and the table where nothing is left in it. `None` where that is not possible
/// line by line.
pub(super) fn remove(text: &str, path: &str, name: &str, gone: &[&str]) -> Option<String> {
    let (mark, text) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => (BYTE_ORDER_MARK, text),
        None => ("", text),
    };
    let mut changed = text.to_owned();
    let mut ranges: Vec<Range<usize>> = spans(text, name, gone);
    ranges.sort_by_key(|range| range.start);
    for range in ranges.into_iter().rev() {
        changed.replace_range(whole_lines(text, &range), "");
    }
    let mut wanted = snapshot(text, path).ok()?;
    let own = wanted.iter_mut().find(|(profile, _)| profile == name)?;
    own.1.retain(|key, _| !gone.contains(&key.as_str()));
    let is_empty = own.1.is_empty();
    if is_empty {
        wanted.retain(|(profile, _)| profile != name);
        changed = headers(&changed, name).into_iter().find_map(|header| {
            let start = changed[..header.start].strip_suffix('\n').map_or(header.start, |before| {
                let blank = before.is_empty() || before.ends_with('\n') || before.ends_with("\n\r");
                if blank { before.trim_end_matches('\r').len() } else { header.start }
            });
            let without = format!("{}{}", &changed[..start], &changed[header.end..]);
            (snapshot(&without, path).ok()? == wanted).then_some(without)
        })?;
    }
    (snapshot(&changed, path).ok()? == wanted).then(|| format!("{mark}{changed}"))
}

/// Every profile's keys with their values, in the order of the file.
type Snapshot = Vec<(String, BTreeMap<String, Zeroizing<String>>)>;

/// Whether the changed file says what the old one does, and the new keys beside.
fn added(text: &str, changed: &str, path: &str, profiles: &[Addition]) -> Result<bool, String> {
    let mut wanted = snapshot(text, path)?;
    let before = wanted.len();
    for (name, entries) in profiles {
        let new = entries.iter().map(|(key, value)| (key.clone(), Zeroizing::new(value.clone())));
        match wanted[..before].iter_mut().find(|(profile, _)| profile == name) {
            Some((_, own)) => own.extend(new),
            None => wanted.push((name.to_owned(), new.collect())),
        }
    }
    Ok(snapshot(changed, path)? == wanted)
}

fn snapshot(text: &str, path: &str) -> Result<Snapshot, String> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let file = SettingsFile::parse(text, path).map_err(|error| error.message)?;
    let own = |section: &Section| {
        let own = section.iter().map(|(key, setting)| (key.to_owned(), setting.value.clone()));
        (section.name.clone(), own.collect())
    };
    Ok(file.profiles.iter().map(own).collect())
}

/// The lines that are a header of the profile's table.
fn headers(text: &str, name: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let range = at..at + line.len();
        at = range.end;
        let written = line.trim_start_matches(BYTE_ORDER_MARK).trim();
        if written.starts_with('[') && !written.starts_with("[[") && is_header(written, name) {
            found.push(range);
        }
    }
    found
}

fn is_header(line: &str, name: &str) -> bool {
    let Ok(document) = DeTable::parse(line) else { return false };
    let profiles = document.get_ref().get("profile").map(Spanned::get_ref);
    matches!(profiles, Some(DeValue::Table(profiles)) if profiles.get(name).is_some())
}

/// Where in the text these keys of the profile and their values are.
fn spans(text: &str, name: &str, wanted: &[&str]) -> Vec<Range<usize>> {
    let Ok(document) = DeTable::parse(text) else { return Vec::new() };
    let Some(DeValue::Table(profiles)) = document.get_ref().get("profile").map(Spanned::get_ref) else {
        return Vec::new();
    };
    let Some(DeValue::Table(own)) = profiles.get(name).map(Spanned::get_ref) else {
        return Vec::new();
    };
    let entries = toml_text::in_order(own).filter(|(key, _)| wanted.contains(&key.get_ref().as_ref()));
    entries.map(|(key, value)| key.span().start..value.span().end).collect()
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entries(entries: &[(&str, &str)]) -> Vec<(String, String)> {
        entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn add_to(text: &str, name: &str, entries: &[(String, String)]) -> Result<String, String> {
        add(text, "x.toml", &[(name.to_owned(), entries.to_vec())])
    }

    fn both(text: &str, name: &str) -> String {
        let added = add_to(
            text,
            name,
            &entries(&[("role_arn", "arn:\"x\""), ("duration_seconds", "900"), ("read_only", "true")]),
        );
        let added = added.unwrap();
        let gone = ["role_arn", "duration_seconds", "read_only"];
        let gone = remove(&added, "x.toml", name, &gone).unwrap();
        // An end of the last line is not taken away again.
        assert_eq!(gone.trim_end(), text.trim_end(), "{added}");
        added
    }

    #[test]
    fn a_table_is_made_at_the_end() {
        let keys = "role_arn = 'arn:\"x\"'\nduration_seconds = 900\nread_only = true\n";
        for (text, name, wanted) in [
            ("", "a", format!("[profile.a]\n{keys}")),
            ("# c\n", "a.b", format!("# c\n\n[profile.\"a.b\"]\n{keys}")),
            (
                "verify_after = \"1m\" # c",
                "my a",
                format!("verify_after = \"1m\" # c\n\n[profile.\"my a\"]\n{keys}"),
            ),
            (
                "[profile.b]\ntags = ['x']\n\n",
                "a",
                format!("[profile.b]\ntags = ['x']\n\n[profile.a]\n{keys}"),
            ),
            (
                "\u{feff}# c\r\n",
                "a",
                format!("\u{feff}# c\r\n\r\n[profile.a]\r\n{}", keys.replace('\n', "\r\n")),
            ),
        ] {
            assert_eq!(both(text, name), wanted);
        }
    }

    #[test]
    fn a_table_that_is_there_gets_them_below_its_header() {
        let keys = "role_arn = 'arn:\"x\"'\nduration_seconds = 900\nread_only = true\n";
        for (before, behind) in [
            ("[profile.a] # mine\n", "# care\nconfirm = true\n\n[profile.b]\n"),
            ("[ profile . 'a' ]\n", "confirm = true\n"),
            ("[profile.b]\n[profile.a]\n", "confirm = true"),
            ("\u{feff}[profile.a]\n", "confirm = true"),
        ] {
            assert_eq!(both(&format!("{before}{behind}"), "a"), format!("{before}{keys}{behind}"));
        }
    }

    #[test]
    fn what_only_looks_like_the_header_is_left_alone() {
        let text = "[profile.b]\nmfa_process = '''\n[profile.a]\n'''\n[profile.\"a\"]\nconfirm = true\n";
        assert!(both(text, "a").contains("[profile.\"a\"]\nrole_arn ="));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "profile = { a = { confirm = true } }\n",
            "profile.a.confirm = true\n",
            "[profile]\na = { confirm = true }\n",
        ] {
            let error = add_to(text, "a", &entries(&[("role_arn", "x")])).unwrap_err();
            assert_eq!(
                error,
                "x.toml has the profile in a form that cannot be added to; write it as [profile.a]"
            );
        }
        let error = add_to("", "a", &entries(&[("confirm", "maybe")])).unwrap_err();
        assert_eq!(error, "confirm: true or false is wanted here");
        assert_eq!(remove("profile = { a = { confirm = true } }\n", "x", "a", &["confirm"]), None);
        assert_eq!(remove("", "x", "a", &["confirm"]), None);
    }

    #[test]
    fn what_is_left_in_the_table_keeps_it() {
        let text = "[profile.a]\nrole_arn = 'x' # c\n# d\nsession_policy = '''\n{\n}'''\nconfirm = true\n[profile.b]\n";
        assert_eq!(
            remove(text, "x", "a", &["role_arn", "session_policy", "nope"]).unwrap(),
            "[profile.a]\n# d\nconfirm = true\n[profile.b]\n"
        );
    }

    proptest! {
        #[test]
        fn any_value_is_written_and_taken_out_again(value in "\\PC{0,20}|[ -~\n]{0,30}", name in "\\PC{1,8}") {
            let value = value.replace('\r', "");
            let entries = entries(&[("external_id", &value)]);
            let text = "# mine\n";
            let added = add_to(text, &name, &entries).unwrap();
            prop_assert!(added.starts_with(text));
            prop_assert_eq!(remove(&added, "x", &name, &["external_id"]).unwrap(), text);
        }
    }
}
