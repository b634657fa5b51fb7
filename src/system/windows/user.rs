//! Users have no numbers here, and variables tell the rest.

pub(crate) fn number() -> Option<u32> {
    None
}

pub(crate) fn computer() -> Option<String> {
    None
}

pub(crate) fn account_name(_: u32) -> Option<String> {
    None
}
