//! A list on the terminal, below the line where the cursor is, from which a person picks with keys;
//! afterwards the screen and the terminal are as they were. What the keys mean and how the list
//! looks is `picker`'s.
//!
//! The terminal hands out keys one by one and shows none while this lasts. It is put back on every
//! way out: a key, a signal, the future being dropped, a bug. Reading never waits for long, so that
//! there is no thread left behind that would take the first key of what is asked next.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::panic::{self, PanicHookInfo};
use std::sync::Arc;
use std::time::Duration;

use rustix::termios::{
    self, InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios,
};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Unanswered;
use super::signals::Signals;
use super::tty::{absence, in_foreground, open};
use crate::picker::{PendingKeys, Picker, PickerOutcome, Size};
use crate::system::HANG_UP;
use crate::system::signals::Resumed;
use crate::window;

/// How long a read waits for a key, in tenths of a second; so long may Escape be the beginning of
/// another key.
const PATIENCE: u8 = 1;

/// Lets a person pick; [`PickerOutcome::Left`] for Escape, Ctrl-C and Ctrl-D. Needs a runtime with
/// its I/O driver on.
///
/// Errors: as for every question, but never `Signal` for a key.
pub(crate) async fn pick(mut picker: Picker, color: bool) -> Result<PickerOutcome, Unanswered> {
    let tty = open().ok_or_else(absence)?;
    // Before the terminal is changed: no signal may end the process while it is.
    let mut events = Events::register().map_err(Unanswered::Failed)?;
    let raw = Raw::begin(Arc::new(tty)).map_err(Unanswered::Failed)?;
    let screen = Screen {
        tty: &raw.tty,
        color,
    };
    let mut keys = PendingKeys::default();
    loop {
        let size = screen.size();
        picker.show(size.listed());
        screen.draw(&picker, size).map_err(Unanswered::Failed)?;
        let pressed = loop {
            let pressed = match events.next(&raw.tty).await? {
                Event::Byte(byte) => keys.feed(&[byte]),
                Event::Quiet => keys.flush(),
                Event::Resized => break Vec::new(),
                Event::Resumed => {
                    raw.set().map_err(Unanswered::Failed)?;
                    break Vec::new();
                }
            };
            if !pressed.is_empty() {
                break pressed;
            }
        };
        for key in pressed {
            match picker.press(key, size.listed()) {
                PickerOutcome::Open => {}
                done => return Ok(done),
            }
        }
    }
}

enum Event {
    Byte(u8),
    /// Nothing came for a while, after something had.
    Quiet,
    Resized,
    Resumed,
}

struct Events {
    signals: Signals,
    resized: Signal,
    resumed: Resumed,
    /// Whether something came since it was quiet.
    busy: bool,
}

impl Events {
    fn register() -> io::Result<Events> {
        Ok(Events {
            signals: Signals::register()?,
            resized: signal(SignalKind::window_change())?,
            resumed: Resumed::register()?,
            busy: false,
        })
    }

    async fn next(&mut self, tty: &File) -> Result<Event, Unanswered> {
        // One at a time: what is typed behind the last key is somebody else's.
        let mut byte = [0];
        loop {
            tokio::select! {
                biased;
                number = self.signals.next() => {
                    return Err(match number {
                        HANG_UP => Unanswered::Closed,
                        other => Unanswered::Signal(other),
                    });
                }
                _ = self.resized.recv() => return Ok(Event::Resized),
                () = self.resumed.next() => return Ok(Event::Resumed),
                // Time for the runtime to hear of signals.
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
            }
            match (&*tty).read(&mut byte) {
                Ok(0) if has_gone(tty) => return Err(Unanswered::Closed),
                Ok(0) if std::mem::take(&mut self.busy) => return Ok(Event::Quiet),
                Ok(0) => {}
                Ok(_) => {
                    self.busy = true;
                    return Ok(Event::Byte(byte[0]));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error)
                    if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) =>
                {
                    return Err(Unanswered::Closed);
                }
                Err(error) => return Err(Unanswered::Failed(error)),
            }
        }
    }
}

/// A terminal that hung up reads as nothing too, and at once.
fn has_gone(tty: &File) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut watched = [PollFd::new(tty, PollFlags::empty())];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    poll(&mut watched, Some(&at_once)).is_ok() && watched[0].revents().contains(PollFlags::HUP)
}

struct Screen<'a> {
    tty: &'a File,
    color: bool,
}

impl Screen<'_> {
    /// Read anew each time; a terminal that does not say is taken for an old one.
    fn size(&self) -> Size {
        let size = window::size(self.tty).filter(|(_, rows)| *rows > 0);
        let (columns, rows) = size.unwrap_or((80, 24));
        Size { columns, rows }
    }

    /// From the line where the cursor is, which it comes back to. In one write, so that nothing
    /// flickers.
    fn draw(&self, picker: &Picker, size: Size) -> io::Result<()> {
        let (lines, cursor) = picker.lines(size, self.color);
        let mut text = format!("\r\u{1b}[J{}", lines.join("\n"));
        if lines.len() > 1 {
            let _ = write!(text, "\u{1b}[{}A", lines.len() - 1);
        }
        text.push('\r');
        if cursor > 0 {
            let _ = write!(text, "\u{1b}[{cursor}C");
        }
        let mut tty = self.tty;
        tty.write_all(text.as_bytes())
    }
}

type Hook = dyn Fn(&PanicHookInfo<'_>) + Send + Sync;

/// A terminal that hands out keys as they are; as it was, and without the list, when this is
/// dropped.
struct Raw {
    tty: Arc<File>,
    before: Termios,
    /// The program aborts on a bug, and drops nothing: so the terminal is put back before the bug
    /// is told.
    hook: Arc<Hook>,
}

impl Raw {
    fn begin(tty: Arc<File>) -> io::Result<Raw> {
        let before = termios::tcgetattr(&*tty)?;
        let hook: Arc<Hook> = Arc::from(panic::take_hook());
        let (of_bug, tty_of_bug, before_bug) =
            (Arc::clone(&hook), Arc::clone(&tty), before.clone());
        panic::set_hook(Box::new(move |info| {
            put_back(&tty_of_bug, &before_bug);
            of_bug(info);
        }));
        let raw = Raw { tty, before, hook };
        raw.set()?;
        Ok(raw)
    }

    /// Also after a stop; not from the background, where it would be another.
    fn set(&self) -> io::Result<()> {
        if !in_foreground(&self.tty) {
            return Ok(());
        }
        let mut modes = self.before.clone();
        modes.local_modes -= LocalModes::ECHO
            | LocalModes::ECHONL
            | LocalModes::ICANON
            | LocalModes::ISIG
            | LocalModes::IEXTEN;
        // Enter and Ctrl-J are two keys; Ctrl-S and Ctrl-Q stop nothing.
        modes.input_modes -=
            InputModes::ICRNL | InputModes::INLCR | InputModes::IGNCR | InputModes::IXON;
        // A line feed goes to the beginning of the next line.
        modes.output_modes |= OutputModes::OPOST | OutputModes::ONLCR;
        modes.special_codes[SpecialCodeIndex::VMIN] = 0;
        modes.special_codes[SpecialCodeIndex::VTIME] = PATIENCE;
        termios::tcsetattr(&*self.tty, OptionalActions::Now, &modes)?;
        Ok(())
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        put_back(&self.tty, &self.before);
        if std::thread::panicking() {
            return;
        }
        let hook = Arc::clone(&self.hook);
        panic::set_hook(Box::new(move |info| hook(info)));
    }
}

/// From the background this would stop the process; there the shell has set the terminal to its
/// own.
fn put_back(mut tty: &File, before: &Termios) {
    if in_foreground(tty) {
        let _ = tty.write_all(b"\r\x1b[J");
        let _ = termios::tcsetattr(tty, OptionalActions::Now, before);
    }
}
