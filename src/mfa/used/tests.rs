use std::fs;

use super::*;

const DEVICE: &str = "arn:aws:iam::111111111111:mfa/you";
const QUIET: Voice = Voice {
    quiet: true,
    verbose: 0,
    color: false,
    over_progress: false,
};

/// 1,800,000,000 is the start of a step.
fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_800_000_000_000 + milliseconds).unwrap()
}

fn code(digits: &str) -> Code {
    Code::parse(digits).unwrap()
}

fn used(milliseconds: u64) -> Freshness {
    Freshness::UsedAlready {
        next_in: Duration::from_millis(milliseconds),
    }
}

fn guard(store: &Store) -> Guard<'_> {
    Guard::new(store, None, DEVICE, QUIET)
}

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path().join("xacct"));
    (dir, store)
}

#[test]
fn a_code_is_fresh_once_for_every_process() {
    let (_dir, store) = store();
    let mine = guard(&store);
    assert_eq!(mine.check(&code("123456"), at(0)), Freshness::Fresh);
    mine.remember(&code("123456"), at(18_000));
    mine.remember(&code("123456"), at(18_000));
    for guard in [&mine, &guard(&store)] {
        assert_eq!(guard.check(&code("123456"), at(18_000)), used(12_000));
        assert_eq!(guard.check(&code("123456"), at(29_999)), used(1));
        assert_eq!(guard.check(&code("123456"), at(30_000)), used(30_000));
        assert_eq!(guard.check(&code("123457"), at(18_000)), Freshness::Fresh);
    }
    let other = Guard::new(&store, None, "arn:aws:iam::111111111111:mfa/other", QUIET);
    assert_eq!(other.check(&code("123456"), at(18_000)), Freshness::Fresh);
}

#[test]
fn it_is_remembered_for_ten_minutes_whichever_way_the_clock_goes() {
    let (_dir, store) = store();
    guard(&store).remember(&code("123456"), at(0));
    assert_eq!(guard(&store).check(&code("123456"), at(629_999)), used(1));
    assert_eq!(
        guard(&store).check(&code("123456"), at(-600_000)),
        used(30_000)
    );
    assert_eq!(
        guard(&store).check(&code("123456"), at(630_000)),
        Freshness::Fresh
    );
    // What is too old is dropped from the note when the next is added.
    guard(&store).remember(&code("111111"), at(660_000));
    assert_eq!(
        guard(&store).check(&code("123456"), at(0)),
        Freshness::Fresh
    );
}

#[test]
fn a_code_that_never_arrived_may_be_sent_again() {
    let (_dir, store) = store();
    let mine = guard(&store);
    mine.remember(&code("123456"), at(0));
    mine.remember(&code("222222"), at(0));
    mine.forget(&code("123456"), at(0));
    for guard in [&mine, &guard(&store)] {
        assert_eq!(guard.check(&code("123456"), at(0)), Freshness::Fresh);
        assert_eq!(guard.check(&code("222222"), at(0)), used(30_000));
    }
}

#[test]
fn the_note_is_a_digest_under_the_devices_digest() {
    let (dir, store) = store();
    guard(&store).remember(&code("123456"), at(0));
    let path = dir
        .path()
        .join("xacct/mfa")
        .join(format!("{}.json", hex::encode(Sha256::digest(DEVICE))));
    let digest = hex::encode(Sha256::digest(format!("{DEVICE}\0123456")));
    let expected = format!(r#"{{"version":1,"sent":[{{"digest":"{digest}","step":60000000}}]}}"#);
    assert_eq!(fs::read_to_string(path).unwrap(), expected);
}

#[test]
fn a_damaged_note_is_forgotten_and_replaced() {
    let (_dir, store) = store();
    let mine = guard(&store);
    for damaged in ["", "[", "{\"version\":2,\"sent\":[]}"] {
        store
            .write_note(FOLDER, &mine.file(), damaged.as_bytes())
            .unwrap();
        let why = format!(
            "ignored the list of used MFA codes in mfa/{}: it is damaged",
            mine.file()
        );
        assert_eq!(mine.read().err(), Some(why));
        assert_eq!(
            guard(&store).check(&code("123456"), at(0)),
            Freshness::Fresh
        );
        mine.remember(&code("123456"), at(0));
        assert_eq!(guard(&store).check(&code("123456"), at(0)), used(30_000));
    }
}

#[test]
fn without_a_directory_the_process_still_remembers() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let store = Store::new(file);
    let mine = guard(&store);
    mine.remember(&code("123456"), at(0));
    assert_eq!(mine.check(&code("123456"), at(0)), used(30_000));
    assert_eq!(
        guard(&store).check(&code("123456"), at(0)),
        Freshness::Fresh
    );
}

#[test]
fn seconds_are_never_too_few() {
    for (milliseconds, expected) in [(1, 1), (1000, 1), (1001, 2), (30_000, 30)] {
        assert_eq!(seconds(Duration::from_millis(milliseconds)), expected);
    }
}

#[test]
fn every_device_has_its_lock() {
    let (_dir, store) = store();
    let name = guard(&store).lock_name();
    assert!(name.starts_with("mfa-") && name.len() == 68, "{name}");
    assert!(store.try_lock(&name, "me").is_ok());
    assert_ne!(
        name,
        Guard::new(&store, None, "GAHT12345678", QUIET).lock_name()
    );
}
