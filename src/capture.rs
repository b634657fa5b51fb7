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
use crate::terminal;
#[cfg(windows)]
use crate::{process_tree, windows};

const SIGINT: u8 = 2;

/// How long a program has between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_millis(300);
/// Between two looks whether it has ended.
const LOOK: Duration = Duration::from_millis(10);
/// How long to wait for the last words of a program that has ended.
const LAST_WORDS: Duration = Duration::from_millis(20);

/// The shell, with this to do: as most SDKs run `credential_process`, and aws-vault `mfa_process`.
#[cfg(unix)]
pub(crate) fn shell(command: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command);
    shell
}

/// cmd takes what is between the first quote and the last one as it stands, and has no other way of
/// quoting; `/D` leaves out what the registry would run first.
#[cfg(windows)]
pub(crate) fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    shell.raw_arg(format!("/D /S /C \"{command}\""));
    shell
}

/// The error of a program that SIGINT ended: Ctrl-C on a terminal goes to both, and it may end
/// before xacct does. Shells tell with 130 that their command was ended so.
///
/// Errors: `Signal`.
pub(crate) fn unless_interrupted(status: ExitStatus) -> Result<ExitStatus> {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let sigint = i32::from(SIGINT);
    if signal == Some(sigint) || status.code() == Some(128 + sigint) {
        return Err(Error::new(Kind::Signal(SIGINT), "interrupted"));
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
        #[cfg(unix)]
        if group == Group::Own {
            command.process_group(0);
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
        let Some(id) = self.child.id() else {
            return Everything::of(None, Group::Shared);
        };
        Everything::of(i32::try_from(id).ok(), self.group)
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

/// Which process group a program runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    /// xacct's, which Ctrl-C on the terminal reaches.
    Shared,
    Own,
}

/// How a program is made to end.
#[derive(Clone, Copy)]
enum Stop {
    Ask,
    Force,
}

/// A program and what it has started: its process group, or else the processes below it.
struct Everything {
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
    #[cfg(unix)]
    processes: Vec<rustix::process::Pid>,
    #[cfg(windows)]
    processes: Vec<u32>,
}

#[cfg(unix)]
impl Everything {
    fn of(id: Option<i32>, group: Group) -> Everything {
        let leader = id.and_then(rustix::process::Pid::from_raw);
        match (leader, id) {
            (Some(leader), _) if group == Group::Own => Everything {
                group: Some(leader),
                processes: Vec::new(),
            },
            (Some(_), Some(id)) => {
                let below = below(id, &processes());
                let processes = below
                    .into_iter()
                    .filter_map(rustix::process::Pid::from_raw)
                    .collect();
                Everything {
                    group: None,
                    processes,
                }
            }
            _ => Everything {
                group: None,
                processes: Vec::new(),
            },
        }
    }

    fn signal(&self, stop: Stop) {
        use rustix::process::{Signal, kill_process, kill_process_group};
        let signal = match stop {
            Stop::Ask => Signal::TERM,
            Stop::Force => Signal::KILL,
        };
        // What has just ended needs no signal any more.
        if let Some(group) = self.group {
            let _ = kill_process_group(group, signal);
        }
        for process in &self.processes {
            let _ = kill_process(*process, signal);
        }
    }

    fn is_there(&self) -> bool {
        use rustix::process::{test_kill_process, test_kill_process_group};
        self.group
            .is_some_and(|group| test_kill_process_group(group).is_ok())
            || self
                .processes
                .iter()
                .any(|process| test_kill_process(*process).is_ok())
    }
}

/// Windows has no signal that asks a program to end: all of them end at once.
#[cfg(windows)]
impl Everything {
    fn of(id: Option<i32>, _: Group) -> Everything {
        let first = id.and_then(|id| u32::try_from(id).ok());
        let processes = first.map(|id| process_tree::below(id, &windows::processes::all()));
        Everything {
            processes: processes.unwrap_or_default(),
        }
    }

    fn signal(&self, _: Stop) {
        self.processes
            .iter()
            .copied()
            .for_each(windows::processes::end);
    }

    fn is_there(&self) -> bool {
        self.processes
            .iter()
            .copied()
            .any(windows::processes::is_there)
    }
}

/// A process and all that have it as parent, grandparent and so on.
#[cfg(unix)]
fn below(first: i32, processes: &[(i32, i32)]) -> Vec<i32> {
    let mut found = vec![first];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let children = processes
            .iter()
            .filter(|(id, of)| *of == parent && !found.contains(id));
        let children: Vec<i32> = children.map(|(id, _)| *id).collect();
        found.extend(children);
        next += 1;
    }
    found
}

/// Each process with its parent.
#[cfg(target_os = "linux")]
fn processes() -> Vec<(i32, i32)> {
    let Ok(listed) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let numbers = listed
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    numbers.filter_map(|id| Some((id, parent(id)?))).collect()
}

#[cfg(target_os = "linux")]
fn parent(id: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // `12 (name) S 1 …`: the name may have parentheses itself.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn processes() -> Vec<(i32, i32)> {
    let listed = std::process::Command::new("ps")
        .args(["-axo", "pid=,ppid="])
        .output();
    let text = listed
        .map(|listed| String::from_utf8_lossy(&listed.stdout).into_owned())
        .unwrap_or_default();
    let pairs = text.lines().filter_map(|line| {
        let mut numbers = line.split_whitespace().map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    });
    pairs.collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
