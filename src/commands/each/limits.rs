//! How many commands at a time: what is asked for, as far as the system allows.

use std::num::NonZero;

use crate::say::Voice;
use crate::system::processes::most_open_files;

/// Without `-j`: a command waits for the network most of the time, so more than there are cores;
/// and also where there are few of them.
const FOR_EACH_CORE: u32 = 2;
const LEAST: u32 = 8;

/// Open files for one command: two pipes, its process, a connection, two files of `--output-dir`.
const FILES: u64 = 6;
/// Those of xacct itself.
const OWN_FILES: u64 = 40;

pub(super) fn jobs(asked: Option<u32>, voice: Voice) -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let usual = u32::try_from(cores)
        .unwrap_or(1)
        .saturating_mul(FOR_EACH_CORE)
        .max(LEAST);
    let jobs = asked.unwrap_or(usual);
    let most = most();
    if asked.is_some() && jobs > most {
        voice.warn(&format!(
            "-j {jobs} is more than the open files of one process allow (ulimit -n): {most} at a \
             time"
        ));
    }
    jobs.min(most)
}

fn most() -> u32 {
    let most = most_open_files().map_or(u64::MAX, |files| files.saturating_sub(OWN_FILES) / FILES);
    u32::try_from(most).unwrap_or(u32::MAX).max(1)
}
