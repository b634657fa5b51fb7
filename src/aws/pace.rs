//! How fast the requests of one run may go out: together, slower once AWS has asked for it, and
//! faster again bit by bit.
//!
//! The SDK backs off request by request; a run over a thousand accounts would go on throttling
//! itself. Here one throttled answer holds all of them back for a while and halves how many are
//! under way at once; answers that are none bring it back up.

use std::cell::RefCell;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How long nothing is sent after the first throttled answer; twice as long after each next one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

pub(super) struct Pace {
    state: RefCell<PaceState>,
    /// A request has ended, or more of them are allowed.
    room: Notify,
}

/// A request under way; its place is free when this is dropped.
pub(super) struct Turn<'a> {
    pace: &'a Pace,
    round: u64,
}

impl Pace {
    /// `most`: how many requests there can be at once.
    pub(super) fn new(most: u32) -> Pace {
        Pace {
            state: RefCell::new(PaceState::new(most)),
            room: Notify::new(),
        }
    }

    /// Waits until a request may be sent.
    pub(super) async fn turn(&self) -> Turn<'_> {
        loop {
            let start = self.state.borrow_mut().start(Instant::now());
            match start {
                Start::Now(round) => return Turn { pace: self, round },
                Start::NotBefore(then) => sleep_until(then).await,
                Start::Full => self.room.notified().await,
            }
        }
    }
}

impl Turn<'_> {
    pub(super) fn throttled(self) {
        self.pace
            .state
            .borrow_mut()
            .throttled(self.round, Instant::now());
    }

    pub(super) fn answered(self) {
        self.pace.state.borrow_mut().answered(self.round);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.pace.state.borrow_mut().under_way -= 1;
        // Two: the limit may have grown by one as well.
        self.pace.room.notify_one();
        self.pace.room.notify_one();
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Start {
    /// The round in which the request is sent.
    Now(u64),
    NotBefore(Instant),
    Full,
}

#[derive(Debug)]
struct PaceState {
    most: f64,
    /// How many at once; it grows in fractions.
    limit: f64,
    under_way: u32,
    not_before: Option<Instant>,
    pause: Duration,
    /// Counts the times that AWS asked to slow down: what was sent before the last of them says
    /// nothing new.
    round: u64,
}

impl PaceState {
    fn new(most: u32) -> PaceState {
        let most = f64::from(most.max(1));
        PaceState {
            most,
            limit: most,
            under_way: 0,
            not_before: None,
            pause: FIRST_PAUSE,
            round: 0,
        }
    }

    fn start(&mut self, now: Instant) -> Start {
        if let Some(then) = self.not_before.filter(|then| *then > now) {
            return Start::NotBefore(then);
        }
        if f64::from(self.under_way) + 1.0 > self.limit {
            return Start::Full;
        }
        self.under_way += 1;
        Start::Now(self.round)
    }

    fn throttled(&mut self, round: u64, now: Instant) {
        if round < self.round {
            return;
        }
        self.round += 1;
        self.limit = (self.limit / 2.0).max(1.0);
        self.not_before = Some(now + self.pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    fn answered(&mut self, round: u64) {
        if round < self.round {
            return;
        }
        self.limit = (self.limit + 1.0 / self.limit).min(self.most);
        self.pause = FIRST_PAUSE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(state: &mut PaceState, now: Instant) -> u32 {
        let before = state.under_way;
        while let Start::Now(_) = state.start(now) {}
        state.under_way - before
    }

    #[test]
    fn one_throttled_answer_holds_all_back_and_halves_them() {
        let (mut state, now) = (PaceState::new(16), Instant::now());
        assert_eq!(started(&mut state, now), 16);
        // All sixteen come back so: that is one reason to slow down, not sixteen.
        for _ in 0..16 {
            state.under_way -= 1;
            state.throttled(0, now);
        }
        assert_eq!(state.start(now), Start::NotBefore(now + FIRST_PAUSE));
        assert_eq!(started(&mut state, now + FIRST_PAUSE), 8);
        state.throttled(1, now);
        assert_eq!(state.start(now), Start::NotBefore(now + FIRST_PAUSE * 2));
    }

    #[test]
    fn it_never_stops_and_never_waits_for_ever() {
        let (mut state, now) = (PaceState::new(3), Instant::now());
        for round in 0..40 {
            state.throttled(round, now);
        }
        assert_eq!(state.start(now), Start::NotBefore(now + LONGEST_PAUSE));
        assert_eq!(started(&mut state, now + LONGEST_PAUSE), 1);
    }

    #[test]
    fn answers_bring_it_back_bit_by_bit() {
        let (mut state, now) = (PaceState::new(8), Instant::now());
        state.throttled(0, now);
        let later = now + LONGEST_PAUSE;
        assert_eq!(started(&mut state, later), 4);
        // What was sent before does not count.
        (0..100).for_each(|_| state.answered(0));
        assert_eq!(started(&mut state, later), 0);
        (0..4).for_each(|_| state.answered(1));
        assert_eq!(
            started(&mut state, later),
            0,
            "a round of answers is nearly one more"
        );
        (0..5).for_each(|_| state.answered(1));
        assert_eq!(started(&mut state, later), 1);
        (0..100).for_each(|_| state.answered(1));
        assert_eq!(
            started(&mut state, later),
            3,
            "and never more than there were"
        );
        assert_eq!(state.pause, FIRST_PAUSE);
    }
}
