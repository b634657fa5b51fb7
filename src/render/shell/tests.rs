//! The statements, evaluated by the real shells: exact bytes arrive, nothing runs, a failure is a
//! failure.
//!
//! A shell that is not installed is skipped aloud, or with `XACCT_TEST_REQUIRE_ALL=1` a failure.
//! PowerShell and cmd cannot be had on Linux: `exact_tests` has their outputs, and everybody's.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;

use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest::test_runner::TestRunner;

use super::*;
use crate::env::Env;

/// One way to evaluate what xacct printed (the file `statements` in the current directory) in a
/// real shell.
struct Way {
    shell: Shell,
    program: &'static str,
    args: &'static [&'static str],
    /// Goes before `then`, and ends the statement.
    eval: &'static str,
}

const fn way(
    shell: Shell,
    program: &'static str,
    args: &'static [&'static str],
    eval: &'static str,
) -> Way {
    Way {
        shell,
        program,
        args,
        eval,
    }
}

const UNQUOTED: &str = "eval $(cat statements)";
const QUOTED: &str = "eval \"$(cat statements)\"";

const WAYS: [Way; 18] = [
    way(Shell::Sh, "dash", &["-c"], UNQUOTED),
    way(Shell::Sh, "dash", &["-c"], QUOTED),
    way(Shell::Sh, "dash", &["-uc"], UNQUOTED),
    way(Shell::Sh, "bash", &["--posix", "-c"], UNQUOTED),
    way(Shell::Bash, "bash", &["-c"], UNQUOTED),
    way(Shell::Bash, "bash", &["-c"], QUOTED),
    way(
        Shell::Bash,
        "bash",
        &["-O", "nullglob", "-O", "extglob", "-O", "dotglob", "-c"],
        UNQUOTED,
    ),
    way(
        Shell::Bash,
        "bash",
        &["-O", "failglob", "-O", "extglob", "-uc"],
        UNQUOTED,
    ),
    way(Shell::Bash, "bash", &["-H", "-c"], UNQUOTED),
    way(Shell::Zsh, "zsh", &["-fc"], UNQUOTED),
    way(Shell::Zsh, "zsh", &["-fc"], QUOTED),
    way(
        Shell::Zsh,
        "zsh",
        &["-f", "-o", "extendedglob", "-o", "globsubst", "-c"],
        UNQUOTED,
    ),
    way(
        Shell::Zsh,
        "zsh",
        &["-f", "-o", "shwordsplit", "-o", "magicequalsubst", "-c"],
        UNQUOTED,
    ),
    way(Shell::Fish, "fish", &["-Nc"], "eval (cat statements)"),
    way(Shell::Fish, "fish", &["-Nc"], "cat statements | source"),
    way(Shell::Tcsh, "tcsh", &["-fc"], "eval `cat statements`"),
    way(
        Shell::Elvish,
        "elvish",
        &["-norc", "-c"],
        "eval (cat statements | slurp)",
    ),
    way(
        Shell::Nu,
        "nu",
        &["-n", "-c"],
        "open --raw statements | from json | load-env",
    ),
];

/// Names of files that lie around where the statements are evaluated: a pattern must not find them.
const BAIT: [&str; 6] = [
    "a",
    "b'c",
    "XACCT_PROFILE=x",
    "export",
    "V0='ab';",
    "040b'`\";",
];

/// Values that no profile should have.
const HOSTILE: [&str; 33] = [
    "",
    " ",
    "  a  b  ",
    "a b",
    "*",
    "a*",
    "?",
    "[a-z]",
    "'",
    "\"",
    "'\"'",
    "`touch ran`",
    "$(touch ran)",
    "${HOME}",
    "; touch ran;",
    "&& touch ran",
    "| touch ran",
    "a\\",
    "\\n",
    "\\\\0101",
    "%s%b%%",
    "!!",
    "a!b",
    "~",
    "=ls",
    "-x",
    "#c",
    "größe 客户 🔑",
    "{a,b}",
    "@(a|b)",
    "<1-9>^x",
    "\u{2018}q\u{2019}",
    "a\tb",
];

/// Values that not every shell can be given.
const BREAKS: [&str; 6] = ["a\nb", "\n", "a\n", "a\n\n", "\na", "a\r\nb"];

/// The program, or `None` said aloud.
fn found(program: &str) -> Option<PathBuf> {
    let env = Env::from_process();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/node_modules/.bin");
    let path = env.raw("PATH").unwrap_or_default();
    let found = std::env::split_paths(path)
        .chain([own])
        .map(|dir| dir.join(program))
        .find(|path| path.is_file());
    if found.is_none() {
        assert!(
            env.get("XACCT_TEST_REQUIRE_ALL").is_none(),
            "{program} is not installed"
        );
        eprintln!("SKIPPED: {program} is not installed");
    }
    found
}

/// Evaluates the statements, then runs `then` in the same shell; `None` where the shell is not
/// installed.
fn evaluate(way: &Way, statements: &[u8], locale: &str, then: &str) -> Option<Output> {
    let program = found(way.program)?;
    let dir = tempfile::tempdir().unwrap();
    for name in BAIT {
        fs::write(dir.path().join(name), "").unwrap();
    }
    fs::write(dir.path().join("statements"), statements).unwrap();
    let mut command = Command::new(program);
    command
        .args(way.args)
        .arg(format!("{}{then}", way.eval))
        .current_dir(dir.path());
    command
        .env_clear()
        .env("PATH", Env::from_process().raw("PATH").unwrap())
        .env("HOME", dir.path());
    command
        .env("LC_ALL", locale)
        .env("AWS_PROFILE", "old")
        .env("AWS_ROLE_ARN", "old");
    let output = command.output().unwrap();
    assert!(
        !dir.path().join("ran").exists(),
        "{} ran something",
        way.program
    );
    Some(output)
}

fn write(shell: Shell, change: &VariableChange<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    statements(shell, change, &mut out).unwrap();
    out
}

/// The environment that programs get after these values were set; `None` where the shell is not
/// installed.
fn environment(way: &Way, values: &[String], locale: &str) -> Option<BTreeMap<String, Vec<u8>>> {
    let values: Vec<(String, Secret)> = values
        .iter()
        .enumerate()
        .map(|(at, value)| (format!("V{at}"), Secret::new(value.as_str())))
        .collect();
    let set = values
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    let text = write(
        way.shell,
        &VariableChange {
            set,
            unset: vec!["AWS_PROFILE", "NEVER_SET"],
        },
    );
    let then = if way.shell == Shell::Nu {
        "; ^env -0"
    } else {
        "; env -0"
    };
    let output = evaluate(way, &text, locale, then)?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && stderr.is_empty(),
        "{} {:?}: {stderr}",
        way.program,
        way.args
    );
    let variables = output.stdout.split(|byte| *byte == 0).filter_map(|line| {
        let at = line.iter().position(|byte| *byte == b'=')?;
        Some((
            String::from_utf8_lossy(&line[..at]).into_owned(),
            line[at + 1..].to_vec(),
        ))
    });
    Some(variables.collect())
}

fn assert_arrives(way: &Way, values: &[String], locale: &str) {
    let Some(environment) = environment(way, values, locale) else {
        return;
    };
    for (at, value) in values.iter().enumerate() {
        let got = environment
            .get(&format!("V{at}"))
            .map(|bytes| String::from_utf8_lossy(bytes));
        assert_eq!(
            got.as_deref(),
            Some(value.as_str()),
            "{} {:?} {locale}",
            way.program,
            way.args
        );
    }
    assert!(!environment.contains_key("AWS_PROFILE"), "{}", way.program);
    assert_eq!(
        environment.get("AWS_ROLE_ARN").map(Vec::as_slice),
        Some(&b"old"[..]),
        "{}",
        way.program
    );
}

#[test]
fn hostile_values_arrive_as_they_are() {
    for way in &WAYS {
        let breaks = if way.shell == Shell::Tcsh {
            &[][..]
        } else {
            &BREAKS
        };
        let values: Vec<String> = HOSTILE
            .iter()
            .chain(breaks)
            .map(|value| (*value).to_owned())
            .collect();
        for locale in ["C.UTF-8", "C"] {
            assert_arrives(way, &values, locale);
        }
    }
}

#[test]
fn a_long_token_arrives() {
    let token = "FwoGZXIvYXdzEBYaD/+=".repeat(200);
    for way in &WAYS {
        assert_arrives(way, std::slice::from_ref(&token), "C");
    }
}

#[test]
fn any_text_arrives() {
    let hostile = "[ '\"`$;&|*?~!%#^(){}<>=\\\\@:,a0\u{e9}\u{2019}\r\t-]{0,12}";
    let text = prop_oneof![
        3 => hostile.prop_map(|text: String| text),
        1 => "\\PC{0,12}",
        1 => proptest::collection::vec(1_u8..=127, 0..12)
            .prop_map(|bytes| bytes.into_iter().map(char::from).collect::<String>()),
    ];
    let values = proptest::collection::vec(text, 40);
    for way in &WAYS {
        let mut runner = TestRunner::new(Config {
            cases: 12,
            failure_persistence: None,
            ..Config::default()
        });
        let outcome = runner.run(&values, |values| {
            let tcsh = way.shell == Shell::Tcsh;
            let values: Vec<String> = values
                .into_iter()
                .map(|value| if tcsh { value.replace('\n', "") } else { value })
                .collect();
            assert_arrives(way, &values, "C.UTF-8");
            Ok(())
        });
        if let Err(reason) = outcome {
            panic!("{} {:?}: {reason}", way.program, way.args);
        }
    }
}

#[test]
fn a_failure_takes_the_old_credentials_out_and_gives_its_status() {
    for way in WAYS
        .iter()
        .filter(|way| !matches!(way.shell, Shell::Nu | Shell::Elvish))
    {
        let mut text = Vec::new();
        failure(
            way.shell,
            3,
            &taken_out(&["AWS_PROFILE", "NEVER_SET"]),
            &mut text,
        )
        .unwrap();
        let next = " && echo RAN";
        let Some(output) = evaluate(
            way,
            &text,
            "C",
            &format!("{next}; printenv AWS_PROFILE; echo alive"),
        ) else {
            continue;
        };
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "alive\n",
            "{} {:?}",
            way.program,
            way.args
        );
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "",
            "{} {:?}",
            way.program,
            way.args
        );
        let status = if way.shell == Shell::Tcsh || way.shell == Shell::Fish {
            "$status"
        } else {
            "$?"
        };
        let output = evaluate(way, &text, "C", &format!("; echo {status}")).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "3\n",
            "{} {:?}",
            way.program,
            way.args
        );
    }
}

#[test]
fn a_failure_stops_elvish_with_its_status() {
    let way = WAYS.iter().find(|way| way.shell == Shell::Elvish).unwrap();
    let mut text = Vec::new();
    failure(Shell::Elvish, 3, &taken_out(&["AWS_PROFILE"]), &mut text).unwrap();
    let Some(output) = evaluate(way, &text, "C", "; echo RAN") else {
        return;
    };
    assert_eq!(
        (output.stdout.as_slice(), output.status.success()),
        (&b""[..], false)
    );
    let caught = Way {
        eval: "try { eval (cat statements | slurp) } catch e { echo $e[reason][exit-status] }",
        ..*way
    };
    let output = evaluate(
        &caught,
        &text,
        "C",
        "; var e = ?(e:printenv AWS_PROFILE); echo alive",
    )
    .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "3\nalive\n");
}

#[test]
fn a_failure_takes_the_old_credentials_out_of_nu() {
    let way = WAYS.iter().find(|way| way.shell == Shell::Nu).unwrap();
    let mut text = Vec::new();
    failure(
        Shell::Nu,
        3,
        &taken_out(&["AWS_PROFILE", "NEVER_SET"]),
        &mut text,
    )
    .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&text),
        "{\"AWS_PROFILE\":null,\"NEVER_SET\":null}\n"
    );
    let Some(output) = evaluate(way, &text, "C", "; ^env -0") else {
        return;
    };
    assert!(!String::from_utf8_lossy(&output.stdout).contains("AWS_PROFILE="));
}

#[test]
fn unset_alone_succeeds() {
    for way in &WAYS {
        let text = write(
            way.shell,
            &VariableChange {
                set: Vec::new(),
                unset: vec!["AWS_PROFILE", "NEVER_SET"],
            },
        );
        let then = if way.shell == Shell::Nu || way.shell == Shell::Elvish {
            "; echo ok"
        } else {
            " && echo ok"
        };
        let Some(output) = evaluate(way, &text, "C", then) else {
            continue;
        };
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "ok\n",
            "{} {:?}",
            way.program,
            way.args
        );
    }
}

fn taken_out<'a>(names: &[&'a str]) -> VariableChange<'a> {
    VariableChange {
        set: Vec::new(),
        unset: names.to_vec(),
    }
}
