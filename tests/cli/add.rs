//! `xacct add`: a profile from options or answers, tried before it is written.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::common::{Cmd, Pty, Sandbox, XACCT};

const ID: &str = "AKIARTXV5AHDTEST2YOU";
const SECRET: &str = "NotASecret/xacct/sandbox/hub/you/EXAMPLE";
const ROLE: [&str; 8] = [
    "add",
    "new",
    "--role-arn",
    "arn:aws:iam::222222222222:role/PartnerAdmin",
    "--source-profile",
    "keys",
    "--external-id",
    "client1-7731",
];
const WRITTEN: &str = "\n[profile new]\nrole_arn = \
                       arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = keys\n\
                       external_id = client1-7731\n";
const ARN: &str = "arn:aws:sts::222222222222:assumed-role/PartnerAdmin/xacct-user";

fn file(sandbox: &Sandbox, name: &str) -> String {
    fs::read_to_string(sandbox.home().join(".aws").join(name)).unwrap()
}

fn config(sandbox: &Sandbox) -> String {
    file(sandbox, "config")
}

fn add(sandbox: &Sandbox, args: &[&str]) -> Cmd {
    // Without a terminal, whatever the tests run in.
    sandbox.program("setsid", &[&["-w", XACCT], args].concat())
}

fn entries(sandbox: &Sandbox) -> Vec<String> {
    let dir = fs::read_dir(sandbox.home().join(".aws")).unwrap();
    let mut names: Vec<String> = dir
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Answers one question after the other.
#[track_caller]
fn answer(pty: &mut Pty, answers: &[(&str, &str)]) {
    for (question, text) in answers {
        pty.expect(question);
        pty.send_line(text);
    }
}

#[test]
fn a_role_is_shown_tried_and_written() {
    let sandbox = Sandbox::start_plain();
    let before = config(&sandbox);
    let args = [
        &ROLE[..],
        &[
            "--region",
            "eu-west-1",
            "--duration",
            "1h",
            "--session-name",
            "me-{}",
        ],
    ]
    .concat();
    let run = add(&sandbox, &args).run().status(3).stdout("");
    run.stderr(
        "xacct: error: --session-name: 'me-{}' contains \
                '{'; AWS takes letters, digits and _+=,.@-\n",
    );
    let args = [&ROLE[..], &["--region", "eu-west-1", "--duration", "1h"]].concat();
    let diff = "--- ~/.aws/config\n+++ ~/.aws/config\n@@ -59,3 +59,10 @@\n source_profile = keys\n \
                external_id = client1-7731\n region = eu-west-1\n\
                +\n+[profile new]\n+role_arn = \
                arn:aws:iam::222222222222:role/PartnerAdmin\n+source_profile = keys\n\
                +external_id = client1-7731\n+duration_seconds = 3600\n+region = eu-west-1\n";
    add(&sandbox, &[&args[..], &["--dry-run"]].concat())
        .run()
        .status(0)
        .stdout(diff)
        .stderr("xacct: profiles: adds 1, keeps 10\n");
    sandbox.asked(&[]);
    let run = add(&sandbox, &args)
        .run()
        .status(0)
        .stdout("")
        .stderr_contains(diff);
    run.stderr_contains(&format!(
        "xacct: 'new' works: it is {ARN} in account 222222222222\nxacct: xacct adopt new    gives \
         it"
    ));
    sandbox.asked(&["AssumeRole", "GetCallerIdentity"]);
    assert_eq!(
        config(&sandbox),
        format!("{before}{WRITTEN}duration_seconds = 3600\nregion = eu-west-1\n")
    );
    // What was tried is cached.
    sandbox.key_id("new");
    sandbox.asked(&[]);
    let run = add(&sandbox, &args).run().status(3).stdout("");
    run.stderr("xacct: error: there is a profile 'new' already: ~/.aws/config:63\n");
}

#[test]
fn what_does_not_work_is_not_written() {
    let sandbox = Sandbox::start_plain();
    let before = config(&sandbox);
    let with = |from: &str, to: &str| -> Vec<String> {
        ROLE.iter()
            .map(|word| word.replace(from, to))
            .chain(["-q".to_owned()])
            .collect()
    };
    for (args, status, message) in [
        (
            with("7731", "7732"),
            4,
            "xacct: error: AWS refused arn:aws:iam::222222222222:role/PartnerAdmin (profile 'new')",
        ),
        (
            with(
                "arn:aws:iam::222222222222:role/PartnerAdmin",
                "PartnerAdmin",
            ),
            3,
            "xacct: error: --role-arn: 'PartnerAdmin' is not the ARN of a role",
        ),
        (
            with("client1-7731", "a b"),
            3,
            "--external-id: 'a b' contains ' '; AWS takes letters, digits and _+=,.@:/-\n",
        ),
        (
            with("new", "a b"),
            3,
            "xacct: error: 'a b' is not a valid name in every SDK",
        ),
        (
            with("keys", "kesy"),
            3,
            "--source-profile: no profile 'kesy'; did you mean 'keys'",
        ),
        (
            with("keys", "new"),
            3,
            "--source-profile: a role's source is another profile\n",
        ),
        (
            with("keys", "hub"),
            5,
            "an MFA code for arn:aws:iam::111111111111:mfa/you is needed",
        ),
    ] {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let run = add(&sandbox, &args)
            .run()
            .status(status)
            .stdout("")
            .stderr_contains(message);
        assert!(
            !run.stderr_text().contains("xacct login"),
            "{}",
            run.stderr_text()
        );
        assert_eq!(config(&sandbox), before, "{args:?}");
    }
    for (args, message) in [
        (
            &ROLE[..4],
            "--source-profile is missing, and no terminal is available to prompt on\n",
        ),
        (&ROLE[..1], "NAME is missing"),
        (
            &ROLE[..2],
            "--role-arn, --access-key or --sso-session is missing",
        ),
        (
            &[&ROLE[..], &["--access-key"]].concat(),
            "cannot be used with",
        ),
    ] {
        add(&sandbox, args)
            .run()
            .status(2)
            .stdout("")
            .stderr_contains(message);
    }
    assert_eq!(entries(&sandbox), ["config", "credentials"]);
    // Unless one wants it.
    let args = with("7731", "7732");
    let args: Vec<&str> = args
        .iter()
        .map(String::as_str)
        .chain(["--no-check"])
        .collect();
    sandbox.clear_log();
    add(&sandbox, &args).run().ok();
    sandbox.asked(&[]);
    assert_eq!(config(&sandbox), before + &WRITTEN.replace("7731", "7732"));
}

#[test]
fn out_of_reach_nothing_is_written() {
    let sandbox = Sandbox::start_plain();
    let before = config(&sandbox);
    let run = add(&sandbox, &ROLE)
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .run()
        .status(6)
        .stdout("");
    run.stderr_contains("nothing was changed; --no-check writes the profile without trying it\n");
    assert_eq!(config(&sandbox), before);
}

#[test]
fn a_role_behind_mfa_is_tried_with_a_code() {
    let sandbox = Sandbox::start();
    let mut args = ROLE.to_vec();
    args[5] = "hub";
    let code = sandbox.fresh_code();
    args.extend(["--mfa-code", &code]);
    add(&sandbox, &args).run().status(0).stderr_contains(ARN);
    sandbox.asked(&["GetSessionToken", "AssumeRole", "GetCallerIdentity"]);
}

#[test]
fn a_key_comes_from_stdin_and_is_never_shown() {
    let sandbox = Sandbox::start();
    let (credentials, before) = (file(&sandbox, "credentials"), config(&sandbox));
    let args = [
        "add",
        "two",
        "--access-key",
        "--region",
        "eu-west-1",
        "--mfa-serial",
        "arn:aws:iam::111111111111:mfa/you",
    ];
    let run = add(&sandbox, &args)
        .stdin(format!("{ID}\n{SECRET}\n"))
        .run()
        .status(0)
        .stdout("");
    run.stderr_contains(
        "+[two]\n+aws_access_key_id = AKIARTXV5AHDTEST2YOU\n+aws_secret_access_key = ********\n",
    )
    .stderr_contains(
        "xacct: 'two' works: it is arn:aws:iam::111111111111:user/you in account 111111111111\n",
    );
    // The key itself is tried, not a session of it: that would take a code.
    sandbox.asked(&["GetCallerIdentity"]);
    assert_eq!(
        file(&sandbox, "credentials"),
        format!(
            "{credentials}\n[two]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"
        )
    );
    assert_eq!(
        config(&sandbox),
        before
            + "\n[profile two]\nmfa_serial = arn:aws:iam::111111111111:mfa/you\nregion = \
               eu-west-1\n"
    );
    for name in entries(&sandbox) {
        let mode = fs::metadata(sandbox.home().join(".aws").join(&name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    let run = add(
        &sandbox,
        &["add", "three", "--access-key", "--access-key-id", ID, "-q"],
    )
    .stdin("wrong\n")
    .run();
    run.status(4)
        .stdout("")
        .stderr_contains("AWS does not take the credentials of 'three': SignatureDoesNotMatch");
    for (stdin, status) in [
        ("", 2),
        ("AKIARTXV5AHDTEST2YOU\n", 2),
        ("AKIARTXV5AHDTEST2YOU\na b\n", 3),
        (&*format!("{SECRET}\n{ID}\n"), 3),
    ] {
        add(&sandbox, &["add", "three", "--access-key"])
            .stdin(stdin)
            .run()
            .status(status)
            .stdout("")
            .stderr_contains("xacct: error: ");
    }
    assert!(!file(&sandbox, "credentials").contains("three"));
}

#[test]
fn a_temporary_key_comes_with_its_token() {
    let sandbox = Sandbox::start();
    let before = file(&sandbox, "credentials");
    let words = ["add", "t", "--access-key", "--no-check", "-q"];
    let hint =
        "\n  on stdin: the key's ID, its secret and its session token, each on a line of its own\n";
    let id = "ASIAXACCTSANDBOX2YOU";
    for (stdin, why) in [
        (
            format!("{id}\n{SECRET}\n"),
            "this is a temporary access key (ASIA…), which needs its session token",
        ),
        (
            format!("{ID}\n{SECRET}\ntoken\n"),
            "there is more after the secret, and only a temporary access key (ASIA…) has a session \
             token",
        ),
        (
            format!("{id}\n{SECRET}\ntoken\nmore\n"),
            "not a valid session token: it has blanks in it, or there are more lines after it",
        ),
    ] {
        let run = add(&sandbox, &words)
            .stdin(stdin)
            .run()
            .status(3)
            .stdout("");
        run.stderr(&format!("xacct: error: {why}: nothing was changed{hint}"));
    }
    let run = add(&sandbox, &words)
        .stdin(format!("{ID}\n{ID}\n"))
        .run()
        .status(3)
        .stdout("");
    run.stderr("xacct: error: the secret is the access key's ID again: nothing was changed\n");
    assert_eq!(file(&sandbox, "credentials"), before);
    add(&sandbox, &words)
        .stdin(format!("{id}\n{SECRET}\ntoken==\n"))
        .run()
        .ok();
    assert_eq!(
        file(&sandbox, "credentials"),
        format!(
            "{before}\n[t]\naws_access_key_id = {id}\naws_secret_access_key = \
             {SECRET}\naws_session_token = token==\n"
        )
    );
}

#[test]
fn the_first_profile_makes_the_files() {
    let sandbox = Sandbox::start();
    fs::remove_dir_all(sandbox.home().join(".aws")).unwrap();
    let args = [
        "add",
        "hub",
        "--access-key",
        "--access-key-id",
        ID,
        "--region",
        "eu-west-1",
        "-q",
    ];
    add(&sandbox, &args).stdin(SECRET).run().ok();
    assert_eq!(config(&sandbox), "[profile hub]\nregion = eu-west-1\n");
    assert_eq!(
        file(&sandbox, "credentials"),
        format!("[hub]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n")
    );
    assert_eq!(entries(&sandbox), ["config", "credentials"]);
}

/// As `aws configure set region` leaves it, or a key that was deleted.
#[test]
fn a_key_is_added_to_a_profile_that_has_none() {
    let sandbox = Sandbox::start();
    let key = |name: &'static str| {
        add(
            &sandbox,
            &["add", name, "--access-key", "--access-key-id", ID, "-q"],
        )
        .stdin(SECRET)
        .run()
    };
    sandbox.write_credentials("# mine\n[other] # c\naws_access_key_id =\n");
    let keys = format!("aws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n");
    let before = config(&sandbox);
    key("hub").ok();
    assert_eq!(
        file(&sandbox, "credentials"),
        format!("# mine\n[other] # c\naws_access_key_id =\n\n[hub]\n{keys}")
    );
    assert_eq!(
        config(&sandbox),
        before,
        "its region and its device are there"
    );
    // A second one, a role, and one that signs in are what they were: there is one already.
    for name in ["hub", "client1", "acme"] {
        key(name).status(3).stderr_contains(&format!(
            "xacct: error: there is a profile '{name}' already: ~/.aws/"
        ));
    }
    // A section of the credentials file too, and with options for what it does not say.
    key("other").ok();
    assert!(file(&sandbox, "credentials").starts_with(&format!("# mine\n[other] # c\n{keys}")));
    sandbox.write_config("[profile r]\noutput = json\nregion = us-east-1\n");
    let args = [
        "add",
        "r",
        "--access-key",
        "--access-key-id",
        ID,
        "-q",
        "--region",
        "eu-west-1",
    ];
    add(&sandbox, &args).stdin(SECRET).run().ok();
    assert_eq!(
        config(&sandbox),
        "[profile r]\noutput = json\nregion = eu-west-1\n"
    );
    // Not for a role.
    let run = add(&sandbox, &[&["add", "other"], &ROLE[2..]].concat())
        .run()
        .status(3)
        .stdout("");
    run.stderr_contains("there is a profile 'other' already: ");
}

#[test]
fn old_backups_go_by_themselves() {
    let sandbox = Sandbox::start_plain();
    for number in 0..13 {
        let name = format!("new{number}");
        let args = [&["add", &name], &ROLE[2..], &["--no-check", "-q"]].concat();
        add(&sandbox, &args).run().ok();
    }
    let backups: Vec<String> = entries(&sandbox)
        .into_iter()
        .filter(|name| name.starts_with("config.xacct-backup-"))
        .collect();
    assert_eq!(backups.len(), 10, "{backups:?}");
    // The newest is what was there before the last one.
    let newest = file(&sandbox, &backups[9]);
    assert!(newest.contains("[profile new11]") && !newest.contains("[profile new12]"));
    let run = sandbox.xacct(&["doctor"]).run();
    assert!(!run.stdout_text().contains("rm "), "{}", run.stdout_text());
}

#[test]
fn a_person_is_asked_for_a_role() {
    let sandbox = Sandbox::start();
    let before = config(&sandbox);
    let mut pty = sandbox.pty_with(&["add"], &[("NO_COLOR", "1")]);
    answer(
        &mut pty,
        &[
            ("name of the new profile: ", "client1"),
            (
                "xacct: there is a profile 'client1' already: ~/.aws/config:10\r\nname of the new \
                 profile: ",
                "new",
            ),
            (
                "is it a role, a key, or a role of Identity Center (sso)? [role]: ",
                "",
            ),
            ("role ARN: ", "arn:aws:iam::222222222222:user/PartnerAdmin"),
            (
                "xacct: 'arn:aws:iam::222222222222:user/PartnerAdmin' is not the ARN of a role \
                 (arn:aws:iam::123456789012:role/Name)\r\nrole ARN: ",
                "arn:aws:iam::222222222222:role/PartnerAdmin",
            ),
            (
                "profile (or Environment, Ec2InstanceMetadata, EcsContainer) whose credentials \
                 assume the role [hub]: ",
                "",
            ),
            ("external ID (empty: none): ", "client1-7731"),
            ("region [eu-central-1]: ", ""),
            (
                "+external_id = client1-7731\r\n+region = eu-central-1\r\nprofiles: adds 1, keeps \
                 8\r\nwrite this? [y/N] ",
                "y",
            ),
        ],
    );
    // Of the source's device is known already.
    pty.expect("MFA code for arn:aws:iam::111111111111:mfa/you (profile new): ");
    pty.send_line(&sandbox.fresh_code());
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    assert!(
        screen.contains(&format!("'new' works: it is {ARN}")),
        "{screen}"
    );
    let written = WRITTEN.replace("= keys", "= hub");
    assert_eq!(
        config(&sandbox),
        format!("{before}{written}region = eu-central-1\n")
    );
}

#[test]
fn a_person_decides_about_what_does_not_work() {
    for (wish, status) in [("n", 4), ("y", 0)] {
        let sandbox = Sandbox::start_plain();
        let before = config(&sandbox);
        let mut args = ROLE.to_vec();
        args[7] = "other";
        let mut pty = sandbox.pty(&args);
        pty.expect("AWS refused arn:aws:iam::222222222222:role/PartnerAdmin");
        answer(
            &mut pty,
            &[("'new' does not work. write it all the same? [y/N] ", wish)],
        );
        let (actual, screen) = pty.wait();
        assert_eq!(actual, status, "{screen}");
        // What is wrong is told once, above the question.
        assert_eq!(screen.matches("error: ").count(), 1, "{screen}");
        assert_eq!(
            screen.contains("xacct: nothing was changed"),
            wish == "n",
            "{screen}"
        );
        let wanted = if wish == "y" {
            WRITTEN.replace("client1-7731", "other")
        } else {
            String::new()
        };
        assert_eq!(config(&sandbox), before + &wanted, "{screen}");
    }
}

#[test]
fn a_key_is_typed_hidden() {
    let sandbox = Sandbox::start();
    let mut pty = sandbox.echoing_pty(&["add", "two"]);
    answer(
        &mut pty,
        &[
            (
                "is it a role, a key, or a role of Identity Center (sso)? [role]: ",
                "key",
            ),
            ("access key ID (not shown): ", "AKIA"),
            ("xacct: not a valid access key ID", ID),
        ],
    );
    pty.expect("secret access key of AKIARTXV5AHDTEST2YOU: ");
    assert!(!pty.echo());
    pty.send_line(SECRET);
    answer(
        &mut pty,
        &[
            (
                "the user's MFA device, its ARN or number (empty: none): ",
                "",
            ),
            ("region (empty: none): ", ""),
            ("write this? [y/N] ", "y"),
        ],
    );
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    assert!(
        screen.contains("user/you in account 111111111111") && !screen.contains(SECRET),
        "{screen}"
    );
    assert!(file(&sandbox, "credentials").contains(SECRET));
    // Without a region or a device there is nothing to say in the config file.
    assert!(!config(&sandbox).contains("two"));
}

/// As they stand on the page that shows a new key, or in a file: one paste, two lines.
#[test]
fn a_pair_that_is_pasted_in_one_go_is_never_shown() {
    let sandbox = Sandbox::start();
    let mut pty = sandbox.echoing_pty(&["add", "two", "--access-key"]);
    pty.expect("access key ID (not shown): ");
    pty.send(&format!("{ID}\n{SECRET}\n"));
    answer(
        &mut pty,
        &[(
            "the user's MFA device, its ARN or number (empty: none): ",
            SECRET,
        )],
    );
    pty.expect("xacct: that has 40 characters, as a secret access key has");
    answer(
        &mut pty,
        &[("(empty: none): ", ""), ("region (empty: none): ", SECRET)],
    );
    pty.expect("xacct: that has 40 characters, as a secret access key has");
    answer(
        &mut pty,
        &[("region (empty: none): ", ""), ("write this? [y/N] ", "y")],
    );
    let ((status, echo), screen) = pty.wait_with_echo();
    assert_eq!((status, echo), (0, true), "{screen}");
    // Once where the device was asked for, once where the region was: not where the pair was.
    assert_eq!(screen.matches(SECRET).count(), 2, "{screen}");
    assert!(file(&sandbox, "credentials").ends_with(&format!(
        "[two]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"
    )));
    // The other way round, the secret is no ID, whatever is in it.
    let mut pty = sandbox.echoing_pty(&["add", "three", "--access-key"]);
    let letters = "wJalrXUtnFEMIAK7MDENGAbPxRfiCYEXAMPLEKEY";
    answer(&mut pty, &[("access key ID (not shown): ", letters)]);
    pty.expect("xacct: not a valid access key ID");
    pty.interrupt();
    let ((status, echo), screen) = pty.wait_with_echo();
    assert_eq!((status, echo), (130, true), "{screen}");
    assert!(!screen.contains(letters), "{screen}");
}

#[test]
fn a_secret_is_no_answer_to_a_question_whose_answer_is_shown() {
    let sandbox = Sandbox::start();
    let before = config(&sandbox);
    for (option, place) in [
        ("--mfa-serial", "--mfa-serial: "),
        ("--region", "--region: "),
    ] {
        let args = [
            "add",
            "two",
            "--access-key",
            "--access-key-id",
            ID,
            option,
            SECRET,
        ];
        let run = add(&sandbox, &args)
            .stdin(format!("{SECRET}\n"))
            .run()
            .status(3)
            .stdout("");
        let run = run.stderr_contains(&format!("xacct: error: {place}this has 40 characters"));
        assert!(!run.stderr_text().contains(SECRET));
    }
    let mut pty = sandbox.pty_with(&["add"], &[("NO_COLOR", "1")]);
    answer(
        &mut pty,
        &[
            ("name of the new profile: ", SECRET),
            ("xacct: that has 40 characters", "two"),
            ("[role]: ", SECRET),
            ("xacct: that has 40 characters", ""),
            ("role ARN: ", "arn:aws:iam::222222222222:role/PartnerAdmin"),
            ("[hub]: ", ""),
            ("external ID (empty: none): ", SECRET),
            ("xacct: that has 40 characters", ""),
        ],
    );
    pty.expect("region [eu-central-1]: ");
    pty.interrupt();
    let (status, screen) = pty.wait();
    assert_eq!(status, 130, "{screen}");
    assert!(!screen.contains(SECRET), "{screen}");
    assert_eq!(config(&sandbox), before);
}

#[test]
fn ctrl_c_ends_it_at_every_question() {
    let sandbox = Sandbox::start();
    let before = (config(&sandbox), file(&sandbox, "credentials"));
    let first = ("name of the new profile: ", "two");
    let kind = (
        "is it a role, a key, or a role of Identity Center (sso)? [role]: ",
        "key",
    );
    let to_secret = [first, kind, ("access key ID (not shown): ", ID)];
    for (answers, last, secret) in [
        (&[][..], "name of the new profile: ", false),
        (&[first, kind], "access key ID (not shown): ", false),
        (&to_secret, "secret access key of", false),
        (&to_secret, "secret access key of", true),
    ] {
        let mut pty = sandbox.echoing_pty(&["add"]);
        answer(&mut pty, answers);
        pty.expect(last);
        if secret {
            pty.send_line(SECRET);
            answer(&mut pty, &[("MFA device", ""), ("region", "")]);
            pty.expect("write this? [y/N] ");
        }
        pty.interrupt();
        let (status, screen) = pty.wait_with_echo();
        assert_eq!(status, (130, true), "{screen}");
        assert_eq!((config(&sandbox), file(&sandbox, "credentials")), before);
    }
    sandbox.asked(&[]);
}
