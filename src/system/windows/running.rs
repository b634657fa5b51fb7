//! The processes that there are, and which started which.

use winsafe::{HPROCESS, HPROCESSLIST, co};

use crate::system::ancestors::Process;

/// All of them; none where the system does not say.
pub(crate) fn all() -> Vec<Process> {
    let listed = HPROCESSLIST::CreateToolhelp32Snapshot(co::TH32CS::SNAPPROCESS, None);
    let Ok(mut listed) = listed else {
        return Vec::new();
    };
    let entries = listed.iter_processes().filter_map(Result::ok);
    entries
        .map(|entry| Process {
            id: entry.th32ProcessID,
            parent: entry.th32ParentProcessID,
            name: entry.szExeFile(),
        })
        .collect()
}

/// When the process was started, in the system's own count: numbers are given again when a process
/// has ended, so one that is younger than its child is not its parent.
pub(crate) fn started(id: u32) -> Option<u64> {
    let process = HPROCESS::OpenProcess(co::PROCESS::QUERY_LIMITED_INFORMATION, false, id).ok()?;
    let (created, ..) = process.GetProcessTimes().ok()?;
    Some(u64::from(created.dwHighDateTime) << 32 | u64::from(created.dwLowDateTime))
}

/// Whether the process is there, and has not ended.
pub(crate) fn is_there(id: u32) -> bool {
    let process = match HPROCESS::OpenProcess(co::PROCESS::SYNCHRONIZE, false, id) {
        Ok(process) => process,
        // One of an administrator is there all the same.
        Err(error) => return error == co::ERROR::ACCESS_DENIED,
    };
    matches!(process.WaitForSingleObject(Some(0)), Ok(co::WAIT::TIMEOUT))
}

/// Ends the process at once. One that has ended needs nothing.
pub(crate) fn end(id: u32) {
    if let Ok(process) = HPROCESS::OpenProcess(co::PROCESS::TERMINATE, false, id) {
        let _ = process.TerminateProcess(1);
    }
}

/// Whether stdin, stdout or stderr is a terminal of Git Bash or the like, which is no console: to
/// Windows it is a pipe, and nobody sees what a program asks on the console that is hidden behind
/// it.
pub(crate) fn has_unix_terminal() -> bool {
    use std::io::{IsTerminal, stderr, stdin, stdout};
    let streams = [
        (stdin().is_terminal(), co::STD_HANDLE::INPUT),
        (stdout().is_terminal(), co::STD_HANDLE::OUTPUT),
        (stderr().is_terminal(), co::STD_HANDLE::ERROR),
    ];
    streams
        .into_iter()
        .any(|(is_terminal, stream)| is_terminal && !is_console(stream))
}

fn is_console(stream: co::STD_HANDLE) -> bool {
    let Ok(mut guard) = winsafe::HSTD::GetStdHandle(stream) else {
        return false;
    };
    // Taken out of its guard, which would close it: it is the process's own.
    guard.leak().GetConsoleMode().is_ok()
}
