//! `xacct each` and its ends: time limits, retries, the last run taken up again, Ctrl-C, a reader
//! that has gone.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::common::{Output, Sandbox, until};
use rustix::process::{Pid, test_kill_process};
use serde_json::Value;

/// Four roles for which nobody is asked.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start_plain();
    for name in ["r1", "r2", "r3", "r4"] {
        sandbox.add_config(&format!(
            "[profile {name}]\ninclude_profile = plain\nrole_session_name = {name}\n"
        ));
    }
    sandbox
}

fn lines(output: &Output) -> Vec<Value> {
    output
        .stdout_text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn statuses(output: &Output) -> Vec<String> {
    lines(output)
        .iter()
        .map(|line| line["status"].as_str().unwrap().to_owned())
        .collect()
}

/// Waits until a file is there, whole: its writer renames it.
fn appears(sandbox: &Sandbox, name: &str) -> String {
    let path = sandbox.home().join(name);
    until(name, || path.exists());
    fs::read_to_string(path).unwrap()
}

/// Whether the process whose id this is has ended.
fn is_gone(id: &str) -> bool {
    let pid = Pid::from_raw(id.trim().parse().unwrap()).unwrap();
    // A zombie is nobody's any more: what was its parent is gone too.
    let state = fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
    test_kill_process(pid).is_err() || state.contains(") Z ")
}

/// Two processes, parent and child, that leave their ids in `NAME.ids` and then wait.
const TREE: &str =
    "sleep 600 & echo $$ $! > $XACCT_PROFILE.tmp; mv $XACCT_PROFILE.tmp $XACCT_PROFILE.ids; wait";

#[test]
fn what_takes_too_long_is_ended_with_all_that_it_has_started() {
    let sandbox = sandbox();
    let script = format!("echo begun; [ $XACCT_PROFILE = r1 ] || exit 0; {TREE}");
    let args = [
        "each",
        "r1",
        "r2",
        "--timeout",
        "1",
        "--output",
        "json",
        "--",
        "sh",
        "-c",
        &script,
    ];
    let output = sandbox.xacct(&args).run().status(1);
    assert_eq!(statuses(&output), ["timeout", "ok"]);
    let line = &lines(&output)[0];
    assert_eq!(line["error"], "it took longer than 1s");
    assert_eq!(line["stdout"], "begun\n");
    assert_eq!(line["exit_code"], Value::Null);
    assert!(
        (1000..5000).contains(&line["duration_ms"].as_u64().unwrap()),
        "{line}"
    );
    let ids = appears(&sandbox, "r1.ids");
    assert!(ids.split_whitespace().all(is_gone), "{ids}");
}

/// Whoever does not listen to SIGTERM, and the children of those who do.
#[test]
fn what_does_not_end_is_killed() {
    let sandbox = sandbox();
    let deaf = "sh -c 'trap \"\" TERM; echo $$ > deaf.tmp; mv deaf.tmp deaf; while :; do sleep \
                600; done' &
        while ! [ -e deaf ]; do sleep 0.05; done; trap 'exit 0' TERM; wait; exit 0";
    let output = sandbox
        .xacct(&["-q", "each", "r1", "--timeout", "1", "--", "sh", "-c", deaf])
        .run();
    output.status(1).stdout("");
    assert!(is_gone(&appears(&sandbox, "deaf")));
}

#[test]
fn what_is_left_in_the_background_holds_nobody_up() {
    let sandbox = sandbox();
    let script = "echo here; sleep 600 & echo $! > left";
    sandbox
        .xacct(&["-q", "each", "r1", "--", "sh", "-c", script])
        .run()
        .ok()
        .stdout("r1 | here\n");
    let id = fs::read_to_string(sandbox.home().join("left")).unwrap();
    assert!(!is_gone(&id), "a command may leave something behind");
    sandbox.program("kill", &[id.trim()]).run().ok();
}

#[test]
fn what_fails_is_tried_again() {
    let sandbox = sandbox();
    let script = "echo x >> $XACCT_PROFILE; n=$(wc -l < $XACCT_PROFILE); echo try $n; test $n = 2";
    let args = [
        "each",
        "r1",
        "--retries",
        "3",
        "--output",
        "json",
        "--output-dir",
        "o",
        "--",
        "sh",
        "-c",
        script,
    ];
    let output = sandbox.xacct(&args).run().status(0);
    let output = output
        .stderr_contains("xacct: r1: the command ended with status 1; again in 1 s (1 of 3)\n");
    // The last try is what there is to see.
    assert_eq!(lines(&output)[0]["stdout"], "try 2\n");
    let file = sandbox.home().join("o/r1.222222222222.eu-west-1.out");
    assert_eq!(fs::read_to_string(file).unwrap(), "try 2\n");
    sandbox.asked(&["AssumeRole"]);
    // Not what AWS refuses.
    sandbox.add_config("[profile no]\ninclude_profile = plain\nexternal_id = wrong\n");
    let args = [
        "each",
        "no",
        "--retries",
        "3",
        "--output",
        "json",
        "--",
        "true",
    ];
    assert_eq!(statuses(&sandbox.xacct(&args).run().status(1)), ["denied"]);
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn fail_fast_starts_no_more() {
    let sandbox = sandbox();
    // The second one fails while the first one runs, which goes on to its end.
    let script = "case $XACCT_PROFILE in
        r1) until [ -e failed ]; do sleep 0.02; done; sleep 0.2; echo whole;;
        r2) touch failed; exit 1;;
        *) echo never;; esac";
    let args = [
        "each",
        "r1",
        "r2",
        "r3",
        "r4",
        "-j2",
        "--fail-fast",
        "--output",
        "json",
        "--",
        "sh",
        "-c",
        script,
    ];
    let output = sandbox.xacct(&args).run().status(1);
    assert_eq!(statuses(&output), ["ok", "failed", "skipped", "skipped"]);
    assert_eq!(lines(&output)[0]["stdout"], "whole\n");
    let skipped = &lines(&output)[3];
    assert_eq!(skipped["error"], "it was not started");
    assert_eq!(
        (&skipped["stdout"], &skipped["duration_ms"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(skipped["account_id"], "222222222222");
    sandbox.asked(&["AssumeRole"; 2]);
}

#[test]
fn the_last_run_is_taken_up_where_it_failed() {
    let sandbox = sandbox();
    let again = |args: &[&str]| {
        sandbox
            .xacct(&[&["-q", "each", "--retry-failed"], args].concat())
            .run()
    };
    again(&[]).status(125).stderr(
        "xacct: error: no run is recorded whose failures could be tried again\n  xacct each \
         SELECTOR... -- CMD\n",
    );
    let script = "[ -e mended ] || [ $XACCT_PROFILE = r1 ] && echo $AWS_REGION";
    let first = [
        "-q",
        "each",
        "r1",
        "r2",
        "r3",
        "--regions",
        "eu-west-1,us-east-1",
        "--read-only",
        "-j1",
        "--",
    ];
    let first = sandbox
        .xacct(&[&first[..], &["sh", "-c", script]].concat())
        .run()
        .status(1);
    first.stdout("r1/eu-west-1 | eu-west-1\nr1/us-east-1 | us-east-1\n");
    let read_only = |sandbox: &Sandbox| {
        let log = sandbox.log();
        sandbox.clear_log();
        log.iter()
            .all(|request| request.params.contains_key("PolicyArns.member.1.arn"))
    };
    assert!(read_only(&sandbox));
    // With another command, which goes well in one of two.
    again(&[
        "-j1",
        "--",
        "sh",
        "-c",
        "echo $XACCT_PROFILE; test $XACCT_PROFILE = r2",
    ])
    .status(1)
    .stdout("r2/eu-west-1 | r2\nr2/us-east-1 | r2\nr3/eu-west-1 | r3\nr3/us-east-1 | r3\n");
    sandbox.xacct(&["clear", "--all"]).run().status(0);
    again(&["-j1"])
        .status(1)
        .stdout("r3/eu-west-1 | r3\nr3/us-east-1 | r3\n");
    assert!(read_only(&sandbox), "it must not do more the second time");
    fs::write(sandbox.home().join("mended"), "").unwrap();
    again(&["--", "true"]).ok();
    sandbox
        .xacct(&["each", "--retry-failed"])
        .run()
        .status(0)
        .stderr("xacct: nothing is left of the last run: all of it ended well\n");
    let mode = fs::metadata(sandbox.cache_dir().join("each/last.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// As the kernel does when memory runs out: xacct has no time for anything.
#[test]
fn a_run_that_was_killed_is_taken_up_where_it_was() {
    let sandbox = sandbox();
    let killed_at = |name: &str| format!("[ $XACCT_PROFILE != {name} ] || kill -9 $PPID; exit 0");
    let each = |first: &[&str], script: &str| {
        sandbox
            .xacct(&[&["-q", "each"], first, &["-j1", "--", "sh", "-c", script]].concat())
            .run()
    };
    let show = "echo again";
    let all = ["r1", "r2", "r3", "r4"];
    each(&all, &killed_at("r3")).status(137);
    // The second attempt is killed too.
    each(&["--retry-failed"], &killed_at("r4")).status(137);
    each(&["--retry-failed"], show).ok().stdout("r4 | again\n");
    let nothing = "xacct: nothing is left of the last run: all of it ended well\n";
    sandbox
        .xacct(&["each", "--retry-failed"])
        .run()
        .status(0)
        .stderr(nothing);

    // What failed before the kill is run again too, and so is a target whose line was cut off.
    each(
        &all,
        &format!("[ $XACCT_PROFILE != r1 ] || exit 3; {}", killed_at("r4")),
    )
    .status(137);
    let list = sandbox.cache_dir().join("each/last.succeeded");
    let text = fs::read_to_string(&list).unwrap();
    assert!(text.ends_with("\n1\n2\n"), "{text}");
    assert_eq!(
        fs::metadata(&list).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::write(&list, text.trim_end()).unwrap();
    each(&["--retry-failed"], show)
        .ok()
        .stdout("r1 | again\nr3 | again\nr4 | again\n");

    // A list that is not this run's, or that others could have written, leaves nothing out.
    each(&all, &killed_at("r3")).status(137);
    fs::write(&list, text).unwrap();
    let everything = "r1 | again\nr2 | again\nr3 | again\nr4 | again\n";
    each(&["--retry-failed"], show).ok().stdout(everything);
}

#[test]
fn ctrl_c_ends_what_runs_and_says_what_was_done() {
    let sandbox = sandbox();
    let script = format!("[ $XACCT_PROFILE = r1 ] && exit 0; {TREE}");
    let args = [
        "each", "r1", "r2", "r3", "r4", "-j2", "--output", "json", "--", "sh", "-c", &script,
    ];
    let run = sandbox.xacct(&args).spawn();
    let ids = ["r2", "r3"]
        .map(|name| appears(&sandbox, &format!("{name}.ids")))
        .concat();
    run.interrupt();
    let output = run.wait().status(130);
    assert_eq!(statuses(&output), ["ok", "failed", "failed", "skipped"]);
    assert_eq!(
        lines(&output)[1]["error"],
        "it was ended before it was done"
    );
    assert!(ids.split_whitespace().all(is_gone), "{ids}");
    let text = output.stderr_text();
    assert!(
        text.contains("xacct: 1 ok, 2 failed, 1 skipped of 4 in "),
        "{text}"
    );
    assert!(text.ends_with("xacct: error: interrupted\n"), "{text}");
    // The run can be taken up from there.
    let rest = sandbox
        .xacct(&["each", "--retry-failed", "--output", "json", "--", "true"])
        .run()
        .status(0);
    assert_eq!(lines(&rest).len(), 3);
}

#[test]
fn a_second_ctrl_c_does_not_wait() {
    let sandbox = sandbox();
    let script = "trap 'touch asked.tmp; mv asked.tmp asked' TERM; touch up.tmp; mv up.tmp up; \
                  while :; do sleep 0.1; done 2>/dev/null";
    let run = sandbox
        .xacct(&["-q", "each", "r1", "--", "sh", "-c", script])
        .spawn();
    appears(&sandbox, "up");
    run.interrupt();
    appears(&sandbox, "asked");
    let began = crate::common::cache::now();
    run.interrupt();
    run.wait()
        .status(130)
        .stderr_contains("xacct: error: interrupted\n");
    assert!(crate::common::cache::now() - began < 4, "it was waited for");
}

#[test]
fn ctrl_c_on_a_terminal_leaves_it_as_it_was() {
    let sandbox = sandbox();
    let mut terminal = sandbox.pty(&["each", "r1", "r2", "-j1", "--", "sh", "-c", TREE]);
    let ids = appears(&sandbox, "r1.ids");
    terminal.expect("[--------------------] 0/2: r1");
    terminal.interrupt();
    let (status, screen) = terminal.wait();
    assert_eq!(status, 130, "{screen}");
    assert!(ids.split_whitespace().all(is_gone), "{ids}");
    assert!(screen.contains("1 failed, 1 skipped of 2 in "), "{screen}");
}

#[test]
fn sigterm_is_obeyed_too() {
    let sandbox = sandbox();
    let run = sandbox
        .xacct(&["-q", "each", "r1", "--", "sh", "-c", TREE])
        .spawn();
    let ids = appears(&sandbox, "r1.ids");
    sandbox.program("kill", &[&run.id().to_string()]).run().ok();
    run.wait().status(143).stderr("xacct: error: interrupted\n");
    assert!(ids.split_whitespace().all(is_gone), "{ids}");
}

/// `| head -1`
#[test]
fn a_reader_that_has_gone_ends_it() {
    let sandbox = sandbox();
    let script = "\"$0\" -q each r1 r2 r3 r4 -j1 -- sh -c 'echo a; echo $XACCT_PROFILE >> ran; \
                  sleep 0.3; echo b'; echo status $? >&2";
    let piped = format!("{{ {script}; }} | head -n 1");
    let output = sandbox
        .program("sh", &["-c", &piped, crate::common::XACCT])
        .run()
        .status(0)
        .stdout("r1 | a\n");
    assert!(
        output.stderr_text().contains("stdout cannot be written"),
        "{}",
        output.stderr_text()
    );
    assert!(
        output.stderr_text().ends_with("status 125\n"),
        "{}",
        output.stderr_text()
    );
    assert_eq!(
        fs::read_to_string(sandbox.home().join("ran")).unwrap(),
        "r1\n"
    );
}

#[test]
fn the_line_at_the_bottom_gives_way_and_goes() {
    let sandbox = sandbox();
    let script = "sleep 0.5; echo out; test $XACCT_PROFILE != r2";
    let mut terminal = sandbox.pty(&["each", "r1", "r2", "r3", "-j1", "--", "sh", "-c", script]);
    terminal.expect("\r\u{1b}[Kxacct: [######--------------] 1/3, ");
    terminal.expect(" left: r2");
    terminal.expect("\r\u{1b}[Kxacct: [#############-------] 2/3, 1 failed, ");
    terminal.expect("\r\u{1b}[Kr3 | out\r\n");
    let (status, screen) = terminal.wait();
    assert_eq!(status, 1, "{screen}");
    let (status, screen) = sandbox
        .pty(&["-q", "each", "r1", "--", "sleep", "0.3"])
        .wait();
    assert_eq!((status, &*screen), (0, ""));
}
