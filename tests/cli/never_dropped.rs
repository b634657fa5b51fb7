//! What names, narrows or guards is in a request, or the run fails before anything is sent and
//! before a code is used.

use crate::common::Sandbox;

/// Every command that would hand something out, or say that it could.
const COMMANDS: [&[&str]; 4] = [
    &["exec", "x", "--", "true"],
    &["assume", "x"],
    &["credential-process", "x"],
    &["whoami", "x"],
];

/// A role that wants a code, with these lines.
fn with_lines(lines: &str) -> String {
    format!(
        "[profile x]\nrole_arn = \
         arn:aws:iam::333333333333:role/partners/Operations\nsource_profile = hub\n\
         mfa_serial = arn:aws:iam::111111111111:mfa/you\nregion = us-east-1\n{lines}\n"
    )
}

/// The profile is refused by every command, with this, and nothing was sent.
#[track_caller]
fn refused(sandbox: &Sandbox, message: &str) {
    for command in COMMANDS {
        let status = if command[0] == "exec" { 125 } else { 3 };
        let run = sandbox
            .xacct(command)
            .env("XACCT_MFA_CODE", "123456")
            .run()
            .status(status);
        assert!(
            run.stderr_text().contains(message),
            "{command:?}: no '{message}' in {}",
            run.stderr_text()
        );
    }
    assert_eq!(sandbox.calls(), [""; 0]);
}

/// Where the lines behind the profile's own begin.
fn line_of(sandbox: &Sandbox, text: &str) -> String {
    let config = std::fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
    let at = config
        .lines()
        .position(|line| line == text.lines().next().unwrap());
    format!(
        "~/.aws/config:{}",
        at.unwrap_or_else(|| panic!("{text} in {config}")) + 1
    )
}

#[cfg(unix)]
#[test]
fn what_is_wrong_in_the_profile_stops_it() {
    for (lines, message) in [
        ("external_id =", "external_id is empty"),
        ("read_only =", "read_only is empty"),
        ("session_policy =", "session_policy is empty"),
        ("confirm =", "confirm is empty"),
        ("session_tags = # Team=x", "session_tags is empty"),
        ("source_identity =", "source_identity is empty"),
        (
            "read_only: true",
            "the line cannot be read, and it seems to set read_only",
        ),
        (
            "confirm true",
            "the line cannot be read, and it seems to set confirm",
        ),
        (
            "readonly = true",
            "'readonly' is not a key that any program reads",
        ),
        (
            "confrim = true",
            "'confrim' is not a key that any program reads",
        ),
        (
            "read_olny = true",
            "'read_olny' is not a key that any program reads",
        ),
        (
            "extrnal_id = e1",
            "'extrnal_id' is not a key that any program reads",
        ),
        (
            "role_sesion_name = me",
            "'role_sesion_name' is not a key that any program reads",
        ),
        (
            "mfa_seria = x",
            "'mfa_seria' is not a key that any program reads",
        ),
        (
            "external-id = x",
            "'external-id' is not a key that any program reads",
        ),
        (
            "output = json\n  read_only = true",
            "output runs on over the indented lines below it, and one of them sets read_only",
        ),
        ("endpoint_url = http://sts.example.com", ""),
    ] {
        let sandbox = Sandbox::start();
        sandbox.add_config(&with_lines(lines));
        if message.is_empty() {
            let run = sandbox
                .xacct(&["exec", "x", "--", "true"])
                .env_remove("AWS_ENDPOINT_URL")
                .run()
                .status(125);
            run.stderr_contains("http://sts.example.com is another machine");
            continue;
        }
        refused(
            &sandbox,
            &format!("error: {}: {message}", line_of(&sandbox, lines)),
        );
    }
}

#[cfg(unix)]
#[test]
fn the_same_stops_it_wherever_it_stands() {
    // In the credentials file, over a good value in the config.
    let sandbox = Sandbox::start();
    sandbox.add_config(&with_lines("external_id = client2-8842"));
    let credentials = std::fs::read_to_string(sandbox.home().join(".aws/credentials")).unwrap();
    sandbox.write_credentials(&format!("[x]\nexternal_id =\n{credentials}"));
    refused(
        &sandbox,
        "error: ~/.aws/credentials:2: external_id is empty",
    );
    // In xacct's own file.
    let sandbox = Sandbox::start();
    sandbox.add_config(&with_lines(""));
    sandbox.write_settings("[profile.x]\nsession_policy_arns = []\n");
    refused(&sandbox, "config.toml:2: session_policy_arns is empty");
    // In what the profile includes, on the way, and in the profile with the keys.
    for (lines, more, wrong) in [
        (
            "include_profile = more",
            "[profile more]\nread_only =\n",
            "read_only =",
        ),
        ("", "", "role_arn ="),
    ] {
        let sandbox = Sandbox::start();
        sandbox.add_config(&(with_lines(lines) + more));
        if more.is_empty() {
            sandbox.edit_config("[profile hub]\n", "[profile hub]\nrole_arn =\n");
        }
        refused(
            &sandbox,
            &format!(
                "error: {}: {}is empty",
                line_of(&sandbox, wrong),
                wrong.trim_end_matches('=')
            ),
        );
    }
    let sandbox = Sandbox::start();
    sandbox.add_config(&with_lines(""));
    sandbox.edit_config("[profile hub]\n", "[profile hub]\nsession_polcy = {}\n");
    let place = line_of(&sandbox, "session_polcy = {}");
    refused(
        &sandbox,
        &format!("error: {place}: 'session_polcy' is not a key that any program reads"),
    );
    let sandbox = Sandbox::start();
    sandbox.add_config(&with_lines("").replace("= hub", "= middle"));
    sandbox.add_config(
        "[profile middle]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nexternal_id \
         =\nsource_profile = hub\n",
    );
    refused(
        &sandbox,
        &format!(
            "error: {}: external_id is empty",
            line_of(&sandbox, "external_id =")
        ),
    );
}

#[cfg(unix)]
#[test]
fn arns_devices_and_regions_are_held_to_what_aws_has() {
    let role = "arn:aws:iam::333333333333:role/partners/Operations";
    let device = "arn:aws:iam::111111111111:mfa/you\nregion";
    for (from, to, message) in [
        (
            role,
            "arn:aws:iam::333333333333:role/<Your Role>",
            "role_arn has a role's name that contains '<'",
        ),
        (
            role,
            "arn:aws:iam:eu-west-1:333333333333:role/x",
            "role_arn names the region 'eu-west-1'",
        ),
        (
            device,
            "arn:aws:iam::111111111111:u2f/user/alice/key\nregion",
            "mfa_serial is a passkey or FIDO key: passkeys and FIDO keys cannot be used with the \
             API",
        ),
        (
            "us-east-1",
            "us-east-1d",
            "'us-east-1d' is not a region: it is a zone of us-east-1",
        ),
        ("us-east-1", "eu-wst-1", "'eu-wst-1' is not a region"),
        ("us-east-1", "all", "'all' is not a region"),
        (
            "us-east-1",
            "cn-north-1",
            "the region cn-north-1 is in the partition aws-cn",
        ),
    ] {
        let sandbox = Sandbox::start();
        sandbox.add_config(&with_lines("").replace(from, to));
        refused(&sandbox, message);
    }
    // Twelve digits, where the request would go to AWS.
    let sandbox = Sandbox::start();
    sandbox.add_config(&with_lines("").replace(role, "arn:aws:iam::33333333333:role/x"));
    let run = sandbox
        .xacct(&["explain", "x"])
        .env_remove("AWS_ENDPOINT_URL")
        .run()
        .status(3);
    run.stderr_contains("the account id '33333333333' in role_arn is not twelve digits");
    // From wherever a region comes.
    let sandbox = Sandbox::start();
    let role = |region: &str| {
        format!("[profile y]\nregion = {region}\nrole_arn = {role}\nsource_profile = hub\n")
    };
    sandbox.add_config(&role("eu-south-9"));
    sandbox
        .xacct(&["explain", "y"])
        .run()
        .ok()
        .stdout_contains("region    eu-south-9 (");
    for (words, variable) in [
        (&["explain", "y", "--region", "eu-wst-1"][..], ""),
        (&["explain", "y"], "AWS_REGION"),
        (&["explain", "y"], "AWS_DEFAULT_REGION"),
        (&["explain", "y"], "XACCT_REGION"),
    ] {
        let mut run = sandbox.xacct(words);
        if !variable.is_empty() {
            run = run.env(variable, "eu-wst-1");
        }
        let place = if variable.is_empty() {
            "--region"
        } else {
            variable
        };
        run.run().status(3).stdout("").stderr(&format!(
            "xacct: error: {place}: 'eu-wst-1' is not a region\n  did you mean eu-west-1?\n"
        ));
    }
}

#[test]
fn what_is_typed_is_sent_or_refused() {
    let sandbox = Sandbox::start_plain();
    for (option, words) in [
        ("--external-id", &["--external-id", "x1"][..]),
        ("--source-identity", &["--source-identity", "me"]),
        ("--tag", &["--tag", "a=b"]),
        ("--duration", &["--duration", "15m"]),
        ("--session-name", &["--session-name", "me"]),
        ("--source-profile", &["--source-profile", "hub"]),
        ("--read-only", &["--read-only"]),
        (
            "--policy-arn",
            &["--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
        ),
        ("--external-id", &["--external-id", ""]),
        ("--mfa-serial", &["--mfa-serial", ""]),
    ] {
        let words = [
            &["credential-process", "keys", "--region", "eu-west-1"],
            words,
        ]
        .concat();
        let run = sandbox.xacct(&words).run().status(3).stdout("");
        assert!(
            run.stderr_text()
                .starts_with(&format!("xacct: error: {option} ")),
            "{}",
            run.stderr_text()
        );
    }
    // Also where no profile is named: what the shell has takes no parameters.
    let shell = || {
        let keys = [
            ("AWS_ACCESS_KEY_ID", "AKIARTXV5AHDTEST2YOU"),
            (
                "AWS_SECRET_ACCESS_KEY",
                "NotASecret/xacct/sandbox/hub/you/EXAMPLE",
            ),
        ];
        keys.iter().fold(
            sandbox.xacct(&["whoami", "--external-id", "x1"]),
            |run, (name, value)| run.env(name, value),
        )
    };
    shell()
        .run()
        .status(3)
        .stderr_contains("--external-id is for a role that is assumed (AssumeRole)");
    let role = "arn:aws:iam::222222222222:role/PartnerAdmin";
    let words = [
        "explain",
        role,
        "--source-profile",
        "keys",
        "--role-arn",
        "arn:aws:iam::444444444444:role/LongRunning",
    ];
    sandbox
        .xacct(&words)
        .run()
        .status(2)
        .stderr_contains("two roles were named");
    assert_eq!(sandbox.calls(), [""; 0]);
}

#[test]
fn a_failed_attempt_loses_nothing() {
    let sandbox = Sandbox::start_plain();
    let first = sandbox.xacct(&["credential-process", "plain"]).run().ok();
    sandbox.edit_config(
        "external_id = client1-7731\nregion = eu-west-1\n",
        "external_id =\nregion = eu-west-1\n",
    );
    let calls = sandbox.calls().len();
    sandbox
        .xacct(&["credential-process", "plain"])
        .run()
        .status(3)
        .stderr_contains("external_id is empty");
    sandbox.edit_config(
        "external_id =\nregion = eu-west-1\n",
        "external_id = client1-7731\nregion = eu-west-1\n",
    );
    let again = sandbox.xacct(&["credential-process", "plain"]).run().ok();
    assert_eq!(again.stdout_text(), first.stdout_text());
    assert_eq!(sandbox.calls().len(), calls);
}

#[test]
fn a_typed_tag_takes_the_place_of_the_profile_s() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config("session_tags = Team=a\n");
    sandbox
        .xacct(&["credential-process", "plain", "--tag", "team=b"])
        .run()
        .ok();
    let request = sandbox.log().pop().unwrap();
    assert_eq!(request.params["Tags.member.1.Key"], "team");
    assert_eq!(request.params["Tags.member.1.Value"], "b");
    assert!(!request.params.contains_key("Tags.member.2.Key"));
}

/// Each of ten thousand profiles is assumed from the next: nobody has that, and looking at it must
/// come to an end.
#[test]
fn a_chain_without_end_is_an_error_and_takes_no_time() {
    let sandbox = Sandbox::start();
    let link = |n: usize| {
        format!(
            "[profile p{n}]\nrole_arn = arn:aws:iam::222222222222:role/R{n}\nsource_profile = \
             p{}\nregion = eu-west-1\n",
            n + 1
        )
    };
    sandbox.add_config(&(0..2_000).map(link).collect::<String>());
    sandbox.add_config(
        "[profile p2000]\nsource_profile = p0\nrole_arn = arn:aws:iam::222222222222:role/R\n",
    );
    let run = sandbox.xacct(&["explain", "p0"]).run().status(3).stdout("");
    run.stderr_contains("source_profile goes on for more than 32 profiles: p0 → p1 → p2 → …");
    let rows = sandbox.xacct(&["list", "--json"]).run().ok().json();
    let first = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["profile"] == "p0")
        .unwrap();
    assert_eq!(first["role_arn"], "arn:aws:iam::222222222222:role/R0");
    sandbox
        .xacct(&["doctor", "--offline"])
        .run()
        .status(1)
        .stdout_contains("source_profile goes on for more than 32 profiles: ");
    assert_eq!(sandbox.calls(), [""; 0]);
}

/// A device that cannot be one is found by its line, before a request; what may be a secret in its
/// place is not shown.
#[cfg(unix)]
#[test]
fn what_cannot_be_a_device_is_refused_and_not_shown() {
    let device = "arn:aws:iam::111111111111:mfa/you\nregion";
    let secret = "hiddenXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    for (to, message) in [
        (
            "arn:aws-cn:iam::111111111111:mfa/you",
            "mfa_serial is a device of the partition aws-cn",
        ),
        (
            "arn:aws:iam::1111:mfa/you",
            "mfa_serial has an account id that is not twelve digits",
        ),
        (
            "arn:aws:sts::111111111111:mfa/you",
            "mfa_serial is not the ARN of an MFA device",
        ),
        (&secret[..40], "mfa_serial looks like a secret access key"),
        (
            "HIDDENWY3DPEHPK3PXP",
            "mfa_serial looks like the key that an MFA app is set up with",
        ),
    ] {
        let sandbox = Sandbox::start();
        sandbox.add_config(&with_lines("").replace(device, &format!("{to}\nregion")));
        refused(&sandbox, message);
        let line = line_of(&sandbox, &format!("mfa_serial = {to}"));
        let explain = sandbox.xacct(&["explain", "x"]).run().status(3).stdout("");
        let said = explain.stderr_text().to_owned();
        assert!(
            said.starts_with(&format!("xacct: error: {line}: {message}")),
            "{said}"
        );
        explain.stderr(&said);
        let doctor = sandbox.xacct(&["doctor", "--offline"]).run().status(1);
        assert!(
            doctor
                .stdout_text()
                .contains(&format!("{line}: error: profile 'x': {message}")),
            "{to}"
        );
        let list = sandbox.xacct(&["list"]).run().ok();
        let json = sandbox.xacct(&["list", "--json"]).run().ok();
        let config = sandbox.xacct(&["config", "show", "x"]).run().ok();
        for shown in [
            &said,
            doctor.stdout_text(),
            list.stdout_text(),
            json.stdout_text(),
            config.stdout_text(),
        ] {
            assert!(!shown.to_ascii_lowercase().contains("hidden"), "{shown}");
        }
    }
}

/// Other makers' services take any name; it may still be something else that was pasted there.
#[cfg(unix)]
#[test]
fn a_device_of_no_known_form_is_sent_and_not_shown() {
    let sandbox = Sandbox::start();
    sandbox
        .add_config(&with_lines("").replace("arn:aws:iam::111111111111:mfa/you", "hidden-token-7"));
    let shown = [
        sandbox
            .xacct(&["explain", "x"])
            .run()
            .ok()
            .stdout_text()
            .to_owned(),
        sandbox
            .xacct(&["explain", "x", "--json"])
            .run()
            .ok()
            .stdout_text()
            .to_owned(),
        sandbox.xacct(&["list"]).run().ok().stdout_text().to_owned(),
    ];
    assert!(
        shown[0].contains("(not shown: it does not look like an MFA device)"),
        "{}",
        shown[0]
    );
    let asked = sandbox
        .xacct(&["assume", "x", "--no-input", "--print"])
        .run()
        .status(5);
    let asked = asked.stderr_contains(
        "an MFA code for (not shown: it does not look like an MFA device) is needed",
    );
    let refused = sandbox
        .xacct(&["credential-process", "x"])
        .env("XACCT_MFA_CODE", "123456")
        .run()
        .status(4);
    let refused = refused.stderr_contains("(not shown: it does not look like an MFA device)");
    for text in shown
        .iter()
        .map(String::as_str)
        .chain([asked.stderr_text(), refused.stderr_text()])
    {
        assert!(!text.contains("hidden"), "{text}");
    }
}
