use super::*;

const SOON: Duration = Duration::from_millis(200);
const LATE: Duration = Duration::from_mins(1);

fn run<T>(work: impl Future<Output = T>) -> T {
    crate::runtime::run(work).unwrap()
}

/// Runs a script that writes the number of a process it has left in the background to `$0`, and
/// gives that number.
fn leftover(script: &str, group: Group) -> i32 {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("number");
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .arg(&path)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let ended = run(async {
        let mut program = RunningProgram::start(command).unwrap();
        // As on a terminal: there the processes below it are looked for.
        if group == Group::Shared {
            program.group = group;
        }
        let looked = timeout(LATE, async {
            while std::fs::read_to_string(&path)
                .unwrap_or_default()
                .trim()
                .is_empty()
            {
                tokio::time::sleep(LOOK).await;
            }
        });
        looked.await.unwrap();
        program.output(10, SOON).await.unwrap()
    });
    assert!(ended.is_none(), "it took too long");
    std::fs::read_to_string(&path)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

/// Whether it has ended, or is only still to be reaped by its new parent.
fn has_gone(id: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.is_empty() || stat.contains(") Z ")
}

/// SIGKILL is on its way when the program has been ended; the system takes a moment to act on it.
fn goes(id: i32) -> bool {
    (0..1000).any(|_| {
        std::thread::sleep(LOOK);
        has_gone(id)
    })
}

#[test]
fn what_takes_too_long_ends_with_what_it_has_started() {
    for script in [
        "sleep 300 & echo $! > \"$0\"; wait",
        "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > \"$0\"; sleep 300; sleep 300' \"$0\"; \
         sleep 300",
        // The one that has started it is gone.
        "sh -c 'sleep 300 & echo $! > \"$0\"' \"$0\"; sleep 300",
    ] {
        assert!(goes(leftover(script, Group::Own)), "{script}");
    }
    assert!(goes(leftover(
        "sh -c 'sleep 300 & echo $! > \"$0\"; wait' \"$0\"; true",
        Group::Shared
    )));
}

#[test]
fn what_a_program_leaves_behind_on_purpose_stays() {
    let dir = tempfile::tempdir().unwrap();
    let script = "sleep 300 >&- 2>&- & echo $!";
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .current_dir(dir.path())
        .stdin(Stdio::null());
    let (status, output) = run(async {
        RunningProgram::start(command)
            .unwrap()
            .output(100, LATE)
            .await
    })
    .unwrap()
    .unwrap();
    assert!(status.success());
    let id: i32 = std::str::from_utf8(&output)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    assert!(!has_gone(id));
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(id).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
}

#[test]
fn more_than_is_wanted_is_not_read() {
    let (_, output) = run(async {
        RunningProgram::start(shell("yes"))
            .unwrap()
            .output(100, LATE)
            .await
    })
    .unwrap()
    .unwrap();
    assert_eq!(output.len(), 101);
}
