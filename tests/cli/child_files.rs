//! How a profile's settings reach a command: which variables, when a config file, and what stands
//! in it. What the SDKs make of them is `child_settings.rs`'s.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::common::Sandbox;

/// The variables of a child that its parent does not have, without those that every child gets.
#[track_caller]
fn settings(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let run = sandbox
        .xacct(&[args, &["--", "env"]].concat())
        .run()
        .status(0);
    let always = [
        "AWS_ACCESS",
        "AWS_SECRET",
        "AWS_SESSION",
        "AWS_CREDENTIAL",
        "AWS_ACCOUNT_ID",
    ];
    let regions = [
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_EC2_METADATA_DISABLED",
    ];
    let own = |line: &&str| {
        let (name, value) = line.split_once('=').unwrap_or_default();
        let is_common = always
            .iter()
            .chain(&regions)
            .any(|prefix| name.starts_with(prefix));
        name.starts_with("AWS_")
            && !is_common
            && sandbox.env().get(name).is_none_or(|before| before != value)
    };
    let mut lines: Vec<String> = run
        .stdout_text()
        .lines()
        .filter(own)
        .map(str::to_owned)
        .collect();
    lines.sort();
    lines
}

fn kept(sandbox: &Sandbox) -> Vec<PathBuf> {
    let listed = fs::read_dir(sandbox.cache_dir().join("config"));
    listed
        .into_iter()
        .flatten()
        .map(|file| file.unwrap().path())
        .collect()
}

fn add(sandbox: &Sandbox, lines: &str) {
    sandbox.edit_config("[profile plain]\n", &format!("[profile plain]\n{lines}"));
}

#[test]
fn a_profile_without_settings_gets_nothing_more() {
    let sandbox = Sandbox::start_plain();
    add(
        &sandbox,
        "tags = prod\ncolor = red\nsession_tags =\n  Team = a\nrole_session_name = me\nother_tool \
         = x\n",
    );
    assert_eq!(settings(&sandbox, &["exec", "plain"]), [""; 0]);
    // What `aws configure` leaves in [default] is no reason for a file.
    sandbox.add_config("\n[default]\nregion = us-west-2\noutput = json\ncli_pager =\n");
    assert_eq!(settings(&sandbox, &["exec", "plain"]), [""; 0]);
    assert_eq!(
        settings(&sandbox, &["each", "plain", "--output", "group"]),
        [""; 0]
    );
    assert!(kept(&sandbox).is_empty());
}

#[test]
fn settings_are_variables_where_the_sdks_have_some() {
    let sandbox = Sandbox::start_plain();
    fs::write(sandbox.home().join("ca.pem"), "").unwrap();
    add(
        &sandbox,
        "max_attempts = 4\nsdk_ua_app_id = mine\n  and more below it\nca_bundle = \
         ~/ca.pem\ncli_pager =\ndefaults_mode =\n\
         use_fips_endpoint = false\n",
    );
    let home = sandbox.home().display();
    let expected = [
        format!("AWS_CA_BUNDLE={home}/ca.pem"),
        "AWS_MAX_ATTEMPTS=4".to_owned(),
        "AWS_PAGER=".to_owned(),
        "AWS_SDK_UA_APP_ID=mine".to_owned(),
        "AWS_USE_FIPS_ENDPOINT=false".to_owned(),
    ];
    assert_eq!(settings(&sandbox, &["exec", "plain"]), expected);
    assert!(kept(&sandbox).is_empty());
    let json = sandbox
        .xacct(&["assume", "plain", "--format", "json"])
        .run()
        .ok()
        .json();
    assert_eq!(json["AWS_MAX_ATTEMPTS"], "4");
    let statements = sandbox
        .xacct(&["assume", "plain", "--shell", "fish"])
        .run()
        .ok();
    assert!(
        statements
            .stdout_text()
            .contains("set -gx AWS_MAX_ATTEMPTS '4';\n"),
        "{}",
        statements.stdout_text()
    );
    // What the user has set stays.
    let run = sandbox.xacct(&["exec", "plain", "--", "printenv", "AWS_MAX_ATTEMPTS"]);
    run.env("AWS_MAX_ATTEMPTS", "9").run().ok().stdout("9\n");
}

#[test]
fn the_rest_is_a_private_file_in_which_other_profiles_work() {
    let sandbox = Sandbox::start_plain();
    let nested = "s3 =\n  addressing_style = path\n";
    add(&sandbox, &format!("{nested}mfa_process = x\n"));
    sandbox.add_config(
        "\n[default]\naws_access_key_id = AKIADEFAULTDEFAULT00\noutput = \
                        table\n[profile last]\naws_access_key_id = AKIALASTLASTLAST0000\n\
         AWS_Secret_Access_Key = none\n  of your business\nregion = us-west-1",
    );
    let found = settings(&sandbox, &["exec", "plain"]);
    let [file] = kept(&sandbox).try_into().unwrap();
    assert_eq!(
        found,
        [
            format!("AWS_CONFIG_FILE={}", file.display()),
            "AWS_DEFAULT_OUTPUT=json".to_owned()
        ]
    );
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.starts_with("# xacct wrote this copy for commands that it started"),
        "{text}"
    );
    assert!(
        text.contains("[profile client1]\n") && text.contains("[profile plain]\n"),
        "{text}"
    );
    assert!(
        text.ends_with(&format!(
            "[profile last]\naws_access_key_id = AKIALASTLASTLAST0000\nAWS_Secret_Access_Key = \
             none\n  of your business\nregion = us-west-1\n[default]\nregion = eu-west-1\n{nested}"
        )),
        "{text}"
    );
    assert!(
        !text.contains("AKIADEFAULT") && !text.contains("table"),
        "{text}"
    );
    // The same again is the same file, whatever the region, and a changed one is replaced.
    fs::write(&file, "changed").unwrap();
    settings(&sandbox, &["exec", "plain", "--region", "eu-west-2"]);
    assert_eq!(kept(&sandbox), std::slice::from_ref(&file));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn the_copy_has_no_keys_of_the_profile_itself() {
    let sandbox = Sandbox::start_plain();
    let nested = "s3 =\n  addressing_style = path\n";
    let keys = |name: &str| {
        format!(
            "[profile {name}]\naws_access_key_id = AKIA{name:0<16}\naws_secret_access_key = \
             of-{name}\n{nested}"
        )
    };
    sandbox.add_config(&format!("{}{}", keys("ONE"), keys("TWO")));
    for (name, other) in [("ONE", "TWO"), ("TWO", "ONE")] {
        let run = sandbox.xacct(&[
            "exec",
            name,
            "--region",
            "eu-west-1",
            "--",
            "sh",
            "-c",
            "cat $AWS_CONFIG_FILE",
        ]);
        let run = run.run().ok();
        let text = run.stdout_text();
        assert!(
            text.contains(&format!("of-{other}")) && !text.contains(&format!("of-{name}")),
            "{text}"
        );
    }
    // Also side by side, where profiles that set the same share a copy.
    let run = sandbox.xacct(&[
        "each",
        "ONE",
        "TWO",
        "--output",
        "group",
        "--",
        "sh",
        "-c",
        "cat $AWS_CONFIG_FILE",
    ]);
    let run = run.env("AWS_REGION", "eu-west-1").run().status(0);
    let text = run.stdout_text();
    assert_eq!(
        (
            text.matches("of-ONE").count(),
            text.matches("of-TWO").count()
        ),
        (1, 1),
        "{text}"
    );
    assert_eq!(kept(&sandbox).len(), 2);
}

#[test]
fn settings_of_xacct_s_own_file_and_of_included_profiles_count_too() {
    let sandbox = Sandbox::start_plain();
    sandbox.write_settings(
        "[profile.plain]\ninclude_profile = \"team\"\n[profile.plain.s3]\nuse_accelerate_endpoint \
         = true\n",
    );
    sandbox.add_config("\n[profile team]\nretry_mode = adaptive\n");
    let found = settings(&sandbox, &["exec", "plain"]);
    let [file] = kept(&sandbox).try_into().unwrap();
    assert_eq!(
        found,
        [
            format!("AWS_CONFIG_FILE={}", file.display()),
            "AWS_RETRY_MODE=adaptive".to_owned()
        ]
    );
    let text = fs::read_to_string(file).unwrap();
    assert!(
        text.contains("\ns3 =\n  use_accelerate_endpoint = true\n"),
        "{text}"
    );
}

#[test]
fn each_account_has_its_own() {
    let sandbox = Sandbox::start_plain();
    add(&sandbox, "max_attempts = 4\n");
    sandbox.add_config(
        "\n[profile second]\nrole_arn = \
         arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = keys\n\
         external_id = client1-7731\nregion = eu-west-1\n",
    );
    let script = "echo $XACCT_PROFILE:$AWS_MAX_ATTEMPTS";
    let args = [
        "each", "plain", "second", "--output", "group", "--jobs", "1", "--", "sh", "-c", script,
    ];
    let output = sandbox.xacct(&args).run().status(0);
    output
        .stdout_contains("plain:4\n")
        .stdout_contains("second:\n");
}

#[test]
fn what_is_wrong_is_said_before_a_code_is_asked_for() {
    let sandbox = Sandbox::start();
    sandbox.edit_config(
        "[profile client1]\n",
        "[profile client1]\ndefaults_mode = stan\u{1b}dard\n",
    );
    let run = sandbox
        .xacct(&["exec", "client1", "--", "true"])
        .run()
        .status(125);
    run.stderr_contains("defaults_mode contains the control character U+001B");
    sandbox.edit_config("defaults_mode = stan\u{1b}dard\n", "services = none\n");
    let run = sandbox
        .xacct(&["exec", "client1", "--", "true"])
        .env_remove("AWS_ENDPOINT_URL");
    let run = run
        .env("AWS_ENDPOINT_URL_STS", sandbox.endpoint())
        .run()
        .status(125);
    run.stderr_contains(": no section [services none]");
    sandbox.asked(&[]);
}

#[test]
fn a_cache_that_cannot_be_written_is_said() {
    let sandbox = Sandbox::start_plain();
    add(&sandbox, "s3 =\n  addressing_style = path\n");
    fs::create_dir_all(sandbox.cache_dir()).unwrap();
    fs::write(sandbox.cache_dir().join("config"), "").unwrap();
    let run = sandbox
        .xacct(&["exec", "plain", "--", "printenv", "AWS_REGION"])
        .run()
        .status(0);
    let run = run.stdout("eu-west-1\n");
    run.stderr_contains(
        "settings of 'plain' that have no environment variable do not reach the command",
    );
}

#[test]
fn containers_get_the_variables_too() {
    let sandbox = Sandbox::start_plain();
    add(&sandbox, "use_dualstack_endpoint = true\n");
    let dir = sandbox.home().join("env");
    let child = sandbox
        .xacct(&["serve", "plain", "--env-dir", dir.to_str().unwrap()])
        .spawn();
    let file = dir.join("plain.env");
    crate::common::until("the file is there", || file.exists());
    let text = fs::read_to_string(&file).unwrap();
    child.interrupt();
    child.wait();
    assert!(
        text.ends_with("XACCT_PROFILE=plain\nAWS_USE_DUALSTACK_ENDPOINT=true\n"),
        "{text}"
    );
}

#[test]
fn a_setting_that_cannot_be_kept_out_is_said() {
    let sandbox = Sandbox::start_plain();
    let path = sandbox.home().join(".aws/credentials");
    let text = fs::read_to_string(&path).unwrap();
    let lines = "[default]\nregion = us-west-2\noutput = table\ns3 =\n  addressing_style = path\n";
    sandbox.write_credentials(&format!("{lines}{text}"));
    let run = sandbox
        .xacct(&["exec", "plain", "--", "printenv", "AWS_DEFAULT_OUTPUT"])
        .run()
        .status(0);
    run.stdout("json\n").stderr(
        "xacct: warning: ~/.aws/credentials:4: s3 of [default] applies to the command too, because \
         it stands in the credentials file; move the line to the config file\n",
    );
    assert!(kept(&sandbox).is_empty());
}

/// Two profiles, the first of which has endpoints and an S3 block of its own.
fn two_profiles(sandbox: &Sandbox) {
    add(
        sandbox,
        "services = local\nuse_dualstack_endpoint = false\ns3 =\n  addressing_style = path\n",
    );
    sandbox.add_config(
        "\n[services local]\nsts =\n  endpoint_url = https://127.0.0.1:9\n[profile second]\nregion \
         = eu-west-2\n\
         role_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = \
         keys\nexternal_id = client1-7731\n",
    );
}

/// An xacct that a command runs for another profile: this one's endpoints are not the user's.
#[test]
fn one_profiles_settings_are_not_the_next_ones() {
    let sandbox = Sandbox::start_plain();
    two_profiles(&sandbox);
    let keys = r#"{"Version":1,"AccessKeyId":"ASIAXACCTCHILDTEST01","SecretAccessKey":"none","SessionToken":"none","Expiration":"2099-01-01T00:00:00Z"}"#;
    let process = format!(
        "[profile first]\ncredential_process = echo '{keys}'\nservices = local\nregion = \
         eu-west-1\n"
    );
    sandbox.add_config(&process);
    let script = "printenv AWS_ENDPOINT_URL_STS; \"$0\" explain second --json | grep endpoint";
    let run = sandbox.xacct(&[
        "exec",
        "first",
        "--",
        "sh",
        "-c",
        script,
        crate::common::XACCT,
    ]);
    let output = run.env_remove("AWS_ENDPOINT_URL").run().status(0);
    let text = output.stdout_text().to_owned();
    assert!(text.starts_with("https://127.0.0.1:9\n"), "{text}");
    assert!(
        text.contains("\"endpoint\": \"https://sts.eu-west-2.amazonaws.com\""),
        "{text}"
    );
    // In the sandbox, the second's credentials are had and its command has none of the first's
    // settings.
    let script = "\"$0\" exec second -- env";
    let run = sandbox.xacct(&[
        "serve",
        "plain",
        "--",
        "sh",
        "-c",
        script,
        crate::common::XACCT,
    ]);
    let text = run.run().status(0).stdout_text().to_owned();
    let own = format!("AWS_CONFIG_FILE={}/.aws/config\n", sandbox.home().display());
    assert!(text.contains(&own) && !text.contains("DUALSTACK"), "{text}");
}

#[test]
fn a_shell_gets_the_settings_of_its_profile_and_loses_them_again() {
    let sandbox = Sandbox::start_plain();
    two_profiles(&sandbox);
    sandbox.add_config(
        "\n[profile third]\nregion = eu-west-1\nsource_profile = keys\nmax_attempts = 2\n\
                        role_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nexternal_id = \
         client1-7731\n",
    );
    let show = "show() \
                { echo \"$1: $AWS_USE_DUALSTACK_ENDPOINT, $AWS_MAX_ATTEMPTS, ${AWS_CONFIG_FILE##*/}\"; }";
    let script = format!(
        "{show}; show before; for p in plain second third typo plain; do eval \"$(\"$0\" assume $p \
         --shell sh 2>/dev/null)\"; show $p; done; eval \"$(\"$0\" unset --shell sh)\"; show \
         unset; env | grep -c XACCT_SHELL_STATE"
    );
    let output = sandbox
        .program("sh", &["-c", &script, crate::common::XACCT])
        .run();
    let text = output.status(1).stdout_text().to_owned();
    let [file] = kept(&sandbox).try_into().unwrap();
    let copy = file.file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(
        text.replace(&copy, "COPY"),
        "before: , , config\nplain: false, , COPY\nsecond: , , config\nthird: , 2, config\ntypo: , \
         , config\n\
         plain: false, , COPY\nunset: , , config\n0\n"
    );
}
