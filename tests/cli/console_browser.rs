//! `xacct console`: how the address gets to a browser, to one of its containers or profiles, or to
//! the clipboard.

#![cfg(unix)]

#[cfg(target_os = "linux")]
use std::fs;
#[cfg(target_os = "linux")]
use std::path::{Path, PathBuf};

use crate::common::browser::{Browser, signed_in};
use crate::common::{Cmd, Sandbox};

const DESTINATION: &str = "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1";

fn console(sandbox: &Sandbox, args: &[&str]) -> Cmd {
    sandbox.xacct(&[&["console"], args].concat())
}

#[test]
fn the_browser_gets_the_address() {
    let sandbox = Sandbox::start_logged_in();
    let browser = Browser::of(&sandbox);
    let run = console(&sandbox, &["client1"])
        .env("BROWSER", browser.path())
        .spawn();
    let url = browser.url();
    run.wait()
        .status(0)
        .stdout("")
        .stderr("xacct: signs in to account 222222222222 as PartnerAdmin, for 1h\n");
    assert!(signed_in(&url).ends_with(DESTINATION), "{url}");
    assert_eq!(browser.starts(), 1);
}

/// A program that writes its arguments to a file, one a line, and the directory it is in.
#[cfg(target_os = "linux")]
fn program(sandbox: &Sandbox, name: &str) -> (PathBuf, PathBuf) {
    let dir = sandbox.home().join("bin");
    fs::create_dir_all(&dir).unwrap();
    let arguments = sandbox.home().join(format!("{name}.arguments"));
    let text = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > '{0}.part' && mv '{0}.part' '{0}'\n",
        arguments.display()
    );
    fs::write(dir.join(name), text).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(dir.join(name), executable).unwrap();
    (dir, arguments)
}

/// The directory before those of the system.
#[cfg(target_os = "linux")]
fn path(dir: &Path) -> String {
    format!("{}:/usr/bin:/bin", dir.display())
}

/// What the program was started with; it may take a moment.
#[cfg(target_os = "linux")]
fn arguments(file: &PathBuf) -> Vec<String> {
    for _ in 0..600 {
        if let Ok(text) = fs::read_to_string(file) {
            fs::remove_file(file).unwrap();
            return text.lines().map(str::to_owned).collect();
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{} was not started", file.display())
}

#[test]
#[cfg(target_os = "linux")]
fn firefox_in_a_container_of_the_profile_s_name_and_colour() {
    let sandbox = Sandbox::start_logged_in();
    let (dir, file) = program(&sandbox, "firefox");
    let open = |args: &[&str]| {
        console(&sandbox, &[args, &["-q"]].concat())
            .env("PATH", path(&dir))
            .run()
            .ok();
        arguments(&file)
    };
    sandbox.write_settings("console.browser = \"firefox\"\n");
    let plain = open(&["client1"]);
    assert_eq!(plain[0], "--new-tab");
    assert!(signed_in(&plain[1]).ends_with(DESTINATION), "{plain:?}");
    sandbox.write_settings(
        "console.browser = \"firefox\"\nconsole.firefox_container = \"ext+container\"\n\
         [profile.client1]\ncolor = \"red\"\nbrowser_profile = \"work\"\n",
    );
    let contained = open(&["client1"]);
    assert_eq!(contained[..3], ["-P", "work", "--new-tab"]);
    let rest = contained[3]
        .strip_prefix("ext+container:name=client1&url=")
        .unwrap();
    let url = rest.strip_suffix("&color=red&icon=fingerprint").unwrap();
    let url: String = url::form_urlencoded::parse(format!("u={url}").as_bytes())
        .next()
        .unwrap()
        .1
        .into_owned();
    assert!(signed_in(&url).ends_with(DESTINATION), "{url}");
}

#[test]
#[cfg(target_os = "linux")]
fn chrome_in_the_profile_of_that_name() {
    let sandbox = Sandbox::start_logged_in();
    let (dir, file) = program(&sandbox, "google-chrome-stable");
    let data = sandbox.home().join(".config/google-chrome");
    fs::create_dir_all(&data).unwrap();
    let state = serde_json::json!({"profile": {"info_cache": {"Default": {"name": "Me"}, "Profile \
         2": {"name": "Client one"}}}});
    fs::write(data.join("Local State"), state.to_string()).unwrap();
    sandbox.write_settings(
        "[profile.client1]\nbrowser = \"chrome\"\nbrowser_profile = \"Client one\"\n",
    );
    console(&sandbox, &["client1", "-q"])
        .env("PATH", path(&dir))
        .run()
        .ok();
    let found = arguments(&file);
    assert_eq!(
        found[..3],
        [
            "--profile-directory=Profile 2",
            "--no-first-run",
            "--no-default-browser-check"
        ]
    );
    assert!(signed_in(&found[3]).ends_with(DESTINATION));
    assert_eq!(
        fs::read_to_string(data.join("Local State")).unwrap(),
        state.to_string()
    );
    sandbox.write_settings(
        "[profile.client1]\nbrowser = \"chrome\"\nbrowser_profile = \"Client two\"\n",
    );
    sandbox.clear_log();
    let run = console(&sandbox, &["client1"])
        .env("PATH", path(&dir))
        .run()
        .status(3);
    run.stderr_contains("chrome has no profile 'Client two' (")
        .stderr_contains("there are 'Me', 'Client one'\n");
    sandbox.asked(&[]);
    // The command line wins, and takes a command line.
    let (_, file) = program(&sandbox, "own");
    let own = format!("'{}' --app=%s --end", dir.join("own").display());
    console(&sandbox, &["client1", "-q", "--browser", &own])
        .run()
        .ok();
    let found = arguments(&file);
    assert!(
        signed_in(found[0].strip_prefix("--app=").unwrap()).ends_with(DESTINATION),
        "{found:?}"
    );
    assert_eq!(found[1], "--end");
}

#[test]
fn the_clipboard_and_the_terminal() {
    let sandbox = Sandbox::start_logged_in();
    let mut pty = sandbox.pty_with(
        &["console", "client1", "--copy"],
        &[("TMUX", "/tmp/tmux-0/default,1,0")],
    );
    pty.expect("for 1h");
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    let encoded = screen
        .split("\u{1b}]52;c;")
        .nth(1)
        .unwrap()
        .split('\u{7}')
        .next()
        .unwrap();
    assert!(
        screen.contains(&format!(
            "\u{1b}Ptmux;\u{1b}\u{1b}]52;c;{encoded}\u{7}\u{1b}\\"
        )),
        "{screen:?}"
    );
    let bytes = aws_smithy_types::base64::decode(encoded).unwrap();
    assert!(signed_in(&String::from_utf8(bytes).unwrap()).ends_with(DESTINATION));
    assert!(
        screen.contains("xacct: the address is in the clipboard, if this terminal takes OSC 52"),
        "{screen}"
    );
    let (status, screen) = sandbox.pty(&["console", "client1", "--print"]).wait();
    assert!(
        screen.contains("anyone who opens this address within 15 minutes is signed in"),
        "{screen}"
    );
    assert_eq!(status, 0);
    // A link is no secret.
    let (status, screen) = sandbox.pty(&["console", "acme", "--print"]).wait();
    assert!(status == 0 && !screen.contains("warning"), "{screen}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_system_without_a_browser_is_told_what_to_install() {
    let sandbox = Sandbox::start_logged_in();
    let (dir, _) = program(&sandbox, "unused");
    // Nothing that starts a browser is in there.
    let bare = |args: &[&str]| {
        sandbox
            .xacct(args)
            .env("DISPLAY", ":0")
            .env("PATH", dir.display().to_string())
    };
    let install = "install a browser and xdg-utils, or set BROWSER to the command of one\n";
    bare(&["console", "client1"])
        .run()
        .status(1)
        .stderr_contains("xacct: error: no browser could be started\n")
        .stderr_contains(&format!("  {install}"));
    bare(&["login", "acme", "--device-code", "-q"])
        .run()
        .status(0)
        .stderr_contains(&format!("xacct: {install}"));
    // A browser that was chosen is not the system's.
    let chosen = bare(&["console", "client1"]).env("BROWSER", "/nonexistent/browser");
    let run = chosen.run().status(1);
    let said = run.stderr_text();
    assert!(!said.contains("xdg-utils"), "{said}");
}
