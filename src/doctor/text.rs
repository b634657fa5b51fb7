//! The lines of an AWS file that the AWS CLI, the SDKs and xacct read differently, or not at all:
//! docs/aws.md A1.1, whose measurements are the facts here. Each line is looked at by itself and by
//! what is above it.

use std::collections::HashMap;

use super::catalog;
use super::finding::{Finding, FindingKind, Repair, TextEdit};
use super::header::{self, Below};
use super::key::{self, shown};
use crate::config::scan::{Above, BLANK, COMMENT, Junk, Line, LineKind, Pair, Scan};
use crate::config::scan::{comment_start, is_identifier};
use crate::config::{FileKind, Key};

struct Check<'a> {
    file: FileKind,
    path: &'a str,
    /// The line that is looked at.
    number: usize,
    below: Below,
    profile: Option<String>,
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
    let mut check = Check {
        file,
        path,
        number: 0,
        below: Below::Nothing,
        profile: None,
        last_key: String::new(),
        keys: HashMap::new(),
        sections: HashMap::new(),
        findings: Vec::new(),
    };
    for line in Scan::file(text) {
        check.line(&line);
    }
    check.default_twice();
    check.findings
}

const UNINDENT: &str = "remove the blanks before it";
const DELETE: &str = "write key = value, or delete it";

impl Check<'_> {
    fn finding(
        &self,
        kind: &'static FindingKind,
        message: impl Into<String>,
        fix: &str,
    ) -> Finding {
        let finding = Finding::new(kind, message)
            .in_line(self.path, self.number)
            .fix(fix);
        Finding {
            profile: self.profile.clone(),
            ..finding
        }
    }

    fn say(&mut self, kind: &'static FindingKind, message: impl Into<String>, fix: &str) {
        let finding = self.finding(kind, message, fix);
        self.findings.push(finding);
    }

    fn say_with(
        &mut self,
        edit: TextEdit,
        kind: &'static FindingKind,
        message: impl Into<String>,
        fix: &str,
    ) {
        let finding = self.finding(kind, message, fix);
        self.findings.push(finding.repair(Repair::Edit {
            file: self.file,
            edit,
        }));
    }

    fn line(&mut self, line: &Line<'_>) {
        self.number = line.number;
        if line.text.contains('\r') {
            let message = "a carriage return in the line: it ends the line for the AWS CLI only";
            self.say(
                &catalog::CARRIAGE_RETURN,
                message,
                "save the file with line feeds as line ends",
            );
        }
        match line.what {
            LineKind::Mark => {
                let message =
                    "the file begins with a byte order mark: the AWS CLI and the SDKs reject it";
                let fix = "save it as UTF-8 without one";
                self.say_with(TextEdit::DropMark, &catalog::BYTE_ORDER_MARK, message, fix);
            }
            LineKind::Comment if line.indent() > 0 => self.indented_comment(line),
            LineKind::Blank | LineKind::Comment => {}
            LineKind::Header => self.header(line),
            LineKind::Property(pair) => self.property(line, pair),
            LineKind::More { nested } => self.more(line.text, nested),
            LineKind::Junk(junk) => self.junk(line, junk),
        }
    }

    fn indented_comment(&mut self, line: &Line<'_>) {
        let rejected = match line.above {
            Above::Nothing | Above::Header => true,
            Above::Property { nested, .. } => nested && !line.text.contains('='),
            Above::Junk { .. } => return,
        };
        let edit = TextEdit::Unindent { line: self.number };
        if rejected {
            let message =
                "an indented comment with no value above it: the SDKs reject the whole file";
            self.say_with(edit, &catalog::COMMENT_INDENTED_FIRST, message, UNINDENT);
        } else {
            let key = shown(&self.last_key);
            let message =
                format!("the SDKs take the indented comment for a part of {key} above it");
            self.say_with(edit, &catalog::COMMENT_INDENTED, message, UNINDENT);
        }
    }

    fn header(&mut self, line: &Line<'_>) {
        let header = header::read(line.text, self.file);
        self.below = header.below;
        self.profile = (header.below == Below::Profile).then_some(header.name);
        self.keys.clear();
        if line.indent() > 0 {
            let message = match line.above {
                Above::Nothing | Above::Header => {
                    "the header is indented: the SDKs reject the whole file"
                }
                Above::Property { .. } | Above::Junk { .. } => {
                    "the header is indented: the AWS CLI and the SDKs take it for a part of the \
                     value above, and the keys below it for that profile's"
                }
            };
            self.say(&catalog::HEADER_INDENTED, message, UNINDENT);
        }
        if let Some((kind, message, fix)) = header.wrong {
            self.say(kind, message, &fix);
        }
        if has_unusual_space(&header.inner) {
            self.unusual_space("the header");
        }
        let inner = header.inner;
        if let Some(first) = self.sections.get(&inner) {
            let message = format!(
                "[{inner}] stands in line {first} already: the AWS CLI rejects the whole file"
            );
            self.say(
                &catalog::SECTION_DUPLICATE,
                message,
                "put the keys of both into one section",
            );
        } else if !inner.is_empty() {
            self.sections.insert(inner, self.number);
        }
    }

    /// A line that belongs to the property above it.
    fn more(&mut self, text: &str, nested: bool) {
        let above = shown(&self.last_key);
        if nested && !text.contains('=') {
            let message = format!(
                "a line of the block {above} without an =: the AWS CLI and the SDKs reject the \
                 whole file"
            );
            self.say(
                &catalog::NESTED_WITHOUT_EQUALS,
                message,
                "write name = value",
            );
        } else if nested && text.starts_with('=') {
            let message = format!(
                "a line of the block {above} begins with =: the SDKs reject the whole file"
            );
            self.say(
                &catalog::KEY_UNNAMED,
                message,
                "write name = value, or delete it",
            );
        } else if !nested && let Some(key) = key::known_before_equals(text) {
            let message = format!(
                "{key} is indented: it is a part of {above} above it, for everybody, and no key"
            );
            self.say(&catalog::KEY_INDENTED, message, UNINDENT);
        }
    }

    fn junk(&mut self, line: &Line<'_>, junk: Junk) {
        let (kind, message, fix) = match junk {
            Junk::Below => return,
            Junk::Outside => (
                &catalog::LINE_OUTSIDE,
                "the line stands before the first section: the AWS CLI and the SDKs reject the \
                 whole file",
                "delete it, or move it below a header",
            ),
            Junk::NothingAbove => (
                &catalog::CONTINUATION_LOST,
                "an indented line that continues nothing: the AWS CLI and the SDKs reject the \
                 whole file",
                "delete it",
            ),
            Junk::NoKey => (
                &catalog::KEY_UNNAMED,
                "the line begins with =: the AWS CLI and the SDKs reject the whole file",
                DELETE,
            ),
            Junk::NoEquals => (
                &catalog::KEY_WITHOUT_EQUALS,
                "a line without an =: the AWS CLI and the SDKs reject the whole file",
                DELETE,
            ),
        };
        if matches!(junk, Junk::NoKey | Junk::NoEquals) {
            self.first_indented(line);
        }
        let before = &line.text[..comment_start(line.text)];
        match before.split_once(':').filter(|_| junk == Junk::NoEquals) {
            Some((key, _)) if !key.trim().is_empty() && !key.contains(BLANK) => {
                let message = format!(
                    "only the AWS CLI reads '{}:'; the SDKs reject the whole file",
                    shown(key)
                );
                self.say(&catalog::KEY_WITH_COLON, message, "write key = value");
            }
            _ => self.say(kind, message, fix),
        }
    }

    fn first_indented(&mut self, line: &Line<'_>) {
        if line.indent() > 0 && line.above == Above::Header {
            let message = "the section's first key is indented: the SDKs reject the whole file";
            self.say(
                &catalog::KEY_INDENTED_FIRST,
                message,
                "remove the blanks before the keys",
            );
        }
    }

    fn property(
        &mut self,
        line: &Line<'_>,
        Pair {
            key,
            value,
            comment,
        }: Pair<'_>,
    ) {
        self.first_indented(line);
        self.last_key = key.to_ascii_lowercase();
        if has_unusual_space(key) || has_unusual_space(value) {
            self.unusual_space(shown(key.trim()));
        } else if !is_identifier(key) {
            let message = format!(
                "the SDKs drop '{}' for the characters in its name",
                shown(key)
            );
            self.say(
                &catalog::KEY_NAME_INVALID,
                message,
                "delete it, or write the key that is meant",
            );
            return;
        }
        if key.eq_ignore_ascii_case(Key::Color.name()) && value.is_empty() && !comment.is_empty() {
            self.color_comment(comment);
        } else {
            self.value(key, value, !comment.is_empty());
        }
        self.key();
    }

    /// The message never has the value in it, which may be a secret.
    fn value(&mut self, key: &str, value: &str, commented: bool) {
        if commented {
            let message = format!(
                "the AWS CLI takes the comment after {} for a part of its value",
                shown(key)
            );
            self.say(
                &catalog::COMMENT_INLINE,
                message,
                "put the comment on a line of its own",
            );
        }
        let is_quoted =
            |quote: char| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
        if (is_quoted('"') || is_quoted('\'')) && !key.ends_with("_process") {
            let message = format!(
                "the quotes around {} are a part of its value, for everybody",
                shown(key)
            );
            self.say(&catalog::VALUE_QUOTED, message, "take out the quotes");
        }
    }

    /// `color = #ff8800`
    fn color_comment(&mut self, comment: &str) {
        let text = comment.trim_start_matches(COMMENT).trim();
        let is_hex =
            matches!(text.len(), 3 | 6) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let fix = if is_hex {
            format!("write color = {text}, without the #")
        } else {
            "write a colour before the comment, or delete the line".to_owned()
        };
        let message =
            "color is empty: a # or ; behind a blank begins a comment, for the SDKs and xacct";
        self.say(&catalog::COLOR_COMMENT, message, &fix);
    }

    /// The key by its name, which is `last_key`.
    fn key(&mut self) {
        let key = self.last_key.clone();
        if let Some(first) = self.keys.insert(key.clone(), self.number) {
            let key = shown(&key);
            let message =
                format!("{key} stands in line {first} already: the AWS CLI rejects the whole file");
            self.say(&catalog::KEY_DUPLICATE, message, "delete one of them");
        } else if let Some((kind, message, fix)) = key::unknown(self.below, &key) {
            self.say(kind, message, &fix);
        }
    }

    fn unusual_space(&mut self, what: &str) {
        let message = format!(
            "a no-break or other unusual space at {what}: the AWS CLI takes it for a space, the \
             SDKs do not"
        );
        self.say(
            &catalog::SPACE_UNUSUAL,
            message,
            "type a plain space instead, or none",
        );
    }

    fn default_twice(&mut self) {
        let (plain, prefixed) = (
            self.sections.get("default"),
            self.sections.get("profile default"),
        );
        let Some((plain, prefixed)) = plain
            .zip(prefixed)
            .filter(|_| self.file == FileKind::Config)
        else {
            return;
        };
        let cli = if plain > prefixed {
            "[default]"
        } else {
            "[profile default] too"
        };
        let message = format!(
            "[profile default] in line {prefixed} replaces [default] for the SDKs and xacct; the \
             AWS CLI takes {cli}"
        );
        (self.number, self.profile) = (*plain, Some("default".to_owned()));
        self.say(
            &catalog::DEFAULT_TWICE,
            message,
            "put the keys of both into [default]",
        );
    }
}

/// What Python strips and the SDKs keep, at either end.
fn has_unusual_space(text: &str) -> bool {
    text.starts_with(is_unusual_space) || text.ends_with(is_unusual_space)
}

fn is_unusual_space(c: char) -> bool {
    c.is_whitespace() && !BLANK.contains(&c) && c != '\r'
}
