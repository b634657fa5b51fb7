//! The index against a reading line by line, on made-up and on arbitrary text.

use proptest::prelude::*;

use super::*;

/// (line, text of header and body) of each section, found the slow way.
fn line_by_line(text: &str) -> Vec<(usize, String)> {
    let mut sections: Vec<(usize, String)> = Vec::new();
    for line in Scan::text(text) {
        if line.what == scan::LineKind::Header {
            sections.push((line.number, line.whole.to_owned()));
        } else if let Some((_, section)) = sections.last_mut() {
            section.push_str(line.whole);
        }
    }
    sections
}

fn indexed(text: &str) -> Vec<(usize, String)> {
    let found = sections(text, FileKind::Config);
    found
        .iter()
        .map(|section| {
            (
                section.line,
                text[section.header.start..section.body.end].to_owned(),
            )
        })
        .collect()
}

fn names(text: &str) -> Vec<String> {
    let found = sections(text, FileKind::Config);
    found
        .iter()
        .map(|section| section.name(text).to_owned())
        .collect()
}

#[test]
fn headers_may_be_indented() {
    assert_eq!(
        names("[profile a]\nk = v\n  [profile b]\r\nk = w\n\t[profile c"),
        ["a", "b", ""]
    );
}

#[test]
fn what_is_no_header() {
    assert_eq!(
        names("# [profile x]\n[profile a]\nk = [profile y]\n;[profile z]\nw = [\n"),
        ["a"]
    );
}

#[test]
fn json_over_several_lines_is_a_value() {
    let policy = "[profile a]\nsession_policy = \
                  {\"Statement\":\n  [\n  {\"Action\":\n  [\"s3:Get*\"],\n  []}\n  ]}\n";
    assert_eq!(names(&format!("{policy}[profile b]\n")), ["a", "b"]);
    assert_eq!(indexed(policy), [(1, policy.to_owned())]);
}

#[test]
fn lines_are_counted_from_one() {
    let found = sections("\n\n[profile a]\nk=v\n\n[profile b]", FileKind::Config);
    assert_eq!(
        found.iter().map(|section| section.line).collect::<Vec<_>>(),
        [3, 6]
    );
}

fn file_like() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("[profile a]".to_owned()),
        Just("  [profile \"b c\"] ; c".to_owned()),
        Just("[ profile\td ] junk [x]".to_owned()),
        Just("\t[ \"json\"".to_owned()),
        Just(" [".to_owned()),
        Just("key = [value] # c".to_owned()),
        Just("é [\u{a0}[".to_owned()),
        "[ \t\\[\\]a#;=\"'\\\\\u{a0}\r]{0,12}",
    ];
    prop::collection::vec(
        (line, prop::sample::select(vec!["\n", "\r\n", "\n\n", ""])),
        0..20,
    )
    .prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

proptest! {
    /// Every line belongs to exactly one section, or stands before the first.
    #[test]
    fn sections_tile_the_text(text in file_like()) {
        let found = sections(&text, FileKind::Config);
        let mut end = found.first().map_or(text.len(), |first| first.header.start);
        for section in &found {
            prop_assert_eq!(section.header.start, end);
            prop_assert_eq!(section.header.end, section.body.start);
            end = section.body.end;
        }
        prop_assert_eq!(end, text.len());
    }

    #[test]
    fn the_index_finds_what_reading_line_by_line_finds(text in file_like()) {
        prop_assert_eq!(indexed(&text), line_by_line(&text));
    }

    #[test]
    fn names_are_those_of_their_headers(text in file_like()) {
        for section in sections(&text, FileKind::Credentials) {
            let line = section.header_line(&text);
            prop_assert_eq!(section.name(&text), &header::read(line, FileKind::Credentials).name);
        }
    }

    #[test]
    fn no_text_is_too_odd(text in any::<String>()) {
        prop_assert_eq!(indexed(&text), line_by_line(&text));
    }
}
