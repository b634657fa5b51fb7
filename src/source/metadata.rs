//! The roles of an EC2 instance and of a container (ECS, EKS pod identity); the latter through the
//! SDK's own provider, which reads its variables `AWS_CONTAINER_…`.

use std::ffi::OsStr;
use std::io::ErrorKind;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::aws::{self, Instance, NoMetadata};
use crate::credentials::{Credentials, Unchecked};
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::files;
use crate::masked;
use crate::plan::{self, CONTAINER_TOKEN_FILE, Metadata};
use crate::secret::Secret;

const CONTAINER_TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

/// The document that the instance metadata gives.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetadataDocument {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    access_key_id: Option<String>,
    secret_access_key: Option<Secret>,
    token: Option<Secret>,
    expiration: Option<DateTime<Utc>>,
    account_id: Option<String>,
}

/// `credential_source = Ec2InstanceMetadata`
pub(super) async fn ec2(metadata: &Metadata, env: &Env) -> Result<Credentials> {
    let place = format!(
        "the instance metadata at {}",
        masked::address(&metadata.endpoint)
    );
    if env.flag(DISABLED) {
        return Err(Error::config(format!(
            "{place} gave no credentials: {DISABLED} is set to true"
        ))
        .hint(format!(
            "unset {DISABLED}, or have the credentials from elsewhere"
        )));
    }
    let answered = Instance::new(metadata)?
        .role_credentials()
        .await
        .and_then(|text| document(&text));
    let document = answered.map_err(|failure| no_metadata(failure, metadata, &place))?;
    let answered = Unchecked {
        access_key_id: document.access_key_id.unwrap_or_default(),
        secret_access_key: document
            .secret_access_key
            .unwrap_or_else(|| Secret::new("")),
        session_token: document.token,
        expiration: document.expiration,
        account_id: document.account_id,
    };
    answered
        .checked_answer()
        .map_err(|flaw| Error::other(format!("{place}: in its answer, {flaw}")))
}

fn no_metadata(failure: NoMetadata, metadata: &Metadata, place: &str) -> Error {
    let (kind, why, hint) = match failure {
        NoMetadata::Unreachable(why) => (
            Kind::Unreachable,
            why,
            "Ec2InstanceMetadata works on an EC2 instance only",
        ),
        NoMetadata::Refused(why) => {
            let hint =
                "the instance needs an instance profile with a role, and its metadata turned on";
            (Kind::Refused, why, hint)
        }
        NoMetadata::OnlyVersion1(status) => return only_version_1(status, metadata, place),
    };
    Error::new(kind, format!("{place} gave no credentials: {why}")).hint(hint)
}

fn only_version_1(status: u16, metadata: &Metadata, place: &str) -> Error {
    let setting = metadata.v1_disabled_by.as_deref().unwrap_or_default();
    Error::config(format!(
        "{place} gave no credentials: it gives no token (HTTP {status}), so this machine offers \
         only version 1 of the metadata service, which {setting} forbids"
    ))
    .hint(
        "make version 2 available: turn the instance's metadata on, or update the proxy that \
           answers there",
    )
    .hint(format!(
        "or allow version 1, which any program that fetches URLs here can be made to \
                   ask: remove {setting}"
    ))
}

/// Errors: words that have nothing of the credentials in them.
fn document(text: &str) -> std::result::Result<MetadataDocument, NoMetadata> {
    let document: MetadataDocument = serde_json::from_str(text).map_err(|_| {
        NoMetadata::Unreachable("its answer is not the JSON that it should be".to_owned())
    })?;
    if document.access_key_id.is_none() && document.code != "Success" {
        let MetadataDocument { code, message, .. } = document;
        return Err(NoMetadata::Refused(format!("it says {code}: {message}")));
    }
    Ok(document)
}

/// `credential_source = EcsContainer`
pub(super) async fn container(env: &Env) -> Result<Credentials> {
    let uris = [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    let text = |name: &str| env.raw(name).and_then(OsStr::to_str);
    let is_blank = |name: &&&str| text(name).is_some_and(|text| text.trim().is_empty());
    if let Some(name) = uris.iter().chain([&CONTAINER_TOKEN_FILE]).find(is_blank) {
        return Err(Error::config(format!("{name} is empty"))
            .hint("give it its value, or unset it: the SDKs do not take it for unset"));
    }
    if uris.iter().any(|name| env.get(name).is_some()) {
        check_token(env)?;
    }
    if env.get(uris[0]).is_none()
        && let Some(text) = env.get(uris[1])
    {
        plan::check_url(
            text,
            &uris[1].into(),
            "http://169.254.170.23/v1/credentials",
        )?;
    }
    // Where it is, the provider reads from the environment: over TLS too.
    let config = ProviderConfig::default().with_http_client(aws::metadata_client("https://")?);
    let provider = EcsCredentialsProvider::builder().configure(&config).build();
    let answered = provider.provide_credentials().await.map_err(|error| {
        let (kind, why, cause) = why(error);
        Error::new(
            kind,
            format!("the container's credentials could not be had: {why}"),
        )
        .hint(
            "EcsContainer works where AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI is \
                 set, with the token \
                 in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE (no line end after it) or …_TOKEN",
        )
        .caused_by(cause)
    })?;
    taken(&answered, "the container's endpoint")
}

/// The provider reads the token by itself, and sends it as it is.
///
/// Errors: its file cannot be read, is empty, or has a line end, which no header can have. The
/// token is never shown.
fn check_token(env: &Env) -> Result<()> {
    let (place, token) = if let Some(path) = env.get(CONTAINER_TOKEN_FILE) {
        let place = format!("{CONTAINER_TOKEN_FILE}: {path}");
        let token = files::read_bytes(path.as_ref()).map_err(|error| {
            Error::config(format!("{place} cannot be read: {error}"))
                .hint(
                    "the container's agent puts the token there; is this the container that it \
                       is for?",
                )
                .caused_by(error)
        })?;
        if token.trim_ascii().is_empty() {
            return Err(Error::config(format!("{place} is empty")).hint(
                "the container's agent puts the token there; is this the container that it is for?",
            ));
        }
        (place, token)
    } else {
        let token = env.get(CONTAINER_TOKEN).unwrap_or_default();
        (
            CONTAINER_TOKEN.to_owned(),
            Zeroizing::new(token.as_bytes().to_vec()),
        )
    };
    let ends = [b'\r', b'\n'];
    let place_in_token = match token.iter().position(|byte| ends.contains(byte)) {
        None => return Ok(()),
        Some(at) if token[at..].iter().all(|byte| ends.contains(byte)) => "after",
        Some(_) => "inside",
    };
    Err(Error::config(format!(
        "{place}: there is a line end {place_in_token} the authorization token"
    ))
    .hint("write the token without it, for example with: printf %s"))
}

fn taken(keys: &aws_credential_types::Credentials, place: &str) -> Result<Credentials> {
    let answered = Unchecked {
        access_key_id: keys.access_key_id().to_owned(),
        secret_access_key: Secret::new(keys.secret_access_key()),
        session_token: keys.session_token().map(Secret::new),
        expiration: keys.expiry().map(Into::into),
        account_id: keys.account_id().map(|id| id.as_str().to_owned()),
    };
    answered
        .checked_answer()
        .map_err(|flaw| Error::other(format!("{place}: in its answer, {flaw}")))
}

/// Who can do something about it, and what happened in the innermost of the provider's nested
/// words.
fn why(error: CredentialsError) -> (Kind, String, anyhow::Error) {
    let not_set_up = matches!(error, CredentialsError::InvalidConfiguration(_));
    let cause = anyhow::Error::new(error);
    let innermost = cause
        .chain()
        .last()
        .map(ToString::to_string)
        .unwrap_or_default();
    if let Some(status) = status(&innermost) {
        let kind = if status < 500 {
            Kind::Refused
        } else {
            Kind::Unreachable
        };
        return (kind, format!("it answered with HTTP {status}"), cause);
    }
    // The token's file; what is wrong with a connection has other names.
    let unreadable = cause
        .chain()
        .filter_map(|link| link.downcast_ref::<std::io::Error>())
        .any(|error| {
            matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::IsADirectory
            )
        });
    let kind = if innermost.starts_with("failed to load credentials") {
        Kind::Refused
    } else if unreadable || not_set_up || innermost.starts_with("ECS provider not configured") {
        Kind::Config
    } else {
        Kind::Unreachable
    };
    (kind, innermost, cause)
}

/// The HTTP status that ended it, which the provider only has in its words, and then with the whole
/// answer.
fn status(innermost: &str) -> Option<u16> {
    innermost
        .split_once("StatusCode(")?
        .1
        .split(')')
        .next()?
        .parse()
        .ok()
}
