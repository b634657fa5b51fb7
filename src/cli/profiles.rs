//! The commands that write profiles, each with its own options.

#![expect(
    clippy::doc_markdown,
    reason = "these are what --help shows, where backticks would stand as they are"
)]

use clap::builder::{BoolishValueParser, PossibleValue};
use clap::{Arg, ArgAction, ArgGroup};

use super::args::{Asking, Writing};
use super::examples;
use crate::config::import::Tool;
use crate::duration;

/// The options that make a profile of IAM Identity Center.
const SSO: [&str; 5] = [
    "sso_session",
    "sso_start_url",
    "sso_region",
    "sso_account_id",
    "sso_role_name",
];
const NOT_WITH_SSO: [&str; 8] = [
    "role_arn",
    "source_profile",
    "credential_source",
    "external_id",
    "session_name",
    "duration",
    "access_key",
    "mfa_serial",
];

/// Add a profile
///
/// Adds a role, an access key, or a role of IAM Identity Center. xacct prompts for what you do not
/// give as an option. It shows the change, and tries the profile: it gets credentials from AWS and
/// checks their identity. Then it writes ~/.aws/config, and access keys to ~/.aws/credentials.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::ADD, override_usage = examples::ADD_USAGE, mut_args(rare))]
#[command(group(ArgGroup::new("sso").args(SSO).multiple(true).conflicts_with_all(NOT_WITH_SSO)))]
pub(crate) struct Add {
    /// The new profile's name
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The role to assume
    #[arg(long, value_name = "ARN", help_heading = "Role")]
    pub(crate) role_arn: Option<String>,
    /// The profile whose credentials assume the role
    #[arg(long, value_name = "NAME", help_heading = "Role")]
    pub(crate) source_profile: Option<String>,
    /// Instead of a profile: Environment, Ec2InstanceMetadata or EcsContainer
    #[arg(
        long,
        hide_short_help = true,
        value_name = "SOURCE",
        help_heading = "Role"
    )]
    #[arg(conflicts_with = "source_profile")]
    pub(crate) credential_source: Option<String>,
    /// The external ID that the role requires
    #[arg(long, value_name = "ID", help_heading = "Role")]
    pub(crate) external_id: Option<String>,
    /// The role session name, as CloudTrail shows it
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_SESSION_NAME",
        value_name = "NAME",
        help_heading = "Role"
    )]
    pub(crate) session_name: Option<String>,
    /// How long credentials last: 15m, 1h or seconds
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_DURATION",
        value_name = "DURATION",
        value_parser = duration::parse
    )]
    #[arg(help_heading = "Role")]
    pub(crate) duration: Option<u64>,
    /// Add an access key; prompts for the secret, or reads stdin
    #[arg(
        long,
        env = "XACCT_ACCESS_KEY",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    #[arg(
        help_heading = "Access key",
        conflicts_with_all = ["role_arn", "source_profile", "external_id"]
    )]
    #[arg(conflicts_with_all = ["session_name", "duration", "credential_source"])]
    pub(crate) access_key: bool,
    /// The access key ID [default: prompt, or stdin's first line before the secret]
    #[arg(
        long,
        hide_short_help = true,
        value_name = "ID",
        requires = "access_key"
    )]
    #[arg(help_heading = "Access key")]
    pub(crate) access_key_id: Option<String>,
    /// The [sso-session]; the next two options create a new one
    #[arg(long, value_name = "NAME", help_heading = "IAM Identity Center")]
    pub(crate) sso_session: Option<String>,
    /// The start URL: https://acme.awsapps.com/start
    #[arg(
        long,
        hide_short_help = true,
        value_name = "URL",
        help_heading = "IAM Identity Center"
    )]
    pub(crate) sso_start_url: Option<String>,
    /// Identity Center's region
    #[arg(
        long,
        hide_short_help = true,
        value_name = "REGION",
        help_heading = "IAM Identity Center"
    )]
    pub(crate) sso_region: Option<String>,
    /// The account ID
    #[arg(long, value_name = "ID", help_heading = "IAM Identity Center")]
    pub(crate) sso_account_id: Option<String>,
    /// The role's name in the access portal
    #[arg(long, value_name = "NAME", help_heading = "IAM Identity Center")]
    pub(crate) sso_role_name: Option<String>,
    /// The MFA device's ARN, or hardware serial number
    #[arg(long, value_name = "SERIAL")]
    pub(crate) mfa_serial: Option<String>,
    /// The region to use
    #[arg(long, env = "XACCT_REGION", value_name = "REGION")]
    pub(crate) region: Option<String>,
    #[command(flatten)]
    pub(crate) writing: Writing,
    /// Write the profile without trying it first
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_NO_CHECK",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) no_check: bool,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Make the AWS CLI and SDKs get a profile through xacct
///
/// Role settings move from ~/.aws/config to xacct's config.toml, and the profile gets a
/// credential_process line. Every program that uses the profile then gets its credentials from
/// xacct, with MFA, the external ID and one cache. Region, output and similar settings, comments
/// and order stay. xacct makes backups of the changed files.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::ADOPT, override_usage = examples::ADOPT_USAGE)]
pub(crate) struct Adopt {
    /// The profiles (roles only)
    #[arg(value_name = "PROFILE", required_unless_present = "all")]
    pub(crate) profiles: Vec<String>,
    /// Every role that can be adopted
    #[arg(long, conflicts_with = "profiles")]
    pub(crate) all: bool,
    /// Move the roles back to ~/.aws/config
    // No variable for this and for --all: set once and forgotten, they would turn a command into
    // another one.
    #[arg(long)]
    pub(crate) undo: bool,
    #[command(flatten)]
    pub(crate) writing: Writing,
    /// Never prompt; exit with status 5 instead
    #[arg(long, env = "XACCT_NO_INPUT", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_input: bool,
}

/// Turn what another tool has written into plain profiles
///
/// Profiles in ~/.aws/config that call the tool get the AWS keys that say the same: xacct, the AWS
/// CLI and every SDK then read them without the tool. xacct shows the change, asks before writing,
/// and makes a backup. It names what has no counterpart and leaves it as it is.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::IMPORT)]
pub(crate) struct Import {
    /// The tool
    #[arg(value_name = "TOOL")]
    pub(crate) tool: Tool,
    #[command(flatten)]
    pub(crate) writing: Writing,
    /// Never prompt; exit with status 5 instead
    #[arg(long, env = "XACCT_NO_INPUT", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_input: bool,
}

impl clap::ValueEnum for Tool {
    fn value_variants<'a>() -> &'a [Tool] {
        &Tool::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// A new profile has nothing in the cache.
fn rare(arg: Arg) -> Arg {
    let is_about_the_cache = ["refresh", "verify"].contains(&arg.get_id().as_str());
    if is_about_the_cache {
        arg.hide_short_help(true)
    } else {
        arg
    }
}
