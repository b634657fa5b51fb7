//! README.md and the pages under docs/ are true: their `console run` blocks print what they say,
//! their sample files are read, their links lead somewhere, and every command, option and variable
//! that they name exists.
//!
//! In a block, `$ ` begins a command, and what follows is what it prints, stderr included; `…`
//! stands for any text of a line. The blocks of a page are run one after another in one shell in
//! one sandbox, as a reader would type them. A block `ini` is a part of ~/.aws/config, `toml` of
//! config.toml; other files' blocks have a second word (`toml starship`).

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::Sandbox;

const XACCT: &str = env!("CARGO_BIN_EXE_xacct");

/// The project's own pages: their path from its root, and their text.
fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = |dir: &str| {
        let entries = fs::read_dir(root.join(dir))
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        entries
            .map(|name| format!("{dir}{}", name.to_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let mut paths = [files(""), files("docs/")].concat();
    paths.retain(|path| {
        path.strip_suffix(".md")
            .is_some_and(|name| name != "CHANGELOG")
    });
    paths.sort();
    paths
        .into_iter()
        .map(|path| (path.clone(), page(&path)))
        .collect()
}

fn page(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The fenced blocks whose info string is one of these, as their lines.
fn blocks<'a>(page: &'a str, infos: &[&str]) -> Vec<Vec<&'a str>> {
    let mut lines = page.lines();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        if infos.contains(&info) {
            blocks.push(block);
        }
    }
    blocks
}

/// Each command with what it is said to print.
fn commands(page: &str) -> Vec<(&str, String)> {
    let mut commands: Vec<(&str, String)> = Vec::new();
    for line in blocks(page, &["console run"]).concat() {
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
        let Some(mut rest) = actual.strip_prefix(parts.next().unwrap_or_default()) else {
            return false;
        };
        let parts: Vec<&str> = parts.collect();
        let Some((last, middle)) = parts.split_last() else {
            return rest.is_empty();
        };
        for part in middle {
            let Some(at) = rest.find(part) else {
                return false;
            };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    };
    let (pattern, actual): (Vec<_>, Vec<_>) = (pattern.lines().collect(), actual.lines().collect());
    pattern.len() == actual.len() && pattern.into_iter().zip(actual).all(same)
}

#[test]
fn dots_stand_for_any_text_of_a_line() {
    for (pattern, actual) in [
        ("a…c\n", "abc\n"),
        ("a…\n", "a\n"),
        ("…b…d", "abcd"),
        ("ab\n…\n", "ab\ncd\n"),
    ] {
        assert!(matches(pattern, actual), "{pattern}: {actual}");
    }
    for (pattern, actual) in [
        ("a…c", "ab"),
        ("ab", "abc"),
        ("a\n", "a\nb\n"),
        ("a…", "b"),
        ("a…b…", "ac"),
        ("a\nb\n", "a\n"),
    ] {
        assert!(!matches(pattern, actual), "{pattern}: {actual}");
    }
}

/// Runs the commands of one page in a sandbox of its own.
fn play(path: &str, page: &str) {
    const END: &str = "=== end of a command ===";
    let commands = commands(page);
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
        assert!(!text.contains(&secret), "{path}: a secret:\n{text}");
    }
    let printed: Vec<&str> = text.split(&format!("{END}\n")).collect();
    assert_eq!(
        printed.len(),
        commands.len() + 1,
        "{path}: a command ended the shell:\n{text}"
    );
    for ((command, expected), actual) in commands.iter().zip(printed) {
        assert!(
            matches(expected, actual),
            "{path}:\n$ {command}\nthe page says:\n{expected}\nit printed:\n{actual}"
        );
    }
}

#[test]
fn commands_print_what_the_pages_say() {
    let pages = pages();
    let with_commands: Vec<_> = pages
        .iter()
        .filter(|(_, text)| !commands(text).is_empty())
        .collect();
    assert!(
        with_commands.iter().any(|(path, _)| path == "README.md"),
        "no commands in README.md"
    );
    for (path, text) in with_commands {
        play(path, text);
    }
}

#[test]
fn the_sample_files_are_read_without_complaint() {
    for (path, text) in pages() {
        let (profiles, settings) = (blocks(&text, &["ini"]), blocks(&text, &["toml"]));
        if profiles.is_empty() && settings.is_empty() {
            continue;
        }
        let sandbox = Sandbox::start();
        sandbox.write_config(&(profiles.concat().join("\n") + "\n"));
        sandbox.write_settings(&(settings.concat().join("\n") + "\n"));
        let shown = sandbox
            .xacct(&["config", "show", "--json"])
            .run()
            .ok()
            .json();
        assert_eq!(shown["problems"], serde_json::json!([]), "{path}");
        let sections = profiles
            .concat()
            .iter()
            .filter(|line| line.starts_with("[profile "))
            .count();
        assert!(
            shown["profiles"].as_object().unwrap().len() >= sections,
            "{path}: {shown}"
        );
    }
}

/// The help of a command and of all those below it.
fn help(path: &[&str], texts: &mut Vec<(String, String)>) {
    let output = Command::new(XACCT)
        .args(path)
        .arg("--help")
        .env_clear()
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let below = text
        .split_once("\nCommands:\n")
        .map(|(_, rest)| rest.split("\n\n").next().unwrap_or_default());
    let names = below.unwrap_or_default().lines().filter_map(|line| {
        let name = line.strip_prefix("  ")?.split(' ').next()?;
        (!name.is_empty() && name != "help").then_some(name)
    });
    for name in names {
        help(&[path, &[name]].concat(), texts);
    }
    texts.push((path.join(" "), text));
}

/// Everything on a page that is set as code: blocks, and spans between backticks.
fn code(page: &str) -> Vec<String> {
    let all = blocks(page, &["sh", "console run", "ini", "toml", "console"]).concat();
    let spans = page
        .lines()
        .filter(|line| !line.starts_with("```"))
        .flat_map(|line| {
            line.split('`')
                .enumerate()
                .filter(|(index, _)| index % 2 == 1)
                .map(|(_, span)| span)
        });
    all.into_iter().chain(spans).map(str::to_owned).collect()
}

/// Maximal runs of these characters in the code that begin with `prefix`.
fn words(code: &[String], prefix: &str, is_part: fn(char) -> bool) -> BTreeSet<String> {
    let words = code
        .iter()
        .flat_map(|text| text.split(|c: char| !is_part(c)));
    words
        .filter(|word| word.starts_with(prefix) && word.len() > prefix.len())
        .map(str::to_owned)
        .collect()
}

/// The commands with those below them, by their words, and their help.
fn commands_and_help() -> (BTreeSet<String>, String) {
    let mut texts = Vec::new();
    help(&[], &mut texts);
    let paths = texts.iter().map(|(path, _)| path.clone()).collect();
    (paths, texts.into_iter().map(|(_, text)| text).collect())
}

#[test]
fn every_command_is_on_a_page_and_the_other_way_round() {
    let (paths, _) = commands_and_help();
    let mut all = Vec::new();
    for (page, text) in pages() {
        let code = code(&text);
        let calls = code.iter().flat_map(|text| {
            ["xacct ", "cargo run --release -- "]
                .into_iter()
                .flat_map(|start| text.split(start).skip(1))
        });
        for call in calls {
            let is_part = |c: &char| c.is_ascii_lowercase() || *c == '-';
            let name: String = call.chars().take_while(is_part).collect();
            let known = name.is_empty() || name.starts_with('-') || paths.contains(&name);
            // `explain` prints "xacct will send 3 requests".
            let is_printed = call.starts_with("will send ");
            assert!(
                known || is_printed || name == "credential_process",
                "{page}: there is no command '{name}': {call}"
            );
        }
        all.extend(code);
    }
    for path in paths.iter().filter(|path| !path.contains(' ')) {
        let call = format!("xacct {path}");
        assert!(
            all.iter().any(|text| text == path || text.contains(&call)),
            "no page names '{path}'"
        );
    }
}

/// What ends xacct's own options.
const FOREIGN_OPTIONS: [&str; 1] = ["--"];

#[test]
fn every_option_and_variable_on_a_page_exists() {
    let (_, help) = commands_and_help();
    // The help leaves some to the man pages.
    let dir = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("man")).unwrap();
    let manual: String = dir
        .map(|page| fs::read_to_string(page.unwrap().path()).unwrap())
        .collect();
    let without_option = [
        "XACCT_CONFIG",
        "XACCT_CACHE_DIR",
        "XACCT_AUDIT_LOG",
        "XACCT_PROFILE",
    ];
    // What AWS and its own tools do has options of theirs.
    for (page, text) in pages()
        .into_iter()
        .filter(|(page, _)| page != "docs/aws.md")
    {
        let code = code(&text);
        let calls: Vec<String> = code.iter().flat_map(|text| ours(text)).collect();
        for option in words(&calls, "--", |c| c.is_ascii_lowercase() || c == '-') {
            let known = FOREIGN_OPTIONS.contains(&&*option) || help.contains(&option);
            assert!(known, "{page}: there is no option {option}");
        }
        for variable in words(&code, "XACCT_", |c| c.is_ascii_uppercase() || c == '_') {
            let in_manual = manual.contains(&format!("\\fB{variable}\\fR"));
            let known = without_option.contains(&&*variable)
                || in_manual
                || variable.starts_with("XACCT_TEST_");
            assert!(known, "{page}: there is no variable {variable}");
        }
    }
}

/// The calls of xacct in a piece of code, without what they run; or an option by itself.
fn ours(code: &str) -> Vec<String> {
    if code.starts_with("--") {
        return vec![code.to_owned()];
    }
    let calls = code.split("xacct ").skip(1);
    calls
        .map(|call| call.split([';', '|', ')', '#']).next().unwrap_or_default())
        .map(|call| call.split(" -- ").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn links_and_files_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (page, text) in pages() {
        let dir = root.join(&page);
        let dir = dir.parent().unwrap();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            if file.starts_with("https://") {
                continue;
            }
            let target = if file.is_empty() {
                root.join(&page)
            } else {
                dir.join(file)
            };
            assert!(target.exists(), "{page}: no {link}");
            let headings = || {
                fs::read_to_string(&target)
                    .unwrap()
                    .lines()
                    .any(|line| anchor(line) == heading)
            };
            assert!(
                heading.is_empty() || headings(),
                "{page}: no heading for {link}"
            );
        }
    }
    let makefile = page("Makefile");
    for (page, text) in pages() {
        let code = code(&text);
        let calls = code
            .iter()
            .filter_map(|text| text.trim_start_matches("sudo ").strip_prefix("make "));
        for target in calls {
            let target = target.split(' ').next().unwrap_or_default();
            assert!(
                makefile.contains(&format!("\n{target}:")),
                "{page}: no target '{target}' in the Makefile"
            );
        }
    }
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(line: &str) -> String {
    let heading = line.trim_start_matches('#').trim().to_lowercase();
    heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .collect::<String>()
        .replace(' ', "-")
}
