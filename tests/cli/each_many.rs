//! `xacct each` and more than one machine's work: parts of it, other engines, STS that throttles,
//! bounds.

#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;

use crate::common::{Output, Running, Sandbox};
use serde_json::{Value, json};

/// So many roles behind `plain`, `client1` or another profile, called `many1` and so on.
fn many(sandbox: &Sandbox, count: usize, like: &str) {
    let mut text = String::new();
    for number in 1..=count {
        let _ = writeln!(
            text,
            "[profile many{number}]\ninclude_profile = {like}\nrole_session_name = many{number}"
        );
    }
    sandbox.add_config(&text);
}

fn field(output: &Output, name: &str) -> Vec<String> {
    let lines = output
        .stdout_text()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|line| line[name].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_plan_is_lines_and_nothing_is_done() {
    let sandbox = Sandbox::start_plain();
    let plan = |args: &[&str]| {
        sandbox
            .xacct(&[&["each", "--plan"], args].concat())
            .run()
            .ok()
    };
    plan(&["plain", "hub", "client1", "acme", "--", "no-such-command"]).stdout(
        r#"{"profile":"hub","account_id":null,"role_arn":null,"region":"eu-central-1","would_prompt":true}
{"profile":"client1","account_id":"222222222222","role_arn":"arn:aws:iam::222222222222:role/PartnerAdmin","region":"eu-west-1","would_prompt":true}
{"profile":"acme","account_id":"111111111111","role_arn":null,"region":"eu-central-1","would_prompt":true}
{"profile":"plain","account_id":"222222222222","role_arn":"arn:aws:iam::222222222222:role/PartnerAdmin","region":"eu-west-1","would_prompt":false}
"#,
    );
    assert_eq!(
        field(
            &plan(&["plain", "--regions", "eu-west-1,us-east-1"]),
            "region"
        ),
        ["eu-west-1", "us-east-1"]
    );
    sandbox.asked(&[]);
    assert!(!sandbox.cache_dir().join("each").exists());
}

#[test]
fn parts_together_are_the_whole_in_whatever_order_the_files_are() {
    let sandbox = Sandbox::start_plain();
    many(&sandbox, 11, "plain");
    let part = |part: usize, of: usize| {
        let shard = format!("{part}/{of}");
        let args = [
            "each",
            "many*",
            "--plan",
            "--regions",
            "eu-west-1,us-east-1",
            "--shard",
            &shard,
        ];
        let output = sandbox.xacct(&args).run().ok();
        let names = field(&output, "profile")
            .into_iter()
            .zip(field(&output, "region"));
        names
            .map(|(name, region)| format!("{name}/{region}"))
            .collect::<Vec<_>>()
    };
    for of in [1, 2, 5, 22, 30] {
        let parts: Vec<Vec<String>> = (1..=of).map(|number| part(number, of)).collect();
        let most = parts.iter().map(Vec::len).max().unwrap();
        assert_eq!(most, 22_usize.div_ceil(of), "evenly");
        let mut all = parts.concat();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 22, "{of} parts");
    }
    // A machine whose file has them the other way round does the same part.
    let (mut here, config) = (
        part(2, 3),
        fs::read_to_string(sandbox.home().join(".aws/config")).unwrap(),
    );
    let (head, tail) = config.split_at(config.find("[profile many1]").unwrap());
    let sections = tail.split_inclusive("\n[").collect::<Vec<_>>();
    assert_eq!(sections.len(), 11);
    let mut sections: Vec<String> = sections
        .iter()
        .map(|text| {
            format!(
                "[{}\n",
                text.trim_end_matches('[').trim_matches(['[', '\n'])
            )
        })
        .collect();
    sections.reverse();
    sandbox.write_config(&format!("{head}{}", sections.concat()));
    let mut there = part(2, 3);
    assert_ne!(here, there, "the order is the files'");
    here.sort();
    there.sort();
    assert_eq!(here, there);
    let empty = sandbox
        .xacct(&["each", "many1", "--shard", "2/2", "--", "touch", "ran"])
        .run()
        .status(0);
    empty.stderr("xacct: nothing to do in this part: there are more parts than accounts\n");
    for wrong in ["0/3", "4/3", "x", "1/0", "1"] {
        sandbox
            .xacct(&["each", "many*", "--plan", "--shard", wrong])
            .run()
            .status(125)
            .stderr_contains("example 2/5");
    }
}

/// As Kubernetes' indexed jobs and AWS Batch's arrays start them.
#[test]
fn indexed_jobs_do_each_once() {
    let sandbox = Sandbox::start_plain();
    many(&sandbox, 7, "plain");
    let script = "\"$0\" -q each 'many*' --shard $((JOB_COMPLETION_INDEX + 1))/3 -- sh -c 'echo \
                  $XACCT_PROFILE'";
    let jobs: Vec<Running> = (0..3)
        .map(|index: u8| {
            let job = sandbox.program("sh", &["-c", script, crate::common::XACCT]);
            job.env("JOB_COMPLETION_INDEX", index.to_string()).spawn()
        })
        .collect();
    let mut done: Vec<String> = Vec::new();
    for job in jobs {
        done.extend(job.wait().ok().stdout_text().lines().map(str::to_owned));
    }
    done.sort();
    let expected: Vec<String> = (1..=7)
        .map(|number| format!("many{number} | many{number}"))
        .collect();
    assert_eq!(done, expected);
    sandbox.asked(&["AssumeRole"; 7]);
}

/// The README's line, with the one prompt answered by a variable that all of them have.
#[test]
fn gnu_parallel_takes_the_plan() {
    let is_there = |name: &str, word: &str| {
        let output = std::process::Command::new(name).arg("--version").output();
        output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(word))
    };
    if !is_there("parallel", "GNU parallel") || !is_there("jq", "jq") {
        crate::common::skip("GNU parallel or jq is not there");
        return;
    }
    let sandbox = Sandbox::start();
    many(&sandbox, 12, "client1");
    let script = "\"$0\" each 'many*' --plan | jq -r .profile |
        parallel -j8 --will-cite \"$0\" exec {} -- sh -c \"'echo \\$XACCT_PROFILE \\$AWS_ACCOUNT_ID'\"";
    let run = sandbox
        .program("bash", &["-c", script, crate::common::XACCT])
        .env("XACCT_MFA_CODE", sandbox.fresh_code());
    let output = run.run().status(0);
    let mut lines: Vec<&str> = output.stdout_text().lines().collect();
    lines.sort_unstable();
    let mut expected: Vec<String> = (1..=12)
        .map(|number| format!("many{number} 222222222222"))
        .collect();
    expected.sort();
    assert_eq!(lines, expected, "{}", output.stderr_text());
    let mut calls = sandbox.calls();
    calls.sort();
    assert_eq!(
        calls,
        [&["AssumeRole"; 12][..], &["GetSessionToken"]].concat(),
        "one code for all"
    );
}

/// One throttled answer slows all of them: of eight at a time four are left, where each by itself
/// would go on.
#[test]
fn throttling_holds_the_whole_run_back() {
    let sandbox = Sandbox::start_plain();
    many(&sandbox, 24, "plain");
    sandbox.fault(&json!({"kind": "throttle", "count": 1, "action": "AssumeRole"}));
    // The others that were under way with it, and then those that come after.
    sandbox.fault(&json!({"kind": "delay", "milliseconds": 0, "count": 7, "action": "AssumeRole"}));
    sandbox
        .fault(&json!({"kind": "delay", "milliseconds": 1500, "count": 8, "action": "AssumeRole"}));
    let run = sandbox
        .xacct(&["-q", "each", "many*", "-j", "8", "--", "true"])
        .spawn();
    let under_way = loop {
        let log = sandbox.log();
        let slow: Vec<_> = log.iter().skip(8).collect();
        if slow.iter().any(|request| request.status.is_some()) {
            break slow.len();
        }
    };
    // Five, since answers that are not throttled bring it back bit by bit.
    assert!((3..=6).contains(&under_way), "{under_way} at a time");
    run.wait().ok();
    assert_eq!(sandbox.log().len(), 25);
}

/// More throttled answers in a row than a request by itself survives.
#[test]
fn throttling_is_waited_out() {
    let sandbox = Sandbox::start_plain();
    many(&sandbox, 2, "plain");
    sandbox.fault(&json!({"kind": "throttle", "count": 4, "action": "AssumeRole"}));
    sandbox
        .xacct(&["-q", "each", "many*", "-j", "1", "--", "true"])
        .run()
        .ok();
    let codes: Vec<Option<u16>> = sandbox.log().iter().map(|request| request.status).collect();
    assert_eq!(codes, [400, 400, 400, 400, 200, 200].map(Some));
}

/// What is not throttling is tried as often as the settings say, as by any other command.
#[test]
fn other_failures_are_retried_as_ever() {
    let sandbox = Sandbox::start_plain();
    many(&sandbox, 1, "plain");
    sandbox.fault(&json!({"kind": "error", "status": 503, "count": 2, "action": "AssumeRole"}));
    sandbox
        .xacct(&["-q", "each", "many1", "--", "true"])
        .run()
        .ok();
    assert_eq!(sandbox.log().len(), 3);
    sandbox.clear_log();
    sandbox.fault(&json!({"kind": "reset_after", "count": 9, "action": "AssumeRole"}));
    let run = sandbox
        .xacct(&[
            "each",
            "many1",
            "--refresh",
            "--output",
            "json",
            "--",
            "true",
        ])
        .run();
    run.status(1)
        .stdout_contains("AWS could not be reached at http://127.0.0.1:");
    assert_eq!(sandbox.log().len(), 3);
}

/// A clock that is off is set right by the first answer, for all.
#[test]
fn a_wrong_clock_is_told_once() {
    let sandbox = Sandbox::start_plain();
    many(&sandbox, 10, "plain");
    sandbox.clock(1200);
    let output = sandbox
        .xacct(&["each", "many*", "-j", "1", "--", "true"])
        .run()
        .status(0);
    assert_eq!(
        output
            .stderr_text()
            .matches("this computer's clock is ")
            .count(),
        1
    );
    assert_eq!(sandbox.log().len(), 11, "one refused signature");
}

/// No more children, threads and files than `-j` asks for, with a hundred targets.
#[test]
fn bounds_hold() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let sandbox = Sandbox::start_plain();
    many(&sandbox, 100, "plain");
    // Each command looks at its parent and at its siblings.
    let script = "ls /proc/$PPID/fd | wc -l; ls /proc/$PPID/task | wc -l; \
                  cat /proc/$PPID/task/*/children | wc -w; head -c 70000 /dev/zero | tr '\\0' x > \
                  /dev/stderr";
    let args = [
        "-q", "each", "many*", "-j", "10", "--output", "json", "--", "sh", "-c", script,
    ];
    let output = sandbox.xacct(&args).run().ok();
    let seen = field(&output, "stdout");
    assert_eq!(seen.len(), 100);
    for numbers in seen {
        let numbers: Vec<usize> = numbers
            .lines()
            .map(|line| line.trim().parse().unwrap())
            .collect();
        let [files, threads, children] = numbers.as_slice() else {
            panic!("{numbers:?}")
        };
        assert!(*files < 100, "{files} open files");
        assert!(*threads <= 9, "{threads} threads");
        assert!(*children <= 10, "{children} children");
    }
}

#[test]
fn no_more_at_a_time_than_files_can_be_opened() {
    let sandbox = Sandbox::start_plain();
    many(&sandbox, 3, "plain");
    let script = "ulimit -n 100; exec \"$0\" each 'many*' -j 50 -- true";
    let output = sandbox
        .program("sh", &["-c", script, crate::common::XACCT])
        .run()
        .status(0);
    output.stderr_contains(
        "xacct: warning: -j 50 is more than the open files of one process allow (ulimit -n): 10 at \
         a time\n",
    );
}

/// A world with three accounts: two with regions of their own, one whose role may not list them.
fn with_regions() -> Sandbox {
    let world = include_str!("../../src/sandbox/world.toml");
    let (first, rest) = world.split_once("id = \"222222222222\"\n").unwrap();
    let world =
        format!("{first}id = \"222222222222\"\nregions = [\"us-east-1\", \"af-south-1\"]\n{rest}");
    let (first, rest) = world.split_once("name = \"LongRunning\"\n").unwrap();
    let sandbox = Sandbox::with_world(&format!(
        "{first}name = \"LongRunning\"\nlist_regions = false\n{rest}"
    ));
    sandbox.write_config(
        "[profile hub]\nregion = eu-central-1\n\
         [profile a]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = \
         hub\nexternal_id = client1-7731\n\
         [profile a2]\ninclude_profile = a\nrole_session_name = a2\n",
    );
    sandbox
}

#[test]
fn all_regions_are_those_that_each_account_has_enabled() {
    let sandbox = with_regions();
    let script = "echo $AWS_REGION $AWS_DEFAULT_REGION";
    let all = |words: &[&str]| {
        sandbox
            .xacct(
                &[
                    &["-q", "each"],
                    words,
                    &["--regions", "all", "-j1", "--", "sh", "-c", script],
                ]
                .concat(),
            )
            .run()
    };
    // What is not known is not made up.
    let plan = |sandbox: &Sandbox| {
        let output = sandbox
            .xacct(&["each", "a", "hub", "--regions", "all", "--plan"])
            .run()
            .ok();
        let lines = output
            .stdout_text()
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .map(|line| format!("{} {}", line["profile"], line["region"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(plan(&sandbox), ["\"hub\" null", "\"a\" null"]);
    sandbox.asked(&[]);
    // Two roles in one account: it is asked once, for all of its pages.
    all(&["a*"]).ok().stdout(
        "a/af-south-1 | af-south-1 af-south-1\na/us-east-1 | us-east-1 us-east-1\n\
         a2/af-south-1 | af-south-1 af-south-1\na2/us-east-1 | us-east-1 us-east-1\n",
    );
    sandbox.asked(&["AssumeRole", "ListRegions", "AssumeRole"]);
    assert_eq!(
        plan(&sandbox),
        [
            "\"hub\" null",
            "\"a\" \"af-south-1\"",
            "\"a\" \"us-east-1\""
        ]
    );
    // It is known for a day.
    all(&["a"]).ok();
    sandbox.asked(&[]);
    // The usual ones, on several pages.
    let output = all(&["hub"]).ok();
    assert_eq!(output.stdout_text().lines().count(), 17);
    // The service is in one region of the partition, whatever the profile's is.
    assert!(
        sandbox
            .log()
            .iter()
            .all(|request| request.region.as_deref() == Some("us-east-1"))
    );
    sandbox.asked(&["ListRegions"; 3]);
}

#[test]
fn an_account_that_does_not_tell_its_regions_is_named() {
    let sandbox = with_regions();
    sandbox.add_config(
        "[profile no]\nrole_arn = arn:aws:iam::444444444444:role/LongRunning\nsource_profile = \
         hub\n\
         mfa_serial = arn:aws:iam::111111111111:mfa/you\n",
    );
    let code = sandbox.fresh_code();
    let args = [
        "each",
        "a",
        "no",
        "--regions",
        "all",
        "-j1",
        "--mfa-code",
        &code,
        "--output",
        "json",
        "--",
        "true",
    ];
    let output = sandbox.xacct(&args).run().status(1);
    let output =
        output.stderr_contains("policy of its user or role must allow account:ListRegions\n");
    let output = output.stderr_contains("or name the regions: --regions eu-west-1,us-east-1\n");
    assert_eq!(field(&output, "status"), ["ok", "ok", "denied"]);
    let last: Value = serde_json::from_str(output.stdout_text().lines().last().unwrap()).unwrap();
    assert_eq!(
        last["error"],
        "AWS refused account:ListRegions: AccessDeniedException"
    );
    // Only that one is left, and is asked for again.
    let again = ["-q", "each", "--retry-failed", "--output", "json"];
    let output = sandbox.xacct(&again).run();
    assert_eq!(field(&output, "profile"), ["no"]);
    output.status(1);
    // By its own address, where there is one.
    let args = [
        "-q",
        "each",
        "hub",
        "--regions",
        "all",
        "--output",
        "json",
        "--",
        "true",
    ];
    let output = sandbox
        .xacct(&args)
        .env("AWS_ENDPOINT_URL_ACCOUNT", "http://127.0.0.1:9")
        .run();
    assert_eq!(field(&output, "status"), ["failed"]);
    output
        .status(1)
        .stdout_contains("AWS could not be reached at http://127.0.0.1:9");
}

#[test]
fn what_is_no_region_is_refused_before_anything() {
    let sandbox = with_regions();
    for (regions, message) in [
        (
            "eu-wst-1",
            "--regions: 'eu-wst-1' is not a region\n  did you mean eu-west-1?\n",
        ),
        (
            "us-east-1d",
            "--regions: 'us-east-1d' is not a region: it is a zone of us-east-1\n  did you mean \
             us-east-1?\n",
        ),
        (
            "eu-west-1,all",
            "--regions: 'all' stands for every enabled region, and stands alone\n",
        ),
    ] {
        let output = sandbox
            .xacct(&["each", "a", "--regions", regions, "--", "echo", "never"])
            .run();
        output.status(125).stdout("").stderr_contains(message);
    }
    sandbox.asked(&[]);
}
