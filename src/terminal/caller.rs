//! Whoever started this process and reads its answer, and whether they are still there: an SDK that
//! gives a `credential_process` up leaves it running, with the terminal in its hands (docs/aws.md
//! A4).

use std::time::Duration;

use crate::system::processes::Parent;

/// How often is looked while a question is open.
const LOOK: Duration = Duration::from_millis(200);

/// The process that started this one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallingProgram(Parent);

impl CallingProgram {
    /// Call it early: a caller that exits before the call is not noticed.
    pub(crate) fn here() -> CallingProgram {
        CallingProgram(Parent::here())
    }

    /// The number of that process, where processes have one.
    pub(crate) fn pid(self) -> Option<i32> {
        self.0.pid()
    }

    /// What that process is called, where the system tells.
    pub(crate) fn name(self) -> Option<String> {
        self.0.name()
    }

    /// Whether nobody reads stdout any more, or the process that started this one has ended.
    pub(crate) fn has_gone(self) -> bool {
        self.0.has_gone()
    }

    /// Waits until they have gone.
    pub(crate) async fn leaves(self) {
        while !self.has_gone() {
            tokio::time::sleep(LOOK).await;
        }
    }
}
