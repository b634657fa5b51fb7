//! Access keys that are there to be read: in a profile, in the environment.

use chrono::{DateTime, Utc};

use super::link::{Value, at_key, set};
use crate::config::{FileKind, Profile};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// An access key; with a session token it is a temporary one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    pub(crate) session_token: Option<Secret>,
    /// `aws_account_id`, where the profile has it.
    pub(crate) account_id: Option<String>,
    /// `AWS_CREDENTIAL_EXPIRATION`, where the keys are the environment's.
    pub(crate) expiration: Option<DateTime<Utc>>,
}

/// Either half of a key pair: what makes a source profile's keys win over everything else in it.
pub(super) fn has_access_key(profile: &Profile) -> bool {
    [ACCESS_KEY_ID, SECRET_ACCESS_KEY].iter().any(|key| set(profile, key).is_some())
}

const ACCESS_KEY_ID: &str = "aws_access_key_id";
const SECRET_ACCESS_KEY: &str = "aws_secret_access_key";

/// The profile's keys, where `wanted` says yes to the file that the id stands in. Half a pair is an error.
pub(super) fn of_profile(profile: &Profile, wanted: impl Fn(FileKind) -> bool) -> Result<Option<Keys>> {
    let half = |missing: &str, present: &str| {
        at_key(profile, &[present], &format!("profile '{}' is missing {missing}", profile.name))
            .hint(format!("add {missing}, or delete {present}"))
            .named("key-pair-half")
    };
    let (id, secret) = (set(profile, ACCESS_KEY_ID), set(profile, SECRET_ACCESS_KEY));
    let file = profile.get(ACCESS_KEY_ID).or_else(|| profile.get(SECRET_ACCESS_KEY)).map(|s| s.origin.file);
    if !file.is_some_and(wanted) {
        return Ok(None);
    }
    match (id, secret) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(half(SECRET_ACCESS_KEY, ACCESS_KEY_ID)),
        (None, Some(_)) => Err(half(ACCESS_KEY_ID, SECRET_ACCESS_KEY)),
        (Some(id), Some(secret)) => {
            let token = set(profile, "aws_session_token").or_else(|| set(profile, "aws_security_token"));
            Ok(Some(Keys {
                access_key_id: id.to_owned(),
                secret_access_key: Secret::new(secret),
                session_token: token.map(Secret::new),
                account_id: set(profile, "aws_account_id").map(str::to_owned),
                expiration: None,
            }))
        }
    }
}

/// Either half of a key pair in the environment.
pub(super) fn is_in_environment(env: &Env) -> bool {
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SECRET_ACCESS_KEY"]
        .iter()
        .any(|name| env.get(name).is_some())
}

/// The keys in the environment; `value` is the setting that asks for them.
pub(super) fn of_environment(value: &Value<'_>, env: &Env) -> Result<Keys> {
    // The second names are those of old, which botocore and the Rust SDK still know.
    let first = |names: [&str; 2]| names.iter().find_map(|name| env.get(name));
    let (Some(access_key_id), Some(secret)) =
        (env.get("AWS_ACCESS_KEY_ID"), first(["AWS_SECRET_ACCESS_KEY", "SECRET_ACCESS_KEY"]))
    else {
        if let Some(profile) = env.get("XACCT_PROFILE") {
            return Err(held_for(value, profile));
        }
        return Err(value.error(
            "credential_source is Environment, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set",
        )
        .hint("or, for a web identity, AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE")
        .named("environment-keys-missing"));
    };
    Ok(Keys {
        access_key_id: access_key_id.to_owned(),
        secret_access_key: Secret::new(secret),
        session_token: first(["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"]).map(Secret::new),
        account_id: env.get("AWS_ACCOUNT_ID").map(str::to_owned),
        expiration: env
            .get("AWS_CREDENTIAL_EXPIRATION")
            .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
            .map(Into::into),
    })
}

/// `env` is the user's own, and has no keys: those in the shell are a role's.
fn held_for(value: &Value<'_>, profile: &str) -> Error {
    value
        .error(&format!(
            "credential_source is Environment, but this shell holds credentials of '{profile}', and no keys of your own \
             are known in it"
        ))
        .hint("export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run this in a shell that has them")
        .named("environment-keys-missing")
}
