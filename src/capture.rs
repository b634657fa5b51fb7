//! Another program, of which the output is wanted: run by the shell, read up to a size and within a
//! time, and ended with everything that it has started when its time is up or a signal comes. What
//! it prints may be a secret, so it is kept in memory that is wiped.
//!
//! On a terminal it stays in this process's group, because it may ask there; anywhere else it has a
//! group of its own.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::desktop::Notifier;
use crate::error::{Error, Kind, Result};
use crate::say;
use crate::system::processes::{self, Everything};
use crate::system::{Group, INTERRUPT, Stop};
use crate::terminal;

/// How long a program has between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_millis(300);
/// Between two looks whether it has ended.
const LOOK: Duration = Duration::from_millis(10);
/// How long to wait for the last words of a program that has ended.
const LAST_WORDS: Duration = Duration::from_millis(20);

/// The system's shell, with this to do.
pub(crate) fn shell(command: &str) -> Command {
    processes::shell(command).into()
}

/// The error of a program that SIGINT ended: Ctrl-C on a terminal goes to both, and it may end
/// before xacct does. Shells tell with 130 that their command was ended so.
///
/// Errors: `Signal`.
pub(crate) fn unless_interrupted(status: ExitStatus) -> Result<ExitStatus> {
    let sigint = i32::from(INTERRUPT);
    if processes::signal_of(status) == Some(sigint) || status.code() == Some(128 + sigint) {
        return Err(Error::new(Kind::Signal(INTERRUPT), "interrupted"));
    }
    Ok(status)
}

/// Where people see what a program says, if they do not see stderr.
enum Screen {
    Terminal(File),
    /// So many more at most.
    Notifications(Notifier, usize),
}

/// How many notifications one program may cause.
const MOST_NOTIFICATIONS: usize = 3;

impl Screen {
    fn notifications(notifier: Notifier) -> Screen {
        Screen::Notifications(notifier, MOST_NOTIFICATIONS)
    }

    fn show(&mut self, said: &[u8]) {
        match self {
            Screen::Terminal(file) => {
                let _ = file.write_all(said);
            }
            Screen::Notifications(_, 0) => {}
            Screen::Notifications(notifier, left) => {
                *left -= 1;
                let text = String::from_utf8_lossy(said);
                let mut command = notifier.command(&say::visible(text.trim()));
                command
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null());
                // It shows it and ends; tokio sees to its end.
                let _ = command.spawn();
            }
        }
    }
}

/// A program that runs. Dropping it ends it, with everything that it has started.
pub(crate) struct RunningProgram {
    child: Child,
    group: Group,
    /// Where stderr is no terminal: what the program says would not be seen.
    screen: Option<Screen>,
    terminal: Option<terminal::Kept>,
    has_ended: bool,
}

/// How a program ended, and its stdout: up to so many bytes, and one more where there is more.
pub(crate) type Output = (ExitStatus, Zeroizing<Vec<u8>>);

impl RunningProgram {
    /// Starts it. Its stdin and its stderr are as the command has them; stderr goes to the terminal
    /// too, if there is one and ours is somewhere else: an SDK that runs xacct shows nothing of it.
    ///
    /// Errors: it cannot be run.
    pub(crate) fn start(command: Command) -> io::Result<RunningProgram> {
        RunningProgram::start_noticed(command, None)
    }

    /// As [`RunningProgram::start`]; without a terminal, what it says becomes notifications.
    pub(crate) fn start_noticed(
        command: Command,
        notifier: Option<Notifier>,
    ) -> io::Result<RunningProgram> {
        let is_attended = terminal::available();
        let screen = if io::stderr().is_terminal() {
            None
        } else if is_attended {
            terminal::screen().map(Screen::Terminal)
        } else {
            notifier.map(Screen::notifications)
        };
        let group = if is_attended {
            Group::Shared
        } else {
            Group::Own
        };
        RunningProgram::start_with(command, screen, group)
    }

    /// As [`RunningProgram::start`], for one that asks nothing on the terminal and says nothing
    /// there: its stderr is as the command has it, and Ctrl-C does not reach it.
    pub(crate) fn start_apart(command: Command) -> io::Result<RunningProgram> {
        RunningProgram::start_with(command, None, Group::Own)
    }

    fn start_with(
        mut command: Command,
        screen: Option<Screen>,
        group: Group,
    ) -> io::Result<RunningProgram> {
        command.stdout(Stdio::piped()).kill_on_drop(true);
        if screen.is_some() {
            command.stderr(Stdio::piped());
        }
        if group == Group::Own {
            processes::in_own_group(command.as_std_mut());
        }
        let terminal = if group == Group::Shared {
            terminal::Kept::now()
        } else {
            None
        };
        let child = command.spawn()?;
        Ok(RunningProgram {
            child,
            group,
            screen,
            terminal,
            has_ended: false,
        })
    }

    /// Runs it to its end; `None` where that takes longer than the limit.
    pub(crate) async fn output(
        mut self,
        most: usize,
        limit: Duration,
    ) -> io::Result<Option<Output>> {
        let Ok(ended) = timeout(limit, self.captured(most)).await else {
            return Ok(None);
        };
        let (status, output) = ended?;
        // One that prints more than is wanted may not have ended.
        self.has_ended = status.is_some();
        Ok(Some((status.unwrap_or_default(), output)))
    }

    async fn captured(
        &mut self,
        most: usize,
    ) -> io::Result<(Option<ExitStatus>, Zeroizing<Vec<u8>>)> {
        let (stdout, mut stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let mut screen = self.screen.take();
        let child = &mut self.child;
        let work = async {
            // All at once, so that no copies are left behind while it grows.
            let mut output = Zeroizing::new(Vec::with_capacity(most + 1));
            if let Some(stdout) = stdout {
                stdout
                    .take(most as u64 + 1)
                    .read_to_end(&mut output)
                    .await?;
            }
            if output.len() > most {
                return Ok((None, output));
            }
            Ok((Some(child.wait().await?), output))
        };
        let shown = async {
            while relay(&mut stderr, &mut screen).await {}
            std::future::pending::<()>().await;
        };
        let ended = tokio::select! {
            ended = work => ended,
            () = shown => Err(io::ErrorKind::Other.into()),
        };
        // What it has left in the background may hold stderr open: only what is there is shown.
        while timeout(LAST_WORDS, relay(&mut stderr, &mut screen)).await == Ok(true) {}
        ended
    }

    fn end(&mut self) {
        let all = self.everything();
        all.signal(Stop::Ask);
        let mut waited = Duration::ZERO;
        while waited < GRACE {
            // Reaped, or it would count as there.
            let _ = self.child.try_wait();
            if !all.is_there() {
                break;
            }
            std::thread::sleep(LOOK);
            waited += LOOK;
        }
        if all.is_there() {
            all.signal(Stop::Force);
        }
        let _ = self.child.start_kill();
        if let Some(terminal) = &self.terminal {
            terminal.restore();
        }
    }

    fn everything(&self) -> Everything {
        Everything::of(self.child.id(), self.group)
    }
}

impl Drop for RunningProgram {
    fn drop(&mut self) {
        if !self.has_ended {
            self.end();
        }
    }
}

/// Shows the next of what the program says; `false` where there is no more.
async fn relay(stderr: &mut Option<ChildStderr>, screen: &mut Option<Screen>) -> bool {
    let Some(from) = stderr else { return false };
    let mut bytes = [0; 1024];
    let count = read_some(from, &mut bytes).await;
    if count == 0 {
        *stderr = None;
        return false;
    }
    if let Some(screen) = screen {
        screen.show(&bytes[..count]);
    }
    say::relay(&bytes[..count]);
    true
}

async fn read_some(from: &mut (impl AsyncRead + Unpin), bytes: &mut [u8]) -> usize {
    from.read(bytes).await.unwrap_or(0)
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
