//! `xacct console`: the address, who gets it, what AWS is asked for it, and for how long it lets
//! one in. The sandbox's sign-in takes only what AWS takes, and says on its page whom it signed in.

#![cfg(unix)]

use crate::common::browser::signed_in;
use crate::common::{Cmd, Output, Sandbox};
use serde_json::json;

fn console(sandbox: &Sandbox, args: &[&str]) -> Cmd {
    sandbox.xacct(&[&["console"], args].concat())
}

/// A printed address.
#[track_caller]
fn address(run: &Output) -> String {
    let text = run.stdout_text();
    assert!(
        text.starts_with("http") && text.ends_with('\n') && text.lines().count() == 1,
        "{text}"
    );
    text.trim_end().to_owned()
}

/// `SessionDuration`, of each token that was asked for.
fn durations(sandbox: &Sandbox) -> Vec<Option<String>> {
    let tokens = sandbox
        .log()
        .into_iter()
        .filter(|request| request.action.as_deref() == Some("getSigninToken"));
    tokens
        .map(|request| request.params.get("SessionDuration").cloned())
        .collect()
}

#[test]
fn a_role_of_the_mfa_session_is_signed_in_for_as_long_as_its_credentials_live() {
    let sandbox = Sandbox::start_logged_in();
    let run = console(&sandbox, &["client1", "--print", "--service", "s3", "-vv"])
        .run()
        .status(0);
    run.stderr_contains("signs in to account 222222222222 as PartnerAdmin, for 1h\n");
    assert_eq!(durations(&sandbox), [None]);
    sandbox.asked(&["AssumeRole", "getSigninToken"]);
    let run = console(&sandbox, &["client1", "--print", "-q", "--service", "s3"])
        .run()
        .ok();
    assert_eq!(
        signed_in(&address(&run)),
        "Signed in as arn:aws:sts::222222222222:assumed-role/PartnerAdmin/xacct-user for 59 \
         minutes, at https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1"
    );
    sandbox.asked(&["getSigninToken", "login"]);
    // Half an hour is what the credentials themselves are asked for, with no code.
    console(&sandbox, &["client1", "--print", "--duration", "30m"])
        .run()
        .status(0)
        .stderr("xacct: signs in to account 222222222222 as PartnerAdmin, for 30m\n");
    assert_eq!(sandbox.log()[0].params["DurationSeconds"], "1800");
    assert_eq!(durations(&sandbox), [None]);
    sandbox.asked(&["AssumeRole", "getSigninToken"]);
}

#[test]
fn a_longer_session_takes_a_code_on_the_role_itself() {
    let sandbox = Sandbox::start_logged_in();
    console(
        &sandbox,
        &["client1", "--print", "--duration", "8h", "--no-input"],
    )
    .run()
    .status(5)
    .stdout("")
    .stderr(
        "xacct: error: an MFA code for arn:aws:iam::111111111111:mfa/you is needed, and --no-input \
         forbids asking\n  a console session of more than 1h takes a code of its own: run the \
         command in a terminal, or add --mfa-code CODE\n  xacct console client1    without \
         --duration, uses the MFA session\n",
    );
    sandbox.asked(&[]);
    let run = console(&sandbox, &["client1", "--print", "--duration", "8h"]);
    let run = run
        .env("XACCT_MFA_CODE", sandbox.fresh_code())
        .run()
        .status(0);
    let address = address(&run);
    run.stderr("xacct: signs in to account 222222222222 as PartnerAdmin, for 8h\n");
    let assumed = &sandbox.log()[0];
    assert_eq!(
        assumed.access_key_id.as_deref(),
        Some("AKIARTXV5AHDTEST2YOU")
    );
    assert_eq!(
        (
            assumed.params["DurationSeconds"].as_str(),
            assumed.params.contains_key("TokenCode")
        ),
        ("3600", true)
    );
    assert_eq!(durations(&sandbox), [Some("28800".to_owned())]);
    assert!(
        signed_in(&address).contains("for 479 minutes")
            || signed_in(&address).contains("for 480 minutes")
    );
    sandbox.clear_log();
    // The role's credentials are kept like any others.
    console(&sandbox, &["client1", "--print", "--duration", "8h", "-q"])
        .run()
        .ok();
    sandbox.asked(&["getSigninToken"]);
}

#[test]
fn a_role_of_the_user_s_own_keys_may_choose() {
    let sandbox = Sandbox::start_plain();
    console(&sandbox, &["plain", "--print"])
        .run()
        .status(0)
        .stderr("xacct: signs in to account 222222222222 as PartnerAdmin, for 1h\n");
    // The credentials live on, and the session is as long all the same.
    sandbox.leave("plain", 1000);
    console(&sandbox, &["plain", "--print", "--duration", "12h"])
        .run()
        .status(0)
        .stderr("xacct: signs in to account 222222222222 as PartnerAdmin, for 12h\n");
    assert_eq!(
        durations(&sandbox),
        [Some("3600".to_owned()), Some("43200".to_owned())]
    );
    sandbox.asked(&["AssumeRole", "getSigninToken", "getSigninToken"]);
    for duration in ["14m", "13h"] {
        let run = console(&sandbox, &["plain", "--print", "--duration", duration])
            .run()
            .status(2)
            .stdout("");
        run.stderr_contains("xacct: error: --duration: a console session lasts 15m to 12h, not ");
    }
    sandbox.asked(&[]);
}

#[test]
fn a_chained_role_has_an_hour_at_most() {
    let sandbox = Sandbox::start_logged_in();
    console(
        &sandbox,
        &["chained", "--print", "--duration", "8h", "--service", "iam"],
    )
    .run()
    .status(0)
    .stderr(
        "xacct: warning: --duration is cut to 1h: AWS lets the session of a role that is assumed \
         from another session \
         last no longer\nxacct: signs in to account 444444444444 as Inner, for 1h\n",
    );
    assert_eq!(durations(&sandbox), [None]);
    sandbox.asked(&["AssumeRole", "AssumeRole", "getSigninToken"]);
}

#[test]
fn an_access_key_gets_a_federation_session() {
    let sandbox = Sandbox::start();
    let run = console(&sandbox, &["hub", "--print", "--duration", "2h"])
        .run()
        .status(0);
    let address = address(&run);
    run.stderr(
        "xacct: signs in to account 111111111111, for 2h; a federation session, which has no MFA\n",
    );
    let asked = &sandbox.log()[0];
    assert_eq!(
        (
            asked.params["Name"].as_str(),
            asked.params["DurationSeconds"].as_str()
        ),
        ("xacct-user", "7200")
    );
    assert_eq!(
        asked.params["Policy"],
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
    );
    assert_eq!(durations(&sandbox), [None]);
    assert!(
        signed_in(&address)
            .starts_with("Signed in as arn:aws:sts::111111111111:federated-user/xacct-user for ")
    );
    sandbox.asked(&["GetFederationToken", "getSigninToken", "login"]);
    // A name of up to 32 characters; twelve hours where nothing is said.
    sandbox.write_settings("session_name = \"a-name-of-more-than-thirty-two-characters\"\n");
    console(&sandbox, &["hub", "--print"])
        .run()
        .status(0)
        .stderr_contains(", for 12h; ");
    assert_eq!(
        sandbox.log()[0].params["Name"],
        "a-name-of-more-than-thirty-two-c"
    );
    sandbox
        .xacct(&["audit", "--json"])
        .run()
        .ok()
        .stdout_contains("\"action\": \"GetFederationToken\"");
}

#[test]
fn a_user_s_session_keys_are_refused_with_the_reason() {
    let sandbox = Sandbox::start();
    let session = sandbox.xacct(&[
        "exec",
        "hub",
        "--",
        "sh",
        "-c",
        "printf '%s\\n' \"[session]\" \"aws_access_key_id = $AWS_ACCESS_KEY_ID\" \
        \"aws_secret_access_key = $AWS_SECRET_ACCESS_KEY\" \"aws_session_token = \
        $AWS_SESSION_TOKEN\" \"region = eu-west-1\"",
    ]);
    let text = session
        .env("XACCT_MFA_CODE", sandbox.fresh_code())
        .run()
        .status(0)
        .stdout_text()
        .to_owned();
    sandbox.write_credentials(&text);
    sandbox.clear_log();
    console(&sandbox, &["session", "--print"])
        .run()
        .status(4)
        .stdout("")
        .stderr(
            "xacct: error: AWS does not sign 'session' in to the console (HTTP 400)\n  these are \
         session credentials of arn:aws:iam::111111111111:user/you itself (GetSessionToken), and \
         the console takes those of a role, or of a federation session, which only the user's own \
         access key can start\n",
        );
    sandbox.asked(&["getSigninToken", "GetCallerIdentity"]);
}

/// A profile whose credentials are a chained role's, which only the sandbox knows.
fn with_process(sandbox: &Sandbox) {
    sandbox.add_config(&format!(
        "\n[profile process]\ncredential_process = {} credential-process chained\nregion = \
         eu-west-1\n",
        crate::common::XACCT
    ));
}

#[test]
fn where_a_duration_is_not_taken_it_is_asked_once_more_without() {
    let sandbox = Sandbox::start_logged_in();
    with_process(&sandbox);
    console(&sandbox, &["process", "--print", "--duration", "2h"]).run().status(0).stderr(
        "xacct: warning: AWS does not take --duration for these credentials: the session ends when \
         they do\n\
         xacct: signs in to account 444444444444, for 1h\n",
    );
    assert_eq!(durations(&sandbox), [Some("7200".to_owned()), None]);
    sandbox.clear_log();
    console(&sandbox, &["process", "--print"]).run().status(0);
    assert_eq!(durations(&sandbox), [None]);
}

#[test]
fn identity_center_has_a_link_of_its_own() {
    let sandbox = Sandbox::start();
    let link = "https://acme.awsapps.com/start/#/console?account_id=111111111111&role_name=Admin&destination=";
    console(&sandbox, &["acme", "--print"])
        .run()
        .status(0)
        .stdout(&format!(
            "{link}https%3A%2F%2Feu-central-1.console.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Deu-central-1\n"
        ))
        .stderr("xacct: the link leads to account 111111111111 as Admin, after signing in at \
                 https://acme.awsapps.com/start\n");
    console(
        &sandbox,
        &[
            "acme",
            "--print",
            "-q",
            "--service",
            "iam",
            "--duration",
            "2h",
        ],
    )
    .run()
    .ok()
    .stdout(&format!(
        "{link}https%3A%2F%2Fconsole.aws.amazon.com%2Fiam%2Fhome\n"
    ));
    console(&sandbox, &["acme", "--print", "--duration", "2h"])
        .run()
        .status(0)
        .stderr_contains(
            "xacct: warning: --duration is not used: Identity Center decides on the duration\n",
        );
    sandbox.asked(&[]);
    // A role that is assumed from there is a role like any other.
    sandbox.xacct(&["login", "acme", "-q"]).run().status(0);
    sandbox.clear_log();
    let run = console(&sandbox, &["acme-client1", "--print"])
        .run()
        .status(0);
    assert!(signed_in(&address(&run)).contains("assumed-role/PartnerAdmin/"));
    assert_eq!(durations(&sandbox), [None]);
    sandbox.asked(&[
        "GetRoleCredentials",
        "AssumeRole",
        "getSigninToken",
        "login",
    ]);
}

#[test]
fn the_switch_role_link_takes_no_credentials() {
    let sandbox = Sandbox::start();
    console(&sandbox, &["client3", "--switch-role", "--print"])
        .run()
        .status(0)
        .stdout(
            "https://signin.aws.amazon.com/switchrole?account=444444444444&roleName=LongRunning&displayName=client3\n",
        )
        .stderr("xacct: the link works for anyone who is signed in to the console of account \
                 111111111111, with MFA\n");
    // The reason comes first, also where there is no browser.
    for print in [&["--print"][..], &[]] {
        console(&sandbox, &[&["client1", "--switch-role"], print].concat()).run().status(3).stdout("").stderr(
            "xacct: error: no switch-role link for 'client1': its role asks for an external id, \
             and the console has no way to send one\n  xacct console client1    signs in with its \
             credentials instead\n",
        );
    }
    console(&sandbox, &["client3", "--switch-role", "--service", "s3"])
        .run()
        .status(2)
        .stdout("");
    sandbox.asked(&[]);
}

#[test]
fn what_is_wrong_is_found_before_anything_is_asked() {
    let sandbox = Sandbox::start();
    for (args, status, message) in [
        (
            &["client1"][..],
            1,
            "no browser found to open the console in\n  xacct console client1 --copy ",
        ),
        (
            &["client1", "--copy"],
            5,
            "no terminal to copy through\n  --print prints the address",
        ),
        (
            &["client1", "--no-browser"],
            1,
            "--no-browser forbids opening one\n",
        ),
        (
            &["client1", "--browser", "fierfox"],
            2,
            "--browser: 'fierfox' is not a known browser; did you mean 'firefox'?\n",
        ),
        (
            &["client1", "--browser", "firefox"],
            3,
            "firefox was not found in its usual place\n",
        ),
        (
            &["client1", "--print", "--service", "lamda"],
            2,
            "--service: unknown service 'lamda'\n  did you mean 'lambda'?\n",
        ),
    ] {
        let run = console(&sandbox, args).run().status(status).stdout("");
        run.stderr_contains(&format!("xacct: error: {message}"));
    }
    let ssh = console(&sandbox, &["client1"])
        .env("DISPLAY", ":0")
        .env("SSH_TTY", "/dev/pts/1")
        .run();
    ssh.status(1).stderr_contains("no browser found");
    sandbox.add_config("\n[profile asks]\ninclude_profile = client1\nconfirm = true\n");
    console(&sandbox, &["asks", "--print", "--no-input"])
        .run()
        .status(5)
        .stdout("")
        .stderr_contains("wants a yes");
    sandbox.asked(&[]);
}

#[test]
fn failures_are_told_without_the_address() {
    let sandbox = Sandbox::start_plain();
    let broken = |count: u32| {
        let fault =
            json!({"kind": "error", "status": 503, "count": count, "action": "getSigninToken"});
        sandbox.fault(&fault);
    };
    broken(2);
    console(&sandbox, &["plain", "--print", "-vv"])
        .run()
        .status(0);
    sandbox.asked(&[
        "AssumeRole",
        "getSigninToken",
        "getSigninToken",
        "getSigninToken",
    ]);
    broken(3);
    console(&sandbox, &["plain", "--print", "-q"]).run().status(6).stdout("").stderr(&format!(
        "xacct: error: the console's sign-in could not be reached at {}: it answered HTTP 503\n  \
         check the network, and HTTPS_PROXY if there is a proxy\n",
        sandbox.endpoint()
    ));
    sandbox.clear_log();
    for fault in [json!({"kind": "truncate"}), json!({"kind": "reset_after"})] {
        let mut fault = fault;
        fault["action"] = "getSigninToken".into();
        fault["count"] = 3.into();
        sandbox.fault(&fault);
        let run = console(&sandbox, &["plain", "--print", "-vv"])
            .run()
            .status(6)
            .stdout("");
        run.stderr_contains("the console's sign-in could not be reached at ");
    }
    sandbox.clear_log();
    let closed = console(&sandbox, &["plain", "--print", "-vv"])
        .env("AWS_ENDPOINT_URL_SIGNIN", "http://127.0.0.1:1");
    closed
        .env("AWS_MAX_ATTEMPTS", "1")
        .run()
        .status(6)
        .stderr_contains("at http://127.0.0.1:1: Connection refused");
    sandbox.asked(&[]);
    // Credentials that AWS has forgotten.
    sandbox.forget_sessions();
    let run = console(&sandbox, &["plain", "--print"])
        .run()
        .status(4)
        .stdout("");
    run.stderr_contains("AWS does not sign 'plain' in to the console (HTTP 400)\n");
    console(&sandbox, &["plain", "--print", "--refresh"])
        .run()
        .status(0);
}

#[test]
fn the_sign_in_s_address_is_configured_like_any_service_s() {
    let sandbox = Sandbox::start_plain();
    let endpoint = sandbox.endpoint().to_owned();
    sandbox.edit_config(
        "[profile plain]",
        &format!(
            "[services here]\nsignin =\n  endpoint_url = {endpoint}/\nsts =\n  endpoint_url = \
                  {endpoint}\n[profile plain]\nservices = here"
        ),
    );
    let run = console(&sandbox, &["plain", "--print", "-q"])
        .env_remove("AWS_ENDPOINT_URL")
        .run()
        .ok();
    assert!(address(&run).starts_with(&format!(
        "{endpoint}/federation?Action=login&Issuer=xacct&Destination="
    )));
    sandbox.asked(&["AssumeRole", "getSigninToken"]);
}

#[test]
fn a_role_without_a_profile_and_keys_of_another_program() {
    let sandbox = Sandbox::start_plain();
    let role = "arn:aws:iam::222222222222:role/PartnerAdmin";
    let named = [
        "console",
        role,
        "--source-profile",
        "keys",
        "--external-id",
        "client1-7731",
        "--print",
    ];
    let run = sandbox
        .xacct(&[&named[..], &["--region", "us-west-2"]].concat())
        .run()
        .status(0);
    assert!(
        signed_in(&address(&run))
            .ends_with("at https://us-west-2.console.aws.amazon.com/console/home?region=us-west-2")
    );
    sandbox.asked(&["AssumeRole", "getSigninToken", "login"]);
    sandbox.add_config(
        "\n[profile process]\ncredential_process = echo \
         '{\"Version\":1,\"AccessKeyId\":\"AKIARTXV5AHDTEST2YOU\",\
         \"SecretAccessKey\":\"NotASecret/xacct/sandbox/hub/you/EXAMPLE\"}'\nregion = eu-west-1\n",
    );
    console(&sandbox, &["process", "--print"])
        .run()
        .status(0)
        .stderr("xacct: signs in to account 111111111111, for 12h; a federation session\n");
    sandbox.asked(&["GetFederationToken", "getSigninToken"]);
}

#[test]
fn credentials_are_sent_to_nobody_in_the_clear() {
    let sandbox = Sandbox::start_plain();
    let run = |url: &str| {
        console(&sandbox, &["plain", "--print"])
            .env("AWS_ENDPOINT_URL_SIGNIN", url)
            .run()
    };
    run("http://signin.example").status(3).stdout("").stderr(
        "xacct: error: AWS_ENDPOINT_URL_SIGNIN: http://signin.example: the console's sign-in is \
         sent the credentials themselves, which must not go unencrypted\n  write it with https://, \
         or set AWS_ENDPOINT_URL_SIGNIN to the address of the sign-in\n",
    );
    sandbox.asked(&[]);
    run(sandbox.endpoint()).status(0);
}
