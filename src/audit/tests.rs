use std::process::Stdio;

use chrono::{DateTime, TimeDelta};

use super::*;
use crate::cache::child;
use crate::issuance::Why;

fn record(profile: &str) -> Record {
    Record {
        time: DateTime::from_timestamp(1_795_000_000, 987_654_321).unwrap(),
        profile: profile.to_owned(),
        action: "AssumeRole".to_owned(),
        role: Some("arn:aws:iam::222222222222:role/PartnerAdmin".to_owned()),
        role_session_name: Some("xacct-alice".to_owned()),
        account_id: Some("222222222222".to_owned()),
        access_key_id: "ASIAEXAMPLE".to_owned(),
        expires_at: DateTime::from_timestamp(1_795_003_600, 0),
        why: Why::Miss,
        caller: Some("bash".to_owned()),
        caller_pid: Some(7),
    }
}

fn profiles(path: &Path) -> Vec<String> {
    read(path)
        .unwrap()
        .records
        .into_iter()
        .map(|record| record.profile)
        .collect()
}

#[test]
fn a_line_is_the_record_to_the_second() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new/xacct/audit.jsonl");
    append(&path, &record("client1")).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "{\"time\":\"2026-11-18T11:06:40Z\",\"profile\":\"client1\",\"action\":\"AssumeRole\",\
         \"role\":\"arn:aws:iam::222222222222:role/PartnerAdmin\",\"role_session_name\":\"xacct-alice\",\
         \"account_id\":\"222222222222\",\"access_key_id\":\"ASIAEXAMPLE\",\"expires_at\":\"2026-11-18T12:06:40Z\",\
         \"why\":\"miss\",\"caller\":\"bash\",\"caller_pid\":7}\n"
    );
    let whole = Record {
        time: record("client1").time - TimeDelta::nanoseconds(987_654_321),
        ..record("client1")
    };
    assert_eq!(read(&path).unwrap().records, [whole]);
}

#[test]
fn a_lock_that_another_process_holds_delays_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.jsonl");
    append(&path, &record("first")).unwrap();
    let holder = File::open(&path).unwrap();
    holder.lock().unwrap();
    append(&path, &record("second")).unwrap();
    assert_eq!(profiles(&path), ["first", "second"]);
    // A full log is put away by the next one.
    fs::write(&path, vec![b'\n'; usize::try_from(MOST).unwrap()]).unwrap();
    append(&path, &record("third")).unwrap();
    assert!(!numbered(&path, 1).exists());
    drop(holder);
    append(&path, &record("fourth")).unwrap();
    assert_eq!(profiles(&numbered(&path, 1)), ["third"]);
    assert_eq!(profiles(&path)[..], ["third", "fourth"]);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_or_has_written_it() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/audit.jsonl");
    append(&path, &record("client1")).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = append(&path, &record("client2")).unwrap_err();
    assert_eq!(refused.to_string(), "others have access to it (mode 644)");
    let link = dir.path().join("link.jsonl");
    symlink(&path, &link).unwrap();
    assert!(append(&link, &record("client2")).is_err());
    assert_eq!(profiles(&path), ["client1"]);
}

#[test]
fn a_full_file_is_put_away_and_the_oldest_goes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.jsonl");
    for number in 0..7 {
        // What is over the limit is all one line, which no reader takes for a record.
        append(&path, &record(&format!("client{number}"))).unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.set_len(MOST - 10).unwrap();
        file.write_all(b"\n").unwrap();
    }
    assert_eq!(
        profiles(&path),
        ["client2", "client3", "client4", "client5", "client6"]
    );
    let mut names: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "audit.jsonl",
            "audit.jsonl.1",
            "audit.jsonl.2",
            "audit.jsonl.3",
            "audit.jsonl.4"
        ]
    );
}

#[test]
fn half_a_line_costs_itself_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.jsonl");
    append(&path, &record("client1")).unwrap();
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"time\":\"2026-11-").unwrap();
    append(&path, &record("client2")).unwrap();
    assert_eq!(profiles(&path), ["client1", "client2"]);
    let problems = read(&path).unwrap().problems;
    assert_eq!(
        problems,
        [format!("{}:2: not a line of the audit log", path.display())]
    );
}

#[test]
fn no_log_is_an_empty_one() {
    let dir = tempfile::tempdir().unwrap();
    let log = read(&dir.path().join("audit.jsonl")).unwrap();
    assert!(log.records.is_empty() && log.problems.is_empty());
}

/// Many processes, and a rotation in the middle of it: each line is there once.
#[test]
fn many_write_at_once() {
    const TEST: &str = "audit::tests::many_write_at_once";
    if let Some(task) = child::task() {
        let (path, who) = task.split_once('=').unwrap();
        for number in 0..20 {
            append(Path::new(path), &record(&format!("{who}-{number}"))).unwrap();
        }
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit.jsonl");
    append(&path, &record("first")).unwrap();
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.set_len(MOST - 8_000).unwrap();
    file.write_all(b"\n").unwrap();
    let children: Vec<_> = ["a", "b", "c", "d"]
        .map(|who| {
            child::command(TEST, &format!("{}={who}", path.display()))
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .into();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let mut found = profiles(&path);
    found.sort();
    let mut wanted: Vec<String> = ["a", "b", "c", "d"]
        .iter()
        .flat_map(|who| (0..20).map(move |n| format!("{who}-{n}")))
        .collect();
    wanted.push("first".to_owned());
    wanted.sort();
    assert_eq!(found, wanted);
    assert!(numbered(&path, 1).exists() && !numbered(&path, 2).exists());
}
