//! What a person answered, or why there is no answer, and the error that makes.

use std::io;

use crate::error::{Error, Kind};

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    NoTerminal,
    /// This process is in the background of its terminal, and would be stopped for touching it.
    #[cfg_attr(windows, expect(dead_code, reason = "a console has no background"))]
    Background,
    /// Ctrl-D, or the terminal has gone.
    Closed,
    /// This signal, or the key that stands for it.
    Signal(u8),
    Failed(io::Error),
}

/// Why a question cannot be put, as the end of a sentence.
pub(crate) const BACKGROUND: &str =
    "xacct runs in the background of this terminal, where it cannot ask";
/// What to do about the latter.
pub(crate) const TO_FOREGROUND: &str =
    "bring it to the foreground: fg; for timeout(1): timeout --foreground ...";

impl Unanswered {
    /// The error of what needs the answer; `message` makes its sentence of why there is none.
    /// Where xacct is in the background, there is a hint.
    pub(crate) fn error(self, message: impl Fn(&str) -> String) -> Error {
        let needs_person = |why: &str| Error::needs_person(message(why));
        match self {
            Unanswered::Signal(number) => Error::new(Kind::Signal(number), "interrupted"),
            Unanswered::Background => needs_person(BACKGROUND).hint(TO_FOREGROUND),
            Unanswered::NoTerminal => needs_person("no terminal is available to prompt on"),
            Unanswered::Closed => needs_person("nothing was answered"),
            Unanswered::Failed(cause) => {
                needs_person(&format!("the terminal cannot be asked: {cause}")).caused_by(cause)
            }
        }
    }
}

/// Only a yes is one.
pub(crate) fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_one() {
        for yes in ["y", "Y", "yes", " Yes \r"] {
            assert!(is_yes(yes), "{yes}");
        }
        for no in ["", "n", "no", "yess", "y y", "ok", "123456"] {
            assert!(!is_yes(no), "{no}");
        }
    }
}
