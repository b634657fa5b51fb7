//! `assume` and `unset` in the real shells, which ask xacct themselves: what programs get
//! afterwards is byte for byte what `--format json` says, nothing in a name or a region runs, and a
//! failure leaves nothing of the profile before.
//!
//! No `--shell` is given anywhere: xacct finds the shell from its parent, against a `$SHELL` that
//! says another. A shell that is not installed is skipped aloud, or with `XACCT_TEST_REQUIRE_ALL=1`
//! a failure. PowerShell and cmd cannot be had on Linux.

#![cfg(unix)]

use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::common::shells::{Variables, dumped, found, given, prepared, sandbox, wanted};
use crate::common::{Cmd, Sandbox};

/// One way to evaluate what xacct prints, in one shell. `@` stands for what differs from use to
/// use.
struct Way {
    program: &'static str,
    args: &'static [&'static str],
    /// The value of `--shell` that detection must amount to.
    shell: &'static str,
    /// Evaluates what `xacct @` prints.
    eval: &'static str,
    /// The environment variable `@` as one word.
    word: &'static str,
    /// Writes the environment of a child to the file `@`.
    dump: &'static str,
    /// Does `@`, then `touch ran` unless it failed, and prints its status, as far as the shell has
    /// one.
    then: &'static str,
}

const UNQUOTED: &str = "eval $(xacct @)";
const QUOTED: &str = "eval \"$(xacct @)\"";

const fn sh(program: &'static str, args: &'static [&'static str], eval: &'static str) -> Way {
    let (word, dump, then) = ("\"$@\"", "env -0 > @", "@ && touch ran; echo $?");
    Way {
        program,
        args,
        shell: program,
        eval,
        word,
        dump,
        then,
    }
}

const fn fish(eval: &'static str) -> Way {
    Way {
        word: "$@",
        then: "@ && touch ran; echo $status",
        ..sh("fish", &["-Nc"], eval)
    }
}

/// nu has no statement that fails and takes variables out: there, what follows does run, without
/// credentials.
const fn nu(eval: &'static str) -> Way {
    Way {
        word: "$env.@",
        dump: "^env -0 out> @",
        then: "@",
        ..sh("nu", &["-n", "-c"], eval)
    }
}

const WAYS: [Way; 15] = [
    Way {
        shell: "sh",
        ..sh("dash", &["-c"], UNQUOTED)
    },
    Way {
        shell: "sh",
        ..sh("dash", &["-uc"], QUOTED)
    },
    sh("bash", &["-c"], UNQUOTED),
    sh("bash", &["-uc"], QUOTED),
    sh("bash", &["--posix", "-c"], UNQUOTED),
    sh("bash", &["-O", "failglob", "-O", "extglob", "-c"], UNQUOTED),
    sh("zsh", &["-fc"], UNQUOTED),
    sh("zsh", &["-fc"], QUOTED),
    sh(
        "zsh",
        &[
            "-f",
            "-o",
            "extendedglob",
            "-o",
            "globsubst",
            "-o",
            "shwordsplit",
            "-c",
        ],
        UNQUOTED,
    ),
    fish("eval (xacct @)"),
    fish("xacct @ | source"),
    Way {
        word: "$@:q",
        then: "@ && touch ran; echo $status",
        ..sh("tcsh", &["-fc"], "eval `xacct @`")
    },
    Way {
        word: "$E:@",
        then: "try { @; touch ran } catch e \
               { echo $e[reason][exceptions][0][reason][exit-status] }",
        ..sh("elvish", &["-norc", "-c"], "xacct @ | eval (slurp)")
    },
    nu("xacct @ | from json | load-env"),
    nu("load-env (xacct @ | from json)"),
];

/// Names that nobody should give a profile, and regions that no region has.
const HOSTILE: [&str; 21] = [
    "my client",
    "  two  blanks  ",
    "it's",
    "\"quoted\"",
    "$(touch ran)",
    "`touch ran`",
    "${HOME}",
    "x; touch ran;",
    "x && touch ran",
    "x | touch ran",
    "*",
    "[a-z]?",
    "{a,b}",
    "größe 客户 🔑",
    "-leading",
    "--print",
    "a\\b\\",
    "!!",
    "#x",
    "~",
    "%s=<1-9>^(a|b)",
];

impl Way {
    /// The statement that evaluates `xacct …`.
    fn evaluate(&self, words: &str) -> String {
        self.eval.replace('@', words)
    }

    /// The statement that has a child write its environment to the file.
    fn dump(&self, file: &str) -> String {
        self.dump.replace('@', file)
    }

    /// Runs the script in this shell, with `xacct` to be found; `None` where the shell is not
    /// installed.
    fn run(&self, sandbox: &Sandbox, dir: &Path, script: &str) -> Option<Cmd> {
        let program = found(self.program)?;
        let args: Vec<&str> = self.args.iter().copied().chain([script]).collect();
        Some(prepared(
            sandbox.program(program, &args),
            dir,
            self.misleading(),
        ))
    }

    /// A `$SHELL` that is not this one.
    fn misleading(&self) -> &'static str {
        if self.shell == "fish" {
            "/bin/bash"
        } else {
            "/usr/bin/fish"
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {}", self.program, self.args, self.eval)
    }
}

/// Profiles with every hostile name: every other one is a role's. A hostile region is refused
/// before anything is printed.
fn write_hostile_profiles(sandbox: &Sandbox) {
    let profiles = HOSTILE.iter().enumerate().map(|(at, name)| {
        let name = toml(name);
        let keys = match at % 2 {
            0 => format!(
                "aws_access_key_id = \"AKIAHOSTILE{at:09}\"\naws_secret_access_key \
                 = \"s+/{at}\"\nregion = \"eu-west-1\"\n"
            ),
            _ => "role_arn = \"arn:aws:iam::222222222222:role/PartnerAdmin\"\nsource_profile \
                  = \"hub\"\n\
                  external_id = \"client1-7731\"\nrole_session_name = \"you\"\n"
                .to_owned(),
        };
        format!("[profile.{name}]\n{keys}")
    });
    sandbox.write_settings(&profiles.collect::<String>());
}

fn toml(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Files for a pattern to find, and a place to run in.
fn bait() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in [
        "a",
        "b",
        "export",
        "XACCT_PROFILE=x",
        "AWS_REGION=x",
        "040b'`\";",
    ] {
        fs::write(dir.path().join(name), "").unwrap();
    }
    dir
}

#[test]
fn the_environment_is_what_the_json_says() {
    let sandbox = sandbox();
    write_hostile_profiles(&sandbox);
    let all: Vec<Variables> = HOSTILE
        .iter()
        .map(|name| wanted(&sandbox, &["--", name]))
        .collect();
    assert_eq!(all[0]["XACCT_PROFILE"], HOSTILE[0]);
    assert!(!all[0].contains_key("AWS_SESSION_TOKEN") && all[1].contains_key("AWS_SESSION_TOKEN"));
    for way in &WAYS {
        // One shell for all, so that each profile must take out what the one before has put in.
        let part = |at: usize| {
            let word = way.word.replace('@', &format!("V{at}"));
            format!(
                "{}; {}",
                way.evaluate(&format!("assume -- {word}")),
                way.dump(&format!("env{at}"))
            )
        };
        let script: Vec<String> = (0..HOSTILE.len()).map(part).collect();
        let dir = bait();
        let Some(mut run) = way.run(&sandbox, dir.path(), &script.join("; ")) else {
            continue;
        };
        for (at, name) in HOSTILE.iter().enumerate() {
            run = run.env(format!("V{at}"), name);
        }
        run.env("AWS_PROFILE", "old")
            .env("AWS_ROLE_ARN", "old")
            .run()
            .ok()
            .stdout("");
        assert!(!dir.path().join("ran").exists(), "{way} ran something");
        for (at, wanted) in all.iter().enumerate() {
            assert_eq!(
                dumped(&dir.path().join(format!("env{at}"))),
                *wanted,
                "{way}: {}",
                HOSTILE[at]
            );
        }
    }
}

#[test]
fn unset_leaves_nothing() {
    let sandbox = sandbox();
    for way in &WAYS {
        let script = [
            way.evaluate("assume client1"),
            way.dump("before"),
            way.evaluate("unset"),
            way.dump("after"),
        ];
        let dir = bait();
        let Some(run) = way.run(&sandbox, dir.path(), &script.join("; ")) else {
            continue;
        };
        run.run().ok().stdout("");
        assert_eq!(
            dumped(&dir.path().join("before")),
            wanted(&sandbox, &["client1"]),
            "{way}"
        );
        assert_eq!(dumped(&dir.path().join("after")), given(&sandbox), "{way}");
    }
}

/// Whatever the user had there before, it comes back as it was, and nothing in it runs.
#[test]
fn the_users_own_values_come_back() {
    let sandbox = sandbox();
    let names = [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_FILE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    ];
    for (way, hostile) in WAYS
        .iter()
        .flat_map(|way| HOSTILE.chunks(names.len()).map(move |some| (way, some)))
    {
        let script = ["assume client1", "assume typo", "assume client1", "unset"]
            .map(|words| way.evaluate(words));
        // A failure ends the script there.
        let ends =
            |statement: &&str| ["nu", "elvish"].contains(&way.shell) && statement.contains("typo");
        let script: Vec<&str> = script
            .iter()
            .map(String::as_str)
            .filter(|s| !ends(s))
            .collect();
        let dir = bait();
        let script = format!("{}; {}", script.join("; "), way.dump("after"));
        let Some(mut run) = way.run(&sandbox, dir.path(), &script) else {
            continue;
        };
        let mut expected = given(&sandbox);
        for (name, value) in names.iter().zip(hostile) {
            run = run.env(name, value);
            expected.insert((*name).to_owned(), (*value).to_owned());
        }
        drop(run.run());
        assert!(!dir.path().join("ran").exists(), "{way} ran something");
        assert_eq!(dumped(&dir.path().join("after")), expected, "{way}");
    }
}

/// Since 0.109 or so a failure anywhere in a pipeline ends a nu script with its status, before
/// `load-env` and before anything that follows: nothing ran, and there is no shell left to look
/// into.
fn ended(way: &Way, dir: &Path) -> bool {
    way.shell == "nu" && !dir.join("after").exists() && !dir.join("ran").exists()
}

/// `eval $(xacct assume typo) && terraform apply` must not run, and least of all in the last
/// account.
#[test]
fn a_failure_runs_nothing_and_leaves_nothing() {
    let sandbox = sandbox();
    for way in &WAYS {
        for (words, status, message) in [
            ("assume typo", "3\n", "xacct: error: no profile 'typo'"),
            (
                "assume client1 --external-id wrong",
                "4\n",
                "xacct: error: AWS refused",
            ),
            (
                "assume client1 --no-such-option",
                "2\n",
                "xacct: error: unexpected argument '--no-such-option'",
            ),
            ("assume", "2\n", "xacct: error: missing <PROFILE>"),
            (
                "assume client2 --no-input",
                "5\n",
                "and --no-input forbids asking",
            ),
            (
                "asume client1",
                "2\n",
                "xacct: error: unknown command 'asume'",
            ),
        ] {
            let failing = way.then.replace('@', &way.evaluate(words));
            let script = [
                way.evaluate("assume client1"),
                way.dump("before"),
                failing,
                way.dump("after"),
            ];
            let dir = bait();
            let Some(run) = way.run(&sandbox, dir.path(), &script.join("; ")) else {
                continue;
            };
            let output = run.run().stderr_contains(message);
            assert!(
                dumped(&dir.path().join("before")).contains_key("AWS_SESSION_TOKEN"),
                "{way} {words}"
            );
            if ended(way, dir.path()) {
                output.status(status.trim().parse().unwrap()).stdout("");
                continue;
            }
            let output = output.status(0);
            assert_eq!(
                dumped(&dir.path().join("after")),
                given(&sandbox),
                "{way} {words}"
            );
            if way.shell != "nu" {
                output.stdout(status);
                assert!(
                    !dir.path().join("ran").exists(),
                    "{way} {words}: what came behind it ran"
                );
            }
        }
    }
}

/// What cannot be put into the statements is a failure like any other.
#[test]
fn a_name_that_a_shell_cannot_hold_is_a_failure() {
    let sandbox = sandbox();
    sandbox.write_settings(
        "[profile.\"a\\nb\"]\naws_access_key_id = \"AKIAHOSTILE000000\"\naws_secret_access_key \
         = \"s\"\n\
         region = \"eu-west-1\"\n",
    );
    let failed = sandbox
        .xacct(&["assume", "a\nb", "--shell", "tcsh"])
        .run()
        .status(3)
        .stderr(
            "xacct: error: XACCT_PROFILE would hold a line break, which tcsh cannot be given: use \
         'xacct exec' instead\n",
        );
    sandbox
        .xacct(&["assume", "typo", "--shell", "tcsh"])
        .run()
        .status(3)
        .stdout(failed.stdout_text());
}

#[test]
fn the_shell_is_found_from_the_parent() {
    let sandbox = sandbox();
    for way in &WAYS {
        let dir = bait();
        // Two commands, so that no shell makes way for the only one.
        let script = "xacct assume client1; xacct assume client1 --shell ";
        let Some(run) = way.run(&sandbox, dir.path(), &format!("{script}{}", way.shell)) else {
            continue;
        };
        let output = run.run().ok();
        let (found, named) = output
            .stdout_text()
            .split_at(output.stdout_text().len() / 2);
        assert_eq!(found, named, "{way}");
        assert!(found.contains("AWS_SESSION_TOKEN"), "{way}: {found}");
    }
}

/// In a script the process is called by the script's name, and the shell is in its first line.
#[test]
fn the_shell_of_a_script_is_found_too() {
    let sandbox = sandbox();
    for way in WAYS.iter().filter(|way| way.args[0].len() < 4) {
        let Some(program) = found(way.program) else {
            continue;
        };
        let dir = bait();
        let script = dir.path().join("deploy");
        let text = [
            way.evaluate("assume client1"),
            way.dump("before"),
            way.then.replace('@', &way.evaluate("assume typo")),
            way.dump("after"),
        ];
        let flag = if way.shell == "tcsh" || way.shell == "zsh" {
            " -f"
        } else {
            ""
        };
        fs::write(
            &script,
            format!("#!{}{flag}\n{}\n", program.display(), text.join("\n")),
        )
        .unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let run = prepared(
            sandbox.program(&script, &[""; 0]),
            dir.path(),
            way.misleading(),
        );
        let output = run.run().stderr_contains("no profile 'typo'");
        assert_eq!(
            dumped(&dir.path().join("before")),
            wanted(&sandbox, &["client1"]),
            "{way}"
        );
        if ended(way, dir.path()) {
            output.status(3).stdout("");
            continue;
        }
        output.status(0);
        assert_eq!(dumped(&dir.path().join("after")), given(&sandbox), "{way}");
        assert!(
            way.shell == "nu" || !dir.path().join("ran").exists(),
            "{way}"
        );
    }
}
