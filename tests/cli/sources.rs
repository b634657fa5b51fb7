//! Base credentials that have to be fetched, from an EC2 instance or a container: as a profile of
//! its own and as the source of a role, asked once for many, and refused in words.

use crate::common::{Cmd, Sandbox, Server};
use serde_json::{Value, json};

/// `Machine` stands for the role that an instance or a container has; `Inner` trusts only it.
const WORLD: &str = r#"
[[account]]
id = "111111111111"
name = "hub"
[[account.user]]
name = "you"
key = [{ id = "AKIAXACCTTESTSSOURCE", secret = "NotASecret/xacct/tests/sources/EXAMPLE" }]
[[account.role]]
name = "Machine"
trust = [{ principals = ["111111111111"] }]

[[account]]
id = "222222222222"
name = "client"
[[account.role]]
name = "Inner"
[[account.role.trust]]
principals = ["arn:aws:iam::111111111111:role/Machine"]
external_id = "client-1"

[files]
config = '''
[default]
region = eu-west-1
[profile keys]
region = eu-west-1
[profile issue]
role_arn = arn:aws:iam::111111111111:role/Machine
source_profile = keys
region = eu-west-1

[profile ec2]
credential_source = Ec2InstanceMetadata
region = eu-west-1
[profile ec2-role]
role_arn = arn:aws:iam::222222222222:role/Inner
credential_source = Ec2InstanceMetadata
external_id = client-1
region = eu-west-1

[profile container]
credential_source = EcsContainer
region = eu-west-1
[profile container-role]
role_arn = arn:aws:iam::222222222222:role/Inner
credential_source = EcsContainer
external_id = client-1
region = eu-west-1
'''
credentials = '''
[keys]
aws_access_key_id = AKIAXACCTTESTSSOURCE
aws_secret_access_key = NotASecret/xacct/tests/sources/EXAMPLE
'''
"#;

const ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

/// A world, and credentials of `Machine` as its STS issued them.
fn start() -> (Sandbox, Value) {
    let sandbox = Sandbox::with_world(WORLD);
    let keys = sandbox
        .xacct(&["credential-process", "issue"])
        .run()
        .ok()
        .json();
    sandbox.clear_log();
    (sandbox, keys)
}

/// The document that both kinds of metadata give.
fn document(keys: &Value) -> String {
    json!({
        "Code": "Success", "LastUpdated": "2026-11-22T10:00:00Z", "Type": "AWS-HMAC",
        "AccessKeyId": keys["AccessKeyId"], "SecretAccessKey": keys["SecretAccessKey"],
        "Token": keys["SessionToken"], "Expiration": keys["Expiration"], "AccountId": "111111111111",
    })
    .to_string()
}

fn answer(status: u16, body: &str) -> (u16, String, String) {
    (status, String::new(), body.to_owned())
}

/// `IMDSv2` with one role: a token first, which the other requests must bring.
fn imds(asked: &str, document: &str) -> (u16, String, String) {
    let asked = asked.to_ascii_lowercase();
    let header = |text: &str| asked.contains(&format!("\r\n{text}\r\n"));
    if asked.starts_with("put /latest/api/token ")
        && header("x-aws-ec2-metadata-token-ttl-seconds: 21600")
    {
        return (
            200,
            "x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n".to_owned(),
            "TOKEN".to_owned(),
        );
    }
    if !header("x-aws-ec2-metadata-token: token") {
        return answer(401, "");
    }
    match asked.split(' ').nth(1).unwrap() {
        "/latest/meta-data/iam/security-credentials/" => answer(200, "Machine"),
        "/latest/meta-data/iam/security-credentials/machine" => answer(200, document),
        _ => answer(404, ""),
    }
}

const FETCHED: [&str; 3] = [
    "PUT /latest/api/token",
    "GET /latest/meta-data/iam/security-credentials/",
    "GET /latest/meta-data/iam/security-credentials/Machine",
];

fn instance(keys: &Value) -> Server {
    let document = document(keys);
    Server::start(move |asked| imds(asked, &document))
}

fn run(sandbox: &Sandbox, profile: &str, server: &Server) -> Cmd {
    on_instance(sandbox, profile).env(ENDPOINT, server.endpoint())
}

/// The sandbox keeps the machine's own metadata out; here it is in.
fn on_instance(sandbox: &Sandbox, profile: &str) -> Cmd {
    sandbox
        .xacct(&["credential-process", profile])
        .env_remove("AWS_EC2_METADATA_DISABLED")
}

#[test]
fn ec2_is_asked_once_for_a_role() {
    let (sandbox, keys) = start();
    let server = instance(&keys);
    let own = run(&sandbox, "ec2", &server).run().ok().json();
    for field in [
        "AccessKeyId",
        "SecretAccessKey",
        "SessionToken",
        "Expiration",
    ] {
        assert_eq!(own[field], keys[field]);
    }
    assert_eq!(server.asked(), FETCHED);
    for asked in [&FETCHED[..], &[]] {
        let role = run(&sandbox, "ec2-role", &server).run().ok().json();
        assert_eq!(role["AccountId"], "222222222222");
        assert_eq!(server.asked(), asked);
    }
    let log = sandbox.log();
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(
        log[0].access_key_id.as_deref(),
        keys["AccessKeyId"].as_str()
    );
    assert_eq!(log[0].params["ExternalId"], "client-1");
}

/// Another instance profile: nothing is handed out, or signed with, that the old one gave.
#[test]
fn a_role_that_was_exchanged_signs_nothing_more() {
    let (sandbox, keys) = start();
    let server = instance(&keys);
    assert_eq!(
        run(&sandbox, "ec2", &server).run().ok().key_id(),
        keys["AccessKeyId"]
    );
    let other = sandbox
        .xacct(&["credential-process", "issue", "--refresh"])
        .run()
        .ok()
        .json();
    assert_ne!(other["AccessKeyId"], keys["AccessKeyId"]);
    sandbox.clear_log();
    let document = document(&other);
    server.answer(move |asked| imds(asked, &document));
    run(&sandbox, "ec2-role", &server).run().ok();
    assert_eq!(
        sandbox.log()[0].access_key_id.as_deref(),
        other["AccessKeyId"].as_str()
    );
    assert_eq!(
        run(&sandbox, "ec2", &server).run().ok().key_id(),
        other["AccessKeyId"]
    );
    // While the machine says nothing, what it said last is good until its end.
    server.answer(|_| answer(500, ""));
    let late = run(&sandbox, "ec2", &server).run().status(0);
    assert_eq!(
        late.stderr_contains("; the cached credentials are good for another ")
            .key_id(),
        other["AccessKeyId"]
    );
    // A role that was taken away is an answer.
    server.answer(|asked| {
        if asked.starts_with("PUT") {
            imds(asked, "")
        } else {
            answer(404, "")
        }
    });
    run(&sandbox, "ec2", &server)
        .run()
        .status(4)
        .stdout("")
        .stderr_contains("HTTP 404");
    server.answer(|_| answer(500, ""));
    run(&sandbox, "ec2", &server)
        .run()
        .status(6)
        .stdout("")
        .stderr_contains("HTTP 500");
}

#[test]
fn ten_at_once_ask_the_instance_once() {
    let (sandbox, keys) = start();
    let server = instance(&keys);
    let running: Vec<_> = (0..10)
        .map(|_| run(&sandbox, "ec2-role", &server).spawn())
        .collect();
    let ids: Vec<String> = running
        .into_iter()
        .map(|one| one.wait().status(0).key_id())
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(server.asked(), FETCHED);
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn the_profile_may_say_where_the_instance_metadata_is() {
    let (sandbox, keys) = start();
    let server = instance(&keys);
    let line = format!("ec2_metadata_service_endpoint = {}\n", server.endpoint());
    sandbox.edit_config("[profile ec2]\n", &format!("[profile ec2]\n{line}"));
    assert_eq!(
        on_instance(&sandbox, "ec2").run().ok().key_id(),
        keys["AccessKeyId"]
    );
    assert_eq!(server.asked(), FETCHED);
    // The variable goes before it.
    let other = Server::start(|_| answer(403, ""));
    run(&sandbox, "ec2", &other).run().status(4);
    assert_eq!(other.asked(), FETCHED[..2]);
    sandbox
        .xacct(&["explain", "ec2-role"])
        .env(format!("{ENDPOINT}_MODE"), "IPv5")
        .run()
        .status(3)
        .stderr(
            "xacct: error: AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv5' is not a mode of the \
         instance metadata\n  it is IPv4 or IPv6\n",
        );
    sandbox
        .xacct(&["explain", "ec2-role"])
        .env(format!("{ENDPOINT}_MODE"), "ipv6")
        .run()
        .ok();
}

#[test]
fn an_instance_that_gives_nothing_says_why() {
    let (sandbox, keys) = start();
    let server = instance(&keys);
    let at = server.endpoint().to_owned();
    let head = format!("xacct: error: the instance metadata at {at} gave no credentials: ");
    let role = "  the instance needs an instance profile with a role, and its metadata turned on\n";
    let fails = |status: i32, words: &str| {
        let output = run(&sandbox, "ec2", &server)
            .run()
            .status(status)
            .stdout("");
        output.stderr(&format!("{head}{words}"));
        server.asked()
    };
    server.answer(|_| answer(403, "no"));
    assert_eq!(
        fails(4, &format!("it answered with HTTP 403\n{role}")),
        FETCHED[..2]
    );
    server.answer(|asked| {
        if asked.starts_with("PUT") {
            imds(asked, "")
        } else {
            answer(404, "")
        }
    });
    assert_eq!(
        fails(4, &format!("it answered with HTTP 404\n{role}")),
        FETCHED[..2]
    );
    server.answer(|asked| {
        if asked.contains("/Machine") {
            answer(403, "SECRET")
        } else {
            imds(asked, "")
        }
    });
    assert_eq!(
        fails(4, &format!("it answered with HTTP 403\n{role}")),
        FETCHED
    );
    let failed =
        r#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role Machine"}"#;
    server.answer(|asked| imds(asked, failed));
    let words = "it says AssumeRoleUnauthorizedAccess: EC2 cannot assume the role Machine";
    assert_eq!(fails(4, &format!("{words}\n{role}")), FETCHED);
    // Nothing was kept of it.
    server.answer({
        let document = document(&keys);
        move |asked| imds(asked, &document)
    });
    assert_eq!(
        run(&sandbox, "ec2", &server).run().ok().key_id(),
        keys["AccessKeyId"]
    );
}

#[cfg(unix)]
#[test]
fn an_instance_that_is_not_there_or_not_wanted() {
    let (sandbox, keys) = start();
    let server = instance(&keys);
    let disabled = run(&sandbox, "ec2-role", &server)
        .env("AWS_EC2_METADATA_DISABLED", "TRUE")
        .run();
    disabled.status(3).stdout("").stderr(&format!(
        "xacct: error: the instance metadata at {} gave no credentials: AWS_EC2_METADATA_DISABLED \
         is set to \
         true\n  unset AWS_EC2_METADATA_DISABLED, or have the credentials from elsewhere\n",
        server.endpoint()
    ));
    assert!(server.asked().is_empty());
    let nobody = on_instance(&sandbox, "ec2")
        .env(ENDPOINT, "http://127.0.0.1:9")
        .run();
    nobody.status(6).stdout("").stderr(
        "xacct: error: the instance metadata at http://127.0.0.1:9 gave no credentials: Connection \
         refused (os error 111)\n  Ec2InstanceMetadata works on an EC2 instance only\n",
    );
    // It takes the request and never answers: neither version does.
    server.answer(|_| answer(0, ""));
    let silent = run(&sandbox, "ec2", &server)
        .env("AWS_METADATA_SERVICE_TIMEOUT", "1")
        .run()
        .status(6)
        .stdout("");
    silent.stderr_contains(
        "gave no credentials: no answer within 1 s\n  Ec2InstanceMetadata works on an EC2 instance \
         only\n",
    );
    assert_eq!(server.asked(), FETCHED[..2]);
}

/// A machine that answers the request for a token with this status, and all others without one.
fn v1(status: u16, document: String) -> impl Fn(&str) -> (u16, String, String) {
    move |asked: &str| {
        let is_bare = !asked
            .to_ascii_lowercase()
            .contains("x-aws-ec2-metadata-token:");
        match asked.split(' ').nth(1).unwrap() {
            "/latest/api/token" => answer(status, "no such page"),
            "/latest/meta-data/iam/security-credentials/" if is_bare => answer(200, "Machine\n"),
            "/latest/meta-data/iam/security-credentials/Machine" if is_bare => {
                answer(200, &document)
            }
            _ => answer(400, ""),
        }
    }
}

/// kube2iam, an older image, a firewall: nobody gives a token.
#[test]
fn version_1_is_asked_where_there_is_nothing_else() {
    let (sandbox, keys) = start();
    let server = instance(&keys);
    for status in [403, 404, 405, 401, 0] {
        server.answer(v1(status, document(&keys)));
        let given = run(&sandbox, "ec2", &server)
            .env("AWS_METADATA_SERVICE_TIMEOUT", "1")
            .run()
            .ok();
        assert_eq!(given.key_id(), keys["AccessKeyId"], "{status}");
        assert_eq!(server.asked(), FETCHED, "{status}");
    }
    sandbox.xacct(&["clear", "--all"]).run().status(0);
    // Not where it is forbidden, nor where the token's request is what is wrong.
    server.answer(v1(404, document(&keys)));
    let words = |status: u16, setting: &str| {
        format!(
            "xacct: error: the instance metadata at {} gave no credentials: it gives no token \
             (HTTP {status}), so this machine offers only version 1 of the metadata service, which \
             {setting} forbids\n  make version 2 available: turn the instance's metadata on, or \
             update the proxy that answers there\n  or allow version 1, which any program that \
             fetches URLs here can be made to ask: remove {setting}\n",
            server.endpoint()
        )
    };
    let variable = "AWS_EC2_METADATA_V1_DISABLED";
    let forbidden = run(&sandbox, "ec2", &server).env(variable, "true").run();
    forbidden.status(3).stdout("").stderr(&words(404, variable));
    sandbox.edit_config(
        "[profile ec2]\n",
        "[profile ec2]\nec2_metadata_v1_disabled = true\n",
    );
    let config = std::fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
    let line = config
        .lines()
        .position(|line| line.starts_with("ec2_metadata_v1"))
        .unwrap()
        + 1;
    let setting = format!("ec2_metadata_v1_disabled (~/.aws/config:{line})");
    for status in [403, 404, 405] {
        server.answer(v1(status, document(&keys)));
        let forbidden = run(&sandbox, "ec2", &server).run();
        forbidden
            .status(3)
            .stdout("")
            .stderr(&words(status, &setting));
    }
    assert_eq!(server.asked(), [FETCHED[0]; 4]);
    sandbox.edit_config("v1_disabled = true", "v1_disabled = perhaps");
    run(&sandbox, "ec2", &server)
        .run()
        .status(3)
        .stderr_contains("ec2_metadata_v1_disabled is true or false, and nothing else");
    sandbox.edit_config(
        "ec2_metadata_v1_disabled = perhaps\n",
        "metadata_service_num_attempts = many\n",
    );
    run(&sandbox, "ec2", &server)
        .run()
        .status(3)
        .stderr_contains("metadata_service_num_attempts 'many' is not a number from 1 to 20\n");
    sandbox.edit_config(
        "metadata_service_num_attempts = many\n",
        "metadata_service_num_attempts = 2\n",
    );
    server.answer(v1(400, document(&keys)));
    run(&sandbox, "ec2", &server)
        .run()
        .status(4)
        .stderr_contains("HTTP 400");
    // A failure may pass; what is left then is version 1, as botocore has it.
    server.answer(v1(503, document(&keys)));
    let forbidden = run(&sandbox, "ec2", &server).env(variable, "true").run();
    forbidden.status(6).stdout("").stderr_contains("HTTP 503");
    assert_eq!(server.asked(), [FETCHED[0], FETCHED[0], FETCHED[0]]);
    assert_eq!(
        run(&sandbox, "ec2", &server).run().ok().key_id(),
        keys["AccessKeyId"]
    );
    assert_eq!(server.asked(), [&FETCHED[..1], &FETCHED[..]].concat());
}

#[test]
fn a_token_with_a_line_end_is_a_token() {
    let (sandbox, keys) = start();
    let document = document(&keys);
    let server = Server::start(move |asked| {
        let (status, headers, body) = imds(asked, &document);
        let body = if body == "TOKEN" {
            "TOKEN\r\n".to_owned()
        } else {
            body
        };
        (status, headers, body)
    });
    assert_eq!(
        run(&sandbox, "ec2", &server).run().ok().key_id(),
        keys["AccessKeyId"]
    );
    assert_eq!(server.asked(), FETCHED);
}

const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// The container's agent: answers whoever has this token.
fn agent(keys: &Value, token: &'static str) -> Server {
    let document = document(keys);
    Server::start(move |asked| {
        let right = asked.contains(&format!("\r\nauthorization: {token}\r\n"));
        if right {
            answer(200, &document)
        } else {
            answer(403, "{\"code\":\"AccessDenied\"}")
        }
    })
}

#[test]
fn a_container_is_asked_once_with_its_token() {
    let (sandbox, keys) = start();
    let server = agent(&keys, "Basic one");
    let uri = format!("{}/v1/credentials", server.endpoint());
    let run = |profile: &str, token: &str| {
        sandbox
            .xacct(&["credential-process", profile])
            .env(FULL_URI, &uri)
            .env(TOKEN, token)
    };
    let own = run("container", "Basic one").run().ok().json();
    assert_eq!(
        (&own["AccessKeyId"], &own["AccountId"]),
        (&keys["AccessKeyId"], &json!("111111111111"))
    );
    assert_eq!(server.asked(), ["GET /v1/credentials"]);
    for asked in [&["GET /v1/credentials"][..], &[]] {
        let role = run("container-role", "Basic one").run().ok().json();
        assert_eq!(role["AccountId"], "222222222222");
        assert_eq!(server.asked(), asked);
    }
    sandbox.asked(&["AssumeRole"]);
    // Whoever has another token is another container, and gets nothing of the first one's.
    let other = run("container", "Basic two").run().status(4).stdout("");
    other.stderr_contains(
        "xacct: error: the container's credentials could not be had: it answered with HTTP 403\n",
    );
    assert_eq!(server.asked(), ["GET /v1/credentials"]);
}

#[cfg(unix)]
#[test]
fn eks_pod_identity_is_the_token_file() {
    let (sandbox, keys) = start();
    let server = agent(&keys, "pod-one");
    let uri = format!("{}/v1/credentials", server.endpoint());
    let file = sandbox.home().join("pod-token");
    let run = |profile: &str| {
        let run = sandbox
            .xacct(&["credential-process", profile])
            .env(FULL_URI, &uri);
        run.env(TOKEN, "not this one").env(TOKEN_FILE, &file)
    };
    std::fs::write(&file, "pod-one").unwrap();
    assert_eq!(
        run("container-role").run().ok().json()["AccountId"],
        "222222222222"
    );
    assert_eq!(
        run("container-role").run().ok().json()["AccountId"],
        "222222222222"
    );
    assert_eq!(server.asked(), ["GET /v1/credentials"]);
    // Another pod of the same machine and home has its own token in the same place.
    std::fs::write(&file, "pod-two").unwrap();
    run("container-role").run().status(4).stdout("");
    assert_eq!(server.asked(), ["GET /v1/credentials"]);
    for text in ["", "\n"] {
        std::fs::write(&file, text).unwrap();
        run("container").run().status(3).stdout("").stderr(&format!(
            "xacct: error: {TOKEN_FILE}: {} is empty\n  the container's agent puts the token \
             there; is this the container that it is for?\n",
            file.display()
        ));
    }
    for (text, words) in [("pod-one\r\n", "after"), ("pod\none\n", "inside")] {
        let says = |place: String| {
            format!(
                "xacct: error: {place}: there is a line end {words} the authorization token\n  \
                 write the token without it, for example with: printf %s\n"
            )
        };
        std::fs::write(&file, text).unwrap();
        let output = run("container").run().status(3).stdout("");
        output.stderr(&says(format!("{TOKEN_FILE}: {}", file.display())));
        let output = run("container")
            .env_remove(TOKEN_FILE)
            .env(TOKEN, text)
            .run()
            .status(3)
            .stdout("");
        output.stderr(&says(TOKEN.to_owned()));
    }
    assert_eq!(server.asked(), [""; 0]);
    std::fs::remove_file(&file).unwrap();
    run("container").run().status(3).stdout("").stderr(&format!(
        "xacct: error: AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: {} cannot be read: No such file or \
         directory (os error \
         2)\n  the container's agent puts the token there; is this the container that it is for?\n",
        file.display()
    ));
}

#[test]
fn a_container_that_cannot_be_asked() {
    let (sandbox, keys) = start();
    let unset = sandbox
        .xacct(&["credential-process", "container"])
        .run()
        .status(3)
        .stdout("");
    unset.stderr_contains("could not be had: ECS provider not configured\n");
    let run = |uri: &str| {
        sandbox
            .xacct(&["credential-process", "container"])
            .env(FULL_URI, uri)
            .run()
    };
    let elsewhere = run("http://192.0.2.1/credentials").status(3).stdout("");
    elsewhere.stderr_contains("URI did not refer to an allowed IP address");
    run("http://127.0.0.1:9/c")
        .status(6)
        .stdout("")
        .stderr_contains("Connection refused");
    let server = agent(&keys, "x");
    server.answer(|_| answer(200, "no json"));
    let broken = run(server.endpoint()).status(6).stdout("");
    assert!(
        !broken.stderr_text().contains("no json"),
        "{}",
        broken.stderr_text()
    );
    server.answer(|_| answer(200, r#"{"Code":"Broken","Message":"no role"}"#));
    run(server.endpoint())
        .status(4)
        .stdout("")
        .stderr_contains("failed to load credentials [Broken]: no role\n");
    // Credentials that are over are no credentials.
    let mut old = keys.clone();
    old["Expiration"] = json!("2020-01-01T00:00:00Z");
    let old = document(&old);
    server.answer(move |_| answer(200, &old));
    run(server.endpoint())
        .status(4)
        .stdout("")
        .stderr("xacct: error: the source of 'container' gave credentials that have expired\n");
    assert!(
        sandbox.entries().len() == 1,
        "only what `issue` got is cached"
    );
}

#[test]
fn the_keys_of_the_environment_keep_their_end_and_their_old_names() {
    let (sandbox, keys) = start();
    sandbox.add_config("[profile env]\ncredential_source = Environment\nregion = eu-west-1\n");
    sandbox.add_config(
        "[profile env-role]\nrole_arn = arn:aws:iam::222222222222:role/Inner\ncredential_source = \
         Environment\n\
         external_id = client-1\nregion = eu-west-1\n",
    );
    let text = |name: &str| keys[name].as_str().unwrap().to_owned();
    let run = |profile: &str, expiration: &str| {
        sandbox
            .xacct(&["credential-process", profile])
            .env("AWS_ACCESS_KEY_ID", text("AccessKeyId"))
            .env("SECRET_ACCESS_KEY", text("SecretAccessKey"))
            .env("AWS_SECURITY_TOKEN", text("SessionToken"))
            .env("AWS_CREDENTIAL_EXPIRATION", expiration)
            .run()
    };
    let own = run("env", &text("Expiration")).ok().json();
    assert_eq!(
        (&own["SessionToken"], &own["Expiration"]),
        (&keys["SessionToken"], &keys["Expiration"])
    );
    assert_eq!(
        run("env-role", &text("Expiration")).ok().json()["AccountId"],
        "222222222222"
    );
    sandbox.asked(&["AssumeRole"]);
    let over = run("env", "2020-01-01T00:00:00Z").status(4).stdout("");
    over.stderr("xacct: error: the source of 'env' gave credentials that have expired\n");
}
