//! A command that runs beside something of xacct's own, which ends with it: signals are its, and so
//! is the exit status. And the end of what runs alone.

use std::process::ExitStatus;

use tokio::process::Command;

use crate::error::{Error, Result};
use crate::say::Voice;
use crate::system::processes;
use crate::system::signals::Listener;
use crate::system::{HANG_UP, INTERRUPT, QUIT, TERMINATE};

/// Runs it to its end, and gives its exit status: 128 + n where signal n ended it; 126 and 127
/// where it could not be run, which is said.
///
/// Errors: of kind `Other`, where the child was lost.
pub(super) async fn run(mut command: Command, voice: Voice) -> Result<u8> {
    let program = command
        .as_std()
        .get_program()
        .to_string_lossy()
        .into_owned();
    let signals = ChildSignals::listen().map_err(|error| lost(&program, &error))?;
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let status = if error.kind() == std::io::ErrorKind::NotFound {
                127
            } else {
                126
            };
            voice.error(&Error::other(format!("cannot run {program}: {error}")));
            return Ok(status);
        }
    };
    let ended = signals.wait(&mut child).await;
    ended.map(status_of).map_err(|error| lost(&program, &error))
}

fn lost(program: &str, error: &std::io::Error) -> Error {
    Error::other(format!("lost {program}: {error}"))
}

/// Ctrl-C and Ctrl-\ are the child's, which the terminal sends them to; being told to end is passed
/// on.
struct ChildSignals(Listener);

impl ChildSignals {
    /// Before the child is there, so that none is lost.
    fn listen() -> std::io::Result<ChildSignals> {
        Listener::register(&[INTERRUPT, QUIT, TERMINATE, HANG_UP]).map(ChildSignals)
    }

    async fn wait(mut self, child: &mut tokio::process::Child) -> std::io::Result<ExitStatus> {
        let id = child.id();
        loop {
            tokio::select! {
                status = child.wait() => return status,
                signal = self.0.next() => {
                    if [TERMINATE, HANG_UP].contains(&signal) {
                        processes::send(id, signal);
                    }
                }
            }
        }
    }
}

/// The status as shells have it: 128 + n where signal n ended it.
pub(super) fn status_of(status: ExitStatus) -> u8 {
    let number = status
        .code()
        .or(processes::signal_of(status).map(|signal| 128 + signal))
        .unwrap_or(1);
    // Windows has statuses above 255: whatever they are, they are not 0.
    u8::try_from(number).unwrap_or(1)
}

/// SIGTERM or SIGINT (Ctrl-C); it is listened for from this call on.
pub(super) fn told_to_end() -> Result<impl Future<Output = ()>> {
    let mut signals = Listener::register(&[TERMINATE, INTERRUPT])
        .map_err(|error| Error::other(format!("cannot listen to signals: {error}")))?;
    Ok(async move {
        signals.next().await;
    })
}
