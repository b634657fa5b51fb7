//! A command gets the profile and not only its keys: what botocore, the AWS CLI and the Rust SDK
//! resolve in a child of `exec`, `assume`, `each` and `serve`, held against what they resolve under
//! `--profile`.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::common::tools::python;
use crate::common::{Cmd, Sandbox, XACCT, outer_env, skip};
use aws_sdk_sts::error::DisplayErrorContext;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

/// Where a child writes what the SDKs resolve, and the socket of the process that does so for
/// botocore.
const FACTS: &str = "XACCT_TEST_FACTS";
const SOCKET: &str = "XACCT_TEST_SOCKET";
/// The profile to name, where the child is to work as under `--profile`.
const PROFILE: &str = "XACCT_TEST_PROFILE";

/// Long enough for every SDK; nothing is ever sent with it.
const KEYS: &str = r#"{"Version":1,"AccessKeyId":"ASIAXACCTCHILDTEST01","SecretAccessKey":"none","SessionToken":"none","Expiration":"2099-01-01T00:00:00Z"}"#;

/// A profile, what else stands in the files and what the user exports; and a part of what must come
/// of it.
struct Row {
    /// Lines of the profile.
    profile: &'static str,
    /// Other sections of the config file, and the whole credentials file.
    config: &'static str,
    credentials: &'static str,
    variables: &'static [(&'static str, &'static str)],
    /// botocore's value, as JSON, of one of its facts.
    expected: (&'static str, &'static str),
}

const PLAIN: Row = Row {
    profile: "",
    config: "",
    credentials: "",
    variables: &[],
    expected: ("region", "\"eu-west-1\""),
};

const ROWS: &[Row] = &[
    PLAIN,
    Row {
        profile: "endpoint_url = https://all.test\n",
        expected: ("s3", "\"https://all.test\""),
        ..PLAIN
    },
    Row {
        profile: "services = mine\nendpoint_url = https://all.test\n",
        config: "[services mine]\ns3 =\n  endpoint_url = https://s3.test\nsso_oidc =\n  \
                 endpoint_url = https://oidc.test\n\
                 organizations =\n  endpoint_url = https://organizations.test\nsts =\n  \
                 endpoint_url = https://sts.test\n",
        expected: ("sso-oidc", "\"https://oidc.test\""),
        ..PLAIN
    },
    // One variable for all services, which the user has set, goes before what a profile says of
    // one.
    Row {
        profile: "services = mine\n",
        config: "[services mine]\ns3 =\n  endpoint_url = https://s3.test\n",
        variables: &[("AWS_ENDPOINT_URL", "https://user.test")],
        expected: ("s3", "\"https://user.test\""),
        ..PLAIN
    },
    Row {
        profile: "services = mine\nendpoint_url = https://all.test\n",
        config: "[services mine]\ns3 =\n  endpoint_url = https://s3.test\n",
        variables: &[("AWS_ENDPOINT_URL_S3", "https://user.test")],
        expected: ("s3", "\"https://user.test\""),
        ..PLAIN
    },
    Row {
        profile: "ignore_configured_endpoint_urls = true\nendpoint_url = https://all.test\n",
        expected: ("s3", "\"https://s3.eu-west-1.amazonaws.com\""),
        ..PLAIN
    },
    Row {
        profile: "use_fips_endpoint = true\nuse_dualstack_endpoint = true\n",
        expected: ("dynamodb", "\"https://dynamodb-fips.eu-west-1.api.aws\""),
        ..PLAIN
    },
    Row {
        profile: "use_fips_endpoint = true\n",
        variables: &[("AWS_USE_FIPS_ENDPOINT", "false")],
        expected: ("dynamodb", "\"https://dynamodb.eu-west-1.amazonaws.com\""),
        ..PLAIN
    },
    Row {
        profile: "ca_bundle = /etc/corporate.pem\n",
        expected: ("s3 verify", "\"/etc/corporate.pem\""),
        ..PLAIN
    },
    Row {
        profile: "max_attempts = 7\nretry_mode = adaptive\n",
        expected: ("retries", r#"{"mode":"adaptive","total_max_attempts":7}"#),
        ..PLAIN
    },
    Row {
        profile: "max_attempts = 7\nretry_mode = standard\n",
        variables: &[("AWS_MAX_ATTEMPTS", "2")],
        expected: ("retries", r#"{"mode":"standard","total_max_attempts":2}"#),
        ..PLAIN
    },
    Row {
        profile: "s3 =\n  addressing_style = path\n  use_accelerate_endpoint = false\n  \
                  payload_signing_enabled = true\n",
        expected: (
            "bucket",
            r#"["https://s3.eu-west-1.amazonaws.com/bucket?list-type=2&encoding-type=url"]"#,
        ),
        ..PLAIN
    },
    Row {
        profile: "s3_use_arn_region = true\ns3_us_east_1_regional_endpoint = legacy\nregion = \
                  us-east-1\n",
        expected: ("s3", "\"https://s3.amazonaws.com\""),
        ..PLAIN
    },
    Row {
        profile: "output = yaml\ncli_pager =\ncli_timestamp_format = iso8601\ncli_binary_format = \
                  raw-in-base64-out\n\
                  emr =\n  service_role = Role\n",
        expected: (
            "cli",
            r#"{"cli_binary_format":"raw-in-base64-out","cli_timestamp_format":"iso8601","emr":{"service_role":"Role"}}"#,
        ),
        ..PLAIN
    },
    Row {
        profile: "defaults_mode = mobile\naccount_id_endpoint_mode = \
                  disabled\ndisable_request_compression = true\n\
                  request_min_compression_size_bytes = 20\nsdk_ua_app_id = \
                  mine\nsigv4a_signing_region_set = eu-west-1\n\
                  auth_scheme_preference = sigv4a\ntcp_keepalive = \
                  true\nrequest_checksum_calculation = when_required\n\
                  response_checksum_validation = when_required\nparameter_validation = false\n\
                  metadata_service_timeout = 3\nendpoint_discovery_enabled = false\n",
        expected: ("user_agent_appid", "\"mine\""),
        ..PLAIN
    },
    Row {
        profile: "sts_regional_endpoints = legacy\n",
        expected: ("sts", "\"https://sts.amazonaws.com\""),
        ..PLAIN
    },
    // `[default]` is another profile: nothing of it counts under `--profile`.
    Row {
        config: "[default]\nregion = us-west-2\nendpoint_url = https://default.test\noutput = \
                 table\n",
        expected: ("s3", "\"https://s3.eu-west-1.amazonaws.com\""),
        ..PLAIN
    },
    Row {
        config: "[profile default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = \
                 true\noutput = text\n",
        expected: ("dynamodb", "\"https://dynamodb.eu-west-1.amazonaws.com\""),
        ..PLAIN
    },
    Row {
        profile: "s3 =\n  addressing_style = virtual\n",
        config: "[default]\naws_access_key_id = AKIADEFAULTDEFAULT00\naws_secret_access_key = \
                 none\nservices = mine\n\
                 s3 =\n  addressing_style = path\n  use_accelerate_endpoint = true\n\
                 [services mine]\nsts =\n  endpoint_url = https://sts.test\n[profile \
                 other]\nregion = us-west-1\n",
        expected: ("another profile's", r#"{"region":"us-west-1"}"#),
        ..PLAIN
    },
    Row {
        profile: "s3 =\n  addressing_style = path\n",
        config: "[profile other]\nrole_arn = arn:aws:iam::222222222222:role/A\nsource_profile = \
                 base\nmax_attempts = 3",
        credentials: "[default]\naws_access_key_id = AKIADEFAULTDEFAULT00\naws_secret_access_key = \
                      none\nregion = us-west-2\n",
        expected: ("access key", "\"ASIAXACCTCHILDTEST01\""),
        ..PLAIN
    },
];

const WAYS: [&str; 4] = ["exec", "assume", "each", "serve"];

/// The Python process that resolves for botocore; it ends with this value.
struct Botocore {
    child: Child,
    socket: PathBuf,
}

impl Botocore {
    fn start(python: &str, dir: &Path) -> Botocore {
        let socket = dir.join("botocore.sock");
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/python/child_settings.py"
        );
        let mut command = Command::new(python);
        command
            .arg(script)
            .arg(&socket)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line, "ready\n");
        Botocore { child, socket }
    }
}

impl Drop for Botocore {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn this() -> String {
    std::env::current_exe()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned()
}

const ARGS: [&str; 3] = ["--exact", "child_settings::a_child", "--nocapture"];

/// A run in the row's environment, with everything that the child needs to answer.
fn run(sandbox: &Sandbox, row: &Row, botocore: &Botocore, program: &str, args: &[&str]) -> Cmd {
    let mut run = sandbox
        .program(program, args)
        .env_remove("AWS_ENDPOINT_URL");
    for (name, value) in row.variables {
        run = run.env(name, value);
    }
    run.env(FACTS, sandbox.home().join("facts"))
        .env(SOCKET, &botocore.socket)
}

/// What the SDKs resolve in a child of this way; under `--profile` where there is none.
fn facts(sandbox: &Sandbox, row: &Row, botocore: &Botocore, way: Option<&str>) -> Value {
    let this = this();
    let file = sandbox.home().join("facts");
    let _ = fs::remove_file(&file);
    let child = [&["p", "--", this.as_str()], &ARGS[..]].concat();
    let run = match way {
        None => run(sandbox, row, botocore, &this, &ARGS).env(PROFILE, "p"),
        Some("assume") => {
            let script = format!(
                "eval \"$('{XACCT}' assume p --shell sh)\" && exec '{this}' {}",
                ARGS.join(" ")
            );
            run(sandbox, row, botocore, "sh", &["-c", &script])
        }
        Some(way) => run(
            sandbox,
            row,
            botocore,
            XACCT,
            &[&[way], &child[..]].concat(),
        ),
    };
    run.run().status(0);
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

/// What of the first is not so in the second.
fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let (Value::Object(expected), Value::Object(actual)) = (expected, actual) else {
        return vec![format!("{expected} became {actual}")];
    };
    let changed = expected
        .iter()
        .filter(|(key, value)| actual.get(*key) != Some(value));
    changed
        .map(|(key, value)| format!("{key}: {value} became {}", actual[key]))
        .collect()
}

#[test]
fn a_child_works_as_under_profile() {
    let Some(python) = python() else {
        return skip("no python with boto3");
    };
    let sandbox = Sandbox::start();
    let botocore = Botocore::start(&python, sandbox.home());
    let mut wrong = Vec::new();
    for row in ROWS {
        let region = if row.profile.contains("region =") {
            ""
        } else {
            "region = eu-west-1\n"
        };
        let profile = format!(
            "[profile p]\ncredential_process = echo '{KEYS}'\n{region}{}",
            row.profile
        );
        sandbox.write_config(&format!("{profile}{}", row.config));
        sandbox.write_credentials(row.credentials);
        let expected = facts(&sandbox, row, &botocore, None);
        let (fact, value) = row.expected;
        let value: Value = serde_json::from_str(value).unwrap();
        if expected["botocore"][fact] != value {
            wrong.push(format!(
                "--profile, {:?}: {fact} is {}",
                row.profile, expected["botocore"][fact]
            ));
        }
        for way in WAYS {
            let actual = facts(&sandbox, row, &botocore, Some(way));
            for sdk in ["botocore", "rust"] {
                // A command of `serve` has the profile alone.
                let mut differences = differences(&expected[sdk], &actual[sdk]);
                differences.retain(|text| way != "serve" || !text.starts_with("another profile's"));
                wrong.extend(
                    differences
                        .iter()
                        .map(|text| format!("{way}, {sdk}, {:?}: {text}", row.profile)),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The program of the test above; for itself, it has nothing to do.
#[test]
fn a_child() {
    let Some(file) = outer_env(FACTS) else { return };
    let profile = outer_env(PROFILE);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let rust = runtime.block_on(by_rust(profile.as_deref()));
    let facts = json!({ "rust": rust, "botocore": by_botocore(profile.as_deref()) });
    fs::write(file, facts.to_string()).unwrap();
}

#[allow(
    clippy::disallowed_methods,
    reason = "the environment is what is looked at"
)]
fn by_botocore(profile: Option<&str>) -> Value {
    let env: BTreeMap<String, String> = std::env::vars().collect();
    let mut socket = UnixStream::connect(outer_env(SOCKET).unwrap()).unwrap();
    writeln!(socket, "{}", json!({ "env": env, "profile": profile })).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    serde_json::from_str(&answer).unwrap()
}

/// Keeps every request's address and its signer's access key.
#[derive(Debug, Clone, Default)]
struct Requests(Arc<Mutex<Vec<String>>>);

impl HttpConnector for Requests {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let signed = request.headers().get("authorization").unwrap_or_default();
        let key = signed.split(['=', '/']).nth(1).unwrap_or_default();
        self.0
            .lock()
            .unwrap()
            .push(format!("{} {key}", request.uri()));
        HttpConnectorFuture::ready(Ok(HttpResponse::new(
            400.try_into().unwrap(),
            SdkBody::from("none"),
        )))
    }
}

/// What the Rust SDK resolves, and the requests that its clients would send.
async fn by_rust(profile: Option<&str>) -> Value {
    let mut loader = aws_config::defaults(aws_config::BehaviorVersion::latest());
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    let requests = Requests::default();
    let connector = requests.clone();
    let http: SharedHttpClient =
        http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone()));
    let sts = aws_sdk_sts::config::Builder::from(&config)
        .http_client(http.clone())
        .build();
    let sts = aws_sdk_sts::Client::from_conf(sts)
        .get_caller_identity()
        .send()
        .await
        .map(|_| ());
    let organizations = aws_sdk_organizations::config::Builder::from(&config)
        .http_client(http)
        .build();
    let organizations = aws_sdk_organizations::Client::from_conf(organizations);
    let organizations = organizations
        .describe_organization()
        .send()
        .await
        .map(|_| ());
    let retries = config.retry_config().unwrap();
    json!({
        "region": config.region().map(AsRef::as_ref),
        "fips": config.use_fips().unwrap_or_default(),
        "dual stack": config.use_dual_stack().unwrap_or_default(),
        "attempts": retries.max_attempts(),
        "mode": format!("{:?}", retries.mode()),
        "name": config.app_name().map(ToString::to_string),
        "compression": [
            format!("{:?}", config.disable_request_compression()),
            format!("{:?}", config.request_min_compression_size_bytes()),
        ],
        "checksums": [
            format!("{:?}", config.request_checksum_calculation()),
            format!("{:?}", config.response_checksum_validation()),
        ],
        "accounts": format!("{:?}", config.account_id_endpoint_mode()),
        "requests": *requests.0.lock().unwrap(),
        "errors": [first_line(sts.err()), first_line(organizations.err())],
    })
}

fn first_line<E: std::error::Error>(error: Option<E>) -> Option<String> {
    error.map(|error| {
        DisplayErrorContext(&error)
            .to_string()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    })
}
