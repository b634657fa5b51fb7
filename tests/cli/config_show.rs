//! `xacct config show`: exact outputs, and what it says when a file cannot be used.

use std::fs;
use std::process::Command;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

/// A home directory with these three files; an empty text is a file that is not there.
fn home(config: &str, credentials: &str, settings: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join(".aws")).unwrap();
    for (name, text) in [
        (".aws/config", config),
        (".aws/credentials", credentials),
        ("x.toml", settings),
    ] {
        if !text.is_empty() {
            fs::write(home.path().join(name), text).unwrap();
        }
    }
    home
}

/// Status, stdout, stderr; the home directory's path is shown as `HOME`.
fn show(home: &TempDir, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xacct"));
    command.args(["config", "show"]).args(arguments).env_clear();
    let output = command
        .env("HOME", home.path())
        .env("XACCT_CONFIG", "~/x.toml")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes)
            .unwrap()
            .replace(home.path().to_str().unwrap(), "HOME")
    };
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

const CONFIG: &str = "\
[profile client1]
role_arn = arn:aws:iam::111111111111:role/Admin # the client's
source_profile = base
bad
s3 =
  addressing_style = path
services = local
sso_session = work
[profile \"my client\"]
include_profile = client2
[services local]
sts =
  endpoint_url = http://127.0.0.1:1
[sso-session work]
sso_region = eu-west-1
[services other]
";
const CREDENTIALS: &str = "\
[base]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI
aws_session_token = FwoGZXIvYXdz
[profile base]
";
const SETTINGS: &str = "[profile.client1]\nregion = \"eu-central-1\"\n";

#[test]
fn every_setting_with_its_line() {
    let (status, stdout, stderr) = show(&home(CONFIG, CREDENTIALS, SETTINGS), &[]);
    assert_eq!(
        stdout,
        "\
[profile client1]
role_arn = arn:aws:iam::111111111111:role/Admin   # ~/.aws/config:2
source_profile = base   # ~/.aws/config:3
s3 =   # ~/.aws/config:5
    addressing_style = path
services = local   # ~/.aws/config:7
sso_session = work   # ~/.aws/config:8
region = eu-central-1   # ~/x.toml:2

[profile \"my client\"]
include_profile = client2   # ~/.aws/config:10

[profile base]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE   # ~/.aws/credentials:2
aws_secret_access_key = ********   # ~/.aws/credentials:3
aws_session_token = ********   # ~/.aws/credentials:4

[sso-session work]
sso_region = eu-west-1   # ~/.aws/config:15

[services local]
sts =   # ~/.aws/config:12
    endpoint_url = http://127.0.0.1:1

[services other]
"
    );
    assert_eq!(
        stderr,
        "\
xacct: warning: ~/.aws/config:4: Expected an '=' sign defining a property: the line is ignored \
         (write key = value)
xacct: warning: ~/.aws/config:10: include_profile names 'client2', which does not exist
xacct: warning: ~/.aws/credentials:5: [profile base] is ignored: in this file a profile is written [base]
"
    );
    assert_eq!(status, 0);
}

#[cfg(unix)]
#[test]
fn one_profile_with_the_sections_it_names() {
    let (status, stdout, stderr) =
        show(&home(CONFIG, CREDENTIALS, SETTINGS), &["client1", "--json"]);
    let setting = |value: &str, line: usize| json!({"value": value, "file": "HOME/.aws/config", "line": line});
    assert_eq!(
        serde_json::from_str::<Value>(&stdout).unwrap(),
        json!({
            "files": {
                "config": "HOME/.aws/config",
                "credentials": "HOME/.aws/credentials",
                "settings": "HOME/x.toml",
            },
            "profiles": {"client1": {
                "role_arn": setting("arn:aws:iam::111111111111:role/Admin", 2),
                "source_profile": setting("base", 3),
                "s3": setting("\naddressing_style = path", 5),
                "services": setting("local", 7),
                "sso_session": setting("work", 8),
                "region": {"value": "eu-central-1", "file": "HOME/x.toml", "line": 2},
            }},
            "sso_sessions": {"work": {"sso_region": setting("eu-west-1", 15)}},
            "services": {"local": {"sts": {"endpoint_url": setting("http://127.0.0.1:1", 13)}}},
            "problems": [{
                "file": "HOME/.aws/config",
                "line": 4,
                "message": "Expected an '=' sign defining a property: the line is ignored (write \
                            key = value)",
            }],
        })
    );
    assert_eq!((status, stderr.as_str()), (0, ""));
}

#[test]
fn without_origins_values_are_plain() {
    let home = home(CONFIG, CREDENTIALS, SETTINGS);
    let (_, stdout, _) = show(&home, &["base", "--json", "--no-origin"]);
    let shown: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        shown["profiles"],
        json!({"base": {
            "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
            "aws_secret_access_key": "********",
            "aws_session_token": "********",
        }})
    );
    let (_, stdout, _) = show(&home, &["my client", "--no-origin"]);
    assert_eq!(
        stdout,
        "[profile \"my client\"]\ninclude_profile = client2\n"
    );
}

#[test]
fn an_unknown_profile_is_a_configuration_error() {
    let home = home(CONFIG, CREDENTIALS, "");
    assert_eq!(
        show(&home, &["clinet1"]),
        (
            3,
            String::new(),
            "xacct: error: no profile 'clinet1' in ~/.aws/config or ~/.aws/credentials\n  did you \
             mean 'client1'?\n"
                .to_owned()
        )
    );
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let (_, stdout, _) = show(
        &home("[profile a]\nregion = \u{1b}[31mred\n", "", ""),
        &["--no-origin"],
    );
    assert_eq!(stdout, "[profile a]\nregion = \\u{1b}[31mred\n");
}

#[test]
fn files_that_cannot_be_used_are_errors() {
    let broken = home("", "", "[profile.a]\nrolearn = 'x'\n");
    assert_eq!(
        show(&broken, &[]),
        (
            3,
            String::new(),
            "xacct: error: ~/x.toml:2: unknown profile key 'rolearn'\n  did you mean 'role_arn'?\n"
                .to_owned()
        )
    );
    let latin = home("", "", "");
    fs::write(
        latin.path().join(".aws/config"),
        b"[default]\nregion = \xe9\n",
    )
    .unwrap();
    let (status, stdout, stderr) = show(&latin, &[]);
    assert_eq!((status, stdout.as_str()), (3, ""));
    assert!(
        stderr.starts_with("xacct: error: ~/.aws/config:2: the file is not UTF-8\n"),
        "{stderr}"
    );
}

#[test]
fn no_files_are_no_profiles() {
    assert_eq!(
        show(&home("", "", ""), &[]),
        (0, String::new(), String::new())
    );
}

#[test]
fn a_secret_that_is_indented_is_masked_too() {
    let home = home(
        "[profile a]\nretry_mode = foo\n  aws_secret_access_key = hidden\n  other = seen\n",
        "",
        "",
    );
    for arguments in [&["--no-origin"][..], &["--json"]] {
        let (status, text, _) = show(&home, arguments);
        assert!(
            status == 0 && !text.contains("hidden") && text.contains("********"),
            "{text}"
        );
        assert!(text.contains("other = ********"), "{text}");
    }
}

const WITH_SECRETS: &str = "\
[profile a]
password = hidden1
aws_secretaccess_key = hidden2
sso_client_secret = hidden3
credential_process = otp --seed hidden4
endpoint_url = http://me:hidden5@127.0.0.1:1
region = eu-west-1
  hidden6
my_block =
  hidden_7secretsecret = hidden8
services = local
sso_session = work
[services local]
sts =
  endpoint_url = http://me:hidden9@host
  api_key = hiddena
plain = hiddenb
[sso-session work]
sso_start_url = https://me:hiddenc@host/start
client_secret = hiddend
";

/// The values are all `hidden…`: nothing of them may be seen, in either form.
#[test]
fn only_what_is_known_to_be_no_secret_is_shown() {
    let credentials = "[a]\naws_access_key_id = hiddene+hiddene+hiddene+hiddene+hiddene+/\n\
                       aws_session_token = hiddenf\nhiddenghiddenghidden==\n";
    let settings = "[profile.a]\nmfa_process = \"TOKEN=hiddenh otp\"\n";
    let home = home(WITH_SECRETS, credentials, settings);
    for arguments in [
        &["--no-origin"][..],
        &["a"],
        &["--json"],
        &["a", "--json", "--no-origin"],
    ] {
        let (status, text, stderr) = show(&home, arguments);
        assert_eq!(status, 0);
        assert!(
            !text.contains("hidden") && !stderr.contains("hidden"),
            "{text}{stderr}"
        );
        assert!(
            text.contains("password")
                && text.contains("eu-west-1")
                && text.contains("@127.0.0.1:1"),
            "{text}"
        );
    }
    let (_, text, _) = show(&home, &["a", "--no-origin"]);
    assert_eq!(
        text,
        "\
[profile a]
password = ********
aws_secretaccess_key = ********
sso_client_secret = ********
credential_process = otp ********
endpoint_url = http://********@127.0.0.1:1
region = eu-west-1
    ********
my_block =
    ******** = ********
services = local
sso_session = work
aws_access_key_id = ********
aws_session_token = ********
******** (line 4) = ********
mfa_process = ********

[sso-session work]
sso_start_url = https://********@host/start
client_secret = ********

[services local]
sts =
    endpoint_url = http://********@host
    api_key = ********
plain = ********
"
    );
}
