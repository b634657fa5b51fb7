//! `policy`: what must be allowed so that a profile's role can be assumed.

#![expect(
    clippy::doc_markdown,
    reason = "these are what --help shows, where backticks would stand as they are"
)]

use clap::ArgAction;

use super::args::Asking;
use super::args::Target;
use super::args::profile_needed;
use crate::policy::Principal;
use crate::render::policy::PolicyFormat;

const TRUST: &str = "\
Examples:
  xacct policy trust client1                       the trust policy, as JSON
  xacct policy trust client1 --format cloudformation > role.json
  xacct policy trust client1 --new-external-id";
const CALLER: &str = "\
Examples:
  xacct policy caller client1
  xacct policy caller client1 --format terraform";
const LINK: &str = "\
Examples:
  xacct policy link client3";
const TRUST_USAGE: &str = "xacct policy trust [OPTIONS] PROFILE
       xacct policy trust [OPTIONS] --role-arn ARN --source-profile NAME";
const CALLER_USAGE: &str = "xacct policy caller [OPTIONS] PROFILE
       xacct policy caller [OPTIONS] --role-arn ARN --source-profile NAME";
const LINK_USAGE: &str = "xacct policy link [OPTIONS] PROFILE
       xacct policy link [OPTIONS] --role-arn ARN --source-profile NAME";

/// Print the IAM policies that a profile's role needs
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    pub(crate) action: PolicyAction,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum PolicyAction {
    Trust(Box<PolicyTrust>),
    Caller(Box<PolicyCaller>),
    Link(Box<PolicyLink>),
}

/// Print the role's trust policy, to send to a new client
///
/// The policy names who may assume the role and the conditions that the profile meets: its external
/// ID, and MFA if the profile uses it. By default, it trusts your whole account; 'policy caller'
/// then controls who in your account may use it. If you trust one user or role instead and it is
/// deleted and recreated, access is lost. As Terraform or CloudFormation, xacct prints the whole
/// role; the client sets its permissions.
///
/// xacct asks AWS (GetCallerIdentity) only if the files do not contain your account or user.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = TRUST, override_usage = TRUST_USAGE, mut_args(profile_needed))]
pub(crate) struct PolicyTrust {
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    pub(crate) format: PolicyFormat,
    /// Who may assume the role
    #[arg(long, value_name = "WHO", default_value = "account")]
    pub(crate) principal: Principal,
    /// The account that assumes the role [default: from the files, or AWS]
    #[arg(long, value_name = "ID", value_parser = account_id)]
    pub(crate) account: Option<String>,
    /// Generate a random external ID and show how to set it in the profile
    // No variable: set once and forgotten, it would change what was agreed on.
    #[arg(long, action = ArgAction::SetTrue, conflicts_with = "external_id")]
    pub(crate) new_external_id: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Print the policy that allows you to assume the role
///
/// To assume a role in another account, both accounts must allow it: the role's trust policy there,
/// and this policy in your own account.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = CALLER, override_usage = CALLER_USAGE, mut_args(profile_needed))]
pub(crate) struct PolicyCaller {
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    pub(crate) format: PolicyFormat,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// Print the console's switch-role link
///
/// The link works for anyone who is signed in to the console. It cannot carry an external ID or a
/// session policy, so xacct refuses a profile that has one.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = LINK, override_usage = LINK_USAGE, mut_args(profile_needed))]
pub(crate) struct PolicyLink {
    #[command(flatten)]
    pub(crate) target: Target,
}

fn account_id(text: &str) -> Result<String, String> {
    if crate::arn::is_account_id(text) {
        Ok(text.to_owned())
    } else {
        Err("an account ID has 12 digits".to_owned())
    }
}
