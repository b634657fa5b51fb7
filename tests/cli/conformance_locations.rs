//! AWS's own cases of file locations, through the binary. Its cases of what stands in the files are
//! unit tests of `config`, because `config show` masks the values of keys that it does not know.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::process::Output;

use serde_json::Value;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/conformance");

fn cases(file: &str) -> Vec<Value> {
    let text = fs::read_to_string(Path::new(DATA).join(file)).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    document["tests"].as_array().unwrap().clone()
}

fn config_show(variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xacct"));
    command
        .args(["config", "show", "--json", "--no-origin"])
        .env_clear();
    command.envs(variables.iter().copied()).output().unwrap()
}

/// The cases for Windows are held against the same function in its unit tests, since this binary is
/// not for Windows.
#[test]
#[ignore = "needs AWS's own cases: see CONTRIBUTING.md"]
#[cfg(unix)]
fn files_are_found_where_the_sdks_find_them() {
    let cases = cases("file-location-tests.json");
    let mut count = 0;
    for case in cases.iter().filter(|case| case["platform"] == "linux") {
        let variables = case["environment"].as_object().unwrap();
        let variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
            .collect();
        let output = config_show(&variables);
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "",
            "{}",
            case["name"]
        );
        let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            shown["files"]["config"], case["configLocation"],
            "{}",
            case["name"]
        );
        assert_eq!(
            shown["files"]["credentials"], case["credentialsLocation"],
            "{}",
            case["name"]
        );
        count += 1;
    }
    assert_eq!(count, 4);
}
