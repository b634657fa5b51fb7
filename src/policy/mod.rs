//! What must be allowed so that a profile's role can be assumed: by the account that has the role
//! (its trust policy), and by the account that assumes it (a policy of the caller's).
//!
//! Pure: a plan in, documents out. How a document is written down is `render`'s, and asking AWS who
//! the caller is, where the files do not say, the command's.

mod tree;
mod caller;
mod hop;
mod document;

#[cfg(test)]
mod tests;

pub(crate) use caller::{Caller, Principal};
pub(crate) use document::{caller_policy, trust_policy};
pub(crate) use hop::Hop;
pub(crate) use tree::Tree;
