//! What happens when xacct has a bug: a message without the text that it stumbled over, which may
//! be a secret, and for a shell that evaluates our stdout the statements that keep it from going on
//! in the last account.

use std::ffi::OsString;
use std::panic::{self, PanicHookInfo};

use super::shell::{self, ShellCredentials};
use crate::cli;
use crate::env::Env;
use crate::error::Error;
use crate::say::Voice;
use crate::terminal;

/// What the statements tell the shell; the process itself is aborted.
const STATUS: u8 = 1;

/// Replaces the standard hook, whose message quotes what was being sliced or unwrapped.
pub(super) fn against_panics(args: &[OsString], env: &Env) {
    // Most runs evaluate nothing, and copy nothing for this.
    let wanted = cli::statements_wanted(args, env).map(|wanted| (wanted.shell, env.clone()));
    panic::set_hook(Box::new(move |info| {
        if let Some((chosen, env)) = &wanted {
            let _ = shell::print_failure(*chosen, env, STATUS, ShellCredentials::Removed);
        }
        Voice::default().error(&bug(info));
        terminal::give_back();
    }));
}

fn bug(info: &PanicHookInfo<'_>) -> Error {
    let place = info
        .location()
        .map(|at| format!(" at {}:{}", at.file(), at.line()))
        .unwrap_or_default();
    Error::other(format!(
        "this is a bug in xacct{place}, and nothing was handed out"
    ))
    .hint("please report it with this line and what was run")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::child;

    const TEST: &str =
        "commands::guard::tests::a_bug_takes_the_credentials_out_and_shows_no_secret";

    #[test]
    fn a_bug_takes_the_credentials_out_and_shows_no_secret() {
        if let Some(task) = child::task() {
            let args = ["xacct", &task, "client1", "--shell", "bash"].map(OsString::from);
            against_panics(&args, &Env::of(&[]));
            let secret = "wJalrXUtnFEMI";
            panic!("{secret}");
        }
        let run = |command: &str| {
            let output = child::command(TEST, command).output().unwrap();
            (
                String::from_utf8(output.stdout).unwrap(),
                String::from_utf8(output.stderr).unwrap(),
            )
        };
        let (stdout, stderr) = run("assume");
        assert!(
            stdout.contains("unset AWS_ACCESS_KEY_ID ") && stdout.contains("exit 1"),
            "{stdout}"
        );
        assert!(
            stderr.contains("xacct: error: this is a bug in xacct at src/commands/guard.rs:"),
            "{stderr}"
        );
        assert!(!(stdout + &stderr).contains("wJalr"));
        assert!(!run("list").0.contains("unset"));
    }
}
