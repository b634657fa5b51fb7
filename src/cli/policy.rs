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
  xacct policy trust arn:aws:iam::222222222222:role/PartnerAdmin --source-profile hub --new-external-id";
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

/// Print what two accounts must allow so that a profile's role can be assumed
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

/// Print the role's trust policy, which is what one sends a new client
///
/// It names who assumes the role, and has the conditions that the profile meets: its external ID, and MFA where there
/// is a code on the way. By default it trusts the caller's account, whose own policies (policy caller) then say who in
/// it may: that goes on working when a user or role there is made anew, which a principal by name does not. As
/// Terraform or CloudFormation it is the whole role; what the role may do is for its account to say.
///
/// AWS is asked (GetCallerIdentity) only where the files do not say which account or user the caller is.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = TRUST, override_usage = TRUST_USAGE, mut_args(profile_needed))]
pub(crate) struct PolicyTrust {
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    pub(crate) format: PolicyFormat,
    /// Whom the role trusts
    #[arg(long, value_name = "WHO", default_value = "account")]
    pub(crate) principal: Principal,
    /// The account that assumes the role, instead of what the files or AWS say
    #[arg(long, value_name = "ID", value_parser = account_id)]
    pub(crate) account: Option<String>,
    /// Make up a new external ID, long and random, and say how to set it in the profile
    // No variable: set once and forgotten, it would change what was agreed on.
    #[arg(long, action = ArgAction::SetTrue, conflicts_with = "external_id")]
    pub(crate) new_external_id: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Print the policy that lets the caller assume the role, for the caller's own account
///
/// Another account's role can be assumed only where both say so: the role, by its trust policy, and the account of
/// whoever assumes it, by this one.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = CALLER, override_usage = CALLER_USAGE, mut_args(profile_needed))]
pub(crate) struct PolicyCaller {
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    pub(crate) format: PolicyFormat,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// Print the link by which somebody who is signed in to the console switches to the role
///
/// The console's form has no place for an external ID or a session policy: for a profile that has one there is no link,
/// and the reason is said.
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
        Err("an account id is twelve digits".to_owned())
    }
}
