//! The sample world's Identity Center, a clock of our own, requests as they come over the wire.

use hyper::HeaderMap;
use hyper::header::HeaderValue;
use serde_json::Value;

use super::*;
use crate::sandbox::route::route;
use crate::sandbox::world::World;

const START: &str = "https://acme.awsapps.com/start";
const REDIRECT: &str = "http://127.0.0.1/oauth/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

struct Bench {
    state: State,
    now: DateTime<Utc>,
    headers: HeaderMap,
}

/// The error code, with its status.
type Said<T> = Result<T, (u16, &'static str)>;

fn bench() -> Bench {
    let mut headers = HeaderMap::new();
    headers.insert(HOST, HeaderValue::from_static("127.0.0.1:4599"));
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    Bench {
        state: State::new(World::sample().unwrap()),
        now,
        headers,
    }
}

impl Bench {
    fn send(&mut self, method: &str, path: &str, query: &str, body: &str) -> Said<Content> {
        let received = Received {
            method,
            path,
            query,
            headers: &self.headers,
            body: body.as_bytes(),
        };
        let action = route(&received).action.unwrap();
        answer(&mut self.state, &action, &received, self.now)
            .map_err(|refusal| (refusal.status, refusal.code))
    }

    fn post(&mut self, path: &str, body: &Value) -> Said<Value> {
        self.send("POST", path, "", &body.to_string())
            .map(|content| match content {
                Content::Json(value) => value,
                other => panic!("{other:?}"),
            })
    }

    /// A client as the AWS CLI registers one; `more` is added or overrides.
    fn register(&mut self, more: &Value) -> Said<Value> {
        let mut body = json!({
            "clientName": "test", "clientType": "public", "scopes": ["sso:account:access"],
            "redirectUris": [REDIRECT], "issuerUrl": START,
            "grantTypes": ["authorization_code", "refresh_token", DEVICE_GRANT],
        });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.post("/client/register", &body)
    }

    fn token(&mut self, client: &Value, more: &Value) -> Said<Value> {
        let mut body =
            json!({ "clientId": client["clientId"], "clientSecret": client["clientSecret"] });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.post("/token", &body)
    }

    fn device(&mut self, client: &Value) -> Said<Value> {
        let (id, secret) = (&client["clientId"], &client["clientSecret"]);
        self.post(
            "/device_authorization",
            &json!({ "clientId": id, "clientSecret": secret, "startUrl": START }),
        )
    }

    fn poll(&mut self, client: &Value, device: &Value) -> Said<Value> {
        self.token(
            client,
            &json!({ "grantType": DEVICE_GRANT, "deviceCode": device["deviceCode"] }),
        )
    }

    fn refresh(&mut self, client: &Value, tokens: &Value) -> Said<Value> {
        self.token(
            client,
            &json!({ "grantType": "refresh_token", "refreshToken": tokens["refreshToken"] }),
        )
    }

    /// Where the browser is sent, as (address, its query).
    fn authorize(
        &mut self,
        client: &Value,
        redirect: &str,
    ) -> Said<(String, Vec<(String, String)>)> {
        let challenge = challenge(VERIFIER);
        let id = client["clientId"].as_str().unwrap();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([
            ("response_type", "code"),
            ("client_id", id),
            ("redirect_uri", redirect),
            ("state", "s&t"),
            ("code_challenge_method", "S256"),
            ("code_challenge", &challenge),
            ("scopes", "sso:account:access"),
        ]);
        let content = self.send("GET", "/authorize", &query.finish(), "")?;
        let Content::Redirect(target) = content else {
            panic!("{content:?}")
        };
        let url = url::Url::parse(&target).unwrap();
        let (address, _) = target.split_once('?').unwrap();
        Ok((address.to_owned(), url.query_pairs().into_owned().collect()))
    }

    fn code(&mut self, client: &Value) -> String {
        let (address, query) = self
            .authorize(client, "http://127.0.0.1:50000/oauth/callback")
            .unwrap();
        assert_eq!(address, "http://127.0.0.1:50000/oauth/callback");
        assert_eq!(
            (query[0].0.as_str(), &query[1]),
            ("code", &("state".to_owned(), "s&t".to_owned()))
        );
        query[0].1.clone()
    }

    fn exchange(&mut self, client: &Value, code: &str, more: &Value) -> Said<Value> {
        let mut body = json!({
            "grantType": "authorization_code", "code": code, "codeVerifier": VERIFIER,
            "redirectUri": "http://127.0.0.1:50000/oauth/callback",
        });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.token(client, &body)
    }

    fn is_good(&self, tokens: &Value) -> bool {
        self.state
            .sign_in
            .holder(tokens["accessToken"].as_str().unwrap(), self.now)
            .is_some()
    }

    fn wait(&mut self, seconds: i64) {
        self.now += chrono::TimeDelta::seconds(seconds);
    }

    fn mode(&mut self, mode: Mode) {
        self.state.sign_in.settings.mode = mode;
    }
}

#[test]
fn the_challenge_is_rfc_7636s() {
    // Appendix B of the RFC.
    assert_eq!(
        challenge(VERIFIER),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

#[test]
fn a_device_waits_until_its_user_has_spoken() {
    let mut bench = bench();
    let client = bench.register(&json!({})).unwrap();
    bench.mode(Mode::Pending);
    let device = bench.device(&client).unwrap();
    assert_eq!(
        (&device["expiresIn"], &device["interval"]),
        (&json!(600), &json!(1))
    );
    let user_code = device["userCode"].as_str().unwrap();
    assert_eq!(
        device["verificationUriComplete"],
        format!("http://127.0.0.1:4599/device?user_code={user_code}")
    );
    let pending = Err((400, "AuthorizationPendingException"));
    assert_eq!(bench.poll(&client, &device), pending);
    // Too early: from now on it must wait six seconds.
    assert_eq!(
        bench.poll(&client, &device),
        Err((400, "SlowDownException"))
    );
    bench.wait(5);
    assert_eq!(
        bench.poll(&client, &device),
        Err((400, "SlowDownException"))
    );
    bench.wait(11);
    assert_eq!(bench.poll(&client, &device), pending);
    bench.wait(11);
    bench.mode(Mode::Approve);
    let page = bench.send(
        "GET",
        "/device",
        &format!("user_code={}", user_code.to_lowercase()),
        "",
    );
    let text = format!("you is signed in at {START} (eu-central-1). This page may be closed.");
    assert_eq!(page, Ok(Content::Html(text)));
    let tokens = bench.poll(&client, &device).unwrap();
    assert_eq!(
        (&tokens["expiresIn"], &tokens["tokenType"]),
        (&json!(3600), &json!("Bearer"))
    );
    assert!(bench.is_good(&tokens));
    bench.wait(11);
    assert_eq!(
        bench.poll(&client, &device),
        Err((400, "InvalidGrantException"))
    );
    assert_eq!(
        bench.send("GET", "/device", "user_code=x", ""),
        Err((400, "InvalidRequestException"))
    );
}

#[test]
fn a_device_is_denied_or_expires() {
    let mut bench = bench();
    let client = bench
        .register(&json!({ "grantTypes": [], "redirectUris": [] }))
        .unwrap();
    bench.mode(Mode::Deny);
    let device = bench.device(&client).unwrap();
    assert_eq!(
        bench.poll(&client, &device),
        Err((400, "AccessDeniedException"))
    );
    bench.wait(601);
    assert_eq!(
        bench.poll(&client, &device),
        Err((400, "ExpiredTokenException"))
    );
    let other = bench.register(&json!({})).unwrap();
    assert_eq!(
        bench.poll(&other, &device),
        Err((400, "InvalidGrantException"))
    );
    let start = json!({
        "clientId": other["clientId"], "clientSecret": other["clientSecret"], "startUrl": "https://x/start",
    });
    assert_eq!(
        bench.post("/device_authorization", &start),
        Err((400, "InvalidRequestException"))
    );
}

#[test]
fn the_browser_comes_back_with_a_code_that_is_good_once() {
    let mut bench = bench();
    let client = bench.register(&json!({})).unwrap();
    let code = bench.code(&client);
    let invalid_grant = Err((400, "InvalidGrantException"));
    let other_verifier = json!({ "codeVerifier": VERIFIER.replace('d', "e") });
    assert_eq!(
        bench.exchange(&client, &code, &other_verifier),
        invalid_grant
    );
    let other_port = json!({ "redirectUri": "http://127.0.0.1:50001/oauth/callback" });
    assert_eq!(bench.exchange(&client, &code, &other_port), invalid_grant);
    let missing = Err((400, "InvalidRequestException"));
    assert_eq!(
        bench.exchange(&client, &code, &json!({ "codeVerifier": null })),
        missing
    );
    assert_eq!(
        bench.exchange(&client, &code, &json!({ "codeVerifier": "short" })),
        missing
    );
    let other = bench.register(&json!({})).unwrap();
    assert_eq!(bench.exchange(&other, &code, &json!({})), invalid_grant);
    let tokens = bench.exchange(&client, &code, &json!({})).unwrap();
    assert!(bench.is_good(&tokens));
    // Whoever comes second with the code ends what it gave.
    assert_eq!(bench.exchange(&client, &code, &json!({})), invalid_grant);
    assert!(!bench.is_good(&tokens));
    let late = bench.code(&client);
    bench.wait(301);
    assert_eq!(bench.exchange(&client, &late, &json!({})), invalid_grant);
}

#[test]
fn the_browser_is_told_no_and_never_sent_to_a_stranger() {
    let mut bench = bench();
    let client = bench.register(&json!({})).unwrap();
    bench.mode(Mode::Deny);
    let (_, query) = bench.authorize(&client, REDIRECT).unwrap();
    assert_eq!(query[0], ("error".to_owned(), "access_denied".to_owned()));
    assert_eq!(query[1], ("state".to_owned(), "s&t".to_owned()));
    let stranger = bench.authorize(&client, "http://example.com/oauth/callback");
    assert_eq!(stranger, Err((400, "InvalidRequestException")));
    bench.state.sign_in.forget_clients();
    assert_eq!(
        bench.authorize(&client, REDIRECT),
        Err((401, "InvalidClientException"))
    );
}

#[test]
fn refresh_tokens_rotate_and_a_copy_ends_the_session() {
    let mut bench = bench();
    let client = bench.register(&json!({})).unwrap();
    let device = bench.device(&client).unwrap();
    let first = bench.poll(&client, &device).unwrap();
    let other = bench.register(&json!({})).unwrap();
    let invalid_grant = Err((400, "InvalidGrantException"));
    assert_eq!(bench.refresh(&other, &first), invalid_grant);
    bench.wait(3601);
    assert!(!bench.is_good(&first));
    let second = bench.refresh(&client, &first).unwrap();
    assert_ne!(second["refreshToken"], first["refreshToken"]);
    assert!(bench.is_good(&second));
    assert_eq!(bench.refresh(&client, &first), invalid_grant);
    assert!(!bench.is_good(&second));
    assert_eq!(bench.refresh(&client, &second), invalid_grant);
    let secrets: Vec<&str> = bench.state.secrets().map(Secret::expose).collect();
    assert!(secrets.contains(&second["refreshToken"].as_str().unwrap()));
}

#[test]
fn a_session_ends_and_its_last_token_with_it() {
    let mut bench = bench();
    let client = bench.register(&json!({})).unwrap();
    let device = bench.device(&client).unwrap();
    let mut tokens = bench.poll(&client, &device).unwrap();
    bench.wait(28_800 - 60);
    tokens = bench.refresh(&client, &tokens).unwrap();
    assert_eq!(tokens["expiresIn"], 60);
    bench.wait(60);
    assert!(!bench.is_good(&tokens));
    assert_eq!(
        bench.refresh(&client, &tokens),
        Err((400, "InvalidGrantException"))
    );
    // Without the scope there is nothing to refresh with, and the token lasts as long as the
    // session.
    let plain = bench.register(&json!({ "scopes": [] })).unwrap();
    let device = bench.device(&plain).unwrap();
    let tokens = bench.poll(&plain, &device).unwrap();
    assert_eq!(
        (&tokens["expiresIn"], tokens.get("refreshToken")),
        (&json!(28_800), None)
    );
}

#[test]
fn registrations_are_checked_and_expire() {
    let mut bench = bench();
    for (more, code) in [
        (
            json!({ "clientType": "confidential" }),
            "InvalidClientMetadataException",
        ),
        (json!({ "scopes": ["everything"] }), "InvalidScopeException"),
        (
            json!({ "grantTypes": ["password"] }),
            "UnsupportedGrantTypeException",
        ),
        (
            json!({ "redirectUris": ["https://example.com/"] }),
            "InvalidRedirectUriException",
        ),
        (json!({ "redirectUris": [] }), "InvalidRedirectUriException"),
        (
            json!({ "issuerUrl": "https://example.com/start" }),
            "InvalidRequestException",
        ),
        (json!({ "issuerUrl": null }), "InvalidRequestException"),
        (json!({ "clientName": 5 }), "InvalidRequestException"),
    ] {
        assert_eq!(bench.register(&more), Err((400, code)), "{more}");
    }
    let client = bench
        .register(&json!({ "grantTypes": ["authorization_code"] }))
        .unwrap();
    assert_eq!(
        client["clientSecretExpiresAt"],
        (bench.now + chrono::TimeDelta::days(90)).timestamp()
    );
    assert_eq!(
        bench.device(&client),
        Err((400, "UnauthorizedClientException"))
    );
    let password = json!({ "grantType": "password" });
    assert_eq!(
        bench.token(&client, &password),
        Err((400, "UnsupportedGrantTypeException"))
    );
    let mut guess = client.clone();
    guess["clientSecret"] = "guess".into();
    assert_eq!(bench.device(&guess), Err((401, "InvalidClientException")));
    bench.wait(90 * 86_400);
    assert_eq!(bench.device(&client), Err((401, "InvalidClientException")));
}
