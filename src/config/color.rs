//! `color = "red"`: a profile's colour, by name or as hex, and how a terminal shows it.

use anstyle::{Ansi256Color, AnsiColor, RgbColor, Style};

use super::nearest::nearest;

/// A colour that was named or given as hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProfileColor {
    /// On a terminal.
    shown: anstyle::Color,
    /// Where colours are numbers.
    rgb: RgbColor,
}

/// The names that Firefox's containers have too, with what they are there. On a terminal they are
/// what its user has set them to, where it has them at all.
const NAMES: [(&str, anstyle::Color, RgbColor); 8] = [
    (
        "blue",
        anstyle::Color::Ansi(AnsiColor::Blue),
        RgbColor(0x37, 0xad, 0xff),
    ),
    (
        "green",
        anstyle::Color::Ansi(AnsiColor::Green),
        RgbColor(0x51, 0xcd, 0x00),
    ),
    (
        "orange",
        anstyle::Color::Ansi256(Ansi256Color(208)),
        RgbColor(0xff, 0x9f, 0x00),
    ),
    (
        "pink",
        anstyle::Color::Ansi256(Ansi256Color(205)),
        RgbColor(0xff, 0x4b, 0xda),
    ),
    (
        "purple",
        anstyle::Color::Ansi(AnsiColor::Magenta),
        RgbColor(0xaf, 0x51, 0xf5),
    ),
    (
        "red",
        anstyle::Color::Ansi(AnsiColor::Red),
        RgbColor(0xff, 0x61, 0x3d),
    ),
    (
        "turquoise",
        anstyle::Color::Ansi(AnsiColor::Cyan),
        RgbColor(0x00, 0xc7, 0x9a),
    ),
    (
        "yellow",
        anstyle::Color::Ansi(AnsiColor::Yellow),
        RgbColor(0xff, 0xcb, 0x00),
    ),
];

impl ProfileColor {
    /// Errors: a sentence that says what may stand there.
    pub(crate) fn parse(text: &str) -> Result<ProfileColor, String> {
        if let Some((_, shown, rgb)) = NAMES
            .iter()
            .find(|(name, _, _)| name.eq_ignore_ascii_case(text))
        {
            return Ok(ProfileColor {
                shown: *shown,
                rgb: *rgb,
            });
        }
        if let Some(rgb) = hex(text.strip_prefix('#').unwrap_or(text)) {
            return Ok(ProfileColor {
                shown: rgb.into(),
                rgb,
            });
        }
        let names = NAMES.map(|(name, _, _)| name);
        Err(match nearest(text, &names).first() {
            Some(meant) => format!("'{text}' is not a valid colour; did you mean '{meant}'?"),
            None => {
                format!(
                    "'{text}' is not a valid colour: write one like #ff8800, or {}",
                    names.join(", ")
                )
            }
        })
    }

    /// Text in this colour.
    pub(crate) fn style(self) -> Style {
        Style::new().fg_color(Some(self.shown))
    }

    /// `ff8800`, without a `#`.
    pub(crate) fn hex(self) -> String {
        let RgbColor(r, g, b) = self.rgb;
        format!("{r:02x}{g:02x}{b:02x}")
    }

    /// The nearest of the names.
    pub(crate) fn name(self) -> &'static str {
        let nearest = NAMES
            .iter()
            .min_by_key(|(_, _, rgb)| distance(self.rgb, *rgb));
        nearest.map_or("blue", |(name, _, _)| name)
    }
}

fn distance(one: RgbColor, other: RgbColor) -> u32 {
    let parts = [(one.0, other.0), (one.1, other.1), (one.2, other.2)];
    let squares = parts.map(|(one, other)| u32::from(one.abs_diff(other)).pow(2));
    squares.into_iter().sum()
}

/// `ff8800` or `f80`
fn hex(text: &str) -> Option<RgbColor> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
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
        let shown = |text: &str| {
            ProfileColor::parse(text)
                .unwrap()
                .style()
                .render()
                .to_string()
        };
        assert_eq!(shown("red"), "\u{1b}[31m");
        assert_eq!(shown("Orange"), "\u{1b}[38;5;208m");
        for text in ["#ff8800", "FF8800", "#f80"] {
            assert_eq!(shown(text), "\u{1b}[38;2;255;136;0m", "{text}");
        }
    }

    #[test]
    fn as_a_number_and_as_the_nearest_name() {
        let of = |text: &str| {
            ProfileColor::parse(text)
                .map(|color| (color.hex(), color.name()))
                .unwrap()
        };
        assert_eq!(of("red"), ("ff613d".to_owned(), "red"));
        assert_eq!(of("#F80"), ("ff8800".to_owned(), "orange"));
        assert_eq!(of("#0000ff").1, "blue");
        assert_eq!(of("#00ff00").1, "green");
        assert_eq!(of("ff0000").1, "red");
    }

    #[test]
    fn what_is_none() {
        let wrong = |text: &str| ProfileColor::parse(text).unwrap_err();
        assert_eq!(
            wrong("turqoise"),
            "'turqoise' is not a valid colour; did you mean 'turquoise'?"
        );
        assert_eq!(
            wrong("#ff88"),
            "'#ff88' is not a valid colour: write one like #ff8800, or blue, green, orange, pink, \
             purple, red, turquoise, yellow"
        );
        assert!(wrong("").starts_with("'' is not a valid colour"));
    }
}
