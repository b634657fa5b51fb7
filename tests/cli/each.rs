//! `xacct each`: who is chosen, in which order, with what environment, and what is printed of it.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::common::{Output, Sandbox};
use serde_json::{Value, json};

/// The same role under three names, for which nobody is asked, in an order that is not the
/// alphabet's.
const ROLES: &str = "
[profile c]
include_profile = plain
role_session_name = the-c
color = red

[profile a]
include_profile = plain
role_session_name = the-a
tags = prod, eu

[profile b]
include_profile = plain
role_session_name = the-b
tags = test
";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(ROLES);
    sandbox
}

/// The objects of `--output json` and `--plan`.
fn lines(output: &Output) -> Vec<Value> {
    output
        .stdout_text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What stands in this field of each.
fn field(lines: &[Value], name: &str) -> Vec<String> {
    lines
        .iter()
        .map(|line| line[name].as_str().unwrap_or("-").to_owned())
        .collect()
}

/// The duration is the only thing that is not known.
fn without_duration(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        lines.push(match line.rsplit_once(" in ") {
            Some((before, took)) if line.starts_with("xacct: ") && took.ends_with('s') => {
                format!("{before} in …")
            }
            _ => line.to_owned(),
        });
    }
    lines.join("\n")
}

#[test]
fn the_environment_is_the_one_of_exec_and_stdin_is_empty() {
    let sandbox = sandbox();
    let each = |name: &str| {
        let output = sandbox
            .xacct(&["each", name, "--output", "json", "--", "env"])
            .stdin("typed")
            .run();
        lines(&output.status(0))[0]["stdout"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for name in ["plain", "a"] {
        let exec = sandbox.xacct(&["exec", name, "--", "env"]).run().ok();
        assert_eq!(each(name), exec.stdout_text());
        assert!(
            exec.stdout_text()
                .contains(&format!("XACCT_PROFILE={name}\n"))
        );
        assert!(exec.stdout_text().contains("AWS_ACCOUNT_ID=222222222222\n"));
    }
    let cat = sandbox
        .xacct(&["each", "a", "--", "cat"])
        .stdin("typed")
        .run()
        .status(0);
    cat.stdout("");
}

#[test]
fn lines_are_labelled_and_keep_to_their_stream() {
    let sandbox = sandbox();
    let script = "echo one; echo two >&2; printf 'no end'";
    let output = sandbox
        .xacct(&["each", "a", "-j1", "b", "--", "sh", "-c", script])
        .run()
        .status(0);
    let output = output.stdout("a | one\na | no end\nb | one\nb | no end\n");
    assert_eq!(
        without_duration(output.stderr_text()),
        "a | two\nb | two\nxacct: 2 ok in …"
    );
    let quiet = sandbox
        .xacct(&["-q", "each", "a", "--", "sh", "-c", script])
        .run();
    quiet
        .status(0)
        .stdout("a | one\na | no end\n")
        .stderr("a | two\n");
    let colored = sandbox
        .xacct(&[
            "-q",
            "--color",
            "always",
            "each",
            "c",
            "--",
            "printf",
            "\u{1b}[1mx",
        ])
        .run();
    colored
        .status(0)
        .stdout("\u{1b}[31mc\u{1b}[0m | \u{1b}[1mx\u{1b}[0m\n");
}

#[test]
fn json_is_in_the_files_order_whoever_is_first() {
    let sandbox = sandbox();
    // The first one waits for the last one to be done.
    let script = "if [ $XACCT_PROFILE = c ]; then until [ -e done ]; do sleep 0.02; done; fi
        echo \"I am $XACCT_PROFILE\"; printf '\\303\\050' >&2; [ $XACCT_PROFILE = b ] && touch done; exit 0";
    let output = sandbox
        .xacct(&[
            "each", "a", "b", "c", "--output", "json", "--", "sh", "-c", script,
        ])
        .run();
    let mut lines = lines(&output.status(0));
    assert_eq!(
        field(&lines, "stdout"),
        ["I am c\n", "I am a\n", "I am b\n"]
    );
    let milliseconds = lines[0]["duration_ms"].take();
    assert!(milliseconds.is_u64(), "{milliseconds}");
    assert_eq!(
        lines[0],
        json!({
            "profile": "c", "account_id": "222222222222", "region": "eu-west-1", "status": "ok", "exit_code": 0,
            "duration_ms": null, "stdout": "I am c\n", "stderr": "\u{fffd}(", "error": null
        })
    );
    let keys = "profile account_id region status exit_code duration_ms stdout stderr error";
    let text = output_keys(&sandbox);
    assert_eq!(text, keys.split(' ').collect::<Vec<_>>());
}

/// The keys of an object, as they stand there.
fn output_keys(sandbox: &Sandbox) -> Vec<String> {
    let output = sandbox
        .xacct(&["each", "a", "--output", "json", "--", "true"])
        .run()
        .status(0);
    let text = output
        .stdout_text()
        .trim()
        .trim_matches(['{', '}'])
        .to_owned();
    text.split(',')
        .map(|pair| pair.split(':').next().unwrap().trim_matches('"').to_owned())
        .collect()
}

#[test]
fn a_region_of_another_partition_runs_nothing() {
    let sandbox = sandbox();
    let run = sandbox
        .xacct(&[
            "each",
            "a",
            "--regions",
            "eu-west-1,cn-north-1",
            "--",
            "touch",
            "ran",
        ])
        .run();
    let role = "arn:aws:iam::222222222222:role/PartnerAdmin";
    run.status(125).stdout("").stderr(&format!(
        "xacct: error: --regions: the region cn-north-1 is in the partition aws-cn, and the role \
         {role} in aws\n  \
         --regions us-east-1    or another region of aws\n\
         xacct: error: 1 of 1 profile cannot be used: nothing was run\n  correct it, or leave it \
         out: '!NAME'\n"
    ));
    assert!(!sandbox.home().join("ran").exists());
    assert_eq!(sandbox.calls(), [""; 0]);
}

#[test]
fn what_is_much_is_whole() {
    let sandbox = sandbox();
    let script =
        "head -c 300000 /dev/zero | tr '\\0' z; [ $XACCT_PROFILE = c ] && sleep 0.3; exit 0";
    for how in ["json", "group", "stream"] {
        let output = sandbox
            .xacct(&[
                "-q", "each", "c", "a", "b", "--output", how, "--", "sh", "-c", script,
            ])
            .run();
        let output = output.status(0);
        assert_eq!(output.stdout_text().matches('z').count(), 900_000, "{how}");
    }
}

#[test]
fn groups_stand_together_in_order() {
    let sandbox = sandbox();
    let script = "echo out; echo err >&2; [ $XACCT_PROFILE = c ] && { sleep 0.3; exit 7; }; exit 0";
    let output = sandbox
        .xacct(&[
            "-q", "each", "a", "c", "--output", "group", "--", "sh", "-c", script,
        ])
        .run()
        .status(1);
    let heads = |text: &str| -> Vec<String> {
        text.lines()
            .map(|line| {
                line.rsplit_once(", ")
                    .map_or(line, |(head, _)| head)
                    .to_owned()
            })
            .collect()
    };
    let c = "== c (222222222222, eu-west-1): failed, status 7";
    let a = "== a (222222222222, eu-west-1): ok";
    assert_eq!(heads(output.stdout_text()), [c, "out", a, "out"]);
    assert_eq!(heads(output.stderr_text()), [c, "err", a, "err"]);
}

#[test]
fn what_failed_is_listed_and_the_status_is_1() {
    let sandbox = sandbox();
    sandbox.add_config(
        "[profile no]\ninclude_profile = plain\nexternal_id = wrong\nrole_session_name = no\n",
    );
    let script = "[ $XACCT_PROFILE = b ] && exit 3; [ $XACCT_PROFILE = c ] && kill -9 $$; exit 0";
    let each = |how: &str| {
        sandbox
            .xacct(&[
                "each", "a", "b", "c", "no", "--output", how, "--", "sh", "-c", script,
            ])
            .run()
            .status(1)
    };
    let output = each("stream").stdout("");
    let (error, rest) = output.stderr_text().split_once("PROFILE  ").unwrap();
    // The first refusal in full, with what could be done about it.
    assert!(error.starts_with(
        "xacct: error: AWS refused arn:aws:iam::222222222222:role/PartnerAdmin (profile 'no')"
    ));
    assert!(
        error.contains("  - the role may demand another ExternalId than 'wrong'\n"),
        "{error}"
    );
    assert_eq!(
        without_duration(rest),
        "ACCOUNT       REGION     STATUS  EXIT  WHY
c        222222222222  eu-west-1  failed  -     the command was ended by signal 9
b        222222222222  eu-west-1  failed  3     the command ended with status 3
no       222222222222  eu-west-1  denied  -     AWS refused it: AccessDenied
xacct: 1 ok, 2 failed, 1 denied of 4 in …
  xacct each --retry-failed    runs it again where it did not end well"
    );
    let lines = lines(&each("json"));
    assert_eq!(
        field(&lines, "status"),
        ["failed", "ok", "failed", "denied"]
    );
    assert_eq!(lines[0]["exit_code"], Value::Null);
    assert_eq!(lines[2]["exit_code"], 3);
    let never_ran = &lines[3];
    assert_eq!(
        (&never_ran["stdout"], &never_ran["stderr"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn selectors_choose_in_the_files_order() {
    let sandbox = sandbox();
    let chosen = |selectors: &[&str]| {
        let args = [&["each", "--plan"], selectors].concat();
        let lines = lines(&sandbox.xacct(&args).run().ok());
        field(&lines, "profile").join(" ")
    };
    assert_eq!(chosen(&["b", "c", "a"]), "c a b");
    assert_eq!(chosen(&["[ab]"]), "a b");
    assert_eq!(chosen(&["tag:prod", "tag:test"]), "a b");
    assert_eq!(chosen(&["source:keys"]), "plain c a b");
    assert_eq!(
        chosen(&["account:222222222222", "!source:acme"]),
        "client1 plain c a b"
    );
    assert_eq!(chosen(&["role:Inner", "role:Oper*"]), "client2 chained");
    assert_eq!(chosen(&["source:client2"]), "chained");
    assert_eq!(chosen(&["source:acme"]), "acme-client1");
    assert_eq!(
        chosen(&["all", "!client*", "!acme*", "!keys"]),
        "hub chained plain c a b"
    );
    fs::write(sandbox.home().join("list"), "# mine\n?\n!b # not this\n").unwrap();
    assert_eq!(chosen(&["@list"]), "c a");
    let stdin = sandbox
        .xacct(&["each", "--plan", "@-"])
        .stdin("a\n")
        .run()
        .ok();
    assert_eq!(field(&lines(&stdin), "profile"), ["a"]);
}

#[test]
fn a_selector_that_fits_nothing_ends_it_before_anything() {
    let sandbox = sandbox();
    let wrong = |args: &[&str], error: &str| {
        let args = [&["each"], args, &["--", "touch", "ran"]].concat();
        sandbox
            .xacct(&args)
            .run()
            .status(125)
            .stdout("")
            .stderr(error);
        assert!(!sandbox.home().join("ran").exists());
    };
    wrong(
        &["clinet1"],
        "xacct: error: no profile matches 'clinet1'\n  did you mean 'client1' or \
         'client2' or 'client3'?\n",
    );
    wrong(
        &["all", "!tag:prdo"],
        "xacct: error: no profile matches '!tag:prdo'\n  did you mean 'tag:prod'?\n",
    );
    wrong(
        &["!a"],
        "xacct: error: the selectors only say what to leave out\n  begin with: all\n",
    );
    wrong(
        &["@nowhere"],
        "xacct: error: the selectors in nowhere cannot be read: No such file or directory (os \
         error 2)\n",
    );
    sandbox.asked(&[]);
    // What is no command line is 125 too: 2 could be the command's.
    sandbox.xacct(&["each"]).run().status(125);
    sandbox.xacct(&["each", "a"]).run().status(125);
    sandbox
        .xacct(&["each", "a", "-j", "0", "--", "true"])
        .run()
        .status(125);
}

#[test]
fn everything_that_is_wrong_is_said_before_any_call() {
    let sandbox = sandbox();
    sandbox.add_config(
        "[profile broken1]\nrole_arn = arn:aws:iam::222222222222:role/X\nsource_profile = nobody\n\
         [profile broken2]\nrole_arn = nonsense\nsource_profile = keys\n[profile settings]\nregion \
         = eu-west-1\n",
    );
    let output = sandbox
        .xacct(&["each", "a", "broken*", "--", "touch", "ran"])
        .run()
        .status(125)
        .stdout("");
    let text = output.stderr_text();
    assert!(
        text.contains("could not find source profile 'nobody' referenced from 'broken1'"),
        "{text}"
    );
    assert!(text.contains("role_arn"), "{text}");
    assert!(
        text.contains("xacct: error: 2 of 3 profiles cannot be used: nothing was run\n"),
        "{text}"
    );
    sandbox.asked(&[]);
    assert!(!sandbox.home().join("ran").exists());
    // Profiles that are only settings are no accounts, unless one asks for them by name.
    let output = sandbox
        .xacct(&["each", "all", "!broken*", "!keys", "--plan"])
        .run()
        .ok();
    let names = field(&lines(&output), "profile");
    assert!(
        !names
            .iter()
            .any(|name| name == "settings" || name == "default"),
        "{names:?}"
    );
    sandbox
        .xacct(&["each", "settings", "--", "true"])
        .run()
        .status(125);
}

#[test]
fn a_command_that_cannot_be_run_costs_nothing() {
    let sandbox = Sandbox::start();
    let each = |command: &str| sandbox.xacct(&["each", "client1", "--", command]).run();
    each("no-such-command")
        .status(127)
        .stderr("xacct: error: no-such-command: command not found\n");
    each("/etc/passwd")
        .status(126)
        .stderr("xacct: error: /etc/passwd: it cannot be executed\n");
    sandbox.asked(&[]);
}

#[test]
fn regions_make_a_matrix_of_one_role_each() {
    let sandbox = sandbox();
    let regions = "us-east-1,eu-west-1,us-east-1";
    let script = "echo $AWS_REGION $AWS_DEFAULT_REGION";
    let args = [
        "-q",
        "each",
        "a",
        "b",
        "-j1",
        "--regions",
        regions,
        "--",
        "sh",
        "-c",
        script,
    ];
    sandbox.xacct(&args).run().ok().stdout(
        "a/us-east-1 | us-east-1 us-east-1\na/eu-west-1 | eu-west-1 eu-west-1\n\
         b/us-east-1 | us-east-1 us-east-1\nb/eu-west-1 | eu-west-1 eu-west-1\n",
    );
    assert_eq!(
        sandbox
            .log()
            .iter()
            .map(|r| r.region.clone().unwrap())
            .collect::<Vec<_>>(),
        ["eu-west-1"; 2]
    );
    sandbox.asked(&["AssumeRole"; 2]);
    // Side by side too.
    let args = [
        "-q",
        "each",
        "c",
        "-j9",
        "--regions",
        "eu-west-1,eu-west-2,eu-west-3",
        "--refresh",
        "--",
        "true",
    ];
    sandbox.xacct(&args).run().ok();
    sandbox.asked(&["AssumeRole"]);
    let wrong = sandbox
        .xacct(&["each", "a", "--regions", "../x", "--", "true"])
        .run()
        .status(125);
    wrong.stderr_contains("'../x' is not a valid region; example: eu-west-1");
}

#[test]
fn files_of_what_was_printed() {
    let sandbox = sandbox();
    sandbox.add_config("[profile we/ird]\ninclude_profile = plain\n");
    let script = "echo $XACCT_PROFILE; echo err >&2";
    let args = [
        "-q",
        "each",
        "a",
        "we/ird",
        "--output",
        "none",
        "--output-dir",
        "x/out",
        "--",
        "sh",
        "-c",
        script,
    ];
    sandbox.xacct(&args).run().ok().stdout("");
    let dir = sandbox.home().join("x/out");
    let mut names: Vec<_> = fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let of = |name: &str, end: &str| format!("{name}.222222222222.eu-west-1.{end}");
    assert_eq!(
        names,
        [
            of("a", "err"),
            of("a", "out"),
            of("we%2Fird", "err"),
            of("we%2Fird", "out")
        ]
    );
    let text = |name: String| fs::read_to_string(dir.join(name)).unwrap();
    assert_eq!(text(of("a", "out")), "a\n");
    assert_eq!(text(of("we%2Fird", "err")), "err\n");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(&dir), mode(&dir.join(of("a", "out")))),
        (0o700, 0o600)
    );
    // Beside another output, anew each time; a link that leads out of it is not followed.
    let outside = sandbox.home().join("outside");
    fs::write(&outside, "mine").unwrap();
    fs::remove_file(dir.join(of("a", "err"))).unwrap();
    std::os::unix::fs::symlink(&outside, dir.join(of("a", "err"))).unwrap();
    let args = [
        "-q",
        "each",
        "a",
        "plain",
        "--output",
        "json",
        "--output-dir",
        "x/out",
        "--",
        "echo",
        "b",
    ];
    let lines = lines(&sandbox.xacct(&args).run().status(1));
    assert_eq!(field(&lines, "status"), ["ok", "failed"]);
    assert!(
        lines[1]["error"]
            .as_str()
            .unwrap()
            .starts_with("--output-dir: x/out/a.222222222222.eu-west-1.err: ")
    );
    assert_eq!(fs::read_to_string(outside).unwrap(), "mine");
    assert_eq!(text(of("plain", "out")), "b\n");
}

/// Whatever is in the place of a file: nothing is written through it, nobody is waited for, and
/// nobody else reads it.
#[test]
fn what_is_in_the_place_of_a_file_is_not_written_to() {
    use std::os::unix::fs::{FileTypeExt, MetadataExt, chown};
    let sandbox = sandbox();
    let dir = sandbox.home().join("out");
    fs::create_dir(&dir).unwrap();
    let at = |end: &str| dir.join(format!("a.222222222222.eu-west-1.{end}"));
    let args = [
        "-q",
        "each",
        "a",
        "--output",
        "json",
        "--output-dir",
        "out",
        "--",
        "sh",
        "-c",
        "echo mine",
    ];
    let run = || sandbox.xacct(&args).run();
    let outside = sandbox.home().join("outside");
    let private = |end: &str| {
        let metadata = fs::symlink_metadata(at(end)).unwrap();
        (
            metadata.is_file(),
            metadata.mode() & 0o777,
            metadata.uid(),
            fs::read_to_string(at(end)).unwrap(),
        )
    };
    let uid = rustix::process::geteuid().as_raw();
    let mine = (true, 0o600, uid, "mine\n".to_owned());

    // Files that others can read: one of one's own, one of another user's (as far as a test may
    // make one).
    for (mode, owner) in [(0o644, None), (0o666, Some(65534))] {
        fs::write(at("out"), "before, and longer than what comes").unwrap();
        fs::set_permissions(at("out"), PermissionsExt::from_mode(mode)).unwrap();
        let _ = chown(at("out"), owner.filter(|_| uid == 0), None);
        // Whoever has it open sees nothing.
        let held = fs::File::open(at("out")).unwrap();
        run().ok();
        assert_eq!(private("out"), mine);
        assert_eq!(
            std::io::read_to_string(held).unwrap(),
            "before, and longer than what comes"
        );
    }
    // Another name of another file.
    fs::write(&outside, "theirs").unwrap();
    fs::remove_file(at("out")).unwrap();
    fs::hard_link(&outside, at("out")).unwrap();
    run().ok();
    assert_eq!(
        (private("out"), fs::read_to_string(&outside).unwrap()),
        (mine.clone(), "theirs".to_owned())
    );

    // What is no plain file stays, and is named.
    let refused = |what: &str| {
        let lines = lines(&run().status(1));
        let error = lines[0]["error"].as_str().unwrap();
        assert!(
            error.starts_with("--output-dir: out/a.222222222222.eu-west-1.err: ")
                && error.contains(what)
        );
        assert_eq!(lines[0]["stdout"], Value::Null);
    };
    fs::remove_file(at("err")).unwrap();
    sandbox.program("mkfifo", &[at("err")]).run().ok();
    refused("a named pipe is in the way");
    assert!(
        fs::symlink_metadata(at("err"))
            .unwrap()
            .file_type()
            .is_fifo()
    );
    for (target, is_there) in [
        (outside.as_path(), true),
        (std::path::Path::new("/dev/null"), true),
        (std::path::Path::new("nowhere"), false),
    ] {
        fs::remove_file(at("err")).unwrap();
        std::os::unix::fs::symlink(target, at("err")).unwrap();
        refused("a symbolic link is in the way");
        assert_eq!(at("err").exists(), is_there);
    }
    assert_eq!(fs::read_to_string(&outside).unwrap(), "theirs");
    fs::remove_file(at("err")).unwrap();
    fs::create_dir(at("err")).unwrap();
    refused("a directory is in the way");
    fs::remove_dir(at("err")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("err")).unwrap();
    refused("a device or socket is in the way");
    // Nothing unfinished is left.
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 2);
}

#[test]
fn json_has_nothing_that_would_drive_a_terminal() {
    let sandbox = sandbox();
    // CSI and NEL as one character, marks of direction, a zero-width space, DEL.
    let text = "a\u{9b}31m\u{85}b\u{202e}c\u{2066}d\u{200b}\u{7f}\u{feff}é客😀";
    let args = [
        "-q", "each", "a", "--output", "json", "--", "printf", "%s", text,
    ];
    let output = sandbox.xacct(&args).run();
    assert_eq!(lines(&output)[0]["stdout"], text);
    let output =
        output.stdout_contains("a\\u009b31m\\u0085b\\u202ec\\u2066d\\u200b\\u007f\\ufeffé客😀");
    output.status(0);
    // The same in every other document: a profile's name, here.
    sandbox.add_config("[profile x\u{202e}y]\ninclude_profile = plain\n");
    for args in [
        &["list", "--json"][..],
        &["config", "show", "--json"],
        &["explain", "x\u{202e}y", "--json"],
        &["each", "all", "--plan"],
        &["each", "x*", "--output", "json", "--", "true"],
    ] {
        let output = sandbox.xacct(args).run().status(0);
        let output = output.stdout_contains("x\\u202ey");
        assert!(!output.stdout_text().contains('\u{202e}'), "{args:?}");
    }
}

#[test]
fn role_options_count_for_all() {
    let sandbox = sandbox();
    let args = [
        "-q",
        "each",
        "a",
        "b",
        "--duration",
        "15m",
        "--tag",
        "why=each",
        "--",
        "true",
    ];
    sandbox.xacct(&args).run().ok();
    let log = sandbox.log();
    assert_eq!(log.len(), 2);
    for request in log {
        assert_eq!(request.params["DurationSeconds"], "900");
        assert_eq!(request.params["Tags.member.1.Key"], "why");
    }
}

#[test]
fn selectors_complete() {
    let sandbox = sandbox();
    let complete = |words: &[&str]| {
        let args = [&["--", "xacct", "each"], words].concat();
        let run = sandbox.xacct(&args).env("COMPLETE", "fish").run().ok();
        let names: Vec<&str> = run
            .stdout_text()
            .lines()
            .map(|line| line.split('\t').next().unwrap())
            .collect();
        names.join(" ")
    };
    assert_eq!(complete(&["cli"]), "client1 client2 client3");
    assert_eq!(complete(&["client1", "ac"]), "acme acme-client1");
    assert_eq!(complete(&["a", "--output", "g"]), "group");
}
