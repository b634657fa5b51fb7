use std::fs;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, Stdio};
use std::thread;

use super::*;
use crate::cache::child;

fn take(path: &Path, me: &str) -> Lock {
    match attempt(path, me).unwrap() {
        Attempt::Taken(lock) => lock,
        Attempt::Held(by) => panic!("held by {by}"),
    }
}

fn held_by(path: &Path) -> Option<String> {
    match attempt(path, "a try").unwrap() {
        Attempt::Taken(_) => None,
        Attempt::Held(by) => Some(by),
    }
}

#[test]
fn one_holder_who_says_who_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.lock");
    let lock = take(&path, "xacct exec a-long-profile-name (pid 12)");
    assert_eq!(
        held_by(&path).as_deref(),
        Some("xacct exec a-long-profile-name (pid 12)")
    );
    drop(lock);
    let lock = take(&path, "xacct login b");
    assert_eq!(held_by(&path).as_deref(), Some("xacct login b"));
    drop(lock);
    assert_eq!(held_by(&path), None);
}

#[cfg(unix)]
#[test]
fn a_removed_file_locks_nobody_out_and_lets_nobody_in() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.lock");
    let old = take(&path, "old");
    // Whoever opened the file before it went gets a lock that is worth nothing.
    let file = open_own(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let new = take(&path, "new");
    drop(old);
    file.try_lock().unwrap();
    assert!(!is_still_at(&file, &path));
    assert_eq!(held_by(&path).as_deref(), Some("new"));
    drop(new);
}

#[cfg(unix)]
#[test]
fn only_unused_files_are_removed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.lock");
    let lock = take(&path, "me");
    remove_unused(&path);
    assert!(path.exists());
    drop(lock);
    remove_unused(&path);
    assert!(!path.exists());
    remove_unused(&path);
}

#[cfg(unix)]
#[test]
fn a_planted_link_is_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let (path, target) = (dir.path().join("a.lock"), dir.path().join("target"));
    fs::write(&target, "precious").unwrap();
    std::os::unix::fs::symlink(&target, &path).unwrap();
    let warning = attempt(&path, "me").unwrap_err().to_string();
    assert_eq!(
        warning,
        format!(
            "ignored the cache file {}: it is a symbolic link",
            path.display()
        )
    );
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
}

const HOLDS: &str = "cache::lock::tests::a_killed_holder_leaves_nothing_behind";

/// A process that holds the lock, and has said so.
fn holder_process(path: &Path) -> Child {
    let mut command = child::command(HOLDS, path.to_str().unwrap());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(
        lines
            .map_while(Result::ok)
            .any(|line| line.ends_with("held")),
        "the child never held it"
    );
    child
}

#[test]
fn a_killed_holder_leaves_nothing_behind() {
    if let Some(path) = child::task() {
        let _lock = take(Path::new(&path), "the victim");
        println!("held");
        // Until killed: nothing is ever written to this end.
        let _ = io::stdin().read_line(&mut String::new());
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.lock");
    let mut victim = holder_process(&path);
    assert_eq!(held_by(&path).as_deref(), Some("the victim"));
    victim.kill().unwrap();
    victim.wait().unwrap();
    let next = take(&path, "next");
    assert_eq!(held_by(&path).as_deref(), Some("next"));
    drop(next);
}

const COUNTS: &str = "cache::lock::tests::no_two_hold_it_at_once";
const ROUNDS: u32 = 25;

/// Adds to the number in the file as carelessly as only a lock allows, and now and then removes the
/// lock file.
fn count(dir: &Path) {
    let (path, counter) = (dir.join("a.lock"), dir.join("counter"));
    for round in 0..ROUNDS {
        let lock = loop {
            match attempt(&path, "counting").unwrap() {
                Attempt::Taken(lock) => break lock,
                Attempt::Held(_) => thread::yield_now(),
            }
        };
        let number: u32 = fs::read_to_string(&counter).unwrap().parse().unwrap();
        fs::write(&counter, (number + 1).to_string()).unwrap();
        drop(lock);
        if round % 5 == 0 {
            remove_unused(&path);
        }
    }
}

#[test]
fn no_two_hold_it_at_once() {
    if let Some(dir) = child::task() {
        return count(Path::new(&dir));
    }
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("counter"), "0").unwrap();
    let mut others: Vec<Child> = (0..4)
        .map(|_| {
            child::command(COUNTS, dir.path().to_str().unwrap())
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| count(dir.path()));
        }
    });
    assert!(
        others
            .iter_mut()
            .all(|other| other.wait().unwrap().success())
    );
    assert_eq!(
        fs::read_to_string(dir.path().join("counter")).unwrap(),
        (8 * ROUNDS).to_string()
    );
}
