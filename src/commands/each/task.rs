//! One target from its beginning to its end: credentials, the command, once more where that may
//! help.

use std::cell::{Cell, RefCell};
use std::process::ExitStatus;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::broker::Broker;
use crate::commands::program::Program;
use crate::credentials::Issued;
use crate::duration;
use crate::env::Env;
use crate::error::Kind;
use crate::say::Voice;
use crate::system::processes;
use crate::terminal::unless;

use super::capture::Sink;
use super::child::{self, ChildEnd, Stream};
use super::directory::Directory;
use super::outcome::{Outcome, Status};
use super::output::{NamedTarget, Printer, To};
use super::prepare::{Refused, outcome};
use super::stop::{Level, Stop};
use super::targets::Work;

/// Before the second attempt; twice as long before each next one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What all targets have in common.
pub(super) struct Tasks<'a> {
    pub(super) work: &'a Work,
    pub(super) names: &'a [NamedTarget],
    /// One for each member.
    pub(super) brokers: &'a [Broker<'a>],
    pub(super) refused: Refused,
    pub(super) program: &'a Program,
    pub(super) directory: Option<&'a Directory>,
    /// Seconds.
    pub(super) timeout: Option<u64>,
    pub(super) retries: u32,
    pub(super) printer: &'a Printer<'a>,
    pub(super) stop: &'a Stop,
    /// Whether one has been said in full: what to do about it is mostly the same for all.
    pub(super) is_said: Cell<bool>,
    pub(super) env: &'a Env,
    pub(super) voice: Voice,
    pub(super) now: fn() -> DateTime<Utc>,
}

impl Tasks<'_> {
    pub(super) async fn run(&self, index: usize) -> Outcome {
        let began = (self.now)();
        let keeps = self.printer.keeps();
        let (out, err) = (
            RefCell::new(Sink::new(keeps, None)),
            RefCell::new(Sink::new(keeps, None)),
        );
        let (mut attempt, mut pause) = (0, FIRST_PAUSE);
        let mut outcome = loop {
            let outcome = self.once(index, &out, &err).await;
            let may_help = matches!(outcome.status, Status::Failed | Status::Timeout);
            let is_refused = self.refused.contains_key(&self.work.targets[index].member);
            if !may_help || is_refused || attempt == self.retries || self.stop.level() > Level::GoOn
            {
                break outcome;
            }
            attempt += 1;
            let why = outcome.error.as_deref().unwrap_or_default();
            let (label, of) = (&self.names[index].label, self.retries);
            self.voice.note(&format!(
                "{label}: {why}; again in {} s ({attempt} of {of})",
                pause.as_secs()
            ));
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.reaches(Level::End) => break outcome,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            if let Err(error) = out
                .borrow_mut()
                .reset()
                .and_then(|()| err.borrow_mut().reset())
            {
                break unkept(outcome, &error);
            }
        };
        if outcome.status != Status::Skipped {
            outcome.duration_ms = u64::try_from(((self.now)() - began).num_milliseconds()).ok();
        }
        self.finished(index, outcome, &mut out.borrow_mut(), &mut err.borrow_mut())
    }

    /// One that is not started any more.
    pub(super) fn skip(&self, index: usize) -> Outcome {
        self.finished(
            index,
            Outcome::skipped(),
            &mut Sink::default(),
            &mut Sink::default(),
        )
    }

    fn finished(&self, index: usize, outcome: Outcome, out: &mut Sink, err: &mut Sink) -> Outcome {
        let known = self.work.plan(&self.work.targets[index]).account_id();
        let account_id = outcome
            .account_id
            .clone()
            .or_else(|| known.map(str::to_owned));
        let outcome = Outcome {
            account_id,
            ..outcome
        };
        self.printer
            .finished(index, &self.names[index], &outcome, out, err);
        outcome
    }

    async fn once(&self, index: usize, out: &RefCell<Sink>, err: &RefCell<Sink>) -> Outcome {
        let target = &self.work.targets[index];
        if let Some(refused) = self.refused.get(&target.member) {
            return refused.clone();
        }
        // Not `select!`: what must come to its end, such as the renewal of a sign-in, does.
        let asking = self.brokers[target.member].credentials_within();
        let credentials = match unless(self.stop.reaches(Level::End), asking).await {
            Err(()) => return Outcome::skipped(),
            Ok(Ok(credentials)) => credentials,
            Ok(Err(error)) => {
                let is_signal = matches!(error.kind, Kind::Signal(_));
                if !is_signal && (!self.is_said.replace(true) || self.voice.verbose > 0) {
                    self.voice.error(&error);
                }
                return outcome(&error);
            }
        };
        let plan = self.work.plan(target);
        let credentials = credentials.or_in_account(plan.account_id());
        let known = credentials.account_id().map(str::to_owned);
        let issued = Issued {
            credentials,
            profile: plan.profile.clone(),
            region: target.region.clone(),
            settings: self.work.members[target.member].settings.clone(),
        };
        let outcome = self.command(index, &issued, out, err).await;
        Outcome {
            account_id: known,
            ..outcome
        }
    }

    async fn command(
        &self,
        index: usize,
        issued: &Issued,
        out: &RefCell<Sink>,
        err: &RefCell<Sink>,
    ) -> Outcome {
        if let Err(error) = self.open_files(issued, out, err) {
            return Outcome::failed(Status::Failed, format!("--output-dir: {error}"));
        }
        let named = &self.names[index];
        let on_out = |line: &[u8]| self.printer.line(named, To::Stdout, line);
        let on_err = |line: &[u8]| self.printer.line(named, To::Stderr, line);
        let shows = self.printer.shows_lines();
        let is_wanted = shows || self.printer.keeps() || self.directory.is_some();
        let (stdout, stderr) = (
            Stream {
                sink: out,
                on_line: if shows { Some(&on_out) } else { None },
                is_wanted,
            },
            Stream {
                sink: err,
                on_line: if shows { Some(&on_err) } else { None },
                is_wanted,
            },
        );
        let command = self.program.command(issued, self.env);
        let limit = self.timeout.map(Duration::from_secs);
        let outcome = match child::run(command, &stdout, &stderr, limit, self.stop).await {
            Ok(ended) => self.ended(&ended),
            Err(error) => Outcome::failed(
                Status::Failed,
                format!("the command cannot be run: {error}"),
            ),
        };
        let unwritten = out
            .borrow_mut()
            .error
            .take()
            .or_else(|| err.borrow_mut().error.take());
        match unwritten {
            Some(error) => unkept(outcome, &error),
            None => outcome,
        }
    }

    fn open_files(
        &self,
        issued: &Issued,
        out: &RefCell<Sink>,
        err: &RefCell<Sink>,
    ) -> std::io::Result<()> {
        let Some(directory) = self.directory.filter(|_| out.borrow().file.is_none()) else {
            return Ok(());
        };
        let account_id = issued.credentials.account_id();
        let (out_file, err_file) = directory.files(&issued.profile, account_id, &issued.region)?;
        out.borrow_mut().file = Some(out_file);
        err.borrow_mut().file = Some(err_file);
        Ok(())
    }

    fn ended(&self, ended: &ChildEnd) -> Outcome {
        let outcome = match ended {
            ChildEnd::Exited(status) if status.success() => Outcome {
                status: Status::Ok,
                exit_code: Some(0),
                error: None,
                ..Outcome::skipped()
            },
            ChildEnd::Exited(status) => Outcome {
                exit_code: status.code(),
                ..Outcome::failed(Status::Failed, why(*status))
            },
            ChildEnd::TimedOut => {
                let limit = duration::readable(
                    i64::try_from(self.timeout.unwrap_or_default()).unwrap_or(i64::MAX),
                );
                Outcome::failed(Status::Timeout, format!("it took longer than {limit}"))
            }
            ChildEnd::Stopped => Outcome::failed(Status::Failed, "it was ended before it was done"),
        };
        Outcome {
            has_run: true,
            ..outcome
        }
    }
}

fn unkept(outcome: Outcome, error: &std::io::Error) -> Outcome {
    let why = format!("its output could not be kept: {error}");
    Outcome {
        status: Status::Failed,
        error: Some(why),
        ..outcome
    }
}

fn why(status: ExitStatus) -> String {
    if let Some(signal) = processes::signal_of(status) {
        return format!("the command was ended by signal {signal}");
    }
    format!(
        "the command ended with status {}",
        status.code().unwrap_or_default()
    )
}
