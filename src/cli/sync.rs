//! `sync`: the two places that profiles come from, and what both let one choose.

#![expect(
    clippy::doc_markdown,
    reason = "these are what --help shows, where backticks would stand as they are"
)]

use clap::ArgAction;
use clap::builder::BoolishValueParser;

use super::args::{Asking, Writing};

/// Write profiles from Identity Center or Organizations
///
/// xacct writes the profiles to ~/.aws/config between two comment lines, one block per source, and
/// changes nothing outside the block. If a name is used elsewhere, xacct skips it with a warning.
/// In the block, it updates account and role, and keeps what you add to a profile (output, color,
/// another region). It shows the change, asks before writing, and makes a backup.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Sync {
    #[command(subcommand)]
    pub(crate) action: SyncAction,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum SyncAction {
    Sso(SyncSso),
    Organizations(SyncOrganizations),
}

/// Write a profile for each of your Identity Center roles
///
/// If you are not signed in, xacct signs you in first. Profiles are named
/// {account_name}-{role_name}; change this with --name-template, which also knows {session}.
/// Characters that are not valid in a name become a dash. If two names are the same, the account ID
/// is appended. A new profile gets the region of the sso-session, or --region.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = SSO)]
pub(crate) struct SyncSso {
    /// The [sso-session], or the name of a new one [default: the only one]
    #[arg(value_name = "NAME")]
    pub(crate) session: Option<String>,
    /// The start URL: https://acme.awsapps.com/start
    #[arg(long, value_name = "URL", help_heading = "New session")]
    pub(crate) sso_start_url: Option<String>,
    /// Identity Center's region
    #[arg(long, value_name = "REGION", help_heading = "New session")]
    pub(crate) sso_region: Option<String>,
    /// Only these roles: names with * and ?; !NAME excludes
    #[arg(
        long,
        value_name = "PATTERN",
        value_delimiter = ',',
        help_heading = "Choosing"
    )]
    pub(crate) role: Vec<String>,
    #[command(flatten)]
    pub(crate) syncing: Syncing,
    /// Never prompt; exit with status 5 instead
    #[arg(long, env = "XACCT_NO_INPUT", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_input: bool,
    /// Sign in with a code, on any computer
    #[arg(long, env = "XACCT_DEVICE_CODE", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) device_code: bool,
    /// Print the sign-in URL, open no browser
    #[arg(long, env = "XACCT_NO_BROWSER", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_browser: bool,
}

/// Write a profile for a role in every account
///
/// The source profile lists the accounts and assumes the roles. It must belong to the
/// organization's management account or to a delegated administrator. Inactive accounts are
/// skipped. The management account and the source profile's own account are skipped too, because
/// Organizations does not create the role there.
///
/// Profiles are named {account_name}; change this with --name-template, which also knows {ou}, the
/// path of the account's organizational unit. If two names are the same, the account ID is
/// appended. A new profile gets the region of the source profile, or --region.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = ORGANIZATIONS)]
pub(crate) struct SyncOrganizations {
    /// The profile that lists the accounts and assumes the roles
    #[arg(long, value_name = "NAME", required = true)]
    pub(crate) source_profile: String,
    /// The role's name or path
    #[arg(
        long,
        value_name = "NAME",
        default_value = "OrganizationAccountAccessRole"
    )]
    pub(crate) role_name: String,
    /// Only accounts in or below this OU: ID or path (Workloads/Prod)
    #[arg(
        long,
        value_name = "ID|PATH",
        value_delimiter = ',',
        help_heading = "Choosing"
    )]
    pub(crate) ou: Vec<String>,
    /// Only accounts with this tag; may contain * and ?
    #[arg(long, visible_alias = "tag", value_name = "KEY[=VALUE]")]
    #[arg(value_delimiter = ',', help_heading = "Choosing")]
    pub(crate) account_tag: Vec<String>,
    /// Include the management account and the source profile's own
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_OWN_ACCOUNTS",
        value_parser = BoolishValueParser::new()
    )]
    #[arg(action = ArgAction::SetTrue, help_heading = "Choosing")]
    pub(crate) own_accounts: bool,
    #[command(flatten)]
    pub(crate) syncing: Syncing,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Options of all sources.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Syncing {
    /// Only these accounts: IDs, or names with * and ?; !NAME excludes
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    #[arg(help_heading = "Choosing")]
    pub(crate) account: Vec<String>,
    /// The profiles' names, as {account_name}
    #[arg(long, env = "XACCT_NAME_TEMPLATE", value_name = "TEMPLATE")]
    pub(crate) name_template: Option<String>,
    /// The region of the profiles
    #[arg(
        long,
        hide_short_help = true,
        env = "XACCT_REGION",
        value_name = "REGION"
    )]
    pub(crate) region: Option<String>,
    /// Remove profiles that the source lacks
    #[arg(
        long,
        env = "XACCT_PRUNE",
        value_parser = BoolishValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) prune: bool,
    #[command(flatten)]
    pub(crate) writing: Writing,
}

const ORGANIZATIONS: &str = "\
Examples:
  xacct sync organizations --source-profile hub --dry-run
  xacct sync organizations --source-profile hub --ou Workloads/Prod
  xacct sync organizations --source-profile hub --account-tag 'team=data*'
  xacct sync organizations --source-profile hub --prune --yes     from a script";

const SSO: &str = "\
Examples:
  xacct sync sso acme --dry-run         show the change
  xacct sync sso acme --sso-start-url https://acme.awsapps.com/start --sso-region eu-central-1
                                        also adds [sso-session acme]
  xacct sync sso acme --role ReadOnly --account 'client*' --account '!*sandbox'
  xacct sync sso acme --name-template '{account_slug}.{role_name}' --region eu-west-1
  xacct sync sso acme --prune --yes     from a script; you must be signed in";
