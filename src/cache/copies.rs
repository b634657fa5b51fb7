//! Files that xacct makes for other programs, named by what they hold: the same text is one file,
//! however often it is asked for. What stands in them is left to those who ask.

use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::store::{Store, is_older};
use super::warning::Warning;

const FOLDER: &str = "config";

/// A file that was not asked for in this time is removed. Longer than any session that it was made
/// for.
const KEPT: TimeDelta = TimeDelta::days(30);
/// More than these are removed after a day, the oldest first.
const MOST: usize = 200;
const DAY: TimeDelta = TimeDelta::days(1);

impl Store {
    /// The path of a private file with this text, which is written if it is not there, whole and as
    /// it was.
    pub(crate) fn keep(&self, text: &str, now: DateTime<Utc>) -> Result<PathBuf, Warning> {
        let name = hex::encode(Sha256::digest(text.as_bytes()));
        let path = self.dir().join(FOLDER).join(&name);
        let path = std::path::absolute(&path).unwrap_or(path);
        // A file that is damaged, or that somebody else could have written, is replaced.
        let kept = self.read_note(FOLDER, &name).ok().flatten();
        if kept.is_some_and(|kept| kept.as_slice() == text.as_bytes()) {
            if is_older(&path, now - DAY) {
                note_use(&path, now);
            }
            return Ok(path);
        }
        self.write_note(FOLDER, &name, text.as_bytes())?;
        self.remove_old(&path, now);
        Ok(path)
    }

    /// Only where one was added, so that their number is bounded at no cost to those who only read.
    fn remove_old(&self, new: &Path, now: DateTime<Utc>) {
        let listed = fs::read_dir(self.dir().join(FOLDER))
            .into_iter()
            .flatten()
            .flatten();
        let mut files: Vec<(DateTime<Utc>, PathBuf)> = listed
            .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?.into(), file.path())))
            .filter(|(_, path)| path.file_name() != new.file_name())
            .collect();
        files.sort();
        let surplus = (files.len() + 1).saturating_sub(MOST);
        for (index, (used, path)) in files.iter().enumerate() {
            let is_surplus = index < surplus && *used < now - DAY;
            if is_surplus || *used < now - KEPT {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Best effort: a file that looks older than it is goes a little early and is written again.
fn note_use(path: &Path, now: DateTime<Utc>) {
    let times = FileTimes::new().set_modified(now.into());
    let _ = File::options()
        .write(true)
        .open(path)
        .and_then(|file| file.set_times(times));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> usize {
        fs::read_dir(dir).unwrap().count()
    }

    #[test]
    fn the_same_text_is_one_file_and_old_ones_go() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path().join("cache"));
        let folder = dir.path().join("cache").join(FOLDER);
        let path = store.keep("[default]\n", DateTime::UNIX_EPOCH).unwrap();
        let now = DateTime::from(fs::metadata(&path).unwrap().modified().unwrap());
        assert_eq!(store.keep("[default]\n", now).unwrap(), path);
        assert_eq!(fs::read_to_string(&path).unwrap(), "[default]\n");
        fs::write(&path, "changed").unwrap();
        store.keep("[default]\n", now).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "[default]\n");
        for number in 0..MOST + 20 {
            let other = store.keep(&format!("{number}"), now).unwrap();
            note_use(&other, now - TimeDelta::days(2));
        }
        // What was used lately stays, whatever the number; what was used just now is noted.
        note_use(&path, now - TimeDelta::days(3));
        store.keep("[default]\n", now).unwrap();
        store.keep("one more", now).unwrap();
        assert_eq!(names(&folder), MOST);
        assert!(path.exists());
        store.keep("much later", now + TimeDelta::days(31)).unwrap();
        assert_eq!(names(&folder), 1);
    }
}
