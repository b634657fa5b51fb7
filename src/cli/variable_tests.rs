//! The `XACCT_…` variables: each stands for its option, and an empty one for nothing.

use std::ffi::OsString;

use super::complete::whole;
use super::*;
use crate::env::Env;

fn words(line: &str) -> Vec<OsString> {
    std::iter::once("xacct")
        .chain(line.split_whitespace())
        .map(OsString::from)
        .collect()
}

/// clap reads the variables of its own process, so this test runs itself again with the ones given.
fn parsed_with(variables: &[(&str, &str)], line: &str) -> String {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child
        .args([
            "--exact",
            "cli::variable_tests::in_an_environment",
            "--nocapture",
            "--test-threads=1",
        ])
        .env_clear();
    child.env("TEST_LINE", line).envs(variables.iter().copied());
    let output = child.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn in_an_environment() {
    let env = Env::from_process();
    let Some(line) = env.get("TEST_LINE") else {
        return;
    };
    match parse(words(line), &env) {
        Ok(cli) => println!("{cli:?}"),
        Err(error) => println!("status {}\n{error}", error.exit_code()),
    }
}

#[test]
fn variables_stand_for_options() {
    let shown = parsed_with(
        &[
            ("XACCT_SESSION_NAME", "x1"),
            ("XACCT_MFA_CODE", "123456"),
            ("XACCT_NO_INPUT", "yes"),
            ("XACCT_REFRESH", "0"),
            ("XACCT_READ_ONLY", "FALSE"),
            ("XACCT_MIN_TTL", "15m"),
            ("XACCT_SHELL", "fish"),
            ("XACCT_COLOR", "never"),
            ("XACCT_VERBOSE", "2"),
            ("XACCT_QUIET", "true"),
            ("XACCT_PROFILE", "never-this"),
        ],
        "assume client1 --color always",
    );
    for wanted in [
        r#"role_session_name: Some("x1")"#,
        "mfa_code: Some(Secret(…))",
        "no_input: true",
        "refresh: false",
        "read_only: false",
        "min_ttl: Some(900)",
        "shell: Some(Fish)",
        "color: Always",
        "verbose: 2",
        "quiet: true",
        r#"profile: Some("client1")"#,
    ] {
        assert!(shown.contains(wanted), "{wanted} in {shown}");
    }
    assert!(!shown.contains("never-this"), "{shown}");
    let global_first = parsed_with(&[("XACCT_COLOR", "never")], "--color always list");
    assert!(global_first.contains("color: Always"), "{global_first}");
}

#[test]
fn xacct_profile_does_not_name_the_profile() {
    let shown = parsed_with(&[("XACCT_PROFILE", "client1")], "assume");
    assert!(shown.contains("status 2\n"), "{shown}");
}

#[test]
fn empty_variables_count_as_unset() {
    let names = [
        "XACCT_SESSION_NAME",
        "XACCT_MFA_CODE",
        "XACCT_NO_INPUT",
        "XACCT_MIN_TTL",
        "XACCT_SHELL",
        "XACCT_COLOR",
        "XACCT_VERBOSE",
    ];
    for blank in ["", " "] {
        let shown = parsed_with(&names.map(|name| (name, blank)), "assume client1");
        assert!(
            shown.contains(&format!(
                "{:?}\n",
                parse(words("assume client1"), &Env::default()).unwrap()
            )),
            "{shown}"
        );
    }
}

/// A variable that was forgotten must not change who one becomes, nor what is printed.
#[test]
fn who_and_what_is_printed_is_said_by_options_alone() {
    let names = [
        "XACCT_ROLE_ARN",
        "XACCT_SOURCE_PROFILE",
        "XACCT_EXTERNAL_ID",
        "XACCT_MFA_SERIAL",
        "XACCT_SOURCE_IDENTITY",
        "XACCT_TAG",
        "XACCT_POLICY",
        "XACCT_POLICY_ARN",
        "XACCT_ACCOUNT",
        "XACCT_ROLE",
        "XACCT_FORMAT",
        "XACCT_JSON",
        "XACCT_PRINT",
        "XACCT_OUTPUT",
    ];
    for line in [
        "assume client1",
        "explain client1",
        "each client1 -- true",
        "add client1",
        "audit",
    ] {
        let shown = parsed_with(&names.map(|name| (name, "a=1")), line);
        assert!(
            shown.contains(&format!(
                "{:?}\n",
                parse(words(line), &Env::default()).unwrap()
            )),
            "{line}: {shown}"
        );
    }
    for command in names_of_variables(&whole()) {
        assert!(!names.contains(&command.as_str()), "{command}");
    }
}

fn names_of_variables(command: &clap::Command) -> Vec<String> {
    let own = command
        .get_arguments()
        .filter_map(|arg| Some(arg.get_env()?.to_str()?.to_owned()));
    own.chain(command.get_subcommands().flat_map(names_of_variables))
        .collect()
}

#[test]
fn a_bad_variable_is_a_usage_error() {
    let shown = parsed_with(&[("XACCT_MIN_TTL", "soon")], "assume client1");
    assert!(
        shown.contains("status 2\n") && shown.contains("'soon' is not a duration"),
        "{shown}"
    );
}

#[test]
fn help_does_not_show_the_code() {
    let shown = parsed_with(&[("XACCT_MFA_CODE", "123456")], "assume --help");
    assert!(
        shown.contains("XACCT_MFA_CODE") && !shown.contains("123456"),
        "{shown}"
    );
}
