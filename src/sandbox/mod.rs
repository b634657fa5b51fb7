//! A strict STS, Identity Center and AWS Sign-In on loopback: what AWS would refuse, they refuse,
//! in AWS's words. It serves `xacct sandbox`, for people who want to try xacct, and the tests,
//! which use nothing else.
//!
//! Everything but `server` is values in, values out; the clock is an argument.

// What there is.
mod random;
mod totp;
mod center;
pub(crate) mod world;
mod answer;
mod sign_in;
mod signin_token;
mod logins;
mod state;
// What a request is held against.
mod sigv4;
mod params;
mod policy;
mod web_identity;
mod route;
mod sts;
mod oidc;
mod portal;
mod organizations;
mod account;
mod federation;
mod dpop;
mod login_page;
mod login;
// What else can happen to one.
mod faults;
mod desk;
mod control;
// The one that listens, and the directory it is used from.
pub(crate) mod server;
pub(crate) mod home;
// The one that asks it.
pub(crate) mod client;
