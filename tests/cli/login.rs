//! `xacct login`: the code now, so that nothing asks for one later.

use crate::common::Sandbox;

#[test]
fn it_gets_the_session_and_nothing_more() {
    let sandbox = Sandbox::start();
    let run = sandbox
        .xacct(&["login", "client2", "--mfa-code", &sandbox.fresh_code()])
        .run()
        .status(0)
        .stdout("");
    run.stderr_contains("xacct: the MFA session of 'hub' is ready for 1");
    sandbox.asked(&["GetSessionToken"]);
    for profile in ["client1", "client2"] {
        sandbox
            .xacct(&["credential-process", profile, "--no-input"])
            .run()
            .ok();
    }
    sandbox.asked(&["AssumeRole", "AssumeRole"]);
    // What is there is not asked for again.
    sandbox
        .xacct(&["login", "hub", "--no-input"])
        .run()
        .status(0)
        .stderr_contains("the MFA session of 'hub' is ready");
    sandbox.asked(&[]);
}

#[test]
fn a_long_role_is_its_own_session() {
    let sandbox = Sandbox::start();
    let run = sandbox
        .xacct(&["login", "client3", "--mfa-code", &sandbox.fresh_code()])
        .run()
        .status(0)
        .stdout("");
    run.stderr_contains("xacct: arn:aws:iam::444444444444:role/LongRunning is ready for 1");
    sandbox.asked(&["AssumeRole"]);
    sandbox.xacct(&["credential-process", "client3"]).run().ok();
    sandbox.asked(&[]);
}

#[test]
fn refresh_starts_it_anew() {
    let sandbox = Sandbox::start();
    sandbox
        .xacct(&["login", "client2", "--mfa-code", &sandbox.fresh_code()])
        .run()
        .status(0);
    sandbox.advance_mfa();
    let args = [
        "login",
        "client2",
        "--refresh",
        "--mfa-code",
        &sandbox.fresh_code(),
    ];
    sandbox.xacct(&args).run().status(0);
    sandbox.asked(&["GetSessionToken", "GetSessionToken"]);
}

#[test]
fn where_there_is_nothing_to_sign_in_to_it_says_so() {
    let sandbox = Sandbox::start_plain();
    sandbox.xacct(&["login", "plain"]).run().status(3).stdout("").stderr(
        "xacct: error: nothing to sign in to: 'plain' has neither MFA nor IAM Identity Center\n  \
         set mfa_serial in the profile, or in its source_profile, to the user's MFA device\n",
    );
    sandbox
        .xacct(&["login", "client2", "--no-input"])
        .run()
        .status(5)
        .stdout("");
    sandbox.asked(&[]);
}
