//! Values to text for stdout: shell statements, the other formats of `assume`, tables, policies.
//! Nothing here decides what is said, and nothing here knows where it goes: every renderer writes
//! to an `impl Write` or returns text.

pub(crate) mod shell;
pub(crate) mod init;
pub(crate) mod formats;
pub(crate) mod table;
pub(crate) mod diff;
pub(crate) mod policy;
pub(crate) mod aesr;
pub(crate) mod clipboard;
