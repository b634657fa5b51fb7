//! What is shown of what the commands print: lines as they come, or a whole for each target in the
//! defined order.
//!
//! A target that is done before its turn waits in one temporary file, so that neither memory nor
//! open files grow with the number of targets.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};

use serde::Serialize;
use tempfile::SpooledTempFile;

use super::capture::{IN_MEMORY, Sink, write_json_string};
use super::outcome::{Outcome, Status, took};
use super::progress::Board;
use crate::cli::Output;
use crate::config::ProfileColor;
use crate::say::{self, visible, visible_json};

/// Which of the two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    Stdout,
    Stderr,
}

/// How a target is named where its output is.
pub(super) struct NamedTarget {
    pub(super) profile: String,
    pub(super) region: String,
    /// `client1`, or `client1/eu-west-1`
    pub(super) label: String,
    pub(super) color: Option<ProfileColor>,
}

pub(super) struct Printer<'a> {
    how: Output,
    /// Of stdout, and of stderr.
    colors: [bool; 2],
    /// On a terminal the labels stand in a column.
    width: usize,
    board: &'a Board,
    order: RefCell<Order>,
    /// Why no more can be written to stdout.
    error: RefCell<Option<io::Error>>,
}

/// A part of what is shown of a target.
struct OutputPart {
    to: To,
    from: u64,
    length: u64,
}

/// Who is next, and what waits for that.
#[derive(Default)]
struct Order {
    next: usize,
    waiting: BTreeMap<usize, Vec<OutputPart>>,
    backlog: Option<File>,
}

/// A line of `each --output json`, whose names are a promise; stdout and stderr are put in between.
#[derive(Serialize)]
struct Head<'a> {
    profile: &'a str,
    account_id: Option<&'a str>,
    region: &'a str,
    status: Status,
    exit_code: Option<i32>,
    duration_ms: Option<u64>,
}

impl<'a> Printer<'a> {
    pub(super) fn new(
        how: Output,
        colors: [bool; 2],
        names: &[NamedTarget],
        board: &'a Board,
    ) -> Printer<'a> {
        let is_seen = io::stdout().is_terminal();
        let longest = names
            .iter()
            .map(|named| named.label.chars().count())
            .max()
            .unwrap_or_default();
        let width = if is_seen { longest } else { 0 };
        let (order, error) = (RefCell::default(), RefCell::default());
        Printer {
            how,
            colors,
            width,
            board,
            order,
            error,
        }
    }

    /// Whether a stream is to be kept until the command has ended.
    pub(super) fn keeps(&self) -> bool {
        matches!(self.how, Output::Group | Output::Json)
    }

    pub(super) fn shows_lines(&self) -> bool {
        self.how == Output::Stream
    }

    /// What went wrong with stdout, once.
    pub(super) fn error(&self) -> Option<io::Error> {
        self.error.borrow_mut().take()
    }

    /// `client1 | text`
    pub(super) fn line(&self, named: &NamedTarget, to: To, line: &[u8]) {
        let is_colored = self.colors[usize::from(to == To::Stderr)];
        let style = named
            .color
            .filter(|_| is_colored)
            .map(ProfileColor::style)
            .unwrap_or_default();
        let label = visible(&named.label);
        let padding = self.width.saturating_sub(label.chars().count());
        let mut text = format!("{style}{label}{style:#}{:padding$} | ", "").into_bytes();
        text.extend_from_slice(line);
        // What one command has begun must not colour the next one's lines.
        if is_colored && line.contains(&0x1b) {
            text.extend_from_slice(b"\x1b[0m");
        }
        text.push(b'\n');
        self.board.give_way();
        match to {
            To::Stderr => say::relay(&text),
            To::Stdout => self.note(write_out(&text)),
        }
    }

    /// What there is of a target, now or when it is its turn.
    pub(super) fn finished(
        &self,
        index: usize,
        named: &NamedTarget,
        outcome: &Outcome,
        out: &mut Sink,
        err: &mut Sink,
    ) {
        let result = match self.how {
            Output::Stream | Output::None => return,
            Output::Json => {
                let line = json(named, outcome, out, err);
                line.and_then(|mut line| self.place(index, &mut [(To::Stdout, &mut line)]))
            }
            Output::Group => self.group(index, named, outcome, out, err),
        };
        self.note(result);
    }

    fn group(
        &self,
        index: usize,
        named: &NamedTarget,
        outcome: &Outcome,
        out: &mut Sink,
        err: &mut Sink,
    ) -> io::Result<()> {
        if outcome.status == Status::Skipped {
            return self.place(index, &mut []);
        }
        let [above_out, above_err] = self.colors.map(|color| heading(named, outcome, color));
        let has_errors = err.length()? > 0;
        // Where stdout goes elsewhere, stderr would not tell whose lines these are.
        let again = has_errors && !(io::stdout().is_terminal() && io::stderr().is_terminal());
        let mut parts: Vec<(To, &mut dyn Read)> = Vec::new();
        let (mut above_out, mut above_err) = (above_out.as_bytes(), above_err.as_bytes());
        parts.push((To::Stdout, &mut above_out));
        if let Some(kept) = out.kept()? {
            parts.push((To::Stdout, kept));
        }
        if again {
            parts.push((To::Stderr, &mut above_err));
        }
        if let Some(kept) = err.kept()? {
            parts.push((To::Stderr, kept));
        }
        self.place(index, &mut parts)
    }

    fn place(&self, index: usize, parts: &mut [(To, &mut dyn Read)]) -> io::Result<()> {
        self.board.give_way();
        self.order.borrow_mut().place(index, parts)
    }

    fn note(&self, result: io::Result<()>) {
        if let Err(error) = result {
            self.error.borrow_mut().get_or_insert(error);
        }
    }
}

impl Order {
    /// Shows it, and those after it that have waited for it; or lets it wait.
    fn place(&mut self, index: usize, parts: &mut [(To, &mut dyn Read)]) -> io::Result<()> {
        if index != self.next {
            let waiting = self.put_aside(parts)?;
            self.waiting.insert(index, waiting);
            return Ok(());
        }
        for (to, part) in parts {
            show(*to, part)?;
        }
        self.next += 1;
        while let Some(parts) = self.waiting.remove(&self.next) {
            for part in parts {
                self.show(&part)?;
            }
            self.next += 1;
        }
        Ok(())
    }

    fn put_aside(&mut self, parts: &mut [(To, &mut dyn Read)]) -> io::Result<Vec<OutputPart>> {
        let backlog = match &mut self.backlog {
            Some(backlog) => backlog,
            none => none.insert(tempfile::tempfile()?),
        };
        let mut aside = Vec::new();
        for (to, part) in parts {
            let from = backlog.seek(SeekFrom::End(0))?;
            let length = io::copy(part, backlog)?;
            aside.push(OutputPart {
                to: *to,
                from,
                length,
            });
        }
        Ok(aside)
    }

    fn show(&mut self, part: &OutputPart) -> io::Result<()> {
        let Some(backlog) = &mut self.backlog else {
            return Ok(());
        };
        backlog.seek(SeekFrom::Start(part.from))?;
        show(part.to, &mut backlog.take(part.length))
    }
}

/// All of it, with a line feed at the end where there is none, so that the next one begins on a
/// line of its own.
fn show(to: To, from: &mut dyn Read) -> io::Result<()> {
    let (mut buffer, mut last) = (vec![0; IN_MEMORY], b'\n');
    loop {
        let count = from.read(&mut buffer)?;
        let Some(end) = buffer[..count].last() else {
            break;
        };
        last = *end;
        write_to(to, &buffer[..count])?;
    }
    if last == b'\n' {
        Ok(())
    } else {
        write_to(to, b"\n")
    }
}

fn write_to(to: To, bytes: &[u8]) -> io::Result<()> {
    match to {
        To::Stdout => write_out(bytes),
        To::Stderr => {
            say::relay(bytes);
            Ok(())
        }
    }
}

fn write_out(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush())
}

fn json(
    named: &NamedTarget,
    outcome: &Outcome,
    out: &mut Sink,
    err: &mut Sink,
) -> io::Result<SpooledTempFile> {
    let head = Head {
        profile: &named.profile,
        account_id: outcome.account_id.as_deref(),
        region: &named.region,
        status: outcome.status,
        exit_code: outcome.exit_code,
        duration_ms: outcome.duration_ms,
    };
    let head = serde_json::to_string(&head)?;
    let mut line = SpooledTempFile::new(IN_MEMORY);
    line.write_all(visible_json(&head[..head.len() - 1]).as_bytes())?;
    // What never ran has printed nothing, which is not the same as an empty text.
    let has_run = outcome.has_run;
    for (name, sink) in [("stdout", out), ("stderr", err)] {
        write!(line, ",\"{name}\":")?;
        match sink.kept()? {
            Some(kept) if has_run => write_json_string(kept, &mut line)?,
            _ => line.write_all(b"null")?,
        }
    }
    writeln!(
        line,
        ",\"error\":{}}}",
        visible_json(&serde_json::to_string(&outcome.error)?)
    )?;
    line.rewind()?;
    Ok(line)
}

/// `== client1 (222222222222, eu-west-1): failed, status 3, 1.2s`
fn heading(named: &NamedTarget, outcome: &Outcome, is_colored: bool) -> String {
    let style = named
        .color
        .filter(|_| is_colored)
        .map(ProfileColor::style)
        .unwrap_or_default();
    let place: Vec<&str> = outcome
        .account_id
        .as_deref()
        .into_iter()
        .chain([named.region.as_str()])
        .collect();
    let code = outcome
        .exit_code
        .filter(|code| *code != 0)
        .map(|code| format!(", status {code}"));
    format!(
        "{style}== {} ({}): {}{}, {}{style:#}\n",
        visible(&named.profile),
        visible(&place.join(", ")),
        outcome.status.word(),
        code.unwrap_or_default(),
        took(outcome.duration_ms.unwrap_or_default())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_early_waits_for_its_turn_in_one_file() {
        let mut order = Order::default();
        // Nothing of it is shown here: all of them wait for the first one.
        for index in [2, 1] {
            let mut text = format!("{index}").into_bytes();
            order
                .place(index, &mut [(To::Stdout, &mut text.as_slice())])
                .unwrap();
            text.clear();
        }
        assert_eq!(order.next, 0);
        assert_eq!(order.waiting.keys().copied().collect::<Vec<_>>(), [1, 2]);
        let mut kept = String::new();
        let backlog = order.backlog.as_mut().unwrap();
        backlog.rewind().unwrap();
        backlog.read_to_string(&mut kept).unwrap();
        assert_eq!(kept, "21");
    }
}
