//! Windows: access control lists, a process tree to look through, a console.

mod lists;
mod replace;
mod running;
pub(crate) mod access;
pub(crate) mod foreground;
pub(crate) mod open;
pub(crate) mod processes;
pub(crate) mod signals;
pub(crate) mod user;
pub(crate) mod window;
