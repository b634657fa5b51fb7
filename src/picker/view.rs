//! How the list looks: a line with what was typed, and below it the profiles, as many and as wide
//! as the terminal has room for. Control characters are made visible, and wide characters count as
//! wide.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar;

use super::{Item, Picker};
use crate::say;

/// Of a terminal, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

/// More would push too much of what was there off the screen.
const MOST: usize = 12;

const PROMPT: &str = "profile> ";

impl Size {
    /// How many profiles are shown at once.
    pub(crate) fn listed(self) -> usize {
        self.rows.saturating_sub(2).clamp(1, MOST)
    }
}

impl Picker {
    /// The lines, without line ends, none wider than the terminal; the first is what is typed at.
    /// And where in that the cursor stands.
    pub(crate) fn lines(&self, size: Size, color: bool) -> (Vec<String>, usize) {
        let width = size.columns.saturating_sub(1).max(1);
        let rows = self.found.iter().skip(self.top).take(size.listed());
        let shown: Vec<(bool, &Item)> = rows
            .enumerate()
            .map(|(row, index)| (self.top + row == self.marked, &self.items[*index]))
            .collect();
        let (first, cursor) = self.first(width, color);
        let columns = widths(&shown);
        let lines = shown
            .into_iter()
            .map(|(marked, item)| line(item, marked, columns, width, color));
        (std::iter::once(first).chain(lines).collect(), cursor)
    }

    /// `profile> cli  3/120   Enter picks, Esc leaves`, as far as there is room; of what was typed,
    /// the end.
    fn first(&self, width: usize, color: bool) -> (String, usize) {
        let typed = say::visible(&self.typed);
        let room = width.saturating_sub(PROMPT.len());
        let mut skipped = typed.as_str();
        while columns_of(skipped) > room {
            let mut rest = skipped.chars();
            rest.next();
            skipped = rest.as_str();
        }
        let (prompt, _) = cut(PROMPT, width);
        let cursor = columns_of(prompt) + columns_of(skipped);
        let count = format!("  {}/{}", self.found.len(), self.items.len());
        let about = if self.found.is_empty() {
            "  nothing fits"
        } else {
            "  Enter picks, Esc leaves"
        };
        let hint = format!("{count}{about}");
        let (hint, _) = cut(&hint, width.saturating_sub(cursor));
        let mut text = String::new();
        paint(&mut text, prompt, Style::new().bold(), color);
        text.push_str(skipped);
        paint(&mut text, hint, Style::new().dimmed(), color);
        (text, cursor)
    }
}

/// Of profile, account, role and time, the widest of those that are shown.
fn widths(shown: &[(bool, &Item)]) -> [usize; 4] {
    let mut widths = [0; 4];
    for (_, item) in shown {
        let parts = [&item.profile, &item.account_id, &item.role, &item.left];
        for (width, part) in widths.iter_mut().zip(parts) {
            *width = columns_of(&say::visible(part)).max(*width);
        }
    }
    widths
}

fn line(item: &Item, marked: bool, columns: [usize; 4], width: usize, color: bool) -> String {
    let mut text = String::new();
    let mut room = width;
    let mut part = |words: &str, columns: usize, style: Style| {
        let (cut, used) = cut(words, room);
        paint(&mut text, cut, style, color);
        room -= used;
        // Between this part and the next.
        let blank = columns.saturating_sub(used).min(room);
        text.extend(std::iter::repeat_n(' ', blank));
        room -= blank;
    };
    let mark = if marked {
        Style::new().bold()
    } else {
        Style::new()
    };
    part(
        if marked { "> " } else { "  " },
        0,
        mark.fg_color(Some(AnsiColor::Cyan.into())),
    );
    let profile = if marked {
        item.style.bold().underline()
    } else {
        item.style
    };
    part(&say::visible(&item.profile), columns[0] + 2, profile);
    for (words, columns) in [(&item.account_id, columns[1]), (&item.role, columns[2])] {
        part(
            &say::visible(words),
            if columns > 0 { columns + 2 } else { 0 },
            Style::new(),
        );
    }
    let left = if item.left == "expired" {
        AnsiColor::Yellow
    } else {
        AnsiColor::Green
    };
    part(
        &item.left,
        if columns[3] > 0 { columns[3] + 2 } else { 0 },
        left.on_default(),
    );
    part(&say::visible(&item.tags), 0, Style::new().dimmed());
    text.trim_end().to_owned()
}

fn paint(text: &mut String, words: &str, style: Style, color: bool) {
    if color && !words.is_empty() && style != Style::new() {
        let _ = write!(text, "{style}{words}{style:#}");
    } else {
        text.push_str(words);
    }
}

fn columns_of(text: &str) -> usize {
    text.chars()
        .map(|character| character.width().unwrap_or(0))
        .sum()
}

/// As much of the text as there is room for, and how wide that is.
fn cut(text: &str, room: usize) -> (&str, usize) {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        let wide = character.width().unwrap_or(0);
        if used + wide > room {
            return (&text[..at], used);
        }
        used += wide;
    }
    (text, used)
}
