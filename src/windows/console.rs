//! The console as an output: whether it understands VT sequences, which colours are made of.

/// Switches VT sequences on, as Windows 10 and later can, and tells whether they are understood.
pub(crate) fn understands_vt() -> bool {
    crossterm::ansi_support::supports_ansi()
}
