//! What is different on Unix and on Windows: one module a concern, with the same functions in both
//! folders, so that nobody below this module has to ask which system it is. What differs between
//! Linux and other Unix systems is one file in `unix`.
//!
//! The calls of the system are made by crates that wrap them; here is what xacct wants from them.
//! Everything is best effort in the same way everywhere: the callers say what they could not have.

mod process_tree;
#[cfg(any(windows, test))]
mod ancestors;
#[cfg(any(windows, test))]
mod sddl;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as here;
#[cfg(windows)]
use windows as here;

pub(crate) use here::{access, foreground, open, processes, signals, user, window};

/// Which process group a program runs in, where there are such groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// xacct's, which Ctrl-C on the terminal reaches.
    Shared,
    Own,
}

/// How a program is made to end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stop {
    Ask,
    Force,
}

/// Why a directory is not this user's alone to write to, and for whom it is.
pub(crate) enum Open {
    Foreign(String),
    Writable(String),
}

/// Who owns something and who else can open it: by mode, or by name where there are lists.
pub(crate) struct Access {
    /// The owner, where that is neither this user nor one that may do everything.
    pub(crate) foreign: Option<String>,
    /// Whether it is this user's, who may change who can open it.
    pub(crate) is_ours: bool,
    pub(crate) mode: Option<u32>,
    /// Whether the group is one of its owner alone.
    pub(crate) is_group_own: bool,
    pub(crate) readers: Vec<String>,
    pub(crate) writers: Vec<String>,
}

// Numbers that POSIX fixes; where there are no signals, Ctrl-C is the interrupt.
pub(crate) const HANG_UP: u8 = 1;
pub(crate) const INTERRUPT: u8 = 2;
pub(crate) const QUIT: u8 = 3;
pub(crate) const TERMINATE: u8 = 15;
