//! The audit log: what is written, why, for whom; and `xacct audit`.

use std::fs;
use std::path::PathBuf;

use crate::common::Sandbox;
use serde_json::{Value, json};

fn log_of(sandbox: &Sandbox) -> PathBuf {
    PathBuf::from(&sandbox.env()["XACCT_AUDIT_LOG"])
}

/// What `xacct audit --json` says with these arguments, reduced to these fields.
fn audit(sandbox: &Sandbox, args: &[&str], fields: &[&str]) -> Value {
    let args = [&["audit", "--json"], args].concat();
    let records = sandbox.xacct(&args).run().ok().json();
    let reduced = |record: &Value| {
        fields
            .iter()
            .map(|field| record[field].clone())
            .collect::<Value>()
    };
    records.as_array().unwrap().iter().map(reduced).collect()
}

fn whys(sandbox: &Sandbox) -> Value {
    audit(sandbox, &[], &["profile", "action", "why"])
}

#[cfg(unix)]
#[test]
fn every_issuance_is_one_line_and_a_hit_is_none() {
    let sandbox = Sandbox::start_plain();
    let run = |code: &str| {
        sandbox
            .xacct(&["credential-process", "client2", "--mfa-code", code])
            .run()
            .ok()
            .json()
    };
    let issued = run(&sandbox.fresh_code());
    sandbox.key_id("client2");
    sandbox.key_id("client1");
    assert_eq!(
        whys(&sandbox),
        json!([
            ["client2", "GetSessionToken", "miss"],
            ["client2", "AssumeRole", "miss"],
            ["client1", "AssumeRole", "miss"]
        ])
    );
    let records = sandbox
        .xacct(&["audit", "--json", "client2"])
        .run()
        .ok()
        .json();
    let record = &records[1];
    assert_eq!(record["access_key_id"], issued["AccessKeyId"]);
    assert_eq!(record["expires_at"], issued["Expiration"]);
    assert_eq!(record["account_id"], "333333333333");
    assert_eq!(
        record["role"],
        "arn:aws:iam::333333333333:role/partners/Operations"
    );
    assert_eq!(record["role_session_name"], "xacct-user");
    assert_eq!(record["caller_pid"], std::process::id());
    // The kernel keeps fifteen characters of a name.
    let name = fs::read_to_string("/proc/self/comm").unwrap();
    assert_eq!(record["caller"], name.trim_end());
    assert_eq!(records[0]["role"], Value::Null);
    let text = fs::read_to_string(log_of(&sandbox)).unwrap();
    for secret in sandbox.secrets() {
        assert!(!text.contains(&secret), "a secret in the log:\n{text}");
    }
}

#[test]
fn each_reason_is_told_from_the_others() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    sandbox.leave("plain", -5);
    sandbox.key_id("plain");
    sandbox.forget_sessions();
    sandbox
        .xacct(&["credential-process", "plain", "--verify"])
        .run()
        .ok();
    sandbox
        .xacct(&["credential-process", "plain", "--refresh"])
        .run()
        .ok();
    sandbox.leave("plain", 600);
    sandbox.key_id("plain");
    let of = |why: &str| json!(["plain", "AssumeRole", why]);
    assert_eq!(
        whys(&sandbox),
        json!([
            of("miss"),
            of("expired"),
            of("refused"),
            of("refresh"),
            of("renewal")
        ])
    );
}

#[test]
fn an_identity_center_role_has_its_name_and_account() {
    let sandbox = Sandbox::start();
    sandbox
        .xacct(&["login", "acme", "--device-code"])
        .run()
        .status(0)
        .stderr_contains("signed in");
    sandbox
        .xacct(&["credential-process", "acme-client1"])
        .run()
        .ok();
    assert_eq!(
        audit(
            &sandbox,
            &["acme-client1"],
            &["action", "role", "account_id", "why"]
        ),
        json!([
            ["sso", "Admin", "111111111111", "miss"],
            [
                "AssumeRole",
                "arn:aws:iam::222222222222:role/PartnerAdmin",
                "222222222222",
                "miss"
            ]
        ])
    );
}

#[test]
fn the_table_and_its_filters() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id_by_code("client2");
    sandbox.key_id("client1");
    // The times and the caller are this run's own.
    let fixed = |line: &str| {
        let mut record: Value = serde_json::from_str(line).unwrap();
        record["time"] = json!("2026-11-22T08:00:00Z");
        record["caller"] = json!("terraform");
        format!("{record}\n")
    };
    let text: String = fs::read_to_string(log_of(&sandbox))
        .unwrap()
        .lines()
        .map(fixed)
        .collect();
    fs::write(log_of(&sandbox), text).unwrap();
    let header =
        "TIME                  PROFILE  ACCOUNT       ROLE             SESSION     WHY   CALLER\n";
    let session = "2026-11-22T08:00:00Z  client2  111111111111  GetSessionToken  -           miss  \
                   terraform\n";
    let client2 = "2026-11-22T08:00:00Z  client2  333333333333  Operations       xacct-user  miss  \
                   terraform\n";
    let client1 = "2026-11-22T08:00:00Z  client1  222222222222  PartnerAdmin     xacct-user  miss  \
                   terraform\n";
    sandbox
        .xacct(&["audit"])
        .run()
        .ok()
        .stdout(&[header, session, client2, client1].concat());

    let profiles = |args: &[&str]| audit(&sandbox, args, &["account_id"]);
    assert_eq!(profiles(&["client1"]), json!([["222222222222"]]));
    assert_eq!(
        profiles(&["client1", "client2", "-n", "2"]),
        json!([["333333333333"], ["222222222222"]])
    );
    assert_eq!(
        profiles(&["--account", "333333333333"]),
        json!([["333333333333"]])
    );
    assert_eq!(
        profiles(&["--role", "Operations"]),
        json!([["333333333333"]])
    );
    assert_eq!(
        profiles(&["--role", "arn:aws:iam::222222222222:role/PartnerAdmin"]),
        json!([["222222222222"]])
    );
    assert_eq!(
        profiles(&["--caller", "terraform", "--why", "miss", "--last", "1"]),
        json!([["222222222222"]])
    );
    assert_eq!(profiles(&["--why", "refused"]), json!([]));
    assert_eq!(profiles(&["--caller", "bash"]), json!([]));
    sandbox
        .xacct(&["audit", "--why", "refused"])
        .run()
        .status(0)
        .stdout("")
        .stderr("xacct: no matching entries\n");
}

#[test]
fn since_leaves_out_what_is_older() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    let line = fs::read_to_string(log_of(&sandbox)).unwrap();
    let mut old: Value = serde_json::from_str(&line).unwrap();
    old["time"] = json!("2020-01-01T00:00:00Z");
    old["why"] = json!("expired");
    fs::write(log_of(&sandbox), format!("{old}\n{line}")).unwrap();
    assert_eq!(
        audit(&sandbox, &["--since", "1h"], &["why"]),
        json!([["miss"]])
    );
    assert_eq!(
        audit(&sandbox, &[], &["why"]),
        json!([["expired"], ["miss"]])
    );
}

#[test]
fn the_setting_turns_it_off() {
    let sandbox = Sandbox::start_plain();
    sandbox.write_settings("audit = false\n");
    sandbox.key_id("plain");
    assert!(!log_of(&sandbox).exists());
    sandbox
        .xacct(&["audit"])
        .run()
        .status(0)
        .stdout("")
        .stderr("xacct: nothing is noted: audit = false in config.toml\n");
    sandbox.write_settings("");
    sandbox
        .xacct(&["audit"])
        .run()
        .status(0)
        .stdout("")
        .stderr("xacct: nothing was issued yet\n");
    sandbox
        .xacct(&["audit", "--json"])
        .run()
        .ok()
        .stdout("[]\n");
    sandbox.write_settings("audit = \"no\"\n");
    sandbox
        .xacct(&["list"])
        .run()
        .status(3)
        .stderr_contains("config.toml:1: audit: accepted are true and false");
}

#[cfg(unix)]
#[test]
fn a_log_that_cannot_be_written_costs_a_warning_only() {
    let sandbox = Sandbox::start_plain();
    let log = log_of(&sandbox);
    fs::create_dir_all(&log).unwrap();
    let run = sandbox.xacct(&["exec", "plain", "--", "true"]).run();
    run.status(0).stderr(&format!(
        "xacct: warning: the audit log {} cannot be written: Is a directory (os error 21)\n",
        log.display()
    ));
    sandbox.xacct(&["audit"]).run().status(1).stdout("");
}

#[test]
fn forgetting_credentials_forgets_no_history() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    sandbox.xacct(&["clear", "--all", "-q"]).run().ok();
    assert_eq!(whys(&sandbox), json!([["plain", "AssumeRole", "miss"]]));
}
