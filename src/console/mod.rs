//! Addresses of the AWS console: which hosts a partition has, where a service is, how one gets
//! signed in there, and what a browser is told to open them.
//!
//! Pure: nothing is opened or asked here.

mod partition;
mod service;
mod federation;
mod identity_center;
mod switch_role;
mod open;

pub(crate) use federation::{login_address, token_address};
pub(crate) use identity_center::identity_center;
pub(crate) use open::{chromium, firefox, profile_directory};
pub(crate) use partition::PartitionConsole;
pub(crate) use switch_role::{Look, conditions as switch_role_conditions, switch_role};
