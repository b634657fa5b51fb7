//! A home directory of a test's own, without any server: what `doctor` finds in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::cmd::{Cmd, Output};
use super::sandbox::XACCT;

/// The lines between findings.
const HEADINGS: [&str; 7] = [
    "files",
    "profiles",
    "this shell",
    "permissions",
    "cache and tokens",
    "network",
    "other tools",
];

pub(crate) struct Home {
    dir: TempDir,
}

impl Home {
    pub(crate) fn new() -> Home {
        let home = Home {
            dir: tempfile::tempdir().unwrap(),
        };
        home.write(".aws/config", "");
        home
    }

    /// With these in `~/.aws`; an empty text is no file.
    pub(crate) fn with(config: &str, credentials: &str, settings: &str) -> Home {
        let home = Home::new();
        for (name, text) in [
            (".aws/config", config),
            (".aws/credentials", credentials),
            (".config/xacct/config.toml", settings),
        ] {
            if !text.is_empty() {
                home.write(name, text);
            }
        }
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file that nobody else can read, and gives its path.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        for dir in path
            .parent()
            .unwrap()
            .ancestors()
            .take_while(|dir| *dir != self.dir.path())
        {
            fs::create_dir_all(dir).unwrap();
            mode(dir, 0o700);
        }
        fs::write(&path, text).unwrap();
        mode(&path, 0o600);
        path
    }

    /// `xacct doctor --offline`
    pub(crate) fn doctor(&self, args: &[&str]) -> Cmd {
        self.xacct(&[&["doctor", "--offline"], args].concat())
    }

    pub(crate) fn xacct(&self, args: &[&str]) -> Cmd {
        let mut command = Command::new(XACCT);
        command
            .args(args)
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", "/usr/bin:/bin")
            .current_dir(self.path());
        Cmd::new(command, None)
    }

    /// What `doctor` says of the home: the findings' own lines, the program as `XACCT`.
    #[track_caller]
    pub(crate) fn findings(&self) -> String {
        findings(&self.doctor(&[]).run())
    }
}

pub(crate) fn mode(path: &Path, mode: u32) {
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
    fs::set_permissions(path, permissions).unwrap();
}

/// The findings' own lines, without headings and the line that counts them.
pub(crate) fn findings(output: &Output) -> String {
    let mut lines: Vec<&str> = output.stdout_text().lines().collect();
    let counts = lines
        .pop()
        .unwrap_or_else(|| panic!("nothing on stdout; stderr: {}", output.stderr_text()));
    assert!(counts.contains("looked at"), "{counts}");
    lines.retain(|line| !line.is_empty() && !HEADINGS.contains(line));
    let text = lines.join("\n").replace(XACCT, "XACCT");
    if text.is_empty() { text } else { text + "\n" }
}
