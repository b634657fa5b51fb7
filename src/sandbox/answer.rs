//! Answers as they go over the wire: STS's XML, the JSON of Identity Center and AWS Sign-In, pages.
//! What is answered is decided in `sts`, `oidc`, `portal`, `login` and `federation`.

use std::fmt::Write;

use serde_json::{Value, json};

const XMLNS: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Who answers; each has a form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SandboxService {
    /// AWS query protocol.
    Sts,
    /// Identity Center's sign-in: OAuth's words in rest-json.
    Oidc,
    /// Identity Center's access portal: rest-json.
    Portal,
    /// AWS Sign-In: OAuth's codes in rest-json.
    Signin,
    /// AWS Organizations: JSON 1.1.
    Organizations,
    /// AWS Account Management: rest-json.
    Account,
    /// The console's sign-in: addresses that a browser could open, and pages.
    Federation,
}

/// What is said instead of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AwsRefusal {
    /// The HTTP status.
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl AwsRefusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> AwsRefusal {
        AwsRefusal {
            status,
            code,
            message: message.into(),
        }
    }

    /// 403, for whoever may not.
    pub(crate) fn access_denied(message: impl Into<String>) -> AwsRefusal {
        AwsRefusal::new(403, "AccessDenied", message)
    }

    /// 400, for a parameter that breaks a constraint.
    pub(crate) fn validation(message: impl Into<String>) -> AwsRefusal {
        AwsRefusal::new(400, "ValidationError", message)
    }

    /// Nobody may do this to that: one text for every reason, so that it tells a stranger nothing.
    pub(crate) fn not_authorized(caller: &str, action: &str, resource: &str) -> AwsRefusal {
        AwsRefusal::access_denied(format!(
            "User: {caller} is not authorized to perform: {action} on resource: {resource}"
        ))
    }

    /// What AWS says when it is asked too often.
    pub(crate) fn throttled(service: SandboxService) -> AwsRefusal {
        match service {
            SandboxService::Sts => AwsRefusal::new(400, "Throttling", "Rate exceeded"),
            SandboxService::Oidc => AwsRefusal::new(400, "SlowDownException", "Rate exceeded"),
            SandboxService::Organizations => {
                AwsRefusal::new(400, "TooManyRequestsException", "Rate exceeded")
            }
            SandboxService::Portal | SandboxService::Account => {
                AwsRefusal::new(429, "TooManyRequestsException", "Rate exceeded")
            }
            SandboxService::Signin => AwsRefusal::new(429, "INVALID_REQUEST", "Rate exceeded"),
            SandboxService::Federation => AwsRefusal::new(429, "TooManyRequests", "Rate exceeded"),
        }
    }

    /// What AWS says when it is AWS's fault.
    pub(crate) fn broken(service: SandboxService, status: u16) -> AwsRefusal {
        let code = match service {
            SandboxService::Oidc => "InternalServerException",
            SandboxService::Signin => "server_error",
            _ if status == 503 => "ServiceUnavailable",
            _ => "InternalFailure",
        };
        let message =
            "The request processing has failed because of an unknown error, exception or failure.";
        AwsRefusal::new(status, code, message)
    }
}

/// A result, before it is an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    /// The XML inside `<ActionResult>`.
    Xml(String),
    Json(Value),
    /// 200 with nothing in it.
    Nothing,
    /// A page for people.
    Html(String),
    /// Where the browser is sent.
    Redirect(String),
}

/// An answer that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The error code; `None` for a result.
    pub(crate) code: Option<&'static str>,
    /// All but the date and the length.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// A result of this action.
    pub(crate) fn result(action: &str, content: Content, request: u64) -> Reply {
        let request_id = request_id(request);
        let (status, content_type, body) = match content {
            Content::Xml(result) => (200, "text/xml", response(action, &result, &request_id)),
            Content::Json(value) => (200, "application/json", value.to_string()),
            Content::Nothing => (200, "application/json", String::new()),
            Content::Html(body) => (200, "text/html; charset=utf-8", page(&body)),
            Content::Redirect(to) => {
                let body = page("Back to the program that sent you here.");
                let mut reply = Reply::new(302, "text/html; charset=utf-8", request_id, body);
                reply.headers.push(("location", to));
                return reply;
            }
        };
        Reply::new(status, content_type, request_id, body)
    }

    /// A refusal in this service's form.
    pub(crate) fn refusal(service: SandboxService, refusal: &AwsRefusal, request: u64) -> Reply {
        let request_id = request_id(request);
        let (status, code) = (refusal.status, refusal.code);
        let mut reply = match service {
            SandboxService::Sts => {
                let body = error_response(refusal, &request_id);
                Reply::new(status, "text/xml", request_id, body)
            }
            SandboxService::Oidc => {
                let body =
                    json!({ "error": oauth_error(code), "error_description": refusal.message });
                let namespace = "http://internal.amazon.com/coral/com.amazonaws.sso.oidc/";
                Reply::json_error(status, request_id, &body, format!("{code}:{namespace}"))
            }
            SandboxService::Portal => {
                let kind = format!("com.amazonaws.switchboard.portal#{code}");
                let body = json!({ "message": refusal.message, "__type": kind });
                Reply::json_error(status, request_id, &body, code.to_owned())
            }
            SandboxService::Organizations => {
                let body = json!({ "__type": code, "Message": refusal.message });
                Reply::new(
                    status,
                    "application/x-amz-json-1.1",
                    request_id,
                    body.to_string(),
                )
            }
            SandboxService::Account => {
                let body = json!({ "message": refusal.message });
                Reply::json_error(status, request_id, &body, code.to_owned())
            }
            SandboxService::Signin => {
                let body = json!({ "error": code, "message": refusal.message });
                let kind = signin_error(status, code).to_owned();
                Reply::json_error(status, request_id, &body, kind)
            }
            // Nothing in it is meant for programs.
            SandboxService::Federation => Reply::new(
                status,
                "text/html; charset=utf-8",
                request_id,
                page(&refusal.message),
            ),
        };
        reply.code = Some(code);
        reply
    }

    /// JSON, with the kind of error in a header.
    fn json_error(status: u16, request_id: String, body: &Value, kind: String) -> Reply {
        let mut reply = Reply::new(status, "application/json", request_id, body.to_string());
        reply.headers.push(("x-amzn-errortype", kind));
        reply
    }

    fn new(status: u16, content_type: &str, request_id: String, body: String) -> Reply {
        let headers = vec![
            ("content-type", content_type.to_owned()),
            ("x-amzn-requestid", request_id),
        ];
        Reply {
            status,
            code: None,
            headers,
            body,
        }
    }
}

/// `invalid_grant` for `InvalidGrantException`: RFC 6749 section 5.2, RFC 8628 section 3.5.
fn oauth_error(code: &str) -> String {
    if code == "InternalServerException" {
        return "server_error".to_owned();
    }
    let name = code.trim_end_matches("Exception");
    let mut error = String::with_capacity(name.len() + 4);
    for character in name.chars() {
        if character.is_ascii_uppercase() && !error.is_empty() {
            error.push('_');
        }
        error.push(character.to_ascii_lowercase());
    }
    error
}

/// The exception of the model `signin/2023-01-01` that has this code.
fn signin_error(status: u16, code: &str) -> &'static str {
    match (status, code) {
        (429, _) => "TooManyRequestsError",
        (500.., _) => "InternalServerException",
        (_, "INVALID_REQUEST") => "ValidationException",
        _ => "AccessDeniedException",
    }
}

/// A UUID that carries the request's number in the log.
fn request_id(request: u64) -> String {
    format!("00000000-0000-4000-8000-{request:012x}")
}

fn response(action: &str, result: &str, request_id: &str) -> String {
    format!(
        "<{action}Response xmlns=\"{XMLNS}\">\n<{action}Result>\n{result}</{action}Result>\n\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\n</{action}Response>\n"
    )
}

fn error_response(refusal: &AwsRefusal, request_id: &str) -> String {
    let kind = if refusal.status < 500 {
        "Sender"
    } else {
        "Receiver"
    };
    format!(
        "<ErrorResponse xmlns=\"{XMLNS}\">\n<Error><Type>{kind}</Type><Code>{}</Code>\
         <Message>{}</Message></Error>\n<RequestId>{request_id}</RequestId>\n</ErrorResponse>\n",
        refusal.code,
        escape(&refusal.message)
    )
}

fn page(text: &str) -> String {
    format!(
        "<!doctype html>\n<title>xacct sandbox</title>\n<p>{}</p>\n",
        escape(text)
    )
}

/// `<Name>text</Name>` and a line's end.
pub(crate) fn element(xml: &mut String, name: &str, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(xml, "<{name}>{}</{name}>", escape(text));
}

/// Text as XML or HTML character data.
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
        let reply = Reply::refusal(
            SandboxService::Sts,
            &AwsRefusal::validation("a < b & c"),
            255,
        );
        assert_eq!((reply.status, reply.code), (400, Some("ValidationError")));
        assert_eq!(
            reply.body,
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n\
             <Error><Type>Sender</Type><Code>ValidationError</Code><Message>a &lt; b &amp; \
             c</Message></Error>\n\
             <RequestId>00000000-0000-4000-8000-0000000000ff</RequestId>\n</ErrorResponse>\n"
        );
        let refusal = AwsRefusal::new(
            400,
            "InvalidGrantException",
            "Invalid refresh token provided",
        );
        let reply = Reply::refusal(SandboxService::Oidc, &refusal, 1);
        assert_eq!(
            reply.body,
            r#"{"error":"invalid_grant","error_description":"Invalid refresh token provided"}"#
        );
        let kind = "InvalidGrantException:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/";
        assert!(
            reply
                .headers
                .contains(&("x-amzn-errortype", kind.to_owned()))
        );
        let reply = Reply::refusal(
            SandboxService::Portal,
            &AwsRefusal::new(403, "ForbiddenException", "No access"),
            1,
        );
        assert_eq!(
            reply.body,
            r#"{"__type":"com.amazonaws.switchboard.portal#ForbiddenException","message":"No access"}"#
        );
    }

    #[test]
    fn the_faults_are_in_each_services_words() {
        let words = |service| {
            (
                AwsRefusal::throttled(service),
                AwsRefusal::broken(service, 500),
            )
        };
        let (throttled, broken) = words(SandboxService::Oidc);
        assert_eq!(oauth_error(throttled.code), "slow_down");
        assert_eq!(oauth_error(broken.code), "server_error");
        assert_eq!(words(SandboxService::Portal).0.status, 429);
        assert_eq!(words(SandboxService::Sts).1.code, "InternalFailure");
    }
}
