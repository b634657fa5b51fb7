//! The one error type: what happened, what to do about it, and the exit status that says which kind it was.
//!
//! Printing is left to `say`; nothing here speaks.

use std::fmt;

use crate::masked;

/// What went wrong, by who can do something about it. Each kind is an exit status, which the manual lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Anything not named below: 1.
    Other,
    /// The command line does not make sense: 2.
    Usage,
    /// No such profile, a cycle, a bad value, an unreadable file: 3.
    Config,
    /// AWS answered and said no: 4.
    Refused,
    /// A person is needed and there is no terminal, or `--no-input`: 5.
    NeedsPerson,
    /// AWS gave no answer: network, time-outs, 5xx, throttled to the end: 6.
    Unreachable,
    /// A signal ended it; the number is the signal's, the status 128 plus it.
    Signal(u8),
}

impl Kind {
    /// The exit status, 1 to 255.
    pub(crate) fn status(self) -> u8 {
        match self {
            Kind::Other => 1,
            Kind::Usage => 2,
            Kind::Config => 3,
            Kind::Refused => 4,
            Kind::NeedsPerson => 5,
            Kind::Unreachable => 6,
            Kind::Signal(number) => 128 + number,
        }
    }
}

/// One message in lower case, and hints that each name an exact next step.
pub(crate) struct Error {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    pub(crate) hints: Vec<String>,
    /// What a library said underneath; shown with `-v` only.
    pub(crate) cause: Option<anyhow::Error>,
    /// What `doctor` calls it, where that is more than a bad value.
    pub(crate) id: Option<&'static str>,
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Passwords in addresses are masked and further lines of values left out, here and in hints.
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Error {
        let message = masked::message(&message.into());
        Error { kind, message, hints: Vec::new(), cause: None, id: None }
    }

    pub(crate) fn other(message: impl Into<String>) -> Error {
        Error::new(Kind::Other, message)
    }

    pub(crate) fn usage(message: impl Into<String>) -> Error {
        Error::new(Kind::Usage, message)
    }

    pub(crate) fn config(message: impl Into<String>) -> Error {
        Error::new(Kind::Config, message)
    }

    pub(crate) fn refused(message: impl Into<String>) -> Error {
        Error::new(Kind::Refused, message)
    }

    pub(crate) fn needs_person(message: impl Into<String>) -> Error {
        Error::new(Kind::NeedsPerson, message)
    }

    pub(crate) fn unreachable(message: impl Into<String>) -> Error {
        Error::new(Kind::Unreachable, message)
    }

    /// Adds a next step; several are printed one a line, in the order given.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hints.push(masked::message(&hint.into()));
        self
    }

    /// Gives it the name that `doctor` has for it; one that it has already stays.
    #[must_use]
    pub(crate) fn named(mut self, id: &'static str) -> Error {
        self.id = self.id.or(Some(id));
        self
    }

    /// Keeps what the library said, for `-v`.
    #[must_use]
    pub(crate) fn caused_by(mut self, cause: impl Into<anyhow::Error>) -> Error {
        self.cause = Some(cause.into());
        self
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {} {:?}", self.kind, self.message, self.hints)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
