//! Unix or Windows, as a value: rules and hints for both are tested everywhere.

/// Whose rules hold, and whose commands a hint names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Platform {
    Unix,
    Windows,
}

/// What this program was built for.
pub(crate) const HERE: Platform = if cfg!(windows) {
    Platform::Windows
} else {
    Platform::Unix
};
