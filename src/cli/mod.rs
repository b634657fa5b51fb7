//! The command line: every command and option, its help and its environment variable. Declarations
//! only; what the commands do is in `commands`.
//!
//! [`Command`] lists the commands; their options are in `command` and in the modules named after
//! them. `args` has what several commands share, `examples` what their help ends with, `parse`
//! turns arguments into a [`Cli`], `usage_error` says what is wrong with them, `complete` knows which of them name a profile, and `completion`
//! answers the shells.

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
mod keys;
mod policy;
mod console;
mod command;
mod complete;
mod completion;
mod parse;
mod usage_error;

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
pub(crate) use args::Target;
pub(crate) use args::Writing;
pub(crate) use audit::Audit;
pub(crate) use command::Assume;
pub(crate) use command::Clear;
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
pub(crate) use completion::CompletionQuery;
pub(crate) use console::Console;
pub(crate) use doctor::Doctor;
pub(crate) use each::Each;
pub(crate) use each::Output;
pub(crate) use each::Shard;
pub(crate) use export::ExportAction;
pub(crate) use export::ExportAesr;
pub(crate) use init::Init;
pub(crate) use keys::KeysAction;
pub(crate) use keys::KeysAdd;
pub(crate) use keys::KeysExport;
pub(crate) use keys::KeysImport;
pub(crate) use keys::KeysList;
pub(crate) use keys::KeysRemove;
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
pub(crate) use profiles::Import;
pub(crate) use serve::Serve;
pub(crate) use sync::{SyncAction, SyncOrganizations, SyncSso, Syncing};
pub(crate) use usage_error::json_wanted;
pub(crate) use usage_error::usage_error;

use args::Speaking;
use command::Config;
use export::Export;
use keys::Keys;
use policy::Policy;
use sync::Sync;

/// Get temporary credentials for your AWS profiles
///
/// xacct reads the profiles in ~/.aws/config and gets temporary credentials for them from STS:
/// AssumeRole with an external ID and MFA, role chains, IAM Identity Center. It caches the
/// credentials and hands them to shells, commands and SDKs. One MFA code a day serves all roles.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "xacct", bin_name = "xacct", after_help = examples::XACCT)]
#[command(
    version,
    long_version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("XACCT_BUILD"), ")")
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) speaking: Speaking,
    /// Which of the role overrides stood in a variable, and not on the command line: their
    /// variables.
    #[arg(skip)]
    pub(crate) by_variable: Vec<&'static str>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

// Deferred: only the command that is asked for is built. All of them together cost more than
// everything else that a cached answer takes; the first lines stand here for `xacct --help`.
#[derive(Debug, Clone, clap::Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// Put credentials into your shell (use with eval)
    Assume(Assume),
    /// Remove credentials from your shell (use with eval)
    Unset(Unset),
    /// Run a command with a profile's credentials
    Exec(Exec),
    /// Run a command in many accounts, in parallel
    Each(Box<Each>),
    /// Print credentials as JSON for the AWS SDKs
    #[command(alias = "credential_process")]
    CredentialProcess(CredentialProcess),
    /// Serve credentials to containers and long-running commands
    Serve(Serve),
    /// Open the AWS console, signed in as a profile
    Console(Console),
    /// Show whose credentials these are (GetCallerIdentity)
    Whoami(Whoami),
    /// List profiles and what is cached for them
    #[command(visible_alias = "ls")]
    List(List),
    /// Show how xacct would get a profile's credentials
    Explain(Explain),
    /// Show the configuration
    Config(Config),
    /// Find problems in profiles, keys, permissions and network
    Doctor(Doctor),
    /// Sign in to IAM Identity Center, or start an MFA session
    Login(Login),
    /// Sign out and delete the cached credentials
    Logout(Logout),
    /// Delete cached credentials
    Clear(Clear),
    /// Add a profile
    Add(Add),
    /// Make the AWS CLI and SDKs get a profile through xacct
    Adopt(Adopt),
    /// Turn what another tool has written into plain profiles
    Import(Import),
    /// Keep access keys in the keyring, not in a file
    Keys(Keys),
    /// Write profiles from Identity Center or Organizations
    Sync(Sync),
    /// Print the IAM policies that a profile's role needs
    Policy(Policy),
    /// Export roles to other tools
    Export(Export),
    /// Print shell integration: assume without eval, completion
    Init(Init),
    /// Show which credentials were issued, and to which process
    Audit(Audit),
    /// Try xacct without an AWS account, with a simulated STS
    Sandbox(Sandbox),
}

// Both name every command, so that a new one must say what it is.
impl Command {
    /// Whether `--json` was given, so that an error is printed as JSON too.
    pub(crate) fn prints_json(&self) -> bool {
        match self {
            Command::Whoami(asked) => asked.json,
            Command::List(asked) => asked.json,
            Command::Explain(asked) => asked.json,
            Command::Config(asked) => match &asked.action {
                ConfigAction::Show(asked) => asked.json,
            },
            Command::Doctor(asked) => asked.json,
            Command::Audit(asked) => asked.json,
            Command::Keys(asked) => {
                matches!(&asked.action, KeysAction::List(asked) if asked.json)
            }
            Command::Sandbox(asked) => {
                matches!(&asked.action, Some(SandboxAction::Log(asked)) if asked.json)
            }
            Command::Assume(_)
            | Command::Unset(_)
            | Command::Exec(_)
            | Command::Each(_)
            | Command::CredentialProcess(_)
            | Command::Serve(_)
            | Command::Console(_)
            | Command::Login(_)
            | Command::Logout(_)
            | Command::Clear(_)
            | Command::Add(_)
            | Command::Adopt(_)
            | Command::Import(_)
            | Command::Sync(_)
            | Command::Policy(_)
            | Command::Export(_)
            | Command::Init(_) => false,
        }
    }

    /// Whether it runs another command, whose exit status is then its own.
    pub(crate) fn runs_a_command(&self) -> bool {
        match self {
            Command::Exec(_) | Command::Each(_) => true,
            Command::Serve(asked) => !asked.command.is_empty(),
            Command::Assume(_)
            | Command::Unset(_)
            | Command::CredentialProcess(_)
            | Command::Console(_)
            | Command::Whoami(_)
            | Command::List(_)
            | Command::Explain(_)
            | Command::Config(_)
            | Command::Doctor(_)
            | Command::Login(_)
            | Command::Logout(_)
            | Command::Clear(_)
            | Command::Add(_)
            | Command::Adopt(_)
            | Command::Import(_)
            | Command::Keys(_)
            | Command::Sync(_)
            | Command::Policy(_)
            | Command::Export(_)
            | Command::Init(_)
            | Command::Audit(_)
            | Command::Sandbox(_) => false,
        }
    }
}
