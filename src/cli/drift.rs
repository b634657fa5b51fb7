//! Holds `man/` and `completions/` to the command line: a difference is a failure, and `BLESS=1
//! cargo test drift` writes them anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::complete::whole;
use super::completion::Completing;
use super::man;
use super::man_config;
use crate::env::Env;

/// Compares a directory with what it should hold, file by file.
fn hold(directory: &str, wanted: &BTreeMap<String, String>) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let bless = Env::from_process().get("BLESS").is_some();
    if bless {
        fs::create_dir_all(&dir).unwrap();
    }
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&dir).unwrap_or_else(|error| panic!("{directory}: {error}")) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        match wanted.contains_key(&name) {
            true => {}
            false if bless => fs::remove_file(&path).unwrap(),
            false => wrong.push(format!("{name} belongs to no command")),
        }
    }
    for (name, text) in wanted {
        let path = dir.join(name);
        match fs::read_to_string(&path).is_ok_and(|found| found == *text) {
            true => {}
            false if bless => fs::write(&path, text).unwrap(),
            false => wrong.push(format!("{name} is not what it should be")),
        }
    }
    assert!(
        wrong.is_empty(),
        "{directory}/: {wrong:#?}\nBLESS=1 cargo test --lib drift writes them anew"
    );
}

/// Of every command, and of the settings file.
fn pages() -> Vec<(String, String)> {
    let config = ("xacct-config.5".to_owned(), man_config::page());
    man::pages().into_iter().chain([config]).collect()
}

#[test]
fn man_pages() {
    hold("man", &pages().into_iter().collect());
}

/// The file's name, where each shell looks for it, and its text: it asks the program, so it never
/// falls behind.
fn completions() -> BTreeMap<String, String> {
    let shells = [
        ("xacct.bash", Completing::Bash),
        ("_xacct", Completing::Zsh),
        ("xacct.fish", Completing::Fish),
        ("xacct.ps1", Completing::PowerShell),
        ("xacct.elv", Completing::Elvish),
    ];
    shells
        .into_iter()
        .map(|(name, shell)| (name.to_owned(), script(shell)))
        .collect()
}

fn script(shell: Completing) -> String {
    let mut text = shell.registration("xacct").unwrap();
    if shell == Completing::Zsh {
        // zsh loads the file in place of the function at the first Tab, which must complete too.
        text += "if [[ $funcstack[1] == _xacct ]]; then _clap_dynamic_completer_xacct \"$@\"; fi\n";
    }
    text
}

#[test]
fn completion_scripts() {
    hold("completions", &completions());
}

#[test]
fn man_pages_are_well_formed() {
    if Command::new("mandoc")
        .arg("-T")
        .arg("lint")
        .arg("/dev/null")
        .output()
        .is_err()
    {
        assert!(
            Env::from_process().get("XACCT_TEST_REQUIRE_ALL").is_none(),
            "mandoc is not installed"
        );
        eprintln!("SKIPPED: mandoc is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in pages() {
        let path = dir.path().join(&name);
        fs::write(&path, text).unwrap();
        let output = Command::new("mandoc")
            .args(["-T", "lint", "-W", "warning"])
            .arg(&path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.is_empty(), "{said}");
    }
}

#[test]
fn every_command_of_the_help_has_its_page() {
    let help = whole().render_help().to_string();
    let (_, commands) = help.split_once("\nCommands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    let pages = pages();
    for line in commands.lines() {
        let name = line.split_whitespace().next().unwrap();
        let page = format!("xacct-{name}.1");
        let is_there = pages.iter().any(|(name, _)| *name == page);
        assert!(is_there != (name == "help"), "{page}");
    }
    assert!(commands.lines().count() > 20, "{commands}");
}
