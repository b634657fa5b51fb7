//! `doctor` as a whole: healthy or not, one profile, JSON, `--fix`; and that every finding is
//! documented and tested.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::common::Sandbox;
use crate::common::home::{Home, findings};
use serde_json::json;

const KEYS: &str = "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";

#[test]
fn a_healthy_set_up_is_one_line() {
    let sandbox = Sandbox::start();
    let healthy = "healthy (3 files, 8 profiles, 1 cache, 1 access key, 1 endpoint looked at)\n";
    sandbox.xacct(&["doctor"]).run().ok().stdout(healthy);
    sandbox.asked(&["GetCallerIdentity"]);
    let healthy = "healthy (3 files, 8 profiles, 1 cache looked at; network not: --offline)\n";
    sandbox
        .xacct(&["doctor", "--offline"])
        .run()
        .ok()
        .stdout(healthy);
    sandbox.asked(&[]);
    let nothing = "\
profiles
note: no profiles found [profiles-none]
  xacct add writes one; xacct sandbox has some to try

healthy, 1 note (1 cache looked at; network not: --offline)
";
    Home::new().doctor(&[]).run().ok().stdout(nothing);
}

#[test]
fn notes_are_no_illness() {
    let home = Home::with("[profile a]\nregion = eu-west-1\nfavourite = x\n", KEYS, "");
    let report = "\
files
~/.aws/config:3: note: profile 'a': neither AWS nor xacct knows the key favourite [key-unknown]
  delete it, unless another tool reads it

healthy, 1 note (2 files, 1 profile, 1 cache looked at; network not: --offline)
";
    home.doctor(&[]).run().ok().stdout(report);
}

const CONFIG: &str = "\
[profile a]
region = eu-west-1
ouput = json
[profile b]
role_arn = arn:aws:iam::111111111111:role/R
source_profile = a
region = eu-west-1
sorce_identity = x
[profile c]
region = eu-west-1a
= x
";

#[test]
fn one_profile_is_what_its_credentials_rest_on() {
    let home = Home::with(CONFIG, KEYS, "");
    home.write(".aws/config.xacct-backup-20261122T061500Z", "");
    let of_b = "\
~/.aws/config:3: warning: profile 'a': unknown key ouput [key-misspelt]
  did you mean output?
~/.aws/config:8: error: profile 'b': 'sorce_identity' is not a key that any program reads [guard-misspelt]
  did you mean source_identity? If not, delete the line, or call it x_sorce_identity
~/.aws/config:11: error: profile 'c': the line begins with =: the AWS CLI and the SDKs reject the whole file [key-unnamed]
  write key = value, or delete it
";
    let run = home.doctor(&["b"]).run().status(1);
    assert_eq!(findings(&run), of_b);
    run.stdout_contains("(2 files, 2 profiles, 1 cache looked at; network not: --offline)");
    let error = "xacct: error: no profile 'bb' in ~/.aws/config or ~/.aws/credentials\n  did you \
                 mean 'b'?\n";
    home.doctor(&["bb"])
        .run()
        .status(3)
        .stdout("")
        .stderr(error);
}

#[test]
fn many_of_a_kind_are_counted() {
    let profiles =
        (0..12).map(|n| format!("[profile p{n}]\ncredential_process = /bin/true\nregion = x\n"));
    let home = Home::with(&profiles.collect::<String>(), "", "");
    let report = home.doctor(&[]).run().status(1);
    let found = findings(&report);
    assert_eq!(found.matches("[region-malformed]").count(), 10);
    assert!(
        found.ends_with("  … and 2 more of region-malformed: --json has all\n"),
        "{found}"
    );
    report.stdout_contains("\n12 errors (");
    let all = home.doctor(&["--json"]).run().status(1).json();
    assert_eq!(all["findings"].as_array().unwrap().len(), 12);
}

#[test]
fn json() {
    let home = Home::with("[profile a]\nregion = eu-west-1\n  # mine\n", KEYS, "");
    let shown = home
        .doctor(&["--json"])
        .env("HTTPS_PROXY", "nonsense://")
        .run()
        .status(1)
        .json();
    assert_eq!(
        shown,
        json!({
            "healthy": false,
            "findings": [
                {
                    "id": "comment-indented",
                    "severity": "warning",
                    "profile": "a",
                    "file": "~/.aws/config",
                    "line": 3,
                    "message": "the SDKs take the indented comment for a part of region above it",
                    "fix": "remove the blanks before it",
                    "fixable": true,
                },
                {
                    "id": "proxy-invalid",
                    "severity": "error",
                    "profile": null,
                    "file": null,
                    "line": null,
                    "message": "HTTPS_PROXY is not a valid proxy address, and is ignored",
                    "fix": "export HTTPS_PROXY=http://HOST:PORT",
                    "fixable": false,
                },
            ],
            "checks": [
                {"name": "files", "looked_at": ["~/.aws/config", "~/.aws/credentials"], "skipped": null},
                {"name": "profiles", "looked_at": ["a"], "skipped": null},
                {"name": "cache", "looked_at": ["~/.cache/xacct"], "skipped": null},
                {"name": "network", "looked_at": [], "skipped": "--offline"},
            ],
        })
    );
}

/// Everything in a line that `--fix` mends, with comments and line ends of its own.
const MENDABLE: &str = "\u{feff}[profile a]\r
region = eu-west-1\r
  # indented\r
[sso-session s]\r
sso_region = eu-west-1\r
sso_start_url = https://x/start\r
[profile b]\r
role_arn = arn:aws:iam::111111111111:role/R # the client's\r
credential_source = ecscontainer ; the task's\r
duration_seconds = 1h\r
region = eu-west-1\r
[profile c]\r
sso_session = s\r
sso_region = eu-west-1\r
sso_account_id = 111111111111\r
sso_role_name = R\r
region = eu-west-1\r
[profile d]\r
credential_process = /none/xacct credential-process a\r
region = eu-west-1\r
";

#[test]
fn fix_mends_what_means_the_same() {
    let home = Home::with(MENDABLE, KEYS, "");
    let config = home.path().join(".aws/config");
    let dry = home
        .doctor(&["--fix", "--dry-run"])
        .run()
        .status(1)
        .stderr_contains("-duration_seconds = 1h\n");
    assert_eq!(fs::read_to_string(&config).unwrap(), MENDABLE);
    assert!(
        dry.stdout_text()
            .ends_with("; xacct doctor --fix repairs 6 of them\n"),
        "{}",
        dry.stdout_text()
    );
    let fixed = home
        .doctor(&["--fix"])
        .run()
        .status(1)
        .stderr_contains("xacct: backup: ");
    let mended = MENDABLE
        .replace('\u{feff}', "")
        .replace("  # indented", "# indented")
        .replace("= ecscontainer ;", "= EcsContainer ;")
        .replace("= 1h", "= 3600")
        .replace(
            "sso_session = s\r\nsso_region = eu-west-1\r\n",
            "sso_session = s\r\n",
        )
        .replace("/none/xacct", crate::common::XACCT);
    assert_eq!(fs::read_to_string(&config).unwrap(), mended);
    let left: Vec<String> = findings(&fixed)
        .lines()
        .filter_map(|line| Some(line.split_once('[')?.1.to_owned()))
        .collect();
    assert_eq!(
        left,
        ["comment-inline]", "comment-inline]", "backups]"],
        "{}",
        findings(&fixed)
    );
    home.doctor(&["--fix"]).run().status(1).stderr("");
}

#[test]
fn a_link_to_the_file_stays_one() {
    let home = Home::with("", KEYS, "");
    let config = home.path().join(".aws/config");
    fs::remove_file(&config).unwrap();
    let real = home.write("real", "[profile a]\nregion = eu-west-1\n  # mine\n");
    std::os::unix::fs::symlink(&real, &config).unwrap();
    home.doctor(&["--fix"])
        .run()
        .status(0)
        .stderr_contains("-  # mine\n+# mine\n");
    assert!(fs::symlink_metadata(&config).unwrap().is_symlink());
    assert_eq!(
        fs::read_to_string(&real).unwrap(),
        "[profile a]\nregion = eu-west-1\n# mine\n"
    );
}

#[test]
fn every_finding_is_documented_and_tested() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let catalog = fs::read_to_string(root.join("src/doctor/catalog.rs")).unwrap();
    let ids: BTreeSet<&str> = catalog
        .lines()
        .filter_map(|line| line.trim().split_once(": ")?.1.split('"').nth(1))
        .filter(|id| !id.contains(' ') && id.contains('-'))
        .collect();
    assert!(ids.len() > 80, "{}", ids.len());
    let page = fs::read_to_string(root.join("man/xacct-doctor.1"))
        .unwrap()
        .replace("\\-", "-");
    let tests: String = fs::read_dir(root.join("tests/cli"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("doctor")
        })
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for id in ids {
        assert!(
            page.contains(&format!("\\fB{id}\\fR")),
            "no {id} in the man page"
        );
        assert!(tests.contains(&format!("[{id}]")), "no test of {id}");
    }
}

/// Programs that ask by a `credential_process` may swallow what it says.
#[test]
fn what_was_refused_last_is_told_of_the_profile_until_it_works() {
    let sandbox = Sandbox::start();
    let told = |profile: &str| {
        let run = sandbox
            .xacct(&["doctor", "--offline", "--json", profile])
            .run();
        let document = run.json();
        let found = document["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == "last-refusal")
            .cloned();
        found.map(|one| {
            (
                one["message"].as_str().unwrap().to_owned(),
                one["fix"].as_str().unwrap().to_owned(),
            )
        })
    };
    assert_eq!(told("client1"), None);
    let refused = sandbox
        .xacct(&["credential-process", "client1"])
        .env("XACCT_NO_INPUT", "1")
        .run()
        .status(5);
    let said = refused.stderr_text();
    let said = said
        .lines()
        .next()
        .unwrap()
        .strip_prefix("xacct: error: ")
        .unwrap();
    let (message, fix) = told("client1").unwrap();
    assert!(message.starts_with("last refused for "), "{message}");
    assert!(message.ends_with(&format!("Z: {said}")), "{message}");
    assert!(fix.contains("xacct login client1"), "{fix}");
    // It is told of nobody else, and not where all profiles are looked at.
    assert_eq!(told("client2"), None);
    let all = sandbox.xacct(&["doctor", "--offline"]).run();
    assert!(
        !all.stdout_text().contains("[last-refusal]"),
        "{}",
        all.stdout_text()
    );
    let text = sandbox.xacct(&["doctor", "--offline", "client1"]).run();
    assert!(
        text.stdout_text()
            .contains("note: profile 'client1': last refused "),
        "{}",
        text.stdout_text()
    );
    sandbox
        .xacct(&["credential-process", "client1"])
        .env("XACCT_MFA_CODE", sandbox.code())
        .run()
        .ok();
    assert_eq!(told("client1"), None);
}

/// `each` asks for many, and some other command for one of them later.
#[test]
fn each_leaves_a_targets_refusal_and_clear_takes_it_away() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(
        "[profile unknown]\nrole_arn = arn:aws:iam::222222222222:role/Unknown\nsource_profile = \
         keys\n\
         region = eu-west-1\n",
    );
    let told = |profile: &str| {
        let text = sandbox.xacct(&["doctor", "--offline", profile]).run();
        text.stdout_text()
            .lines()
            .find(|line| line.contains("[last-refusal]"))
            .map(str::to_owned)
    };
    let refused = || {
        // The role is refused to the target itself, the code to the run that cannot ask for it.
        sandbox
            .xacct(&["each", "unknown", "--", "true"])
            .run()
            .status(1)
            .stderr_contains("AccessDenied");
        sandbox
            .xacct(&["each", "client2", "--no-input", "--", "true"])
            .run()
            .status(125)
            .stderr_contains("MFA");
    };
    refused();
    assert!(
        told("unknown")
            .unwrap()
            .contains("AWS refused arn:aws:iam::222222222222:role/Unknown")
    );
    assert!(told("client2").unwrap().contains("an MFA code for"));
    sandbox
        .xacct(&["clear", "unknown"])
        .run()
        .status(0)
        .stderr_contains("forgot nothing of 'unknown'");
    assert_eq!(told("unknown"), None);
    assert!(told("client2").is_some());
    refused();
    sandbox
        .xacct(&["clear", "--all"])
        .run()
        .status(0)
        .stderr_contains("forgot ");
    assert_eq!((told("unknown"), told("client2")), (None, None));
}

/// What is wrong in the files is found there, and not kept.
#[test]
fn a_bad_profile_is_no_refusal() {
    let home = Home::with("[profile a]\nregion = eu-west-1\n", "", "");
    home.xacct(&["credential-process", "a"]).run().status(3);
    assert!(!findings(&home.doctor(&["a"]).run()).contains("[last-refusal]"));
}

#[test]
fn a_guard_below_a_header_that_is_nearly_the_profiles_is_an_error() {
    let sandbox = Sandbox::start_plain();
    for header in ["[plain]", "[Profile plain]", "[profile plain"] {
        sandbox.add_config(&format!("{header}\nread_only = true\n"));
        let run = sandbox.xacct(&["doctor", "plain", "--offline"]).run();
        let run = run.status(1).stdout_contains("[guard-unread]");
        run.stdout_contains("read_only is not read: the header in line ");
    }
}
