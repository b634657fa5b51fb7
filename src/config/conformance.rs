//! AWS's own cases of profile-file parsing, against what the SDKs read. Where xacct reads otherwise
//! on purpose, the case is listed here with the reason.

use std::fs;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::Section;
use super::tests::load;

const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../shared/conformance/profile-parser-tests.json"
);

/// The case's name, what xacct reads instead, and why. A case that no longer deviates fails the
/// test.
const DEVIATIONS: [(&str, &str, &str); 1] = [(
    "Profile names support alphanumeric characters and - / . % @ _ : +",
    r#"{"some-thing:long/the_one%only.foo@bar+": {}, "foo!bar": {}}"#,
    "the AWS CLI takes any name, so people have such profiles; the SDKs drop them with a warning \
     in a log",
)];

fn cases() -> Vec<Value> {
    let document: Value = serde_json::from_str(&fs::read_to_string(DATA).unwrap()).unwrap();
    document["tests"].as_array().unwrap().clone()
}

/// What xacct reads in the case's files.
fn shown(case: &Value) -> Value {
    let [config, credentials] = ["configFile", "credentialsFile"]
        .map(|name| case["input"][name].as_str().unwrap_or_default());
    let config = load(config, credentials, "");
    let profiles: Map<String, Value> = config
        .profiles()
        .iter()
        .map(|profile| (profile.name.clone(), values(profile)))
        .collect();
    let sessions = config.sso_session_names().into_iter();
    let sessions: Map<String, Value> = sessions
        .map(|name| {
            let section = config.sso_session(&name).unwrap();
            (name, values(&section))
        })
        .collect();
    let problems = config.problems();
    let problems: Vec<Value> = problems
        .iter()
        .map(|problem| json!({"line": problem.origin.line, "message": problem.message}))
        .collect();
    json!({"profiles": profiles, "sso_sessions": sessions, "problems": problems})
}

fn values(section: &Section) -> Value {
    section
        .iter()
        .map(|(key, setting)| (key.to_owned(), json!(*setting.value)))
        .collect::<Map<_, _>>()
        .into()
}

/// `None` where xacct reads what the case says, or else what it reads.
fn deviation(case: &Value) -> Option<Value> {
    let shown = shown(case);
    if let Some(wanted) = case["output"]["errorContaining"].as_str() {
        let problems = shown["problems"].as_array().unwrap();
        let found = problems.iter().any(|problem| {
            let message = problem["message"].as_str().unwrap();
            message.contains(wanted) && problem["line"].as_u64().unwrap() > 0
        });
        return (!found).then(|| shown["problems"].clone());
    }
    let wanted = &case["output"]["config"];
    let sso_sessions = wanted
        .get("sso_sessions")
        .cloned()
        .unwrap_or_else(|| json!({}));
    let same = shown["profiles"] == wanted["profiles"] && shown["sso_sessions"] == sso_sessions;
    (!same).then(|| shown["profiles"].clone())
}

#[test]
#[ignore = "needs AWS's own cases: see CONTRIBUTING.md"]
fn profile_files_are_read_as_the_sdks_read_them() {
    let cases = cases();
    assert_eq!(cases.len(), 65);
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let read = deviation(case);
        match (
            read,
            DEVIATIONS.iter().find(|(listed, _, _)| *listed == name),
        ) {
            (None, None) => {}
            (None, Some(_)) => wrong.push(format!(
                "{name}: listed as a deviation and deviates no more"
            )),
            (Some(read), None) => wrong.push(format!("{name}: {} read as {read}", case["input"])),
            (Some(read), Some((_, instead, _))) => {
                assert_eq!(
                    read,
                    serde_json::from_str::<Value>(instead).unwrap(),
                    "{name}"
                );
            }
        }
    }
    let names: Vec<&str> = cases
        .iter()
        .filter_map(|case| case["name"].as_str())
        .collect();
    let gone = DEVIATIONS
        .iter()
        .filter(|(name, _, _)| !names.contains(name));
    wrong.extend(gone.map(|(name, _, _)| format!("{name}: listed, and there is no such case")));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A broken line costs that line, where the SDKs give up on both files.
#[test]
#[ignore = "needs AWS's own cases: see CONTRIBUTING.md"]
fn files_that_the_sdks_reject_keep_their_other_profiles() {
    let cases = cases();
    let rejected = cases
        .iter()
        .filter(|case| case["output"].get("errorContaining").is_some());
    let mut count = 0;
    for case in rejected {
        let mut longer = case.clone();
        let text = case["input"]["configFile"].as_str().unwrap();
        longer["input"]["configFile"] =
            Value::from(format!("{text}\n[profile other]\nname = value\n"));
        assert_eq!(
            shown(&longer)["profiles"]["other"],
            json!({"name": "value"}),
            "{}",
            case["name"]
        );
        count += 1;
    }
    assert_eq!(count, 10);
}
