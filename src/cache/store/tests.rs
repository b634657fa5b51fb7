use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::thread;

use super::*;
use crate::cache::child;
use crate::cache::entry::sample;

fn key() -> PlanKey {
    PlanKey::of_digest([0x1a; 32])
}

/// A store in a directory that does not exist yet.
fn store() -> (tempfile::TempDir, Store) {
    let parent = tempfile::tempdir().unwrap();
    let store = Store::new(parent.path().join("deep").join("xacct"));
    (parent, store)
}

/// The names in a directory, sorted.
fn names(dir: &Path) -> Vec<String> {
    let files = fs::read_dir(dir).into_iter().flatten();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_put_is_got_until_it_is_removed() {
    let (_parent, store) = store();
    assert_eq!(store.get(&key()), Ok(None));
    assert_eq!(store.remove(&key()), Ok(false));
    assert_eq!(store.clear(), Ok(0));
    assert!(!store.dir.exists(), "looking made a directory");
    store.put(&key(), &sample("ASIAONE")).unwrap();
    store.put(&key(), &sample("ASIATWO")).unwrap();
    assert_eq!(store.get(&key()), Ok(Some(sample("ASIATWO"))));
    assert_eq!(store.get(&PlanKey::of_digest([0; 32])), Ok(None));
    assert_eq!(names(&store.dir), [format!("{}.json", "1a".repeat(32))]);
    assert_eq!(store.remove(&key()), Ok(true));
    assert_eq!(store.get(&key()), Ok(None));
}

#[test]
fn clear_takes_entries_and_unfinished_writes_only() {
    let (_parent, store) = store();
    let lock = store.try_lock(&key().to_string(), "me").unwrap();
    store.put(&key(), &sample("ASIAONE")).unwrap();
    store
        .put(&PlanKey::of_digest([2; 32]), &sample("ASIATWO"))
        .unwrap();
    store.write_note("mfa", "device.json", b"{}").unwrap();
    for name in [".x.json.1-0.tmp", "README", "abc.json"] {
        fs::write(store.dir.join(name), "x").unwrap();
    }
    assert_eq!(store.clear(), Ok(2));
    assert_eq!(names(&store.dir), ["README", "abc.json", "locks", "mfa"]);
    assert_eq!(names(&store.dir.join("mfa")), ["device.json"]);
    assert!(
        matches!(store.try_lock(&key().to_string(), "you"), Ok(Attempt::Held(by)) if by == "me")
    );
    drop(lock);
}

#[test]
fn prune_takes_what_nobody_will_ask_for() {
    let (_parent, store) = store();
    let now = DateTime::from_timestamp(1_900_000_000, 0).unwrap();
    let ended = |ago| Entry {
        expires_at: now - TimeDelta::hours(ago),
        ..sample("ASIAONE")
    };
    let path = |byte| store.entry_path(&PlanKey::of_digest([byte; 32]));
    store.put(&PlanKey::of_digest([1; 32]), &ended(25)).unwrap();
    store.put(&PlanKey::of_digest([2; 32]), &ended(23)).unwrap();
    store.put(&PlanKey::of_digest([3; 32]), &ended(-1)).unwrap();
    store.put(&PlanKey::of_digest([4; 32]), &ended(25)).unwrap();
    disk::write(&path(5), b"{\"version\":1").unwrap();
    disk::write(&path(6), b"{\"version\":2}").unwrap();
    disk::write(&store.dir.join(".x.1-0.tmp"), b"x").unwrap();
    disk::write(&store.dir.join(".x.2-0.tmp"), b"x").unwrap();
    disk::write(&store.dir.join("README"), b"x").unwrap();
    drop(store.try_lock("old", "me").unwrap());
    drop(store.try_lock("young", "me").unwrap());
    let _held = store.try_lock("held", "me").unwrap();
    let locks = store.dir.join(LOCKS);
    for file in [
        path(1),
        path(2),
        path(3),
        path(5),
        path(6),
        store.dir.join(".x.1-0.tmp"),
        store.dir.join("README"),
    ]
    .into_iter()
    .chain([locks.join("old.lock"), locks.join("held.lock")])
    {
        let file = fs::File::options().write(true).open(file).unwrap();
        file.set_modified((now - TimeDelta::hours(25)).into())
            .unwrap();
    }
    for file in [
        path(4),
        store.dir.join(".x.2-0.tmp"),
        locks.join("young.lock"),
    ] {
        let file = fs::File::options().write(true).open(file).unwrap();
        file.set_modified((now - TimeDelta::hours(23)).into())
            .unwrap();
    }
    store.prune(now, TimeDelta::days(1));
    let entry = |byte: &str| format!("{}.json", byte.repeat(32));
    let left = [
        ".x.2-0.tmp",
        &entry("02"),
        &entry("03"),
        &entry("04"),
        &entry("06"),
        "README",
        "locks",
    ];
    assert_eq!(names(&store.dir), left);
    assert_eq!(names(&locks), ["held.lock", "young.lock"]);
}

#[test]
fn an_unfit_file_is_a_miss_with_a_reason_and_is_replaced() {
    let (_parent, store) = store();
    store.put(&key(), &sample("ASIAONE")).unwrap();
    let path = store.entry_path(&key());
    let whole = fs::read(&path).unwrap();
    let other = PlanKey::of_digest([9; 32]);
    store.put(&other, &sample("ASIAOTHER")).unwrap();
    let copied = fs::read(store.entry_path(&other)).unwrap();
    let too_large = vec![b' '; 70_000];
    let cases: [(&[u8], &str); 6] = [
        (b"", "it is damaged or not xacct's"),
        (&whole[..whole.len() / 2], "it is damaged or not xacct's"),
        (b"[profile x]", "it is damaged or not xacct's"),
        (
            b"{\"version\":2,\"what\":\"ever\"}",
            "a newer xacct wrote it (format 2)",
        ),
        (&copied, "it belongs to another key"),
        (&too_large, "it is too large to be one"),
    ];
    for (bytes, why) in cases {
        fs::write(&path, bytes).unwrap();
        let warning = store.get(&key()).unwrap_err().to_string();
        assert_eq!(
            warning,
            format!("ignored the cache file {}: {why}", path.display())
        );
        store.put(&key(), &sample("ASIATWO")).unwrap();
        assert_eq!(store.get(&key()), Ok(Some(sample("ASIATWO"))));
    }
    assert_eq!(names(&store.dir).len(), 2);
}

#[test]
fn an_entry_that_could_not_be_read_back_is_not_written() {
    let (_parent, store) = store();
    let entry = Entry {
        arn: Some("x".repeat(70_000)),
        ..sample("ASIAONE")
    };
    let warning = store.put(&key(), &entry).unwrap_err().to_string();
    let path = store.entry_path(&key());
    assert_eq!(
        warning,
        format!(
            "did not write {}: it would be too large to be read",
            path.display()
        )
    );
    assert_eq!(names(&store.dir), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_made_is_a_warning_everywhere() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "x").unwrap();
    let store = Store::new(file.clone());
    let warning = format!("no caching: {} is not a directory", file.display());
    assert_eq!(
        store
            .put(&key(), &sample("ASIAONE"))
            .unwrap_err()
            .to_string(),
        warning
    );
    assert_eq!(store.try_lock("a", "me").unwrap_err().to_string(), warning);
    assert_eq!(
        store.write_note("mfa", "x", b"{}").unwrap_err().to_string(),
        warning
    );
    assert_eq!(store.clear().unwrap_err().to_string(), warning);
    assert_eq!(store.get(&key()), Ok(None), "it has been said");
    store.prune(
        DateTime::from_timestamp(1_900_000_000, 0).unwrap(),
        TimeDelta::days(1),
    );
    let below = Store::new(file.join("xacct"));
    let said = below
        .put(&key(), &sample("ASIAONE"))
        .unwrap_err()
        .to_string();
    assert_eq!(
        said,
        format!(
            "cannot read {}: Not a directory (os error 20)",
            below.dir.display()
        )
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "x");
}

#[test]
fn readers_see_whole_entries_while_others_write() {
    let (_parent, store) = store();
    store.put(&key(), &sample("ASIASTART")).unwrap();
    thread::scope(|scope| {
        for writer in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for round in 0..10 {
                    store
                        .put(&key(), &sample(&format!("ASIA{writer}X{round}")))
                        .unwrap();
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..200 {
                    assert!(store.get(&key()).unwrap().is_some());
                }
            });
        }
    });
    assert_eq!(names(&store.dir), [format!("{key}.json", key = key())]);
}

const PUTS: &str = "cache::store::tests::a_kill_at_any_point_leaves_a_whole_entry";

#[test]
fn a_kill_at_any_point_leaves_a_whole_entry() {
    if let Some(dir) = child::task() {
        let store = Store::new(PathBuf::from(dir));
        for round in 0.. {
            store.put(&key(), &sample(&format!("ASIA{round}"))).unwrap();
            println!("put");
        }
    }
    let (_parent, store) = store();
    store.put(&key(), &sample("ASIASTART")).unwrap();
    for round in 0..12 {
        let mut command = child::command(PUTS, store.dir.to_str().unwrap());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Killed somewhere in the write after this one.
        let puts = lines
            .map_while(Result::ok)
            .filter(|line| line.ends_with("put"));
        assert_eq!(puts.take(1 + round % 3).count(), 1 + round % 3);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(store.get(&key()).unwrap().is_some());
    }
    store.put(&key(), &sample("ASIAEND")).unwrap();
    assert_eq!(store.get(&key()), Ok(Some(sample("ASIAEND"))));
    store.clear().unwrap();
    assert_eq!(names(&store.dir), [""; 0], "unfinished writes hold secrets");
}

#[cfg(unix)]
mod unix;
