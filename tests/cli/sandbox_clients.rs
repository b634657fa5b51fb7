//! boto3 and the AWS CLI, clients that know nothing of this project, find the sandbox's services to
//! be AWS's.

#![expect(
    clippy::print_stderr,
    reason = "this is test code; clippy knows only #[test]"
)]

use std::path::Path;
use std::process::Command;

use crate::common::{Sandbox, XACCT, outer_env};

/// `XACCT_TEST_PYTHON`, `.venv/bin/python`, `python3`: the first that has boto3.
fn python() -> Option<String> {
    let venv = concat!(env!("CARGO_MANIFEST_DIR"), "/.venv/bin/python");
    let mut candidates = outer_env("XACCT_TEST_PYTHON")
        .into_iter()
        .chain([venv.to_owned(), "python3".to_owned()]);
    candidates.find(|python| {
        let tried = Command::new(python).args(["-c", "import boto3"]).output();
        tried.is_ok_and(|output| output.status.success())
    })
}

/// Runs the script of checks in this sandbox; there must be at least so many.
fn conforms(sandbox: &Sandbox, name: &str, at_least: u32) {
    let require_all = outer_env("XACCT_TEST_REQUIRE_ALL").as_deref() == Some("1");
    let Some(python) = python() else {
        assert!(!require_all, "boto3 is nowhere: set XACCT_TEST_PYTHON");
        eprintln!("skipped: no python with boto3 (set XACCT_TEST_PYTHON)");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/python")
        .join(name);
    // A python of pyenv or of a venv is found by the outer PATH.
    let output = sandbox
        .program(&python, &[script.as_os_str(), XACCT.as_ref()])
        .env("PATH", outer_env("PATH").unwrap_or_default())
        .env(
            "XACCT_TEST_REQUIRE_ALL",
            if require_all { "1" } else { "0" },
        )
        .run();
    let summary = output
        .stdout_text()
        .lines()
        .last()
        .unwrap_or_default()
        .to_owned();
    let output = output.status(0);
    if output.stderr_text().starts_with("skipped: ") {
        eprint!("{}", output.stderr_text());
    }
    assert!(summary.ends_with(": 0 failed"), "{summary}");
    let checks: u32 = summary.split(' ').next().unwrap().parse().unwrap();
    assert!(checks >= at_least, "only {checks} checks were made");
}

#[test]
fn boto3_and_the_aws_cli_agree_with_the_sandbox() {
    conforms(&Sandbox::start(), "sts_conformance.py", 55);
}

#[test]
fn boto3_signs_in_at_the_sandboxs_identity_center() {
    conforms(&Sandbox::start(), "sso_conformance.py", 44);
}

#[cfg(unix)]
#[test]
fn boto3_and_the_aws_cli_share_a_sign_in_with_xacct() {
    conforms(&Sandbox::signed_in(), "sso_interop.py", 20);
}
