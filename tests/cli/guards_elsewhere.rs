//! What guards a profile and stands where nobody looks for it: below a line that is no header,
//! below a header without a name, in a section of another kind, in a table of the settings file
//! for a profile that is not there.

use crate::common::Sandbox;

const X: &str = "[profile prod]\nrole_arn = arn:aws:iam::333333333333:role/partners/Operations\n\
                 source_profile = keys\nregion = us-east-1\n";
const Y: &str = "[profile other]\nrole_arn = arn:aws:iam::333333333333:role/partners/Operations\n\
                 source_profile = keys\nregion = us-east-1\n";

/// The same for a role that the sandbox lets be assumed.
fn in_sandbox(profile: &str) -> String {
    let role = "222222222222:role/PartnerAdmin";
    profile.replace("333333333333:role/partners/Operations", role) + "external_id = client1-7731\n"
}

/// The profile is refused with these words, and nothing was sent.
#[track_caller]
fn refused(sandbox: &Sandbox, profile: &str, words: &str) {
    let run = sandbox.xacct(&["credential-process", profile]).run();
    run.status(3).stdout("").stderr_contains(words);
    assert_eq!(sandbox.calls(), [""; 0], "{words}");
}

/// The profile is used, and this is all that is said.
#[track_caller]
fn used(sandbox: &Sandbox, profile: &str, stderr: &str) {
    sandbox
        .xacct(&["explain", profile])
        .run()
        .status(0)
        .stderr(stderr);
}

#[test]
fn a_line_without_brackets_takes_no_guard_away() {
    let sandbox = Sandbox::start_plain();
    for line in [
        "profile prod",
        "prod]",
        "profile prod]",
        "(profile prod)",
        "{profile prod}",
        "<prod>",
        "prod",
        "prod:",
        "Profile: prod",
        "profile \"prod\"",
        "profile prdo",
        "the prod profile",
        "\u{200b}profile prod]",
        "\u{1b}[1mprofile prod\u{1b}[0m",
        "profile\u{a0}prod",
    ] {
        sandbox.write_config(&format!("{X}{Y}{line}\nread_only = true\n"));
        let words = "read_only is not read: the header in line 9 seems to mean profile 'prod'";
        refused(&sandbox, "prod", words);
        // And the profile above does not get another one's keys.
        let words = "~/.aws/config:9: the line seems to be the header of a section, and it is none";
        let is_header = line.ends_with("e prod]") || line.contains('\u{1b}');
        if !is_header {
            refused(&sandbox, "other", words);
        }
    }
    sandbox.write_config(&format!("{X}{Y}  profile prod\nexternal_id = x1\n"));
    refused(
        &sandbox,
        "prod",
        "external_id is not read: the header in line 9 seems",
    );
    // Before every header.
    sandbox.write_config(&format!("profile prod\nconfirm = true\n{X}"));
    refused(
        &sandbox,
        "prod",
        "confirm is not read: the header in line 1 seems to mean",
    );
    // In the other file.
    sandbox.write_config(X);
    let credentials = std::fs::read_to_string(sandbox.home().join(".aws/credentials")).unwrap();
    sandbox.write_credentials(&format!("{credentials}prod]\nread_only = true\n"));
    refused(&sandbox, "prod", "~/.aws/credentials:");
}

#[test]
fn a_header_that_resembles_or_holds_the_name_takes_no_guard_away() {
    let sandbox = Sandbox::start_plain();
    for header in [
        "[# prod",
        "[ # prod",
        "[#profile prod]",
        "[profile prod;",
        "[profile prdo",
        "[prod account]",
        "[profile the prod account]",
        "[pord]",
        "[profile pr\u{ad}od",
        "\u{1b}[profile prod]",
        "\u{1b}[31m[profile prod]\u{1b}[0m",
        "[\u{1b}[1mprofile prod\u{1b}[0m]",
        "\u{200b}[profile prod]",
        "\u{7}[profile prod]",
    ] {
        sandbox.write_config(&format!("{X}{Y}{header}\nread_only = true\n"));
        let words = "read_only is not read: the header in line 9 seems to mean profile 'prod'";
        refused(&sandbox, "prod", words);
        used(&sandbox, "other", "");
    }
    // One of a series is another one.
    let series = [1, 2].map(|number| X.replace("prod]", &format!("client{number}]")));
    let series = series.concat();
    sandbox.write_config(&format!("{series}[profile client2\nread_only = true\n"));
    used(&sandbox, "client1", "");
}

#[test]
fn a_header_without_a_name_is_told_of_by_every_command() {
    let sandbox = Sandbox::start_plain();
    let x = in_sandbox(X);
    let unnamed = "the section has no name: ignored";
    let unclosed = "Profile definition must end with ']': the section is ignored";
    for (header, why, is_above_refused) in [
        ("[]", unnamed, false),
        ("[ ]", unnamed, false),
        ("[profile]", unnamed, false),
        ("[services]", unnamed, false),
        ("[", unclosed, true),
        ("[#", unclosed, true),
        ("[profile", unclosed, true),
        ("[read_only = true", unclosed, true),
    ] {
        sandbox.write_config(&format!("{x}{Y}{header}\nconfirm = true\n"));
        let told = format!(
            "xacct: warning: ~/.aws/config:11: confirm is not read, and guards no profile \
             (~/.aws/config:10: {why}; correct the header, or delete the section)\n"
        );
        used(&sandbox, "prod", &told);
        let run = sandbox
            .xacct(&["credential-process", "prod"])
            .run()
            .status(0);
        run.stderr(&told);
        sandbox
            .xacct(&["exec", "prod", "--", "true"])
            .run()
            .status(0)
            .stderr(&told);
        sandbox.clear_log();
        if is_above_refused {
            let run = sandbox.xacct(&["explain", "other"]).run().status(3);
            run.stderr_contains("is not read: the header in line 10 seems to mean profile 'other'");
        } else {
            used(&sandbox, "other", &told);
        }
        let run = sandbox.xacct(&["doctor", "--offline"]).run().status(1);
        run.stdout_contains("error: confirm is not read, and guards no profile [guard-unread]");
    }
    // What guards nothing there is told of by doctor alone.
    sandbox.write_config(&format!("{X}[]\noutput = json\n"));
    used(&sandbox, "prod", "");
}

#[test]
fn what_xacct_alone_reads_is_told_of_below_any_header_that_is_nobodys() {
    let sandbox = Sandbox::start_plain();
    let credentials = std::fs::read_to_string(sandbox.home().join(".aws/credentials")).unwrap();
    for header in [
        "[production]",
        "[profile production",
        "[tool y]",
        "[sso_session y]",
    ] {
        sandbox.write_config(&format!("{X}{header}\nmfa_serial = y\nread_only = true\n"));
        let run = sandbox.xacct(&["explain", "prod"]).run().status(0);
        run.stderr_contains("~/.aws/config:7: read_only is not read, and guards no profile (");
        sandbox.write_config(&format!("{X}{header}\nmfa_serial = y\n"));
        used(&sandbox, "prod", "");
    }
    sandbox.write_config(X);
    for header in [
        "[my prod]",
        "[services y]",
        "[sso-session y]",
        "[profile y]",
    ] {
        sandbox.write_credentials(&format!("{credentials}{header}\nread_only = true\n"));
        let run = sandbox.xacct(&["explain", "prod"]).run().status(0);
        run.stderr_contains("read_only is not read, and guards no profile (~/.aws/credentials:");
    }
    for header in ["[services prod]", "[sso-session prod]"] {
        sandbox.write_credentials(&format!("{credentials}{header}\nread_only = true\n"));
        refused(
            &sandbox,
            "prod",
            "read_only is not read: the header in line ",
        );
    }
}

#[test]
fn a_profile_of_nothing_but_guards_is_its_neighbours() {
    let sandbox = Sandbox::start_plain();
    for name in ["pord", "PROD", "prodd", "prd"] {
        for key in ["read_only", "external_id", "confirm"] {
            sandbox.write_config(&format!("{X}[profile {name}]\nregion = x\n{key} = true\n"));
            let words = format!("{key} is not read: the header in line 5 seems to mean profile");
            refused(&sandbox, "prod", &words);
            let run = sandbox.xacct(&["explain", "prod"]).run().status(3);
            run.stderr_contains(&format!(
                "profile '{name}' has no credentials, and no other"
            ));
        }
    }
    let lines = |header: &str, lines: &str| format!("[profile {header}]\n{lines}\n");
    for (name, other) in [
        ("production", "read_only = true".to_owned()),
        ("prd", "region = us-east-1".to_owned()),
        ("prd", "mfa_serial = GAHT12345678".to_owned()),
        ("prd", "read_only = true\ncredential_process = x".to_owned()),
        (
            "prd",
            format!("read_only = true\n{}", lines("z", "include_profile = prd")),
        ),
        ("keys2", "read_only = true".to_owned()),
    ] {
        sandbox.write_config(&format!("{X}{}", lines(name, &other)));
        used(&sandbox, "prod", "");
    }
}

#[test]
fn what_stands_before_every_header_is_told_of() {
    let sandbox = Sandbox::start_plain();
    sandbox.write_config(&format!("read_only = true\n{X}"));
    used(
        &sandbox,
        "prod",
        "xacct: warning: ~/.aws/config:1: read_only is not read, and guards no profile (what \
         stands before the first header is ignored; write a header above it, or delete it)\n",
    );
}

#[test]
fn what_every_profile_would_inherit_is_refused_where_it_is_not_there() {
    let sandbox = Sandbox::start_plain();
    for line in [
        "read_only = true",
        "external_id = x1",
        "mfa_serial = GAHT12345678",
    ] {
        sandbox.write_config(&format!("{X}[DEFAULT]\n{line}\n"));
        let key = line.split(' ').next().unwrap();
        refused(
            &sandbox,
            "prod",
            &format!("{key} is not read: the header in line 5 seems"),
        );
        sandbox.write_config(&format!("{X}{line}\n[DEFAULT]\n{line}\n"));
        used(&sandbox, "prod", "");
    }
    // The AWS CLI would not send these for keys, or they guard nothing.
    for line in [
        "region = us-east-1",
        "source_profile = keys",
        "external_id = x1",
    ] {
        sandbox.write_config(&format!("{X}external_id = x2\n[DEFAULT]\n{line}\n"));
        used(&sandbox, "prod", "");
    }
}

#[test]
fn a_table_for_a_profile_that_is_not_there_takes_no_guard_away() {
    let sandbox = Sandbox::start_plain();
    sandbox.write_config(&format!("{X}{Y}{}", X.replace("prod]", "c]")));
    for (name, profile) in [
        ("cc", "c"),
        ("\"c \"", "c"),
        ("C", "c"),
        ("prdo", "prod"),
        ("PROD", "prod"),
        ("prodd", "prod"),
        ("\"profile prod\"", "prod"),
        ("\"pr\u{200b}od\"", "prod"),
    ] {
        sandbox.write_settings(&format!("[profile.{name}]\nread_only = true\n"));
        let words = "config.toml:2: read_only is not read: its table seems to mean profile '";
        let run = sandbox.xacct(&["credential-process", profile]).run();
        run.status(3).stdout("").stderr_contains(words);
        used(&sandbox, "other", "");
        let run = sandbox.xacct(&["doctor", "--offline"]).run().status(1);
        run.stdout_contains("[guard-unread]");
    }
    assert_eq!(sandbox.calls(), [""; 0]);
    // Nobody's: said by every command.
    sandbox.write_config(&format!("{X}{}", in_sandbox(Y)));
    for name in ["default", "gone"] {
        sandbox.write_settings(&format!("[profile.{name}]\nread_only = true\n"));
        let run = sandbox
            .xacct(&["credential-process", "other"])
            .run()
            .status(0);
        run.stderr_contains("config.toml:2: read_only is not read, and guards no profile (");
        let run = sandbox.xacct(&["doctor", "--offline"]).run().status(1);
        run.stdout_contains("error: read_only is not read, and guards no profile [guard-unread]");
    }
}

#[test]
fn a_table_that_others_include_or_that_is_a_profile_is_none_of_these() {
    let sandbox = Sandbox::start_plain();
    for (config, settings) in [
        (
            "include_profile = prd\n",
            "[profile.prd]\nread_only = true\n",
        ),
        ("", "[profile.prod]\nread_only = true\n"),
        ("", "[profile.keys]\nmfa_serial = 'GAHT12345678'\n"),
        ("", "[profile.prd]\ntags = ['a']\n"),
        (
            "",
            "[profile.prd]\nrole_arn = 'arn:aws:iam::222222222222:role/PartnerAdmin'\n\
             source_profile = 'keys'\nread_only = true\n",
        ),
        (
            "",
            "[profile.prd]\nread_only = true\n[profile.prod]\ninclude_profile = 'prd'\n",
        ),
    ] {
        sandbox.write_config(&format!("{X}{config}"));
        sandbox.write_settings(settings);
        used(&sandbox, "prod", "");
    }
}

#[test]
fn what_guards_a_section_of_another_kind_is_refused_for_who_uses_it() {
    let sandbox = Sandbox::start_plain();
    let session = "[sso-session corp]\nsso_region = us-east-1\n\
                   sso_start_url = https://d-1.awsapps.com/start\n";
    let user = "[profile u]\nsso_session = corp\nsso_account_id = 111111111111\n\
                sso_role_name = Admin\nregion = us-east-1\n";
    for line in [
        "read_only = true",
        "external_id = x1",
        "comfirm = true",
        "confirm: true",
    ] {
        sandbox.write_config(&format!("{X}{user}{session}{line}\n"));
        refused(
            &sandbox,
            "u",
            "is not read: it stands in [sso-session corp], which is no profile",
        );
        used(&sandbox, "prod", "");
        let run = sandbox.xacct(&["doctor", "--offline"]).run().status(1);
        run.stdout_contains("[guard-unread]");
    }
    let services = "[services local]\ns3 =\n  endpoint_url = http://localhost:1\n";
    for line in [
        "read_only = true",
        "session_policy = {}",
        "mfa_serial = GAHT12345678",
    ] {
        let config = format!("{X}services = local\n{Y}{services}{line}\n");
        sandbox.write_config(&config);
        refused(
            &sandbox,
            "prod",
            "is not read: it stands in [services local], which is no",
        );
        used(&sandbox, "other", "");
        let run = sandbox
            .xacct(&["doctor", "--offline", "other"])
            .run()
            .status(1);
        run.stdout_contains("it stands in [services local], which is no profile [guard-unread]");
    }
    // Of the very name, though it does not use it.
    for kind in ["sso-session", "services"] {
        sandbox.write_config(&format!("{X}[{kind} prod]\nread_only = true\n"));
        refused(
            &sandbox,
            "prod",
            "read_only is not read: the header in line 5 seems to mean",
        );
    }
    let session = session.replace("corp", "prod");
    sandbox.write_config(&format!("{X}{session}sso_registration_scopes = x\n"));
    used(&sandbox, "prod", "");
}

#[test]
fn what_is_marked_as_another_tools_is_left_alone() {
    let sandbox = Sandbox::start_plain();
    for lines in [
        "[tool prod]\nrole_arn = arn:aws:iam::222222222222:role/Tool\nmfa_serial = x\n",
        "[x-tool prod]\nread_only = true\nrole_arn = arn:aws:iam::222222222222:role/Tool\n",
        "[X_profile prod]\nread_only = true\n",
    ] {
        sandbox.write_config(&format!("{X}{lines}"));
        used(&sandbox, "prod", "");
    }
    // What xacct alone reads is no other tool's.
    sandbox.write_config(&format!("{X}[tool prod]\nread_only = true\n"));
    refused(
        &sandbox,
        "prod",
        "read_only is not read: the header in line 5 seems to mean",
    );
    for (line, is_refused) in [
        ("x_role_arn = y", false),
        ("x_mfa_serial2 = y", false),
        ("mfa_serial2 = y", true),
        ("xread_only = y", true),
    ] {
        sandbox.write_config(&format!("{X}{line}\n"));
        if is_refused {
            let key = line.split(' ').next().unwrap();
            refused(
                &sandbox,
                "prod",
                &format!("If not, delete the line, or call it x_{key}\n"),
            );
        } else {
            used(&sandbox, "prod", "");
        }
    }
}

#[test]
fn the_message_says_why_the_header_is_not_read() {
    let sandbox = Sandbox::start_plain();
    let credentials = std::fs::read_to_string(sandbox.home().join(".aws/credentials")).unwrap();
    sandbox.write_config(X);
    let at = credentials.lines().count() + 1;
    sandbox.write_credentials(&format!("{credentials}[profiles prod]\nread_only = true\n"));
    let run = sandbox.xacct(&["explain", "prod"]).run().status(3);
    run.stderr_contains(&format!(
        "~/.aws/credentials:{at}: in this file a profile is written [NAME], without a word before"
    ));
    sandbox.write_credentials(&format!("{credentials}profile d\nread_only = true\n"));
    let run = sandbox.xacct(&["explain", "prod"]).run().status(3);
    run.stderr_contains("write it as [NAME], or delete it");
    sandbox.write_credentials(&credentials);
    let default = X.replace("prod]", "default]");
    sandbox.write_config(&format!("{default}[default]\nread_only = true\n"));
    let run = sandbox.xacct(&["explain", "default"]).run().status(3);
    run.stderr_contains(
        "~/.aws/config:5: [default] is ignored: [profile default] in line 1 replaces it\n",
    );
    sandbox.write_config(&format!("{X}[profile \"prod \"]\nread_only = true\n"));
    let run = sandbox.xacct(&["explain", "prod"]).run().status(3);
    run.stderr_contains("~/.aws/config:5: something in the name cannot be seen");
}

/// What other tools and the AWS CLI write, and what people write by hand.
const ORDINARY: &str = r#"# Written by hand
[plugins]
cli_legacy_plugin_path = /usr/lib/python3/site-packages
endpoint = awscli_plugin_endpoint
[preview]
cloudfront = true
[okta]
aws_saml_url = home/amazon_aws/0oa1/272
role_arn = arn:aws:iam::444444444444:role/Okta
mfa_provider = OKTA
[tool leapp]
role_arn = arn:aws:iam::444444444444:role/Leapp
; an old one
#[profile gone]
#read_only = true
[default]
region = us-east-1
output = json
cli_pager =
s3 =
  max_concurrent_requests = 20
  addressing_style = path
[sso-session corp]
sso_region = us-east-1
sso_start_url = https://d-1.awsapps.com/start
sso_registration_scopes = sso:account:access,
    codewhisperer:completions
[profile corp]
granted_sso_start_url = https://d-1.awsapps.com/start
granted_sso_region = us-east-1
granted_sso_account_id = 111111111111
granted_sso_role_name = Admin
common_fate_generated_from = aws
credential_process = granted credential-process --profile corp
region = us-east-1
[services local]
sts =
  endpoint_url = http://localhost:4566
dynamodb =
  endpoint_url = http://localhost:8000
[profile base]
mfa_serial = GAHT12345678
region = us-east-1
[profile vault]
include_profile = base
parent_profile = base
mfa_process = op item get aws --otp
credential_process = aws-vault exec vault --json
[profile saml]
x_principal_arn = arn:aws:iam::444444444444:role/Saml
x_security_token_expires = 2024-01-01T00:00:00Z
region = us-east-1
[profile awsume-me]
autoawsume = true
role_duration = 3600
expiration = 2024-01-01 00:00:00
manager = awsume
[profile "my client"]
region = eu-west-1
[profile prod]
role_arn = arn:aws:iam::333333333333:role/partners/Operations
source_profile = keys
region = us-east-1
color = red
session_policy = {
    "Version": "2012-10-17",
    "Statement": [
      {"Effect": "Allow", "Action": [
          "s3:*",
          "prod"
        ], "Resource": "*"}
    ]
  }
read_only = true
[profile client1]
region = us-east-1
[profile client2]
region = us-east-1
"#;

#[test]
fn ordinary_files_raise_no_alarm() {
    let sandbox = Sandbox::start_plain();
    sandbox.write_config(ORDINARY);
    let credentials = std::fs::read_to_string(sandbox.home().join(".aws/credentials")).unwrap();
    sandbox.write_credentials(&format!(
        "{credentials}[saml]\naws_access_key_id = AKIARTXV5AHDTEST2YOU\n\
         aws_secret_access_key = x\naws_session_token = x\naws_security_token = x\n\
         x_principal_arn = y\n[my client]\naws_access_key_id = AKIARTXV5AHDTEST2YOU\n\
         aws_secret_access_key = x\n[keys-long-term]\naws_access_key_id = AKIARTXV5AHDTEST2YOU\n\
         aws_secret_access_key = x\naws_mfa_device = GAHT12345678\n"
    ));
    sandbox.write_settings("verify_after = '10m'\n[profile.prod]\nconfirm = false\n");
    for profile in ["prod", "base", "saml", "corp", "my client"] {
        let run = sandbox.xacct(&["explain", profile]).run();
        let stderr = run.stderr_text().to_owned();
        assert!(!stderr.contains("is not read"), "{profile}: {stderr}");
        if ["prod", "saml", "corp", "my client"].contains(&profile) {
            run.status(0).stderr("");
        } else {
            run.status(3).stderr_contains("base");
        }
    }
    let run = sandbox.xacct(&["doctor", "--offline"]).run();
    assert!(!run.stdout_text().contains("[guard-unread]"));
    run.status(1);
}
