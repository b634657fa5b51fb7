//! The options that say of a role what its profile says otherwise: declared, described and written
//! down in one place, for the command line, for plans and for what the last run leaves behind. What
//! they mean is left to `plan`.

use std::path::PathBuf;

use clap::ArgAction;
use clap::ValueHint;
use clap::builder::BoolishValueParser;
use serde::{Deserialize, Serialize};

use crate::config::Key;
use crate::duration;

/// The keys that an option stands for, and the option; and its variable, if it has one.
pub(crate) const OPTIONS: [(Key, &str, Option<&str>); 12] = [
    (Key::ReadOnly, "--read-only", Some("XACCT_READ_ONLY")),
    (Key::RoleArn, "--role-arn", None),
    (Key::SourceProfile, "--source-profile", None),
    (Key::ExternalId, "--external-id", None),
    (
        Key::RoleSessionName,
        "--session-name",
        Some("XACCT_SESSION_NAME"),
    ),
    (Key::DurationSeconds, "--duration", Some("XACCT_DURATION")),
    (Key::MfaSerial, "--mfa-serial", None),
    (Key::Region, "--region", Some("XACCT_REGION")),
    (Key::SourceIdentity, "--source-identity", None),
    (Key::SessionTags, "--tag", None),
    (Key::SessionPolicy, "--policy", None),
    (Key::SessionPolicyArns, "--policy-arn", None),
];

/// Overrides for the settings of one profile.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Role overrides")]
pub(crate) struct RoleOptions {
    /// The role to assume
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// The external ID that the role requires
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    #[command(flatten)]
    pub(crate) session: SessionOptions,
    /// The MFA device's ARN, or hardware serial number
    #[arg(long, hide_short_help = true, value_name = "SERIAL")]
    pub(crate) mfa_serial: Option<String>,
    /// The region to use, also for STS
    #[arg(long, env = "XACCT_REGION", value_name = "REGION")]
    pub(crate) region: Option<String>,
}

/// Overrides that make sense for many profiles, too.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
#[command(next_help_heading = "Role overrides")]
pub(crate) struct SessionOptions {
    /// The role session name, as CloudTrail shows it
    #[arg(id = "session_name", long = "session-name", env = "XACCT_SESSION_NAME")]
    #[arg(hide_short_help = true, value_name = "NAME")]
    pub(crate) role_session_name: Option<String>,
    /// How long credentials last: 15m, 1h or seconds
    // In seconds.
    #[arg(id = "duration", long = "duration", env = "XACCT_DURATION")]
    #[arg(value_name = "DURATION", value_parser = duration::parse)]
    pub(crate) duration_seconds: Option<u64>,
    /// The source identity, kept through role chains
    #[arg(long, hide_short_help = true, value_name = "NAME")]
    pub(crate) source_identity: Option<String>,
    /// A session tag; repeat the option or separate tags with commas
    // STS allows no comma in a tag's key or value (its pattern is [\p{L}\p{Z}\p{N}_.:/=+\-@]*).
    #[arg(id = "tag", long = "tag", value_delimiter = ',', value_parser = tag)]
    #[arg(hide_short_help = true, value_name = "KEY=VALUE")]
    pub(crate) tags: Vec<(String, String)>,
    /// A JSON file with a session policy, which restricts the session
    ///
    /// A pipe is read once, for 10 seconds at most: --policy <(jq .policy roles.json).
    #[arg(id = "policy", long = "policy", value_hint = ValueHint::FilePath)]
    #[arg(hide_short_help = true, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) policy_file: Option<PathBuf>,
    /// What stands in that file, once it was read.
    #[arg(skip)]
    pub(crate) policy: Option<String>,
    /// A managed policy as session policy; repeat it or separate ARNs with spaces
    // A policy's name may hold a comma, never a space.
    #[arg(id = "policy_arn", long = "policy-arn", value_delimiter = ' ')]
    #[arg(hide_short_help = true, value_name = "ARN")]
    pub(crate) policy_arns: Vec<String>,
    /// Restrict the session to read-only access
    #[arg(long, env = "XACCT_READ_ONLY", value_parser = BoolishValueParser::new())]
    #[arg(hide_short_help = true, action = ArgAction::SetTrue)]
    pub(crate) read_only: bool,
}

impl RoleOptions {
    /// What stands for the key, where that is one text.
    pub(crate) fn text(&self, key: Key) -> Option<&str> {
        let text = match key {
            Key::RoleArn => &self.role_arn,
            Key::ExternalId => &self.external_id,
            Key::RoleSessionName => &self.session.role_session_name,
            Key::MfaSerial => &self.mfa_serial,
            Key::Region => &self.region,
            Key::SourceIdentity => &self.session.source_identity,
            Key::SessionPolicy => &self.session.policy,
            _ => &None,
        };
        text.as_deref()
    }

    /// Whether anything stands for the key.
    pub(crate) fn is_typed(&self, key: Key) -> bool {
        match key {
            Key::DurationSeconds => self.session.duration_seconds.is_some(),
            Key::SessionTags => !self.session.tags.is_empty(),
            Key::SessionPolicyArns => !self.session.policy_arns.is_empty(),
            Key::ReadOnly => self.session.read_only,
            _ => self.text(key).is_some(),
        }
    }

    /// What these variables stand for, as it would be typed.
    pub(crate) fn typed_for(&self, variables: &[&'static str]) -> Vec<String> {
        let mut words = Vec::new();
        for (key, option, variable) in OPTIONS {
            if variable.is_none_or(|name| !variables.contains(&name)) || !self.is_typed(key) {
                continue;
            }
            let seconds = self.session.duration_seconds.map(|own| own.to_string());
            let value = match key {
                Key::DurationSeconds => seconds,
                _ => self.text(key).map(str::to_owned),
            };
            words.extend(std::iter::once(option.to_owned()).chain(value));
        }
        words
    }
}

impl SessionOptions {
    /// These, and what they leave open as `others` have it.
    pub(crate) fn or(self, others: SessionOptions) -> SessionOptions {
        SessionOptions {
            role_session_name: self.role_session_name.or(others.role_session_name),
            duration_seconds: self.duration_seconds.or(others.duration_seconds),
            source_identity: self.source_identity.or(others.source_identity),
            tags: first_filled(self.tags, others.tags),
            policy_file: self.policy_file.or(others.policy_file),
            policy: self.policy.or(others.policy),
            policy_arns: first_filled(self.policy_arns, others.policy_arns),
            read_only: self.read_only || others.read_only,
        }
    }
}

impl From<SessionOptions> for RoleOptions {
    fn from(session: SessionOptions) -> RoleOptions {
        RoleOptions {
            session,
            ..RoleOptions::default()
        }
    }
}

fn first_filled<T>(one: Vec<T>, other: Vec<T>) -> Vec<T> {
    if one.is_empty() { other } else { one }
}

/// `KEY=VALUE`; the value may be empty and may hold further `=`.
fn tag(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write a tag as KEY=VALUE".to_owned()),
    }
}
