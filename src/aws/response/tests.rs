use super::*;

fn asked(expected: Expected, is_query: bool, path: &str) -> SentRequest {
    let mut request = HttpRequest::new(SdkBody::empty());
    request
        .set_uri(format!("https://sts.example{path}"))
        .unwrap();
    if is_query {
        request
            .headers_mut()
            .insert("content-type", "application/x-www-form-urlencoded");
    }
    SentRequest::of(&request, expected)
}

/// What is said of a response, without the host; `None` where it may be the service's.
fn said(
    asked: &SentRequest,
    status: u16,
    headers: &[(&'static str, &'static str)],
    body: &str,
) -> Option<String> {
    let mut head = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
    for (name, value) in headers {
        head.headers_mut().insert(*name, *value);
    }
    let what = what_is_wrong(asked, status, &head, body.as_bytes())?;
    Some(
        Stray {
            what,
            status,
            host: "sts.example".to_owned(),
            proxy: None,
        }
        .to_string(),
    )
}

const XML: &str = "<AssumeRoleResponse xmlns=\"x\">\n<a/></AssumeRoleResponse>";

#[test]
fn what_the_services_send_passes() {
    let (query, json) = (
        asked(Expected::Service, true, "/"),
        asked(Expected::Service, false, "/token"),
    );
    for body in [
        XML,
        "<?xml version=\"1.0\"?>\n<ErrorResponse><Error/></ErrorResponse>\n",
        "\u{feff}<!-- x --><A></A>",
        "<A/>",
    ] {
        assert_eq!(said(&query, 403, &[], body), None, "{body}");
    }
    for body in ["{}", " {\"a\":[1]}\n", "[]"] {
        assert_eq!(said(&json, 200, &[], body), None, "{body}");
    }
    assert_eq!(said(&json, 400, &[("x-amzn-errortype", "X")], ""), None);
    assert_eq!(
        said(&asked(Expected::Service, false, "/logout"), 200, &[], ""),
        None
    );
    let metadata = asked(Expected::Metadata, false, "/latest");
    assert_eq!(said(&metadata, 200, &[], "role-name"), None);
    assert_eq!(
        said(&metadata, 404, &[], "<!DOCTYPE html><html>404</html>"),
        None
    );
    assert_eq!(
        said(
            &asked(Expected::Console, false, "/federation"),
            400,
            &[],
            "<html></html>"
        ),
        None
    );
    assert_eq!(
        said(
            &asked(Expected::Anything, false, "/"),
            302,
            &[],
            "<html></html>"
        ),
        None
    );
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn what_a_portal_or_a_proxy_sends_is_named() {
    let query = asked(Expected::Service, true, "/");
    for (status, headers, body, words) in [
        (
            200,
            &[][..],
            "<html>",
            "a proxy or portal answered with HTML in place of sts.example (HTTP 200)",
        ),
        (
            200,
            &[],
            "<?xml version='1.0'?>\n<!DOCTYPE HTML><x/>",
            "a proxy or portal answered with HTML in place of sts.example (HTTP 200)",
        ),
        (
            302,
            &[("location", "https://portal.example/login?token=x")],
            "",
            "a proxy or portal answered in place of sts.example with a redirect to portal.example \
             (HTTP 302)",
        ),
        (
            307,
            &[],
            XML,
            "a proxy or portal answered in place of sts.example with a redirect (HTTP 307)",
        ),
        (
            407,
            &[],
            "",
            "a proxy or portal asks for a user name and password (HTTP 407)",
        ),
        (
            200,
            &[],
            " \n",
            "the answer of sts.example was empty (HTTP 200)",
        ),
        (
            429,
            &[],
            "",
            "the answer of sts.example was empty (HTTP 429)",
        ),
        (
            404,
            &[],
            "not found",
            "the answer of sts.example was not XML (HTTP 404)",
        ),
        (
            200,
            &[],
            "{}",
            "the answer of sts.example was not XML (HTTP 200)",
        ),
        (
            200,
            &[],
            &XML[..40],
            "the answer of sts.example was XML that ends too early (HTTP 200)",
        ),
        (
            200,
            &[],
            "<?xml ",
            "the answer of sts.example was XML that ends too early (HTTP 200)",
        ),
        (
            200,
            &[("content-encoding", "gzip")],
            XML,
            "the answer of sts.example was compressed (HTTP 200)",
        ),
    ] {
        assert_eq!(
            said(&query, status, headers, body).as_deref(),
            Some(words),
            "{body}"
        );
    }
    let json = asked(Expected::Service, false, "/token");
    for (body, words) in [
        (
            "{\"accessToken\":\"a",
            "the answer of sts.example was JSON that ends too early (HTTP 200)",
        ),
        (
            "<A></A>",
            "the answer of sts.example was not JSON (HTTP 200)",
        ),
        ("", "the answer of sts.example was empty (HTTP 200)"),
    ] {
        assert_eq!(
            said(&json, 200, &[], body).as_deref(),
            Some(words),
            "{body}"
        );
    }
    let html = "a proxy or portal answered with HTML in place of sts.example (HTTP 200)";
    for expected in [Expected::Console, Expected::Metadata] {
        assert_eq!(
            said(&asked(expected, false, "/"), 200, &[], "<HTML>").as_deref(),
            Some(html)
        );
    }
}
