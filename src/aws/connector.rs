//! The way to a server: TLS, trust, proxies.

use aws_sdk_sts::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpConnector};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::response::{Expected, checked, checked_client};
use crate::error::{Error, Result};
use crate::files;
use crate::plan::Connection;

/// An HTTP client for a service at the URL. The system's certificates are parsed only where the
/// endpoint wants TLS.
///
/// Errors: of kind `Config`, where the CA bundle cannot be read.
pub(super) fn http_client(url: &str, connection: &Connection) -> Result<SharedHttpClient> {
    let context = context(url, connection.ca_bundle.as_deref())?;
    let proxies = ProxyConfig::from_env();
    let client = Builder::new()
        .build_with_connector_fn(move |settings, _| build(&context, settings, proxies.clone()));
    Ok(checked_client(client, Expected::Service))
}

/// An HTTP client for the metadata of an instance or a container at the URL. It never uses a proxy:
/// the answer is credentials, and comes from this machine or its host.
///
/// Errors: of kind `Config`, where the system's certificates cannot be used.
pub(crate) fn metadata_client(url: &str) -> Result<SharedHttpClient> {
    let context = context(url, None)?;
    let client = Builder::new().build_with_connector_fn(move |settings, _| {
        build(&context, settings, ProxyConfig::disabled())
    });
    Ok(checked_client(client, Expected::Metadata))
}

/// The same way, for requests that no SDK's client makes. Errors as [`metadata_client`].
pub(super) fn metadata_connector(url: &str) -> Result<SharedHttpConnector> {
    let connector = build(&context(url, None)?, None, ProxyConfig::disabled());
    Ok(checked(
        SharedHttpConnector::new(connector),
        Expected::Metadata,
    ))
}

/// The same way as [`http_client`], for one request that no service's client makes. Errors as
/// [`http_client`].
pub(super) fn connector(
    url: &str,
    connection: &Connection,
    expected: Expected,
) -> Result<SharedHttpConnector> {
    let connector = build(
        &context(url, connection.ca_bundle.as_deref())?,
        None,
        ProxyConfig::from_env(),
    );
    Ok(checked(SharedHttpConnector::new(connector), expected))
}

/// Whom to trust.
fn context(url: &str, bundle: Option<&str>) -> Result<TlsContext> {
    let trust = match bundle {
        _ if url.starts_with("http://") => TrustStore::empty(),
        None => TrustStore::default(),
        Some(path) => TrustStore::empty().with_pem_certificate(ca_bundle(path)?),
    };
    TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|error| {
            let bundle = bundle.unwrap_or("of the system");
            Error::config(format!("the CA bundle {bundle} is not usable")).caused_by(error)
        })
}

fn build(
    context: &TlsContext,
    settings: Option<&HttpConnectorSettings>,
    proxies: ProxyConfig,
) -> Connector {
    let builder = Connector::builder().proxy_config(proxies);
    let builder = with_settings(builder, settings)
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(context.clone());
    #[cfg(all(target_os = "linux", target_feature = "crt-static"))]
    return builder.build_with_resolver(super::dns::Getent);
    #[cfg(not(all(target_os = "linux", target_feature = "crt-static")))]
    builder.build()
}

fn with_settings(
    builder: aws_smithy_http_client::ConnectorBuilder,
    settings: Option<&HttpConnectorSettings>,
) -> aws_smithy_http_client::ConnectorBuilder {
    match settings {
        Some(settings) => builder.connector_settings(settings.clone()),
        None => builder,
    }
}

/// The bundle's bytes, once every certificate in it was understood: the SDK would panic at the
/// first that is not.
pub(crate) fn ca_bundle(path: &str) -> Result<Vec<u8>> {
    read_bundle(path).map_err(|why| {
        Error::config(format!("the CA bundle {path} {why}")).hint(
            "AWS_CA_BUNDLE, or ca_bundle in the profile, names a PEM file of certificate \
             authorities",
        )
    })
}

fn read_bundle(path: &str) -> std::result::Result<Vec<u8>, String> {
    let bytes =
        files::read_bytes(path.as_ref()).map_err(|error| format!("cannot be read: {error}"))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let certificate = certificate.map_err(|error| format!("is not PEM: {error}"))?;
        roots
            .add(certificate)
            .map_err(|error| format!("has a broken certificate: {error}"))?;
    }
    if roots.is_empty() {
        return Err("holds no certificate".to_owned());
    }
    Ok(bytes.to_vec())
}
