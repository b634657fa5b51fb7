//! Programs: how one is run, what it has started, how it ends; and the processes above this one.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt, parent_id};
use std::process::{Command, ExitStatus};

use rustix::process::{
    Pid, Signal, getppid, kill_process, kill_process_group, test_kill_process,
    test_kill_process_group,
};

use super::told;
use crate::system::{Group, Stop, process_tree};

pub(crate) use told::{is_stopped, keep_out_of_core_dumps};

/// The shell, with this to do: as most SDKs run `credential_process`, and aws-vault `mfa_process`.
pub(crate) fn shell(command: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command);
    shell
}

/// Out of reach of the terminal's Ctrl-C.
pub(crate) fn in_own_group(command: &mut Command) {
    command.process_group(0);
}

/// The name that the program is to have for itself.
pub(crate) fn called(command: &mut Command, name: &OsStr) {
    command.arg0(name);
}

/// Replaces this process, so that signals and the status are the command's own.
///
/// Errors: it cannot be run.
pub(crate) fn become_command(command: &mut Command) -> io::Result<ExitStatus> {
    Err(command.exec())
}

/// The signal that ended it.
pub(crate) fn signal_of(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// Sends the signal of this number. A process that has just ended needs none any more.
pub(crate) fn send(process: Option<u32>, signal: u8) {
    let process = process.and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    if let (Some(process), Some(signal)) = (process, Signal::from_named_raw(signal.into())) {
        let _ = kill_process(process, signal);
    }
}

/// How many files a process may have open at a time.
pub(crate) fn most_open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

/// The first among the nearest so many processes above this one, by what they run: `timeout`,
/// `sudo` and the like may stand between.
pub(crate) fn first_above<T>(most: usize, wanted: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut id = parent_id();
    for _ in 0..most {
        let (name, parent) = told::program(id)?;
        if let Some(found) = wanted(&name) {
            return Some(found);
        }
        id = parent;
    }
    None
}

/// A program and what it has started: its process group, or else the processes below it.
pub(crate) struct Everything {
    group: Option<Pid>,
    processes: Vec<Pid>,
}

impl Everything {
    /// What was started by the process of this number, as it is now.
    pub(crate) fn of(id: Option<u32>, group: Group) -> Everything {
        let leader = id.and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let processes = match (id, group) {
            (Some(id), Group::Shared) => process_tree::below(id, &told::all()),
            _ => Vec::new(),
        };
        Everything {
            group: leader.filter(|_| group == Group::Own),
            processes: processes
                .into_iter()
                .filter_map(|id| Pid::from_raw(i32::try_from(id).ok()?))
                .collect(),
        }
    }

    /// What has just ended needs no signal any more.
    pub(crate) fn signal(&self, stop: Stop) {
        let signal = match stop {
            Stop::Ask => Signal::TERM,
            Stop::Force => Signal::KILL,
        };
        if let Some(group) = self.group {
            let _ = kill_process_group(group, signal);
        }
        for process in &self.processes {
            let _ = kill_process(*process, signal);
        }
    }

    pub(crate) fn is_there(&self) -> bool {
        self.group
            .is_some_and(|group| test_kill_process_group(group).is_ok())
            || self
                .processes
                .iter()
                .any(|process| test_kill_process(*process).is_ok())
    }
}

/// The process that started this one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parent(Option<Pid>);

impl Parent {
    /// To be made early: whoever has gone before that is not missed.
    pub(crate) fn here() -> Parent {
        Parent(getppid())
    }

    /// The number of that process, where processes have one.
    pub(crate) fn pid(self) -> Option<i32> {
        self.0.map(Pid::as_raw_pid)
    }

    /// What that process is called, where the system tells.
    pub(crate) fn name(self) -> Option<String> {
        told::name(self.pid()?)
    }

    /// Whether nobody reads stdout any more, or the process that started this one has ended.
    pub(crate) fn has_gone(self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let stdout = std::io::stdout();
        let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
        let at_once = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let looked = poll(&mut watched, Some(&at_once)).is_ok();
        let unread = looked
            && watched[0]
                .revents()
                .intersects(PollFlags::ERR | PollFlags::HUP);
        unread || getppid() != self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_among_all() {
        let own = std::process::id();
        assert!(told::all().contains(&(own, parent_id())));
    }
}
