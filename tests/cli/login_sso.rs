//! `xacct login` at Identity Center: with the browser of this machine, with a code, and what can go
//! wrong.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;

use crate::common::browser::{Browser, get, location, sign_in};
use crate::common::cache::{now, read};
use crate::common::{Cmd, Running, Sandbox};
use serde_json::json;

const START: &str = "https://acme.awsapps.com/start";

/// `xacct login acme` with a browser that tells where it was sent.
fn login(sandbox: &Sandbox, browser: &Browser, more: &[&str]) -> Cmd {
    let args: Vec<&str> = ["login", "acme"].iter().chain(more).copied().collect();
    sandbox.xacct(&args).env("BROWSER", browser.path())
}

fn signed_in(running: Running, url: &str) {
    running.wait().status(0).stdout("").stderr(&format!(
        "xacct: sign in at {START} in the browser that opens now; if none does, open\nxacct:   \
         {url}\nxacct: signed in at {START}\n"
    ));
}

#[test]
fn the_browser_comes_back_with_a_code() {
    let sandbox = Sandbox::start();
    let browser = Browser::of(&sandbox);
    let running = login(&sandbox, &browser, &[]).spawn();
    let url = browser.url();
    let page = sign_in(&url);
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    assert!(page.contains("You can close this page"), "{page}");
    signed_in(running, &url);
    let log = sandbox.log();
    let shown = |at: usize, names: &[&str]| -> BTreeMap<String, String> {
        let all = &log[at].params;
        names
            .iter()
            .map(|name| {
                (
                    (*name).to_owned(),
                    all.get(*name).cloned().unwrap_or_default(),
                )
            })
            .collect()
    };
    let wanted = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    assert_eq!(
        log[0].params,
        wanted(&[
            ("clientName", "xacct-client-acme"),
            ("clientType", "public"),
            ("grantTypes", "authorization_code refresh_token"),
            ("issuerUrl", START),
            ("redirectUris", "http://127.0.0.1/oauth/callback"),
            ("scopes", "sso:account:access"),
        ])
    );
    assert_eq!(
        shown(1, &["response_type", "code_challenge_method", "scopes"]),
        wanted(&[
            ("response_type", "code"),
            ("code_challenge_method", "S256"),
            ("scopes", "sso:account:access")
        ])
    );
    assert_eq!(log[1].params["redirect_uri"], log[2].params["redirectUri"]);
    sandbox.asked(&["RegisterClient", "Authorize", "CreateToken"]);
    // What is there is not asked for again.
    login(&sandbox, &browser, &[])
        .run()
        .status(0)
        .stderr(&format!(
            "xacct: already signed in at {START} (--refresh signs in again)\n"
        ));
    sandbox.asked(&[]);
    // The client is still known.
    let running = login(&sandbox, &browser, &["--refresh"]).spawn();
    let url = browser.url();
    sign_in(&url);
    signed_in(running, &url);
    sandbox.asked(&["Authorize", "CreateToken"]);
    assert_eq!(browser.starts(), 2);
}

#[test]
fn what_is_not_this_sign_in_is_turned_away() {
    let sandbox = Sandbox::start();
    let browser = Browser::of(&sandbox);
    let running = login(&sandbox, &browser, &[]).spawn();
    let url = browser.url();
    let back = location(&get(&url));
    let (base, query) = back.split_once("/oauth/callback?").unwrap();
    // A connection that browsers open ahead of time and say nothing on.
    let idle = std::net::TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
    for (path, status) in [
        ("/favicon.ico", "404"),
        ("/oauth/callback", "400"),
        ("/oauth/callback?code=x&state=y", "400"),
        ("/oauth/callback?error=access_denied", "400"),
    ] {
        let answer = get(&format!("{base}{path}"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{path}: {answer}"
        );
    }
    let page = get(&format!("{base}/oauth/callback?{query}"));
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    signed_in(running, &url);
    drop(idle);
}

#[test]
fn a_no_in_the_browser_is_a_no() {
    let sandbox = Sandbox::start();
    let browser = Browser::of(&sandbox);
    sandbox.sign_in(&json!({ "mode": "deny" }));
    let running = login(&sandbox, &browser, &["-q"]).spawn();
    let page = sign_in(&browser.url());
    assert!(page.contains("The sign-in was refused"), "{page}");
    running.wait().status(4).stdout("").stderr(&format!(
        "xacct: error: the sign-in at {START} was refused in the browser (access_denied)\n  to try \
         again: xacct login acme\n"
    ));
    assert!(!sandbox.token_file().exists() && sandbox.client_file().exists());
}

#[test]
fn a_code_that_was_exchanged_for_nothing_is_an_error() {
    let sandbox = Sandbox::start();
    let browser = Browser::of(&sandbox);
    sandbox.fault(&json!({ "kind": "error", "action": "CreateToken", "count": 9 }));
    let running = login(&sandbox, &browser, &["-q"]).spawn();
    sign_in(&browser.url());
    let output = running.wait().status(6);
    output.stderr_contains(
        "IAM Identity Center in eu-central-1 could not be reached: InternalServerException",
    );
    assert!(!sandbox.token_file().exists());
}

#[test]
fn no_browser_prints_the_address_even_in_silence() {
    let sandbox = Sandbox::start();
    let browser = Browser::of(&sandbox);
    let mut pty = sandbox.pty_with(
        &["login", "acme", "--no-browser", "-q"],
        &[("BROWSER", browser.path().to_str().unwrap())],
    );
    pty.expect("open this page in a browser of this computer");
    pty.expect("xacct:   ");
    let url = pty.expect("\r\n");
    sign_in(&url);
    let (status, screen) = pty.wait();
    assert_eq!((status, browser.starts()), (0, 0), "{screen}");
    assert!(sandbox.token_file().exists());
}

#[test]
fn a_browser_that_does_not_start_is_said() {
    let sandbox = Sandbox::start();
    let run = sandbox
        .xacct(&["login", "acme", "--device-code", "-q"])
        .env("BROWSER", "/nonexistent/browser");
    let output = run.run().status(0);
    assert!(
        output
            .stderr_text()
            .starts_with("xacct: no browser could be started: open http://127.0.0.1:")
    );
}

#[test]
fn a_device_shows_a_code_and_waits() {
    let sandbox = Sandbox::start();
    sandbox.sign_in(&json!({ "mode": "pending" }));
    // With SSH the browser would be at the other end.
    let run = sandbox
        .xacct(&["login", "acme"])
        .env("DISPLAY", ":0")
        .env("SSH_TTY", "/dev/pts/1")
        .spawn();
    crate::common::until("a second poll", || sandbox.calls().len() >= 4);
    let code = sandbox.user_codes().pop().unwrap();
    sandbox.sign_in(&json!({ "mode": "approve" }));
    let page = format!("{}/device?user_code={code}", sandbox.endpoint());
    run.wait().status(0).stdout("").stderr(&format!(
        "xacct: to sign in, open this page, which must show the code {code}\nxacct:   \
         {page}\nxacct: signed in at {START}\n"
    ));
    let calls = sandbox.calls();
    assert_eq!(
        calls[..3],
        ["RegisterClient", "StartDeviceAuthorization", "CreateToken"]
    );
    let log = sandbox.log();
    let codes: Vec<&str> = log[2..]
        .iter()
        .map(|request| request.code.as_deref().unwrap_or(""))
        .collect();
    assert!(
        codes
            .iter()
            .rev()
            .skip(1)
            .all(|code| *code == "AuthorizationPendingException"),
        "{codes:?}"
    );
    assert_eq!(sandbox.token()["startUrl"], START);
}

#[test]
fn slow_down_is_heeded() {
    let sandbox = Sandbox::start();
    sandbox.fault(&json!({ "kind": "throttle", "action": "CreateToken" }));
    let began = now();
    sandbox
        .xacct(&["login", "acme", "--device-code"])
        .run()
        .status(0)
        .stderr_contains("signed in at");
    sandbox.asked(&[
        "RegisterClient",
        "StartDeviceAuthorization",
        "CreateToken",
        "CreateToken",
    ]);
    assert!(now() - began >= 5, "an interval of 1 s, and 5 s more");
}

#[test]
fn a_network_that_comes_back_is_waited_for() {
    let sandbox = Sandbox::start();
    sandbox.fault(&json!({ "kind": "reset_before", "action": "CreateToken", "count": 3 }));
    sandbox
        .xacct(&["login", "acme"])
        .run()
        .status(0)
        .stderr_contains("signed in at");
}

#[test]
fn refused_and_expired_devices_are_said_in_words() {
    let sandbox = Sandbox::start();
    sandbox.sign_in(&json!({ "mode": "deny" }));
    sandbox.xacct(&["login", "acme"]).run().status(4).stderr_contains(&format!(
        "xacct: error: the sign-in at {START} was refused in the browser (access_denied)\n  to try \
         again: xacct login acme\n"
    ));
    sandbox.sign_in(&json!({ "mode": "pending", "expires_in": 1 }));
    sandbox
        .xacct(&["login", "acme"])
        .run()
        .status(5)
        .stderr_contains(&format!(
            "xacct: error: the sign-in at {START} timed out\n  to try again: xacct login acme\n"
        ));
    assert!(!sandbox.token_file().exists());
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    let sandbox = Sandbox::start();
    sandbox.sign_in(&json!({ "mode": "pending" }));
    let mut pty = sandbox.pty(&["login", "acme"]);
    pty.expect("waiting for the sign-in, ");
    pty.interrupt();
    let ((status, _), screen) = pty.wait_with_echo();
    assert_eq!(status, 130, "{screen}");
    // The line that counted is gone.
    assert!(screen.contains("\r\u{1b}[K"), "{screen:?}");
    assert!(!sandbox.token_file().exists());
    // Nothing keeps the next one from asking.
    sandbox.sign_in(&json!({ "mode": "approve" }));
    sandbox.xacct(&["login", "acme", "-q"]).run().status(0);
}

#[test]
fn a_client_that_is_not_known_any_more_is_registered_anew() {
    let sandbox = Sandbox::signed_in();
    sandbox.forget_clients();
    sandbox
        .xacct(&["login", "acme", "--refresh", "-q"])
        .run()
        .status(0);
    let start = "StartDeviceAuthorization";
    sandbox.asked(&[start, "RegisterClient", start, "CreateToken"]);
    // One that will end before the sign-in does.
    let mut client = read(&sandbox.client_file());
    client["expiresAt"] = "2026-01-01T00:00:00Z".into();
    fs::write(sandbox.client_file(), client.to_string()).unwrap();
    sandbox
        .xacct(&["login", "acme", "--refresh", "-q"])
        .run()
        .status(0);
    sandbox.asked(&["RegisterClient", start, "CreateToken"]);
}

#[test]
fn a_browser_that_nobody_answers_gets_another_client_next_time() {
    let sandbox = Sandbox::start();
    let browser = Browser::of(&sandbox);
    sandbox.sign_in(&json!({ "mode": "pending" }));
    let running = login(&sandbox, &browser, &["-q"]).spawn();
    get(&browser.url());
    assert!(sandbox.client_file().exists());
    running.interrupt();
    running
        .wait()
        .status(130)
        .stderr("xacct: error: interrupted\n");
    assert!(!sandbox.client_file().exists());
}

#[test]
fn many_that_sign_in_open_one_browser() {
    let sandbox = Sandbox::start();
    let browser = Browser::of(&sandbox);
    let running: Vec<Running> = (0..12)
        .map(|_| login(&sandbox, &browser, &[]).spawn())
        .collect();
    sign_in(&browser.url());
    for run in running {
        run.wait().status(0).stderr_contains("signed in at");
    }
    assert_eq!(browser.starts(), 1);
    sandbox.asked(&["RegisterClient", "Authorize", "CreateToken"]);
    // One that waits while another signs in anew has what it wanted.
    let first = login(&sandbox, &browser, &["--refresh", "-q"]).spawn();
    let url = browser.url();
    let args = ["login", "acme", "--refresh"];
    let mut second = sandbox.pty_with(&args, &[("BROWSER", browser.path().to_str().unwrap())]);
    second.expect("waiting for xacct login acme");
    sign_in(&url);
    first.wait().status(0);
    assert_eq!((second.wait().0, browser.starts()), (0, 2));
}

#[test]
fn who_waited_in_vain_does_not_ask_again() {
    let sandbox = Sandbox::start();
    sandbox.sign_in(&json!({ "mode": "pending" }));
    let first = sandbox.xacct(&["login", "acme"]).spawn();
    crate::common::until("a code", || !sandbox.user_codes().is_empty());
    let mut second = sandbox.pty_with(&["login", "acme"], &[("NO_COLOR", "1")]);
    second.expect("waiting for xacct login acme (pid ");
    second.expect(", which signs in at https://acme.awsapps.com/start\r\n");
    sandbox.sign_in(&json!({ "mode": "deny" }));
    first
        .wait()
        .status(4)
        .stderr_contains("was refused in the browser");
    let (status, screen) = second.wait();
    assert_eq!(status, 5, "{screen}");
    let said = format!("error: the sign-in at {START} that another process started has failed");
    assert!(screen.contains(&said), "{screen}");
    assert_eq!(
        sandbox
            .calls()
            .iter()
            .filter(|call| *call == "StartDeviceAuthorization")
            .count(),
        1
    );
}

#[test]
fn a_role_profile_signs_in_at_its_source() {
    let sandbox = Sandbox::start();
    sandbox
        .xacct(&["login", "acme-client1", "-q"])
        .run()
        .status(0);
    sandbox.asked(&["RegisterClient", "StartDeviceAuthorization", "CreateToken"]);
    sandbox
        .xacct(&["login", "acme", "--no-input"])
        .run()
        .status(0)
        .stderr_contains("already signed in");
}

#[test]
fn no_input_asks_nobody() {
    let sandbox = Sandbox::start();
    sandbox
        .xacct(&["login", "acme", "--no-input"])
        .run()
        .status(5)
        .stdout("")
        .stderr(&format!(
            "xacct: error: profile 'acme': you are not signed in at {START}\n  in a terminal, run: \
         xacct login acme\n"
        ));
    sandbox.asked(&[]);
}

#[test]
fn what_somebody_else_was_given_is_forgotten() {
    let sandbox = Sandbox::signed_in();
    sandbox.key_id("acme-client1");
    sandbox
        .xacct(&["credential-process", "acme-client1", "--duration", "15m"])
        .run()
        .ok();
    assert_eq!(sandbox.entries().len(), 3);
    sandbox
        .xacct(&["login", "acme", "--refresh", "-q"])
        .run()
        .status(0);
    assert!(sandbox.entries().is_empty());
}

#[test]
fn a_session_of_the_old_kind_has_a_code_only() {
    let sandbox = Sandbox::start();
    let browser = Browser::of(&sandbox);
    sandbox.add_config(
        "
[profile old]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-central-1
sso_account_id = 111111111111
sso_role_name = ReadOnly
region = eu-central-1
",
    );
    sandbox.sign_in(&json!({ "mode": "pending" }));
    let run = sandbox
        .xacct(&["login", "old"])
        .env("BROWSER", browser.path())
        .spawn();
    let url = browser.url();
    let code = sandbox.user_codes().pop().unwrap();
    assert_eq!(
        url,
        format!("{}/device?user_code={code}", sandbox.endpoint())
    );
    sandbox.sign_in(&json!({ "mode": "approve" }));
    run.wait().status(0).stderr_contains(&format!(
        "the page that opens now must show the code {code}"
    ));
    assert!(!sandbox.log()[0].params.contains_key("scopes"));
    // SHA-1 of the start URL.
    let token = sandbox
        .home()
        .join(".aws/sso/cache/40169cea58ca6cbf23fb27b2542923fb5f524af0.json");
    assert!(token.exists() && !sandbox.token_file().exists());
    sandbox.xacct(&["credential-process", "old"]).run().ok();
}
