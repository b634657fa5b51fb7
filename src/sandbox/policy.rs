//! May this caller assume this role? The role's trust policy and the caller's own, as IAM weighs
//! them.
//!
//! Source: IAM user guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".

use super::state::SignerIdentity;
use super::world::{Account, Role, Trust};

/// What the conditions of a trust policy look at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TrustContext<'a> {
    pub(crate) external_id: Option<&'a str>,
    /// Seconds since the MFA code, where there was one.
    pub(crate) mfa_age: Option<i64>,
    pub(crate) source_identity: Option<&'a str>,
    /// Whether session tags are passed or handed down.
    pub(crate) tags: bool,
}

/// Errors: the action that is not allowed.
pub(crate) fn may_assume(
    caller: &SignerIdentity,
    account: &Account,
    role: &Role,
    context: TrustContext<'_>,
) -> Result<(), &'static str> {
    let needed = [
        ("sts:AssumeRole", true),
        ("sts:TagSession", context.tags),
        ("sts:SetSourceIdentity", context.source_identity.is_some()),
    ];
    for (action, _) in needed.into_iter().filter(|(_, needed)| *needed) {
        let own_policy = caller
            .may_assume
            .iter()
            .any(|pattern| like(pattern, &account.role_arn(role)));
        let allowed = role
            .trust
            .iter()
            .filter(|trust| allows(trust, action, context))
            .any(|trust| {
                match trusted(trust, caller, account) {
                    Trusted::No => false,
                    Trusted::Account => own_policy,
                    // Within one account, a trust policy that names the caller is enough.
                    Trusted::ByName => own_policy || caller.account_id == account.id,
                }
            });
        if !allowed {
            return Err(action);
        }
    }
    Ok(())
}

enum Trusted {
    No,
    /// The caller's account, which leaves it to the caller's own policy.
    Account,
    ByName,
}

fn trusted(trust: &Trust, caller: &SignerIdentity, account: &Account) -> Trusted {
    let root = format!("arn:{}:iam::{}:root", account.partition, caller.account_id);
    let trusts = |principal: &str| trust.principals.iter().any(|own| own == principal);
    if trusts(&caller.principal_arn) || trusts(&caller.arn) {
        Trusted::ByName
    } else if trusts(&root) || trusts(&caller.account_id) || trusts("*") {
        Trusted::Account
    } else {
        Trusted::No
    }
}

/// Whether the statement is about this action and all its conditions hold.
fn allows(trust: &Trust, action: &str, context: TrustContext<'_>) -> bool {
    let external_id = trust
        .external_id
        .as_deref()
        .is_none_or(|id| context.external_id == Some(id));
    let mfa = !trust.mfa || context.mfa_age.is_some();
    let fresh = trust
        .max_mfa_age
        .is_none_or(|max| context.mfa_age.is_some_and(|age| age < max));
    let source_identity = trust.source_identity.as_deref().is_none_or(|pattern| {
        context
            .source_identity
            .is_some_and(|name| like(pattern, name))
    });
    // A statement for tokens is for nobody who signs.
    let about =
        trust.federated.is_none() && trust.actions.iter().any(|pattern| like(pattern, action));
    about && external_id && mfa && fresh && source_identity
}

/// IAM's `StringLike`: `*` is any text, `?` any character.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            // Back to the last star, which takes one character more.
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, matches) in [
            ("*", "", true),
            ("*", "anything", true),
            ("arn:*:role/A*n", "arn:aws:iam::2:role/Admin", true),
            ("arn:*:role/A*n", "arn:aws:iam::2:role/Admins", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("", "a", false),
            ("a**b", "a-b", true),
        ] {
            assert_eq!(like(pattern, text), matches, "{pattern} {text}");
        }
    }
}
