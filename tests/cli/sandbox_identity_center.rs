//! Identity Center over its socket: what the tests in Python cannot see of it, and the harness's
//! own controls.

use crate::common::{Sandbox, raw, request};
use serde_json::{Value, json};

const START: &str = "https://acme.awsapps.com/start";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

fn post(sandbox: &Sandbox, path: &str, body: &Value) -> (u16, Value) {
    let (status, text) = request(sandbox.endpoint(), "POST", path, &[], &body.to_string()).unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

fn accounts(sandbox: &Sandbox, token: &str) -> std::io::Result<(u16, String)> {
    let headers = [("x-amz-sso_bearer_token", token)];
    request(
        sandbox.endpoint(),
        "GET",
        "/assignment/accounts",
        &headers,
        "",
    )
}

/// A client's id and secret, as every request wants them.
fn register(sandbox: &Sandbox) -> Value {
    let (status, client) = post(
        sandbox,
        "/client/register",
        &json!({
            "clientName": "test", "clientType": "public", "scopes": ["sso:account:access"],
            "redirectUris": ["http://127.0.0.1/oauth/callback"], "issuerUrl": START,
            "grantTypes": ["authorization_code", "refresh_token", DEVICE],
        }),
    );
    assert_eq!(status, 200, "{client}");
    json!({ "clientId": client["clientId"], "clientSecret": client["clientSecret"] })
}

fn with(client: &Value, more: &Value) -> Value {
    let mut body = client.clone();
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

fn access_token(sandbox: &Sandbox, client: &Value) -> String {
    let (_, device) = post(
        sandbox,
        "/device_authorization",
        &with(client, &json!({ "startUrl": START })),
    );
    let poll = with(
        client,
        &json!({ "grantType": DEVICE, "deviceCode": device["deviceCode"] }),
    );
    let (status, tokens) = post(sandbox, "/token", &poll);
    assert_eq!(status, 200, "{tokens}");
    tokens["accessToken"].as_str().unwrap().to_owned()
}

#[test]
fn errors_have_the_headers_that_sdks_read() {
    let sandbox = Sandbox::start();
    let answer = raw(sandbox.endpoint(), "GET", "/assignment/accounts", &[], "").unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(
        answer.contains("\r\nx-amzn-errortype: UnauthorizedException\r\n"),
        "{answer}"
    );
    let answer = raw(sandbox.endpoint(), "POST", "/token", &[], "{}").unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let kind = "InvalidRequestException:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/";
    assert!(
        answer.contains(&format!("\r\nx-amzn-errortype: {kind}\r\n")),
        "{answer}"
    );
    assert!(
        answer.contains("\r\ncontent-type: application/json\r\n"),
        "{answer}"
    );
}

#[test]
fn faults_hit_identity_center_by_the_names_of_its_actions() {
    let sandbox = Sandbox::start();
    let token = access_token(&sandbox, &register(&sandbox));
    sandbox.clear_log();
    for (fault, status) in [
        (json!({ "kind": "throttle", "action": "ListAccounts" }), 429),
        (
            json!({ "kind": "error", "status": 503, "action": "ListAccounts" }),
            503,
        ),
    ] {
        sandbox.fault(&fault);
        assert_eq!(accounts(&sandbox, &token).unwrap().0, status);
    }
    sandbox.fault(&json!({ "kind": "reset_before", "action": "ListAccounts" }));
    assert!(accounts(&sandbox, &token).is_err());
    sandbox.fault(&json!({ "kind": "truncate", "action": "ListAccounts" }));
    let whole = accounts(&sandbox, &token).unwrap();
    assert!(
        serde_json::from_str::<Value>(&whole.1).is_err(),
        "{whole:?}"
    );
    assert_eq!(accounts(&sandbox, &token).unwrap().0, 200);
    let log = sandbox.log();
    let codes: Vec<Option<&str>> = log.iter().map(|request| request.code.as_deref()).collect();
    assert_eq!(
        codes,
        [
            Some("TooManyRequestsException"),
            Some("ServiceUnavailable"),
            None,
            None,
            None
        ],
        "{log:?}"
    );
    assert_eq!(sandbox.calls(), ["ListAccounts"; 5]);
}

#[test]
fn what_is_logged_shows_no_token_in_full() {
    let sandbox = Sandbox::start();
    let token = access_token(&sandbox, &register(&sandbox));
    accounts(&sandbox, &token).unwrap();
    assert_eq!(
        sandbox.calls(),
        [
            "RegisterClient",
            "StartDeviceAuthorization",
            "CreateToken",
            "ListAccounts"
        ]
    );
    assert_eq!(
        sandbox.log()[3].params["accessToken"],
        format!("{}…", &token[..8])
    );
    let output = sandbox.xacct(&["sandbox", "log", "--json"]).run().ok();
    let shown = sandbox
        .secrets()
        .into_iter()
        .find(|secret| output.stdout_text().contains(secret.as_str()));
    assert_eq!(shown, None);
    assert!(sandbox.secrets().contains(&token));
}

#[test]
fn the_harness_decides_who_is_signed_in() {
    let sandbox = Sandbox::start();
    let client = register(&sandbox);
    sandbox.sign_in(&json!({ "mode": "pending", "interval": 0, "expires_in": 900 }));
    let (_, device) = post(
        &sandbox,
        "/device_authorization",
        &with(&client, &json!({ "startUrl": START })),
    );
    assert_eq!(
        (&device["interval"], &device["expiresIn"]),
        (&json!(0), &json!(900))
    );
    assert_eq!(sandbox.user_codes(), [device["userCode"].as_str().unwrap()]);
    let poll = with(
        &client,
        &json!({ "grantType": DEVICE, "deviceCode": device["deviceCode"] }),
    );
    let said = |answer: (u16, Value)| {
        (
            answer.0,
            answer.1["error"].as_str().unwrap_or("").to_owned(),
        )
    };
    assert_eq!(
        said(post(&sandbox, "/token", &poll)),
        (400, "authorization_pending".to_owned())
    );
    sandbox.sign_in(&json!({ "mode": "deny" }));
    assert_eq!(
        said(post(&sandbox, "/token", &poll)),
        (400, "access_denied".to_owned())
    );
    sandbox.sign_in(&json!({ "mode": "approve" }));
    let (status, tokens) = post(&sandbox, "/token", &poll);
    assert_eq!((status, sandbox.user_codes().len()), (200, 0));
    let token = tokens["accessToken"].as_str().unwrap();
    assert_eq!(accounts(&sandbox, token).unwrap().0, 200);
    sandbox.sign_out();
    assert_eq!(accounts(&sandbox, token).unwrap().0, 401);
    sandbox.forget_clients();
    assert_eq!(
        said(post(&sandbox, "/token", &poll)),
        (401, "invalid_client".to_owned())
    );
    let nonsense = request(
        sandbox.endpoint(),
        "POST",
        "/_sandbox/sign_in",
        &[],
        r#"{"mode":"maybe"}"#,
    );
    assert_eq!(nonsense.unwrap().0, 400);
}

#[test]
fn an_identity_center_that_makes_no_sense_is_named() {
    let sandbox = Sandbox::start();
    let account = "[[account]]\nid = \"111111111111\"\nname = \"hub\"\n";
    let center = "[[identity_center]]\nstart_url = \"https://x/start\"\nregion = \"eu-west-1\"\n";
    for (text, message) in [
        (
            "user = \"a b\"\n",
            "user 'a b' cannot be the name of a role session",
        ),
        (
            "user = \"me\"\ntoken_seconds = 1\n",
            "token_seconds and session_seconds must be 60 or more",
        ),
        (
            "user = \"me\"\n[[identity_center.assignment]]\naccount = \"222222222222\"\nroles = \
             [\"R\"]\n",
            "there is no account 222222222222",
        ),
        (
            "user = \"me\"\n[[identity_center.assignment]]\naccount = \"111111111111\"\nroles = \
             [\"a b\"]\n",
            "role 'a b' must be 1 to 32 letters and digits",
        ),
    ] {
        std::fs::write(
            sandbox.home().join("w.toml"),
            format!("{account}{center}{text}"),
        )
        .unwrap();
        sandbox
            .xacct(&["sandbox", "serve", "--world", "w.toml"])
            .run()
            .status(3)
            .stderr(&format!(
                "xacct: error: w.toml: identity_center https://x/start: {message}\n"
            ));
    }
}
