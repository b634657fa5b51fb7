//! Owners, modes, links and limits.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::process::Command;

use super::*;
use crate::files;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

/// Whether tests can play another user; says so where they cannot.
fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("SKIPPED: files of another user (not run as root)");
    }
    root
}

#[test]
fn everything_is_for_this_user_alone() {
    let (parent, store) = store();
    store.put(&key(), &sample("ASIAONE")).unwrap();
    store.write_note("mfa", "device.json", b"{}").unwrap();
    let _lock = store.try_lock("a", "me").unwrap();
    for (path, expected) in [
        (parent.path().join("deep"), 0o700),
        (store.dir.clone(), 0o700),
        (store.entry_path(&key()), 0o600),
        (store.dir.join("mfa"), 0o700),
        (store.dir.join("mfa/device.json"), 0o600),
        (store.dir.join("locks"), 0o700),
        (store.dir.join("locks/a.lock"), 0o600),
    ] {
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
}

#[test]
fn an_unfinished_write_is_private_from_its_first_byte() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.json");
    let (one, other) = (
        files::temporary(&path, ".").unwrap(),
        files::temporary(&path, ".").unwrap(),
    );
    assert_eq!(
        (mode(one.path()), fs::read(one.path()).unwrap().len()),
        (0o600, 0)
    );
    assert_ne!(
        one.path(),
        other.path(),
        "an unfinished write of another process is not touched"
    );
    assert!(disk::is_temporary(
        one.path().file_name().unwrap().to_str().unwrap()
    ));
}

#[test]
fn a_directory_that_others_can_write_is_refused_and_said_once() {
    let (_parent, store) = store();
    store.put(&key(), &sample("ASIAONE")).unwrap();
    for open in [0o720, 0o702, 0o777, 0o1777] {
        set_mode(&store.dir, open);
        let store = Store::new(store.dir.clone());
        let warning = store.get(&key()).unwrap_err().to_string();
        let shown = store.dir.display();
        assert_eq!(
            warning,
            format!("no caching: others can write to {shown}; run: chmod 700 {shown}")
        );
        assert_eq!(store.get(&key()), Ok(None));
        assert_eq!(
            store
                .put(&key(), &sample("ASIATWO"))
                .unwrap_err()
                .to_string(),
            warning
        );
        assert_eq!(store.remove(&key()).unwrap_err().to_string(), warning);
        assert_eq!(store.try_lock("a", "me").unwrap_err().to_string(), warning);
    }
    set_mode(&store.dir, 0o755);
    assert_eq!(store.get(&key()), Ok(Some(sample("ASIAONE"))));
}

#[test]
fn a_folder_that_others_can_write_is_refused() {
    let (_parent, store) = store();
    store.write_note("mfa", "device.json", b"{}").unwrap();
    set_mode(&store.dir.join("mfa"), 0o777);
    assert!(store.write_note("mfa", "device.json", b"{}").is_err());
}

#[test]
fn a_linked_directory_is_judged_by_where_it_leads() {
    let parent = tempfile::tempdir().unwrap();
    let (real, link) = (parent.path().join("real"), parent.path().join("link"));
    fs::create_dir(&real).unwrap();
    set_mode(&real, 0o700);
    symlink(&real, &link).unwrap();
    let store = Store::new(link.clone());
    store.put(&key(), &sample("ASIAONE")).unwrap();
    set_mode(&real, 0o770);
    assert!(Store::new(link).get(&key()).is_err());
}

#[test]
fn another_users_directory_is_refused() {
    if !is_root() {
        return;
    }
    let (_parent, store) = store();
    store.put(&key(), &sample("ASIAONE")).unwrap();
    chown(&store.dir, Some(4242), None).unwrap();
    let warning = store.get(&key()).unwrap_err().to_string();
    let expected = format!(
        "no caching: {} belongs to another user (uid 4242); set XACCT_CACHE_DIR to a directory of \
         your own",
        store.dir.display()
    );
    assert_eq!(warning, expected);
    assert_eq!(
        store
            .put(&key(), &sample("ASIATWO"))
            .unwrap_err()
            .to_string(),
        expected
    );
}

#[test]
fn files_that_others_made_or_can_read_are_misses() {
    let (parent, store) = store();
    let path = store.entry_path(&key());
    let ignored = |why: &str| format!("ignored the cache file {}: {why}", path.display());
    let check = |why: &str| {
        assert_eq!(store.get(&key()).unwrap_err().to_string(), ignored(why));
        store.put(&key(), &sample("ASIATWO")).unwrap();
        assert_eq!(store.get(&key()), Ok(Some(sample("ASIATWO"))));
        assert_eq!(mode(&path), 0o600);
    };
    store.put(&key(), &sample("ASIAONE")).unwrap();
    for open in [0o640, 0o604, 0o620] {
        set_mode(&path, open);
        check(&format!("others have access to it (mode {open:o})"));
    }
    // A good entry of one's own, but reached through a link; the write replaces the link, not what
    // it leads to.
    let elsewhere = parent.path().join("elsewhere.json");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    let before = fs::read(&elsewhere).unwrap();
    store
        .put(&PlanKey::of_digest([7; 32]), &sample("ASIAX"))
        .unwrap();
    check("it is a symbolic link");
    assert_eq!(fs::read(&elsewhere).unwrap(), before);
    // A pipe must not hold anyone up.
    fs::remove_file(&path).unwrap();
    assert!(
        Command::new("mkfifo")
            .args(["-m", "600"])
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    check("it is not a plain file");
    if is_root() {
        chown(&path, Some(4242), None).unwrap();
        check("it belongs to another user (uid 4242)");
    }
}

#[test]
fn a_directory_where_an_entry_goes_is_a_warning() {
    let (_parent, store) = store();
    let path = store.entry_path(&key());
    fs::create_dir_all(&path).unwrap();
    set_mode(&store.dir, 0o700);
    let why = format!(
        "ignored the cache file {}: it is not a plain file",
        path.display()
    );
    assert_eq!(store.get(&key()).unwrap_err().to_string(), why);
    let why = format!(
        "cannot write {}: Is a directory (os error 21)",
        path.display()
    );
    assert_eq!(
        store
            .put(&key(), &sample("ASIAONE"))
            .unwrap_err()
            .to_string(),
        why
    );
    assert_eq!(
        names(&store.dir),
        [format!("{}.json", key())],
        "the unfinished write is gone"
    );
}

const FULL: &str = "cache::store::tests::unix::a_full_disk_leaves_the_old_entry";

/// The size limit cuts the write in the middle, as a full disk does: some bytes go in, then an
/// error.
#[test]
fn a_full_disk_leaves_the_old_entry() {
    if let Some(dir) = child::task() {
        let store = Store::new(PathBuf::from(dir));
        let warning = store
            .put(&key(), &sample("ASIANEW"))
            .unwrap_err()
            .to_string();
        let path = store.entry_path(&key());
        assert_eq!(
            warning,
            format!(
                "cannot write {}: File too large (os error 27)",
                path.display()
            )
        );
        assert_eq!(store.get(&key()), Ok(Some(sample("ASIAOLD"))));
        // Who holds a lock cannot be written down then, but it is held.
        assert!(store.try_lock("full", "me").is_ok());
        return;
    }
    let (_parent, store) = store();
    store.put(&key(), &sample("ASIAOLD")).unwrap();
    let shell = "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"";
    for blocks in ["0", "1"] {
        let child = child::command(FULL, store.dir.to_str().unwrap());
        let mut limited = Command::new("sh");
        limited
            .args(["-c", shell, blocks])
            .arg(child.get_program())
            .args(child.get_args());
        limited.envs(
            child
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        let output = limited.env_remove("RUST_BACKTRACE").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
        assert_eq!(
            names(&store.dir),
            [format!("{}.json", key()), "locks".to_owned()]
        );
        assert_eq!(store.get(&key()), Ok(Some(sample("ASIAOLD"))));
    }
}
