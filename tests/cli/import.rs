//! `xacct import`: what other tools have written becomes plain profiles.
#![cfg(unix)]

use std::fs;

use crate::common::Sandbox;

const WRAPPED: &str = "
[profile wrapped]
credential_process = /usr/bin/aws-vault exec client1 --json
region = eu-west-1
";

#[test]
fn a_wrapper_becomes_the_role_that_it_wraps() {
    let sandbox = Sandbox::start();
    sandbox.add_config(WRAPPED);
    let file = sandbox.home().join(".aws/config");
    let before = fs::read_to_string(&file).unwrap();
    sandbox
        .xacct(&["import", "aws-vault", "--dry-run"])
        .run()
        .status(0)
        .stdout_contains(
            "-credential_process = /usr/bin/aws-vault ********\n+include_profile = client1\n",
        )
        .stderr("xacct: profiles: changes 1, keeps 8\n");
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    sandbox
        .xacct(&["import", "aws-vault"])
        .run()
        .status(5)
        .stderr_contains("confirmation required");
    sandbox
        .xacct(&["import", "aws-vault", "--yes"])
        .run()
        .status(0)
        .stderr_contains("xacct: plain profiles now: 'wrapped'\n");
    let code = sandbox.fresh_code();
    sandbox
        .xacct(&["whoami", "wrapped", "--mfa-code", &code])
        .run()
        .ok()
        .stdout_contains("222222222222");
    sandbox
        .xacct(&["import", "aws-vault", "--yes"])
        .run()
        .status(0)
        .stdout("")
        .stderr("xacct: no profile calls aws-vault: nothing to change\n");
}

#[test]
fn a_file_that_cannot_be_read_and_an_unknown_tool() {
    let sandbox = Sandbox::start();
    fs::create_dir(sandbox.home().join(".aws-sso")).unwrap();
    fs::write(sandbox.home().join(".aws-sso/config.yaml"), "a: [\n").unwrap();
    sandbox
        .xacct(&["import", "aws-sso-cli"])
        .run()
        .status(3)
        .stderr_contains("~/.aws-sso/config.yaml: ");
    sandbox
        .xacct(&["import", "aws-valt"])
        .run()
        .status(2)
        .stderr_contains("aws-vault, granted, awsume, saml2aws, aws-sso-cli, leapp");
}

/// Nothing is written that could not be used.
#[test]
fn a_profile_that_would_not_work_is_left_alone() {
    let sandbox = Sandbox::start();
    sandbox.add_config(
        "\n[profile w]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\n\
         source_profile = gone\ncredential_process = aws-vault exec w --json\n",
    );
    let file = sandbox.home().join(".aws/config");
    let before = fs::read_to_string(&file).unwrap();
    sandbox
        .xacct(&["import", "aws-vault", "--yes"])
        .run()
        .status(3)
        .stderr_contains("profile 'w' could not be used afterwards, and nothing was changed: ");
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
}
