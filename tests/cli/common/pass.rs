//! A stand-in for `pass`: files in plain text, and a list of what it was asked.

use std::fs;
use std::path::PathBuf;

use super::Sandbox;
use super::cmd::Cmd;
use super::home::mode;
use super::sandbox::XACCT;

/// `unlocked` stands for the agent that knows the passphrase: it is asked for once, which takes a
/// while.
const SCRIPT: &str = r#"#!/bin/sh
store="$HOME/.password-store"
for name; do :; done
printf '%s\n' "$1" >> "$HOME/pass-calls"
case $1 in
show)
    [ -e "$store/locked" ] && exit 2
    if [ ! -e "$store/unlocked" ]; then
        printf 'unlock\n' >> "$HOME/pass-calls"
        sleep 0.3
        : > "$store/unlocked"
    fi
    cat "$store/$name.gpg" ;;
insert) mkdir -p "$(dirname "$store/$name")" && cat > "$store/$name.gpg" ;;
rm) rm "$store/$name.gpg" ;;
esac
"#;

pub(crate) struct Pass<'s> {
    sandbox: &'s Sandbox,
    path: String,
}

impl Pass<'_> {
    /// On the `PATH` of what [`Pass::xacct`] runs.
    pub(crate) fn of(sandbox: &Sandbox) -> Pass<'_> {
        let bin = sandbox.home().join("bin");
        let store = sandbox.home().join(".password-store");
        fs::create_dir_all(&bin).unwrap();
        fs::create_dir_all(&store).unwrap();
        fs::write(store.join(".gpg-id"), "somebody\n").unwrap();
        fs::write(bin.join("pass"), SCRIPT).unwrap();
        mode(&bin.join("pass"), 0o700);
        sandbox.write_settings("keys.store = \"pass\"\n");
        Pass {
            sandbox,
            path: format!("{}:/usr/bin:/bin", bin.display()),
        }
    }

    /// A run of xacct, without a terminal, whatever the tests run in.
    pub(crate) fn xacct(&self, args: &[&str]) -> Cmd {
        let args = [&["-w", XACCT], args].concat();
        self.sandbox
            .program("setsid", &args)
            .env("PATH", &self.path)
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The file of a key.
    pub(crate) fn file(&self, id: &str) -> PathBuf {
        let store = self.sandbox.home().join(".password-store");
        store.join(format!("xacct/{id}.gpg"))
    }

    /// From now on it decrypts nothing.
    pub(crate) fn lock(&self) {
        fs::write(self.sandbox.home().join(".password-store/locked"), "").unwrap();
    }

    /// What it was asked since the last look.
    pub(crate) fn calls(&self) -> Vec<String> {
        let file = self.sandbox.home().join("pass-calls");
        let text = fs::read_to_string(&file).unwrap_or_default();
        let _ = fs::remove_file(file);
        text.lines().map(str::to_owned).collect()
    }
}
