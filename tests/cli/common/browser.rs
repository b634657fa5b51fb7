//! A browser for tests: a script that tells where it was sent, and visits that are made by hand.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use super::{Sandbox, raw};

/// `BROWSER`, started by xacct in a sandbox.
pub(crate) struct Browser {
    dir: PathBuf,
}

impl Browser {
    pub(crate) fn of(sandbox: &Sandbox) -> Browser {
        let dir = sandbox.home().join("browser");
        fs::create_dir(&dir).unwrap();
        assert!(
            Command::new("mkfifo")
                .arg(dir.join("url"))
                .status()
                .unwrap()
                .success()
        );
        // Two files: the pipe, which waits for its reader, and how often it was started.
        let script =
            "#!/bin/sh\necho started >> \"${0%/*}/started\"\nprintf %s \"$1\" > \"${0%/*}/url\"\n";
        let path = dir.join("browser");
        fs::write(&path, script).unwrap();
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(&path, executable).unwrap();
        Browser { dir }
    }

    /// What `BROWSER` is set to.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.join("browser")
    }

    /// Waits until it is started, and gives the address.
    #[track_caller]
    pub(crate) fn url(&self) -> String {
        let (send, url) = channel();
        let path = self.dir.join("url");
        thread::spawn(move || {
            let mut text = String::new();
            let _ = fs::File::open(path).unwrap().read_to_string(&mut text);
            let _ = send.send(text);
        });
        url.recv_timeout(Duration::from_mins(1))
            .expect("no browser was started")
    }

    /// How often it was started.
    pub(crate) fn starts(&self) -> usize {
        fs::read_to_string(self.dir.join("started"))
            .unwrap_or_default()
            .lines()
            .count()
    }
}

/// What comes back from an address, head and body; redirects are not followed.
pub(crate) fn get(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (authority, path) = rest.split_at(rest.find('/').unwrap());
    raw(&format!("{scheme}://{authority}"), "GET", path, &[], "").unwrap()
}

/// Where an answer sends the browser.
#[track_caller]
pub(crate) fn location(answer: &str) -> String {
    let line = answer
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    line.unwrap_or_else(|| panic!("no redirect: {answer}"))
        .to_owned()
}

/// The way of a person who signs in: to the page, and back to where that sends them. What they see
/// in the end.
#[track_caller]
pub(crate) fn sign_in(url: &str) -> String {
    get(&location(&get(url)))
}

/// What the page of the console's sign-in at this address says.
pub(crate) fn signed_in(address: &str) -> String {
    let answer = get(address);
    let text = answer.split("<p>").nth(1).unwrap_or(&answer);
    super::in_users_name(text.split("</p>").next().unwrap_or_default())
}
