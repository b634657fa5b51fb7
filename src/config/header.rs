//! One section header, `[profile client1]`: its kind, its name, what is wrong with it (docs/aws.md
//! A1.1). Finding headers is left to `scan`, what stands below them to `body`.

use std::borrow::Cow;

use memchr::memchr2;
use memchr::memchr3;

use super::nearest::nearest;
use super::origin::FileKind;
pub(crate) use super::scan::PREFIXES;
use super::scan::{BLANK, COMMENT, is_unseen, trimmed};

/// Sections of the config file that belong to the AWS CLI; not ours, and no reason to warn.
const OF_THE_CLI: [&str; 2] = ["plugins", "preview"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SectionKind {
    /// `[profile NAME]` in the config file, `[NAME]` in the credentials file.
    Profile,
    /// `[default]` in the config file, which `[profile default]` replaces.
    PlainDefault,
    /// `[sso-session NAME]`
    SsoSession,
    /// `[services NAME]`
    Services,
    /// `[my client]` in the credentials file: what `aws configure` writes there for the profile
    /// that it calls `[profile "my client"]` in the config file. Used if such a profile exists,
    /// else ignored as the SDKs do.
    Spaced,
    /// Nothing below it is used.
    Ignored,
}

/// Why a section is not used, or (`Trailing`) what of its header is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeaderFlaw {
    Unclosed,
    Unopened,
    /// Something stands before the `[`.
    Covered,
    Trailing,
    NoName,
    BadName,
    NotPrefixed,
    UnknownPrefix,
    PrefixedInCredentials,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header<'a> {
    pub(super) kind: SectionKind,
    pub(super) name: Cow<'a, str>,
    pub(super) flaw: Option<HeaderFlaw>,
}

/// Reads a line that begins with `[`, or lacks it; blanks before it and the line's end are off.
pub(super) fn read(line: &str, file: FileKind) -> Header<'_> {
    if !line.starts_with('[') {
        return ignored(HeaderFlaw::Unopened);
    }
    let Some((inner, trailing)) = inside(line) else {
        return ignored(HeaderFlaw::Unclosed);
    };
    let (prefix, rest) = prefix_and_rest(inner);
    let kind = match (file, prefix) {
        (FileKind::Credentials, None) => SectionKind::Profile,
        (FileKind::Credentials, Some(prefix)) if PREFIXES.contains(&prefix) => {
            return ignored(HeaderFlaw::PrefixedInCredentials);
        }
        (FileKind::Credentials, Some(_)) => {
            return Header {
                kind: SectionKind::Spaced,
                name: Cow::Borrowed(inner),
                flaw: None,
            };
        }
        (_, None) if rest == "default" => SectionKind::PlainDefault,
        (_, None) if OF_THE_CLI.contains(&rest) => {
            return Header {
                kind: SectionKind::Ignored,
                name: Cow::Borrowed(""),
                flaw: None,
            };
        }
        (_, None) if !rest.is_empty() && !PREFIXES.contains(&rest) => {
            return ignored(HeaderFlaw::NotPrefixed);
        }
        (_, None) => return ignored(HeaderFlaw::NoName),
        (_, Some("profile")) => SectionKind::Profile,
        (_, Some("sso-session")) => SectionKind::SsoSession,
        (_, Some("services")) => SectionKind::Services,
        (_, Some(_)) => return ignored(HeaderFlaw::UnknownPrefix),
    };
    match name(rest) {
        Ok(name) => Header {
            kind,
            name,
            flaw: trailing.then_some(HeaderFlaw::Trailing),
        },
        Err(flaw) => ignored(flaw),
    }
}

/// The names that a header which is not read may have been meant to give: all of it, what stands
/// behind its first word, and the first word of either.
pub(super) fn meant(line: &str) -> Vec<&str> {
    let inner = match inside(line) {
        Some((inner, _)) => inner,
        None => line.trim_start_matches('[').trim_matches(BLANK),
    };
    let (prefix, rest) = prefix_and_rest(inner);
    let first = rest.split(BLANK).next().unwrap_or_default();
    let names = [
        Some(inner),
        Some(rest),
        Some(first),
        prefix.filter(|prefix| !PREFIXES.contains(prefix)),
        run_together(inner),
    ];
    let names = names
        .into_iter()
        .flatten()
        .map(|name| shown_part(name.trim_matches(['"', '\''])));
    names.filter(|name| !name.is_empty()).collect()
}

/// The name in `profile:client1`, `profileclient1`, or with any other blank than the two that
/// count: between it and its prefix, where there should be one of those.
pub(crate) fn run_together(inner: &str) -> Option<&str> {
    let rest = inner.strip_prefix("profile")?;
    let name = rest.trim_start_matches(|c: char| {
        !c.is_alphanumeric() && !BLANK.contains(&c) && !"\"'[".contains(c)
    });
    (!name.is_empty() && !name.starts_with(BLANK)).then_some(name)
}

/// The name without blanks that cannot be seen to be some, such as a no-break space.
pub(super) fn shown_part(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_whitespace() || is_unseen(c))
}

/// Whether the first word of a section's name is one that begins the headers of profiles, nearly.
pub(super) fn is_like_prefix(name: &str) -> bool {
    let first = name.split(BLANK).next().unwrap_or_default();
    let first = first.to_ascii_lowercase();
    !nearest(&first, &["profile"]).is_empty()
}

/// What stands behind the `]`.
pub(super) fn behind(line: &str) -> &str {
    line.rsplit_once(']')
        .map_or("", |(_, behind)| trimmed(behind))
}

pub(super) fn ignored(flaw: HeaderFlaw) -> Header<'static> {
    Header {
        kind: SectionKind::Ignored,
        name: Cow::Borrowed(""),
        flaw: Some(flaw),
    }
}

/// What stands between the brackets of a header that nothing but a comment stands behind. The SDKs
/// end the line at the first `#` or `;` and want a `]` there.
pub(crate) fn closed(line: &str) -> Option<&str> {
    let comment = memchr2(b'#', b';', line.as_bytes()).unwrap_or(line.len());
    trimmed(&line[..comment])
        .strip_prefix('[')?
        .strip_suffix(']')
        .map(trimmed)
}

/// What stands between the brackets, and whether anything but a comment stands behind them.
///
/// Where the header is not closed the SDKs give up on the file and the AWS CLI does not, so the
/// CLI's way comes second: up to the `]`, `#` in names and text behind it allowed.
pub(super) fn inside(line: &str) -> Option<(&str, bool)> {
    let line = &line[line.find('[')?..];
    if let Some(inner) = closed(line) {
        return Some((inner, false));
    }
    let mut quote = None;
    let end = line.find(|c: char| {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            _ => {}
        }
        quote.is_none() && c == ']'
    })?;
    let behind = trimmed(&line[end + 1..]);
    Some((
        trimmed(&line[1..end]),
        !behind.is_empty() && !behind.starts_with(COMMENT),
    ))
}

/// Parts `profile client1` at its first blank; a quoted name alone has no prefix.
pub(crate) fn prefix_and_rest(inner: &str) -> (Option<&str>, &str) {
    match memchr2(b' ', b'\t', inner.as_bytes()) {
        Some(blank) if !inner.starts_with(['"', '\'']) => {
            (Some(&inner[..blank]), trimmed(&inner[blank..]))
        }
        _ => (None, inner),
    }
}

/// Quotes and backslashes as the AWS CLI takes them (`shlex`); any name without blanks or control
/// characters is one, quoted also with blanks.
fn name(text: &str) -> Result<Cow<'_, str>, HeaderFlaw> {
    let quoted = memchr3(b'"', b'\'', b'\\', text.as_bytes()).is_some();
    let name = if quoted {
        match shlex::split(text).as_deref() {
            Some([word]) => Cow::Owned(word.clone()),
            _ => return Err(HeaderFlaw::BadName),
        }
    } else {
        Cow::Borrowed(text)
    };
    if trimmed(&name).is_empty() {
        return Err(HeaderFlaw::NoName);
    }
    let wrong = |byte: u8| byte.is_ascii_control() || (!quoted && b" []".contains(&byte));
    if name.bytes().any(wrong) {
        Err(HeaderFlaw::BadName)
    } else {
        Ok(name)
    }
}

impl HeaderFlaw {
    /// What is wrong with the header's brackets.
    fn of_brackets(self) -> &'static str {
        match self {
            HeaderFlaw::Unclosed => "Profile definition must end with ']': the section is ignored",
            HeaderFlaw::Unopened => {
                "Profile definition must begin with '[': the section is ignored"
            }
            HeaderFlaw::Covered => {
                "something stands before the '[', which may be a blank that cannot be seen: the \
                 section is ignored"
            }
            _ => "Profile definition must end with ']': what stands behind it is ignored",
        }
    }

    /// What to tell about the header that stands in `line`. The first words of some are AWS's own.
    pub(super) fn message(self, line: &str) -> String {
        let (prefix, rest) = inside(line).map_or((None, ""), |(inner, _)| prefix_and_rest(inner));
        let prefix = prefix.unwrap_or_default();
        match self {
            HeaderFlaw::Unclosed
            | HeaderFlaw::Unopened
            | HeaderFlaw::Covered
            | HeaderFlaw::Trailing => self.of_brackets().to_owned(),
            HeaderFlaw::NoName => "the section has no name: ignored".to_owned(),
            HeaderFlaw::BadName => {
                let plain = !rest.is_empty()
                    && !rest.contains(|c: char| c.is_control() || "\"'\\[]".contains(c));
                let name = if plain { rest } else { "my client" };
                format!(
                    "the section's name is not valid: ignored (a name with blanks is written \
                     [{prefix} \"{name}\"])"
                )
            }
            HeaderFlaw::NotPrefixed if rest == "DEFAULT" => {
                "[DEFAULT] is ignored: no profile inherits from it; the default profile is \
                 [default]"
                    .to_owned()
            }
            HeaderFlaw::NotPrefixed if run_together(rest).is_some() => {
                let name = run_together(rest).unwrap_or_default();
                format!(
                    "[{rest}] is ignored: there must be a plain space after the word profile: \
                     [profile {name}]"
                )
            }
            HeaderFlaw::NotPrefixed => {
                format!("[{rest}] is ignored: in this file a profile is written [profile {rest}]")
            }
            HeaderFlaw::UnknownPrefix => match nearest(prefix, &PREFIXES).first() {
                Some(meant) => {
                    format!(
                        "[{prefix} …] is ignored: no such kind of section, did you mean \
                             [{meant} …]?"
                    )
                }
                None => format!(
                    "[{prefix} …] is ignored: no such kind of section (a profile is written \
                     [profile {rest}], a name with blanks [profile \"{prefix} {rest}\"])"
                ),
            },
            HeaderFlaw::PrefixedInCredentials if prefix == "profile" => {
                format!("[profile {rest}] is ignored: in this file a profile is written [{rest}]")
            }
            HeaderFlaw::PrefixedInCredentials => {
                format!("[{prefix} {rest}] is ignored: it belongs in the config file")
            }
        }
    }
}

#[cfg(test)]
mod tests;
