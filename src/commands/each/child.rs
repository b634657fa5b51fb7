//! One run of the command: a process group of its own, its output read as it comes, ended when its
//! time is up.

use std::cell::RefCell;
use std::io;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::capture::{OnLine, Sink, drain};
use super::stop::{Level, Stop};
use crate::system::processes::{Everything, in_own_group};
use crate::system::{self, Group};

/// How long a command has between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(5);
/// How long what a command has left behind in the background may hold its output open.
const LEFTOVERS: Duration = Duration::from_secs(1);

/// The end of a run.
#[derive(Debug)]
pub(super) enum ChildEnd {
    Exited(ExitStatus),
    TimedOut,
    /// By [`Stop`].
    Stopped,
}

/// One of its two streams.
pub(super) struct Stream<'a> {
    pub(super) sink: &'a RefCell<Sink>,
    pub(super) on_line: OnLine<'a>,
    /// Whether anybody wants it.
    pub(super) is_wanted: bool,
}

impl Stream<'_> {
    fn stdio(&self) -> Stdio {
        if self.is_wanted {
            Stdio::piped()
        } else {
            Stdio::null()
        }
    }

    async fn drain(&self, pipe: Option<impl tokio::io::AsyncRead + Unpin>) {
        if let Some(pipe) = pipe {
            drain(pipe, self.sink, self.on_line).await;
        }
    }
}

/// Starts it in a process group of its own, with nothing to read.
async fn start(
    mut command: std::process::Command,
    out: &Stream<'_>,
    err: &Stream<'_>,
) -> io::Result<Child> {
    // Ctrl-C on the terminal reaches xacct alone, and xacct's own signals reach grandchildren too.
    in_own_group(&mut command);
    let mut command = Command::from(command);
    command
        .stdin(Stdio::null())
        .stdout(out.stdio())
        .stderr(err.stdio())
        .kill_on_drop(true);
    // The thread that starts a process stands still until the new process has become the command.
    // On a busy machine that takes a while, in which the other commands go on.
    tokio::task::spawn_blocking(move || command.spawn())
        .await
        .map_err(io::Error::other)?
}

/// Runs it to its end, or until `limit` is over, or it is stopped.
///
/// Errors: it cannot be started.
pub(super) async fn run(
    command: std::process::Command,
    out: &Stream<'_>,
    err: &Stream<'_>,
    limit: Option<Duration>,
    stop: &Stop,
) -> io::Result<ChildEnd> {
    let mut child = start(command, out, err).await?;
    let group = ProcessGroup::of(&child);
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let mut reading = pin!(async { tokio::join!(out.drain(stdout), err.drain(stderr)) });
    let mut is_read = false;
    let how = {
        let mut end = pin!(first_end(&mut child, limit, stop));
        loop {
            tokio::select! {
                how = &mut end => break how,
                _ = &mut reading, if !is_read => is_read = true,
            }
        }
    };
    let ended = match how {
        First::Exited(status) => ChildEnd::Exited(status?),
        First::Late | First::Stopped => {
            let ending = end(&mut child, &group, stop);
            // A command that is to end may have something to say first, and must not be stuck on
            // it.
            if is_read {
                ending.await?;
            } else {
                let mut ending = pin!(ending);
                loop {
                    tokio::select! {
                        done = &mut ending => break done?,
                        _ = &mut reading, if !is_read => is_read = true,
                    }
                }
            }
            if matches!(how, First::Late) {
                ChildEnd::TimedOut
            } else {
                ChildEnd::Stopped
            }
        }
    };
    if !is_read {
        let _ = timeout(LEFTOVERS, reading).await;
    }
    Ok(ended)
}

enum First {
    Exited(io::Result<ExitStatus>),
    Late,
    Stopped,
}

async fn first_end(child: &mut Child, limit: Option<Duration>, stop: &Stop) -> First {
    let late = async {
        match limit {
            Some(limit) => sleep(limit).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        status = child.wait() => First::Exited(status),
        () = stop.reaches(Level::End) => First::Stopped,
        () = late => First::Late,
    }
}

/// SIGTERM to the whole group, and when its time is up, or when it is told to hurry, SIGKILL.
async fn end(child: &mut Child, group: &ProcessGroup, stop: &Stop) -> io::Result<()> {
    group.terminate();
    tokio::select! {
        biased;
        status = child.wait() => {
            status?;
        }
        () = stop.reaches(Level::Kill) => {}
        () = sleep(GRACE) => {}
    }
    // Also where its leader has ended: the others may not have listened.
    group.kill(child);
    child.wait().await.map(|_| ())
}

/// The processes of one run, by the number of the first.
struct ProcessGroup {
    leader: Option<u32>,
}

impl ProcessGroup {
    fn of(child: &Child) -> ProcessGroup {
        ProcessGroup { leader: child.id() }
    }

    fn terminate(&self) {
        self.signal(system::Stop::Ask);
    }

    fn kill(&self, child: &mut Child) {
        self.signal(system::Stop::Force);
        // Where the system did not say which processes there are.
        let _ = child.start_kill();
    }

    fn signal(&self, stop: system::Stop) {
        Everything::of(self.leader, Group::Own).signal(stop);
    }
}
