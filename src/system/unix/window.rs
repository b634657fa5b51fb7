//! What a terminal can show.

pub(crate) use std::os::fd::AsFd as Terminal;

/// Columns and rows; `None` where it is no terminal, or one that does not say.
pub(crate) fn size(of: impl Terminal) -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(of).ok()?;
    Some((size.ws_col.into(), size.ws_row.into())).filter(|(columns, _)| *columns > 0)
}

/// Whether it understands the sequences that colours and progress are made of: all do but those
/// that `TERM` calls dumb, which is looked at elsewhere.
pub(crate) fn understands_vt() -> bool {
    true
}
