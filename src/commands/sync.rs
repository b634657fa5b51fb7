//! `xacct sync`: profiles for the accounts that somebody else keeps a list of. One file for each source; `update` writes
//! what they find, and `choice` is what a person wants of it.

mod choice;
mod tags;
mod update;
pub(super) mod sso;
pub(super) mod organizations;
