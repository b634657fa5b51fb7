//! STS through aws-sdk-sts: one client, three calls, and its errors in words that decide something.
//!
//! What to send is `plan`'s; when, and what a refusal means to a person, is `broker`'s.

mod endpoint;
mod failure;
mod client;
mod sts;

pub(crate) use endpoint::url as endpoint_url;
pub(crate) use failure::Failure;
pub(crate) use sts::{Answer, Identity, Sts};
