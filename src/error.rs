//! The one error type: what happened, what to do about it, and the exit status that says which kind
//! it was.
//!
//! Printing is left to `say`; nothing here speaks.

use std::fmt;

use crate::masked;

/// What went wrong, by who can do something about it. Each kind is an exit status, which the manual
/// lists.
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

/// Where what is wrong stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A line, counted from 1, of a file as a person would write it: `~/.aws/config:12`.
    Line { file: String, line: usize },
    /// An option, an environment variable, or something else by its name: `--region`.
    Named(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line { file, line } => write!(f, "{file}:{line}"),
            Place::Named(name) => f.write_str(name),
        }
    }
}

impl From<&str> for Place {
    fn from(name: &str) -> Place {
        Place::Named(name.to_owned())
    }
}

/// One message in lower case, and hints that each name an exact next step.
pub(crate) struct Error {
    pub(crate) kind: Kind,
    /// It stands before the message where the error is shown.
    pub(crate) place: Option<Box<Place>>,
    pub(crate) message: String,
    pub(crate) hints: Vec<String>,
    /// Which of the hints name a command for the profile, and so are of no use before it is in a
    /// file: a bit each.
    pub(crate) of_profile: u32,
    /// What a library said underneath; shown with `-v` only.
    pub(crate) cause: Option<anyhow::Error>,
    /// What `doctor` calls it, where that is more than a bad value.
    pub(crate) id: Option<&'static str>,
    /// The profiles of a circle.
    pub(crate) profiles: Vec<String>,
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Passwords in addresses are masked and further lines of values left out, here and in hints.
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Error {
        let message = masked::message(&message.into());
        Error {
            kind,
            place: None,
            message,
            hints: Vec::new(),
            of_profile: 0,
            cause: None,
            id: None,
            profiles: Vec::new(),
        }
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

    /// A next step that takes the profile's name, so that it helps only with a profile that is in a
    /// file.
    #[must_use]
    pub(crate) fn hint_of_profile(mut self, hint: impl Into<String>) -> Error {
        self.of_profile |= 1 << self.hints.len();
        self.hint(hint)
    }

    #[must_use]
    pub(crate) fn without_hints(self) -> Error {
        Error {
            hints: Vec::new(),
            of_profile: 0,
            ..self
        }
    }

    /// As it is to be said of a profile that is not in a file yet.
    #[must_use]
    pub(crate) fn of_unwritten_profile(mut self) -> Error {
        let mut bits = self.of_profile;
        self.hints.retain(|_| {
            let is_kept = bits & 1 == 0;
            bits >>= 1;
            is_kept
        });
        self
    }

    /// Says where it stands; an error that knows already is left as it is.
    #[must_use]
    pub(crate) fn at(mut self, place: impl Into<Place>) -> Error {
        self.place.get_or_insert_with(|| Box::new(place.into()));
        self
    }

    /// Names the profiles that it is about.
    #[must_use]
    pub(crate) fn about(mut self, profiles: impl IntoIterator<Item = String>) -> Error {
        self.profiles.extend(profiles);
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
        write!(f, "{:?}: {self} {:?}", self.kind, self.hints)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(
                f,
                "{}: {}",
                masked::message(&place.to_string()),
                self.message
            ),
            None => f.write_str(&self.message),
        }
    }
}
