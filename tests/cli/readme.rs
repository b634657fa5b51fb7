//! The README is true: its `console run` blocks print what they say, and every command, option and variable that it
//! names exists.
//!
//! In a block, `$ ` begins a command, and what follows is what it prints, stderr included; `…` stands for any text of
//! a line. The blocks are run one after another in one shell in one sandbox, as a reader would type them.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::Sandbox;

const README: &str = include_str!("../../README.md");
const XACCT: &str = env!("CARGO_BIN_EXE_xacct");

/// The fenced blocks whose info string is one of these, as their lines.
fn blocks(infos: &[&str]) -> Vec<Vec<&'static str>> {
    let mut lines = README.lines();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        if infos.contains(&info) {
            blocks.push(block);
        }
    }
    blocks
}

/// Each command with what it is said to print.
fn commands() -> Vec<(&'static str, String)> {
    let mut commands: Vec<(&str, String)> = Vec::new();
    for line in blocks(&["console run"]).concat() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command, String::new())),
            (None, Some((_, output))) => output.extend([line, "\n"]),
            (None, None) => panic!("'{line}' is before any command"),
        }
    }
    commands
}

/// Whether `actual` is `pattern`, in which `…` stands for any text without a line end.
fn matches(pattern: &str, actual: &str) -> bool {
    let same = |(pattern, actual): (&str, &str)| {
        let mut parts = pattern.split('…');
        let Some(mut rest) = actual.strip_prefix(parts.next().unwrap_or_default()) else { return false };
        let parts: Vec<&str> = parts.collect();
        let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
        for part in middle {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    };
    let (pattern, actual): (Vec<_>, Vec<_>) = (pattern.lines().collect(), actual.lines().collect());
    pattern.len() == actual.len() && pattern.into_iter().zip(actual).all(same)
}

#[test]
fn dots_stand_for_any_text_of_a_line() {
    for (pattern, actual) in [("a…c\n", "abc\n"), ("a…\n", "a\n"), ("…b…d", "abcd"), ("ab\n…\n", "ab\ncd\n")]
    {
        assert!(matches(pattern, actual), "{pattern}: {actual}");
    }
    for (pattern, actual) in
        [("a…c", "ab"), ("ab", "abc"), ("a\n", "a\nb\n"), ("a…", "b"), ("a…b…", "ac"), ("a\nb\n", "a\n")]
    {
        assert!(!matches(pattern, actual), "{pattern}: {actual}");
    }
}

#[test]
fn commands_print_what_the_readme_says() {
    const END: &str = "=== end of a command ===";
    let commands = commands();
    assert!(commands.len() >= 7, "only {} commands", commands.len());
    let mut script = String::from("exec 2>&1\n");
    for (command, _) in &commands {
        script.extend([*command, "\necho '", END, "'\n"]);
    }
    let bin = Path::new(XACCT).parent().unwrap().display();
    let sandbox = Sandbox::start();
    let output = sandbox
        .program("bash", &["-c", &*script])
        .env("PATH", format!("{bin}:/usr/bin:/bin"))
        .env("SHELL", "/bin/bash")
        .run()
        .ok();
    let text = output.stdout_text();
    for secret in sandbox.secrets() {
        assert!(!text.contains(&secret), "a secret:\n{text}");
    }
    let printed: Vec<&str> = text.split(&format!("{END}\n")).collect();
    assert_eq!(printed.len(), commands.len() + 1, "a command ended the shell:\n{text}");
    for ((command, expected), actual) in commands.iter().zip(printed) {
        assert!(
            matches(expected, actual),
            "$ {command}\nthe README says:\n{expected}\nit printed:\n{actual}"
        );
    }
}

#[test]
fn the_sample_files_are_read_without_complaint() {
    let sandbox = Sandbox::start();
    sandbox.write_config(&(blocks(&["ini"]).concat().join("\n") + "\n"));
    sandbox.write_settings(&(blocks(&["toml"]).concat().join("\n") + "\n"));
    let listed = sandbox.xacct(&["list", "--json"]).run().ok().json();
    let names: Vec<_> =
        listed.as_array().unwrap().iter().map(|row| row["profile"].as_str().unwrap()).collect();
    assert_eq!(names, ["hub", "client1", "client1-sdk", "client1-audit"]);
    let explained = sandbox.xacct(&["explain", "client1", "--json"]).run().ok().json();
    assert_eq!(explained["warnings"], serde_json::json!([]));
    assert_eq!(explained["steps"][1]["external_id"], "client1-7731");
    fs::write(sandbox.home().join(".config/xacct/audit.json"), "{}").unwrap();
    let narrowed = sandbox.xacct(&["explain", "client1-audit"]).run().ok();
    let lines = ["session policy     {}", "policy arns        arn:aws:iam::aws:policy/ReadOnlyAccess"];
    lines.into_iter().fold(narrowed, |narrowed, line| narrowed.stdout_contains(line));
}

/// The help of a command and of all those below it.
fn help(path: &[&str], texts: &mut Vec<(String, String)>) {
    let output = Command::new(XACCT).args(path).arg("--help").env_clear().output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let below =
        text.split_once("\nCommands:\n").map(|(_, rest)| rest.split("\n\n").next().unwrap_or_default());
    let names = below.unwrap_or_default().lines().filter_map(|line| {
        let name = line.strip_prefix("  ")?.split(' ').next()?;
        (!name.is_empty() && name != "help").then_some(name)
    });
    for name in names {
        help(&[path, &[name]].concat(), texts);
    }
    texts.push((path.join(" "), text));
}

/// Everything in the README that is set as code: blocks, and spans between backticks.
fn code() -> Vec<String> {
    let all = blocks(&["sh", "console run", "ini", "toml", "console"]).concat();
    let spans = README.lines().filter(|line| !line.starts_with("```")).flat_map(|line| {
        line.split('`').enumerate().filter(|(index, _)| index % 2 == 1).map(|(_, span)| span)
    });
    all.into_iter().chain(spans).map(str::to_owned).collect()
}

/// Maximal runs of these characters in the code that begin with `prefix`.
fn words(prefix: &str, is_part: fn(char) -> bool) -> BTreeSet<String> {
    let code = code();
    let words = code.iter().flat_map(|text| text.split(|c: char| !is_part(c)));
    words.filter(|word| word.starts_with(prefix) && word.len() > prefix.len()).map(str::to_owned).collect()
}

#[test]
fn every_command_is_in_the_readme_and_the_other_way_round() {
    let mut texts = Vec::new();
    help(&[], &mut texts);
    let paths: BTreeSet<String> = texts.into_iter().map(|(path, _)| path).collect();
    let code = code();
    for path in paths.iter().filter(|path| !path.contains(' ')) {
        let call = format!("xacct {path}");
        assert!(code.iter().any(|text| text == path || text.contains(&call)), "no '{path}' in the README");
    }
    let calls = code.iter().flat_map(|text| {
        ["xacct ", "cargo run --release -- "].into_iter().flat_map(|start| text.split(start).skip(1))
    });
    for call in calls {
        let is_part = |c: &char| c.is_ascii_lowercase() || *c == '-';
        let name: String = call.chars().take_while(is_part).collect();
        assert!(name.starts_with('-') || paths.contains(&name), "there is no command '{name}': {call}");
    }
}

#[test]
fn every_option_and_variable_in_the_readme_exists() {
    let mut texts = Vec::new();
    help(&[], &mut texts);
    let help: String = texts.into_iter().map(|(_, text)| text).collect();
    let other = ["--release", "--path", "--test", "--"];
    for option in words("--", |c| c.is_ascii_lowercase() || c == '-') {
        assert!(other.contains(&&*option) || help.contains(&option), "there is no option {option}");
    }
    let without_option = ["XACCT_CONFIG", "XACCT_CACHE_DIR", "XACCT_AUDIT_LOG", "XACCT_PROFILE"];
    // The help leaves them to the man pages.
    let dir = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("man")).unwrap();
    let pages: String = dir.map(|page| std::fs::read_to_string(page.unwrap().path()).unwrap()).collect();
    for variable in words("XACCT_", |c| c.is_ascii_uppercase() || c == '_') {
        let known = without_option.contains(&&*variable) || pages.contains(&format!("\\fB{variable}\\fR"));
        assert!(known, "there is no variable {variable}");
    }
}

#[test]
fn the_files_that_the_readme_names_are_there() {
    for name in
        ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md", ".ci/run", "man/xacct.1", "completions/_xacct"]
    {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(name).is_file(), "no {name}");
    }
    let makefile = include_str!("../../Makefile");
    let code = code();
    for target in code.iter().filter_map(|text| text.trim_start_matches("sudo ").strip_prefix("make ")) {
        let target = target.split(' ').next().unwrap_or_default();
        assert!(makefile.contains(&format!("\n{target}:")), "there is no target '{target}' in the Makefile");
    }
}
