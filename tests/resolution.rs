//! What a profile means, held against aws-config itself: made-up profile files, what xacct says it would do, and the
//! requests that the Rust SDK's own provider sends for the same profile.
//!
//! Where the two differ on purpose, the reason stands in [`DEVIATIONS`], each shown by a case of its own.

#![allow(clippy::unwrap_used, reason = "this is test code; clippy knows only #[test]")]

mod common;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_config::profile::ProfileFileCredentialsProvider;
#[allow(deprecated, reason = "the new names are in a crate of their own")]
use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sts::config::Region;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use common::Sandbox;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// A role as it is asked for: its ARN, external id, and session name where the profile has one.
type Step = (String, Option<String>, Option<String>);

/// The base credentials' access key id (or what stands for them) and the roles, first to last.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Resolved {
    base: String,
    steps: Vec<Step>,
}

/// Plays STS to the SDK: keeps every request, and gives credentials whose key id is the request's number.
#[derive(Debug, Clone, Default)]
struct Sts(Arc<Mutex<Vec<Asked>>>);

/// Who signed a request, and its form.
type Asked = (Option<String>, BTreeMap<String, String>);

impl HttpConnector for Sts {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let signed = request.headers().get("authorization").map(|text| {
            let (_, rest) = text.split_once("Credential=").unwrap();
            rest.split('/').next().unwrap().to_owned()
        });
        let form = url::form_urlencoded::parse(request.body().bytes().unwrap()).into_owned().collect();
        let mut log = self.0.lock().unwrap();
        log.push((signed, form));
        let (action, number) = (log.last().unwrap().1["Action"].clone(), log.len());
        let xml = format!(
            "<{action}Response><{action}Result><Credentials><AccessKeyId>STS{number}</AccessKeyId><SecretAccessKey>s\
             </SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
             </{action}Result></{action}Response>"
        );
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), SdkBody::from(xml))))
    }
}

/// What aws-config does with these files.
#[allow(deprecated, reason = "the new names are in a crate of their own")]
fn by_aws(written: &Written) -> Result<Resolved, String> {
    let sts = Sts::default();
    let connector = sts.clone();
    let client = http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone()));
    let config = ProviderConfig::without_region()
        .with_region(Some(Region::from_static("eu-west-1")))
        .with_http_client(client);
    let files = ProfileFiles::builder()
        .with_contents(ProfileFileKind::Config, &written.config)
        .with_contents(ProfileFileKind::Credentials, &written.credentials)
        .build();
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(&config)
        .profile_files(files)
        .profile_name(&written.selected)
        .build();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let credentials = runtime.block_on(provider.provide_credentials());
    let credentials = credentials.map_err(|error| format!("{:#}", anyhow::Error::new(error)))?;
    let log = sts.0.lock().unwrap().clone();
    let (mut base, mut steps) = (None, Vec::new());
    for (index, (signer, mut form)) in log.into_iter().enumerate() {
        let name = form.remove("RoleSessionName");
        let name = name.filter(|name| !name.starts_with("assume-role-from-profile-"));
        let role_arn = form.remove("RoleArn").unwrap();
        if form["Action"] == "AssumeRoleWithWebIdentity" {
            assert_eq!((index, signer), (0, None));
            base = Some(format!("web {role_arn}"));
            continue;
        }
        // Each is signed with what the one before gave.
        let signer = signer.unwrap();
        if index > 0 {
            assert_eq!(signer, format!("STS{index}"));
        }
        base.get_or_insert(signer);
        steps.push((role_arn, form.remove("ExternalId"), name));
    }
    Ok(Resolved { base: base.unwrap_or_else(|| credentials.access_key_id().to_owned()), steps })
}

/// What xacct says it would do with them; the error as it is printed.
fn by_xacct(sandbox: &Sandbox, written: &Written) -> Result<Resolved, String> {
    sandbox.write_config(&written.config);
    sandbox.write_credentials(&written.credentials);
    let output = sandbox.xacct(&["explain", &written.selected, "--json", "--region", "eu-west-1"]).run();
    if output.stdout_text().is_empty() {
        let output = output.status(3);
        return Err(output.stderr_text().to_owned());
    }
    let shown = output.status(0).json();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let source = &shown["source"];
    let base = match source["kind"].as_str().unwrap() {
        "access_key" => text(&source["access_key_id"]).unwrap(),
        "credential_process" => format!("PROCESS-{}", source["profile"].as_str().unwrap()),
        "web_identity" => format!("web {}", source["role_arn"].as_str().unwrap()),
        other => panic!("{other}"),
    };
    let steps = shown["steps"].as_array().unwrap().iter().map(|step| {
        assert_eq!(step["action"], "AssumeRole");
        let name = text(&step["role_session_name"]).filter(|name| !name.starts_with("xacct-"));
        (text(&step["role_arn"]).unwrap(), text(&step["external_id"]), name)
    });
    Ok(Resolved { base, steps: steps.collect() })
}

/// A difference that is meant.
struct Deviation {
    why: &'static str,
    /// Of the profile `a`.
    config: &'static str,
    credentials: &'static str,
    xacct: &'static str,
    aws: &'static str,
}

const DEVIATIONS: [Deviation; 8] = [
    Deviation {
        why: "what no request can carry is an error, and is not passed over",
        config: "[profile a]\nexternal_id = external-1\n",
        credentials: "[a]\naws_access_key_id = K\naws_secret_access_key = s\n",
        xacct: "error",
        aws: "K",
    },
    Deviation {
        why: "a role with a token is assumed with the token, as the AWS CLI does it, and the other source is not handed out",
        config: concat!(
            "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/One\ncredential_source = nonsense\n\
             web_identity_token_file = ",
            env!("CARGO_MANIFEST_DIR"),
            "/Cargo.toml\n"
        ),
        credentials: "",
        xacct: "web arn:aws:iam::222222222222:role/One",
        aws: "error",
    },
    Deviation {
        why: "a credential_source is about a role: without one, the profile's own keys count, as in the AWS CLI",
        config: "[profile a]\ncredential_source = nonsense\n",
        credentials: "[a]\naws_access_key_id = K\naws_secret_access_key = s\n",
        xacct: "K",
        aws: "error",
    },
    Deviation {
        why: "keys in the credentials file go before a credential_process, and so do the keys of a role profile that is \
              its own source: as in the AWS CLI, by which people check what they have written",
        config: "[profile a]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"s\"}'\n",
        credentials: "[a]\naws_access_key_id = K\naws_secret_access_key = s\n",
        xacct: "K",
        aws: "P",
    },
    Deviation {
        why: "half a key pair is an error wherever it stands, as in the AWS CLI, and is not passed over",
        config: "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = b\n\
                 [profile b]\nrole_arn = arn:aws:iam::222222222222:role/Two\nsource_profile = c\naws_access_key_id = H\n\
                 [profile c]\naws_access_key_id = K\naws_secret_access_key = s\n",
        credentials: "",
        xacct: "error",
        aws: "K Two One",
    },
    Deviation {
        why: "a blank value of what names, narrows or guards is an error before anything is sent; AWS would refuse it",
        config: "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = b\nexternal_id =\n",
        credentials: "[b]\naws_access_key_id = K\naws_secret_access_key = s\n",
        xacct: "error",
        aws: "K One external ''",
    },
    Deviation {
        why: "a broken line costs that line, not every profile of both files",
        config: "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = b\n[profile c]\nbroken\n",
        credentials: "[b]\naws_access_key_id = K\naws_secret_access_key = s\n",
        xacct: "K One",
        aws: "error",
    },
    Deviation {
        why: "a quoted name is a name, as `aws configure` writes it",
        config: "[profile \"a\"]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = b\n",
        credentials: "[b]\naws_access_key_id = K\naws_secret_access_key = s\n",
        xacct: "K One",
        aws: "error",
    },
];

/// `K Two One external 'x'`
fn in_short(resolved: &Result<Resolved, String>) -> String {
    let Ok(Resolved { base, steps }) = resolved else { return "error".to_owned() };
    let steps = steps.iter().map(|(role_arn, external_id, _)| {
        let external_id = external_id.as_ref().map_or_else(String::new, |id| format!(" external '{id}'"));
        format!(" {}{external_id}", role_arn.rsplit('/').next().unwrap())
    });
    base.clone() + &steps.collect::<String>()
}

#[test]
fn the_deviations_are_as_they_are_said_to_be() {
    let sandbox = Sandbox::start();
    for Deviation { why, config, credentials, xacct, aws } in DEVIATIONS {
        let written = Written {
            config: config.to_owned(),
            credentials: credentials.to_owned(),
            selected: "a".to_owned(),
        };
        assert_eq!(in_short(&by_xacct(&sandbox, &written)), xacct, "{why}");
        assert_eq!(in_short(&by_aws(&written)), aws, "{why}");
    }
}

/// The two files, and the profile that is asked for.
#[derive(Debug, Clone)]
struct Written {
    config: String,
    credentials: String,
    selected: String,
}

type Keys = Vec<(String, String)>;

fn text(sections: &[(String, Keys)]) -> String {
    let mut lines = Vec::new();
    for (header, keys) in sections {
        lines.push(format!("[{header}]\n"));
        lines.extend(keys.iter().map(|(key, value)| format!("{key} = {value}\n")));
    }
    lines.concat()
}

const NAMES: [&str; 5] = ["a", "b", "c", "A", "default"];

fn maybe<T: Clone + std::fmt::Debug>(
    odds: f64,
    of: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(odds, of)
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
    Anything,
}

/// One section's keys, in any case and with pieces missing.
fn keys(name: &'static str, file: &'static str) -> impl Strategy<Value = Keys> {
    let meant = prop_oneof![5 => Just(Meant::Role), 3 => Just(Meant::Keys), 3 => Just(Meant::Anything)];
    let roles = (
        proptest::sample::select(vec!["One", "Two", "Three"]),
        prop_oneof![3 => Just(next(name)), 1 => proptest::sample::select([&NAMES[..], &["missing", name][..]].concat())],
        maybe(0.06, proptest::sample::select(vec!["Environment", "nonsense"])),
        maybe(0.3, proptest::sample::select(vec!["external-1", "external-2"])),
        maybe(0.3, proptest::sample::select(vec!["session-1", "session-2"])),
    );
    let odds = proptest::bool::weighted;
    // Role, source, the two halves of a pair, process, web identity.
    let there = (odds(0.4), odds(0.4), odds(0.3), odds(0.3), odds(0.3), odds(0.2));
    let cases = proptest::collection::vec(0..3u8, 9);
    (meant, roles, there, 0..1000u32, cases).prop_map(move |(meant, roles, there, number, cases)| {
        let (role, source, named, external_id, session) = roles;
        let there = match meant {
            Meant::Role => (true, true, false, false, false, false),
            Meant::Keys => (false, false, true, true, false, false),
            Meant::Anything => there,
        };
        let document = format!(r#"{{"Version":1,"AccessKeyId":"PROCESS-{name}","SecretAccessKey":"s"}}"#);
        let all = [
            ("role_arn", there.0.then(|| format!("arn:aws:iam::222222222222:role/{role}"))),
            ("source_profile", there.1.then(|| source.to_owned())),
            ("credential_source", named.filter(|_| meant == Meant::Anything).map(str::to_owned)),
            ("external_id", external_id.filter(|_| there.0).map(str::to_owned)),
            ("role_session_name", session.map(str::to_owned)),
            ("aws_access_key_id", there.2.then(|| format!("AKIA{file}{name}{number}"))),
            ("aws_secret_access_key", there.3.then(|| "secret".to_owned())),
            ("credential_process", there.4.then(|| format!("echo '{document}'"))),
            (
                "web_identity_token_file",
                there.5.then(|| concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").to_owned()),
            ),
        ];
        let written = all.into_iter().zip(cases).filter_map(|((key, value), case)| {
            let key = match case {
                0 => key.to_uppercase(),
                1 => key[..1].to_uppercase() + &key[1..],
                _ => key.to_owned(),
            };
            value.map(|value| (key, value))
        });
        written.collect()
    })
}

fn section(file: &'static str, name: &'static str) -> impl Strategy<Value = (String, Keys)> {
    any::<bool>().prop_flat_map(move |plain| {
        let header = match (file, name) {
            ("credentials", _) => name.to_owned(),
            (_, "default") if plain => name.to_owned(),
            _ => format!("profile {name}"),
        };
        (Just(header), keys(name, file))
    })
}

/// Most profiles once in the config file, some in the credentials file too, a few twice, in any order.
fn sections(file: &'static str, odds: f64, twice: usize) -> impl Strategy<Value = Vec<(String, Keys)>> {
    let once: Vec<_> = NAMES.iter().map(|name| maybe(odds, section(file, name))).collect();
    let again = proptest::sample::select(NAMES.to_vec()).prop_flat_map(move |name| section(file, name));
    let all = (once, proptest::collection::vec(again, 0..=twice));
    all.prop_map(|(once, again)| once.into_iter().flatten().chain(again).collect::<Vec<_>>()).prop_shuffle()
}

fn written() -> impl Strategy<Value = Written> {
    let selected = proptest::sample::select(NAMES.to_vec());
    (sections("config", 0.95, 1), sections("credentials", 0.15, 1), selected).prop_map(
        |(config, credentials, selected)| Written {
            config: text(&config),
            credentials: text(&credentials),
            selected: selected.to_owned(),
        },
    )
}

/// Whether the two differ as the first five of [`DEVIATIONS`] say.
fn is_meant(written: &Written, xacct: &Result<Resolved, String>, aws: &Result<Resolved, String>) -> bool {
    let names_a_source = written.config.to_lowercase().contains("credential_source")
        || written.credentials.to_lowercase().contains("credential_source");
    match (xacct, aws) {
        (Err(error), Err(_)) => !error.is_empty(),
        (Err(error), Ok(_)) => ["is missing aws_", "is for a role that is assumed", "is for AssumeRole"]
            .iter()
            .any(|meant| error.contains(meant)),
        (Ok(_), Err(_)) => names_a_source,
        (Ok(xacct), Ok(aws)) => {
            aws.base.starts_with("PROCESS-") && xacct.base.starts_with("AKIA") && xacct.steps == aws.steps
        }
    }
}

#[test]
fn xacct_does_what_the_rust_sdk_does() {
    let sandbox = Sandbox::start();
    let (agreed, chained, failed, differed) = (Cell::new(0), Cell::new(0), Cell::new(0), Cell::new(0));
    let count = |of: &Cell<u32>| of.set(of.get() + 1);
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let result = runner.run(&written(), |written| {
        let (xacct, aws) = (by_xacct(&sandbox, &written), by_aws(&written));
        match (&xacct, &aws) {
            (Ok(xacct), Ok(aws)) if xacct == aws => {
                count(&agreed);
                if aws.steps.len() > 1 {
                    count(&chained);
                }
            }
            (Err(_), Err(_)) => count(&failed),
            _ if is_meant(&written, &xacct, &aws) => count(&differed),
            _ => prop_assert!(
                false,
                "profile {}\n{}---\n{}xacct: {xacct:?}\naws-config: {aws:?}",
                written.selected,
                &written.config,
                &written.credentials
            ),
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let counts = [&agreed, &chained, &failed, &differed].map(Cell::get);
    assert!(
        agreed.get() > 100 && chained.get() > 10 && failed.get() > 50 && differed.get() < 60,
        "{counts:?}"
    );
}
