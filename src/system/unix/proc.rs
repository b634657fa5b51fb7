//! What Linux says of processes, in `/proc`.

use std::fs::{read, read_link, read_to_string};

/// Each process with its parent.
pub(super) fn all() -> Vec<(u32, u32)> {
    let Ok(listed) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let numbers = listed
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers
        .filter_map(|id| Some((id, Stat::of(&id.to_string())?.parent)))
        .collect()
}

/// What a process runs, and the number of the one above it.
pub(super) fn program(id: u32) -> Option<(String, u32)> {
    let stat = Stat::of(&id.to_string())?;
    // The executable: in a script, the process is called by the script's name. Another user's is
    // not shown.
    let program = read_link(format!("/proc/{id}/exe")).ok();
    let program = program.and_then(|path| path.into_os_string().into_string().ok());
    let name = match program {
        Some(path) if is_many(&path) => applet(id).unwrap_or(path),
        Some(path) => path,
        None => stat.name,
    };
    Some((name, stat.parent))
}

/// One executable for many commands, of which only some are shells.
fn is_many(path: &str) -> bool {
    ["busybox", "toybox"].iter().any(|name| {
        path.rsplit('/')
            .next()
            .is_some_and(|file| file.starts_with(name))
    })
}

fn applet(id: u32) -> Option<String> {
    let line = read(format!("/proc/{id}/cmdline")).ok()?;
    let mut words = line
        .split(|byte| *byte == 0)
        .filter_map(|word| std::str::from_utf8(word).ok());
    words
        .find(|word| !is_many(word))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

/// What the process is called.
pub(super) fn name(id: i32) -> Option<String> {
    let name = read_to_string(format!("/proc/{id}/comm")).ok()?;
    Some(name.trim_end().to_owned())
}

/// Whether an xacct is stopped (Ctrl-Z, SIGSTOP). A process of another name is none: the number is
/// of another container, perhaps.
pub(crate) fn is_stopped(id: u32) -> bool {
    match (Stat::of(&id.to_string()), Stat::of("self")) {
        (Some(it), Some(own)) => it.name == own.name && matches!(it.state, 'T' | 't'),
        _ => false,
    }
}

/// The signals that a process ignores, a bit each.
pub(super) fn ignored_signals(id: i32) -> Option<u64> {
    let status = read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

pub(crate) fn keep_out_of_core_dumps() {
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// The beginning of `/proc/ID/stat`: `12 (name) S 1 …`.
struct Stat {
    name: String,
    state: char,
    parent: u32,
}

impl Stat {
    fn of(process: &str) -> Option<Stat> {
        let stat = read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name may have parentheses itself.
        let (before, behind) = stat.rsplit_once(')')?;
        let mut words = behind.split_whitespace();
        Some(Stat {
            name: before.split_once('(')?.1.to_owned(),
            state: words.next()?.chars().next()?,
            parent: words.next()?.parse().ok()?,
        })
    }
}
