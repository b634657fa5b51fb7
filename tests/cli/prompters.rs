//! Prompts for an MFA code in other places than the terminal: a dialog on the desktop, pinentry;
//! and the short forms of `mfa_process`.
#![cfg(all(unix, not(target_os = "macos")))]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::common::shells::found;
use crate::common::{Cmd, Running, Sandbox};

const QUESTION: &str = "MFA code for arn:aws:iam::111111111111:mfa/you (profile client1)";

/// A directory of programs, before the system's on `PATH`.
struct Programs {
    dir: PathBuf,
}

impl Programs {
    fn of(sandbox: &Sandbox) -> Programs {
        let dir = sandbox.home().join("programs");
        fs::create_dir(&dir).unwrap();
        Programs { dir }
    }

    /// A program that notes its words in `NAME.words`, a line each and one more, and then does this.
    fn add(&self, name: &str, script: &str) -> &Programs {
        let path = self.dir.join(name);
        let text = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" . >> \"$0.words\"\n{script}\n");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        self
    }

    /// The words of each of its runs.
    fn words(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.file(&format!("{name}.words"))).unwrap_or_default();
        let runs = text.strip_suffix("\n.\n").map(|text| text.split("\n.\n"));
        runs.map_or_else(Vec::new, |runs| runs.map(str::to_owned).collect())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn path(&self) -> String {
        format!("{}:/usr/bin:/bin", self.dir.display())
    }

    /// With these programs, and a desktop.
    fn on_desktop(&self, run: Cmd) -> Cmd {
        run.env("PATH", self.path()).env("DISPLAY", ":99")
    }
}

fn credentials(sandbox: &Sandbox, profile: &str) -> Cmd {
    sandbox.xacct(&["credential-process", profile])
}

fn zenity(text: &str) -> String {
    format!("--entry\n--title=xacct\n--width=480\n--text={text}\n--hide-text")
}

#[test]
fn without_a_terminal_the_desktop_asks() {
    let sandbox = Sandbox::start();
    let programs = Programs::of(&sandbox);
    programs.add("zenity", &format!("echo ' {} '", sandbox.fresh_code()));
    programs
        .on_desktop(credentials(&sandbox, "client1"))
        .run()
        .ok()
        .stdout_contains("{\"Version\":1,");
    assert_eq!(programs.words("zenity"), [zenity(QUESTION)]);
    sandbox.asked(&["GetCallerIdentity", "GetSessionToken", "AssumeRole"]);
}

#[test]
fn a_dialog_says_what_was_wrong_with_the_last_answer() {
    let sandbox = Sandbox::start();
    let programs = Programs::of(&sandbox);
    let script = format!(
        "case $(grep -c '^[.]$' \"$0.words\") in 1) echo 12345 ;; 2) echo 000000 ;; *) echo {} ;; esac",
        sandbox.fresh_code()
    );
    programs.add("zenity", &script);
    programs
        .on_desktop(credentials(&sandbox, "client1"))
        .run()
        .ok();
    assert_eq!(
        programs.words("zenity"),
        [
            zenity(QUESTION),
            zenity(&format!(
                "an MFA code is six digits; these were 5\n{QUESTION}"
            )),
            zenity(&format!("AWS refused that code\n{QUESTION}")),
        ]
    );
}

/// Processes that wait for the same device have one dialog.
#[test]
fn many_that_wait_have_one_dialog() {
    let sandbox = Sandbox::start();
    let programs = Programs::of(&sandbox);
    let go = sandbox.home().join("go");
    let script = format!(
        "until [ -e '{}' ]; do read -r line < /dev/null; done; echo {}",
        go.display(),
        sandbox.fresh_code()
    );
    programs.add("zenity", &script);
    let running: Vec<Running> = ["client1", "client2", "chained", "hub", "client1", "client2"]
        .iter()
        .map(|profile| {
            programs
                .on_desktop(credentials(&sandbox, profile))
                .env("XACCT_QUIET", "1")
                .spawn()
        })
        .collect();
    crate::common::until("a dialog", || !programs.words("zenity").is_empty());
    fs::write(go, "").unwrap();
    for run in running {
        run.wait().ok();
    }
    assert_eq!(programs.words("zenity").len(), 1);
    let codes = sandbox
        .log()
        .iter()
        .filter(|request| request.params.contains_key("TokenCode"))
        .count();
    assert_eq!(codes, 1);
}

#[test]
fn kde_and_a_shown_code() {
    let sandbox = Sandbox::start();
    sandbox.write_settings("mfa.echo = true\nmfa.prompt = \"dialog\"\n");
    let programs = Programs::of(&sandbox);
    programs.add("zenity", "exit 1");
    programs.add("kdialog", &format!("echo {}", sandbox.fresh_code()));
    programs
        .on_desktop(credentials(&sandbox, "client1"))
        .env("XDG_CURRENT_DESKTOP", "ubuntu:KDE")
        .run()
        .ok();
    assert_eq!(
        programs.words("kdialog"),
        [format!("--title\nxacct\n--inputbox\n<qt>{QUESTION}</qt>")]
    );
    assert!(programs.words("zenity").is_empty());
}

const WAYS_OUT: &str = "  in a terminal, run: xacct login client1\n  or give the code in the variable \
                        XACCT_MFA_CODE\n";

fn refusal(why: &str, hint: &str) -> String {
    format!(
        "xacct: error: an MFA code for arn:aws:iam::111111111111:mfa/you is needed, and {why}\n\
         {hint}{WAYS_OUT}"
    )
}

#[test]
fn what_gives_no_code_is_said_with_the_way_out() {
    let sandbox = Sandbox::start();
    let programs = Programs::of(&sandbox);
    programs.add("zenity", "echo 'cannot open display: :99' >&2; exit 1");
    programs
        .on_desktop(credentials(&sandbox, "client1"))
        .run()
        .status(5)
        .stderr(&refusal(
            "the dialog of zenity was closed: cannot open display: :99",
            "",
        ));
    programs.add("zenity", "exit 1");
    programs
        .on_desktop(credentials(&sandbox, "client1"))
        .run()
        .status(5)
        .stderr(&refusal("the dialog of zenity was closed", ""));
    // Nothing was sent with a code, and the next run asks again.
    sandbox.asked(&["GetCallerIdentity", "GetCallerIdentity"]);
}

#[test]
fn what_is_not_there_is_named_with_what_to_install() {
    let sandbox = Sandbox::start();
    let programs = Programs::of(&sandbox);
    let empty = programs.dir.display().to_string();
    let run = |setting: &str, display: &str| {
        sandbox.write_settings(&format!("mfa.prompt = \"{setting}\"\n"));
        credentials(&sandbox, "client1")
            .env("PATH", &empty)
            .env("DISPLAY", display)
            .run()
            .status(5)
    };
    run("dialog", ":99").stderr(&refusal(
        "no program that shows a dialog was found",
        "  install zenity or kdialog\n",
    ));
    run("dialog", "").stderr(&refusal(
        "no desktop is available to show a dialog on",
        "  DISPLAY and WAYLAND_DISPLAY are not set; mfa.prompt = \"auto\" asks on the terminal then\n",
    ));
    run("pinentry", "").stderr(&refusal(
        "the program 'pinentry' was not found",
        "  install pinentry (Debian: pinentry-gnome3, pinentry-qt or pinentry-curses), or set \
         mfa.pinentry to its path\n",
    ));
    let no_terminal = refusal("no terminal is available to prompt on", "");
    run("terminal", ":99").stderr(&no_terminal);
    run("auto", ":99").stderr(&no_terminal);
    run("auto", "").stderr(&no_terminal);
    sandbox.asked(&[]);
}

#[test]
fn nobody_is_asked_where_a_setting_or_an_option_says_so() {
    let sandbox = Sandbox::start();
    let programs = Programs::of(&sandbox);
    programs.add("zenity", "echo 123456");
    sandbox.write_settings("mfa.prompt = \"none\"\n");
    programs
        .on_desktop(credentials(&sandbox, "client1"))
        .run()
        .status(5)
        .stderr(&format!(
            "xacct: error: an MFA code for arn:aws:iam::111111111111:mfa/you is needed, and \
             mfa.prompt = \"none\" forbids asking\n{WAYS_OUT}"
        ));
    sandbox.write_settings("mfa.prompt = \"dialog\"\n");
    programs
        .on_desktop(sandbox.xacct(&["credential-process", "client1", "--no-input"]))
        .run()
        .status(5)
        .stderr_contains("--no-input forbids asking");
    assert!(programs.words("zenity").is_empty());
    sandbox.asked(&[]);
}

#[test]
fn a_profile_says_it_for_itself() {
    let sandbox = Sandbox::start();
    sandbox.write_settings("mfa.prompt = \"none\"\n[profile.client2]\nmfa_prompt = \"dialog\"\n");
    let programs = Programs::of(&sandbox);
    programs.add("zenity", &format!("echo {}", sandbox.fresh_code()));
    programs
        .on_desktop(credentials(&sandbox, "client2"))
        .run()
        .ok();
    assert_eq!(programs.words("zenity").len(), 1);
    sandbox.write_settings("");
    sandbox.edit_config(
        "[profile client2]",
        "[profile client2]\nmfa_prompt = window",
    );
    programs
        .on_desktop(credentials(&sandbox, "client2"))
        .run()
        .status(3)
        .stderr_contains("mfa_prompt: accepted are auto, terminal, pinentry, dialog, none");
}

/// The typed code is seen with `mfa.echo`, and a terminal is asked before a desktop.
#[test]
fn a_code_can_be_seen_on_the_terminal() {
    let sandbox = Sandbox::start();
    sandbox.write_settings("mfa.echo = true\n");
    let programs = Programs::of(&sandbox);
    programs.add("zenity", "exit 1");
    let (path, code) = (programs.path(), sandbox.fresh_code());
    let env = [("PATH", path.as_str()), ("DISPLAY", ":99")];
    let mut pty = sandbox.pty_with(&["whoami", "client1"], &env);
    pty.set_echo(true);
    pty.expect(&format!("{QUESTION}: "));
    pty.send_line(&code);
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    assert!(screen.contains(&code), "{screen}");
    assert!(programs.words("zenity").is_empty());
}

/// The real ones, on a terminal, where they draw themselves.
#[test]
fn pinentry_asks_on_the_terminal() {
    for program in ["pinentry-tty", "pinentry-curses"] {
        let Some(path) = found(program) else { continue };
        let sandbox = Sandbox::start();
        sandbox.write_settings(&format!(
            "mfa.prompt = \"pinentry\"\nmfa.pinentry = \"{}\"\n",
            path.display()
        ));
        let env = [("TERM", "xterm"), ("LC_ALL", "C.UTF-8")];
        let mut pty = sandbox.pty_with(&["whoami", "client1"], &env);
        pty.expect("MFA code:");
        pty.send("000000\r");
        pty.expect("AWS refused that code");
        pty.expect("MFA code:");
        pty.send(&format!("{}\r", sandbox.fresh_code()));
        let (status, screen) = pty.wait();
        assert_eq!(status, 0, "{program}: {screen}");
        assert!(screen.contains("222222222222"), "{program}: {screen}");
        let mut pty = sandbox.pty_with(&["whoami", "client3"], &env);
        pty.expect("MFA code:");
        pty.interrupt();
        assert_ne!(pty.wait().0, 0, "{program}");
    }
}

#[test]
fn pinentry_that_is_closed_or_fails() {
    let sandbox = Sandbox::start();
    sandbox.write_settings("mfa.prompt = \"pinentry\"\n");
    let programs = Programs::of(&sandbox);
    for (answer, why) in [
        ("ERR 83886179 Operation cancelled", "pinentry was closed"),
        (
            "ERR 83918950 Inappropriate ioctl for device",
            "pinentry failed: Inappropriate ioctl for device",
        ),
    ] {
        let script = format!(
            "echo OK; while read -r line; do case $line in GETPIN) echo '{answer}' ;; *) echo OK ;; \
             esac; done"
        );
        programs.add("pinentry", &script);
        credentials(&sandbox, "client1")
            .env("PATH", programs.path())
            .run()
            .status(5)
            .stderr(&refusal(why, ""));
    }
}

#[test]
fn short_forms_run_the_programs_of_password_managers() {
    for (text, program, words) in [
        (
            "ykman:aws-work",
            "ykman",
            "oath\naccounts\ncode\n--single\naws-work",
        ),
        ("op:AWS work", "op", "item\nget\nAWS work\n--otp"),
        ("bw:aws.example", "bw", "get\ntotp\naws.example"),
        ("pass-otp:aws/it's", "pass", "otp\naws/it's"),
        ("gopass:aws", "gopass", "otp\n--password\naws"),
        ("oathtool:/seed", "oathtool", "--totp\n--base32\n@/seed"),
    ] {
        let sandbox = Sandbox::start();
        sandbox.edit_config(
            "[profile client1]",
            &format!("[profile client1]\nmfa_process = {text}"),
        );
        let programs = Programs::of(&sandbox);
        programs.add(program, &format!("echo {}", sandbox.fresh_code()));
        credentials(&sandbox, "client1")
            .env("PATH", programs.path())
            .run()
            .ok();
        assert_eq!(programs.words(program), [words]);
    }
}

/// The sandbox's device and oathtool have one seed, and both the real time.
#[test]
fn oathtool_reads_the_seed_from_its_file() {
    if found("oathtool").is_none() {
        return;
    }
    let sandbox = Sandbox::start();
    sandbox.edit_config(
        "[profile client1]",
        "[profile client1]\nmfa_process = oathtool:~/seed file",
    );
    let world = include_str!("../../src/sandbox/world.toml");
    let (_, device) = world.split_once("[[account.user.mfa]]").unwrap();
    let (_, secret) = device.split_once("secret = \"").unwrap();
    let (secret, _) = secret.split_once('"').unwrap();
    fs::write(sandbox.home().join("seed file"), secret).unwrap();
    credentials(&sandbox, "client1").run().ok();
    sandbox.asked(&["GetCallerIdentity", "GetSessionToken", "AssumeRole"]);
}

/// `mfa_process` says "touch your key" where nobody would see it: it is a notification then.
#[test]
fn touch_your_key_is_a_notification() {
    let sandbox = Sandbox::start();
    let programs = Programs::of(&sandbox);
    let shown = programs.file("notify-send.words");
    programs.add("notify-send", "");
    sandbox.edit_config(
        "[profile client1]",
        &format!(
            "[profile client1]\nmfa_process = echo 'Touch your <key>' >&2; until [ -e {} ]; do read -r \
             x < /dev/null; done; echo {}",
            shown.display(),
            sandbox.fresh_code()
        ),
    );
    programs
        .on_desktop(credentials(&sandbox, "client1"))
        .run()
        .status(0)
        .stderr("Touch your <key>\n");
    assert_eq!(
        programs.words("notify-send"),
        ["--app-name=xacct\n--\nxacct\nTouch your &lt;key&gt;"]
    );
}

/// A real X server, a real dialog, real keys.
#[test]
fn a_real_dialog_on_a_real_screen() {
    let (Some(server), Some(zenity), Some(keys)) =
        (found("Xvfb"), found("zenity"), found("xdotool"))
    else {
        return;
    };
    let sandbox = Sandbox::start();
    let screen = Screen::start(&server);
    let run = credentials(&sandbox, "client1")
        .env("PATH", zenity.parent().unwrap())
        .env("DISPLAY", &screen.display)
        .spawn();
    let xdotool = |words: &[&str]| {
        let mut command = Command::new(&keys);
        command.args(words).env("DISPLAY", &screen.display);
        command.output().unwrap()
    };
    let found = xdotool(&["search", "--sync", "--onlyvisible", "--name", "^xacct$"]);
    assert!(found.status.success(), "{found:?}");
    let shot = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mfa-dialog.png");
    if let Some(import) = crate::common::shells::found("import") {
        let display = ["-display", &screen.display, "-window", "root"];
        let taken = Command::new(import).args(display).arg(&shot).status();
        assert!(taken.unwrap().success());
    }
    let code = sandbox.fresh_code();
    let typed = xdotool(&["type", "--delay", "20", &code]);
    assert!(typed.status.success(), "{typed:?}");
    xdotool(&["key", "Return"]);
    run.wait().ok().stdout_contains("{\"Version\":1,");
    sandbox.asked(&["GetCallerIdentity", "GetSessionToken", "AssumeRole"]);
}

/// An X server of its own; it ends with this value.
struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    fn start(server: &Path) -> Screen {
        let mut server = Command::new(server)
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "800x600x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        let mut said = std::io::BufReader::new(server.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut said, &mut number).unwrap();
        let display = format!(":{}", number.trim());
        Screen { server, display }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The program that wanted the credentials has gone: nobody needs the dialog any more.
#[test]
fn a_dialog_goes_with_the_program_that_wanted_it() {
    let sandbox = Sandbox::start();
    let programs = Programs::of(&sandbox);
    programs.add("zenity", "echo $$ > \"$0.pid\"; exec sleep 300");
    let pid = programs.file("zenity.pid");
    let mut sdk = sandbox.program(
        "sh",
        &[
            "-c",
            "\"$0\" credential-process client1 & exec sleep 300",
            crate::common::XACCT,
        ],
    );
    sdk = programs.on_desktop(sdk);
    let running = sdk.spawn();
    crate::common::until("a dialog", || {
        fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n'))
    });
    let dialog = fs::read_to_string(pid).unwrap();
    running.interrupt();
    running.wait();
    let stat = PathBuf::from(format!("/proc/{}/stat", dialog.trim()));
    crate::common::until("the dialog's end", || {
        fs::read_to_string(&stat).map_or(true, |text| text.contains(") Z "))
    });
}
