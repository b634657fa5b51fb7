//! What a check has to say: a kind from the catalogue, where it is, what is wrong there, what to do
//! about it.

use std::path::PathBuf;

use crate::config::{FileKind, Key, Origin, words};
use crate::masked;

/// How bad it is: what is worse comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Something does not work, or others can get at keys.
    Error,
    /// Something works in one program and not in another, or not as it says.
    Warning,
    /// Good to know; nothing need be done.
    Note,
}

/// What it is about; the order in which people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Area {
    Files,
    Profiles,
    Shell,
    Permissions,
    Cache,
    Network,
    OtherTools,
}

/// One kind of finding; the catalogue has them all.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FindingKind {
    /// For scripts: it never changes.
    pub(crate) id: &'static str,
    pub(crate) severity: Severity,
    pub(crate) area: Area,
    /// What the man page says of it.
    pub(crate) about: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) kind: &'static FindingKind,
    pub(crate) profile: Option<String>,
    /// As a person would write it: `~/.aws/config`.
    pub(crate) file: Option<String>,
    /// Counted from 1.
    pub(crate) line: Option<usize>,
    pub(crate) message: String,
    /// The message says which profile it is about.
    pub(crate) names_profile: bool,
    /// The command to type, or the edit to make.
    pub(crate) fix: Option<String>,
    /// What `--fix` would do about it.
    pub(crate) repair: Option<Repair>,
}

/// A change that takes nothing away from anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Repair {
    /// Unix permissions.
    Mode { path: PathBuf, mode: u32 },
    /// Files of xacct's own that nothing will read again.
    Remove { paths: Vec<PathBuf> },
    /// A line of an AWS file.
    Edit { file: FileKind, edit: TextEdit },
}

/// A change of a file's text after which xacct reads the same as before, and others too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TextEdit {
    /// The byte order mark goes.
    DropMark,
    /// The blanks before the comment in this line go.
    Unindent { line: usize },
    /// The key gets another value that means the same.
    Set {
        profile: String,
        line: usize,
        key: Key,
        value: String,
    },
    /// The keys go, which say what is said elsewhere.
    Drop { profile: String, keys: Vec<Key> },
}

impl Severity {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

impl Area {
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Area::Files => "files",
            Area::Profiles => "profiles",
            Area::Shell => "this shell",
            Area::Permissions => "permissions",
            Area::Cache => "cache and tokens",
            Area::Network => "network",
            Area::OtherTools => "other tools",
        }
    }
}

impl Finding {
    pub(crate) fn new(kind: &'static FindingKind, message: impl Into<String>) -> Finding {
        Finding {
            kind,
            profile: None,
            file: None,
            line: None,
            message: masked::message(&message.into()),
            names_profile: false,
            fix: None,
            repair: None,
        }
    }

    #[must_use]
    pub(crate) fn at(self, origin: &Origin) -> Finding {
        self.in_line(&origin.path, origin.line)
    }

    #[must_use]
    pub(crate) fn in_line(self, file: &str, line: usize) -> Finding {
        Finding {
            line: Some(line),
            ..self.in_file(file)
        }
    }

    #[must_use]
    pub(crate) fn in_file(mut self, file: &str) -> Finding {
        self.file = Some(file.to_owned());
        self
    }

    #[must_use]
    pub(crate) fn of(mut self, profile: &str) -> Finding {
        self.profile = Some(profile.to_owned());
        self
    }

    /// The message says which profile it is about.
    #[must_use]
    pub(crate) fn naming_profile(mut self) -> Finding {
        self.names_profile = true;
        self
    }

    #[must_use]
    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Finding {
        self.fix = Some(masked::message(&fix.into()));
        self
    }

    #[must_use]
    pub(crate) fn repair(mut self, repair: Repair) -> Finding {
        self.repair = Some(repair);
        self
    }

    /// `~/.aws/config:12: `, or nothing.
    pub(crate) fn place(&self) -> String {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => format!("{file}:{line}: "),
            (Some(file), None) => format!("{file}: "),
            (None, _) => String::new(),
        }
    }
}

/// The word as a shell wants it, for commands to type.
pub(crate) fn shell_word(word: &str) -> String {
    words::typed(word).into_owned()
}
