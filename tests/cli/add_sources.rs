//! `xacct add` for roles of IAM Identity Center, and for roles that a machine's own credentials
//! assume.
#![cfg(unix)]

use crate::common::{Cmd, Sandbox, XACCT};
use serde_json::json;

const START_URL: &str = "https://acme.awsapps.com/start";
const ROLE: [&str; 6] = [
    "--sso-account-id",
    "222222222222",
    "--sso-role-name",
    "Admin",
    "--region",
    "eu-west-1",
];

fn config(sandbox: &Sandbox) -> String {
    std::fs::read_to_string(sandbox.home().join(".aws/config")).unwrap()
}

fn add(sandbox: &Sandbox, args: &[&str]) -> Cmd {
    // Without a terminal, whatever the tests run in.
    sandbox.program("setsid", &[&["-w", XACCT, "add"], args].concat())
}

/// What comes at the end of the config file.
fn added(sandbox: &Sandbox, before: &str) -> String {
    config(sandbox).strip_prefix(before).unwrap().to_owned()
}

const PROFILE: &str = "\n[profile new]\nsso_session = acme\nsso_account_id = \
                       222222222222\nsso_role_name = Admin\n\
                       region = eu-west-1\n";

fn in_session<'a>(session: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["new", "--sso-session", session], &ROLE[..], more].concat()
}

#[test]
fn a_role_of_a_known_session_is_tried_and_written() {
    let sandbox = Sandbox::signed_in();
    let before = config(&sandbox);
    let mut args = in_session("acme", &[]);
    args[4] = "111111111111";
    let run = add(&sandbox, &args).run().status(0).stdout("");
    run.stderr_contains("+[profile new]\n+sso_session = acme\n").stderr_contains(
        "xacct: 'new' works: it is arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_",
    );
    sandbox.asked(&["GetRoleCredentials", "GetCallerIdentity"]);
    assert_eq!(
        added(&sandbox, &before),
        PROFILE.replace("222222222222", "111111111111")
    );
    // The role is not assigned in this account.
    let run = add(
        &sandbox,
        &[&["other"], &in_session("acme", &["-q"])[1..]].concat(),
    )
    .run()
    .status(4)
    .stdout("");
    run.stderr_contains("ForbiddenException")
        .stderr_contains("nothing was changed; --no-check writes");
    assert!(!config(&sandbox).contains("other"));
}

#[test]
fn a_new_session_is_written_beside_its_profile() {
    let sandbox = Sandbox::start();
    sandbox.write_config("[default]\nregion = eu-west-1\n");
    let place = ["--sso-start-url", START_URL, "--sso-region", "eu-central-1"];
    let mut args = in_session("acme", &place);
    args[4] = "1111-1111-1111";
    // Nobody is signed in, and nobody can be asked to.
    let run = add(&sandbox, &[&args[..], &["-q"]].concat())
        .run()
        .status(5)
        .stdout("");
    run.stderr(&format!(
        "xacct: error: profile 'new': you are not signed in at {START_URL}\n  nothing was changed; \
         --no-check writes the profile without trying it\n"
    ));
    add(&sandbox, &[&args[..], &["--no-check", "-q"]].concat())
        .run()
        .ok();
    let session = format!(
        "\n[sso-session acme]\nsso_start_url = {START_URL}\nsso_region = \
         eu-central-1\nsso_registration_scopes = sso:account:access\n"
    );
    let profile = PROFILE.replace("222222222222", "111111111111");
    assert_eq!(
        config(&sandbox),
        format!("[default]\nregion = eu-west-1\n{profile}{session}")
    );
    sandbox
        .xacct(&["login", "new"])
        .run()
        .status(0)
        .stderr_contains("signed in at ");
    assert_eq!(
        sandbox
            .xacct(&["credential-process", "new"])
            .run()
            .ok()
            .json()["AccountId"],
        "111111111111"
    );
    // Without a session, the profile says it all itself.
    let legacy = [&["old"], &ROLE[..], &place, &["--no-check", "-q"]].concat();
    let before = config(&sandbox);
    add(&sandbox, &legacy).run().ok();
    assert_eq!(
        added(&sandbox, &before),
        format!(
            "\n[profile old]\nsso_start_url = {START_URL}\nsso_region = \
             eu-central-1\nsso_account_id = 222222222222\n\
             sso_role_name = Admin\nregion = eu-west-1\n"
        )
    );
}

#[test]
fn what_does_not_fit_is_not_written() {
    let sandbox = Sandbox::start();
    let before = config(&sandbox);
    let elsewhere = ["--sso-start-url", "https://other.awsapps.com/start"];
    let place = ["--sso-start-url", START_URL, "--sso-region", "Frankfurt"];
    for (args, status, message) in [
        (
            in_session("acme", &elsewhere),
            3,
            "xacct: error: ~/.aws/config:40: --sso-start-url: [sso-session acme] has sso_start_url \
             = https://acme.awsapps.com/start\n",
        ),
        (
            in_session("a b", &[]),
            3,
            "xacct: error: --sso-session: 'a b' is not a valid name in every SDK",
        ),
        (
            in_session("two", &place),
            3,
            "--sso-region: 'Frankfurt' is not a region",
        ),
        (
            in_session("two", &[]),
            2,
            "--sso-start-url is missing, and no terminal is available to prompt on\n",
        ),
        (
            vec!["new", "--sso-session", "acme"],
            2,
            "--sso-account-id is missing",
        ),
        (
            vec![
                "new",
                "--sso-role-name",
                "a b",
                "--sso-session",
                "acme",
                "--sso-account-id",
                "222222222222",
            ],
            3,
            "--sso-role-name: 'a b'",
        ),
        (
            vec!["new", "--sso-account-id", "12", "--sso-session", "acme"],
            3,
            "--sso-account-id: '12' is not a valid account ID",
        ),
        (
            in_session("acme", &["--role-arn", "x"]),
            2,
            "cannot be used with",
        ),
        (
            in_session("acme", &["--access-key"]),
            2,
            "cannot be used with",
        ),
        (
            vec![
                "new",
                "--credential-source",
                "Moon",
                "--role-arn",
                "arn:aws:iam::222222222222:role/A",
            ],
            3,
            "--credential-source: it is one of Environment, Ec2InstanceMetadata, EcsContainer\n",
        ),
        (
            vec![
                "new",
                "--credential-source",
                "EcsContainer",
                "--source-profile",
                "hub",
            ],
            2,
            "cannot be used with",
        ),
    ] {
        add(&sandbox, &args)
            .run()
            .status(status)
            .stdout("")
            .stderr_contains(message);
        assert_eq!(config(&sandbox), before, "{args:?}");
    }
    sandbox.asked(&[]);
}

#[test]
fn a_machines_own_credentials_assume_the_role() {
    let sandbox = Sandbox::start_plain();
    let before = config(&sandbox);
    let role = "arn:aws:iam::222222222222:role/PartnerAdmin";
    let args = [
        "new",
        "--role-arn",
        role,
        "--credential-source",
        "environment",
        "--external-id",
        "client1-7731",
    ];
    let run = add(&sandbox, &[&args[..], &["--region", "eu-west-1"]].concat());
    let run = run
        .env("AWS_ACCESS_KEY_ID", "AKIARTXV5AHDTEST2YOU")
        .env(
            "AWS_SECRET_ACCESS_KEY",
            "NotASecret/xacct/sandbox/hub/you/EXAMPLE",
        )
        .run();
    run.status(0)
        .stderr_contains("'new' works: it is arn:aws:sts::222222222222:assumed-role/PartnerAdmin/");
    sandbox.asked(&["AssumeRole", "GetCallerIdentity"]);
    assert_eq!(
        added(&sandbox, &before),
        format!(
            "\n[profile new]\nrole_arn = {role}\ncredential_source = Environment\nexternal_id = \
             client1-7731\nregion = eu-west-1\n"
        )
    );
}

#[test]
fn a_person_is_asked_for_it_and_signs_in_on_the_way() {
    let sandbox = Sandbox::start();
    let before = config(&sandbox);
    sandbox.sign_in(&json!({"mode": "pending", "interval": 1}));
    let mut pty = sandbox.pty_with(&["add"], &[("NO_COLOR", "1")]);
    for (question, text) in [
        ("name of the new profile: ", "new"),
        (
            "is it a role, a key, or a role of Identity Center (sso)? [role]: ",
            "sso",
        ),
        ("sso-session, a new one's name or [acme]: ", ""),
        ("account ID: ", "1111"),
        (
            "xacct: '1111' is not a valid account ID: it has twelve digits\r\naccount ID: ",
            "111111111111",
        ),
        ("role, as the access portal names it: ", "ReadOnly"),
        ("region (empty: none): ", "eu-west-1"),
        (
            "+sso_role_name = ReadOnly\r\n+region = eu-west-1\r\nprofiles: adds 1, keeps \
             8\r\nwrite this? [y/N] ",
            "y",
        ),
    ] {
        pty.expect(question);
        pty.send_line(text);
    }
    pty.expect("which must show the code ");
    sandbox.sign_in(&json!({"mode": "approve"}));
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    assert!(screen.contains(
        "'new' works: it is arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_ReadOnly_"
    ));
    let profile = PROFILE
        .replace("222222222222", "111111111111")
        .replace("Admin", "ReadOnly");
    assert_eq!(added(&sandbox, &before), profile);
}
