//! A run of a program, and what is said about its end: exact output, silence on stderr, no secrets
//! there ever.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use super::in_users_name;
use super::sandbox;

/// Nothing that a test runs takes longer; what does is hanging and is killed.
const PATIENCE: Duration = Duration::from_secs(90);

/// A program, about to run.
#[must_use = "nothing runs before run() or spawn()"]
pub(crate) struct Cmd {
    command: Command,
    stdin: Vec<u8>,
    /// The sandbox whose secrets must not be seen.
    endpoint: Option<String>,
}

impl Cmd {
    pub(crate) fn new(mut command: Command, endpoint: Option<String>) -> Cmd {
        // In the background of whatever terminal the tests run on, so that nothing can ask there.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Cmd {
            command,
            stdin: Vec::new(),
            endpoint,
        }
    }

    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Cmd {
        self.command.env(name, value);
        self
    }

    pub(crate) fn env_remove(mut self, name: impl AsRef<OsStr>) -> Cmd {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn current_dir(mut self, dir: impl AsRef<Path>) -> Cmd {
        self.command.current_dir(dir);
        self
    }

    /// What stands on stdin; nothing where this is not called.
    pub(crate) fn stdin(mut self, text: impl AsRef<[u8]>) -> Cmd {
        self.stdin = text.as_ref().to_vec();
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Output {
        self.spawn().wait()
    }

    /// Starts it, for tests that run several at once.
    pub(crate) fn spawn(mut self) -> Running {
        let shown = format!("{:?}", self.command.get_args().collect::<Vec<_>>());
        let mut child = self.command.spawn().unwrap();
        let (mut stdin, text) = (child.stdin.take().unwrap(), self.stdin);
        // A program that does not read its stdin is no error; dropping it is the end of the text.
        thread::spawn(move || drop(stdin.write_all(&text)));
        let (stdout, stderr) = (
            gather(child.stdout.take().unwrap()),
            gather(child.stderr.take().unwrap()),
        );
        Running {
            shown,
            child,
            stdout,
            stderr,
            endpoint: self.endpoint,
        }
    }
}

fn gather(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// A program that runs.
pub(crate) struct Running {
    shown: String,
    child: Child,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
    endpoint: Option<String>,
}

impl Running {
    /// Its process id, for signals.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGINT
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    }

    /// Waits for its end, and fails the test if a secret is on stderr.
    pub(crate) fn wait(mut self) -> Output {
        let mut text = |pipe: &Receiver<Vec<u8>>| {
            let bytes = pipe.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                let _ = self.child.kill();
                panic!("{} hangs", self.shown)
            });
            in_users_name(&String::from_utf8_lossy(&bytes))
        };
        let (stdout, stderr) = (text(&self.stdout), text(&self.stderr));
        let status = self.child.wait().unwrap();
        for secret in self
            .endpoint
            .as_deref()
            .map(sandbox::secrets)
            .unwrap_or_default()
        {
            assert!(
                !stderr.contains(&secret),
                "{}: a secret on stderr:\n{stderr}",
                self.shown
            );
        }
        Output {
            shown: self.shown,
            status,
            stdout,
            stderr,
            expected: false,
        }
    }
}

/// What a program left behind. Say what is expected on stderr before [`Output::ok`], which wants
/// silence.
pub(crate) struct Output {
    shown: String,
    status: ExitStatus,
    stdout: String,
    stderr: String,
    /// Whether the test spoke of stderr.
    expected: bool,
}

impl Output {
    /// Status 0, and nothing on stderr that was not expected.
    #[track_caller]
    pub(crate) fn ok(self) -> Output {
        let output = self.status(0);
        assert!(
            output.expected || output.stderr.is_empty(),
            "{}: not silent:\n{}",
            output.shown,
            output.stderr
        );
        output
    }

    /// This exit status; 128 + n where signal n ended it.
    #[track_caller]
    pub(crate) fn status(self, status: i32) -> Output {
        #[cfg(unix)]
        let signal = std::os::unix::process::ExitStatusExt::signal(&self.status);
        #[cfg(windows)]
        let signal: Option<i32> = None;
        let actual = self
            .status
            .code()
            .unwrap_or_else(|| 128 + signal.unwrap_or_default());
        assert_eq!(
            actual, status,
            "{}: stdout:\n{}\nstderr:\n{}",
            self.shown, self.stdout, self.stderr
        );
        self
    }

    /// Exactly this on stdout.
    #[track_caller]
    pub(crate) fn stdout(self, text: &str) -> Output {
        assert_eq!(
            self.stdout, text,
            "{}: stdout; stderr:\n{}",
            self.shown, self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn stdout_contains(self, text: &str) -> Output {
        assert!(
            self.stdout.contains(text),
            "{}: no '{text}' on stdout:\n{}",
            self.shown,
            self.stdout
        );
        self
    }

    /// Exactly this on stderr.
    #[track_caller]
    pub(crate) fn stderr(mut self, text: &str) -> Output {
        assert_eq!(
            self.stderr, text,
            "{}: stderr; stdout:\n{}",
            self.shown, self.stdout
        );
        self.expected = true;
        self
    }

    #[track_caller]
    pub(crate) fn stderr_contains(mut self, text: &str) -> Output {
        assert!(
            self.stderr.contains(text),
            "{}: no '{text}' on stderr:\n{}",
            self.shown,
            self.stderr
        );
        self.expected = true;
        self
    }

    /// stdout, for what the above cannot say.
    pub(crate) fn stdout_text(&self) -> &str {
        &self.stdout
    }

    /// stderr, for what the above cannot say.
    pub(crate) fn stderr_text(&self) -> &str {
        &self.stderr
    }

    /// stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{}: {error} in stdout:\n{}", self.shown, self.stdout))
    }
}
