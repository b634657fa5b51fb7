//! The roles of an EC2 instance (IMDSv2) and of a container (ECS, EKS pod identity), through the SDK's own providers,
//! which read their variables: `AWS_EC2_METADATA_…`, `AWS_CONTAINER_…`.

use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;

use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// `credential_source = Ec2InstanceMetadata`
pub(super) async fn ec2() -> Result<Credentials> {
    let config = ProviderConfig::default();
    let client = imds::Client::builder()
        .configure(&config)
        .connect_timeout(Duration::from_secs(1))
        .read_timeout(Duration::from_secs(2))
        .max_attempts(3)
        .build();
    let provider = ImdsCredentialsProvider::builder().configure(&config).imds_client(client).build();
    let hint = "Ec2InstanceMetadata works on an EC2 instance with a role (and without AWS_EC2_METADATA_DISABLED=true)";
    provider
        .provide_credentials()
        .await
        .map(taken)
        .map_err(|error| failed("the EC2 instance metadata", hint, error))
}

/// `credential_source = EcsContainer`
pub(super) async fn container() -> Result<Credentials> {
    let provider = EcsCredentialsProvider::builder().configure(&ProviderConfig::default()).build();
    let hint = "EcsContainer works where AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI is set";
    provider
        .provide_credentials()
        .await
        .map(taken)
        .map_err(|error| failed("the container's credentials", hint, error))
}

fn taken(keys: aws_credential_types::Credentials) -> Credentials {
    Credentials {
        access_key_id: keys.access_key_id().to_owned(),
        secret_access_key: Secret::new(keys.secret_access_key()),
        session_token: keys.session_token().map(Secret::new),
        expiration: keys.expiry().map(Into::into),
        account_id: keys.account_id().map(|id| id.as_str().to_owned()),
    }
}

/// The provider's own words are nested three deep; the innermost says what happened.
fn failed(what: &str, hint: &str, error: CredentialsError) -> Error {
    let cause = anyhow::Error::new(error);
    let innermost = cause.chain().last().map(ToString::to_string).unwrap_or_default();
    let message = format!("{what} could not be had: {innermost}");
    let error = match cause.downcast_ref::<CredentialsError>() {
        Some(CredentialsError::CredentialsNotLoaded(_) | CredentialsError::InvalidConfiguration(_)) => {
            Error::config(message)
        }
        _ => Error::unreachable(message),
    };
    error.hint(hint).caused_by(cause)
}
