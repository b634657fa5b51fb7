//! Consoles know no foreground: nothing is taken, and nothing is given back.

pub(crate) fn take() {}

pub(crate) fn give_back() {}

pub(crate) fn is_taken() -> bool {
    false
}
