//! The signals that end a program, and the one that it goes on with.

use std::future::poll_fn;
use std::io;
use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens for some signals.
pub(crate) struct Listener(Vec<(u8, Signal)>);

impl Listener {
    /// From here on none of these is missed, and none ends the process. Needs a runtime with its
    /// I/O driver on.
    pub(crate) fn register(numbers: &[u8]) -> io::Result<Listener> {
        let register = |number: &u8| Ok((*number, signal(SignalKind::from_raw((*number).into()))?));
        numbers
            .iter()
            .map(register)
            .collect::<io::Result<_>>()
            .map(Listener)
    }

    /// The number of the next one.
    pub(crate) async fn next(&mut self) -> u8 {
        poll_fn(|context| {
            for (number, listener) in &mut self.0 {
                if listener.poll_recv(context).is_ready() {
                    return Poll::Ready(*number);
                }
            }
            Poll::Pending
        })
        .await
    }
}

/// SIGCONT: the process goes on after it was stopped.
pub(crate) struct Resumed(Signal);

impl Resumed {
    pub(crate) fn register() -> io::Result<Resumed> {
        signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw())).map(Resumed)
    }

    /// The next time.
    pub(crate) async fn next(&mut self) {
        // A listener is told for as long as it is kept: there is no end of it.
        let _ = self.0.recv().await;
    }
}
