//! `xacct policy`: what two accounts must allow. The documents are loaded into moto, Terraform's
//! text is read by a parser that is not ours, and the sandbox's STS lets in whom they let in.

use std::fmt::Write;

use crate::common::tools::python;
use crate::common::{Sandbox, skip};
use serde_json::{Value, json};

const MFA: &str = "mfa_serial = arn:aws:iam::111111111111:mfa/you";

fn trust(sandbox: &Sandbox, args: &[&str]) -> Value {
    sandbox
        .xacct(&[&["policy", "trust", "-q"], args].concat())
        .run()
        .ok()
        .json()
}

fn statement(principal: &str, conditions: &Value) -> Value {
    let mut statement = json!({"Sid": "AllowAssumeRole", "Effect": "Allow", "Principal": {"AWS": principal},
                               "Action": "sts:AssumeRole"});
    if conditions != &json!({}) {
        statement["Condition"] = conditions.clone();
    }
    statement
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

const HUB: &str = "arn:aws:iam::111111111111:root";

#[test]
fn the_role_trusts_the_account_on_the_profile_s_terms() {
    let sandbox = Sandbox::start();
    let external_id = json!({"sts:ExternalId": "client1-7731"});
    let mfa = json!({"aws:MultiFactorAuthPresent": "true"});
    for (profile, principal, conditions) in [
        (
            "client1",
            HUB,
            json!({"StringEquals": external_id, "Bool": mfa}),
        ),
        ("client3", HUB, json!({"Bool": mfa})),
        // A session of Identity Center, or of another role, never has MFA in its context.
        ("acme-client1", HUB, json!({"StringEquals": external_id})),
        ("chained", "arn:aws:iam::333333333333:root", json!({})),
    ] {
        assert_eq!(
            trust(&sandbox, &[profile]),
            document(&[statement(principal, &conditions)]),
            "{profile}"
        );
    }
    let other = trust(&sandbox, &["client1", "--account", "999999999999"]);
    assert_eq!(
        other["Statement"][0]["Principal"]["AWS"],
        "arn:aws:iam::999999999999:root"
    );
    sandbox.asked(&[]);
}

#[test]
fn a_user_a_role_or_a_permission_set_can_be_meant_alone() {
    let sandbox = Sandbox::start();
    let user = trust(&sandbox, &["client1", "--principal", "user"]);
    assert_eq!(
        user["Statement"][0]["Principal"]["AWS"],
        "arn:aws:iam::111111111111:user/you"
    );
    sandbox.asked(&["GetCallerIdentity"]);
    sandbox
        .xacct(&["policy", "trust", "client1", "--principal", "role"])
        .run()
        .status(3)
        .stdout("")
        .stderr(
            "xacct: error: arn:aws:iam::222222222222:role/PartnerAdmin is assumed by an IAM user, \
             arn:aws:iam::111111111111:user/you\n  --principal account lets the caller's own \
             account say who may\n",
        );
    sandbox.clear_log();
    let role = trust(&sandbox, &["chained", "--principal", "role"]);
    assert_eq!(
        role["Statement"][0]["Principal"]["AWS"],
        "arn:aws:iam::333333333333:role/partners/Operations"
    );
    let set = trust(&sandbox, &["acme-client1", "--principal", "role"]);
    let reserved = "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com";
    assert_eq!(
        set["Statement"][0]["Condition"]["ArnLike"]["aws:PrincipalArn"],
        json!([
            format!("{reserved}/AWSReservedSSO_Admin_*"),
            format!("{reserved}/*/AWSReservedSSO_Admin_*")
        ])
    );
    assert_eq!(set["Statement"][0]["Principal"]["AWS"], HUB);
    sandbox.asked(&[]);
}

#[cfg(unix)]
#[test]
fn aws_is_asked_for_the_account_only_where_the_files_do_not_say_it() {
    let sandbox = Sandbox::start();
    sandbox.edit_config(MFA, "");
    assert_eq!(
        trust(&sandbox, &["client1"])["Statement"][0]["Principal"]["AWS"],
        HUB
    );
    sandbox.asked(&["GetCallerIdentity"]);
    assert_eq!(
        trust(&sandbox, &["client1", "--account", "111111111111"])["Statement"][0]["Principal"]["AWS"],
        HUB
    );
    sandbox.edit_config(
        "[profile hub]",
        "[profile hub]\naws_account_id = 111111111111",
    );
    assert_eq!(
        trust(&sandbox, &["client1"])["Statement"][0]["Principal"]["AWS"],
        HUB
    );
    sandbox.asked(&[]);
    // Another program's credentials, of which only AWS knows whose they are.
    sandbox.add_config(
        "\n[profile process]\ncredential_process = echo \
         '{\"Version\":1,\"AccessKeyId\":\"AKIARTXV5AHDTEST2YOU\",\
         \"SecretAccessKey\":\"NotASecret/xacct/sandbox/hub/you/EXAMPLE\"}'\n[profile by-process]\n\
         role_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = process\nregion \
         = eu-west-1\n",
    );
    let user = trust(&sandbox, &["by-process", "--principal", "user"]);
    assert_eq!(
        user["Statement"][0]["Principal"]["AWS"],
        "arn:aws:iam::111111111111:user/you"
    );
    sandbox.asked(&["GetCallerIdentity"]);
}

#[test]
fn a_new_external_id_is_new_and_where_it_goes_is_said() {
    let sandbox = Sandbox::start();
    let made = |args: &[&str]| {
        let run = sandbox
            .xacct(&[&["policy", "trust", "--new-external-id"], args].concat())
            .run()
            .status(0);
        let document: Value = serde_json::from_str(run.stdout_text()).unwrap();
        let made = document["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"]
            .as_str()
            .unwrap();
        (made.to_owned(), run)
    };
    let (first, run) = made(&["client1"]);
    assert_eq!(first.len(), 32);
    run.stderr(&format!(
        "xacct: the new external id is {first}\nxacct: once the role has it, write   external_id = \
         {first}   instead of what stands at ~/.aws/config:13\n"
    ));
    let (second, run) = made(&["client3"]);
    assert_ne!(first, second);
    run.stderr(&format!(
        "xacct: the role must allow sessions of 43200 seconds: aws iam update-role --role-name \
         LongRunning --max-session-duration 43200\nxacct: the new external id is {second}\nxacct: \
         once the role has it, write   external_id = {second}   in the profile at \
         ~/.aws/config:25\n"
    ));
    let arn = "arn:aws:iam::222222222222:role/New";
    let (third, run) = made(&[arn, "--source-profile", "hub"]);
    run.stderr(&format!(
        "xacct: the new external id is {third}\nxacct: once the role has it: xacct add NAME \
         --role-arn {arn} --external-id {third}\n"
    ));
    let both = [
        "policy",
        "trust",
        "client1",
        "--new-external-id",
        "--external-id",
        "x1",
    ];
    sandbox
        .xacct(&both)
        .run()
        .status(2)
        .stdout("")
        .stderr_contains("cannot be used with");
}

#[test]
fn without_an_external_id_a_stranger_s_role_is_warned_of() {
    let sandbox = Sandbox::start();
    sandbox.xacct(&["policy", "trust", "client3", "--format", "terraform"]).run().status(0).stderr(
        "xacct: no external ID is set, so anyone who gets account 111111111111 to act for them can \
         reach this role too: --new-external-id makes one\n",
    );
    sandbox.xacct(&["policy", "trust", "chained"]).run().ok();
    let same = [
        "policy",
        "trust",
        "--role-arn",
        "arn:aws:iam::111111111111:role/Own",
        "--source-profile",
        "hub",
    ];
    sandbox.xacct(&same).run().ok();
}

#[test]
fn what_assumes_no_role_needs_no_policy() {
    let sandbox = Sandbox::start();
    for action in ["trust", "caller"] {
        sandbox.xacct(&["policy", action, "hub"]).run().status(3).stdout("").stderr(
            "xacct: error: profile 'hub' assumes no role: nothing to allow\n  name a profile with \
             a role_arn, or a role ARN with --source-profile\n",
        );
    }
}

/// Every format of both policies, as JSON.
fn everything(sandbox: &Sandbox, principal: &str, args: &[&str]) -> Value {
    let mut texts = json!({});
    for action in ["trust", "caller"] {
        for format in ["json", "terraform", "cloudformation"] {
            let run =
                sandbox.xacct(&[&["policy", action, "-q", "--format", format], args].concat());
            texts[action][format] = run
                .env("XACCT_PRINCIPAL", principal)
                .run()
                .ok()
                .stdout_text()
                .into();
        }
    }
    texts
}

#[test]
fn moto_takes_the_documents_and_terraform_says_the_same() {
    let Some(python) = python() else {
        return skip("no Python with moto");
    };
    let sandbox = Sandbox::start();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/policies.py");
    let path = crate::common::outer_env("PATH").unwrap_or_default();
    let tagged = [
        "client2",
        "--tag",
        "team=a,note=b",
        "--source-identity",
        "you",
    ];
    let (mut texts, mut printed) = (Vec::new(), String::new());
    for (principal, args, wanted) in [
        ("account", &["client1"][..], "PartnerAdmin / 3600\n"),
        ("account", &tagged, "Operations /partners/ 3600\n"),
        (
            "user",
            &["client3", "--duration", "4h"],
            "LongRunning / 14400\n",
        ),
        ("role", &["acme-client1"], "PartnerAdmin / 3600\n"),
    ] {
        texts.push(everything(&sandbox, principal, args));
        printed += wanted;
    }
    let run = sandbox
        .program(&python, &[script])
        .env("PATH", &path)
        .env_remove("AWS_ENDPOINT_URL");
    run.stdin(json!(texts).to_string())
        .run()
        .status(0)
        .stdout(&printed);
}

/// The trust policy as the sandbox writes one.
fn world_of(document: &Value) -> String {
    let mut text = String::new();
    for statement in document["Statement"].as_array().unwrap() {
        let condition = &statement["Condition"];
        let (principal, action) = (&statement["Principal"]["AWS"], &statement["Action"]);
        writeln!(
            text,
            "[[account.role.trust]]\nprincipals = [{principal}]\nactions = [{action}]"
        )
        .unwrap();
        if let Some(id) = condition["StringEquals"]["sts:ExternalId"].as_str() {
            writeln!(text, "external_id = \"{id}\"").unwrap();
        }
        writeln!(
            text,
            "mfa = {}",
            condition["Bool"]["aws:MultiFactorAuthPresent"] == "true"
        )
        .unwrap();
    }
    text
}

const WORLD: &str = r#"
[[account]]
id = "111111111111"
name = "hub"
[[account.user]]
name = "you"
[[account.user.key]]
id = "AKIARTXV5AHDTEST2YOU"
secret = "NotASecret/xacct/sandbox/hub/you/EXAMPLE"
[[account.user.mfa]]
serial = "arn:aws:iam::111111111111:mfa/you"
secret = "PBQWGY3UEBZWC3TEMJXXQIDZN52SAMBR"
[[account]]
id = "333333333333"
name = "client2"
[[account.role]]
name = "Operations"
path = "/partners/"
"#;

#[test]
fn sts_lets_in_whom_the_policy_lets_in() {
    let sample = Sandbox::start();
    let terms = ["--tag", "team=a", "--source-identity", "you"];
    for principal in ["account", "user"] {
        let document = trust(
            &sample,
            &[&["client2", "--principal", principal], &terms[..]].concat(),
        );
        let sandbox = Sandbox::with_world(&(WORLD.to_owned() + &world_of(&document)));
        for file in [".aws/config", ".aws/credentials"] {
            std::fs::copy(sample.home().join(file), sandbox.home().join(file)).unwrap();
        }
        let whoami = |args: &[&str]| {
            let run = sandbox.xacct(&[&["whoami", "client2"], args].concat());
            run.env("XACCT_MFA_CODE", sandbox.fresh_code()).run()
        };
        whoami(&terms)
            .status(0)
            .stdout_contains("assumed-role/Operations/");
        whoami(&["--external-id", "another"]).status(4);
        sandbox.xacct(&["clear", "--all", "-q"]).run().ok();
        sandbox.edit_config(MFA, "");
        sandbox
            .xacct(&["whoami", "client2", "--no-input"])
            .run()
            .status(4);
    }
}

#[test]
fn the_link_or_the_reason_why_there_is_none() {
    let sandbox = Sandbox::start();
    sandbox.write_settings("[profile.client3]\ncolor = \"#ff8800\"\n");
    sandbox
        .xacct(&["policy", "link", "client3"])
        .run()
        .status(0)
        .stdout(
            "https://signin.aws.amazon.com/switchrole?account=444444444444&roleName=LongRunning&displayName=client3\
             &color=FF8800\n",
        )
        .stderr("xacct: the link works for anyone who is signed in to the console of account \
                 111111111111, with MFA\n");
    sandbox
        .xacct(&["policy", "link", "chained"])
        .run()
        .status(0)
        .stderr(
            "xacct: the link works for anyone who is signed in to the console as \
         arn:aws:iam::333333333333:role/partners/Operations\n",
        );
    for (profile, why) in [
        (
            "client1",
            "its role asks for an external id, and the console has no way to send one",
        ),
        ("acme", "it assumes no role"),
    ] {
        let wanted = format!("xacct: error: no switch-role link for '{profile}': {why}\n");
        sandbox
            .xacct(&["policy", "link", profile])
            .run()
            .status(3)
            .stdout("")
            .stderr_contains(&wanted);
    }
    sandbox
        .xacct(&["policy", "link", "client3", "--read-only"])
        .run()
        .status(3)
        .stderr_contains("narrows the role");
    sandbox.asked(&[]);
}
