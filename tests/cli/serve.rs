//! `xacct serve`: the endpoint that containers and long-running programs ask, and the command that
//! has it.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use crate::common::{Sandbox, XACCT, tools};
use serde_json::Value;

/// A `serve` without a command, and what it says about itself; it ends with this value.
struct Serving {
    child: Child,
    /// Address and token of each profile.
    served: Vec<(String, String)>,
}

impl Serving {
    fn start(sandbox: &Sandbox, profiles: &[&str]) -> Serving {
        let mut child = Command::new(XACCT)
            .arg("serve")
            .args(profiles)
            .env_clear()
            .envs(sandbox.env())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut value = |name: &str| loop {
            let line = lines.next().expect("serve ended").unwrap();
            if let Some(value) = line.strip_prefix(&format!("{name}=")) {
                return value.to_owned();
            }
        };
        let mut one = || {
            let address = value("AWS_CONTAINER_CREDENTIALS_FULL_URI");
            (address, value("AWS_CONTAINER_AUTHORIZATION_TOKEN"))
        };
        let served = profiles.iter().map(|_| one()).collect();
        Serving { child, served }
    }

    fn ask(&self, index: usize, token: &str) -> (u16, Value) {
        let (address, _) = &self.served[index];
        let (host, path) = address
            .strip_prefix("http://")
            .unwrap()
            .split_once('/')
            .unwrap();
        let authorization = [("authorization", token)];
        let answer = crate::common::request(
            &format!("http://{host}"),
            "GET",
            &format!("/{path}"),
            &authorization,
            "",
        );
        let (status, body) = answer.unwrap();
        (status, serde_json::from_str(&body).unwrap())
    }

    fn keys(&self, index: usize) -> Value {
        let (status, document) = self.ask(index, &self.served[index].1);
        assert_eq!(status, 200, "{document}");
        document
    }

    fn end(&mut self) -> Option<i32> {
        rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.child),
            rustix::process::Signal::TERM,
        )
        .unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whoever asks for the credentials cannot be asked for a yes.
#[test]
fn a_yes_that_is_wanted_only_now_was_not_given() {
    let sandbox = Sandbox::start_plain();
    let serving = Serving::start(&sandbox, &["plain"]);
    serving.keys(0);
    let refused = || {
        let (status, document) = serving.ask(0, &serving.served[0].1);
        assert_eq!((status, &document["code"]), (403, &"PersonNeeded".into()));
    };
    // In its own profile, in its source's, and in the settings file.
    for header in ["[profile plain]\n", "[profile keys]\n"] {
        let config = fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
        sandbox.write_config(&format!("{config}{header}confirm = true\n"));
        refused();
        sandbox.write_config(&config);
        serving.keys(0);
    }
    sandbox.write_settings("[profile.plain]\nconfirm = true\n");
    refused();
}

/// Each fault has its code, and a status that no SDK tries again for.
#[test]
fn what_is_wrong_with_a_profile_is_not_a_missing_profile() {
    let sandbox = Sandbox::start_plain();
    let serving = Serving::start(&sandbox, &["plain"]);
    let config = fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
    let own = "[profile plain]\n";
    for (from, to, answer) in [
        (own, "[profile other]\n", (404, "NoSuchProfile")),
        (
            own,
            "[profile plain]\nread_only = maybe\n",
            (400, "InvalidConfiguration"),
        ),
        (
            "source_profile = keys",
            "source_profile = gone",
            (400, "InvalidConfiguration"),
        ),
    ] {
        assert!(config.contains(from), "{from}");
        sandbox.write_config(&config.replace(from, to));
        let (status, document) = serving.ask(0, &serving.served[0].1);
        let code = document["code"].as_str().unwrap();
        assert_eq!((status, code), answer, "{to}: {document}");
    }
    sandbox.write_config(&config);
    sandbox.write_settings("[broken");
    let (status, document) = serving.ask(0, &serving.served[0].1);
    let code = document["code"].as_str().unwrap();
    assert_eq!((status, code), (400, "InvalidConfiguration"), "{document}");
    sandbox.write_settings("");
    serving.keys(0);
}

#[test]
fn each_profile_is_served_to_who_has_its_token() {
    let sandbox = Sandbox::start_plain();
    sandbox
        .xacct(&["login", "client1", "--mfa-code", &sandbox.fresh_code()])
        .run()
        .status(0);
    let mut serving = Serving::start(&sandbox, &["client1", "plain"]);
    let document = serving.keys(0);
    assert_eq!(document["AccessKeyId"], sandbox.key_id("client1"));
    assert_eq!(document["AccountId"], "222222222222");
    let mut fields: Vec<&String> = document.as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(
        fields,
        [
            "AccessKeyId",
            "AccountId",
            "Expiration",
            "SecretAccessKey",
            "Token"
        ]
    );
    assert_eq!(serving.keys(1)["AccessKeyId"], sandbox.key_id("plain"));
    let refused = serving.ask(0, &serving.served[1].1);
    assert_eq!(refused.0, 403);
    assert_eq!(
        refused.1.to_string(),
        r#"{"code":"InvalidToken","message":"the Authorization header is not the token"}"#
    );
    assert_eq!(serving.end(), Some(0));
}

#[test]
fn what_runs_out_is_renewed_when_it_is_asked_for() {
    let sandbox = Sandbox::start_plain();
    let serving = Serving::start(&sandbox, &["plain"]);
    let first = serving.keys(0)["AccessKeyId"].clone();
    assert_eq!(serving.keys(0)["AccessKeyId"], first);
    sandbox.leave("plain", 60);
    sandbox.clear_log();
    assert_ne!(serving.keys(0)["AccessKeyId"], first);
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn what_needs_a_person_is_said_to_the_sdk_until_somebody_did_it() {
    let sandbox = Sandbox::start_plain();
    sandbox
        .xacct(&["login", "client1", "--mfa-code", &sandbox.fresh_code()])
        .run()
        .status(0);
    let serving = Serving::start(&sandbox, &["client1"]);
    sandbox.xacct(&["clear", "--all", "-q"]).run().ok();
    let (status, answer) = serving.ask(0, &serving.served[0].1);
    assert_eq!(
        (status, answer["code"].as_str()),
        (403, Some("PersonNeeded")),
        "{answer}"
    );
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .starts_with("xacct: client1: "),
        "{answer}"
    );
    sandbox.advance_mfa();
    sandbox
        .xacct(&["login", "client1", "--mfa-code", &sandbox.fresh_code()])
        .run()
        .status(0);
    assert_eq!(serving.keys(0)["AccountId"], "222222222222");
}

#[test]
fn files_for_containers_are_private_and_go_at_the_end() {
    let sandbox = Sandbox::start_plain();
    let dir = sandbox.home().join("env");
    let child = sandbox
        .xacct(&["serve", "plain", "--env-dir", dir.to_str().unwrap()])
        .spawn();
    let file = dir.join("plain.env");
    crate::common::until("the file is there", || file.exists());
    let text = fs::read_to_string(&file).unwrap();
    let names: Vec<&str> = text
        .lines()
        .map(|line| line.split('=').next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "# plain",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
            "AWS_ACCOUNT_ID",
            "XACCT_PROFILE"
        ]
    );
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&dir)), (0o600, 0o700));
    let address = text
        .lines()
        .nth(1)
        .unwrap()
        .split_once('=')
        .unwrap()
        .1
        .to_owned();
    child.interrupt();
    child
        .wait()
        .status(0)
        .stdout("")
        .stderr(&format!("xacct: serving 'plain' at {address}\n"));
    assert!(!file.exists());
}

#[test]
fn a_command_has_the_endpoint_and_nothing_that_competes() {
    let sandbox = Sandbox::start_plain();
    // What SDKs would take instead of a container's.
    sandbox.edit_config("[profile plain]\n", "[profile plain]\noutput = table\n");
    let script = "env | grep -E '^(AWS|XACCT)_' | grep -v _STATE | sort; cat $AWS_CONFIG_FILE \
                  $AWS_SHARED_CREDENTIALS_FILE";
    let run = sandbox
        .xacct(&["serve", "plain", "--", "sh", "-c", script])
        .env("AWS_PROFILE", "hub");
    let output = run.run().ok();
    let text = output.stdout_text();
    let names: Vec<&str> = text
        .lines()
        .map(|line| line.split('=').next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "AWS_ACCOUNT_ID",
            "AWS_CONFIG_FILE",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_DEFAULT_REGION",
            "AWS_EC2_METADATA_DISABLED",
            "AWS_ENDPOINT_URL",
            "AWS_REGION",
            "AWS_SHARED_CREDENTIALS_FILE",
            "XACCT_AUDIT_LOG",
            "XACCT_CACHE_DIR",
            "XACCT_CONFIG",
            "XACCT_PROFILE",
            "XACCT_SANDBOX",
            "[default]",
            "region ",
            "output "
        ]
    );
    let file = text
        .lines()
        .find_map(|line| line.strip_prefix("AWS_CONFIG_FILE="))
        .unwrap();
    assert!(
        !std::path::Path::new(file).parent().unwrap().exists(),
        "the files outlive the command"
    );
}

/// A command whose SDK asks three times, at each of two moments between which the MFA session ends
/// and begins again.
const ASKING: &str = r#"
ask() {
  for n in 1 2 3; do
    curl -s -H "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" "$AWS_CONTAINER_CREDENTIALS_FULL_URI" | cut -c "1-$1"
    echo
  done
}
own() { env -u AWS_SHARED_CREDENTIALS_FILE AWS_CONFIG_FILE="$CONFIG" "$X" "$@" -q; }
own clear --all; ask 400
own login client2 --mfa-code "$CODE"; ask 10
own clear --all; ask 5
"#;

#[test]
fn a_session_that_has_ended_is_said_once_in_the_servers_own_words() {
    let sandbox = Sandbox::start();
    if !std::path::Path::new("/usr/bin/curl").exists() {
        return crate::common::skip("no curl");
    }
    let (first, second) = (sandbox.fresh_code(), sandbox.code());
    let run = sandbox.xacct(&[
        "serve",
        "client2",
        "--mfa-code",
        &first,
        "--",
        "sh",
        "-c",
        ASKING,
    ]);
    sandbox.advance_mfa();
    let next = if second == first {
        sandbox.fresh_code()
    } else {
        second
    };
    let run = run
        .env("X", XACCT)
        .env("CODE", next)
        .env("CONFIG", sandbox.home().join(".aws/config"));
    let output = run.run().status(0);
    let block = "xacct: error: client2: the MFA session has ended, and a new one needs a code for \
                 arn:aws:iam::111111111111:mfa/you\n  in a terminal, run: xacct login client2\n  \
                 this server then goes on by itself\n";
    let text = output.stdout_text().to_owned();
    assert_eq!(
        text.matches("\"code\":\"PersonNeeded\"").count(),
        3,
        "{text}"
    );
    assert!(
        text.contains("(in a terminal, run: xacct login client2)"),
        "{text}"
    );
    assert_eq!(text.matches("{\"AccessKe").count(), 3, "{text}");
    // Once, and once more after it had gone on in between.
    output.stderr(&block.repeat(2));
}

#[test]
fn the_command_decides_the_exit_status() {
    let sandbox = Sandbox::start_plain();
    let run = |args: &[&str]| sandbox.xacct(&[&["serve"], args].concat()).run();
    run(&["plain", "--", "sh", "-c", "exit 7"])
        .status(7)
        .stderr("");
    run(&["plain", "--", "sh", "-c", "kill -9 $$"])
        .status(137)
        .stderr("");
    run(&["plain", "--", "no-such-command"])
        .status(127)
        .stderr_contains("command not found");
    run(&["typo", "--", "true"])
        .status(125)
        .stderr_contains("no profile 'typo'");
    run(&["plain", "client1", "--", "true"])
        .status(125)
        .stderr_contains("the credentials of one profile");
    run(&["typo"])
        .status(3)
        .stderr_contains("no profile 'typo'");
    run(&["keys"])
        .status(3)
        .stderr_contains("profile 'keys' has long-term keys, which are not served");
    run(&["client1", "--no-input"])
        .status(5)
        .stderr_contains("MFA");
    run(&["plain", "--address", "0.0.0.0"])
        .status(2)
        .stderr_contains("SDKs accept only loopback");
}

#[test]
fn a_person_is_asked_before_it_begins() {
    let sandbox = Sandbox::start();
    let mut pty = sandbox.pty(&["serve", "client1", "--", "sh", "-c", "echo $XACCT_PROFILE"]);
    pty.expect("MFA code");
    pty.send_line(&sandbox.fresh_code());
    pty.expect("client1");
    let (status, seen) = pty.wait();
    assert_eq!(status, 0, "{seen}");
}

/// The container's credentials are last in every SDK: keys in `[default]`, as a cross-account user
/// has them, would win.
#[test]
fn sdks_work_in_the_role_though_default_has_keys() {
    let sandbox = Sandbox::start_plain();
    let Some(python) = tools::python() else {
        return crate::common::skip("no python with boto3");
    };
    sandbox.write_credentials(&format!(
        "{}\n[default]\naws_access_key_id = AKIADEFAULTDEFAULT00\naws_secret_access_key = x\n",
        fs::read_to_string(sandbox.home().join(".aws/credentials")).unwrap()
    ));
    let script = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])";
    let run = sandbox
        .xacct(&["serve", "plain", "--", &python, "-c", script])
        .run()
        .ok();
    run.stdout("arn:aws:sts::222222222222:assumed-role/PartnerAdmin/xacct-user\n");
}

#[test]
fn the_token_is_not_shown_on_a_terminal() {
    let sandbox = Sandbox::start_plain();
    let mut pty = sandbox.pty(&["serve", "plain"]);
    let mut seen =
        pty.expect("its token is not shown on a terminal: use --env-dir DIR, -- CMD, or --print");
    pty.interrupt();
    let (status, rest) = pty.wait();
    seen.push_str(&rest);
    assert_eq!(status, 0, "{seen}");
    assert!(
        seen.contains("serving 'plain' at http://127.0.0.1:") && !seen.contains("AUTHORIZATION"),
        "{seen}"
    );
}

#[test]
fn a_port_in_use_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let sandbox = Sandbox::start_plain();
    let run = sandbox.xacct(&["serve", "plain", "--port", &port]).run();
    run.status(1).stderr(&format!(
        "xacct: error: no listening on 127.0.0.1:{port}: Address already in use (os error 98)\n"
    ));
}

#[test]
fn usage_errors_are_no_status_of_the_command() {
    let sandbox = Sandbox::start_plain();
    for args in [
        &["serve", "plain", "--bogus", "--", "true"][..],
        &["serve", "--", "true"],
    ] {
        sandbox
            .xacct(args)
            .run()
            .status(125)
            .stdout("")
            .stderr_contains("error: ");
    }
    sandbox
        .xacct(&["serve", "plain", "--bogus"])
        .run()
        .status(2)
        .stderr_contains("error: ");
}
