//! Addresses of the AWS console: which hosts a partition has, where a service is, and how one gets signed in there.
//!
//! Pure: nothing is opened or asked here.

mod partition;
mod switch_role;

pub(crate) use switch_role::{Look, conditions as switch_role_conditions, switch_role};
