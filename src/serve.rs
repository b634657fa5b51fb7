//! A container-credentials endpoint on loopback, as the SDKs ask one (docs/aws.md A5): each profile
//! at an address of its own, with a token of its own. Where the credentials come from is the
//! caller's business.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, HOST, HeaderMap, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use crate::config::NO_PROFILE;
use crate::credentials::{Credentials, rfc3339};
use crate::error::{Error, Kind, Result};
use crate::http::{self, Listener};
use crate::render::formats;
use crate::say;
use crate::secret::Secret;

/// One profile, where it is served, and to whom.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) profile: String,
    /// Of the address, with the slash.
    path: String,
    /// What the request's `Authorization` must be.
    pub(crate) token: Secret,
}

impl Served {
    /// With a new token.
    ///
    /// Errors: of kind `Other`, the system has no random bytes.
    pub(crate) fn new(profile: &str) -> Result<Served> {
        let mut bytes = [0; 32];
        aws_lc_rs::rand::fill(&mut bytes)
            .map_err(|_| Error::other("the system has no random bytes for a token"))?;
        let path = format!(
            "/{}",
            url::form_urlencoded::byte_serialize(profile.as_bytes()).collect::<String>()
        );
        Ok(Served {
            profile: profile.to_owned(),
            path,
            token: Secret::new(hex::encode(bytes)),
        })
    }
}

/// A socket that listens, and what is behind it.
pub(crate) struct CredentialServer {
    listener: Listener,
    served: Arc<[Served]>,
}

impl CredentialServer {
    /// Listens on the address; port 0 takes a free one.
    ///
    /// Errors: of kind `Other`, it cannot.
    pub(crate) async fn bind(
        address: IpAddr,
        port: u16,
        served: Vec<Served>,
    ) -> Result<CredentialServer> {
        let address = SocketAddr::from((address, port));
        let listener = Listener::bind(address).await.map_err(|error| {
            Error::other(format!("no listening on {address}: {error}")).caused_by(error)
        })?;
        Ok(CredentialServer {
            listener,
            served: served.into(),
        })
    }

    /// Each profile with the address that `AWS_CONTAINER_CREDENTIALS_FULL_URI` must be.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = (&Served, String)> {
        let address = self.listener.address;
        self.served
            .iter()
            .map(move |served| (served, format!("http://{address}{}", served.path)))
    }

    /// Answers until it is dropped. `issue` may block: each request has a thread of its own
    /// meanwhile.
    pub(crate) async fn run(
        self,
        issue: impl Fn(&str) -> Result<Credentials> + Send + Sync + 'static,
    ) {
        let (issue, address) = (Arc::new(issue), self.listener.address);
        let serve = |stream| {
            connection(
                stream,
                address,
                Arc::clone(&self.served),
                Arc::clone(&issue),
            )
        };
        match self.listener.run(serve).await {}
    }
}

async fn connection(
    stream: TcpStream,
    address: SocketAddr,
    served: Arc<[Served]>,
    issue: Arc<impl Fn(&str) -> Result<Credentials> + Send + Sync + 'static>,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let wanted = wanted(
            request.method(),
            request.uri().path(),
            request.headers(),
            address,
            &served,
        );
        let (wanted, issue) = (
            wanted.map(|served| served.profile.clone()),
            Arc::clone(&issue),
        );
        async move {
            let answer = match wanted {
                Err(refusal) => refusal.into(),
                Ok(profile) => match tokio::task::spawn_blocking(move || issue(&profile)).await {
                    Ok(issued) => issued.map_or_else(
                        |error| ServeAnswer::failure(&error),
                        |keys| ServeAnswer::of(&keys),
                    ),
                    Err(_) => ServeAnswer::error(
                        StatusCode::INTERNAL_SERVER_ERROR,
                        "Failed",
                        "xacct broke down",
                    ),
                },
            };
            Ok::<_, std::convert::Infallible>(answer.response())
        }
    });
    // How a client ends its connection is its own business.
    let _ = http::server()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Why a request gets no credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ServeRefusal {
    /// A page that a browser was led to by another name (DNS rebinding).
    Host,
    Method,
    Path,
    Token,
}

/// The profile that is asked for by somebody who may have it.
fn wanted<'a>(
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    address: SocketAddr,
    served: &'a [Served],
) -> std::result::Result<&'a Served, ServeRefusal> {
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let by_name = address
        .ip()
        .is_loopback()
        .then(|| format!("localhost:{}", address.port()));
    if host != address.to_string() && Some(host) != by_name.as_deref() {
        return Err(ServeRefusal::Host);
    }
    if method != Method::GET {
        return Err(ServeRefusal::Method);
    }
    let found = served
        .iter()
        .find(|served| served.path == path)
        .ok_or(ServeRefusal::Path)?;
    let given = headers
        .get(AUTHORIZATION)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    aws_lc_rs::constant_time::verify_slices_are_equal(given, found.token.expose().as_bytes())
        .map_err(|_| ServeRefusal::Token)?;
    Ok(found)
}

/// The code for a profile that is not served, or no longer there.
const NO_SUCH: &str = "NoSuchProfile";

/// What goes back.
struct ServeAnswer {
    status: StatusCode,
    body: Zeroizing<Vec<u8>>,
}

impl ServeAnswer {
    /// The document that SDKs read: all of them need the first four fields.
    fn of(keys: &Credentials) -> ServeAnswer {
        let fields = [
            ("AccessKeyId", Some(Secret::new(keys.access_key_id()))),
            ("SecretAccessKey", Some(keys.secret_access_key().clone())),
            ("Token", keys.session_token().cloned()),
            (
                "Expiration",
                keys.expiration().map(|at| Secret::new(rfc3339(at))),
            ),
            ("AccountId", keys.account_id().map(Secret::new)),
        ];
        let mut body = Zeroizing::new(Vec::with_capacity(4096));
        match formats::json(&fields, &mut *body) {
            Ok(()) => ServeAnswer {
                status: StatusCode::OK,
                body,
            },
            Err(_) => ServeAnswer::error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Failed",
                "xacct broke down",
            ),
        }
    }

    /// SDKs show the body, and try again where the status is 5xx.
    fn failure(error: &Error) -> ServeAnswer {
        let (status, code) = match error.kind {
            Kind::Refused => (StatusCode::FORBIDDEN, "AccessDenied"),
            Kind::Config if error.id == Some(NO_PROFILE) => (StatusCode::NOT_FOUND, NO_SUCH),
            Kind::Config => (StatusCode::BAD_REQUEST, "InvalidConfiguration"),
            Kind::Usage => (StatusCode::BAD_REQUEST, "InvalidOption"),
            Kind::NeedsPerson => (StatusCode::FORBIDDEN, "PersonNeeded"),
            Kind::Unreachable => (StatusCode::SERVICE_UNAVAILABLE, "Unreachable"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "Failed"),
        };
        let hint = error
            .hints
            .first()
            .map(|hint| format!(" ({})", hint.text))
            .unwrap_or_default();
        ServeAnswer::error(
            status,
            code,
            &format!("xacct: {}{hint}", say::visible(&error.to_string())),
        )
    }

    fn error(status: StatusCode, code: &str, message: &str) -> ServeAnswer {
        ServeAnswer {
            status,
            body: json!({"code": code, "message": message})
                .to_string()
                .into_bytes()
                .into(),
        }
    }

    fn response(&self) -> http::Answer {
        let headers = [
            ("content-type", "application/json"),
            ("cache-control", "no-store"),
        ];
        let body = Bytes::copy_from_slice(&self.body);
        http::answer(self.status.as_u16(), headers, body)
    }
}

impl From<ServeRefusal> for ServeAnswer {
    fn from(refusal: ServeRefusal) -> ServeAnswer {
        let (status, code, message) = match refusal {
            ServeRefusal::Host => (
                StatusCode::FORBIDDEN,
                "WrongHost",
                "the Host header is not this endpoint's address",
            ),
            ServeRefusal::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                "WrongMethod",
                "only GET is answered",
            ),
            ServeRefusal::Path => (
                StatusCode::NOT_FOUND,
                NO_SUCH,
                "no profile is served at this address",
            ),
            ServeRefusal::Token => (
                StatusCode::FORBIDDEN,
                "InvalidToken",
                "the Authorization header is not the token",
            ),
        };
        ServeAnswer::error(status, code, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::too_many_lines)] // a table of cases
    fn only_who_knows_the_token_of_a_profile_gets_its_credentials() {
        let served = [
            Served::new("client1").unwrap(),
            Served::new("größe/a b").unwrap(),
        ];
        assert_eq!(served[0].token.expose().len(), 64);
        assert_ne!(served[0].token.expose(), served[1].token.expose());
        assert_eq!(served[1].path, "/gr%C3%B6%C3%9Fe%2Fa+b");
        let ask = |address: &str, method: Method, path: &str, host: &str, token: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            if !token.is_empty() {
                headers.insert(AUTHORIZATION, token.parse().unwrap());
            }
            let found = wanted(&method, path, &headers, address.parse().unwrap(), &served);
            found.map(|served| served.profile.clone())
        };
        let here = "127.0.0.1:9000";
        let (first, second) = (served[0].token.expose(), served[1].token.expose());
        assert_eq!(
            ask(here, Method::GET, "/client1", here, first),
            Ok("client1".to_owned())
        );
        assert_eq!(
            ask(here, Method::GET, "/client1", "localhost:9000", first),
            Ok("client1".to_owned())
        );
        assert_eq!(
            ask("[::1]:9000", Method::GET, "/client1", "[::1]:9000", first),
            Ok("client1".to_owned())
        );
        assert_eq!(
            ask(here, Method::GET, &served[1].path, here, second),
            Ok("größe/a b".to_owned())
        );
        for (method, path, host, token, refusal) in [
            (Method::GET, "/client1", here, second, ServeRefusal::Token),
            (Method::GET, "/client1", here, "", ServeRefusal::Token),
            (
                Method::GET,
                "/client1",
                here,
                &first[1..],
                ServeRefusal::Token,
            ),
            (Method::GET, "/client2", here, first, ServeRefusal::Path),
            (Method::GET, "/", here, first, ServeRefusal::Path),
            (Method::PUT, "/client1", here, first, ServeRefusal::Method),
            (
                Method::GET,
                "/client1",
                "evil.example:9000",
                first,
                ServeRefusal::Host,
            ),
            (
                Method::GET,
                "/client1",
                "127.0.0.1:9001",
                first,
                ServeRefusal::Host,
            ),
            (
                Method::GET,
                "/client1",
                "127.0.0.1",
                first,
                ServeRefusal::Host,
            ),
        ] {
            assert_eq!(
                ask(here, method, path, host, token),
                Err(refusal),
                "{path} {host}"
            );
        }
        let agent = "169.254.170.2:80";
        assert_eq!(
            ask(agent, Method::GET, "/client1", "localhost:80", first),
            Err(ServeRefusal::Host)
        );
    }
}
