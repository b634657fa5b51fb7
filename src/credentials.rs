//! Credentials as a value, the check that they pass, and the environment variables they become.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::arn::{Arn, is_account_id};
use crate::secret::Secret;

/// What STS, a source, or the cache gives: long-term keys have neither token nor expiration.
///
/// The fields are private: [`Unchecked::checked`] is the only way to make one, so what holds a
/// `Credentials` never has to look at it again. The SDK panics on an access key id or a token that
/// does not fit into a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    access_key_id: String,
    secret_access_key: Secret,
    session_token: Option<Secret>,
    expiration: Option<DateTime<Utc>>,
    account_id: Option<String>,
}

impl Credentials {
    /// 16 to 128 letters, digits and `_`. For signing and handing out; people are shown
    /// [`Credentials::shown_id`].
    pub(crate) fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The id as messages and logs may have it.
    pub(crate) fn shown_id(&self) -> &str {
        shown_id(&self.access_key_id)
    }

    pub(crate) fn secret_access_key(&self) -> &Secret {
        &self.secret_access_key
    }

    /// Never an empty one.
    pub(crate) fn session_token(&self) -> Option<&Secret> {
        self.session_token.as_ref()
    }

    pub(crate) fn expiration(&self) -> Option<DateTime<Utc>> {
        self.expiration
    }

    /// As STS, the source or the profile said it.
    pub(crate) fn account_id(&self) -> Option<&str> {
        self.account_id.as_deref()
    }

    /// Keys that do not end: the only ones that can sign a request with an MFA code.
    pub(crate) fn are_long_term(&self) -> bool {
        self.session_token.is_none()
    }

    /// The same with this account, unless it is known already; what could not be an account's id is
    /// left out.
    #[must_use]
    pub(crate) fn or_in_account(mut self, account_id: Option<&str>) -> Credentials {
        if self.account_id.is_none() {
            self.account_id = account_id
                .filter(|id| bad_character(id).is_none())
                .map(str::to_owned);
        }
        self
    }

    #[must_use]
    pub(crate) fn expiring(mut self, expiration: Option<DateTime<Utc>>) -> Credentials {
        self.expiration = expiration;
        self
    }
}

/// Credentials as a file, a variable, a program or a service gave them.
#[derive(Debug)]
pub(crate) struct Unchecked {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    pub(crate) session_token: Option<Secret>,
    pub(crate) expiration: Option<DateTime<Utc>>,
    pub(crate) account_id: Option<String>,
}

/// One of the values that make up credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CredentialPart {
    AccessKeyId,
    SecretAccessKey,
    SessionToken,
    AccountId,
}

impl CredentialPart {
    /// As AWS's documents have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            CredentialPart::AccessKeyId => "AccessKeyId",
            CredentialPart::SecretAccessKey => "SecretAccessKey",
            CredentialPart::SessionToken => "SessionToken",
            CredentialPart::AccountId => "AccountId",
        }
    }
}

/// Why values are not credentials. Nothing of a value is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) part: CredentialPart,
    /// The end of a sentence that begins with the name of the part.
    pub(crate) why: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.part.name(), self.why)
    }
}

impl Unchecked {
    /// The one check that all credentials pass before they are used, cached or handed out. An empty
    /// token or account is none.
    ///
    /// Errors: the first value that no AWS credentials have.
    pub(crate) fn checked(self) -> Result<Credentials, Flaw> {
        let flaw = |part| move |why| Flaw { part, why };
        check_id(&self.access_key_id).map_err(flaw(CredentialPart::AccessKeyId))?;
        check_secret(self.secret_access_key.expose())
            .map_err(flaw(CredentialPart::SecretAccessKey))?;
        let session_token = self
            .session_token
            .filter(|token| !token.expose().trim().is_empty());
        if let Some(token) = &session_token {
            check_secret(token.expose()).map_err(flaw(CredentialPart::SessionToken))?;
        }
        if session_token.is_none() && is_temporary_id(&self.access_key_id) {
            let why =
                "is missing, and a temporary access key (ASIA…) is of no use without it".to_owned();
            return Err(Flaw {
                part: CredentialPart::SessionToken,
                why,
            });
        }
        let account_id = self.account_id.filter(|id| !id.trim().is_empty());
        if let Some(why) = account_id.as_deref().and_then(bad_character) {
            return Err(Flaw {
                part: CredentialPart::AccountId,
                why,
            });
        }
        Ok(Credentials {
            access_key_id: self.access_key_id,
            secret_access_key: self.secret_access_key,
            session_token,
            expiration: self.expiration,
            account_id,
        })
    }
}

impl Unchecked {
    /// As [`Unchecked::checked`], for what a program or a service has answered: its account is one
    /// of AWS's.
    pub(crate) fn checked_answer(self) -> Result<Credentials, Flaw> {
        let credentials = self.checked()?;
        if credentials
            .account_id()
            .is_some_and(|id| !is_account_id(id))
        {
            return Err(Flaw {
                part: CredentialPart::AccountId,
                why: "is not twelve digits".to_owned(),
            });
        }
        Ok(credentials)
    }
}

const MASK: &str = "(not shown: it does not look like an access key id)";

/// An access key id that may be shown: AWS's have capital letters and digits only. What was pasted
/// into its place may be a secret.
pub(crate) fn shown_id(text: &str) -> &str {
    let looks_like_one = (16..=128).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if looks_like_one { text } else { MASK }
}

const NO_DEVICE: &str = "(not shown: it does not look like an MFA device)";

/// The ARN of an MFA device, or a hardware device's number, as AWS's are: `GAHT12345678`. Anything
/// else that stands in their place may be a secret.
pub(crate) fn shown_device(text: &str) -> &str {
    let is_arn = Arn::parse(text).is_some_and(|arn| {
        is_word(arn.partition) && is_word(arn.service) && is_account_id(arn.account_id)
    });
    let digits = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_number = (9..=32).contains(&text.len())
        && text.len() - digits.len() <= 8
        && digits.len() >= 4
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_arn || is_number { text } else { NO_DEVICE }
}

fn is_word(part: &str) -> bool {
    part.len() <= 16
        && part
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// What AWS calls the keys of a session; a user's own begin with `AKIA`. Other makers' services may
/// have other names.
fn is_temporary_id(text: &str) -> bool {
    text.starts_with("ASIA")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// 16 to 128 of `[A-Za-z0-9_]`, as STS has it.
fn check_id(text: &str) -> Result<(), String> {
    check_text(text)?;
    if looks_like_secret(text) {
        return Err(
            "looks like a secret access key: the two may be in each other's place".to_owned(),
        );
    }
    if !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(
            "contains a character that access key ids do not have: they are letters, digits and _"
                .to_owned(),
        );
    }
    if !(16..=128).contains(&text.len()) {
        return Err(format!(
            "has {} characters: access key ids have 16 to 128",
            text.len()
        ));
    }
    Ok(())
}

/// 40 characters of base64 with capital and small letters: what secrets are, and ids are not.
pub(crate) fn looks_like_secret(text: &str) -> bool {
    text.len() == 40
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+/".contains(c))
        && text.contains(|c: char| c.is_ascii_uppercase())
        && text.contains(|c: char| c.is_ascii_lowercase())
}

fn check_secret(text: &str) -> Result<(), String> {
    check_text(text)?;
    if text.is_ascii() {
        return Ok(());
    }
    Err("contains a character that is not ASCII".to_owned())
}

fn check_text(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("is empty".to_owned());
    }
    if let Some(why) = bad_character(text) {
        return Err(why);
    }
    if text.trim().len() < text.len() {
        return Err("begins or ends with a blank".to_owned());
    }
    Ok(())
}

fn bad_character(text: &str) -> Option<String> {
    let wrong = text.chars().find(|c| c.is_control())?;
    let name = match wrong {
        '\n' => "a line feed".to_owned(),
        '\r' => "a carriage return".to_owned(),
        '\t' => "a tab".to_owned(),
        other => format!("the control character U+{:04X}", u32::from(other)),
    };
    let verb = if text.ends_with(wrong) {
        "ends with"
    } else {
        "contains"
    };
    Some(format!("{verb} {name}"))
}

/// Credentials that pass the check, for unit tests; the id is filled up to a length that AWS's
/// have.
#[cfg(test)]
pub(crate) fn sample(access_key_id: &str, secret: &str, token: Option<&str>) -> Credentials {
    let unchecked = Unchecked {
        access_key_id: format!("{access_key_id:X<16}"),
        secret_access_key: Secret::new(secret),
        session_token: token.map(Secret::new),
        expiration: None,
        account_id: None,
    };
    unchecked.checked().unwrap_or_else(|flaw| panic!("{flaw}"))
}

/// Credentials with what a process needs beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issued {
    pub(crate) credentials: Credentials,
    /// What `XACCT_PROFILE` will say: the profile's name, or the role ARN where none was named.
    pub(crate) profile: String,
    pub(crate) region: String,
    /// The profile's other settings as variables, such as `AWS_ENDPOINT_URL_S3` and
    /// `AWS_CONFIG_FILE`. Which ones there are differs from profile to profile, and none of them is
    /// one that the user has set.
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

/// Variables that SDKs would use instead of, or mix with, what xacct sets (docs/aws.md A1.2, A5).
/// More than these compete: ask [`competes`].
pub(crate) const COMPETING: [&str; 18] = [
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
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AMAZON_ACCESS_KEY_ID",
    "AMAZON_SECRET_ACCESS_KEY",
    "AMAZON_SESSION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "SECRET_ACCESS_KEY",
];

/// One service's token, which SDKs send instead of a signature: botocore and the JavaScript SDK
/// form the rest of the name from the service's.
const SERVICE_TOKEN: &str = "AWS_BEARER_TOKEN_";

/// Whether SDKs would use the variable instead of, or mix it with, what xacct sets.
pub(crate) fn competes(name: &str) -> bool {
    COMPETING.contains(&name) || name.starts_with(SERVICE_TOKEN)
}

impl Issued {
    /// The variables in the order of [`SET_BY_XACCT`]; `None` is one that must be unset because
    /// these credentials do not have it.
    pub(crate) fn variables(&self) -> Vec<(&'static str, Option<Secret>)> {
        let keys = &self.credentials;
        let values = [
            Some(Secret::new(keys.access_key_id())),
            Some(keys.secret_access_key().clone()),
            keys.session_token().cloned(),
            keys.expiration().map(|at| Secret::new(rfc3339(at))),
            Some(Secret::new(&*self.region)),
            Some(Secret::new(&*self.region)),
            keys.account_id().map(Secret::new),
            Some(Secret::new(&*self.profile)),
        ];
        SET_BY_XACCT.into_iter().zip(values).collect()
    }

    /// Everything that is set: [`Issued::variables`], then the profile's other settings.
    pub(crate) fn all_variables(&self) -> Vec<(&str, Option<Secret>)> {
        let settings = self
            .settings
            .iter()
            .map(|(name, value)| (name.as_str(), Some(value.clone())));
        self.variables().into_iter().chain(settings).collect()
    }
}

/// `2026-11-22T17:03:00Z`: whole seconds, with the offset that every SDK insists on (docs/aws.md
/// A4).
pub(crate) fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests;
