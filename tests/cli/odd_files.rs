//! A pipe, a device, a directory or far too much in the place of a file that xacct reads: it is
//! named at once, and never waited for.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::common::Sandbox;

fn fifo(path: &Path) {
    let _ = fs::remove_file(path);
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

#[test]
fn the_three_files() {
    let sandbox = Sandbox::start_plain();
    let odd = sandbox.home().join("odd");
    let show = |variable: &str| {
        let run = sandbox
            .xacct(&["credential-process", "plain"])
            .env(variable, &odd)
            .run();
        run.status(3).stdout("").stderr_text().to_owned()
    };
    let variables = [
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "XACCT_CONFIG",
    ];
    let all_say = |why: &str| {
        for variable in variables {
            let words = format!(
                "~/odd: the file cannot be read: it is {why}\n  {variable} can name another file\n"
            );
            assert_eq!(show(variable), format!("xacct: error: {words}"));
        }
    };
    fifo(&odd);
    all_say("a FIFO, not a file");
    fs::remove_file(&odd).unwrap();
    symlink("/dev/zero", &odd).unwrap();
    all_say("a device, not a file");
    fs::remove_file(&odd).unwrap();
    fs::File::create(&odd).unwrap().set_len(1 << 40).unwrap();
    all_say("larger than 16 MiB");
    // An empty file, as people write it.
    let run = sandbox
        .xacct(&["credential-process", "plain"])
        .env("XACCT_CONFIG", "/dev/null")
        .run();
    assert_eq!(run.ok().json()["AccountId"], "222222222222");
}

#[test]
fn the_files_that_profiles_name() {
    let sandbox = Sandbox::start_plain();
    let odd = sandbox.home().join("odd");
    fifo(&odd);
    sandbox.add_config(&format!(
        "[profile web]\nregion = eu-west-1\nrole_arn = arn:aws:iam::222222222222:role/Inner\n\
         web_identity_token_file = {0}\n[profile bundle]\nregion = eu-west-1\nrole_arn = \
         arn:aws:iam::222222222222:role/Inner\nsource_profile = keys\nca_bundle = {0}\n[profile \
         container]\nregion = eu-west-1\ncredential_source = EcsContainer\n\
         [profile narrow]\nregion = eu-west-1\nrole_arn = arn:aws:iam::222222222222:role/Inner\n\
         source_profile = keys\nsession_policy = {0}\n",
        odd.display()
    ));
    let says = |profile: &str, words: &str| {
        let run = sandbox
            .xacct(&["credential-process", profile])
            .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/c")
            .env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &odd)
            .env("AWS_ENDPOINT_URL_STS", "https://localhost:9")
            .run();
        run.status(3)
            .stdout("")
            .stderr_contains(&format!("{}{words}", odd.display()));
    };
    says("web", " cannot be read: it is a FIFO, not a file\n");
    says("container", " cannot be read: it is a FIFO, not a file\n");
    says("narrow", " cannot be read: it is a FIFO, not a file\n");
    says("bundle", " cannot be read: it is a FIFO, not a file\n");
    sandbox.asked(&[]);
}

/// What xacct or the AWS CLI keeps for later is then not there.
#[test]
fn what_is_kept_for_later() {
    let sandbox = Sandbox::start_plain();
    sandbox
        .xacct(&["login", "acme"])
        .run()
        .status(0)
        .stderr_contains("signed in at ");
    sandbox.clear_log();
    let first = sandbox.key_id("plain");
    sandbox.clear_log();
    let [entry] = &sandbox.entries()[..] else {
        panic!("one entry")
    };
    fifo(entry);
    let again = sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(0);
    assert_ne!(again.key_id(), first);
    let _ = again.stderr_contains("it is not a plain file");
    sandbox.asked(&["AssumeRole"]);
    fifo(&sandbox.token_file());
    let signed_out = sandbox
        .xacct(&["credential-process", "acme"])
        .run()
        .status(5)
        .stdout("");
    signed_out.stderr_contains("you are not signed in at ");
    let log = sandbox.home().join("audit.jsonl");
    fifo(&log);
    let audit = sandbox
        .xacct(&["audit"])
        .env("XACCT_AUDIT_LOG", &log)
        .run()
        .status(1)
        .stdout("");
    audit.stderr_contains("audit.jsonl: it is a FIFO, not a file");
    let last = sandbox.cache_dir().join("each");
    fs::create_dir_all(&last).unwrap();
    fifo(&last.join("last.json"));
    sandbox
        .xacct(&["each", "--retry-failed"])
        .run()
        .status(125)
        .stdout("")
        .stderr_contains("each/last.json");
}

#[test]
fn what_policy_names_is_a_file_or_a_pipe() {
    let sandbox = Sandbox::start_plain();
    for (path, why) in [
        ("/dev/zero", "it is a device, not a file"),
        (".aws", "it is a directory, not a file"),
    ] {
        let run = sandbox
            .xacct(&["credential-process", "plain", "--policy", path])
            .run();
        let save = if path == ".aws" {
            ""
        } else {
            "  save what a command prints to a file first, and name that file\n"
        };
        run.status(3).stdout("").stderr(&format!(
            "xacct: error: --policy: {path} cannot be read: {why}\n{save}"
        ));
    }
    assert_eq!(sandbox.calls(), [""; 0]);
}

#[test]
fn a_containers_variable_that_is_empty_is_named() {
    let sandbox = Sandbox::start_plain();
    sandbox
        .add_config("[profile container]\nregion = eu-west-1\ncredential_source = EcsContainer\n");
    for variable in [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ] {
        let run = sandbox
            .xacct(&["credential-process", "container"])
            .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/c")
            .env(variable, "")
            .run();
        run.status(3).stdout("").stderr(&format!(
            "xacct: error: {variable} is empty\n  give it its value, or unset it: the SDKs do not \
             take it for unset\n"
        ));
    }
}
