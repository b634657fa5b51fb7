//! Where STS is: overrides, regions, partitions; how often it is tried, and how long. Proxies and
//! TLS are `connections.rs`'s.

use crate::common::Sandbox;
use serde_json::json;

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// `explain plain --json` without the sandbox's own override, and what it says of the endpoint.
#[track_caller]
fn endpoint(sandbox: &Sandbox, variables: &[(&str, &str)]) -> String {
    let mut run = sandbox
        .xacct(&["explain", "plain", "--json"])
        .env_remove("AWS_ENDPOINT_URL");
    for (name, value) in variables {
        run = run.env(name, value);
    }
    run.run().status(0).json()["endpoint"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn the_most_specific_override_wins() {
    let sandbox = Sandbox::start_plain();
    let layers = "[profile plain]\nservices = mine\nendpoint_url = http://profile.localhost\n";
    sandbox.edit_config("[profile plain]\n", layers);
    sandbox.add_config("[services mine]\nsts =\n  endpoint_url = http://services.localhost\n");
    let for_sts = ("AWS_ENDPOINT_URL_STS", "http://sts.localhost");
    let for_all = ("AWS_ENDPOINT_URL", "http://all.localhost");
    assert_eq!(
        endpoint(&sandbox, &[for_sts, for_all]),
        "http://sts.localhost"
    );
    assert_eq!(endpoint(&sandbox, &[for_all]), "http://all.localhost");
    assert_eq!(endpoint(&sandbox, &[]), "http://services.localhost");
    sandbox.edit_config("services = mine\n", "");
    assert_eq!(endpoint(&sandbox, &[]), "http://profile.localhost");
    let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    assert_eq!(
        endpoint(&sandbox, &[ignore, for_all]),
        "https://sts.eu-west-1.amazonaws.com"
    );
    sandbox.edit_config(
        "endpoint_url = http://profile.localhost\n",
        "ignore_configured_endpoint_urls = true\nendpoint_url = http://x.localhost\n",
    );
    assert_eq!(
        endpoint(&sandbox, &[]),
        "https://sts.eu-west-1.amazonaws.com"
    );
}

#[test]
fn an_override_in_the_profile_is_where_requests_go() {
    let sandbox = Sandbox::start_plain();
    let line = format!("[profile plain]\nendpoint_url = {}\n", sandbox.endpoint());
    sandbox.edit_config("[profile plain]\n", &line);
    sandbox
        .xacct(&["credential-process", "plain"])
        .env_remove("AWS_ENDPOINT_URL")
        .run()
        .ok();
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn what_is_no_endpoint_is_refused_with_its_place() {
    let sandbox = Sandbox::start_plain();
    let run = sandbox
        .xacct(&["explain", "plain"])
        .env("AWS_ENDPOINT_URL_STS", "localhost:4566")
        .run();
    run.status(3).stdout("").stderr(
        "xacct: error: AWS_ENDPOINT_URL_STS: 'localhost:4566' is not an endpoint URL\n  write it \
         like https://sts.eu-central-1.amazonaws.com\n",
    );
    sandbox.edit_config("[profile plain]\n", "[profile plain]\nservices = none\n");
    let run = sandbox
        .xacct(&["explain", "plain"])
        .env_remove("AWS_ENDPOINT_URL")
        .run();
    run.status(3)
        .stdout("")
        .stderr_contains(": no section [services none]");
}

/// The partition that a region is in.
fn partition(region: &str) -> &'static str {
    match region.get(..7) {
        Some("cn-nort") => "aws-cn",
        Some("us-gov-") => "aws-us-gov",
        Some("us-iso-") => "aws-iso",
        Some("us-isob") => "aws-iso-b",
        _ => "aws",
    }
}

#[test]
fn every_partition_and_variant_has_its_address() {
    let sandbox = Sandbox::start_plain();
    let (fips, dual) = (
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
    );
    let legacy = ("AWS_STS_REGIONAL_ENDPOINTS", "legacy");
    let region = |name| ("AWS_REGION", name);
    for (variables, url) in [
        (
            vec![region("eu-central-1")],
            "https://sts.eu-central-1.amazonaws.com",
        ),
        (
            vec![region("eu-central-1"), legacy],
            "https://sts.amazonaws.com",
        ),
        (
            vec![region("eu-south-1"), legacy],
            "https://sts.eu-south-1.amazonaws.com",
        ),
        (vec![region("aws-global")], "https://sts.amazonaws.com"),
        (
            vec![region("us-east-1"), fips],
            "https://sts-fips.us-east-1.amazonaws.com",
        ),
        (
            vec![region("us-east-1"), dual],
            "https://sts.us-east-1.api.aws",
        ),
        (
            vec![region("us-east-1"), fips, dual],
            "https://sts-fips.us-east-1.api.aws",
        ),
        (
            vec![region("cn-north-1")],
            "https://sts.cn-north-1.amazonaws.com.cn",
        ),
        (
            vec![region("cn-north-1"), dual],
            "https://sts.cn-north-1.api.amazonwebservices.com.cn",
        ),
        (
            vec![region("us-gov-west-1")],
            "https://sts.us-gov-west-1.amazonaws.com",
        ),
        (
            vec![region("us-gov-west-1"), fips],
            "https://sts.us-gov-west-1.amazonaws.com",
        ),
        (
            vec![region("us-iso-east-1")],
            "https://sts.us-iso-east-1.c2s.ic.gov",
        ),
        (
            vec![region("us-isob-east-1")],
            "https://sts.us-isob-east-1.sc2s.sgov.gov",
        ),
        // An override is the whole address.
        (
            vec![fips, dual, ("AWS_ENDPOINT_URL", "http://all.localhost")],
            "http://all.localhost",
        ),
    ] {
        let partition = partition(variables.first().map_or("", |(_, region)| region));
        let role = |partition: &str| {
            format!("arn:{partition}:iam::222222222222:role/PartnerAdmin\nsource_profile = keys")
        };
        sandbox.edit_config(&role("aws"), &role(partition));
        assert_eq!(endpoint(&sandbox, &variables), url, "{variables:?}");
        sandbox.edit_config(&role(partition), &role("aws"));
    }
    sandbox.edit_config(
        "[profile plain]\n",
        "[profile plain]\nuse_fips_endpoint = true\nsts_regional_endpoints = regional\n",
    );
    assert_eq!(
        endpoint(&sandbox, &[]),
        "https://sts-fips.eu-west-1.amazonaws.com"
    );
    let run = sandbox
        .xacct(&["explain", "plain"])
        .env("AWS_STS_REGIONAL_ENDPOINTS", "both")
        .run();
    run.status(3).stderr_contains(
        "AWS_STS_REGIONAL_ENDPOINTS: sts_regional_endpoints is regional or legacy, not 'both'",
    );
}

#[test]
fn the_region_is_found_where_aws_looks_for_it() {
    let sandbox = Sandbox::start_plain();
    let region = |args: &[&str], variables: &[(&str, &str)]| {
        let mut run = sandbox.xacct(&[&["explain", "plain", "--json"], args].concat());
        for (name, value) in variables {
            run = run.env(name, value);
        }
        let shown = run.run().ok().json();
        (
            shown["region"].as_str().unwrap().to_owned(),
            shown["warnings"].as_array().unwrap().len(),
        )
    };
    let variable = ("AWS_REGION", "us-west-1");
    assert_eq!(
        region(&["--region", "us-west-2"], &[variable]),
        ("us-west-2".to_owned(), 0)
    );
    assert_eq!(
        region(&[], &[variable, ("AWS_DEFAULT_REGION", "us-east-2")]),
        ("us-west-1".to_owned(), 0)
    );
    assert_eq!(
        region(&[], &[("AWS_DEFAULT_REGION", "us-east-2")]),
        ("us-east-2".to_owned(), 0)
    );
    assert_eq!(
        region(&[], &[("AWS_REGION", " ")]),
        ("eu-west-1".to_owned(), 0)
    );
    // In a shell that xacct set up the variable is the last profile's, and only a last resort.
    let inside = ("XACCT_PROFILE", "client3");
    assert_eq!(
        region(&[], &[variable, inside]),
        ("eu-west-1".to_owned(), 0)
    );
    sandbox.edit_config(
        "external_id = client1-7731\nregion = eu-west-1\n",
        "external_id = client1-7731\n",
    );
    sandbox.edit_config(
        "[profile plain]",
        "[profile keys]\nregion = sa-east-1\n[profile plain]",
    );
    assert_eq!(region(&[], &[]), ("sa-east-1".to_owned(), 0));
    sandbox.edit_config("region = sa-east-1\n", "");
    assert_eq!(
        region(&[], &[variable, inside]),
        ("us-west-1".to_owned(), 0)
    );
    assert_eq!(region(&[], &[]), ("us-east-1".to_owned(), 1));
    sandbox.edit_config(
        "arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = keys",
        "arn:aws-cn:iam::222222222222:role/PartnerAdmin\nsource_profile = keys",
    );
    assert_eq!(region(&[], &[]), ("cn-north-1".to_owned(), 1));
}

#[test]
fn without_a_region_it_works_and_says_which_it_took() {
    let sandbox = Sandbox::start_plain();
    sandbox.edit_config(
        "external_id = client1-7731\nregion = eu-west-1\n",
        "external_id = client1-7731\n",
    );
    sandbox.xacct(&["credential-process", "plain"]).run().status(0).stderr(
        "xacct: warning: no region is set anywhere: using us-east-1. Set one with `region = …` in \
         the profile, or --region\n",
    );
    assert_eq!(sandbox.log()[0].region.as_deref(), Some("us-east-1"));
}

#[test]
fn requests_are_signed_for_the_region() {
    let sandbox = Sandbox::start_plain();
    sandbox
        .xacct(&["credential-process", "plain", "--region", "ap-south-1"])
        .run()
        .ok();
    assert_eq!(sandbox.log()[0].region.as_deref(), Some("ap-south-1"));
}

#[test]
fn tries_are_as_many_as_asked_for() {
    let sandbox = Sandbox::start_plain();
    let tries = |name: &str, value: &str, count: usize| {
        sandbox.clear_faults();
        sandbox.fault(&json!({"kind": "error", "count": 20}));
        let run = sandbox
            .xacct(&["credential-process", "plain"])
            .env(name, value)
            .run();
        run.status(6).stderr_contains("AWS could not be reached");
        sandbox.asked(&vec!["AssumeRole"; count]);
    };
    tries("AWS_MAX_ATTEMPTS", "1", 1);
    tries("AWS_MAX_ATTEMPTS", "2", 2);
    for mode in ["standard", "adaptive", "legacy"] {
        tries("AWS_RETRY_MODE", mode, 3);
    }
    sandbox.edit_config("[profile plain]\n", "[profile plain]\nmax_attempts = 1\n");
    tries("HOME_UNCHANGED", "", 1);
    for (name, value, message) in [
        (
            "AWS_MAX_ATTEMPTS",
            "0",
            "AWS_MAX_ATTEMPTS: max_attempts is a whole number from 1 up, not '0'",
        ),
        (
            "AWS_RETRY_MODE",
            "never",
            "AWS_RETRY_MODE: retry_mode is standard, adaptive or legacy, not 'never'",
        ),
    ] {
        let run = sandbox
            .xacct(&["credential-process", "plain"])
            .env(name, value)
            .run();
        run.status(3)
            .stdout("")
            .stderr(&format!("xacct: error: {message}\n"));
    }
}

/// One of the few tests that take seconds: the time-out of one try.
#[test]
fn a_server_that_never_answers_is_given_up() {
    let sandbox = Sandbox::start_plain();
    sandbox.fault(&json!({"kind": "silent", "count": 9}));
    let run = sandbox
        .xacct(&["credential-process", "plain"])
        .env("AWS_MAX_ATTEMPTS", "1")
        .run();
    run.status(6).stdout("").stderr_contains(&format!(
        "xacct: error: AWS could not be reached at {}: ",
        sandbox.endpoint()
    ));
    sandbox.asked(&["AssumeRole"]);
}

#[cfg(unix)]
#[test]
fn nothing_listening_is_said_with_its_reason() {
    let sandbox = Sandbox::start_plain();
    let run = sandbox
        .xacct(&["credential-process", "plain"])
        .env("AWS_ENDPOINT_URL", NOWHERE)
        .run();
    run.status(6).stdout("").stderr(&format!(
        "xacct: error: AWS could not be reached at {NOWHERE}: Connection refused (os error 111)\n  \
         the address comes from AWS_ENDPOINT_URL\n"
    ));
}

/// The password of an address is in no message, whatever is wrong with the address.
#[test]
fn a_password_in_an_address_is_not_shown() {
    let sandbox = Sandbox::start_plain();
    let host = sandbox
        .endpoint()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    for (address, status) in [
        ("http://me:hidden@127.0.0.1:9".to_owned(), 6),
        // The name and password become a part of the signed host: the signature does not fit.
        (format!("http://me:hidden@{host}"), 4),
        ("http://me:hid/hidden@host".to_owned(), 3),
        ("me:hidden@host".to_owned(), 3),
        ("ftp://me:hidden@host".to_owned(), 3),
        ("http:me:hidden@host".to_owned(), 3),
    ] {
        for args in [
            &["whoami", "keys", "-vv"][..],
            &["explain", "keys"],
            &["explain", "keys", "--json"],
        ] {
            let run = sandbox
                .xacct(args)
                .env("AWS_ENDPOINT_URL_STS", &address)
                .env("AWS_MAX_ATTEMPTS", "1")
                .run();
            let text = format!("{}{}", run.stdout_text(), run.stderr_text());
            assert!(!text.contains("hidden"), "{address} {args:?}: {text}");
            assert!(text.contains("********@"), "{address} {args:?}: {text}");
            if args[0] == "whoami" {
                run.status(status).stderr_contains("********@");
            } else if status == 3 {
                run.status(3).stderr_contains("is not an endpoint URL");
            }
        }
    }
}
