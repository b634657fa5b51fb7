//! Building the SDK's client: connector, proxies, trust, time-outs and retries.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as SdkCredentials;
use aws_sdk_sts::config::{
    BehaviorVersion, Region, SharedHttpClient, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use chrono::{DateTime, Utc};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::endpoint;
use super::failure;
use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::plan::{Connection, Plan, RetryMode};

/// How long one connection may take to be made; the SDK's own default.
const CONNECT: Duration = Duration::from_millis(3100);
/// How long one attempt may take in all; without it a server that never answers is waited for for ever.
const ATTEMPT: Duration = Duration::from_secs(8);
/// How long all attempts of one request may take: what a person at a prompt accepts, and within the 21.6 s after
/// which Rust SDKs give a `credential_process` up (AWS.md A4).
const OPERATION: Duration = Duration::from_secs(18);

/// How long a check of cached credentials may take.
const BRIEF: Duration = Duration::from_secs(3);

/// An HTTP client for the plan's endpoint. Certificates are parsed only where the endpoint wants TLS.
///
/// Errors: of kind `Config`, where the CA bundle cannot be read.
pub(super) fn http_client(url: &str, connection: &Connection) -> Result<SharedHttpClient> {
    if url.starts_with("http://") {
        return Ok(Builder::new().build_with_connector_fn(|settings, _| {
            let builder = Connector::builder().proxy_config(ProxyConfig::from_env());
            with_settings(builder, settings).build_http()
        }));
    }
    let trust = match &connection.ca_bundle {
        None => TrustStore::default(),
        Some(path) => TrustStore::empty().with_pem_certificate(ca_bundle(path)?),
    };
    let context = TlsContext::builder().with_trust_store(trust).build().map_err(|error| {
        Error::config(format!(
            "the CA bundle {} is not usable",
            connection.ca_bundle.as_deref().unwrap_or_default()
        ))
        .caused_by(error)
    })?;
    Ok(Builder::new().build_with_connector_fn(move |settings, _| {
        let builder = Connector::builder().proxy_config(ProxyConfig::from_env());
        with_settings(builder, settings)
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context.clone())
            .build()
    }))
}

fn with_settings(
    builder: aws_smithy_http_client::ConnectorBuilder,
    settings: Option<&aws_smithy_runtime_api::client::http::HttpConnectorSettings>,
) -> aws_smithy_http_client::ConnectorBuilder {
    match settings {
        Some(settings) => builder.connector_settings(settings.clone()),
        None => builder,
    }
}

/// The bundle's bytes, once every certificate in it was understood: the SDK would panic at the first that is not.
fn ca_bundle(path: &str) -> Result<Vec<u8>> {
    let hint = "AWS_CA_BUNDLE, or ca_bundle in the profile, names a PEM file of certificate authorities";
    let wrong = |why: String| Error::config(format!("the CA bundle {path} {why}")).hint(hint);
    let bytes = std::fs::read(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let certificate = certificate.map_err(|error| wrong(format!("is not PEM: {error}")))?;
        roots.add(certificate).map_err(|error| wrong(format!("has a broken certificate: {error}")))?;
    }
    if roots.is_empty() {
        return Err(wrong("holds no certificate".to_owned()));
    }
    Ok(bytes)
}

/// The clock that requests are signed with: the system's, set right by what AWS's `Date` header said.
#[derive(Debug, Clone, Copy)]
struct CorrectedClock {
    now: fn() -> DateTime<Utc>,
    /// Seconds that AWS's clock is ahead of this one.
    offset: i64,
}

impl aws_smithy_async::time::TimeSource for CorrectedClock {
    fn now(&self) -> SystemTime {
        ((self.now)() + chrono::Duration::seconds(self.offset)).into()
    }
}

/// Notes by each answer's `Date` header how far the clocks are apart: the SDK sets a refused signature right by itself,
/// but forgets it before the next request, which may carry a code and be sent only once.
#[derive(Debug)]
struct WatchClock {
    now: fn() -> DateTime<Utc>,
    offset: Arc<AtomicI64>,
}

#[dyn_dispatch_hint]
impl Intercept for WatchClock {
    fn name(&self) -> &'static str {
        "WatchClock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        if let Some(offset) = failure::clock_offset(context.response(), (self.now)()) {
            self.offset.store(offset, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// What differs from request to request.
pub(super) struct Signing<'a> {
    pub(super) credentials: &'a Credentials,
    pub(super) now: fn() -> DateTime<Utc>,
    /// Seconds that AWS's clock is known to be ahead of the local one; what the answer says of it goes there.
    pub(super) clock_offset: &'a Arc<AtomicI64>,
    pub(super) effort: Effort,
}

/// How hard to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// As configured.
    Usual,
    /// One attempt: the request carries an MFA code, which must not be sent twice.
    Once,
    /// A check that the caller can do without: somebody waits for credentials that are there already.
    Brief,
}

pub(super) fn client(plan: &Plan, http: &SharedHttpClient, signing: &Signing<'_>) -> aws_sdk_sts::Client {
    let keys = signing.credentials;
    let provider = SdkCredentials::new(
        &keys.access_key_id,
        keys.secret_access_key.expose(),
        keys.session_token.as_ref().map(|token| token.expose().to_owned()),
        None,
        "xacct",
    );
    let offset = failure::skew(signing.clock_offset.load(Ordering::Relaxed));
    let (attempts, attempt, operation) = match signing.effort {
        Effort::Usual => (plan.connection.max_attempts, ATTEMPT, OPERATION),
        Effort::Once => (1, ATTEMPT, OPERATION),
        Effort::Brief => (plan.connection.max_attempts.min(2), BRIEF, BRIEF),
    };
    let retry = match plan.connection.retry_mode {
        RetryMode::Standard => RetryConfig::standard(),
        RetryMode::Adaptive => RetryConfig::adaptive(),
    };
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(attempt)
        .operation_timeout(operation)
        .build();
    let mut config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(http.clone())
        .region(Region::new(endpoint::signing_region(&plan.endpoint, &plan.region)))
        .credentials_provider(provider)
        .retry_config(retry.with_max_attempts(attempts).with_initial_backoff(Duration::from_millis(200)))
        .timeout_config(timeouts)
        .time_source(CorrectedClock { now: signing.now, offset: offset.unwrap_or(0) })
        .interceptor(WatchClock { now: signing.now, offset: Arc::clone(signing.clock_offset) })
        .use_fips(plan.endpoint.fips)
        .use_dual_stack(plan.endpoint.dual_stack);
    if let Some((url, _)) = &plan.endpoint.url {
        config = config.endpoint_url(url);
    } else if plan.endpoint.global {
        config = config.endpoint_url("https://sts.amazonaws.com");
    }
    aws_sdk_sts::Client::from_conf(config.build())
}
