//! The one place that speaks: warnings, notes and errors on stderr, with control characters made
//! visible.
//!
//! Nothing secret is ever handed to it; data goes to stdout through `render` instead.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};

use crate::error::Error;
use crate::masked;
use crate::system::window::understands_vt;
use crate::window;

/// How much to say, and whether in colour. Built once at the edge from `-q`, `-v` and `--color`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Voice {
    pub(crate) quiet: bool,
    /// 0, 1 (`-v`) or 2 (`-vv`).
    pub(crate) verbose: u8,
    pub(crate) color: bool,
    /// A [`Progress`] may stand in the line that is written to, and gives way.
    pub(crate) over_progress: bool,
}

/// `--color`
#[expect(
    clippy::doc_markdown,
    reason = "--help shows these words, where backticks would stand as they are"
)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// If the output is a terminal, unless NO_COLOR or TERM=dumb is set
    #[default]
    Auto,
    /// Even if the output is a pipe
    Always,
    /// No colour
    Never,
}

impl Color {
    /// Whether to colour a stream; `plain` is what the environment says (`NO_COLOR`, `TERM=dumb`).
    pub(crate) fn for_stream(self, stream: &impl IsTerminal, plain: bool) -> bool {
        match self {
            // A console of Windows has to be told, once.
            Color::Always => {
                let _ = understands_vt();
                true
            }
            Color::Never => false,
            Color::Auto => !plain && stream.is_terminal() && understands_vt(),
        }
    }
}

impl Voice {
    /// `xacct: warning: …`; silenced by `-q`.
    pub(crate) fn warn(self, message: &str) {
        if !self.quiet {
            self.line(
                "warning: ",
                anstyle::AnsiColor::Yellow,
                &masked::message(message),
            );
        }
    }

    /// `xacct: …`, for what a person waiting wants to know; silenced by `-q`.
    pub(crate) fn note(self, message: &str) {
        if !self.quiet {
            self.line("", anstyle::AnsiColor::Cyan, &masked::spoken(message));
        }
    }

    /// Lines that are rendered already, such as a diff; silenced by `-q`.
    pub(crate) fn show(self, lines: &str) {
        if !self.quiet && !lines.is_empty() {
            self.write_line(lines.trim_end_matches('\n'));
        }
    }

    /// `xacct: …`, for what a person must act on: even with `-q`.
    pub(crate) fn tell(self, message: &str) {
        self.line("", anstyle::AnsiColor::Cyan, &masked::spoken(message));
    }

    /// A line for how it goes, where somebody sees it: on a terminal, and without `-q`.
    pub(crate) fn progress(self) -> Progress {
        Progress {
            is_shown: !self.quiet && std::io::stderr().is_terminal() && understands_vt(),
            is_there: false,
        }
    }

    /// `xacct: …`, with `-v` (level 1) or `-vv` (level 2) only.
    pub(crate) fn trace(self, level: u8, message: &str) {
        if self.verbose >= level {
            self.line(
                "",
                anstyle::AnsiColor::BrightBlack,
                &masked::message(message),
            );
        }
    }

    /// The error, its hints one a line, and with `-v` what the library said.
    pub(crate) fn error(self, error: &Error) {
        // Errors mask themselves, where they are made.
        self.line("error: ", anstyle::AnsiColor::Red, &error.to_string());
        for hint in &error.hints {
            self.write_line(&format!("  {}", visible(&hint.text)));
        }
        if let Some(cause) = error.cause.as_ref().filter(|_| self.verbose > 0) {
            self.write_line(&format!(
                "  because: {}",
                visible(&masked::message(&format!("{cause:#}")))
            ));
        }
    }

    fn line(self, label: &str, color: anstyle::AnsiColor, message: &str) {
        let style = if self.color && !label.is_empty() {
            color.on_default()
        } else {
            anstyle::Style::new()
        };
        self.write_line(&format!(
            "xacct: {style}{label}{style:#}{}",
            visible(message)
        ));
    }

    /// In one piece, so that what several processes say at once stays apart.
    fn write_line(self, line: &str) {
        let over = if self.over_progress { CLEAR } else { "" };
        relay(format!("{over}{line}\n").as_bytes());
    }
}

/// A line that each next one replaces, and that is gone in the end.
pub(crate) struct Progress {
    is_shown: bool,
    is_there: bool,
}

/// Back to the line's beginning, and nothing behind it.
const CLEAR: &str = "\r\u{1b}[K";

impl Progress {
    pub(crate) fn say(&mut self, message: &str) {
        if self.is_shown {
            self.is_there = true;
            relay(format!("{CLEAR}xacct: {}", visible(&masked::addresses(message))).as_bytes());
        }
    }

    /// Whether it is seen by anybody.
    pub(crate) fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// Gives way to other lines, until something is said again.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.is_there) {
            relay(CLEAR.as_bytes());
        }
    }

    /// How many columns there are for what is said.
    pub(crate) fn columns() -> usize {
        let columns = window::columns(std::io::stderr()).unwrap_or(80);
        // The last column stays empty: some terminals go on to the next line there.
        columns.saturating_sub("xacct: ".len() + 1)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// What is rendered already, or what another program says on its stderr, as it is. A closed stderr
/// is not a reason to fail: whoever closed it does not want to read.
pub(crate) fn relay(bytes: &[u8]) {
    let _ = std::io::stderr().write_all(bytes);
}

/// Control characters from outside (profile names, STS messages) as `\u{1b}`, so that they cannot
/// drive a terminal; and those that are not seen, but turn the text around them or make two names
/// look alike.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_unseen(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A JSON document without the characters that [`visible`] would not show as they are: in strings,
/// the only place where JSON can have them, `\u009b` stands for the same.
pub(crate) fn visible_json(json: &str) -> Cow<'_, str> {
    if !json.contains(is_hidden) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 64);
    for character in json.chars() {
        if is_hidden(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// A line feed stands between a document's values only.
fn is_hidden(c: char) -> bool {
    c != '\n' && (c.is_control() || is_unseen(c))
}

/// Line and paragraph separators, marks of direction, and characters without width.
fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_shown_too() {
        assert_eq!(
            visible("a\u{202e}b\u{200b}é–客"),
            "a\\u{202e}b\\u{200b}é–客"
        );
    }

    #[test]
    fn json_says_the_same_without_them() {
        let text = "a\u{9b}31m\u{85}\u{202e}\u{7f}\u{feff}é客😀\n";
        let json = serde_json::to_string_pretty(&[text]).unwrap();
        let shown = visible_json(&json);
        assert!(
            shown.contains("a\\u009b31m\\u0085\\u202e\\u007f\\ufeffé客😀\\n"),
            "{shown}"
        );
        assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), [text]);
        assert!(matches!(visible_json("{\n}\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn control_characters_are_shown_not_sent() {
        assert_eq!(visible("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb\\nc");
    }
}
