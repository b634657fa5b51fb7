//! A run of xacct on a terminal of its own, for prompts.

use std::process::Command;
use std::time::Duration;

use expectrl::process::unix::{Signal, WaitStatus};
use expectrl::session::OsSession;
use expectrl::{ControlCode, Eof, Expect};

/// A program on a pseudo-terminal whose echo is off. stdin, stdout and stderr are all the terminal.
pub(crate) struct Pty {
    session: OsSession,
    /// Everything that was on the screen so far.
    seen: String,
}

impl Pty {
    pub(crate) fn spawn(command: Command) -> Pty {
        let mut session = OsSession::spawn(command).unwrap();
        session.set_expect_timeout(Some(Duration::from_mins(1)));
        Pty {
            session,
            seen: String::new(),
        }
    }

    /// Waits until this text appears, and gives what came before it.
    #[track_caller]
    pub(crate) fn expect(&mut self, text: &str) -> String {
        let found = self.session.expect(text);
        let found =
            found.unwrap_or_else(|error| panic!("no '{text}' ({error}) after:\n{}", self.seen));
        self.seen += &String::from_utf8_lossy(found.as_bytes());
        String::from_utf8_lossy(found.before()).into_owned()
    }

    /// Types a line.
    pub(crate) fn send_line(&mut self, text: &str) {
        self.session.send_line(text).unwrap();
    }

    /// Types keys, as the terminal sends them.
    pub(crate) fn send(&mut self, keys: &str) {
        self.session.send(keys).unwrap();
    }

    /// Gives the terminal another size, of which the program is told.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.session
            .get_process_mut()
            .set_window_size(columns, rows)
            .unwrap();
        self.session
            .get_process_mut()
            .signal(Signal::SIGWINCH)
            .unwrap();
    }

    /// Ctrl-C
    pub(crate) fn interrupt(&mut self) {
        self.session.send(ControlCode::EndOfText).unwrap();
    }

    /// Ctrl-D
    pub(crate) fn end_of_file(&mut self) {
        self.session.send(ControlCode::EndOfTransmission).unwrap();
    }

    /// Whether the terminal shows what is typed: off here unless the test turned it on.
    pub(crate) fn echo(&self) -> bool {
        self.session.get_process().get_echo().unwrap()
    }

    /// Turns the terminal's echo on or off, as a user's terminal would be before xacct starts to
    /// prompt.
    pub(crate) fn set_echo(&mut self, on: bool) {
        self.session
            .get_process_mut()
            .set_echo(on, Some(Duration::from_secs(5)))
            .unwrap();
    }

    /// SIGTERM
    pub(crate) fn terminate(&mut self) {
        self.session
            .get_process_mut()
            .signal(Signal::SIGTERM)
            .unwrap();
    }

    /// SIGCONT, which is what a shell's `fg` sends.
    pub(crate) fn resume(&mut self) {
        self.session
            .get_process_mut()
            .signal(Signal::SIGCONT)
            .unwrap();
    }

    /// As [`Pty::wait`], with whether the terminal shows what is typed when the program has ended.
    #[track_caller]
    pub(crate) fn wait_with_echo(mut self) -> ((i32, bool), String) {
        let rest = self.session.expect(Eof);
        let rest = rest.unwrap_or_else(|error| panic!("no end ({error}) after:\n{}", self.seen));
        self.seen += &String::from_utf8_lossy(rest.as_bytes());
        let echo = self.echo();
        ((self.status(), echo), self.seen)
    }

    fn status(&self) -> i32 {
        match self.session.get_process().wait().unwrap() {
            WaitStatus::Exited(_, status) => status,
            WaitStatus::Signaled(_, signal, _) => 128 + signal as i32,
            other => panic!("{other:?}"),
        }
    }

    /// Waits for the end and gives the status (128 + n where signal n ended it) and everything on
    /// the screen.
    #[track_caller]
    pub(crate) fn wait(mut self) -> (i32, String) {
        let rest = self.session.expect(Eof);
        let rest = rest.unwrap_or_else(|error| panic!("no end ({error}) after:\n{}", self.seen));
        self.seen += &String::from_utf8_lossy(rest.as_bytes());
        (self.status(), super::in_users_name(&self.seen))
    }
}
