//! The sandbox over its socket: signatures by a signer of the test's own, faults as a client sees
//! them, the control API and whom it refuses.

use crate::common::{Sandbox, request};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::{Digest, Sha256};

const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const SECRET: &str = "NotASecret/xacct/sandbox/hub/you/EXAMPLE";

#[allow(clippy::disallowed_methods, reason = "a signature is dated")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// `x-amz-date` and `authorization` of a POST of this body, as AWS's documentation says step by
/// step.
fn sign(
    endpoint: &str,
    secret: &str,
    body: &str,
    at: DateTime<Utc>,
) -> [(&'static str, String); 2] {
    let (stamp, date) = (
        at.format("%Y%m%dT%H%M%SZ").to_string(),
        at.format("%Y%m%d").to_string(),
    );
    let host = endpoint.trim_start_matches("http://");
    let hashed = hex::encode(Sha256::digest(body));
    let canonical =
        format!("POST\n/\n\nhost:{host}\nx-amz-date:{stamp}\n\nhost;x-amz-date\n{hashed}");
    let scope = format!("{date}/eu-central-1/sts/aws4_request");
    let text = format!(
        "AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}",
        hex::encode(Sha256::digest(canonical))
    );
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [date.as_str(), "eu-central-1", "sts", "aws4_request"] {
        key = hmac(&key, part);
    }
    let signature = hex::encode(hmac(&key, &text));
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIARTXV5AHDTEST2YOU/{scope}, SignedHeaders=host;x-amz-date, \
         Signature={signature}"
    );
    [("x-amz-date", stamp), ("authorization", authorization)]
}

/// The status and STS's error code of a signed POST; an empty code where it is a result.
fn post(
    sandbox: &Sandbox,
    headers: &[(&'static str, String)],
    body: &str,
) -> std::io::Result<(u16, String)> {
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let (status, answer) = request(sandbox.endpoint(), "POST", "/", &headers, body)?;
    let code = answer
        .split_once("<Code>")
        .and_then(|(_, rest)| Some(rest.split_once('<')?.0));
    Ok((status, code.unwrap_or_default().to_owned()))
}

fn signed(sandbox: &Sandbox) -> std::io::Result<(u16, String)> {
    post(
        sandbox,
        &sign(sandbox.endpoint(), SECRET, BODY, now()),
        BODY,
    )
}

#[test]
fn only_a_right_signature_is_taken() {
    let sandbox = Sandbox::start();
    let endpoint = sandbox.endpoint();
    let answer = |status, code: &str| (status, code.to_owned());
    assert_eq!(signed(&sandbox).unwrap(), answer(200, ""));
    let right = sign(endpoint, SECRET, BODY, now());
    let tampered = "Action=GetSessionToken&Version=2011-06-15";
    for (what, headers, body, expected) in [
        (
            "no signature",
            &right[..1],
            BODY,
            answer(403, "MissingAuthenticationToken"),
        ),
        (
            "no date",
            &right[1..],
            BODY,
            answer(400, "IncompleteSignature"),
        ),
        (
            "another body",
            &right[..],
            tampered,
            answer(403, "SignatureDoesNotMatch"),
        ),
        (
            "another secret",
            &sign(
                endpoint,
                "NotASecret/xacct/sandbox/hub/old/EXAMPLE",
                BODY,
                now(),
            ),
            BODY,
            answer(403, "SignatureDoesNotMatch"),
        ),
        (
            "an old date",
            &sign(endpoint, SECRET, BODY, now() - TimeDelta::minutes(16)),
            BODY,
            answer(403, "SignatureDoesNotMatch"),
        ),
    ] {
        assert_eq!(post(&sandbox, headers, body).unwrap(), expected, "{what}");
    }
    // The log has them all, with what could be read of them.
    let log = sandbox.log();
    assert_eq!(log.len(), 6);
    assert_eq!(
        (log[0].n, log[0].status, log[0].region.as_deref()),
        (1, Some(200), Some("eu-central-1"))
    );
    assert_eq!(
        (log[1].status, log[1].code.as_deref()),
        (Some(403), Some("MissingAuthenticationToken"))
    );
    assert_eq!(log[1].access_key_id, None);
    sandbox.clear_log();
    assert!(sandbox.calls().is_empty());
}

#[test]
fn the_clock_can_be_moved() {
    let sandbox = Sandbox::start();
    sandbox.clock(7200);
    assert_eq!(signed(&sandbox).unwrap().1, "SignatureDoesNotMatch");
    let later = sign(
        sandbox.endpoint(),
        SECRET,
        BODY,
        now() + TimeDelta::hours(2),
    );
    assert_eq!(post(&sandbox, &later, BODY).unwrap().0, 200);
    sandbox.clock(0);
    let set =
        |body: &str| request(sandbox.endpoint(), "POST", "/_sandbox/clock", &[], body).unwrap();
    let (status, text) = set(r#"{"at":"2030-01-02T03:04:05Z"}"#);
    assert_eq!(status, 200);
    // The machine's clock may tick between the two readings.
    assert!(text.contains("2030-01-02T03:04:0"), "{text}");
    assert_eq!(
        set(r#"{"offset_seconds":1,"at":"2030-01-02T03:04:05Z"}"#).0,
        400
    );
    assert_eq!(set(r#"{"offset_seconds":9223372036854775807}"#).0, 400);
}

#[test]
fn the_date_header_is_skewed_alone() {
    let sandbox = Sandbox::start();
    sandbox.skew_date(86_400);
    let headers = sign(sandbox.endpoint(), SECRET, BODY, now());
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let answer = crate::common::raw(sandbox.endpoint(), "POST", "/", &headers, BODY).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let date = answer
        .lines()
        .find_map(|line| line.strip_prefix("date: "))
        .unwrap();
    let date = DateTime::parse_from_rfc2822(date).unwrap();
    let ahead = date.signed_duration_since(now()).num_hours();
    assert!((23..=24).contains(&ahead), "{date}");
}

#[test]
fn faults_are_seen_as_ordered() {
    let sandbox = Sandbox::start();
    let answer = |status, code: &str| (status, code.to_owned());
    sandbox.fault(&json!({"kind": "throttle", "count": 2, "action": "GetCallerIdentity"}));
    assert_eq!(signed(&sandbox).unwrap(), answer(400, "Throttling"));
    assert_eq!(signed(&sandbox).unwrap(), answer(400, "Throttling"));
    sandbox.fault(&json!({"kind": "error", "status": 503}));
    assert_eq!(signed(&sandbox).unwrap(), answer(503, "ServiceUnavailable"));
    sandbox.fault(&json!({"kind": "error"}));
    assert_eq!(signed(&sandbox).unwrap(), answer(500, "InternalFailure"));
    sandbox.fault(&json!({"kind": "delay", "milliseconds": 1}));
    assert_eq!(signed(&sandbox).unwrap(), answer(200, ""));
    sandbox.fault(&json!({"kind": "throttle", "count": 99}));
    sandbox.clear_faults();
    assert_eq!(signed(&sandbox).unwrap(), answer(200, ""));
}

#[test]
fn connections_are_cut_before_and_after() {
    let sandbox = Sandbox::start();
    let send = |code: &str| {
        let device = "arn%3Aaws%3Aiam%3A%3A111111111111%3Amfa%2Fyou";
        let body = format!(
            "Action=GetSessionToken&Version=2011-06-15&SerialNumber={device}&TokenCode={code}"
        );
        post(
            &sandbox,
            &sign(sandbox.endpoint(), SECRET, &body, now()),
            &body,
        )
    };
    let reset = |result: std::io::Result<(u16, String)>| {
        assert_eq!(
            result.unwrap_err().kind(),
            std::io::ErrorKind::ConnectionReset
        );
    };
    let code = sandbox.fresh_code();
    sandbox.fault(&json!({"kind": "reset_before"}));
    reset(send(&code));
    assert_eq!(send(&code).unwrap().0, 200, "the code was not spent");
    let next = sandbox.fresh_code();
    sandbox.fault(&json!({"kind": "reset_after"}));
    reset(send(&next));
    assert_eq!(
        send(&next).unwrap(),
        (403, "AccessDenied".to_owned()),
        "the code was spent"
    );
    let log = sandbox.log();
    let seen: Vec<_> = log
        .iter()
        .map(|entry| (entry.fault.as_deref(), entry.status))
        .collect();
    assert_eq!(
        seen,
        [
            (Some("reset_before"), None),
            (None, Some(200)),
            (Some("reset_after"), Some(200)),
            (None, Some(403))
        ]
    );
}

#[test]
fn answers_are_truncated() {
    let sandbox = Sandbox::start();
    sandbox.fault(&json!({"kind": "truncate"}));
    let headers = sign(sandbox.endpoint(), SECRET, BODY, now());
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let answer = crate::common::raw(sandbox.endpoint(), "POST", "/", &headers, BODY).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    assert_eq!(length.parse::<usize>().unwrap() / 2, body.len());
}

#[test]
fn the_log_is_readable() {
    let sandbox = Sandbox::start();
    assert_eq!(signed(&sandbox).unwrap().0, 200);
    sandbox.fault(&json!({"kind": "throttle"}));
    assert_eq!(signed(&sandbox).unwrap().0, 400);
    let hostile = "Action=%1B%5B31m&Name=a%0Ab";
    assert_eq!(post(&sandbox, &[], hostile).unwrap().0, 403);
    sandbox.xacct(&["sandbox", "log"]).run().ok().stdout(
        "1 GetCallerIdentity eu-central-1 AKIARTXV5AHDTEST2YOU 200\n\
         2 GetCallerIdentity eu-central-1 AKIARTXV5AHDTEST2YOU 400 Throttling throttle\n\
         3 \\u{1b}[31m - - 403 MissingAuthenticationToken Name=a\\nb\n",
    );
}

#[test]
fn a_used_code_is_said_to_be_used() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let device = "arn%3Aaws%3Aiam%3A%3A111111111111%3Amfa%2Fyou";
    let body =
        format!("Action=GetSessionToken&Version=2011-06-15&SerialNumber={device}&TokenCode={code}");
    assert_eq!(
        post(
            &sandbox,
            &sign(sandbox.endpoint(), SECRET, &body, now()),
            &body
        )
        .unwrap()
        .0,
        200
    );
    let next = sandbox.xacct(&["sandbox", "code", "--fresh"]).run().ok();
    assert_ne!(next.stdout_text(), format!("{code}\n"));
    // Where a new step has begun meanwhile, the device shows a code that nobody used.
    let shown = sandbox.xacct(&["sandbox", "code"]).run();
    if shown.stdout_text() == format!("{code}\n") {
        shown
            .stderr_contains(
                "this code was used, and AWS takes a code once: the next one comes in ",
            )
            .ok();
    }
}

#[test]
fn a_silent_server_stops_nobody_else() {
    let sandbox = Sandbox::start();
    sandbox.fault(&json!({"kind": "silent", "action": "GetSessionToken"}));
    let body = "Action=GetSessionToken&Version=2011-06-15";
    let waiting = crate::common::open(sandbox.endpoint(), "POST", "/", &[], body).unwrap();
    // The other connection is served after the silent one was read, because the log has it.
    while sandbox.log().is_empty() {}
    assert_eq!(signed(&sandbox).unwrap().0, 200);
    let log = sandbox.log();
    assert_eq!(
        (log[0].status, log[0].fault.as_deref()),
        (None, Some("silent"))
    );
    drop(waiting);
}

#[test]
fn a_web_page_cannot_control_it() {
    let sandbox = Sandbox::start();
    let port = sandbox.endpoint().rsplit(':').next().unwrap();
    let get = |headers: &[(&str, &str)]| {
        request(sandbox.endpoint(), "GET", "/_sandbox/secrets", headers, "").unwrap()
    };
    assert_eq!(get(&[("host", &format!("localhost:{port}"))]).0, 200);
    assert_eq!(
        get(&[("host", &format!("evil.example:{port}"))]),
        (
            403,
            format!("{{\"error\":\"host 'evil.example:{port}' is not the sandbox\"}}\n")
        )
    );
    assert_eq!(get(&[("origin", "https://evil.example")]).0, 403);
}

#[test]
fn orders_that_make_no_sense_are_refused() {
    let sandbox = Sandbox::start();
    for (method, path, body, status) in [
        ("POST", "/_sandbox/fault", "{\"kind\":\"explode\"}", 400),
        ("POST", "/_sandbox/fault", "", 400),
        ("POST", "/_sandbox/clock", "{\"offset\":1}", 400),
        ("GET", "/_sandbox/code?device=GAHT12345678", "", 404),
        ("GET", "/_sandbox/nothing", "", 404),
        ("GET", "/", "", 400),
    ] {
        let (actual, answer) = request(sandbox.endpoint(), method, path, &[], body).unwrap();
        assert_eq!(actual, status, "{method} {path}: {answer}");
    }
}
