//! An issuance as a value: what the audit log says of it. Never a secret.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};

use crate::credentials::rfc3339;

/// One issuance, in the words of `xacct audit --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// When the answer came, to the second.
    #[serde(serialize_with = "to_the_second")]
    pub(crate) time: DateTime<Utc>,
    /// The profile that was asked for.
    pub(crate) profile: String,
    /// `AssumeRole`, `GetSessionToken`, or the kind of source.
    pub(crate) action: String,
    /// The role's ARN; for IAM Identity Center, which does not tell it, the role's name.
    pub(crate) role: Option<String>,
    pub(crate) role_session_name: Option<String>,
    pub(crate) account_id: Option<String>,
    /// Of the credentials that were issued, as CloudTrail has it. Not a secret.
    pub(crate) access_key_id: String,
    #[serde(serialize_with = "to_the_second_if_any")]
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) why: Why,
    /// The name of the process that started xacct, where the system tells.
    pub(crate) caller: Option<String>,
    pub(crate) caller_pid: Option<i32>,
}

/// Why the cache did not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Why {
    /// Nothing was cached
    Miss,
    /// What was cached had expired
    Expired,
    /// AWS did not take what was cached
    Refused,
    /// What was cached was about to expire, or had less left than --min-ttl
    Renewal,
    /// --refresh
    Refresh,
}

impl Why {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Why::Miss => "miss",
            Why::Expired => "expired",
            Why::Refused => "refused",
            Why::Renewal => "renewal",
            Why::Refresh => "refresh",
        }
    }
}

fn to_the_second<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&rfc3339(*at))
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn to_the_second_if_any<S: Serializer>(
    at: &Option<DateTime<Utc>>,
    to: S,
) -> Result<S::Ok, S::Error> {
    at.map(rfc3339).serialize(to)
}
