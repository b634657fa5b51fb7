//! `sync`: the two places that profiles come from, and what both let one choose.

#![expect(
    clippy::doc_markdown,
    reason = "these are what --help shows, where backticks would stand as they are"
)]

use clap::ArgAction;
use clap::builder::BoolishValueParser;

use super::args::Asking;

/// Write profiles for the accounts that IAM Identity Center or AWS Organizations lists
///
/// The profiles stand in ~/.aws/config between two comment lines, one such block for each source. What stands outside
/// is never touched, and a name that is taken elsewhere is left out with a warning. In the block, account and role are
/// the source's to say; what you add to a profile (output, color, another region) stays. The change is shown and asked
/// about before it is written, what was there before is kept beside the file, and a second run changes nothing.
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

/// Write a profile for every role that IAM Identity Center has assigned to you
///
/// Signs in on the way where nobody is, as login does. The profiles are called {account_name}-{role_name} unless
/// --name-template says otherwise; {session} is there too. What cannot stand in a profile's name becomes a dash, and
/// where two would have the same name the account's id is put behind it. A new profile's region is that of the
/// sso-session unless --region says otherwise.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = SSO)]
pub(crate) struct SyncSso {
    /// The [sso-session NAME] of ~/.aws/config, or a new one's name; without it, the only one there is
    #[arg(value_name = "NAME")]
    pub(crate) session: Option<String>,
    /// For a new session: its start URL, https://acme.awsapps.com/start
    #[arg(long, value_name = "URL", help_heading = "New session")]
    pub(crate) sso_start_url: Option<String>,
    /// For a new session: the region that Identity Center is in
    #[arg(long, value_name = "REGION", help_heading = "New session")]
    pub(crate) sso_region: Option<String>,
    /// Only these roles: names, with * and ?; one with ! before it is left out
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', help_heading = "Choosing")]
    pub(crate) role: Vec<String>,
    #[command(flatten)]
    pub(crate) syncing: Syncing,
    /// Never ask a person; exit with status 5 where one is needed
    #[arg(long, env = "XACCT_NO_INPUT", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_input: bool,
    /// Sign in by a code, on whatever computer, instead of with this one's browser
    #[arg(long, env = "XACCT_DEVICE_CODE", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) device_code: bool,
    /// Print the address of a sign-in instead of opening a browser
    #[arg(long, env = "XACCT_NO_BROWSER", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub(crate) no_browser: bool,
}

/// Write a profile for a role of this name in every account of the organization
///
/// The source profile's credentials ask AWS Organizations, and assume the roles: it is a user or role of the
/// organization's management account, or of a delegated administrator. Accounts that are not active are left out, and
/// so are the management account and the source profile's own, where the role that Organizations makes is not.
///
/// The profiles are called {account_name} unless --name-template says otherwise; {ou} is there too, the path of the
/// account's organizational unit. Where two would have the same name the account's id is put behind it. A new profile's
/// region is that of the source profile unless --region says otherwise.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = ORGANIZATIONS)]
pub(crate) struct SyncOrganizations {
    /// The profile whose credentials list the accounts and assume the roles
    #[arg(long, value_name = "NAME", required = true)]
    pub(crate) source_profile: String,
    /// The role's name, with its path where it has one
    #[arg(long, value_name = "NAME", default_value = "OrganizationAccountAccessRole")]
    pub(crate) role_name: String,
    /// Only accounts in this organizational unit or below it: its id, or its path from the root, such as Workloads/Prod
    #[arg(long, value_name = "ID|PATH", value_delimiter = ',', help_heading = "Choosing")]
    pub(crate) ou: Vec<String>,
    /// Only accounts with this tag; the value may have * and ?, and without one any will do
    #[arg(long, visible_alias = "tag", value_name = "KEY[=VALUE]")]
    #[arg(value_delimiter = ',', help_heading = "Choosing")]
    pub(crate) account_tag: Vec<String>,
    /// The management account and the source profile's own, too
    #[arg(long, env = "XACCT_OWN_ACCOUNTS", value_parser = BoolishValueParser::new())]
    #[arg(action = ArgAction::SetTrue, help_heading = "Choosing")]
    pub(crate) own_accounts: bool,
    #[command(flatten)]
    pub(crate) syncing: Syncing,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// What all sources have.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Syncing {
    /// Only these accounts: ids, or names with * and ?; one with ! before it is left out
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    #[arg(help_heading = "Choosing")]
    pub(crate) account: Vec<String>,
    /// How the profiles are called, with {account_name}, {account_slug}, {account_id}, {role_name}, {email} and more
    #[arg(long, env = "XACCT_NAME_TEMPLATE", value_name = "TEMPLATE")]
    pub(crate) name_template: Option<String>,
    /// The region of the profiles
    #[arg(long, env = "XACCT_REGION", value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Take out the profiles of the block that are no longer among what was found
    #[arg(long, env = "XACCT_PRUNE", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) prune: bool,
    /// Only show what would change
    #[arg(long, env = "XACCT_DRY_RUN", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) dry_run: bool,
    /// Do not ask whether to write what is shown
    #[arg(short, long, env = "XACCT_YES", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) yes: bool,
}

const ORGANIZATIONS: &str = "\
Examples:
  xacct sync organizations --source-profile hub --dry-run
  xacct sync organizations --source-profile hub --ou Workloads/Prod --role-name Audit \\
      --name-template '{ou}/{account_slug}'
  xacct sync organizations --source-profile hub --account-tag team=data --account-tag 'stage=prod*'
  xacct sync organizations --source-profile hub --prune --yes     from a script";

const SSO: &str = "\
Examples:
  xacct sync sso acme --dry-run         what would change
  xacct sync sso acme --sso-start-url https://acme.awsapps.com/start --sso-region eu-central-1
                                        the first time: adds [sso-session acme] too
  xacct sync sso acme --role ReadOnly --account 'client*' --account '!*sandbox'
  xacct sync sso acme --name-template '{account_slug}.{role_name}' --region eu-west-1
  xacct sync sso acme --prune --yes     from a script; somebody must be signed in";
