//! A command that runs beside something of xacct's own, which ends with it: signals are its, and so
//! is the exit status. And the end of what runs alone.

use std::process::ExitStatus;

use tokio::process::Command;

use crate::error::{Error, Result};
use crate::say::Voice;

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
#[cfg(unix)]
struct ChildSignals {
    interrupt: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl ChildSignals {
    /// Before the child is there, so that none is lost.
    fn listen() -> std::io::Result<ChildSignals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(ChildSignals {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn wait(mut self, child: &mut tokio::process::Child) -> std::io::Result<ExitStatus> {
        use rustix::process::{Pid, Signal};
        let pid = child
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        loop {
            tokio::select! {
                status = child.wait() => return status,
                _ = self.interrupt.recv() => {}
                _ = self.quit.recv() => {}
                _ = self.terminate.recv() => send(pid, Signal::TERM),
                _ = self.hang_up.recv() => send(pid, Signal::HUP),
            }
        }
    }
}

/// A child that has just ended needs no signal any more.
#[cfg(unix)]
fn send(child: Option<rustix::process::Pid>, signal: rustix::process::Signal) {
    let _ = child.map(|pid| rustix::process::kill_process(pid, signal));
}

/// Ctrl-C is the child's, which the console sends it to.
#[cfg(not(unix))]
struct ChildSignals;

#[cfg(not(unix))]
impl ChildSignals {
    fn listen() -> std::io::Result<ChildSignals> {
        Ok(ChildSignals)
    }

    async fn wait(self, child: &mut tokio::process::Child) -> std::io::Result<ExitStatus> {
        loop {
            tokio::select! {
                status = child.wait() => return status,
                _ = tokio::signal::ctrl_c() => {}
            }
        }
    }
}

/// The status as shells have it: 128 + n where signal n ended it.
pub(super) fn status_of(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let number = status
        .code()
        .or(signal.map(|signal| 128 + signal))
        .unwrap_or(1);
    // Windows has statuses above 255: whatever they are, they are not 0.
    u8::try_from(number).unwrap_or(1)
}

/// SIGTERM or SIGINT; it is listened for from this call on.
#[cfg(unix)]
pub(super) fn told_to_end() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| cannot_listen(&error))?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| cannot_listen(&error))?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(unix)]
fn cannot_listen(error: &std::io::Error) -> Error {
    Error::other(format!("cannot listen to signals: {error}"))
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(super) fn told_to_end() -> Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()
        .map_err(|error| Error::other(format!("cannot listen to Ctrl-C: {error}")))?;
    Ok(async move {
        interrupt.recv().await;
    })
}
