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
pub(crate) struct Signals {
    #[cfg(unix)]
    listeners: [(u8, tokio::signal::unix::Signal); 4],
}

impl Signals {
    /// From here on none is missed. Needs a runtime with its I/O driver on.
    #[cfg(unix)]
    pub(crate) fn register() -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            listeners: [
                (INTERRUPT, signal(SignalKind::interrupt())?),
                (TERMINATE, signal(SignalKind::terminate())?),
                (HANG_UP, signal(SignalKind::hangup())?),
                (QUIT, signal(SignalKind::quit())?),
            ],
        })
    }

    /// The number of the next one.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) -> u8 {
        poll_fn(|context| {
            for (number, listener) in &mut self.listeners {
                if listener.poll_recv(context).is_ready() {
                    return Poll::Ready(*number);
                }
            }
            Poll::Pending
        })
        .await
    }

    #[cfg(not(unix))]
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the signature is the same everywhere"
    )]
    pub(crate) fn register() -> io::Result<Signals> {
        Ok(Signals {})
    }

    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) -> u8 {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        INTERRUPT
    }
}

/// SIGCONT: the process goes on after it was stopped.
#[cfg(unix)]
pub(super) struct Resumed(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Resumed {
    pub(super) fn register() -> io::Result<Resumed> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw())).map(Resumed)
    }

    /// The next time.
    pub(super) async fn next(&mut self) {
        // A listener is told for as long as it is kept: there is no end of it.
        let _ = self.0.recv().await;
    }
}

// Numbers that POSIX fixes.
#[cfg(unix)]
pub(super) const HANG_UP: u8 = 1;
pub(super) const INTERRUPT: u8 = 2;
#[cfg(unix)]
const QUIT: u8 = 3;
#[cfg(unix)]
const TERMINATE: u8 = 15;
