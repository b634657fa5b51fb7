//! Credentials as a value, and the environment variables they become.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::secret::Secret;

/// What STS, a source, or the cache gives: long-term keys have neither token nor expiration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    pub(crate) session_token: Option<Secret>,
    pub(crate) expiration: Option<DateTime<Utc>>,
    /// Twelve digits, where STS or the profile said so.
    pub(crate) account_id: Option<String>,
}

/// Credentials with what a process needs beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issued {
    pub(crate) credentials: Credentials,
    /// What `XACCT_PROFILE` will say: the profile's name, or the role ARN where none was named.
    pub(crate) profile: String,
    pub(crate) region: String,
    /// The profile's other settings as variables, such as `AWS_ENDPOINT_URL_S3` and `AWS_CONFIG_FILE`. Which ones there
    /// are differs from profile to profile, and none of them is one that the user has set.
    pub(crate) settings: Vec<(String, Secret)>,
}

/// Every variable that xacct sets; `unset` and a failed `assume` take out exactly these.
pub(crate) const SET_BY_XACCT: [&str; 8] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCOUNT_ID",
    "XACCT_PROFILE",
];

/// Variables that SDKs would use instead of, or mix with, what xacct sets (AWS.md A1.2, A5).
pub(crate) const COMPETING: [&str; 12] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "SECRET_ACCESS_KEY",
];

impl Issued {
    /// The variables in the order of [`SET_BY_XACCT`]; `None` is one that must be unset because these credentials
    /// do not have it.
    pub(crate) fn variables(&self) -> Vec<(&'static str, Option<Secret>)> {
        let keys = &self.credentials;
        let plain = |text: &str| Some(Secret::new(text));
        let values = [
            plain(&keys.access_key_id),
            Some(keys.secret_access_key.clone()),
            keys.session_token.clone(),
            keys.expiration.map(|at| Secret::new(rfc3339(at))),
            plain(&self.region),
            plain(&self.region),
            keys.account_id.as_deref().and_then(plain),
            plain(&self.profile),
        ];
        SET_BY_XACCT.into_iter().zip(values).collect()
    }

    /// Everything that is set: [`Issued::variables`], then the profile's other settings.
    pub(crate) fn all_variables(&self) -> Vec<(&str, Option<Secret>)> {
        let settings = self.settings.iter().map(|(name, value)| (name.as_str(), Some(value.clone())));
        self.variables().into_iter().chain(settings).collect()
    }
}

/// `2026-11-22T17:03:00Z`: whole seconds, with the offset that every SDK insists on (AWS.md A4).
pub(crate) fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
