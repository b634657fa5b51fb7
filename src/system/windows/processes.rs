//! Programs: how one is run, what it has started, how it ends; and the processes above this one.

use std::ffi::OsStr;
use std::io;
use std::os::windows::process::CommandExt;
use std::process::{Command, ExitStatus};

use super::running;
use crate::system::{Group, Stop, ancestors, process_tree};

pub(crate) use running::has_unix_terminal;

/// cmd takes what is between the first quote and the last one as it stands, and has no other way of
/// quoting; `/D` leaves out what the registry would run first.
pub(crate) fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    shell.raw_arg(format!("/D /S /C \"{command}\""));
    shell
}

/// Ctrl-C goes to all that use the console.
pub(crate) fn in_own_group(_: &mut Command) {}

/// A program has no name but its path's.
pub(crate) fn called(_: &mut Command, _: &OsStr) {}

/// Runs it in place of this process, which no program can be replaced by here.
///
/// Errors: it cannot be run.
pub(crate) fn become_command(command: &mut Command) -> io::Result<ExitStatus> {
    command.status()
}

/// None is ended by a signal.
pub(crate) fn signal_of(_: ExitStatus) -> Option<i32> {
    None
}

/// There are no signals to send.
pub(crate) fn send(_: Option<u32>, _: u8) {}

/// There is no limit.
pub(crate) fn most_open_files() -> Option<u64> {
    None
}

/// Processes are not stopped.
pub(crate) fn is_stopped(_: u32) -> bool {
    false
}

/// None is written unless somebody has asked for it.
pub(crate) fn keep_out_of_core_dumps() {}

/// The first among the nearest so many processes above this one, by the name of its program.
pub(crate) fn first_above<T>(most: usize, wanted: impl Fn(&str) -> Option<T>) -> Option<T> {
    let processes = running::all();
    let above = ancestors::above(std::process::id(), &processes, &running::started);
    above.into_iter().take(most).find_map(wanted)
}

/// A program and what it has started.
pub(crate) struct Everything(Vec<u32>);

impl Everything {
    /// What was started by the process of this number, as it is now.
    pub(crate) fn of(id: Option<u32>, _: Group) -> Everything {
        let all = running::all();
        let pairs: Vec<(u32, u32)> = all.iter().map(|one| (one.id, one.parent)).collect();
        let processes = id.map(|id| process_tree::below(id, &pairs));
        Everything(processes.unwrap_or_default())
    }

    /// Windows has no signal that asks a program to end: all of them end at once.
    pub(crate) fn signal(&self, _: Stop) {
        self.0.iter().copied().for_each(running::end);
    }

    pub(crate) fn is_there(&self) -> bool {
        self.0.iter().copied().any(running::is_there)
    }
}

/// The process that started this one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parent(Option<u32>);

impl Parent {
    /// To be made early: whoever has gone before that is not missed.
    pub(crate) fn here() -> Parent {
        let (own, processes) = (std::process::id(), running::all());
        let found = processes.iter().find(|process| process.id == own);
        Parent(found.map(|process| process.parent))
    }

    pub(crate) fn pid(self) -> Option<i32> {
        i32::try_from(self.0?).ok()
    }

    /// What that process is called, without `.exe`.
    pub(crate) fn name(self) -> Option<String> {
        let mut all = running::all().into_iter();
        let name = all.find(|process| Some(process.id) == self.0)?.name;
        Some(name.strip_suffix(".exe").unwrap_or(&name).to_owned())
    }

    /// Whether the process that started this one has ended. Nothing tells whether anybody still
    /// reads a pipe.
    pub(crate) fn has_gone(self) -> bool {
        self.0.is_some_and(|id| !running::is_there(id))
    }
}
