//! Identity Center as a source where nobody is signed in: who is asked, and who is told.

#![cfg(unix)]

use crate::common::Sandbox;
use serde_json::json;

const SIGN_IN: &str = "xacct: error: profile 'acme': you are not signed in at \
                       https://acme.awsapps.com/start\n  in a terminal, run: xacct login acme\n";

#[test]
fn whoever_is_at_the_terminal_signs_in_on_the_way() {
    let sandbox = Sandbox::start();
    sandbox.sign_in(&json!({ "mode": "pending" }));
    let mut pty = sandbox.pty(&[
        "exec",
        "acme-client1",
        "--",
        "sh",
        "-c",
        "echo in $AWS_ACCOUNT_ID",
    ]);
    pty.expect("which must show the code ");
    let code = pty.expect("\r\n");
    assert_eq!(sandbox.user_codes(), [code]);
    sandbox.sign_in(&json!({ "mode": "approve" }));
    pty.expect("in 222222222222");
    assert_eq!(pty.wait().0, 0);
    let calls = sandbox.calls();
    assert_eq!(
        calls[calls.len() - 3..],
        ["CreateToken", "GetRoleCredentials", "AssumeRole"]
    );
}

#[test]
fn many_at_the_terminal_show_one_code() {
    let sandbox = Sandbox::start();
    sandbox.sign_in(&json!({ "mode": "pending" }));
    let script = "for p in acme acme-client1 acme acme-client1 acme; do \"$0\" exec $p -- echo \
                  done & done; wait";
    let mut pty = sandbox.pty_sh(script);
    pty.expect("which must show the code ");
    sandbox.sign_in(&json!({ "mode": "approve" }));
    let (status, screen) = pty.wait();
    assert_eq!((status, screen.matches("done").count()), (0, 5), "{screen}");
    assert_eq!(screen.matches("which must show").count(), 1, "{screen}");
    let count = |action: &str| {
        sandbox
            .calls()
            .iter()
            .filter(|call| *call == action)
            .count()
    };
    assert_eq!(
        [
            "StartDeviceAuthorization",
            "GetRoleCredentials",
            "AssumeRole"
        ]
        .map(count),
        [1, 1, 1]
    );
}

#[test]
fn an_sdk_and_no_input_are_told_what_to_run() {
    let sandbox = Sandbox::start();
    for args in [
        &["credential-process", "acme"][..],
        &["whoami", "acme", "--no-input"],
    ] {
        let (status, screen) = sandbox.pty_with(args, &[("NO_COLOR", "1")]).wait();
        assert_eq!(
            (status, screen.replace('\r', "").as_str()),
            (5, SIGN_IN),
            "{args:?}"
        );
    }
    let failed = sandbox
        .xacct(&["exec", "acme-client1", "--", "true"])
        .run()
        .status(125);
    failed.stderr(SIGN_IN);
    sandbox.asked(&[]);
}

#[test]
fn explain_says_who_would_have_to_sign_in() {
    let sandbox = Sandbox::signed_in();
    let explained = |sandbox: &Sandbox| {
        sandbox
            .xacct(&["explain", "acme-client1", "--json"])
            .run()
            .ok()
            .json()
    };
    let now = explained(&sandbox);
    assert_eq!(
        (&now["would_prompt"], &now["calls"]),
        (&json!(false), &json!(2))
    );
    sandbox.leave_token(-1);
    assert_eq!(
        explained(&sandbox)["would_prompt"],
        json!(false),
        "it is refreshed"
    );
    sandbox.edit_token(|token| drop(token.as_object_mut().unwrap().remove("refreshToken")));
    assert_eq!(explained(&sandbox)["would_prompt"], json!(true));
    let text = sandbox.xacct(&["explain", "acme"]).run().ok();
    text.stdout_contains(
        "now       xacct will send 1 request; you must sign in first: xacct login\n",
    );
    sandbox.asked(&[]);
}
