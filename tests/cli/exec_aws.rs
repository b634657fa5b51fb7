//! `xacct exec` with the real AWS CLI: `aws s3 ls` in two accounts shows each account's own
//! buckets.
//!
//! moto plays S3 and STS here: the account that its S3 answers for is the one of the credentials
//! that its STS gave.

use crate::common::tools::{Moto, tool};
use crate::common::{Cmd, Sandbox, outer_env};

const CONFIG: &str = "
[profile one]
role_arn = arn:aws:iam::222222222222:role/Reader
source_profile = base
external_id = one-1
region = us-east-1

[profile two]
role_arn = arn:aws:iam::333333333333:role/Reader
source_profile = base
external_id = two-2
region = us-east-1
";

#[test]
fn aws_s3_ls_lists_each_accounts_own_buckets() {
    let (Some(aws), Some(server)) = (tool("aws", "--version"), tool("moto_server", "--help"))
    else {
        crate::common::skip("aws or moto_server is not there: see XACCT_TEST_VENV");
        return;
    };
    let moto = Moto::start(&server);
    let sandbox = Sandbox::start();
    sandbox.write_config(CONFIG);
    sandbox.write_credentials(
        "[base]\naws_access_key_id = AKIAXACCTTESTSBASE01\naws_secret_access_key = none\n",
    );
    let in_account = |profile: &str, args: &[&str]| -> Cmd {
        let run = sandbox.xacct(&[&["exec", profile, "--", aws.as_str()], args].concat());
        // A shell in which another account was used before.
        run.env("AWS_ENDPOINT_URL", &moto.endpoint)
            .env("PATH", outer_env("PATH").unwrap_or_default())
            .env("AWS_PROFILE", "base")
            .env("AWS_SESSION_TOKEN", "old")
    };
    // The AWS CLI takes a second to start: two at a time.
    let both = |one: &[&str], two: &[&str]| {
        let (one, two) = (
            in_account("one", one).spawn(),
            in_account("two", two).spawn(),
        );
        [one.wait().ok(), two.wait().ok()].map(|output| output.stdout_text().to_owned())
    };
    both(
        &["s3", "mb", "s3://bucket-of-one"],
        &["s3", "mb", "s3://bucket-of-two"],
    );
    let listed = both(&["s3", "ls"], &["s3", "ls"]);
    // `2026-11-22 06:40:01 bucket-of-one`
    let names = listed.map(|text| {
        text.lines()
            .map(|line| line[20..].to_owned())
            .collect::<Vec<_>>()
    });
    assert_eq!(names, [["bucket-of-one"], ["bucket-of-two"]]);
}
