//! What a sign-in has given belongs to it, and ends with it: whatever the profile is called,
//! whoever signs in next, and by whatever tool.

#![cfg(unix)]

use std::fs;

use crate::common::{Cmd, Sandbox};
use serde_json::{Value, json};

fn process(sandbox: &Sandbox, profile: &str) -> Cmd {
    sandbox.xacct(&["credential-process", profile])
}

/// Who a profile's credentials are, by the session's name.
fn person(sandbox: &Sandbox, profile: &str) -> String {
    let arn = sandbox
        .xacct(&["whoami", profile, "--json"])
        .run()
        .ok()
        .json()["arn"]
        .clone();
    arn.as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// Alice is signed in, and has credentials of the role and of one that is assumed from there.
fn alices() -> (Sandbox, [String; 2]) {
    let sandbox = Sandbox::start();
    sandbox.sign_in(&json!({ "user": "alice" }));
    sandbox.xacct(&["login", "acme"]).run().status(0);
    let keys = ["acme", "acme-client1"].map(|profile| sandbox.key_id(profile));
    assert_eq!(person(&sandbox, "acme"), "alice");
    sandbox.sign_in(&json!({ "user": "bob" }));
    sandbox.clear_log();
    (sandbox, keys)
}

/// A token that another tool gets for whoever signs in now, with files of its own.
fn token_of_another_tool(sandbox: &Sandbox) -> Value {
    let home = sandbox.home().join("other");
    let cache = home.join("cache");
    let login = sandbox
        .xacct(&["login", "acme", "--refresh"])
        .env("HOME", &home)
        .env("XACCT_CACHE_DIR", &cache);
    login.run().status(0);
    sandbox.clear_log();
    let name = sandbox.token_file().file_name().unwrap().to_owned();
    serde_json::from_str(&fs::read_to_string(home.join(".aws/sso/cache").join(name)).unwrap())
        .unwrap()
}

#[track_caller]
fn are_bobs(sandbox: &Sandbox, alices: &[String; 2]) {
    for (profile, alices) in ["acme", "acme-client1"].iter().zip(alices) {
        assert_ne!(sandbox.key_id(profile), *alices, "{profile}");
    }
    sandbox.asked(&["GetRoleCredentials", "AssumeRole"]);
    assert_eq!(person(sandbox, "acme"), "bob");
}

#[test]
fn a_new_name_for_the_profile_changes_nothing() {
    let (sandbox, _) = alices();
    sandbox.edit_config("[profile acme]", "[profile acme2]");
    sandbox.edit_config("source_profile = acme\n", "source_profile = acme2\n");
    let out = "xacct: signed out at https://acme.awsapps.com/start\nxacct: forgot 2 entries\n";
    sandbox
        .xacct(&["logout", "acme2"])
        .run()
        .status(0)
        .stderr(out);
    assert!(sandbox.entries().is_empty());
    for profile in ["acme2", "acme-client1"] {
        process(&sandbox, profile).run().status(5).stdout("");
    }
    sandbox.asked(&["Logout"]);
}

#[test]
fn whoever_logs_in_next_gets_their_own() {
    // From another profile of the session, from the session itself, and from the profile.
    for name in ["acme-client1", "acme"] {
        let (sandbox, alices) = alices();
        sandbox.xacct(&["login", name, "--refresh"]).run().status(0);
        assert!(sandbox.entries().is_empty(), "nothing of alice's stays");
        sandbox.clear_log();
        are_bobs(&sandbox, &alices);
    }
}

#[test]
fn whoever_signs_in_on_the_way_gets_their_own() {
    let (sandbox, alices) = alices();
    // Alice's session has ended, and another role finds that out.
    sandbox.sign_out();
    sandbox.add_config(
        "\n[profile reader]\nsso_session = acme\nsso_account_id = 222222222222\nsso_role_name = \
         ReadOnly\n\
         region = eu-west-1\n",
    );
    let mut pty = sandbox.pty(&["exec", "reader", "--", "echo", "as a reader"]);
    pty.expect("as a reader");
    assert_eq!(pty.wait().0, 0);
    sandbox.clear_log();
    are_bobs(&sandbox, &alices);
    assert_eq!(person(&sandbox, "reader"), "bob");
}

#[test]
fn a_token_that_another_tool_has_put_there_is_another_sign_in() {
    let (sandbox, alices) = alices();
    let bobs = token_of_another_tool(&sandbox);
    fs::write(sandbox.token_file(), bobs.to_string()).unwrap();
    for profile in ["acme", "acme-client1"] {
        let listed = sandbox.xacct(&["list", "--json"]).run().ok().json();
        let row = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["profile"] == profile)
            .unwrap();
        assert_eq!(
            (&row["status"], &row["expires_at"]),
            (&json!("none"), &json!(null)),
            "{profile}"
        );
    }
    let explained = sandbox
        .xacct(&["explain", "acme-client1", "--json"])
        .run()
        .ok()
        .json();
    assert_eq!(explained["calls"], 2);
    are_bobs(&sandbox, &alices);
    // Alice's credentials do not come back with a token of hers.
    sandbox.sign_in(&json!({ "user": "alice" }));
    fs::write(
        sandbox.token_file(),
        token_of_another_tool(&sandbox).to_string(),
    )
    .unwrap();
    assert!(!alices.contains(&sandbox.key_id("acme")));
    assert_eq!(person(&sandbox, "acme"), "alice");
}

#[test]
fn without_the_tokens_file_there_is_nobody() {
    let (sandbox, alices) = alices();
    let token = fs::read(sandbox.token_file()).unwrap();
    fs::remove_file(sandbox.token_file()).unwrap();
    for profile in ["acme", "acme-client1"] {
        process(&sandbox, profile).run().status(5).stdout("");
    }
    sandbox.asked(&[]);
    // It is the same sign-in, when it is back.
    fs::write(sandbox.token_file(), token).unwrap();
    assert_eq!(
        ["acme", "acme-client1"].map(|profile| sandbox.key_id(profile)),
        alices
    );
    sandbox.asked(&[]);
}

#[test]
fn refreshing_the_token_costs_nobody_their_credentials() {
    let (sandbox, alices) = alices();
    let same = |sandbox: &Sandbox| {
        assert_eq!(
            ["acme", "acme-client1"].map(|profile| sandbox.key_id(profile)),
            alices
        );
    };
    // By xacct, twice: for another role, which the token is too old for.
    sandbox.add_config(
        "\n[profile reader]\nsso_session = acme\nsso_account_id = 222222222222\nsso_role_name = \
         ReadOnly\n\
         region = eu-west-1\n",
    );
    for _ in 0..2 {
        sandbox.leave_token(60);
        sandbox
            .xacct(&["credential-process", "reader", "--refresh"])
            .run()
            .ok();
        sandbox.asked(&["CreateToken", "GetRoleCredentials"]);
        same(&sandbox);
        sandbox.asked(&[]);
    }
    // By another tool, which keeps the refresh token, or has kept none.
    sandbox.edit_token(|token| token["accessToken"] = "another".into());
    same(&sandbox);
    let before = sandbox.token()["accessToken"].clone();
    sandbox.edit_token(|token| {
        token["accessToken"] = before;
        token["expiresAt"] = "2020-01-01T00:00:00Z".into();
    });
    same(&sandbox);
    sandbox.asked(&[]);
}

#[test]
fn sessions_with_one_start_url_are_not_one() {
    let (sandbox, alices) = alices();
    sandbox.add_config(
        "
[sso-session other]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-central-1
sso_registration_scopes = sso:account:access

[profile acme2]
sso_session = other
sso_account_id = 111111111111
sso_role_name = Admin
region = eu-central-1
",
    );
    sandbox.xacct(&["login", "acme2"]).run().status(0);
    assert_eq!(
        (person(&sandbox, "acme2"), person(&sandbox, "acme")),
        ("bob".into(), "alice".into())
    );
    // A profile that goes over to the other session is bob's at once.
    sandbox.edit_config(
        "[profile acme]\nsso_session = acme\n",
        "[profile acme]\nsso_session = other\n",
    );
    assert_eq!(person(&sandbox, "acme"), "bob");
    let bobs = sandbox.key_id("acme-client1");
    assert_ne!(bobs, alices[1]);
    // Each ends alone.
    sandbox.xacct(&["logout", "acme2"]).run().status(0);
    sandbox.edit_config(
        "[profile acme]\nsso_session = other\n",
        "[profile acme]\nsso_session = acme\n",
    );
    assert_eq!(
        ["acme", "acme-client1"].map(|profile| sandbox.key_id(profile)),
        alices
    );
}

#[test]
fn a_cache_that_cannot_be_written_is_no_reason_to_mix_people_up() {
    let (sandbox, alices) = alices();
    sandbox.leave_token(60);
    // The note that goes with a refresh cannot be written: what is there belongs to nobody known.
    let note = sandbox.cache_dir().join("sso");
    fs::remove_dir_all(&note).unwrap();
    fs::write(&note, "").unwrap();
    sandbox
        .xacct(&["credential-process", "acme", "--refresh"])
        .run()
        .status(0);
    let bobs = token_of_another_tool(&sandbox);
    fs::write(sandbox.token_file(), bobs.to_string()).unwrap();
    assert!(!alices.contains(&sandbox.key_id("acme")));
    assert_eq!(person(&sandbox, "acme"), "bob");
}
