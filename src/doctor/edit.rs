//! Mending a file's text: line by line, comments and order kept, and held to what the profiles said before.

use zeroize::Zeroizing;

use super::finding::Edit;
use crate::config::{Config, FileKind, Ini, IniEdit, Profile};

const BLANK: [char; 2] = [' ', '\t'];
const MARK: char = '\u{feff}';

/// The text with these changes made.
///
/// Errors: a sentence, where a line is not what it was when it was looked at.
pub(crate) fn apply(file: FileKind, text: &str, edits: &[&Edit]) -> Result<Zeroizing<String>, String> {
    let mut lines: Vec<Zeroizing<String>> =
        text.split_inclusive('\n').map(|line| Zeroizing::new(line.to_owned())).collect();
    for edit in edits {
        match edit {
            Edit::DropMark => {
                let first = lines.first_mut().ok_or("the file is empty")?;
                *first = Zeroizing::new(first.trim_start_matches(MARK).to_owned());
            }
            Edit::Unindent { line } => {
                let line = lines.get_mut(line - 1).ok_or("the line is not there")?;
                *line = Zeroizing::new(line.trim_start_matches(BLANK).to_owned());
            }
            Edit::Set { line, value, .. } => {
                let line = lines.get_mut(line - 1).ok_or("the line is not there")?;
                *line = Zeroizing::new(with_value(line, value).ok_or("the line has no =")?);
            }
            Edit::Drop { .. } => {}
        }
    }
    let mut changed = Zeroizing::new(String::with_capacity(text.len()));
    for line in &lines {
        changed.push_str(line);
    }
    let dropped: Vec<IniEdit<'_>> = edits
        .iter()
        .filter_map(|edit| match edit {
            Edit::Drop { profile, keys } => Some(IniEdit { profile, gone: keys.clone(), with: Vec::new() }),
            _ => None,
        })
        .collect();
    if dropped.is_empty() {
        return Ok(changed);
    }
    let mut ini = Ini::new(file, &changed);
    ini.replace(&dropped)?;
    Ok(ini.into_text())
}

/// The line with another value; what stands behind the value stays.
fn with_value(line: &str, value: &str) -> Option<String> {
    let equals = line.find('=')?;
    let behind = &line[equals + 1..];
    let start = equals + 1 + (behind.len() - behind.trim_start_matches(BLANK).len());
    let comment = |(at, c): (usize, char)| "#;".contains(c) && line[..at].ends_with(char::is_whitespace);
    let until = line.char_indices().skip_while(|(at, _)| *at < start).find(|place| comment(*place));
    let end = until.map_or(line.len(), |(at, _)| at);
    let end = start + line[start..end].trim_end().len();
    Some(format!("{}{value}{}", &line[..start], &line[end..]))
}

/// Whether every profile says the same as before, but for the keys that these edits are about.
pub(crate) fn holds(before: &Config, after: &Config, edits: &[&Edit]) -> bool {
    let (before, after) = (before.profiles(), after.profiles());
    before.len() == after.len() && before.iter().zip(&after).all(|(before, after)| same(before, after, edits))
}

fn same(before: &Profile, after: &Profile, edits: &[&Edit]) -> bool {
    let is_meant = |key: &str| {
        edits.iter().any(|edit| match edit {
            Edit::Set { profile, key: own, .. } => *profile == before.name && *own == key,
            Edit::Drop { profile, keys } => *profile == before.name && keys.contains(&key),
            Edit::DropMark | Edit::Unindent { .. } => false,
        })
    };
    let kept = |profile: &Profile| -> Vec<(String, Zeroizing<String>)> {
        let others = profile.iter().filter(|(key, _)| !is_meant(key));
        others.map(|(key, setting)| (key.to_owned(), setting.value.clone())).collect()
    };
    let set = edits.iter().all(|edit| match edit {
        Edit::Set { profile, key, value, .. } if *profile == before.name => {
            after.get(key).is_some_and(|setting| *setting.value == *value)
        }
        _ => true,
    });
    before.name == after.name && set && kept(before) == kept(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_value_of_a_line_changes() {
        for (line, wanted) in [
            ("k=v\n", "k=NEW\n"),
            ("  k \t=  v  # c\r\n", "  k \t=  NEW  # c\r\n"),
            ("k = a#b ;c", "k = NEW ;c"),
            ("k =\n", "k =NEW\n"),
        ] {
            assert_eq!(*apply(FileKind::Config, line, &[&set(1)]).unwrap(), wanted);
        }
        assert!(apply(FileKind::Config, "k", &[&set(1)]).is_err());
        assert!(apply(FileKind::Config, "k = v", &[&set(2)]).is_err());
    }

    fn set(line: usize) -> Edit {
        Edit::Set { profile: "a".to_owned(), line, key: "k", value: "NEW".to_owned() }
    }

    #[test]
    fn marks_indents_and_keys_go_and_the_rest_stays() {
        let text = "\u{feff}[profile a]\r\nk = v\r\n  # c\r\nsso_region = x # c\r\n[profile b]\r\n";
        let drop = Edit::Drop { profile: "a".to_owned(), keys: vec!["sso_region"] };
        let edits = [&Edit::DropMark, &Edit::Unindent { line: 3 }, &drop];
        let changed = apply(FileKind::Config, text, &edits).unwrap();
        assert_eq!(*changed, "[profile a]\r\nk = v\r\n# c\r\n[profile b]\r\n");
    }
}
