//! The terminal's foreground, for a run whose stdout a shell at its prompt evaluates. The shell
//! shares it, and so gets every Ctrl-C as well; it then drops what xacct prints, which would have
//! taken its last account out. While xacct waits it therefore has the foreground for itself, with
//! the programs that it starts.
//!
//! A script shares its foreground too, but Ctrl-C is to end it: it is left as it is.

use std::fs::File;
use std::io;
use std::sync::{Mutex, PoisonError};

use nix::sys::signal::{SigSet, Signal};
use rustix::process::{Pid, getpgrp, getpid, setpgid};
use rustix::termios::{tcgetpgrp, tcsetpgrp};

use super::told;

/// What was taken. Of the process, as its group is.
static TAKEN: Mutex<Option<TakenTerminal>> = Mutex::new(None);

struct TakenTerminal {
    tty: File,
    /// The shell's group, which was this process's too.
    shell: Pid,
}

/// Takes the foreground from a shell at its prompt; where there is none, or it cannot be had,
/// all stays as it is. Threads that were started before would still be stopped by Ctrl-Z.
pub(crate) fn take() {
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    if taken.is_none() {
        *taken = from_shell();
    }
}

/// Gives it back, for the shell to evaluate what it was told. To be done on every way out.
pub(crate) fn give_back() {
    let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(TakenTerminal { tty, shell }) = taken else {
        return;
    };
    // Whoever has it now: a program that took it from this one may have ended without a word.
    let _ = tcsetpgrp(&tty, shell);
    let _ = setpgid(None, Some(shell));
}

/// Whether the shell gets no Ctrl-C now.
pub(crate) fn is_taken() -> bool {
    TAKEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .is_some()
}

fn from_shell() -> Option<TakenTerminal> {
    let tty = File::open("/dev/tty").ok()?;
    let shell = getpgrp();
    let is_shared = shell != getpid() && tcgetpgrp(&tty).is_ok_and(|group| group == shell);
    if !is_shared || !has_jobs(shell) {
        return None;
    }
    held_open().ok()?;
    setpgid(None, None).ok()?;
    if tcsetpgrp(&tty, getpid()).is_err() {
        let _ = setpgid(None, Some(shell));
        return None;
    }
    Some(TakenTerminal { tty, shell })
}

/// From here to the end, Ctrl-Z does not stop this process, nor does the terminal for a change
/// from the background: the shell waits for the end of stdout and would never notice. Programs
/// that are started get them as ever.
fn held_open() -> io::Result<()> {
    let mut stops = SigSet::empty();
    stops.add(Signal::SIGTSTP);
    stops.add(Signal::SIGTTOU);
    stops.thread_block().map_err(io::Error::from)
}

/// Whether the first of the group is a shell at its prompt, which sees to the foreground of its
/// jobs. It has to ignore SIGTTOU for that; a script does not.
fn has_jobs(group: Pid) -> bool {
    let Some(ignored) = told::ignored_signals(group.as_raw_pid()) else {
        return false;
    };
    ignored & (1 << (rustix::process::Signal::TTOU.as_raw() - 1)) != 0
}
