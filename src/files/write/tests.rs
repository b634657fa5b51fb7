//! What is on disk after a change, and after one that failed.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use super::*;
use crate::files::backups;

fn paths(dir: &Path) -> Paths {
    Paths {
        config: dir.join("aws/config"),
        credentials: dir.join("aws/credentials"),
        settings: dir.join("xacct/config.toml"),
        keys: PathBuf::new(),
        home: None,
    }
}

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2027-01-15T09:00:00+01:00").unwrap()
}

fn change<'a>(file: FileKind, old: Option<&'a str>, new: Option<&'a str>) -> Change<'a> {
    Change { file, old, new }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A program that another test starts just now has the last lock too, until it runs: then it is
/// tried again.
fn locked(paths: &Paths) -> EditLock {
    for _ in 0..1_000_000 {
        if let Some(lock) = try_lock(paths).unwrap() {
            return lock;
        }
        std::thread::yield_now();
    }
    panic!("the lock is never free");
}

#[test]
fn new_files_are_private_and_leave_no_backup() {
    let dir = tempfile::tempdir().unwrap();
    let paths = paths(dir.path());
    let changes = [
        change(FileKind::Settings, None, Some("s")),
        change(FileKind::Config, None, Some("c")),
    ];
    assert_eq!(
        write(&paths, &changes, now(), &locked(&paths)).unwrap(),
        [""; 0].map(PathBuf::from)
    );
    for (path, text) in [(&paths.config, "c"), (&paths.settings, "s")] {
        assert_eq!(fs::read_to_string(path).unwrap(), text);
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!((mode(path), mode(path.parent().unwrap())), (0o600, 0o700));
    }
    assert_eq!(names(&dir.path().join("aws")), ["config"]);
}

#[test]
fn mode_and_link_stay_and_the_backup_is_private() {
    let dir = tempfile::tempdir().unwrap();
    let paths = paths(dir.path());
    let real = dir.path().join("dotfiles");
    fs::create_dir_all(dir.path().join("aws")).unwrap();
    fs::write(&real, "old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o644)).unwrap();
    symlink("../dotfiles", &paths.config).unwrap();
    for (old, new, stamp) in [
        ("old", "new", "20270115T090000+0100"),
        ("new", "newer", "20270115T090001+0100"),
    ] {
        let changes = [change(FileKind::Config, Some(old), Some(new))];
        let backups = write(&paths, &changes, now(), &locked(&paths)).unwrap();
        assert_eq!(
            backups,
            [dir.path().join(format!("aws/config.xacct-backup-{stamp}"))]
        );
        assert_eq!(fs::read_to_string(&backups[0]).unwrap(), old);
        assert_eq!(fs::metadata(&backups[0]).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&real).unwrap(), new);
        assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o644);
        assert!(fs::symlink_metadata(&paths.config).unwrap().is_symlink());
    }
    let texts: Vec<_> = backups(&paths)
        .into_iter()
        .map(|texts| texts.config.unwrap().to_string())
        .collect();
    assert_eq!(texts, ["new", "old"]);
    assert_eq!(names(dir.path()), ["aws", "dotfiles"]);
}

#[test]
fn keys_are_written_for_their_user_alone() {
    let dir = tempfile::tempdir().unwrap();
    let paths = paths(dir.path());
    fs::create_dir_all(dir.path().join("aws")).unwrap();
    for (file, path, mode) in [
        (FileKind::Config, &paths.config, 0o644),
        (FileKind::Credentials, &paths.credentials, 0o600),
    ] {
        fs::write(path, "old").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
        write(
            &paths,
            &[change(file, Some("old"), Some("new"))],
            now(),
            &locked(&paths),
        )
        .unwrap();
        assert_eq!(fs::metadata(path).unwrap().mode() & 0o777, mode);
    }
}

/// `AWS_CONFIG_FILE=/dev/null` is common. Root could put a file in its place.
#[test]
fn what_is_no_plain_file_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let paths = paths(dir.path());
    fs::create_dir_all(dir.path().join("aws")).unwrap();
    symlink("/dev/null", &paths.config).unwrap();
    let changes = [change(FileKind::Config, Some(""), Some("new"))];
    let error = write(&paths, &changes, now(), &locked(&paths)).unwrap_err();
    assert!(
        error.to_string().ends_with("it is not a plain file"),
        "{}",
        error.to_string()
    );
    // A pipe is not waited for, either.
    fs::remove_file(&paths.config).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(&paths.config)
        .status()
        .unwrap();
    assert!(made.success());
    let error = write(&paths, &changes, now(), &locked(&paths)).unwrap_err();
    assert!(
        error.to_string().ends_with("it is not a plain file"),
        "{}",
        error.to_string()
    );
    assert_eq!(names(&dir.path().join("aws")), ["config"]);
}

#[test]
fn what_changed_meanwhile_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let paths = paths(dir.path());
    let lock = locked(&paths);
    fs::write(&paths.config, "theirs").unwrap();
    for old in [Some("mine"), None] {
        let changes = [
            change(FileKind::Settings, None, Some("s")),
            change(FileKind::Config, old, Some("new")),
        ];
        let error = write(&paths, &changes, now(), &lock).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("was changed by another program meanwhile: nothing was written"),
            "{error}"
        );
    }
    assert_eq!(fs::read_to_string(&paths.config).unwrap(), "theirs");
    assert!(!paths.settings.exists());
    assert_eq!(names(&dir.path().join("aws")), ["config"]);
}

#[test]
fn what_cannot_be_written_is_found_out_before_anything_is() {
    let dir = tempfile::tempdir().unwrap();
    let paths = Paths {
        settings: PathBuf::from("/dev/null/config.toml"),
        ..paths(dir.path())
    };
    let lock = locked(&paths);
    fs::write(&paths.config, "old").unwrap();
    let changes = [
        change(FileKind::Config, Some("old"), Some("new")),
        change(FileKind::Settings, None, Some("s")),
    ];
    let error = write(&paths, &changes, now(), &lock).unwrap_err();
    assert_eq!(error.hint_texts(), ["nothing was changed"]);
    assert_eq!(fs::read_to_string(&paths.config).unwrap(), "old");
    assert_eq!(names(&dir.path().join("aws")), ["config"]);
}

#[test]
fn a_file_can_be_taken_away_again() {
    let dir = tempfile::tempdir().unwrap();
    let paths = paths(dir.path());
    let lock = locked(&paths);
    write(
        &paths,
        &[change(FileKind::Settings, None, Some("s"))],
        now(),
        &lock,
    )
    .unwrap();
    let backups = write(
        &paths,
        &[change(FileKind::Settings, Some("s"), None)],
        now(),
        &lock,
    )
    .unwrap();
    assert!(!paths.settings.exists());
    assert_eq!(fs::read_to_string(&backups[0]).unwrap(), "s");
}

#[test]
fn a_second_editor_is_kept_out_while_the_first_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let paths = paths(dir.path());
    let first = locked(&paths);
    assert!(try_lock(&paths).unwrap().is_none());
    drop(first);
    locked(&paths);
}
