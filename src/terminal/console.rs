//! Questions on a console, where there is no `/dev/tty`.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};

use super::Unanswered;
use crate::picker::{Outcome, Picker};
use crate::secret::Secret;
use crate::terminal::signals::Signals;

/// The console, to show on it what nobody would see on stderr.
pub(crate) fn screen() -> Option<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open("CONOUT$")
        .ok()
}

/// A console has no background.
pub(crate) fn in_background() -> bool {
    false
}

/// A console is not set otherwise by the programs that are run.
pub(crate) struct Kept;

impl Kept {
    pub(crate) fn now() -> Option<Kept> {
        None
    }

    pub(crate) fn restore(&self) {}
}

/// Shows a line that nobody would see on stderr.
pub(crate) fn tell(text: &str) {
    if let Ok(mut output) = OpenOptions::new().read(true).write(true).open("CONOUT$") {
        let _ = output.write_all(text.as_bytes());
    }
}

/// Whether there is a console.
pub(crate) fn available() -> bool {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open("CONIN$")
        .is_ok()
}

fn read_line(question: &str) -> Result<String, Unanswered> {
    let console = |name: &str| OpenOptions::new().read(true).write(true).open(name);
    let (Ok(input), Ok(mut output)) = (console("CONIN$"), console("CONOUT$")) else {
        return Err(Unanswered::NoTerminal);
    };
    output
        .write_all(question.as_bytes())
        .map_err(Unanswered::Failed)?;
    let mut line = String::new();
    match BufReader::new(input).read_line(&mut line) {
        Ok(0) => Err(Unanswered::Closed),
        Ok(_) => Ok(line),
        Err(error) => Err(Unanswered::Failed(error)),
    }
}

/// There is none yet.
pub(crate) async fn pick(_: Picker, _: bool) -> Result<Outcome, Unanswered> {
    Err(Unanswered::NoTerminal)
}

/// Shows the question and waits for a line, which is seen as it is typed. Ctrl-C is the
/// console's business here.
pub(crate) async fn ask_shown(question: &str) -> Result<String, Unanswered> {
    read_line(question)
}

/// The console is without echo while a hidden answer is read, and only then.
pub(crate) struct Hushed;

pub(crate) fn hush() -> Result<Hushed, Unanswered> {
    if available() {
        Ok(Hushed)
    } else {
        Err(Unanswered::NoTerminal)
    }
}

/// Shows the question and waits for a line, without echo. rpassword restores the console
/// itself.
pub(crate) async fn ask_hidden(question: &str) -> Result<Secret, Unanswered> {
    if !available() {
        return Err(Unanswered::NoTerminal);
    }
    let mut signals = Signals::register().map_err(Unanswered::Failed)?;
    let (send, answer) = tokio::sync::oneshot::channel();
    let question = question.to_owned();
    let thread = std::thread::Builder::new().name("prompt".to_owned());
    thread
        .spawn(move || send.send(rpassword::prompt_password(question)))
        .map_err(Unanswered::Failed)?;
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
