//! What `add`, `adopt` and `sync` show of files before they write them: no secret, in changed lines
//! or around them.
#![cfg(unix)]

use std::fs;

use crate::common::Sandbox;

/// Lines of other tools, and mistakes, in the profiles' neighbourhood.
const SECRETS: &str = "password = hidden1\naws_secretaccess_key = hidden2\nokta_password = \
                       hidden3\n\
                       sso_client_secret = hidden4\ntoken = hidden5\napi_key = hidden6\n\
                       endpoint_url = http://user:hidden7@127.0.0.1:1\nmfa_process = SEED=hidden8 \
                       otp\n\
                       # password = hidden9\nhidden10\n";

const SHOWN: [&str; 10] = [
    "password = ********",
    "aws_secretaccess_key = ********",
    "okta_password = ********",
    "sso_client_secret = ********",
    "token = ********",
    "api_key = ********",
    "endpoint_url = http://********@127.0.0.1:1",
    "mfa_process = ********",
    "# password = ********",
    "********",
];

fn assert_masked(text: &str, mark: char) {
    assert!(!text.contains("hidden"), "{text}");
    for line in SHOWN {
        assert!(
            text.contains(&format!("\n{mark}{line}\n")),
            "{line} in {text}"
        );
    }
}

#[test]
fn lines_around_a_change_are_masked() {
    let sandbox = Sandbox::start();
    let file = sandbox.home().join(".aws/config");
    // Three lines stand before each change: one profile, and one change, for each three of them.
    for lines in SECRETS.split_inclusive('\n').collect::<Vec<_>>().chunks(3) {
        sandbox.write_config(&format!(
            "[profile hub]\n[profile other]\n{}",
            lines.concat()
        ));
        let added = sandbox.xacct(&[
            "add",
            "new",
            "--role-arn",
            "arn:aws:iam::222222222222:role/PartnerAdmin",
            "--source-profile",
            "hub",
            "--dry-run",
            "--no-input",
        ]);
        let run = added.run();
        let shown = run.stdout_text().to_owned();
        let said = run.stderr_text();
        assert!(
            shown.contains("+[profile new]") && !shown.contains("hidden"),
            "{shown}{said}"
        );
        assert!(shown.contains("****"), "{shown}");
    }
    assert!(fs::read_to_string(file).unwrap().contains("hidden10"));
}

#[test]
fn changed_lines_are_masked() {
    let sandbox = Sandbox::start();
    let role = "role_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = hub\n";
    // What moves to the settings file: a program with a secret among its arguments.
    sandbox.write_config(&format!(
        "[profile hub]\n[profile a]\n{role}mfa_process = otp --seed hidden\nmfa_serial = \
         arn:aws:iam::111111111111:mfa/you\n"
    ));
    let run = sandbox.xacct(&["adopt", "a", "--dry-run"]).run();
    let shown = run.stdout_text();
    assert!(!shown.contains("hidden"), "{shown}");
    assert!(
        shown.contains("\n+mfa_process = \"otp ********\"\n"),
        "{shown}"
    );
    assert!(shown.contains("\n-mfa_process = otp ********\n"), "{shown}");
}

/// Users and passwords, with or without a scheme, and what a query says, wherever an address is
/// shown.
#[test]
fn no_address_is_shown_with_a_secret() {
    let sandbox = Sandbox::start_plain();
    let variables = [
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "ecs"),
        ("AWS_ENDPOINT_URL", "plain"),
    ];
    sandbox.add_config(
        "[profile ec2]\ncredential_source = Ec2InstanceMetadata\nrole_arn = \
         arn:aws:iam::222222222222:role/A\nregion = eu-west-1\n[profile ecs]\ncredential_source = \
         EcsContainer\nrole_arn = arn:aws:iam::222222222222:role/A\nregion = eu-west-1\n",
    );
    for (variable, profile) in variables {
        for address in [
            "user:hidden@127.0.0.1:9",
            "http://user:hidden@127.0.0.1:9/",
            "http://127.0.0.1:9/?token=hidden",
        ] {
            for args in [
                &["credential-process", profile, "-vv"][..],
                &["explain", profile],
                &["explain", profile, "--json"],
                &["list"],
                &["doctor", profile],
            ] {
                let run = sandbox.xacct(args).env_remove("AWS_EC2_METADATA_DISABLED");
                let run = run
                    .env("AWS_MAX_ATTEMPTS", "1")
                    .env(variable, address)
                    .run();
                let said = format!("{}{}", run.stdout_text(), run.stderr_text());
                assert!(
                    !said.contains("hidden"),
                    "{variable}={address} {args:?}: {said}"
                );
            }
        }
        let run = sandbox
            .xacct(&["credential-process", profile])
            .env_remove("AWS_EC2_METADATA_DISABLED");
        let run = run.env(variable, "user:hidden@127.0.0.1:9").run().status(3);
        let said = format!(
            "xacct: error: {variable}: '********@127.0.0.1:9' is not an endpoint URL\n  write it \
             like http"
        );
        run.stderr_contains(&said);
    }
}

#[test]
fn sync_masks_too() {
    let sandbox = Sandbox::signed_in();
    let file = sandbox.home().join(".aws/config");
    let before = fs::read_to_string(&file).unwrap();
    // Everything goes with a block that begins anew: the whole file is around it.
    let block = |lines: &str| {
        format!(
            "{before}\n# xacct sync sso acme: begin (kept by xacct: profiles of your own stand \
             outside)\n\
             [profile gone]\nsso_session = acme\nsso_account_id = 222222222222\nsso_role_name = \
             Gone\n{lines}\
             # xacct sync sso acme: end\n"
        )
    };
    sandbox.write_config(&block(SECRETS));
    let run = sandbox
        .xacct(&["sync", "sso", "acme", "--prune", "--dry-run"])
        .run();
    assert_masked(run.stdout_text(), '-');
}
