//! AWS's own cases of profile-file parsing and of file locations, through the binary: `config show --json --no-origin`
//! against what the SDKs read. Where xacct reads otherwise on purpose, the case is listed here with the reason.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::process::Output;

use serde_json::Value;
use serde_json::json;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/conformance");

/// The case's name, what xacct reads instead, and why. A case that no longer deviates fails the test.
const DEVIATIONS: [(&str, &str, &str); 1] = [(
    "Profile names support alphanumeric characters and - / . % @ _ : +",
    r#"{"some-thing:long/the_one%only.foo@bar+": {}, "foo!bar": {}}"#,
    "the AWS CLI takes any name, so people have such profiles; the SDKs drop them with a warning in a log",
)];

/// The cases; `None`, said aloud, where the data is not there.
#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
fn cases(file: &str) -> Option<Vec<Value>> {
    let Ok(text) = fs::read_to_string(Path::new(DATA).join(file)) else {
        eprintln!("SKIPPED: {DATA}/{file} is not there");
        return None;
    };
    let document: Value = serde_json::from_str(&text).unwrap();
    Some(document["tests"].as_array().unwrap().clone())
}

fn config_show(variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xacct"));
    command.args(["config", "show", "--json", "--no-origin"]).env_clear();
    command.envs(variables.iter().copied()).output().unwrap()
}

/// What `config show` says of the case's files.
fn shown(case: &Value) -> Value {
    let home = tempfile::tempdir().unwrap();
    let aws = home.path().join(".aws");
    fs::create_dir(&aws).unwrap();
    for (input, name) in [("configFile", "config"), ("credentialsFile", "credentials")] {
        if let Some(text) = case["input"][input].as_str() {
            fs::write(aws.join(name), text).unwrap();
        }
    }
    let output = config_show(&[("HOME", home.path().to_str().unwrap())]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", case["name"]);
    assert_eq!(output.status.code(), Some(0), "{}", case["name"]);
    serde_json::from_slice(&output.stdout).unwrap()
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
    let sso_sessions = wanted.get("sso_sessions").cloned().unwrap_or_else(|| json!({}));
    let same = shown["profiles"] == wanted["profiles"] && shown["sso_sessions"] == sso_sessions;
    (!same).then(|| shown["profiles"].clone())
}

#[test]
fn profile_files_are_read_as_the_sdks_read_them() {
    let Some(cases) = cases("profile-parser-tests.json") else { return };
    assert_eq!(cases.len(), 65);
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let read = deviation(case);
        match (read, DEVIATIONS.iter().find(|(listed, _, _)| *listed == name)) {
            (None, None) => {}
            (None, Some(_)) => wrong.push(format!("{name}: listed as a deviation and deviates no more")),
            (Some(read), None) => wrong.push(format!("{name}: {} read as {read}", case["input"])),
            (Some(read), Some((_, instead, _))) => {
                assert_eq!(read, serde_json::from_str::<Value>(instead).unwrap(), "{name}");
            }
        }
    }
    let names: Vec<&str> = cases.iter().filter_map(|case| case["name"].as_str()).collect();
    let gone = DEVIATIONS.iter().filter(|(name, _, _)| !names.contains(name));
    wrong.extend(gone.map(|(name, _, _)| format!("{name}: listed, and there is no such case")));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A broken line costs that line, where the SDKs give up on both files.
#[test]
fn files_that_the_sdks_reject_keep_their_other_profiles() {
    let Some(cases) = cases("profile-parser-tests.json") else { return };
    let rejected = cases.iter().filter(|case| case["output"].get("errorContaining").is_some());
    let mut count = 0;
    for case in rejected {
        let mut longer = case.clone();
        let text = case["input"]["configFile"].as_str().unwrap();
        longer["input"]["configFile"] = Value::from(format!("{text}\n[profile other]\nname = value\n"));
        assert_eq!(shown(&longer)["profiles"]["other"], json!({"name": "value"}), "{}", case["name"]);
        count += 1;
    }
    assert_eq!(count, 10);
}

/// The cases for Windows are held against the same function in its unit tests, since this binary is not for Windows.
#[test]
#[cfg(unix)]
fn files_are_found_where_the_sdks_find_them() {
    let Some(cases) = cases("file-location-tests.json") else { return };
    let mut count = 0;
    for case in cases.iter().filter(|case| case["platform"] == "linux") {
        let variables = case["environment"].as_object().unwrap();
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
        let output = config_show(&variables);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", case["name"]);
        let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(shown["files"]["config"], case["configLocation"], "{}", case["name"]);
        assert_eq!(shown["files"]["credentials"], case["credentialsLocation"], "{}", case["name"]);
        count += 1;
    }
    assert_eq!(count, 4);
}
