//! `xacct explain`: the plan in text and JSON, without the network; and that it is what then
//! happens.

use crate::common::Sandbox;
use serde_json::{Value, json};

#[test]
fn the_plan_in_words() {
    let sandbox = Sandbox::start();
    let endpoint = sandbox.endpoint().to_owned();
    sandbox.xacct(&["explain", "client3"]).run().ok().stdout(&format!(
        "\
profile   client3
region    us-west-2 (~/.aws/config:30)
endpoint  {endpoint} (AWS_ENDPOINT_URL)
source    access key AKIARTXV5AHDTEST2YOU of profile 'hub' (~/.aws/credentials:2)
step 1    AssumeRole arn:aws:iam::444444444444:role/LongRunning (~/.aws/config:26)
          profile            client3
          source profile     hub (~/.aws/config:27)
          external id        none
          session name       xacct-user (default)
          duration           12h (~/.aws/config:29)
          MFA device         arn:aws:iam::111111111111:mfa/you (~/.aws/config:28; longer than 1h, so the code goes on the role itself)
          cached             no
now       xacct will send 2 requests and prompt for a code
"
    ));
    sandbox.asked(&[]);
}

/// The steps, and the origins of each.
fn without_origins(shown: &Value) -> (Value, Value) {
    let mut steps = shown["steps"].clone();
    let each = steps.as_array_mut().unwrap().iter_mut();
    let origins: Vec<Value> = each
        .map(|step| step.as_object_mut().unwrap().remove("origins").unwrap())
        .collect();
    (steps, json!(origins))
}

#[test]
fn every_value_of_a_chain_has_an_origin() {
    let sandbox = Sandbox::start();
    sandbox.edit_config(
        "source_profile = client2\n",
        "source_profile = client2\nduration_seconds = 7200\n",
    );
    let shown = sandbox
        .xacct(&["explain", "chained", "--json"])
        .run()
        .ok()
        .json();
    assert_eq!(
        without_origins(&shown).1,
        json!([
            {"mfa_serial": "~/.aws/config:21", "duration_seconds": "default"},
            {"role_arn": "~/.aws/config:18", "source_profile": "~/.aws/config:19", "external_id": "~/.aws/config:20",
             "role_session_name": "default", "duration_seconds": "default"},
            {"role_arn": "~/.aws/config:34", "source_profile": "~/.aws/config:35", "role_session_name": "default", "duration_seconds": "~/.aws/config:36"},
        ])
    );
    assert_eq!(
        shown["origins"],
        json!({"source": "~/.aws/credentials:2", "region": "~/.aws/config:37", "endpoint": "AWS_ENDPOINT_URL"})
    );
}

#[test]
fn the_document_of_a_chain() {
    let sandbox = Sandbox::start();
    sandbox.edit_config(
        "source_profile = client2\n",
        "source_profile = client2\nduration_seconds = 7200\n",
    );
    let shown = sandbox
        .xacct(&["explain", "chained", "--json"])
        .run()
        .ok()
        .json();
    let step = |action: &str,
                profile: &str,
                role_arn: Value,
                external_id: Value,
                duration: u32,
                serial: Value| {
        let name = if role_arn.is_null() {
            Value::Null
        } else {
            json!("xacct-user")
        };
        json!({"action": action, "profile": profile, "role_arn": role_arn, "external_id": external_id,
               "role_session_name": name, "duration_seconds": duration, "mfa_serial": serial, "source_identity": null,
               "tags": null, "transitive_tag_keys": null, "policy": null, "policy_arns": null, "read_only": false,
               "cached_until": null})
    };
    let (steps, _) = without_origins(&shown);
    assert_eq!(
        steps,
        json!([
            step(
                "GetSessionToken",
                "hub",
                Value::Null,
                Value::Null,
                43_200,
                json!("arn:aws:iam::111111111111:mfa/you")
            ),
            step(
                "AssumeRole",
                "client2",
                json!("arn:aws:iam::333333333333:role/partners/Operations"),
                json!("client2-8842"),
                3600,
                Value::Null
            ),
            step(
                "AssumeRole",
                "chained",
                json!("arn:aws:iam::444444444444:role/Inner"),
                Value::Null,
                3600,
                Value::Null
            ),
        ])
    );
    assert_eq!(
        shown["warnings"],
        json!([
            "profile 'chained': duration_seconds = 7200 is cut to 3600: AWS gives a role that is \
             assumed from another session one hour at most"
        ])
    );
    assert_eq!(
        (&shown["profile"], &shown["region"]),
        (&json!("chained"), &json!("us-west-2"))
    );
    assert_eq!(shown["endpoint"], sandbox.endpoint());
    assert_eq!(shown["source"]["kind"], "access_key");
    assert_eq!(shown["source"]["profile"], "hub");
    assert_eq!(shown["source"]["access_key_id"], "AKIARTXV5AHDTEST2YOU");
    assert!(!shown.to_string().contains("NotASecret"));
    sandbox.asked(&[]);
}

#[test]
fn tags_and_source_identity_are_shown() {
    let sandbox = Sandbox::start_plain();
    let words = [
        "explain",
        "plain",
        "--json",
        "--tag",
        "Team=ops",
        "--tag",
        "Cost=1",
        "--source-identity",
        "ada",
    ];
    let shown = sandbox.xacct(&words).run().ok().json();
    assert_eq!(
        shown["steps"][0]["tags"],
        json!({"Cost": "1", "Team": "ops"})
    );
    assert_eq!(shown["steps"][0]["source_identity"], "ada");
    assert_eq!(shown["steps"][0]["origins"]["tags"], "--tag");
    assert_eq!(
        shown["steps"][0]["origins"]["source_identity"],
        "--source-identity"
    );
}

#[test]
fn whatever_is_sent_is_shown_with_what_says_so() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(
        "session_policy = {}\nsession_policy_arns = \
         arn:aws:iam::aws:policy/job-function/ViewOnlyAccess\n\
         session_tags = Team=ops\ntransitive_session_tags = Team\nconfirm = true\n",
    );
    let run = || {
        sandbox
            .xacct(&["explain", "plain", "--json"])
            .env("XACCT_READ_ONLY", "1")
            .env("XACCT_REGION", "us-east-2")
    };
    let shown = run().run().ok().json();
    let step = &shown["steps"][0];
    assert_eq!(step["policy"], "{}");
    assert_eq!(step["read_only"], true);
    assert_eq!(
        step["policy_arns"],
        json!([
            "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
            "arn:aws:iam::aws:policy/ReadOnlyAccess"
        ])
    );
    assert_eq!(step["transitive_tag_keys"], json!(["Team"]));
    let line = |behind: u32| {
        let text = std::fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
        let first = text
            .lines()
            .position(|line| line.starts_with("session_policy ="))
            .unwrap();
        json!(format!("~/.aws/config:{}", first + 1 + behind as usize))
    };
    let places = [
        ("policy", line(0)),
        (
            "policy_arns",
            json!(format!("{}, XACCT_READ_ONLY", line(1).as_str().unwrap())),
        ),
        ("tags", line(2)),
        ("transitive_tag_keys", line(3)),
        ("read_only", json!("XACCT_READ_ONLY")),
    ];
    for (name, place) in places {
        assert_eq!(step["origins"][name], place, "{name}");
    }
    assert_eq!(shown["confirm"], line(4));
    assert_eq!(shown["origins"]["region"], "XACCT_REGION");
    let words = [
        "explain",
        "plain",
        "--duration",
        "20m",
        "--policy-arn",
        "arn:aws:iam::aws:policy/PowerUserAccess",
    ];
    sandbox
        .xacct(&words)
        .run()
        .ok()
        .stdout_contains("duration           20m (--duration)\n")
        .stdout_contains("arn:aws:iam::aws:policy/PowerUserAccess (~/.aws/config:");
}

#[test]
fn the_policy_that_read_only_adds_has_its_line() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config("read_only = true\n");
    let text = std::fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
    let line = text
        .lines()
        .position(|line| line == "read_only = true")
        .unwrap()
        + 1;
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    sandbox
        .xacct(&["explain", "plain"])
        .run()
        .ok()
        .stdout_contains(&format!(
            "policy arns        {arn} (~/.aws/config:{line})\n"
        ))
        .stdout_contains("source profile     keys (~/.aws/config:");
}

#[test]
fn cached_until_is_when_it_ends() {
    let sandbox = Sandbox::start_plain();
    let document = sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .ok()
        .json();
    let shown = sandbox
        .xacct(&["explain", "plain", "--json"])
        .run()
        .ok()
        .json();
    assert_eq!(shown["steps"][0]["cached_until"], document["Expiration"]);
    sandbox.leave("plain", -1);
    let shown = sandbox
        .xacct(&["explain", "plain", "--json"])
        .run()
        .ok()
        .json();
    assert_eq!(shown["steps"][0]["cached_until"], Value::Null);
}

/// What is done to a sandbox before the forecast is held against what happens.
type State = (
    &'static str,
    fn(&Sandbox),
    &'static str,
    &'static [&'static str],
);

fn session(sandbox: &Sandbox, profile: &str) {
    sandbox
        .xacct(&[
            "credential-process",
            profile,
            "--mfa-code",
            &sandbox.fresh_code(),
        ])
        .run()
        .ok();
    sandbox.advance_mfa();
}

const STATES: [State; 17] = [
    ("cold", |_| (), "plain", &[]),
    ("cold, with MFA", |_| (), "client2", &[]),
    ("cold, a chain", |_| (), "chained", &[]),
    ("cold, a long role", |_| (), "client3", &[]),
    ("static", |_| (), "keys", &["--region", "eu-west-1"]),
    (
        "cached",
        |sandbox| drop(sandbox.key_id("plain")),
        "plain",
        &[],
    ),
    (
        "cached, refresh",
        |sandbox| drop(sandbox.key_id("plain")),
        "plain",
        &["--refresh"],
    ),
    (
        "cached, verify",
        |sandbox| drop(sandbox.key_id("plain")),
        "plain",
        &["--verify"],
    ),
    (
        "cached, min-ttl",
        |sandbox| drop(sandbox.key_id("plain")),
        "plain",
        &["--min-ttl", "1h"],
    ),
    (
        "cached, confirmed long ago",
        |sandbox| {
            sandbox.key_id("plain");
            sandbox.confirmed("plain", 900);
        },
        "plain",
        &[],
    ),
    (
        "to be renewed",
        |sandbox| {
            sandbox.key_id("plain");
            sandbox.leave("plain", 600);
        },
        "plain",
        &[],
    ),
    (
        "an MFA session",
        |sandbox| session(sandbox, "hub"),
        "chained",
        &[],
    ),
    (
        "a chain with its first role",
        |sandbox| session(sandbox, "client2"),
        "chained",
        &[],
    ),
    (
        "everything expired",
        |sandbox| {
            session(sandbox, "client2");
            sandbox.leave("client2", -5);
            sandbox.leave("hub", -5);
            sandbox.expire_sessions();
        },
        "client2",
        &[],
    ),
    (
        "expired behind a live session",
        |sandbox| {
            session(sandbox, "client2");
            sandbox.leave("client2", -5);
        },
        "client2",
        &[],
    ),
    (
        "a long role about to end",
        |sandbox| {
            session(sandbox, "client3");
            sandbox.leave("client3", 200);
        },
        "client3",
        &[],
    ),
    (
        "a long role with a while to go",
        |sandbox| {
            session(sandbox, "client3");
            sandbox.leave("client3", 400);
        },
        "client3",
        &[],
    ),
];

#[cfg(unix)]
#[test]
fn what_is_foretold_is_what_happens() {
    for (state, prepare, profile, options) in STATES {
        let sandbox = Sandbox::start_plain();
        prepare(&sandbox);
        sandbox.clear_log();
        // On a terminal, because it is there that somebody can be asked.
        let (status, screen) = sandbox
            .pty(&[&["explain", profile, "--json"], options].concat())
            .wait();
        assert_eq!(status, 0, "{state}: {screen}");
        let foretold: Value =
            serde_json::from_str(&screen).unwrap_or_else(|_| panic!("{state}: {screen}"));
        sandbox.asked(&[]);
        let mut pty = sandbox.pty(&[&["exec", profile], options, &["--", "echo", "done"]].concat());
        if foretold["would_prompt"] == true {
            pty.expect("MFA code for");
            pty.send_line(&sandbox.fresh_code());
        }
        let (status, screen) = pty.wait();
        assert_eq!(status, 0, "{state}: {screen}");
        assert!(screen.contains("done"), "{state}: {screen}");
        assert_eq!(
            Value::from(sandbox.calls().len()),
            foretold["calls"],
            "{state}: {:?}",
            sandbox.calls()
        );
        if foretold["would_prompt"] == false {
            assert!(!screen.contains("MFA code for"), "{state}: {screen}");
        }
    }
}

#[test]
fn a_code_that_is_given_needs_no_prompt() {
    let sandbox = Sandbox::start();
    let code = sandbox.fresh_code();
    let shown = sandbox
        .xacct(&["explain", "client2", "--json", "--mfa-code", &code])
        .run()
        .ok()
        .json();
    assert_eq!(
        (&shown["would_prompt"], &shown["calls"]),
        (&json!(false), &json!(2))
    );
    sandbox
        .xacct(&["credential-process", "client2", "--mfa-code", &code])
        .run()
        .ok();
    sandbox.asked(&["GetSessionToken", "AssumeRole"]);
}

#[test]
fn a_profile_that_does_not_work_is_the_same_error_as_elsewhere() {
    let sandbox = Sandbox::start();
    sandbox.add_config(
        "[profile a]\nrole_arn = arn:aws:iam::555555555555:role/X\nsource_profile = b\n[profile \
         b]\nrole_arn = arn:aws:iam::555555555555:role/Y\nsource_profile = a\n",
    );
    let explained = sandbox
        .xacct(&["explain", "a"])
        .run()
        .status(3)
        .stdout("")
        .stderr_contains("a → b → a");
    let asked = sandbox
        .xacct(&["credential-process", "a"])
        .run()
        .status(3)
        .stdout("");
    asked.stderr(explained.stderr_text());
}
