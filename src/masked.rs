//! Secrets in what is quoted: user names, passwords and the values of a query in addresses, and the
//! further lines of a value.
//!
//! What is not an address is left to those who know what it is.

use std::borrow::Cow;

/// Stands in place of a secret.
pub(crate) const MASK: &str = "********";

/// An address without the user and the password before its `@`, and without the values of its
/// query. Also one that is misspelt: the text is known to be meant as an address, so that
/// everything before an `@` is taken for them.
pub(crate) fn address(text: &str) -> Cow<'_, str> {
    let scheme = scheme_length(text);
    match without_query(text) {
        Cow::Borrowed(text) => masked(&text[..scheme], &text[scheme..]),
        Cow::Owned(text) => Cow::Owned(masked(&text[..scheme], &text[scheme..]).into_owned()),
    }
}

/// `http://host/?token=********`
fn without_query(text: &str) -> Cow<'_, str> {
    let Some(at) = text.find('?').filter(|at| at + 1 < text.len()) else {
        return Cow::Borrowed(text);
    };
    let parts: Vec<String> = text[at + 1..]
        .split('&')
        .map(|part| match part.split_once('=') {
            Some((name, value)) if !value.is_empty() => format!("{name}={MASK}"),
            None if !part.is_empty() => MASK.to_owned(),
            _ => part.to_owned(),
        })
        .collect();
    Cow::Owned(format!("{}?{}", &text[..at], parts.join("&")))
}

/// A sentence, without users and passwords in the addresses in it. An address ends at a blank. What
/// a query says stays: whoever is told to open an address needs all of it.
pub(crate) fn addresses(text: &str) -> Cow<'_, str> {
    if !text.contains("://") || !text.contains('@') {
        return Cow::Borrowed(text);
    }
    each_address(text, &|address| behind_scheme(address))
}

/// The same, and without the values of queries.
fn whole_addresses(text: &str) -> Cow<'_, str> {
    if !text.contains("://") || !text.contains(['@', '?']) {
        return Cow::Borrowed(text);
    }
    each_address(text, &|text| {
        // What closes a quotation, or a part of the sentence.
        let end = text
            .trim_end_matches([':', ',', ';', '.', ')', '\'', '"'])
            .len();
        format!(
            "{}{}",
            behind_scheme(&without_query(&text[..end])),
            &text[end..]
        )
    })
}

/// `shown` gets what stands behind `://`.
fn each_address<'a>(text: &'a str, shown_as: &dyn Fn(&str) -> String) -> Cow<'a, str> {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, address) = rest.split_at(at + "://".len());
        let end = address.find(char::is_whitespace).unwrap_or(address.len());
        shown.push_str(before);
        shown.push_str(&shown_as(&address[..end]));
        rest = &address[end..];
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// What is said of addresses that are asked: an error, a hint, a finding, a trace.
pub(crate) fn message(text: &str) -> String {
    whole_addresses(&without_continuation(text)).into_owned()
}

/// What is said to a person who may have to open an address.
pub(crate) fn spoken(text: &str) -> String {
    addresses(&without_continuation(text)).into_owned()
}

/// Of a quoted value of several lines only the first is shown: the others may be keys that somebody
/// has indented, secrets among them. The value stands between quotes.
fn without_continuation(message: &str) -> Cow<'_, str> {
    let Some(end) = message.find('\n') else {
        return Cow::Borrowed(message);
    };
    let rest = message
        .rfind('\'')
        .filter(|last| *last > end)
        .map_or("", |last| &message[last..]);
    Cow::Owned(format!("{} …{rest}", &message[..end]))
}

/// What stands behind `://`.
fn behind_scheme(rest: &str) -> String {
    masked("://", rest).trim_start_matches("://").to_owned()
}

/// The length of `https://`, or of what is nearly that.
fn scheme_length(text: &str) -> usize {
    let name = text.find(':').unwrap_or(0);
    let schemes = [
        "http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h",
    ];
    let is_known = schemes
        .iter()
        .any(|known| text[..name].eq_ignore_ascii_case(known));
    match text.find("://") {
        Some(end) => end + "://".len(),
        None if is_known => name + 1,
        None => 0,
    }
}

/// `before` as it is, and `rest` without what stands before its `@`.
///
/// An `@` behind the host belongs to a path. A host with a colon may be a user and the beginning of
/// a password that has a slash in it.
fn masked<'a>(before: &str, rest: &'a str) -> Cow<'a, str> {
    let slashes = rest.len() - rest.trim_start_matches(['/', '\\']).len();
    let host = rest[slashes..]
        .find(['/', '\\', '?', '#'])
        .map_or(rest.len(), |end| slashes + end);
    let is_whole = !before.is_empty() && !rest[..host].contains(':');
    let until = if rest[..host].contains('@') || is_whole {
        host
    } else {
        rest.len()
    };
    match rest[..until].rfind('@') {
        Some(at) => Cow::Owned(format!("{before}{MASK}{}", &rest[at..])),
        None if before.is_empty() => Cow::Borrowed(rest),
        None => Cow::Owned(format!("{before}{rest}")),
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
            (
                "https://acme.awsapps.com/start#/",
                "https://acme.awsapps.com/start#/",
            ),
            (
                "http://host/?token=x&b=&c",
                "http://host/?token=********&b=&********",
            ),
            ("user:pass@host/?x=y@z", "********@host/?x=********"),
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
        assert_eq!(
            addresses("mail a@b at https://host"),
            "mail a@b at https://host"
        );
        assert!(matches!(addresses("a@b"), Cow::Borrowed(_)));
        let sentence = "asking 'http://h/?token=x': no, http://h/?a=b (y)? http://u:p@h/?c";
        assert_eq!(
            message(sentence),
            "asking 'http://h/?token=********': no, http://h/?a=******** (y)? \
             http://********@h/?********"
        );
        assert_eq!(
            spoken("open https://h/?user_code=x"),
            "open https://h/?user_code=x"
        );
    }
}
