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
    /// The whole of a file: `~/.aws/config`.
    File(String),
    /// An option, an environment variable, or something else by its name: `--region`.
    Named(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line { file, line } => write!(f, "{file}:{line}"),
            Place::File(name) | Place::Named(name) => f.write_str(name),
        }
    }
}

impl From<&str> for Place {
    fn from(name: &str) -> Place {
        Place::Named(name.to_owned())
    }
}

/// A next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    pub(crate) text: String,
    pub(crate) kind: HintKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HintKind {
    Step,
    /// It names a command for the profile, and so is of no use before the profile is in a file.
    ForProfile,
    /// It names what was probably meant: "did you mean …?"
    Misspelt,
}

/// One message in lower case, and hints that each name an exact next step.
pub(crate) struct Error {
    pub(crate) kind: Kind,
    /// It stands before the message where the error is shown.
    pub(crate) place: Option<Box<Place>>,
    pub(crate) message: String,
    pub(crate) hints: Vec<Hint>,
    /// What a library said underneath; shown with `-v` only.
    pub(crate) cause: Option<anyhow::Error>,
    /// What `doctor` calls it, where that is more than a bad value.
    pub(crate) id: Option<&'static str>,
    /// The profiles of a cycle.
    pub(crate) profiles: Box<[String]>,
    /// The message says which profile it is about.
    pub(crate) names_profile: bool,
    /// AWS's code, if the message is a refusal: `AccessDenied`.
    pub(crate) aws_code: Option<Box<str>>,
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
            cause: None,
            id: None,
            profiles: Box::default(),
            names_profile: false,
            aws_code: None,
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
    pub(crate) fn hint(self, hint: impl Into<String>) -> Error {
        self.hint_of(HintKind::Step, &hint.into())
    }

    fn hint_of(mut self, kind: HintKind, text: &str) -> Error {
        let text = masked::message(text);
        self.hints.push(Hint { text, kind });
        self
    }

    /// The hints' texts.
    pub(crate) fn hint_texts(&self) -> Vec<String> {
        self.hints.iter().map(|hint| hint.text.clone()).collect()
    }

    /// A next step that takes the profile's name, so that it helps only with a profile that is in a
    /// file.
    #[must_use]
    pub(crate) fn hint_of_profile(self, hint: impl Into<String>) -> Error {
        self.hint_of(HintKind::ForProfile, &hint.into())
    }

    /// `did you mean …?`
    #[must_use]
    pub(crate) fn did_you_mean(self, meant: &str) -> Error {
        self.hint_of(HintKind::Misspelt, &format!("did you mean {meant}?"))
    }

    /// Whether one of the hints names what was probably meant.
    pub(crate) fn is_misspelt(&self) -> bool {
        self.hints
            .iter()
            .any(|hint| hint.kind == HintKind::Misspelt)
    }

    #[must_use]
    pub(crate) fn without_hints(self) -> Error {
        Error {
            hints: Vec::new(),
            ..self
        }
    }

    /// As it is to be said of a profile that is not in a file yet.
    #[must_use]
    pub(crate) fn of_unwritten_profile(mut self) -> Error {
        self.hints.retain(|hint| hint.kind != HintKind::ForProfile);
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
        self.profiles = profiles.into_iter().collect();
        self
    }

    /// The message says which profile it is about.
    #[must_use]
    pub(crate) fn naming_profile(mut self) -> Error {
        self.names_profile = true;
        self
    }

    /// The message is AWS's refusal with this code.
    #[must_use]
    pub(crate) fn with_aws_code(mut self, code: &str) -> Error {
        self.aws_code = Some(code.into());
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
        write!(f, "{:?}: {self} {:?}", self.kind, self.hint_texts())
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
