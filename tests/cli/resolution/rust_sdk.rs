//! What aws-config does with profile files: its profile provider's own requests, answered here, and
//! where a client of STS would go.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_config::profile::ProfileFileCredentialsProvider;
#[allow(deprecated, reason = "the new names are in a crate of their own")]
use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sts::config::Region;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

use super::written::Written;
use super::{Resolved, Step};

/// Plays STS to the SDK: keeps every request, and gives credentials whose key id is the request's
/// number.
#[derive(Debug, Clone, Default)]
struct Sts(Arc<Mutex<Vec<Asked>>>);

#[derive(Debug, Clone)]
struct Asked {
    signer: Option<String>,
    form: BTreeMap<String, String>,
    uri: String,
}

impl HttpConnector for Sts {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let signer = request.headers().get("authorization").map(|text| {
            let (_, rest) = text.split_once("Credential=").unwrap();
            rest.split('/').next().unwrap().to_owned()
        });
        let body = request.body().bytes().unwrap_or_default();
        let form: BTreeMap<_, _> = url::form_urlencoded::parse(body).into_owned().collect();
        let action = form.get("Action").cloned().unwrap_or_default();
        let mut log = self.0.lock().unwrap();
        log.push(Asked {
            signer,
            form,
            uri: request.uri().to_owned(),
        });
        let number = log.len();
        let xml = format!(
            "<{action}Response><{action}Result><Credentials><AccessKeyId>STS{number}</AccessKeyId><SecretAccessKey>s\
             </SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
             </{action}Result></{action}Response>"
        );
        HttpConnectorFuture::ready(Ok(HttpResponse::new(
            200.try_into().unwrap(),
            SdkBody::from(xml),
        )))
    }
}

impl Sts {
    fn client(&self) -> SharedHttpClient {
        let connector = self.clone();
        http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone()))
    }
}

pub(crate) fn resolve(written: &Written) -> Result<Resolved, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut resolved = identity(written).await?;
        (resolved.region, resolved.endpoint) = place(written).await;
        Ok(resolved)
    })
}

#[allow(deprecated, reason = "the new names are in a crate of their own")]
fn files(written: &Written) -> ProfileFiles {
    ProfileFiles::builder()
        .with_contents(ProfileFileKind::Config, &written.config)
        .with_contents(ProfileFileKind::Credentials, &written.credentials)
        .build()
}

async fn identity(written: &Written) -> Result<Resolved, String> {
    let sts = Sts::default();
    let config = ProviderConfig::without_region()
        .with_region(Some(Region::from_static("eu-west-1")))
        .with_http_client(sts.client());
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(&config)
        .profile_files(files(written))
        .profile_name(&written.selected)
        .build();
    let credentials = match provider.provide_credentials().await {
        Ok(credentials) => credentials,
        Err(error) => return unavailable(&format!("{:#}", anyhow::Error::new(error))),
    };
    let log = sts.0.lock().unwrap().clone();
    let (mut base, mut steps) = (None, Vec::new());
    for (
        index,
        Asked {
            signer, mut form, ..
        },
    ) in log.into_iter().enumerate()
    {
        let session_name = form.remove("RoleSessionName");
        let session_name =
            session_name.filter(|name| !name.starts_with("assume-role-from-profile-"));
        let role_arn = form.remove("RoleArn").unwrap();
        if form["Action"] == "AssumeRoleWithWebIdentity" {
            assert_eq!((index, signer), (0, None));
            base = Some(format!("web_identity {role_arn}"));
            continue;
        }
        // Each is signed with what the one before gave.
        let signer = signer.unwrap();
        if index > 0 {
            assert_eq!(signer, format!("STS{index}"));
        }
        base.get_or_insert(signer);
        steps.push(Step {
            role_arn,
            external_id: form.remove("ExternalId"),
            session_name,
            duration: None,
        });
    }
    let base = base.unwrap_or_else(|| credentials.access_key_id().to_owned());
    Ok(Resolved {
        base,
        steps: Some(steps),
        region: None,
        endpoint: None,
    })
}

/// Sources that this build of aws-config does not have, and those that are not on this machine:
/// that they were chosen is all that can be seen.
fn unavailable(error: &str) -> Result<Resolved, String> {
    let sources = [
        ("feature(s) enabled: sso", "sso"),
        ("feature(s) enabled: credentials-login", "login"),
        ("environment variable not set", "environment"),
        ("ECS provider not configured", "ecs_container"),
        ("failed to load IMDS session token", "ec2_instance_metadata"),
    ];
    match sources.iter().find(|(text, _)| error.contains(text)) {
        Some((_, base)) => Ok(Resolved {
            base: (*base).to_owned(),
            steps: None,
            region: None,
            endpoint: None,
        }),
        None => Err(error.to_owned()),
    }
}

/// The region, and where a client of STS would send its requests.
async fn place(written: &Written) -> (Option<String>, Option<String>) {
    let sts = Sts::default();
    let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
        .profile_files(files(written))
        .profile_name(&written.selected)
        .http_client(sts.client())
        .credentials_provider(Credentials::new(
            "AKIAANYANYANYANY",
            "s",
            None,
            None,
            "test",
        ))
        .load()
        .await;
    let region = config.region().map(|region| region.as_ref().to_owned());
    let sent = aws_sdk_sts::Client::new(&config)
        .get_caller_identity()
        .send()
        .await
        .map(|_| ());
    let log = sts.0.lock().unwrap();
    let uri = log
        .iter()
        .find(|asked| asked.form.contains_key("Action"))
        .map(|asked| asked.uri.clone());
    let endpoint = uri.map(|uri| uri.trim_end_matches('/').to_owned());
    let error = sent
        .err()
        .map(|error| format!("error {:#}", anyhow::Error::new(error)));
    (region, endpoint.or(error))
}
