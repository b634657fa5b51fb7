//! The terminal of the person at it, whatever stdin, stdout and stderr are: one answer to one question, hidden or
//! shown. What is asked, and what an answer means, is left to those who ask.
//!
//! For a hidden answer, echo is off only while an answer is awaited and comes back on every way out: an answer, Ctrl-C, Ctrl-D, a signal,
//! or the future being dropped. rpassword edits the line; it is not left to switch the terminal, because on Ctrl-C
//! it raises SIGINT while echo is still off, and a signal from elsewhere would find it off too.

mod caller;
mod signals;

use std::io;

pub(crate) use caller::Caller;
#[cfg(not(unix))]
pub(crate) use console::{ask_hidden, ask_shown, ask_shown_again, available, tell};
pub(crate) use signals::{Signals, finishing, interruptible, unless};
#[cfg(unix)]
pub(crate) use tty::{ask_hidden, ask_shown, ask_shown_again, available, tell};

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// No terminal, or this process is in its background and would be stopped for touching it.
    NoTerminal,
    /// Ctrl-D, or the terminal has gone.
    Closed,
    /// This signal, or the key that stands for it.
    Signal(u8),
    Failed(io::Error),
}

#[cfg(unix)]
mod tty {
    use std::fs::{File, OpenOptions};
    use std::io::{self, Read, Write};
    use std::pin::pin;

    use rustix::termios::{self, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios};

    use super::Unanswered;
    use crate::secret::Secret;
    use crate::terminal::signals::{HANG_UP, INTERRUPT, Resumed, Signals};

    /// Whether a question would reach a person: a terminal that this process stands in the foreground of.
    pub(crate) fn available() -> bool {
        open().is_some()
    }

    /// Shows a line that nobody would see on stderr; in the background, nothing.
    pub(crate) fn tell(text: &str) {
        if let Some(mut tty) = open() {
            let _ = tty.write_all(text.as_bytes());
        }
    }

    fn open() -> Option<File> {
        let tty = OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
        in_foreground(&tty).then_some(tty)
    }

    fn in_foreground(tty: &File) -> bool {
        termios::tcgetpgrp(tty).is_ok_and(|group| group == rustix::process::getpgrp())
    }

    /// Shows the question and waits for a line, without echo.
    pub(crate) async fn ask_hidden(question: &str) -> Result<Secret, Unanswered> {
        let tty = open().ok_or(Unanswered::NoTerminal)?;
        // Before echo goes off: no signal may end the process while it is.
        let mut signals = Signals::register().map_err(Unanswered::Failed)?;
        let mut resumed = Resumed::register().map_err(Unanswered::Failed)?;
        let hidden = Hidden::begin(&tty).map_err(Unanswered::Failed)?;
        (&tty).write_all(question.as_bytes()).map_err(Unanswered::Failed)?;
        let keys =
            Keys { tty: tty.try_clone().map_err(Unanswered::Failed)?, ends: hidden.interrupting_keys() };
        // A thread of its own, which the runtime does not wait for: after a signal nobody will type.
        let mut line = pin!(in_thread(move || read_line(keys)));
        let answer = loop {
            tokio::select! {
                biased;
                number = signals.next() => break Err(ended_by(number)),
                // The shell had the terminal meanwhile, and gave it back as it uses it itself.
                () = resumed.next() => {
                    hidden.hide().map_err(Unanswered::Failed)?;
                    (&tty).write_all(question.as_bytes()).map_err(Unanswered::Failed)?;
                }
                line = &mut line => break line,
            }
        };
        // The person's Enter was hidden too; and what follows Ctrl-C starts on a line of its own.
        let _ = (&tty).write_all(b"\n");
        answer
    }

    /// Shows the question and waits for a line, which is seen as it is typed. What was typed before the question is
    /// no answer to it, and is dropped.
    ///
    /// The terminal is left as it is, so signals may end the process here, and no listener is registered: one would
    /// outlive the question, and what waits for a lock after it could no longer be interrupted.
    pub(crate) fn ask_shown(question: &str) -> Result<String, Unanswered> {
        let mut tty = open().ok_or(Unanswered::NoTerminal)?;
        termios::tcflush(&tty, QueueSelector::IFlush).map_err(|error| Unanswered::Failed(error.into()))?;
        tty.write_all(question.as_bytes()).map_err(Unanswered::Failed)?;
        let answer = shown_line(&tty);
        if answer.is_err() {
            // There was no Enter; what follows starts on a line of its own.
            let _ = tty.write_all(b"\n");
        }
        answer
    }

    /// As [`ask_shown`], in a process that may have asked for something hidden before: there, Ctrl-C ends nothing by
    /// itself any more.
    pub(crate) async fn ask_shown_again(question: &str) -> Result<String, Unanswered> {
        let mut tty = open().ok_or(Unanswered::NoTerminal)?;
        let mut signals = Signals::register().map_err(Unanswered::Failed)?;
        termios::tcflush(&tty, QueueSelector::IFlush).map_err(|error| Unanswered::Failed(error.into()))?;
        tty.write_all(question.as_bytes()).map_err(Unanswered::Failed)?;
        let keys = tty.try_clone().map_err(Unanswered::Failed)?;
        let answer = tokio::select! {
            biased;
            number = signals.next() => Err(ended_by(number)),
            line = in_thread(move || shown_line(&keys)) => line,
        };
        if answer.is_err() {
            let _ = tty.write_all(b"\n");
        }
        answer
    }

    /// Byte by byte: what follows the line is not this program's.
    fn shown_line(mut tty: impl Read) -> Result<String, Unanswered> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        loop {
            match tty.read(&mut byte) {
                Ok(1) if byte[0] == b'\n' => return Ok(String::from_utf8_lossy(&line).into_owned()),
                Ok(1) => line.push(byte[0]),
                // Ctrl-D, or a terminal that has gone.
                Ok(_) => return Err(Unanswered::Closed),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => {
                    return Err(Unanswered::Closed);
                }
                Err(error) => return Err(Unanswered::Failed(error)),
            }
        }
    }

    /// A terminal that hangs up says so with SIGHUP.
    fn ended_by(signal: u8) -> Unanswered {
        if signal == HANG_UP { Unanswered::Closed } else { Unanswered::Signal(signal) }
    }

    async fn in_thread<T: Send + 'static>(
        read: impl FnOnce() -> Result<T, Unanswered> + Send + 'static,
    ) -> Result<T, Unanswered> {
        let (send, answer) = tokio::sync::oneshot::channel();
        let thread = std::thread::Builder::new().name("prompt".to_owned());
        thread.spawn(move || send.send(read())).map_err(Unanswered::Failed)?;
        answer.await.unwrap_or(Err(Unanswered::Closed))
    }

    fn read_line<R: Read + 'static>(keys: Keys<R>) -> Result<Secret, Unanswered> {
        let config = rpassword::ConfigBuilder::new().input_reader(keys).output_discard().build();
        match rpassword::read_password_with_config(config) {
            Ok(line) => Ok(Secret::new(line)),
            Err(error) => Err(match error.kind() {
                io::ErrorKind::Interrupted => Unanswered::Signal(INTERRUPT),
                // rpassword's word for Ctrl-D, and ours for a terminal that has gone.
                io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => Unanswered::Closed,
                _ => Unanswered::Failed(error),
            }),
        }
    }

    /// What is typed, for rpassword, with the keys taken out that it would answer with a signal.
    struct Keys<R> {
        tty: R,
        /// Ctrl-C and Ctrl-\, or what the user has set for them.
        ends: [u8; 2],
    }

    impl<R: Read> Read for Keys<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            loop {
                match self.tty.read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    // rpassword would take it for Enter.
                    Ok(0) if !buffer.is_empty() => return Err(io::ErrorKind::BrokenPipe.into()),
                    // Input and output error: the terminal has hung up.
                    Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => {
                        return Err(io::ErrorKind::BrokenPipe.into());
                    }
                    Ok(count) if buffer[..count].iter().any(|key| self.ends.contains(key)) => {
                        return Err(io::ErrorKind::Interrupted.into());
                    }
                    read => return read,
                }
            }
        }
    }

    /// A terminal without echo, keys one by one; as it was when this is dropped.
    struct Hidden<'a> {
        tty: &'a File,
        before: Termios,
    }

    impl Hidden<'_> {
        fn begin(tty: &File) -> io::Result<Hidden<'_>> {
            let before = termios::tcgetattr(tty)?;
            let hidden = Hidden { tty, before };
            hidden.hide()?;
            Ok(hidden)
        }

        /// Also after a stop; not from the background, where it would be another.
        fn hide(&self) -> io::Result<()> {
            if !in_foreground(self.tty) {
                return Ok(());
            }
            let mut modes = self.before.clone();
            modes.local_modes -=
                LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
            modes.special_codes[SpecialCodeIndex::VMIN] = 1;
            modes.special_codes[SpecialCodeIndex::VTIME] = 0;
            termios::tcsetattr(self.tty, OptionalActions::Now, &modes)?;
            Ok(())
        }

        fn interrupting_keys(&self) -> [u8; 2] {
            [SpecialCodeIndex::VINTR, SpecialCodeIndex::VQUIT].map(|key| self.before.special_codes[key])
        }
    }

    impl Drop for Hidden<'_> {
        fn drop(&mut self) {
            // From the background this would stop the process; there the shell has set the terminal to its own.
            if in_foreground(self.tty) {
                let _ = termios::tcsetattr(self.tty, OptionalActions::Now, &self.before);
            }
        }
    }

    #[cfg(test)]
    mod tests;
}

#[cfg(not(unix))]
mod console {
    use std::fs::OpenOptions;
    use std::io::{self, BufRead, BufReader, Write};

    use super::Unanswered;
    use crate::secret::Secret;
    use crate::terminal::signals::Signals;

    /// Shows a line that nobody would see on stderr.
    pub(crate) fn tell(text: &str) {
        if let Ok(mut output) = OpenOptions::new().read(true).write(true).open("CONOUT$") {
            let _ = output.write_all(text.as_bytes());
        }
    }

    /// Whether there is a console.
    pub(crate) fn available() -> bool {
        OpenOptions::new().read(true).write(true).open("CONIN$").is_ok()
    }

    /// Shows the question and waits for a line, which is seen as it is typed.
    pub(crate) fn ask_shown(question: &str) -> Result<String, Unanswered> {
        let console = |name: &str| OpenOptions::new().read(true).write(true).open(name);
        let (Ok(input), Ok(mut output)) = (console("CONIN$"), console("CONOUT$")) else {
            return Err(Unanswered::NoTerminal);
        };
        output.write_all(question.as_bytes()).map_err(Unanswered::Failed)?;
        let mut line = String::new();
        match BufReader::new(input).read_line(&mut line) {
            Ok(0) => Err(Unanswered::Closed),
            Ok(_) => Ok(line),
            Err(error) => Err(Unanswered::Failed(error)),
        }
    }

    /// As [`ask_shown`]: Ctrl-C is the console's business here.
    pub(crate) async fn ask_shown_again(question: &str) -> Result<String, Unanswered> {
        ask_shown(question)
    }

    /// Shows the question and waits for a line, without echo. rpassword restores the console itself.
    pub(crate) async fn ask_hidden(question: &str) -> Result<Secret, Unanswered> {
        if !available() {
            return Err(Unanswered::NoTerminal);
        }
        let mut signals = Signals::register().map_err(Unanswered::Failed)?;
        let (send, answer) = tokio::sync::oneshot::channel();
        let question = question.to_owned();
        let thread = std::thread::Builder::new().name("prompt".to_owned());
        thread.spawn(move || send.send(rpassword::prompt_password(question))).map_err(Unanswered::Failed)?;
        tokio::select! {
            line = answer => match line {
                Ok(Ok(line)) => Ok(Secret::new(line)),
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {
                    Err(Unanswered::Signal(signals.next().await))
                }
                Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Unanswered::Closed),
                Ok(Err(error)) => Err(Unanswered::Failed(error)),
                Err(_) => Err(Unanswered::Closed),
            },
            number = signals.next() => Err(Unanswered::Signal(number)),
        }
    }
}
