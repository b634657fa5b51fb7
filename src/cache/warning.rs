//! What the cache has to say: a sentence, never a failure of what the user wanted.

use std::fmt;
use std::io;
use std::path::Path;

use crate::error::Error;

/// Why something is not cached, in lower case with the path in it. Two that are equal need to be
/// said only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Warning(String);

impl Warning {
    pub(super) fn new(text: impl Into<String>) -> Warning {
        Warning(text.into())
    }

    /// `cannot write /x/y: No space left on device (os error 28)`
    pub(super) fn io(verb: &str, path: &Path, error: &io::Error) -> Warning {
        Warning(format!("cannot {verb} {}: {error}", path.display()))
    }

    /// A file that is there but is not taken for what it says.
    pub(super) fn ignored(path: &Path, why: &str) -> Warning {
        Warning(format!("ignored the cache file {}: {why}", path.display()))
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// For the commands whose very purpose is the cache (`clear`).
impl From<Warning> for Error {
    fn from(warning: Warning) -> Error {
        Error::other(warning.0)
    }
}
