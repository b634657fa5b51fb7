//! The line that says how far it is, rewritten in place, where somebody sees it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::broker::Common;
use crate::duration;
use crate::say::{Progress, Voice};

/// How wide the bar is, in columns.
const BAR: usize = 20;

pub(super) struct Board {
    state: RefCell<ProgressState>,
    progress: RefCell<Progress>,
    common: Common,
}

#[derive(Debug, Default, Clone)]
struct ProgressState {
    total: usize,
    done: usize,
    failed: usize,
    running: BTreeSet<usize>,
}

impl Board {
    pub(super) fn new(total: usize, voice: Voice, common: Common) -> Board {
        let state = RefCell::new(ProgressState {
            total,
            ..ProgressState::default()
        });
        Board {
            state,
            progress: RefCell::new(voice.progress()),
            common,
        }
    }

    pub(super) fn is_shown(&self) -> bool {
        self.progress.borrow().is_shown()
    }

    pub(super) fn started(&self, index: usize) {
        self.state.borrow_mut().running.insert(index);
    }

    pub(super) fn finished(&self, index: usize, is_ok: bool) {
        let mut state = self.state.borrow_mut();
        state.running.remove(&index);
        state.done += 1;
        state.failed += usize::from(!is_ok);
    }

    /// To whoever writes a line next.
    pub(super) fn give_way(&self) {
        self.progress.borrow_mut().clear();
    }

    /// Shows it as it is `elapsed` seconds after the beginning; not over a question that somebody
    /// is to answer.
    pub(super) fn show(&self, elapsed: f64, label: impl Fn(usize) -> String) {
        let mut progress = self.progress.borrow_mut();
        if progress.is_shown() && !self.common.is_asking() {
            let text = self
                .state
                .borrow()
                .text(elapsed, label, Progress::columns());
            progress.say(&text);
        }
    }
}

impl ProgressState {
    /// `[####----------------] 12/60, 1 failed, 40s left: client1, client2 …`
    fn text(&self, elapsed: f64, label: impl Fn(usize) -> String, columns: usize) -> String {
        let filled = BAR * self.done / self.total.max(1);
        let mut text = format!(
            "[{}{}] {}/{}",
            "#".repeat(filled),
            "-".repeat(BAR - filled),
            self.done,
            self.total
        );
        if self.failed > 0 {
            let _ = write!(text, ", {} failed", self.failed);
        }
        if let Some(left) = self.seconds_left(elapsed) {
            let _ = write!(text, ", {} left", duration::readable(left));
        }
        let mut separator = ": ";
        for index in &self.running {
            let name = label(*index);
            if text.chars().count() + separator.len() + name.chars().count() + 2 > columns {
                text.push_str(" …");
                break;
            }
            let _ = write!(text, "{separator}{name}");
            separator = ", ";
        }
        text.chars().take(columns).collect()
    }

    /// Estimated from the time that the finished ones took.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "it is a guess"
    )]
    fn seconds_left(&self, elapsed: f64) -> Option<i64> {
        (self.done > 0)
            .then(|| (elapsed * (self.total - self.done) as f64 / self.done as f64).ceil() as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_runs_and_fits() {
        let label = |index: usize| format!("client{index}");
        let state = ProgressState {
            total: 60,
            done: 12,
            failed: 1,
            running: (12..20).collect(),
        };
        assert_eq!(
            state.text(10.0, label, 72),
            "[####----------------] 12/60, 1 failed, 40s left: client12, client13 …"
        );
        for columns in 0..100 {
            assert!(state.text(10.0, label, columns).chars().count() <= columns);
        }
        let first = ProgressState {
            total: 2,
            running: [0].into(),
            ..ProgressState::default()
        };
        assert_eq!(
            first.text(1.0, label, 80),
            "[--------------------] 0/2: client0"
        );
    }
}
