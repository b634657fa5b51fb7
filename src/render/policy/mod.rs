//! Policies as they are handed over: the document alone, or what creates the role or policy with
//! it.

mod json;
mod hcl;
mod terraform;
mod cloudformation;

#[cfg(test)]
mod tests;

use crate::policy::{Hop, Tree};

/// `--format`
#[expect(
    clippy::doc_markdown,
    reason = "--help shows these words, where backticks would stand as they are"
)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum PolicyFormat {
    /// The policy document
    #[default]
    Json,
    /// Terraform or OpenTofu resources
    Terraform,
    /// A CloudFormation template in JSON
    #[value(name = "cloudformation")]
    CloudFormation,
}

/// What the account that has the role needs: the trust policy, or the role with it. `label` names
/// the resource.
pub(crate) fn trust(hop: &Hop<'_>, document: &Tree, label: &str, format: PolicyFormat) -> String {
    match format {
        PolicyFormat::Json => json::text(document),
        PolicyFormat::Terraform => terraform::role(hop, document, label),
        PolicyFormat::CloudFormation => json::text(&cloudformation::role(hop, document)),
    }
}

/// What the account that assumes the role needs: the policy, alone or as a resource.
pub(crate) fn caller(hop: &Hop<'_>, document: &Tree, label: &str, format: PolicyFormat) -> String {
    match format {
        PolicyFormat::Json => json::text(document),
        PolicyFormat::Terraform => terraform::caller_policy(hop, document, label),
        PolicyFormat::CloudFormation => json::text(&cloudformation::caller_policy(hop, document)),
    }
}

/// `AssumeRole-PartnerAdmin-222222222222`: one name for each role, within what IAM takes.
fn policy_name(hop: &Hop<'_>) -> String {
    format!(
        "AssumeRole-{}-{}",
        hop.arn.role_name().unwrap_or_default(),
        hop.arn.account_id
    )
}

/// The role's name and path.
fn name_and_path<'h>(hop: &'h Hop<'_>) -> (&'h str, &'h str) {
    (
        hop.arn.role_name().unwrap_or_default(),
        hop.arn.role_path().unwrap_or("/"),
    )
}
