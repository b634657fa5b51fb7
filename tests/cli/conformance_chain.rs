//! AWS's own cases of resolving a profile to a chain of credentials, through the binary: `explain
//! SELECTED --json` against `output.ProfileChain`, or exit status 3 with the case's kind of error.

use std::fmt::Write;
use std::fs;
use std::process::{Command, Output};

use crate::common::account;
use serde_json::{Map, Value, json};

const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../shared/conformance/assume-role-tests.json"
);

/// The case's error, and what xacct's message says instead where its words differ.
const ERRORS: [(&str, &str); 14] = [
    (
        "profile must contain `source_profile`",
        "has a role_arn but neither source_profile nor credential_source",
    ),
    (
        "profile contained both source_profile and credential_source",
        "has both source_profile and credential_source",
    ),
    (
        "profile missing aws_secret_access_key",
        "is missing aws_secret_access_key",
    ),
    (
        "profile missing aws_access_key_id",
        "is missing aws_access_key_id",
    ),
    (
        "profile `B` did not contain credential information",
        "profile 'B' did not contain credential information",
    ),
    (
        "profile `A` did not contain credential information",
        "profile 'A' did not contain credential information",
    ),
    (
        "could not find source profile B referenced from A",
        "could not find source profile 'B' referenced from 'A'",
    ),
    ("No profiles were defined", "no profiles were defined"),
    (
        "profile formed an infinite loop",
        "source_profile forms a cycle",
    ),
    ("`role_arn` was missing", "`role_arn` was missing"),
    (
        "if `sso_role_name` is set, then `sso_account_id` must also be set",
        "if `sso_role_name` is set, then `sso_account_id` must also be set",
    ),
    (
        "if `sso_account_id` is set, then `sso_role_name` must also be set",
        "if `sso_account_id` is set, then `sso_role_name` must also be set",
    ),
    (
        "`sso_region` can only be specified in the [sso-session] config when a session name is \
         given",
        "`sso_region` can only be specified in the [sso-session] config when a session name is \
         given",
    ),
    (
        "sso-session named `oops` (referenced by profile `A`) was not found",
        "sso-session named `oops` (referenced by profile `A`) was not found",
    ),
];

fn ini(kind: &str, sections: &Value) -> String {
    let mut text = String::new();
    for (name, keys) in sections.as_object().into_iter().flatten() {
        let _ = writeln!(text, "[{kind} {name}]");
        for (key, value) in keys.as_object().unwrap() {
            let value = value.as_str().unwrap();
            let _ = match key.as_str() {
                "aws_access_key_id" => writeln!(text, "{key} = {}", whole_id(value)),
                _ => writeln!(text, "{key} = {value}"),
            };
        }
    }
    text
}

/// The cases' ids are shorter than any that AWS issues, which xacct refuses, and have underscores,
/// for which it does not show them.
fn whole_id(id: &str) -> String {
    if id.is_empty() {
        String::new()
    } else {
        format!("{:X<20}", id.to_uppercase().replace('_', "X"))
    }
}

fn explain(input: &Value) -> Output {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".aws")).unwrap();
    let config = ini("profile", &input["profiles"]) + &ini("sso-session", &input["sso_sessions"]);
    fs::write(home.path().join(".aws/config"), config).unwrap();
    let selected = input["selected_profile"].as_str().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xacct"));
    command
        .args(["explain", selected, "--json"])
        .env_clear()
        .env("HOME", home.path());
    // The cases' account ids have nine digits, which xacct takes only where no request goes to AWS
    // itself.
    command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    command.output().unwrap()
}

/// The document as the cases write it: one object a link, with the keys that the case has.
fn chain(document: &Value) -> Vec<Value> {
    let source = &document["source"];
    let without_nulls = |pairs: &[(&str, &Value)]| -> Value {
        pairs
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| ((*key).to_owned(), (*value).clone()))
            .collect::<Map<_, _>>()
            .into()
    };
    let fields = |names: &[&str]| {
        without_nulls(
            &names
                .iter()
                .map(|name| (*name, &source[*name]))
                .collect::<Vec<_>>(),
        )
    };
    let first = match source["kind"].as_str().unwrap() {
        "access_key" => json!({"AccessKey": fields(&["access_key_id", "account_id"])}),
        "ec2_instance_metadata" => json!({"NamedSource": "Ec2InstanceMetadata"}),
        "web_identity" => {
            json!({"WebIdentityToken": fields(&["role_arn", "role_session_name", "web_identity_token_file"])})
        }
        "sso" => {
            json!({"Sso": fields(&["sso_session", "sso_region", "sso_start_url", "sso_account_id", "sso_role_name"])})
        }
        other => panic!("{other}"),
    };
    let steps = document["steps"].as_array().unwrap().iter().map(|step| {
        assert_eq!(step["action"], "AssumeRole");
        let names = ["role_arn", "external_id", "role_session_name"];
        let fields = without_nulls(&names.map(|name| (name, &step[name])));
        json!({"AssumeRole": fields})
    });
    std::iter::once(first).chain(steps).collect()
}

/// What the case cannot have: secrets are not explained, and a session name that is xacct's own is
/// not the profile's.
fn comparable(mut chain: Vec<Value>) -> Vec<Value> {
    for link in &mut chain {
        for fields in link
            .as_object_mut()
            .unwrap()
            .values_mut()
            .filter_map(Value::as_object_mut)
        {
            fields.remove("secret_access_key");
            if let Some(Value::String(id)) = fields.get_mut("access_key_id") {
                *id = whole_id(id);
            }
            if fields
                .get("role_session_name")
                .is_some_and(|name| name.as_str() == Some(&format!("xacct-{}", account())))
            {
                fields.remove("role_session_name");
            }
        }
    }
    chain
}

#[test]
#[ignore = "needs AWS's own cases: see CONTRIBUTING.md"]
fn all_cases_resolve_as_in_the_sdks() {
    let text = fs::read_to_string(DATA).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(cases.len(), 28);
    for case in &cases {
        let output = explain(&case["input"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        if let Some(error) = case["output"]["Error"].as_str() {
            let words = ERRORS
                .iter()
                .find(|(theirs, _)| *theirs == error)
                .unwrap()
                .1;
            assert!(stderr.contains(words), "{}: {stderr}", case["docs"]);
            assert_eq!(output.status.code(), Some(3), "{}", case["docs"]);
            continue;
        }
        assert_eq!(output.status.code(), Some(0), "{}: {stderr}", case["docs"]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let wanted = case["output"]["ProfileChain"].as_array().unwrap().clone();
        assert_eq!(
            comparable(chain(&document)),
            comparable(wanted),
            "{}",
            case["docs"]
        );
    }
}
