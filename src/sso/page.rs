//! The address on this machine that the browser comes back to, and what it shows there.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;

use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::error::{Error, Result};
use crate::http::{self, Listener};
use crate::secret::Secret;

/// The path of the address.
pub(crate) const PATH: &str = "/oauth/callback";

/// What the browser brought.
#[derive(Debug)]
pub(crate) enum Brought {
    Code(Secret),
    /// The `error` of RFC 6749 section 4.1.2.1.
    Refusal(String),
}

/// Listens on a free port of loopback.
pub(crate) struct Page {
    listener: Listener,
    pub(crate) port: u16,
}

impl Page {
    pub(crate) async fn open() -> Result<Page> {
        let address = (Ipv4Addr::LOCALHOST, 0).into();
        let listener = Listener::bind(address).await.map_err(|error| {
            let message = "no port on 127.0.0.1 for the browser to come back to";
            Error::other(format!("{message}: {error}")).hint("--device-code needs none")
        })?;
        let port = listener.address.port();
        Ok(Page { listener, port })
    }

    /// The first visit with the right state; what comes without it is turned away, and changes
    /// nothing.
    pub(crate) async fn visit(self, state: &str) -> Brought {
        let (send, mut visits) = unbounded_channel();
        let state: Arc<str> = state.into();
        // Browsers open connections that they then leave alone: none may hold up another.
        let serve = |stream| connection(stream, Arc::clone(&state), send.clone());
        tokio::select! {
            biased;
            Some(brought) = visits.recv() => brought,
            never = self.listener.run(serve) => match never {},
        }
    }
}

/// One request; what it brought is handed on when the answer has been sent.
async fn connection(stream: TcpStream, state: Arc<str>, send: UnboundedSender<Brought>) {
    let (inner, mut brought) = unbounded_channel();
    let service = service_fn(move |request: Request<Incoming>| {
        let (response, found) = answer(request.method() == "GET", request.uri(), &state);
        if let Some(found) = found {
            let _ = inner.send(found);
        }
        async move { Ok::<_, Infallible>(response) }
    });
    let _ = http::server()
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Ok(found) = brought.try_recv() {
        let _ = send.send(found);
    }
}

fn answer(is_get: bool, uri: &hyper::Uri, state: &str) -> (http::Answer, Option<Brought>) {
    if !is_get || uri.path() != PATH {
        return (response(404, "Not here", "This page does not exist."), None);
    }
    let query = uri.query().unwrap_or_default();
    if part(query, "state").as_deref() != Some(state) {
        return (
            response(
                400,
                "Not this sign-in",
                "This page belongs to another sign-in. xacct still waits for its own.",
            ),
            None,
        );
    }
    match (part(query, "code"), part(query, "error")) {
        (Some(code), None) => (
            response(
                200,
                "xacct has what it needs",
                "You can close this page and go back to the terminal.",
            ),
            Some(Brought::Code(Secret::new(code))),
        ),
        (_, error) => (
            response(
                200,
                "The sign-in was refused",
                "The terminal says more. You can close this page.",
            ),
            Some(Brought::Refusal(
                error.unwrap_or_else(|| "no code".to_owned()),
            )),
        ),
    }
}

fn part(query: &str, wanted: &str) -> Option<String> {
    let mut parts = url::form_urlencoded::parse(query.as_bytes());
    let found = parts.find(|(name, _)| name == wanted);
    found.map(|(_, value)| value.into_owned())
}

/// A page of fixed words: nothing that was sent is shown.
fn response(status: u16, title: &str, text: &str) -> http::Answer {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:1.1em/1.5 system-ui,sans-serif;max-width:32em;margin:20vh auto;padding:0 1em}}</style>\
         <h1>{title}</h1><p>{text}</p></html>\n"
    );
    let headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("connection", "close"),
    ];
    http::answer(status, headers, html)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brought(path: &str) -> (u16, Option<String>) {
        let (response, brought) = answer(true, &path.parse().unwrap(), "s1");
        let shown = brought.map(|brought| match brought {
            Brought::Code(code) => code.expose().to_owned(),
            Brought::Refusal(error) => format!("no: {error}"),
        });
        (response.status().as_u16(), shown)
    }

    #[test]
    fn only_its_own_sign_in_counts() {
        assert_eq!(
            brought("/oauth/callback?code=a%2Fb&state=s1"),
            (200, Some("a/b".to_owned()))
        );
        assert_eq!(
            brought("/oauth/callback?error=access_denied&state=s1"),
            (200, Some("no: access_denied".to_owned()))
        );
        assert_eq!(
            brought("/oauth/callback?state=s1"),
            (200, Some("no: no code".to_owned()))
        );
        for (path, status) in [
            ("/oauth/callback?code=a&state=s2", 400),
            ("/oauth/callback?code=a", 400),
            ("/oauth/callback?error=access_denied", 400),
            ("/favicon.ico", 404),
            ("/?code=a&state=s1", 404),
        ] {
            assert_eq!(brought(path), (status, None), "{path}");
        }
        assert_eq!(
            answer(
                false,
                &"/oauth/callback?code=a&state=s1".parse().unwrap(),
                "s1"
            )
            .0
            .status(),
            404
        );
    }
}
