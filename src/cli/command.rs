//! The commands, each with its own options and examples.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgAction;
use clap::ValueHint;
use clap::builder::BoolishValueParser;

use super::args::Asking;
use super::args::Speaking;
use super::args::Target;
use super::args::profile_needed;
use crate::render::formats::Format;
use crate::render::shell::Shell;

/// Hands out credentials for the roles in other AWS accounts that your profiles name
///
/// xacct reads the profiles in ~/.aws/config, gets temporary credentials for them from STS (AssumeRole with an external
/// ID and MFA, role chains), keeps them, and hands them to shells, programs and SDKs. One MFA code serves a
/// working day.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "xacct", bin_name = "xacct", version, after_help = examples::XACCT)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) speaking: Speaking,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, clap::Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one, and clap makes it in place")]
pub(crate) enum Command {
    Assume(Assume),
    Unset(Unset),
    Exec(Exec),
    CredentialProcess(CredentialProcess),
    Whoami(Whoami),
    List(List),
    Explain(Explain),
    Config(Config),
    Login(Login),
    Clear(Clear),
    Sandbox(Sandbox),
}

/// Print the shell statements that put a profile's credentials into this shell
///
/// The statements are meant for the shell's eval. When no credentials can be had, they take the old ones out of the
/// shell and give the exit status, so that nothing that follows with && runs in the last account.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::ASSUME, mut_args(profile_needed))]
pub(crate) struct Assume {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The shell to write for; without it, the shell that started xacct
    #[arg(long, env = "XACCT_SHELL", value_name = "SHELL")]
    pub(crate) shell: Option<Shell>,
    /// What to print instead of statements for a shell
    #[arg(long, env = "XACCT_FORMAT", value_name = "FORMAT", default_value = "shell")]
    pub(crate) format: Format,
    /// Print them even where the output is a terminal
    #[arg(long, env = "XACCT_PRINT", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) print: bool,
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
}

/// Run a command with a profile's credentials in its environment
///
/// Without a command it starts your shell. Options for xacct stand before the command; everything behind its name is the
/// command's own. The exit status is the command's, 126 or 127 where it cannot be run, and 125 where xacct itself
/// failed.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::EXEC, mut_args(profile_needed))]
#[command(override_usage = "xacct exec [OPTIONS] PROFILE [[--] CMD [ARGS]...]\n       \
                            xacct exec [OPTIONS] --role-arn ARN [-- CMD [ARGS]...]")]
pub(crate) struct Exec {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
    /// The command and its arguments; without one, your shell
    // `parse` adds what stands behind `--`: clap alone would take CMD in `exec --role-arn ARN -- CMD` for PROFILE.
    #[arg(value_name = "CMD", trailing_var_arg = true, value_hint = ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<OsString>,
}

/// Print the JSON that AWS SDKs ask a credential_process for
///
/// A profile with `credential_process = xacct credential-process NAME` gives every SDK and the AWS CLI the credentials of
/// the profile NAME, with MFA, from one cache.
#[derive(Debug, Clone, clap::Args)]
#[command(alias = "credential_process", after_help = examples::CREDENTIAL_PROCESS, mut_args(profile_needed))]
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
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
    /// Print JSON
    #[arg(long, env = "XACCT_JSON", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}

/// List the profiles: account, role, source, region, MFA, and what is cached until when
#[derive(Debug, Clone, clap::Args)]
#[command(visible_alias = "ls", after_help = examples::LIST)]
pub(crate) struct List {
    /// Print JSON
    #[arg(long, env = "XACCT_JSON", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}

/// Show how a profile's credentials are come by, without asking AWS
///
/// The source of the credentials, every STS call with its parameters, what is cached until when, and whether a
/// person would be asked for an MFA code. Nothing is sent.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::EXPLAIN, mut_args(profile_needed))]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
    /// Print JSON
    #[arg(long, env = "XACCT_JSON", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
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
    #[arg(long, env = "XACCT_JSON", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
    /// Leave the files and lines out
    #[arg(long, env = "XACCT_NO_ORIGIN", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) no_origin: bool,
}

/// Get the MFA session of a profile ahead of time
///
/// Asks for the MFA code now and keeps the session, so that until it ends no role of the same keys and device asks
/// again.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::LOGIN)]
pub(crate) struct Login {
    /// The profile with the keys, or any that uses them
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: String,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Forget cached credentials
///
/// They stay valid at AWS until they expire; this only makes xacct get new ones.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::CLEAR)]
pub(crate) struct Clear {
    /// The profiles whose credentials to forget
    #[arg(value_name = "PROFILE", required_unless_present = "all")]
    pub(crate) profiles: Vec<String>,
    /// Forget everything that is cached
    // The one option without a variable: XACCT_ALL, set once and forgotten, would turn `clear NAME` into this.
    #[arg(long, conflicts_with = "profiles")]
    pub(crate) all: bool,
}

/// Try xacct without an AWS account, against a strict STS on this machine
///
/// Without a subcommand it opens your shell, or runs a command, with home directory, profiles and endpoint of the sandbox:
/// a hub account with a user and an MFA device, and client accounts whose roles ask for an external ID and MFA.
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
    /// Where to write the profiles, and env.sh that points at them
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
}

/// Show the requests that the STS got, and its answers
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::SANDBOX_LOG)]
pub(crate) struct SandboxLog {
    /// Print JSON
    #[arg(long, env = "XACCT_JSON", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) json: bool,
}

/// What `--help` shows last: commands that can be typed as they stand, with what they do.
mod examples {
    pub(super) const XACCT: &str = "\
Examples:
  eval $(xacct assume client1)          put client1's credentials into this shell
  xacct exec client1 -- aws s3 ls       run one command in client1's account
  xacct list                            what there is, and what is cached
  xacct sandbox tour                    see it work, without an AWS account";
    pub(super) const ASSUME: &str = "\
Examples:
  eval $(xacct assume client1)                          sh, bash, zsh
  eval (xacct assume client1)                           fish
  eval (xacct assume client1 | slurp)                   elvish
  xacct assume client1 | from json | load-env           nu
  xacct assume client1 | Out-String | iex               PowerShell
  eval $(xacct assume client1) && terraform plan        not in the last account, if it fails
  xacct assume arn:aws:iam::222222222222:role/Audit --source-profile hub --external-id x1
  xacct assume client1 --format env > client1.env       for docker run --env-file";
    pub(super) const UNSET: &str = "\
Examples:
  eval $(xacct unset)                   sh, bash, zsh
  xacct unset --shell fish | source     fish";
    pub(super) const EXEC: &str = "\
Examples:
  xacct exec client1 -- aws s3 ls
  xacct exec client1 terraform plan -out=plan.bin
  xacct exec client1                    a shell in client1's account
  xacct exec --duration 4h client1 -- make deploy";
    pub(super) const CREDENTIAL_PROCESS: &str = "\
Examples:
  xacct credential-process client1

  In ~/.aws/config, so that every SDK and the AWS CLI take client1's credentials from xacct:
    [profile client1-sdk]
    credential_process = xacct credential-process client1";
    pub(super) const WHOAMI: &str = "\
Examples:
  xacct whoami                          the credentials in this shell
  xacct whoami client1 --json           those of a profile";
    pub(super) const LIST: &str = "\
Examples:
  xacct list
  xacct ls --json | jq -r '.[] | select(.status == \"cached\") | .profile'";
    pub(super) const EXPLAIN: &str = "\
Examples:
  xacct explain client1
  xacct explain client1 --duration 4h   what a longer session would change
  xacct explain client1 --json";
    pub(super) const CONFIG_SHOW: &str = "\
Examples:
  xacct config show client1
  xacct config show --json --no-origin";
    pub(super) const LOGIN: &str = "\
Examples:
  xacct login client1                   type the code now
  xacct login client1 --refresh         start the working day's session anew";
    pub(super) const CLEAR: &str = "\
Examples:
  xacct clear client1 client2
  xacct clear --all";
    pub(super) const SANDBOX: &str = "\
Examples:
  xacct sandbox                         a shell with sample profiles
  xacct sandbox tour                    the main job, played by itself
  xacct sandbox -- xacct list           one command in the sandbox
  xacct sandbox --world accounts.toml   accounts and roles of your own";
    pub(super) const SANDBOX_SERVE: &str = "\
Examples:
  xacct sandbox serve
  xacct sandbox serve --dir /tmp/box --port 4599";
    pub(super) const SANDBOX_CODE: &str = "\
Examples:
  xacct sandbox code
  XACCT_MFA_CODE=$(xacct sandbox code) xacct exec client1 -- aws s3 ls";
    pub(super) const SANDBOX_LOG: &str = "\
Examples:
  xacct sandbox log
  xacct sandbox log --json | jq -r '.[].action'";
    pub(super) const SANDBOX_TOUR: &str = "\
Examples:
  xacct sandbox tour
  xacct sandbox tour --world accounts.toml";
}
