//! What `doctor` says of keys, MFA devices, the clock, endpoints and proxies, to the letter; and
//! how often it asks.

#![cfg(unix)]

use std::fs;
use std::net::TcpListener;

use crate::common::home::findings;
use crate::common::{Cmd, Sandbox, Server};
use serde_json::json;

const ID: &str = "AKIARTXV5AHDTEST2YOU";
const SECRET: &str = "NotASecret/xacct/sandbox/hub/you/EXAMPLE";

fn doctor(sandbox: &Sandbox) -> Cmd {
    sandbox.xacct(&["doctor"])
}

/// Exactly these lines are found.
#[track_caller]
fn finds(run: Cmd, expected: &str) {
    assert_eq!(findings(&run.run()), expected);
}

fn add_credentials(sandbox: &Sandbox, text: &str) {
    let path = sandbox.home().join(".aws/credentials");
    fs::write(&path, fs::read_to_string(&path).unwrap() + text).unwrap();
}

/// An address where nobody listens.
fn nobody() -> String {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string()
}

#[test]
fn a_hundred_roles_of_one_key_are_one_request() {
    let sandbox = Sandbox::start();
    for n in 0..100 {
        sandbox.add_config(&format!(
            "[profile r{n}]\nrole_arn = arn:aws:iam::{:012}:role/R\nsource_profile = hub\nregion = \
             eu-west-1\n",
            500_000_000_000_u64 + n
        ));
    }
    doctor(&sandbox)
        .run()
        .ok()
        .stdout_contains("108 profiles, 1 cache, 1 access key, 1 endpoint looked at");
    sandbox.asked(&["GetCallerIdentity"]);
    // Neither of it uses keys, and one look at the endpoint is enough for Identity Center's two
    // services.
    sandbox
        .xacct(&["doctor", "acme"])
        .run()
        .ok()
        .stdout_contains("1 profile, 1 cache, 1 endpoint looked at");
    sandbox.asked(&[""]);
}

#[test]
fn nobody_is_asked_for_anything() {
    let sandbox = Sandbox::start();
    let mut pty = sandbox.pty(&["doctor"]);
    pty.expect("healthy");
    sandbox.asked(&["GetCallerIdentity"]);
}

#[test]
fn dead_keys() {
    let sandbox = Sandbox::start();
    let wrong = "[idle]\naws_access_key_id = AKIARTXV5AHDTESTIDLE\naws_secret_access_key = \
                 NotASecret/xacct/sandbox/hub/old/EXAMPLE\n";
    add_credentials(&sandbox, wrong);
    sandbox.add_config("[profile idle]\nregion = eu-west-1\n");
    finds(
        doctor(&sandbox),
        "\
~/.aws/credentials:5: error: profile 'idle': AWS does not take the access key \
         AKIARTXV5AHDTESTIDLE: InvalidClientTokenId: The security token included in the request is \
         invalid [keys-dead]
  make a new access key in IAM and write it here, or make this one active again
",
    );
    sandbox.write_credentials(&format!(
        "[hub]\naws_access_key_id = {ID}\naws_secret_access_key = wrong\n"
    ));
    sandbox.edit_config("[profile idle]\nregion = eu-west-1\n", "");
    let run = doctor(&sandbox).run().status(1);
    let found = findings(&run);
    assert!(
        found.starts_with(&format!(
            "~/.aws/credentials:2: error: profile 'hub': AWS does not take the access key {ID}: \
             SignatureDoesNotMatch: "
        )),
        "{found}"
    );
    assert!(
        found.ends_with(" [keys-dead]\n  correct aws_secret_access_key: it is not this key's\n"),
        "{found}"
    );
}

#[test]
fn keys_that_nothing_is_said_of() {
    let sandbox = Sandbox::start();
    let refusing = Server::start(|_| {
        let body = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
        (
            403,
            "content-type: text/xml\r\n".to_owned(),
            body.to_owned(),
        )
    });
    finds(
        doctor(&sandbox).env("AWS_ENDPOINT_URL", refusing.endpoint()),
        &format!(
            "\
~/.aws/credentials:2: warning: profile 'hub': AWS does not say whose the access key {ID} is: \
             AccessDenied: no [keys-unchecked]
  try again; xacct whoami shows the whole answer with -v
"
        ),
    );
    assert_eq!(refusing.asked(), ["POST /"]);
}

#[test]
fn accounts_and_devices() {
    let sandbox = Sandbox::start();
    add_credentials(&sandbox, "aws_account_id = 222222222222\n");
    sandbox.edit_config(
        "arn:aws:iam::111111111111:mfa/you",
        "arn:aws:iam::111111111111:mfa/phone",
    );
    finds(
        doctor(&sandbox),
        "\
~/.aws/config:7: note: profile 'hub': the MFA device is called 'phone', and the access key's user \
         'you' [mfa-device-name]
  if codes are refused, look in IAM under Security credentials for its ARN
~/.aws/credentials:2: error: profile 'hub': aws_account_id is 222222222222, and the access key is in 111111111111 [account-id-wrong]
  write aws_account_id = 111111111111
",
    );
    sandbox.write_credentials(&format!(
        "[hub]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"
    ));
    sandbox.edit_config(
        "arn:aws:iam::111111111111:mfa/phone",
        "arn:aws:iam::222222222222:mfa/you",
    );
    finds(
        doctor(&sandbox),
        &format!(
            "\
~/.aws/config:7: error: profile 'hub': the MFA device is in account 222222222222, and the access \
             key {ID} in 111111111111 [mfa-device-foreign]
  write the ARN of a device of your own: IAM shows it under Security credentials
"
        ),
    );
    sandbox
        .calls()
        .iter()
        .for_each(|call| assert_eq!(call, "GetCallerIdentity"));
}

/// Several profiles share a device: the one whose section it stands in is named, wherever the
/// others are.
#[test]
fn a_shared_device_is_found_where_it_stands() {
    let sandbox = Sandbox::start();
    let config = |serial: &str| {
        sandbox.write_config(&format!(
            "[profile one]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile \
             = hub\n\
             external_id = client1-7731\ninclude_profile = device\nregion = eu-west-1\n\
             [profile hub]\ninclude_profile = device\nregion = eu-central-1\n\
             [profile device]\nmfa_serial = {serial}\n"
        ));
    };
    config("arn:aws:iam::222222222222:mfa/you");
    finds(
        doctor(&sandbox),
        &format!(
            "\
~/.aws/config:11: error: profile 'device': the MFA device is in account 222222222222, and the \
             access key {ID} in 111111111111 [mfa-device-foreign]
  write the ARN of a device of your own: IAM shows it under Security credentials
"
        ),
    );
    sandbox.asked(&["GetCallerIdentity"]);
    // The same where the value itself is refused, by a plan that comes to it on the way.
    config("arn:aws:iam::2222:mfa/you");
    for args in [&["doctor"][..], &["doctor", "one"]] {
        let found = findings(&sandbox.xacct(args).run());
        let start = "~/.aws/config:11: error: profile 'device': mfa_serial has an account id that \
                     is not twelve digits";
        assert!(
            found.starts_with(start) && found.matches("mfa_serial").count() == 1,
            "{found}"
        );
    }
}

#[test]
fn the_clock() {
    let sandbox = Sandbox::start();
    for (offset, expected) in [
        (30, ""),
        (-30, ""),
        (
            200,
            "\
note: this machine's clock is 3m … behind AWS's [clock-drifts]
  set the clock: sudo timedatectl set-ntp true
",
        ),
        (
            -3630,
            "\
error: this machine's clock is 1h ahead of AWS's [clock-off]
  set the clock: sudo timedatectl set-ntp true
",
        ),
    ] {
        sandbox.clock(offset);
        let found = findings(
            &doctor(&sandbox)
                .run()
                .status(i32::from(expected.starts_with("error"))),
        );
        let seconds = found
            .split_once("3m ")
            .and_then(|(_, rest)| Some(rest.split_once(" behind")?.0.to_owned()));
        let found = seconds.map_or(found.clone(), |seconds| {
            found.replace(&format!("3m {seconds}"), "3m …")
        });
        assert_eq!(found, expected);
    }
}

#[test]
fn hosts_that_are_not_reached() {
    let sandbox = Sandbox::start();
    let nobody = nobody();
    finds(
        doctor(&sandbox).env("AWS_ENDPOINT_URL", format!("https://{nobody}")),
        &format!(
            "\
error: https://{nobody} is not reached: no connection to {nobody} (Connection refused (os error \
             111)) [host-unreachable]
  look at the network, or set HTTPS_PROXY
"
        ),
    );
    finds(
        doctor(&sandbox)
            .env("AWS_ENDPOINT_URL", "https://sts.example.com")
            .env("HTTPS_PROXY", format!("http://u:SECRET@{nobody}")),
        &format!(
            "\
error: https://sts.example.com, through the proxy {nobody}, is not reached: no connection to \
             {nobody} (Connection refused (os error 111)) [host-unreachable]
  correct HTTPS_PROXY, or start the proxy
"
        ),
    );
    let run = doctor(&sandbox)
        .env("AWS_ENDPOINT_URL", "https://sts.xacct.invalid")
        .run()
        .status(1);
    let found = findings(&run);
    assert!(
        found.starts_with(
            "error: https://sts.xacct.invalid is not reached: sts.xacct.invalid:443 has no address \
             ("
        ),
        "{found}"
    );
    assert!(
        found
            .ends_with(") [host-unknown]\n  look at the network, and at region and endpoint_url\n"),
        "{found}"
    );
    sandbox.asked(&[]);
}

#[test]
fn connections_without_an_answer() {
    let sandbox = Sandbox::start();
    let host = sandbox.endpoint().trim_start_matches("http://").to_owned();
    finds(
        doctor(&sandbox).env("AWS_ENDPOINT_URL", format!("https://{host}")),
        &format!(
            "\
error: https://{host} is not reached: there is a connection to {host}, but TLS fails (received \
             corrupt message of type InvalidContentType) [tls-failed]
  if a proxy has a certificate of its own: AWS_CA_BUNDLE names a PEM file with its authority; if this \
             system has no authorities: install ca-certificates
"
        ),
    );
    sandbox.fault(&json!({"kind": "error", "status": 503, "count": 9}));
    let found = findings(&doctor(&sandbox).run().status(1));
    let start = format!(
        "error: http://{host} is not reached: there is a connection to {host}, but no good answer ("
    );
    assert!(found.starts_with(&start), "{found}");
    assert!(
        found.ends_with(") [no-answer]\n  try again; else look at the proxy, or at endpoint_url\n"),
        "{found}"
    );
}

#[test]
fn bundles_and_proxies_that_cannot_be_used() {
    let sandbox = Sandbox::start();
    let bundle = sandbox.home().join("none.pem");
    let shown = bundle.display();
    finds(
        doctor(&sandbox).env("AWS_CA_BUNDLE", &bundle).env("https_proxy", "http://"),
        &format!(
            "\
error: https_proxy is not a valid proxy address, and is ignored [proxy-invalid]
  export https_proxy=http://HOST:PORT
error: the CA bundle {shown} cannot be read: No such file or directory (os error 2) [ca-bundle-unusable]
  AWS_CA_BUNDLE, or ca_bundle in the profile, names a PEM file of certificate authorities
"
        ),
    );
    sandbox.asked(&[]);
}
