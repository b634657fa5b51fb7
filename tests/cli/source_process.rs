//! `credential_process` as a source: how the command is run, what of its output counts, what is
//! kept, who is told what.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::common::{Sandbox, XACCT, cache::now};

/// The sample world with a program in a folder with a space, which counts its runs and shows its
/// arguments.
struct Bench {
    sandbox: Sandbox,
    program: PathBuf,
}

fn start(script: &str) -> Bench {
    let sandbox = Sandbox::start_plain();
    let dir = sandbox.home().join("my tools");
    std::fs::create_dir(&dir).unwrap();
    let program = dir.join("get.sh");
    let counted = "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$@\" >> \"$HOME/runs\"\n";
    std::fs::write(&program, format!("{counted}{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let command = program.display();
    sandbox.add_config(&format!(
        "[profile process]\ncredential_process = \"{command}\" \"a b\" 'c d' e\nregion = \
         eu-west-1\n\
         [profile process-role]\nrole_arn = \
         arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = process\n\
         external_id = client1-7731\nregion = eu-west-1\n"
    ));
    Bench { sandbox, program }
}

/// A script that prints this document.
fn prints(document: &str) -> String {
    format!("cat <<'END'\n{document}\nEND")
}

impl Bench {
    /// How often the program ran, as far as its arguments came through unharmed.
    fn runs(&self) -> usize {
        let text = std::fs::read_to_string(self.sandbox.home().join("runs")).unwrap_or_default();
        assert_eq!(text.replace("3\na b\nc d\ne\n", ""), "");
        text.lines().count() / 4
    }

    /// The line that the command is in.
    fn line(&self) -> usize {
        let config = std::fs::read_to_string(self.sandbox.home().join(".aws/config")).unwrap();
        1 + config
            .lines()
            .position(|line| line.starts_with("credential_process = \"/"))
            .unwrap()
    }

    /// The words with which it fails.
    fn fails(&self, status: i32, words: &str) {
        let output = self
            .sandbox
            .xacct(&["credential-process", "process"])
            .run()
            .status(status)
            .stdout("");
        output.stderr(&format!("xacct: error: {words}\n"));
    }
}

const KEYS: &str = r#"{"Version":1,"AccessKeyId":"AKIARTXV5AHDTEST2YOU","SecretAccessKey":"NotASecret/xacct/sandbox/hub/you/EXAMPLE"}"#;

/// The same as xacct gives it: with `null` for what is not there.
fn given() -> String {
    KEYS.replace(
        '}',
        r#","SessionToken":null,"Expiration":null,"AccountId":null}"#,
    ) + "\n"
}

/// A document of credentials that STS does not know, good for so many seconds.
fn temporary(seconds: i64) -> String {
    let at = chrono::DateTime::from_timestamp(now() + seconds, 0).unwrap();
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    format!(
        r#"{{"Version":1,"AccessKeyId":"ASIAPROCESSPROCESS01","SecretAccessKey":"hidden-secret","SessionToken":"hidden-token","Expiration":"{at}"}}"#
    )
}

#[test]
fn what_has_an_end_is_kept_until_then() {
    let bench = start(&prints(&temporary(3600)));
    for _ in 0..3 {
        assert_eq!(bench.sandbox.key_id("process"), "ASIAPROCESSPROCESS01");
    }
    assert_eq!(bench.runs(), 1);
    bench.sandbox.asked(&[]);
}

#[test]
fn renewed_with_a_quarter_of_an_hour_left_and_never_past_the_end() {
    let bench = start(&format!(
        "[ ! -e \"$HOME/broken\" ] || exit 3\n{}",
        prints(&temporary(3600))
    ));
    bench.sandbox.key_id("process");
    bench.sandbox.leave("process", 800);
    bench.sandbox.key_id("process");
    assert_eq!(bench.runs(), 2);
    // While it fails, what is left is served, with a word; after that, nothing is.
    std::fs::write(bench.sandbox.home().join("broken"), "").unwrap();
    bench.sandbox.leave("process", 800);
    let late = bench
        .sandbox
        .xacct(&["credential-process", "process"])
        .run()
        .status(0);
    late.stderr_contains(
        "warning: credential_process of profile 'process' failed: exit status: 3; \
                          the cached credentials are good for another ",
    );
    bench.sandbox.leave("process", -1);
    bench.fails(
        1,
        "credential_process of profile 'process' failed: exit status: 3",
    );
}

#[test]
fn an_answer_counts_only_while_all_that_decides_it_is_the_same() {
    let bench = start(&prints(&temporary(3600)));
    let sandbox = &bench.sandbox;
    let home = sandbox.home().to_owned();
    let elsewhere = home.join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let command = format!("\"{}\" \"a b\" 'c d' e", bench.program.display());
    sandbox.add_config(&format!(
        "[profile input]\ncredential_process = T=$TEAM F=input.json {command}\nregion = eu-west-1\n"
    ));
    let mut runs = 0;
    let mut at =
        |change: &str, set: &dyn Fn(crate::common::Cmd) -> crate::common::Cmd, is_new: bool| {
            runs += usize::from(is_new);
            for _ in 0..2 {
                let run = set(sandbox.xacct(&["credential-process", "input"])).run();
                assert_eq!(run.ok().key_id(), "ASIAPROCESSPROCESS01", "{change}");
                assert_eq!(bench.runs(), runs, "{change}");
            }
        };
    at("the first", &|cmd| cmd, true);
    at(
        "a variable that nobody mentions",
        &|cmd| cmd.env("COLUMNS", "77"),
        false,
    );
    at(
        "one that the command mentions",
        &|cmd| cmd.env("TEAM", "b"),
        true,
    );
    at(
        "one that every SDK reads",
        &|cmd| cmd.env("AWS_PROFILE", "another"),
        true,
    );
    at(
        "another directory",
        &|cmd| cmd.current_dir(&elsewhere),
        true,
    );
    at("back again", &|cmd| cmd, false);
    std::fs::write(home.join("input.json"), "1").unwrap();
    at(
        "a file that was not there",
        &|cmd| cmd.current_dir(&home),
        true,
    );
    std::fs::write(home.join("input.json"), "22").unwrap();
    at("what is in it", &|cmd| cmd.current_dir(&home), true);
    let copy = home.join("copy");
    std::fs::copy(&bench.program, &copy).unwrap();
    std::fs::rename(&copy, &bench.program).unwrap();
    at("the program itself", &|cmd| cmd.current_dir(&home), true);
    sandbox.asked(&[]);
}

#[test]
fn a_process_need_not_be_remembered() {
    let bench = start(&prints(&temporary(3600)));
    let sandbox = &bench.sandbox;
    let command = format!("\"{}\" \"a b\" 'c d' e", bench.program.display());
    let set = |name: &str, value: &str| {
        let source = format!(
            "credential_process = {command}\ncredential_process_cache = {value}\nregion = \
             eu-west-1\n"
        );
        sandbox.add_config(&format!("[profile {name}]\n{source}"));
    };
    set("off", "off");
    set("on", "on");
    set("never", "never");
    for runs in 1..=2 {
        sandbox.key_id("off");
        assert_eq!((bench.runs(), sandbox.entries().len()), (runs, 0));
    }
    for _ in 0..2 {
        sandbox.key_id("on");
        assert_eq!(bench.runs(), 3);
    }
    let wrong = sandbox
        .xacct(&["credential-process", "never"])
        .run()
        .status(3);
    let said = "credential_process_cache = 'never' is neither on nor off\n  write \
                credential_process_cache = off\n";
    wrong.stderr_contains(said);
}

#[test]
fn a_role_below_a_process_that_is_not_remembered_is_asked_for_each_time() {
    let bench = start(&prints(KEYS));
    let sandbox = &bench.sandbox;
    let path = sandbox.home().join(".aws/config");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace(
        "[profile process]",
        "[profile process]\ncredential_process_cache = off",
    );
    std::fs::write(&path, text).unwrap();
    for runs in 1..=2 {
        sandbox.key_id("process-role");
        assert_eq!((bench.runs(), sandbox.entries().len()), (runs, 0));
    }
    sandbox.asked(&["AssumeRole", "AssumeRole"]);
}

#[test]
fn what_has_no_end_is_never_kept_but_what_it_signs_for_is() {
    let bench = start(&prints(KEYS));
    for _ in 0..2 {
        bench
            .sandbox
            .xacct(&["credential-process", "process"])
            .run()
            .ok()
            .stdout(&given());
    }
    assert_eq!(bench.runs(), 2);
    assert!(bench.sandbox.entries().is_empty());
    for _ in 0..2 {
        bench.sandbox.key_id("process-role");
    }
    assert_eq!(bench.runs(), 3);
    bench.sandbox.asked(&["AssumeRole"]);
}

#[test]
fn ten_at_once_run_it_once() {
    let bench = start(&prints(&temporary(3600)));
    let run = || {
        bench
            .sandbox
            .xacct(&["credential-process", "process"])
            .spawn()
    };
    let running: Vec<_> = (0..10).map(|_| run()).collect();
    for one in running {
        assert_eq!(one.wait().status(0).key_id(), "ASIAPROCESSPROCESS01");
    }
    assert_eq!(bench.runs(), 1);
}

#[test]
fn its_failure_is_told_and_its_stderr_seen() {
    let bench = start("echo 'sign in first' >&2\nexit 3");
    let output = bench
        .sandbox
        .xacct(&["credential-process", "process"])
        .run()
        .status(1)
        .stdout("");
    output.stderr(
        "sign in first\nxacct: error: credential_process of profile 'process' failed: exit status: \
         3\n",
    );
    let output = bench
        .sandbox
        .xacct(&["exec", "process-role", "--", "true"])
        .run()
        .status(125);
    output
        .stderr_contains("sign in first\n")
        .stderr_contains("'process' failed: exit status: 3");
    bench.sandbox.edit_config("get.sh", "gone.sh");
    let output = bench
        .sandbox
        .xacct(&["credential-process", "process"])
        .run()
        .status(1)
        .stdout("");
    output
        .stderr_contains("gone.sh")
        .stderr_contains("failed: exit status: 127");
}

#[test]
fn output_that_is_no_credentials_is_not_repeated() {
    let wrong = "credential_process of profile 'process': ";
    for (script, words) in [
        ("echo hidden-secret", "it printed no JSON object"),
        (
            &*format!("echo done; {}", prints(KEYS)),
            "it printed no JSON object",
        ),
        (
            r#"echo '{"Version":2,"AccessKeyId":"A","SecretAccessKey":"hidden-secret"}'"#,
            "its JSON has Version 2; only 1 is known",
        ),
        (
            &prints(&temporary(60).replace("Z\"", "\"")),
            "its Expiration is not a time with an offset, like 2026-11-22T17:03:00Z",
        ),
        (
            &prints(&temporary(60).replace("\"Version\"", "\"AccountId\":\"12\",\"Version\"")),
            "in its JSON, AccountId is not twelve digits",
        ),
        (
            "head -c 70000 /dev/zero | tr '\\0' x; exit 0",
            "it printed more than 65536 bytes",
        ),
    ] {
        let bench = start(script);
        let hint = "  run its command by itself: it must print one JSON object and nothing else, \
                    with Version 1, AccessKeyId and \
                    SecretAccessKey, and for temporary keys SessionToken and Expiration\n";
        let line = bench.line();
        bench
            .sandbox
            .xacct(&["credential-process", "process"])
            .run()
            .status(3)
            .stdout("")
            .stderr(&format!(
                "xacct: error: ~/.aws/config:{line}: {wrong}{words}\n{hint}"
            ));
        assert!(bench.sandbox.entries().is_empty());
    }
    let bench = start(&prints(&temporary(-1)));
    bench.fails(
        4,
        "the source of 'process' gave credentials that have expired",
    );
    assert!(bench.sandbox.entries().is_empty());
}

#[test]
fn it_gets_the_terminal_but_neither_our_code_nor_our_output() {
    let bench = start(&format!(
        "read line; echo \"$line ${{XACCT_MFA_CODE:-none}} $XACCT_PROFILE_CHAIN\" >&2\n{}",
        prints(KEYS)
    ));
    let run = bench
        .sandbox
        .xacct(&["credential-process", "process"])
        .env("XACCT_MFA_CODE", "123456");
    run.stdin("typed\n")
        .run()
        .status(0)
        .stdout(&given())
        .stderr("typed none process\n");
}

#[test]
fn two_profiles_that_start_each_other_are_told_apart_from_work() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(&format!(
        "[profile ping]\ncredential_process = \"{XACCT}\" credential-process pong\nregion = \
         eu-west-1\n\
         [profile pong]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = \
         pung\n\
         [profile pung]\ncredential_process = \"{XACCT}\" credential-process ping\n\
         [profile self]\ncredential_process = \"{XACCT}\" credential-process --no-input self\n\
         [profile through]\ncredential_process = \"{XACCT}\" credential-process plain\nregion = \
         eu-west-1\n"
    ));
    let output = sandbox
        .xacct(&["credential-process", "ping"])
        .run()
        .status(1)
        .stdout("");
    let line = "profile 'ping' gets its credentials from a process that asks for 'ping': ping → \
                pung → ping\n";
    output
        .stderr_contains(line)
        .stderr_contains("  one of these profiles must get its credentials from elsewhere\n");
    let output = sandbox
        .xacct(&["credential-process", "self"])
        .run()
        .status(3)
        .stdout("");
    output.stderr_contains(
        "profile 'self' gets its credentials from `xacct credential-process self`: itself",
    );
    // xacct in xacct is nothing wrong in itself.
    assert_eq!(sandbox.key_id("through"), sandbox.key_id("plain"));
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn ctrl_c_ends_both() {
    let bench = start("echo started >&2; exec sleep 60");
    let mut pty = bench.sandbox.pty(&["credential-process", "process"]);
    pty.expect("started");
    pty.interrupt();
    assert_eq!(pty.wait().0, 130);
}

/// Ctrl-C goes to both, and the program may be the first to end.
#[test]
fn a_process_that_was_interrupted_is_no_failure_of_its_own() {
    for end in ["kill -INT $$", "sh -c 'kill -INT $$'; exit $?", "exit 130"] {
        let bench = start(end);
        let run = bench
            .sandbox
            .xacct(&["credential-process", "process"])
            .run()
            .status(130);
        run.stdout("").stderr_contains("interrupted");
    }
}

/// What `--no-input` forbids, it forbids to the xacct that the line starts too.
#[test]
fn nobody_is_asked_in_our_stead() {
    let sandbox = Sandbox::start();
    sandbox.add_config(&format!(
        "[profile nested]\ncredential_process = {XACCT} credential-process client2\nregion = \
         eu-west-1\n"
    ));
    let refused = "xacct: error: an MFA code for arn:aws:iam::111111111111:mfa/you is needed, and \
                   XACCT_NO_INPUT forbids asking";
    for (args, env) in [
        (&["whoami", "nested", "--no-input"][..], &[][..]),
        (&["whoami", "nested"], &[("XACCT_NO_INPUT", "1")]),
        (&["credential-process", "nested", "--no-input"], &[]),
    ] {
        let (status, screen) = sandbox
            .pty_with(args, &[env, &[("NO_COLOR", "1")]].concat())
            .wait();
        assert_eq!(
            (status, screen.contains(refused)),
            (1, true),
            "{args:?}: {screen}"
        );
    }
    // Without it, the inner one asks.
    let mut pty = sandbox.pty(&["whoami", "nested"]);
    pty.expect("(profile client2): ");
    pty.send_line(&sandbox.fresh_code());
    pty.expect("333333333333");
    assert_eq!(pty.wait().0, 0);
}

/// What the process does not say, the profile may: of keys, of a session below them, and never over
/// the process.
#[test]
fn the_account_of_the_profile_counts_if_the_process_names_none() {
    let bench = start(&prints(&temporary(3600)));
    let account = |bench: &Bench| {
        let run = bench
            .sandbox
            .xacct(&["credential-process", "process"])
            .run()
            .ok();
        run.json()["AccountId"].clone()
    };
    bench.sandbox.edit_config(
        "[profile process]\n",
        "[profile process]\naws_account_id = 111111111111\n",
    );
    assert_eq!(account(&bench), "111111111111");
    // From the cache, too.
    assert_eq!((account(&bench), bench.runs()), ("111111111111".into(), 1));
    let said = temporary(3600).replace('}', r#","AccountId":"222222222222"}"#);
    let other = start(&prints(&said));
    other.sandbox.edit_config(
        "[profile process]\n",
        "[profile process]\naws_account_id = 111111111111\n",
    );
    assert_eq!(account(&other), "222222222222");
    // `hub` with MFA gives a session, whose account STS does not say.
    let sandbox = Sandbox::start();
    let keys = std::fs::read_to_string(sandbox.home().join(".aws/credentials")).unwrap();
    sandbox.write_credentials(&(keys.trim_end().to_owned() + "\naws_account_id = 111111111111\n"));
    let code = sandbox.fresh_code();
    let run = sandbox
        .xacct(&["credential-process", "hub", "--mfa-code", &code])
        .run()
        .ok();
    assert_eq!(run.json()["AccountId"], "111111111111");
}

/// `assume` has put a role's keys into the shell: a process gets the user's own, which its answer
/// is kept under.
#[test]
fn a_process_runs_in_the_environment_that_its_answer_is_kept_under() {
    let sandbox = Sandbox::start_plain();
    let script = sandbox.home().join("print.sh");
    let at = chrono::DateTime::from_timestamp(now() + 3600, 0)
        .unwrap()
        .to_rfc3339();
    let json = format!(
        r#"{{"Version":1,"AccessKeyId":"'$AWS_ACCESS_KEY_ID'","SecretAccessKey":"'$AWS_SECRET_ACCESS_KEY'","SessionToken":"'$AWS_SESSION_TOKEN'","Expiration":"{at}"}}"#
    );
    std::fs::write(&script, format!("echo '{json}'\n")).unwrap();
    sandbox.add_config(&format!(
        "[profile mine]\ncredential_process = sh {}\nregion = eu-west-1\n",
        script.display()
    ));
    let both = "eval \"$($0 assume plain)\" && $0 credential-process mine";
    let own = |program: crate::common::Cmd| {
        program
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "own-secret")
    };
    let given = own(sandbox.program("sh", &["-c", both, XACCT])).run().ok();
    assert_eq!(given.key_id(), "AKIAIOSFODNN7EXAMPLE");
}

/// xacct has a cache of its own, which knows what is meant now, and what was forgotten.
#[test]
fn what_another_xacct_gives_is_asked_for_each_time() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(&format!(
        "[profile sdk]\ncredential_process = {XACCT} credential-process plain\nregion = eu-west-1\n"
    ));
    let first = sandbox.key_id("sdk");
    assert_eq!(sandbox.key_id("sdk"), first);
    sandbox.asked(&["AssumeRole"]);
    sandbox.xacct(&["clear", "plain"]).run().status(0);
    assert_ne!(sandbox.key_id("sdk"), first);
    sandbox.asked(&["AssumeRole"]);
    sandbox.edit_config("[profile plain]", "[profile plain]\nread_only = true");
    sandbox.key_id("sdk");
    assert_eq!(
        sandbox.log()[0].params["PolicyArns.member.1.arn"],
        "arn:aws:iam::aws:policy/ReadOnlyAccess"
    );
}

/// Which files the answer comes from, the words do not say: then it is not used again.
#[test]
fn what_the_words_do_not_tell_is_not_kept() {
    let sandbox = Sandbox::start_plain();
    let home = sandbox.home().display();
    std::fs::create_dir(sandbox.home().join("d")).unwrap();
    let answer = sandbox.home().join("d/cred.json");
    let commands = [
        format!("cat {home}/d/*.json"),
        format!("cd {home}/d && cat cred.json"),
        format!("cat ${{NOWHERE:-{home}}}/d/cred.json"),
        format!("find {home}/d -type f -exec cat {{}} +"),
        format!("sh -c 'cat <{home}/d/cred.json'"),
        format!("awk -f{home}/d/program"),
        "printenv MY_CREDS".to_owned(),
    ];
    let profile = |(n, command): (usize, &String)| {
        format!("[profile p{n}]\ncredential_process = {command}\nregion = eu-west-1\n")
    };
    sandbox.add_config(&commands.iter().enumerate().map(profile).collect::<String>());
    let key = |n: usize, id: &str| {
        let text = temporary(3600).replace("ASIAPROCESSPROCESS01", id);
        std::fs::write(&answer, &text).unwrap();
        let program = format!("BEGIN {{ print \"{}\" }}\n", text.replace('"', "\\\""));
        std::fs::write(sandbox.home().join("d/program"), program).unwrap();
        sandbox
            .xacct(&["credential-process", &format!("p{n}")])
            .env("MY_CREDS", text)
            .run()
            .ok()
            .key_id()
    };
    for (n, command) in commands.iter().enumerate() {
        for id in ["ASIAPROCESSPROCESS11", "ASIAPROCESSPROCESS22"] {
            if command.contains("find") {
                let _ = std::fs::remove_file(sandbox.home().join("d/program"));
                std::fs::write(&answer, temporary(3600).replace("ASIAPROCESSPROCESS01", id))
                    .unwrap();
                assert_eq!(sandbox.key_id(&format!("p{n}")), id, "{command}");
            } else {
                assert_eq!(key(n, id), id, "{command}");
            }
        }
        let _ = std::fs::remove_file(sandbox.home().join("d/program"));
    }
}

#[test]
fn a_cache_key_without_a_process_is_refused() {
    let bench = start(&prints(&temporary(3600)));
    bench.sandbox.edit_config(
        "source_profile = process\n",
        "source_profile = process\ncredential_process_cache = off\n",
    );
    let refused = bench
        .sandbox
        .xacct(&["credential-process", "process-role"])
        .run()
        .status(3);
    refused.stderr_contains(
        ": credential_process_cache is for a profile with a credential_process\n  write it next to \
         ",
    );
}
