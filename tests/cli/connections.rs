//! The way to STS: proxies, TLS, and whom to trust.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::common::{Cmd, Sandbox, read_request};

/// A proxy that passes on what it is asked with an absolute address, and refuses CONNECT; the first
/// line of each request.
fn proxy() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (lines, seen) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let lines = lines.clone();
            thread::spawn(move || {
                pass_on(stream.unwrap(), |line| lines.send(line).unwrap_or_default());
            });
        }
    });
    (address, seen)
}

fn pass_on(mut stream: TcpStream, note: impl Fn(String)) {
    let request = read_request(&mut stream);
    let (line, rest) = request.split_once("\r\n").unwrap_or_default();
    note(line.to_owned());
    let Some(authority) = line
        .split(' ')
        .nth(1)
        .and_then(|url| url.strip_prefix("http://"))
    else {
        let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        return;
    };
    let (authority, path) = authority.split_once('/').unwrap_or((authority, ""));
    let mut server = TcpStream::connect(authority).unwrap();
    let text = format!("POST /{path} HTTP/1.1\r\nconnection: close\r\n{rest}");
    server.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = server.read_to_end(&mut answer);
    let _ = stream.write_all(&answer);
}

#[test]
fn a_proxy_is_used_and_no_proxy_spares_it() {
    let sandbox = Sandbox::start_plain();
    let (address, seen) = proxy();
    let run = |extra: &[(&str, &str)]| {
        let mut run = sandbox
            .xacct(&["credential-process", "plain", "--refresh"])
            .env("HTTP_PROXY", &address);
        for (name, value) in extra {
            run = run.env(name, value);
        }
        run.run().ok();
        sandbox.asked(&["AssumeRole"]);
    };
    run(&[("NO_PROXY", "127.0.0.1")]);
    assert_eq!(seen.try_iter().count(), 0);
    run(&[]);
    assert_eq!(
        seen.recv().unwrap(),
        format!("POST {}/ HTTP/1.1", sandbox.endpoint())
    );
}

#[test]
fn https_goes_through_a_tunnel_of_its_proxy() {
    let sandbox = Sandbox::start_plain();
    let (address, seen) = proxy();
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let run = sandbox
            .xacct(&["credential-process", "plain"])
            .env_remove("AWS_ENDPOINT_URL");
        let run = run.env(name, &address).env("AWS_MAX_ATTEMPTS", "1").run();
        let run = run.status(6).stdout("").stderr_contains(
            "xacct: error: AWS could not be reached at https://sts.eu-west-1.amazonaws.com: ",
        );
        run.stderr_contains("\n  check the network, and HTTPS_PROXY if there is a proxy\n");
        assert_eq!(
            seen.recv().unwrap(),
            "CONNECT sts.eu-west-1.amazonaws.com:443 HTTP/1.1",
            "{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_bundle_that_cannot_be_used_is_a_mistake_in_the_configuration() {
    let sandbox = Sandbox::start_plain();
    let run = |bundle: &str| {
        let run = sandbox
            .xacct(&["credential-process", "plain"])
            .env("AWS_ENDPOINT_URL", "https://127.0.0.1:9");
        run.env("AWS_MAX_ATTEMPTS", "1")
            .env("AWS_CA_BUNDLE", bundle)
            .run()
    };
    run("/no/such/bundle.pem").status(3).stdout("").stderr(
        "xacct: error: the CA bundle /no/such/bundle.pem cannot be read: No such file or directory \
         (os error 2)\n  \
         AWS_CA_BUNDLE, or ca_bundle in the profile, names a PEM file of certificate authorities\n",
    );
    let garbage = sandbox.home().join("garbage.pem");
    for (text, why) in [
        ("", "holds no certificate"),
        ("not a certificate\n", "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n", "is not PEM: "),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "has a broken certificate: ",
        ),
    ] {
        fs::write(&garbage, text).unwrap();
        let output = run(garbage.to_str().unwrap()).status(3).stdout("");
        output.stderr_contains(&format!(
            "xacct: error: the CA bundle {} {why}",
            garbage.display()
        ));
    }
}

/// A TLS server with a certificate of its own, which passes everything on to the sandbox.
struct Tls {
    child: Child,
    url: String,
}

impl Drop for Tls {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const FORWARDER: &str = r#"
import socket, ssl, sys, threading
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
def copy(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
    except OSError:
        pass
    b.close()
def serve(plain):
    try:
        client = context.wrap_socket(plain, server_side=True)
    except OSError:
        return
    server = socket.create_connection(("127.0.0.1", int(sys.argv[3])))
    threading.Thread(target=copy, args=(server, client), daemon=True).start()
    copy(client, server)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"#;

fn tls(sandbox: &Sandbox) -> Option<Tls> {
    let (key, certificate) = (
        sandbox.home().join("key.pem"),
        sandbox.home().join("cert.pem"),
    );
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ])
        // Not an authority: a server's own certificate, which is trusted as it is.
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    if !made.is_ok_and(|output| output.status.success()) {
        return None;
    }
    let port = sandbox.endpoint().rsplit(':').next().unwrap();
    let mut python = Command::new("python3");
    python
        .args(["-c", FORWARDER])
        .arg(&certificate)
        .arg(&key)
        .arg(port)
        .stdout(Stdio::piped());
    let mut child = python.spawn().ok()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    if line.is_empty() {
        return None;
    }
    Some(Tls {
        child,
        url: format!("https://localhost:{}", line.trim()),
    })
}

#[test]
fn a_bundle_decides_whom_to_trust() {
    let sandbox = Sandbox::start_plain();
    let Some(server) = tls(&sandbox) else {
        crate::common::skip("there is no openssl or no python3");
        return;
    };
    let run = |args: &[&str]| -> Cmd {
        let run = sandbox.xacct(&[&["credential-process", "plain"], args].concat());
        run.env("AWS_ENDPOINT_URL", &server.url)
            .env("AWS_MAX_ATTEMPTS", "1")
    };
    let stranger = run(&[]).run().status(6).stdout("");
    stranger.stderr_contains(&format!(
        "xacct: error: AWS could not be reached at {}: ",
        server.url
    ));
    sandbox.asked(&[]);
    let bundle = sandbox.home().join("cert.pem");
    run(&[]).env("AWS_CA_BUNDLE", &bundle).run().ok();
    sandbox.asked(&["AssumeRole"]);
    sandbox.edit_config(
        "[profile plain]\n",
        &format!("[profile plain]\nca_bundle = {}\n", bundle.display()),
    );
    run(&["--refresh"]).run().ok();
    sandbox.asked(&["AssumeRole"]);
}
