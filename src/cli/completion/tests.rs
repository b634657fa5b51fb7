//! What of a word bash keeps, how an answer is quoted, and when options are offered.

use std::ffi::OsStr;

use super::super::whole;
use super::super::with_profile_completer;
use super::*;

/// bash's own.
const BREAKS: &str = " \t\n\"'@><=;|&(:";

/// What is offered for the last of these words.
fn offered(shell: Completing, breaks: Option<&str>, words: &[&str]) -> Vec<String> {
    let names = ["team:one", "team:two", "it's me", "a@b=c", "$x"];
    let mut command = with_profile_completer(whole(), move |typed: &OsStr| {
        let typed = typed.to_string_lossy();
        names
            .iter()
            .filter(|name| name.starts_with(&*typed))
            .map(CompletionCandidate::new)
            .collect()
    });
    let question = CompletionQuery {
        words: words.iter().map(OsString::from).collect(),
        wordbreaks: breaks.map(str::to_owned),
        between: "\n".to_owned(),
        ..CompletionQuery::default()
    };
    shell
        .answer(&mut command, question)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn bash_keeps_what_is_before_a_break_or_an_open_quote() {
    for (typed, wanted) in [
        ("team", &["team:one", "team:two"][..]),
        ("team:", &["one", "two"]),
        ("team:t", &["two"]),
        ("team\\:t", &["team:two"]),
        ("\"team:", &["team:one", "team:two"]),
        ("te\"am:o", &["am:one"]),
        ("'team':o", &["one"]),
        ("\"te\"am", &["team:one", "team:two"]),
        ("a@", &["@b=c"]),
        ("a@b", &["@b=c"]),
        ("a@b=", &["c"]),
        ("it", &["it\\'s\\ me"]),
        ("it\\'s", &["it\\'s\\ me"]),
        ("'it", &["it'\\''s me"]),
        ("\"it'", &["it's me"]),
        ("\\$", &["\\$x"]),
        ("\"\\$", &["\\$x"]),
        ("'$", &["$x"]),
    ] {
        assert_eq!(
            offered(Completing::Bash, Some(BREAKS), &["xacct", "assume", typed]),
            wanted,
            "{typed}"
        );
    }
    // With breaks of the user's own.
    assert_eq!(
        offered(
            Completing::Bash,
            Some(" \n"),
            &["xacct", "assume", "team:t"]
        ),
        ["team:two"]
    );
    // A script that does not tell them has split the words itself.
    assert_eq!(
        offered(Completing::Bash, None, &["xacct", "assume", "team:t"]),
        ["team:two"]
    );
    assert_eq!(
        offered(
            Completing::Bash,
            Some(BREAKS),
            &["xacct", "add", "new", "--source-profile=t"]
        ),
        ["team:one", "team:two"]
    );
}

#[test]
fn options_wait_for_a_dash() {
    for shell in [
        Completing::Bash,
        Completing::Zsh,
        Completing::Fish,
        Completing::PowerShell,
        Completing::Elvish,
    ] {
        let profiles = offered(shell, None, &["xacct", "assume", ""]);
        assert_eq!(profiles.len(), 5, "{shell:?} {profiles:?}");
        let options = offered(shell, None, &["xacct", "assume", "-"]);
        assert!(
            options
                .iter()
                .any(|option| option.starts_with("--duration")),
            "{shell:?} {options:?}"
        );
        // Where there is nothing else, they are of use.
        let options = offered(shell, None, &["xacct", "init", "bash", ""]);
        assert!(
            options.iter().any(|option| option.starts_with("--prompt")),
            "{shell:?} {options:?}"
        );
        assert!(
            !options
                .iter()
                .any(|option| option.starts_with("--color-of")),
            "{shell:?} {options:?}"
        );
        let commands = offered(shell, None, &["xacct", ""]);
        assert!(
            commands.iter().all(|command| !command.starts_with('-')),
            "{shell:?} {commands:?}"
        );
    }
}

#[test]
fn zsh_tells_a_name_from_its_help() {
    assert_eq!(
        offered(Completing::Zsh, None, &["xacct", "assume", "team"]),
        ["team\\:one", "team\\:two"]
    );
}

#[test]
fn fish_sends_the_word_with_its_quotes() {
    for typed in ["\"it'", "it\\'s\\ m", "it"] {
        assert_eq!(
            offered(Completing::Fish, None, &["xacct", "assume", typed]),
            ["it's me"],
            "{typed}"
        );
    }
}

#[test]
fn a_shell_is_known_by_its_path() {
    assert_eq!(
        Completing::named(Path::new("/usr/bin/zsh")),
        Some(Completing::Zsh)
    );
    assert_eq!(
        Completing::named(Path::new("powershell.exe")),
        Some(Completing::PowerShell)
    );
    assert_eq!(Completing::named(Path::new("1")), None);
}
