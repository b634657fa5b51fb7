//! How a run is told to end before its time: first gently, then not.

use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    GoOn,
    /// What runs is asked to end.
    End,
    /// What still runs is killed.
    Kill,
}

/// The one who says so.
pub(super) struct Stop(watch::Sender<Level>);

impl Stop {
    pub(super) fn new() -> Stop {
        Stop(watch::Sender::new(Level::GoOn))
    }

    /// One level further.
    pub(super) fn harder(&self) {
        let next = if *self.0.borrow() == Level::GoOn {
            Level::End
        } else {
            Level::Kill
        };
        self.0.send_replace(next);
    }

    pub(super) fn level(&self) -> Level {
        *self.0.borrow()
    }

    /// Waits until it is as hard as this; for ever, if it never is.
    pub(super) async fn reaches(&self, level: Level) {
        let mut levels = self.0.subscribe();
        if levels.wait_for(|now| *now >= level).await.is_err() {
            // Not while the one who says so is there.
            std::future::pending::<()>().await;
        }
    }
}
