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

#[test]
fn an_invalid_command_line_is_an_error_in_json_too() {
    let sandbox = Sandbox::start_plain();
    let hints = json!([
        "'xacct list' shows the profiles",
        "Usage: xacct explain [OPTIONS] PROFILE",
        "       xacct explain [OPTIONS] --role-arn ARN --source-profile NAME",
        "--help lists the options",
    ]);
    let no_profile = sandbox.xacct(&["explain", "--json"]).run().status(2).json();
    assert_eq!(
        no_profile,
        json!({"error": {
            "kind": "usage",
            "id": null,
            "place": null,
            "message": "missing <PROFILE>",
            "hints": hints,
            "cause": null,
        }})
    );
    for (args, message) in [
        (
            &["list", "--json", "--nope"][..],
            "unexpected argument '--nope'",
        ),
        (
            &["config", "show", "--nope", "--json"],
            "unexpected argument '--nope'",
        ),
        (
            &["audit", "--json", "--since", "foo"],
            "invalid value 'foo' for --since <DURATION>: 'foo' is not a duration: write it like \
             15m, 1h, 1h30m, or in seconds",
        ),
    ] {
        let run = sandbox.xacct(args).run().status(2);
        let run = run.stderr_contains(&format!("xacct: error: {message}\n  "));
        assert_eq!(run.json()["error"]["message"], message, "{args:?}");
    }
    // These have no --json.
    for args in [
        &["clear", "--json"][..],
        &["exec", "plain", "--nope", "--", "list", "--json"],
    ] {
        let run = sandbox.xacct(args).run();
        run.stdout("").stderr_contains("xacct: error: unexpected");
    }
}

#[test]
fn what_is_wrong_with_a_command_line_has_the_form_of_every_error() {
    let sandbox = Sandbox::start_plain();
    for (args, expected) in [
        (
            &["list", "--jso"][..],
            "unexpected argument '--jso'\n  did you mean '--json'?\n  Usage: xacct list --json \
             [SELECTOR]...",
        ),
        (
            &["sandbox", "serve", "--port", "70000"],
            "invalid value '70000' for --port <PORT>: 70000 is not in 0..=65535",
        ),
        (
            &["clear", "a", "--all"],
            "[PROFILE]... cannot be used with --all\n  Usage: xacct clear [OPTIONS] PROFILE...\n\x20 \
             \x20      xacct clear [OPTIONS] --all",
        ),
        (
            &["sandbox", "serve", "--port", "1", "--port", "2"],
            "--port <PORT> can be given only once\n  Usage: xacct sandbox serve [OPTIONS]",
        ),
        (
            &["list", "--color"],
            "--color <WHEN> needs a value\n  possible values: auto, always, never",
        ),
    ] {
        sandbox
            .xacct(args)
            .run()
            .status(2)
            .stdout("")
            .stderr(&format!(
                "xacct: error: {expected}\n  --help lists the options\n"
            ));
    }
}
