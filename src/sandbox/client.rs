//! Asks a running sandbox about itself: one GET over loopback. Nothing else is ever asked of it
//! from outside.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::error::{Error, Result};

/// How long a sandbox on the same machine may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Gets `/_sandbox/NAME`, query included, as JSON. `endpoint` is `http://127.0.0.1:PORT`.
pub(crate) fn get(endpoint: &str, name: &str) -> Result<Value> {
    let port = port(endpoint).ok_or_else(|| {
        Error::other(format!(
            "XACCT_SANDBOX is '{endpoint}', not http://127.0.0.1:PORT"
        ))
    })?;
    let answer = exchange(port, name).map_err(|error| {
        Error::other(format!(
            "the sandbox at {endpoint} does not answer: {error}"
        ))
        .hint("start one with: xacct sandbox")
    })?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let value: Value = serde_json::from_str(body).map_err(|_| strange(endpoint))?;
    if head.split(' ').nth(1) == Some("200") {
        return Ok(value);
    }
    let reason = value
        .get("error")
        .and_then(Value::as_str)
        .ok_or_else(|| strange(endpoint))?;
    Err(Error::other(reason))
}

fn strange(endpoint: &str) -> Error {
    Error::other(format!(
        "the sandbox at {endpoint} gave no answer that makes sense"
    ))
}

/// The port, where the address is on this machine's loopback.
fn port(endpoint: &str) -> Option<u16> {
    endpoint
        .strip_prefix("http://127.0.0.1:")?
        .trim_end_matches('/')
        .parse()
        .ok()
}

fn exchange(port: u16, name: &str) -> std::io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET /_sandbox/{name} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_asked() {
        assert_eq!(port("http://127.0.0.1:8080"), Some(8080));
        assert_eq!(port("http://127.0.0.1:8080/"), Some(8080));
        for endpoint in [
            "http://example.com:80",
            "https://127.0.0.1:1",
            "http://127.0.0.1:x",
            "",
        ] {
            assert_eq!(port(endpoint), None, "{endpoint}");
        }
    }
}
