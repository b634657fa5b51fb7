//! The findings as people read them, and as JSON.

use std::collections::HashMap;
use std::fmt::Write;

use anstyle::AnsiColor;
use serde::Serialize;

use super::finding::{Area, Finding, Severity};
use crate::say::visible;

/// Of one kind, people are shown this many; JSON has all.
const SHOWN: usize = 10;

/// What was looked at, or why it was not.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_field_names, reason = "the JSON's names")]
pub(crate) struct Looked {
    pub(crate) name: &'static str,
    pub(crate) looked_at: Vec<String>,
    pub(crate) skipped: Option<String>,
}

pub(crate) struct Report {
    pub(crate) findings: Vec<Finding>,
    pub(crate) looked: Vec<Looked>,
}

#[derive(Serialize)]
struct ReportDocument<'a> {
    healthy: bool,
    findings: Vec<FindingDocument<'a>>,
    checks: &'a [Looked],
}

#[derive(Serialize)]
struct FindingDocument<'a> {
    id: &'static str,
    severity: &'static str,
    profile: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<usize>,
    message: &'a str,
    fix: Option<&'a str>,
    fixable: bool,
}

impl Report {
    /// In the order in which they are told: by area, then by file and line.
    pub(crate) fn new(mut findings: Vec<Finding>, looked: Vec<Looked>) -> Report {
        findings.sort_by_key(|finding| {
            (
                finding.kind.area,
                finding.file.clone(),
                finding.line,
                finding.kind.severity,
            )
        });
        findings.dedup();
        Report { findings, looked }
    }

    /// Notes are no illness.
    pub(crate) fn is_healthy(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.kind.severity == Severity::Note)
    }

    /// The value to be written as JSON.
    pub(crate) fn document(&self) -> impl Serialize + '_ {
        ReportDocument {
            healthy: self.is_healthy(),
            findings: self.findings.iter().map(shown).collect(),
            checks: &self.looked,
        }
    }

    pub(crate) fn text(&self, color: bool) -> String {
        let mut text = String::new();
        let mut area: Option<Area> = None;
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for finding in &self.findings {
            let count = counts.entry(finding.kind.id).or_default();
            *count += 1;
            if *count > SHOWN {
                continue;
            }
            if area.replace(finding.kind.area) != Some(finding.kind.area) {
                let blank = if text.is_empty() { "" } else { "\n" };
                let bold = if color {
                    anstyle::Style::new().bold()
                } else {
                    anstyle::Style::new()
                };
                let _ = writeln!(text, "{blank}{bold}{}{bold:#}", finding.kind.area.heading());
            }
            line(finding, color, &mut text);
            if *count == SHOWN {
                let all = self
                    .findings
                    .iter()
                    .filter(|other| other.kind.id == finding.kind.id)
                    .count();
                if all > SHOWN {
                    let _ = writeln!(
                        text,
                        "  … and {} more of {}: --json has all",
                        all - SHOWN,
                        finding.kind.id
                    );
                }
            }
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{}", self.last_line());
        text
    }

    /// `2 errors, 1 note; --fix can mend 1 of them`
    fn last_line(&self) -> String {
        let mut counts = Vec::new();
        for severity in [Severity::Error, Severity::Warning, Severity::Note] {
            let of_it = self
                .findings
                .iter()
                .filter(|finding| finding.kind.severity == severity);
            let count = of_it.count();
            if count > 0 {
                counts.push(plural(count, severity.word()));
            }
        }
        let mut line = match counts.as_slice() {
            [] => "healthy".to_owned(),
            counts if self.is_healthy() => format!("healthy, {}", counts.join(", ")),
            counts => counts.join(", "),
        };
        let looked: Vec<String> = self.looked.iter().filter_map(Looked::words).collect();
        if !looked.is_empty() {
            let _ = write!(line, " ({} looked at", looked.join(", "));
            for looked in self.looked.iter().filter(|looked| looked.skipped.is_some()) {
                let _ = write!(
                    line,
                    "; {} not: {}",
                    looked.name,
                    looked.skipped.as_deref().unwrap_or_default()
                );
            }
            line.push(')');
        }
        let fixable = self
            .findings
            .iter()
            .filter(|finding| finding.repair.is_some())
            .count();
        if fixable > 0 {
            let _ = write!(line, "; xacct doctor --fix repairs {fixable} of them");
        }
        line
    }
}

fn shown(finding: &Finding) -> FindingDocument<'_> {
    FindingDocument {
        id: finding.kind.id,
        severity: finding.kind.severity.word(),
        profile: finding.profile.as_deref(),
        file: finding.file.as_deref(),
        line: finding.line,
        message: &finding.message,
        fix: finding.fix.as_deref(),
        fixable: finding.repair.is_some(),
    }
}

impl Looked {
    pub(crate) fn at(name: &'static str, looked_at: Vec<String>) -> Looked {
        Looked {
            name,
            looked_at,
            skipped: None,
        }
    }

    pub(crate) fn not(name: &'static str, why: &str) -> Looked {
        Looked {
            name,
            looked_at: Vec::new(),
            skipped: Some(why.to_owned()),
        }
    }

    /// `8 profiles`; nothing for what is no news.
    fn words(&self) -> Option<String> {
        let count = self.looked_at.len();
        (self.skipped.is_none() && count > 0)
            .then(|| plural(count, self.name.trim_end_matches('s')))
    }
}

fn line(finding: &Finding, color: bool, text: &mut String) {
    let tint = match finding.kind.severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    let style = if color {
        tint.on_default()
    } else {
        anstyle::Style::new()
    };
    let named = finding
        .profile
        .as_deref()
        .filter(|_| !finding.names_profile)
        .map(|name| format!("profile '{name}': "))
        .unwrap_or_default();
    let _ = writeln!(
        text,
        "{}{style}{}{style:#}: {}{} [{}]",
        visible(&finding.place()),
        finding.kind.severity.word(),
        visible(&named),
        visible(&finding.message),
        finding.kind.id
    );
    if let Some(fix) = &finding.fix {
        let _ = writeln!(text, "  {}", visible(fix));
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}
