//! Whoever started this process and reads its answer, and whether they are still there: an SDK that
//! gives a `credential_process` up leaves it running, with the terminal in its hands (docs/aws.md
//! A4).

use std::time::Duration;

#[cfg(windows)]
use crate::{process_tree::Process, windows::processes};

/// How often is looked while a question is open.
const LOOK: Duration = Duration::from_millis(200);

/// The process that started this one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallingProgram {
    #[cfg(unix)]
    parent: Option<rustix::process::Pid>,
    #[cfg(windows)]
    parent: Option<u32>,
}

impl CallingProgram {
    /// Call it early: a caller that exits before the call is not noticed.
    #[cfg(unix)]
    pub(crate) fn here() -> CallingProgram {
        CallingProgram {
            parent: rustix::process::getppid(),
        }
    }

    /// The number of that process, where processes have one.
    #[cfg(unix)]
    pub(crate) fn pid(self) -> Option<i32> {
        self.parent
            .map(rustix::process::Pid::as_raw_nonzero)
            .map(std::num::NonZero::get)
    }

    /// What that process is called, where the system tells.
    #[cfg(target_os = "linux")]
    pub(crate) fn name(self) -> Option<String> {
        let name = std::fs::read_to_string(format!("/proc/{}/comm", self.pid()?)).ok()?;
        Some(name.trim_end().to_owned())
    }

    #[cfg(all(unix, not(target_os = "linux")))]
    pub(crate) fn name(self) -> Option<String> {
        let pid = self.pid()?.to_string();
        let output = std::process::Command::new("ps")
            .args(["-o", "comm=", "-p", &pid])
            .output()
            .ok()?;
        let path = String::from_utf8(output.stdout).ok()?;
        let name = std::path::Path::new(path.trim())
            .file_name()?
            .to_str()?
            .to_owned();
        Some(name)
    }

    /// Whether nobody reads stdout any more, or the process that started this one has ended.
    #[cfg(unix)]
    pub(crate) fn has_gone(self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let stdout = std::io::stdout();
        let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
        let at_once = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let looked = poll(&mut watched, Some(&at_once)).is_ok();
        let unread = looked
            && watched[0]
                .revents()
                .intersects(PollFlags::ERR | PollFlags::HUP);
        unread || rustix::process::getppid() != self.parent
    }

    #[cfg(windows)]
    pub(crate) fn here() -> CallingProgram {
        let (own, processes) = (std::process::id(), processes::all());
        let parent = processes.iter().find(|process| process.id == own);
        CallingProgram {
            parent: parent.map(|process| process.parent),
        }
    }

    #[cfg(windows)]
    pub(crate) fn pid(self) -> Option<i32> {
        i32::try_from(self.parent?).ok()
    }

    #[cfg(windows)]
    pub(crate) fn name(self) -> Option<String> {
        let is_it = |process: &Process| Some(process.id) == self.parent;
        let name = processes::all().into_iter().find(is_it)?.name;
        let name = name.strip_suffix(".exe").unwrap_or(&name);
        Some(name.to_owned())
    }

    /// Whether the process that started this one has ended. Nothing tells whether anybody still
    /// reads a pipe.
    #[cfg(windows)]
    pub(crate) fn has_gone(self) -> bool {
        self.parent.is_some_and(|id| !processes::is_there(id))
    }

    /// Waits until they have gone.
    pub(crate) async fn leaves(self) {
        while !self.has_gone() {
            tokio::time::sleep(LOOK).await;
        }
    }
}
