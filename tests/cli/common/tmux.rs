//! A real terminal: tmux shows a shell, keys are sent to it as a person types them, and what stands
//! on the screen is what a person would see.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::shells::found;
use super::{Pty, Sandbox};

/// A tmux of its own, with one window that a client shows; it ends with this value.
pub(crate) struct Tmux {
    program: PathBuf,
    socket: PathBuf,
    pub(crate) client: Pty,
}

impl Tmux {
    /// Starts the shell in the sandbox; `None` where either is not installed.
    pub(crate) fn start(sandbox: &Sandbox, dir: &Path, shell: &str, args: &[&str]) -> Option<Tmux> {
        let (program, shell) = (found("tmux")?, found(shell)?);
        let socket = dir.join("tmux");
        let own = Path::new(super::XACCT).parent().unwrap();
        let tmux = || {
            let mut command = Command::new(&program);
            command
                .args(["-f", "/dev/null", "-S"])
                .arg(&socket)
                .env_clear()
                .envs(sandbox.env());
            command.env("PATH", format!("{}:/usr/bin:/bin", own.display()));
            command.envs([
                ("LC_ALL", "C.UTF-8"),
                ("TERM", "xterm-256color"),
                ("USER", "you"),
            ]);
            command.current_dir(dir);
            command
        };
        let started = tmux()
            .args(["new-session", "-d", "-x", "150", "-y", "40"])
            .arg(shell)
            .args(args)
            .output()
            .unwrap();
        assert!(
            started.status.success(),
            "{}",
            String::from_utf8_lossy(&started.stderr)
        );
        let mut attach = tmux();
        attach.arg("attach-session");
        let client = Pty::spawn(attach);
        Some(Tmux {
            program,
            socket,
            client,
        })
    }

    pub(crate) fn command(&self, args: &[&str]) -> String {
        let output = Command::new(&self.program)
            .arg("-S")
            .arg(&self.socket)
            .args(args)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Types a line.
    pub(crate) fn type_line(&self, text: &str) {
        self.type_keys(text);
        self.command(&["send-keys", "Enter"]);
    }

    /// Types this, and no Enter.
    pub(crate) fn type_keys(&self, text: &str) {
        self.command(&["send-keys", "-l", text]);
    }

    /// Types this, and Tab.
    pub(crate) fn type_and_tab(&self, text: &str) {
        self.type_keys(text);
        self.command(&["send-keys", "Tab"]);
    }

    /// Waits for the prompt `ready> ` with nothing behind it: some shells drop what is typed
    /// before, after Ctrl-C.
    pub(crate) fn until_ready(&self) {
        // A script may end before xacct, and xacct speak behind the prompt then.
        let prompts = ["ready>", "ready> xacct: error: interrupted"];
        super::until("a prompt", || {
            let screen = self.screen();
            let last = screen.lines().rfind(|line| !line.trim().is_empty());
            last.is_some_and(|line| prompts.contains(&line.trim()))
        });
    }

    /// Waits until the cursor stands behind a shell's prompt: a line editor that has not begun to
    /// read may lose what is typed. For after the output of what was typed before.
    pub(crate) fn until_prompt(&self) {
        super::until("a prompt at the cursor", || {
            let at = self.command(&["display-message", "-p", "#{cursor_x} #{cursor_y}"]);
            let (column, row) = at.trim().split_once(' ').unwrap();
            let (column, row): (usize, usize) = (column.parse().unwrap(), row.parse().unwrap());
            let screen = self.screen();
            let line: String = screen
                .lines()
                .nth(row)
                .unwrap_or_default()
                .chars()
                .take(column)
                .collect();
            line.trim_end().ends_with(['$', '#', '%', '>'])
        });
    }

    /// Makes the window this large.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        self.command(&["set-option", "window-size", "manual"]);
        self.command(&[
            "resize-window",
            "-x",
            &columns.to_string(),
            "-y",
            &rows.to_string(),
        ]);
    }

    /// What stands on the screen now.
    pub(crate) fn screen(&self) -> String {
        self.command(&["capture-pane", "-p"])
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = Command::new(&self.program)
            .arg("-S")
            .arg(&self.socket)
            .arg("kill-server")
            .output();
    }
}
