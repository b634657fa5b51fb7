//! Durations as people write them: `15m`, `1h`, `1h30m`, `12h`, or plain seconds.

/// Seconds.
///
/// Errors: a sentence that names the text and shows the form, for the caller to put its place in
/// front of.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let wrong =
        || format!("'{text}' is not a duration: write it like 15m, 1h, 1h30m, or in seconds");
    let trimmed = text.trim();
    if let Ok(seconds) = trimmed.parse::<u64>() {
        return Ok(seconds);
    }
    let (mut total, mut digits, mut last_unit) = (0_u64, String::new(), u64::MAX);
    for character in trimmed.chars() {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        let unit = match character.to_ascii_lowercase() {
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return Err(wrong()),
        };
        // Each unit once, the larger first: `1h30m`, never `30m1h` or `1h1h`.
        if unit >= last_unit {
            return Err(wrong());
        }
        last_unit = unit;
        let number: u64 = digits.parse().map_err(|_| wrong())?;
        digits.clear();
        total = number
            .checked_mul(unit)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(wrong)?;
    }
    if !digits.is_empty() || last_unit == u64::MAX {
        return Err(wrong());
    }
    Ok(total)
}

/// `11h 58m`, `3m 20s`, `45s`: two units at most, for tables and sentences.
pub(crate) fn readable(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes) = (seconds / 3600, seconds % 3600 / 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => match seconds % 60 {
            0 => format!("{minutes}m"),
            rest => format!("{minutes}m {rest}s"),
        },
        (_, 0) => format!("{hours}h"),
        _ => format!("{hours}h {minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (text, seconds) in [
            ("900", 900),
            ("15m", 900),
            ("1h", 3600),
            ("1h30m", 5400),
            ("12H", 43200),
            ("1d", 86400),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Ok(seconds), "{text}");
        }
        for text in [
            "",
            "h",
            "1x",
            "30m1h",
            "1h1h",
            "1.5h",
            "-1",
            "1h30",
            "99999999999999999999h",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn read_aloud() {
        for (seconds, text) in [
            (0, "0s"),
            (45, "45s"),
            (200, "3m 20s"),
            (900, "15m"),
            (3600, "1h"),
            (43_100, "11h 58m"),
        ] {
            assert_eq!(readable(seconds), text);
        }
    }
}
