//! `color = "red"`: a profile's colour, by name or as hex, and how a terminal shows it.

use anstyle::{Ansi256Color, AnsiColor, RgbColor, Style};

use super::nearest::nearest;

/// A colour that was named or given as hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProfileColor(anstyle::Color);

/// The names that Firefox's containers have too. On a terminal they are what its user has set them to, where it has
/// them at all.
const NAMES: [(&str, anstyle::Color); 8] = [
    ("blue", anstyle::Color::Ansi(AnsiColor::Blue)),
    ("green", anstyle::Color::Ansi(AnsiColor::Green)),
    ("orange", anstyle::Color::Ansi256(Ansi256Color(208))),
    ("pink", anstyle::Color::Ansi256(Ansi256Color(205))),
    ("purple", anstyle::Color::Ansi(AnsiColor::Magenta)),
    ("red", anstyle::Color::Ansi(AnsiColor::Red)),
    ("turquoise", anstyle::Color::Ansi(AnsiColor::Cyan)),
    ("yellow", anstyle::Color::Ansi(AnsiColor::Yellow)),
];

impl ProfileColor {
    /// Errors: a sentence that says what may stand there.
    pub(crate) fn parse(text: &str) -> Result<ProfileColor, String> {
        if let Some((_, color)) = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
            return Ok(ProfileColor(*color));
        }
        if let Some(color) = hex(text.strip_prefix('#').unwrap_or(text)) {
            return Ok(ProfileColor(color.into()));
        }
        let names = NAMES.map(|(name, _)| name);
        Err(match nearest(text, &names).first() {
            Some(meant) => format!("'{text}' is no colour; did you mean '{meant}'?"),
            None => format!("'{text}' is no colour: write one like #ff8800, or {}", names.join(", ")),
        })
    }

    /// Text in this colour.
    pub(crate) fn style(self) -> Style {
        Style::new().fg_color(Some(self.0))
    }
}

/// `ff8800` or `f80`
fn hex(text: &str) -> Option<RgbColor> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    match digits?.as_slice() {
        [r, g, b] => Some(RgbColor(r * 17, g * 17, b * 17)),
        [r1, r2, g1, g2, b1, b2] => Some(RgbColor(r1 * 16 + r2, g1 * 16 + g2, b1 * 16 + b2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_hex() {
        let shown = |text: &str| ProfileColor::parse(text).unwrap().style().render().to_string();
        assert_eq!(shown("red"), "\u{1b}[31m");
        assert_eq!(shown("Orange"), "\u{1b}[38;5;208m");
        for text in ["#ff8800", "FF8800", "#f80"] {
            assert_eq!(shown(text), "\u{1b}[38;2;255;136;0m", "{text}");
        }
    }

    #[test]
    fn what_is_none() {
        let wrong = |text: &str| ProfileColor::parse(text).unwrap_err();
        assert_eq!(wrong("turqoise"), "'turqoise' is no colour; did you mean 'turquoise'?");
        assert_eq!(
            wrong("#ff88"),
            "'#ff88' is no colour: write one like #ff8800, or blue, green, orange, pink, purple, red, turquoise, yellow"
        );
        assert!(wrong("").starts_with("'' is no colour"));
    }
}
