//! MFA codes that are given by option or variable, and devices of another account than the key's.

use crate::common::Sandbox;

const DEVICE: &str = "arn:aws:iam::111111111111:mfa/you";
const WHY: &str = "mfa_serial is a device of account 999999999999, and the access key is of account \
                   111111111111";

fn with_foreign_device() -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.edit_config(DEVICE, "arn:aws:iam::999999999999:mfa/you");
    sandbox
}

#[test]
fn no_command_sends_a_given_code_for_a_device_of_another_account() {
    let sandbox = with_foreign_device();
    for words in [
        &["exec", "hub", "--", "true"][..],
        &["exec", "client2", "--duration", "2h", "--", "true"],
        &["login", "hub"],
        &["credential-process", "client1"],
        &["credential-process", "chained"],
    ] {
        let status = if words[0] == "exec" { 125 } else { 3 };
        let run = sandbox.xacct(words).env("XACCT_MFA_CODE", "123456").run();
        run.status(status).stdout("").stderr_contains(WHY);
        sandbox.asked(&["GetCallerIdentity"]);
    }
}

#[test]
fn what_the_profile_says_of_its_account_is_no_proof_of_a_device() {
    let sandbox = with_foreign_device();
    let login = || {
        let run = sandbox.xacct(&["login", "hub", "--mfa-code", "123456"]);
        run.run().status(3).stderr_contains(WHY);
    };
    sandbox.edit_config(
        "[profile hub]\n",
        "[profile hub]\naws_account_id = 999999999999\n",
    );
    login();
    sandbox.asked(&["GetCallerIdentity"]);
    // That it is another one than the device's is enough to send nothing.
    sandbox.edit_config("id = 999999999999", "id = 111111111111");
    login();
    sandbox.asked(&[]);
}

/// Key ids of other services, and AWS's older ones, do not tell their account.
const WORLD: &str = r#"
[[account]]
id = "111111111111"
name = "hub"
[[account.user]]
name = "you"
[[account.user.key]]
id = "AKIA0123456789ABCDEF"
secret = "NotASecret/xacct/sandbox/hub/you/EXAMPLE"
[[account.user.mfa]]
serial = "arn:aws:iam::111111111111:mfa/you"
secret = "PBQWGY3UEBZWC3TEMJXXQIDZN52SAMBR"
"#;

#[test]
fn a_key_that_does_not_tell_its_account_costs_one_request_until_a_session_is_cached() {
    let sandbox = Sandbox::with_world(WORLD);
    sandbox.write_config(&format!(
        "[profile hub]\nregion = eu-west-1\nmfa_serial = {DEVICE}\n"
    ));
    sandbox.write_credentials(
        "[hub]\naws_access_key_id = AKIA0123456789ABCDEF\n\
         aws_secret_access_key = NotASecret/xacct/sandbox/hub/you/EXAMPLE\n",
    );
    let login = |words: &[&str]| {
        let code = sandbox.fresh_code();
        let words = [
            &["exec", "hub", "--mfa-code", &code],
            words,
            &["--", "true"],
        ]
        .concat();
        sandbox.xacct(&words).run().ok();
    };
    login(&[]);
    sandbox.asked(&["GetCallerIdentity", "GetSessionToken"]);
    // AWS has taken a code of this device for this key.
    login(&["--refresh"]);
    sandbox.asked(&["GetSessionToken"]);
    sandbox.edit_config(DEVICE, "arn:aws:iam::999999999999:mfa/you");
    let run = sandbox
        .xacct(&["login", "hub", "--mfa-code", "123456"])
        .run();
    run.status(3).stderr_contains(WHY);
    sandbox.asked(&["GetCallerIdentity"]);
}
