//! Waiting for the right to change the files that people write too.

use std::time::Duration;

use super::context::Context;
use crate::config::Paths;
use crate::config::words;
use crate::error::{Error, Result};
use crate::files::{self, EditLock};
use crate::runtime;
use crate::terminal::interruptible;

/// How long another process may take to change the files: it may be asking whether to.
const LONGEST: Duration = Duration::from_mins(1);
/// Between two looks at the lock.
const PAUSE: Duration = Duration::from_millis(50);

/// Waits until no other process changes the files, but not for ever, and not past a signal.
///
/// Errors: as [`files::try_lock`]; `Other` where it takes too long, `Signal`.
pub(super) fn wait_for(paths: &Paths, context: &Context) -> Result<EditLock> {
    if let Some(lock) = files::try_lock(paths)? {
        return Ok(lock);
    }
    context
        .voice
        .note("waiting for another xacct that changes the files");
    let turn = async {
        loop {
            tokio::time::sleep(PAUSE).await;
            if let Some(lock) = files::try_lock(paths)? {
                return Ok(lock);
            }
        }
    };
    // A timeout is made inside the runtime.
    let bounded = async { tokio::time::timeout(LONGEST, turn).await };
    runtime::run(interruptible(bounded))??.unwrap_or_else(|_| {
        let dir = paths
            .config
            .parent()
            .unwrap_or(&paths.config)
            .display()
            .to_string();
        let message = format!("timed out waiting for the process that holds the lock of {dir}");
        let quoted = words::typed(&dir).into_owned();
        Err(Error::other(message).hint(format!("fuser -v {quoted}    shows which process it is")))
    })
}
