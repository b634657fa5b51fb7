//! What a command with `--json` prints on stdout where it fails.

use serde_json::json;

use crate::common::Sandbox;

#[test]
fn a_failure_is_an_error_in_json() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(
        "[profile odd]\nrole_arn = arn:aws:iam::222222222222:role/A\nsource_profile = hub\nconfirm \
         =\n",
    );
    let line = std::fs::read_to_string(sandbox.home().join(".aws/config"))
        .unwrap()
        .lines()
        .count();
    let odd = sandbox.xacct(&["explain", "odd", "--json"]).run().status(3);
    let odd = odd
        .stderr_contains(&format!("xacct: error: ~/.aws/config:{line}: "))
        .json();
    let error = &odd["error"];
    assert_eq!(error["kind"], "config");
    assert_eq!(
        error["place"],
        json!({"file": "~/.aws/config", "line": line, "name": null})
    );
    assert!(
        !error["message"]
            .as_str()
            .unwrap()
            .contains("~/.aws/config:"),
        "{odd}"
    );
    assert_eq!(error["cause"], json!(null));
    for args in [
        &["explain", "hubb", "--json"][..],
        &["config", "show", "hubb", "--json"],
    ] {
        let unknown = sandbox
            .xacct(args)
            .run()
            .status(3)
            .stderr_contains("did you mean 'hub'?")
            .json();
        assert_eq!(unknown["error"]["place"], json!(null), "{args:?}");
        assert_eq!(
            unknown["error"]["hints"],
            json!(["did you mean 'hub'?"]),
            "{args:?}"
        );
    }
    let region = sandbox
        .xacct(&["explain", "client1", "--region", "eu-wst-1", "--json"])
        .run()
        .status(3);
    let region = region.stderr_contains("xacct: error: --region: ").json();
    assert_eq!(
        region["error"]["place"],
        json!({"file": null, "line": null, "name": "--region"})
    );
    assert_eq!(region["error"]["id"], "region-malformed");
    let nobody = sandbox
        .xacct(&["whoami", "client1", "--json", "--no-input"])
        .run()
        .status(5);
    let nobody = nobody.stderr_contains("MFA").json();
    assert_eq!(nobody["error"]["kind"], "needs_person");
    // Without --json, stdout stays empty.
    sandbox
        .xacct(&["explain", "hubb"])
        .run()
        .status(3)
        .stdout("")
        .stderr_contains("did you mean");
}

#[test]
fn what_aws_refused_and_what_was_not_reached_are_kinds_of_their_own() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(
        "[profile dead]\naws_access_key_id = AKIARTXV5AHDTEST2NOT\naws_secret_access_key = \
         NotASecret/dead/EXAMPLE\n",
    );
    let refused = sandbox.xacct(&["whoami", "dead", "--json"]).run().status(4);
    assert_eq!(
        refused.stderr_contains("InvalidClientTokenId").json()["error"]["kind"],
        "refused"
    );
    let away = sandbox
        .xacct(&["whoami", "keys", "--json"])
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let away = away
        .env("AWS_MAX_ATTEMPTS", "1")
        .run()
        .status(6)
        .stderr_contains("could not be reached");
    assert_eq!(away.json()["error"]["kind"], "unreachable");
}
