//! Plans from texts: which steps, where the code goes, what is cut, what is refused, what makes
//! another key.

mod property;
mod refusals;
mod session;

use zeroize::Zeroizing;

use super::*;
use crate::config::{Paths, Texts};
use crate::role_options::SessionOptions;

const HUB: &str =
    "[profile hub]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";
const ROLE: &str = "arn:aws:iam::222222222222:role/a";
const DEVICE: &str = "arn:aws:iam::111111111111:mfa/you";

fn config(text: &str) -> Config {
    let env = Env::of(&[("HOME", "/home/you")]);
    let text = Some(Zeroizing::new(text.to_owned()));
    Config::new(
        Paths::from_env(&env),
        Texts {
            config: text,
            ..Texts::default()
        },
    )
    .unwrap()
}

fn named(profile: &str) -> Request {
    Request {
        profile: Some(profile.to_owned()),
        ..Request::default()
    }
}

fn plan_in(text: &str, request: &Request, vars: &[(&str, &str)]) -> Result<Plan> {
    draft(&config(text), request, &Env::of(vars))?.plan(&Read::default())
}

fn plan_of(text: &str, profile: &str) -> Plan {
    plan_in(text, &named(profile), &[]).unwrap()
}

fn error_of(text: &str, profile: &str) -> String {
    let error = plan_in(text, &named(profile), &[]).unwrap_err();
    assert_eq!(error.kind, crate::error::Kind::Config);
    error.to_string()
}

/// With a settings file.
fn settled(text: &str, settings: &str, profile: &str) -> Result<Plan> {
    let env = Env::of(&[
        ("HOME", "/home/you"),
        ("USER", "alice"),
        ("COMPUTERNAME", "desk"),
    ]);
    let texts = Texts {
        config: Some(Zeroizing::new(text.to_owned())),
        settings: Some(Zeroizing::new(settings.to_owned())),
        ..Texts::default()
    };
    let config = Config::new(Paths::from_env(&env), texts)?;
    draft(&config, &named(profile), &env)?.plan(&Read::default())
}

/// `GetSessionToken(mfa) AssumeRole(Admin)` …
fn shape(plan: &Plan) -> String {
    let steps = plan.steps.iter().map(|step| {
        let role = step
            .role_arn()
            .and_then(|arn| Arn::parse(arn)?.role_name())
            .unwrap_or_default();
        let mfa = step.serial_number().map_or("", |_| "+mfa");
        format!(
            "{}({role}{mfa}) {}",
            step.action_name(),
            step.duration_seconds().unwrap_or_default()
        )
    });
    steps.collect::<Vec<_>>().join(", ")
}

fn role(name: &str, more: &str) -> String {
    format!("{HUB}[profile {name}]\nrole_arn = arn:aws:iam::222222222222:role/{name}\n{more}\n")
}

#[test]
fn a_role_without_mfa_is_one_call() {
    let plan = plan_of(&role("a", "source_profile = hub"), "a");
    assert_eq!(shape(&plan), "AssumeRole(a) 3600");
    assert_eq!(plan.mfa, None);
    assert_eq!(plan.account_id(), Some("222222222222"));
}

#[test]
fn one_session_serves_the_roles_of_a_key() {
    let text = role("a", &format!("source_profile = hub\nmfa_serial = {DEVICE}"))
        + &format!(
            "[profile b]\nrole_arn = arn:aws:iam::333333333333:role/b\nsource_profile = \
             hub\nmfa_serial = {DEVICE}\nregion = eu-west-1"
        );
    let (a, b) = (plan_of(&text, "a"), plan_of(&text, "b"));
    assert_eq!(shape(&a), "GetSessionToken(+mfa) 43200, AssumeRole(a) 3600");
    assert_eq!(
        a.steps[0].key, b.steps[0].key,
        "the region does not part them"
    );
    assert_ne!(a.steps[1].key, b.steps[1].key);
}

#[test]
fn the_device_may_stand_with_the_keys() {
    let text = format!(
        "{HUB}mfa_serial = {DEVICE}\n[profile a]\nrole_arn = \
         arn:aws:iam::222222222222:role/a\nsource_profile = hub\n"
    );
    assert_eq!(
        shape(&plan_of(&text, "a")),
        "GetSessionToken(+mfa) 43200, AssumeRole(a) 3600"
    );
    assert_eq!(shape(&plan_of(&text, "hub")), "GetSessionToken(+mfa) 43200");
}

#[test]
fn a_longer_role_takes_the_code_itself() {
    let plan = plan_of(
        &role(
            "a",
            &format!("source_profile = hub\nmfa_serial = {DEVICE}\nduration_seconds = 4h"),
        ),
        "a",
    );
    assert_eq!(shape(&plan), "AssumeRole(a+mfa) 14400");
}

#[test]
fn in_a_chain_the_code_goes_first_and_an_hour_is_the_end() {
    let text = role("a", "source_profile = hub")
        + &format!(
            "[profile b]\nrole_arn = arn:aws:iam::333333333333:role/b\nsource_profile = \
             a\nmfa_serial = {DEVICE}\nduration_seconds = 43200"
        );
    let plan = plan_of(&text, "b");
    assert_eq!(
        shape(&plan),
        "GetSessionToken(+mfa) 43200, AssumeRole(a) 3600, AssumeRole(b) 3600"
    );
    assert_eq!(
        plan.warnings[1],
        "profile 'b': duration_seconds = 43200 is cut to 3600: AWS gives a role that is assumed \
         from another session one hour at most"
    );
}

#[test]
fn session_keys_take_no_code() {
    let text = role(
        "a",
        &format!("source_profile = hub\nmfa_serial = {DEVICE}\nduration_seconds = 2h"),
    )
    .replace(
        "aws_secret_access_key = s\n",
        "aws_secret_access_key = s\naws_session_token = t\n",
    );
    let plan = plan_of(&text, "a");
    assert_eq!(shape(&plan), "AssumeRole(a) 3600");
    assert_eq!(plan.mfa, None);
    assert_eq!(
        plan.warnings.len(),
        2 + 1,
        "cut, device, region: {:?}",
        plan.warnings
    );
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn what_sts_would_refuse_is_refused_with_its_line() {
    for (line, message) in [
        (
            "external_id = a b",
            "~/.aws/config:7: external_id contains ' '; AWS takes letters, digits and _+=,.@:/-",
        ),
        (
            "external_id = x",
            "~/.aws/config:7: external_id has 1 character; AWS takes 2 to 1224",
        ),
        (
            "duration_seconds = 60",
            "~/.aws/config:7: duration_seconds is 60 seconds; AWS takes 900 (15m) to 43200 (12h)",
        ),
        (
            "duration_seconds = soon",
            "~/.aws/config:7: duration_seconds: 'soon' is not a duration: write it like 15m, 1h, \
             1h30m, or in seconds",
        ),
        (
            "role_session_name = x",
            "~/.aws/config:7: role_session_name has 1 character; AWS takes 2 to 64",
        ),
        (
            "mfa_serial = me",
            "~/.aws/config:7: mfa_serial has 2 characters; AWS takes 9 to 256",
        ),
        (
            "source_identity = aws:me",
            "~/.aws/config:7: source_identity starts with 'aws:', which AWS keeps for itself",
        ),
        (
            "session_tags = Team",
            "~/.aws/config:7: session_tags: 'Team' is not KEY=VALUE",
        ),
        (
            "session_tags = Größe = 7 µm, Cost#=1",
            "~/.aws/config:7: session_tags has the key 'Cost#', which contains '#'; AWS takes \
             letters, digits and _.:/=+-@ and blanks",
        ),
        (
            "session_tags = Team=a&b",
            "~/.aws/config:7: session_tags has a value for 'Team' that contains '&'; AWS takes \
             letters, digits and _.:/=+-@ and blanks",
        ),
        (
            "session_tags = Aws:x=1",
            "~/.aws/config:7: session_tags has the key 'Aws:x'; AWS keeps 'aws:' for itself",
        ),
        (
            "session_policy = {",
            "~/.aws/config:7: session_policy is not a JSON object: EOF while parsing an object at \
             line 1 column 1",
        ),
    ] {
        assert_eq!(
            error_of(&role("a", &format!("source_profile = hub\n{line}")), "a"),
            message,
            "{line}"
        );
    }
    let wrong = "[profile a]\nrole_arn = arn:aws:iam::222222222222:user/a\nsource_profile = hub\n"
        .to_owned()
        + HUB;
    assert_eq!(
        error_of(&wrong, "a"),
        "~/.aws/config:2: role_arn is not the ARN of a role (arn:aws:iam::123456789012:role/Name)"
    );
}

#[test]
fn circles_are_printed() {
    let text = "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/a\nsource_profile = b\n\
                [profile b]\nrole_arn = arn:aws:iam::222222222222:role/b\nsource_profile = c\n\
                [profile c]\nrole_arn = arn:aws:iam::222222222222:role/c\nsource_profile = b\n";
    assert_eq!(
        error_of(text, "a"),
        "~/.aws/config:9: source_profile forms a cycle: b → c → b"
    );
}

#[test]
fn a_profile_that_asks_xacct_for_itself_is_refused() {
    for command in [
        "xacct credential-process a",
        "\"/usr/local/bin/xacct\" -q credential_process \"a\" --no-input",
    ] {
        let text = format!("[profile a]\ncredential_process = {command}\n");
        assert_eq!(
            error_of(&text, "a"),
            "~/.aws/config:2: profile 'a' gets its credentials from `xacct credential-process a`: \
             itself"
        );
    }
    let other = plan_of(
        "[profile a]\ncredential_process = xacct credential-process b\n",
        "a",
    );
    assert!(matches!(other.source, Source::CredentialProcess { .. }));
}

#[test]
fn keys_in_the_credentials_file_beat_a_process() {
    let env = Env::of(&[("HOME", "/home/you")]);
    let texts = |config: &str, credentials: &str| Texts {
        config: Some(Zeroizing::new(config.to_owned())),
        credentials: Some(Zeroizing::new(credentials.to_owned())),
        ..Texts::default()
    };
    let keys = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";
    let source = |config: &str, credentials: &str| {
        let config = Config::new(Paths::from_env(&env), texts(config, credentials)).unwrap();
        draft(&config, &named("a"), &env)
            .unwrap()
            .plan(&Read::default())
            .unwrap()
            .source
    };
    let process = "[profile a]\ncredential_process = /bin/keys\n";
    assert!(matches!(
        source(process, &format!("[a]\n{keys}")),
        Source::AccessKey { .. }
    ));
    assert!(matches!(
        source(&format!("{process}{keys}"), ""),
        Source::CredentialProcess { .. }
    ));
}

/// With this profile's key in a keyring.
fn with_stored(text: &str, credentials: &str, profile: &str, digest: &str) -> Result<Plan> {
    let env = Env::of(&[("HOME", "/home/you")]);
    let index = format!(
        "{{\"version\": 1, \"keys\": [{{\"profile\": \"a\", \"access_key_id\": \
         \"AKIAIOSFODNN7EXAMPLE\", \"store\": \"pass\", \"added\": \
         \"2026-01-01T00:00:00Z\", \"digest\": \"{digest}\"}}]}}"
    );
    let texts = Texts {
        config: Some(Zeroizing::new(text.to_owned())),
        credentials: Some(Zeroizing::new(credentials.to_owned())),
        keys: Some(Zeroizing::new(index)),
        ..Texts::default()
    };
    let config = Config::new(Paths::from_env(&env), texts)?;
    draft(&config, &named(profile), &env)?.plan(&Read::default())
}

#[test]
fn a_key_in_a_keyring_counts_as_one_in_the_credentials_file() {
    let is_stored = |plan: Result<Plan>| matches!(plan.unwrap().source, Source::StoredKey(_));
    assert!(
        is_stored(with_stored("", "", "a", "x")),
        "a profile of its own"
    );
    let process = "[profile a]\ncredential_process = /bin/keys\n";
    assert!(is_stored(with_stored(process, "", "a", "x")));
    let sso = "[profile a]\nsso_start_url = https://x\nsso_region = eu-west-1\nsso_account_id = \
               222222222222\nsso_role_name = r\n";
    assert!(!is_stored(with_stored(sso, "", "a", "x")));
    // As the source of a role it comes before all else, also of its own.
    let role = format!("[profile r]\nrole_arn = {ROLE}\nsource_profile = a\n{sso}");
    assert!(is_stored(with_stored(&role, "", "r", "x")));
    let own = format!("[profile a]\nrole_arn = {ROLE}\nsource_profile = a\n");
    assert!(is_stored(with_stored(&own, "", "a", "x")));
    let included = "[profile b]\ninclude_profile = a\nregion = eu-west-1\n";
    assert_eq!(
        with_stored(included, "", "b", "x").unwrap_err().id,
        Some("credentials-none")
    );
}

#[test]
fn a_key_keeps_its_sessions_when_it_moves_to_a_keyring() {
    let device = format!("[profile a]\nmfa_serial = {DEVICE}\n");
    let keys = "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";
    let file = plan_of(&format!("{device}{}", keys.replace("[a]\n", "")), "a");
    let Source::AccessKey { keys: own, .. } = &file.source else {
        panic!("{:?}", file.source)
    };
    let digest = digest_of(own);
    let stored = with_stored(&device, "", "a", &digest).unwrap();
    assert_eq!(stored.steps[0].key, file.steps[0].key);
    assert_eq!(shape(&stored), "GetSessionToken(+mfa) 43200");
    let another = with_stored(&device, "", "a", "x").unwrap();
    assert_ne!(another.steps[0].key, file.steps[0].key);
    // On its way, it is in both places; another one would be refused.
    let both = with_stored(&device, keys, "a", &digest).unwrap();
    assert_eq!(both.steps[0].key, file.steps[0].key);
    let refused = with_stored(&device, keys, "a", "x").unwrap_err();
    assert_eq!(refused.id, Some("key-in-two-places"));
    assert_eq!(
        refused.to_string(),
        "~/.aws/credentials:2: profile 'a' has two access keys: AKIAIOSFODNN7EXAMPLE in this \
         file, and AKIAIOSFODNN7EXAMPLE in pass"
    );
}

#[test]
fn the_region_comes_from_where_the_sdks_look() {
    let text = role("a", "source_profile = hub").replace(
        "aws_access_key_id",
        "region = eu-north-1\naws_access_key_id",
    );
    let region =
        |text: &str, vars: &[(&str, &str)]| plan_in(text, &named("a"), vars).unwrap().region;
    assert_eq!(region(&text, &[]).name, "eu-north-1", "the source's");
    let own = text.clone() + "region = eu-west-3\n";
    assert_eq!(region(&own, &[]).name, "eu-west-3");
    assert_eq!(
        region(&own, &[("AWS_DEFAULT_REGION", "us-west-1")]).name,
        "us-west-1"
    );
    assert_eq!(
        region(
            &own,
            &[
                ("AWS_DEFAULT_REGION", "us-west-1"),
                ("AWS_REGION", "us-west-2")
            ]
        )
        .name,
        "us-west-2"
    );
    let nowhere = role("a", "source_profile = hub");
    assert_eq!(
        region(&nowhere, &[]),
        Region {
            name: "us-east-1".to_owned(),
            origin: RegionOrigin::Fallback
        }
    );
}

#[test]
fn every_parameter_makes_another_key() {
    let base = role("a", "source_profile = hub\n");
    let last = |text: &str| plan_of(text, "a").steps.last().unwrap().key;
    let key = last(&base);
    for line in [
        "external_id = x1",
        "duration_seconds = 1800",
        "role_session_name = me",
        "source_identity = me",
        "session_tags = Team=x",
        "session_policy = {}",
        "session_policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess",
        "endpoint_url = http://localhost:1",
        "mfa_serial = GAHT12345678",
    ] {
        assert_ne!(key, last(&format!("{base}{line}\n")), "{line}");
    }
    assert_ne!(
        key,
        last(&base.replace("EXAMPLE", "EXAMPL2")),
        "who signs it"
    );
    assert_ne!(key, last(&base.replace("role/a", "role/b")));
    let china = base.replace("arn:aws:iam", "arn:aws-cn:iam");
    assert_ne!(
        last(&china),
        last(&format!(
            "{china}endpoint_url = https://sts.cn-north-1.amazonaws.com.cn\n"
        ))
    );
    assert_ne!(key, last(&china), "another partition");
    for line in [
        "region = eu-west-1",
        "output = json",
        "use_fips_endpoint = true",
    ] {
        assert_eq!(key, last(&format!("{base}{line}\n")), "{line}");
    }
    let renamed = base.replace("[profile a]", "[profile z]");
    assert_eq!(
        key,
        plan_of(&renamed, "z").steps.last().unwrap().key,
        "the name is not in it"
    );
}

#[test]
fn fields_do_not_run_into_each_other() {
    let keys = |tags: &[(&str, &str)]| {
        let tags = tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let role = AssumeRole {
            role_arn: "r".to_owned(),
            tags,
            ..AssumeRole::default()
        };
        key::keys(
            "aws",
            key::of_source(&["key".to_owned()]),
            &[(String::new(), Action::AssumeRole(role))],
        )
    };
    assert_ne!(keys(&[("a", "b=c")]), keys(&[("a=b", "c")]));
    assert_ne!(
        keys(&[("a", "b"), ("c", "d")]),
        keys(&[("a", "bTag=1=c=d")])
    );
}

#[test]
fn a_bare_role_is_assumed_from_the_source_profile() {
    let request = Request {
        source_profile: Some("hub".to_owned()),
        role: RoleOptions {
            role_arn: Some("arn:aws:iam::222222222222:role/team/a".to_owned()),
            external_id: Some("x1".to_owned()),
            ..RoleOptions::default()
        },
        ..Request::default()
    };
    let plan = plan_in(HUB, &request, &[]).unwrap();
    assert_eq!(
        (shape(&plan).as_str(), plan.profile.as_str()),
        (
            "AssumeRole(a) 3600",
            "arn:aws:iam::222222222222:role/team/a"
        )
    );
    let error = plan_in(
        HUB,
        &Request {
            source_profile: None,
            ..request
        },
        &[],
    )
    .unwrap_err();
    assert_eq!(error.kind, crate::error::Kind::Usage);
}

#[test]
fn endpoints_are_found_in_their_order() {
    let text = role(
        "a",
        "source_profile = hub\nservices = local\nendpoint_url = http://localhost:4\n",
    ) + "[services local]\nsts =\n  endpoint_url = http://localhost:3\n";
    let url = |vars: &[(&str, &str)]| {
        plan_in(&text, &named("a"), vars)
            .unwrap()
            .endpoint
            .url
            .map(|(url, _)| url)
    };
    let (specific, general) = (
        ("AWS_ENDPOINT_URL_STS", "http://localhost:1"),
        ("AWS_ENDPOINT_URL", "http://localhost:2"),
    );
    assert_eq!(
        url(&[specific, general]).as_deref(),
        Some("http://localhost:1")
    );
    assert_eq!(url(&[general]).as_deref(), Some("http://localhost:2"));
    assert_eq!(url(&[]).as_deref(), Some("http://localhost:3"));
    assert_eq!(
        url(&[general, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")]),
        None
    );
    let without = text.replace("sts =", "s3 =");
    assert_eq!(
        plan_of(&without, "a").endpoint.url.unwrap(),
        (
            "http://localhost:4".to_owned(),
            Place::Line {
                file: "~/.aws/config".to_owned(),
                line: 8
            }
        )
    );
    assert_eq!(
        error_of(&text.replace("[services local]", "[services other]"), "a"),
        "~/.aws/config:7: no section [services local]"
    );
    for (section, hint) in [
        ("locals", "did you mean services = locals?"),
        (
            "other",
            "add `[services local]` to the config file, or delete `services = local`",
        ),
    ] {
        let text = text.replace("[services local]", &format!("[services {section}]"));
        assert_eq!(
            plan_in(&text, &named("a"), &[]).unwrap_err().hint_texts(),
            [hint]
        );
    }
    assert_eq!(
        error_of(&text.replace("http://localhost:3", "localhost"), "a"),
        "~/.aws/config:11: 'localhost' is not an endpoint URL"
    );
}

#[test]
fn odd_account_ids_go_to_other_services_only() {
    let text =
        role("a", "source_profile = hub\nregion = eu-west-1").replace("222222222222", "12345");
    assert_eq!(
        error_of(&text, "a"),
        "~/.aws/config:5: the account id '12345' in role_arn is not twelve digits"
    );
    assert_eq!(
        plan_of(&format!("{text}endpoint_url = http://localhost:1\n"), "a").warnings,
        ["profile 'a': the account id '12345' in role_arn is not twelve digits"]
    );
}

#[test]
fn read_only_narrows_the_session_in_its_own_partition() {
    let text = role("a", "source_profile = hub\nread_only = true")
        .replace("arn:aws:iam::2", "arn:aws-cn:iam::2");
    let Action::AssumeRole(role) = plan_of(&text, "a").steps.remove(0).action else {
        panic!()
    };
    assert_eq!(
        role.policy_arns,
        ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess"]
    );
}

#[test]
fn debug_shows_no_secret() {
    let text = HUB.replace(
        "aws_secret_access_key = s",
        "aws_secret_access_key = wJalrXUtnFEMI",
    );
    let shown = format!("{:?}", plan_of(&text, "hub"));
    assert!(!shown.contains("wJalr"), "{shown}");
}

#[test]
fn a_session_that_is_nearly_called_so_is_named() {
    let profile =
        "[profile a]\nsso_session = mysession\nsso_account_id = 222222222222\nsso_role_name = R\n";
    let of = |name: &str| {
        let text = format!(
            "{profile}[sso-session {name}]\nsso_region = eu-west-1\nsso_start_url = \
             https://a.awsapps.com/start\n"
        );
        plan_in(&text, &named("a"), &[]).unwrap_err().hint_texts()
    };
    assert_eq!(of("my-session"), ["did you mean sso_session = my-session?"]);
    assert_eq!(of("MySession"), ["did you mean sso_session = MySession?"]);
    assert_eq!(
        of("corp"),
        ["add a section [sso-session mysession] with sso_region and sso_start_url"]
    );
}
