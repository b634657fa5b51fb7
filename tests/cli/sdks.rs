//! The SDKs that people use get a role's credentials, MFA and all, through `credential_process` and
//! through `exec`, and do something with them: the AWS CLI v1 and v2, boto3, JavaScript, Go
//! (rclone), Rust.
//!
//! The sandbox's STS holds every signature against the secret that it issued; S3 is moto's.

#![cfg(unix)]

use crate::common::tools::{Moto, aws_cli, javascript_sdk, python, tool};
use crate::common::{Cmd, Sandbox, Server, XACCT, outer_env, request, skip};

/// A role as the AWS CLI knows it.
const ROLE: &str = "\n[profile adopted]\nrole_arn = \
                    arn:aws:iam::333333333333:role/partners/Operations\n\
                    source_profile = hub\nexternal_id = client2-8842\nmfa_serial = \
                    arn:aws:iam::111111111111:mfa/you\n\
                    role_session_name = someone\nregion = us-east-1\n";
const ARN: &str = "arn:aws:sts::333333333333:assumed-role/Operations/someone";
const BUCKET: &str = "bucket-of-everyone";

/// How a program comes by its credentials.
#[derive(Clone, Copy, Debug)]
enum Way {
    Process,
    Exec,
}

/// A sandbox whose profile `adopted` is ready for a day, and an S3 with a bucket.
struct Bench {
    sandbox: Sandbox,
    moto: Moto,
}

/// `None` where there is no moto.
fn start() -> Option<Bench> {
    let moto = Moto::start(&tool("moto_server", "--help")?);
    let signed = "AWS4-HMAC-SHA256 \
                  Credential=AKIAIOSFODNN7EXAMPLE/20261122/us-east-1/s3/aws4_request, \
                  SignedHeaders=host, Signature=none";
    let path = format!("/{BUCKET}");
    let made = request(
        &moto.endpoint,
        "PUT",
        &path,
        &[("authorization", signed)],
        "",
    )
    .unwrap();
    assert_eq!(made.0, 200, "{}", made.1);
    let sandbox = adopted();
    Some(Bench { sandbox, moto })
}

fn adopted() -> Sandbox {
    let sandbox = Sandbox::start();
    // By a path with a space, which not all SDKs understand in every form.
    let dir = sandbox.home().join("my tools");
    std::fs::create_dir(&dir).unwrap();
    std::os::unix::fs::symlink(XACCT, dir.join("xacct")).unwrap();
    sandbox.add_config(ROLE);
    sandbox
        .xacct(&["adopt", "adopted", "--yes", "-q"])
        .env("PATH", &dir)
        .run()
        .ok();
    let config = std::fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
    let process = format!(
        "credential_process = '{}/xacct' credential-process adopted\n",
        dir.display()
    );
    assert!(config.contains(&process), "{config}");
    let login = sandbox
        .xacct(&["login", "adopted"])
        .env("XACCT_MFA_CODE", sandbox.fresh_code());
    login
        .run()
        .status(0)
        .stdout("")
        .stderr_contains("is ready for 1");
    sandbox.asked(&["GetSessionToken"]);
    sandbox
}

/// The program with the credentials of `adopted`.
fn run(sandbox: &Sandbox, way: Way, program: &str, args: &[&str]) -> Cmd {
    let run = match way {
        Way::Process => sandbox.program(program, args).env("AWS_PROFILE", "adopted"),
        Way::Exec => sandbox.xacct(&[&["exec", "adopted", "--", program], args].concat()),
    };
    run.env("PATH", outer_env("PATH").unwrap_or_default())
}

/// Each of the commands prints what it is to print, either way, and STS is asked for the role once.
fn works(bench: &Bench, commands: &[(&str, &[&str], &str)]) {
    for way in [Way::Process, Way::Exec] {
        for (program, args, printed) in commands {
            let run = run(&bench.sandbox, way, program, args)
                .env("AWS_ENDPOINT_URL_S3", &bench.moto.endpoint);
            let text = run.run().status(0).stdout_text().to_owned();
            assert!(
                text.contains(printed),
                "{way:?}: no '{printed}' in:\n{text}"
            );
        }
    }
    let log = bench.sandbox.log();
    let id = bench.sandbox.key_id("adopted");
    let mut asked: Vec<&str> = log
        .iter()
        .map(|request| request.action.as_deref().unwrap())
        .collect();
    asked.dedup();
    assert_eq!(asked, ["AssumeRole", "GetCallerIdentity"]);
    assert_eq!(
        log.iter()
            .filter(|request| request.action.as_deref() == Some("AssumeRole"))
            .count(),
        1
    );
    assert!(
        log[1..]
            .iter()
            .all(|request| request.access_key_id.as_deref() == Some(&id))
    );
}

fn aws_cli_works(major: u8) {
    let (Some(aws), Some(bench)) = (aws_cli(major), start()) else {
        return skip(&format!(
            "the AWS CLI v{major} or moto_server is not there (scripts/test-tools)"
        ));
    };
    // Older ones know no AWS_ENDPOINT_URL.
    let (sts, s3) = (
        bench.sandbox.endpoint().to_owned(),
        bench.moto.endpoint.clone(),
    );
    works(
        &bench,
        &[
            (
                &aws,
                &["--endpoint-url", &sts, "sts", "get-caller-identity"],
                ARN,
            ),
            (&aws, &["--endpoint-url", &s3, "s3", "ls"], BUCKET),
        ],
    );
}

#[test]
fn the_aws_cli_v1() {
    aws_cli_works(1);
}

#[test]
fn the_aws_cli_v2() {
    aws_cli_works(2);
}

#[test]
fn boto3() {
    let (Some(python), Some(bench)) = (python(), start()) else {
        return skip("boto3 or moto_server is not there (scripts/test-tools)");
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/sdk_list.py");
    works(
        &bench,
        &[(&python, &[script], &format!("{ARN}\n{BUCKET}\n"))],
    );
}

#[test]
fn javascript() {
    let (Some(sdk), Some(bench)) = (javascript_sdk(), start()) else {
        return skip("node with the AWS SDK, or moto_server, is not there (scripts/test-tools)");
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/js/sdk_list.cjs");
    works(
        &bench,
        &[("node", &[script, &sdk], &format!("{ARN}\n{BUCKET}\n"))],
    );
}

/// Go's SDK, as rclone uses it. It asks no STS, so an S3 of our own shows whose key signed.
#[test]
fn go_in_rclone() {
    let (Some(rclone), Some(bench)) = (tool("rclone", "version"), start()) else {
        return skip("rclone or moto_server is not there (scripts/test-tools)");
    };
    let remote = |endpoint: &str| {
        format!(
            ":s3,provider=Other,env_auth=true,region=us-east-1,force_path_style=true,endpoint=\"{endpoint}\":"
        )
    };
    for way in [Way::Process, Way::Exec] {
        let listed = run(
            &bench.sandbox,
            way,
            &rclone,
            &["lsd", &remote(&bench.moto.endpoint)],
        )
        .run();
        let text = listed.status(0).stdout_text().to_owned();
        assert!(text.contains(BUCKET), "{way:?}: {text}");
        let id = bench.sandbox.key_id("adopted");
        let buckets = "<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>";
        let s3 = Server::start(move |asked| {
            let right = asked.contains(&format!("Credential={id}/"));
            (
                if right { 200 } else { 403 },
                String::new(),
                buckets.to_owned(),
            )
        });
        run(
            &bench.sandbox,
            way,
            &rclone,
            &["lsd", "--retries", "1", &remote(s3.endpoint())],
        )
        .run()
        .status(0);
        assert_eq!(s3.asked(), ["GET /"]);
    }
    bench.sandbox.asked(&["AssumeRole"]);
}

/// Set where a run of this test file is a program with aws-config.
const CHILD: &str = "XACCT_TEST_RUST_SDK";

#[test]
fn rust() {
    let sandbox = adopted();
    let this = std::env::current_exe().unwrap();
    for way in [Way::Process, Way::Exec] {
        let args = ["--exact", "sdks::a_rust_program", "--nocapture"];
        let output = run(&sandbox, way, this.to_str().unwrap(), &args)
            .env(CHILD, "1")
            .run();
        output.status(0).stdout_contains(&format!("{ARN}\n"));
    }
    sandbox.asked(&["AssumeRole", "GetCallerIdentity", "GetCallerIdentity"]);
}

/// The program of the test above; for itself, it has nothing to do.
#[test]
#[allow(clippy::print_stdout, reason = "this is a program's output")]
fn a_rust_program() {
    if outer_env(CHILD).is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let identity = runtime.block_on(async {
        let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
        aws_sdk_sts::Client::new(&config)
            .get_caller_identity()
            .send()
            .await
    });
    println!("{}", identity.unwrap().arn().unwrap());
}
