//! `--policy FILE`: the session policy's text, from a plain file, or from a pipe such as the one
//! that a shell makes for `<(jq …)`. A pipe can be read only once, so its text is kept for the run.

use std::io;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::error::{Error, Result};
use crate::files;
use crate::role_options::SessionOptions;
use crate::runtime;
use crate::terminal::interruptible;

/// How long the command that writes to a pipe may take.
const LONGEST: Duration = Duration::from_secs(10);

/// What was read from the pipe that `--policy` names.
#[derive(Clone, Default)]
pub(super) struct PipedPolicy(OnceLock<String>);

impl PipedPolicy {
    /// The options as they were typed, with the session policy's text.
    ///
    /// Errors: it cannot be read; `Signal`.
    pub(super) fn read(&self, typed: &SessionOptions) -> Result<SessionOptions> {
        let policy = typed.policy_file.as_deref().map(|path| self.text(path));
        Ok(SessionOptions {
            policy: policy.transpose()?,
            ..typed.clone()
        })
    }

    fn text(&self, path: &Path) -> Result<String> {
        if !files::is_pipe(path) {
            return files::read_text(path)
                .map(|text| text.to_string())
                .map_err(|error| unreadable(path, error));
        }
        if let Some(text) = self.0.get() {
            return Ok(text.clone());
        }
        let text = runtime::run(interruptible(from_pipe(path, LONGEST)))???;
        Ok(self.0.get_or_init(|| text).clone())
    }
}

/// Whether the text comes through a pipe, which may take its time.
pub(super) fn is_piped(typed: &SessionOptions) -> bool {
    typed.policy_file.as_deref().is_some_and(files::is_pipe)
}

async fn from_pipe(path: &Path, longest: Duration) -> Result<String> {
    let from = path.to_owned();
    let read = spawn_blocking(move || files::read_pipe(&from));
    let text = match timeout(longest, read).await {
        Ok(Ok(text)) => text,
        Ok(Err(panicked)) => Err(io::Error::other(panicked)),
        Err(_) => {
            let why = format!("nothing ended the pipe within {} s", longest.as_secs());
            Err(io::Error::new(io::ErrorKind::TimedOut, why))
        }
    };
    text.map(|text| text.to_string())
        .map_err(|error| unreadable(path, error))
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    let has_no_text = matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::InvalidInput
    );
    let message = format!("--policy: {} cannot be read: {error}", path.display());
    let error = Error::config(message).caused_by(error);
    if has_no_text {
        return error.hint("save what a command prints to a file first, and name that file");
    }
    error
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn make_fifo(path: &Path) -> bool {
        let made = std::process::Command::new("mkfifo").arg(path).status();
        made.is_ok_and(|status| status.success())
    }

    /// A server asks for the credentials again and again.
    #[test]
    fn a_pipe_is_read_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pipe");
        assert!(make_fifo(&path));
        let typed = SessionOptions {
            policy_file: Some(path.clone()),
            ..SessionOptions::default()
        };
        let writer = std::thread::spawn(move || std::fs::write(path, "{}"));
        let piped = PipedPolicy::default();
        for _ in 0..2 {
            assert_eq!(piped.read(&typed).unwrap().policy.as_deref(), Some("{}"));
        }
        assert_eq!(
            piped.clone().read(&typed).unwrap().policy.as_deref(),
            Some("{}")
        );
        writer.join().unwrap().unwrap();
    }

    #[test]
    fn a_pipe_that_nobody_writes_to_is_given_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pipe");
        assert!(make_fifo(&path));
        let error = runtime::run(from_pipe(&path, Duration::from_millis(1)))
            .unwrap()
            .unwrap_err();
        let said = error.to_string();
        assert!(
            said.ends_with("cannot be read: nothing ended the pipe within 0 s"),
            "{said}"
        );
        assert_eq!(error.hints.len(), 1);
    }
}
