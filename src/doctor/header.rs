//! A section's header as the AWS CLI, the SDKs and xacct each read it (docs/aws.md A1.1).

use super::catalog;
use super::finding::Kind;
use crate::config::FileKind;
use crate::config::{nearest, run_together};

const BLANK: [char; 2] = [' ', '\t'];
const PREFIXES: [&str; 3] = ["profile", "sso-session", "services"];

/// What is below a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    Profile,
    SsoSession,
    Services,
    /// Nobody reads it, or not as one of these.
    Nothing,
}

#[derive(Debug)]
pub(super) struct Header {
    pub(super) below: Below,
    /// What stands between the brackets, by which the AWS CLI finds a section twice.
    pub(super) inner: String,
    pub(super) name: String,
    /// What is wrong with it, and what to do.
    pub(super) wrong: Wrong,
}

/// Reads a line that begins with `[`; blanks around it are off.
pub(super) fn read(line: &str, file: FileKind) -> Header {
    let (inner, mut wrong) = inside(line);
    let Some(inner) = inner else {
        return Header { below: Below::Nothing, inner: String::new(), name: String::new(), wrong };
    };
    let (prefix, rest) = match inner.find(BLANK) {
        Some(blank) if !inner.starts_with(['"', '\'']) => {
            (Some(&inner[..blank]), inner[blank..].trim_matches(BLANK))
        }
        _ => (None, inner),
    };
    let (below, name, second) = if file == FileKind::Credentials {
        in_credentials(prefix, rest, inner)
    } else {
        in_config(prefix, rest)
    };
    wrong = wrong.or(second);
    Header { below, inner: inner.to_owned(), name, wrong }
}

/// The kind, the message, what to do.
type Flaw = (&'static Kind, String, String);
type Wrong = Option<Flaw>;

/// What stands between the brackets, as far as that can be told, and what is wrong around it.
fn inside(line: &str) -> (Option<&str>, Wrong) {
    let comment = line.find(['#', ';']).unwrap_or(line.len());
    let before_comment = line[..comment].trim_end_matches(BLANK);
    if let Some(inner) = before_comment.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return (Some(inner.trim_matches(BLANK)), None);
    }
    let Some(end) = line.find(']') else {
        let message = "the header has no ]: the AWS CLI and the SDKs reject the whole file";
        return (None, Some((&catalog::HEADER_UNCLOSED, message.to_owned(), "add the ]".to_owned())));
    };
    let wrong = if comment < end {
        let message = "a # or ; in the header begins a comment there: the SDKs reject the whole file";
        (&catalog::HEADER_COMMENT, message.to_owned(), "give it a name without # and ;".to_owned())
    } else {
        let message = "something stands behind the header's ]: the SDKs reject the whole file";
        (&catalog::HEADER_TRAILING, message.to_owned(), "delete it, or put a # before it".to_owned())
    };
    (Some(line[1..end].trim_matches(BLANK)), Some(wrong))
}

fn in_config(prefix: Option<&str>, rest: &str) -> (Below, String, Wrong) {
    let nothing = |wrong: Wrong| (Below::Nothing, String::new(), wrong);
    let Some(prefix) = prefix else {
        return match rest {
            "default" => (Below::Profile, "default".to_owned(), None),
            "plugins" | "preview" => nothing(None),
            "DEFAULT" => nothing(Some(default_upper())),
            "" => nothing(Some(nameless())),
            _ if PREFIXES.contains(&rest) => nothing(Some(unnamed())),
            _ if let Some(name) = run_together(rest) => nothing(Some((
                &catalog::SECTION_UNPREFIXED,
                format!(
                    "nobody reads [{rest}] as a profile: there must be a plain blank behind the word profile"
                ),
                format!("write [profile {name}], or delete the section"),
            ))),
            _ => nothing(Some((
                &catalog::SECTION_UNPREFIXED,
                format!("nobody reads [{rest}] as a profile: in this file one is written [profile {rest}]"),
                format!("write [profile {rest}], or delete the section"),
            ))),
        };
    };
    let below = match prefix {
        "profile" => Below::Profile,
        "sso-session" => Below::SsoSession,
        "services" => Below::Services,
        _ => {
            let message = format!("nobody knows a section [{prefix} …]");
            let fix = match nearest(prefix, &PREFIXES).first() {
                Some(meant) => format!("did you mean [{meant} {rest}]?"),
                None => format!("write [profile {rest}] for a profile, or delete the section"),
            };
            return nothing(Some((&catalog::SECTION_UNKNOWN, message, fix)));
        }
    };
    match named(rest) {
        Ok((name, wrong)) => (below, name, wrong),
        Err(wrong) => nothing(Some(wrong)),
    }
}

fn in_credentials(prefix: Option<&str>, rest: &str, inner: &str) -> (Below, String, Wrong) {
    let nothing = |wrong: Wrong| (Below::Nothing, String::new(), wrong);
    match prefix {
        Some("profile") => nothing(Some((
            &catalog::SECTION_MISPLACED,
            format!("nobody finds the profile '{rest}' here: in this file it is written [{rest}]"),
            format!("write [{rest}]"),
        ))),
        Some(prefix) if PREFIXES.contains(&prefix) => nothing(Some((
            &catalog::SECTION_MISPLACED,
            format!("nobody reads [{prefix} {rest}] in this file"),
            "move the section to ~/.aws/config".to_owned(),
        ))),
        Some(_) => (Below::Profile, inner.to_owned(), Some(unread(inner))),
        None if rest == "DEFAULT" => nothing(Some(default_upper())),
        None if rest.is_empty() => nothing(Some(nameless())),
        None => (Below::Profile, rest.to_owned(), Some(unread(rest)).filter(|_| !is_plain(rest))),
    }
}

/// A name as the AWS CLI splits it.
fn named(text: &str) -> Result<(String, Wrong), Flaw> {
    let words = shlex::split(text).unwrap_or_default();
    match words.as_slice() {
        [name] if !name.trim_matches(BLANK).is_empty() => {
            let wrong = Some(unread(name)).filter(|_| !is_plain(text));
            Ok((name.clone(), wrong))
        }
        _ if text.trim_matches(['"', '\'', ' ', '\t']).is_empty() => Err(unnamed()),
        _ => Err((
            &catalog::SECTION_NAME_INVALID,
            "nobody can read the section's name".to_owned(),
            "write one word, or put the name in quotes: [profile \"my client\"]".to_owned(),
        )),
    }
}

/// The SDKs' identifiers.
fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c))
}

fn unread(name: &str) -> Flaw {
    (
        &catalog::SECTION_NAME_QUOTED,
        format!("the SDKs drop '{name}' for the characters in its name; the AWS CLI reads it"),
        "give it a name of letters, digits and _-/.%@:+".to_owned(),
    )
}

fn unnamed() -> Flaw {
    let fix = "give it a name, [profile NAME], or delete it".to_owned();
    (&catalog::SECTION_UNNAMED, "the section has no name, and nobody reads it".to_owned(), fix)
}

/// `[]`
fn nameless() -> Flaw {
    let message = "the section has no name: the AWS CLI rejects the whole file".to_owned();
    (&catalog::SECTION_UNNAMED, message, "give it a name, or delete it".to_owned())
}

fn default_upper() -> Flaw {
    (
        &catalog::SECTION_DEFAULT_UPPER,
        "in the AWS CLI every profile inherits what [DEFAULT] says; the SDKs and xacct ignore it".to_owned(),
        "write [default] for the default profile, or put the keys into the profiles".to_owned(),
    )
}
