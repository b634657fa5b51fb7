//! What is refused before anything is sent: what would be dropped, and what cannot be what was
//! meant.

use super::*;

/// A profile that assumes its role with a token.
fn web(lines: &str) -> String {
    format!(
        "[profile web]\nrole_arn = arn:aws:iam::222222222222:role/Web\nweb_identity_token_file = \
         /token\n\
         region = eu-west-1\n{lines}\n"
    )
}

fn with(text: &str, request: Request) -> std::result::Result<Plan, String> {
    let name = if text.contains("[profile web]") {
        "web"
    } else {
        "a"
    };
    let request = Request {
        profile: Some(name.to_owned()),
        ..request
    };
    plan_in(text, &request, &[]).map_err(|error| error.to_string())
}

#[test]
fn nothing_is_no_value_of_what_names_or_narrows() {
    for key in [
        "external_id",
        "role_session_name",
        "duration_seconds",
        "source_identity",
        "session_tags",
        "transitive_session_tags",
        "session_policy",
        "session_policy_arns",
        "read_only",
        "mfa_serial",
        "confirm",
        "credential_source",
        "web_identity_token_file",
        "sso_session",
        "aws_account_id",
    ] {
        for value in ["", " # todo"] {
            let text = role("a", &format!("source_profile = hub\n{key} ={value}"));
            assert_eq!(
                error_of(&text, "a"),
                format!("~/.aws/config:7: {key} is empty")
            );
        }
    }
    let list = role("a", "source_profile = hub\nsession_policy_arns = ,");
    assert_eq!(
        error_of(&list, "a"),
        "~/.aws/config:7: session_policy_arns is empty"
    );
    // On the way, and in what is included.
    let hub = HUB.replace("aws_access_key_id", "role_arn =\naws_access_key_id");
    let text = role("a", "source_profile = hub").replace(HUB, &hub);
    assert_eq!(error_of(&text, "a"), "~/.aws/config:2: role_arn is empty");
    let text =
        role("a", "source_profile = hub\ninclude_profile = more") + "[profile more]\nread_only =\n";
    assert_eq!(error_of(&text, "a"), "~/.aws/config:9: read_only is empty");
}

#[test]
fn a_guard_whose_line_is_lost_is_not_left_out() {
    for (line, message) in [
        (
            "read_only: true",
            "7: the line cannot be read, and it seems to set read_only",
        ),
        (
            "external_id x1",
            "7: the line cannot be read, and it seems to set external_id",
        ),
        (
            "readonly = true",
            "7: 'readonly' is not a key that any program reads",
        ),
        (
            "external-id = x1",
            "7: 'external-id' is not a key that any program reads",
        ),
        (
            "output = json\n  read_only = true",
            "7: output runs on over the indented lines below it, and one of them sets read_only",
        ),
        (
            "session_policy =\n  {\"Version\": \"2012-10-17\"}",
            "7: session_policy is empty",
        ),
    ] {
        let text = role("a", &format!("source_profile = hub\n{line}"));
        assert_eq!(
            error_of(&text, "a"),
            format!("~/.aws/config:{message}"),
            "{line}"
        );
    }
    let harmless = role(
        "a",
        "source_profile = hub\nregion = eu-west-1\nbroken\ns3 =\n  max_queue_size = 10",
    );
    assert_eq!(shape(&plan_of(&harmless, "a")), "AssumeRole(a) 3600");
}

#[test]
fn a_value_of_one_line_never_goes_on_in_the_next() {
    let part = |key: &str| {
        format!("~/.aws/config:7: the line after {key} is indented, which makes it part of {key}")
    };
    for key in [
        "region",
        "external_id",
        "role_session_name",
        "endpoint_url",
        "color",
        "mfa_serial",
        "duration_seconds",
        "source_identity",
        "ca_bundle",
        "services",
        "confirm",
    ] {
        for line in [
            "aws_secret_access_key = hidden",
            "hidden",
            "region = hidden",
        ] {
            let text = role("a", &format!("source_profile = hub\n{key} = x\n  {line}"));
            assert_eq!(error_of(&text, "a"), part(key), "{key}, {line}");
        }
    }
}

#[test]
fn what_may_have_several_lines_still_holds_no_key() {
    let part = |key: &str| {
        format!("~/.aws/config:7: the line after {key} is indented, which makes it part of {key}")
    };
    for (lines, key) in [
        (
            "session_policy_arns = arn:aws:iam::aws:policy/A\n  arn:aws:iam::aws:policy/B",
            "session_policy_arns",
        ),
        ("session_tags = A=b\n  c=d", "session_tags"),
        ("mfa_process = otp\n  region = x", "mfa_process"),
        ("output = json\n  region = x", "output"),
        ("output = json\n  aws_secret_access_key = x", "output"),
        (
            "session_policy = policy.json\n  region = x",
            "session_policy",
        ),
    ] {
        assert_eq!(
            error_of(&role("a", &format!("source_profile = hub\n{lines}")), "a"),
            part(key),
            "{lines}"
        );
    }
    for lines in [
        "session_policy_arns = arn:aws:iam::aws:policy/A,\n  arn:aws:iam::aws:policy/B",
        "session_tags = A=b,\n  c=d",
        "session_policy = {\n  \"region\": 1 }",
        "mfa_process = otp \\\n  --seed=x",
        "s3 =\n  addressing_style = path",
        "my_own = x\n  y",
        "sdk_ua_app_id = mine\n  and more",
    ] {
        plan_of(&role("a", &format!("source_profile = hub\n{lines}")), "a");
    }
}

#[test]
fn a_value_does_not_go_on_elsewhere_either() {
    let hub = HUB.replace(
        "[profile hub]\n",
        "[profile hub]\nregion = eu-west-1\n  output = json\n",
    );
    let text = role("a", "source_profile = hub").replace(HUB, &hub);
    assert_eq!(
        error_of(&text, "a"),
        "~/.aws/config:2: the line after region is indented, which makes it part of region"
    );
    let session = "[sso-session s]\nsso_region = eu-west-1\n  output = json\nsso_start_url = \
                   https://x\n[profile a]\n\
                   sso_session = s\nsso_account_id = 111111111111\nsso_role_name = R\n";
    assert_eq!(
        error_of(session, "a"),
        "~/.aws/config:2: the line after sso_region is indented, which makes it part of sso_region"
    );
    let process = "[profile a]\ncredential_process = tool\n  region = eu-west-1\n";
    assert!(error_of(process, "a").contains(":2: the line after credential_process is indented"));
    plan_of(
        "[profile a]\ncredential_process = tool\n  --profile x\n",
        "a",
    );
}

#[test]
fn a_token_takes_a_duration_and_policies_and_nothing_else() {
    let text = web("duration_seconds = 1800\nread_only = true\nsession_policy = {}");
    let Source::WebIdentity(found) = plan_of(&text, "web").source else {
        panic!()
    };
    assert_eq!(found.duration_seconds, Some(1800));
    assert_eq!(found.policy.as_deref(), Some("{}"));
    assert_eq!(
        found.policy_arns,
        ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    );
    let typed = Request {
        role: SessionOptions {
            duration_seconds: Some(900),
            read_only: true,
            ..SessionOptions::default()
        }
        .into(),
        ..Request::default()
    };
    let Source::WebIdentity(found) = with(&web(""), typed).unwrap().source else {
        panic!()
    };
    assert_eq!(
        (found.duration_seconds, found.policy_arns.len()),
        (Some(900), 1)
    );
    let key = |lines: &str| plan_of(&web(lines), "web").steps[0].key;
    assert_ne!(key(""), key("read_only = true"));
    assert_ne!(key(""), key("duration_seconds = 1800"));
    for line in [
        "external_id = x1",
        "source_identity = me",
        "session_tags = Team=x",
        "transitive_session_tags = Team",
    ] {
        let key = line.split(' ').next().unwrap();
        let wanted = format!(
            "~/.aws/config:5: {key} is for AssumeRole, and profile 'web' assumes its role with a \
             token (AssumeRoleWithWebIdentity), which does not take it"
        );
        assert_eq!(error_of(&web(line), "web"), wanted);
        // As the source of another role it is no better off.
        let chained = web(line)
            + "[profile b]\nrole_arn = arn:aws:iam::333333333333:role/b\nsource_profile = web\n";
        assert_eq!(error_of(&chained, "b"), wanted);
    }
}

#[test]
fn a_token_comes_before_a_named_source() {
    for source in ["Environment", "EcsContainer", "Ec2InstanceMetadata"] {
        let plan = plan_of(&web(&format!("credential_source = {source}")), "web");
        let Source::WebIdentity(found) = plan.source else {
            panic!("{source}: {:?}", plan.source)
        };
        assert_eq!(found.role_arn, "arn:aws:iam::222222222222:role/Web");
    }
    // The source that was typed comes before both.
    let text = web("") + HUB;
    let request = Request {
        source_profile: Some("hub".to_owned()),
        ..Request::default()
    };
    assert_eq!(
        shape(&with(&text, request).unwrap()),
        "AssumeRole(Web) 3600"
    );
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn what_is_typed_is_sent_or_refused() {
    let keys = format!(
        "[profile a]\nregion = eu-west-1\n{}",
        HUB.split_once('\n').unwrap().1
    );
    let some = |text: &str| Some(text.to_owned());
    let requests = [
        (
            "--external-id",
            Request {
                role: RoleOptions {
                    external_id: some("x1"),
                    ..RoleOptions::default()
                },
                ..Request::default()
            },
        ),
        (
            "--source-identity",
            Request {
                role: SessionOptions {
                    source_identity: some("me"),
                    ..SessionOptions::default()
                }
                .into(),
                ..Request::default()
            },
        ),
        (
            "--tag",
            Request {
                role: SessionOptions {
                    tags: vec![("a".to_owned(), "b".to_owned())],
                    ..SessionOptions::default()
                }
                .into(),
                ..Request::default()
            },
        ),
        (
            "--duration",
            Request {
                role: SessionOptions {
                    duration_seconds: Some(900),
                    ..SessionOptions::default()
                }
                .into(),
                ..Request::default()
            },
        ),
        (
            "--session-name",
            Request {
                role: SessionOptions {
                    role_session_name: some("me"),
                    ..SessionOptions::default()
                }
                .into(),
                ..Request::default()
            },
        ),
        (
            "--source-profile",
            Request {
                source_profile: some("hub"),
                ..Request::default()
            },
        ),
    ];
    for (option, request) in requests {
        assert_eq!(
            with(&keys, request).unwrap_err(),
            format!(
                "{option} is for a role that is assumed (AssumeRole), and profile 'a' gets its \
                 credentials another way"
            )
        );
    }
    let session = keys.replace(
        "aws_secret_access_key = s",
        "aws_secret_access_key = s\naws_session_token = t",
    );
    let device = Request {
        role: RoleOptions {
            mfa_serial: some(DEVICE),
            ..RoleOptions::default()
        },
        ..Request::default()
    };
    assert!(
        with(&session, device.clone())
            .unwrap_err()
            .starts_with("--mfa-serial is not used")
    );
    assert!(
        with(&web(""), device.clone())
            .unwrap_err()
            .starts_with("--mfa-serial is not used")
    );
    let mut typed = device;
    typed.role.session.duration_seconds = Some(7200);
    assert_eq!(
        shape(&with(&keys, typed).unwrap()),
        "GetSessionToken(+mfa) 7200"
    );
    let kept = keys.clone() + &format!("mfa_serial = {DEVICE}\nduration_seconds = 1800");
    assert_eq!(shape(&plan_of(&kept, "a")), "GetSessionToken(+mfa) 1800");
    for (option, text) in [
        ("--external-id", ""),
        ("--mfa-serial", " "),
        ("--region", ""),
    ] {
        let mut request = Request::default();
        match option {
            "--external-id" => request.role.external_id = some(text),
            "--mfa-serial" => request.role.mfa_serial = some(text),
            _ => request.role.region = some(text),
        }
        assert_eq!(
            with(&role("a", "source_profile = hub"), request).unwrap_err(),
            format!("{option} is empty")
        );
    }
}

#[test]
fn a_typed_tag_takes_the_place_of_one_that_differs_by_case() {
    let text = role(
        "a",
        "source_profile = hub\nsession_tags = Team=a, Env=x\ntransitive_session_tags = TEAM",
    );
    let request = Request {
        role: SessionOptions {
            tags: vec![("team".to_owned(), "b".to_owned())],
            ..SessionOptions::default()
        }
        .into(),
        ..Request::default()
    };
    let Action::AssumeRole(role) = with(&text, request).unwrap().steps.remove(0).action else {
        panic!()
    };
    assert_eq!(
        role.tags,
        [("Env", "x"), ("team", "b")].map(|(key, value)| (key.to_owned(), value.to_owned()))
    );
    assert_eq!(role.transitive_tag_keys, ["team"]);
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn roles_and_devices_are_arns_of_their_kind() {
    let role_arn = |arn: &str| error_of(&role("a", "source_profile = hub").replace(ROLE, arn), "a");
    for (arn, why) in [
        (
            "arn:aws:iam::22222222222:role/a",
            "the account id '22222222222' in role_arn is not twelve digits",
        ),
        (
            "arn:aws:iam::222222222222:role/<Your Role>",
            "role_arn has a role's name that contains '<'",
        ),
        (
            "arn:aws:iam::<account>:role/a",
            "role_arn has an account id that contains '<'",
        ),
        (
            "arn:aws:iam:eu-west-1:222222222222:role/a",
            "role_arn names the region 'eu-west-1'",
        ),
        (
            "arn:aws:sts::222222222222:assumed-role/a/me",
            "role_arn is not the ARN of a role",
        ),
        (
            "arn:AWS:iam::222222222222:role/a",
            "role_arn is not the ARN of a role",
        ),
        (
            "arn:aws:iam::222222222222:role/",
            "role_arn has a role's name that has 0 characters",
        ),
        (
            "arn:aws:iam::222222222222:role/a b/c",
            "role_arn has a path that contains ' '",
        ),
        (
            "arn:aws:iam::222222222222:role/a\0",
            "role_arn contains the control character U+0000",
        ),
    ] {
        let error = role_arn(arn);
        assert!(
            error.starts_with(&format!("~/.aws/config:5: {why}")),
            "{arn}: {error}"
        );
    }
    for (serial, why) in [
        (
            "arn:aws:iam::111111111111:u2f/user/alice/key",
            "mfa_serial is a passkey or FIDO key",
        ),
        (
            "arn:aws:iam::111111111111:fido2/alice",
            "mfa_serial is a passkey or FIDO key",
        ),
        (
            "arn:aws:iam::111111111111:user/alice",
            "mfa_serial is not the ARN of an MFA device",
        ),
        (
            "arn:aws:iam::111111111111:mfa/",
            "mfa_serial is not the ARN of an MFA device",
        ),
        (
            "arn:aws:sts::111111111111:mfa/you",
            "mfa_serial is not the ARN of an MFA device",
        ),
        (
            "arn:AWS:iam::111111111111:mfa/you",
            "mfa_serial is not the ARN of an MFA device",
        ),
        (
            "arn:aws:iam::11111111111:mfa/you",
            "mfa_serial has an account id that is not twelve digits",
        ),
        ("arn:aws:iam::<account>:mfa/you", "mfa_serial contains '<'"),
        (
            "arn:aws-cn:iam::111111111111:mfa/you",
            "mfa_serial is a device of the partition aws-cn, and the role \
             arn:aws:iam::222222222222:role/a is in aws",
        ),
        (
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "mfa_serial looks like a secret access key",
        ),
        (
            "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
            "mfa_serial looks like the key that an MFA app is set up with",
        ),
    ] {
        let error = error_of(
            &role("a", &format!("source_profile = hub\nmfa_serial = {serial}")),
            "a",
        );
        assert!(
            error.starts_with(&format!("~/.aws/config:7: {why}")),
            "{serial}: {error}"
        );
    }
}

#[test]
fn a_device_is_in_the_partition_of_the_requests() {
    let text = |device: &str, region: &str| {
        format!("{HUB}mfa_serial = arn:{device}:iam::111111111111:mfa/you\nregion = {region}\n")
    };
    assert!(
        plan_of(&text("aws-us-gov", "us-gov-west-1"), "hub")
            .mfa
            .is_some()
    );
    for (device, region, wanted) in [
        ("aws-cn", "eu-west-1", "aws"),
        ("aws", "cn-north-1", "aws-cn"),
        ("aws", "us-gov-west-1", "aws-us-gov"),
    ] {
        let message = format!(
            "~/.aws/config:4: mfa_serial is a device of the partition {device}, and the region \
             {region} is in {wanted}"
        );
        assert_eq!(error_of(&text(device, region), "hub"), message);
    }
}

#[test]
fn metadata_comes_from_this_machine() {
    let text = |line: &str| {
        format!(
            "[profile a]\ncredential_source = Ec2InstanceMetadata\nregion = eu-west-1\n{line}\n"
        )
    };
    for host in ["169.254.169.254", "127.0.0.1:1338", "[fd00:ec2::254]"] {
        let line = format!("ec2_metadata_service_endpoint = http://{host}");
        assert!(plan_of(&text(&line), "a").mfa.is_none());
    }
    let line = "ec2_metadata_service_endpoint = http://10.0.0.1/latest";
    assert!(
        error_of(&text(line), "a")
            .starts_with("~/.aws/config:4: http://10.0.0.1 is another machine")
    );
    assert!(
        plan_of(&text(&format!("{line}\nallow_http_endpoint = true")), "a")
            .mfa
            .is_none()
    );
}

#[test]
fn a_region_is_one_and_the_role_s() {
    let text = |region: &str| role("a", &format!("source_profile = hub\n{region}"));
    let error = |text: &str, variables: &[(&str, &str)]| {
        plan_in(text, &named("a"), variables)
            .map(|plan| plan.region.name)
            .map_err(|error| error.to_string())
    };
    let wrong = |region: &str| error(&text(&format!("region = {region}")), &[]);
    assert_eq!(
        wrong("us-east-1d"),
        Err("~/.aws/config:7: 'us-east-1d' is not a region: it is a zone of us-east-1".to_owned())
    );
    assert_eq!(
        wrong("eu-wst-1"),
        Err("~/.aws/config:7: 'eu-wst-1' is not a region".to_owned())
    );
    assert_eq!(wrong("eu-south-9"), Ok("eu-south-9".to_owned()));
    assert_eq!(
        error(&text(""), &[("AWS_DEFAULT_REGION", "all")]),
        Err("AWS_DEFAULT_REGION: 'all' is not a region".to_owned())
    );
    let source = text("").replace("aws_access_key_id", "region = eu-west\naws_access_key_id");
    assert_eq!(
        error(&source, &[]),
        Err("~/.aws/config:2: 'eu-west' is not a region".to_owned())
    );
    let custom = text("endpoint_url = http://localhost:1\nregion = garage");
    assert_eq!(error(&custom, &[]), Ok("garage".to_owned()));
    let china = text("").replace("arn:aws:iam", "arn:aws-cn:iam");
    assert_eq!(error(&china, &[]), Ok("cn-north-1".to_owned()));
    assert_eq!(
        error(&china, &[("AWS_REGION", "eu-west-1")]),
        Err(
            "AWS_REGION: the region eu-west-1 is in the partition aws, and the role \
             arn:aws-cn:iam::222222222222:role/a in aws-cn"
                .to_owned()
        )
    );
    let web = web("").replace("arn:aws:iam", "arn:aws-us-gov:iam");
    assert!(error_of(&web, "web").contains("region eu-west-1 is in the partition aws"));
}

#[test]
fn a_chain_stays_in_one_partition() {
    let text = |role_partition: &str, lines: &str| {
        format!(
            "[profile a]\nrole_arn = arn:{role_partition}:iam::222222222222:role/A\nsource_profile \
             = b\n[profile b]\n{lines}\n"
        )
    };
    let key = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n";
    let role = "role_arn = arn:aws-cn:iam::333333333333:role/B\nsource_profile = c\nregion = \
                cn-north-1\n[profile c]\n";
    let web = "role_arn = arn:aws-cn:iam::333333333333:role/B\nweb_identity_token_file = /token";
    let sso = "sso_start_url = https://x.awsapps.cn/start\nsso_region = cn-north-1\nsso_account_id \
               = 333333333333\n\
               sso_role_name = B";
    let login = "login_session = arn:aws-cn:iam::333333333333:user/b";
    let role = format!("{role}{key}");
    for (lines, from) in [
        (&*role, "the role arn:aws-cn:iam::333333333333:role/B"),
        (web, "the role arn:aws-cn:iam::333333333333:role/B"),
        (sso, "the Identity Center in cn-north-1"),
        (login, "the sign-in arn:aws-cn:iam::333333333333:user/b"),
    ] {
        assert_eq!(
            error_of(&text("aws", lines), "a"),
            format!(
                "~/.aws/config:2: the role arn:aws:iam::222222222222:role/A is in the partition \
                 aws, and {from}, from which it is assumed, in aws-cn"
            )
        );
        assert_eq!(
            plan_of(&text("aws-cn", lines), "a").region.name,
            "cn-north-1"
        );
    }
    // A source alone is in the partition of its region.
    assert_eq!(
        error_of(&format!("[profile a]\n{login}\nregion = eu-west-1\n"), "a"),
        "~/.aws/config:3: the region eu-west-1 is in the partition aws, and the sign-in \
         arn:aws-cn:iam::333333333333:user/b in aws-cn"
    );
}

#[test]
fn a_partition_is_one_of_aws_s() {
    let text = |arn: &str, lines: &str| {
        role("a", &format!("source_profile = hub\n{lines}"))
            .replace("arn:aws:iam::222222222222:role/a", arn)
    };
    let role = |partition: &str| format!("arn:{partition}:iam::222222222222:role/a");
    for partition in crate::arn::PARTITIONS {
        assert!(
            plan_of(&text(&role(partition), ""), "a").warnings.len() < 2,
            "{partition}"
        );
    }
    for (arn, message) in [
        (
            role("foo"),
            "the partition 'foo' in role_arn is not one of AWS's",
        ),
        (
            role("aws-chn"),
            "the partition 'aws-chn' in role_arn is not one of AWS's",
        ),
        (
            "arn:aws:iam::222222222222:role//a".to_owned(),
            "role_arn has an empty path",
        ),
    ] {
        let wrong = text(&arn, "");
        assert!(
            error_of(&wrong, "a").ends_with(message),
            "{arn}: {}",
            error_of(&wrong, "a")
        );
        let elsewhere = text(&arn, "endpoint_url = http://localhost:1\nregion = garage");
        assert_eq!(plan_of(&elsewhere, "a").region.name, "garage");
    }
}

#[test]
fn credentials_go_in_clear_to_this_machine_only() {
    let text = |lines: &str| {
        role(
            "a",
            &format!("source_profile = hub\nregion = eu-west-1\n{lines}"),
        )
    };
    for host in ["localhost", "127.0.0.2", "[::1]", "sts.localhost"] {
        assert_eq!(
            plan_of(&text(&format!("endpoint_url = http://{host}:1")), "a").warnings,
            [""; 0]
        );
    }
    for host in [
        "sts.example.com",
        "10.0.0.1",
        "localhost.example.com",
        "user:pass@moto",
    ] {
        let error = error_of(&text(&format!("endpoint_url = http://{host}:5000")), "a");
        let host = host.rsplit('@').next().unwrap();
        let wanted = format!(
            "~/.aws/config:8: http://{host} is another machine, and credentials would go there and \
             back unencrypted"
        );
        assert_eq!(error, wanted);
    }
    let allowed = text("endpoint_url = http://moto:5000\nallow_http_endpoint = true");
    assert_eq!(plan_of(&allowed, "a").warnings, [""; 0]);
    let by_setting = settled(
        &text("endpoint_url = http://moto:5000"),
        "allow_http_endpoint = true",
        "a",
    );
    assert!(by_setting.is_ok());
    let variable = [("AWS_ENDPOINT_URL_STS", "http://moto:5000")];
    assert!(plan_in(&text(""), &named("a"), &variable).is_err());
}

#[test]
fn legacy_is_about_the_hosts_of_aws() {
    let text = role(
        "a",
        "source_profile = hub\nregion = us-west-1\nsts_regional_endpoints = legacy",
    );
    assert!(plan_of(&text, "a").endpoint.global);
    let own = [("AWS_ENDPOINT_URL_STS", "http://localhost:1")];
    assert!(!plan_in(&text, &named("a"), &own).unwrap().endpoint.global);
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn an_access_key_comes_from_one_file() {
    let env = Env::of(&[("HOME", "/home/you")]);
    let source = |config: &str, credentials: &str, settings: &str| {
        let text =
            |text: &str| Some(Zeroizing::new(text.to_owned())).filter(|text| !text.is_empty());
        let texts = Texts {
            config: text(config),
            credentials: text(credentials),
            settings: text(settings),
            keys: None,
        };
        let config = Config::new(Paths::from_env(&env), texts)?;
        let plan = draft(&config, &named("a"), &env)?.plan(&Read::default())?;
        let Source::AccessKey { keys, .. } = plan.source else {
            panic!()
        };
        let secrets = (
            keys.secret_access_key().expose().to_owned(),
            !keys.are_long_term(),
        );
        Ok::<_, crate::error::Error>((
            keys.access_key_id().to_owned(),
            secrets.0,
            secrets.1,
            keys.account_id().map(str::to_owned),
        ))
    };
    let old = "[profile a]\naws_access_key_id = AKIAOLDOLDOLDOLD\naws_secret_access_key = \
               o\naws_session_token = t\n\
               aws_account_id = 111111111111\n";
    let new = "[a]\naws_access_key_id = AKIANEWNEWNEWNEW\naws_secret_access_key = n\n";
    let key = |id: &str, secret: &str, token: bool, account: Option<&str>| {
        (
            id.to_owned(),
            secret.to_owned(),
            token,
            account.map(str::to_owned),
        )
    };
    assert_eq!(
        source(old, new, "").unwrap(),
        key("AKIANEWNEWNEWNEW", "n", false, None)
    );
    assert_eq!(
        source(old, "[a]\naws_session_token = u\n", "").unwrap(),
        key("AKIAOLDOLDOLDOLD", "o", true, Some("111111111111"))
    );
    let table =
        "[profile.a]\naws_access_key_id = \"AKIASETSETSETSET\"\naws_secret_access_key = \"s\"\n";
    assert_eq!(
        source(old, new, table).unwrap(),
        key("AKIASETSETSETSET", "s", false, None)
    );
    assert_eq!(
        source(old, "[a]\naws_access_key_id = AKIANEWNEWNEWNEW\n", "")
            .unwrap_err()
            .to_string(),
        "~/.aws/credentials:2: profile 'a' is missing aws_secret_access_key"
    );
    let account = "[profile a]\naws_account_id = 111111111111\n";
    assert_eq!(
        source(account, new, "").unwrap(),
        key("AKIANEWNEWNEWNEW", "n", false, Some("111111111111"))
    );
}

#[test]
fn what_is_not_a_whole_source_yields_to_keys() {
    let keys = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";
    for lines in [
        "credential_source = Ec2InstanceMetadata",
        "credential_source = Environment",
        "sso_session = nowhere",
        "sso_start_url = https://d.awsapps.com/start\nsso_region = eu-west-1",
    ] {
        let text = format!("[profile a]\n{lines}\n{keys}");
        assert!(
            matches!(plan_of(&text, "a").source, Source::AccessKey { .. }),
            "{lines}"
        );
        let process = format!("[profile a]\n{lines}\ncredential_process = /bin/keys\n");
        assert!(
            matches!(
                plan_of(&process, "a").source,
                Source::CredentialProcess { .. }
            ),
            "{lines}"
        );
    }
    let alone = plan_of(
        "[profile a]\ncredential_source = Ec2InstanceMetadata\n",
        "a",
    );
    assert!(matches!(alone.source, Source::Ec2InstanceMetadata(_)));
}

#[cfg(unix)]
#[test]
fn paths_begin_at_home() {
    let text = web("ca_bundle = ~/ca.pem").replace("/token", "~/token");
    let plan = plan_of(&text, "web");
    assert_eq!(
        plan.connection.ca_bundle.as_deref(),
        Some("/home/you/ca.pem")
    );
    let Source::WebIdentity(found) = plan.source else {
        panic!()
    };
    assert_eq!(found.token_file, "/home/you/token");
}
