//! The commands, each with its own options and examples.

#![expect(
    clippy::doc_markdown,
    reason = "these are what --help shows, where backticks would stand as they are"
)]

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgAction;
use clap::ValueHint;
use clap::builder::BoolishValueParser;

use super::args::Asking;
use super::args::Speaking;
use super::args::Target;
use super::args::profile_needed;
use super::audit::Audit;
use super::console::Console;
use super::doctor::Doctor;
use super::each::Each;
use super::examples;
use super::export::Export;
use super::init::Init;
use super::policy::Policy;
use super::profiles::Add;
use super::profiles::Adopt;
use super::serve::Serve;
use super::sync::Sync;
use crate::render::formats::Format;
use crate::render::shell::Shell;

/// Hands out credentials for the roles in other AWS accounts that your profiles name
///
/// xacct reads the profiles in ~/.aws/config, gets temporary credentials for them from STS (AssumeRole with
/// an external ID and MFA, role chains), keeps them, and hands them to shells, programs and SDKs. One MFA
/// code serves a working day.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "xacct", bin_name = "xacct", version, after_help = examples::XACCT)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) speaking: Speaking,
    /// Which of the role overrides stood in a variable, and not on the command line: their variables.
    #[arg(skip)]
    pub(crate) by_variable: Vec<&'static str>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

// Deferred: only the command that is asked for is built. All of them together cost more than everything else
// that a cached answer takes; the first lines stand here for `xacct --help`.
#[derive(Debug, Clone, clap::Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// Print the shell statements that put a profile's credentials into this shell
    Assume(Assume),
    /// Print the shell statements that take the credentials out of this shell again
    Unset(Unset),
    /// Run a command with a profile's credentials in its environment
    Exec(Exec),
    /// Run a command in many accounts side by side
    Each(Box<Each>),
    /// Print the JSON that AWS SDKs ask a credential_process for
    #[command(alias = "credential_process")]
    CredentialProcess(CredentialProcess),
    /// Serve profiles' credentials to containers and long-running programs, always fresh
    Serve(Serve),
    /// Open the AWS console, signed in as a profile's role
    Console(Console),
    /// Ask AWS whose credentials these are
    Whoami(Whoami),
    /// List the profiles: account, role, source, region, MFA, and what is cached until when
    #[command(visible_alias = "ls")]
    List(List),
    /// Show how a profile's credentials are come by, without asking AWS
    Explain(Explain),
    /// Look at the configuration
    Config(Config),
    /// Find what is wrong: files, profiles, permissions, keys, clock, network
    Doctor(Doctor),
    /// Sign in at IAM Identity Center, or get the MFA session of a profile, ahead of time
    Login(Login),
    /// Sign out at IAM Identity Center, or end an MFA session, and forget what rests on it
    Logout(Logout),
    /// Forget cached credentials
    Clear(Clear),
    /// Add a profile: a role, or an access key
    Add(Add),
    /// Let the AWS CLI and every SDK get profiles' credentials through xacct
    Adopt(Adopt),
    /// Write profiles for the accounts that IAM Identity Center or AWS Organizations lists
    Sync(Sync),
    /// Print what two accounts must allow so that a profile's role can be assumed
    Policy(Policy),
    /// Write the roles down for other programs
    Export(Export),
    /// Print a function for your shell, so that 'xacct assume client1' acts on it, and completion
    Init(Init),
    /// Show what AWS has issued: when, for which profile, as whom, to which process
    Audit(Audit),
    /// Try xacct without an AWS account, against a strict STS on this machine
    Sandbox(Sandbox),
}

/// Print the shell statements that put a profile's credentials into this shell
///
/// The statements are meant for the shell's eval. When no credentials can be had, they take the old ones out
/// of the shell and give the exit status, so that nothing that follows with && runs in the last account. Without a
/// PROFILE, a list to pick one from opens on the terminal; leaving it changes nothing.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::ASSUME, override_usage = examples::ASSUME_USAGE, mut_args(profile_needed))]
pub(crate) struct Assume {
    /// The shell to write for; without it, the shell that started xacct
    #[arg(long, env = "XACCT_SHELL", value_name = "SHELL")]
    pub(crate) shell: Option<Shell>,
    /// What to print instead of statements for a shell
    #[arg(long, value_name = "FORMAT", default_value = "shell")]
    pub(crate) format: Format,
    /// Print them even where the output is a terminal
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) print: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Print the shell statements that take the credentials out of this shell again
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::UNSET)]
pub(crate) struct Unset {
    /// The shell to write for; without it, the shell that started xacct
    #[arg(long, env = "XACCT_SHELL", value_name = "SHELL")]
    pub(crate) shell: Option<Shell>,
    /// Take your own credentials out too, as after a failure
    // For the function of nu, which does not get what a program that fails has printed.
    #[arg(long, hide = true)]
    pub(crate) failed: bool,
}

/// Run a command with a profile's credentials in its environment
///
/// Without a command it starts your shell. Options for xacct stand before the command; everything behind its
/// name is the command's own. The exit status is the command's, 126 or 127 where it cannot be run, and 125
/// where xacct itself failed. Without a PROFILE, a list to pick one from opens on the terminal.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::EXEC, override_usage = examples::EXEC_USAGE, mut_args(profile_needed))]
pub(crate) struct Exec {
    /// The command and its arguments; without one, your shell
    // `parse` adds what stands behind `--`: clap alone would take CMD in `exec --role-arn ARN -- CMD` for
    // PROFILE.
    #[arg(index = 2, value_name = "CMD", trailing_var_arg = true)]
    #[arg(value_hint = ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<OsString>,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Print the JSON that AWS SDKs ask a credential_process for
///
/// A profile with `credential_process = xacct credential-process NAME` gives every SDK and the AWS CLI the
/// credentials of the profile NAME, with MFA, from one cache. It answers within 20 seconds or fails with the command
/// to run, because SDKs give it up soon after; only a question on the terminal may take longer.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::CREDENTIAL_PROCESS)]
#[command(override_usage = examples::CREDENTIAL_PROCESS_USAGE, mut_args(profile_needed))]
pub(crate) struct CredentialProcess {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Ask AWS whose credentials these are
///
/// GetCallerIdentity for a profile's credentials, or without PROFILE for those in the environment.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::WHOAMI)]
pub(crate) struct Whoami {
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// List the profiles: account, role, source, region, MFA, and what is cached until when
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::LIST)]
pub(crate) struct List {
    /// Which profiles, as 'xacct each' chooses them: client*, tag:prod, account:222222222222, !NAME; without any, all
    #[arg(value_name = "SELECTOR")]
    pub(crate) selectors: Vec<String>,
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}

/// Show how a profile's credentials are come by, without asking AWS
///
/// The source of the credentials, every STS call with its parameters, what is cached until when, and whether
/// a person would be asked for an MFA code. Nothing is sent. Without a PROFILE, a list to pick one from opens on the
/// terminal.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::EXPLAIN, override_usage = examples::EXPLAIN_USAGE, mut_args(profile_needed))]
pub(crate) struct Explain {
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Look at the configuration
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    pub(crate) action: ConfigAction,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum ConfigAction {
    Show(ConfigShow),
}

/// Show every setting with the file and the line that it comes from
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::CONFIG_SHOW)]
pub(crate) struct ConfigShow {
    /// Only this profile
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
    /// Leave the files and lines out
    #[arg(long, value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_origin: bool,
}

/// Sign in at IAM Identity Center, or get the MFA session of a profile, ahead of time
///
/// For a profile with sso_session (or one whose source has it) a browser opens; over SSH, without a browser and with
/// --device-code a code is shown, to be compared on a page that any computer can open. The token is kept where the AWS
/// CLI keeps it, and renews itself for as long as the sign-in lasts. For a profile with MFA the code is asked for now,
/// so that until the session ends no role of the same keys and device asks again. Without a PROFILE, a list to pick one
/// from opens on the terminal.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::LOGIN)]
pub(crate) struct Login {
    /// The profile that signs in or has the keys, or any that uses it; or an [sso-session NAME]
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: String,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Sign out at IAM Identity Center, or end an MFA session, and forget what rests on it
///
/// The sign-in ends at AWS too, for every tool that shares its token. Role credentials and MFA sessions cannot be
/// ended: xacct forgets them, and whoever else has them can use them until they expire.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::LOGOUT, override_usage = examples::LOGOUT_USAGE)]
pub(crate) struct Logout {
    /// A profile of the session, or an [sso-session NAME]
    #[arg(value_name = "PROFILE", required_unless_present = "all")]
    pub(crate) profile: Option<String>,
    /// Sign out everywhere and forget everything that is cached
    #[arg(long, conflicts_with = "profile")]
    pub(crate) all: bool,
}

/// Forget cached credentials
///
/// They stay valid at AWS until they expire; this only makes xacct get new ones.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::CLEAR, override_usage = examples::CLEAR_USAGE)]
pub(crate) struct Clear {
    /// The profiles whose credentials to forget
    #[arg(value_name = "PROFILE", required_unless_present = "all")]
    pub(crate) profiles: Vec<String>,
    /// Forget everything that is cached
    // The one option without a variable: XACCT_ALL, set once and forgotten, would turn `clear NAME` into
    // this.
    #[arg(long, conflicts_with = "profiles")]
    pub(crate) all: bool,
}

/// Try xacct without an AWS account, against a strict STS on this machine
///
/// Without a subcommand it opens your shell, or runs a command, with home directory, profiles and endpoint of
/// the sandbox: a hub account with a user and an MFA device, and client accounts whose roles ask for an
/// external ID and MFA.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = examples::SANDBOX)]
pub(crate) struct Sandbox {
    /// A world of your own: accounts, users, devices and roles (TOML)
    #[arg(long, env = "XACCT_WORLD", value_name = "FILE", value_hint = ValueHint::FilePath, global = true)]
    pub(crate) world: Option<PathBuf>,
    /// The command to run in the sandbox; without one, your shell
    #[arg(value_name = "CMD", last = true)]
    pub(crate) command: Vec<OsString>,
    #[command(subcommand)]
    pub(crate) action: Option<SandboxAction>,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum SandboxAction {
    Serve(SandboxServe),
    Code(SandboxCode),
    Log(SandboxLog),
    /// Play the main job by itself, printing each command and what came of it
    #[command(after_help = examples::SANDBOX_TOUR)]
    Tour,
}

/// Run the STS alone, until it is stopped
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::SANDBOX_SERVE)]
pub(crate) struct SandboxServe {
    /// The directory to write the sample profiles to
    #[arg(long, env = "XACCT_DIR", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) dir: Option<PathBuf>,
    /// The port on 127.0.0.1; without it, a free one
    #[arg(long, env = "XACCT_PORT", value_name = "PORT")]
    pub(crate) port: Option<u16>,
}

/// Print an MFA device's current code
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::SANDBOX_CODE)]
pub(crate) struct SandboxCode {
    /// The device's serial number; without it, the world's only one
    #[arg(value_name = "DEVICE")]
    pub(crate) device: Option<String>,
    /// A code that was not used yet: the next one, where the current one was
    #[arg(long, env = "XACCT_FRESH", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) fresh: bool,
}

/// Show the requests that the STS got, and its answers
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::SANDBOX_LOG)]
pub(crate) struct SandboxLog {
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}
