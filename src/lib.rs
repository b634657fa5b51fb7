//! xacct: a cross-account credential broker for AWS.
//!
//! The modules stand in dependency order: each uses only modules above it (a unit test in `layers`
//! holds them to it). Read the list and you know where everything is.

#[cfg(not(any(unix, windows)))]
compile_error!("xacct runs on Linux, macOS and other Unix systems, and on Windows");

// What everything may use; `system` alone asks which system it is, `env` is the only reader of the environment, `say` the only speaker.
mod system;
mod masked;
mod error;
mod secret;
mod env;
mod path_search;
mod arn;
mod region;
mod duration;
mod window;
mod say;
mod credentials;
// Text in, values out.
mod config;
mod role_options;
mod plan;
mod select;
mod shell_state;
mod issuance;
mod policy;
mod console;
mod render;
mod doctor;
mod picker;
mod cli;
// Effects, one kind each.
mod runtime;
mod http;
mod files;
mod cache;
mod audit;
mod refusal;
mod terminal;
mod browser;
mod desktop;
mod lock_wait;
mod capture;
mod keyring;
mod mfa;
mod aws;
mod sso;
mod source;
// Joins.
mod broker;
mod serve;
mod sandbox;
// Thin.
mod commands;

#[cfg(test)]
mod layers;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs xacct with these arguments (the program's name first) and gives its exit status: 0 done, 1
/// other failure, 2 usage, 3 configuration, 4 AWS refused, 5 you are needed, 6 AWS could not be
/// reached.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    commands::run(args)
}
