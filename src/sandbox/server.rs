//! The socket: HTTP/1.1 on loopback, in front of `desk` and `control`.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::error::{Error, Result};
use crate::http::{self, Listener};

use super::answer::Reply;
use super::control;
use super::desk::{Desk, Reaction};
use super::sigv4::Received;
use super::world::World;

/// A sandbox that listens.
pub(crate) struct Server {
    listener: Listener,
    desk: Arc<Mutex<Desk>>,
}

/// What a request can end with instead of an answer: these bytes, or a reset where there are none.
type Cut = Vec<u8>;

impl Server {
    /// Listens on 127.0.0.1; port 0 takes a free one.
    pub(crate) async fn bind(world: World, port: u16) -> Result<Server> {
        let address = (Ipv4Addr::LOCALHOST, port).into();
        let listener = Listener::bind(address).await.map_err(|error| {
            Error::other(format!("the sandbox cannot listen on {address}: {error}"))
        })?;
        Ok(Server {
            listener,
            desk: Arc::new(Mutex::new(Desk::new(world))),
        })
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.listener.address)
    }

    /// Serves until it is dropped.
    pub(crate) async fn run(self) {
        let port = self.listener.address.port();
        let serve = |stream| connection(stream, Arc::clone(&self.desk), port);
        match self.listener.run(serve).await {}
    }
}

/// One connection. A fault may take it away from hyper in the middle of a request.
async fn connection(stream: TcpStream, desk: Arc<Mutex<Desk>>, port: u16) {
    let (cut, mut cuts) = unbounded_channel::<Cut>();
    let service = service_fn(move |request| respond(Arc::clone(&desk), port, request, cut.clone()));
    let mut connection = http::server()
        // The `Date` header comes from the sandbox's own clock.
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    let bytes = tokio::select! {
        // How a client ends its connection is its own business.
        _ = &mut connection => return,
        bytes = cuts.recv() => bytes.unwrap_or_default(),
    };
    let mut stream = connection.into_parts().io.into_inner();
    if bytes.is_empty() {
        // With no time to linger, closing sends RST instead of FIN.
        let _ = stream.set_zero_linger();
    } else {
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
    }
}

async fn respond(
    desk: Arc<Mutex<Desk>>,
    port: u16,
    request: Request<Incoming>,
    cut: UnboundedSender<Cut>,
) -> std::result::Result<http::Answer, Infallible> {
    let (head, body) = request.into_parts();
    let Some(body) = http::body(body).await else {
        let plain = [("content-type", "text/plain")];
        return Ok(http::answer(413, plain, "the request is too large\n"));
    };
    let received = Received {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        headers: &head.headers,
        body: &body,
    };
    if received.path.starts_with(control::PREFIX) {
        let (status, value) = control::answer(&mut lock(&desk), &received, port, now());
        let json = [("content-type", "application/json")];
        return Ok(http::answer(status, json, format!("{value}\n")));
    }
    let admitted = lock(&desk).admit(&received);
    tokio::time::sleep(Duration::from_millis(admitted.delay())).await;
    let (outcome, date) = {
        let (mut desk, now) = (lock(&desk), now());
        (
            desk.process(&admitted, &received, now),
            desk.state.clocks.date_at(now),
        )
    };
    match outcome {
        Reaction::Answer(reply) => {
            let headers = headers(&reply, date);
            let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
            return Ok(http::answer(reply.status, headers, reply.body));
        }
        Reaction::Truncated(reply) => drop(cut.send(half(&reply, date))),
        Reaction::Reset => drop(cut.send(Cut::new())),
        Reaction::Silence => {}
    }
    // Until the connection is taken away, or the client has had enough.
    std::future::pending().await
}

/// A request that panicked must not end the sandbox for the others.
fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a server reads the clock per request, here"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

fn headers(reply: &Reply, date: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let date = ("date", date.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    reply.headers.iter().cloned().chain([date]).collect()
}

/// The whole head, and half of the body that it promises.
fn half(reply: &Reply, date: DateTime<Utc>) -> Cut {
    let length = reply.body.len();
    let lines: Vec<String> = headers(reply, date)
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let text = format!(
        "HTTP/1.1 {} \r\ncontent-length: {length}\r\n{}\r\n",
        reply.status,
        lines.concat()
    );
    let mut bytes = text.into_bytes();
    bytes.extend(reply.body.bytes().take(length / 2));
    bytes
}
