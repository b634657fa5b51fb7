//! The roles of an EC2 instance (`IMDSv2`) and of a container (ECS, EKS pod identity), through the SDK's own providers,
//! which read their variables: `AWS_EC2_METADATA_DISABLED`, `AWS_CONTAINER_…`.

use std::io::ErrorKind;
use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds;
use aws_config::imds::client::error::ImdsError;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;

use crate::aws;
use crate::credentials::{Credentials, Unchecked};
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

/// `credential_source = Ec2InstanceMetadata`
pub(super) async fn ec2(endpoint: &str) -> Result<Credentials> {
    let config = ProviderConfig::default().with_http_client(aws::metadata_client(endpoint)?);
    let client = imds::Client::builder()
        .configure(&config)
        .endpoint(endpoint)
        .map_err(|error| {
            Error::config(format!("'{endpoint}' is no address of the instance metadata: {error}"))
        })?
        .connect_timeout(Duration::from_secs(1))
        .read_timeout(Duration::from_secs(2))
        .max_attempts(3)
        .build();
    let provider = ImdsCredentialsProvider::builder().configure(&config).imds_client(client).build();
    let place = format!("the instance metadata at {endpoint}");
    let answered = provider.provide_credentials().await.map_err(|error| {
        let (kind, why, cause) = why(error);
        let hint = match kind {
            Kind::Unreachable => "Ec2InstanceMetadata works on an EC2 instance only",
            Kind::Config => "unset AWS_EC2_METADATA_DISABLED, or have the credentials from elsewhere",
            _ => "the instance needs an instance profile with a role, and its metadata turned on",
        };
        Error::new(kind, format!("{place} gave no credentials: {why}")).hint(hint).caused_by(cause)
    })?;
    taken(&answered, &place)
}

/// `credential_source = EcsContainer`
pub(super) async fn container() -> Result<Credentials> {
    // Where it is, the provider reads from the environment: over TLS too.
    let config = ProviderConfig::default().with_http_client(aws::metadata_client("https://")?);
    let provider = EcsCredentialsProvider::builder().configure(&config).build();
    let answered = provider.provide_credentials().await.map_err(|error| {
        let (kind, why, cause) = why(error);
        Error::new(kind, format!("the container's credentials could not be had: {why}"))
            .hint(
                "EcsContainer works where AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI is set, with the token \
                 in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE (no line end after it) or …_TOKEN",
            )
            .caused_by(cause)
    })?;
    taken(&answered, "the container's endpoint")
}

fn taken(keys: &aws_credential_types::Credentials, place: &str) -> Result<Credentials> {
    let answered = Unchecked {
        access_key_id: keys.access_key_id().to_owned(),
        secret_access_key: Secret::new(keys.secret_access_key()),
        session_token: keys.session_token().map(Secret::new),
        expiration: keys.expiry().map(Into::into),
        account_id: keys.account_id().map(|id| id.as_str().to_owned()),
    };
    answered.checked().map_err(|flaw| Error::other(format!("{place}: in its answer, {flaw}")))
}

/// Who can do something about it, and what happened in the innermost of the provider's nested words.
fn why(error: CredentialsError) -> (Kind, String, anyhow::Error) {
    let not_set_up = matches!(error, CredentialsError::InvalidConfiguration(_));
    let cause = anyhow::Error::new(error);
    let innermost = cause.chain().last().map(ToString::to_string).unwrap_or_default();
    if let Some(status) = status(&cause, &innermost) {
        let kind = if status < 500 { Kind::Refused } else { Kind::Unreachable };
        return (kind, format!("it answered with HTTP {status}"), cause);
    }
    // The token's file; what is wrong with a connection has other names.
    let unreadable = cause.chain().filter_map(|link| link.downcast_ref::<std::io::Error>()).any(|error| {
        matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::IsADirectory)
    });
    let says = |texts: &[&str]| texts.iter().any(|text| innermost.starts_with(text));
    let kind = if says(&["request forbidden", "Incorrect IMDS", "failed to load credentials"]) {
        Kind::Refused
    } else if unreadable || not_set_up || says(&["IMDS disabled", "ECS provider not configured"]) {
        Kind::Config
    } else {
        Kind::Unreachable
    };
    (kind, innermost, cause)
}

/// The HTTP status that ended it, which the providers only have in their words, and then with the whole answer.
fn status(cause: &anyhow::Error, innermost: &str) -> Option<u16> {
    let answered = cause.chain().find_map(|link| match link.downcast_ref::<ImdsError>() {
        Some(ImdsError::ErrorResponse(context)) => Some(context.response().status().as_u16()),
        _ => None,
    });
    let container = || innermost.split_once("StatusCode(")?.1.split(')').next()?.parse().ok();
    let not_found = || (innermost == "received 404 from IMDS").then_some(404);
    answered.or_else(container).or_else(not_found)
}
