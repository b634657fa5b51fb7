//! Where a setting or a problem stands: the file and the line. How files are read is not its
//! business.

use std::fmt;
use std::sync::Arc;

use crate::error::Place;

/// Which of the three files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FileKind {
    /// `~/.aws/config`
    Config,
    /// `~/.aws/credentials`
    Credentials,
    /// xacct's own `config.toml`
    Settings,
}

/// A line of a file; shown as `~/.aws/config:12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) file: FileKind,
    /// The path as a person would write it, `~` for the home directory.
    pub(crate) path: Arc<str>,
    /// Counted from 1.
    pub(crate) line: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

impl From<&Origin> for Place {
    fn from(origin: &Origin) -> Place {
        Place::Line {
            file: origin.path.to_string(),
            line: origin.line,
        }
    }
}

/// A line that was not understood, or is not used, and why. The message never repeats what stands
/// behind a key, because that may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) origin: Origin,
    pub(crate) message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}
