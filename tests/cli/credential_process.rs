//! `xacct credential-process`: one document on stdout that every SDK takes, or nothing.

use crate::common::Sandbox;

#[test]
fn the_document_is_one_line_of_what_sts_gave() {
    let sandbox = Sandbox::start_plain();
    let output = sandbox.xacct(&["credential-process", "plain"]).run().ok();
    let document = output.json();
    let text = |key: &str| document[key].as_str().unwrap().to_owned();
    let (id, secret, token, expiration) = (
        text("AccessKeyId"),
        text("SecretAccessKey"),
        text("SessionToken"),
        text("Expiration"),
    );
    assert!(sandbox.secrets().contains(&secret) && sandbox.secrets().contains(&token));
    output.stdout(&format!(
        "{{\"Version\":1,\"AccessKeyId\":\"{id}\",\"SecretAccessKey\":\"{secret}\",\"SessionToken\":\"{token}\",\
         \"Expiration\":\"{expiration}\",\"AccountId\":\"222222222222\"}}\n"
    ));
    let entry = crate::common::cache::read(&sandbox.entry("plain"))["entry"].clone();
    let at = chrono::DateTime::parse_from_rfc3339(&expiration)
        .unwrap()
        .timestamp();
    assert_eq!(entry["expires_at"], at);
    assert!(
        expiration.ends_with('Z') && expiration.len() == 20,
        "{expiration}"
    );
}

#[test]
fn long_term_keys_are_handed_out_without_a_request() {
    let sandbox = Sandbox::start_plain();
    sandbox
        .xacct(&["credential-process", "keys", "--region", "eu-west-1"])
        .run()
        .ok()
        .stdout(
            "{\"Version\":1,\"AccessKeyId\":\"AKIARTXV5AHDTEST2YOU\",\
         \"SecretAccessKey\":\"NotASecret/xacct/sandbox/hub/you/EXAMPLE\",\
         \"SessionToken\":null,\"Expiration\":null,\"AccountId\":null}\n",
        );
    sandbox.asked(&[]);
    assert!(sandbox.entries().is_empty());
}

#[test]
fn a_failure_leaves_stdout_empty() {
    let sandbox = Sandbox::start();
    for (profile, status) in [("nobody", 3), ("client2", 5), ("default", 3)] {
        let output = sandbox
            .xacct(&["credential-process", profile])
            .run()
            .status(status)
            .stdout("");
        assert!(!output.stderr_text().is_empty());
    }
    sandbox.asked(&[]);
}

#[test]
fn a_typo_names_the_nearest_profiles() {
    let sandbox = Sandbox::start();
    sandbox.xacct(&["credential-process", "clint2"]).run().status(3).stdout("").stderr(
        "xacct: error: no profile 'clint2' in ~/.aws/config or ~/.aws/credentials\n  did you mean \
         'client2' or 'client1' or 'client3'?\n",
    );
}

#[test]
fn a_broken_line_costs_that_line_and_an_unreadable_file_everything() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config("this is no line\n");
    let output = sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(0);
    let output = output.stderr_contains("xacct: warning: ~/.aws/config:62: ");
    assert_eq!(
        output.stderr_text().lines().count(),
        1,
        "{}",
        output.stderr_text()
    );
    sandbox.asked(&["AssumeRole"]);
    std::fs::write(
        sandbox.home().join(".aws/config"),
        b"[profile plain]\n\xff\n",
    )
    .unwrap();
    let output = sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(3)
        .stdout("");
    output.stderr_contains("~/.aws/config");
}

#[cfg(unix)]
#[test]
fn the_prompt_is_on_the_terminal_though_stdout_and_stderr_are_not() {
    let sandbox = Sandbox::start();
    let mut pty =
        sandbox.pty_sh("\"$0\" credential-process client2 >out 2>err </dev/null; echo ended $?");
    pty.expect("MFA code for");
    pty.send_line(&sandbox.fresh_code());
    pty.expect("ended 0");
    let read = |name: &str| std::fs::read_to_string(sandbox.home().join(name)).unwrap();
    assert!(read("out").starts_with("{\"Version\":1,"));
    assert_eq!(read("err"), "");
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_gone_is_no_panic() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    let script = format!(
        "{} credential-process plain | true; echo done",
        env!("CARGO_BIN_EXE_xacct")
    );
    let output = sandbox
        .program("sh", &["-c", &script])
        .run()
        .status(0)
        .stdout("done\n");
    assert!(
        !output.stderr_text().contains("panicked"),
        "{}",
        output.stderr_text()
    );
    let full = format!(
        "{} credential-process plain > /dev/full",
        env!("CARGO_BIN_EXE_xacct")
    );
    if cfg!(target_os = "linux") {
        sandbox
            .program("sh", &["-c", &full])
            .run()
            .status(1)
            .stderr(
                "xacct: error: stdout cannot be written: No space left on device (os error 28)\n",
            );
    }
}
