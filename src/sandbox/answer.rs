//! STS's answers as text: the XML of a result and of a refusal. What is answered is decided in `sts`.

use std::fmt::Write;

const XMLNS: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// What STS says instead of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into() }
    }

    /// 403, for whoever may not.
    pub(crate) fn access_denied(message: impl Into<String>) -> Refusal {
        Refusal::new(403, "AccessDenied", message)
    }

    /// 400, for a parameter that breaks a constraint.
    pub(crate) fn validation(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "ValidationError", message)
    }

    /// Nobody may do this to that: one text for every reason, so that it tells a stranger nothing.
    pub(crate) fn not_authorized(caller: &str, action: &str, resource: &str) -> Refusal {
        Refusal::access_denied(format!(
            "User: {caller} is not authorized to perform: {action} on resource: {resource}"
        ))
    }
}

/// An answer that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// STS's error code; `None` for a result.
    pub(crate) code: Option<&'static str>,
    pub(crate) request_id: String,
    pub(crate) body: String,
}

impl Reply {
    /// `<ActionResponse><ActionResult>…`; `result` is XML already.
    pub(crate) fn result(action: &str, result: &str, request: u64) -> Reply {
        let request_id = request_id(request);
        let body = format!(
            "<{action}Response xmlns=\"{XMLNS}\">\n<{action}Result>\n{result}</{action}Result>\n\
             <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\n</{action}Response>\n"
        );
        Reply { status: 200, code: None, request_id, body }
    }

    /// `<ErrorResponse>…`
    pub(crate) fn refusal(refusal: &Refusal, request: u64) -> Reply {
        let request_id = request_id(request);
        let kind = if refusal.status < 500 { "Sender" } else { "Receiver" };
        let body = format!(
            "<ErrorResponse xmlns=\"{XMLNS}\">\n<Error><Type>{kind}</Type><Code>{}</Code>\
             <Message>{}</Message></Error>\n<RequestId>{request_id}</RequestId>\n</ErrorResponse>\n",
            refusal.code,
            escape(&refusal.message)
        );
        Reply { status: refusal.status, code: Some(refusal.code), request_id, body }
    }
}

/// A UUID that carries the request's number in the log.
fn request_id(request: u64) -> String {
    format!("00000000-0000-4000-8000-{request:012x}")
}

/// `<Name>text</Name>` and a line's end.
pub(crate) fn element(xml: &mut String, name: &str, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(xml, "<{name}>{}</{name}>", escape(text));
}

/// Text as XML character data.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // XML 1.0 has no way to write the other control characters.
            c if c.is_control() && !matches!(c, '\n' | '\t') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_what_the_sdks_recorded() {
        let reply = Reply::refusal(&Refusal::validation("a < b & c"), 255);
        assert_eq!(reply.status, 400);
        assert_eq!(
            reply.body,
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n\
             <Error><Type>Sender</Type><Code>ValidationError</Code><Message>a &lt; b &amp; c</Message></Error>\n\
             <RequestId>00000000-0000-4000-8000-0000000000ff</RequestId>\n</ErrorResponse>\n"
        );
    }
}
