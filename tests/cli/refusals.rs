//! What AWS's refusals are turned into: the words, the causes this profile can have, the status.

use crate::common::Sandbox;
use serde_json::json;

const ROLE: &str = "arn:aws:iam::222222222222:role/PartnerAdmin";
const YOU: &str = "arn:aws:iam::111111111111:user/you";
const POLICIES: &str = "  - its trust policy must name the caller, and the caller's own policy \
                        must allow sts:AssumeRole on it\n";

/// `credential-process` of a profile, refused in these words.
#[track_caller]
fn refused(sandbox: &Sandbox, args: &[&str], words: &str) {
    let run = sandbox
        .xacct(&[&["credential-process"], args].concat())
        .run();
    run.status(4).stdout("").stderr(words);
}

fn not_authorized(role: &str, profile: &str, caller: &str) -> String {
    format!(
        "xacct: error: AWS refused {role} (profile '{profile}'): AccessDenied: User: {caller} is \
         not authorized to perform: sts:AssumeRole on resource: {role}\n"
    )
}

#[test]
fn a_wrong_external_id() {
    let sandbox = Sandbox::start_plain();
    let words = not_authorized(ROLE, "plain", YOU)
        + "  - the role may demand another ExternalId than 'client1-7732'\n  - the role may \
           require MFA, and 'plain' uses none: set mfa_serial\n"
        + POLICIES
        + "  xacct explain plain    shows every request\n";
    refused(
        &sandbox,
        &["plain", "--external-id", "client1-7732"],
        &words,
    );
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn no_external_id_but_mfa() {
    let sandbox = Sandbox::start();
    sandbox.edit_config("external_id = client1-7731\n", "");
    let words = not_authorized(ROLE, "client1", YOU)
        + "  - the role may demand an ExternalId, and profile 'client1' has none: set external_id\n"
        + POLICIES
        + "  xacct explain client1    shows every request\n";
    refused(
        &sandbox,
        &["client1", "--mfa-code", &sandbox.fresh_code()],
        &words,
    );
}

#[test]
fn no_mfa() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(
        "[profile nomfa]\nrole_arn = \
         arn:aws:iam::333333333333:role/partners/Operations\nsource_profile = keys\n\
         external_id = client2-8842\nregion = us-east-1\n",
    );
    let words = not_authorized(
        "arn:aws:iam::333333333333:role/partners/Operations",
        "nomfa",
        YOU,
    ) + "  - the role may demand another ExternalId than 'client2-8842'\n  - the role may require \
         MFA, and 'nomfa' uses none: set mfa_serial\n"
        + POLICIES
        + "  xacct explain nomfa    shows every request\n";
    refused(&sandbox, &["nomfa"], &words);
}

#[test]
fn mfa_that_a_chain_cannot_carry() {
    let sandbox = Sandbox::start();
    sandbox.edit_config("role/Inner", "role/LongRunning");
    let words = not_authorized(
        "arn:aws:iam::444444444444:role/LongRunning",
        "chained",
        "arn:aws:sts::333333333333:assumed-role/Operations/xacct-user",
    ) + "  - the role may demand an ExternalId, and profile 'chained' has none: set external_id\n  \
         - the role may demand MFA, which a role assumed from another role never has\n"
        + POLICIES
        + "  xacct explain chained    shows every request\n";
    refused(
        &sandbox,
        &["chained", "--mfa-code", &sandbox.fresh_code()],
        &words,
    );
    assert_eq!(
        sandbox.entries().len(),
        2,
        "what was got on the way is kept"
    );
}

#[test]
fn an_unknown_device() {
    let sandbox = Sandbox::start();
    sandbox.edit_config(
        "arn:aws:iam::111111111111:mfa/you",
        "arn:aws:iam::111111111111:mfa/other",
    );
    refused(
        &sandbox,
        &["client2", "--mfa-code", "123456"],
        "xacct: error: AWS does not accept the MFA device arn:aws:iam::111111111111:mfa/other: \
         MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA \
         serial number is valid and associated with this user.\n  mfa_serial must name a device of \
         the user that owns AKIARTXV5AHDTEST2YOU of profile 'hub'; the user's security credentials \
         page shows it\n",
    );
    sandbox.asked(&["GetSessionToken"]);
}

#[test]
fn longer_than_the_role_allows() {
    let sandbox = Sandbox::start_plain();
    refused(
        &sandbox,
        &["plain", "--duration", "2h"],
        &format!(
            "xacct: error: AWS refused {ROLE} (profile 'plain'): ValidationError: The requested \
             DurationSeconds exceeds the MaxSessionDuration set for this role.\n  the role allows \
             less than 2h: lower duration_seconds, or have its maximum session duration raised\n"
        ),
    );
}

#[test]
fn a_region_where_sts_is_off() {
    let sandbox = Sandbox::start_plain();
    refused(
        &sandbox,
        &["plain", "--region", "ap-east-1"],
        &format!(
            "xacct: error: AWS refused {ROLE} (profile 'plain'): RegionDisabledException: STS is \
             not activated in this region for account:111111111111. Your account administrator can \
             activate STS in this region using the IAM Console.\n  STS is switched off in \
             ap-east-1: set another region\n"
        ),
    );
}

#[test]
fn keys_that_are_unknown_idle_or_wrong() {
    let sandbox = Sandbox::start_plain();
    let keys = |id: &str, secret: &str| {
        sandbox.write_credentials(&format!(
            "[keys]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"
        ));
    };
    for id in ["AKIARTXV5AHDTESTGONE", "AKIARTXV5AHDTESTIDLE"] {
        keys(id, "NotASecret/xacct/sandbox/hub/old/EXAMPLE");
        refused(
            &sandbox,
            &["plain"],
            &format!(
                "xacct: error: the access key {id} of profile 'keys' was refused: AWS does not \
                 know it (InvalidClientTokenId: The security token included in the request is \
                 invalid.)\n  it was deleted or made inactive, or belongs elsewhere\n"
            ),
        );
    }
    keys("AKIARTXV5AHDTEST2YOU", "NotASecret/mistyped");
    let run = sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(4)
        .stdout("");
    run.stderr_contains(
        "xacct: error: the access key AKIARTXV5AHDTEST2YOU of profile 'keys' was refused: its \
         secret does not match (SignatureDoesNotMatch: ",
    )
    .stderr_contains("\n  copy aws_secret_access_key again, whole\n");
}

#[test]
fn temporary_keys_that_have_expired() {
    let sandbox = Sandbox::start();
    let session = sandbox
        .xacct(&[
            "credential-process",
            "hub",
            "--mfa-code",
            &sandbox.fresh_code(),
        ])
        .run()
        .ok()
        .json();
    let text = |key: &str| session[key].as_str().unwrap().to_owned();
    sandbox.write_credentials(&format!(
        "[hub]\naws_access_key_id = {}\naws_secret_access_key = {}\naws_session_token = {}\n",
        text("AccessKeyId"),
        text("SecretAccessKey"),
        text("SessionToken")
    ));
    sandbox.expire_sessions();
    let id = text("AccessKeyId");
    refused(
        &sandbox,
        &["client1"],
        &format!(
            "xacct: error: the access key {id} of profile 'hub' was refused: its session has \
             expired (ExpiredToken: The security token included in the request is expired)\n  get \
             new temporary keys, or use long-term ones\n"
        ),
    );
}

#[test]
fn a_clock_that_is_off_is_named_with_its_offset() {
    for (offset, words) in [(3600, "h behind AWS's"), (-7200, "h ahead of AWS's")] {
        let sandbox = Sandbox::start_plain();
        sandbox.clock(offset);
        // One try, so that nothing sets the signature right.
        let run = sandbox
            .xacct(&["credential-process", "plain"])
            .env("AWS_MAX_ATTEMPTS", "1")
            .run()
            .status(4)
            .stdout("");
        let run = run.stderr_contains("xacct: error: this computer's clock is ");
        let stderr = run.stderr_text();
        // A second may pass between the two clocks, which makes 59m of an hour.
        assert!(stderr.contains(words) || stderr.contains("59m"), "{stderr}");
        assert!(stderr.contains(&words[2..]), "{stderr}");
        assert!(
            stderr.ends_with(
                ", so AWS takes no signature of it\n  set the clock, or turn time synchronisation \
                 on\n"
            ),
            "{stderr}"
        );
        // With the usual tries it works, and is said.
        let run = sandbox
            .xacct(&["credential-process", "plain"])
            .run()
            .status(0);
        let run = run.stderr_contains("xacct: warning: this computer's clock is ");
        assert!(
            run.stderr_text().ends_with(": set it\n"),
            "{}",
            run.stderr_text()
        );
    }
}

/// A proxy's `Date`, or a computer that slept between: AWS's message says what it is about.
#[test]
fn a_signature_of_another_time_is_about_the_clock_whatever_the_date_header_says() {
    for (offset, words) in [
        (3600, "Signature expired: "),
        (-3600, "Signature not yet current: "),
    ] {
        let sandbox = Sandbox::start_plain();
        sandbox.clock(offset);
        sandbox.skew_date(-offset);
        let run = sandbox
            .xacct(&["credential-process", "plain"])
            .run()
            .status(4)
            .stdout("");
        let run = run.stderr_contains("xacct: error: AWS refused the signature for its time (");
        let stderr = run.stderr_text();
        assert!(
            stderr.contains("answer's Date header") && stderr.contains(words),
            "{stderr}"
        );
        assert!(
            stderr.ends_with("\n  set the clock, or turn time synchronisation on\n"),
            "{stderr}"
        );
        sandbox.asked(&["AssumeRole"]);
    }
}

#[test]
fn an_outage_and_throttling_to_the_end() {
    let sandbox = Sandbox::start_plain();
    for (fault, why) in [
        (
            json!({"kind": "error", "count": 3}),
            "InternalFailure: The request processing has failed because of an unknown error, \
             exception or failure. (HTTP 500)",
        ),
        (
            json!({"kind": "error", "count": 3, "status": 503}),
            "ServiceUnavailable: The request processing has failed because of an unknown error, \
             exception or failure. (HTTP 503)",
        ),
        (
            json!({"kind": "throttle", "count": 3}),
            "Throttling: Rate exceeded (HTTP 400)",
        ),
    ] {
        sandbox.fault(&fault);
        sandbox
            .xacct(&["credential-process", "plain"])
            .run()
            .status(6)
            .stdout("")
            .stderr(&format!(
                "xacct: error: AWS could not be reached at {}: {why}\n  the address comes from \
             AWS_ENDPOINT_URL\n",
                sandbox.endpoint()
            ));
        sandbox.asked(&["AssumeRole"; 3]);
    }
}

#[test]
fn an_answer_for_another_role_or_for_none_is_not_used() {
    let wrong = "arn:aws:sts::999999999999:assumed-role/PartnerAdmin/x";
    let user = format!(
        "<AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>{wrong}</Arn></AssumedRoleUser>"
    );
    for (user, named) in [(user.as_str(), wrong), ("", "no role at all")] {
        // A proxy that answers whatever it likes.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let body = format!(
            "<AssumeRoleResponse \
             xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>{user}\
             <Credentials><AccessKeyId>ASIAWRONGWRONGWRONG</AccessKeyId><SecretAccessKey>wrong</SecretAccessKey>\
             <SessionToken>wrong</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
             </AssumeRoleResult></AssumeRoleResponse>"
        );
        std::thread::spawn(move || crate::common::answer_once(&listener, 200, &body));
        let sandbox = Sandbox::start_plain();
        let run = sandbox
            .xacct(&["credential-process", "plain"])
            .env("AWS_ENDPOINT_URL", endpoint)
            .run();
        run.status(4).stdout("").stderr(&format!(
            "xacct: error: asked for {ROLE}, STS answered with {named}: it is not used\n"
        ));
        assert!(sandbox.entries().is_empty());
    }
}
