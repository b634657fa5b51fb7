//! `login_session`: the session that `aws login` keeps under `~/.aws/login/cache`, through the SDK's own provider, which
//! also renews it. Its refresh token is good for one use, so that only one process may do that: the broker's lock.

use aws_config::login::LoginCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_types::region::Region;

use super::metadata;
use crate::credentials::Credentials;
use crate::error::{Error, Result};

/// `region` is where the sign-in service is asked for a renewal.
pub(super) async fn run(profile: &str, session: &str, region: &str) -> Result<Credentials> {
    let config = ProviderConfig::without_region().with_region(Some(Region::new(region.to_owned())));
    let provider = LoginCredentialsProvider::builder(session).configure(&config).build();
    let keys = provider.provide_credentials().await.map_err(|error| {
        let cause = anyhow::Error::new(error);
        let why = cause.chain().last().map(ToString::to_string).unwrap_or_default();
        Error::needs_person(format!(
            "profile '{profile}': the session of aws login for {session} cannot be used: {why}"
        ))
        .hint(format!("aws login --profile {profile}"))
        .caused_by(cause)
    })?;
    Ok(metadata::taken(&keys))
}
