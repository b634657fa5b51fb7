//! Reads each response whole, up to a size and within a time, and checks that it looks like the
//! service's own: a captive portal or a proxy answers in the service's place, with HTML, a redirect
//! or nothing, and often with status 200.
//!
//! It stands between the HTTP connector and whatever parses the response, so that every client has
//! it.

use std::fmt;
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

/// Without white space around it, and without the mark that some editors put in front.
fn trimmed(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(body)
        .trim_ascii()
}

/// Whether a browser would show it as a page, whatever its headers say.
fn is_html(text: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&text[..text.len().min(512)]).to_ascii_lowercase();
    let start = start.trim_start_matches(|c: char| c.is_whitespace());
    // XHTML has XML's own first line in front.
    let start = match start
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
    {
        Some((_, rest)) => rest.trim_start(),
        None => start,
    };
    [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<script",
        "<meta",
        "<h1",
        "<p>",
        "<center",
    ]
    .iter()
    .any(|tag| start.starts_with(tag))
        || (start.starts_with("<!--") && start.contains("<html"))
}

/// Whether the first element has no end, or there is none. The rest is the parser's business.
fn wrong_xml(text: &[u8]) -> Option<WrongBody> {
    let Ok(text) = std::str::from_utf8(text) else {
        return Some(WrongBody::NotItsFormat("XML"));
    };
    let mut rest = text;
    while let Some(end) = ["<?", "<!"]
        .iter()
        .any(|start| rest.starts_with(start))
        .then(|| rest.find('>'))
    {
        let Some(end) = end else {
            return Some(WrongBody::CutOff("XML"));
        };
        rest = rest[end + 1..].trim_start();
    }
    let Some(name) = rest.strip_prefix('<') else {
        return Some(WrongBody::NotItsFormat("XML"));
    };
    let name: String = name
        .chars()
        .take_while(|c| !c.is_whitespace() && !['>', '/'].contains(c))
        .collect();
    let is_closed =
        rest.ends_with(&format!("</{name}>")) || (rest.ends_with("/>") && !rest.contains("><"));
    (!is_closed).then_some(WrongBody::CutOff("XML"))
}

fn wrong_json(text: &[u8]) -> Option<WrongBody> {
    match serde_json::from_slice::<serde::de::IgnoredAny>(text) {
        Ok(_) => None,
        Err(error) if error.is_eof() && text.starts_with(b"{") => Some(WrongBody::CutOff("JSON")),
        Err(_) => Some(WrongBody::NotItsFormat("JSON")),
    }
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

/// What came instead of the service's answer. Nothing of the body is kept.
#[derive(Debug)]
enum WrongBody {
    Html,
    /// To this host, where one is named.
    Redirect(Option<String>),
    ProxyLogin,
    Empty,
    TooLarge,
    Compressed,
    /// `XML` or `JSON` that ends too early.
    CutOff(&'static str),
    /// Something else than `XML` or `JSON`.
    NotItsFormat(&'static str),
}

/// A response that is not the service's.
#[derive(Debug)]
pub(super) struct Stray {
    what: WrongBody,
    pub(super) status: u16,
    host: String,
    /// `HOST:PORT` of the proxy that the request took.
    proxy: Option<String>,
}

impl std::error::Error for Stray {}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, status) = (&self.host, self.status);
        let sender = match &self.proxy {
            Some(proxy) => format!("the proxy {proxy}, or a server after it,"),
            None => "a proxy or portal".to_owned(),
        };
        match &self.what {
            WrongBody::Html => write!(
                f,
                "{sender} answered with HTML in place of {host} (HTTP {status})"
            ),
            WrongBody::Redirect(Some(to)) => {
                write!(
                    f,
                    "{sender} answered in place of {host} with a redirect to {to} (HTTP {status})"
                )
            }
            WrongBody::Redirect(None) => {
                write!(
                    f,
                    "{sender} answered in place of {host} with a redirect (HTTP {status})"
                )
            }
            WrongBody::ProxyLogin => write!(
                f,
                "{sender} asks for a user name and password (HTTP {status})"
            ),
            WrongBody::Empty => write!(f, "the answer of {host} was empty (HTTP {status})"),
            WrongBody::TooLarge => write!(
                f,
                "the answer of {host} was larger than 1 MB (HTTP {status})"
            ),
            WrongBody::Compressed => {
                write!(f, "the answer of {host} was compressed (HTTP {status})")
            }
            WrongBody::CutOff(format) => {
                write!(
                    f,
                    "the answer of {host} was {format} that ends too early (HTTP {status})"
                )
            }
            WrongBody::NotItsFormat(format) => {
                write!(f, "the answer of {host} was not {format} (HTTP {status})")
            }
        }
    }
}

impl Stray {
    /// The one in a chain of causes.
    pub(super) fn in_chain(cause: &anyhow::Error) -> Option<&Stray> {
        cause.chain().find_map(|link| link.downcast_ref::<Stray>())
    }

    /// What to do about it.
    fn hint(&self) -> &'static str {
        match (&self.what, &self.proxy) {
            (WrongBody::ProxyLogin, _) => {
                "give the proxy's user name and password: \
                 HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"
            }
            (WrongBody::Html | WrongBody::Redirect(_), None) => {
                "if this network has a sign-in page, open it in a browser; then run the command \
                 again"
            }
            (_, Some(_)) => "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY",
            _ => "check the network, and HTTPS_PROXY if there is a proxy",
        }
    }
}

/// An answer came, and what it should hold is not in it.
#[derive(Debug)]
pub(super) struct UnusableAnswer {
    pub(super) why: String,
}

impl fmt::Display for UnusableAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for UnusableAnswer {}

/// Whether there was an answer, by the cause of a request that came to nothing.
pub(super) fn is_unusable(cause: &anyhow::Error) -> bool {
    cause.is::<UnusableAnswer>()
}

/// What to do about a request that got no answer for this cause.
pub(crate) fn no_answer_hint(cause: &anyhow::Error) -> &'static str {
    match Stray::in_chain(cause) {
        Some(stray) => stray.hint(),
        None if is_unusable(cause) => {
            "something may answer in the place of AWS: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
        }
        None => "check the network, and HTTPS_PROXY if there is a proxy",
    }
}

#[cfg(test)]
mod tests;
