//! A sandbox for one test: `xacct sandbox serve` as a child, its home, and its control API.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::cmd::Cmd;
use super::{http, in_users_name};

/// The program under test.
pub(crate) const XACCT: &str = env!("CARGO_BIN_EXE_xacct");

/// What a program needs to run at all, and what it may know of the user.
fn system_variables() -> Vec<(&'static str, String)> {
    if cfg!(unix) {
        return vec![("PATH", "/usr/bin:/bin".to_owned())];
    }
    let kept = [
        "Path",
        "PATHEXT",
        "SystemRoot",
        "ComSpec",
        "TEMP",
        "USERNAME",
    ];
    let kept = kept.into_iter();
    kept.filter_map(|name| Some((name, super::outer_env(name)?)))
        .collect()
}

/// A line of the sandbox's request log.
#[derive(Debug, Clone, serde::Deserialize)]
pub(crate) struct Request {
    pub(crate) n: u64,
    pub(crate) action: Option<String>,
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) access_key_id: Option<String>,
    pub(crate) region: Option<String>,
    /// `None` where nothing was answered.
    pub(crate) status: Option<u16>,
    /// STS's error code.
    pub(crate) code: Option<String>,
    pub(crate) fault: Option<String>,
}

/// A running sandbox; it and its home go when this value is dropped.
pub(crate) struct Sandbox {
    server: Child,
    endpoint: String,
    env: BTreeMap<String, String>,
    dir: TempDir,
}

impl Sandbox {
    /// The sample world: see `src/sandbox/world.toml`.
    pub(crate) fn start() -> Sandbox {
        Sandbox::serve(&[])
    }

    /// A world of the test's own, in TOML.
    pub(crate) fn with_world(world: &str) -> Sandbox {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), world).unwrap();
        Sandbox::serve(&[OsStr::new("--world"), file.path().as_os_str()])
    }

    fn serve(args: &[&OsStr]) -> Sandbox {
        let dir = tempfile::tempdir().unwrap();
        let mut server = Command::new(XACCT)
            .args(["sandbox", "serve", "--dir"])
            .arg(dir.path())
            .args(args)
            .env_clear()
            .envs(system_variables())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).expect("the sandbox says that it is ready");
        let env = serde_json::from_value(ready["env"].clone()).unwrap();
        Sandbox {
            server,
            endpoint: ready["endpoint"].as_str().unwrap().to_owned(),
            env,
            dir,
        }
    }

    /// A run of xacct in this sandbox.
    pub(crate) fn xacct<S: AsRef<OsStr>>(&self, args: &[S]) -> Cmd {
        self.program(XACCT, args)
    }

    /// A run of another program in this sandbox.
    pub(crate) fn program<S: AsRef<OsStr>>(&self, program: impl AsRef<OsStr>, args: &[S]) -> Cmd {
        Cmd::new(self.command(program, args), Some(self.endpoint.clone()))
    }

    /// A run of xacct on a terminal.
    #[cfg(unix)]
    pub(crate) fn pty<S: AsRef<OsStr>>(&self, args: &[S]) -> super::pty::Pty {
        super::pty::Pty::spawn(self.command(XACCT, args))
    }

    /// As [`Sandbox::pty`], on a terminal that shows what is typed, as a person's does.
    #[cfg(unix)]
    pub(crate) fn echoing_pty<S: AsRef<OsStr>>(&self, args: &[S]) -> super::pty::Pty {
        // xacct starts when the terminal has been set, not while.
        let mut command = self.command("sh", &["-c", "read -r go; exec \"$0\" \"$@\"", XACCT]);
        command.args(args);
        let mut pty = super::pty::Pty::spawn(command);
        pty.set_echo(true);
        pty.send_line("go");
        pty
    }

    /// A shell script on a terminal, with the path of xacct as `$0`.
    #[cfg(unix)]
    pub(crate) fn pty_sh(&self, script: &str) -> super::pty::Pty {
        super::pty::Pty::spawn(self.command("sh", &["-c", script, XACCT]))
    }

    /// As [`Sandbox::pty`], with variables on top of the sandbox's.
    #[cfg(unix)]
    pub(crate) fn pty_with<S: AsRef<OsStr>>(
        &self,
        args: &[S],
        env: &[(&str, &str)],
    ) -> super::pty::Pty {
        let mut command = self.command(XACCT, args);
        command.envs(env.iter().copied());
        super::pty::Pty::spawn(command)
    }

    fn command<S: AsRef<OsStr>>(&self, program: impl AsRef<OsStr>, args: &[S]) -> Command {
        let mut command = Command::new(program);
        command
            .args(args)
            .env_clear()
            .envs(system_variables())
            .envs(&self.env);
        command.current_dir(self.dir.path());
        command
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What programs in the sandbox find in their environment, but `PATH`.
    pub(crate) fn env(&self) -> &BTreeMap<String, String> {
        &self.env
    }

    pub(crate) fn home(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn cache_dir(&self) -> PathBuf {
        PathBuf::from(&self.env["XACCT_CACHE_DIR"])
    }

    /// Replaces `~/.aws/config`.
    pub(crate) fn write_config(&self, text: &str) {
        fs::write(self.home().join(".aws/config"), text).unwrap();
    }

    /// Replaces `~/.aws/credentials`.
    pub(crate) fn write_credentials(&self, text: &str) {
        fs::write(self.home().join(".aws/credentials"), text).unwrap();
    }

    /// Replaces xacct's settings file.
    pub(crate) fn write_settings(&self, text: &str) {
        fs::write(&self.env["XACCT_CONFIG"], text).unwrap();
    }

    /// What STS was asked since the log was cleared last, oldest first.
    pub(crate) fn log(&self) -> Vec<Request> {
        let log = in_users_name(&self.control("GET", "log", "").to_string());
        serde_json::from_str(&log).unwrap()
    }

    /// The actions of the log.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.log()
            .into_iter()
            .map(|request| request.action.unwrap_or_default())
            .collect()
    }

    pub(crate) fn clear_log(&self) {
        self.control("DELETE", "log", "");
    }

    /// Orders a fault: `json!({"kind": "throttle", "count": 2, "action": "AssumeRole"})`. Kinds:
    /// throttle, error (with status), `reset_before`, `reset_after`, delay (with milliseconds),
    /// truncate, silent.
    pub(crate) fn fault(&self, fault: &Value) {
        self.control("POST", "fault", &fault.to_string());
    }

    pub(crate) fn clear_faults(&self) {
        self.control("DELETE", "fault", "");
    }

    /// Sets the server's clock this many seconds away from the machine's.
    pub(crate) fn clock(&self, offset_seconds: i64) {
        self.control(
            "POST",
            "clock",
            &json!({ "offset_seconds": offset_seconds }).to_string(),
        );
    }

    /// Sets the `Date` header this many seconds away from the server's clock.
    pub(crate) fn skew_date(&self, offset_seconds: i64) {
        self.control(
            "POST",
            "clock",
            &json!({ "date_offset_seconds": offset_seconds }).to_string(),
        );
    }

    /// What the (first) MFA device shows now, used or not.
    pub(crate) fn code(&self) -> String {
        self.control("GET", "code", "")["code"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A code that will be accepted: never used, current or next. There are at most two without
    /// [`Sandbox::advance_mfa`].
    pub(crate) fn fresh_code(&self) -> String {
        self.control("GET", "code?fresh=1", "")["code"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Moves the MFA devices' clock to their next code.
    pub(crate) fn advance_mfa(&self) {
        let seconds = self.control("GET", "clock", "")["mfa_offset_seconds"]
            .as_i64()
            .unwrap()
            + 30;
        self.control(
            "POST",
            "clock",
            &json!({ "mfa_offset_seconds": seconds }).to_string(),
        );
    }

    /// All sessions are unknown from now on, as if their principals were deleted.
    pub(crate) fn forget_sessions(&self) {
        self.control("POST", "forget", "{}");
    }

    /// All sessions are expired from now on, whatever their expiration said.
    pub(crate) fn expire_sessions(&self) {
        self.control("POST", "expire", "{}");
    }

    /// What Identity Center's page does: `json!({"mode": "approve"})` (the default: at once),
    /// pending or deny; `"interval"` and `"expires_in"` are the device codes', in seconds; `"user"`
    /// is who signs in. What is absent stays.
    pub(crate) fn sign_in(&self, settings: &Value) {
        self.control("POST", "sign_in", &settings.to_string());
    }

    /// The user codes of the devices that wait.
    pub(crate) fn user_codes(&self) -> Vec<String> {
        serde_json::from_value(self.control("GET", "sign_in", "")["user_codes"].clone()).unwrap()
    }

    /// Ends all sessions of Identity Center: its access and refresh tokens are worth nothing from
    /// now on.
    pub(crate) fn sign_out(&self) {
        self.control("POST", "sign_out", "{}");
    }

    /// Identity Center knows no client any more, as if all registrations had expired.
    pub(crate) fn forget_clients(&self) {
        self.control("POST", "forget_clients", "{}");
    }

    /// What `aws login` leaves in its file for this user, with credentials that are good for so
    /// many seconds.
    pub(crate) fn aws_login(&self, user: &str, seconds: u32) -> Value {
        self.control(
            "POST",
            "login",
            &json!({ "user": user, "seconds": seconds }).to_string(),
        )
    }

    /// What AWS Sign-In says to all sessions of `aws login` from now on: `TOKEN_EXPIRED`,
    /// `USER_CREDENTIALS_CHANGED`, `INSUFFICIENT_PERMISSIONS`.
    pub(crate) fn end_logins(&self, error: &str) {
        self.control("POST", "end_logins", &json!({ "error": error }).to_string());
    }

    /// Everything that must never be seen on stderr.
    pub(crate) fn secrets(&self) -> Vec<String> {
        secrets(&self.endpoint)
    }

    fn control(&self, method: &str, name: &str, body: &str) -> Value {
        control(&self.endpoint, method, name, body)
    }
}

pub(super) fn secrets(endpoint: &str) -> Vec<String> {
    serde_json::from_value(control(endpoint, "GET", "secrets", "")).unwrap()
}

fn control(endpoint: &str, method: &str, name: &str, body: &str) -> Value {
    let (status, text) =
        http::request(endpoint, method, &format!("/_sandbox/{name}"), &[], body).unwrap();
    assert_eq!(status, 200, "{method} {name}: {text}");
    serde_json::from_str(&text).unwrap()
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It ends with its stdin; killing it is for the case that it does not.
        drop(self.server.stdin.take());
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
