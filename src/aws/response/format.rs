//! Whether a body is the format that it should be, and whether all of it is there.

use super::stray::WrongBody;

/// Without white space around it, and without the mark that some editors put in front.
pub(super) fn trimmed(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(body)
        .trim_ascii()
}

/// Whether a browser would show it as a page, whatever its headers say.
pub(super) fn is_html(text: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&text[..text.len().min(512)]).to_ascii_lowercase();
    let start = start.trim_start_matches(|c: char| c.is_whitespace());
    // XHTML has XML's own first line in front.
    let start = match start
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
    {
        Some((_, rest)) => rest.trim_start(),
        None => start,
    };
    [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<script",
        "<meta",
        "<h1",
        "<p>",
        "<center",
    ]
    .iter()
    .any(|tag| start.starts_with(tag))
        || (start.starts_with("<!--") && start.contains("<html"))
}

/// Whether the first element has no end, or there is none. The rest is the parser's business.
pub(super) fn wrong_xml(text: &[u8]) -> Option<WrongBody> {
    let Ok(text) = std::str::from_utf8(text) else {
        return Some(WrongBody::NotItsFormat("XML"));
    };
    let mut rest = text;
    while let Some(end) = ["<?", "<!"]
        .iter()
        .any(|start| rest.starts_with(start))
        .then(|| rest.find('>'))
    {
        let Some(end) = end else {
            return Some(WrongBody::CutOff("XML"));
        };
        rest = rest[end + 1..].trim_start();
    }
    let Some(name) = rest.strip_prefix('<') else {
        return Some(WrongBody::NotItsFormat("XML"));
    };
    let name: String = name
        .chars()
        .take_while(|c| !c.is_whitespace() && !['>', '/'].contains(c))
        .collect();
    let is_closed =
        rest.ends_with(&format!("</{name}>")) || (rest.ends_with("/>") && !rest.contains("><"));
    (!is_closed).then_some(WrongBody::CutOff("XML"))
}

pub(super) fn wrong_json(text: &[u8]) -> Option<WrongBody> {
    match serde_json::from_slice::<serde::de::IgnoredAny>(text) {
        Ok(_) => None,
        Err(error) if error.is_eof() && text.starts_with(b"{") => Some(WrongBody::CutOff("JSON")),
        Err(_) => Some(WrongBody::NotItsFormat("JSON")),
    }
}
