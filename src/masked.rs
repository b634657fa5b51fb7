//! Secrets in what is quoted: user names and passwords in addresses, and the further lines of a value.
//!
//! What is not an address is left to those who know what it is.

use std::borrow::Cow;

/// Stands in place of a secret.
pub(crate) const MASK: &str = "********";

/// An address without the user and the password before its `@`. Also one that is misspelt: the text is known to be
/// meant as an address, so that everything before an `@` is taken for them.
pub(crate) fn address(text: &str) -> Cow<'_, str> {
    let scheme = scheme_length(text);
    masked(&text[..scheme], &text[scheme..])
}

/// A sentence, with the same done to each address in it. An address ends at a blank.
pub(crate) fn addresses(text: &str) -> Cow<'_, str> {
    if !text.contains("://") || !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, address) = rest.split_at(at + "://".len());
        let end = address.find(char::is_whitespace).unwrap_or(address.len());
        shown.push_str(&masked(before, &address[..end]));
        rest = &address[end..];
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// What is said: an error, a hint, a note, a finding.
pub(crate) fn message(text: &str) -> String {
    addresses(&without_continuation(text)).into_owned()
}

/// Of a quoted value of several lines only the first is shown: the others may be keys that somebody has indented, secrets
/// among them. The value stands between quotes.
fn without_continuation(message: &str) -> Cow<'_, str> {
    let Some(end) = message.find('\n') else { return Cow::Borrowed(message) };
    let rest = message.rfind('\'').filter(|last| *last > end).map_or("", |last| &message[last..]);
    Cow::Owned(format!("{} …{rest}", &message[..end]))
}

/// The length of `https://`, or of what is nearly that.
fn scheme_length(text: &str) -> usize {
    let name = text.find(':').unwrap_or(0);
    let schemes = ["http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h"];
    let is_known = schemes.iter().any(|known| text[..name].eq_ignore_ascii_case(known));
    match text.find("://") {
        Some(end) => end + "://".len(),
        None if is_known => name + 1,
        None => 0,
    }
}

/// `before` as it is, and `rest` without what stands before its `@`.
///
/// An `@` behind the host belongs to a path. A host with a colon may be a user and the beginning of a password that has
/// a slash in it.
fn masked<'a>(before: &str, rest: &'a str) -> Cow<'a, str> {
    let unmasked = || Cow::Owned(format!("{before}{rest}"));
    let slashes = rest.len() - rest.trim_start_matches(['/', '\\']).len();
    let host = rest[slashes..].find(['/', '\\', '?', '#']).map_or(rest.len(), |end| slashes + end);
    let is_whole = !before.is_empty() && !rest[..host].contains(':');
    let until = if rest[..host].contains('@') || is_whole { host } else { rest.len() };
    match rest[..until].rfind('@') {
        Some(at) => Cow::Owned(format!("{before}{MASK}{}", &rest[at..])),
        None if before.is_empty() => Cow::Borrowed(rest),
        None => unmasked(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_user_and_password() {
        for (text, shown) in [
            ("http://user:pass@host:1/x", "http://********@host:1/x"),
            ("HTTPS://token@host", "HTTPS://********@host"),
            ("http://user:p@ss@host", "http://********@host"),
            ("http://user:p/ss@host", "http://********@host"),
            ("http://user:p#ss@host", "http://********@host"),
            ("http://user:p\\ss@host", "http://********@host"),
            ("http://user:pa ss@host", "http://********@host"),
            ("http:/user:pass@host", "http:********@host"),
            ("http:user:pass@host", "http:********@host"),
            ("user:pass@host:3128", "********@host:3128"),
            ("//user:pass@host", "********@host"),
            ("https://host/@path", "https://host/@path"),
            ("https://acme.awsapps.com/start#/", "https://acme.awsapps.com/start#/"),
            ("", ""),
        ] {
            assert_eq!(address(text), shown, "{text}");
        }
    }

    #[test]
    fn so_do_addresses_in_a_sentence() {
        assert_eq!(
            addresses("asking http://u:p@h/x, then 'https://v:q@i' for a@b"),
            "asking http://********@h/x, then 'https://********@i' for a@b"
        );
        assert_eq!(addresses("mail a@b at https://host"), "mail a@b at https://host");
        assert!(matches!(addresses("a@b"), Cow::Borrowed(_)));
    }
}
