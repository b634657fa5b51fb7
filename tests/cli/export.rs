//! `xacct export aesr`: what it prints, and what the extension's own parser makes of it.

use crate::common::tools::javascript_sdk;
use crate::common::{Sandbox, outer_env, skip};
use serde_json::{Value, json};

/// Roles of every kind that the extension can be told of, or not.
const MORE: &str = "
[profile plain]
role_arn = arn:aws:iam::555555555555:role/team/Plain
source_profile = keys
region = eu-west-1
color = f80

[profile self]
role_arn = arn:aws:iam::555555555555:role/Self
source_profile = self
mfa_serial = arn:aws:iam::666666666666:mfa/you

[profile acme-plain]
role_arn = arn:aws:iam::555555555555:role/Plain
source_profile = acme

[profile narrowed]
role_arn = arn:aws:iam::555555555555:role/Plain
source_profile = hub
read_only = true

[profile equals]
role_arn = arn:aws:iam::555555555555:role/a=b
source_profile = hub

[profile broken]
role_arn = arn:aws:iam::555555555555:role/Plain
source_profile = nobody
";
const CREDENTIALS: &str = "
[hub]
aws_access_key_id = AKIARTXV5AHDTEST2YOU
aws_secret_access_key = NotASecret/xacct/sandbox/hub/you/EXAMPLE
[keys]
aws_access_key_id = AKIARTXV5AHDTEST2YOU
aws_secret_access_key = NotASecret/xacct/sandbox/hub/you/EXAMPLE
[self]
aws_access_key_id = AKIARTXV5AHDTEST2YOU
aws_secret_access_key = NotASecret/xacct/sandbox/hub/you/EXAMPLE
";

fn start() -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.add_config(MORE);
    sandbox.write_credentials(CREDENTIALS);
    sandbox
}

#[test]
fn roles_that_the_console_can_switch_to_and_why_not_the_others() {
    let sandbox = start();
    let run = sandbox.xacct(&["export", "aesr"]).run().status(0).stdout(
        "\
# AWS Extend Switch Roles, made by 'xacct export aesr'

[hub]
aws_account_id = 111111111111

[self-account]
aws_account_id = 666666666666

[acme]
aws_account_id = 111111111111

# client1 is left out: it asks for an external id, which the console cannot send

# client2 is left out: it asks for an external id, which the console cannot send

[profile client3]
role_arn = arn:aws:iam::444444444444:role/LongRunning
source_profile = hub
region = us-west-2

# chained is left out: it is assumed from another role, and the console switches from the sign-in only

# acme-client1 is left out: it asks for an external id, which the console cannot send

[profile plain]
role_arn = arn:aws:iam::555555555555:role/team/Plain
region = eu-west-1
color = ff8800

[profile self]
role_arn = arn:aws:iam::555555555555:role/Self
source_profile = self-account

[profile acme-plain]
role_arn = arn:aws:iam::555555555555:role/Plain
source_profile = acme
region = eu-central-1

# narrowed is left out: the profile narrows it by a session policy, which the console cannot

# equals is left out: role_arn has a '=', where the extension ends it

# broken is left out: ~/.aws/config:83: could not find source profile 'nobody' referenced from 'broken'
",
    );
    run.stderr_contains("xacct: warning: 'chained' is left out: it is assumed from another role");
    sandbox.asked(&[]);
}

#[test]
fn profiles_can_be_named() {
    let sandbox = start();
    sandbox
        .xacct(&["export", "aesr", "client3"])
        .run()
        .ok()
        .stdout_contains("[profile client3]\n");
    let named = sandbox.xacct(&["export", "aesr", "acme"]).run().status(0);
    named.stdout_contains("# acme is left out: profile 'acme' assumes no role: nothing to allow\n");
    sandbox
        .xacct(&["export", "aesr", "client33"])
        .run()
        .status(3)
        .stdout("")
        .stderr_contains("did you mean");
}

#[test]
fn the_extension_s_parser_takes_it() {
    let Some(modules) = javascript_sdk() else {
        return skip("no node with aesr-config");
    };
    let sandbox = start();
    let text = sandbox
        .xacct(&["export", "aesr", "-q"])
        .run()
        .ok()
        .stdout_text()
        .to_owned();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/js/aesr.mjs");
    let parse = |text: &str| {
        let node = sandbox
            .program("node", &[script, &modules])
            .env("PATH", outer_env("PATH").unwrap_or_default());
        node.stdin(text).run()
    };
    let parsed: Value = parse(&text).ok().json();
    let role = |name: &str, account: &str, role: &str, rest: Value| {
        let mut role = json!({"name": name, "aws_account_id": account, "role_name": role});
        role.as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        role
    };
    let base = |name: &str, account: &str, target: Value| json!({"name": name, "aws_account_id": account, "targets": [target]});
    let client3 = role(
        "client3",
        "444444444444",
        "LongRunning",
        json!({"region": "us-west-2"}),
    );
    let plain = role(
        "plain",
        "555555555555",
        "team/Plain",
        json!({"region": "eu-west-1", "color": "ff8800"}),
    );
    let acme = role(
        "acme-plain",
        "555555555555",
        "Plain",
        json!({"region": "eu-central-1"}),
    );
    assert_eq!(
        parsed,
        json!({
            "singles": [plain],
            "complexes": [
                base("hub", "111111111111", client3),
                base("self-account", "666666666666", role("self", "555555555555", "Self", json!({}))),
                base("acme", "111111111111", acme),
            ],
        })
    );
    // What it is made from, it does not take.
    let raw = std::fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
    parse(&raw).status(1);
}
