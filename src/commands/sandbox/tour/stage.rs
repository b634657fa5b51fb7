//! The tour's stage: runs this program, shows what was typed and what came of it, and counts the
//! promises kept.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::process::{Child, Command, Stdio};

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::sandbox::client;
use crate::say::visible;
use crate::shell_state::SHELL_STATE;

/// Columns that everything fits in.
const WIDTH: usize = 100;

/// Where the tour is shown, and what it has come to so far.
pub(super) struct TourStage<'a, W> {
    out: &'a mut W,
    color: bool,
    /// The programs' whole environment.
    env: BTreeMap<OsString, OsString>,
    /// Where the sandbox is asked; `None` once it is gone.
    endpoint: Option<String>,
    /// The number of the last request that was looked at.
    seen: u64,
    /// What must not be shown in full.
    secrets: Vec<String>,
    /// What was printed, so that it need not be shown twice.
    shown: Vec<String>,
    scenes: usize,
    kept: usize,
    broken: Vec<String>,
}

/// What came of a command, and the requests that it made.
#[derive(Debug, Default)]
pub(super) struct Played {
    pub(super) status: u8,
    pub(super) stdout: String,
    pub(super) stderr: String,
    requests: Vec<Value>,
}

impl Played {
    /// What was asked of STS, in order.
    pub(super) fn actions(&self) -> Vec<&str> {
        self.requests
            .iter()
            .map(|request| request["action"].as_str().unwrap_or("?"))
            .collect()
    }

    /// Of each request, whether it carried an MFA code.
    pub(super) fn codes(&self) -> Vec<bool> {
        self.requests
            .iter()
            .map(|request| request.pointer("/params/TokenCode").is_some())
            .collect()
    }

    /// Whether stdout holds `export NAME='value';`.
    pub(super) fn sets(&self, name: &str, value: &str) -> bool {
        let statement = format!("export {name}='{value}';");
        self.stdout.lines().any(|line| line == statement)
    }

    /// stdout as JSON; null where it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_default()
    }

    /// The account of the credentials in that JSON.
    pub(super) fn account(&self) -> String {
        self.json()
            .get("AccountId")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }
}

impl<'a, W: Write> TourStage<'a, W> {
    pub(super) fn new(
        out: &'a mut W,
        color: bool,
        env: BTreeMap<OsString, OsString>,
        endpoint: &str,
    ) -> TourStage<'a, W> {
        TourStage {
            out,
            color,
            env,
            endpoint: Some(endpoint.to_owned()),
            seen: 0,
            secrets: Vec::new(),
            shown: Vec::new(),
            scenes: 0,
            kept: 0,
            broken: Vec::new(),
        }
    }

    /// The sandbox is no longer asked what it was asked.
    pub(super) fn forget_server(&mut self) {
        self.endpoint = None;
    }

    pub(super) fn title(&mut self, text: &str) -> Result<()> {
        self.line("", Style::new().bold(), text)
    }

    /// A numbered heading, and a sentence of what is to be seen.
    pub(super) fn scene(&mut self, heading: &str, sentence: &str) -> Result<()> {
        self.scenes += 1;
        let number = self.scenes;
        self.line("", Style::new(), "")?;
        self.line("", Style::new().bold(), &format!("{number}. {heading}"))?;
        self.say(sentence)
    }

    pub(super) fn say(&mut self, sentence: &str) -> Result<()> {
        self.line("   ", Style::new(), sentence)
    }

    /// Runs `xacct` with these arguments, and shows it.
    pub(super) fn play(&mut self, arguments: &[&str]) -> Result<Played> {
        self.prompt("", arguments)?;
        let child = self.start(arguments, None)?;
        let played = self.wait(child)?;
        self.show(&played)?;
        Ok(played)
    }

    /// The same, with the code that the sandbox's MFA device shows.
    pub(super) fn play_with_code(&mut self, arguments: &[&str]) -> Result<Played> {
        self.prompt("XACCT_MFA_CODE=$(xacct sandbox code) ", arguments)?;
        let child = self.start(&["sandbox", "code"], None)?;
        let code = self.wait(child)?.stdout;
        let child = self.start(arguments, Some(code.trim_end()))?;
        let played = self.wait(child)?;
        self.show(&played)?;
        Ok(played)
    }

    /// Runs it so many times at once; the requests of all stand with the first.
    pub(super) fn play_at_once(&mut self, times: usize, arguments: &[&str]) -> Result<Vec<Played>> {
        self.prompt(&format!("{times} times: "), arguments)?;
        let children: Vec<Child> = (0..times)
            .map(|_| self.start(arguments, None))
            .collect::<Result<_>>()?;
        // None is waited for before all have started; what they print fits in their pipes.
        let mut all: Vec<Played> = children.into_iter().map(finish).collect::<Result<_>>()?;
        let requests = self.requests()?;
        if let Some(first) = all.first_mut() {
            first.requests = requests;
            self.show(first)?;
        }
        Ok(all)
    }

    /// Counts what was promised.
    pub(super) fn promise(&mut self, what: &str, kept: bool) -> Result<()> {
        if kept {
            self.kept += 1;
            return self.line("   ok: ", AnsiColor::Green.on_default(), what);
        }
        self.broken.push(format!("scene {}: {what}", self.scenes));
        self.line("   BROKEN: ", AnsiColor::Red.on_default(), what)
    }

    /// Status 0, silence on stderr, and exactly these requests.
    pub(super) fn succeeded(&mut self, played: &Played, actions: &[&str]) -> Result<()> {
        self.promise(
            "exit status 0",
            played.status == 0 && played.stderr.is_empty(),
        )?;
        self.asked(played, actions)
    }

    /// This status, exactly these requests, and on stderr (among the rest) this text.
    pub(super) fn refused(
        &mut self,
        played: &Played,
        status: u8,
        actions: &[&str],
        says: &str,
    ) -> Result<()> {
        self.promise(&format!("exit status {status}"), played.status == status)?;
        self.asked(played, actions)?;
        self.promise(
            &format!("the reason is named: {says}"),
            played.stderr.contains(says),
        )
    }

    fn asked(&mut self, played: &Played, actions: &[&str]) -> Result<()> {
        let what = match actions {
            // Nobody is left who could say otherwise.
            [] if self.endpoint.is_none() => return Ok(()),
            [] => "AWS was asked nothing".to_owned(),
            [one] => format!("AWS was asked once: {one}"),
            several => format!(
                "AWS was asked {} times: {}",
                several.len(),
                several.join(", ")
            ),
        };
        self.promise(&what, played.actions() == actions)
    }

    /// The last line.
    ///
    /// Errors: the promises that were not kept.
    pub(super) fn end(self) -> Result<()> {
        let TourStage {
            out, kept, broken, ..
        } = self;
        let (summary, result) = match broken.as_slice() {
            [] => (format!("tour: {kept} promises kept"), Ok(())),
            broken => {
                let summary = format!("tour: {kept} promises kept, {} broken", broken.len());
                let error =
                    Error::other(format!("the tour broke a promise: {}", broken.join("; ")));
                (summary, Err(error))
            }
        };
        writeln!(out, "\n{summary}")
            .and_then(|()| out.flush())
            .map_err(|error| unwritable(&error))?;
        result
    }

    fn start(&self, arguments: &[&str], code: Option<&str>) -> Result<Child> {
        let failed =
            |error: std::io::Error| Error::other(format!("xacct cannot run itself: {error}"));
        let program = std::env::current_exe().map_err(failed)?;
        let mut command = Command::new(&program);
        // Whatever this program's file is called.
        for argument in arguments {
            command.arg(if *argument == "xacct" {
                program.as_os_str()
            } else {
                OsStr::new(*argument)
            });
        }
        command.env_clear().envs(&self.env);
        command.envs(code.map(|code| ("XACCT_MFA_CODE", code)));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().map_err(failed)
    }

    fn wait(&mut self, child: Child) -> Result<Played> {
        let played = finish(child)?;
        Ok(Played {
            requests: self.requests()?,
            ..played
        })
    }

    /// What was asked since the last time; learns the secrets that came of it too.
    fn requests(&mut self) -> Result<Vec<Value>> {
        let Some(endpoint) = &self.endpoint else {
            return Ok(Vec::new());
        };
        let log = client::get(endpoint, "log")?;
        let new = log
            .as_array()
            .into_iter()
            .flatten()
            .filter(|request| number(request) > self.seen);
        let new: Vec<Value> = new.cloned().collect();
        self.seen = new.last().map_or(self.seen, number);
        let secrets = client::get(endpoint, "secrets")?;
        self.secrets = serde_json::from_value(secrets).unwrap_or_default();
        Ok(new)
    }

    fn prompt(&mut self, before: &str, arguments: &[&str]) -> Result<()> {
        let line = format!("$ {before}xacct {}", arguments.join(" "));
        self.line("   ", AnsiColor::Cyan.on_default(), &line)
    }

    fn show(&mut self, played: &Played) -> Result<()> {
        if self.shown.contains(&played.stdout) {
            self.output("(word for word what it printed before)")?;
        } else {
            self.output(&played.stdout)?;
            self.shown
                .extend(Some(played.stdout.clone()).filter(|text| !text.is_empty()));
        }
        self.output(&played.stderr)
    }

    fn output(&mut self, text: &str) -> Result<()> {
        let text = self.secrets.iter().fold(text.to_owned(), |text, secret| {
            text.replace(secret, &shortened(secret))
        });
        text.lines()
            .map(without_record)
            .try_for_each(|line| self.line("   | ", Style::new().dimmed(), &line))
    }

    /// One line, or as many as it takes to stay within the width.
    fn line(&mut self, margin: &str, style: Style, text: &str) -> Result<()> {
        let style = if self.color { style } else { Style::new() };
        for part in wrap(&visible(text), WIDTH - margin.len()) {
            let line = format!("{margin}{style}{part}{style:#}");
            writeln!(self.out, "{}", line.trim_end()).map_err(|error| unwritable(&error))?;
        }
        self.out.flush().map_err(|error| unwritable(&error))
    }
}

fn finish(child: Child) -> Result<Played> {
    let output = child
        .wait_with_output()
        .map_err(|error| Error::other(format!("xacct lost a run of itself: {error}")))?;
    Ok(Played {
        status: super::super::super::child::status_of(output.status),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        requests: Vec::new(),
    })
}

fn number(request: &Value) -> u64 {
    request.get("n").and_then(Value::as_u64).unwrap_or_default()
}

fn unwritable(error: &std::io::Error) -> Error {
    Error::other(format!("stdout cannot be written: {error}"))
}

/// The record of what the shell held before is long, and nothing to read.
fn without_record(line: &str) -> Cow<'_, str> {
    let start = format!("export {SHELL_STATE}='1.");
    if line.starts_with(&start) {
        format!("{start}…';").into()
    } else {
        line.into()
    }
}

/// `wJal…`
fn shortened(secret: &str) -> String {
    secret.chars().take(4).chain(['…']).collect()
}

/// Lines of at most so many characters, broken after a space or a comma where there is one; what is
/// carried over stands two columns to the right.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut rest: Vec<char> = text.chars().collect();
    let indent = rest
        .iter()
        .take_while(|c| **c == ' ')
        .count()
        .min(width / 2)
        + 2;
    let mut lines = Vec::new();
    while rest.len() > width {
        let fits = rest[indent..width]
            .iter()
            .rposition(|c| matches!(c, ' ' | ','));
        let tail = rest.split_off(fits.map_or(width, |at| indent + at + 1));
        lines.push(rest.into_iter().collect());
        rest = std::iter::repeat_n(' ', indent).chain(tail).collect();
    }
    lines.push(rest.into_iter().collect());
    lines
}

#[cfg(test)]
mod tests;
