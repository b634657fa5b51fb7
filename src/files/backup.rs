//! What the files were before they were changed: copies beside them, the newest few of each.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use super::private::create;
use super::read::read_text;
use super::write::Change;
use crate::config::{Paths, Texts};
use crate::error::{Error, Result};

/// Between a file's name and the time in the name of its backup.
const BACKUP: &str = ".xacct-backup-";
/// `20261122T071500+0100`: the user's own time, and what tells the hour apart that comes twice in
/// autumn.
const STAMP: &str = "%Y%m%dT%H%M%S%z";
/// How many there are of each file.
const KEPT: usize = 10;

/// Copies of what the files hold, all with the same time in their names.
pub(super) fn back_up(
    paths: &Paths,
    changes: &[Change<'_>],
    now: DateTime<FixedOffset>,
) -> Result<Vec<PathBuf>> {
    let old: Vec<(&Path, &str)> = changes
        .iter()
        .filter_map(|change| Some((paths.of(change.file), change.old?)))
        .collect();
    // Later than every one that is there, so that several within a second stand in their order.
    let newest = old
        .iter()
        .filter_map(|(path, _)| time(stamps(path).first()?))
        .max();
    let now = newest.map_or(now, |newest| {
        let next = newest + TimeDelta::seconds(1);
        if next > now {
            next.with_timezone(now.offset())
        } else {
            now
        }
    });
    let stamp = now.format(STAMP).to_string();
    let mut backups = Vec::new();
    for (path, text) in old {
        let backup = backup(path, &stamp);
        let written = create(&backup).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| {
            Error::config(format!("{} cannot be written: {error}", backup.display()))
                .caused_by(error)
                .hint("nothing was changed")
        })?;
        backups.push(backup);
    }
    Ok(backups)
}

/// Removes all but the newest of the file's backups. What cannot be removed is left for the next
/// time.
pub(super) fn prune(path: &Path) {
    for stamp in stamps(path).iter().skip(KEPT) {
        let _ = fs::remove_file(backup(path, stamp));
    }
}

/// What backups of one time hold, newest first. A file without one was not there, or was not
/// changed.
pub(crate) fn backups(paths: &Paths) -> Vec<Texts> {
    let stamps = stamps(&paths.config);
    let texts = stamps.iter().map(|stamp| Texts {
        config: read_text(&backup(&paths.config, stamp)).ok(),
        settings: read_text(&backup(&paths.settings, stamp)).ok(),
        ..Texts::default()
    });
    texts.collect()
}

fn backup(path: &Path, stamp: &str) -> PathBuf {
    path.with_file_name(prefix(path) + stamp)
}

fn prefix(path: &Path) -> String {
    format!(
        "{}{BACKUP}",
        path.file_name().unwrap_or_default().to_string_lossy()
    )
}

/// The times of the file's backups, newest first. A file that is only called like one is not
/// touched.
fn stamps(path: &Path) -> Vec<String> {
    let start = prefix(path);
    let dir = path.parent().and_then(|dir| fs::read_dir(dir).ok());
    let names = dir
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut stamps: Vec<(DateTime<Utc>, String)> = names
        .filter_map(|name| {
            let stamp = name.strip_prefix(&start)?;
            Some((time(stamp)?, stamp.to_owned()))
        })
        .collect();
    stamps.sort_by(|one, other| other.cmp(one));
    stamps.into_iter().map(|(_, stamp)| stamp).collect()
}

fn time(stamp: &str) -> Option<DateTime<Utc>> {
    // As they were called before: UTC, with a Z.
    let stamp = stamp
        .strip_suffix('Z')
        .map_or(stamp.to_owned(), |utc| format!("{utc}+0000"));
    DateTime::parse_from_str(&stamp, STAMP)
        .ok()
        .map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_whatever_they_are_called() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config");
        let of = |stamp: &str| dir.path().join(format!("config{BACKUP}{stamp}"));
        // The hour that comes twice, a zone that was left since, and names from before.
        let stamps = [
            "20261025T023000+0200",
            "20261025T020000+0100",
            "20261025T013500Z",
            "20261025T104000+0900",
            "20261025T025000+0100",
        ];
        for stamp in stamps {
            fs::write(of(stamp), "").unwrap();
        }
        for other in [
            "config.xacct-backup-mine",
            "config.toml.xacct-backup-20200101T000000+0000",
        ] {
            fs::write(dir.path().join(other), "").unwrap();
        }
        let newest_first: Vec<&str> = stamps.into_iter().rev().collect();
        assert_eq!(super::stamps(&path), newest_first);
        for number in 10..20 {
            fs::write(of(&format!("20261026T0000{number}+0100")), "").unwrap();
        }
        prune(&path);
        let left = super::stamps(&path);
        assert_eq!(
            (left.len(), left[9].as_str()),
            (KEPT, "20261026T000010+0100")
        );
        assert!(dir.path().join("config.xacct-backup-mine").exists());
        assert!(
            dir.path()
                .join("config.toml.xacct-backup-20200101T000000+0000")
                .exists()
        );
    }
}
