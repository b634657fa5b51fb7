//! The terminal of the person at it, whatever stdin, stdout and stderr are: one answer to one
//! question, hidden or shown. What is asked, and what an answer means, is left to those who ask.
//!
//! The terminal is set otherwise only while an answer is awaited, without echo for a hidden one,
//! and is as it was on every way out: an answer, Ctrl-C, Ctrl-D, a signal, or the future being
//! dropped. rpassword edits a hidden line; it is not left to switch the terminal, because on Ctrl-C
//! it raises SIGINT while echo is still off, and a signal from elsewhere would find it off too.

mod answer;
mod caller;
mod signals;
#[cfg(windows)]
mod console;
#[cfg(unix)]
mod tty;
#[cfg(unix)]
mod list;

pub(crate) use crate::system::foreground::{give_back, is_taken, take};
pub(crate) use answer::{BACKGROUND, TO_FOREGROUND, Unanswered, is_yes};
pub(crate) use caller::CallingProgram;
#[cfg(windows)]
pub(crate) use console::{
    Kept, ask_hidden, ask_shown, available, hush, in_background, pick, screen, tell,
};
#[cfg(unix)]
pub(crate) use list::pick;
pub(crate) use signals::{Signals, finishing, interruptible, unless};
#[cfg(unix)]
pub(crate) use tty::{
    Kept, ask_hidden, ask_shown, available, hush, in_background, name, screen, tell,
};
