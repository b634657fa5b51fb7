//! A name that no profile has: every command names the line that seems to mean it.

#![cfg(unix)]

use crate::common::home::Home;

const KEYS: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";

/// Every way to name a profile.
const COMMANDS: [&[&str]; 19] = [
    &["explain", "x"],
    &["assume", "x"],
    &["exec", "x", "--", "true"],
    &["credential-process", "x"],
    &["export", "aesr", "x"],
    &["login", "x"],
    &["logout", "x"],
    &["clear", "x"],
    &["console", "x"],
    &["whoami", "x"],
    &["list", "x"],
    &["each", "x", "--", "true"],
    &["doctor", "--offline", "x"],
    &["config", "show", "x"],
    &["adopt", "x"],
    &["policy", "caller", "x"],
    &["policy", "trust", "x"],
    &["serve", "x", "--", "true"],
    &[
        "sync",
        "organizations",
        "--source-profile",
        "x",
        "--role-name",
        "r",
    ],
];

/// Every command says this of `x` and ends as it does for any profile that is not there.
#[track_caller]
fn says(home: &Home, name: &str, hint: &str) {
    for command in COMMANDS {
        let args: Vec<&str> = command
            .iter()
            .map(|arg| if *arg == "x" { name } else { *arg })
            .collect();
        let run = home.xacct(&args).env("XACCT_NO_INPUT", "1").run();
        let text = run.stderr_text().to_owned();
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.contains(&format!("no profile '{name}' in ~/.aws/config"))
                || first.contains(&format!("no profile matches '{name}'")),
            "{command:?}: {text}"
        );
        assert!(
            text.contains(&format!("\n  {hint}")),
            "{command:?}: no '{hint}' in {text}"
        );
        assert!(!text.contains("did you mean 'zzz'"), "{command:?}: {text}");
    }
}

#[test]
fn every_command_names_the_line() {
    let other = format!("[profile zzz]\nregion = eu-west-1\n{KEYS}");
    for (config, credentials, name, hint) in [
        (
            "[client1]\n",
            "",
            "client1",
            "~/.aws/config:1: [client1] is ignored: in this file a profile is written [profile \
             client1]",
        ),
        (
            "[profil client1]\n",
            "",
            "client1",
            "~/.aws/config:1: [profil …] is ignored: no such kind of section, did you mean \
             [profile …]?",
        ),
        (
            "[profile Foo Bar]\n",
            "",
            "Foo Bar",
            "~/.aws/config:1: the section's name is not valid: ignored (a name with blanks is \
             written [profile \"Foo Bar\"])",
        ),
        (
            "",
            "[profile client1]\n",
            "client1",
            "~/.aws/credentials:1: [profile client1] is ignored: in this file a profile is written \
             [client1]",
        ),
        (
            "[profile Client1]\n",
            "",
            "client1",
            "~/.aws/config:1: did you mean 'Client1'? Upper and lower case count",
        ),
    ] {
        let home = Home::with(
            &format!("{config}{KEYS}{other}"),
            &format!("{credentials}{KEYS}"),
            "",
        );
        says(&home, name, hint);
    }
}

/// What a profile names is found as what is typed is.
#[test]
fn a_line_of_another_profile_names_it() {
    let role = "role_arn = arn:aws:iam::111111111111:role/R\n";
    let hint =
        "~/.aws/config:1: [base] is ignored: in this file a profile is written [profile base]";
    for (lines, place) in [
        (
            format!("{role}source_profile = base\n"),
            "~/.aws/config:6: could not find source profile 'base' referenced from 'a'",
        ),
        (
            "include_profile = base\n".to_owned(),
            "~/.aws/config:5: include_profile names 'base'",
        ),
    ] {
        let home = Home::with(&format!("[base]\n{KEYS}[profile a]\n{lines}"), "", "");
        let run = home.xacct(&["explain", "a"]).run().status(3);
        run.stderr_contains(place)
            .stderr_contains(&format!("\n  {hint}"));
    }
    let home = Home::with(&format!("[base]\n{KEYS}[profile a]\n{KEYS}"), "", "");
    let run = home.xacct(&[
        "explain",
        "a",
        "--source-profile",
        "base",
        "--role-arn",
        "arn:aws:iam::111111111111:role/R",
    ]);
    run.run().status(3).stderr_contains(&format!("\n  {hint}"));
    let found = home.doctor(&[]).env("AWS_PROFILE", "base").run();
    assert!(
        found
            .stdout_text()
            .contains(&format!("[shell-profile-unknown]\n  {hint}")),
        "{}",
        found.stdout_text()
    );
}

#[test]
fn a_session_or_a_service_under_a_header_that_is_not_read() {
    let text = "[sso_session acme]\nsso_region = eu-west-1\n[profile a]\nsso_session = \
                acme\nsso_account_id = 111111111111\n\
                sso_role_name = r\n";
    let home = Home::with(text, "", "");
    let hint = "\n  ~/.aws/config:1: [sso_session …] is ignored: no such kind of section, did you \
                mean [sso-session …]?";
    home.xacct(&["explain", "a"])
        .run()
        .status(3)
        .stderr_contains(hint);
    home.xacct(&["sync", "sso", "acme"])
        .run()
        .status(3)
        .stderr_contains(hint);
}

/// The profile is there, and what it needs stands below a header that is not read.
#[test]
fn keys_below_a_header_that_is_not_read() {
    let home = Home::with(
        "[profile a]\nregion = eu-west-1\n",
        &format!("[profile a]\n{KEYS}"),
        "",
    );
    let run = home.xacct(&["exec", "a", "--", "true"]).run().status(125);
    run.stderr_contains("profile 'a' did not contain credential information").stderr_contains(
        "\n  ~/.aws/credentials:1: [profile a] is ignored: in this file a profile is written [a]",
    );
}

/// The access portal of AWS has these lines to copy; they never name a secret again.
#[test]
fn lines_that_were_meant_for_a_shell() {
    let lines = |set: &str| {
        format!(
            "{set}AWS_ACCESS_KEY_ID=\"ASIAIOSFODNN7EXAMPLE\"\n{set}AWS_SECRET_ACCESS_KEY=\"hidden\"\n{set}AWS_SESSION_TOKEN=\"hidden\"\n"
        )
    };
    for set in ["export ", "SET ", "$Env:"] {
        // Alone in the file.
        let home = Home::with("", &lines(set), "");
        let run = home.xacct(&["explain", "default"]).run().status(3);
        let run = run.stderr_contains("no profile 'default'").stderr_contains(
            "\n  ~/.aws/credentials:1: Expected a profile definition: this line is a shell's and \
             is ignored",
        );
        assert!(
            !run.stderr_text().contains("hidden"),
            "{}",
            run.stderr_text()
        );
        // In a profile, over an older key that must not be taken instead.
        for old in ["", KEYS] {
            let home = Home::with("", &format!("[default]\n{old}{}", lines(set)), "");
            let line = if old.is_empty() { 2 } else { 4 };
            let run = home.xacct(&["explain", "default"]).run().status(3);
            let run = run.stderr_contains(&format!(
                "~/.aws/credentials:{line}: the line cannot be read, and it seems to set \
                 aws_access_key_id\n  write aws_access_key_id = …"
            ));
            assert!(
                !run.stderr_text().contains("hidden"),
                "{}",
                run.stderr_text()
            );
        }
    }
    // A token that is lost makes of a temporary key one that AWS does not know.
    let home = Home::with(
        "",
        &format!("[default]\n{KEYS}export AWS_SESSION_TOKEN=hidden\n"),
        "",
    );
    home.xacct(&["explain", "default"])
        .run()
        .status(3)
        .stderr_contains("it seems to set aws_session_token");
}

#[test]
fn a_colon_for_an_equals_sign_names_its_line() {
    let home = Home::with(
        &format!(
            "[profile base]\n{KEYS}[profile a]\nrole_arn = \
             arn:aws:iam::111111111111:role/R\nsource_profile: base\n"
        ),
        "",
        "",
    );
    let run = home.xacct(&["explain", "a"]).run().status(3);
    run.stderr_contains(
        "~/.aws/config:6: the line cannot be read, and it seems to set source_profile",
    );
}
