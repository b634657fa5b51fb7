//! What must not stand in a profile, or among the options, whatever it is for: nothing where a name
//! is wanted, a line that was lost, a control character. Looked at for every profile of a chain,
//! before anything else is made of it.

use super::{Request, at};
use crate::config::scan::visible;
use crate::config::{FileKind, Key, Origin, Profile, Section, Setting, Shape, Weight, key_meant};
use crate::error::{Error, Result};

/// Errors: of kind `Config`, with the line.
pub(super) fn profile(profile: &Profile) -> Result<()> {
    section(profile)?;
    let mut lost = profile.lost.iter();
    if let Some((key, origin)) = lost.find_map(|(key, origin)| Some((decisive(key)?, origin))) {
        return Err(at(
            origin,
            &format!("the line cannot be read, and it seems to set {key}"),
        )
        .hint(format!("write {key} = …, or delete the line")));
    }
    if let Some(origin) = profile.headers.first() {
        let message = "the line seems to be the header of a section, and it is none";
        let form = header_in(origin);
        return Err(at(origin, message).hint(format!(
            "write it as {form}, or delete it: what stands below it counts for profile '{}'",
            profile.name
        )));
    }
    for (key, setting) in profile.iter() {
        let known = Key::of(key);
        if known.is_some_and(|key| is_empty(key, setting)) {
            return Err(at(&setting.origin, &format!("{key} is empty"))
                .hint(format!("give {key} a value, or delete the line")));
        }
        if known.is_none()
            && let Some(meant) = misspelt(key)
        {
            return Err(at(
                &setting.origin,
                &format!("'{key}' is not a key that any program reads"),
            )
            .hint(format!(
                "did you mean {meant}? If not, delete the line, or call it x_{key}"
            ))
            .named("guard-misspelt"));
        }
    }
    Ok(())
}

/// How a header is written in the file of this line.
fn header_in(origin: &Origin) -> &'static str {
    if origin.file == FileKind::Credentials {
        "[NAME]"
    } else {
        "[profile NAME]"
    }
}

/// Values that run on over the lines below them, and control characters.
///
/// Errors: of kind `Config`, with the line.
pub(super) fn section(section: &Section) -> Result<()> {
    for (key, setting) in section.iter() {
        if let Some(meant) = swallowed(setting) {
            let message = format!(
                "{key} runs on over the indented lines below it, and one of them sets {meant}"
            );
            return Err(at(&setting.origin, &message)
                .hint(format!("write {meant} = … at the beginning of its line")));
        }
        if runs_on(key, setting) {
            return Err(continued(key, setting));
        }
        if let Some(found) = control(&setting.value) {
            return Err(at(
                &setting.origin,
                &format!("{key} contains the control character {found}"),
            )
            .hint(format!(
                "write {key} again; it may have been pasted with something invisible in it"
            )));
        }
    }
    Ok(())
}

/// The same for what was typed.
///
/// Errors: of kind `Config`, with the option.
pub(super) fn options(request: &Request) -> Result<()> {
    for (key, text) in request.texts() {
        let place = request.typed(key).unwrap_or_default();
        if text.trim().is_empty() {
            return Err(Error::config(format!("{place} is empty"))
                .hint(format!("give {place} a value, or leave it out")));
        }
        if let Some(found) = control(text) {
            return Err(Error::config(format!(
                "{place} contains the control character {found}"
            )));
        }
    }
    let policy_arns = &request.role.session.policy_arns;
    if policy_arns.iter().any(|arn| arn.trim().is_empty()) {
        return Err(Error::config("--policy-arn is empty")
            .hint("give --policy-arn a value, or leave it out"));
    }
    Ok(())
}

fn is_empty(key: Key, setting: &Setting) -> bool {
    let text = &setting.value;
    key.weight() == Weight::Decides
        && (text.trim().is_empty()
            || (is_list(key) && text.split(',').all(|item| item.trim().is_empty())))
}

/// Whether it takes several values, one a line where a comma ends the line.
fn is_list(key: Key) -> bool {
    matches!(key.shape(), Shape::List | Shape::Tags)
}

/// `U+0000`
fn control(text: &str) -> Option<String> {
    text.chars()
        .find(|c| c.is_control() && !matches!(c, '\n' | '\t'))
        .map(|c| format!("U+{:04X}", u32::from(c)))
}

/// A decisive key on an indented line, which makes it a part of the value above.
fn swallowed(setting: &Setting) -> Option<Key> {
    let mut lines = setting.value.split('\n').skip(1);
    lines.find_map(|line| {
        let (key, _) = line.split_once(['=', ':'])?;
        let key = visible(key).trim().to_ascii_lowercase();
        // A part of an access key may be what somebody has pasted: it is not looked at.
        Key::of(&key).filter(|known| known.weight() == Weight::Decides && !key.starts_with("aws_"))
    })
}

/// Whether a value that has one line goes on in the next, which mostly is a key that somebody has
/// indented. Commands may have several lines, and so may a policy.
fn runs_on(key: &str, setting: &Setting) -> bool {
    let text = setting.value.trim_end();
    let is_nested = text.starts_with('\n') && setting.subs().next().is_some();
    if is_nested || !text.contains('\n') {
        return false;
    }
    let mut next = text.split('\n').skip(1);
    match Key::of(key) {
        Some(Key::SessionPolicy) if text.trim_start().starts_with('{') => false,
        Some(Key::CredentialProcess | Key::MfaProcess) => next.any(sets_a_key),
        Some(key) if key.weight() == Weight::Other => next.any(sets_a_key),
        Some(key) if is_list(key) => text.split(',').any(|item| item.trim().contains('\n')),
        Some(_) => true,
        None => false,
    }
}

fn sets_a_key(line: &str) -> bool {
    line.split_once('=')
        .is_some_and(|(key, _)| Key::of(&visible(key).trim().to_ascii_lowercase()).is_some())
}

/// Nothing of either line is shown: the second may be a secret.
fn continued(key: &str, setting: &Setting) -> Error {
    if setting.origin.file == FileKind::Settings {
        return at(&setting.origin, &format!("{key} has several lines"))
            .hint(format!("write {key} on one line"));
    }
    at(
        &setting.origin,
        &format!("the line after {key} is indented, which makes it part of {key}"),
    )
    .hint("remove the blanks before the next line")
}

/// The key of those above that this one is nearly called like: `read_only` for `readonly` and
/// `read_olny`.
pub(super) fn misspelt(key: &str) -> Option<Key> {
    key_meant(key).filter(|meant| is_decisive(*meant))
}

/// The key of those above that this one is, or is nearly called like.
pub(super) fn decisive(key: &str) -> Option<Key> {
    let known = Key::of(key).filter(|known| is_decisive(*known));
    known.or_else(|| misspelt(key))
}

fn is_decisive(key: Key) -> bool {
    matches!(key.weight(), Weight::Decides | Weight::Token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_decides_is_refused_for_its_name() {
        assert_eq!(misspelt("read_olny"), Some(Key::ReadOnly));
        assert_eq!(misspelt("aws_sesion_token"), Some(Key::AwsSessionToken));
        for key in ["ouput", "regoin", "read_only", "browser_profil"] {
            assert_eq!(misspelt(key), None, "{key}");
        }
    }
}
