//! `login_session`: what `aws login` keeps on disk is a source like any other. Its renewal needs AWS's sign-in service
//! and is the SDK's own; that it is not tried while the session is good is what is tested here.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::Sandbox;
use common::cache::now;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SESSION: &str = "arn:aws:iam::111111111111:user/you";

/// The sandbox with a profile that `aws login` signed in, with credentials that its STS has issued.
fn signed_in(left: i64) -> (Sandbox, Value) {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(&format!(
        "\n[profile browser]\nlogin_session = {SESSION}\nregion = eu-west-1\n\n\
         [profile deploy]\nrole_arn = arn:aws:iam::444444444444:role/Inner\nsource_profile = browser\n\
         region = eu-west-1\n"
    ));
    let code = sandbox.fresh_code();
    let keys = sandbox.xacct(&["credential-process", "client2", "--mfa-code", &code]).run().ok().json();
    let expires_at = chrono::DateTime::from_timestamp(now() + left, 0).unwrap();
    let token = json!({
        "accessToken": {
            "accessKeyId": keys["AccessKeyId"], "secretAccessKey": keys["SecretAccessKey"],
            "sessionToken": keys["SessionToken"], "accountId": "333333333333",
            "expiresAt": expires_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        },
        "tokenType": "aws_sigv4", "clientId": "arn:aws:signin:::devtools/same-device",
        "refreshToken": "refresh-me", "idToken": "id", "dpopKey": "not needed while the session is good",
    });
    let dir = sandbox.home().join(".aws/login/cache");
    fs::create_dir_all(&dir).unwrap();
    let name = hex::encode(Sha256::digest(SESSION.as_bytes()));
    fs::write(dir.join(format!("{name}.json")), token.to_string()).unwrap();
    sandbox.clear_log();
    (sandbox, keys)
}

#[test]
fn the_session_is_handed_out_and_kept() {
    let (sandbox, keys) = signed_in(3_000);
    let given = sandbox.xacct(&["credential-process", "browser"]).run().ok().json();
    assert_eq!(given["AccessKeyId"], keys["AccessKeyId"]);
    assert_eq!(given["AccountId"], "333333333333");
    fs::remove_dir_all(sandbox.home().join(".aws/login")).unwrap();
    assert_eq!(sandbox.xacct(&["credential-process", "browser"]).run().ok().json(), given);
    sandbox.asked(&[]);
}

#[test]
fn roles_are_assumed_from_it() {
    let (sandbox, keys) = signed_in(3_000);
    sandbox.key_id("deploy");
    let log = sandbox.log();
    assert_eq!(log[0].access_key_id.as_deref(), keys["AccessKeyId"].as_str());
    sandbox.asked(&["AssumeRole"]);
    let shown = sandbox.xacct(&["explain", "deploy", "--json"]).run().ok().json();
    assert_eq!(shown["source"], json!({"kind": "login", "profile": "browser", "login_session": SESSION}));
    assert_eq!(shown["steps"].as_array().unwrap().len(), 1);
}

#[test]
fn without_a_session_the_person_is_told_to_sign_in() {
    let (sandbox, _) = signed_in(3_000);
    fs::remove_dir_all(sandbox.home().join(".aws/login")).unwrap();
    sandbox.xacct(&["credential-process", "browser"]).run().status(5).stdout("").stderr(&format!(
        "xacct: error: profile 'browser': the session of aws login for {SESSION} cannot be used: No such file or \
         directory (os error 2)\n  aws login --profile browser\n"
    ));
}
