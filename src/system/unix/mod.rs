//! Unix: owners and modes, process groups and signals, terminals.

// What a process does is told by /proc, or else by ps.
#[cfg(target_os = "linux")]
mod proc;
#[cfg(not(target_os = "linux"))]
mod ps;
#[cfg(target_os = "linux")]
use proc as told;
#[cfg(not(target_os = "linux"))]
use ps as told;

pub(crate) mod access;
pub(crate) mod foreground;
pub(crate) mod open;
pub(crate) mod processes;
pub(crate) mod signals;
pub(crate) mod user;
pub(crate) mod window;
