//! A device beside a `credential_process`: only when the process has answered is it known whether a
//! code can go along.

#![cfg(unix)]

use serde_json::json;

use crate::common::{Output, Sandbox, cache::now};

/// The key of the sample world's user, as a password manager's program prints it.
const KEYS: &str = r#"{"Version":1,"AccessKeyId":"AKIARTXV5AHDTEST2YOU","SecretAccessKey":"NotASecret/xacct/sandbox/hub/you/EXAMPLE"}"#;

const DEVICE: &str = "arn:aws:iam::111111111111:mfa/you";

/// The sample world with a process that prints what is in `$HOME/answer.json`. The device stands
/// with the source.
fn start() -> Sandbox {
    let sandbox = Sandbox::start_plain();
    answers(&sandbox, KEYS);
    let command = format!("cat {}/answer.json", sandbox.home().display());
    let role =
        "role_arn = arn:aws:iam::333333333333:role/partners/Operations\nexternal_id = client2-8842";
    let long = "role_arn = arn:aws:iam::444444444444:role/LongRunning\nduration_seconds = 43200";
    sandbox.add_config(&format!(
        "[profile safe]\ncredential_process = {command}\nmfa_serial = {DEVICE}\nregion = \
         eu-west-1\n\
         [profile safe-role]\n{role}\nsource_profile = safe\nregion = eu-west-1\n\
         [profile safe-long]\n{long}\nsource_profile = safe\nregion = eu-west-1\n\
         [profile bare]\ncredential_process = {command}\nregion = eu-west-1\n\
         [profile locked]\n{role}\nsource_profile = bare\nmfa_serial = {DEVICE}\nregion = \
         eu-west-1\n"
    ));
    sandbox
}

fn answers(sandbox: &Sandbox, text: &str) {
    std::fs::write(sandbox.home().join("answer.json"), text).unwrap();
}

/// A session of the user, as the process would print it.
fn session(sandbox: &Sandbox) -> String {
    let given = sandbox
        .xacct(&["credential-process", "hub"])
        .env("XACCT_MFA_CODE", sandbox.fresh_code())
        .run();
    let mut given = given.ok().json();
    let at = chrono::DateTime::from_timestamp(now() + 3600, 0).unwrap();
    given["Expiration"] = json!(at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    sandbox.asked(&["GetSessionToken"]);
    given.to_string()
}

fn with_code(sandbox: &Sandbox, profile: &str) -> Output {
    sandbox
        .xacct(&["credential-process", profile])
        .env("XACCT_MFA_CODE", sandbox.fresh_code())
        .run()
}

#[test]
fn an_access_key_gets_one_session_for_all_wherever_it_comes_from() {
    let sandbox = start();
    let nobody = sandbox
        .xacct(&["credential-process", "safe", "--no-input"])
        .run()
        .status(5)
        .stdout("");
    nobody.stderr_contains(DEVICE);
    sandbox.asked(&[]);
    let given = with_code(&sandbox, "safe").ok().json();
    sandbox.asked(&["GetSessionToken"]);
    assert!(given["AccessKeyId"].as_str().unwrap().starts_with("ASIA"));
    // In another directory the process is asked again; its key is known by then, also as the key of
    // a file.
    let elsewhere = sandbox
        .xacct(&["credential-process", "safe"])
        .current_dir("/")
        .run()
        .ok();
    assert_eq!(elsewhere.json(), given);
    assert_eq!(sandbox.key_id("hub"), given["AccessKeyId"]);
    // Both say the same of the same process.
    for profile in ["safe-role", "locked"] {
        sandbox.key_id(profile);
    }
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn a_process_that_is_not_remembered_costs_no_second_code() {
    let sandbox = start();
    let path = sandbox.home().join(".aws/config");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace(
        "[profile bare]",
        &format!("[profile bare]\ncredential_process_cache = off\nmfa_serial = {DEVICE}"),
    );
    std::fs::write(&path, text).unwrap();
    let said = |args: &[&str]| sandbox.xacct(args).run().ok().stdout_text().to_owned();
    let before = said(&["explain", "locked"]);
    assert!(
        before.ends_with("now       xacct will send 3 requests and prompt for a code\n"),
        "{before}"
    );
    with_code(&sandbox, "locked").ok();
    sandbox.key_id("locked");
    sandbox.asked(&["GetSessionToken", "AssumeRole", "AssumeRole"]);
    // It is known without asking the process, too.
    let after = said(&["explain", "locked"]);
    assert!(
        after.ends_with("now       xacct will send 1 request and not prompt\n"),
        "{after}"
    );
    assert!(
        after.contains("cached             for another 11h 59m\n"),
        "{after}"
    );
    let list = sandbox.xacct(&["list", "bare", "--json"]).run().ok().json();
    assert_eq!(list[0]["status"], "cached");
    let after = said(&["explain", "bare"]);
    assert!(
        after.ends_with("now       xacct will send no request and not prompt\n"),
        "{after}"
    );
    sandbox.asked(&[]);
}

#[test]
fn a_longer_role_takes_the_code_itself() {
    let sandbox = start();
    with_code(&sandbox, "safe-long").ok();
    sandbox
        .xacct(&["credential-process", "safe-long"])
        .current_dir("/")
        .run()
        .ok();
    let calls = sandbox.log();
    sandbox.asked(&["AssumeRole"]);
    assert_eq!(calls[0].params["SerialNumber"], DEVICE);
    assert_eq!(calls[0].params["DurationSeconds"], "43200");
}

#[test]
fn a_session_is_used_as_it_is() {
    let sandbox = start();
    let session = session(&sandbox);
    answers(&sandbox, &session);
    let wanted: serde_json::Value = serde_json::from_str(&session).unwrap();
    for _ in 0..2 {
        assert_eq!(sandbox.key_id("safe"), wanted["AccessKeyId"]);
    }
    for _ in 0..2 {
        sandbox.key_id("safe-role");
    }
    sandbox.asked(&["AssumeRole"]);
    let long = sandbox
        .xacct(&["credential-process", "safe-long"])
        .run()
        .status(0);
    long.stderr(
        "xacct: warning: profile 'safe-long': duration_seconds = 43200 is cut to 3600: AWS gives a \
         role that is assumed from another session one hour at most\n",
    );
    let last = sandbox.log().pop().unwrap();
    sandbox.asked(&["AssumeRole"]);
    assert_eq!(
        (
            last.params.get("SerialNumber"),
            last.params["DurationSeconds"].as_str()
        ),
        (None, "3600")
    );
}

#[test]
fn a_session_without_an_end_is_ready_without_a_time() {
    let sandbox = start();
    let mut given: serde_json::Value = serde_json::from_str(&session(&sandbox)).unwrap();
    given.as_object_mut().unwrap().remove("Expiration");
    answers(&sandbox, &given.to_string());
    let login = sandbox.xacct(&["login", "safe", "--no-input"]).run();
    login.stderr("xacct: the session of 'safe' is ready\n").ok();
}

#[test]
fn a_refresh_asks_the_process_again() {
    let sandbox = start();
    let (script, home) = (
        sandbox.home().join("get.sh"),
        sandbox.home().display().to_string(),
    );
    std::fs::write(&script, format!("cat {home}/answer.json\n")).unwrap();
    sandbox.add_config(&format!(
        "[profile hidden]\ncredential_process = sh {}\nmfa_serial = {DEVICE}\nregion = eu-west-1\n",
        script.display()
    ));
    let at = chrono::DateTime::from_timestamp(now() + 3600, 0)
        .unwrap()
        .to_rfc3339();
    let keys = ["ASIAPROCESSPROCESS11", "ASIAPROCESSPROCESS22"];
    let answer = |key: &str| {
        format!(
            r#"{{"Version":1,"AccessKeyId":"{key}","SecretAccessKey":"s","SessionToken":"t","Expiration":"{at}"}}"#
        )
    };
    answers(&sandbox, &answer(keys[0]));
    assert_eq!(sandbox.key_id("hidden"), keys[0]);
    answers(&sandbox, &answer(keys[1]));
    assert_eq!(sandbox.key_id("hidden"), keys[0]);
    let renewed = sandbox
        .xacct(&["credential-process", "hidden", "--refresh"])
        .run()
        .ok();
    assert_eq!(renewed.key_id(), keys[1]);
    assert_eq!(sandbox.key_id("hidden"), keys[1]);
}

/// What a process will give is not known when `each` counts.
#[test]
fn one_code_that_was_given_is_enough_for_a_process_too() {
    let sandbox = start();
    let run = sandbox.xacct(&["-q", "each", "locked", "client2", "--", "true"]);
    run.env("XACCT_MFA_CODE", sandbox.fresh_code()).run().ok();
    let mut calls = sandbox.calls();
    calls.sort();
    assert_eq!(calls, ["AssumeRole", "AssumeRole", "GetSessionToken"]);
}

#[test]
fn each_does_not_count_on_codes_that_a_session_makes_needless() {
    let sandbox = start();
    let session = session(&sandbox);
    answers(&sandbox, &session);
    let run = sandbox.xacct(&["each", "safe-long", "client3", "--", "true"]);
    let run = run
        .env("XACCT_MFA_CODE", sandbox.fresh_code())
        .run()
        .status(0);
    let said = run.stderr_text().to_owned();
    let start = "xacct: up to 2 MFA codes are needed, one after another: these profiles last \
                 longer than an hour and each take one for themselves: ";
    assert!(said.contains(start), "{said}");
    assert!(
        said.contains("; a credential_process that gives a session needs none\n"),
        "{said}"
    );
    run.stderr(&said);
    let with_code = sandbox
        .log()
        .iter()
        .filter(|call| call.params.contains_key("TokenCode"))
        .count();
    assert_eq!(with_code, 1);
}

#[test]
fn a_device_of_another_account_than_the_files_say_takes_no_code() {
    let sandbox = start();
    sandbox.edit_config(
        "[profile safe]\n",
        "[profile safe]\naws_account_id = 999999999999\n",
    );
    let refused = sandbox
        .xacct(&["credential-process", "safe-role"])
        .env("XACCT_MFA_CODE", "123456")
        .run();
    refused.status(3).stderr_contains(
        "mfa_serial is a device of account 111111111111, and the access key is of account \
         999999999999\n",
    );
    sandbox.asked(&[]);
}

#[test]
fn a_device_that_was_typed_is_used_or_refused() {
    let sandbox = start();
    let session = session(&sandbox);
    answers(&sandbox, &session);
    for profile in ["bare", "locked"] {
        let run = sandbox
            .xacct(&[
                "assume",
                profile,
                "--mfa-serial",
                "arn:aws:iam::111111111111:mfa/other",
            ])
            .run();
        run.status(3).stderr_contains(
            "--mfa-serial is not used: a code can only go with a request signed by an IAM user's \
             own access key, and the credential_process of profile 'bare' gave a session\n",
        );
    }
    sandbox.asked(&[]);
}

#[test]
fn it_is_told_what_depends_on_the_answer() {
    let sandbox = start();
    let explain = |profile: &str| {
        sandbox
            .xacct(&["explain", profile])
            .run()
            .ok()
            .stdout_text()
            .to_owned()
    };
    let text = explain("safe-role");
    assert!(text.contains("step 2    GetSessionToken "), "{text}");
    assert!(
        text.contains(
            "condition          only if the process gives an access key without a \
                       session token; a session is used as it is\n"
        ),
        "{text}"
    );
    assert!(
        text.ends_with("now       xacct will send 3 requests and prompt for a code\n"),
        "{text}"
    );
    let text = explain("safe-long");
    assert!(
        text.contains("; with a session, no code is sent and the role lasts 1h\n"),
        "{text}"
    );
    let shown = sandbox
        .xacct(&["explain", "safe-role", "--json"])
        .run()
        .ok()
        .json();
    let steps = shown["steps"].as_array().unwrap();
    let conditions: Vec<_> = steps
        .iter()
        .map(|step| (&step["action"], &step["condition"]))
        .collect();
    assert_eq!(
        conditions,
        [
            (&json!("GetSessionToken"), &json!("long_term_access_key")),
            (&json!("AssumeRole"), &serde_json::Value::Null)
        ]
    );
    // Once the process is known to give a session, nobody is asked.
    let session = session(&sandbox);
    answers(&sandbox, &session);
    sandbox.key_id("safe");
    assert!(explain("safe-role").ends_with("now       xacct will send 1 request and not prompt\n"));
}

/// The console takes no session of a user: a federation session is started with the key itself.
#[test]
fn the_console_is_entered_as_with_a_key_of_a_file() {
    let sandbox = start();
    let address = |profile: &str| {
        sandbox
            .xacct(&["console", profile, "--print", "-q"])
            .run()
            .ok();
        let asked = sandbox.calls();
        sandbox.clear_log();
        asked
    };
    assert_eq!(address("safe"), ["GetFederationToken", "getSigninToken"]);
    assert_eq!(address("hub"), address("safe"));
}

/// Whether a role is assumed from another session is known when the process has answered, and not
/// said before.
#[test]
fn the_console_session_of_a_role_is_cut_only_where_a_session_assumes_it() {
    let sandbox = start();
    let role = "role_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nexternal_id = \
                client1-7731\nregion = eu-west-1";
    sandbox.add_config(&format!(
        "[profile safe-partner]\n{role}\nsource_profile = safe\n[profile \
         bare-partner]\n{role}\nsource_profile = bare\n"
    ));
    let console = |profile: &str| {
        sandbox.xacct(&[
            "console",
            profile,
            "--print",
            "--duration",
            "8h",
            "--no-input",
        ])
    };
    console("safe-partner").run().status(5).stderr_contains(
        "  a console session of more than 1h takes a code of its own: run the command in a \
         terminal, or add --mfa-code CODE\n",
    );
    sandbox.asked(&[]);
    let code = sandbox.fresh_code();
    for run in [
        console("safe-partner").env("XACCT_MFA_CODE", code),
        console("bare-partner"),
    ] {
        run.run()
            .status(0)
            .stderr("xacct: signs in to account 222222222222 as PartnerAdmin, for 8h\n");
        let token = sandbox.log().pop().unwrap();
        assert_eq!(token.params["SessionDuration"], "28800");
        sandbox.asked(&["AssumeRole", "getSigninToken"]);
    }
    let session = session(&sandbox);
    answers(&sandbox, &session);
    for profile in ["safe-partner", "bare-partner"] {
        console(profile).run().status(0).stderr(
            "xacct: warning: AWS does not take --duration for these credentials: the session ends \
             when they do\n\
             xacct: signs in to account 222222222222 as PartnerAdmin, for 1h\n",
        );
    }
}

#[test]
fn a_role_goes_on_working_when_it_is_adopted() {
    let sandbox = start();
    sandbox.xacct(&["adopt", "locked", "--yes"]).run().status(0);
    with_code(&sandbox, "locked").ok();
    sandbox.asked(&["GetSessionToken", "AssumeRole"]);
}

/// Two users, each with a key, and roles of theirs.
const TWO_USERS: &str = r#"
[[account]]
id = "111111111111"
name = "hub"
[[account.user]]
name = "ann"
[[account.user.key]]
id = "AKIARTXV5AHDTEST2ANN"
secret = "NotASecret/xacct/sandbox/hub/ann/EXAMPLE"
[[account.user.mfa]]
serial = "arn:aws:iam::111111111111:mfa/ann"
secret = "PBQWGY3UEBZWC3TEMJXXQIDZN52SAMBR"
[[account.user]]
name = "bob"
[[account.user.key]]
id = "AKIARTXV5AHDTEST2BOB"
secret = "NotASecret/xacct/sandbox/hub/bob/EXAMPLE"
[[account]]
id = "222222222222"
name = "client"
[[account.role]]
name = "Reader"
[[account.role.trust]]
principals = ["arn:aws:iam::111111111111:root"]
"#;

/// Nothing that xacct sees has changed when the process gives somebody else's key; once it has been
/// asked, it is known.
#[test]
fn what_rests_on_another_answer_is_not_served() {
    let sandbox = Sandbox::with_world(TWO_USERS);
    let command = format!("sh {}/get.sh", sandbox.home().display());
    let home = sandbox.home().display();
    std::fs::write(
        sandbox.home().join("get.sh"),
        format!("cat {home}/answer.json\n"),
    )
    .unwrap();
    sandbox.write_config(&format!(
        "[profile own]\ncredential_process = {command}\nregion = eu-west-1\n\
         [profile role]\nrole_arn = arn:aws:iam::222222222222:role/Reader\nsource_profile = \
         own\nregion = eu-west-1\n\
         [profile code]\ncredential_process = {command}\nregion = eu-west-1\n\
         mfa_serial = arn:aws:iam::111111111111:mfa/ann\n\
         [profile code-role]\nrole_arn = arn:aws:iam::222222222222:role/Reader\nsource_profile = \
         code\n\
         role_session_name = other\nregion = eu-west-1\n"
    ));
    let is = |name: &str| {
        let (id, low) = (name.to_ascii_uppercase(), name);
        answers(
            &sandbox,
            &format!(
                r#"{{"Version":1,"AccessKeyId":"AKIARTXV5AHDTEST2{id}","SecretAccessKey":"NotASecret/xacct/sandbox/hub/{low}/EXAMPLE"}}"#
            ),
        );
    };
    is("ann");
    let role = sandbox.key_id("role");
    let code = with_code(&sandbox, "code").ok().key_id();
    let code_role = sandbox.key_id("code-role");
    sandbox.asked(&["AssumeRole", "GetSessionToken", "AssumeRole"]);
    // The same answer again leaves everything as it is.
    sandbox.key_id("own");
    for (profile, id) in [("role", &role), ("code", &code), ("code-role", &code_role)] {
        assert_eq!(sandbox.key_id(profile), *id);
    }
    is("bob");
    sandbox.key_id("own");
    sandbox.asked(&[]);
    assert_ne!(sandbox.key_id("role"), role);
    assert_eq!(
        sandbox.log()[0].access_key_id.as_deref(),
        Some("AKIARTXV5AHDTEST2BOB")
    );
    sandbox.asked(&["AssumeRole"]);
    for profile in ["code", "code-role"] {
        let nobody = sandbox
            .xacct(&["credential-process", profile, "--no-input"])
            .run()
            .status(5)
            .stdout("");
        nobody.stderr_contains("an MFA code for arn:aws:iam::111111111111:mfa/ann is needed");
    }
    sandbox.asked(&[]);
    // Ann's session is hers still, where the process gives her key.
    is("ann");
    assert_eq!(sandbox.key_id("code"), code);
    sandbox.asked(&[]);
}

/// What others share goes too, when AWS does not know it any more.
#[test]
fn a_dead_session_of_all_is_replaced() {
    let sandbox = start();
    with_code(&sandbox, "safe-role").ok();
    sandbox.forget_sessions();
    sandbox.leave("safe-role", -1);
    sandbox.advance_mfa();
    sandbox.clear_log();
    with_code(&sandbox, "safe-role").ok();
    let calls = sandbox.calls();
    assert_eq!(
        calls[calls.len() - 2..],
        ["GetSessionToken", "AssumeRole"],
        "{calls:?}"
    );
}
