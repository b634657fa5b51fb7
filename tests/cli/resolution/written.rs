//! Made-up profile files: roles in chains, keys in both files, sources half set, empty values,
//! other partitions, regions and endpoints, odd spacing, sections that stand twice.

use proptest::prelude::*;

use super::Outcome;

/// The two files, and the profile that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) config: String,
    pub(crate) credentials: String,
    pub(crate) selected: String,
}

impl Written {
    pub(crate) fn has_two_defaults(&self) -> bool {
        self.config.contains("[default]") && self.config.contains("[profile default]")
    }

    /// Whether xacct took the first region of a partition, for want of any that is set.
    pub(crate) fn is_first_region(xacct: &Outcome) -> bool {
        let first = ["us-east-1", "us-gov-west-1", "cn-north-1"];
        let region = xacct
            .as_ref()
            .ok()
            .and_then(|resolved| resolved.region.as_deref());
        region.is_some_and(|region| first.contains(&region))
    }
}

type Keys = Vec<(String, String)>;

const NAMES: [&str; 5] = ["a", "b", "c", "A", "default"];
const REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "ap-south-1"];
pub(crate) const SESSION: &str = "[sso-session corp]\nsso_start_url = \
                                  https://corp.test/start\nsso_region = eu-west-1\n\
     [services local]\nsts =\n  endpoint_url = https://sts.test\n";

/// How a line is written; the value is the same to every reader.
const SPACING: [(&str, &str); 5] = [
    (" = ", ""),
    (" = ", ""),
    ("=", ""),
    ("  =   ", "  "),
    (" =\t", "\n\n# comment"),
];

fn text(sections: &[(String, Keys)], spacing: &[usize]) -> String {
    let mut lines = Vec::new();
    let mut spacing = spacing.iter().cycle();
    for (header, keys) in sections {
        lines.push(format!("[{header}]\n"));
        for (key, value) in keys {
            let (equals, end) = SPACING[*spacing.next().unwrap()];
            lines.push(format!("{key}{equals}{value}{end}\n"));
        }
    }
    lines.concat()
}

fn maybe<T: Clone + std::fmt::Debug>(
    odds: f64,
    of: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(odds, of)
}

fn one_of<T: Clone + std::fmt::Debug + 'static>(items: &[T]) -> impl Strategy<Value = T> + use<T> {
    proptest::sample::select(items.to_vec())
}

/// The name after this one, so that chains come about.
fn next(name: &str) -> &'static str {
    NAMES[(NAMES.iter().position(|other| *other == name).unwrap() + 1) % NAMES.len()]
}

/// What a section is meant to be, most often.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Meant {
    Role,
    Keys,
    Source,
    Anything,
}

/// What a role is, beside its ARN.
fn role_keys(name: &'static str) -> BoxedStrategy<Vec<(&'static str, Option<String>)>> {
    let partition = prop_oneof![12 => Just("aws"), 1 => Just("aws-cn"), 1 => Just("aws-us-gov")];
    let source = prop_oneof![6 => Just(next(name)), 1 => one_of(&[&NAMES[..], &["missing", name][..]].concat())];
    let empty =
        |odds, items: &[&'static str]| maybe(odds, prop_oneof![12 => one_of(items), 1 => Just("")]);
    let named = [
        "Environment",
        "EcsContainer",
        "Ec2InstanceMetadata",
        "environment",
        "nonsense",
    ];
    (
        (partition, one_of(&["One", "Two", "Three"])),
        source,
        maybe(0.08, one_of(&named)),
        empty(0.3, &["external-1", "external-2"]),
        empty(0.3, &["session-1", "session-2"]),
        maybe(0.2, one_of(&["900", "3600", "7200"])),
    )
        .prop_map(
            |((partition, role), source, named, external_id, session, duration)| {
                vec![
                    (
                        "role_arn",
                        Some(format!("arn:{partition}:iam::222222222222:role/{role}")),
                    ),
                    ("source_profile", Some(source.to_owned())),
                    ("credential_source", named.map(str::to_owned)),
                    ("external_id", external_id.map(str::to_owned)),
                    ("role_session_name", session.map(str::to_owned)),
                    ("duration_seconds", duration.map(str::to_owned)),
                ]
            },
        )
        .boxed()
}

/// Credentials of a profile's own, of every kind.
fn source_keys(
    name: &'static str,
    file: &'static str,
) -> BoxedStrategy<Vec<(&'static str, String)>> {
    (0..1000u32, 0..7u8)
        .prop_map(move |(number, kind)| {
            let process = format!(
                r#"echo '{{"Version":1,"AccessKeyId":"PROCESS-{name}","SecretAccessKey":"s"}}'"#
            );
            let token_file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
            let sso = [
                ("sso_account_id", "111111111111"),
                ("sso_role_name", "Reader"),
            ];
            let keys: Vec<(&str, &str)> = match kind {
                0 => vec![("credential_process", &process)],
                1 => vec![
                    ("web_identity_token_file", token_file),
                    ("role_arn", "arn:aws:iam::222222222222:role/Token"),
                ],
                2 => [&[("sso_session", "corp")], &sso[..]].concat(),
                3 => {
                    let legacy = [
                        ("sso_start_url", "https://corp.test/start"),
                        ("sso_region", "eu-west-1"),
                    ];
                    [&legacy[..], &sso].concat()
                }
                4 => vec![("login_session", "arn:aws:iam::111111111111:user/x")],
                // Not complete: no source by itself.
                5 => vec![("sso_session", "corp")],
                _ => vec![],
            };
            let id = format!("AKIA{file}{name}{number:0>8}")
                .to_uppercase()
                .replace([' ', '-'], "0");
            let own = [
                ("aws_access_key_id", id.as_str()),
                ("aws_secret_access_key", "secret"),
            ];
            let all = keys.into_iter().chain(own);
            all.map(|(key, value)| (key, value.to_owned())).collect()
        })
        .boxed()
}

/// Where requests go.
fn place_keys() -> BoxedStrategy<Vec<(&'static str, Option<String>)>> {
    (
        maybe(0.7, one_of(&REGIONS)),
        maybe(0.06, Just("https://all.test")),
        maybe(0.06, one_of(&["local", "missing"])),
        maybe(0.08, one_of(&["true", "false"])),
        maybe(0.08, one_of(&["true", "TRUE"])),
        maybe(0.04, Just("true")),
    )
        .prop_map(|(region, url, services, fips, dual_stack, ignored)| {
            let keys = [
                ("region", region),
                ("endpoint_url", url),
                ("services", services),
                ("use_fips_endpoint", fips),
                ("use_dualstack_endpoint", dual_stack),
                ("ignore_configured_endpoint_urls", ignored),
            ];
            keys.into_iter()
                .map(|(key, value)| (key, value.map(str::to_owned)))
                .collect()
        })
        .boxed()
}

/// One section's keys, in any case and with pieces missing.
fn keys(name: &'static str, file: &'static str) -> BoxedStrategy<Keys> {
    let meant = prop_oneof![
        10 => Just(Meant::Role), 8 => Just(Meant::Keys), 4 => Just(Meant::Source), 3 => Just(Meant::Anything)
    ];
    let there = proptest::collection::vec(proptest::bool::weighted(0.35), 24);
    let cases = proptest::collection::vec(0..8u8, 24);
    let parts = (role_keys(name), source_keys(name, file), place_keys());
    (meant, parts, there, cases)
        .prop_map(move |(meant, (role, source, place), there, cases)| {
            let mut there = there.into_iter();
            let mut is_there = |always: bool, never: bool| {
                let by_chance = there.next().unwrap();
                always || (by_chance && !never)
            };
            let mut all: Vec<(&str, String)> = Vec::new();
            for (key, value) in role {
                let is_rare = key == "credential_source";
                let is_role = meant == Meant::Role;
                if is_there(
                    is_role && !is_rare,
                    (is_role && is_rare) || matches!(meant, Meant::Keys | Meant::Source),
                ) {
                    all.extend(value.map(|value| (key, value)));
                }
            }
            for (key, value) in source {
                let is_pair = key.starts_with("aws_");
                let is_meant = if is_pair { Meant::Keys } else { Meant::Source };
                if is_there(meant == is_meant, meant != Meant::Anything) {
                    all.push((key, value));
                }
            }
            // Keys that name a place are for the config file; in the other they are as good, and
            // rare.
            all.extend(
                place
                    .into_iter()
                    .filter(|_| file == "config")
                    .filter_map(|(key, value)| Some((key, value?))),
            );
            let spelled = all
                .into_iter()
                .zip(cases)
                .map(|((key, value), case)| match case {
                    0 => (key.to_uppercase(), value),
                    1 => (key[..1].to_uppercase() + &key[1..], value),
                    _ => (key.to_owned(), value),
                });
            spelled.collect()
        })
        .boxed()
}

fn section(file: &'static str, name: &'static str) -> BoxedStrategy<(String, Keys)> {
    any::<bool>()
        .prop_flat_map(move |plain| {
            let header = match (file, name) {
                ("credentials", _) => name.to_owned(),
                (_, "default") if plain => name.to_owned(),
                _ => format!("profile {name}"),
            };
            (Just(header), keys(name, file))
        })
        .boxed()
}

/// Most profiles once in the config file, some in the credentials file too, a few twice, in any
/// order.
fn sections(
    file: &'static str,
    odds: f64,
    twice: f64,
) -> impl Strategy<Value = Vec<(String, Keys)>> {
    let once: Vec<_> = NAMES
        .iter()
        .map(|name| maybe(odds, section(file, name)))
        .collect();
    let again = one_of(&NAMES).prop_flat_map(move |name| section(file, name));
    let all = (once, maybe(twice, again));
    all.prop_map(|(once, again)| once.into_iter().flatten().chain(again).collect::<Vec<_>>())
        .prop_shuffle()
}

pub(crate) fn written() -> impl Strategy<Value = Written> {
    let spacing = proptest::collection::vec(0..SPACING.len(), 7);
    (
        sections("config", 0.95, 0.08),
        sections("credentials", 0.15, 0.04),
        one_of(&NAMES),
        spacing,
    )
        .prop_map(|(config, credentials, selected, spacing)| Written {
            config: text(&config, &spacing) + SESSION,
            credentials: text(&credentials, &spacing),
            selected: selected.to_owned(),
        })
}
