//! Access keys that are there to be read: in a profile, in the environment. They are checked here,
//! where their places are known.

use chrono::DateTime;

use super::chain_profile::{Value, at_key, set};
use crate::config::{FileKind, Key, Profile};
use crate::credentials::{CredentialPart, Credentials, Flaw, Unchecked};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::secret::Secret;

const ACCESS_KEY_ID: Key = Key::AwsAccessKeyId;
const SECRET_ACCESS_KEY: Key = Key::AwsSecretAccessKey;
const SESSION_TOKEN: Key = Key::AwsSessionToken;
const SECURITY_TOKEN: Key = Key::AwsSecurityToken;
const ACCOUNT_ID: Key = Key::AwsAccountId;

/// Either half of a key pair: what makes a source profile's keys win over everything else in it.
pub(super) fn has_access_key(profile: &Profile) -> bool {
    let is_set = |key: &Key| set(profile, *key).is_some();
    profile.stored_key.is_some() || [ACCESS_KEY_ID, SECRET_ACCESS_KEY].iter().any(is_set)
}

/// The profile's keys, where `wanted` says yes to the file that the id stands in.
///
/// Errors: half a pair, and what is no access key.
pub(super) fn of_profile(
    profile: &Profile,
    wanted: impl Fn(FileKind) -> bool,
) -> Result<Option<Credentials>> {
    let (id, secret) = (set(profile, ACCESS_KEY_ID), set(profile, SECRET_ACCESS_KEY));
    let file = profile
        .get(ACCESS_KEY_ID)
        .or_else(|| profile.get(SECRET_ACCESS_KEY))
        .map(|s| s.origin.file);
    if !file.is_some_and(wanted) {
        return Ok(None);
    }
    let (id, secret) = match (id, secret) {
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(half(profile, SECRET_ACCESS_KEY, ACCESS_KEY_ID)),
        (None, Some(_)) => return Err(half(profile, ACCESS_KEY_ID, SECRET_ACCESS_KEY)),
        (Some(id), Some(secret)) => (id, secret),
    };
    let token = set(profile, SESSION_TOKEN).or_else(|| set(profile, SECURITY_TOKEN));
    let unchecked = Unchecked {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new(secret),
        session_token: token.map(Secret::new),
        expiration: None,
        account_id: set(profile, ACCOUNT_ID).map(str::to_owned),
    };
    unchecked
        .checked()
        .map(Some)
        .map_err(|flaw| at_fault(profile, &flaw))
}

fn half(profile: &Profile, missing: Key, present: Key) -> Error {
    at_key(
        profile,
        &[present],
        &format!("profile '{}' is missing {missing}", profile.name),
    )
    .naming_profile()
    .hint(format!("add {missing}, or delete {present}"))
    .named("key-pair-half")
}

/// The line at fault, and nothing of what stands there.
fn at_fault(profile: &Profile, flaw: &Flaw) -> Error {
    let has_token = [SESSION_TOKEN, SECURITY_TOKEN]
        .iter()
        .any(|key| set(profile, *key).is_some());
    if flaw.part == CredentialPart::SessionToken && !has_token {
        let message = format!("profile '{}': {SESSION_TOKEN} {}", profile.name, flaw.why);
        return at_key(profile, &[ACCESS_KEY_ID], &message)
            .naming_profile()
            .hint(format!(
                "write {SESSION_TOKEN} next to it, which was issued with the key"
            ));
    }
    let keys: &[Key] = match flaw.part {
        CredentialPart::AccessKeyId => &[ACCESS_KEY_ID],
        CredentialPart::SecretAccessKey => &[SECRET_ACCESS_KEY],
        CredentialPart::SessionToken if set(profile, SESSION_TOKEN).is_some() => &[SESSION_TOKEN],
        CredentialPart::SessionToken => &[SECURITY_TOKEN],
        CredentialPart::AccountId => &[ACCOUNT_ID],
    };
    let key = keys[0];
    at_key(
        profile,
        keys,
        &format!("profile '{}': {key} {}", profile.name, flaw.why),
    )
    .naming_profile()
    .hint(format!("copy {key} again, whole and on one line"))
}

/// Either half of a key pair in the environment.
pub(super) fn is_in_environment(env: &Env) -> bool {
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "SECRET_ACCESS_KEY",
    ]
    .iter()
    .any(|name| env.get(name).is_some())
}

// The second names are those of old, which botocore and the Rust SDK still know.
const SECRETS: [&str; 2] = ["AWS_SECRET_ACCESS_KEY", "SECRET_ACCESS_KEY"];
const TOKENS: [&str; 2] = ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];

/// The first of the variables that is set: its name and text.
fn first<'e>(env: &'e Env, names: [&'static str; 2]) -> Option<(&'static str, &'e str)> {
    names
        .into_iter()
        .find_map(|name| Some((name, env.get(name)?)))
}

/// The keys in the environment; `value` is the setting that asks for them.
pub(super) fn of_environment(value: &Value<'_>, env: &Env) -> Result<Credentials> {
    let (Some(access_key_id), Some((_, secret))) =
        (env.get("AWS_ACCESS_KEY_ID"), first(env, SECRETS))
    else {
        if let Some(profile) = env.get("XACCT_PROFILE") {
            return Err(held_for(value, profile));
        }
        return Err(value.error(
            "credential_source is Environment, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are \
             not both set",
        )
        .hint("or, for a web identity, AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE")
        .named("environment-keys-missing"));
    };
    let unchecked = Unchecked {
        access_key_id: access_key_id.to_owned(),
        secret_access_key: Secret::new(secret),
        session_token: first(env, TOKENS).map(|(_, token)| Secret::new(token)),
        account_id: env.get("AWS_ACCOUNT_ID").map(str::to_owned),
        expiration: env
            .get("AWS_CREDENTIAL_EXPIRATION")
            .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
            .map(Into::into),
    };
    unchecked.checked().map_err(|flaw| in_variable(env, &flaw))
}

fn in_variable(env: &Env, flaw: &Flaw) -> Error {
    let name = match flaw.part {
        CredentialPart::AccessKeyId => "AWS_ACCESS_KEY_ID",
        CredentialPart::SecretAccessKey => first(env, SECRETS).map_or(SECRETS[0], |(name, _)| name),
        CredentialPart::SessionToken => first(env, TOKENS).map_or(TOKENS[0], |(name, _)| name),
        CredentialPart::AccountId => "AWS_ACCOUNT_ID",
    };
    let error = Error::config(format!("the environment variable {name} {}", flaw.why));
    if flaw.part == CredentialPart::SessionToken && first(env, TOKENS).is_none() {
        return error.hint(format!(
            "export {name}, which was given out with the key in AWS_ACCESS_KEY_ID"
        ));
    }
    error.hint(format!("set {name} again, whole and without a line end"))
}

/// `env` is the user's own, and has no keys: those in the shell are a role's.
fn held_for(value: &Value<'_>, profile: &str) -> Error {
    value
        .error(&format!(
            "credential_source is Environment, but this shell holds credentials of '{profile}', \
             and no keys of your own are known in it"
        ))
        .hint(
            "export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run this in a shell that has \
               them",
        )
        .named("environment-keys-missing")
}
