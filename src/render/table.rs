//! Tables for people: a header, one line a row, two spaces between columns; in colour where the
//! caller says so.
//!
//! Columns are as wide as their characters are on a terminal, and what is cut keeps its colour.

use std::fmt::Write as _;
use std::io;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::say;

/// One cell: what it says, and how it looks where there is colour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// Control characters are made visible; a dash stands for nothing, so that `awk` still counts
    /// the columns right.
    pub(crate) fn new(text: &str) -> Cell {
        let text = if text.trim().is_empty() {
            "-".to_owned()
        } else {
            say::visible(text)
        };
        Cell {
            text,
            style: Style::new(),
        }
    }

    pub(crate) fn optional(text: Option<&str>) -> Cell {
        Cell::new(text.unwrap_or_default())
    }

    #[must_use]
    pub(crate) fn styled(mut self, style: impl Into<Style>) -> Cell {
        self.style = style.into();
        self
    }
}

/// Writes the table. With a `width` (the terminal's, in columns) long cells are cut with `…`, never
/// those of the first column; without one, nothing is.
///
/// Errors: `out`'s own.
pub(crate) fn table(
    header: &[&str],
    rows: &[Vec<Cell>],
    color: bool,
    width: Option<usize>,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let bold = Style::new().bold();
    let header: Vec<Cell> = header
        .iter()
        .map(|name| Cell::new(name).styled(bold))
        .collect();
    let widths = widths(&header, rows, width);
    let mut text = String::new();
    for row in std::iter::once(&header).chain(rows) {
        line(row, &widths, color, &mut text);
    }
    out.write_all(text.as_bytes())
}

/// Spaces between two columns.
const GAP: usize = 2;

/// No column is cut below this.
const NARROWEST: usize = 4;

/// How wide each column is. The widest give way where `width` is too little, but never the first.
fn widths(header: &[Cell], rows: &[Vec<Cell>], width: Option<usize>) -> Vec<usize> {
    let mut widths: Vec<usize> = header.iter().map(|cell| cell.text.width()).collect();
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = cell.text.width().max(*widest);
        }
    }
    let gaps = GAP * widths.len().saturating_sub(1);
    let mut excess = width.map_or(0, |width| {
        (widths.iter().sum::<usize>() + gaps).saturating_sub(width)
    });
    while excess > 0 {
        let Some(widest) = widths.iter_mut().skip(1).max_by_key(|width| **width) else {
            break;
        };
        if *widest <= NARROWEST {
            break;
        }
        *widest -= 1;
        excess -= 1;
    }
    widths
}

/// One line, without spaces at its end.
fn line(row: &[Cell], widths: &[usize], color: bool, text: &mut String) {
    let mut spaces = 0;
    for (cell, width) in row.iter().zip(widths) {
        let shown = cut(&cell.text, *width);
        let _ = write!(text, "{:spaces$}", "");
        let style = if color { cell.style } else { Style::new() };
        let _ = write!(text, "{style}{shown}{style:#}");
        spaces = width - shown.width() + GAP;
    }
    text.push('\n');
}

/// As much of the text as fits, with `…` at its end where that is not all.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let mut cut = String::new();
    for character in text.chars() {
        let wide = character.width().unwrap_or(0);
        if wide > left {
            break;
        }
        left -= wide;
        cut.push(character);
    }
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use anstyle::AnsiColor;

    use super::*;

    fn rendered(rows: &[Vec<Cell>], color: bool, width: Option<usize>) -> String {
        let mut out = Vec::new();
        table(
            &["PROFILE", "ACCOUNT", "ROLE"],
            rows,
            color,
            width,
            &mut out,
        )
        .unwrap();
        String::from_utf8(out).unwrap()
    }

    fn row(texts: [&str; 3]) -> Vec<Cell> {
        texts.iter().map(|text| Cell::new(text)).collect()
    }

    #[test]
    fn columns_are_aligned_and_nothing_is_cut_in_a_pipe() {
        let long = "a-role-with-a-name-that-is-longer-than-any-terminal-is-wide-".repeat(4);
        let rows = [
            row(["client1", "222222222222", &long]),
            row(["größe", "", "客户"]),
            row(["x", "3", "y"]),
        ];
        let wanted = format!(
            "PROFILE  ACCOUNT       ROLE\nclient1  222222222222  {long}\ngröße    -             \
             客户\n\
             x        3             y\n"
        );
        assert_eq!(rendered(&rows, false, None), wanted);
    }

    #[test]
    fn a_narrow_terminal_cuts_but_keeps_the_profile() {
        let rows = [row([
            "a-long-profile-name",
            "222222222222",
            "arn-like-role-name",
        ])];
        let text = rendered(&rows, false, Some(44));
        for line in text.lines() {
            assert!(line.chars().count() <= 44, "{text}");
        }
        assert!(
            text.contains("a-long-profile-name  ") && text.contains('…'),
            "{text}"
        );
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn color_goes_around_the_cells_only() {
        let status = |text: &str| Cell::new(text).styled(AnsiColor::Green.on_default());
        let rows = [vec![Cell::new("a"), status("a"), Cell::new("b")]];
        let wanted = "\u{1b}[1mPROFILE\u{1b}[0m  \u{1b}[1mACCOUNT\u{1b}[0m  \u{1b}[1mROLE\u{1b}[0m\n\
                      a        \u{1b}[32ma\u{1b}[0m        b\n";
        assert_eq!(rendered(&rows, true, None), wanted);
        assert!(!rendered(&rows, false, None).contains('\u{1b}'));
    }

    #[test]
    fn what_is_cut_keeps_its_color_and_wide_characters_their_columns() {
        let role = Cell::new("role-of-a-long-name").styled(AnsiColor::Red.on_default());
        let rows = [
            vec![Cell::new("客户"), Cell::new("2"), role],
            row(["x", "客户客户客户", "y"]),
        ];
        let text = rendered(&rows, true, Some(26));
        assert_eq!(
            text.lines().skip(1).collect::<Vec<_>>(),
            [
                "客户     2         \u{1b}[31mrole-o…\u{1b}[0m",
                "x        客户客…   y"
            ]
        );
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let rows = [row(["a\u{1b}]0;x\u{7}", "1\n2", "t\tab"])];
        let text = rendered(&rows, true, None);
        assert!(text.contains("a\\u{1b}]0;x\\u{7}  1\\n2"), "{text}");
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn no_rows_are_a_header() {
        assert_eq!(rendered(&[], false, None), "PROFILE  ACCOUNT  ROLE\n");
    }
}
