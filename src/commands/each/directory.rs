//! `--output-dir`: a file for each stream of each target, and nothing outside the directory.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::cache::replace;
use crate::error::{Error, Result};
use crate::files::make_dir;

pub(super) struct Directory(PathBuf);

impl Directory {
    /// Makes it, for this user alone, if it is not there.
    ///
    /// Errors: of kind `Config`.
    pub(super) fn make(path: &Path) -> Result<Directory> {
        let made = make_dir(path).and_then(|()| fs::metadata(path));
        let failed =
            |why: String| Error::config(format!("--output-dir: {}: {why}", path.display()));
        match made {
            Ok(metadata) if metadata.is_dir() => Ok(Directory(path.to_owned())),
            Ok(_) => Err(failed("not a directory".to_owned())),
            Err(error) => Err(failed(format!("it cannot be made: {error}")).caused_by(error)),
        }
    }

    /// The files for stdout and stderr, empty.
    pub(super) fn files(
        &self,
        profile: &str,
        account_id: Option<&str>,
        region: &str,
    ) -> io::Result<(File, File)> {
        let name = stem(profile, account_id, region);
        Ok((
            self.file(&format!("{name}.out"))?,
            self.file(&format!("{name}.err"))?,
        ))
    }

    /// New ones, for this user alone: whoever could read the old ones sees nothing of this run.
    fn file(&self, name: &str) -> io::Result<File> {
        let path = self.0.join(name);
        let named =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        replace(&path).map_err(named)
    }
}

/// `client1.222222222222.eu-west-1`, without what is not known.
fn stem(profile: &str, account_id: Option<&str>, region: &str) -> String {
    [Some(profile), account_id, Some(region)]
        .into_iter()
        .flatten()
        .map(safe)
        .collect::<Vec<_>>()
        .join(".")
}

/// Letters, digits and a few signs as they are, everything else, and a dot at the beginning, as
/// `%2F`: none leads anywhere or is hidden.
fn safe(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for (index, byte) in name.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-_@+=,".contains(&byte);
        if is_plain || (byte == b'.' && index > 0) {
            safe.push(char::from(byte));
        } else {
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_tell_what_is_in_them() {
        assert_eq!(
            stem("client1", Some("222222222222"), "eu-west-1"),
            "client1.222222222222.eu-west-1"
        );
        assert_eq!(stem("hub", None, "eu-west-1"), "hub.eu-west-1");
        assert_eq!(stem("../a b", None, "x"), "%2E.%2Fa%20b.x");
        assert_eq!(stem("acme.prod", None, "x"), "acme.prod.x");
        assert_eq!(stem(".hidden\u{e9}", None, "x"), "%2Ehidden%C3%A9.x");
    }
}
