//! `xacct login` as `aws login` does it: the pages of AWS Sign-In, by the browser of this machine or
//! by a code that is typed, and what becomes of the profile.

#![cfg(unix)]

use std::fs;
use std::path::PathBuf;

use crate::common::browser::{Browser, get, location, sign_in};
use crate::common::cache::read;
use crate::common::{Cmd, Running, Sandbox};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SESSION: &str = "arn:aws:iam::111111111111:user/you";
const OTHER: &str = "arn:aws:iam::111111111111:user/somebody";

const WORLD: &str = r#"
[[account]]
id = "111111111111"
name = "hub"
[[account.user]]
name = "you"
[[account.user]]
name = "somebody"
[files]
config = """
[profile browser]
login_session = arn:aws:iam::111111111111:user/you
region = eu-west-1
"""
"#;

/// A profile whose session nobody has begun yet.
fn signed_out() -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.add_config(&format!(
        "\n[profile browser]\nlogin_session = {SESSION}\nregion = eu-west-1\n"
    ));
    sandbox
}

fn file(sandbox: &Sandbox) -> PathBuf {
    let name = hex::encode(Sha256::digest(SESSION.as_bytes()));
    sandbox
        .home()
        .join(".aws/login/cache")
        .join(format!("{name}.json"))
}

fn login(sandbox: &Sandbox, browser: &Browser, args: &[&str]) -> Cmd {
    let args: Vec<&str> = ["login"].iter().chain(args).copied().collect();
    sandbox.xacct(&args).env("BROWSER", browser.path())
}

fn signed_in(running: Running, url: &str) {
    running.wait().status(0).stdout("").stderr(&format!(
        "xacct: sign in as {SESSION} in the browser that opens now; if none does, open\nxacct:   \
         {url}\nxacct: signed in as {SESSION}\n"
    ));
}

#[test]
fn the_browser_comes_back_with_a_code() {
    let sandbox = signed_out();
    let browser = Browser::of(&sandbox);
    let running = login(&sandbox, &browser, &["browser"]).spawn();
    let url = browser.url();
    let page = sign_in(&url);
    assert!(page.contains("You can close this page"), "{page}");
    signed_in(running, &url);
    let log = sandbox.log();
    let asked = &log[0].params;
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "arn:aws:signin:::devtools/same-device"),
        ("code_challenge_method", "SHA-256"),
        ("scope", "openid"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    assert_eq!(asked["redirect_uri"], log[1].params["redirectUri"]);
    assert_eq!(log[1].params["grantType"], "authorization_code");
    sandbox.asked(&["AuthorizeOAuth2Access", "CreateOAuth2Token"]);
    // The members of the AWS CLI's file, and no others.
    let token = read(&file(&sandbox));
    let names =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let own = [
        "accessToken",
        "clientId",
        "dpopKey",
        "idToken",
        "refreshToken",
        "tokenType",
    ];
    assert_eq!(names(&token), own);
    let keys = [
        "accessKeyId",
        "accountId",
        "expiresAt",
        "secretAccessKey",
        "sessionToken",
    ];
    assert_eq!(names(&token["accessToken"]), keys);
    assert_eq!(token["accessToken"]["accountId"], "111111111111");
    assert_eq!(token["tokenType"], "aws_sigv4");
    assert_eq!(token["clientId"], "arn:aws:signin:::devtools/same-device");
    let mode = fs::metadata(file(&sandbox)).unwrap();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777,
        0o600
    );
    // It is good for credentials, and for a renewal by the same key.
    let id = sandbox.key_id("browser");
    assert_eq!(token["accessToken"]["accessKeyId"], id);
    let mut token = token;
    token["accessToken"]["expiresAt"] = "2020-01-01T00:00:00Z".into();
    fs::write(file(&sandbox), token.to_string()).unwrap();
    login(&sandbox, &browser, &["browser"])
        .run()
        .status(0)
        .stderr(&format!(
            "xacct: already signed in as {SESSION} (--refresh signs in again)\n"
        ));
    sandbox.asked(&["CreateOAuth2Token"]);
}

#[test]
fn who_signs_in_anew_ends_what_was_there() {
    let sandbox = signed_out();
    let browser = Browser::of(&sandbox);
    let running = login(&sandbox, &browser, &["browser", "-q"]).spawn();
    sign_in(&browser.url());
    running.wait().status(0);
    let before = (sandbox.key_id("browser"), read(&file(&sandbox)));
    let running = login(&sandbox, &browser, &["browser", "--refresh"]).spawn();
    let url = browser.url();
    sign_in(&url);
    signed_in(running, &url);
    assert_ne!(read(&file(&sandbox))["dpopKey"], before.1["dpopKey"]);
    assert!(sandbox.entries().is_empty());
    assert_ne!(sandbox.key_id("browser"), before.0);
}

#[test]
fn a_code_is_typed_that_a_browser_elsewhere_shows() {
    let sandbox = signed_out();
    let mut pty = sandbox.pty(&["login", "browser", "--remote"]);
    pty.expect("open this page in a browser on any computer");
    pty.expect("xacct:   ");
    let url = pty.expect("\r\n");
    let url = url.trim_end();
    assert!(url.contains("devtools%2Fcross-device"), "{url}");
    pty.expect("the code that the page shows in the end: ");
    // A code of another sign-in is none, and costs nothing.
    pty.send_line("c3RhdGU9eCZjb2RlPXk=");
    pty.expect("this is not the code of this sign-in");
    pty.expect("the code that the page shows in the end: ");
    let page = get(&location(&get(url)));
    let code = page
        .split("<p>")
        .nth(1)
        .unwrap()
        .split("</p>")
        .next()
        .unwrap();
    pty.send_line(code);
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    assert!(!screen.contains("was not used"), "{screen}");
    assert!(
        screen.contains(&format!("signed in as {SESSION}")),
        "{screen}"
    );
    assert_eq!(
        read(&file(&sandbox))["clientId"],
        "arn:aws:signin:::devtools/cross-device"
    );
    sandbox.asked(&[
        "AuthorizeOAuth2Access",
        "SessionConfirmation",
        "CreateOAuth2Token",
    ]);
}

#[test]
fn without_a_browser_and_a_terminal_nobody_can_sign_in() {
    let sandbox = signed_out();
    sandbox
        .xacct(&["login", "browser"])
        .run()
        .status(5)
        .stdout("")
        .stderr(&format!(
            "xacct: error: the code of the sign-in as {SESSION} must be typed, and no terminal is \
         available to prompt on\n  run it in a terminal, or where a browser can open\n"
        ));
    sandbox.xacct(&["login", "browser", "--no-input"]).run().status(5).stderr(&format!(
        "xacct: error: profile 'browser': you are signed out: no session of aws login found for \
         {SESSION}\n  in a terminal, run: xacct login browser\n"
    ));
    sandbox.asked(&[]);
}

#[test]
fn somebody_else_is_refused() {
    let sandbox = Sandbox::with_world(WORLD);
    let browser = Browser::of(&sandbox);
    sandbox.sign_in(&json!({ "login": OTHER }));
    let running = login(&sandbox, &browser, &["browser", "-q"]).spawn();
    sign_in(&browser.url());
    running.wait().status(4).stdout("").stderr(&format!(
        "xacct: error: you signed in as {OTHER}, but login_session of profile 'browser' is \
         {SESSION}\n  - to sign in as the other one, choose it in the browser: xacct login browser\n  \
         - to use this one in the profile: xacct login browser --aws\n"
    ));
    assert!(!sandbox.home().join(".aws/login").exists());
    // As it says.
    let running = login(&sandbox, &browser, &["browser", "--aws", "-q"]).spawn();
    sign_in(&browser.url());
    running.wait().status(0);
    let config = fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
    assert!(
        config.contains(&format!("[profile browser]\nlogin_session = {OTHER}\n")),
        "{config}"
    );
    sandbox.key_id("browser");
}

#[test]
fn a_profile_is_made_for_whoever_signs_in() {
    let sandbox = Sandbox::start();
    let browser = Browser::of(&sandbox);
    let missing = sandbox.xacct(&["login", "me"]).run().status(3).stdout("");
    missing.stderr_contains("as aws login does: xacct login me --aws\n");
    let running = login(&sandbox, &browser, &["me", "--aws"])
        .env("AWS_REGION", "eu-west-1")
        .spawn();
    let url = browser.url();
    sign_in(&url);
    let output = running.wait().status(0).stdout("");
    let said = output.stderr_text();
    assert!(
        said.starts_with(&format!(
            "xacct: sign in for profile 'me' in the browser that opens now; if none does, \
             open\nxacct:   {url}\n"
        )) && said.ends_with(&format!(
            "xacct: signed in as {SESSION}\nxacct: profile 'me' uses this session\n"
        )),
        "{said}"
    );
    let config = fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
    assert!(
        config.ends_with(&format!("\n[profile me]\nlogin_session = {SESSION}\n")),
        "{config}"
    );
    let given = sandbox
        .xacct(&["credential-process", "me"])
        .env("AWS_REGION", "eu-west-1")
        .run();
    assert_eq!(
        read(&file(&sandbox))["accessToken"]["accessKeyId"],
        given.ok().key_id()
    );
    sandbox.asked(&["AuthorizeOAuth2Access", "CreateOAuth2Token"]);
    // What has credentials already keeps them.
    sandbox
        .xacct(&["login", "client1", "--aws"])
        .run()
        .status(3)
        .stdout("")
        .stderr_contains("--aws: profile 'client1' gets its credentials by role_arn\n");
    sandbox.asked(&[]);
}

#[test]
fn a_no_and_an_old_code_are_said_in_words() {
    let sandbox = signed_out();
    let browser = Browser::of(&sandbox);
    sandbox.sign_in(&json!({ "mode": "deny" }));
    let running = login(&sandbox, &browser, &["browser", "-q"]).spawn();
    let page = sign_in(&browser.url());
    assert!(page.contains("The sign-in was refused"), "{page}");
    running.wait().status(4).stdout("").stderr(&format!(
        "xacct: error: the sign-in as {SESSION} was refused in the browser (access_denied)\n  to try \
         again: xacct login browser\n"
    ));
    sandbox.sign_in(&json!({ "mode": "approve" }));
    let running = login(&sandbox, &browser, &["browser", "-q"]).spawn();
    let back = location(&get(&browser.url()));
    sandbox.clock(121);
    get(&back);
    running.wait().status(5).stdout("").stderr_contains(&format!(
        "xacct: error: the code of the sign-in as {SESSION} has expired\n  to try again: xacct login \
         browser\n"
    ));
    assert!(!file(&sandbox).exists());
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    let sandbox = signed_out();
    let browser = Browser::of(&sandbox);
    let running = login(&sandbox, &browser, &["browser", "-q"]).spawn();
    browser.url();
    running.interrupt();
    running
        .wait()
        .status(130)
        .stderr("xacct: error: interrupted\n");
    assert!(!file(&sandbox).exists());
    // Nothing keeps the next one from asking.
    let running = login(&sandbox, &browser, &["browser"]).spawn();
    let url = browser.url();
    sign_in(&url);
    signed_in(running, &url);
}

#[test]
fn many_that_sign_in_open_one_browser() {
    let sandbox = signed_out();
    let browser = Browser::of(&sandbox);
    let running: Vec<Running> = (0..8)
        .map(|_| login(&sandbox, &browser, &["browser"]).spawn())
        .collect();
    sign_in(&browser.url());
    for run in running {
        run.wait()
            .status(0)
            .stderr_contains(&format!("signed in as {SESSION}"));
    }
    assert_eq!(browser.starts(), 1);
    sandbox.asked(&["AuthorizeOAuth2Access", "CreateOAuth2Token"]);
}

#[test]
fn who_needs_credentials_at_a_terminal_signs_in() {
    let sandbox = signed_out();
    let browser = Browser::of(&sandbox);
    let env = [("BROWSER", browser.path().to_str().unwrap().to_owned())];
    let env: Vec<(&str, &str)> = env
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let pty = sandbox.pty_with(&["exec", "browser", "--", "true"], &env);
    sign_in(&browser.url());
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    sandbox.asked(&["AuthorizeOAuth2Access", "CreateOAuth2Token"]);
}

/// botocore reads what xacct wrote, and renews it by the same key.
#[test]
fn boto_goes_on_where_xacct_has_signed_in() {
    let python = crate::common::tools::python().filter(|python| {
        let tried = std::process::Command::new(python)
            .args(["-c", "import awscrt"])
            .output();
        tried.is_ok_and(|output| output.status.success())
    });
    let Some(python) = python else {
        crate::common::skip("there is no boto3 with awscrt: scripts/test-tools brings them");
        return;
    };
    let sandbox = signed_out();
    let browser = Browser::of(&sandbox);
    let running = login(&sandbox, &browser, &["browser", "-q"]).spawn();
    sign_in(&browser.url());
    running.wait().status(0);
    sandbox.clear_log();
    let script = "import boto3; \
                  print(boto3.Session(profile_name='browser').client('sts').get_caller_identity()['Arn'])";
    for calls in [
        &["GetCallerIdentity"][..],
        &["CreateOAuth2Token", "GetCallerIdentity"],
    ] {
        let run = sandbox.program(&python, &["-c", script]);
        run.run().status(0).stdout(&format!("{SESSION}\n"));
        sandbox.asked(calls);
        let mut token = read(&file(&sandbox));
        token["accessToken"]["expiresAt"] = "2020-01-01T00:00:00Z".into();
        fs::write(file(&sandbox), token.to_string()).unwrap();
    }
}
