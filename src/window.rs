//! How large the window of a terminal is.

#[cfg(unix)]
use std::os::fd::AsFd as Terminal;

/// Anything: none is asked here.
#[cfg(not(unix))]
pub(crate) trait Terminal {}

#[cfg(not(unix))]
impl<T> Terminal for T {}

/// Columns and rows; `None` where it is no terminal, or one that does not say.
pub(crate) fn size(of: impl Terminal) -> Option<(usize, usize)> {
    #[cfg(unix)]
    {
        let size = rustix::termios::tcgetwinsize(of).ok()?;
        Some((size.ws_col.into(), size.ws_row.into())).filter(|(columns, _)| *columns > 0)
    }
    #[cfg(not(unix))]
    {
        let _ = of;
        None
    }
}

pub(crate) fn columns(of: impl Terminal) -> Option<usize> {
    size(of).map(|(columns, _)| columns)
}
