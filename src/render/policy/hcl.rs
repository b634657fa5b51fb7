//! A document in the syntax of Terraform's language, as `terraform fmt` would have it.

use std::fmt::Write;

use crate::policy::Tree;

/// A value; lines behind its first are indented by `depth` levels.
pub(super) fn value(tree: &Tree, depth: usize) -> String {
    match tree {
        Tree::Text(text) => quoted(text),
        Tree::Number(number) => number.to_string(),
        Tree::List(items) if items.is_empty() => "[]".to_owned(),
        Tree::List(items)
            if items
                .iter()
                .all(|item| !matches!(item, Tree::Object(_) | Tree::List(_))) =>
        {
            let items: Vec<String> = items.iter().map(|item| value(item, depth)).collect();
            format!("[{}]", items.join(", "))
        }
        Tree::List(items) => {
            let inner = indent(depth + 1);
            let items: Vec<String> = items
                .iter()
                .map(|item| format!("{inner}{},\n", value(item, depth + 1)))
                .collect();
            format!("[\n{}{}]", items.concat(), indent(depth))
        }
        Tree::Object(members) => {
            let members: Vec<(String, String)> = members
                .iter()
                .map(|(name, tree)| (key(name), value(tree, depth + 1)))
                .collect();
            format!(
                "{{\n{}{}}}",
                assignments(&members, depth + 1),
                indent(depth)
            )
        }
    }
}

/// `name = value`, one a line; those of one line each that follow one another are aligned.
pub(super) fn assignments(members: &[(String, String)], depth: usize) -> String {
    let mut text = String::new();
    for (index, (name, value)) in members.iter().enumerate() {
        let mut width = name.len();
        if is_short(&members[index]) {
            let before = (0..index)
                .rev()
                .take_while(|other| is_short(&members[*other]));
            let behind = (index..members.len()).take_while(|other| is_short(&members[*other]));
            width = before
                .chain(behind)
                .map(|other| members[other].0.len())
                .max()
                .unwrap_or(width);
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}{name:<width$} = {value}", indent(depth));
    }
    text
}

fn is_short((_, value): &(String, String)) -> bool {
    !value.contains('\n')
}

pub(super) fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

/// A text as it is, whatever Terraform would see in it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if rest.peek() == Some(&'{') => quoted.extend([character, character]),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// A name that can stand as it is, or in quotes.
fn key(name: &str) -> String {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        name.to_owned()
    } else {
        quoted(name)
    }
}
