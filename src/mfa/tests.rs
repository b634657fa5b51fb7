#[cfg(unix)]
use std::cell::Cell;

use super::*;
use crate::cache::Store;
use crate::error::Kind;

const DEVICE: MfaDevice<'_> = MfaDevice {
    serial: "arn:aws:iam::111111111111:mfa/you",
    profile: "client 1",
};
const QUIET: Voice = Voice {
    quiet: true,
    verbose: 0,
    color: false,
    over_progress: false,
};

fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_800_000_000_000 + milliseconds).unwrap()
}

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path().join("xacct"));
    (dir, store)
}

async fn next(
    source: &CodeSource,
    store: &Store,
    attempt: u8,
    now: impl Fn() -> DateTime<Utc>,
) -> Result<Code> {
    let guard = Guard::new(store, None, DEVICE.serial, QUIET);
    next_code(source, &DEVICE, &guard, attempt, now, QUIET).await
}

#[tokio::test]
async fn a_given_code_is_good_once() {
    let (_dir, store) = store();
    let source = CodeSource::Given(Code::parse("123456").unwrap());
    assert_eq!(source.tries(), 1);
    assert_eq!(
        next(&source, &store, 1, || at(0)).await.unwrap().expose(),
        "123456"
    );
    let error = next(&source, &store, 1, || at(18_000)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("this MFA code was already used for {}", DEVICE.serial)
    );
    assert_eq!(
        (error.kind, error.hint_texts()),
        (Kind::Refused, vec!["the next one comes in 12 s".to_owned()])
    );
    let error = next(&source, &store, 2, || at(18_000)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "AWS refused the MFA code that was given for {}",
            DEVICE.serial
        )
    );
}

#[cfg(unix)]
#[tokio::test]
async fn without_input_a_person_is_needed() {
    let (_dir, store) = store();
    let error = next(
        &CodeSource::None {
            forbidden_by: "--no-input",
        },
        &store,
        1,
        || at(0),
    )
    .await
    .unwrap_err();
    let expected = format!(
        "an MFA code for {} is needed, and --no-input forbids asking",
        DEVICE.serial
    );
    assert_eq!(
        (error.kind, error.to_string()),
        (Kind::NeedsPerson, expected)
    );
    let hints = [
        "in a terminal, run: xacct login 'client 1'",
        "or give the code in the variable XACCT_MFA_CODE",
    ];
    assert_eq!(error.hint_texts(), hints);
}

/// A clock whose first readings are the last 20 ms of a step, and then the next step.
#[cfg(unix)]
fn clock(early_readings: u32) -> impl Fn() -> DateTime<Utc> {
    let left = Cell::new(early_readings);
    move || {
        let early = left.get() > 0;
        left.set(left.get().saturating_sub(1));
        if early { at(29_980) } else { at(30_000) }
    }
}

/// Prints the lines of the file `codes` one by one, the last again and again.
#[cfg(unix)]
fn process(dir: &tempfile::TempDir, codes: &str) -> CodeSource {
    let codes_file = dir.path().join("codes");
    std::fs::write(&codes_file, codes).unwrap();
    let script = "head -n 1 \"$0\"; if [ $(wc -l < \"$0\") -gt 1 ]; then sed -i 1d \"$0\"; fi";
    CodeSource::Process {
        command: format!("sh -c '{script}' '{}'", codes_file.display()),
        notifier: None,
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_process_that_gives_a_used_code_is_asked_once_more_in_the_next_step() {
    let (dir, store) = store();
    let source = process(&dir, "111111\n111111\n222222\n");
    assert_eq!(
        next(&source, &store, 1, || at(0)).await.unwrap().expose(),
        "111111"
    );
    // The second run gives the used code; the third, in the next step, another.
    let start = tokio::time::Instant::now();
    assert_eq!(
        next(&source, &store, 1, clock(1)).await.unwrap().expose(),
        "222222"
    );
    assert!(start.elapsed() >= Duration::from_millis(20));
    let error = next(&source, &store, 2, clock(1)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "mfa_process of profile 'client 1' keeps giving a used code"
    );
    let hint =
        "the first code was sent, and AWS refused it; these were not sent; is its clock right?";
    assert_eq!(error.hint_texts(), [hint]);
    assert_eq!(error.kind, Kind::Refused);
}

#[cfg(unix)]
#[tokio::test]
async fn whatever_is_yielded_counts_as_sent_before_it_is() {
    let (dir, store) = store();
    let source = process(&dir, "111111\n");
    next(&source, &store, 1, || at(0)).await.unwrap();
    let source = CodeSource::Given(Code::parse("111111").unwrap());
    assert_eq!(
        next(&source, &store, 1, || at(0)).await.unwrap_err().kind,
        Kind::Refused
    );
}
