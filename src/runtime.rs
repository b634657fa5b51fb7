//! The async runtime: one thread, started only where a request must be sent, a child awaited or a
//! question asked.

use crate::error::{Error, Result};

/// Threads for what cannot be done without: looking up a host's name, starting a program.
const THREADS: usize = 8;

/// For work that comes piece by piece. Whoever starts it sees to Ctrl-C.
///
/// Errors: of kind `Other`, the system has no means for one.
pub(crate) fn start() -> Result<tokio::runtime::Runtime> {
    start_with(THREADS)
}

/// Does the work on this thread. Errors as [`start`].
pub(crate) fn run<T>(work: impl Future<Output = T>) -> Result<T> {
    run_with(THREADS, work)
}

/// As [`run`], with so many threads at most for what must wait.
pub(crate) fn run_with<T>(threads: usize, work: impl Future<Output = T>) -> Result<T> {
    let runtime = start_with(threads)?;
    let done = runtime.block_on(work);
    // Looking up a host's name cannot be stopped, nor can a thread that waits for a line: who has
    // given up waiting for them must not wait for their end.
    runtime.shutdown_background();
    Ok(done)
}

fn start_with(threads: usize) -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(threads)
        .build()
        .map_err(|error| Error::other("the async runtime did not start").caused_by(error))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "what is tested is that no time passes"
    )]
    fn what_cannot_be_stopped_is_not_waited_for() {
        let began = Instant::now();
        let done = run(async {
            tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_mins(1)));
            tokio::task::yield_now().await;
            7
        });
        assert_eq!(done.unwrap(), 7);
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}
