//! Ctrl-C, which is all that a console program is told.

use std::io;

use tokio::signal::windows::{CtrlC, ctrl_c};

use crate::system::INTERRUPT;

/// Listens for Ctrl-C, whatever else is asked for.
pub(crate) struct Listener(CtrlC);

impl Listener {
    /// From here on none is missed, and none ends the process. Needs a runtime.
    pub(crate) fn register(_: &[u8]) -> io::Result<Listener> {
        ctrl_c().map(Listener)
    }

    /// The next one.
    pub(crate) async fn next(&mut self) -> u8 {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
        INTERRUPT
    }
}
