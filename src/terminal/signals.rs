//! The signals that end a program, as something to wait for beside its work.
//!
//! Once registered they no longer end the process by themselves, for as long as it lives (the runtime cannot give
//! them back; `execve` does): whoever prompts waits for them, and so must whoever works on after a prompt.

use std::future::Future;
use std::io;

use crate::error::{Error, Kind, Result};

/// Work that ends on Ctrl-C and its like.
///
/// Errors: `Signal`.
pub(crate) async fn interruptible<T>(work: impl Future<Output = T>) -> Result<T> {
    let Ok(mut signals) = Signals::register() else { return Ok(work.await) };
    tokio::select! {
        done = work => Ok(done),
        number = signals.next() => Err(Error::new(Kind::Signal(number), "interrupted")),
    }
}

/// Work that must not be cut off in the middle: a signal is heeded when it is done.
///
/// Errors: `Signal`.
pub(crate) async fn finishing<T>(work: impl Future<Output = T>) -> Result<T> {
    let Ok(mut signals) = Signals::register() else { return Ok(work.await) };
    let mut work = std::pin::pin!(work);
    tokio::select! {
        done = &mut work => Ok(done),
        number = signals.next() => {
            work.await;
            Err(Error::new(Kind::Signal(number), "interrupted"))
        }
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
        std::future::poll_fn(|context| {
            for (number, listener) in &mut self.listeners {
                if listener.poll_recv(context).is_ready() {
                    return std::task::Poll::Ready(*number);
                }
            }
            std::task::Poll::Pending
        })
        .await
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "the signature is the same everywhere")]
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

// Numbers that POSIX fixes.
#[cfg(unix)]
pub(super) const HANG_UP: u8 = 1;
pub(super) const INTERRUPT: u8 = 2;
#[cfg(unix)]
const QUIT: u8 = 3;
#[cfg(unix)]
const TERMINATE: u8 = 15;
