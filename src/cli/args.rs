//! Options that several commands share: how to speak, whose credentials, what to override, how to
//! ask.
//!
//! An option can be set by an environment variable `XACCT_…` of its own name; `parse` sees to it
//! that an empty one counts as unset. Options that decide who one becomes (role, source, external
//! ID, MFA device, policy, tags), and options that decide what is printed, have none: a variable
//! that was forgotten must not change an account.

#![expect(
    clippy::doc_markdown,
    reason = "these are what --help shows, where backticks would stand as they are"
)]

use clap::Arg;
use clap::ArgAction;
use clap::builder::BoolishValueParser;

use crate::duration;
use crate::role_options::RoleOptions;
use crate::say::Color;
use crate::secret::Secret;

/// How much to say, for every command.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Speaking {
    /// Print errors only
    #[arg(
        short,
        long,
        global = true,
        hide_short_help = true,
        env = "XACCT_QUIET",
        value_parser = BoolishValueParser::new()
    )]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) quiet: bool,
    /// Print each step; -vv adds requests and responses
    #[arg(
        short,
        long,
        global = true,
        hide_short_help = true,
        env = "XACCT_VERBOSE",
        action = ArgAction::Count
    )]
    pub(crate) verbose: u8,
    /// When to use colour
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "XACCT_COLOR",
        value_name = "WHEN",
        default_value = "auto"
    )]
    pub(crate) color: Color,
}

/// Which profile or role.
///
/// PROFILE is never read from the environment: `XACCT_PROFILE` is what `assume` *sets*, so a shell
/// that has assumed one profile would silently use it for the next command too.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Target {
    /// A profile's name, or a role ARN with --source-profile
    #[arg(index = 1, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// The profile whose credentials assume the role
    #[arg(long, value_name = "NAME", help_heading = "Role overrides")]
    pub(crate) source_profile: Option<String>,
    #[command(flatten)]
    pub(crate) role: RoleOptions,
}

/// For commands that cannot do without: PROFILE or --role-arn. (Not in [`Target`], since `whoami`
/// can.)
pub(super) fn profile_needed(arg: Arg) -> Arg {
    if arg.get_id() == "profile" {
        arg.required_unless_present("role_arn")
    } else {
        arg
    }
}

/// How to get the credentials.
#[derive(Debug, Clone, Default, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct Asking {
    /// The MFA code (XACCT_MFA_CODE keeps it out of ps)
    #[arg(
        long,
        env = "XACCT_MFA_CODE",
        hide_env_values = true,
        value_name = "CODE",
        value_parser = secret
    )]
    pub(crate) mfa_code: Option<Secret>,
    /// Never prompt; exit with status 5 instead
    #[arg(long, env = "XACCT_NO_INPUT", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_input: bool,
    /// Sign in with a code, in a browser on any computer
    #[arg(
        long,
        visible_alias = "remote",
        hide_short_help = true,
        env = "XACCT_DEVICE_CODE",
        value_parser = BoolishValueParser::new()
    )]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) device_code: bool,
    /// Print the sign-in URL instead of opening a browser
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_NO_BROWSER",
        value_parser = BoolishValueParser::new()
    )]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_browser: bool,
    /// Ignore cached credentials and get new ones
    #[arg(
        long,
        env = "XACCT_REFRESH",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) refresh: bool,
    /// Check cached credentials with AWS before using them
    #[arg(
        long,
        env = "XACCT_VERIFY",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) verify: bool,
    /// Renew credentials that expire sooner than this: 15m, 1h or seconds
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_MIN_TTL",
        value_name = "DURATION",
        value_parser = duration::parse
    )]
    pub(crate) min_ttl: Option<u64>,
    /// Time limit, excluding prompts: 5s, 1m or seconds
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_WITHIN",
        value_name = "DURATION",
        value_parser = duration::parse
    )]
    pub(crate) within: Option<u64>,
}

/// A secret from the command line; it never fails, since clap would print the value with the
/// reason.
#[expect(clippy::unnecessary_wraps, reason = "clap's signature")]
fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

/// Whether a change of the files is written, and whether you are asked first.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Writing {
    /// Show the change without writing it
    #[arg(
        long,
        env = "XACCT_DRY_RUN",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) dry_run: bool,
    /// Write the change without asking
    #[arg(
        short,
        long,
        env = "XACCT_YES",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) yes: bool,
}

/// Whether you are asked before a command does what cannot be undone.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Confirming {
    /// Do not ask for confirmation
    #[arg(
        short,
        long,
        env = "XACCT_YES",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) yes: bool,
    /// Never prompt; exit with status 5 if you are needed
    #[arg(long, env = "XACCT_NO_INPUT", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_input: bool,
}
