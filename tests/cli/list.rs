//! `xacct list`: the table and its JSON, with every status.

use crate::common::Sandbox;
use serde_json::{Value, json};

/// `client2` cached, `client1` expired, `hub` cached for hours, `keys` static, the others not asked
/// for yet.
fn with_every_status() -> Sandbox {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id_by_code("client2");
    sandbox.key_id("client1");
    sandbox.leave("client1", -5);
    sandbox.leave("client2", 45 * 60 + 50);
    sandbox.leave("hub", 2 * 3600 + 30 * 60 + 50);
    sandbox.clear_log();
    sandbox
}

#[test]
fn piped_it_is_plain_columns() {
    let sandbox = with_every_status();
    let output = sandbox.xacct(&["list"]).run().ok();
    // Seconds pass.
    let text: String = output
        .stdout_text()
        .lines()
        .map(|line| match line.rfind("45m ") {
            Some(at) => format!("{}45m\n", &line[..at]),
            None => format!("{line}\n"),
        })
        .collect();
    assert_eq!(
        text,
        "\
PROFILE       ACCOUNT       ROLE          SOURCE    REGION        MFA  LEFT
default       -             -             -         eu-central-1  -    -
hub           -             -             hub       eu-central-1  you  2h 30m
client1       222222222222  PartnerAdmin  hub       eu-west-1     you  expired
client2       333333333333  Operations    hub       us-east-1     you  45m
client3       444444444444  LongRunning   hub       us-west-2     you  -
chained       444444444444  Inner         hub       us-west-2     you  -
acme          111111111111  Admin         sso acme  eu-central-1  -    -
acme-client1  222222222222  PartnerAdmin  sso acme  eu-west-1     -    -
plain         222222222222  PartnerAdmin  keys      eu-west-1     -    -
keys          -             -             keys      -             -    static
"
    );
    sandbox.asked(&[]);
    sandbox.xacct(&["ls"]).run().ok();
}

/// What stands below a value on an indented line may be a secret.
#[test]
fn only_the_first_line_of_a_value_is_listed() {
    let sandbox = Sandbox::start_plain();
    let below = "\n  aws_session_token = hiddentoken\n";
    sandbox.write_config(&format!(
        "[profile a]\nregion = us-east-1{below}[profile b]\nsource_profile = a{below}region = \
         us-west-2\n\
         [profile c]\nrole_arn = arn:aws:iam::222222222222:role/X{below}tags = \
         prod{below}mfa_serial = me{below}\
         [profile d]\nsso_start_url = https://me:hiddenpass@host/start\nsso_region = eu-west-1\n\
         sso_account_id = 111111111111\nsso_role_name = R\n"
    ));
    let text = sandbox.xacct(&["list"]).run().ok().stdout_text().to_owned();
    let json = sandbox
        .xacct(&["list", "--json"])
        .run()
        .ok()
        .stdout_text()
        .to_owned();
    for shown in [&text, &json] {
        assert!(!shown.contains("hidden"), "{shown}");
        assert!(
            shown.contains("us-east-1")
                && shown.contains("prod")
                && shown.contains("********@host"),
            "{shown}"
        );
    }
    let explained = sandbox.xacct(&["explain", "d"]).run().ok();
    explained.stdout_contains("https://********@host/start");
    sandbox.asked(&[]);
}

#[test]
fn json_has_every_field_of_every_profile() {
    let sandbox = with_every_status();
    sandbox.edit_config("[profile plain]\n", "[profile plain]\ntags = prod, eu\n");
    let list = sandbox.xacct(&["list", "--json"]).run().ok().json();
    let of = |name: &str| {
        list.as_array()
            .unwrap()
            .iter()
            .find(|row| row["profile"] == name)
            .unwrap()
            .clone()
    };
    let until = |profile: &str| {
        let at = crate::common::cache::read(&sandbox.entry(profile))["entry"]["expires_at"]
            .as_i64()
            .unwrap();
        Value::from(
            chrono::DateTime::from_timestamp(at, 0)
                .unwrap()
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        )
    };
    let device = "arn:aws:iam::111111111111:mfa/you";
    assert_eq!(
        of("client2"),
        json!({"profile": "client2", "account_id": "333333333333",
               "role_arn": "arn:aws:iam::333333333333:role/partners/Operations", "source": "hub", "region": "us-east-1",
               "mfa_serial": device, "tags": null, "status": "cached", "expires_at": until("client2")})
    );
    assert_eq!(
        of("plain"),
        json!({"profile": "plain", "account_id": "222222222222", "role_arn": "arn:aws:iam::222222222222:role/PartnerAdmin",
               "source": "keys", "region": "eu-west-1", "mfa_serial": null, "tags": ["prod", "eu"], "status": "none",
               "expires_at": null})
    );
    assert_eq!(
        (&of("client1")["status"], &of("client1")["expires_at"]),
        (&json!("expired"), &until("client1"))
    );
    assert_eq!(
        (&of("hub")["status"], &of("hub")["expires_at"]),
        (&json!("cached"), &until("hub"))
    );
    assert_eq!(
        (&of("keys")["status"], &of("keys")["expires_at"]),
        (&json!("static"), &Value::Null)
    );
    assert_eq!(
        of("default"),
        json!({"profile": "default", "account_id": null, "role_arn": null, "source": null, "region": "eu-central-1",
               "mfa_serial": null, "tags": null, "status": "none", "expires_at": null})
    );
    assert_eq!(list.as_array().unwrap().len(), 10);
}

#[test]
fn a_profile_that_does_not_work_is_listed_all_the_same() {
    let sandbox = Sandbox::start();
    sandbox.add_config(
        "[profile broken]\nrole_arn = arn:aws:iam::555555555555:role/X\nsource_profile = \
         nobody\nno line\n",
    );
    let output = sandbox.xacct(&["list", "--json"]).run().status(0);
    let row = output.json().as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (
            &row["profile"],
            &row["account_id"],
            &row["source"],
            &row["status"]
        ),
        (
            &json!("broken"),
            &json!("555555555555"),
            &json!("nobody"),
            &json!("none")
        )
    );
    let output = sandbox
        .xacct(&["list"])
        .run()
        .status(0)
        .stderr_contains("xacct: warning: ~/.aws/config:59: ");
    assert!(
        output
            .stdout_text()
            .contains("\nbroken        555555555555  X "),
        "{}",
        output.stdout_text()
    );
}

#[test]
fn without_profiles_there_is_a_way_on() {
    let sandbox = Sandbox::start();
    sandbox.write_config("");
    sandbox.write_credentials("");
    let note = "xacct: no profiles found; `xacct sandbox` has some to try\n";
    sandbox
        .xacct(&["list"])
        .run()
        .status(0)
        .stdout("")
        .stderr(note);
    sandbox.xacct(&["list", "--json"]).run().ok().stdout("[]\n");
}

#[cfg(unix)]
#[test]
fn on_a_terminal_it_is_coloured() {
    let sandbox = with_every_status();
    let (status, screen) = sandbox.pty(&["list"]).wait();
    assert_eq!(status, 0, "{screen}");
    assert!(screen.contains("\u{1b}[33mexpired"), "{screen:?}");
    let (_, screen) = sandbox.pty_with(&["list"], &[("NO_COLOR", "1")]).wait();
    assert!(!screen.contains('\u{1b}'), "{screen:?}");
}

#[test]
fn selectors_choose_as_in_each() {
    let sandbox = with_every_status();
    sandbox.add_config("[profile x]\ninclude_profile = client1\ntags = stage=prod\n");
    let names = |words: &[&str]| -> Vec<String> {
        let output = sandbox
            .xacct(&[&["list", "--json"], words].concat())
            .run()
            .ok();
        let rows = output.json();
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row["profile"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&["client*", "!client3"]), ["client1", "client2"]);
    assert_eq!(names(&["account:333333333333"]), ["client2"]);
    assert_eq!(names(&["tag:stage=prod"]), ["x"]);
    let table = sandbox.xacct(&["list", "client2"]).run().ok();
    assert_eq!(
        table.stdout_text().lines().count(),
        2,
        "{}",
        table.stdout_text()
    );
    let output = sandbox
        .xacct(&["list", "clinet2"])
        .run()
        .status(3)
        .stdout("");
    output.stderr_contains("client2");
}
