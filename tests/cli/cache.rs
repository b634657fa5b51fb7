//! The cache as it is used: what a hit costs, and which requests are the same request.

use crate::common::Sandbox;

/// What the profile `plain` is edited to, and what of it must be another request.
const OTHERS: [(&str, &str); 6] = [
    ("role session name", "role_session_name = somebody"),
    ("duration", "duration_seconds = 1800"),
    ("tags", "session_tags = Team=payments"),
    (
        "policy",
        "session_policy = {\"Version\":\"2012-10-17\",\"Statement\":[]}",
    ),
    (
        "policy ARNs",
        "session_policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess",
    ),
    ("source identity", "source_identity = alice"),
];

#[test]
fn a_hit_is_the_same_document_and_no_request() {
    let sandbox = Sandbox::start_plain();
    let first = sandbox.xacct(&["credential-process", "plain"]).run().ok();
    sandbox.clear_log();
    for command in ["credential-process", "credential_process"] {
        sandbox
            .xacct(&[command, "plain"])
            .run()
            .ok()
            .stdout(first.stdout_text());
    }
    sandbox.asked(&[]);
}

#[test]
fn every_parameter_that_decides_the_answer_is_in_the_key() {
    let sandbox = Sandbox::start_plain();
    let original = sandbox.key_id("plain");
    for (what, line) in OTHERS {
        let plain = "external_id = client1-7731\nregion = eu-west-1\n";
        sandbox.edit_config(
            plain,
            &format!("external_id = client1-7731\nregion = eu-west-1\n{line}\n"),
        );
        sandbox.clear_log();
        assert_ne!(sandbox.key_id("plain"), original, "{what}");
        assert_eq!(sandbox.calls(), ["AssumeRole"], "{what}");
        sandbox.edit_config(&format!("{line}\n"), "");
    }
    sandbox.clear_log();
    assert_eq!(sandbox.key_id("plain"), original, "edited back");
    sandbox.asked(&[]);
}

#[test]
fn another_role_or_external_id_never_gets_the_cached_session() {
    let sandbox = Sandbox::start_plain();
    let original = sandbox.key_id("plain");
    sandbox.clear_log();
    sandbox.edit_config("client1-7731", "client1-7732");
    sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(4)
        .stdout("");
    sandbox.edit_config("client1-7732", "client1-7731");
    sandbox.edit_config("222222222222:role/PartnerAdmin", "222222222222:role/Gone");
    sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(4)
        .stdout("");
    assert_eq!(sandbox.calls(), ["AssumeRole"; 2]);
    sandbox.edit_config("222222222222:role/Gone", "222222222222:role/PartnerAdmin");
    assert_eq!(
        sandbox.key_id("plain"),
        original,
        "a refused attempt costs nothing that was good"
    );
}

#[test]
fn a_profile_of_another_name_or_region_shares_the_session() {
    let sandbox = Sandbox::start_plain();
    let original = sandbox.key_id("plain");
    sandbox.clear_log();
    sandbox.edit_config("[profile plain]", "[profile renamed]");
    assert_eq!(sandbox.key_id("renamed"), original);
    let output = sandbox
        .xacct(&[
            "assume",
            "renamed",
            "--region",
            "us-west-2",
            "--format",
            "json",
            "--print",
        ])
        .run()
        .ok();
    let variables = output.json();
    assert_eq!(variables["AWS_ACCESS_KEY_ID"], original.as_str());
    assert_eq!(
        (&variables["AWS_REGION"], &variables["XACCT_PROFILE"]),
        (&"us-west-2".into(), &"renamed".into())
    );
    sandbox.asked(&[]);
}

#[test]
fn the_same_role_from_another_user_is_another_session() {
    let sandbox = Sandbox::with_world(
        r#"
[[account]]
id = "111111111111"
name = "hub"
[[account.user]]
name = "alice"
[[account.user.key]]
id = "AKIAXACCTTESTSALICE1"
secret = "NotASecret/tests/alice"
[[account.user]]
name = "bob"
[[account.user.key]]
id = "AKIAXACCTTESTSBOB001"
secret = "NotASecret/tests/bob"
[[account]]
id = "222222222222"
name = "client"
[[account.role]]
name = "Admin"
[[account.role.trust]]
principals = ["111111111111"]
[files]
config = """
[profile as-alice]
role_arn = arn:aws:iam::222222222222:role/Admin
source_profile = alice
region = eu-west-1
[profile as-bob]
role_arn = arn:aws:iam::222222222222:role/Admin
source_profile = bob
region = eu-west-1
"""
credentials = """
[alice]
aws_access_key_id = AKIAXACCTTESTSALICE1
aws_secret_access_key = NotASecret/tests/alice
[bob]
aws_access_key_id = AKIAXACCTTESTSBOB001
aws_secret_access_key = NotASecret/tests/bob
"""
"#,
    );
    assert_ne!(sandbox.key_id("as-alice"), sandbox.key_id("as-bob"));
    let signers: Vec<_> = sandbox
        .log()
        .into_iter()
        .map(|request| request.access_key_id.unwrap())
        .collect();
    assert_eq!(signers, ["AKIAXACCTTESTSALICE1", "AKIAXACCTTESTSBOB001"]);
    // The same profile, whose source has been given to somebody else.
    sandbox.edit_config("source_profile = alice", "source_profile = bob");
    assert_eq!(sandbox.key_id("as-alice"), sandbox.key_id("as-bob"));
    assert_eq!(sandbox.calls().len(), 2);
}

#[test]
fn refresh_replaces_the_session_for_everybody() {
    let sandbox = Sandbox::start_plain();
    let first = sandbox.key_id("plain");
    let second = sandbox
        .xacct(&["credential-process", "plain", "--refresh"])
        .run()
        .ok()
        .key_id();
    assert_ne!(first, second);
    assert_eq!(sandbox.key_id("plain"), second);
    assert_eq!(sandbox.calls(), ["AssumeRole"; 2]);
}

#[test]
fn another_endpoint_is_another_world() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    sandbox
        .xacct(&["credential-process", "plain"])
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("AWS_MAX_ATTEMPTS", "1")
        .run()
        .status(6)
        .stdout("");
}

/// What the kernel was asked by a hit: three files are read, one line is written, and that is all.
#[cfg(target_os = "linux")]
mod hot_path {
    use std::fs;

    use super::Sandbox;

    /// The trace of a cached `credential-process`, or `None`, said aloud, where there is no strace
    /// that may trace.
    fn trace(sandbox: &Sandbox) -> Option<Vec<String>> {
        let file = sandbox.home().join("trace");
        let program = env!("CARGO_BIN_EXE_xacct");
        let words = [
            "-f",
            "-s",
            "200",
            "-o",
            file.to_str().unwrap(),
            program,
            "credential-process",
            "plain",
        ];
        let usable = std::process::Command::new("strace")
            .args(["-o", "/dev/null", "true"])
            .output();
        if !usable.is_ok_and(|output| output.status.success()) {
            crate::common::skip("there is no strace that may trace");
            return None;
        }
        sandbox.program("strace", &words).run().ok();
        Some(
            fs::read_to_string(file)
                .unwrap()
                .lines()
                .map(str::to_owned)
                .collect(),
        )
    }

    fn calls<'t>(trace: &'t [String], names: &[&str]) -> Vec<&'t str> {
        // `123 openat(…) = 3`
        let name = |line: &&str| {
            let call = line
                .split_once(' ')
                .map_or("", |(_, call)| call.trim_start());
            names.contains(&call.split('(').next().unwrap_or_default())
        };
        trace.iter().map(String::as_str).filter(name).collect()
    }

    #[test]
    fn a_hit_opens_four_files_and_writes_once() {
        let sandbox = Sandbox::start_plain();
        fs::remove_file(&sandbox.env()["XACCT_CONFIG"]).unwrap();
        sandbox.key_id("plain");
        let entry = sandbox.entry("plain");
        let Some(trace) = trace(&sandbox) else { return };
        assert!(trace.len() > 10, "{trace:#?}");
        // From where the program's own work begins: the loader opens libraries, the runtime looks
        // at /proc.
        let home = sandbox.home().to_str().unwrap();
        let opened: Vec<&str> = calls(&trace, &["open", "openat", "openat2", "creat"])
            .into_iter()
            .filter(|line| {
                !line.contains("/lib/") && !line.contains("/etc/ld.so") && !line.contains("/proc/")
            })
            .filter(|line| !line.contains("/sys/fs/cgroup"))
            // The account database, for the session's name.
            .filter(|line| !line.contains("/etc/passwd"))
            .collect();
        let expected = [
            ".aws/config",
            ".aws/credentials",
            ".config/xacct/config.toml",
            // Which keys are in a keyring: none.
            ".local/share/xacct/keys.json",
            entry.to_str().unwrap(),
        ];
        assert_eq!(opened.len(), expected.len(), "{opened:#?}");
        for (line, path) in opened.iter().zip(expected) {
            assert!(
                line.contains(home) && line.contains(path),
                "{line} is not {path}"
            );
            assert_eq!(
                line.contains("ENOENT"),
                path.ends_with("config.toml") || path.ends_with("keys.json"),
                "{line}"
            );
            assert!(line.contains("O_RDONLY"), "{line}");
        }
        let written = calls(&trace, &["write", "writev", "pwrite64", "pwritev"]);
        assert_eq!(written.len(), 1, "{written:#?}");
        assert!(
            written[0].contains("write(1, \"{\\\"Version\\\":1,"),
            "{}",
            written[0]
        );
        for name in [
            "socket",
            "connect",
            "clone",
            "clone3",
            "fork",
            "vfork",
            "flock",
            "mkdir",
            "mkdirat",
            "rename",
            "unlink",
            "epoll_create1",
            "eventfd2",
            "fsync",
            "fdatasync",
            "ftruncate",
            "chmod",
            "fchmod",
            "utimensat",
            "nanosleep",
        ] {
            assert_eq!(calls(&trace, &[name]), Vec::<&str>::new(), "{name}");
        }
        assert!(
            !trace.iter().any(|line| line.contains("F_SETLK")),
            "a lock was taken"
        );
        // Out of core dumps, before there is a secret that could be in one.
        let place = |text: &str| trace.iter().position(|line| line.contains(text));
        let kept_out = place("prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE) = 0");
        assert!(
            kept_out.is_some() && kept_out < place(".aws/credentials"),
            "{kept_out:?}"
        );
    }
}
