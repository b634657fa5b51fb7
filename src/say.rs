//! The one place that speaks: warnings, notes and errors on stderr, with control characters made visible.
//!
//! Nothing secret is ever handed to it; data goes to stdout through `render` instead.

use std::io::{IsTerminal, Write};

use crate::error::Error;

/// How much to say, and whether in colour. Built once at the edge from `-q`, `-v` and `--color`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Voice {
    pub(crate) quiet: bool,
    /// 0, 1 (`-v`) or 2 (`-vv`).
    pub(crate) verbose: u8,
    pub(crate) color: bool,
}

/// `--color`
#[expect(clippy::doc_markdown, reason = "--help shows these words, where backticks would stand as they are")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// In colour on a terminal, unless NO_COLOR or TERM=dumb is set
    #[default]
    Auto,
    /// In colour even into a pipe
    Always,
    /// Never in colour
    Never,
}

impl Color {
    /// Whether to colour a stream; `plain` is what the environment says (`NO_COLOR`, `TERM=dumb`).
    pub(crate) fn for_stream(self, stream: &impl IsTerminal, plain: bool) -> bool {
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => !plain && stream.is_terminal(),
        }
    }
}

impl Voice {
    /// `xacct: warning: …`; silenced by `-q`.
    pub(crate) fn warn(self, message: &str) {
        if !self.quiet {
            self.line("warning: ", anstyle::AnsiColor::Yellow, message);
        }
    }

    /// `xacct: …`, for what a person waiting wants to know; silenced by `-q`.
    pub(crate) fn note(self, message: &str) {
        if !self.quiet {
            self.line("", anstyle::AnsiColor::Cyan, message);
        }
    }

    /// Lines that are rendered already, such as a diff; silenced by `-q`.
    pub(crate) fn show(self, lines: &str) {
        if !self.quiet && !lines.is_empty() {
            write_line(lines.trim_end_matches('\n'));
        }
    }

    /// `xacct: …`, with `-v` (level 1) or `-vv` (level 2) only.
    pub(crate) fn trace(self, level: u8, message: &str) {
        if self.verbose >= level {
            self.line("", anstyle::AnsiColor::BrightBlack, message);
        }
    }

    /// The error, its hints one a line, and with `-v` what the library said.
    pub(crate) fn error(self, error: &Error) {
        self.line("error: ", anstyle::AnsiColor::Red, &error.message);
        for hint in &error.hints {
            write_line(&format!("  {}", visible(hint)));
        }
        if let Some(cause) = error.cause.as_ref().filter(|_| self.verbose > 0) {
            write_line(&format!("  because: {}", visible(&format!("{cause:#}"))));
        }
    }

    fn line(self, label: &str, color: anstyle::AnsiColor, message: &str) {
        let style = if self.color && !label.is_empty() { color.on_default() } else { anstyle::Style::new() };
        write_line(&format!("xacct: {style}{label}{style:#}{}", visible(message)));
    }
}

/// In one piece, so that what several processes say at once stays apart. A closed stderr is not a reason to fail:
/// whoever closed it does not want to read.
fn write_line(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Control characters from outside (profile names, STS messages) as `\u{1b}`, so that they cannot drive a terminal.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_not_sent() {
        assert_eq!(visible("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb\\nc");
    }
}
