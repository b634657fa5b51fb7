//! What `ps` says of processes, which every Unix has.

use std::process::Command;

/// Each process with its parent.
pub(super) fn all() -> Vec<(u32, u32)> {
    let text = said(&["-axo", "pid=,ppid="]).unwrap_or_default();
    let pairs = text.lines().filter_map(|line| {
        let mut numbers = line.split_whitespace().map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    });
    pairs.collect()
}

/// What a process runs, and the number of the one above it.
pub(super) fn program(id: u32) -> Option<(String, u32)> {
    let line = said(&["-o", "ppid=,comm=", "-p", &id.to_string()])?;
    let (parent, name) = line.trim().split_once(char::is_whitespace)?;
    Some((name.trim().to_owned(), parent.parse().ok()?))
}

/// What the process is called.
pub(super) fn name(id: i32) -> Option<String> {
    let path = said(&["-o", "comm=", "-p", &id.to_string()])?;
    let name = std::path::Path::new(path.trim()).file_name()?;
    Some(name.to_str()?.to_owned())
}

/// Whether a process is stopped (Ctrl-Z, SIGSTOP).
pub(crate) fn is_stopped(id: u32) -> bool {
    let state = said(&["-o", "stat=", "-p", &id.to_string()]);
    state.is_some_and(|state| state.trim_start().starts_with('T'))
}

/// The signals that a process ignores, a bit each.
pub(super) fn ignored_signals(id: i32) -> Option<u64> {
    let mask = said(&["-o", "ignored=", "-p", &id.to_string()])?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// There is no such thing here.
pub(crate) fn keep_out_of_core_dumps() {}

fn said(arguments: &[&str]) -> Option<String> {
    let output = Command::new("ps").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()
}
