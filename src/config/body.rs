//! The lines of one section as values: properties, what continues them, and the lines that are
//! neither (docs/aws.md A1.1). Which section wins over which is left to `section`.

use std::ops::Range;

use zeroize::Zeroizing;

use super::header;
use super::scan::{self, BLANK, Junk, Line, LineKind, Pair, Scan};

/// A property with the lines that continue it.
pub(super) struct BodyEntry {
    /// In lower case.
    pub(super) key: String,
    /// Lines are joined by a line feed; a nested block is `"\nname = value\nname2 = value2"`.
    pub(super) value: Zeroizing<String>,
    pub(super) line: usize,
    /// Its line and those that continue it, understood or not, in the text.
    pub(super) lines: Range<usize>,
    /// The line of each sub-property of a nested block.
    pub(super) sub_lines: Vec<usize>,
}

#[derive(Default)]
pub(super) struct Body {
    pub(super) entries: Vec<BodyEntry>,
    /// Line and message; each costs that line and what continues it.
    pub(super) flaws: Vec<(usize, &'static str)>,
    /// Lines that were lost, and the keys that they seem to have meant, in lower case.
    pub(super) lost: Vec<(usize, String)>,
    /// Lines that seem to be another section's header, with properties below them.
    pub(super) headers: Vec<usize>,
}

const NOT_IN_SECTION: &str =
    "Expected a profile definition: this line stands before the first section and is ignored";
const NO_EQUALS: &str =
    "Expected an '=' sign defining a property: the line is ignored (write key = value)";
const SHELL_OUTSIDE: &str = "Expected a profile definition: this line is a shell's and is ignored \
                             (write [NAME] above it, and aws_access_key_id = … and so on instead)";
const SHELL_LINE: &str =
    "the line is a shell's and is ignored (write aws_access_key_id = … and so on, without quotes)";
const NO_KEY: &str = "Property did not have a name: the line is ignored";
const BAD_KEY: &str = "the property's name is not valid: the line is ignored";
const NOTHING_TO_CONTINUE: &str =
    "Expected a property definition, found continuation: the line is ignored";
const NO_SUB_EQUALS: &str = "Expected an '=' sign defining a sub-property: the line is ignored";
const NO_SUB_KEY: &str = "Sub-property did not have a name: the line is ignored";

/// Reads the lines of the section whose body is here in the text, the first of which is
/// `first_line` of its file.
///
/// Indentation counts as in the AWS CLI: a line continues a property when it stands further in. For
/// the SDKs a property never is indented, so that is the same, except that it lets a section be
/// indented as a whole. An indented comment is skipped, as the CLI does; the SDKs make it a part of
/// the value above, and nobody who writes a comment means that.
pub(super) fn parse(text: &str, range: Range<usize>, first_line: usize) -> Body {
    let mut body = Body::default();
    let mut is_lost = false;
    for line in Scan::below(text, range, first_line) {
        let flaw = match line.what {
            LineKind::Property(pair) if scan::is_identifier(pair.key) => {
                is_lost = false;
                body.push(&line, pair);
                continue;
            }
            LineKind::More { nested } if !is_lost => {
                body.continue_last(&line, nested);
                continue;
            }
            LineKind::More { .. } | LineKind::Junk(Junk::Below) => {
                body.lose(&line);
                continue;
            }
            LineKind::Junk(Junk::NothingAbove) => {
                body.flaws.push((line.number, NOTHING_TO_CONTINUE));
                body.lose(&line);
                continue;
            }
            LineKind::Property(_) => BAD_KEY,
            LineKind::Junk(Junk::NoEquals) => {
                if is_like_header(line.text) {
                    body.headers.push(line.number);
                }
                NO_EQUALS
            }
            LineKind::Junk(Junk::NoKey) => NO_KEY,
            _ => continue,
        };
        is_lost = true;
        body.flaws.push((
            line.number,
            if is_of_shell(line.text) {
                SHELL_LINE
            } else {
                flaw
            },
        ));
        body.lose(&line);
    }
    let last = body.entries.last().map_or(0, |entry| entry.line);
    body.headers.retain(|line| *line < last);
    body
}

/// The lines before the first header that say something, though there is no profile to say it of.
pub(super) fn outside_sections(text: &str) -> Vec<(usize, &'static str)> {
    let lines = Scan::text(text).filter(Line::says_something);
    lines
        .map(|line| {
            let message = if is_of_shell(line.text) {
                SHELL_OUTSIDE
            } else {
                NOT_IN_SECTION
            };
            (line.number, message)
        })
        .collect()
}

impl Body {
    fn push(&mut self, line: &Line<'_>, pair: Pair<'_>) {
        self.entries.push(BodyEntry {
            key: pair.key.to_ascii_lowercase(),
            value: Zeroizing::new(pair.value.to_owned()),
            line: line.number,
            lines: line.range(),
            sub_lines: Vec::new(),
        });
    }

    fn lose(&mut self, line: &Line<'_>) {
        let keys = keys_meant(line.text);
        self.lost.extend(keys.map(|key| (line.number, key)));
    }

    fn continue_last(&mut self, line: &Line<'_>, nested: bool) {
        let Some(last) = self.entries.last_mut() else {
            return;
        };
        last.lines.end = line.end();
        if nested {
            match scan::pair(line.text) {
                None => return self.flaws.push((line.number, NO_SUB_EQUALS)),
                Some(Pair { key: "", .. }) => return self.flaws.push((line.number, NO_SUB_KEY)),
                Some(_) => last.sub_lines.push(line.number),
            }
        }
        last.value.push('\n');
        last.value.push_str(line.text);
    }
}

/// How shells set a variable; the access portal of AWS has lines to copy for each of them.
const OF_SHELLS: [&str; 5] = ["export ", "set ", "setx ", "$env:", "declare -x "];

/// The line without what sets a variable in a shell.
fn without_shell(trimmed: &str) -> Option<&str> {
    OF_SHELLS.iter().find_map(|start| {
        let (own, rest) = trimmed.split_at_checked(start.len())?;
        own.eq_ignore_ascii_case(start)
            .then(|| rest.trim_start_matches(BLANK))
    })
}

/// `export AWS_ACCESS_KEY_ID="…"`, which is not repeated: it may be a secret.
fn is_of_shell(trimmed: &str) -> bool {
    let variable = without_shell(trimmed).unwrap_or(trimmed);
    variable.starts_with("AWS_") || without_shell(trimmed).is_some()
}

/// The keys that a broken line seems to mean: `read_only` of `read_only: true`, of `export
/// READ_ONLY=true`, of `read only = true`, and of `"read_only" = true`, whatever stands in it that
/// cannot be seen.
pub(super) fn keys_meant(line: &str) -> impl Iterator<Item = String> + use<> {
    let line = scan::visible(line);
    let line = without_shell(&line).unwrap_or(&line);
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let first = &line[..line.find(|c| !is_part(c)).unwrap_or(line.len())];
    let named = line
        .split_once(['=', ':'])
        .map_or(first, |(named, _)| named);
    let named = named.trim_end_matches(|c: char| !c.is_alphanumeric());
    let named = named.replace(BLANK, "_").to_ascii_lowercase();
    let is_another = named != first.to_ascii_lowercase();
    let first = Some(first.to_ascii_lowercase());
    first.into_iter().chain(is_another.then_some(named))
}

/// `profile client1` without its brackets, or in others: what stands below is not meant for the
/// section above.
pub(super) fn is_like_header(line: &str) -> bool {
    let line = scan::visible(line);
    let is_bracketed =
        line.starts_with(['[', '{', '(', '<']) && line.ends_with([']', '}', ')', '>']);
    let inner = line.trim_matches(|c: char| !c.is_alphanumeric());
    let is_profile_alone = inner.eq_ignore_ascii_case("profile");
    is_bracketed
        || is_profile_alone
        || line.ends_with(']')
        || (inner.contains(BLANK) && header::is_like_prefix(inner))
}

#[cfg(test)]
mod tests;
