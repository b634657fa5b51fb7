//! Whether a server can be reached, and if not, how far one gets: its name, a connection, TLS, an
//! answer. One plain request without credentials, or the look behind one that failed.

use std::time::Duration;

use aws_sdk_sts::config::http::HttpRequest;
use aws_smithy_runtime_api::client::http::HttpConnector;
use chrono::{DateTime, Utc};

use super::connector;
use super::failure;
use super::proxy::proxy_of;
use super::response::Expected;
use crate::error::Result;
use crate::plan::Connection;

/// How long one try may take.
const BRIEF: Duration = Duration::from_secs(3);
/// How long a name or a connection may take when the look is behind a failure.
const STAGE: Duration = Duration::from_secs(2);

/// Where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProbeStage {
    /// The host's name has no address.
    Name,
    /// No connection can be made.
    Connection,
    /// There is a connection, and no TLS on it.
    Tls,
    /// There is a connection, and no answer.
    Answer,
}

#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) stage: ProbeStage,
    /// `HOST:PORT` of the proxy or of the server, whichever was tried.
    pub(crate) host: String,
    /// In the words of a library.
    pub(crate) why: String,
}

/// One GET of `/`; any answer will do. Seconds that the server's clock is ahead of `now`, where it
/// says.
///
/// Errors: the CA bundle cannot be used.
pub(crate) async fn probe(
    url: &str,
    connection: &Connection,
    now: fn() -> DateTime<Utc>,
) -> Result<std::result::Result<Option<i64>, Trouble>> {
    let connector = connector::connector(url, connection, Expected::Anything)?;
    let mut request = HttpRequest::get(url).map_err(|error| {
        crate::error::Error::config(format!("'{url}' is not an endpoint URL")).caused_by(error)
    })?;
    request.headers_mut().insert("user-agent", "xacct");
    let answer = tokio::time::timeout(BRIEF, connector.call(request)).await;
    Ok(match answer {
        Ok(Ok(response)) => Ok(failure::clock_offset(&response, now())),
        Ok(Err(error)) => Err(trouble(url, &anyhow::Error::new(error)).await),
        Err(_) => {
            let slow = anyhow::anyhow!("no answer within {} s", BRIEF.as_secs());
            Err(trouble(url, &slow).await)
        }
    })
}

/// How far one gets where a request to the URL failed for this cause.
pub(crate) async fn trouble(url: &str, cause: &anyhow::Error) -> Trouble {
    let host = proxy_of(url)
        .or_else(|| host_of(url))
        .unwrap_or_else(|| url.to_owned());
    let (stage, why) = stage(&host, cause).await;
    Trouble { stage, host, why }
}

async fn stage(host: &str, cause: &anyhow::Error) -> (ProbeStage, String) {
    if let Some(why) = tls(cause.as_ref()) {
        return (ProbeStage::Tls, why);
    }
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "443"));
    let port: u16 = port.parse().unwrap_or(443);
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let addresses = match tokio::time::timeout(STAGE, addresses(name, port)).await {
        Ok(Ok(addresses)) => addresses,
        Ok(Err(error)) => return (ProbeStage::Name, error.to_string()),
        Err(_) => {
            return (
                ProbeStage::Name,
                format!("no answer within {} s", STAGE.as_secs()),
            );
        }
    };
    match tokio::time::timeout(STAGE, tokio::net::TcpStream::connect(&*addresses)).await {
        Ok(Ok(_)) => (
            ProbeStage::Answer,
            cause
                .chain()
                .last()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
        Ok(Err(error)) => (ProbeStage::Connection, error.to_string()),
        Err(_) => (
            ProbeStage::Connection,
            format!("no answer within {} s", STAGE.as_secs()),
        ),
    }
}

/// `HOST:PORT`
fn host_of(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    Some(format!(
        "{}:{}",
        url.host_str()?,
        url.port_or_known_default()?
    ))
}

async fn addresses(name: &str, port: u16) -> std::io::Result<Vec<std::net::SocketAddr>> {
    #[cfg(all(target_os = "linux", target_feature = "crt-static"))]
    return Ok(super::dns::resolve(name)
        .await?
        .into_iter()
        .map(|address| (address, port).into())
        .collect());
    #[cfg(not(all(target_os = "linux", target_feature = "crt-static")))]
    Ok(tokio::net::lookup_host((name, port)).await?.collect())
}

/// What TLS has to say, where it was TLS. An `io::Error` does not name what it wraps as its source,
/// and may wrap another.
fn tls(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(error) = cause.downcast_ref::<rustls::Error>() {
        return Some(error.to_string());
    }
    let wrapped = cause
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    wrapped
        .and_then(|wrapped| tls(wrapped))
        .or_else(|| tls(cause.source()?))
}
