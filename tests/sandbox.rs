//! The sandbox's commands: serving, the shell, the codes, the log.

mod common;

use common::Sandbox;

#[test]
fn codes_and_the_log_are_printed() {
    let sandbox = Sandbox::start();
    let output = sandbox.xacct(&["sandbox", "code", "arn:aws:iam::111111111111:mfa/you"]).run().ok();
    assert_eq!(output.stdout_text().trim_end().len(), 6);
    sandbox.xacct(&["sandbox", "log"]).run().ok().stdout("");
    sandbox.xacct(&["sandbox", "log", "--json"]).run().ok().stdout("[]\n");
}

#[test]
fn outside_a_sandbox_nothing_is_asked() {
    let sandbox = Sandbox::start();
    for command in ["code", "log"] {
        sandbox.xacct(&["sandbox", command]).env_remove("XACCT_SANDBOX").run().status(1).stderr(
            "xacct: error: this is not a sandbox: XACCT_SANDBOX is not set\n  start one with: xacct sandbox\n",
        );
    }
    sandbox
        .xacct(&["sandbox", "code"])
        .env("XACCT_SANDBOX", "http://example.com:80")
        .run()
        .status(1)
        .stderr("xacct: error: XACCT_SANDBOX is 'http://example.com:80', not http://127.0.0.1:PORT\n");
}

#[test]
fn an_unknown_device_is_named() {
    let sandbox = Sandbox::start();
    sandbox
        .xacct(&["sandbox", "code", "GAHT12345678"])
        .run()
        .status(1)
        .stderr("xacct: error: there is no MFA device 'GAHT12345678' in the sandbox\n");
}
