//! HTTP/1.1 on a port of this machine: the accept loop of `serve`, the sandbox and the page that a
//! sign-in comes back to, and the limits of all three. What is answered is theirs.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioTimer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// How many connections are served at once; the system lets further ones wait.
const CONNECTIONS: usize = 128;
/// How long a client may take to say what it wants; one that says nothing holds up nobody.
const HEAD: Duration = Duration::from_secs(10);
/// The longest head, in bytes: a request in an address may hold a session token and policies.
const HEAD_LIMIT: usize = 64 * 1024;
/// More than any body can be, in bytes.
const BODY_LIMIT: usize = 256 * 1024;
/// With no file left to open, how long to wait for one.
const PAUSE: Duration = Duration::from_millis(20);

/// What is answered.
pub(crate) type Answer = Response<Full<Bytes>>;

/// A socket that listens.
pub(crate) struct Listener {
    socket: TcpListener,
    pub(crate) address: SocketAddr,
}

impl Listener {
    /// Port 0 takes a free one.
    pub(crate) async fn bind(address: SocketAddr) -> io::Result<Listener> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        Ok(Listener { socket, address })
    }

    /// Serves each connection beside the others, until this is dropped.
    pub(crate) async fn run<F>(self, serve: impl Fn(TcpStream) -> F) -> Infallible
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let place = Arc::clone(&places).acquire_owned().await;
            // A connection that was gone already concerns nobody else.
            let Ok((stream, _)) = self.socket.accept().await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let served = serve(stream);
            tokio::spawn(async move {
                served.await;
                drop(place);
            });
        }
    }
}

/// What serves one connection, within the limits.
pub(crate) fn server() -> http1::Builder {
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_LIMIT);
    server
}

/// `None` where it is too large, or ends early.
pub(crate) async fn body(sent: Incoming) -> Option<Bytes> {
    let whole = Limited::new(sent, BODY_LIMIT).collect().await.ok()?;
    Some(whole.to_bytes())
}

/// A status or a header that HTTP has no room for makes it a plain 500.
pub(crate) fn answer<'a>(
    status: u16,
    headers: impl IntoIterator<Item = (&'static str, &'a str)>,
    body: impl Into<Bytes>,
) -> Answer {
    let body = Full::new(body.into());
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    builder.body(body.clone()).unwrap_or_else(|_| {
        let mut plain = Response::new(body);
        *plain.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        plain
    })
}
