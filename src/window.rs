//! How large the window of a terminal is.

pub(crate) use crate::system::window::{Terminal, size};

pub(crate) fn columns(of: impl Terminal) -> Option<usize> {
    size(of).map(|(columns, _)| columns)
}
