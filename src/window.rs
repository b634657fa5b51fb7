//! How large the window of a terminal is.

#[cfg(unix)]
use std::os::fd::AsFd as Terminal;

#[cfg(windows)]
use std::io::IsTerminal as Terminal;

/// Columns and rows; `None` where it is no terminal, or one that does not say.
#[cfg(unix)]
pub(crate) fn size(of: impl Terminal) -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(of).ok()?;
    Some((size.ws_col.into(), size.ws_row.into())).filter(|(columns, _)| *columns > 0)
}

#[cfg(windows)]
pub(crate) fn size(of: impl Terminal) -> Option<(usize, usize)> {
    of.is_terminal().then(console_size)?
}

/// Of the one console that a process can have.
#[cfg(windows)]
pub(crate) fn console_size() -> Option<(usize, usize)> {
    let (columns, rows) = crossterm::terminal::size().ok()?;
    Some((columns.into(), rows.into())).filter(|(columns, _)| *columns > 0)
}

pub(crate) fn columns(of: impl Terminal) -> Option<usize> {
    size(of).map(|(columns, _)| columns)
}
