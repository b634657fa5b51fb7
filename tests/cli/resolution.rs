//! What a profile means, held against botocore and aws-config themselves: made-up profile files,
//! what xacct says it would do, and the requests that the two send for the same profile.
//!
//! Where they differ on purpose, the reason stands in [`deviations::DEVIATIONS`], each shown by a
//! case of its own.

mod botocore;
mod deviations;
mod rust_sdk;
mod written;

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::common::{Sandbox, outer_env, skip, tools};
use botocore::Botocore;
use deviations::{Case, DEVIATIONS, Deviation, Sdk};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use written::Written;

/// A role as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    role_arn: String,
    external_id: Option<String>,
    /// Where the profile has one.
    session_name: Option<String>,
    /// Where it is sent.
    duration: Option<u32>,
}

/// Whose credentials sign first, and the roles, first to last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// An access key id, or what stands for it.
    base: String,
    /// `None` where the base is not there and so nothing was sent.
    steps: Option<Vec<Step>>,
    region: Option<String>,
    endpoint: Option<String>,
}

pub(crate) type Outcome = Result<Resolved, String>;

/// Of every run: credentials that only a `credential_source` may choose.
pub(crate) const ENVIRONMENT: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT00000"),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
    (
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://127.0.0.1:1/credentials-of-the-container",
    ),
];

/// What xacct says it would do with the files; the error as it is printed.
fn by_xacct(sandbox: &Sandbox, written: &Written) -> Outcome {
    sandbox.write_config(&written.config);
    sandbox.write_credentials(&written.credentials);
    let mut run = sandbox
        .xacct(&["explain", &written.selected, "--json"])
        .env_remove("AWS_ENDPOINT_URL");
    for (name, value) in ENVIRONMENT {
        run = run.env(name, value);
    }
    let output = run.run();
    if !output.json()["error"].is_null() {
        let output = output.status(3);
        return Err(output.stderr_text().to_owned());
    }
    let shown = output.status(0).json();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let source = &shown["source"];
    if source["kind"] == "sso" && source["sso_role_name"].is_null() {
        return Err("a sign-in and no credentials: sso_role_name is not set".to_owned());
    }
    let base = match source["kind"].as_str().unwrap() {
        "access_key" => text(&source["access_key_id"]).unwrap(),
        "credential_process" => format!("PROCESS-{}", source["profile"].as_str().unwrap()),
        "web_identity" => format!("web_identity {}", source["role_arn"].as_str().unwrap()),
        other => other.to_owned(),
    };
    let steps = shown["steps"].as_array().unwrap().iter().map(|step| {
        assert_eq!(step["action"], "AssumeRole");
        Step {
            role_arn: text(&step["role_arn"]).unwrap(),
            external_id: text(&step["external_id"]),
            session_name: text(&step["role_session_name"])
                .filter(|name| !name.starts_with("xacct-")),
            duration: step["duration_seconds"]
                .as_u64()
                .map(|seconds| u32::try_from(seconds).unwrap()),
        }
    });
    let steps = Some(steps.collect());
    Ok(Resolved {
        base,
        steps,
        region: text(&shown["region"]),
        endpoint: text(&shown["endpoint"]),
    })
}

/// Whether xacct does what the SDK does.
fn agrees(xacct: &Outcome, sdk: &Outcome) -> bool {
    let (Ok(xacct), Ok(sdk)) = (xacct, sdk) else {
        // Some things are looked at later, where nothing can be seen.
        let is_unseen = sdk.as_ref().is_ok_and(|sdk| sdk.steps.is_none());
        let is_later =
            |error: &String| error.contains("sso_") || error.contains("[services missing]");
        return xacct.is_err()
            && (sdk.is_err() || (is_unseen && xacct.as_ref().is_err_and(is_later)));
    };
    // Where nothing was sent, no more than the base is known.
    let is_same_place = xacct.region == sdk.region && xacct.endpoint == sdk.endpoint;
    is_same_identity(xacct, sdk) && (is_same_place || sdk.steps.is_none())
}

pub(crate) fn is_same_identity(xacct: &Resolved, sdk: &Resolved) -> bool {
    let (Some(own), Some(steps)) = (&xacct.steps, &sdk.steps) else {
        return xacct.base == sdk.base;
    };
    // The processes here give keys without a token, the environment too.
    let is_user = xacct.base.starts_with("AKIA")
        || xacct.base.starts_with("PROCESS")
        || xacct.base == "environment";
    let mut pairs = own.iter().zip(steps).enumerate();
    let same_steps = pairs.all(|(index, (own, sdk))| is_same_step(own, sdk, is_user && index == 0));
    xacct.base == sdk.base && own.len() == steps.len() && same_steps
}

/// A duration above an hour is cut where a session asks, which AWS would refuse.
fn is_same_step(xacct: &Step, sdk: &Step, by_user: bool) -> bool {
    let cut = |seconds: u32| if by_user { seconds } else { seconds.min(3600) };
    let duration = sdk.duration.map(cut).or(xacct.duration);
    Step {
        duration,
        ..sdk.clone()
    } == *xacct
}

/// `K Two One external 'x' eu-west-1`
fn in_short(outcome: &Outcome) -> String {
    let Ok(resolved) = outcome else {
        return "error".to_owned();
    };
    let steps = resolved.steps.iter().flatten().map(|step| {
        let external_id = step
            .external_id
            .as_ref()
            .map_or_else(String::new, |id| format!(" external '{id}'"));
        format!(
            " {}{external_id}",
            step.role_arn.rsplit('/').next().unwrap()
        )
    });
    let region = resolved.region.as_deref().unwrap_or("nowhere");
    format!("{}{} {region}", resolved.base, steps.collect::<String>())
}

#[test]
fn the_deviations_are_as_they_are_said_to_be() {
    let Some(python) = tools::python() else {
        return skip("no python with boto3");
    };
    let (sandbox, mut botocore) = (Sandbox::start(), Botocore::start(&python));
    let mut wrong = Vec::new();
    for Deviation {
        why,
        config,
        credentials,
        xacct,
        aws,
        sdks,
        ..
    } in DEVIATIONS
    {
        let written = Written {
            config: (*config).to_owned(),
            credentials: (*credentials).to_owned(),
            selected: "a".to_owned(),
        };
        let own = by_xacct(&sandbox, &written);
        for sdk in *sdks {
            let others = match sdk {
                Sdk::Botocore => botocore.resolve(&written),
                Sdk::Rust => rust_sdk::resolve(&written),
            };
            let case = Case {
                written: &written,
                xacct: &own,
                aws: &others,
                sdk: *sdk,
            };
            let is_said = (in_short(&own).as_str(), in_short(&others).as_str()) == (*xacct, *aws);
            if !is_said || deviations::covering(&case) != Some(*why) {
                wrong.push(format!("{why}:\n  xacct {own:?}\n  {sdk:?} {others:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn xacct_does_what_the_sdks_do() {
    let Some(python) = tools::python() else {
        return skip("no python with boto3");
    };
    let (sandbox, botocore) = (Sandbox::start(), RefCell::new(Botocore::start(&python)));
    let counts = RefCell::new(BTreeMap::<&str, u32>::new());
    let count = |what| *counts.borrow_mut().entry(what).or_default() += 1;
    // By hand, others and more: XACCT_TEST_CASES=5000
    let by_hand: Option<u32> = outer_env("XACCT_TEST_CASES").map(|text| text.parse().unwrap());
    let cases = by_hand.unwrap_or(300);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = match by_hand {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, rng),
    };
    let result = runner.run(&written::written(), |written| {
        let xacct = by_xacct(&sandbox, &written);
        let others = [
            (Sdk::Botocore, botocore.borrow_mut().resolve(&written)),
            (Sdk::Rust, rust_sdk::resolve(&written)),
        ];
        for (sdk, aws) in others {
            let case = Case {
                written: &written,
                xacct: &xacct,
                aws: &aws,
                sdk,
            };
            let meant = if agrees(&xacct, &aws) {
                None
            } else {
                deviations::covering(&case)
            };
            match (&xacct, meant) {
                (_, Some(why)) => count(why),
                (Ok(_), None) if agrees(&xacct, &aws) => {
                    count("agreed");
                    if xacct
                        .as_ref()
                        .is_ok_and(|own| own.steps.as_ref().unwrap().len() > 1)
                    {
                        count("chained");
                    }
                }
                (Err(_), None) if agrees(&xacct, &aws) => count("failed"),
                _ => prop_assert!(
                    false,
                    "profile {}\n{}---\n{}xacct: {xacct:?}\n{sdk:?}: {aws:?}",
                    written.selected,
                    &written.config,
                    &written.credentials
                ),
            }
        }
        Ok(())
    });
    let counts = counts.into_inner();
    if let Err(error) = result {
        panic!("{error}\n{counts:#?}");
    }
    let count = |what| counts.get(what).copied().unwrap_or_default();
    let enough = count("agreed") > cases / 2
        && count("chained") > cases / 20
        && count("failed") > cases / 20;
    assert!(enough, "{counts:#?}");
}
