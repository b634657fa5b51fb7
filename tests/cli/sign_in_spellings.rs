//! Start URLs that are written in several ways, and profiles that name a session without a role.

#![cfg(unix)]

use crate::common::Sandbox;
use serde_json::json;

/// A profile of the old kind, whose token's file is called after the start URL as it is written.
fn profile(name: &str, start_url: &str) -> String {
    format!(
        "\n[profile {name}]\nsso_start_url = {start_url}\nsso_region = \
         eu-central-1\nsso_account_id = 111111111111\n\
         sso_role_name = Admin\nregion = eu-central-1\n"
    )
}

const SPELLINGS: [&str; 6] = [
    "https://acme.awsapps.com/start",
    "https://acme.awsapps.com/start/",
    "https://acme.awsapps.com/start#",
    "https://acme.awsapps.com/start#/",
    "https://acme.awsapps.com/start/#",
    "https://acme.awsapps.com/start/#/",
];

#[test]
fn who_is_signed_in_under_another_spelling_is_told_so() {
    for signed_in in [
        "https://acme.awsapps.com/start",
        "https://acme.awsapps.com/start#/",
    ] {
        let sandbox = Sandbox::start();
        sandbox.add_config(&profile("one", signed_in));
        for (index, spelling) in SPELLINGS.iter().enumerate() {
            sandbox.add_config(&profile(&format!("p{index}"), spelling));
        }
        sandbox
            .xacct(&["login", "one"])
            .run()
            .status(0)
            .stderr_contains(&format!("signed in at {signed_in}\n"));
        sandbox.key_id("one");
        sandbox.clear_log();
        for (index, spelling) in SPELLINGS.iter().enumerate() {
            let name = format!("p{index}");
            let run = sandbox.xacct(&["credential-process", &name]).run();
            if *spelling == signed_in {
                run.ok();
                continue;
            }
            run.status(5).stdout("").stderr(&format!(
                "xacct: error: profile '{name}': you are not signed in at {spelling}\n  you are \
                 signed in at {signed_in}, another spelling of it; the AWS CLI keeps a token for \
                 each spelling\n  set sso_start_url = {signed_in} in the profile, or run: xacct \
                 login {name}\n"
            ));
        }
        sandbox.asked(&[]);
        // Under each of them one can sign in.
        sandbox.xacct(&["login", "p4"]).run().status(0);
        sandbox.key_id("p4");
    }
}

#[test]
fn capitals_in_the_host_are_a_spelling_and_another_path_is_not() {
    let sandbox = Sandbox::start();
    sandbox.add_config(&profile("one", "https://acme.awsapps.com/start"));
    sandbox.add_config(&profile("loud", "https://ACME.awsapps.com/start"));
    sandbox.add_config(&profile("other", "https://acme.awsapps.com/begin"));
    sandbox.xacct(&["login", "one"]).run().status(0);
    let run = sandbox
        .xacct(&["credential-process", "loud"])
        .run()
        .status(5);
    run.stderr_contains("you are signed in at https://acme.awsapps.com/start, another spelling");
    let run = sandbox
        .xacct(&["credential-process", "other"])
        .run()
        .status(5);
    run.stderr(
        "xacct: error: profile 'other': you are not signed in at https://acme.awsapps.com/begin\n  \
         in a terminal, run: xacct login other\n",
    );
    // A sign-in that is over is none, and one that can be refreshed is one.
    let token = sandbox.home().join(".aws/sso/cache");
    for file in std::fs::read_dir(token).unwrap() {
        let path = file.unwrap().path();
        let mut token: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        if token.get("accessToken").is_some() {
            token["expiresAt"] = json!("2020-01-01T00:00:00Z");
            token.as_object_mut().unwrap().remove("refreshToken");
            std::fs::write(&path, token.to_string()).unwrap();
        }
    }
    let run = sandbox
        .xacct(&["credential-process", "loud"])
        .run()
        .status(5);
    run.stderr_contains("in a terminal, run: xacct login loud\n");
}

/// A token belongs to a session's name, or to a start URL of a profile without one.
#[test]
fn who_is_signed_in_with_another_session_is_told_so() {
    let url = "https://acme.awsapps.com/start";
    let sandbox = Sandbox::start();
    sandbox.add_config(&profile("old", url));
    sandbox.add_config(&profile("slash", &format!("{url}/")));
    let of_session =
        profile("two", url).replace(&format!("sso_start_url = {url}"), "sso_session = second");
    let of_session = of_session.replace("sso_region = eu-central-1\n", "");
    sandbox.add_config(&format!(
        "{of_session}\n[sso-session second]\nsso_start_url = {url}#/\nsso_region = eu-central-1\n"
    ));
    let told = |name: &str, url: &str, session: &str| {
        let next = if ["old", "slash"].contains(&name) {
            format!("set sso_session = {session} in the profile, or run:")
        } else {
            // It names its session on purpose, perhaps for another person.
            "in a terminal, run:".to_owned()
        };
        let run = sandbox.xacct(&["credential-process", name]).run().status(5);
        run.stdout("").stderr(&format!(
            "xacct: error: profile '{name}': you are not signed in at {url}\n  you are signed in \
             there with [sso-session {session}]; the AWS CLI keeps a token for each session\n  {next} \
             xacct login {name}\n"
        ));
    };
    sandbox.xacct(&["login", "acme"]).run().status(0);
    sandbox.clear_log();
    told("old", url, "acme");
    told("slash", &format!("{url}/"), "acme");
    told("two", &format!("{url}#/"), "acme");
    sandbox.xacct(&["logout", "acme"]).run().status(0);
    sandbox.xacct(&["login", "two"]).run().status(0);
    sandbox.clear_log();
    told("old", url, "second");
    told("acme", url, "second");
    // A session is not told from a sign-in that has ended.
    sandbox.xacct(&["logout", "two"]).run().status(0);
    sandbox.xacct(&["login", "old"]).run().status(0);
    sandbox.clear_log();
    let run = sandbox
        .xacct(&["credential-process", "acme"])
        .run()
        .status(5);
    run.stdout("").stderr(&format!(
        "xacct: error: profile 'acme': you are not signed in at {url}\n  you are signed in there \
         for profiles without an sso_session; the AWS CLI keeps a token for each session\n  in a \
         terminal, run: xacct login acme\n"
    ));
    sandbox.asked(&[]);
}

/// As `aws sso login` does.
#[test]
fn a_session_is_enough_to_sign_in() {
    let sandbox = Sandbox::start();
    sandbox.add_config(
        "\n[profile bare]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = \
         eu-central-1\n\
         region = eu-central-1\n",
    );
    sandbox.add_config(&profile("admin", "https://acme.awsapps.com/start"));
    sandbox
        .xacct(&["login", "bare"])
        .run()
        .status(0)
        .stderr_contains("signed in at https://acme.awsapps.com/start\n");
    let said =
        "xacct: already signed in at https://acme.awsapps.com/start (--refresh signs in again)\n";
    sandbox
        .xacct(&["login", "bare"])
        .run()
        .status(0)
        .stderr(said);
    // The token is every profile's that spells the start URL so.
    sandbox.key_id("admin");
    let out = "xacct: signed out at https://acme.awsapps.com/start\nxacct: forgot 1 entry\n";
    sandbox
        .xacct(&["logout", "bare"])
        .run()
        .status(0)
        .stderr(out);
    sandbox
        .xacct(&["credential-process", "admin"])
        .run()
        .status(5);
    // It still has no credentials.
    sandbox
        .xacct(&["credential-process", "bare"])
        .run()
        .status(3)
        .stderr_contains("`sso_account_id` and `sso_role_name` are missing");
}

#[test]
fn keys_do_not_keep_a_profile_from_signing_in() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(
        "\n[profile keys]\nsso_session = acme\nregion = eu-central-1\n\n[profile half]\n\
         sso_start_url = https://acme.awsapps.com/start\nregion = eu-central-1\n",
    );
    sandbox
        .xacct(&["login", "keys"])
        .run()
        .status(0)
        .stderr_contains("signed in at https://acme.awsapps.com/start\n");
    // Its credentials are the keys all the same.
    assert_eq!(sandbox.key_id("keys"), "AKIARTXV5AHDTEST2YOU");
    sandbox
        .xacct(&["login", "half"])
        .run()
        .status(3)
        .stderr_contains("profile 'half' is missing sso_region");
    sandbox
        .xacct(&["login", "plain"])
        .run()
        .status(3)
        .stderr_contains("nothing to sign in to: 'plain'");
}
