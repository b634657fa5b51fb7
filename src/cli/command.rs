//! The commands, each with its own options and examples.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgAction;
use clap::ValueHint;
use clap::builder::BoolishValueParser;

use super::args::Asking;
use super::args::Target;
use super::args::profile_needed;
use super::examples;
use crate::render::formats::Format;
use crate::render::shell::Shell;

/// Put credentials into your shell (use with eval)
///
/// Prints shell statements for eval. If xacct cannot get credentials, the statements remove the old
/// ones and return the exit status, so that a command after && does not run in the previous
/// account. Without PROFILE, you pick one from a list; Esc leaves the shell unchanged.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = examples::ASSUME,
    override_usage = examples::ASSUME_USAGE,
    mut_args(profile_needed)
)]
pub(crate) struct Assume {
    /// The shell's language [default: the shell that started xacct]
    #[arg(long, env = "XACCT_SHELL", value_name = "SHELL")]
    pub(crate) shell: Option<Shell>,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "shell")]
    pub(crate) format: Format,
    /// Print secrets even if stdout is a terminal
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) print: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Remove credentials from your shell (use with eval)
///
/// Prints shell statements for eval, which restore the shell's variables from before the first
/// assume.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::UNSET)]
pub(crate) struct Unset {
    /// The shell's language [default: the shell that started xacct]
    #[arg(long, env = "XACCT_SHELL", value_name = "SHELL")]
    pub(crate) shell: Option<Shell>,
    /// Take your own credentials out too, as after a failure
    // For the function of nu, which does not get what a program that fails has printed.
    #[arg(long, hide = true)]
    pub(crate) failed: bool,
}

/// Run a command with a profile's credentials
///
/// Without CMD, xacct starts your shell. Put xacct's options before the command. The exit status is
/// the command's; 126 or 127 if it cannot be run; 125 if xacct failed. Without PROFILE, you pick
/// one from a list.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = examples::EXEC,
    override_usage = examples::EXEC_USAGE,
    mut_args(profile_needed)
)]
pub(crate) struct Exec {
    /// The command and its arguments [default: your shell]
    // `parse` adds what stands behind `--`: clap alone would take CMD in `exec --role-arn ARN --
    // CMD` for PROFILE.
    #[arg(index = 2, value_name = "CMD", trailing_var_arg = true)]
    #[arg(value_hint = ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<OsString>,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Print credentials as JSON for the AWS SDKs
///
/// The AWS CLI and the SDKs run this for a profile with `credential_process = xacct
/// credential-process NAME`, and get the credentials of NAME, with MFA and the external ID. It
/// answers within 20 seconds, before SDKs time out, or fails with the command to run. Only a prompt
/// on your terminal may take longer.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::CREDENTIAL_PROCESS)]
#[command(override_usage = examples::CREDENTIAL_PROCESS_USAGE, mut_args(profile_needed))]
pub(crate) struct CredentialProcess {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Show whose credentials these are (GetCallerIdentity)
///
/// Without PROFILE, xacct checks the credentials in the environment.
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

/// List profiles and what is cached for them
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::LIST)]
pub(crate) struct List {
    /// Selectors, as for 'xacct each': client*, tag:prod, !NAME [default: all profiles]
    #[arg(value_name = "SELECTOR")]
    pub(crate) selectors: Vec<String>,
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}

/// Show how xacct would get a profile's credentials
///
/// Shows the source of the credentials, every STS call with its parameters, what is cached, and
/// whether you would be prompted for an MFA code. Nothing is sent to AWS. Without PROFILE, you pick
/// one from a list.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = examples::EXPLAIN,
    override_usage = examples::EXPLAIN_USAGE,
    mut_args(profile_needed)
)]
pub(crate) struct Explain {
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Show the configuration
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    pub(crate) action: ConfigAction,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum ConfigAction {
    Show(ConfigShow),
}

/// Show every setting with its file and line
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::CONFIG_SHOW)]
pub(crate) struct ConfigShow {
    /// Only this profile
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
    /// Omit files and lines
    #[arg(long, value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_origin: bool,
}

/// Sign in with a browser, or start an MFA session
///
/// If the profile, or its source, uses IAM Identity Center or a session of `aws login`, a browser
/// opens. Over SSH, without a browser, and with --device-code, you can use a browser on any
/// computer: xacct prints the URL, and a code that the page must show, or prompts for the code that
/// the page shows in the end. The token is stored where the AWS CLI stores it, and is refreshed
/// until the sign-in expires. If the profile uses MFA, you are prompted for the code now; no role of the same access
/// key and device prompts again until the session expires. Without PROFILE, you pick one from a
/// list.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::LOGIN)]
pub(crate) struct Login {
    /// A profile, or the name of an [sso-session]
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: String,
    /// Sign in to the AWS console, as `aws login` does, and write the session to PROFILE
    // Without a variable: XACCT_AWS, set once and forgotten, would change a profile.
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) aws: bool,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Sign out and delete the cached credentials
///
/// xacct revokes the sign-in at AWS, for every tool that shares its token. AWS cannot revoke role
/// credentials and MFA sessions: xacct deletes its copies, and other copies work until they expire.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::LOGOUT, override_usage = examples::LOGOUT_USAGE)]
pub(crate) struct Logout {
    /// A profile, or the name of an [sso-session]
    #[arg(value_name = "PROFILE", required_unless_present = "all")]
    pub(crate) profile: Option<String>,
    /// Sign out everywhere and delete all cached credentials
    #[arg(long, conflicts_with = "profile")]
    pub(crate) all: bool,
}

/// Delete cached credentials
///
/// The credentials stay valid at AWS until they expire. xacct gets new ones when you next use the
/// profile.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::CLEAR, override_usage = examples::CLEAR_USAGE)]
pub(crate) struct Clear {
    /// The profiles
    #[arg(value_name = "PROFILE", required_unless_present = "all")]
    pub(crate) profiles: Vec<String>,
    /// Delete all cached credentials
    // The one option without a variable: XACCT_ALL, set once and forgotten, would turn `clear NAME`
    // into this.
    #[arg(long, conflicts_with = "profiles")]
    pub(crate) all: bool,
}

/// Try xacct without an AWS account, with a simulated STS
///
/// Opens a shell, or runs a command, with a temporary home directory, sample profiles and a
/// simulated STS: a hub account with a user and an MFA device, and client accounts whose roles
/// require an external ID and MFA.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = examples::SANDBOX)]
pub(crate) struct Sandbox {
    /// A TOML file with your own accounts, users, devices and roles
    #[arg(
        long,
        env = "XACCT_WORLD",
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        global = true
    )]
    pub(crate) world: Option<PathBuf>,
    /// The command to run in the sandbox [default: your shell]
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
    /// Demonstrate the main workflow, with explanations
    #[command(after_help = examples::SANDBOX_TOUR)]
    Tour,
}

/// Run only the simulated STS, until you stop it
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::SANDBOX_SERVE)]
pub(crate) struct SandboxServe {
    /// Where to write the sample profiles
    #[arg(long, env = "XACCT_DIR", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) dir: Option<PathBuf>,
    /// The port on 127.0.0.1 [default: a free one]
    #[arg(long, env = "XACCT_PORT", value_name = "PORT")]
    pub(crate) port: Option<u16>,
}

/// Print an MFA device's current code
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::SANDBOX_CODE)]
pub(crate) struct SandboxCode {
    /// The device's serial number [default: the only device]
    #[arg(value_name = "DEVICE")]
    pub(crate) device: Option<String>,
    /// Print a code that was not used yet, if necessary the next one
    #[arg(
        long,
        env = "XACCT_FRESH",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) fresh: bool,
}

/// Show the requests that the simulated STS received
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::SANDBOX_LOG)]
pub(crate) struct SandboxLog {
    /// Print JSON
    #[arg(long, value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}
