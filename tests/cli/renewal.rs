//! When cached credentials are renewed, when they are served as they are, and that none are lost on
//! the way.

use crate::common::{Sandbox, Server};
use serde_json::json;

const OUTAGE: &str = "InternalFailure: The request processing has failed because of an unknown \
                      error, exception or failure. (HTTP 500)";

/// A sandbox with a cached session of this profile that has so many seconds left, and its access
/// key id.
fn with_left(profile: &str, seconds: i64) -> (Sandbox, String) {
    let sandbox = Sandbox::start_plain();
    let mut asked = vec!["credential-process".to_owned(), profile.to_owned()];
    if profile != "plain" {
        asked.extend(["--mfa-code".to_owned(), sandbox.fresh_code()]);
    }
    let id = sandbox.xacct(&asked).run().ok().key_id();
    sandbox.leave(profile, seconds);
    sandbox.clear_log();
    (sandbox, id)
}

#[test]
fn with_a_quarter_of_an_hour_left_it_is_renewed_if_nobody_is_needed() {
    let (sandbox, id) = with_left("plain", 15 * 60 + 30);
    assert_eq!(sandbox.key_id("plain"), id);
    sandbox.asked(&[]);
    sandbox.leave("plain", 14 * 60);
    let renewed = sandbox.key_id("plain");
    assert_ne!(renewed, id);
    sandbox.asked(&["AssumeRole"]);
    assert_eq!(sandbox.key_id("plain"), renewed);
    sandbox.asked(&[]);
}

#[test]
fn a_role_behind_a_live_mfa_session_needs_nobody() {
    let (sandbox, id) = with_left("client2", 14 * 60);
    assert_ne!(sandbox.key_id("client2"), id);
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn a_renewal_that_fails_leaves_what_is_still_valid() {
    let (sandbox, id) = with_left("plain", 14 * 60 + 50);
    sandbox.fault(&json!({"kind": "error", "count": 3, "action": "AssumeRole"}));
    let output = sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(0);
    let endpoint = sandbox.endpoint();
    let output = output.stderr_contains(&format!(
        "xacct: warning: AWS could not be reached at {endpoint}: {OUTAGE}; the cached credentials \
         are good for another 14m"
    ));
    assert_eq!(
        (output.key_id(), output.stderr_text().lines().count()),
        (id, 1)
    );
    sandbox.asked(&["AssumeRole"; 3]);
    // The next one tries again, and gets it.
    let renewed = sandbox.key_id("plain");
    assert_ne!(renewed, output.key_id());
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn a_refused_renewal_leaves_it_too() {
    let (sandbox, id) = with_left("plain", 14 * 60);
    // The same request, which is refused now: by a server that the proxy's address leads to.
    let refusing = Server::start(|_| {
        let error =
            "<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>";
        (
            403,
            "content-type: text/xml\r\n".to_owned(),
            format!("<ErrorResponse>{error}</ErrorResponse>"),
        )
    });
    let run = sandbox
        .xacct(&["credential-process", "plain"])
        .env("HTTP_PROXY", refusing.endpoint())
        .run();
    let output = run.status(0);
    let output = output
        .stderr_contains("xacct: warning: AWS refused")
        .stderr_contains("AccessDenied: no");
    assert_eq!(output.key_id(), id);
    assert_eq!(sandbox.entries().len(), 1);
}

#[test]
fn expired_credentials_are_never_served() {
    let (sandbox, id) = with_left("plain", 0);
    sandbox.fault(&json!({"kind": "error", "count": 3}));
    let output = sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(6)
        .stdout("");
    output.stderr(&format!(
        "xacct: error: AWS could not be reached at {0}: {OUTAGE}\n  the address comes from \
         AWS_ENDPOINT_URL\n",
        sandbox.endpoint()
    ));
    sandbox.asked(&["AssumeRole"; 3]);
    assert_ne!(sandbox.key_id("plain"), id);
}

#[test]
fn what_min_ttl_asks_for_is_kept_or_refused() {
    let (sandbox, id) = with_left("plain", 40 * 60);
    let with_min_ttl = |ttl: &str| {
        sandbox
            .xacct(&["credential-process", "plain", "--min-ttl", ttl])
            .run()
    };
    assert_eq!(with_min_ttl("39m").ok().key_id(), id);
    sandbox.asked(&[]);
    sandbox.fault(&json!({"kind": "error", "count": 3}));
    with_min_ttl("41m").status(6).stdout("");
    sandbox.clear_log();
    assert_ne!(with_min_ttl("41m").ok().key_id(), id);
    sandbox.asked(&["AssumeRole"]);
    with_min_ttl("61m").status(2).stdout("").stderr(
        "xacct: error: --min-ttl asks for 1h 1m, but the credentials of 'plain' last 1h from the \
         start\n  ask for longer ones with --duration, or duration_seconds in the profile\n",
    );
    sandbox.asked(&[]);
}

#[test]
fn refresh_does_not_fall_back_to_what_it_was_to_replace() {
    let (sandbox, id) = with_left("plain", 40 * 60);
    sandbox.fault(&json!({"kind": "error", "count": 3}));
    sandbox
        .xacct(&["credential-process", "plain", "--refresh"])
        .run()
        .status(6)
        .stdout("");
    assert_eq!(
        sandbox.key_id("plain"),
        id,
        "a failed attempt loses nothing"
    );
}

#[test]
fn where_nobody_can_be_asked_it_is_served_until_it_ends() {
    // `client3` carries the code on its own request and lasts twelve hours.
    for seconds in [20 * 60, 30] {
        let (sandbox, id) = with_left("client3", seconds);
        assert_eq!(sandbox.key_id("client3"), id);
        let quiet = sandbox
            .xacct(&["assume", "client3", "--no-input", "--format", "process"])
            .run()
            .ok();
        assert_eq!(quiet.key_id(), id);
        sandbox.asked(&[]);
    }
    let (sandbox, _) = with_left("client3", -1);
    sandbox.expire_sessions();
    sandbox
        .xacct(&["credential-process", "client3"])
        .run()
        .status(5)
        .stdout("");
    sandbox.asked(&["GetCallerIdentity"]);
}

#[cfg(unix)]
mod with_a_person {
    use super::with_left;
    use crate::common::Sandbox;

    /// Answers the prompt with a code that works.
    fn answer(sandbox: &Sandbox, pty: &mut crate::common::Pty) {
        pty.expect("MFA code for arn:aws:iam::111111111111:mfa/you");
        sandbox.advance_mfa();
        pty.send_line(&sandbox.fresh_code());
    }

    #[test]
    fn a_person_is_asked_with_five_minutes_left_and_not_with_more() {
        let (sandbox, id) = with_left("client3", 6 * 60);
        let (status, screen) = sandbox
            .pty(&["assume", "client3", "--print", "--format", "process"])
            .wait();
        assert_eq!(status, 0, "{screen}");
        assert!(screen.contains(&id), "{screen}");
        sandbox.asked(&[]);
        sandbox.leave("client3", 4 * 60);
        let mut pty = sandbox.pty(&["assume", "client3", "--print", "--format", "process"]);
        answer(&sandbox, &mut pty);
        let (status, screen) = pty.wait();
        assert_eq!(status, 0, "{screen}");
        assert!(!screen.contains(&id), "{screen}");
        sandbox.asked(&["GetCallerIdentity", "AssumeRole"]);
    }

    #[test]
    fn an_sdk_is_served_until_true_expiry() {
        let (sandbox, id) = with_left("client3", 30);
        let (status, screen) = sandbox.pty(&["credential-process", "client3"]).wait();
        assert_eq!(status, 0, "{screen}");
        assert!(screen.contains(&id), "{screen}");
        sandbox.asked(&[]);
    }

    #[test]
    fn a_role_is_not_given_up_for_an_mfa_session_that_is_about_to_end() {
        let (sandbox, id) = with_left("client2", 14 * 60);
        sandbox.leave("hub", 4 * 60);
        let (status, screen) = sandbox
            .pty(&["assume", "client2", "--print", "--format", "process"])
            .wait();
        assert_eq!(status, 0, "{screen}");
        assert!(screen.contains(&id), "{screen}");
        sandbox.asked(&[]);
    }

    #[test]
    fn a_prompt_that_is_not_answered_leaves_what_is_still_valid() {
        let (sandbox, id) = with_left("client3", 4 * 60 + 50);
        let mut pty = sandbox.pty(&["assume", "client3", "--print", "--format", "process"]);
        pty.expect("MFA code for");
        pty.end_of_file();
        let (status, screen) = pty.wait();
        assert_eq!(status, 0, "{screen}");
        assert!(screen.contains(&id), "{screen}");
        assert!(
            screen.contains("the cached credentials are good for another 4m"),
            "{screen}"
        );
    }
}

#[test]
fn a_session_on_the_way_that_cannot_be_renewed_is_used_while_it_lasts() {
    let (sandbox, _) = with_left("client2", 10 * 60);
    sandbox.fault(&json!({"kind": "error", "count": 3, "action": "AssumeRole"}));
    let output = sandbox
        .xacct(&["credential-process", "chained"])
        .run()
        .status(0);
    output.stderr(&format!(
        "xacct: warning: AWS could not be reached at {}: {OUTAGE}; its cached session is used \
         while it lasts\n",
        sandbox.endpoint()
    ));
    sandbox.asked(&["AssumeRole"; 4]);
}
