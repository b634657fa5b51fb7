//! Random profile sets: whatever stands in them, a plan is what the profile asked for says, or
//! there is none.
//!
//! What is wanted is worked out here from the keys that were written, not from what the planner
//! makes of them.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, TestRunner};

use super::*;

/// One key of one profile, and the file that it stands in.
#[derive(Debug, Clone)]
struct Line {
    profile: &'static str,
    key: &'static str,
    value: String,
    file: u8,
}

/// What is typed, as config keys.
type Typed = Vec<(&'static str, String)>;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// The keys, how often one stands in a profile (in a hundred), and what it may be set to.
const KEYS: [(&str, u32, &[&str]); 21] = [
    (
        "role_arn",
        60,
        &[
            "arn:aws:iam::222222222222:role/One",
            "arn:aws:iam::333333333333:role/Two",
            "",
        ],
    ),
    ("source_profile", 55, &["a", "b", "c", "d", "d"]),
    (
        "credential_source",
        10,
        &["Environment", "EcsContainer", "Ec2InstanceMetadata"],
    ),
    ("web_identity_token_file", 15, &["/token"]),
    ("aws_access_key_id", 30, &["AKIAIOSFODNN7EXAMPLE"]),
    ("aws_secret_access_key", 30, &["s"]),
    ("aws_session_token", 5, &["t"]),
    ("credential_process", 10, &["/bin/keys"]),
    ("external_id", 15, &["x1", "x2", "x3", ""]),
    ("read_only", 12, &["true", "true", "false", "yes"]),
    ("session_policy", 10, &["{}", ""]),
    (
        "session_policy_arns",
        10,
        &["arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"],
    ),
    ("confirm", 12, &["true", "false", ""]),
    ("source_identity", 10, &["me", "you"]),
    ("session_tags", 10, &["Team=x", "Team=y"]),
    ("transitive_session_tags", 5, &["Team"]),
    ("mfa_serial", 15, &[DEVICE]),
    ("duration_seconds", 12, &["900", "1800", "7200"]),
    ("role_session_name", 10, &["me"]),
    ("include_profile", 5, &["b", "c", "d"]),
    ("region", 30, &["eu-west-1"]),
];

/// What can be typed, as the config keys that it stands for.
const OPTIONS: [(&str, &str); 9] = [
    ("role_arn", "arn:aws:iam::444444444444:role/Typed"),
    ("source_profile", "d"),
    ("external_id", "typed"),
    ("read_only", "true"),
    ("session_policy_arns", "arn:aws:iam::aws:policy/Typed"),
    ("source_identity", "typed"),
    ("session_tags", "Cost=1"),
    ("duration_seconds", "1200"),
    ("role_session_name", "typed"),
];

fn line(
    profile: &'static str,
    (key, odds, values): (&'static str, u32, &'static [&'static str]),
) -> impl Strategy<Value = Option<Line>> {
    let value = proptest::sample::select(values).prop_map(str::to_owned);
    proptest::option::weighted(f64::from(odds) / 100.0, (value, 0..3u8)).prop_map(move |found| {
        found.map(|(value, file)| Line {
            profile,
            key,
            value,
            file,
        })
    })
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let all: Vec<_> = NAMES
        .iter()
        .flat_map(|name| KEYS.map(|key| line(name, key)))
        .collect();
    all.prop_map(|lines| lines.into_iter().flatten().collect())
}

fn typed() -> impl Strategy<Value = Typed> {
    let all: Vec<_> = OPTIONS
        .iter()
        .map(|option| proptest::option::weighted(0.06, Just(*option)))
        .collect();
    all.prop_map(|options| {
        options
            .into_iter()
            .flatten()
            .map(|(key, value)| (key, value.to_owned()))
            .collect()
    })
}

fn texts(lines: &[Line]) -> Texts {
    let file = |number: u8, header: fn(&str) -> String, quote: &str| {
        let of = |name: &str| {
            let own = lines
                .iter()
                .filter(|line| line.profile == name && line.file == number);
            let text: Vec<String> = own
                .map(|line| format!("{} = {quote}{}{quote}\n", line.key, line.value))
                .collect();
            format!("[{}]\n{}", header(name), text.concat())
        };
        Some(Zeroizing::new(NAMES.map(of).concat()))
    };
    Texts {
        config: file(0, |name| format!("profile {name}"), ""),
        credentials: file(1, str::to_owned, ""),
        settings: file(2, |name| format!("profile.{name}"), "\""),
        keys: None,
    }
}

fn request(typed: &Typed) -> Request {
    let of = |wanted: &str| {
        typed
            .iter()
            .find(|(key, _)| *key == wanted)
            .map(|(_, value)| value.clone())
    };
    Request {
        profile: Some("a".to_owned()),
        source_profile: of("source_profile"),
        role: RoleOptions {
            role_arn: of("role_arn"),
            external_id: of("external_id"),
            session: SessionOptions {
                source_identity: of("source_identity"),
                role_session_name: of("role_session_name"),
                duration_seconds: of("duration_seconds").and_then(|text| text.parse().ok()),
                tags: of("session_tags")
                    .iter()
                    .filter_map(|pair| pair.split_once('='))
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .collect(),
                policy_arns: of("session_policy_arns").into_iter().collect(),
                read_only: of("read_only").is_some(),
                ..SessionOptions::default()
            },
            ..RoleOptions::default()
        },
        ..Request::default()
    }
}

/// What is said of the profile: typed, or its own, or of what it includes.
fn said<'l>(lines: &'l [Line], typed: &'l Typed, key: &str) -> Option<&'l str> {
    let by_option = typed
        .iter()
        .find(|(option, _)| *option == key)
        .map(|(_, value)| value.as_str());
    let of = |name: &str, key: &str| {
        lines
            .iter()
            .find(|line| line.profile == name && line.key == key)
            .map(|line| line.value.as_str())
    };
    let mut name = "a".to_owned();
    for _ in 0..NAMES.len() {
        if by_option.is_some() || of(&name, key).is_some() {
            return by_option.or_else(|| of(&name, key));
        }
        name = of(&name, "include_profile")?.to_owned();
    }
    None
}

/// The parameters of the request that the credentials come from, by the config's keys.
fn sent(plan: &Plan) -> Option<Vec<(&'static str, String)>> {
    let mut all = Vec::new();
    let mut policies = |policy: &Option<String>, arns: &[String]| {
        all.extend(policy.iter().map(|text| ("session_policy", text.clone())));
        all.extend(arns.iter().map(|arn| ("session_policy_arns", arn.clone())));
    };
    match (plan.steps.last().map(|step| &step.action), &plan.source) {
        (Some(Action::AssumeRole(role)), _) => {
            policies(&role.policy, &role.policy_arns);
            all.push(("role_arn", role.role_arn.clone()));
            all.push(("role_session_name", role.role_session_name.clone()));
            all.push(("duration_seconds", role.duration_seconds.to_string()));
            all.extend(
                role.external_id
                    .iter()
                    .map(|text| ("external_id", text.clone())),
            );
            all.extend(
                role.tags
                    .iter()
                    .map(|(key, value)| ("session_tags", format!("{key}={value}"))),
            );
            all.extend(
                role.source_identity
                    .iter()
                    .map(|text| ("source_identity", text.clone())),
            );
            Some(all)
        }
        (_, Source::WebIdentity(web)) => {
            policies(&web.policy, &web.policy_arns);
            all.push(("role_arn", web.role_arn.clone()));
            all.push(("role_session_name", web.role_session_name.clone()));
            all.extend(
                web.duration_seconds
                    .map(|seconds| ("duration_seconds", seconds.to_string())),
            );
            Some(all)
        }
        (
            Some(Action::GetSessionToken {
                duration_seconds, ..
            }),
            _,
        ) => Some(vec![("duration_seconds", duration_seconds.to_string())]),
        _ => None,
    }
}

/// What the rest of the chain may have settled already: passed on by an earlier session.
fn is_settled(plan: &Plan, key: &str, value: &str) -> bool {
    plan.steps.iter().any(|step| match &step.action {
        Action::AssumeRole(role) if key == "source_identity" => {
            role.source_identity.as_deref() == Some(value)
        }
        Action::AssumeRole(role) if key == "session_tags" => {
            let tag = value.split('=').next().unwrap_or_default();
            role.transitive_tag_keys.iter().any(|own| own == tag)
        }
        _ => false,
    })
}

/// Why the plan is not what was asked for.
fn wrong(lines: &[Line], typed: &Typed, plan: &Plan) -> Option<String> {
    let said = |key: &str| said(lines, typed, key);
    let sent = sent(plan).unwrap_or_default();
    let is_sent =
        |key: &str, value: &str| sent.iter().any(|(own, text)| *own == key && text == value);
    for key in [
        "role_arn",
        "external_id",
        "role_session_name",
        "session_policy",
        "session_policy_arns",
        "source_identity",
        "session_tags",
    ] {
        let Some(value) = said(key) else { continue };
        // The name of a session is nothing without a session.
        let is_typed = typed.iter().any(|(option, _)| *option == key);
        let is_moot = key == "role_session_name" && said("role_arn").is_none() && !is_typed;
        if !is_moot && !is_sent(key, value) && !is_settled(plan, key, value) {
            return Some(format!("{key} = {value} is not in {sent:?}"));
        }
    }
    if said("read_only") == Some("true") && !is_sent("session_policy_arns", READ_ONLY) {
        return Some(format!("read_only is not in {sent:?}"));
    }
    if let Some(duration) = said("duration_seconds")
        && !is_sent("duration_seconds", duration)
        && !plan
            .warnings
            .iter()
            .any(|warning| warning.contains("is cut to 3600"))
    {
        return Some(format!("duration_seconds = {duration} is not in {sent:?}"));
    }
    if said("confirm") == Some("true") && plan.confirm.is_none() {
        return Some("confirm is lost".to_owned());
    }
    let wants = |profile: &str| {
        lines
            .iter()
            .any(|line| line.key == "confirm" && line.value == "true" && line.profile == profile)
    };
    if plan
        .confirm
        .as_ref()
        .is_some_and(|confirm| !NAMES.iter().any(|name| wants(name)) || confirm.place.is_empty())
    {
        return Some("confirm is nobody's".to_owned());
    }
    let signs = plan.has_long_term_keys() && said("mfa_serial").is_some();
    let carries = plan.steps.iter().any(|step| step.serial_number().is_some());
    (signs && !carries).then(|| "the device is lost".to_owned())
}

#[test]
fn a_plan_is_what_was_asked_for_or_there_is_none() {
    let env = Env::of(&[
        ("HOME", "/home/you"),
        ("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT12345"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
    ]);
    let (planned, roles) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(Runs {
        cases: 4000,
        failure_persistence: None,
        ..Runs::default()
    });
    let result = runner.run(&(lines(), typed()), |(lines, typed)| {
        let config = Config::new(Paths::from_env(&env), texts(&lines));
        let request = request(&typed);
        let plan = config.and_then(|config| draft(&config, &request, &env)?.plan(&Read::default()));
        let Ok(plan) = plan else { return Ok(()) };
        planned.set(planned.get() + 1);
        roles.set(roles.get() + u32::from(said(&lines, &typed, "role_arn").is_some()));
        let blank = lines
            .iter()
            .any(|line| line.profile == "a" && line.value.is_empty());
        prop_assert!(!blank, "an empty value passes");
        if let Some(why) = wrong(&lines, &typed, &plan) {
            prop_assert!(false, "{why}: {typed:?}\n{plan:?}");
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(
        planned.get() > 200 && roles.get() > 100,
        "{} {}",
        planned.get(),
        roles.get()
    );
}
