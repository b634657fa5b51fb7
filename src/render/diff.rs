//! What changes in a file, as `diff -u` shows it; secrets masked, control characters visible.
//!
//! Sections are compared with sections of the same name, so that a profile that goes and another
//! one that comes are not shown as one that is renamed. Which lines belong together is `align`'s
//! business.

mod align;

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use self::align::{DiffLine, lines};
use crate::config::{FileKind, shown_text};
use crate::say::visible;

/// Lines shown around a change.
const CONTEXT: usize = 3;
/// Nothing where nothing changes. `path` is what people are shown.
pub(crate) fn unified(path: &str, file: FileKind, old: &str, new: &str, color: bool) -> String {
    of_texts(
        path,
        &shown_text::file(old, file),
        &shown_text::file(new, file),
        color,
    )
}

fn of_texts(path: &str, old: &str, new: &str, color: bool) -> String {
    let lines = lines(old, new);
    let mut text = String::new();
    let mut put = |style: Style, line: &str| {
        let style = if color { style } else { Style::new() };
        // Writing to a String does not fail.
        let _ = writeln!(text, "{style}{line}{style:#}");
    };
    let hunks = hunks(&lines);
    if !hunks.is_empty() {
        let bold = Style::new().bold();
        put(bold, &format!("--- {}", visible(path)));
        put(bold, &format!("+++ {}", visible(path)));
    }
    for hunk in hunks {
        let (before, inside) = (&lines[..hunk.start], &lines[hunk]);
        put(AnsiColor::Cyan.on_default(), &header(before, inside));
        for line in inside {
            let (mark, text, style) = match line {
                DiffLine::Kept(text) => (' ', text, Style::new()),
                DiffLine::Gone(text) => ('-', text, AnsiColor::Red.on_default()),
                DiffLine::New(text) => ('+', text, AnsiColor::Green.on_default()),
            };
            let shown: Vec<String> = text
                .trim_end_matches(['\n', '\r'])
                .split('\t')
                .map(visible)
                .collect();
            put(style, &format!("{mark}{}", shown.join("\t")));
            if !text.ends_with('\n') {
                put(Style::new(), "\\ No newline at end of file");
            }
        }
    }
    text
}

/// `@@ -1,5 +1,3 @@`
fn header(before: &[DiffLine<'_>], inside: &[DiffLine<'_>]) -> String {
    format!(
        "@@ -{} +{} @@",
        range(old(before), old(inside)),
        range(new(before), new(inside))
    )
}

fn old(lines: &[DiffLine<'_>]) -> usize {
    let old = lines
        .iter()
        .filter(|line| !matches!(line, DiffLine::New(_)));
    old.count()
}

fn new(lines: &[DiffLine<'_>]) -> usize {
    let new = lines
        .iter()
        .filter(|line| !matches!(line, DiffLine::Gone(_)));
    new.count()
}

fn range(first: usize, count: usize) -> String {
    match count {
        1 => format!("{}", first + 1),
        0 => format!("{first},0"),
        _ => format!("{},{count}", first + 1),
    }
}

/// Where the changes are, with the lines around them.
fn hunks(lines: &[DiffLine<'_>]) -> Vec<std::ops::Range<usize>> {
    let mut hunks: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if matches!(line, DiffLine::Kept(_)) {
            continue;
        }
        let (start, end) = (
            at.saturating_sub(CONTEXT),
            (at + CONTEXT + 1).min(lines.len()),
        );
        match hunks.last_mut().filter(|last| last.end >= start) {
            Some(last) => last.end = end,
            None => hunks.push(start..end),
        }
    }
    hunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_diff_shows_it() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl";
        let new = "a\nb\nc\nd\nE\nx\nf\ng\nh\ni\nj\nk\nl\n";
        assert_eq!(
            of_texts("~/x", old, new, false),
            "--- ~/x\n+++ ~/x\n@@ -2,11 +2,12 @@\n b\n c\n d\n-e\n+E\n+x\n f\n g\n h\n i\n j\n \
             k\n-l\n\
             \\ No newline at end of file\n+l\n"
        );
        assert_eq!(
            of_texts("x", "", "a\n", false),
            "--- x\n+++ x\n@@ -0,0 +1 @@\n+a\n"
        );
        assert_eq!(of_texts("x", old, old, false), "");
        assert!(of_texts("x", "a\n", "", true).contains("\u{1b}[31m-a\u{1b}[0m\n"));
    }

    #[test]
    fn no_secret_is_shown() {
        let new = "[a]\nAWS_Secret_Access_Key = s3cret\n  s3cret\nregion = x\n";
        assert_eq!(
            unified("x", FileKind::Config, "[a]\n", new, false),
            "--- x\n+++ x\n@@ -1 +1,4 @@\n [a]\n+AWS_Secret_Access_Key = ********\n+  \
             ********\n+region = x\n"
        );
        let toml = "[profile]\na = { aws_secret_access_key = \"s3cret\" }\n";
        assert!(!unified("x", FileKind::Settings, "", toml, false).contains("s3cret"));
    }

    #[test]
    fn what_would_drive_the_terminal_is_visible() {
        assert!(of_texts("x", "", "a\u{1b}[2J\tb\r\n", false).ends_with("+a\\u{1b}[2J\tb\n"));
    }
}
