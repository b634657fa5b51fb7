//! `xacct logout`: what ends, and what is forgotten.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "this is test code; clippy knows only #[test]")]

mod common;

use common::Sandbox;
use serde_json::json;

const OUT: &str = "xacct: signed out at https://acme.awsapps.com/start\n";

fn with_credentials() -> Sandbox {
    let sandbox = Sandbox::signed_in();
    sandbox.key_id("acme-client1");
    sandbox.xacct(&["credential-process", "acme-client1", "--session-name", "xx"]).run().ok();
    sandbox.xacct(&["credential-process", "client2", "--mfa-code", &sandbox.fresh_code()]).run().ok();
    sandbox.clear_log();
    assert_eq!(sandbox.entries().len(), 5);
    sandbox
}

#[test]
fn the_session_ends_at_aws_and_what_it_bought_is_forgotten() {
    let sandbox = with_credentials();
    let run = sandbox.xacct(&["logout", "acme"]).run().status(0).stdout("");
    run.stderr(&format!("{OUT}xacct: forgot 3 entries\n"));
    sandbox.asked(&["Logout"]);
    assert!(!sandbox.token_file().exists() && sandbox.client_file().exists());
    assert_eq!(sandbox.entries().len(), 2);
    sandbox.xacct(&["credential-process", "acme-client1"]).run().status(5);
    sandbox
        .xacct(&["logout", "acme-client1"])
        .run()
        .status(0)
        .stderr("xacct: nobody was signed in at https://acme.awsapps.com/start\nxacct: forgot nothing\n");
    sandbox.asked(&[]);
}

#[test]
fn a_session_that_has_ended_is_out_already() {
    let sandbox = Sandbox::signed_in();
    sandbox.sign_out();
    sandbox.xacct(&["logout", "acme"]).run().status(0).stderr(&format!("{OUT}xacct: forgot nothing\n"));
    sandbox.asked(&["Logout"]);
    assert!(!sandbox.token_file().exists());
}

#[test]
fn without_aws_it_is_forgotten_here() {
    let sandbox = Sandbox::signed_in();
    sandbox.fault(&json!({ "kind": "error", "status": 503, "action": "Logout", "count": 9 }));
    let run = sandbox.xacct(&["logout", "acme"]).run().status(0);
    run.stderr_contains(
        "xacct: warning: the sign-in at https://acme.awsapps.com/start is forgotten here, but may live on there: AWS could \
         not be reached (ServiceUnavailable",
    );
    assert!(!sandbox.token_file().exists());
}

#[test]
fn an_mfa_session_goes_with_the_roles_that_rest_on_it() {
    let sandbox = with_credentials();
    sandbox.key_id("client1");
    sandbox.clear_log();
    sandbox.xacct(&["logout", "client2"]).run().status(0).stderr("xacct: forgot 3 entries\n");
    assert_eq!(sandbox.entries().len(), 3);
    sandbox.xacct(&["credential-process", "client2"]).run().status(5);
    sandbox.xacct(&["logout", "hub"]).run().status(0).stderr("xacct: forgot nothing\n");
    sandbox.asked(&[]);
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
        "xacct: error: there is nothing to sign out of: 'plain' has neither MFA nor IAM Identity Center\n  xacct clear \
         plain    forgets its credentials\n",
    );
    sandbox.xacct(&["logout", "nobody"]).run().status(3).stderr_contains("no profile 'nobody'");
    sandbox.xacct(&["logout"]).run().status(2).stderr_contains("PROFILE");
    sandbox.xacct(&["logout", "acme", "--all"]).run().status(2).stderr_contains("--all");
}
