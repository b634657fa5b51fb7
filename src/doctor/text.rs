//! The lines of an AWS file that the AWS CLI, the SDKs and xacct read differently, or not at all: docs/aws.md A1.1, whose
//! measurements are the facts here. One pass, each line looked at by itself and by what is above it.

use std::collections::HashMap;

use super::catalog;
use super::finding::{Edit, Finding, Kind, Repair};
use super::header::{self, Below};
use super::key;
use crate::config::FileKind;

const BLANK: [char; 2] = [' ', '\t'];
const COMMENT: [char; 2] = ['#', ';'];
const MARK: &str = "\u{feff}";

/// What an indented line would continue.
#[derive(Clone, Copy)]
enum Above {
    /// No section yet.
    Nothing,
    /// A header.
    Header,
    /// A property; `nested` where its own line has no value.
    Property { indent: usize, nested: bool },
    /// A line that is no property.
    Bad { indent: usize },
}

struct Scan<'a> {
    file: FileKind,
    path: &'a str,
    below: Below,
    profile: Option<String>,
    above: Above,
    /// The property that an indented line continues.
    last_key: String,
    /// The keys of the section, with their lines.
    keys: HashMap<String, usize>,
    /// The sections, by what stands between the brackets, with their lines.
    sections: HashMap<String, usize>,
    findings: Vec<Finding>,
}

/// Everything about the text, as it is on disk. `path` is what people are shown.
pub(crate) fn check(file: FileKind, path: &str, text: &str) -> Vec<Finding> {
    let mut scan = Scan {
        file,
        path,
        below: Below::Nothing,
        profile: None,
        above: Above::Nothing,
        last_key: String::new(),
        keys: HashMap::new(),
        sections: HashMap::new(),
        findings: Vec::new(),
    };
    let text = match text.strip_prefix(MARK) {
        Some(text) => {
            let message = "the file begins with a byte order mark: the AWS CLI and the SDKs reject it";
            let finding = scan.finding(&catalog::BYTE_ORDER_MARK, 1, message, "save it as UTF-8 without one");
            scan.findings.push(finding.repair(Repair::Edit { file, edit: Edit::DropMark }));
            text
        }
        None => text,
    };
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let line = line.strip_suffix('\n').unwrap_or(line);
        scan.line(number + 1, line.strip_suffix('\r').unwrap_or(line));
    }
    scan.default_twice();
    scan.findings
}

impl Scan<'_> {
    fn finding(&self, kind: &'static Kind, line: usize, message: &str, fix: &str) -> Finding {
        let finding = Finding::new(kind, message).in_line(self.path, line).fix(fix);
        Finding { profile: self.profile.clone(), ..finding }
    }

    fn say(&mut self, kind: &'static Kind, line: usize, message: &str, fix: &str) {
        let finding = self.finding(kind, line, message, fix);
        self.findings.push(finding);
    }

    fn line(&mut self, number: usize, line: &str) {
        let trimmed = line.trim_matches(BLANK);
        if trimmed.contains('\r') {
            let message = "a carriage return in the line: it ends the line for the AWS CLI, and nobody else";
            self.say(
                &catalog::CARRIAGE_RETURN,
                number,
                message,
                "save the file with line feeds as line ends",
            );
        }
        let indent = line.len() - line.trim_start_matches(BLANK).len();
        if trimmed.is_empty() {
        } else if trimmed.starts_with(COMMENT) {
            if indent > 0 {
                self.indented_comment(number, trimmed);
            }
        } else if trimmed.starts_with('[') && !(indent > 0 && is_json_array(trimmed)) {
            self.header(number, indent, trimmed);
        } else if matches!(self.above, Above::Nothing) {
            let message =
                "the line stands before the first section: the AWS CLI and the SDKs reject the whole file";
            self.say(&catalog::LINE_OUTSIDE, number, message, "delete it, or move it below a header");
        } else if !self.continues(number, indent, trimmed) {
            self.property(number, indent, trimmed);
        }
    }

    fn indented_comment(&mut self, number: usize, trimmed: &str) {
        let fix = "take out the blanks before it";
        let rejected = match self.above {
            Above::Nothing | Above::Header => true,
            Above::Property { nested, .. } => nested && !trimmed.contains('='),
            Above::Bad { .. } => return,
        };
        let finding = if rejected {
            let message = "an indented comment with no value above it: the SDKs reject the whole file";
            self.finding(&catalog::COMMENT_INDENTED_FIRST, number, message, fix)
        } else {
            let message = format!(
                "the SDKs take the indented comment for a part of {} above it",
                key::shown(&self.last_key)
            );
            self.finding(&catalog::COMMENT_INDENTED, number, &message, fix)
        };
        let edit = Edit::Unindent { line: number };
        self.findings.push(finding.repair(Repair::Edit { file: self.file, edit }));
    }

    fn header(&mut self, number: usize, indent: usize, trimmed: &str) {
        let header = header::read(trimmed, self.file);
        self.below = header.below;
        self.profile = (header.below == Below::Profile).then(|| header.name.clone());
        let above = std::mem::replace(&mut self.above, Above::Header);
        self.keys.clear();
        if indent > 0 {
            let message = match above {
                Above::Nothing | Above::Header => "the header is indented: the SDKs reject the whole file",
                Above::Property { .. } | Above::Bad { .. } => {
                    "the header is indented: the AWS CLI and the SDKs take it for a part of the value above, and the \
                     keys below it for that profile's"
                }
            };
            self.say(&catalog::HEADER_INDENTED, number, message, "take out the blanks before it");
        }
        if let Some((kind, message, fix)) = header.wrong {
            self.say(kind, number, &message, &fix);
        }
        if has_unusual_space(&header.inner) {
            self.unusual_space(number, "the header");
        }
        if header.inner.is_empty() {
            return;
        }
        match self.sections.get(&header.inner).copied() {
            Some(first) => {
                let message = format!(
                    "[{}] stands in line {first} already: the AWS CLI rejects the whole file",
                    header.inner
                );
                self.say(
                    &catalog::SECTION_DUPLICATE,
                    number,
                    &message,
                    "put the keys of both into one section",
                );
            }
            None => {
                self.sections.insert(header.inner, number);
            }
        }
    }

    /// Whether the line belongs to what is above it, and what is wrong with it then.
    fn continues(&mut self, number: usize, indent: usize, trimmed: &str) -> bool {
        match self.above {
            Above::Bad { indent: outer } => indent > outer,
            Above::Header if indent > 0 && !trimmed.contains('=') => {
                let message =
                    "an indented line that continues nothing: the AWS CLI and the SDKs reject the whole file";
                self.say(&catalog::CONTINUATION_LOST, number, message, "delete it");
                true
            }
            Above::Property { indent: outer, nested } if indent > outer => {
                if nested && !trimmed.contains('=') {
                    let message = format!(
                        "a line of the block {} without an =: the AWS CLI and the SDKs reject the whole file",
                        key::shown(&self.last_key)
                    );
                    self.say(&catalog::NESTED_WITHOUT_EQUALS, number, &message, "write name = value");
                } else if nested && before_comment(trimmed).trim_start_matches(BLANK).starts_with('=') {
                    let message = format!(
                        "a line of the block {} begins with =: the SDKs reject the whole file",
                        key::shown(&self.last_key)
                    );
                    self.say(&catalog::KEY_UNNAMED, number, &message, "write name = value, or delete it");
                } else if !nested && let Some(key) = key::known_before_equals(trimmed) {
                    let message = format!(
                        "{key} is indented: it is a part of {} above it, for everybody, and no key",
                        key::shown(&self.last_key)
                    );
                    self.say(&catalog::KEY_INDENTED, number, &message, "take out the blanks before it");
                }
                true
            }
            _ => false,
        }
    }

    fn property(&mut self, number: usize, indent: usize, trimmed: &str) {
        if indent > 0 && matches!(self.above, Above::Header) {
            let message = "the section's first key is indented: the SDKs reject the whole file";
            self.say(&catalog::KEY_INDENTED_FIRST, number, message, "take out the blanks before the keys");
        }
        let before = before_comment(trimmed);
        let Some((key, value)) = before.split_once('=') else {
            self.above = Above::Bad { indent };
            return self.without_equals(number, before);
        };
        let (key, value) = (key.trim_matches(BLANK), value.trim_matches(BLANK));
        if key.is_empty() {
            self.above = Above::Bad { indent };
            let message = "the line begins with =: the AWS CLI and the SDKs reject the whole file";
            return self.say(&catalog::KEY_UNNAMED, number, message, "write key = value, or delete it");
        }
        self.above = Above::Property { indent, nested: value.is_empty() };
        self.last_key = key.to_ascii_lowercase();
        if has_unusual_space(key) || has_unusual_space(value) {
            self.unusual_space(number, key::shown(key.trim()));
        } else if !key::is_valid(key) {
            let message = format!("the SDKs drop '{}' for the characters in its name", key::shown(key));
            self.say(
                &catalog::KEY_NAME_INVALID,
                number,
                &message,
                "delete it, or write the key that is meant",
            );
            return;
        }
        let comment = &trimmed[before.len()..];
        if key.eq_ignore_ascii_case("color") && value.is_empty() && !comment.is_empty() {
            self.color_comment(number, comment);
        } else {
            self.value(number, key, value, !comment.is_empty());
        }
        self.key(number);
    }

    fn without_equals(&mut self, number: usize, before: &str) {
        match before.split_once(':') {
            Some((key, _)) if !key.trim().is_empty() && !key.contains(BLANK) => {
                let message =
                    format!("only the AWS CLI reads '{}:'; the SDKs reject the whole file", key::shown(key));
                self.say(&catalog::KEY_WITH_COLON, number, &message, "write key = value");
            }
            _ => {
                let message = "a line without an =: the AWS CLI and the SDKs reject the whole file";
                self.say(&catalog::KEY_WITHOUT_EQUALS, number, message, "write key = value, or delete it");
            }
        }
    }

    /// The message never has the value in it, which may be a secret.
    fn value(&mut self, number: usize, key: &str, value: &str, commented: bool) {
        if commented {
            let message =
                format!("the AWS CLI takes the comment behind {} for a part of its value", key::shown(key));
            self.say(&catalog::COMMENT_INLINE, number, &message, "put the comment on a line of its own");
        }
        let is_quoted = |quote: char| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
        if (is_quoted('"') || is_quoted('\'')) && !key.ends_with("_process") {
            let message =
                format!("the quotes around {} are a part of its value, for everybody", key::shown(key));
            self.say(&catalog::VALUE_QUOTED, number, &message, "take out the quotes");
        }
    }

    /// `color = #ff8800`
    fn color_comment(&mut self, number: usize, comment: &str) {
        let text = comment.trim_start_matches(COMMENT).trim();
        let is_hex = matches!(text.len(), 3 | 6) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let fix = if is_hex {
            format!("write color = {text}, without the #")
        } else {
            "write a colour before the comment, or delete the line".to_owned()
        };
        let message = "color is empty: a # or ; behind a blank begins a comment, for the SDKs and xacct";
        self.say(&catalog::COLOR_COMMENT, number, message, &fix);
    }

    /// The key by its name, which is `last_key`.
    fn key(&mut self, number: usize) {
        let key = self.last_key.clone();
        if let Some(first) = self.keys.insert(key.clone(), number) {
            let message = format!(
                "{} stands in line {first} already: the AWS CLI rejects the whole file",
                key::shown(&key)
            );
            self.say(&catalog::KEY_DUPLICATE, number, &message, "delete one of them");
            return;
        }
        if let Some((kind, message, fix)) = key::unknown(self.below, &key) {
            self.say(kind, number, &message, &fix);
        }
    }

    fn unusual_space(&mut self, number: usize, what: &str) {
        let message = format!(
            "a no-break or other unusual space at {what}: the AWS CLI takes it for a space, the SDKs do not"
        );
        self.say(&catalog::SPACE_UNUSUAL, number, &message, "type a plain space instead, or none");
    }

    fn default_twice(&mut self) {
        let (plain, prefixed) = (self.sections.get("default"), self.sections.get("profile default"));
        let Some((plain, prefixed)) = plain.zip(prefixed).filter(|_| self.file == FileKind::Config) else {
            return;
        };
        let (plain, prefixed) = (*plain, *prefixed);
        let cli = if plain > prefixed { "[default]" } else { "[profile default] too" };
        let message = format!(
            "[profile default] in line {prefixed} replaces [default] for the SDKs and xacct; the AWS CLI takes {cli}"
        );
        self.profile = Some("default".to_owned());
        self.say(&catalog::DEFAULT_TWICE, plain, &message, "put the keys of both into [default]");
    }
}

/// The line without its comment: one begins at a `#` or `;` that stands behind white space.
fn before_comment(line: &str) -> &str {
    let mut behind_space = false;
    let begins = |c: char| {
        let begins = behind_space && COMMENT.contains(&c);
        behind_space = c.is_whitespace();
        begins
    };
    line.find(begins).map_or(line, |at| &line[..at])
}

/// An indented `[` that continues a JSON value over several lines, as in `config`.
fn is_json_array(trimmed: &str) -> bool {
    let behind = trimmed[1..].trim_start_matches(BLANK);
    behind.is_empty() || behind.starts_with(['"', '{', '[', ']'])
}

/// What Python strips and the SDKs keep, at either end.
fn has_unusual_space(text: &str) -> bool {
    let unusual = |c: char| c.is_whitespace() && !BLANK.contains(&c) && c != '\r';
    text.starts_with(unusual) || text.ends_with(unusual)
}
