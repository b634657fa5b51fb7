//! The request and its signature were made by botocore 1.43.11, with the session token
//! `a/token+with=signs`.

use super::*;

const SECRET: &str = "NotASecret/xacct/sandbox/hub/you/EXAMPLE";
const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const SIGNATURE: &str = "70511d076a0136b3884610037563c79a9a56de16124f3b6340894a367fe0a348";

/// The headers of a request that is signed right, for the tests of what comes after the signature.
pub(crate) fn signed(
    (key, secret, token): (&str, &str, Option<&str>),
    region: &str,
    body: &str,
    now: DateTime<Utc>,
) -> HeaderMap {
    let stamp = now.format(TIMESTAMP).to_string();
    let mut headers = HeaderMap::new();
    headers.insert("host", "127.0.0.1:8080".parse().unwrap());
    headers.insert("x-amz-date", stamp.parse().unwrap());
    let mut names = "host;x-amz-date".to_owned();
    if let Some(token) = token {
        headers.insert("x-amz-security-token", token.parse().unwrap());
        names += ";x-amz-security-token";
    }
    let unsigned = |signature: &str| {
        format!(
            "AWS4-HMAC-SHA256 Credential={key}/{}/{region}/sts/aws4_request, \
             SignedHeaders={names}, Signature={signature}",
            &stamp[..8]
        )
    };
    headers.insert("authorization", unsigned("00").parse().unwrap());
    let claim = claim(&received(&headers, body)).unwrap();
    let signature = signature(&claim, &received(&headers, body), secret).unwrap();
    let signature = hex::encode(signature.finalize().into_bytes());
    headers.insert("authorization", unsigned(&signature).parse().unwrap());
    headers
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn authorization() -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AKIARTXV5AHDTEST2YOU/20261122/eu-central-1/sts/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature={SIGNATURE}"
    )
}

fn headers(changes: &[(&'static str, Option<&str>)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(
        "content-type",
        "application/x-www-form-urlencoded; charset=utf-8"
            .parse()
            .unwrap(),
    );
    headers.insert("host", "127.0.0.1:8080".parse().unwrap());
    headers.insert("x-amz-date", "20261122T044610Z".parse().unwrap());
    headers.insert(
        "x-amz-security-token",
        "a/token+with=signs".parse().unwrap(),
    );
    headers.insert("authorization", authorization().parse().unwrap());
    for (name, value) in changes {
        match value {
            Some(value) => drop(headers.insert(*name, value.parse().unwrap())),
            None => drop(headers.remove(*name)),
        }
    }
    headers
}

fn received<'a>(headers: &'a HeaderMap, body: &'a str) -> Received<'a> {
    Received {
        method: "POST",
        path: "/",
        query: "",
        headers,
        body: body.as_bytes(),
    }
}

fn check(
    headers: &HeaderMap,
    body: &str,
    secret: &str,
    now: &str,
) -> Result<(), (u16, &'static str, String)> {
    let received = received(headers, body);
    let result = claim(&received).and_then(|claim| verify(&claim, &received, secret, at(now)));
    result.map_err(|refusal| (refusal.status, refusal.code, refusal.message))
}

const NOW: &str = "2026-11-22T04:46:12Z";
const MISMATCH: &str = "The request signature we calculated does not match the signature you \
                        provided. Check your AWS Secret Access Key and signing method. Consult the \
                        service documentation for details.";

#[test]
fn botocores_signature_is_right() {
    assert_eq!(check(&headers(&[]), BODY, SECRET, NOW), Ok(()));
    // Spaces around and inside a value do not count.
    let spaced = headers(&[(
        "content-type",
        Some("application/x-www-form-urlencoded;   charset=utf-8"),
    )]);
    assert_eq!(check(&spaced, BODY, SECRET, NOW), Ok(()));
    // An unsigned header may be anything.
    assert_eq!(
        check(&headers(&[("user-agent", Some("x"))]), BODY, SECRET, NOW),
        Ok(())
    );
}

#[test]
fn any_change_breaks_it() {
    let mismatch = Err((403, "SignatureDoesNotMatch", MISMATCH.to_owned()));
    assert_eq!(
        check(
            &headers(&[]),
            BODY,
            "NotASecret/xacct/sandbox/hub/old/EXAMPLE",
            NOW
        ),
        mismatch
    );
    assert_eq!(
        check(
            &headers(&[]),
            "Action=GetSessionToken&Version=2011-06-15",
            SECRET,
            NOW
        ),
        mismatch
    );
    for (name, value) in [
        ("host", "sts.amazonaws.com"),
        ("x-amz-date", "20261122T044611Z"),
        ("x-amz-security-token", "another"),
        ("content-type", "text/plain"),
    ] {
        assert_eq!(
            check(&headers(&[(name, Some(value))]), BODY, SECRET, NOW),
            mismatch,
            "{name}"
        );
    }
    for (from, to) in [
        (SIGNATURE, &"0".repeat(64)[..]),
        ("eu-central-1", "eu-central-2"),
        (SIGNATURE, "zz"),
    ] {
        let changed = authorization().replace(from, to);
        assert_eq!(
            check(
                &headers(&[("authorization", Some(&changed))]),
                BODY,
                SECRET,
                NOW
            ),
            mismatch
        );
    }
    let map = headers(&[]);
    let get = Received {
        method: "GET",
        ..received(&map, BODY)
    };
    assert!(verify(&claim(&get).unwrap(), &get, SECRET, at(NOW)).is_err());
}

#[test]
fn the_clock_may_be_a_quarter_of_an_hour_off() {
    assert_eq!(
        check(&headers(&[]), BODY, SECRET, "2026-11-22T05:01:10Z"),
        Ok(())
    );
    assert_eq!(
        check(&headers(&[]), BODY, SECRET, "2026-11-22T04:31:10Z"),
        Ok(())
    );
    let (_, code, message) =
        check(&headers(&[]), BODY, SECRET, "2026-11-22T05:01:11Z").unwrap_err();
    assert_eq!(code, "SignatureDoesNotMatch");
    assert_eq!(
        message,
        "Signature expired: 20261122T044610Z is now earlier than 20261122T044611Z \
         (20261122T050111Z - 15 min.)"
    );
    let (_, _, message) = check(&headers(&[]), BODY, SECRET, "2026-11-22T04:31:09Z").unwrap_err();
    assert_eq!(
        message,
        "Signature not yet current: 20261122T044610Z is still later than 20261122T044609Z \
         (20261122T043109Z + 15 min.)"
    );
}

#[test]
fn the_scope_is_held_to_sts_and_to_the_date() {
    let with = |from: &str, to: &str| {
        let changed = authorization().replace(from, to);
        check(
            &headers(&[("authorization", Some(&changed))]),
            BODY,
            SECRET,
            NOW,
        )
        .unwrap_err()
    };
    for (from, to, message) in [
        (
            "/sts/",
            "/s3/",
            "Credential should be scoped to correct service: 'sts'. ",
        ),
        (
            "eu-central-1",
            "nowhere",
            "Credential should be scoped to a valid region. ",
        ),
        (
            "aws4_request",
            "aws4",
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'. ",
        ),
        (
            "20261122/",
            "20261121/",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '20261121' != '20261122', from '20261122T044610Z'.",
        ),
    ] {
        assert_eq!(
            with(from, to),
            (403, "SignatureDoesNotMatch", message.to_owned())
        );
    }
    for name in ["host", "x-amz-date", "x-amz-security-token"] {
        let (_, code, message) = with(&format!(";{name}"), "");
        assert_eq!(code, "SignatureDoesNotMatch");
        assert!(
            message.ends_with("must be a 'SignedHeader' in the AWS Authorization."),
            "{message}"
        );
    }
    let (_, _, message) = with("content-type;", "content-type;x-gone;");
    assert_eq!(message, "The signed header 'x-gone' is not in the request.");
}

#[test]
fn half_a_signature_is_incomplete() {
    let refused = |changes: &[(&'static str, Option<&str>)]| {
        check(&headers(changes), BODY, SECRET, NOW).unwrap_err()
    };
    assert_eq!(
        refused(&[("authorization", None)]),
        (
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token".to_owned()
        )
    );
    for (change, message) in [
        (
            ("authorization", Some("Basic eDp5")),
            "Unsupported AWS 'algorithm': 'Basic'.",
        ),
        (
            (
                "authorization",
                Some("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host"),
            ),
            "Authorization header requires 'Signature' parameter.",
        ),
        (
            ("x-amz-date", None),
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        ),
        (
            ("x-amz-date", Some("yesterday")),
            "Date must be in ISO-8601 'basic format'. Got 'yesterday'.",
        ),
        (
            (
                "authorization",
                Some("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00"),
            ),
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got 'a/b'",
        ),
    ] {
        assert_eq!(
            refused(&[change]),
            (400, "IncompleteSignature", message.to_owned())
        );
    }
}
