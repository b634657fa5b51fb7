//! The lines of one section: properties, what continues them, and the lines that are neither (docs/aws.md A1.1). Which
//! section wins over which is left to `section`.

use zeroize::Zeroizing;

use super::header::BLANK;
use super::header::COMMENT;
use super::index::without_line_end;

/// A property with the lines that continue it.
pub(super) struct Entry {
    /// In lower case.
    pub(super) key: String,
    /// Lines are joined by a line feed; a nested block is `"\nname = value\nname2 = value2"`.
    pub(super) value: Zeroizing<String>,
    pub(super) line: usize,
    /// The last line that continues it, understood or not; `line` where none does.
    pub(super) last_line: usize,
    /// The line of each sub-property of a nested block.
    pub(super) sub_lines: Vec<usize>,
}

#[derive(Default)]
pub(super) struct Body {
    pub(super) entries: Vec<Entry>,
    /// Line and message; each costs that line and what continues it.
    pub(super) flaws: Vec<(usize, &'static str)>,
    /// Lines that were lost, and the keys that they seem to have meant, in lower case.
    pub(super) lost: Vec<(usize, String)>,
}

/// What an indented line would continue.
enum Above {
    /// Nothing yet.
    Header,
    /// The last entry, indented this far. `nested` when its own line had no value.
    Property { indent: usize, nested: bool },
    /// A line that was dropped; what continues it goes with it, and not to the property before.
    Dropped { indent: usize },
}

const NOT_IN_SECTION: &str =
    "Expected a profile definition: this line stands before the first section and is ignored";
const NO_EQUALS: &str = "Expected an '=' sign defining a property: the line is ignored (write key = value)";
const SHELL_OUTSIDE: &str = "Expected a profile definition: this line is a shell's and is ignored (write [NAME] above it, \
                             and aws_access_key_id = … and so on instead)";
const SHELL_LINE: &str =
    "the line is a shell's and is ignored (write aws_access_key_id = … and so on, without quotes)";
const NO_KEY: &str = "Property did not have a name: the line is ignored";
const BAD_KEY: &str = "the property's name is not valid: the line is ignored";
const NOTHING_TO_CONTINUE: &str = "Expected a property definition, found continuation: the line is ignored";
const NO_SUB_EQUALS: &str = "Expected an '=' sign defining a sub-property: the line is ignored";
const NO_SUB_KEY: &str = "Sub-property did not have a name: the line is ignored";

/// Reads a section's lines, the first of which is `first_line` of its file.
///
/// Indentation counts as in the AWS CLI: a line continues a property when it stands further in. For the SDKs a
/// property never is indented, so that is the same, except that it lets a section be indented as a whole.
/// An indented comment is skipped, as the CLI does; the SDKs make it a part of the value above, and nobody who
/// writes a comment means that.
pub(super) fn parse(text: &str, first_line: usize) -> Body {
    let mut body = Body::default();
    let mut above = Above::Header;
    for (number, line) in numbered(text, first_line) {
        let trimmed = line.trim_matches(BLANK);
        if trimmed.is_empty() || trimmed.starts_with(COMMENT) {
            continue;
        }
        let indent = line.len() - line.trim_start_matches(BLANK).len();
        match above {
            Above::Property { indent: outer, nested } if indent > outer => {
                body.continue_last(trimmed, nested, number);
                continue;
            }
            Above::Dropped { indent: outer } if indent > outer => continue,
            Above::Header if indent > 0 && !trimmed.contains('=') => {
                body.flaws.push((number, NOTHING_TO_CONTINUE));
                continue;
            }
            _ => {}
        }
        above = match property(trimmed) {
            Ok((key, value)) => {
                let nested = value.is_empty();
                body.push(key, value, number);
                Above::Property { indent, nested }
            }
            Err(flaw) => {
                body.flaws.push((number, if is_of_shell(trimmed) { SHELL_LINE } else { flaw }));
                body.lost.push((number, meant(trimmed)));
                Above::Dropped { indent }
            }
        };
    }
    body
}

/// The lines before the first header that say something, though there is no profile to say it of.
pub(super) fn outside_sections(text: &str) -> Vec<(usize, &'static str)> {
    let says_something = |line: &str| {
        let trimmed = line.trim_matches(BLANK);
        !trimmed.is_empty() && !trimmed.starts_with(COMMENT)
    };
    let lines = numbered(text, 1).filter(|(_, line)| says_something(line));
    let message =
        |line: &str| if is_of_shell(line.trim_matches(BLANK)) { SHELL_OUTSIDE } else { NOT_IN_SECTION };
    lines.map(|(number, line)| (number, message(line))).collect()
}

impl Body {
    fn push(&mut self, key: &str, value: &str, line: usize) {
        let value = Zeroizing::new(value.to_owned());
        self.entries.push(Entry {
            key: key.to_ascii_lowercase(),
            value,
            line,
            last_line: line,
            sub_lines: Vec::new(),
        });
    }

    fn continue_last(&mut self, trimmed: &str, nested: bool, line: usize) {
        if let Some(last) = self.entries.last_mut() {
            last.last_line = line;
        }
        if nested {
            match pair(trimmed) {
                None => return self.flaws.push((line, NO_SUB_EQUALS)),
                Some(("", _)) => return self.flaws.push((line, NO_SUB_KEY)),
                Some(_) => {}
            }
        }
        let Some(last) = self.entries.last_mut() else { return };
        last.value.push('\n');
        last.value.push_str(trimmed);
        if nested {
            last.sub_lines.push(line);
        }
    }
}

/// Key and value of a property's line, or what is wrong with it.
fn property(trimmed: &str) -> Result<(&str, &str), &'static str> {
    let (key, value) = pair(trimmed).ok_or(NO_EQUALS)?;
    if key.is_empty() {
        return Err(NO_KEY);
    }
    // The SDKs' identifiers.
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.%@:+".contains(&byte);
    if key.bytes().all(valid) { Ok((key, value)) } else { Err(BAD_KEY) }
}

/// How shells set a variable; the access portal of AWS has lines to copy for each of them.
const OF_SHELLS: [&str; 5] = ["export ", "set ", "setx ", "$env:", "declare -x "];

/// The line without what sets a variable in a shell.
fn without_shell(trimmed: &str) -> Option<&str> {
    let starts = |start: &&str| trimmed.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    OF_SHELLS.iter().find(|start| starts(start)).map(|start| trimmed[start.len()..].trim_start_matches(BLANK))
}

/// `export AWS_ACCESS_KEY_ID="…"`, which is not repeated: it may be a secret.
fn is_of_shell(trimmed: &str) -> bool {
    let variable = without_shell(trimmed).unwrap_or(trimmed);
    variable.starts_with("AWS_") || without_shell(trimmed).is_some()
}

/// The key that a broken line seems to mean: `read_only` of `read_only: true`, and of `export READ_ONLY=true`.
fn meant(trimmed: &str) -> String {
    let trimmed = without_shell(trimmed).unwrap_or(trimmed);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let end = trimmed.find(|c| !is_part(c)).unwrap_or(trimmed.len());
    trimmed[..end].to_ascii_lowercase()
}

/// `key = value # comment`, parted at the first `=`, both sides trimmed. `None` without an `=`.
pub(super) fn pair(line: &str) -> Option<(&str, &str)> {
    let (key, value) = before_comment(line).split_once('=')?;
    Some((key.trim_matches(BLANK), value.trim_matches(BLANK)))
}

/// The line without its comment: one begins at a `#` or `;` that stands behind white space.
pub(super) fn before_comment(line: &str) -> &str {
    let mut behind_space = false;
    let begins = |c: char| {
        let begins = behind_space && COMMENT.contains(&c);
        behind_space = c.is_whitespace();
        begins
    };
    line.find(begins).map_or(line, |at| &line[..at])
}

fn numbered(text: &str, first_line: usize) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').map(without_line_end).enumerate().map(move |(n, line)| (first_line + n, line))
}

#[cfg(test)]
mod tests;
