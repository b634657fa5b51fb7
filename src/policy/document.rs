//! The two policies, statement by statement.

use super::caller::{NamedPrincipal, Principal};
use super::hop::Hop;
use super::tree::Tree;
use crate::error::{Error, Result};

/// The policy that says who may assume the role, and on what terms; `account_id` is the caller's.
///
/// Each action has a statement of its own: `sts:ExternalId` and MFA are asked of the AssumeRole,
/// and a condition on a key that a request's other actions do not carry would refuse them (IAM user
/// guide, "Pass session tags in AWS STS").
///
/// Errors: of kind `Config`, where the caller is not what `principal` says.
pub(crate) fn trust_policy(
    hop: &Hop<'_>,
    principal: Principal,
    account_id: &str,
    external_id: Option<&str>,
) -> Result<Tree> {
    let named = hop
        .caller
        .named(principal, hop.arn.partition, account_id)
        .map_err(|who| {
            Error::config(format!("{} is assumed by {who}", hop.role.role_arn))
                .hint("--principal account lets the caller's own account say who may")
        })?;
    let mut conditions: Vec<(&str, Tree)> = Vec::new();
    if let Some(external_id) = external_id {
        conditions.push((
            "StringEquals",
            Tree::object([("sts:ExternalId", Tree::text(external_id))]),
        ));
    }
    if hop.mfa {
        conditions.push((
            "Bool",
            Tree::object([("aws:MultiFactorAuthPresent", Tree::text("true"))]),
        ));
    }
    conditions.extend(named.arn_like());
    let mut statements = vec![statement("AssumeRole", named.as_principal(), &conditions)];
    if !hop.tag_keys.is_empty() {
        // Only these: what a tag is called may decide what the session can do.
        let keys = Tree::List(hop.tag_keys.iter().map(|key| Tree::text(*key)).collect());
        let mut conditions = vec![(
            "ForAllValues:StringEquals",
            Tree::object([("aws:TagKeys", keys)]),
        )];
        conditions.extend(named.arn_like());
        statements.push(statement("TagSession", named.as_principal(), &conditions));
    }
    if hop.source_identity {
        let conditions: Vec<_> = named.arn_like().into_iter().collect();
        statements.push(statement(
            "SetSourceIdentity",
            named.as_principal(),
            &conditions,
        ));
    }
    Ok(policy(statements))
}

impl NamedPrincipal {
    fn as_principal(&self) -> Tree {
        Tree::object([("AWS", Tree::text(&self.principal))])
    }

    fn arn_like(&self) -> Option<(&'static str, Tree)> {
        if self.principal_arn_like.is_empty() {
            return None;
        }
        let patterns = Tree::one_or_many(self.principal_arn_like.iter().map(String::as_str));
        Some(("ArnLike", Tree::object([("aws:PrincipalArn", patterns)])))
    }
}

fn statement(action: &str, principal: Tree, conditions: &[(&str, Tree)]) -> Tree {
    let mut members = vec![
        ("Sid".to_owned(), Tree::text(format!("Allow{action}"))),
        ("Effect".to_owned(), Tree::text("Allow")),
        ("Principal".to_owned(), principal),
        ("Action".to_owned(), Tree::text(format!("sts:{action}"))),
    ];
    if !conditions.is_empty() {
        let conditions = conditions
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        members.push(("Condition".to_owned(), Tree::Object(conditions)));
    }
    Tree::Object(members)
}

/// The policy that the caller's own account needs, so that the caller may assume the role.
pub(crate) fn caller_policy(hop: &Hop<'_>) -> Tree {
    let optional = [
        ("sts:TagSession", !hop.tag_keys.is_empty()),
        ("sts:SetSourceIdentity", hop.source_identity),
    ];
    let optional = optional
        .into_iter()
        .filter(|(_, needed)| *needed)
        .map(|(action, _)| action);
    policy(vec![Tree::object([
        ("Sid", Tree::text("AllowAssumeRole")),
        ("Effect", Tree::text("Allow")),
        (
            "Action",
            Tree::one_or_many(["sts:AssumeRole"].into_iter().chain(optional)),
        ),
        ("Resource", Tree::text(&hop.role.role_arn)),
    ])])
}

fn policy(statements: Vec<Tree>) -> Tree {
    Tree::object([
        ("Version", Tree::text("2012-10-17")),
        ("Statement", Tree::List(statements)),
    ])
}
