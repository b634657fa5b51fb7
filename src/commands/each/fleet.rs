//! So many targets at a time, on one thread: started in order, ended by Ctrl-C, watched on the
//! terminal.

use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::last_run::Succeeded;
use super::outcome::{Outcome, Status};
use super::progress::Board;
use super::task::Tasks;
use crate::terminal::Signals;

/// How often the progress line is written anew.
const REDRAW: Duration = Duration::from_millis(200);

pub(super) struct Fleet<'a> {
    pub(super) tasks: &'a Tasks<'a>,
    pub(super) board: &'a Board,
    pub(super) succeeded: &'a Succeeded,
    pub(super) jobs: usize,
    pub(super) fail_fast: bool,
}

/// The whole run's end.
pub(super) struct Done {
    /// One for each target.
    pub(super) outcomes: Vec<Outcome>,
    /// What ended it before its time.
    pub(super) signal: Option<u8>,
    /// Stdout could not be written.
    pub(super) error: Option<std::io::Error>,
}

impl Fleet<'_> {
    /// Runs all of them. `signals` were registered before, so that none is missed.
    pub(super) async fn run(&self, mut signals: Signals) -> Done {
        let total = self.tasks.work.targets.len();
        let mut outcomes: Vec<Option<Outcome>> = vec![None; total];
        let mut running = FuturesUnordered::new();
        let (mut next, mut is_halted, mut signal, mut error) = (0, false, None, None);
        let began = (self.tasks.now)();
        let mut redraw = tokio::time::interval(REDRAW);
        loop {
            while running.len() < self.jobs && next < total && !is_halted {
                self.board.started(next);
                let index = next;
                running.push(async move { (index, self.tasks.run(index).await) });
                next += 1;
            }
            if running.is_empty() {
                break;
            }
            tokio::select! {
                biased;
                number = signals.next() => {
                    signal.get_or_insert(number);
                    is_halted = true;
                    self.tasks.stop.harder();
                }
                Some((index, outcome)) = running.next() => {
                    let is_ok = outcome.status == Status::Ok;
                    if is_ok && let Err(why) = self.succeeded.add(index) {
                        self.tasks.voice.warn(&why);
                    }
                    is_halted |= self.fail_fast && !is_ok;
                    self.board.finished(index, is_ok);
                    outcomes[index] = Some(outcome);
                }
                _ = redraw.tick(), if self.board.is_shown() => {
                    let elapsed = ((self.tasks.now)() - began).as_seconds_f64();
                    self.board.show(elapsed, |index| self.tasks.names[index].label.clone());
                }
            }
            if error.is_none()
                && let Some(why) = self.tasks.printer.error()
            {
                // Whoever read it has gone: nobody wants the rest.
                error = Some(why);
                is_halted = true;
                self.tasks.stop.harder();
            }
        }
        self.board.give_way();
        let outcomes = outcomes.into_iter().enumerate();
        let outcomes = outcomes
            .map(|(index, outcome)| outcome.unwrap_or_else(|| self.tasks.skip(index)))
            .collect();
        Done {
            outcomes,
            signal,
            error: error.or_else(|| self.tasks.printer.error()),
        }
    }
}
