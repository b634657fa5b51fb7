//! `[[identity_center]]` of a world: the one user of an IAM Identity Center, and what is assigned
//! to it.
//!
//! Signing in is `oidc`'s, handing the roles out is `portal`'s.

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// `[[identity_center]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SandboxCenter {
    /// `https://acme.awsapps.com/start`
    pub(crate) start_url: String,
    /// Where it lives; its roles' paths say so.
    pub(crate) region: String,
    /// Whom its page signs in; role sessions have this name.
    pub(crate) user: String,
    /// How long an access token is good for where it can be refreshed, in seconds.
    #[serde(default = "hour")]
    pub(crate) token_seconds: i64,
    /// How long a sign-in lasts, in seconds.
    #[serde(default = "eight_hours")]
    pub(crate) session_seconds: i64,
    #[serde(default)]
    pub(crate) assignment: Vec<Assignment>,
}

/// `[[identity_center.assignment]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assignment {
    /// The id of an `[[account]]`.
    pub(crate) account: String,
    /// Permission sets, as the portal names them.
    pub(crate) roles: Vec<String>,
}

fn hour() -> i64 {
    3600
}

fn eight_hours() -> i64 {
    28_800
}

impl SandboxCenter {
    /// The roles assigned in this account; none where it is not assigned at all.
    pub(crate) fn roles(&self, account_id: &str) -> impl Iterator<Item = &str> {
        let assigned = self
            .assignment
            .iter()
            .filter(move |assignment| assignment.account == account_id);
        assigned.flat_map(|assignment| assignment.roles.iter().map(String::as_str))
    }

    /// The IAM role that a permission set becomes in an account:
    /// `AWSReservedSSO_Admin_0123456789abcdef`.
    pub(crate) fn role_name(&self, account_id: &str, role: &str) -> String {
        let digest = Sha256::digest(format!("{} {account_id} {role}", self.start_url));
        format!("AWSReservedSSO_{role}_{}", hex::encode(&digest[..8]))
    }

    /// `/aws-reserved/sso.amazonaws.com/`, with the region in it where it is not the oldest one.
    pub(crate) fn role_path(&self) -> String {
        let region = if self.region == "us-east-1" {
            String::new()
        } else {
            format!("{}/", self.region)
        };
        format!("/aws-reserved/sso.amazonaws.com/{region}")
    }

    /// What Identity Center would not have let anyone set up.
    pub(crate) fn check(&self, accounts: &[&str]) -> Result<(), String> {
        let place = format!("identity_center {}", self.start_url);
        if !url::Url::parse(&self.start_url).is_ok_and(|url| url.scheme() == "https") {
            return Err(format!("{place}: start_url must be an https address"));
        }
        if !(2..=64).contains(&self.user.len()) || !self.user.chars().all(is_word) {
            return Err(format!(
                "{place}: user '{}' cannot be the name of a role session",
                self.user
            ));
        }
        // A century at most; more would leave the calendar.
        let lasting = 60..=3_155_760_000;
        if !lasting.contains(&self.token_seconds) || !lasting.contains(&self.session_seconds) {
            return Err(format!(
                "{place}: token_seconds and session_seconds must be 60 or more"
            ));
        }
        for assignment in &self.assignment {
            if !accounts.contains(&assignment.account.as_str()) {
                return Err(format!(
                    "{place}: there is no account {}",
                    assignment.account
                ));
            }
            let mut roles = assignment.roles.iter();
            let wrong =
                roles.find(|role| !(1..=32).contains(&role.len()) || !role.chars().all(is_word));
            if let Some(role) = wrong {
                return Err(format!(
                    "{place}: role '{role}' must be 1 to 32 letters and digits"
                ));
            }
        }
        Ok(())
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}
