//! Reads each response whole, up to a size and within a time, and checks that it looks like the
//! service's own: a captive portal or a proxy answers in the service's place, with HTML, a redirect
//! or nothing, and often with status 200.
//!
//! It stands between the HTTP connector and whatever parses the response, so that every client has
//! it.

mod format;
mod stray;

use std::time::Duration;

use aws_sdk_sts::config::SharedHttpClient;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::retry::ErrorKind;

use self::format::{is_html, trimmed, wrong_json, wrong_xml};
use self::stray::WrongBody;
pub(crate) use self::stray::no_answer_hint;
pub(super) use self::stray::{Stray, UnusableAnswer, is_unusable};
use super::proxy::proxy_of;

/// The largest response that is read, in bytes; AWS's own have a few thousand, and a page of
/// accounts some hundred thousand.
const LARGEST: usize = 1024 * 1024;
/// How long a body may take once the head is there.
const BODY: Duration = Duration::from_secs(8);

/// What a server sends when it is the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// XML from a query service, JSON from the others.
    Service,
    /// JSON from the console's sign-in, whose own errors are HTML.
    Console,
    /// The metadata of an instance or a container: text or JSON; its own errors are HTML too.
    Metadata,
    /// Any answer will do.
    Anything,
}

/// The connector, with what comes back read and checked.
pub(super) fn checked(connector: SharedHttpConnector, expected: Expected) -> SharedHttpConnector {
    SharedHttpConnector::new(Checked {
        connector,
        expected,
    })
}

/// The client, with what comes back read and checked.
pub(super) fn checked_client(client: SharedHttpClient, expected: Expected) -> SharedHttpClient {
    http_client_fn(move |settings: &HttpConnectorSettings, components| {
        checked(client.http_connector(settings, components), expected)
    })
}

#[derive(Debug)]
struct Checked {
    connector: SharedHttpConnector,
    expected: Expected,
}

impl HttpConnector for Checked {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = SentRequest::of(&request, self.expected);
        let response = self.connector.call(request);
        HttpConnectorFuture::new(async move { read(asked, response.await?).await })
    }
}

/// What must be known of a request when its response is there.
struct SentRequest {
    expected: Expected,
    url: String,
    /// A query service, which answers with XML.
    is_query: bool,
    /// An action whose answer is empty.
    may_be_empty: bool,
}

impl SentRequest {
    fn of(request: &HttpRequest, expected: Expected) -> SentRequest {
        let url = request.uri();
        let sent = request.headers().get("content-type").unwrap_or_default();
        let path = url.split('?').next().unwrap_or_default();
        SentRequest {
            expected,
            is_query: sent.starts_with("application/x-www-form-urlencoded"),
            may_be_empty: path.ends_with("/logout"),
            // Nothing behind the host is kept: the console's sign-in has credentials there.
            url: url::Url::parse(url)
                .map(|url| url.origin().ascii_serialization())
                .unwrap_or_default(),
        }
    }

    fn host(&self) -> String {
        let url = url::Url::parse(&self.url).ok();
        url.and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

async fn read(
    asked: SentRequest,
    mut response: HttpResponse,
) -> Result<HttpResponse, ConnectorError> {
    let status = response.status().as_u16();
    let declared = response
        .headers()
        .get("content-length")
        .and_then(|length| length.parse::<usize>().ok());
    if declared.is_some_and(|length| length > LARGEST) {
        return Err(stray(&asked, status, WrongBody::TooLarge));
    }
    let body = match tokio::time::timeout(BODY, collect(response.take_body())).await {
        Ok(Ok(Some(body))) => body,
        Ok(Ok(None)) => return Err(stray(&asked, status, WrongBody::TooLarge)),
        Ok(Err(error)) => return Err(ConnectorError::io(error.into())),
        Err(slow) => return Err(ConnectorError::timeout(slow.into())),
    };
    if let Some(what) = what_is_wrong(&asked, status, &response, &body) {
        return Err(stray(&asked, status, what));
    }
    *response.body_mut() = SdkBody::from(body);
    Ok(response)
}

/// The body; `None` where it is larger than [`LARGEST`].
async fn collect(
    body: SdkBody,
) -> Result<Option<Vec<u8>>, aws_smithy_types::byte_stream::error::Error> {
    let mut stream = ByteStream::new(body);
    let mut whole = Vec::new();
    while let Some(chunk) = stream.try_next().await? {
        if whole.len() + chunk.len() > LARGEST {
            return Ok(None);
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(Some(whole))
}

/// `None` for what the service itself may have sent.
fn what_is_wrong(
    asked: &SentRequest,
    status: u16,
    head: &HttpResponse,
    body: &[u8],
) -> Option<WrongBody> {
    if asked.expected == Expected::Anything {
        return None;
    }
    if (300..400).contains(&status) {
        return Some(WrongBody::Redirect(host_of(header(head, "location"))));
    }
    if status == 407 {
        return Some(WrongBody::ProxyLogin);
    }
    let encoding = header(head, "content-encoding");
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Some(WrongBody::Compressed);
    }
    let text = trimmed(body);
    let is_html = is_html(text);
    match asked.expected {
        Expected::Metadata => (status == 200 && is_html).then_some(WrongBody::Html),
        Expected::Console if matches!(status, 400 | 429 | 500..) => None,
        _ if is_html => Some(WrongBody::Html),
        Expected::Console if status == 404 => Some(WrongBody::NotItsFormat("JSON")),
        Expected::Console if status != 200 => None,
        Expected::Service if text.is_empty() => {
            let is_named = !header(head, "x-amzn-errortype").is_empty();
            let may_be_empty = is_named || (asked.may_be_empty && status < 300);
            (!may_be_empty).then_some(WrongBody::Empty)
        }
        Expected::Service if asked.is_query => wrong_xml(text),
        _ if text.is_empty() => Some(WrongBody::Empty),
        _ => wrong_json(text),
    }
}

fn header<'a>(head: &'a HttpResponse, name: &str) -> &'a str {
    head.headers().get(name).unwrap_or_default()
}

fn host_of(location: &str) -> Option<String> {
    url::Url::parse(location)
        .ok()?
        .host_str()
        .map(str::to_owned)
}

fn stray(asked: &SentRequest, status: u16, what: WrongBody) -> ConnectorError {
    let kind = match status {
        429 => Some(ErrorKind::ThrottlingError),
        500.. => Some(ErrorKind::ServerError),
        _ => None,
    };
    let stray = Stray {
        what,
        status,
        host: asked.host(),
        proxy: proxy_of(&asked.url),
    };
    ConnectorError::other(stray.into(), kind)
}

#[cfg(test)]
mod tests;
