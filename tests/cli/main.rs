//! Every test that runs the program, in one binary: linked once, with one harness.

// A test tells what happens from its first line to its last, however long that is.
#![allow(clippy::too_many_lines)]
#![cfg_attr(
    windows,
    allow(
        dead_code,
        unused_imports,
        reason = "what only the tests with a Unix shell use"
    )
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "this is test code; clippy knows only #[test]"
)]

mod common;

mod add;
mod add_sources;
mod adopt;
mod assume;
mod audit;
mod bounded_waits;
mod cache;
mod callers;
mod child_files;
mod child_settings;
mod clear;
mod config_show;
mod conformance_chain;
mod conformance_locations;
mod connections;
mod console;
mod console_browser;
mod credential_process;
mod credentials_checked;
mod denials;
mod diffs;
mod disk;
mod dist;
mod doctor;
mod doctor_lines;
mod doctor_machine;
mod doctor_network;
mod doctor_profiles;
mod each;
mod each_ends;
mod each_many;
mod each_person;
mod endpoints;
mod exec;
mod exec_aws;
mod explain;
mod export;
mod given_codes;
mod guards_elsewhere;
mod guards_unread;
mod import;
mod in_time;
mod init;
mod init_hooks;
mod init_tmux;
mod json_errors;
mod keys;
mod keys_stores;
mod list;
mod login;
mod login_aws;
mod login_sso;
mod logout;
mod mfa;
mod never_dropped;
mod odd_files;
mod picker;
mod picture;
mod policy;
mod policy_pipe;
mod process_mfa;
mod prompt;
mod prompters;
mod pages;
mod refusals;
mod renewal;
mod resolution;
mod sandbox;
mod sandbox_clients;
mod sandbox_identity_center;
mod sandbox_server;
mod sandbox_tour;
mod sdks;
mod serve;
mod settings;
mod shell_model;
mod shell_state;
mod shells;
mod shells_assume;
mod sign_in_spellings;
mod sign_ins;
mod single_flight;
mod source_ecs;
mod source_login;
mod source_process;
mod source_web_identity;
mod sources;
mod speech;
mod sso;
mod sso_person;
mod strange_answers;
mod sync_organizations;
mod sync_sso;
mod trust;
mod unknown_profiles;
mod whoami;
mod windows;
