//! docs/terminal.svg, the picture in the README: what a terminal shows of a session in the sandbox.
//! `BLESS=1 cargo test --test cli picture` draws it again.

#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::common::tmux::Tmux;
use crate::common::{Sandbox, outer_env, until};

const COLUMNS: u16 = 84;
const ROWS: u16 = 20;

/// Pixels of one character.
const WIDTH: f32 = 8.43;
const HEIGHT: u16 = 19;

const MARGIN: u16 = 16;

/// What is typed, and the text that then ends the screen. The code is typed at the second.
const SESSION: [(&str, &str); 5] = [
    ("xacct list", "acme-client1"),
    ("eval \"$(xacct assume client1)\"", "(profile client1):"),
    (
        "xacct exec client2 -- sh -c 'echo \"account $AWS_ACCOUNT_ID\"'",
        "account 333333333333",
    ),
    (
        "eval \"$(xacct assume cleint2)\" && terraform apply",
        "did you mean",
    ),
    ("echo \"account: ${AWS_ACCOUNT_ID:-none}\"", "account: none"),
];

#[test]
fn the_picture_in_the_readme_is_what_a_terminal_shows() {
    let sandbox = Sandbox::start();
    let dir = tempfile::tempdir().unwrap();
    let Some(tmux) = Tmux::start(&sandbox, dir.path(), "bash", &["--norc"]) else {
        return;
    };
    tmux.resize(COLUMNS, ROWS);
    tmux.type_line("PS1='$ '; clear");
    until("an empty screen", || tmux.screen().trim() == "$");
    for (typed, shown) in SESSION {
        tmux.type_line(typed);
        until(shown, || tmux.screen().contains(shown));
        if shown.starts_with("(profile") {
            tmux.type_line(&sandbox.fresh_code());
        }
        until("a prompt", || tmux.screen().trim_end().ends_with("\n$"));
    }
    let drawn = draw(&tmux.command(&["capture-pane", "-e", "-p"]));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/terminal.svg");
    if outer_env("BLESS").is_some() {
        fs::write(&path, &drawn).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        kept, drawn,
        "BLESS=1 cargo test --test cli picture draws docs/terminal.svg again"
    );
}

/// The screen as a picture.
fn draw(screen: &str) -> String {
    let width = f32::from(COLUMNS) * WIDTH + 2.0 * f32::from(MARGIN);
    let lines: Vec<&str> = screen.trim_end().lines().collect();
    let height = u16::try_from(lines.len()).unwrap() * HEIGHT + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height}\" \
         role=\"img\" \
         aria-label=\"a terminal in which xacct is used\">\n\
         <style>text {{ font: 14px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; \
         fill: #d8dee9; white-space: pre }} .b {{ font-weight: bold }} .r {{ fill: #ff7b72 }} \
         .g {{ fill: #7ee787 }} .y {{ fill: #e3b341 }} .d {{ fill: #8b949e }}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#161b22\"/>\n"
    );
    for (row, line) in (1..).zip(lines) {
        let y = MARGIN + row * HEIGHT - 5;
        writeln!(svg, "<text x=\"{MARGIN}\" y=\"{y}\">{}</text>", spans(line)).unwrap();
    }
    svg + "</svg>\n"
}

/// A line with the colours that tmux shows as escape sequences.
fn spans(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let mut text = escaped(parts.next().unwrap_or_default());
    let mut class = "";
    for part in parts {
        let (codes, shown) = part.split_once('m').unwrap();
        class = codes.split(';').fold(class, class_after);
        match (class, shown) {
            (_, "") => {}
            ("", _) => text += &escaped(shown),
            _ => write!(text, "<tspan class=\"{class}\">{}</tspan>", escaped(shown)).unwrap(),
        }
    }
    text
}

/// What a code of a colour makes of the one before.
fn class_after(class: &'static str, code: &str) -> &'static str {
    match code {
        "1" => "b",
        "2" | "90" => "d",
        "31" | "91" => "r",
        "32" | "92" => "g",
        "33" | "93" => "y",
        "39" | "49" => class,
        _ => "",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[test]
fn colours_become_classes() {
    assert_eq!(
        spans("a\x1b[1mb\x1b[0m\x1b[39mc<d"),
        "a<tspan class=\"b\">b</tspan>c&lt;d"
    );
    assert_eq!(
        spans("\x1b[31merror:\x1b[0m no"),
        "<tspan class=\"r\">error:</tspan> no"
    );
}
