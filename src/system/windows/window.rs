//! What the console can show.

pub(crate) use std::io::IsTerminal as Terminal;

/// Columns and rows; `None` where it is no terminal, or one that does not say.
pub(crate) fn size(of: impl Terminal) -> Option<(usize, usize)> {
    of.is_terminal().then(console_size)?
}

/// Of the one console that a process can have.
pub(crate) fn console_size() -> Option<(usize, usize)> {
    let (columns, rows) = crossterm::terminal::size().ok()?;
    Some((columns.into(), rows.into())).filter(|(columns, _)| *columns > 0)
}

/// Switches VT sequences on, which colours and progress are made of, as Windows 10 and later can,
/// and tells whether they are understood.
pub(crate) fn understands_vt() -> bool {
    crossterm::ansi_support::supports_ansi()
}
