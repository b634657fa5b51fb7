//! The one check of credentials, with the program itself: what is not a key is found before a
//! request, by its place.

#![cfg(unix)]

use crate::common::home::Home;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const ID: &str = "AKIAIOSFODNN7EXAMPLE";

const ROLE: &str = "[profile hub]\nregion = eu-west-1\n[profile c]\nregion = \
                    eu-west-1\nsource_profile = hub\n\
                    role_arn = arn:aws:iam::222222222222:role/PartnerAdmin\n\
                    [profile e]\nregion = eu-west-1\ncredential_source = Environment\n\
                    role_arn = arn:aws:iam::222222222222:role/PartnerAdmin\n";

/// What every command that would use the keys says of them.
fn fails(credentials: &str, message: &str) {
    let home = Home::with(ROLE, credentials, "");
    for args in [
        &["explain", "c"][..],
        &["credential-process", "c"],
        &["assume", "hub", "--print"],
    ] {
        let output = home.xacct(args).run().status(3);
        let said = output.stderr_text().to_owned();
        assert!(
            said.starts_with(&format!("xacct: error: ~/.aws/credentials:{message}\n")),
            "{said}"
        );
        for hidden in [SECRET, "FwoGZXIvYXdzEJr"] {
            assert!(!said.contains(hidden), "{said}");
        }
        output.stderr(&said);
    }
}

#[test]
fn a_bad_line_is_named_and_not_shown() {
    let secret = format!("aws_secret_access_key = {SECRET}");
    fails(
        &format!(
            "[hub]\n{secret}\naws_access_key_id = {ID}\n  aws_session_token = FwoGZXIvYXdzEJr\n"
        ),
        "3: the line after aws_access_key_id is indented, which makes it part of aws_access_key_id",
    );
    fails(
        &format!("[hub]\naws_access_key_id = {SECRET}\naws_secret_access_key = {ID}\n"),
        "2: profile 'hub': aws_access_key_id looks like a secret access key: the two may be in \
         each other's place",
    );
    fails(
        &format!("[hub]\naws_access_key_id = AKIA\n{secret}\n"),
        "2: profile 'hub': aws_access_key_id has 4 characters: access key ids have 16 to 128",
    );
    fails(
        &format!("[hub]\naws_access_key_id =\n{secret}\n"),
        "2: aws_access_key_id is empty",
    );
    fails(
        &format!(
            "[hub]\naws_access_key_id = {ID}\n{secret}\naws_session_token = a\u{1}FwoGZXIvYXdzEJr\n"
        ),
        "4: aws_session_token contains the control character U+0001",
    );
}

#[test]
fn a_bad_variable_is_named() {
    let home = Home::with(ROLE, "", "");
    let keys = [
        ("AWS_ACCESS_KEY_ID", ID),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_SESSION_TOKEN", "token"),
    ];
    for (wrong, end, why) in [
        ("AWS_ACCESS_KEY_ID", "\r", "ends with a carriage return"),
        ("AWS_SECRET_ACCESS_KEY", "\n", "ends with a line feed"),
        ("AWS_SESSION_TOKEN", "\r\n", "contains a carriage return"),
    ] {
        let run = keys.iter().fold(
            home.xacct(&["credential-process", "e"]),
            |run, (name, text)| {
                let end = if *name == wrong { end } else { "" };
                run.env(name, format!("{text}{end}"))
            },
        );
        run.run().status(3).stdout("").stderr(&format!(
            "xacct: error: the environment variable {wrong} {why}\n  set {wrong} again, whole and \
             without a line end\n"
        ));
    }
}

/// What to do about a program whose answer is no use.
const PROCESS: &str = "  run its command by itself: it must print one JSON object and nothing \
                       else, with Version 1, AccessKeyId \
                       and SecretAccessKey, and for temporary keys SessionToken and Expiration\n";

/// It is said as what it is, and not by a question for a code that could not help.
#[test]
fn a_temporary_key_without_its_token_is_refused_by_its_place() {
    const TEMPORARY: &str = "ASIAIOSFODNN7EXAMPLE";
    let why = "is missing, and a temporary access key (ASIA…) is of no use without it";
    fails(
        &format!("[hub]\naws_secret_access_key = {SECRET}\naws_access_key_id = {TEMPORARY}\n"),
        &format!(
            "3: profile 'hub': aws_session_token {why}\n  write aws_session_token next to it, \
             which was issued with the key"
        ),
    );
    let device = "mfa_serial = arn:aws:iam::222222222222:mfa/you\n";
    let home = Home::with(&(ROLE.to_owned() + device), "", "");
    for args in [
        &["explain", "e"][..],
        &["assume", "e", "--no-input", "--print"],
    ] {
        let run = home
            .xacct(args)
            .env("AWS_ACCESS_KEY_ID", TEMPORARY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET);
        run.run().status(3).stderr(&format!(
            "xacct: error: the environment variable AWS_SESSION_TOKEN {why}\n  export \
             AWS_SESSION_TOKEN, which was given out with the key in AWS_ACCESS_KEY_ID\n"
        ));
    }
    let document =
        format!(r#"{{"Version":1,"AccessKeyId":"{TEMPORARY}","SecretAccessKey":"{SECRET}"}}"#);
    let process = format!(
        "[profile p]\nregion = eu-west-1\ncredential_process = echo '{document}'\n{device}"
    );
    let run = Home::with(&process, "", "")
        .xacct(&["credential-process", "p", "--no-input"])
        .run()
        .status(3);
    run.stdout("").stderr(&format!(
        "xacct: error: ~/.aws/config:3: credential_process of profile 'p': in its JSON, \
         SessionToken {why}\n{PROCESS}"
    ));
}

#[test]
fn an_id_that_may_be_a_secret_is_not_shown() {
    // Letters and digits only, and not of a secret's length: the check cannot tell.
    let id = "wJalrXUtnFEMIK7MDENGbPxRfiCY";
    let home = Home::with(
        ROLE,
        &format!("[hub]\naws_access_key_id = {id}\naws_secret_access_key = {SECRET}\n"),
        "",
    );
    for args in [
        &["explain", "c"][..],
        &["explain", "c", "--json"],
        &["list", "--json"],
        &["config", "show", "hub"],
    ] {
        let output = home.xacct(args).run().ok();
        assert!(
            !output.stdout_text().contains(id),
            "{args:?}: {}",
            output.stdout_text()
        );
    }
}

#[test]
fn a_program_gives_whole_keys_or_none() {
    let answer = |document: &str| {
        let config =
            format!("[profile p]\nregion = eu-west-1\ncredential_process = echo '{document}'\n");
        Home::with(&config, "", "")
    };
    let document = |id: &str, token: &str| {
        format!(
            r#"{{"Version":1,"AccessKeyId":"{id}","SecretAccessKey":"{SECRET}","SessionToken":"{token}"}}"#
        )
    };
    let home = answer(&document(ID, ""));
    let given = home.xacct(&["credential-process", "p"]).run().ok().json();
    assert_eq!(
        (&given["AccessKeyId"], given["SessionToken"].is_null()),
        (&ID.into(), true)
    );
    let home = answer(&document("", ""));
    home.xacct(&["credential-process", "p"])
        .run()
        .status(3)
        .stdout("")
        .stderr(&format!(
            "xacct: error: ~/.aws/config:3: credential_process of profile 'p': in its JSON, \
             AccessKeyId is empty\n{PROCESS}"
        ));
}
