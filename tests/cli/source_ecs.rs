//! `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`: what ECS tells a container, whose agent is at
//! 169.254.170.2 and nowhere else. That address is made in a network of the test's own, which ends
//! with it.

#![cfg(target_os = "linux")]

use std::process::Command;

use crate::common::{Cmd, Output, Sandbox, XACCT};

/// The agent: writes each request's path and token to the file `asked`, answers one path, and says
/// when it listens.
const AGENT: &str = r#"
import http.server, json, sys
class Agent(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open("asked", "a") as asked:
            print(self.path, self.headers["authorization"], file=asked)
        body = json.dumps({"AccessKeyId": "ASIAXACCTTESTCONTAIN", "SecretAccessKey": "NotASecret/agent/EXAMPLE",
            "Token": "NotASecret/token/EXAMPLE", "Expiration": "2099-01-01T00:00:00Z", "RoleArn": "TASK_ROLE"}).encode()
        right = self.path == "/v2/credentials/one"
        self.send_response(200 if right else 404)
        self.send_header("content-length", str(len(body) if right else 0))
        self.end_headers()
        self.wfile.write(body if right else b"")
    def log_message(self, *args):
        pass
server = http.server.HTTPServer(("169.254.170.2", 80), Agent)
open("ready", "w").write("ready\n")
server.serve_forever()
"#;

/// What the shell does in the new network before it becomes xacct.
const SCRIPT: &str = "
ip link set lo up && ip addr add 169.254.170.2/32 dev lo || exit 1
mkfifo ready || exit 1
python3 -c \"$AGENT\" & agent=$!
read -r line < ready
\"$0\" \"$@\"; status=$?
kill $agent
rm ready
exit $status
";

/// The words with which one gets a network of one's own here, where one can.
fn network() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["--user", "--map-root-user", "--net"], &["--net"]];
    let can = |way: &&[&str]| {
        let mut tried = Command::new("unshare");
        tried.args(*way).args([
            "sh",
            "-c",
            "ip link set lo up && python3 -c 'import http.server'",
        ]);
        tried
            .env("PATH", PATH)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    ways.into_iter().find(can)
}

const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// A container with an agent.
struct Container {
    sandbox: Sandbox,
    network: &'static [&'static str],
}

impl Container {
    fn start() -> Option<Container> {
        let Some(network) = network() else {
            crate::common::skip(
                "no network namespace can be had here, or there is no ip (iproute2) or python3",
            );
            return None;
        };
        let sandbox = Sandbox::start();
        sandbox.add_config(
            "[profile container]\ncredential_source = EcsContainer\nregion = eu-west-1\n",
        );
        Some(Container { sandbox, network })
    }

    fn run(&self, env: &[(&str, &str)]) -> Output {
        let script = ["sh", "-c", SCRIPT, XACCT, "credential-process", "container"];
        let run = self
            .sandbox
            .program("unshare", &[self.network, &script].concat());
        let run = run.env("PATH", PATH).env("AGENT", AGENT);
        env.iter()
            .fold(run, |run: Cmd, (name, value)| run.env(name, value))
            .run()
    }

    /// What the agent was asked since the last look.
    fn asked(&self) -> String {
        let file = self.sandbox.home().join("asked");
        let asked = std::fs::read_to_string(&file).unwrap_or_default();
        let _ = std::fs::remove_file(file);
        asked
    }
}

const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";

#[test]
fn the_agent_is_asked_for_the_tasks_path() {
    let Some(container) = Container::start() else {
        return;
    };
    for _ in 0..2 {
        let output = container.run(&[(RELATIVE, "/v2/credentials/one")]).ok();
        assert_eq!(output.key_id(), "ASIAXACCTTESTCONTAIN");
    }
    assert_eq!(container.asked(), "/v2/credentials/one None\n".repeat(2));
    // Another task's path is another request.
    let other = container
        .run(&[(RELATIVE, "/v2/credentials/two")])
        .status(4)
        .stdout("");
    other.stderr_contains(
        "xacct: error: the container's credentials could not be had: it answered with HTTP 404\n",
    );
    assert_eq!(container.asked(), "/v2/credentials/two None\n");
}

#[test]
fn the_relative_address_wins_over_the_full_one() {
    let Some(container) = Container::start() else {
        return;
    };
    let both = [
        (RELATIVE, "/v2/credentials/one"),
        (FULL, "http://127.0.0.1:9/v1"),
        (TOKEN, "Basic one"),
    ];
    assert_eq!(container.run(&both).ok().key_id(), "ASIAXACCTTESTCONTAIN");
    assert_eq!(container.asked(), "/v2/credentials/one Basic one\n");
    container
        .run(&both[1..])
        .status(6)
        .stdout("")
        .stderr_contains("Connection refused");
    assert_eq!(container.asked(), "");
}
