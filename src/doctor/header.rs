//! What is wrong with a section's header, for the AWS CLI, the SDKs or xacct (docs/aws.md A1.1).

use super::catalog;
use super::finding::FindingKind;
use crate::config::header::{PREFIXES, closed, prefix_and_rest, run_together};
use crate::config::scan::{is_identifier, trimmed};
use crate::config::{FileKind, nearest};

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
pub(super) struct CheckedHeader {
    pub(super) below: Below,
    /// What stands between the brackets, by which the AWS CLI finds a section twice.
    pub(super) inner: String,
    pub(super) name: String,
    pub(super) wrong: Option<Flaw>,
}

/// The kind, the message, what to do.
pub(super) type Flaw = (&'static FindingKind, String, String);

/// Reads a line that begins with `[`; blanks around it are off.
pub(super) fn read(line: &str, file: FileKind) -> CheckedHeader {
    if !line.starts_with('[') {
        return unopened();
    }
    let closed = closed(line);
    let wrong = closed.is_none().then(|| around(line));
    let inner = closed.or_else(|| Some(trimmed(&line[1..line.find(']')?])));
    let Some(inner) = inner else {
        return CheckedHeader {
            below: Below::Nothing,
            inner: String::new(),
            name: String::new(),
            wrong,
        };
    };
    let (below, name, second) = if file == FileKind::Credentials {
        in_credentials(inner)
    } else {
        in_config(inner)
    };
    CheckedHeader {
        below,
        inner: inner.to_owned(),
        name,
        wrong: wrong.or(second),
    }
}

/// `profile client1]`
fn unopened() -> CheckedHeader {
    let message = "the header has no [: the AWS CLI and the SDKs reject the whole file";
    CheckedHeader {
        below: Below::Nothing,
        inner: String::new(),
        name: String::new(),
        wrong: Some((
            &catalog::HEADER_UNCLOSED,
            message.to_owned(),
            "add the [".to_owned(),
        )),
    }
}

/// What is below it, the name, and what is wrong.
type Meaning = (Below, String, Option<Flaw>);

fn nothing(wrong: Option<Flaw>) -> Meaning {
    (Below::Nothing, String::new(), wrong)
}

/// What is wrong where the line does not end with the `]`, or with a comment behind it.
fn around(line: &str) -> Flaw {
    let (kind, message, fix) = match (line.find(']'), line.find(['#', ';'])) {
        (None, _) => (
            &catalog::HEADER_UNCLOSED,
            "the header has no ]: the AWS CLI and the SDKs reject the whole file",
            "add the ]",
        ),
        (Some(end), Some(comment)) if comment < end => (
            &catalog::HEADER_COMMENT,
            "a # or ; in the header begins a comment there: the SDKs reject the whole file",
            "give it a name without # and ;",
        ),
        _ => (
            &catalog::HEADER_TRAILING,
            "there is text after the header's ]: the SDKs reject the whole file",
            "delete it, or put a # before it",
        ),
    };
    (kind, message.to_owned(), fix.to_owned())
}

fn in_config(inner: &str) -> Meaning {
    let (prefix, rest) = prefix_and_rest(inner);
    let below = match prefix {
        Some("profile") => Below::Profile,
        Some("sso-session") => Below::SsoSession,
        Some("services") => Below::Services,
        Some(prefix) => {
            let fix = match nearest(prefix, &PREFIXES).first() {
                Some(meant) => format!("did you mean [{meant} {rest}]?"),
                None => format!("write [profile {rest}] for a profile, or delete the section"),
            };
            let message = format!("unknown section [{prefix} …]");
            return nothing(Some((&catalog::SECTION_UNKNOWN, message, fix)));
        }
        None if rest == "default" => return (Below::Profile, rest.to_owned(), None),
        None => return nothing(unprefixed(rest)),
    };
    let words = shlex::split(rest).unwrap_or_default();
    match words.as_slice() {
        [name] if !trimmed(name).is_empty() => (
            below,
            name.clone(),
            (!is_identifier(rest)).then(|| unread(name)),
        ),
        _ if rest.trim_matches(['"', '\'', ' ', '\t']).is_empty() => nothing(Some(unnamed())),
        _ => nothing(Some((
            &catalog::SECTION_NAME_INVALID,
            "nobody can read the section's name".to_owned(),
            "write one word, or put the name in quotes: [profile \"my client\"]".to_owned(),
        ))),
    }
}

fn unprefixed(rest: &str) -> Option<Flaw> {
    let (why, name) = match run_together(rest) {
        _ if ["plugins", "preview"].contains(&rest) => return None,
        _ if rest == "DEFAULT" => return Some(default_upper()),
        _ if rest.is_empty() => return Some(nameless()),
        _ if PREFIXES.contains(&rest) => return Some(unnamed()),
        Some(name) => (
            "there must be a plain space after the word profile".to_owned(),
            name,
        ),
        None => (
            format!("in this file one is written [profile {rest}]"),
            rest,
        ),
    };
    let message = format!("no program reads [{rest}] as a profile: {why}");
    Some((
        &catalog::SECTION_UNPREFIXED,
        message,
        format!("write [profile {name}], or delete the section"),
    ))
}

fn in_credentials(inner: &str) -> Meaning {
    match prefix_and_rest(inner) {
        (Some("profile"), rest) => nothing(Some((
            &catalog::SECTION_MISPLACED,
            format!(
                "no program finds the profile '{rest}' here: in this file it is written [{rest}]"
            ),
            format!("write [{rest}]"),
        ))),
        (Some(prefix), rest) if PREFIXES.contains(&prefix) => nothing(Some((
            &catalog::SECTION_MISPLACED,
            format!("no program reads [{prefix} {rest}] in this file"),
            "move the section to ~/.aws/config".to_owned(),
        ))),
        (None, "DEFAULT") => nothing(Some(default_upper())),
        (None, "") => nothing(Some(nameless())),
        _ => (
            Below::Profile,
            inner.to_owned(),
            (!is_identifier(inner)).then(|| unread(inner)),
        ),
    }
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
    (
        &catalog::SECTION_UNNAMED,
        "the section has no name, and no program reads it".to_owned(),
        fix,
    )
}

/// `[]`
fn nameless() -> Flaw {
    let message = "the section has no name: the AWS CLI rejects the whole file".to_owned();
    (
        &catalog::SECTION_UNNAMED,
        message,
        "give it a name, or delete it".to_owned(),
    )
}

fn default_upper() -> Flaw {
    (
        &catalog::SECTION_DEFAULT_UPPER,
        "in the AWS CLI every profile inherits what [DEFAULT] says; the SDKs and xacct ignore it"
            .to_owned(),
        "write [default] for the default profile, or put the keys into the profiles".to_owned(),
    )
}
