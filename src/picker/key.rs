//! Keys, whatever a terminal or a console sends for them.

/// What a person can press here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Char(char),
    Enter,
    Escape,
    /// Ctrl-C, and Ctrl-\ with it.
    Interrupt,
    /// Ctrl-D
    End,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Backspace,
    /// Ctrl-W
    EraseWord,
    /// Ctrl-U
    EraseLine,
    /// Anything else: nothing happens.
    Other,
}
