//! What came of one target.

use serde::Serialize;

use crate::duration;

/// What became of one target, under the names that `each` promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Ok,
    /// The command's status was not 0, or there was another error.
    Failed,
    /// AWS refused the credentials.
    Denied,
    Timeout,
    /// It was not started.
    Skipped,
}

impl Status {
    pub(super) fn word(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Failed => "failed",
            Status::Denied => "denied",
            Status::Timeout => "timeout",
            Status::Skipped => "skipped",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) status: Status,
    /// The command's exit code, unless it was stopped.
    pub(super) exit_code: Option<i32>,
    /// The command was started, however it ended.
    pub(super) has_run: bool,
    /// From the start to the end, credentials and retries included.
    pub(super) duration_ms: Option<u64>,
    /// Why it is not ok, in one sentence.
    pub(super) error: Option<String>,
    /// AWS's code, if AWS refused the credentials.
    pub(super) aws_code: Option<Box<str>>,
    /// What to do about it.
    pub(super) hints: Vec<String>,
    /// As the credentials say, else as the files do.
    pub(super) account_id: Option<String>,
}

/// `0.4s`, `12s`, `3m 20s`
pub(super) fn took(milliseconds: u64) -> String {
    match milliseconds {
        0..10_000 => format!("{}.{}s", milliseconds / 1000, milliseconds % 1000 / 100),
        _ => duration::readable(i64::try_from(milliseconds / 1000).unwrap_or(i64::MAX)),
    }
}

impl Outcome {
    pub(super) fn skipped() -> Outcome {
        Outcome::failed(Status::Skipped, "it was not started")
    }

    pub(super) fn failed(status: Status, error: impl Into<String>) -> Outcome {
        let error = Some(error.into());
        let (exit_code, duration_ms, hints, account_id) = (None, None, Vec::new(), None);
        Outcome {
            status,
            exit_code,
            has_run: false,
            duration_ms,
            error,
            aws_code: None,
            hints,
            account_id,
        }
    }
}
