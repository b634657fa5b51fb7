//! Questions on `/dev/tty`: how it is set while an answer is awaited, and set back on every way
//! out.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::pin::pin;

use rustix::termios::{
    self, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios,
};

use super::Unanswered;
use crate::secret::Secret;
use crate::system::signals::Resumed;
use crate::system::{HANG_UP, INTERRUPT};
use crate::terminal::signals::Signals;

/// Whether a question would reach a person: a terminal that this process stands in the
/// foreground of.
pub(crate) fn available() -> bool {
    open().is_some()
}

/// The terminal, to show on it what nobody would see on stderr; `None` in its background.
pub(crate) fn screen() -> Option<File> {
    open()
}

/// The terminal's own name, such as `/dev/pts/3`, for a program that is no child of ours.
pub(crate) fn name() -> Option<String> {
    let named = |fd: &dyn std::os::fd::AsFd| termios::ttyname(fd.as_fd(), Vec::new()).ok();
    let name = named(&io::stdin())
        .or_else(|| named(&io::stdout()))
        .or_else(|| named(&io::stderr()))?;
    name.into_string().ok()
}

/// How the terminal is set, for when a program that changes it is ended halfway.
pub(crate) struct Kept {
    tty: File,
    modes: Termios,
}

impl Kept {
    pub(crate) fn now() -> Option<Kept> {
        let tty = open()?;
        let modes = termios::tcgetattr(&tty).ok()?;
        Some(Kept { tty, modes })
    }

    pub(crate) fn restore(&self) {
        if in_foreground(&self.tty) {
            let _ = termios::tcsetattr(&self.tty, OptionalActions::Now, &self.modes);
        }
    }
}

/// Shows a line that nobody would see on stderr; in the background, nothing.
pub(crate) fn tell(text: &str) {
    if let Some(mut tty) = open() {
        let _ = tty.write_all(text.as_bytes());
    }
}

pub(in crate::terminal) fn open() -> Option<File> {
    let tty = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .ok()?;
    in_foreground(&tty).then_some(tty)
}

/// Why [`open`] gave nothing.
pub(in crate::terminal) fn absence() -> Unanswered {
    if in_background() {
        Unanswered::Background
    } else {
        Unanswered::NoTerminal
    }
}

/// Whether there is a terminal, which another program has.
pub(crate) fn in_background() -> bool {
    File::open("/dev/tty").is_ok_and(|tty| !in_foreground(&tty))
}

pub(in crate::terminal) fn in_foreground(tty: &File) -> bool {
    termios::tcgetpgrp(tty).is_ok_and(|group| group == rustix::process::getpgrp())
}

/// A terminal that shows nothing of what is typed until this is dropped.
pub(crate) struct Hushed {
    tty: File,
    before: Termios,
}

/// Keeps the terminal's echo off from one hidden question to the next, and between them: what
/// is pasted in one go would be shown as soon as the first line of it is read. Needs a runtime.
pub(crate) fn hush() -> Result<Hushed, Unanswered> {
    let tty = open().ok_or_else(absence)?;
    // From here on no signal ends the process by itself, which would leave the terminal without
    // echo.
    Signals::register().map_err(Unanswered::Failed)?;
    let before = termios::tcgetattr(&tty).map_err(|error| Unanswered::Failed(error.into()))?;
    let mut modes = before.clone();
    modes.local_modes -= LocalModes::ECHO | LocalModes::ECHONL;
    let set = termios::tcsetattr(&tty, OptionalActions::Now, &modes);
    set.map_err(|error| Unanswered::Failed(error.into()))?;
    Ok(Hushed { tty, before })
}

impl Drop for Hushed {
    fn drop(&mut self) {
        if in_foreground(&self.tty) {
            let _ = termios::tcsetattr(&self.tty, OptionalActions::Now, &self.before);
        }
    }
}

/// Shows the question and waits for a line, without echo.
pub(crate) async fn ask_hidden(question: &str) -> Result<Secret, Unanswered> {
    let tty = open().ok_or_else(absence)?;
    let answer = ask(&tty, question, hidden, |tty, ends| {
        read_line(Keys { tty, ends })
    })
    .await;
    // The person's Enter was hidden too; and what follows Ctrl-C starts on a line of its own.
    let _ = (&tty).write_all(b"\n");
    answer
}

/// Shows the question and waits for a line, which is seen as it is typed. What was typed before
/// the question is no answer to it, and is dropped.
pub(crate) async fn ask_shown(question: &str) -> Result<String, Unanswered> {
    let mut tty = open().ok_or_else(absence)?;
    termios::tcflush(&tty, QueueSelector::IFlush)
        .map_err(|error| Unanswered::Failed(error.into()))?;
    let answer = ask(&tty, question, shown, |tty, ends| shown_line(&tty, ends)).await;
    if answer.is_err() {
        // There was no Enter; what follows starts on a line of its own.
        let _ = tty.write_all(b"\n");
    }
    answer
}

/// Asks on a terminal that is set as the answer needs it, with Ctrl-C and Ctrl-\ as keys: as
/// signals they would go to the shell too, which would not evaluate what it is told then.
async fn ask<T: Send + 'static>(
    tty: &File,
    question: &str,
    modes: fn(&mut Termios),
    read: impl FnOnce(File, [u8; 2]) -> Result<T, Unanswered> + Send + 'static,
) -> Result<T, Unanswered> {
    // Before the terminal is changed: no signal may end the process while it is.
    let mut signals = Signals::register().map_err(Unanswered::Failed)?;
    let mut resumed = Resumed::register().map_err(Unanswered::Failed)?;
    let changed = Changed::begin(tty, modes).map_err(Unanswered::Failed)?;
    let mut out = tty;
    out.write_all(question.as_bytes())
        .map_err(Unanswered::Failed)?;
    let (keys, ends) = (
        tty.try_clone().map_err(Unanswered::Failed)?,
        changed.interrupting_keys(),
    );
    // A thread of its own, which the runtime does not wait for: after a signal nobody will
    // type.
    let mut line = pin!(in_thread(move || read(keys, ends)));
    loop {
        tokio::select! {
            biased;
            number = signals.next() => return Err(ended_by(number)),
            // The shell had the terminal meanwhile, and gave it back as it uses it itself.
            () = resumed.next() => {
                changed.apply().map_err(Unanswered::Failed)?;
                out.write_all(question.as_bytes()).map_err(Unanswered::Failed)?;
            }
            line = &mut line => return line,
        }
    }
}

/// Without echo, keys one by one.
fn hidden(modes: &mut Termios) {
    modes.local_modes -=
        LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
    modes.special_codes[SpecialCodeIndex::VMIN] = 1;
    modes.special_codes[SpecialCodeIndex::VTIME] = 0;
}

/// A line at a time, which the terminal itself edits and shows; Ctrl-C and Ctrl-\ end one too.
fn shown(modes: &mut Termios) {
    modes.local_modes -= LocalModes::ISIG;
    modes.special_codes[SpecialCodeIndex::VEOL] = modes.special_codes[SpecialCodeIndex::VINTR];
    modes.special_codes[SpecialCodeIndex::VEOL2] = modes.special_codes[SpecialCodeIndex::VQUIT];
}

/// Byte by byte: what follows the line is not this program's.
fn shown_line(mut tty: impl Read, ends: [u8; 2]) -> Result<String, Unanswered> {
    let (mut line, mut byte) = (Vec::new(), [0]);
    loop {
        match tty.read(&mut byte) {
            Ok(1) if byte[0] == b'\n' => return Ok(String::from_utf8_lossy(&line).into_owned()),
            Ok(1) if ends.contains(&byte[0]) => return Err(Unanswered::Signal(INTERRUPT)),
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
    if signal == HANG_UP {
        Unanswered::Closed
    } else {
        Unanswered::Signal(signal)
    }
}

async fn in_thread<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, Unanswered> + Send + 'static,
) -> Result<T, Unanswered> {
    let (send, answer) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("prompt".to_owned());
    thread
        .spawn(move || send.send(read()))
        .map_err(Unanswered::Failed)?;
    answer.await.unwrap_or(Err(Unanswered::Closed))
}

fn read_line<R: Read + 'static>(keys: Keys<R>) -> Result<Secret, Unanswered> {
    let config = rpassword::ConfigBuilder::new()
        .input_reader(keys)
        .output_discard()
        .build();
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
                Err(error)
                    if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) =>
                {
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

/// A terminal that is set otherwise; as it was when this is dropped.
struct Changed<'a> {
    tty: &'a File,
    before: Termios,
    modes: fn(&mut Termios),
}

impl Changed<'_> {
    fn begin(tty: &File, modes: fn(&mut Termios)) -> io::Result<Changed<'_>> {
        let before = termios::tcgetattr(tty)?;
        let changed = Changed { tty, before, modes };
        changed.apply()?;
        Ok(changed)
    }

    /// Also after a stop; not from the background, where it would be another.
    fn apply(&self) -> io::Result<()> {
        if !in_foreground(self.tty) {
            return Ok(());
        }
        let mut modes = self.before.clone();
        (self.modes)(&mut modes);
        termios::tcsetattr(self.tty, OptionalActions::Now, &modes)?;
        Ok(())
    }

    fn interrupting_keys(&self) -> [u8; 2] {
        [SpecialCodeIndex::VINTR, SpecialCodeIndex::VQUIT].map(|key| self.before.special_codes[key])
    }
}

impl Drop for Changed<'_> {
    fn drop(&mut self) {
        // From the background this would stop the process; there the shell has set the terminal
        // to its own.
        if in_foreground(self.tty) {
            let _ = termios::tcsetattr(self.tty, OptionalActions::Now, &self.before);
        }
    }
}

#[cfg(test)]
mod tests;
