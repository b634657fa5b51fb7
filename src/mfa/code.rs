//! A code as a value: six digits, checked before anything is sent, and as secret as any other.

use crate::secret::Secret;

/// Six ASCII digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Code(Secret);

impl Code {
    /// Takes what a person typed or pasted. Spaces, and a line's end, may stand anywhere: many apps
    /// show `123 456`.
    ///
    /// Errors: a sentence without the text, which may be anything that was in the clipboard.
    pub(crate) fn parse(text: &str) -> Result<Code, String> {
        let digits = Secret::new(text.replace(|c: char| c.is_ascii_whitespace(), ""));
        if digits.expose().is_empty() {
            return Err("an MFA code is six digits; this was empty".to_owned());
        }
        if !digits.expose().bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("an MFA code is six digits; this had something else in it".to_owned());
        }
        match digits.expose().len() {
            6 => Ok(Code(digits)),
            1 => Err("an MFA code is six digits; this was one".to_owned()),
            count => Err(format!("an MFA code is six digits; these were {count}")),
        }
    }

    /// The digits, for STS's `TokenCode` and for nothing else.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_however_they_are_spaced() {
        for text in [
            "012345",
            "012 345",
            " 012345\n",
            "0 1 2 3 4 5\t",
            "012345\r\n",
        ] {
            assert_eq!(Code::parse(text).unwrap().expose(), "012345", "{text:?}");
        }
    }

    #[test]
    fn nothing_else() {
        for (text, why) in [
            ("", "this was empty"),
            (" \n", "this was empty"),
            ("1", "this was one"),
            ("12345", "these were 5"),
            ("1234567", "these were 7"),
            ("12 34x6", "this had something else in it"),
            ("-12345", "this had something else in it"),
            ("١٢٣٤٥٦", "this had something else in it"),
            ("１２３４５６", "this had something else in it"),
            ("123\u{a0}456", "this had something else in it"),
        ] {
            assert_eq!(
                Code::parse(text),
                Err(format!("an MFA code is six digits; {why}")),
                "{text:?}"
            );
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(
            format!("{:?}", Code::parse("123456").unwrap()),
            "Code(Secret(…))"
        );
    }
}
