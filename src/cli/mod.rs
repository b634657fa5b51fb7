//! The command line: every command and option, its help and its environment variable. Declarations
//! only; what the commands do is in `commands`.
//!
//! `args` has what several commands share, `command` and the modules named after them the commands
//! themselves, `examples` what their help ends with, `parse` turns arguments into a [`Cli`],
//! `complete` knows which of them name a profile, and `completion` answers the shells.

mod args;
mod examples;
mod profiles;
mod each;
mod init;
mod sync;
mod doctor;
mod audit;
mod serve;
mod export;
mod policy;
mod console;
mod command;
mod complete;
mod completion;
mod parse;

#[cfg(test)]
mod man;
#[cfg(test)]
mod man_config;
#[cfg(test)]
mod drift;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod variable_tests;

pub(crate) use args::Asking;
pub(crate) use args::Overrides;
pub(crate) use args::Target;
pub(crate) use audit::Audit;
pub(crate) use command::Assume;
pub(crate) use command::Clear;
pub(crate) use command::Cli;
pub(crate) use command::Command;
pub(crate) use command::ConfigAction;
pub(crate) use command::ConfigShow;
pub(crate) use command::CredentialProcess;
pub(crate) use command::Exec;
pub(crate) use command::Explain;
pub(crate) use command::List;
pub(crate) use command::Login;
pub(crate) use command::Logout;
pub(crate) use command::Sandbox;
pub(crate) use command::SandboxAction;
pub(crate) use command::Unset;
pub(crate) use command::Whoami;
pub(crate) use complete::whole;
pub(crate) use complete::with_profile_completer;
pub(crate) use completion::Completing;
pub(crate) use completion::Question;
pub(crate) use console::Console;
pub(crate) use doctor::Doctor;
pub(crate) use each::Each;
pub(crate) use each::Output;
pub(crate) use each::Roles;
pub(crate) use each::Shard;
pub(crate) use export::ExportAction;
pub(crate) use export::ExportAesr;
pub(crate) use init::Init;
pub(crate) use parse::NO_INPUT_VARIABLE;
pub(crate) use parse::Wanted;
pub(crate) use parse::parse;
pub(crate) use parse::runs_a_command;
pub(crate) use parse::statements_wanted;
pub(crate) use parse::unpicked;
pub(crate) use policy::PolicyAction;
pub(crate) use policy::PolicyCaller;
pub(crate) use policy::PolicyLink;
pub(crate) use policy::PolicyTrust;
pub(crate) use profiles::Add;
pub(crate) use profiles::Adopt;
pub(crate) use serve::Serve;
pub(crate) use sync::{SyncAction, SyncOrganizations, SyncSso, Syncing};
