//! Tables for people: a header, one line a row, two spaces between columns; in colour where the caller says
//! so.
//!
//! comfy-table (without its colours, which would bring a terminal library) aligns the columns; the colour is
//! put around the cells afterwards.

use std::fmt::Write as _;
use std::io;

use anstyle::Style;
use comfy_table::ColumnConstraint;
use comfy_table::ContentArrangement;
use comfy_table::Row;
use comfy_table::Table;

use crate::say;

/// One cell: what it says, and how it looks where there is colour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// Control characters are made visible; a dash stands for nothing, so that `awk` still counts the columns
    /// right.
    pub(crate) fn new(text: &str) -> Cell {
        let text = if text.trim().is_empty() { "-".to_owned() } else { say::visible(text) };
        Cell { text, style: Style::new() }
    }

    #[must_use]
    pub(crate) fn styled(mut self, style: impl Into<Style>) -> Cell {
        self.style = style.into();
        self
    }
}

/// Writes the table. With a `width` (the terminal's, in columns) long cells are cut with `…`, never those of
/// the first column; without one, nothing is.
///
/// Errors: `out`'s own.
pub(crate) fn table(
    header: &[&str],
    rows: &[Vec<Cell>],
    color: bool,
    width: Option<usize>,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let bold = |name: &&str| Cell::new(name).styled(Style::new().bold());
    let header: Vec<Cell> = header.iter().map(bold).collect();
    let mut text = String::new();
    for (line, row) in aligned(&header, rows, width).lines().zip(std::iter::once(&header).chain(rows)) {
        let line = line.trim_end();
        if color {
            colored(line, row, &mut text);
        } else {
            text.push_str(line);
        }
        text.push('\n');
    }
    out.write_all(text.as_bytes())
}

fn aligned(header: &[Cell], rows: &[Vec<Cell>], width: Option<usize>) -> Table {
    let one_line = |cells: &[Cell]| {
        let mut row = Row::from(cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>());
        row.max_height(1);
        row
    };
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_truncation_indicator("…")
        .set_header(one_line(header));
    table.add_rows(rows.iter().map(|row| one_line(row)));
    match width.and_then(|width| u16::try_from(width).ok()) {
        Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}

/// Between one cell and the next there are only spaces, so each is the next place where its text stands. A
/// cell that was cut is not found: it and the rest of its line stay plain.
fn colored(line: &str, cells: &[Cell], text: &mut String) {
    let mut rest = line;
    for cell in cells {
        let Some(at) = rest.find(&cell.text) else { break };
        let (before, from) = rest.split_at(at);
        let style = cell.style;
        text.push_str(before);
        let _ = write!(text, "{style}{}{style:#}", cell.text);
        rest = &from[cell.text.len()..];
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use anstyle::AnsiColor;

    use super::*;

    fn rendered(rows: &[Vec<Cell>], color: bool, width: Option<usize>) -> String {
        let mut out = Vec::new();
        table(&["PROFILE", "ACCOUNT", "ROLE"], rows, color, width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn row(texts: [&str; 3]) -> Vec<Cell> {
        texts.iter().map(|text| Cell::new(text)).collect()
    }

    #[test]
    fn columns_are_aligned_and_nothing_is_cut_in_a_pipe() {
        let long = "a-role-with-a-name-that-is-longer-than-any-terminal-is-wide-".repeat(4);
        let rows =
            [row(["client1", "222222222222", &long]), row(["größe", "", "客户"]), row(["x", "3", "y"])];
        let wanted = format!(
            "PROFILE  ACCOUNT       ROLE\nclient1  222222222222  {long}\ngröße    -             客户\n\
             x        3             y\n"
        );
        assert_eq!(rendered(&rows, false, None), wanted);
    }

    #[test]
    fn a_narrow_terminal_cuts_but_keeps_the_profile() {
        let rows = [row(["a-long-profile-name", "222222222222", "arn-like-role-name"])];
        let text = rendered(&rows, false, Some(44));
        for line in text.lines() {
            assert!(line.chars().count() <= 44, "{text}");
        }
        assert!(text.contains("a-long-profile-name  ") && text.contains('…'), "{text}");
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
