//! `login_session`: what `aws login` keeps on disk is a source like any other, and is renewed by
//! AWS Sign-In: once, however many find it ended, and without losing what it gave.

use std::fs;
use std::path::PathBuf;

use crate::common::cache::{now, read};
use crate::common::{Cmd, Sandbox, Server, until};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SESSION: &str = "arn:aws:iam::111111111111:user/you";

/// The sandbox with a profile that `aws login` signed in, whose credentials are good for so many
/// seconds more.
fn signed_in(left: u32) -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.add_config(&format!(
        "\n[profile browser]\nlogin_session = {SESSION}\nregion = eu-west-1\n\n\
         [profile deploy]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile \
         = browser\n\
         external_id = client1-7731\nregion = eu-west-1\n"
    ));
    write(&sandbox, &sandbox.aws_login(SESSION, left));
    sandbox
}

fn file(sandbox: &Sandbox) -> PathBuf {
    let name = hex::encode(Sha256::digest(SESSION.as_bytes()));
    sandbox
        .home()
        .join(".aws/login/cache")
        .join(format!("{name}.json"))
}

fn write(sandbox: &Sandbox, token: &Value) {
    let file = file(sandbox);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, token.to_string()).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

fn ask(sandbox: &Sandbox, profile: &str) -> Cmd {
    sandbox.xacct(&["credential-process", profile])
}

#[test]
fn the_session_is_handed_out_and_kept() {
    let sandbox = signed_in(900);
    let token = read(&file(&sandbox));
    let given = ask(&sandbox, "browser").run().ok().json();
    assert_eq!(given["AccessKeyId"], token["accessToken"]["accessKeyId"]);
    assert_eq!(given["AccountId"], "111111111111");
    // It is kept: what the file says of its credentials is not looked at again.
    let mut other = token.clone();
    other["accessToken"]["accessKeyId"] = "ASIAANOTHEROFTHESAME".into();
    write(&sandbox, &other);
    assert_eq!(ask(&sandbox, "browser").run().ok().json(), given);
    sandbox.asked(&[]);
}

#[test]
fn what_it_gave_ends_with_it() {
    let sandbox = signed_in(900);
    let ids = ["browser", "deploy"].map(|profile| sandbox.key_id(profile));
    let token = read(&file(&sandbox));
    sandbox.clear_log();
    // `aws logout`
    fs::remove_file(file(&sandbox)).unwrap();
    for profile in ["browser", "deploy"] {
        ask(&sandbox, profile).run().status(5).stdout("").stderr(&format!(
            "xacct: error: profile 'browser': you are signed out: no session of aws login found \
             for {SESSION}\n  in a terminal, run: xacct login browser\n"
        ));
    }
    write(&sandbox, &token);
    assert_eq!(
        ["browser", "deploy"].map(|profile| sandbox.key_id(profile)),
        ids
    );
    sandbox.asked(&[]);
    // Another `aws login` is another session, also of the same user.
    write(&sandbox, &sandbox.aws_login(SESSION, 900));
    for (profile, id) in ["browser", "deploy"].iter().zip(&ids) {
        assert_ne!(sandbox.key_id(profile), *id, "{profile}");
    }
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn logging_in_and_out() {
    let sandbox = signed_in(900);
    sandbox.key_id("deploy");
    sandbox.clear_log();
    for profile in ["browser", "deploy"] {
        sandbox
            .xacct(&["login", profile])
            .run()
            .status(0)
            .stdout("")
            .stderr(&format!(
                "xacct: already signed in as {SESSION} (--refresh signs in again)\n"
            ));
    }
    sandbox
        .xacct(&["login", "deploy", "--refresh", "--no-input"])
        .run()
        .status(5)
        .stdout("")
        .stderr(&format!(
            "xacct: error: you are needed to sign in as {SESSION}\n  in a terminal, run: xacct login \
             browser\n"
        ));
    let out = format!("xacct: signed out {SESSION}\nxacct: forgot 2 entries\n");
    sandbox
        .xacct(&["logout", "deploy"])
        .run()
        .status(0)
        .stdout("")
        .stderr(&out);
    assert!(!file(&sandbox).exists() && sandbox.entries().is_empty());
    let out = format!("xacct: {SESSION} was not signed in\nxacct: forgot nothing\n");
    sandbox
        .xacct(&["logout", "browser"])
        .run()
        .status(0)
        .stderr(&out);
    for profile in ["browser", "deploy"] {
        sandbox.xacct(&["login", profile, "--no-input"]).run().status(5).stdout("").stderr(&format!(
            "xacct: error: profile 'browser': you are signed out: no session of aws login found \
             for {SESSION}\n  in a terminal, run: xacct login browser\n"
        ));
    }
    let listed = sandbox.xacct(&["list", "--json"]).run().ok().json();
    let row = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["profile"] == "browser")
        .unwrap();
    assert_eq!(row["account_id"], "111111111111");
    sandbox.asked(&[]);
}

#[test]
fn roles_are_assumed_from_it() {
    let sandbox = signed_in(900);
    sandbox.key_id("deploy");
    let log = sandbox.log();
    let token = read(&file(&sandbox));
    assert_eq!(
        log[0].access_key_id.as_deref(),
        token["accessToken"]["accessKeyId"].as_str()
    );
    sandbox.asked(&["AssumeRole"]);
    let shown = sandbox
        .xacct(&["explain", "deploy", "--json"])
        .run()
        .ok()
        .json();
    assert_eq!(
        shown["source"],
        json!({"kind": "login", "profile": "browser", "login_session": SESSION})
    );
    assert_eq!(shown["steps"].as_array().unwrap().len(), 1);
}

#[test]
fn a_session_that_ends_is_renewed_in_its_file() {
    let sandbox = signed_in(299);
    let before = read(&file(&sandbox));
    let given = ask(&sandbox, "deploy").run().ok().json();
    assert_eq!(given["AccountId"], "222222222222");
    sandbox.asked(&["CreateOAuth2Token", "AssumeRole"]);
    let mut after = read(&file(&sandbox));
    let expires_at = after["accessToken"]["expiresAt"]
        .as_str()
        .unwrap()
        .to_owned();
    let left = chrono::DateTime::parse_from_rfc3339(&expires_at)
        .unwrap()
        .timestamp()
        - now();
    assert!(
        (880..=900).contains(&left) && expires_at.ends_with('Z'),
        "{expires_at}"
    );
    // Nothing but what was renewed is another.
    for name in [
        "accessKeyId",
        "secretAccessKey",
        "sessionToken",
        "expiresAt",
    ] {
        assert_ne!(
            after["accessToken"][name], before["accessToken"][name],
            "{name}"
        );
        after["accessToken"][name] = before["accessToken"][name].clone();
    }
    assert_ne!(after["refreshToken"], before["refreshToken"]);
    after["refreshToken"] = before["refreshToken"].clone();
    assert_eq!(after, before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(file(&sandbox)).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    let others = fs::read_dir(file(&sandbox).parent().unwrap())
        .unwrap()
        .count();
    assert_eq!(others, 1, "no half of a file is left behind");
    // The new refresh token is as good.
    let mut token = read(&file(&sandbox));
    token["accessToken"]["expiresAt"] = "2020-01-01T00:00:00Z".into();
    write(&sandbox, &token);
    sandbox.xacct(&["clear", "--all"]).run().status(0);
    ask(&sandbox, "browser").run().ok();
    sandbox.asked(&["CreateOAuth2Token"]);
}

#[test]
fn however_many_find_it_ended_it_is_renewed_once() {
    let sandbox = signed_in(0);
    sandbox.fault(&json!({"kind": "delay", "milliseconds": 300, "action": "CreateOAuth2Token"}));
    // Different regions are different keys in the cache, and one session all the same.
    let runs: Vec<_> = ["browser", "deploy", "browser", "browser", "deploy"]
        .iter()
        .zip([
            "eu-west-1",
            "eu-west-1",
            "us-east-1",
            "eu-north-1",
            "us-east-1",
        ])
        .map(|(profile, region)| ask(&sandbox, profile).env("AWS_REGION", region).spawn())
        .collect();
    for run in runs {
        run.wait().ok();
    }
    let calls = sandbox.calls();
    assert_eq!(
        calls
            .iter()
            .filter(|call| *call == "CreateOAuth2Token")
            .count(),
        1,
        "{calls:?}"
    );
}

#[test]
fn two_caches_are_one_session() {
    let sandbox = signed_in(0);
    sandbox.fault(&json!({"kind": "delay", "milliseconds": 300, "action": "CreateOAuth2Token"}));
    let elsewhere = format!("{}/elsewhere", sandbox.endpoint());
    // Another address of STS is another key, and so another lock.
    let other = ask(&sandbox, "browser")
        .env("AWS_ENDPOINT_URL_STS", elsewhere)
        .spawn();
    let own = ask(&sandbox, "browser").spawn();
    assert_eq!(other.wait().ok().key_id(), own.wait().ok().key_id());
    sandbox.asked(&["CreateOAuth2Token"]);
}

#[test]
fn while_it_is_good_a_renewal_that_fails_costs_nothing() {
    let sandbox = signed_in(200);
    let id = read(&file(&sandbox))["accessToken"]["accessKeyId"].clone();
    sandbox.fault(&json!({"kind": "error", "action": "CreateOAuth2Token"}));
    assert_eq!(ask(&sandbox, "browser").run().ok().key_id(), id);
    // Once: a second request with the same token could end the session.
    sandbox.asked(&["CreateOAuth2Token"]);
}

#[test]
fn whatever_ends_it_the_command_to_type_is_told() {
    let fails = |sandbox: &Sandbox, status: i32, words: &str| {
        let output = ask(sandbox, "browser").run().status(status).stdout("");
        output.stderr(&format!("xacct: error: {words}\n"));
    };
    let unusable = |why: &str| {
        format!(
            "profile 'browser': the session of aws login for {SESSION} cannot be used: {why}\n  \
             in a terminal, run: xacct login browser"
        )
    };
    for (error, status, words) in [
        ("TOKEN_EXPIRED", 5, unusable("it has ended")),
        (
            "USER_CREDENTIALS_CHANGED",
            5,
            unusable("the user's password was changed"),
        ),
        (
            "INSUFFICIENT_PERMISSIONS",
            4,
            format!(
                "profile 'browser': {SESSION} may not renew its session of aws login: The user may \
                 not call \
                 signin:CreateOAuth2Token\n  its policy must allow signin:CreateOAuth2Token"
            ),
        ),
    ] {
        let sandbox = signed_in(0);
        sandbox.end_logins(error);
        fails(&sandbox, status, &words);
        sandbox.asked(&["CreateOAuth2Token"]);
    }
    let sandbox = signed_in(0);
    sandbox.fault(&json!({"kind": "throttle", "action": "CreateOAuth2Token"}));
    fails(
        &sandbox,
        6,
        "AWS Sign-In in eu-west-1 could not be reached: TooManyRequestsError: Rate exceeded (HTTP \
         429)\n  its address {} comes from AWS_ENDPOINT_URL"
            .replace("{}", sandbox.endpoint())
            .as_str(),
    );
    let good = read(&file(&sandbox));
    for (name, value, why) in [
        (
            "dpopKey",
            json!("no key"),
            "it has nothing to be renewed with",
        ),
        (
            "refreshToken",
            Value::Null,
            "it has nothing to be renewed with",
        ),
        ("accessToken", json!({}), "its file is damaged"),
    ] {
        let mut token = good.clone();
        token[name] = value;
        write(&sandbox, &token);
        fails(&sandbox, 5, &unusable(why));
    }
    fs::remove_file(file(&sandbox)).unwrap();
    let out = format!("you are signed out: no session of aws login found for {SESSION}");
    fails(
        &sandbox,
        5,
        &format!("profile 'browser': {out}\n  in a terminal, run: xacct login browser"),
    );
}

#[test]
fn an_answer_without_usable_keys_is_not_a_network_that_is_down() {
    let sandbox = signed_in(0);
    let keys = json!({"accessKeyId": "", "secretAccessKey": "s", "sessionToken": "t"});
    let answer = json!({"accessToken": keys, "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "r"});
    let server = Server::start(move |_| (200, String::new(), answer.to_string()));
    let run = ask(&sandbox, "browser")
        .env("AWS_ENDPOINT_URL_SIGNIN", server.endpoint())
        .run();
    run.status(6).stdout("").stderr(&format!(
        "xacct: error: the answer of AWS Sign-In in eu-west-1 cannot be used: its AccessKeyId is \
         empty\n  its address {} comes from AWS_ENDPOINT_URL_SIGNIN\n",
        server.endpoint()
    ));
    assert!(sandbox.entries().is_empty());
}

/// Somebody else has used the refresh token: AWS ends the session, and nobody is told so by a stack
/// of errors.
#[test]
fn a_token_that_was_used_elsewhere_ends_the_session() {
    let sandbox = signed_in(0);
    let stolen = read(&file(&sandbox));
    ask(&sandbox, "browser").run().ok();
    let renewed = read(&file(&sandbox));
    sandbox.xacct(&["clear", "--all"]).run().status(0);
    write(&sandbox, &stolen);
    ask(&sandbox, "browser")
        .run()
        .status(5)
        .stdout("")
        .stderr_contains("it has ended");
    let mut renewed = renewed;
    renewed["accessToken"]["expiresAt"] = "2020-01-01T00:00:00Z".into();
    write(&sandbox, &renewed);
    ask(&sandbox, "browser")
        .run()
        .status(5)
        .stdout("")
        .stderr_contains("it has ended");
}

/// botocore makes its own proofs: what the sandbox demands is what AWS demands, and the file is one
/// that it can use.
#[test]
fn boto_goes_on_where_xacct_left_off() {
    let python = crate::common::tools::python().filter(|python| {
        let tried = std::process::Command::new(python)
            .args(["-c", "import awscrt"])
            .output();
        tried.is_ok_and(|output| output.status.success())
    });
    let Some(python) = python else {
        crate::common::skip("there is no boto3 with awscrt: scripts/test-tools brings them");
        return;
    };
    let sandbox = signed_in(0);
    ask(&sandbox, "browser").run().ok();
    let mut token = read(&file(&sandbox));
    token["accessToken"]["expiresAt"] = "2020-01-01T00:00:00Z".into();
    write(&sandbox, &token);
    let script = "import boto3; \
                  print(boto3.Session(profile_name='browser').client('sts').get_caller_identity()['Arn'])";
    let run = sandbox
        .program(&python, &["-c", script])
        .env("AWS_REGION", "eu-west-1")
        .run();
    run.status(0).stdout(&format!("{SESSION}\n"));
    sandbox.asked(&[
        "CreateOAuth2Token",
        "CreateOAuth2Token",
        "GetCallerIdentity",
    ]);
    // And the other way round.
    sandbox.xacct(&["clear", "--all"]).run().status(0);
    let id = ask(&sandbox, "browser").run().ok().key_id();
    assert_eq!(read(&file(&sandbox))["accessToken"]["accessKeyId"], id);
    sandbox.asked(&[]);
}

/// What AWS has sent must not be lost to a Ctrl-C.
#[cfg(unix)]
#[test]
fn a_renewal_under_way_is_finished() {
    let sandbox = signed_in(0);
    let before = read(&file(&sandbox));
    sandbox.fault(&json!({"kind": "delay", "milliseconds": 700, "action": "CreateOAuth2Token"}));
    let run = ask(&sandbox, "browser").spawn();
    until("the first request", || !sandbox.log().is_empty());
    run.interrupt();
    run.wait().status(130).stdout("");
    assert_ne!(
        read(&file(&sandbox))["refreshToken"],
        before["refreshToken"]
    );
    sandbox.key_id("browser");
    sandbox.asked(&["CreateOAuth2Token"]);
}

#[test]
fn the_endpoint_and_the_directory_can_be_others() {
    let sandbox = signed_in(0);
    let elsewhere = sandbox.home().join("elsewhere");
    fs::rename(sandbox.home().join(".aws/login/cache"), &elsewhere).unwrap();
    let run = || ask(&sandbox, "browser").env("AWS_LOGIN_CACHE_DIRECTORY", &elsewhere);
    let nowhere = run()
        .env("AWS_ENDPOINT_URL_SIGNIN", "http://127.0.0.1:9")
        .run()
        .status(6)
        .stdout("");
    nowhere.stderr_contains("its address http://127.0.0.1:9 comes from AWS_ENDPOINT_URL_SIGNIN\n");
    run().run().ok();
    sandbox.asked(&["CreateOAuth2Token"]);
}
