//! `xacct whoami`: whose credentials these are, by STS's word.

use crate::common::Sandbox;

const ROLE: &str = "arn:aws:sts::222222222222:assumed-role/PartnerAdmin/xacct-user";

#[test]
fn a_profiles_identity_in_text_and_json() {
    let sandbox = Sandbox::start_plain();
    let json = sandbox.xacct(&["whoami", "plain", "--json"]).run().ok();
    sandbox.asked(&["AssumeRole", "GetCallerIdentity"]);
    let user_id = json.json()["user_id"].as_str().unwrap().to_owned();
    assert!(
        user_id.starts_with("AROA") && user_id.ends_with(":xacct-user"),
        "{user_id}"
    );
    json.stdout(&format!(
        "{{\n  \"account_id\": \"222222222222\",\n  \"arn\": \"{ROLE}\",\n  \"user_id\": \"{user_id}\"\n}}\n"
    ));
    sandbox
        .xacct(&["whoami", "plain"])
        .run()
        .ok()
        .stdout(&format!(
            "account  222222222222\narn      {ROLE}\nuser id  {user_id}\n"
        ));
    sandbox.asked(&["GetCallerIdentity"]);
}

#[test]
fn the_shells_own_keys_come_before_its_profile() {
    let sandbox = Sandbox::start_plain();
    let arn = |run: crate::common::Cmd| {
        run.run().status(0).json()["arn"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let whoami = || sandbox.xacct(&["whoami", "--json"]);
    assert_eq!(arn(whoami().env("AWS_PROFILE", "plain")), ROLE);
    assert_eq!(arn(whoami().env("AWS_DEFAULT_PROFILE", "plain")), ROLE);
    let with_keys = || {
        let run = whoami()
            .env("AWS_ACCESS_KEY_ID", "AKIARTXV5AHDTEST2YOU")
            .env("AWS_REGION", "eu-west-1");
        run.env(
            "AWS_SECRET_ACCESS_KEY",
            "NotASecret/xacct/sandbox/hub/you/EXAMPLE",
        )
    };
    assert_eq!(
        arn(with_keys().env("AWS_PROFILE", "plain")),
        "arn:aws:iam::111111111111:user/you"
    );
    // A profile that is named wins over everything.
    let run = sandbox.xacct(&["whoami", "plain", "--json"]);
    assert_eq!(
        arn(run
            .env("AWS_ACCESS_KEY_ID", "AKIA")
            .env("AWS_SECRET_ACCESS_KEY", "x")),
        ROLE
    );
}

#[test]
fn inside_exec_it_is_the_role() {
    let sandbox = Sandbox::start_plain();
    let run = sandbox
        .xacct(&["exec", "plain", "--", env!("CARGO_BIN_EXE_xacct"), "whoami"])
        .run()
        .ok();
    run.stdout_contains(&format!("\narn      {ROLE}\n"));
}

#[test]
fn with_nothing_to_ask_about_it_says_so() {
    let sandbox = Sandbox::start();
    sandbox.xacct(&["whoami"]).run().status(3).stdout("").stderr(
        "xacct: error: no credentials in this shell: neither AWS_ACCESS_KEY_ID nor AWS_PROFILE is \
         set\n  xacct whoami PROFILE    shows a profile's identity\n",
    );
    let half = sandbox
        .xacct(&["whoami"])
        .env("AWS_ACCESS_KEY_ID", "AKIARTXV5AHDTEST2YOU")
        .run();
    half.status(3)
        .stdout("")
        .stderr_contains("AWS_SECRET_ACCESS_KEY");
    sandbox.asked(&[]);
}

#[test]
fn refused_and_out_of_reach() {
    let sandbox = Sandbox::start_plain();
    let run = || {
        sandbox
            .xacct(&["whoami"])
            .env("AWS_ACCESS_KEY_ID", "AKIARTXV5AHDTESTGONE")
            .env("AWS_SECRET_ACCESS_KEY", "x")
    };
    run().run().status(4).stdout("").stderr(
        "xacct: error: AWS does not take the credentials of 'environment': InvalidClientTokenId: \
         The security token included in the request is invalid.\n",
    );
    sandbox.asked(&["GetCallerIdentity"]);
    let nowhere = run()
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .run()
        .status(6)
        .stdout("");
    nowhere.stderr_contains("xacct: error: AWS could not be reached at http://127.0.0.1:9: ");
}
