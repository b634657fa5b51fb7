//! A question on the console of Windows, and the list to pick from. Keys come one by one from the
//! console itself, whatever stdin is, and xacct shows what is to be seen of them: so Ctrl-C is a
//! key, and no echo is left off by a thread that still waits for a line.
//!
//! A program that ends in the middle leaves a console that hands out keys; cmd and PowerShell set
//! it up anew for each of their prompts.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crossterm::QueueableCommand;
use crossterm::cursor::{MoveRight, MoveToColumn, MoveUp};
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::style::Print;
use crossterm::terminal::{self, Clear, ClearType};
use zeroize::Zeroizing;

use super::Unanswered;
use super::signals::Signals;
use crate::picker::{Key, Picker, PickerOutcome, Size};
use crate::secret::Secret;
use crate::system::{INTERRUPT, processes, window};

/// Between two looks for a key: nobody types faster than this is noticed.
const LOOK: Duration = Duration::from_millis(10);
/// Longer than any code or password; a line that is longer is moved as it grows.
const USUAL: usize = 256;

fn console(name: &str) -> Option<File> {
    OpenOptions::new().read(true).write(true).open(name).ok()
}

/// The console, to show on it what nobody would see on stderr.
pub(crate) fn screen() -> Option<File> {
    console("CONOUT$")
}

/// Where a question is shown: stderr if that is the console, because only there are characters
/// beyond ASCII safe from the console's code page. In one piece, so that nothing flickers.
fn output() -> Option<Box<dyn Write>> {
    if io::stderr().is_terminal() {
        return Some(Box::new(io::BufWriter::new(io::stderr())));
    }
    screen().map(|screen| Box::new(screen) as Box<dyn Write>)
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
    if let Some(mut output) = output() {
        let _ = output.write_all(text.as_bytes());
        let _ = output.flush();
    }
}

/// Whether there is a console that somebody sees. In a window of Git Bash there is one that nobody
/// does.
pub(crate) fn available() -> bool {
    console("CONIN$").is_some() && !processes::has_unix_terminal()
}

/// How many want the console without echo and without lines.
static RAW: AtomicUsize = AtomicUsize::new(0);

/// The console hands out keys and shows none, until the last one of these is dropped.
pub(crate) struct Hushed;

impl Hushed {
    fn begin() -> Result<Hushed, Unanswered> {
        if !available() {
            return Err(Unanswered::NoTerminal);
        }
        if RAW.fetch_add(1, Ordering::SeqCst) == 0
            && let Err(error) = terminal::enable_raw_mode()
        {
            RAW.fetch_sub(1, Ordering::SeqCst);
            return Err(Unanswered::Failed(error));
        }
        Ok(Hushed)
    }
}

impl Drop for Hushed {
    fn drop(&mut self) {
        if RAW.fetch_sub(1, Ordering::SeqCst) == 1 {
            let _ = terminal::disable_raw_mode();
        }
    }
}

/// Keeps the console's echo off from one hidden question to the next, and between them.
pub(crate) fn hush() -> Result<Hushed, Unanswered> {
    Hushed::begin()
}

/// Shows the question and waits for a line, without echo.
pub(crate) async fn ask_hidden(question: &str) -> Result<Secret, Unanswered> {
    let line = ask(question, Echo::Off).await?;
    Ok(Secret::new(line.as_str()))
}

/// Shows the question and waits for a line, which is seen as it is typed. What was typed before the
/// question is no answer to it, and is dropped.
pub(crate) async fn ask_shown(question: &str) -> Result<String, Unanswered> {
    let _raw = Hushed::begin()?;
    while event::poll(Duration::ZERO).map_err(Unanswered::Failed)? {
        event::read().map_err(Unanswered::Failed)?;
    }
    ask(question, Echo::On).await.map(|line| line.to_string())
}

/// Whether what is typed is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    On,
    Off,
}

async fn ask(question: &str, echo: Echo) -> Result<Zeroizing<String>, Unanswered> {
    let _raw = Hushed::begin()?;
    let mut signals = Signals::register().map_err(Unanswered::Failed)?;
    let mut output = output().ok_or(Unanswered::NoTerminal)?;
    show(&mut output, question)?;
    let mut line = Zeroizing::new(String::with_capacity(USUAL));
    let answer = loop {
        let key = match pressed(&mut signals).await {
            Ok(Some(key)) => key,
            Ok(None) => continue,
            Err(error) => break Err(error),
        };
        let before = line.chars().count();
        match key {
            Key::Enter => break Ok(()),
            Key::Interrupt => break Err(Unanswered::Signal(INTERRUPT)),
            Key::End if line.is_empty() => break Err(Unanswered::Closed),
            Key::Char(character) => {
                line.push(character);
                if echo == Echo::On {
                    show(&mut output, character.encode_utf8(&mut [0; 4]))?;
                }
            }
            Key::Backspace => drop(line.pop()),
            Key::EraseLine | Key::EraseWord => line.clear(),
            _ => {}
        }
        if echo == Echo::On {
            let erased = before.saturating_sub(line.chars().count());
            show(&mut output, &"\u{8} \u{8}".repeat(erased))?;
        }
    };
    // Enter was not shown; and what follows Ctrl-C starts on a line of its own.
    show(&mut output, "\r\n")?;
    answer.map(|()| line)
}

fn show(output: &mut impl Write, text: &str) -> Result<(), Unanswered> {
    let written = output.write_all(text.as_bytes());
    written
        .and_then(|()| output.flush())
        .map_err(Unanswered::Failed)
}

/// The next key; `None` for anything else that happens to a console, a new size among it.
async fn pressed(signals: &mut Signals) -> Result<Option<Key>, Unanswered> {
    while !event::poll(Duration::ZERO).map_err(Unanswered::Failed)? {
        tokio::select! {
            biased;
            number = signals.next() => return Err(Unanswered::Signal(number)),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    match event::read().map_err(Unanswered::Failed)? {
        Event::Key(event) if event.kind != KeyEventKind::Release => Ok(Some(key(event))),
        _ => Ok(None),
    }
}

fn key(event: KeyEvent) -> Key {
    // Ctrl and Alt together are AltGr, which writes characters.
    let modifiers = event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT);
    match event.code {
        KeyCode::Char(character) if modifiers == KeyModifiers::CONTROL => control(character),
        KeyCode::Char(character) => Key::Char(character),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Up | KeyCode::BackTab => Key::Up,
        KeyCode::Down | KeyCode::Tab => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::First,
        KeyCode::End => Key::Last,
        KeyCode::Backspace => Key::Backspace,
        _ => Key::Other,
    }
}

/// As the terminals of Unix send them.
fn control(character: char) -> Key {
    match character.to_ascii_lowercase() {
        'c' | '\\' => Key::Interrupt,
        'd' => Key::End,
        'p' | 'k' => Key::Up,
        'n' | 'j' => Key::Down,
        'h' => Key::Backspace,
        'w' => Key::EraseWord,
        'u' => Key::EraseLine,
        'a' => Key::First,
        'e' => Key::Last,
        'g' => Key::Escape,
        _ => Key::Other,
    }
}

/// Lets a person pick; [`PickerOutcome::Left`] for Escape, Ctrl-C and Ctrl-D.
///
/// Errors: as for every question, but never `Signal` for a key.
pub(crate) async fn pick(mut picker: Picker, color: bool) -> Result<PickerOutcome, Unanswered> {
    let _raw = Hushed::begin()?;
    let mut signals = Signals::register().map_err(Unanswered::Failed)?;
    let mut output = output().ok_or(Unanswered::NoTerminal)?;
    let color = color && window::understands_vt();
    loop {
        let size = size();
        picker.show(size.listed());
        draw(&mut output, &picker, size, color).map_err(Unanswered::Failed)?;
        let key = match pressed(&mut signals).await {
            Ok(Some(key)) => key,
            Ok(None) => continue,
            Err(error) => {
                let _ = clear(&mut output);
                return Err(error);
            }
        };
        match picker.press(key, size.listed()) {
            PickerOutcome::Open => {}
            done => {
                clear(&mut output).map_err(Unanswered::Failed)?;
                return Ok(done);
            }
        }
    }
}

/// A console that does not say is taken for an old one.
fn size() -> Size {
    let (columns, rows) = window::console_size().unwrap_or((80, 24));
    Size { columns, rows }
}

/// From the line where the cursor is, which it comes back to.
fn draw(output: &mut impl Write, picker: &Picker, size: Size, color: bool) -> io::Result<()> {
    let (lines, cursor) = picker.lines(size, color);
    clear(output)?;
    output.queue(Print(lines.join("\r\n")))?;
    let up = u16::try_from(lines.len() - 1).unwrap_or(0);
    if up > 0 {
        output.queue(MoveUp(up))?;
    }
    output.queue(MoveToColumn(0))?;
    if cursor > 0 {
        output.queue(MoveRight(u16::try_from(cursor).unwrap_or(0)))?;
    }
    output.flush()
}

fn clear(output: &mut impl Write) -> io::Result<()> {
    output.queue(MoveToColumn(0))?;
    output.queue(Clear(ClearType::FromCursorDown))?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_what_they_mean_on_unix() {
        let event = |code, modifiers| key(KeyEvent::new(code, modifiers));
        let none = KeyModifiers::NONE;
        let alt_gr = KeyModifiers::CONTROL | KeyModifiers::ALT;
        assert_eq!(event(KeyCode::Char('é'), none), Key::Char('é'));
        assert_eq!(event(KeyCode::Char('@'), alt_gr), Key::Char('@'));
        assert_eq!(
            event(KeyCode::Char('A'), KeyModifiers::SHIFT),
            Key::Char('A')
        );
        let control = KeyModifiers::CONTROL;
        assert_eq!(event(KeyCode::Char('c'), control), Key::Interrupt);
        assert_eq!(event(KeyCode::Char('x'), control), Key::Other);
        assert_eq!(event(KeyCode::BackTab, none), Key::Up);
    }
}
