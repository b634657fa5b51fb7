//! One HTTP request over loopback; enough for the sandbox, whose answers have a length and end the
//! connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// The status and the body. `endpoint` is `http://HOST:PORT`; `host` is added unless it is among
/// the headers.
pub(crate) fn request(
    endpoint: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<(u16, String)> {
    let answer = raw(endpoint, method, path, headers, body)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
    Ok((status.unwrap_or_default(), body.to_owned()))
}

/// Everything that comes back, head and body.
pub(crate) fn raw(
    endpoint: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<String> {
    let mut answer = String::new();
    open(endpoint, method, path, headers, body)?.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Sends the request and waits for nothing.
pub(crate) fn open(
    endpoint: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<TcpStream> {
    let authority = endpoint.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let has_host = headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("host"));
    let host = (!has_host).then_some(("host", authority));
    let lines: Vec<String> = host
        .iter()
        .chain(headers)
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let text = format!(
        "{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n{}",
        body.len(),
        lines.concat()
    );
    stream.write_all(format!("{text}\r\n{body}").as_bytes())?;
    Ok(stream)
}

/// Takes one connection, reads one request to its end, and answers it; gives what was asked.
pub(crate) fn answer_once(listener: &TcpListener, status: u16, body: &str) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let asked = read_request(&mut stream);
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    // Whoever asked may have gone.
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
    asked
}

/// Head and body of the request on this connection.
pub(crate) fn read_request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut bytes = [0; 4096];
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.to_ascii_lowercase();
            let length = length
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.lines().next());
            if body.len() >= length.map_or(0, |length| length.trim().parse().unwrap()) {
                return text;
            }
        }
        match stream.read(&mut bytes).unwrap_or_default() {
            0 => return text,
            count => text += &String::from_utf8_lossy(&bytes[..count]),
        }
    }
}
