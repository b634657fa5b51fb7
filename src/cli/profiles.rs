//! The commands that write profiles, each with its own options.

#![expect(
    clippy::doc_markdown,
    reason = "these are what --help shows, where backticks would stand as they are"
)]

use clap::builder::BoolishValueParser;
use clap::{ArgAction, ArgGroup};

use super::args::Asking;
use super::examples;
use crate::duration;

/// The options that make a profile of IAM Identity Center.
const SSO: [&str; 5] = ["sso_session", "sso_start_url", "sso_region", "sso_account_id", "sso_role_name"];
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

/// Add a profile: a role, an access key, or a role of IAM Identity Center
///
/// A role goes to ~/.aws/config, an access key to ~/.aws/credentials with its settings in ~/.aws/config. On a terminal,
/// what is missing is asked for. Before anything is written the change is shown, and the profile is tried: its
/// credentials are got from AWS, which is then asked whose they are.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::ADD, override_usage = examples::ADD_USAGE)]
#[command(group(ArgGroup::new("sso").args(SSO).multiple(true).conflicts_with_all(NOT_WITH_SSO)))]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
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
    #[arg(long, value_name = "SOURCE", help_heading = "Role")]
    #[arg(conflicts_with = "source_profile")]
    pub(crate) credential_source: Option<String>,
    /// The external ID that the role's trust policy asks for
    #[arg(long, value_name = "ID", help_heading = "Role")]
    pub(crate) external_id: Option<String>,
    /// The role session's name, as CloudTrail shows it
    #[arg(long, env = "XACCT_SESSION_NAME", value_name = "NAME", help_heading = "Role")]
    pub(crate) session_name: Option<String>,
    /// How long the credentials live: 15m, 1h, 12h or seconds
    #[arg(long, env = "XACCT_DURATION", value_name = "DURATION", value_parser = duration::parse)]
    #[arg(help_heading = "Role")]
    pub(crate) duration: Option<u64>,
    /// Add an access key; its secret is asked for, or read from stdin
    #[arg(long, env = "XACCT_ACCESS_KEY", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    #[arg(help_heading = "Access key", conflicts_with_all = ["role_arn", "source_profile", "external_id"])]
    #[arg(conflicts_with_all = ["session_name", "duration", "credential_source"])]
    pub(crate) access_key: bool,
    /// The access key's ID; without it, it is asked for or is stdin's first line, before the secret
    #[arg(long, value_name = "ID", requires = "access_key")]
    #[arg(help_heading = "Access key")]
    pub(crate) access_key_id: Option<String>,
    /// The session: one of the config file's, or with the next two options a new one
    #[arg(long, value_name = "NAME", help_heading = "IAM Identity Center")]
    pub(crate) sso_session: Option<String>,
    /// Where one signs in: https://acme.awsapps.com/start
    #[arg(long, value_name = "URL", help_heading = "IAM Identity Center")]
    pub(crate) sso_start_url: Option<String>,
    /// The region that Identity Center is in
    #[arg(long, value_name = "REGION", help_heading = "IAM Identity Center")]
    pub(crate) sso_region: Option<String>,
    /// The account
    #[arg(long, value_name = "ID", help_heading = "IAM Identity Center")]
    pub(crate) sso_account_id: Option<String>,
    /// The role, as the access portal names it
    #[arg(long, value_name = "NAME", help_heading = "IAM Identity Center")]
    pub(crate) sso_role_name: Option<String>,
    /// The MFA device: its ARN, or a hardware device's serial number
    #[arg(long, value_name = "SERIAL")]
    pub(crate) mfa_serial: Option<String>,
    /// The region to work in
    #[arg(long, env = "XACCT_REGION", value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Only show what would change
    #[arg(long, env = "XACCT_DRY_RUN", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) dry_run: bool,
    /// Write it without trying it first
    #[arg(long, env = "XACCT_NO_CHECK", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) no_check: bool,
    /// Do not ask whether to write what is shown
    #[arg(short, long, env = "XACCT_YES", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Let the AWS CLI and every SDK get profiles' credentials through xacct
///
/// What the role is moves from ~/.aws/config to xacct's settings file. Region, output and the like stay, and beside
/// them stands a credential_process, by which every program gets the profile's credentials from xacct: with MFA, with
/// the external ID, from one cache, and under the same name. Comments and order stay; what was there before is kept
/// beside the files.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = examples::ADOPT, override_usage = examples::ADOPT_USAGE)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Adopt {
    /// The profiles, which are roles
    #[arg(value_name = "PROFILE", required_unless_present = "all")]
    pub(crate) profiles: Vec<String>,
    /// Every role that can be
    #[arg(long, conflicts_with = "profiles")]
    pub(crate) all: bool,
    /// Move them back to ~/.aws/config
    // No variable for this and for --all: set once and forgotten, they would turn a command into another one.
    #[arg(long)]
    pub(crate) undo: bool,
    /// Only show what would change
    #[arg(long, env = "XACCT_DRY_RUN", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) dry_run: bool,
    /// Do not ask whether to write what is shown
    #[arg(short, long, env = "XACCT_YES", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) yes: bool,
    /// Never ask a person; exit with status 5 where one is needed
    #[arg(long, env = "XACCT_NO_INPUT", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_input: bool,
}
