//! The lines below a header, form by form.

use super::*;

/// `key=value@line` of each entry, and `line: message` of each flaw.
fn read(text: &str) -> (Vec<String>, Vec<String>) {
    let body = parse(text, 0..text.len(), 2);
    let entries = body
        .entries
        .iter()
        .map(|entry| format!("{}={}@{}", entry.key, *entry.value, entry.line));
    (
        entries.collect(),
        body.flaws
            .iter()
            .map(|(line, text)| format!("{line}: {text}"))
            .collect(),
    )
}

fn entries(text: &str) -> Vec<String> {
    let (entries, flaws) = read(text);
    assert_eq!(flaws, Vec::<String>::new(), "{text}");
    entries
}

#[test]
fn comments_begin_behind_white_space() {
    assert_eq!(
        entries("a = 1 # c\nb = 2\t; c\nc = 3#3;3\nd =# 4\ne = # 5\n"),
        ["a=1@2", "b=2@3", "c=3#3;3@4", "d=# 4@5", "e=@6"]
    );
}

#[test]
fn only_spaces_and_tabs_are_trimmed() {
    assert_eq!(entries("a \t= \u{a0}1\u{a0} \r\n"), ["a=\u{a0}1\u{a0}@2"]);
    // And yet a comment may begin behind any white space: so it is in the SDKs.
    assert_eq!(entries("a = 1\u{a0}# c"), ["a=1\u{a0}@2"]);
}

#[test]
fn keys_are_in_lower_case_and_values_keep_their_quotes() {
    assert_eq!(entries("Role_ARN = \"x = Y\""), ["role_arn=\"x = Y\"@2"]);
}

#[test]
fn continuations_keep_their_comments_but_not_comment_lines() {
    assert_eq!(
        entries("a = 1\n  2 # two\n  # no\n\n;no\n\t3\nb = 4"),
        ["a=1\n2 # two\n3@2", "b=4@8"]
    );
}

#[test]
fn a_section_may_be_indented_as_a_whole() {
    assert_eq!(
        entries("  a = 1\n  b = 2\n    more\n c = 3\nd = 4\n"),
        ["a=1@2", "b=2\nmore@3", "c=3@5", "d=4@6"]
    );
}

#[test]
fn nested_blocks_keep_their_lines() {
    let text = "s3 =\n  a = 1\n\n  # no\n  B = 2 # c\n";
    let body = parse(text, 0..text.len(), 2);
    assert_eq!(*body.entries[0].value, "\na = 1\nB = 2 # c");
    assert_eq!(body.entries[0].sub_lines, [3, 6]);
    assert_eq!(body.entries.len(), 1);
}

#[test]
fn a_broken_line_costs_that_line_and_what_continues_it() {
    let (entries, flaws) = read("a = 1\nb : 2\n  b2 = x\n= 3\nin valid = 4\nc = 5\n");
    assert_eq!(entries, ["a=1@2", "c=5@7"]);
    assert_eq!(
        flaws,
        [
            "3: Expected an '=' sign defining a property: the line is ignored (write key = value)",
            "5: Property did not have a name: the line is ignored",
            "6: the property's name is not valid: the line is ignored",
        ]
    );
}

#[test]
fn a_broken_sub_property_costs_that_line() {
    let (entries, flaws) = read("s3 =\n  x\n  = 1\n  a = 2\n");
    assert_eq!(entries, ["s3=\na = 2@2"]);
    assert_eq!(
        flaws,
        [
            "3: Expected an '=' sign defining a sub-property: the line is ignored",
            "4: Sub-property did not have a name: the line is ignored",
        ]
    );
}

#[test]
fn a_continuation_needs_something_to_continue() {
    let (entries, flaws) = read("  x\n  y\na = 1");
    assert_eq!(entries, ["a=1@4"]);
    assert_eq!(flaws.len(), 2);
    assert_eq!(
        flaws[0],
        "2: Expected a property definition, found continuation: the line is ignored"
    );
}

#[test]
fn messages_never_repeat_the_line() {
    let (_, flaws) = read("aws_secret_access_key: wJalr\naws_secret_access_key wJalr=\n = wJalr\n");
    assert_eq!(flaws.len(), 2);
    assert!(!flaws.concat().contains("wJalr"), "{flaws:?}");
}

#[test]
fn lines_before_the_first_section() {
    assert_eq!(
        outside_sections("# c\n\n  ; d\nx = 1\n  y\n")
            .iter()
            .map(|flaw| flaw.0)
            .collect::<Vec<_>>(),
        [4, 5]
    );
}
