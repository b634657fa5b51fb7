//! The integration in real terminals: tmux shows the shell, and keys are sent to it as a person
//! types them.

#![cfg(unix)]

use std::fs;
use std::path::Path;

use crate::common::Sandbox;
use crate::common::tmux::Tmux;

/// How a shell is started, and how it says a few things.
struct Way {
    shell: &'static str,
    args: &'static [&'static str],
    load: &'static str,
    /// Prints `[42]`.
    sum: &'static str,
    /// Prints the account between brackets.
    account: &'static str,
}

/// Loads the integration, is asked for a code, types it, completes a profile, is refused, and is in
/// no account then.
fn a_day(way: &Way) {
    let sandbox = Sandbox::start();
    let dir = tempfile::tempdir().unwrap();
    let text = sandbox
        .xacct(&["init", "nu", "--prompt", "--renew"])
        .run()
        .ok();
    fs::write(dir.path().join("init.nu"), text.stdout_text()).unwrap();
    let Some(mut tmux) = Tmux::start(&sandbox, dir.path(), way.shell, way.args) else {
        return;
    };
    // What is waited for never stands in what is typed.
    tmux.type_line(way.sum);
    tmux.client.expect("[42]");
    tmux.until_prompt();
    tmux.type_line(&format!("{}; {}", way.load, way.sum));
    tmux.client.expect("[42]");
    tmux.until_prompt();
    tmux.type_line("xacct assume client1");
    tmux.client.expect("(profile client1): ");
    let code = sandbox.fresh_code();
    tmux.type_line(&code);
    tmux.client.expect("(client1 ");
    tmux.until_prompt();
    tmux.type_line(way.account);
    tmux.client.expect("[222222222222]");
    tmux.until_prompt();
    let screen = tmux.screen();
    assert!(
        screen.contains("(client1 59m)") || screen.contains("(client1 1h0m)"),
        "{screen}"
    );
    assert!(!screen.contains(&code), "the code is seen:\n{screen}");
    tmux.type_keys("xacct assume chai");
    tmux.command(&["send-keys", "Tab"]);
    tmux.client.expect("ned");
    tmux.command(&["send-keys", "Enter"]);
    tmux.client.expect("(chained ");
    tmux.until_prompt();
    tmux.type_line("xacct assume typo");
    tmux.client.expect("no profile 'typo'");
    tmux.until_prompt();
    tmux.type_line(way.account);
    tmux.client.expect("[]");
    tmux.until_prompt();
    // Nothing picked changes nothing; picked from the list, it is as if it had been named.
    tmux.type_line("xacct assume");
    tmux.client.expect("Enter picks");
    tmux.command(&["send-keys", "C-c"]);
    crate::common::until("the list goes", || !tmux.screen().contains("Enter picks"));
    tmux.until_prompt();
    tmux.type_line(way.sum);
    tmux.client.expect("[42]");
    tmux.until_prompt();
    let screen = tmux.screen();
    let prompt = screen
        .lines()
        .rfind(|line| !line.trim().is_empty())
        .unwrap();
    assert!(
        !prompt.contains("chained") && !prompt.contains("client1"),
        "{screen}"
    );
    assert!(!screen.contains("Enter picks"), "{screen}");
    tmux.type_line("xacct assume");
    tmux.client.expect("Enter picks");
    tmux.type_keys("cli2");
    tmux.client.expect("  1/7");
    tmux.command(&["send-keys", "Enter"]);
    tmux.client.expect("(client2 ");
}

#[test]
fn bash() {
    a_day(&Way {
        shell: "bash",
        args: &["--norc", "--noprofile", "-i"],
        load: "eval \"$(xacct init bash --prompt --renew)\"",
        sum: "echo [$((40 + 2))]",
        account: "echo \"[${AWS_ACCOUNT_ID-}]\"",
    });
}

#[test]
fn zsh() {
    a_day(&Way {
        shell: "zsh",
        args: &["-f", "-i"],
        load: "autoload -U compinit; compinit -u -D; eval \"$(xacct init zsh --prompt --renew)\"",
        sum: "echo \"[$((40 + 2))]\"",
        account: "echo \"[${AWS_ACCOUNT_ID-}]\"",
    });
}

#[test]
fn fish() {
    a_day(&Way {
        shell: "fish",
        args: &["-N", "-i"],
        load: "xacct init fish --prompt --renew | source",
        sum: "echo \"[\"(math 40 + 2)\"]\"",
        account: "echo \"[$AWS_ACCOUNT_ID]\"",
    });
}

#[test]
fn nu() {
    a_day(&Way {
        shell: "nu",
        args: &["-n"],
        load: "source init.nu",
        sum: "print $\"[(40 + 2)]\"",
        account: "print $\"[($env.AWS_ACCOUNT_ID?)]\"",
    });
}

/// Names with the characters at which bash splits words, and with those that shells quote; and
/// profiles alone, where the options would stand above them. zsh without `compinit` as well as with
/// it.
#[test]
fn tab_completes_every_name() {
    let compinit = "autoload -U compinit; compinit -u -D; eval \"$(xacct init zsh)\"";
    for (shell, args, load) in [
        ("bash", "--norc", "eval \"$(xacct init bash)\""),
        ("bash", "--norc", "source \"$ROOT/completions/xacct.bash\""),
        ("zsh", "-f", "eval \"$(xacct init zsh)\""),
        ("zsh", "-f", compinit),
        ("fish", "-N", "xacct init fish | source"),
    ] {
        let sandbox = Sandbox::start_plain();
        sandbox.write_config(
            "[profile team:one@b=c]\n[profile team:two@b=c]\n[profile at@home]\n\
             [profile \"my own's\"]\nregion = eu-west-1\n",
        );
        let dir = tempfile::tempdir().unwrap();
        let Some(mut tmux) = Tmux::start(&sandbox, dir.path(), shell, &[args]) else {
            continue;
        };
        tmux.until_prompt();
        let load = load.replace("$ROOT", env!("CARGO_MANIFEST_DIR"));
        tmux.type_line(&format!("{load}; printf '[%s]\\n' loaded"));
        tmux.client.expect("[loaded]");
        tmux.until_prompt();
        tmux.type_and_tab("xacct config show te");
        tmux.type_and_tab("o");
        tmux.command(&["send-keys", "Enter"]);
        tmux.client.expect("[profile team:one@b=c]");
        tmux.until_prompt();
        tmux.type_and_tab("xacct config show at@h");
        tmux.command(&["send-keys", "Enter"]);
        tmux.client.expect("[profile at@home]");
        tmux.until_prompt();
        tmux.type_and_tab("xacct config show m");
        tmux.command(&["send-keys", "Enter"]);
        tmux.client.expect("[profile \"my own's\"]");
        tmux.until_prompt();
        tmux.type_line("clear");
        tmux.type_keys("xacct explain ");
        for _ in 0..2 {
            tmux.command(&["send-keys", "Tab"]);
        }
        tmux.client.expect("two");
        let screen = tmux.screen();
        assert!(!screen.contains("--"), "{shell} {load}:\n{screen}");
    }
}

/// elvish lets its start-up file define a function at a prompt only.
#[test]
fn elvish() {
    let sandbox = Sandbox::start_plain();
    let dir = tempfile::tempdir().unwrap();
    let Some(mut tmux) = Tmux::start(&sandbox, dir.path(), "elvish", &["-norc"]) else {
        return;
    };
    tmux.until_prompt();
    tmux.type_line("eval (xacct init elvish | slurp); echo '['(+ 41 1)']'");
    tmux.client.expect("[42]");
    tmux.until_prompt();
    tmux.type_line("xacct config show keys; echo '['(+ 40 3)']'");
    tmux.client.expect("[43]");
    tmux.until_prompt();
    assert!(!tmux.screen().contains("Exception"), "{}", tmux.screen());
    tmux.type_and_tab("xacct assume key");
    tmux.command(&["send-keys", "Enter"]);
    tmux.command(&["send-keys", "Enter"]);
    tmux.type_line("clear; echo '['$E:XACCT_PROFILE']'");
    tmux.client.expect("[keys]");
    tmux.until_prompt();
    tmux.type_line("xacct assume typo");
    tmux.client.expect("no profile 'typo'");
    tmux.type_line("clear; echo '['$E:XACCT_PROFILE']'");
    tmux.client.expect("[]");
}

/// Ctrl-C reaches the shell as well as xacct, and must not leave the last account in it.
#[test]
fn ctrl_c_leaves_no_account() {
    for (shell, args, load, status) in [
        ("bash", &["--norc"][..], "eval \"$(xacct init bash)\"", "$?"),
        ("dash", &["-i"], "eval \"$(xacct init sh)\"", "$?"),
        ("zsh", &["-f"], "eval \"$(xacct init zsh)\"", "$?"),
        ("fish", &["-N"], "xacct init fish | source", "$status"),
    ] {
        let sandbox = Sandbox::start_plain();
        sandbox.add_config("[profile slow]\ncredential_process = touch started; exec sleep 60\n");
        let dir = tempfile::tempdir().unwrap();
        let Some(tmux) = Tmux::start(&sandbox, dir.path(), shell, args) else {
            continue;
        };
        tmux.type_line(load);
        tmux.type_line("xacct assume keys; env > before");
        crate::common::until("the first account", || {
            holds_keys(&dir.path().join("before")) == Some(true)
        });
        let after = if shell == "fish" { "" } else { "; touch ran" };
        tmux.type_line(&format!("xacct assume slow{after}"));
        crate::common::until("the program", || dir.path().join("started").exists());
        tmux.command(&["send-keys", "C-c"]);
        tmux.type_line(&format!("echo \"the status is {status}\"; env > after"));
        let after = dir.path().join("after");
        crate::common::until("the shell goes on", || holds_keys(&after).is_some());
        assert_eq!(
            holds_keys(&after),
            Some(false),
            "{shell}:\n{}",
            tmux.screen()
        );
        assert!(
            !dir.path().join("ran").exists(),
            "{shell}:\n{}",
            tmux.screen()
        );
    }
}

/// At their prompt.
const POSIX: [(&str, &[&str]); 5] = [
    ("bash", &["--norc"]),
    ("zsh", &["-f"]),
    ("dash", &["-i"]),
    ("mksh", &["-i"]),
    ("ksh93", &["-i"]),
];

/// What is typed so that xacct waits, and what shows that it does.
struct Wait {
    profile: &'static str,
    is_reached: fn(&Sandbox, &Path) -> bool,
}

const WAITS: [Wait; 6] = [
    Wait {
        profile: "plain --policy piped",
        is_reached: |_, dir| is_read(&dir.join("piped")),
    },
    Wait {
        profile: "slow",
        is_reached: |_, dir| dir.join("started").exists(),
    },
    Wait {
        profile: "by-program",
        is_reached: |_, dir| dir.join("asked").exists(),
    },
    Wait {
        profile: "plain",
        is_reached: |sandbox, _| sandbox.log().iter().any(|request| request.fault.is_some()),
    },
    Wait {
        profile: "typed",
        is_reached: |_, _| false,
    },
    Wait {
        profile: "confirmed",
        is_reached: |_, _| false,
    },
];

/// Whether somebody reads the pipe. It is open for good then, and does not end.
fn is_read(path: &Path) -> bool {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    options.write(true);
    options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    options.open(path).map(std::mem::forget).is_ok()
}

/// Without the function of `init`, Ctrl-C ends what was typed and leaves no account, whatever xacct
/// waits for; Ctrl-Z does nothing; and the terminal is the shell's again.
#[test]
fn ctrl_c_leaves_no_account_with_plain_eval() {
    for (shell, args) in POSIX {
        for wait in &WAITS {
            let sandbox = Sandbox::start_plain();
            sandbox
                .fault(&serde_json::json!({"kind": "silent", "count": 9, "action": "AssumeRole"}));
            sandbox.add_config(WAITING);
            let dir = tempfile::tempdir().unwrap();
            let Some(mut tmux) = Tmux::start(&sandbox, dir.path(), shell, args) else {
                continue;
            };
            let at = |file: &str| dir.path().join(file);
            let made = std::process::Command::new("mkfifo")
                .arg(at("piped"))
                .status();
            assert!(made.unwrap().success());
            tmux.type_line("PS1='ready> '; eval \"$(xacct assume keys)\"; env > before");
            crate::common::until("the first account", || {
                holds_keys(&at("before")) == Some(true)
            });
            tmux.until_ready();
            let loop_of = format!(
                "for i in 1 2; do eval \"$(xacct assume {})\"; done; touch ran",
                wait.profile
            );
            tmux.type_line(&loop_of);
            let question = match wait.profile {
                "typed" => Some("(profile typed): "),
                "confirmed" => Some("[y/N] "),
                _ => None,
            };
            if let Some(question) = question {
                tmux.client.expect(question);
            } else {
                crate::common::until("xacct waits", || (wait.is_reached)(&sandbox, dir.path()));
                tmux.command(&["send-keys", "C-z"]);
            }
            tmux.command(&["send-keys", "C-c"]);
            tmux.until_ready();
            tmux.type_line("echo $? > status; env > after");
            crate::common::until("the shell goes on", || holds_keys(&at("after")).is_some());
            let screen = tmux.screen();
            assert_eq!(
                holds_keys(&at("after")),
                Some(false),
                "{shell} {}:\n{screen}",
                wait.profile
            );
            // ksh93 adds 256 to a signal's number.
            let status = if shell == "ksh93" { "258\n" } else { "130\n" };
            assert_eq!(
                fs::read_to_string(at("status")).unwrap(),
                status,
                "{shell} {}",
                wait.profile
            );
            assert!(!at("ran").exists(), "{shell} {}:\n{screen}", wait.profile);
            // Programs are given the terminal as ever.
            // Not before it reads: while a shell changes the terminal's mode, some lose what is
            // typed.
            tmux.type_line("sh -c 'touch reads; read -r line && echo \"$line\" > typed'");
            crate::common::until("a program starts", || at("reads").exists());
            tmux.type_line("hello");
            crate::common::until("a program reads", || {
                fs::read(at("typed")).is_ok_and(|text| text == b"hello\n")
            });
        }
    }
}

const WAITING: &str = "\
[profile slow]
credential_process = touch started; exec sleep 60
[profile by-program]
source_profile = keys
role_arn = arn:aws:iam::333333333333:role/partners/Operations
external_id = client2-8842
mfa_serial = arn:aws:iam::111111111111:mfa/you
mfa_process = touch asked; exec sleep 60
[profile confirmed]
source_profile = keys
confirm = true
role_arn = arn:aws:iam::333333333333:role/partners/Operations
[profile typed]
source_profile = keys
role_arn = arn:aws:iam::333333333333:role/partners/Operations
external_id = client2-8842
mfa_serial = arn:aws:iam::111111111111:mfa/you
";

/// Ctrl-C ends a script, which would go on without its account otherwise.
#[test]
fn ctrl_c_ends_a_script() {
    for (shell, args) in POSIX {
        let sandbox = Sandbox::start_plain();
        sandbox.add_config(WAITING);
        let dir = tempfile::tempdir().unwrap();
        let Some(tmux) = Tmux::start(&sandbox, dir.path(), shell, args) else {
            continue;
        };
        let script = "eval \"$(xacct assume keys)\"; env > before; eval \"$(xacct assume slow)\"; \
                      touch ran\n";
        fs::write(dir.path().join("script"), script).unwrap();
        tmux.type_line(&format!("PS1='ready> '; {shell} script"));
        crate::common::until("the program", || dir.path().join("started").exists());
        tmux.command(&["send-keys", "C-c"]);
        tmux.until_ready();
        tmux.type_line("env > after");
        crate::common::until("the shell goes on", || {
            holds_keys(&dir.path().join("after")).is_some()
        });
        assert!(
            !dir.path().join("ran").exists(),
            "{shell}:\n{}",
            tmux.screen()
        );
    }
}

/// Once the file is whole.
fn holds_keys(file: &Path) -> Option<bool> {
    let text = fs::read_to_string(file)
        .ok()
        .filter(|text| text.contains("\nPATH=") || text.starts_with("PATH="))?;
    Some(text.contains("AWS_ACCESS_KEY_ID="))
}
