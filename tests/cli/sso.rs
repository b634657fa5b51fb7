//! Identity Center as a source: the shared token, its refreshing, and the role credentials that it
//! buys.

#![cfg(unix)]

use std::fs;
use std::net::TcpListener;

use crate::common::{Running, Sandbox, answer_once, until};
use serde_json::{Value, json};

const SIGN_IN: &str = "xacct: error: profile 'acme': you are not signed in at \
                       https://acme.awsapps.com/start\n  in a terminal, run: xacct login acme\n";
const REFUSED: &str = "xacct: error: Identity Center gave no credentials for role";

fn process(sandbox: &Sandbox, profile: &str) -> crate::common::Cmd {
    sandbox.xacct(&["credential-process", profile])
}

/// No refresh token, and so nothing but the time that is left.
fn unrefreshable(sandbox: &Sandbox) {
    sandbox.edit_token(|token| drop(token.as_object_mut().unwrap().remove("refreshToken")));
}

#[test]
fn one_request_a_role_and_its_credentials_are_kept() {
    let sandbox = Sandbox::signed_in();
    let answer = process(&sandbox, "acme").run().ok().json();
    assert_eq!(
        (&answer["AccountId"], &answer["Version"]),
        (&json!("111111111111"), &json!(1))
    );
    sandbox.asked(&["GetRoleCredentials"]);
    let first = sandbox.key_id("acme-client1");
    assert_eq!(sandbox.key_id("acme-client1"), first);
    sandbox.asked(&["AssumeRole"]);
    let output = sandbox.xacct(&["whoami", "acme", "--json"]).run().ok();
    let arn = output.json()["arn"].as_str().unwrap().to_owned();
    assert!(
        arn.starts_with("arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_"),
        "{arn}"
    );
}

#[test]
fn many_at_once_ask_once() {
    let sandbox = Sandbox::signed_in();
    sandbox.leave_token(600);
    let profiles = ["acme", "acme-client1"];
    let running: Vec<Running> = (0..10)
        .map(|n| process(&sandbox, profiles[n % 2]).spawn())
        .collect();
    for run in running {
        run.wait().ok();
    }
    let mut calls = sandbox.calls();
    calls.sort();
    // A refresh token is good once: a second refresh with it would have ended the session.
    assert_eq!(calls, ["AssumeRole", "CreateToken", "GetRoleCredentials"]);
    sandbox.clear_log();
    sandbox.leave_token(600);
    sandbox
        .xacct(&["credential-process", "acme", "--refresh"])
        .run()
        .ok();
    sandbox.asked(&["CreateToken", "GetRoleCredentials"]);
}

#[test]
fn an_expired_token_still_serves_what_it_bought() {
    let sandbox = Sandbox::signed_in();
    let key = sandbox.key_id("acme");
    sandbox.key_id("acme-client1");
    sandbox.asked(&["GetRoleCredentials", "AssumeRole"]);
    sandbox.leave_token(-5);
    unrefreshable(&sandbox);
    assert_eq!(sandbox.key_id("acme"), key);
    // Also where they would be renewed if that needed nobody, until they end.
    sandbox.leave("acme", 600);
    assert_eq!(sandbox.key_id("acme"), key);
    sandbox.leave("acme", 20);
    assert_eq!(sandbox.key_id("acme"), key);
    sandbox.key_id("acme-client1");
    sandbox.asked(&[]);
    sandbox.leave("acme", 0);
    process(&sandbox, "acme")
        .run()
        .status(5)
        .stdout("")
        .stderr(SIGN_IN);
    sandbox.asked(&[]);
}

#[test]
fn role_credentials_are_renewed_while_the_token_allows() {
    let sandbox = Sandbox::signed_in();
    let key = sandbox.key_id("acme");
    sandbox.leave("acme", 800);
    assert_ne!(sandbox.key_id("acme"), key);
    sandbox.asked(&["GetRoleCredentials", "GetRoleCredentials"]);
    // The portal is out of reach: what there is serves.
    sandbox.leave("acme", 800);
    sandbox.fault(
        &json!({ "kind": "error", "status": 503, "action": "GetRoleCredentials", "count": 3 }),
    );
    process(&sandbox, "acme")
        .run()
        .status(0)
        .stderr_contains("the cached credentials are good for another 13m");
}

#[test]
fn a_token_near_its_end_is_refreshed_and_both_halves_are_kept() {
    let sandbox = Sandbox::signed_in();
    let before = sandbox.token();
    sandbox.leave_token(899);
    process(&sandbox, "acme").run().ok();
    sandbox.asked(&["CreateToken", "GetRoleCredentials"]);
    let after = sandbox.token();
    for key in ["accessToken", "refreshToken"] {
        assert_ne!(before[key], after[key], "{key}");
    }
    for key in [
        "clientId",
        "clientSecret",
        "registrationExpiresAt",
        "region",
        "startUrl",
    ] {
        assert_eq!(before[key], after[key], "{key}");
    }
    // Expired altogether: nobody need sign in.
    sandbox.leave_token(-3600);
    sandbox
        .xacct(&["credential-process", "acme", "--refresh"])
        .run()
        .ok();
    sandbox.asked(&["CreateToken", "GetRoleCredentials"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &fs::metadata(sandbox.token_file()).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_refresh_that_fails_is_no_matter_while_the_token_is_good() {
    let sandbox = Sandbox::signed_in();
    let before = sandbox.token();
    sandbox.leave_token(600);
    sandbox.fault(&json!({ "kind": "error", "action": "CreateToken", "count": 9 }));
    process(&sandbox, "acme").run().ok();
    // The next one leaves Identity Center alone for a while.
    sandbox
        .xacct(&["credential-process", "acme", "--refresh"])
        .run()
        .ok();
    sandbox.asked(&["CreateToken", "GetRoleCredentials", "GetRoleCredentials"]);
    assert_eq!(sandbox.token()["refreshToken"], before["refreshToken"]);
}

#[test]
fn ctrl_c_does_not_lose_a_token_that_is_on_its_way() {
    let sandbox = Sandbox::signed_in();
    sandbox.leave_token(60);
    sandbox.fault(&json!({ "kind": "delay", "milliseconds": 700, "action": "CreateToken" }));
    let run = process(&sandbox, "acme").spawn();
    until("the first request", || !sandbox.calls().is_empty());
    run.interrupt();
    run.wait().status(130).stderr("xacct: error: interrupted\n");
    sandbox.asked(&["CreateToken"]);
    // What was spent has been replaced: a second use of it would end the session.
    process(&sandbox, "acme").run().ok();
    sandbox.leave_token(60);
    sandbox
        .xacct(&["credential-process", "acme", "--refresh"])
        .run()
        .ok();
    sandbox.asked(&["GetRoleCredentials", "CreateToken", "GetRoleCredentials"]);
}

#[test]
fn without_identity_center_an_expired_token_is_no_reason_to_sign_in() {
    let sandbox = Sandbox::signed_in();
    sandbox.leave_token(-1);
    let before = sandbox.token();
    sandbox.fault(&json!({ "kind": "error", "action": "CreateToken" }));
    let output = process(&sandbox, "acme").run().status(6);
    output.stderr_contains(
        "xacct: error: IAM Identity Center in eu-central-1 could not be reached: ",
    );
    // Sent once: it may have arrived.
    sandbox.asked(&["CreateToken"]);
    assert_eq!(sandbox.token(), before);
    process(&sandbox, "acme").run().ok();
}

#[test]
fn a_session_that_has_ended_wants_a_person() {
    let sandbox = Sandbox::signed_in();
    sandbox.sign_out();
    // The file says that the token is good; the portal knows better.
    process(&sandbox, "acme").run().status(5).stderr(SIGN_IN);
    sandbox.asked(&["GetRoleCredentials", "CreateToken"]);
    assert!(!sandbox.token_file().exists());
    process(&sandbox, "acme").run().status(5).stderr(SIGN_IN);
    sandbox.asked(&[]);
}

#[test]
fn a_token_that_the_portal_does_not_take_is_refreshed_once() {
    let sandbox = Sandbox::signed_in();
    sandbox.edit_token(|token| token["accessToken"] = "nothing that the portal knows".into());
    process(&sandbox, "acme").run().ok();
    sandbox.asked(&["GetRoleCredentials", "CreateToken", "GetRoleCredentials"]);
}

#[test]
fn throttling_is_waited_out_or_said() {
    let sandbox = Sandbox::signed_in();
    let throttle = |count: u32| {
        sandbox
            .fault(&json!({ "kind": "throttle", "action": "GetRoleCredentials", "count": count }));
    };
    throttle(1);
    process(&sandbox, "acme").run().ok();
    sandbox.asked(&["GetRoleCredentials"; 2]);
    throttle(3);
    let output = sandbox
        .xacct(&["credential-process", "acme", "--refresh"])
        .run()
        .status(6);
    output.stderr_contains(
        "xacct: error: IAM Identity Center in eu-central-1 could not be reached: TooManyRequests",
    );
    sandbox.asked(&["GetRoleCredentials"; 3]);
}

#[test]
fn a_role_that_is_not_assigned_is_named() {
    let sandbox = Sandbox::signed_in();
    let hints = "  - the role may not be assigned to the user who is signed in, or no longer: \
                 check sso_account_id and \
                 sso_role_name\n  - another user may be signed in: xacct login acme --refresh\n";
    sandbox.edit_config("sso_role_name = Admin", "sso_role_name = Owner");
    process(&sandbox, "acme").run().status(4).stderr(&format!(
        "{REFUSED} Owner in account 111111111111 (profile 'acme'): ForbiddenException: No \
         access\n{hints}"
    ));
    sandbox.edit_config(
        "sso_account_id = 111111111111",
        "sso_account_id = 999999999999",
    );
    process(&sandbox, "acme").run().status(4).stderr(&format!(
        "{REFUSED} Owner in account 999999999999 (profile 'acme'): ResourceNotFoundException: \
         Account not found\n{hints}"
    ));
    sandbox.asked(&["GetRoleCredentials"; 2]);
}

#[test]
fn a_session_without_a_role_has_no_credentials() {
    let sandbox = Sandbox::signed_in();
    sandbox.add_config("\n[profile bare]\nsso_session = acme\nregion = eu-central-1\n");
    process(&sandbox, "bare").run().status(3).stderr(
        "xacct: error: profile 'bare' signs in at https://acme.awsapps.com/start, but names no \
         role: it has no credentials\n  set sso_account_id and sso_role_name in the profile\n",
    );
    sandbox.asked(&[]);
}

#[test]
fn another_session_is_another_person() {
    let sandbox = Sandbox::signed_in();
    sandbox.key_id("acme");
    sandbox.clear_log();
    sandbox.add_config(
        "
[sso-session other]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-central-1

[profile acme2]
sso_session = other
sso_account_id = 111111111111
sso_role_name = Admin
region = eu-central-1
",
    );
    process(&sandbox, "acme2")
        .run()
        .status(5)
        .stderr_contains("in a terminal, run: xacct login acme2");
    // And a session that was given another start URL has nobody signed in.
    sandbox.edit_config(
        "[sso-session acme]\nsso_start_url = https://acme.",
        "[sso-session acme]\nsso_start_url = https://b.",
    );
    process(&sandbox, "acme")
        .run()
        .status(5)
        .stderr_contains("you are not signed in at https://b.awsapps.com/start");
    sandbox.asked(&[]);
}

/// Answers one token request; gives where it listens and what it is asked.
fn token_server(answer: &Value) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let body = answer.to_string();
    (
        url,
        std::thread::spawn(move || answer_once(&listener, 200, &body)),
    )
}

#[test]
fn an_answer_without_a_refresh_token_leaves_the_old_one() {
    let sandbox = Sandbox::signed_in();
    let before = sandbox.token();
    sandbox.leave_token(10);
    let answer =
        json!({ "accessToken": before["accessToken"], "expiresIn": 3600, "tokenType": "Bearer" });
    let (url, asked) = token_server(&answer);
    process(&sandbox, "acme")
        .env("AWS_ENDPOINT_URL_SSO_OIDC", &url)
        .run()
        .ok();
    let asked = asked.join().unwrap();
    assert!(
        asked.starts_with("POST /token ")
            && asked.contains(before["refreshToken"].as_str().unwrap())
    );
    let after = sandbox.token();
    assert_eq!(before["refreshToken"], after["refreshToken"]);
    assert_ne!(after["expiresAt"], json!(null));
    sandbox.asked(&["GetRoleCredentials"]);
}

#[test]
fn endpoints_are_configured_as_for_the_sdks() {
    let sandbox = Sandbox::signed_in();
    let here = sandbox.endpoint().to_owned();
    // Nothing listens there.
    let away = "http://127.0.0.1:9";
    let refused = |command: crate::common::Cmd, place: &str| {
        let output = command.env("AWS_MAX_ATTEMPTS", "1").run().status(6);
        output.stderr_contains(&format!("  its address {away} comes from {place}\n"));
    };
    refused(
        process(&sandbox, "acme").env("AWS_ENDPOINT_URL_SSO", away),
        "AWS_ENDPOINT_URL_SSO",
    );
    refused(
        process(&sandbox, "acme").env("AWS_ENDPOINT_URL", away),
        "AWS_ENDPOINT_URL",
    );
    let config = fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
    let services = format!(
        "\n[services local]\nsso =\n  endpoint_url = {here}\nsso_oidc =\n  endpoint_url = \
         {here}\nsts =\n  endpoint_url = {here}\n"
    );
    let profile = config.replace(
        "[profile acme]\n",
        &format!("[profile acme]\nendpoint_url = {away}\nservices = local\n"),
    );
    let own = || process(&sandbox, "acme").env_remove("AWS_ENDPOINT_URL");
    sandbox.write_config(&(profile.clone() + &services));
    sandbox.leave_token(60);
    own().run().ok();
    sandbox.asked(&["CreateToken", "GetRoleCredentials"]);
    // The Rust SDK writes the name so; without the portal's own, the profile's counts.
    sandbox.write_config(
        &(profile
            + &services
                .replace("sso_oidc", "sso-oidc")
                .replace("\nsso =", "\ns3 =")),
    );
    sandbox.leave_token(60);
    let line = fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
    let line = line
        .lines()
        .position(|line| line.starts_with("endpoint_url"))
        .unwrap()
        + 1;
    refused(own(), &format!("~/.aws/config:{line}"));
    sandbox.asked(&["CreateToken"]);
    let ignored = own()
        .env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
        .env("AWS_MAX_ATTEMPTS", "1");
    let ignored = ignored.env("HTTPS_PROXY", away).run().status(6);
    ignored.stderr_contains("check the network, sso_region, and HTTPS_PROXY");
}

#[test]
fn a_token_file_that_makes_no_sense_is_nobody_signed_in() {
    let sandbox = Sandbox::signed_in();
    for text in ["", "{", "[]", "{\"accessToken\":\"x\"}"] {
        fs::write(sandbox.token_file(), text).unwrap();
        process(&sandbox, "acme").run().status(5).stderr(SIGN_IN);
    }
    sandbox.asked(&[]);
}

#[test]
fn a_home_that_cannot_be_written_costs_a_warning() {
    // Root may write anywhere: a file in the way does for everybody.
    let sandbox = Sandbox::start();
    fs::write(sandbox.home().join(".aws/sso"), "").unwrap();
    let output = sandbox.xacct(&["login", "acme"]).run().status(0);
    output.stderr_contains("xacct: warning: cannot create ");
}
