//! `xacct init` in the real shells: the function acts on the shell or stays out of the way,
//! completion knows the profiles, and nothing is written anywhere.
//!
//! PowerShell cannot be had on Linux: its text is held to what it says only.

#![cfg(unix)]

use std::fmt;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::shells::{dumped, found, given, prepared, sandbox, wanted};
use crate::common::{Cmd, Sandbox, XACCT};

/// A shell, how it is started, and how it says a few things.
struct Way {
    program: &'static str,
    args: &'static [&'static str],
    /// Evaluates what `init` prints; nu does that before it runs anything, from a file.
    load: &'static str,
    /// Prints the status of `@`, and creates the file `ran` if that is 0.
    then: &'static str,
    /// Writes the environment of a child to the file `@`.
    dump: &'static str,
}

const SH: Way = Way {
    program: "bash",
    args: &["--norc", "-c"],
    load: "eval \"$(xacct init bash)\"",
    then: "@ && touch ran; echo \"$?\"",
    dump: "env -0 > @",
};
const ZSH: Way = Way {
    program: "zsh",
    args: &["-fc"],
    load: "eval \"$(xacct init zsh)\"",
    ..SH
};

const POSIX: Way = Way {
    program: "dash",
    args: &["-c"],
    load: "eval \"$(xacct init sh)\"",
    ..SH
};

const WAYS: [Way; 13] = [
    SH,
    POSIX,
    Way {
        args: &["-uc"],
        ..POSIX
    },
    Way {
        program: "bash",
        args: &["--posix", "-c"],
        ..POSIX
    },
    Way {
        args: &["--norc", "-u", "-c"],
        ..SH
    },
    Way {
        args: &["--norc", "--posix", "-c"],
        ..SH
    },
    Way {
        args: &[
            "--norc",
            "-O",
            "nocasematch",
            "-O",
            "extglob",
            "-O",
            "nullglob",
            "-c",
        ],
        ..SH
    },
    // Aliases for everything, and an IFS that would split anything.
    Way {
        load: "shopt -s expand_aliases; IFS=0123456789/=-; alias builtin=false eval=false \
               return=false \
               printf=false xacct='xacct -q'
               function eval { false; }
               \\builtin eval \"$(xacct init bash)\"",
        ..SH
    },
    ZSH,
    Way {
        args: &["-fuc"],
        ..ZSH
    },
    Way {
        args: &[
            "-f",
            "-o",
            "shwordsplit",
            "-o",
            "ksharrays",
            "-o",
            "rcquotes",
            "-o",
            "globsubst",
            "-o",
            "nullglob",
            "-c",
        ],
        ..ZSH
    },
    Way {
        program: "fish",
        args: &["-Nc"],
        load: "xacct init fish | source",
        then: "@ && touch ran; echo $status",
        ..SH
    },
    Way {
        program: "nu",
        args: &["-n", "-c"],
        load: "source init.nu",
        then: "try { @; touch ran; print 0 } catch {|e| print $e.exit_code }",
        dump: "^env -0 out> @",
    },
];

impl Way {
    /// Runs these statements behind the integration, with the program on a path that needs quoting;
    /// `None` where the shell is not installed.
    fn run(&self, sandbox: &Sandbox, dir: &Path, statements: &[String]) -> Option<Cmd> {
        let program = found(self.program)?;
        let own = odd_home(dir);
        if self.program == "nu" {
            let text = sandbox
                .program(own.join("xacct"), &["init", "nu"])
                .env("PATH", &own)
                .run()
                .ok();
            fs::write(dir.join("init.nu"), text.stdout_text()).unwrap();
        }
        let script = [self.load.to_owned()]
            .iter()
            .chain(statements)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n");
        let args: Vec<&str> = self.args.iter().copied().chain([script.as_str()]).collect();
        let run = prepared(sandbox.program(program, &args), dir, "/bin/false");
        Some(run.env("PATH", format!("{}:/usr/bin:/bin", own.display())))
    }

    fn dump(&self, file: &str) -> String {
        self.dump.replace('@', file)
    }

    fn then(&self, statement: &str) -> String {
        self.then.replace('@', statement)
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.program, self.args)
    }
}

/// A directory whose name would be anything else in a shell, with a link to the program.
fn odd_home(dir: &Path) -> PathBuf {
    let own = dir.join("o'd d\"$(touch ran)`touch ran`\\ @shell@ \u{e9}");
    if !own.exists() {
        fs::create_dir(&own).unwrap();
        symlink(XACCT, own.join("xacct")).unwrap();
    }
    own
}

fn strings(statements: &[&str]) -> Vec<String> {
    statements
        .iter()
        .map(|statement| (*statement).to_owned())
        .collect()
}

#[test]
fn assume_and_unset_act_on_the_shell() {
    let sandbox = sandbox();
    for way in &WAYS {
        let dir = tempfile::tempdir().unwrap();
        let statements = [
            "xacct assume client1".to_owned(),
            way.dump("one"),
            "xacct --color never assume --external-id client1-7731 -- client1".to_owned(),
            way.dump("two"),
            "xacct --color=never unset".to_owned(),
            way.dump("none"),
        ];
        let Some(run) = way.run(&sandbox, dir.path(), &statements) else {
            continue;
        };
        run.env("XACCT_FORMAT", "json")
            .env("XACCT_SHELL", "elvish")
            .run()
            .ok()
            .stdout("");
        let mut wanted = wanted(&sandbox, &["client1"]);
        let mut given = given(&sandbox);
        for variables in [&mut wanted, &mut given] {
            variables.insert("XACCT_FORMAT".to_owned(), "json".to_owned());
            variables.insert("XACCT_SHELL".to_owned(), "elvish".to_owned());
        }
        for name in ["one", "two"] {
            assert_eq!(dumped(&dir.path().join(name)), wanted, "{way}: {name}");
        }
        assert_eq!(dumped(&dir.path().join("none")), given, "{way}");
        assert!(!dir.path().join("ran").exists(), "{way}: something ran");
    }
}

#[test]
fn a_failure_leaves_nothing_and_has_its_status() {
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
            (
                "assume client2 --no-input",
                "5\n",
                "and --no-input forbids asking",
            ),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let statements = [
                "xacct assume client1".to_owned(),
                way.dump("before"),
                way.then(&format!("xacct {words}")),
                way.dump("after"),
            ];
            let Some(run) = way.run(&sandbox, dir.path(), &statements) else {
                continue;
            };
            run.run().stderr_contains(message).status(0).stdout(status);
            assert!(
                dumped(&dir.path().join("before")).contains_key("AWS_SESSION_TOKEN"),
                "{way} {words}"
            );
            assert_eq!(
                dumped(&dir.path().join("after")),
                given(&sandbox),
                "{way} {words}"
            );
            assert!(
                !dir.path().join("ran").exists(),
                "{way} {words}: what came behind it ran"
            );
        }
    }
}

/// A program that is gone by now has printed nothing to evaluate.
#[test]
fn a_program_that_is_gone_is_no_success() {
    let sandbox = sandbox();
    for way in WAYS.iter().filter(|way| way.program != "nu") {
        let dir = tempfile::tempdir().unwrap();
        let statements = ["rm */xacct".to_owned(), way.then("xacct assume client1")];
        let Some(run) = way.run(&sandbox, dir.path(), &statements) else {
            continue;
        };
        run.run().stdout("127\n");
        assert!(!dir.path().join("ran").exists(), "{way}");
    }
}

#[test]
fn what_is_not_for_the_shell_goes_to_the_program() {
    let sandbox = sandbox();
    sandbox.write_settings("[profile.\"--print\"]\ninclude_profile = \"client1\"\n");
    let plain = |words: &str| {
        sandbox
            .xacct(&words.split(' ').collect::<Vec<_>>())
            .run()
            .ok()
    };
    for way in &WAYS {
        for words in [
            "config show",
            "--color never config show hub",
            "assume --help",
            "assume client1 -qh",
            "assume client1 --format json",
            "assume --format=env client1",
            "-v assume client1 --shell fish",
            "unset --shell=tcsh",
            "whoami client1",
            "help assume",
            "--version",
        ] {
            let dir = tempfile::tempdir().unwrap();
            let statements = [format!("xacct {words}"), way.dump("env")];
            let Some(run) = way.run(&sandbox, dir.path(), &statements) else {
                continue;
            };
            let output = run.run().stderr_contains("").status(0);
            assert_eq!(
                output.stdout_text(),
                plain(&words.replace("-v ", "")).stdout_text(),
                "{way} {words}"
            );
            assert_eq!(
                dumped(&dir.path().join("env")),
                given(&sandbox),
                "{way} {words}"
            );
        }
        // Behind `--` it is a profile's name.
        let dir = tempfile::tempdir().unwrap();
        let statements = ["xacct assume -- --print".to_owned(), way.dump("env")];
        let Some(run) = way.run(&sandbox, dir.path(), &statements) else {
            continue;
        };
        run.run().ok().stdout("");
        assert_eq!(
            dumped(&dir.path().join("env"))["XACCT_PROFILE"],
            "--print",
            "{way}"
        );
    }
}

/// The ways of the README go on working where the function is.
#[test]
fn an_eval_of_the_function_is_as_without_it() {
    let sandbox = sandbox();
    for way in &WAYS[..12] {
        let (eval, off) = match way.program {
            "fish" => ("eval (xacct assume client1)", "eval (xacct unset)"),
            _ => (
                "eval \"$(xacct assume client1)\"",
                "eval \"$(xacct unset)\"",
            ),
        };
        // The way with its own `eval`.
        let own = |statement: &str| match way.load {
            load if load.contains("function eval") => format!("\\builtin {statement}"),
            _ => statement.to_owned(),
        };
        let dir = tempfile::tempdir().unwrap();
        let statements = [own(eval), way.dump("on"), own(off), way.dump("off")];
        let Some(run) = way.run(&sandbox, dir.path(), &statements) else {
            continue;
        };
        run.run().ok().stdout("");
        assert_eq!(
            dumped(&dir.path().join("on")),
            wanted(&sandbox, &["client1"]),
            "{way}"
        );
        assert_eq!(dumped(&dir.path().join("off")), given(&sandbox), "{way}");
    }
}

#[test]
fn errexit_ends_the_script() {
    let sandbox = sandbox();
    for way in [&SH, &ZSH] {
        let dir = tempfile::tempdir().unwrap();
        let text = strings(&[
            "set -eu",
            "xacct assume client1",
            "xacct list > /dev/null",
            "xacct assume typo",
            "touch ran",
        ]);
        let Some(run) = way.run(&sandbox, dir.path(), &text) else {
            continue;
        };
        run.run()
            .status(3)
            .stdout("")
            .stderr_contains("no profile 'typo'");
        assert!(!dir.path().join("ran").exists(), "{way}");
    }
}

#[test]
fn completion_comes_with_it() {
    let sandbox = sandbox();
    let bash = "COMP_WORDS=(xacct assume cl); COMP_CWORD=2; COMP_LINE='xacct assume cl'; \
                COMP_POINT=15; _clap_complete_xacct xacct cl assume
                printf '<%s>' \"${COMPREPLY[@]}\"";
    let fish = "for line in (complete -C 'xacct assume cl'); printf '<%s>' $line; end";
    let nu = "__xacct_complete 'xacct assume cl' 15 | get completions.value | each \
              {|it| print -n $'<($it)>' }; null";
    for (program, statement) in [("bash", bash), ("fish", fish), ("nu", nu)] {
        let way = WAYS.iter().find(|way| way.program == program).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let Some(run) = way.run(&sandbox, dir.path(), &strings(&[statement])) else {
            continue;
        };
        run.run().ok().stdout("<client1><client2>");
    }
}

/// In a terminal of zsh's own, with `compinit` behind the integration, as many have it.
#[test]
fn zsh_completes_whatever_comes_first() {
    let sandbox = sandbox();
    let compinit = "autoload -U compinit; compinit -u -D";
    for order in [format!("$LOAD; {compinit}"), format!("{compinit}; $LOAD")] {
        let script = format!(
            "zmodload zsh/zpty zsh/zselect
             await() {{
                 local seen more
                 repeat 200; do
                     while zpty -rt z more; do seen+=$more; done
                     [[ $seen == *$~1* ]] && return
                     zselect -t 10
                 done
                 print -r -- \"no $1 in: $seen\"
             }}
             LOAD='eval \"$(xacct init zsh --prompt --renew)\"'
             zpty -b z 'PS1=\"> \" zsh -f -i'
             zpty -w z \"{}\"
             zpty -w z 'echo RE\"\"ADY'
             await READY
             zpty -w -n z $'xacct assume cl\\t'
             await 'cl(ient|*client1*client2)'
             zpty -d z",
            order.replace('"', "\\\"")
        );
        let Some(zsh) = found("zsh") else { return };
        let dir = tempfile::tempdir().unwrap();
        prepared(
            sandbox.program(zsh, &["-fc", &script]),
            dir.path(),
            "/bin/false",
        )
        .run()
        .ok()
        .stdout("");
    }
}

#[test]
fn nothing_is_written() {
    let sandbox = Sandbox::start();
    for name in [".bashrc", ".bash_profile", ".zshrc", ".profile"] {
        fs::write(sandbox.home().join(name), "# mine\n").unwrap();
    }
    let listed = || {
        let find = Command::new("find")
            .arg(sandbox.home())
            .args(["-printf", "%p %T@ %s\n"])
            .output()
            .unwrap();
        String::from_utf8(find.stdout).unwrap()
    };
    let before = listed();
    for shell in [
        "bash",
        "zsh",
        "fish",
        "powershell",
        "pwsh",
        "nu",
        "nushell",
        "sh",
        "tcsh",
        "elvish",
    ] {
        for options in [&[][..], &["--prompt", "--renew=5m"]] {
            let words: Vec<&str> = ["init", shell].iter().chain(options).copied().collect();
            sandbox
                .xacct(&words)
                .run()
                .status(0)
                .stderr_contains("")
                .stdout_contains("xacct");
        }
    }
    assert_eq!(listed(), before);
    sandbox.asked(&[]);
}

#[test]
fn a_shell_without_one_is_told_what_to_use() {
    let sandbox = Sandbox::start();
    sandbox
        .xacct(&["init", "cmd"])
        .run()
        .status(2)
        .stdout("")
        .stderr(
            "xacct: error: init has nothing for cmd, which has no functions\n  \
         for /f \"delims=\" %i in ('xacct assume client1') do @%i\n",
        );
    sandbox
        .xacct(&["init", "rc"])
        .run()
        .status(2)
        .stdout("")
        .stderr_contains(
            "\n  possible values: bash, zsh, fish, powershell, nu, sh, tcsh, elvish\n",
        );
    // What is asked for and not there is said, and the rest is given.
    for shell in ["sh", "ksh", "tcsh", "elvish"] {
        let output = sandbox.xacct(&["init", shell, "--prompt"]).run().status(0);
        output
            .stdout_contains("xacct")
            .stderr_contains("--prompt and --renew are there for bash, zsh");
    }
}

/// tcsh's alias cannot tell what acts on the shell; the program does, and pipes, files and quotes
/// go on working.
#[test]
fn tcsh_has_an_alias() {
    let sandbox = sandbox();
    let Some(tcsh) = found("tcsh") else { return };
    for load in ["eval \"`xacct init tcsh`\"", "eval `xacct init tcsh`"] {
        let dir = tempfile::tempdir().unwrap();
        let script = [
            load,
            "xacct assume client1",
            "env -0 > one",
            "xacct assume --external-id \"client1-7731\" 'client1'",
            "env -0 > two",
            "xacct list > list",
            "xacct config show client1 | grep external",
            "xacct assume client1 --format json | grep -c AKIA > /dev/null",
            "xacct assume typo; echo $status",
            "env -0 > none",
        ];
        fs::write(dir.path().join("script"), script.join("\n") + "\n").unwrap();
        let run = prepared(
            sandbox.program(&tcsh, &["-f", "script"]),
            dir.path(),
            "/bin/false",
        );
        let output = run.run().status(0).stderr_contains("no profile 'typo'");
        assert!(
            output.stdout_text().contains("external_id = client1-7731"),
            "{}",
            output.stdout_text()
        );
        assert!(
            output.stdout_text().ends_with("\n3\n"),
            "{}",
            output.stdout_text()
        );
        assert!(
            fs::read_to_string(dir.path().join("list"))
                .unwrap()
                .contains("client2")
        );
        for name in ["one", "two"] {
            assert_eq!(
                dumped(&dir.path().join(name)),
                wanted(&sandbox, &["client1"]),
                "{name}"
            );
        }
        assert_eq!(dumped(&dir.path().join("none")), given(&sandbox));
    }
}

/// A syntax error would be seen by everybody whose start-up file has the line.
#[test]
fn the_texts_are_well_formed() {
    let sandbox = Sandbox::start();
    let dir = tempfile::tempdir().unwrap();
    for options in [
        &[][..],
        &["--prompt"],
        &["--renew"],
        &["--prompt", "--renew"],
    ] {
        for (shell, checker, args) in [
            ("bash", "bash", &["-n"][..]),
            ("zsh", "zsh", &["-fn"]),
            ("fish", "fish", &["-Nn"]),
            ("sh", "dash", &["-n"]),
            ("sh", "shellcheck", &["--shell=sh", "--exclude=SC3037"]),
            // What is told in groups of braces, and what clap's completion does: upstream's.
            (
                "bash",
                "shellcheck",
                &[
                    "--shell=bash",
                    "--exclude=SC2034,SC2016,SC2178,SC2128,SC2207,SC2181",
                ],
            ),
        ] {
            let Some(checker) = found(checker) else {
                continue;
            };
            let words: Vec<&str> = ["init", shell].iter().chain(options).copied().collect();
            let text = sandbox.xacct(&words).run().status(0).stderr_contains("");
            let file = dir.path().join("text");
            fs::write(&file, text.stdout_text()).unwrap();
            let args: Vec<&str> = args
                .iter()
                .copied()
                .chain([file.to_str().unwrap()])
                .collect();
            sandbox.program(checker, &args).run().ok().stdout("");
        }
    }
}

/// What no PowerShell tells us here: that the parts are whole, and call the program by its quoted
/// path.
#[test]
fn the_text_for_powershell() {
    let sandbox = Sandbox::start();
    let dir = tempfile::tempdir().unwrap();
    let own = dir.path().join("it's $here");
    fs::create_dir(&own).unwrap();
    symlink(XACCT, own.join("xacct")).unwrap();
    for options in [
        &[][..],
        &["--prompt"],
        &["--renew"],
        &["--prompt", "--renew=1m"],
    ] {
        let words: Vec<&str> = ["init", "pwsh"].iter().chain(options).copied().collect();
        let output = sandbox.xacct(&words).env("PATH", &own).run().ok();
        let text = output.stdout_text();
        let quoted = own.join("xacct").display().to_string().replace('\'', "''");
        assert!(
            text.starts_with(&format!(
                "function global:__XacctProgram {{ '{quoted}' }}\n"
            )),
            "{text}"
        );
        for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
            let count = |wanted: char| text.chars().filter(|c| *c == wanted).count();
            // `$escape[…m` in a string has no partner.
            let alone = if open == '[' && options.contains(&"--prompt") {
                2
            } else {
                0
            };
            assert_eq!(count(open), count(close) + alone, "{open}{close}\n{text}");
        }
        assert_eq!(
            text.contains("$left -ge 60 "),
            options.contains(&"--renew=1m"),
            "{text}"
        );
    }
}

#[test]
fn the_colour_of_a_profile() {
    let sandbox = Sandbox::start();
    sandbox.write_settings(
        "[profile.red]\ncolor = \"red\"\n[profile.orange]\ncolor \
         = \"#ff8800\"\n[profile.plain]\nregion = \"x\"\n",
    );
    for (name, sgr) in [
        ("red", "31\n"),
        ("orange", "38;2;255;136;0\n"),
        ("plain", "\n"),
        ("none", "\n"),
    ] {
        sandbox
            .xacct(&["init", "bash", &format!("--color-of={name}")])
            .run()
            .ok()
            .stdout(sgr);
    }
}

#[test]
fn the_program_may_be_executable_by_its_owner_only() {
    // The link above shows names; this one shows that what is found by `PATH` is the file that
    // runs.
    let sandbox = Sandbox::start();
    let dir = tempfile::tempdir().unwrap();
    let other = dir.path().join("xacct");
    fs::write(&other, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o700)).unwrap();
    let output = sandbox
        .xacct(&["init", "bash"])
        .env("PATH", dir.path())
        .run()
        .ok();
    assert!(
        !output.stdout_text().contains(&other.display().to_string()),
        "another program of the name"
    );
    assert!(
        output
            .stdout_text()
            .contains(&format!("    \"{XACCT}\" \"$@\"\n"))
    );
}
