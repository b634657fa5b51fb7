//! Answers that are not AWS's: a captive portal's, a proxy's, cut off, or without an end. The way
//! out is named, status 6, and nothing grows with them.

#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use crate::common::{Cmd, Sandbox, Server, account};

const HTML: &str = "<!DOCTYPE html>\n<html><head><title>Welcome to the hotel</title></head></html>";
const PORTAL: &str =
    "  if this network has a sign-in page, open it in a browser; then run the command again\n";

/// `credential-process plain`, whose STS is this server.
fn plain(sandbox: &Sandbox, endpoint: &str) -> Cmd {
    // The address stands in no setting, so that the hint is the network's.
    sandbox
        .xacct(&["credential-process", "plain"])
        .env("AWS_ENDPOINT_URL", endpoint)
}

#[test]
fn what_stands_in_the_place_of_sts_is_named() {
    let sandbox = Sandbox::start_plain();
    let server = Server::start(|_| (200, String::new(), String::new()));
    let cut = "<AssumeRoleResponse \
               xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>";
    for (status, headers, body, words, requests) in [
        (
            200,
            "",
            HTML,
            "a proxy or portal answered with HTML in place of 127.0.0.1 (HTTP 200)",
            1,
        ),
        (
            403,
            "",
            HTML,
            "a proxy or portal answered with HTML in place of 127.0.0.1 (HTTP 403)",
            1,
        ),
        (
            302,
            "location: https://portal.example/login\r\n",
            HTML,
            "a proxy or portal answered in place of 127.0.0.1 with a redirect to portal.example \
             (HTTP 302)",
            1,
        ),
        (
            407,
            "",
            "",
            "a proxy or portal asks for a user name and password (HTTP 407)",
            1,
        ),
        (
            404,
            "",
            "not found",
            "the answer of 127.0.0.1 was not XML (HTTP 404)",
            1,
        ),
        (
            200,
            "",
            "",
            "the answer of 127.0.0.1 was empty (HTTP 200)",
            1,
        ),
        (
            200,
            "",
            cut,
            "the answer of 127.0.0.1 was XML that ends too early (HTTP 200)",
            1,
        ),
        (
            200,
            "",
            "<Other/>",
            "the answer is not one that AWS gives (HTTP 200)",
            1,
        ),
        (
            403,
            "",
            "<Oops></Oops>",
            "the answer has no error code of AWS (HTTP 403)",
            1,
        ),
        (
            429,
            "",
            HTML,
            "a proxy or portal answered with HTML in place of 127.0.0.1 (HTTP 429)",
            3,
        ),
        (
            429,
            "retry-after: 0\r\n",
            "",
            "the answer of 127.0.0.1 was empty (HTTP 429)",
            3,
        ),
        (
            502,
            "",
            HTML,
            "a proxy or portal answered with HTML in place of 127.0.0.1 (HTTP 502)",
            3,
        ),
    ] {
        server.answer(move |_| (status, headers.to_owned(), body.to_owned()));
        let endpoint = server.endpoint();
        plain(&sandbox, endpoint).run().status(6).stdout("").stderr(&format!(
            "xacct: error: AWS could not be reached at {endpoint}: {words}\n  the address comes \
             from AWS_ENDPOINT_URL\n"
        ));
        assert_eq!(server.asked().len(), requests, "{status} {body}");
    }
    // What is cached stays, and the real STS is asked again once it is there.
    sandbox.key_id("plain");
    sandbox.asked(&["AssumeRole"]);
}

/// STS's answer, with credentials that end then.
fn assumed(expiration: &str) -> String {
    format!(
        "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROAX:xacct-{0}</AssumedRoleId>\
         <Arn>arn:aws:sts::222222222222:assumed-role/PartnerAdmin/xacct-{0}</Arn></AssumedRoleUser><Credentials>\
         <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>{expiration}</Expiration></Credentials></AssumeRoleResult>\
         </AssumeRoleResponse>",
        account()
    )
}

#[test]
fn credentials_that_have_expired_are_not_handed_out() {
    let sandbox = Sandbox::start_plain();
    let server = Server::start(|_| (200, String::new(), String::new()));
    for ended in ["2020-01-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
        server.answer(move |_| (200, String::new(), assumed(ended)));
        plain(&sandbox, server.endpoint()).run().status(4).stdout("").stderr_contains(&format!(
            "the answer to AssumeRole has credentials that expired at {ended}: they are not used\n"
        ));
        assert_eq!((server.asked().len(), sandbox.entries().len()), (1, 0));
    }
    server.answer(|_| (200, String::new(), assumed("2099-01-01T00:00:00Z")));
    plain(&sandbox, server.endpoint()).run().status(0);
}

/// There was an answer: that AWS cannot be reached would be the wrong thing to look into.
#[test]
fn an_answer_that_holds_no_credentials_is_called_unusable() {
    let sandbox = Sandbox::start_plain();
    let server = Server::start(|_| (200, String::new(), String::new()));
    let endpoint = server.endpoint();
    let whole = assumed("2099-01-01T00:00:00Z");
    for (body, why) in [
        (
            whole.replace("ASIAIOSFODNN7EXAMPLE", ""),
            "its AccessKeyId is empty",
        ),
        (
            whole.replace(">t<", "><"),
            "its SessionToken is missing, and a temporary access key (ASIA…) is of no use without \
             it",
        ),
    ] {
        server.answer(move |_| (200, String::new(), body.clone()));
        plain(&sandbox, endpoint).run().status(6).stdout("").stderr(&format!(
            "xacct: error: the answer of AWS at {endpoint} cannot be used: {why}\n  the address \
             comes from AWS_ENDPOINT_URL\n"
        ));
        assert_eq!((server.asked().len(), sandbox.entries().len()), (1, 0));
    }
    let signed_in = Sandbox::signed_in();
    let keys =
        r#"{"accessKeyId":"","secretAccessKey":"s","sessionToken":"t","expiration":4070908800000}"#;
    server.answer(move |_| {
        (
            200,
            String::new(),
            format!("{{\"roleCredentials\":{keys}}}"),
        )
    });
    let run = signed_in
        .xacct(&["credential-process", "acme"])
        .env("AWS_ENDPOINT_URL_SSO", endpoint);
    run.run().status(6).stdout("").stderr(&format!(
        "xacct: error: the answer of IAM Identity Center in eu-central-1 cannot be used: its \
         AccessKeyId is empty\n  its address {endpoint} comes from AWS_ENDPOINT_URL_SSO\n"
    ));
}

#[test]
fn a_code_is_not_sent_again_to_a_portal() {
    let sandbox = Sandbox::start();
    let server = Server::start(|_| (429, String::new(), HTML.to_owned()));
    let run = sandbox.xacct(&["credential-process", "client1", "--mfa-code", "123456"]);
    let run = run.env("AWS_ENDPOINT_URL", server.endpoint()).run();
    run.status(6).stdout("").stderr_contains("(HTTP 429)");
    assert_eq!(server.asked().len(), 1);
}

/// A proxy that answers everything by itself, with HTML.
#[test]
fn a_proxy_that_answers_itself_is_named() {
    let sandbox = Sandbox::start_plain();
    let proxy = Server::start(|_| (403, String::new(), HTML.to_owned()));
    let address = proxy.endpoint().strip_prefix("http://").unwrap();
    let run = sandbox
        .xacct(&["credential-process", "plain"])
        .env("HTTP_PROXY", proxy.endpoint())
        .run();
    run.status(6).stdout("").stderr_contains(&format!(
        "the proxy {address}, or a server after it, answered with HTML in place of 127.0.0.1 (HTTP \
         403)\n"
    ));
}

#[test]
fn the_other_services_are_held_to_the_same() {
    let server = Server::start(|_| (200, String::new(), HTML.to_owned()));
    let html = "a proxy or portal answered with HTML in place of 127.0.0.1 (HTTP 200)";
    let at_portal = |cmd: Cmd| {
        cmd.env("AWS_ENDPOINT_URL", server.endpoint())
            .run()
            .status(6)
            .stdout("")
    };
    let sandbox = Sandbox::start();
    at_portal(sandbox.xacct(&["login", "acme", "--no-browser"])).stderr_contains(html);
    let signed_in = Sandbox::signed_in();
    at_portal(signed_in.xacct(&["credential-process", "acme"])).stderr_contains(html);
    let plain = Sandbox::start_plain();
    let list = plain.xacct(&[
        "sync",
        "organizations",
        "--source-profile",
        "keys",
        "--role-name",
        "Admin",
        "--dry-run",
    ]);
    at_portal(list).stderr_contains(html);
    at_portal(plain.xacct(&["whoami", "keys"])).stderr_contains(html);
    plain.key_id("plain");
    let run = plain
        .xacct(&["console", "plain", "--print"])
        .env("AWS_ENDPOINT_URL", plain.endpoint());
    let run = run.env("AWS_ENDPOINT_URL_SIGNIN", server.endpoint()).run();
    run.status(6)
        .stdout("")
        .stderr_contains(&format!("{html}\n{PORTAL}"));
}

#[test]
fn the_metadata_of_a_machine_is_held_to_the_same() {
    let sandbox = Sandbox::start();
    sandbox.write_config(
        "[profile ecs]\nregion = eu-west-1\nrole_arn = \
                          arn:aws:iam::222222222222:role/PartnerAdmin\ncredential_source = \
                          EcsContainer\n[profile ec2]\nregion = eu-west-1\nrole_arn = \
                          arn:aws:iam::222222222222:role/PartnerAdmin\ncredential_source = \
                          Ec2InstanceMetadata\n",
    );
    let server = Server::start(|_| (200, String::new(), HTML.to_owned()));
    let html = "a proxy or portal answered with HTML in place of 127.0.0.1 (HTTP 200)";
    let run = sandbox.xacct(&["credential-process", "ecs"]);
    let uri = format!("{}/credentials", server.endpoint());
    run.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri)
        .run()
        .status(6)
        .stdout("")
        .stderr_contains(html);
    let run = sandbox
        .xacct(&["credential-process", "ec2"])
        .env_remove("AWS_EC2_METADATA_DISABLED");
    let run = run
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.endpoint())
        .run();
    run.status(6).stdout("").stderr_contains(html);
}

/// A server whose answers have no end: each connection gets the head, then chunks for as long as
/// they are read. Gives how much was written to the last one.
fn endless(head: &'static str) -> (String, std::sync::mpsc::Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (send, written) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 16 * 1024];
            let _ = stream.read(&mut asked);
            let _ = stream.write_all(head.as_bytes());
            let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
            let mut sum = 0;
            // 64 MB, in case that nobody hangs up.
            while sum < 64 << 20 && stream.write_all(chunk.as_bytes()).is_ok() {
                sum += chunk.len();
            }
            let _ = send.send(sum);
        }
    });
    (endpoint, written)
}

const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ntransfer-encoding: chunked\r\n\r\n";
const HUGE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4294967296\r\n\r\n";

#[test]
fn an_answer_without_an_end_is_given_up() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(
        "[profile ecs]\nregion = eu-west-1\nrole_arn = \
                        arn:aws:iam::222222222222:role/PartnerAdmin\ncredential_source = \
                        EcsContainer\n",
    );
    for head in [CHUNKED, HUGE] {
        let (endpoint, written) = endless(head);
        let run = plain(&sandbox, &endpoint).run().status(6).stdout("");
        run.stderr_contains("the answer of 127.0.0.1 was larger than 1 MB (HTTP 200)\n");
        assert!(written.recv().unwrap() < 32 << 20, "it was read on");
        let run = sandbox.xacct(&["credential-process", "ecs"]);
        let run = run
            .env(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                format!("{endpoint}/c"),
            )
            .run();
        run.status(6)
            .stdout("")
            .stderr_contains("the answer of 127.0.0.1 was larger than 1 MB");
    }
}
