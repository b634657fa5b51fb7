//! The committed completion scripts in the real shells: each asks the program `xacct`, in the words
//! clap expects, and offers what it answers. A stand-in for xacct records what it was asked.
//!
//! A shell that is not installed is skipped aloud, or with `XACCT_TEST_REQUIRE_ALL=1` a failure.

#![cfg(unix)]
#![expect(clippy::print_stderr, reason = "all of this is a test")]

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

#[expect(
    clippy::disallowed_methods,
    reason = "the tests' own environment, not xacct's"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

fn completions() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/completions").to_owned()
}

/// A directory with a program `xacct` that knows two profiles and writes down how it was called.
fn stand_in() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("xacct");
    let script = format!(
        "#!/bin/sh\nprintf '%s %s\\n' \"$COMPLETE\" \"$*\" >> '{}'\nprintf \
         'client1%sclient2' \"${{_CLAP_IFS:-\n}}\"\n",
        dir.path().join("asked").display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

/// What the shell printed, and what the stand-in was asked last; `None` where the shell is not
/// installed.
fn run(shell: &str, args: &[&str], script: &str) -> Option<(String, String)> {
    let dir = stand_in();
    let mut path = OsString::from(dir.path());
    path.push(":");
    path.push(variable("PATH").unwrap());
    let mut command = Command::new(shell);
    command
        .args(args)
        .arg(script)
        .env_clear()
        .env("PATH", path)
        .env("HOME", dir.path())
        .env("TERM", "xterm");
    let output = match command.current_dir(dir.path()).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            assert!(
                variable("XACCT_TEST_REQUIRE_ALL").is_none(),
                "{shell} is not installed"
            );
            eprintln!("SKIPPED: {shell} is not installed");
            return None;
        }
        output => output.unwrap(),
    };
    assert!(
        output.status.success(),
        "{shell}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let asked = fs::read_to_string(dir.path().join("asked")).unwrap_or_default();
    let last = asked.lines().last().unwrap_or_default().to_owned();
    Some((String::from_utf8_lossy(&output.stdout).into_owned(), last))
}

#[test]
fn bash_completes() {
    let script = format!(
        "source '{}/xacct.bash'; complete -p xacct; COMP_WORDS=(xacct assume cl); COMP_CWORD=2; \
         COMP_LINE='xacct assume cl'; COMP_POINT=15; \
         _clap_complete_xacct xacct cl assume; printf '<%s>' \"${{COMPREPLY[@]}}\"",
        completions()
    );
    let Some((said, asked)) = run("bash", &["--norc", "-c"], &script) else {
        return;
    };
    assert!(said.contains("-F _clap_complete_xacct xacct\n"), "{said}");
    assert!(said.ends_with("<client1><client2>"), "{said}");
    assert_eq!(asked, "bash -- xacct assume cl");
}

#[test]
fn fish_completes() {
    let script = format!(
        "source '{}/xacct.fish'; complete -C 'xacct assume cl'",
        completions()
    );
    let Some((said, asked)) = run("fish", &["-Nc"], &script) else {
        return;
    };
    assert_eq!(said, "client1\nclient2\n");
    assert_eq!(asked, "fish -- xacct assume cl");
}

/// In a terminal of zsh's own: the script is one that zsh loads at the first Tab, which must
/// complete too. `await` gives up after twenty seconds.
#[test]
fn zsh_completes_at_the_first_tab() {
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
         zpty -b z 'PS1=\"> \" zsh -f -i'
         zpty -w z 'fpath=({} $fpath); autoload -U compinit; compinit -u -D; echo RE\"\"ADY'
         await READY
         zpty -w -n z $'xacct assume cl\t'
         await 'cl(ient|*client1*client2)'
         zpty -d z",
        completions()
    );
    let Some((said, asked)) = run("zsh", &["-fc"], &script) else {
        return;
    };
    assert_eq!(
        (said.as_str(), asked.as_str()),
        ("", "zsh -- xacct assume cl")
    );
}

/// `edit:` is there at a prompt only, so the script gets one of the same shape.
#[test]
fn elvish_completes() {
    let script = format!(
        "var edit: = (ns [&completion:=(ns [&arg-completer=[&]])])
         eval (slurp < '{}/xacct.elv')
         each {{|name| print '<'$name'>' }} [($edit:completion:arg-completer[xacct] xacct assume cl)]",
        completions()
    );
    let Some((said, asked)) = run("elvish", &["-norc", "-c"], &script) else {
        return;
    };
    assert_eq!(said, "<client1><client2>");
    assert_eq!(asked, "elvish -- xacct assume cl");
}
