//! The signals that end a program, as something to wait for beside its work.
//!
//! Once registered they no longer end the process by themselves, for as long as it lives (the
//! runtime cannot give them back; `execve` does): whoever prompts waits for them, and so must
//! whoever works on after a prompt.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use crate::error::{Error, Kind, Result};
use crate::system::signals::Listener;
use crate::system::{HANG_UP, INTERRUPT, QUIT, TERMINATE};

tokio::task_local! {
    /// How much of the work under way must not be cut off. It belongs to the work, not to the
    /// process.
    static UNFINISHED: Rc<Cell<u32>>;
}

/// Work that ends on Ctrl-C and its like. Work that listens for signals itself, to clean up, comes
/// first, and what is [`finishing`] comes to its end.
///
/// Errors: `Signal`.
pub(crate) async fn interruptible<T>(work: impl Future<Output = T>) -> Result<T> {
    let Ok(mut signals) = Signals::register() else {
        return Ok(work.await);
    };
    unless(signals.next(), work).await.map_err(interrupted)
}

/// Work that is dropped when the `end` comes first, but for what is [`finishing`]: that comes to
/// its own end.
///
/// Errors: what the end gave.
pub(crate) async fn unless<T, E>(
    end: impl Future<Output = E>,
    work: impl Future<Output = T>,
) -> std::result::Result<T, E> {
    let unfinished = UNFINISHED.try_with(Rc::clone).unwrap_or_default();
    let mut work = Box::pin(UNFINISHED.scope(Rc::clone(&unfinished), work));
    let ended = tokio::select! {
        biased;
        done = &mut work => return Ok(done),
        ended = end => ended,
    };
    poll_fn(|context| {
        let is_done = unfinished.get() == 0 || work.as_mut().poll(context).is_ready();
        if is_done || unfinished.get() == 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    Err(ended)
}

/// Work that must not be cut off in the middle: a signal is heeded when it is done.
///
/// Errors: `Signal`.
pub(crate) async fn finishing<T>(work: impl Future<Output = T>) -> Result<T> {
    let Ok(mut signals) = Signals::register() else {
        return Ok(work.await);
    };
    let _unfinished = Unfinished::begin();
    let mut work = pin!(work);
    tokio::select! {
        done = &mut work => Ok(done),
        number = signals.next() => {
            work.await;
            Err(interrupted(number))
        }
    }
}

fn interrupted(signal: u8) -> Error {
    Error::new(Kind::Signal(signal), "interrupted")
}

/// Counted in [`UNFINISHED`] while it is there.
struct Unfinished(Rc<Cell<u32>>);

impl Unfinished {
    fn begin() -> Unfinished {
        let count = UNFINISHED.try_with(Rc::clone).unwrap_or_default();
        count.set(count.get() + 1);
        Unfinished(count)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

/// SIGINT, SIGTERM, SIGHUP and SIGQUIT; Ctrl-C where there are no signals.
pub(crate) struct Signals(Listener);

impl Signals {
    /// From here on none is missed. Needs a runtime with its I/O driver on.
    pub(crate) fn register() -> io::Result<Signals> {
        Listener::register(&[INTERRUPT, TERMINATE, HANG_UP, QUIT]).map(Signals)
    }

    /// The number of the next one.
    pub(crate) async fn next(&mut self) -> u8 {
        self.0.next().await
    }
}
