//! `xacct logout`: what ends, and what is forgotten.

#![cfg(unix)]

use crate::common::Sandbox;
use serde_json::json;

const OUT: &str = "xacct: signed out at https://acme.awsapps.com/start\n";

fn with_credentials() -> Sandbox {
    let sandbox = Sandbox::signed_in();
    sandbox.key_id("acme-client1");
    sandbox
        .xacct(&["credential-process", "acme-client1", "--session-name", "xx"])
        .run()
        .ok();
    sandbox.key_id_by_code("client2");
    sandbox.clear_log();
    assert_eq!(sandbox.entries().len(), 5);
    sandbox
}

#[test]
fn the_session_ends_at_aws_and_what_it_bought_is_forgotten() {
    let sandbox = with_credentials();
    let run = sandbox
        .xacct(&["logout", "acme"])
        .run()
        .status(0)
        .stdout("");
    run.stderr(&format!("{OUT}xacct: forgot 3 entries\n"));
    sandbox.asked(&["Logout"]);
    assert!(!sandbox.token_file().exists() && sandbox.client_file().exists());
    assert_eq!(sandbox.entries().len(), 2);
    sandbox
        .xacct(&["credential-process", "acme-client1"])
        .run()
        .status(5);
    sandbox
        .xacct(&["logout", "acme-client1"])
        .run()
        .status(0)
        .stderr("xacct: not signed in at https://acme.awsapps.com/start\nxacct: forgot nothing\n");
    sandbox.asked(&[]);
}

#[test]
fn a_session_that_has_ended_is_out_already() {
    let sandbox = Sandbox::signed_in();
    sandbox.sign_out();
    sandbox
        .xacct(&["logout", "acme"])
        .run()
        .status(0)
        .stderr(&format!("{OUT}xacct: forgot nothing\n"));
    sandbox.asked(&["Logout"]);
    assert!(!sandbox.token_file().exists());
}

#[test]
fn without_aws_it_is_forgotten_here() {
    let sandbox = Sandbox::signed_in();
    sandbox.fault(&json!({ "kind": "error", "status": 503, "action": "Logout", "count": 9 }));
    let run = sandbox.xacct(&["logout", "acme"]).run().status(0);
    run.stderr_contains(
        "xacct: warning: the sign-in at https://acme.awsapps.com/start is forgotten here, but may \
         live on there: AWS could not be reached (ServiceUnavailable",
    );
    assert!(!sandbox.token_file().exists());
}

#[test]
fn an_mfa_session_goes_with_the_roles_that_rest_on_it() {
    let sandbox = with_credentials();
    sandbox.key_id("client1");
    sandbox.clear_log();
    sandbox
        .xacct(&["logout", "client2"])
        .run()
        .status(0)
        .stderr("xacct: forgot 3 entries\n");
    assert_eq!(sandbox.entries().len(), 3);
    sandbox
        .xacct(&["credential-process", "client2"])
        .run()
        .status(5);
    sandbox
        .xacct(&["logout", "hub"])
        .run()
        .status(0)
        .stderr("xacct: forgot nothing\n");
    sandbox.asked(&[]);
}

/// A role that takes the code itself, because of its length, is not below an MFA session.
#[test]
fn a_role_session_that_took_the_code_itself_goes_too() {
    for command in ["clear", "logout"] {
        let sandbox = Sandbox::start();
        let role = "role_arn = arn:aws:iam::444444444444:role/LongRunning\nsource_profile = hub\n\
                    external_id = client3-4410\nmfa_serial = arn:aws:iam::111111111111:mfa/you\n";
        sandbox.add_config(&format!("[profile long]\n{role}"));
        let code = sandbox.fresh_code();
        let run = sandbox.xacct(&["exec", "long", "--duration", "2h", "--", "true"]);
        run.env("XACCT_MFA_CODE", &code).run().ok();
        assert_eq!(sandbox.entries().len(), 1);
        let run = sandbox.xacct(&[command, "long"]).run().status(0);
        run.stderr_contains("xacct: forgot 1 entry");
        assert!(sandbox.entries().is_empty(), "{command}");
    }
}

#[test]
fn all_of_it() {
    let sandbox = with_credentials();
    sandbox
        .xacct(&["logout", "--all"])
        .run()
        .status(0)
        .stdout("")
        .stderr(&format!("{OUT}xacct: forgot 5 entries\n"));
    sandbox.asked(&["Logout"]);
    assert!(sandbox.entries().is_empty() && !sandbox.token_file().exists());
}

#[test]
fn where_there_is_nothing_to_sign_out_of_it_says_so() {
    let sandbox = Sandbox::start_plain();
    sandbox.xacct(&["logout", "plain"]).run().status(3).stderr(
        "xacct: error: nothing to sign out of: 'plain' has neither MFA nor IAM Identity Center\n  \
         xacct clear plain    forgets its credentials\n",
    );
    sandbox
        .xacct(&["logout", "nobody"])
        .run()
        .status(3)
        .stderr_contains("no profile 'nobody'");
    sandbox
        .xacct(&["logout"])
        .run()
        .status(2)
        .stderr_contains("PROFILE");
    sandbox
        .xacct(&["logout", "acme", "--all"])
        .run()
        .status(2)
        .stderr_contains("--all");
}

/// A token's file in the directory of the AWS CLI, of a session that no config has.
fn leave_file(sandbox: &Sandbox, name: &str, token: &serde_json::Value) -> std::path::PathBuf {
    let path = sandbox.token_file().with_file_name(name);
    std::fs::write(&path, token.to_string()).unwrap();
    path
}

/// As `aws sso logout`: whatever has an access token is ended and goes.
#[test]
fn every_token_goes_also_of_sessions_that_are_no_more() {
    let sandbox = with_credentials();
    let token = sandbox.token();
    // Another person's, by another tool; the session of the sandbox is called otherwise now.
    let other = leave_file(
        &sandbox,
        "0000000000000000000000000000000000000001.json",
        &token,
    );
    let odd = leave_file(
        &sandbox,
        "tool-of-mine.json",
        &json!({ "accessToken": "x", "region": "eu-central-1" }),
    );
    let placeless = leave_file(
        &sandbox,
        "0000000000000000000000000000000000000002.json",
        &json!({
            "accessToken": "y", "startUrl": "https://b.awsapps.com/start"
        }),
    );
    let nowhere = leave_file(
        &sandbox,
        "0000000000000000000000000000000000000003.json",
        &json!({
            "accessToken": "z", "region": "no region at all", "startUrl": "https://c.awsapps.com/start"
        }),
    );
    let kept = leave_file(&sandbox, "notes.json", &json!({ "clientId": "c" }));
    let broken = sandbox.token_file().with_file_name("broken.json");
    std::fs::write(&broken, "{").unwrap();
    sandbox.edit_config("[sso-session acme]", "[sso-session renamed]");
    sandbox.edit_config("sso_session = acme\n", "sso_session = renamed\n");
    let run = sandbox
        .xacct(&["logout", "--all"])
        .run()
        .status(0)
        .stdout("");
    let said = run.stderr_text().to_owned();
    for line in [
        "xacct: signed out at https://acme.awsapps.com/start\n",
        "xacct: signed out at IAM Identity Center\n",
        "xacct: warning: the sign-in at https://b.awsapps.com/start is forgotten here, but may \
         live on there: its file names no region\n",
        "xacct: not signed in at https://acme.awsapps.com/start\n",
        "xacct: forgot 5 entries\n",
    ] {
        assert!(said.contains(line), "{line}{said}");
    }
    assert!(
        said.contains("https://c.awsapps.com/start is forgotten here, but may live on there: "),
        "{said}"
    );
    for path in [&sandbox.token_file(), &other, &odd, &placeless, &nowhere] {
        assert!(!path.exists(), "{}", path.display());
    }
    for path in [&sandbox.client_file(), &kept, &broken] {
        assert!(path.exists(), "{}", path.display());
    }
    let logouts = sandbox
        .calls()
        .iter()
        .filter(|call| *call == "Logout")
        .count();
    assert!(logouts >= 3, "{logouts}");
}

#[test]
fn one_that_cannot_be_ended_does_not_stop_the_others() {
    let sandbox = with_credentials();
    let other = leave_file(
        &sandbox,
        "0000000000000000000000000000000000000001.json",
        &sandbox.token(),
    );
    // AWS refuses one of them.
    sandbox.fault(&json!({ "kind": "error", "status": 400, "action": "Logout", "count": 1 }));
    let run = sandbox.xacct(&["logout", "--all"]).run().status(0);
    assert_eq!(
        run.stderr_text().matches("may live on there").count(),
        1,
        "{}",
        run.stderr_text()
    );
    assert!(!other.exists() && !sandbox.token_file().exists() && sandbox.entries().is_empty());
}

#[test]
fn sessions_of_aws_login_go_too() {
    let sandbox = with_credentials();
    let session = "arn:aws:iam::111111111111:user/you";
    let dir = sandbox.home().join(".aws/login/cache");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(
        dir.join("one.json"),
        sandbox.aws_login(session, 900).to_string(),
    )
    .unwrap();
    std::fs::write(dir.join("two.json"), "{}").unwrap();
    let run = sandbox.xacct(&["logout", "--all"]).run().status(0);
    run.stderr(&format!(
        "{OUT}xacct: removed 1 session of aws login\nxacct: forgot 5 entries\n"
    ));
    assert!(!dir.join("one.json").exists() && dir.join("two.json").exists());
}

#[test]
fn without_anybody_signed_in_it_is_no_failure() {
    let sandbox = Sandbox::start();
    let nobody = "xacct: not signed in at https://acme.awsapps.com/start\nxacct: forgot nothing\n";
    sandbox
        .xacct(&["logout", "--all"])
        .run()
        .status(0)
        .stderr(nobody);
    sandbox.asked(&[]);
}

/// An option makes another session of the same device and keys: it ends with it, and what rests on
/// it too.
#[test]
fn an_mfa_session_goes_whatever_it_was_made_for() {
    let sandbox = with_credentials();
    sandbox.advance_mfa();
    let elsewhere = sandbox.endpoint().replace("127.0.0.1", "localhost");
    let code = sandbox.fresh_code();
    let other = sandbox.xacct(&["credential-process", "client2", "--mfa-code", &code]);
    other.env("AWS_ENDPOINT_URL_STS", elsewhere).run().ok();
    sandbox
        .xacct(&["credential-process", "client1", "--duration", "15m"])
        .run()
        .ok();
    assert_eq!(sandbox.entries().len(), 8);
    sandbox
        .xacct(&["logout", "client2"])
        .run()
        .status(0)
        .stderr("xacct: forgot 5 entries\n");
    assert_eq!(sandbox.entries().len(), 3, "Identity Center's stay");
}
