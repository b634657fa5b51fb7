//! A web identity as the source: a token in a file buys a role, by a profile's word or, as in an
//! EKS pod, the environment's.

use crate::common::{Cmd, Sandbox, account, cache::now};
use serde_json::{Value, json};

const WORLD: &str = r#"
[[account]]
id = "111111111111"
name = "hub"
[[account.role]]
name = "Web"
[[account.role.trust]]
federated = "https://token.example.com"
audience = "sts.amazonaws.com"
subject = "repo:acme/*"
revoked = "repo:acme/gone"

[[account]]
id = "222222222222"
name = "client"
[[account.role]]
name = "Inner"
trust = [{ principals = ["arn:aws:iam::111111111111:role/Web"], external_id = "client-1" }]

[files]
config = '''
[default]
region = eu-west-1

[profile web]
role_arn = arn:aws:iam::111111111111:role/Web
web_identity_token_file = token
role_session_name = ci
region = eu-west-1
[profile web-role]
role_arn = arn:aws:iam::222222222222:role/Inner
source_profile = web
external_id = client-1
region = eu-west-1

[profile pod]
credential_source = Environment
region = eu-west-1
[profile pod-role]
role_arn = arn:aws:iam::222222222222:role/Inner
credential_source = Environment
external_id = client-1
region = eu-west-1
'''
credentials = '''
'''
"#;

fn start() -> Sandbox {
    Sandbox::with_world(WORLD)
}

/// A JWT for the sandbox, which does not look at its signature.
fn jwt(subject: &str, audience: &str, expires_at: i64) -> String {
    let claims = json!({
        "iss": "https://token.example.com", "aud": audience, "sub": subject, "exp": expires_at,
    });
    let part = |text: &str| {
        let standard = aws_smithy_types::base64::encode(text);
        standard
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_")
    };
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"RS256"}"#),
        part(&claims.to_string()),
        part("signature")
    )
}

#[test]
fn a_web_identity_is_exchanged_unsigned_and_signs_for_a_role() {
    let sandbox = start();
    let file = sandbox.home().join("token");
    std::fs::write(
        &file,
        jwt("repo:acme/web", "sts.amazonaws.com", now() + 600) + "\n",
    )
    .unwrap();
    let own = sandbox
        .xacct(&["credential-process", "web"])
        .run()
        .ok()
        .json();
    assert_eq!(own["AccountId"], "111111111111");
    let role = sandbox
        .xacct(&["credential-process", "web-role"])
        .run()
        .ok()
        .json();
    assert_eq!(role["AccountId"], "222222222222");
    sandbox.key_id("web");
    let log = sandbox.log();
    let actions: Vec<_> = log
        .iter()
        .map(|request| request.action.as_deref().unwrap())
        .collect();
    assert_eq!(actions, ["AssumeRoleWithWebIdentity", "AssumeRole"]);
    assert_eq!(log[0].params["RoleSessionName"], "ci");
    assert_eq!(
        (log[0].access_key_id.as_deref(), log[0].region.as_deref()),
        (None, None)
    );
    assert_eq!(log[1].access_key_id.as_deref(), own["AccessKeyId"].as_str());
    sandbox.clear_log();
    // Whoever's token is in the file now gets nothing of what the one before was given.
    std::fs::write(
        &file,
        jwt("repo:other/web", "sts.amazonaws.com", now() + 600),
    )
    .unwrap();
    for profile in ["web", "web-role"] {
        let refused = sandbox
            .xacct(&["credential-process", profile])
            .run()
            .status(4)
            .stdout("");
        refused.stderr_contains(
            "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
        );
    }
}

#[test]
fn an_empty_token_is_not_sent() {
    let sandbox = start();
    let file = sandbox.home().join("token");
    let hint = "\n  whatever issues the token puts it there; has it run?\n";
    for text in ["", "\n", " \r\n"] {
        std::fs::write(&file, text).unwrap();
        let run = sandbox
            .xacct(&["credential-process", "web-role"])
            .run()
            .status(3)
            .stdout("");
        run.stderr(&format!(
            "xacct: error: ~/.aws/config:6: web_identity_token_file of profile 'web': token is \
             empty{hint}"
        ));
        let pod = sandbox
            .xacct(&["credential-process", "pod"])
            .env("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
        let pod = pod
            .env("AWS_ROLE_ARN", "arn:aws:iam::111111111111:role/Web")
            .run()
            .status(3)
            .stdout("");
        pod.stderr(&format!(
            "xacct: error: AWS_WEB_IDENTITY_TOKEN_FILE: token is empty{hint}"
        ));
    }
    assert_eq!(sandbox.calls(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_web_identity_that_is_not_taken_says_why() {
    let sandbox = start();
    let file = sandbox.home().join("token");
    let fails = |status: i32, words: &str| {
        let output = sandbox
            .xacct(&["credential-process", "web"])
            .run()
            .status(status)
            .stdout("");
        output.stderr(words);
    };
    fails(
        3,
        "xacct: error: ~/.aws/config:6: web_identity_token_file of profile 'web': token cannot be \
         read: No such file or directory (os error 2)\n",
    );
    let refused = |code: &str, message: &str, hint: &str| {
        fails(
            4,
            &format!(
                "xacct: error: AWS refused the web identity of profile 'web': {code}: {message}\n  \
                 {hint}\n"
            ),
        );
    };
    let token = "the token in token must be a JWT from an issuer that the role's account has as an \
                 identity provider, for the audience that it names there";
    std::fs::write(&file, "no token").unwrap();
    refused(
        "InvalidIdentityToken",
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access \
         Token)",
        token,
    );
    std::fs::write(&file, jwt("repo:acme/web", "elsewhere", now() + 600)).unwrap();
    refused("InvalidIdentityToken", "Incorrect token audience", token);
    let expired = now() - 1;
    std::fs::write(&file, jwt("repo:acme/web", "sts.amazonaws.com", expired)).unwrap();
    let output = sandbox
        .xacct(&["credential-process", "web"])
        .run()
        .status(4)
        .stdout("");
    let output = output.stderr_contains("'web': ExpiredTokenException: Token expired: ");
    output.stderr_contains(
        "the token in token has expired: the program that writes it must write a new one",
    );
    std::fs::write(
        &file,
        jwt("repo:acme/gone", "sts.amazonaws.com", now() + 600),
    )
    .unwrap();
    refused(
        "IDPRejectedClaim",
        "The identity provider reported that authentication failed",
        "the issuer of the token in token does not stand by it: a new one must be written",
    );
    std::fs::write(
        &file,
        jwt("repo:other/web", "sts.amazonaws.com", now() + 600),
    )
    .unwrap();
    refused(
        "AccessDenied",
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        "arn:aws:iam::111111111111:role/Web must trust the token's issuer, audience and subject",
    );
}

#[test]
fn without_a_name_of_its_own_the_session_has_the_templates() {
    let sandbox = start();
    let file = sandbox.home().join("token");
    std::fs::write(
        &file,
        jwt("repo:acme/web", "sts.amazonaws.com", now() + 600),
    )
    .unwrap();
    sandbox.edit_config("role_session_name = ci\n", "");
    sandbox.key_id("web");
    sandbox.write_settings("session_name = \"{user}@{profile}\"\n");
    sandbox.key_id("web");
    let names: Vec<_> = sandbox
        .log()
        .iter()
        .map(|one| one.params["RoleSessionName"].clone())
        .collect();
    assert_eq!(names, ["xacct-user", &format!("{}@web", account())]);
}

#[test]
fn what_a_token_takes_is_sent_and_the_rest_refused() {
    let sandbox = pod("repo:acme/web");
    sandbox.edit_config(
        "role_session_name = ci\n",
        "role_session_name = ci\nduration_seconds = 1800\nread_only = true\nsession_policy = \
         {\"Statement\":[]}\n\
         credential_source = Environment\n",
    );
    let base = ("AWS_ACCESS_KEY_ID", "AKIARTXV5AHDTEST2YOU");
    let run = |words: &[&str]| {
        sandbox
            .xacct(words)
            .env(base.0, base.1)
            .env("AWS_SECRET_ACCESS_KEY", "s")
            .run()
    };
    run(&["credential-process", "web"]).ok();
    let request = sandbox.log().pop().unwrap();
    assert_eq!(request.action.as_deref(), Some("AssumeRoleWithWebIdentity"));
    for (name, value) in [
        ("DurationSeconds", "1800"),
        ("Policy", "{\"Statement\":[]}"),
        (
            "PolicyArns.member.1.arn",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
    ] {
        assert_eq!(request.params[name], value, "{name}");
    }
    run(&["credential-process", "web", "--duration", "15m"]).ok();
    assert_eq!(
        sandbox.log().pop().unwrap().params["DurationSeconds"],
        "900"
    );
    let calls = sandbox.calls().len();
    for words in [
        ["--external-id", "x1"],
        ["--tag", "a=b"],
        ["--source-identity", "me"],
    ] {
        let output = run(&[&["credential-process", "web"], &words[..]].concat())
            .status(3)
            .stdout("");
        output.stderr_contains("(AssumeRoleWithWebIdentity), which does not take it");
    }
    let output = run(&["credential-process", "web", "--mfa-serial", "GAHT12345678"])
        .status(3)
        .stdout("");
    output.stderr_contains("--mfa-serial is not used");
    assert_eq!(sandbox.calls().len(), calls);
}

#[test]
fn what_sts_would_not_take_is_not_sent() {
    let sandbox = start();
    let fails = |lines: &str, words: &str| {
        sandbox.write_config(&format!(
            "[profile web]\nweb_identity_token_file = token\n{lines}"
        ));
        let output = sandbox
            .xacct(&["credential-process", "web"])
            .run()
            .status(3)
            .stdout("");
        output.stderr_contains(&format!("xacct: error: ~/.aws/config:{words}"));
    };
    fails("role_arn = Web\n", "3: role_arn ");
    fails(
        "role_arn = arn:aws:iam::111111111111:role/Web\nrole_session_name = a b\n",
        "4: role_session_name ",
    );
    sandbox.asked(&[]);
}

/// A run in a pod: the role and the token's file are in its environment.
fn in_pod(sandbox: &Sandbox, args: &[&str]) -> Cmd {
    let run = sandbox
        .xacct(args)
        .env("AWS_ROLE_ARN", "arn:aws:iam::111111111111:role/Web");
    run.env("AWS_WEB_IDENTITY_TOKEN_FILE", sandbox.home().join("token"))
}

fn pod(subject: &str) -> Sandbox {
    let sandbox = start();
    write_token(&sandbox, subject);
    sandbox
}

fn write_token(sandbox: &Sandbox, subject: &str) {
    let token = jwt(subject, "sts.amazonaws.com", now() + 600);
    std::fs::write(sandbox.home().join("token"), token).unwrap();
}

#[test]
fn a_pod_goes_on_into_other_accounts() {
    let sandbox = pod("repo:acme/web");
    let role = in_pod(&sandbox, &["credential-process", "pod-role"])
        .run()
        .ok()
        .json();
    assert_eq!(role["AccountId"], "222222222222");
    let own = in_pod(&sandbox, &["credential-process", "pod"])
        .run()
        .ok()
        .json();
    assert_eq!(own["AccountId"], "111111111111");
    let log = sandbox.log();
    assert_eq!(log[0].params["RoleSessionName"], "xacct-user");
    assert_eq!(log[1].access_key_id.as_deref(), own["AccessKeyId"].as_str());
    sandbox.asked(&["AssumeRoleWithWebIdentity", "AssumeRole"]);
    // Its name, another role, another token: another session each.
    in_pod(&sandbox, &["credential-process", "pod"])
        .env("AWS_ROLE_SESSION_NAME", "pod-1")
        .run()
        .ok();
    assert_eq!(sandbox.log()[0].params["RoleSessionName"], "pod-1");
    write_token(&sandbox, "repo:other/web");
    for profile in ["pod", "pod-role"] {
        let refused = in_pod(&sandbox, &["credential-process", profile])
            .run()
            .status(4)
            .stdout("");
        refused.stderr(
            "xacct: error: AWS refused the web identity of the environment: AccessDenied: Not \
             authorized to perform sts:AssumeRoleWithWebIdentity\n  \
             arn:aws:iam::111111111111:role/Web must trust the token's issuer, audience and \
             subject\n",
        );
    }
}

#[test]
fn keys_in_the_environment_come_first() {
    let sandbox = pod("repo:acme/web");
    let explained = |run: Cmd| run.run().ok().json()["source"].clone();
    let source = explained(in_pod(&sandbox, &["explain", "pod-role", "--json"]));
    assert_eq!(
        source,
        json!({
            "kind": "web_identity", "profile": Value::Null, "role_arn": "arn:aws:iam::111111111111:role/Web",
            "role_session_name": "xacct-user", "web_identity_token_file": sandbox.home().join("token"),
            "duration_seconds": null, "policy": null, "policy_arns": null, "read_only": false,
            "origins": {"source": "~/.aws/config:20"},
        })
    );
    in_pod(&sandbox, &["explain", "pod-role"])
        .run()
        .ok()
        .stdout_contains(&format!(
            "source    arn:aws:iam::111111111111:role/Web with the token in {}, as the environment \
         says (~/.aws/config:20)\n",
            sandbox.home().join("token").display()
        ));
    let run = in_pod(&sandbox, &["explain", "pod-role", "--json"])
        .env("AWS_ACCESS_KEY_ID", "AKIAXAKIAXAKIAXA");
    assert_eq!(
        explained(run.env("AWS_SECRET_ACCESS_KEY", "s"))["kind"],
        "environment"
    );
    // Half a pair is a mistake, and not a reason to be somebody else.
    let half = in_pod(&sandbox, &["explain", "pod-role"])
        .env("AWS_ACCESS_KEY_ID", "AKIAXAKIAXAKIAXA")
        .run();
    half.status(3)
        .stdout("")
        .stderr_contains("are not both set\n");
    // So is half of the other pair.
    let half = in_pod(&sandbox, &["explain", "pod-role"])
        .env_remove("AWS_ROLE_ARN")
        .run();
    half.status(3).stdout("").stderr_contains(
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set\n  or, for a web identity, \
         AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE\n",
    );
    sandbox.asked(&[]);
}

#[test]
fn whoami_in_a_pod_is_its_role() {
    let sandbox = pod("repo:acme/web");
    let whoami = || in_pod(&sandbox, &["whoami"]).env("AWS_REGION", "eu-west-1");
    let web = "\narn      arn:aws:sts::111111111111:assumed-role/Web/xacct-user\n";
    whoami().run().ok().stdout_contains(web);
    sandbox.asked(&["AssumeRoleWithWebIdentity", "GetCallerIdentity"]);
    whoami().run().ok().stdout_contains(web);
    sandbox.asked(&["GetCallerIdentity"]);
    // A profile that was chosen is meant, as in every SDK.
    let chosen = whoami().env("AWS_PROFILE", "pod-role").run().ok();
    chosen.stdout_contains("assumed-role/Inner/xacct-user\n");
}

#[cfg(unix)]
#[test]
fn a_pod_whose_variables_are_wrong() {
    let sandbox = pod("repo:acme/web");
    let fails = |run: Cmd, words: &str| {
        run.run()
            .status(3)
            .stdout("")
            .stderr_contains(&format!("xacct: error: {words}"));
    };
    let run = || in_pod(&sandbox, &["credential-process", "pod"]);
    fails(run().env("AWS_ROLE_ARN", "Web"), "AWS_ROLE_ARN ");
    fails(
        run().env("AWS_ROLE_SESSION_NAME", "a b"),
        "AWS_ROLE_SESSION_NAME ",
    );
    let gone = run().env("AWS_WEB_IDENTITY_TOKEN_FILE", "/gone");
    fails(
        gone,
        "AWS_WEB_IDENTITY_TOKEN_FILE: /gone cannot be read: No such file or directory",
    );
    sandbox.asked(&[]);
}

/// The token wins in the role's own profile, the access key where the profile is another's source
/// (docs/aws.md A2).
#[test]
fn explain_names_the_sources_that_are_ignored() {
    let sandbox = start();
    let place = |start: &str| {
        let config = std::fs::read_to_string(sandbox.home().join(".aws/config")).unwrap();
        format!(
            "~/.aws/config:{}",
            config.lines().position(|line| line == start).unwrap() + 1
        )
    };
    sandbox.add_config(
        "\n[profile both]\nregion = eu-west-1\nrole_arn = arn:aws:iam::111111111111:role/Web\n\
         web_identity_token_file = /both-token\ncredential_source = \
         EcsContainer\naws_access_key_id = \
         AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = NotASecret\n[profile above]\nregion = \
         eu-west-1\nrole_arn = \
         arn:aws:iam::222222222222:role/Inner\nsource_profile = both\n",
    );
    let unused = |profile: &str| {
        let text = sandbox.xacct(&["explain", profile]).run().ok();
        let lines = text
            .stdout_text()
            .lines()
            .filter_map(|line| line.strip_prefix("unused    "));
        let lines: Vec<String> = lines.map(str::to_owned).collect();
        let json = sandbox
            .xacct(&["explain", profile, "--json"])
            .run()
            .ok()
            .json();
        assert_eq!(json["warnings"], json!(lines));
        lines
    };
    let token = place("web_identity_token_file = /both-token");
    let used = format!("the role is assumed with the token of web_identity_token_file ({token})");
    let key = place("aws_access_key_id = AKIAIOSFODNN7EXAMPLE");
    assert_eq!(
        unused("both"),
        [
            format!("{key}: profile 'both': aws_access_key_id is ignored: {used}"),
            format!(
                "{}: profile 'both': credential_source is ignored: {used}",
                place("credential_source = EcsContainer")
            )
        ]
    );
    let used = format!("as a source, the profile gives the access key in {key}");
    assert_eq!(
        unused("above"),
        [format!(
            "{token}: profile 'both': web_identity_token_file is ignored: {used}"
        )]
    );
    assert!(unused("web").is_empty());
}
