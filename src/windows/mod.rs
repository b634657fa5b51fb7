//! What only Windows has: access control lists, a process tree to look through, a console. The
//! calls of the system are made by crates that wrap them; here is what xacct wants from them.
//!
//! Everything is best effort in the same way as on Unix: the callers say what they could not have.

pub(crate) mod access;
pub(crate) mod console;
pub(crate) mod processes;
pub(crate) mod replace;
