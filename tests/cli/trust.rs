//! Which cached credentials are handed out unasked, which are checked first, and which never.

use std::fs;

use crate::common::cache::{now, read};
use crate::common::{Sandbox, account, in_users_name};

/// A sandbox with a cached session of `plain`, and its access key id.
fn with_session() -> (Sandbox, String) {
    let sandbox = Sandbox::start_plain();
    let id = sandbox.key_id("plain");
    sandbox.clear_log();
    (sandbox, id)
}

#[test]
fn after_ten_minutes_an_entry_is_confirmed_once_and_stamped() {
    let (sandbox, id) = with_session();
    sandbox.confirmed("plain", 540);
    assert_eq!(sandbox.key_id("plain"), id);
    sandbox.asked(&[]);
    sandbox.confirmed("plain", 600);
    assert_eq!(sandbox.key_id("plain"), id);
    sandbox.asked(&["GetCallerIdentity"]);
    assert!(
        now()
            - read(&sandbox.entry("plain"))["entry"]["confirmed_at"]
                .as_i64()
                .unwrap()
            < 60
    );
    assert_eq!(sandbox.key_id("plain"), id);
    sandbox.asked(&[]);
}

#[test]
fn a_stamp_from_the_future_is_none() {
    let (sandbox, id) = with_session();
    sandbox.confirmed("plain", -3600);
    assert_eq!(sandbox.key_id("plain"), id);
    sandbox.asked(&["GetCallerIdentity"]);
}

#[test]
fn the_settings_file_decides_when() {
    let (sandbox, id) = with_session();
    sandbox.write_settings("verify_after = \"0s\"\n");
    for _ in 0..2 {
        assert_eq!(sandbox.key_id("plain"), id);
        sandbox.asked(&["GetCallerIdentity"]);
    }
    sandbox.write_settings("verify_after = \"never\"\n");
    sandbox.confirmed("plain", 3_000);
    assert_eq!(sandbox.key_id("plain"), id);
    sandbox.asked(&[]);
    sandbox.write_settings("verify_after = \"1h\"\n");
    assert_eq!(sandbox.key_id("plain"), id);
    sandbox.asked(&[]);
    sandbox.confirmed("plain", 3_600);
    assert_eq!(sandbox.key_id("plain"), id);
    sandbox.asked(&["GetCallerIdentity"]);
}

#[test]
fn verify_checks_whatever_the_settings_say() {
    let (sandbox, id) = with_session();
    sandbox.write_settings("verify_after = \"never\"\n");
    let verified = sandbox
        .xacct(&["credential-process", "plain", "--verify"])
        .run()
        .ok();
    assert_eq!(verified.key_id(), id);
    sandbox.asked(&["GetCallerIdentity"]);
    let verified = sandbox
        .xacct(&["credential-process", "plain"])
        .env("XACCT_VERIFY", "1")
        .run()
        .ok();
    assert_eq!(verified.key_id(), id);
    sandbox.asked(&["GetCallerIdentity"]);
}

#[test]
fn what_aws_no_longer_knows_is_dropped_and_renewed() {
    for what in ["forgotten", "expired"] {
        let (sandbox, id) = with_session();
        match what {
            "forgotten" => sandbox.forget_sessions(),
            _ => sandbox.expire_sessions(),
        }
        let renewed = sandbox
            .xacct(&["credential-process", "plain", "--verify"])
            .run()
            .ok()
            .key_id();
        assert_ne!(renewed, id, "{what}");
        sandbox.asked(&["GetCallerIdentity", "AssumeRole"]);
        assert_eq!(sandbox.key_id("plain"), renewed, "{what}");
        sandbox.asked(&[]);
    }
}

#[test]
fn out_of_reach_the_entry_is_used_with_a_warning() {
    let (sandbox, id) = with_session();
    sandbox.confirmed("plain", 3_000);
    sandbox.fault(&serde_json::json!({"kind": "error", "count": 9}));
    let output = sandbox.xacct(&["credential-process", "plain"]).run().status(0).stderr(
        "xacct: warning: the cached credentials of 'plain' could not be checked: AWS could not be \
         reached (InternalFailure: The request processing has failed because of an unknown error, \
         exception or failure. (HTTP 500))\n",
    );
    assert_eq!(output.key_id(), id);
    sandbox.clear_faults();
    sandbox.clear_log();
    // For a minute nobody asks again: many processes would wait one after another.
    assert_eq!(sandbox.key_id("plain"), id);
    sandbox.asked(&[]);
    // But it was not stamped: after that minute the next one asks.
    sandbox.edit("plain", |entry| {
        entry["unreached_at"] = (entry["unreached_at"].as_i64().unwrap() - 60).into();
    });
    assert_eq!(sandbox.key_id("plain"), id);
    sandbox.asked(&["GetCallerIdentity"]);
    assert_eq!(
        read(&sandbox.entry("plain"))["entry"]["unreached_at"],
        serde_json::Value::Null
    );
}

#[test]
fn a_wrong_clock_is_no_reason_to_throw_a_session_away() {
    let (sandbox, id) = with_session();
    sandbox.clock(1200);
    let output = sandbox
        .xacct(&["credential-process", "plain", "--verify"])
        .run()
        .status(0);
    let output = output.stderr_contains("xacct: warning: this computer's clock is ");
    assert!(
        output.stderr_text().ends_with(" behind AWS's: set it\n"),
        "{}",
        output.stderr_text()
    );
    assert_eq!(output.key_id(), id);
    // Refused for its date, then signed for AWS's.
    sandbox.asked(&["GetCallerIdentity"; 2]);
    assert_eq!(sandbox.entries().len(), 1);
}

#[test]
fn a_file_of_another_request_under_the_keys_name_is_never_handed_out() {
    let (sandbox, id) = with_session();
    let first = sandbox.entry("plain");
    let second_session = ["credential-process", "plain", "--session-name", "second"];
    let second_id = sandbox.xacct(&second_session).run().ok().key_id();
    let second = sandbox
        .entries()
        .into_iter()
        .find(|file| *file != first)
        .unwrap();
    fs::copy(&first, &second).unwrap();
    sandbox.clear_log();
    let output = sandbox
        .xacct(&second_session)
        .run()
        .status(0)
        .stderr(&format!(
            "xacct: warning: ignored the cache file {}: it belongs to another key\n",
            second.display()
        ));
    assert!(![id, second_id].contains(&output.key_id()));
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn an_entry_that_names_another_role_is_never_handed_out() {
    for arn in [
        "arn:aws:sts::444444444444:assumed-role/PartnerAdmin/xacct-user",
        "arn:aws:sts::222222222222:assumed-role/Other/xacct-user",
        "arn:aws-cn:sts::222222222222:assumed-role/PartnerAdmin/xacct-user",
        "arn:aws:iam::222222222222:user/PartnerAdmin",
        "PartnerAdmin",
    ] {
        let (sandbox, id) = with_session();
        sandbox.edit("plain", |entry| entry["arn"] = arn.into());
        let output = sandbox.xacct(&["credential-process", "plain"]).run().status(0).stderr(&format!(
            "xacct: warning: the cached credentials of 'plain' are for {arn}: they are not used\n"
        ));
        assert_ne!(output.key_id(), id, "{arn}");
        sandbox.asked(&["AssumeRole"]);
    }
}

#[test]
fn keys_that_turn_out_to_be_somebody_elses_are_thrown_away() {
    let (sandbox, id) = with_session();
    let (plain, code) = (sandbox.entry("plain"), sandbox.fresh_code());
    let stranger = sandbox
        .xacct(&["credential-process", "client2", "--mfa-code", &code])
        .run()
        .ok()
        .key_id();
    let keys = read(&sandbox.entry("client2"))["entry"].clone();
    sandbox.edit("plain", |entry| {
        for field in ["access_key_id", "secret_access_key", "session_token"] {
            entry[field] = keys[field].clone();
        }
    });
    sandbox.confirmed("plain", 600);
    sandbox.clear_log();
    let output = sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(0)
        .stderr(
            "xacct: warning: the cached credentials of 'plain' turned out to be \
         arn:aws:sts::333333333333:assumed-role/Operations/xacct-user: they are thrown away\n",
        );
    sandbox.asked(&["GetCallerIdentity", "AssumeRole"]);
    let renewed = output.key_id();
    assert!(![id, stranger].contains(&renewed));
    assert_eq!(read(&plain)["entry"]["access_key_id"], renewed.as_str());
}

/// Takes the keys of the entry that these arguments make, which is not the one of `plain`.
fn with_keys_of(sandbox: &Sandbox, args: &[&str]) -> String {
    let own = sandbox.entry("plain");
    let id = sandbox.xacct(args).run().ok().key_id();
    let other = sandbox
        .entries()
        .into_iter()
        .find(|file| read(file)["entry"]["access_key_id"] == id.as_str());
    let keys = read(&other.unwrap())["entry"].clone();
    let mut file = read(&own);
    for field in ["access_key_id", "secret_access_key", "session_token"] {
        file["entry"][field] = keys[field].clone();
    }
    fs::write(&own, file.to_string()).unwrap();
    id
}

/// The same role in the same account, and all the same another session.
#[test]
fn another_session_of_the_role_is_somebody_else() {
    let (sandbox, id) = with_session();
    let stranger = with_keys_of(
        &sandbox,
        &[
            "credential-process",
            "plain",
            "--session-name",
            "somebody-else",
        ],
    );
    sandbox.clear_log();
    let output = sandbox
        .xacct(&["credential-process", "plain", "--verify"])
        .run()
        .status(0)
        .stderr(
            "xacct: warning: the cached credentials of 'plain' turned out to be \
         arn:aws:sts::222222222222:assumed-role/PartnerAdmin/somebody-else: they are thrown away\n",
        );
    assert!(![id, stranger].contains(&output.key_id()));
    sandbox.asked(&["GetCallerIdentity", "AssumeRole"]);
}

/// A role that was deleted and made again has the name of the first, and another id.
#[test]
fn another_role_of_that_name_is_somebody_else() {
    let (sandbox, id) = with_session();
    let known = read(&sandbox.entry("plain"))["entry"]["user_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let known = in_users_name(&known);
    assert!(
        known.starts_with("AROA") && known.ends_with(":xacct-user"),
        "{known}"
    );
    sandbox.edit("plain", |entry| {
        entry["user_id"] = format!("AROABEFORE:xacct-{}", account()).into();
    });
    let output = sandbox
        .xacct(&["credential-process", "plain", "--verify"])
        .run()
        .status(0)
        .stderr(&format!(
            "xacct: warning: the cached credentials of 'plain' turned out to be \
         arn:aws:sts::222222222222:assumed-role/PartnerAdmin/xacct-user with the id {known}, which \
         was AROABEFORE:xacct-user before: they are thrown away\n"
        ));
    assert_ne!(output.key_id(), id);
    sandbox.asked(&["GetCallerIdentity", "AssumeRole"]);
}

#[cfg(unix)]
#[test]
fn what_a_source_gave_is_known_once_aws_has_said_it() {
    let sandbox = Sandbox::signed_in();
    let id = sandbox.key_id("acme");
    let entry = |sandbox: &Sandbox| read(&sandbox.entry("acme"))["entry"].clone();
    assert_eq!(entry(&sandbox)["arn"], serde_json::Value::Null);
    let verify = ["credential-process", "acme", "--verify"];
    assert_eq!(sandbox.xacct(&verify).run().ok().key_id(), id);
    let known = entry(&sandbox);
    let arn = known["arn"].as_str().unwrap();
    assert!(
        arn.starts_with("arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_"),
        "{arn}"
    );
    // Of another role, account or person: whatever it was of before, it is not of that.
    for (field, other) in [
        ("arn", arn.replace("/you", "/bob")),
        ("user_id", "AROAOTHER:bob".to_owned()),
    ] {
        sandbox.edit("acme", |entry| entry[field] = other.clone().into());
        let output = sandbox.xacct(&verify).run().status(0).stderr_contains(
            "xacct: warning: the cached credentials of 'acme' turned out to be arn:aws:sts::",
        );
        assert_ne!(output.key_id(), id, "{field}");
        assert_eq!(
            sandbox.xacct(&verify).run().ok().json()["AccountId"],
            "111111111111"
        );
    }
    for arn in [
        arn.replace("111111111111", "222222222222"),
        arn.replace("_Admin_", "_Owner_"),
    ] {
        let before = sandbox.key_id("acme");
        sandbox.edit("acme", |entry| entry["arn"] = arn.clone().into());
        let output = process(&sandbox, "acme").status(0).stderr(&format!(
            "xacct: warning: the cached credentials of 'acme' are for {arn}: they are not used\n"
        ));
        assert_ne!(output.key_id(), before, "{arn}");
    }
}

fn process(sandbox: &Sandbox, profile: &str) -> crate::common::Output {
    sandbox.xacct(&["credential-process", profile]).run()
}

#[test]
fn whoami_says_who_it_is_and_does_not_keep_a_stranger() {
    let (sandbox, id) = with_session();
    with_keys_of(
        &sandbox,
        &[
            "credential-process",
            "plain",
            "--session-name",
            "somebody-else",
        ],
    );
    sandbox.clear_log();
    sandbox
        .xacct(&["whoami", "plain"])
        .run()
        .status(4)
        .stdout("")
        .stderr(
            "xacct: error: the credentials of 'plain' turned out to be \
         arn:aws:sts::222222222222:assumed-role/PartnerAdmin/somebody-else\n  xacct clear plain    \
         forgets them\n",
        );
    sandbox.asked(&["GetCallerIdentity"]);
    assert_ne!(sandbox.key_id("plain"), id);
    sandbox.asked(&["AssumeRole"]);
}

/// Each is a miss with a warning, and is replaced.
#[test]
fn an_entry_that_cannot_be_is_never_handed_out() {
    type Change = fn(&mut serde_json::Value);
    let cases: [(Change, &str); 5] = [
        (
            |entry| entry["account_id"] = "333333333333".into(),
            "are for account 333333333333",
        ),
        (
            |entry| entry["action"] = "GetSessionToken".into(),
            "are for arn:aws:sts::222222222222:assumed-role/PartnerAdmin/xacct-user",
        ),
        (
            |entry| entry["arn"] = serde_json::Value::Null,
            "are for another role",
        ),
        // The clock was ahead when it was written, and was set back since.
        (
            |entry| {
                for field in ["issued_at", "expires_at", "confirmed_at"] {
                    entry[field] = (entry[field].as_i64().unwrap() + 3600).into();
                }
            },
            "were issued in the future, by this computer's clock",
        ),
        (
            |entry| {
                entry["expires_at"] = (entry["issued_at"].as_i64().unwrap() + 31_536_000).into();
            },
            "claim to last 8760h",
        ),
    ];
    for (change, why) in cases {
        let (sandbox, id) = with_session();
        sandbox.write_settings("verify_after = \"never\"\n");
        sandbox.edit("plain", change);
        let output = process(&sandbox, "plain").status(0).stderr(&format!(
            "xacct: warning: the cached credentials of 'plain' {why}: they are not used\n"
        ));
        assert_ne!(output.key_id(), id, "{why}");
        sandbox.asked(&["AssumeRole"]);
        process(&sandbox, "plain").ok();
        sandbox.asked(&[]);
    }
}

/// Nobody types a code for what AWS still knows.
#[test]
fn a_session_from_the_future_is_confirmed_before_a_code_is_asked_for() {
    let sandbox = Sandbox::start_logged_in();
    let session = read(&sandbox.entry("hub"))["entry"]["access_key_id"].clone();
    sandbox.edit("hub", |entry| {
        for field in ["issued_at", "expires_at", "confirmed_at"] {
            entry[field] = (entry[field].as_i64().unwrap() + 7200).into();
        }
    });
    let output = process(&sandbox, "client2").status(0).stderr(
        "xacct: warning: the cached credentials of 'hub' were issued in the future, by this \
         computer's clock: they are not used\n",
    );
    assert_eq!(output.json()["AccountId"], "333333333333");
    sandbox.asked(&["GetCallerIdentity", "AssumeRole"]);
    let entry = read(&sandbox.entry("hub"))["entry"].clone();
    assert_eq!(entry["access_key_id"], session);
    assert!(entry["issued_at"].as_i64().unwrap() <= now());
    process(&sandbox, "client1").ok();
    sandbox.asked(&["AssumeRole"]);
}

/// The id alone does not say who signs: with another secret, or another token, nothing of the first
/// is used.
#[test]
fn another_secret_under_the_same_id_is_another_source() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    sandbox.clear_log();
    let path = sandbox.home().join(".aws/credentials");
    let keys = fs::read_to_string(&path).unwrap();
    let secret = keys
        .lines()
        .find(|line| line.starts_with("aws_secret_access_key"))
        .unwrap();
    for changed in [
        format!("{secret}x"),
        format!("{secret}\naws_session_token = token"),
    ] {
        fs::write(&path, keys.replace(secret, &changed)).unwrap();
        sandbox
            .xacct(&["credential-process", "plain"])
            .run()
            .status(4)
            .stdout("");
        sandbox.asked(&["AssumeRole"]);
    }
    fs::write(&path, &keys).unwrap();
    sandbox.key_id("plain");
    sandbox.asked(&[]);
}
