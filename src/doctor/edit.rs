//! Mending a file's text: line by line, comments and order kept, and held to what the profiles said
//! before.

use zeroize::Zeroizing;

use super::finding::TextEdit;
use crate::config::scan::{self, Line, LineKind, Scan};
use crate::config::{Config, FileKind, Ini, IniEdit, Profile};

const MARK: char = '\u{feff}';

/// The text with these changes made.
///
/// Errors: a sentence, where a line is not what it was when it was looked at.
pub(crate) fn apply(
    file: FileKind,
    text: &str,
    edits: &[&TextEdit],
) -> Result<Zeroizing<String>, String> {
    let lines: Vec<Line<'_>> = Scan::file(text)
        .filter(|line| line.what != LineKind::Mark)
        .collect();
    let line = |number: usize| lines.get(number - 1).ok_or("the line is not there");
    let (mut replaced, mut dropped) = (Vec::new(), Vec::new());
    for edit in edits {
        match edit {
            TextEdit::DropMark => {
                replaced.push((0..text.len() - text.trim_start_matches(MARK).len(), ""));
            }
            TextEdit::Unindent { line: number } => {
                let line = line(*number)?;
                replaced.push((line.start..line.start + line.indent(), ""));
            }
            TextEdit::Set {
                line: number,
                value,
                ..
            } => {
                let old = scan::pair(line(*number)?.text)
                    .ok_or("the line has no =")?
                    .value;
                let start = scan::offset(text, old);
                replaced.push((start..start + old.len(), value));
            }
            TextEdit::Drop { profile, keys } => {
                dropped.push(IniEdit {
                    profile,
                    gone: keys.iter().map(|key| key.name()).collect(),
                    with: Vec::new(),
                });
            }
        }
    }
    replaced.sort_by_key(|(range, _)| range.start);
    let mut changed = Zeroizing::new(String::with_capacity(text.len() + 128 * replaced.len()));
    let mut kept = 0;
    for (range, new) in replaced {
        changed.extend([&text[kept..range.start], new]);
        kept = range.end;
    }
    changed.push_str(&text[kept..]);
    if dropped.is_empty() {
        return Ok(changed);
    }
    let mut ini = Ini::new(file, &changed);
    ini.replace(&dropped)?;
    Ok(ini.into_text())
}

/// Whether every profile says the same as before, but for the keys that these edits are about.
pub(crate) fn holds(before: &Config, after: &Config, edits: &[&TextEdit]) -> bool {
    let (before, after) = (before.profiles(), after.profiles());
    before.len() == after.len()
        && before
            .iter()
            .zip(&after)
            .all(|(before, after)| same(before, after, edits))
}

fn same(before: &Profile, after: &Profile, edits: &[&TextEdit]) -> bool {
    let set = edits.iter().all(|edit| match edit {
        TextEdit::Set {
            profile,
            key,
            value,
            ..
        } if *profile == before.name => after
            .get(*key)
            .is_some_and(|setting| *setting.value == *value),
        _ => true,
    });
    before.name == after.name && set && kept(before, edits) == kept(after, edits)
}

/// What the profile says that the edits do not mean.
fn kept<'p>(profile: &'p Profile, edits: &[&TextEdit]) -> Vec<(&'p str, &'p str)> {
    profile
        .iter()
        .filter(|(key, _)| !edits.iter().any(|edit| means(edit, &profile.name, key)))
        .map(|(key, setting)| (key, setting.value.as_str()))
        .collect()
}

fn means(edit: &TextEdit, name: &str, key: &str) -> bool {
    match edit {
        TextEdit::Set {
            profile, key: own, ..
        } => *profile == name && own.name() == key,
        TextEdit::Drop { profile, keys } => {
            *profile == name && keys.iter().any(|own| own.name() == key)
        }
        TextEdit::DropMark | TextEdit::Unindent { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Key;

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

    fn set(line: usize) -> TextEdit {
        TextEdit::Set {
            profile: "a".to_owned(),
            line,
            key: Key::Region,
            value: "NEW".to_owned(),
        }
    }

    #[test]
    fn marks_indents_and_keys_go_and_the_rest_stays() {
        let text = "\u{feff}[profile a]\r\nk = v\r\n  # c\r\nsso_region = x # c\r\n[profile b]\r\n";
        let drop = TextEdit::Drop {
            profile: "a".to_owned(),
            keys: vec![Key::SsoRegion],
        };
        let edits = [&TextEdit::DropMark, &TextEdit::Unindent { line: 3 }, &drop];
        let changed = apply(FileKind::Config, text, &edits).unwrap();
        assert_eq!(*changed, "[profile a]\r\nk = v\r\n# c\r\n[profile b]\r\n");
    }
}
