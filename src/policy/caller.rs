//! Who assumes a role, and how a policy names them.

use crate::arn::Arn;

/// Who signs an AssumeRole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// An IAM user, by ARN.
    User(String),
    /// A role, by its own ARN.
    Role(String),
    /// A role of which STS told all but its path.
    PathlessRole {
        account_id: String,
        role_name: String,
    },
    /// A permission set of IAM Identity Center, whose role's name has an end that only AWS knows.
    PermissionSet {
        account_id: String,
        role_name: String,
    },
    /// AWS's root user.
    Root { account_id: String },
    /// Somebody of this account, where that much is known.
    Unknown { account_id: Option<String> },
}

/// `--principal`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Principal {
    /// The caller's account, whose own policies say who in it may
    #[default]
    Account,
    /// The IAM user alone
    User,
    /// The role alone, or the permission set
    Role,
}

/// How a trust policy names the caller: the principal, and what `aws:PrincipalArn` must be like
/// where that is not all.
pub(super) struct NamedPrincipal {
    pub(super) principal: String,
    pub(super) principal_arn_like: Vec<String>,
}

impl NamedPrincipal {
    fn only(principal: String) -> NamedPrincipal {
        NamedPrincipal {
            principal,
            principal_arn_like: Vec::new(),
        }
    }
}

impl Caller {
    /// From what GetCallerIdentity says; `None` for who can assume no role.
    pub(crate) fn of_identity(account_id: &str, arn: &str) -> Option<Caller> {
        let parsed = Arn::parse(arn)?;
        let account_id = account_id.to_owned();
        match (parsed.service, parsed.resource.split('/').next()?) {
            ("iam", "user") => Some(Caller::User(arn.to_owned())),
            ("iam", "root") => Some(Caller::Root { account_id }),
            ("sts", "assumed-role") => Some(Caller::PathlessRole {
                account_id,
                role_name: parsed.role_name()?.to_owned(),
            }),
            _ => None,
        }
    }

    /// The account, as far as it is known.
    pub(crate) fn account_id(&self) -> Option<&str> {
        match self {
            Caller::User(arn) | Caller::Role(arn) => Arn::parse(arn).map(|arn| arn.account_id),
            Caller::PathlessRole { account_id, .. }
            | Caller::PermissionSet { account_id, .. }
            | Caller::Root { account_id } => Some(account_id),
            Caller::Unknown { account_id } => account_id.as_deref(),
        }
    }

    /// Whether the files say enough for this principal, so that AWS need not be asked.
    pub(crate) fn suffices(&self, principal: Principal) -> bool {
        match principal {
            Principal::Account => self.account_id().is_some(),
            Principal::User | Principal::Role => !matches!(self, Caller::Unknown { .. }),
        }
    }

    /// Errors: the end of a sentence that says who the caller is instead.
    pub(super) fn named(
        &self,
        principal: Principal,
        partition: &str,
        account_id: &str,
    ) -> Result<NamedPrincipal, String> {
        let root = format!("arn:{partition}:iam::{account_id}:root");
        let role = format!("arn:{partition}:iam::{account_id}:role");
        match (principal, self) {
            (Principal::Account, _) => Ok(NamedPrincipal::only(root)),
            (Principal::User, Caller::User(arn)) | (Principal::Role, Caller::Role(arn)) => {
                Ok(NamedPrincipal::only(arn.clone()))
            }
            (Principal::Role, Caller::PathlessRole { role_name, .. }) => Ok(NamedPrincipal {
                principal: root,
                principal_arn_like: vec![
                    format!("{role}/{role_name}"),
                    format!("{role}/*/{role_name}"),
                ],
            }),
            (Principal::Role, Caller::PermissionSet { role_name, .. }) => {
                let reserved = format!("{role}/aws-reserved/sso.amazonaws.com");
                let name = format!("AWSReservedSSO_{role_name}_*");
                // The region is in the path, but for Identity Centers in us-east-1.
                Ok(NamedPrincipal {
                    principal: root,
                    principal_arn_like: vec![
                        format!("{reserved}/{name}"),
                        format!("{reserved}/*/{name}"),
                    ],
                })
            }
            (_, Caller::User(arn)) => Err(format!("an IAM user, {arn}")),
            (_, Caller::Role(arn)) => Err(format!("a role, {arn}")),
            (_, Caller::PathlessRole { role_name, .. }) => Err(format!("a role, {role_name}")),
            (_, Caller::PermissionSet { role_name, .. }) => {
                Err(format!("a role of IAM Identity Center, {role_name}"))
            }
            (_, Caller::Root { .. }) => {
                Err("the account's root user, which AWS lets assume no role".to_owned())
            }
            (_, Caller::Unknown { .. }) => Err("unknown".to_owned()),
        }
    }
}
