//! `xacct sync sso`: what Identity Center has assigned becomes profiles, once, and nothing else
//! changes.
#![cfg(unix)]

use std::fmt::Write;
use std::fs;

use crate::common::{Cmd, Sandbox};
use serde_json::json;

const BEGIN: &str =
    "# xacct sync sso acme: begin (kept by xacct: profiles of your own stand outside)\n";
const END: &str = "# xacct sync sso acme: end\n";
const SAME: &str = "xacct: nothing to change in ~/.aws/config\n";

fn config(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.home().join(".aws/config")).unwrap()
}

fn sync(sandbox: &Sandbox, args: &[&str]) -> Cmd {
    sandbox.xacct(&[&["sync", "sso"], args].concat())
}

/// Writes it, silently.
#[track_caller]
fn done(sandbox: &Sandbox, args: &[&str]) {
    sync(sandbox, &[args, &["--yes", "-q"]].concat())
        .run()
        .ok()
        .stdout("");
}

fn section(name: &str, account_id: &str, role: &str) -> String {
    format!(
        "[profile {name}]\nsso_session = acme\nsso_account_id = {account_id}\nsso_role_name = \
         {role}\nregion = eu-central-1\n"
    )
}

/// What the sample world has.
fn sections() -> [String; 4] {
    [
        section("client1-ReadOnly", "222222222222", "ReadOnly"),
        section("client2-ReadOnly", "333333333333", "ReadOnly"),
        section("hub-Admin", "111111111111", "Admin"),
        section("hub-ReadOnly", "111111111111", "ReadOnly"),
    ]
}

fn block() -> String {
    format!("\n{BEGIN}{}{END}", sections().join("\n"))
}

fn backups(sandbox: &Sandbox) -> usize {
    let names = fs::read_dir(sandbox.home().join(".aws"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    names
        .filter(|name| name.to_string_lossy().contains("xacct-backup"))
        .count()
}

#[test]
fn every_role_becomes_a_profile_once() {
    let sandbox = Sandbox::signed_in();
    let before = config(&sandbox);
    let added: String = block().lines().fold(String::new(), |mut added, line| {
        writeln!(added, "+{line}").unwrap();
        added
    });
    let diff = format!(
        "--- ~/.aws/config\n+++ ~/.aws/config\n@@ -53,3 +53,29 @@\n source_profile = acme\n \
         external_id = client1-7731\n region = eu-west-1\n{added}"
    );
    let run = sync(&sandbox, &["acme", "--dry-run"])
        .run()
        .status(0)
        .stdout(&diff);
    run.stderr("xacct: profiles: adds 4, keeps 8\n");
    assert_eq!((config(&sandbox), backups(&sandbox)), (before.clone(), 0));
    sandbox.asked(&[
        "ListAccounts",
        "ListAccountRoles",
        "ListAccountRoles",
        "ListAccountRoles",
    ]);
    // The only session there is need not be named.
    let run = sync(&sandbox, &["--yes"]).run().status(0).stdout("");
    let told = format!("{diff}xacct: ~/.aws/config: 4 profiles added\nxacct: backup: ");
    assert!(
        run.stderr_text().starts_with(&told),
        "{}",
        run.stderr_text()
    );
    assert_eq!(
        (config(&sandbox), backups(&sandbox)),
        (before.clone() + &block(), 1)
    );
    sync(&sandbox, &["acme", "--yes"])
        .run()
        .status(0)
        .stdout("")
        .stderr(SAME);
    sync(&sandbox, &["acme", "--dry-run", "--prune"])
        .run()
        .status(0)
        .stdout("")
        .stderr(SAME);
    assert_eq!(
        (config(&sandbox), backups(&sandbox)),
        (before + &block(), 1)
    );
}

#[test]
fn what_is_written_works() {
    let sandbox = Sandbox::signed_in();
    done(&sandbox, &[]);
    sandbox.clear_log();
    let caller = [
        "exec",
        "client1-ReadOnly",
        "--",
        "sh",
        "-c",
        "echo $AWS_ACCOUNT_ID $AWS_REGION",
    ];
    sandbox
        .xacct(&caller)
        .run()
        .ok()
        .stdout("222222222222 eu-central-1\n");
    sandbox.asked(&["GetRoleCredentials"]);
    let listed = sandbox.xacct(&["list"]).run().ok();
    listed
        .stdout_contains("hub-Admin         111111111111  Admin         sso acme  eu-central-1  ");
}

#[test]
fn one_chooses_and_names() {
    let sandbox = Sandbox::signed_in();
    let before = config(&sandbox);
    let chosen = [
        "acme",
        "--account",
        "client*,hub",
        "--account",
        "!*2",
        "--role",
        "Read*",
        "--region",
        "us-east-2",
    ];
    let named = ["--name-template", "{session}/{account_slug}.{role_name}"];
    done(&sandbox, &[&chosen[..], &named[..]].concat());
    let wanted = [
        section("acme/client1.ReadOnly", "222222222222", "ReadOnly"),
        section("acme/hub.ReadOnly", "111111111111", "ReadOnly"),
    ];
    let block = format!("\n{BEGIN}{}{END}", wanted.join("\n")).replace("eu-central-1", "us-east-2");
    assert_eq!(config(&sandbox), before.clone() + &block);
    // Nobody was asked about the roles of what is not wanted.
    sandbox.asked(&["ListAccounts", "ListAccountRoles", "ListAccountRoles"]);
    let run = sync(
        &sandbox,
        &[
            "--account",
            "222222222222,nosuch",
            "--role",
            "!Nosuch",
            "--role",
            "ReadOnly",
            "--dry-run",
        ],
    );
    let run = run
        .run()
        .status(0)
        .stdout_contains("+[profile client1-ReadOnly]\n");
    run.stderr(
        "xacct: warning: --account 'nosuch' matches nothing\nxacct: warning: --role '!Nosuch' \
         matches nothing\n\
         xacct: warning: no longer among what was found, and kept: 'acme/client1.ReadOnly', \
         'acme/hub.ReadOnly' \
         (--prune takes them out)\nxacct: profiles: adds 1, keeps 10\n",
    );
    for (template, why) in [
        (
            "{acount_id}",
            "unknown {acount_id}, did you mean {account_id}? there are {account_id}, ",
        ),
        ("{ou}", "unknown {ou}; known are {account_id}, "),
        (
            "acme",
            "every profile would have one name; there are {account_id}, ",
        ),
    ] {
        let run = sync(&sandbox, &["--name-template", template, "--yes"])
            .run()
            .status(2)
            .stdout("");
        run.stderr_contains(&format!("xacct: error: --name-template: {why}"));
    }
    let run = sync(
        &sandbox,
        &["--name-template", "{account_name}", "--yes", "--prune"],
    )
    .run()
    .status(3)
    .stdout("");
    run.stderr(
        "xacct: error: Admin in 111111111111 and ReadOnly in 111111111111 would both be called \
         'hub': nothing was changed\n  --name-template tells them apart: with {account_name}, \
         {role_name} and {account_id} it always does\n",
    );
    assert_eq!(config(&sandbox), before + &block);
}

#[test]
fn what_is_gone_is_kept_until_it_is_pruned() {
    let sandbox = Sandbox::signed_in();
    let before = config(&sandbox);
    done(&sandbox, &[]);
    sandbox.add_config(
        "\n[profile mine]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = \
         client2-ReadOnly\n",
    );
    let with_all = config(&sandbox);
    let kept = "xacct: warning: no longer among what was found, and kept: 'client2-ReadOnly', \
                'hub-Admin', 'hub-ReadOnly' (--prune takes them out)\n";
    let client1 = ["--account", "client1", "--yes"];
    sync(&sandbox, &client1)
        .run()
        .status(0)
        .stdout("")
        .stderr(&format!("{kept}{SAME}"));
    assert_eq!(config(&sandbox), with_all);
    let run = sync(&sandbox, &[&client1[..], &["--prune"]].concat())
        .run()
        .status(0)
        .stdout("");
    let lost = "xacct: warning: ~/.aws/config:85: profile 'mine' has source_profile = \
                client2-ReadOnly, which is taken out\n";
    run.stderr_contains(lost)
        .stderr_contains("xacct: ~/.aws/config: 3 profiles taken out\n");
    let mine = with_all.split_once(END).unwrap().1;
    assert_eq!(
        config(&sandbox),
        format!("{before}\n{BEGIN}{}{END}{mine}", sections()[0])
    );
    // With the last one the block goes.
    let run = sync(&sandbox, &["--account", "!*", "--yes", "--prune"])
        .run()
        .status(0)
        .stdout("");
    run.stderr_contains("xacct: ~/.aws/config: 1 profile taken out\n");
    assert_eq!(config(&sandbox), format!("{before}{mine}"));
    let run = sync(&sandbox, &["--account", "!*", "--yes", "--prune"])
        .run()
        .status(0)
        .stdout("");
    run.stderr("xacct: no role was found that is wanted: nothing to change\n");
}

#[test]
fn names_that_are_taken_stay_whose_they_are() {
    let sandbox = Sandbox::signed_in();
    sandbox.add_config("\n[profile client1-ReadOnly]\nregion = x\n");
    let credentials = fs::read_to_string(sandbox.home().join(".aws/credentials")).unwrap();
    sandbox.write_credentials(&format!(
        "{credentials}[client2-ReadOnly]\naws_session_token = x\n"
    ));
    sandbox.write_settings("[profile.hub-Admin]\nregion = 'x'\n");
    let before = config(&sandbox);
    let run = sync(&sandbox, &["--yes"]).run().status(0).stdout("");
    let taken = "xacct: warning: 'client1-ReadOnly' is left out: there is a profile of that name \
                 at ~/.aws/config:57\n\
                 xacct: warning: 'client2-ReadOnly' is left out: there is a profile of that name \
                 at ~/.aws/credentials:4\n\
                 xacct: warning: 'hub-Admin' is left out: there is a profile of that name at \
                 ~/.config/xacct/config.toml:1\n";
    let told = run.stderr_text();
    assert!(
        told.starts_with(taken) && told.contains("xacct: ~/.aws/config: 1 profile added\n"),
        "{told}"
    );
    assert_eq!(
        config(&sandbox),
        format!("{before}\n{BEGIN}{}{END}", sections()[3])
    );
    sync(&sandbox, &["--yes"])
        .run()
        .status(0)
        .stderr(&format!("{taken}{SAME}"));
    // What xacct's settings add to a profile of the block, and what is added inside, is nobody
    // else's.
    sandbox.write_settings(
        "[profile.hub-ReadOnly]\nconfirm = true\n[profile.hub-Admin]\nregion = 'x'\n",
    );
    sandbox.edit_config(
        "sso_role_name = ReadOnly\nregion = eu-central-1\n",
        "sso_role_name = ReadOnly\nregion = eu-west-3\noutput = json\n",
    );
    let mine = config(&sandbox);
    sync(&sandbox, &["--yes"])
        .run()
        .status(0)
        .stderr(&format!("{}{SAME}", taken.replace("toml:1", "toml:3")));
    assert_eq!(config(&sandbox), mine);
    // A region that is asked for is another thing.
    done(&sandbox, &["--region", "us-west-2"]);
    assert_eq!(config(&sandbox), mine.replace("eu-west-3", "us-west-2"));
    // The same name in the block and elsewhere: neither is touched.
    sandbox.add_config("\n[profile hub-ReadOnly]\nregion = y\n");
    let twice = config(&sandbox);
    let run = sync(
        &sandbox,
        &[
            "--yes",
            "--prune",
            "--account",
            "hub",
            "--region",
            "us-east-2",
        ],
    )
    .run()
    .status(0);
    run.stderr_contains(
        "'hub-ReadOnly' stays as it is: there is a profile of that name at ~/.aws/config:69\n",
    );
    assert_eq!(config(&sandbox), twice);
}

#[test]
fn a_file_with_carriage_returns_or_without_a_last_line_end() {
    let sandbox = Sandbox::signed_in();
    let before = config(&sandbox).replace('\n', "\r\n");
    sandbox.write_config(&before);
    done(&sandbox, &[]);
    assert_eq!(
        config(&sandbox),
        before.clone() + &block().replace('\n', "\r\n")
    );
    sync(&sandbox, &["--yes"]).run().status(0).stderr(SAME);
    let bare = before.trim_end().replace('\r', "");
    sandbox.write_config(&bare);
    done(&sandbox, &[]);
    assert_eq!(config(&sandbox), format!("{bare}\n{}", block()));
}

#[test]
fn a_broken_block_is_refused_before_anything_is_asked() {
    let sandbox = Sandbox::signed_in();
    done(&sandbox, &[]);
    sandbox.clear_log();
    let good = config(&sandbox);
    for (text, error) in [
        (
            good.replace(END, ""),
            "~/.aws/config:57: the block of 'xacct sync sso acme' begins here and ends nowhere\n  \
             put a line '# xacct sync sso acme: end' where it ends, or delete this one\n",
        ),
        (
            good.replace(BEGIN, ""),
            "~/.aws/config:80: the block of 'xacct sync sso acme' ends here and begins nowhere\n  \
             put a line '# xacct sync sso acme: begin' where it begins, or delete this one\n",
        ),
        (
            format!("{good}\nregion = eu-west-1\n"),
            "~/.aws/config:83: this line stands after the block of 'xacct sync sso acme' and has \
             no profile\n  put it into the profile that it belongs to, or delete it\n",
        ),
    ] {
        sandbox.write_config(&text);
        for args in [&["--yes", "--prune"][..], &["--dry-run"]] {
            let run = sync(&sandbox, args).run().status(3).stdout("");
            run.stderr(&format!("xacct: error: {error}"));
        }
        assert_eq!(config(&sandbox), text);
    }
    sandbox.asked(&[]);
}

/// More than a page of everything.
#[test]
fn many_accounts_and_roles_come_by_pages() {
    let mut world = String::from(
        "[[identity_center]]\nstart_url = \"https://acme.awsapps.com/start\"\nregion \
         = \"eu-central-1\"\nuser = \"you\"\n",
    );
    for number in 0..205 {
        let id = 200_000_000_000_u64 + number;
        let roles = if number == 7 {
            (0..101).map(|role| format!("\"Role{role}\"")).collect()
        } else {
            vec!["\"R\"".to_owned()]
        };
        writeln!(
            world,
            "[[identity_center.assignment]]\naccount = \"{id}\"\nroles = [{}]",
            roles.join(", ")
        )
        .unwrap();
    }
    for number in 0..205 {
        let (id, same) = (
            200_000_000_000_u64 + number,
            if number < 2 { "Same" } else { "same" },
        );
        let name = if number < 2 {
            format!("{same} {}", "()".repeat(usize::try_from(number).unwrap()))
        } else {
            format!("n{number}")
        };
        writeln!(world, "[[account]]\nid = \"{id}\"\nname = \"{name}\"").unwrap();
    }
    let config_text = "[sso-session acme]\nsso_start_url = \
                       https://acme.awsapps.com/start\nsso_region = eu-central-1\n";
    writeln!(world, "[files]\nconfig = '''\n{config_text}'''").unwrap();
    let sandbox = Sandbox::with_world(&world);
    // A session without a profile can be signed in to.
    sandbox
        .xacct(&["login", "acme"])
        .run()
        .status(0)
        .stderr_contains("signed in at https://acme.awsapps.com/start\n");
    sandbox.clear_log();
    // Too much at a time is not the end of it.
    sandbox.fault(&json!({ "kind": "throttle", "action": "ListAccounts", "count": 2 }));
    sandbox.fault(&json!({ "kind": "throttle", "action": "ListAccountRoles", "count": 3 }));
    let run = sync(&sandbox, &["--yes"]).run().status(0).stdout("");
    run.stderr_contains("xacct: ~/.aws/config: 305 profiles added\n");
    let calls = sandbox.calls();
    let count = |action: &str| calls.iter().filter(|call| *call == action).count();
    assert_eq!(
        (
            count("ListAccounts"),
            count("ListAccountRoles"),
            calls.len()
        ),
        (3 + 2, 206 + 3, 214)
    );
    // Both, since neither has more right to the name.
    let text = config(&sandbox);
    for (name, id) in [
        ("Same-R-200000000000", 200_000_000_000_u64),
        ("Same-R-200000000001", 200_000_000_001),
    ] {
        assert!(
            text.contains(&section(name, &id.to_string(), "R")),
            "{name}"
        );
    }
    sync(&sandbox, &["--yes"]).run().status(0).stderr(SAME);
    let run = sandbox.xacct(&["logout", "acme"]).run().status(0);
    run.stderr_contains("xacct: signed out at https://acme.awsapps.com/start\n");
}

#[test]
fn a_token_that_is_not_taken_is_renewed_once() {
    let sandbox = Sandbox::signed_in();
    sandbox.edit_token(|token| token["accessToken"] = "worn out".into());
    done(&sandbox, &[]);
    let mut calls = sandbox.calls();
    calls.dedup();
    assert_eq!(
        calls,
        [
            "ListAccounts",
            "CreateToken",
            "ListAccounts",
            "ListAccountRoles"
        ]
    );
    sandbox.clear_log();
    // Nobody is there to sign in anew.
    sandbox.sign_out();
    let before = config(&sandbox);
    let run = sync(&sandbox, &["--yes", "--prune"])
        .run()
        .status(5)
        .stdout("");
    run.stderr(
        "xacct: error: profile 'acme': you are not signed in at https://acme.awsapps.com/start\n  \
         in a terminal, run: xacct login acme\n",
    );
    assert_eq!(config(&sandbox), before);
}

#[test]
fn a_person_signs_in_and_says_yes() {
    let sandbox = Sandbox::start();
    let before = config(&sandbox);
    let refused = "xacct: error: confirmation required, but no terminal is available: nothing was \
                   changed\n  run the command in a terminal, or with --yes; --dry-run only shows \
                   what would change\n";
    let mut pty = sandbox.pty(&["sync", "sso", "acme", "--device-code"]);
    let shown = pty.expect("write this? [y/N] ");
    assert!(
        shown.contains("to sign in, open this page") && shown.contains("+[profile hub-Admin]"),
        "{shown}"
    );
    pty.send_line("n");
    let (status, screen) = pty.wait();
    assert!(
        status == 0 && screen.ends_with("xacct: nothing was changed\r\n"),
        "{screen}"
    );
    sync(&sandbox, &["acme"])
        .run()
        .status(5)
        .stdout("")
        .stderr(refused);
    assert_eq!(config(&sandbox), before);
    let mut pty = sandbox.pty(&["sync", "sso"]);
    pty.expect("write this? [y/N] ");
    pty.send_line("yes");
    let (status, screen) = pty.wait();
    assert!(
        status == 0 && screen.contains("4 profiles added"),
        "{screen}"
    );
    assert_eq!(config(&sandbox), before + &block());
}

const NEW: [&str; 4] = [
    "--sso-start-url",
    "https://acme.awsapps.com/start",
    "--sso-region",
    "eu-central-1",
];
const SESSION: &str = "[sso-session acme]\nsso_start_url = \
                       https://acme.awsapps.com/start\nsso_region = eu-central-1\n\
                       sso_registration_scopes = sso:account:access\n";

#[test]
fn a_new_session_is_written_with_its_profiles() {
    let sandbox = Sandbox::signed_in();
    sandbox.write_config("[profile a]\nregion = eu-west-1\n");
    let before = config(&sandbox);
    sync(&sandbox, &[&["acme", "--dry-run"], &NEW[..]].concat())
        .run()
        .status(0)
        .stdout_contains("+[sso-session acme]\n")
        .stdout_contains("+[profile hub-Admin]\n");
    assert_eq!(config(&sandbox), before);
    done(&sandbox, &[&["acme"], &NEW[..]].concat());
    assert_eq!(config(&sandbox), format!("{before}\n{SESSION}{}", block()));
    // The next time it is there, and says itself where it is.
    sync(&sandbox, &[&["acme", "--yes"], &NEW[..]].concat())
        .run()
        .status(0)
        .stdout("")
        .stderr(SAME);
    let elsewhere = [NEW[0], "https://other.awsapps.com/start"];
    let run = sync(&sandbox, &[&["acme", "--yes"], &elsewhere[..]].concat())
        .run()
        .status(3);
    run.stderr_contains(
        "--sso-start-url: [sso-session acme] has sso_start_url = https://acme.awsapps.com/start\n",
    );
    // What is mistyped is no new session, and neither is what cannot be one.
    for (args, status, message) in [
        (&["acm"][..], 3, "did you mean acme?\n"),
        (
            &["other", NEW[0], "acme", NEW[2], NEW[3]],
            2,
            "--sso-start-url: 'acme' is not a valid start URL",
        ),
        (
            &["a b", NEW[0], NEW[1], NEW[2], NEW[3]],
            2,
            "'a b' is not a valid name in every SDK",
        ),
        (&["other", NEW[0], NEW[1]], 3, "no [sso-session other]"),
    ] {
        sync(&sandbox, &[args, &["--yes", "--no-input"]].concat())
            .run()
            .status(status)
            .stderr_contains(message);
    }
    assert_eq!(config(&sandbox), format!("{before}\n{SESSION}{}", block()));
}

#[test]
fn a_person_is_asked_where_a_new_session_is() {
    let sandbox = Sandbox::signed_in();
    sandbox.write_config("");
    let mut pty = sandbox.pty(&["sync", "sso"]);
    pty.expect("no [sso-session NAME] in ~/.aws/config: this adds it");
    for (question, text) in [
        ("name of the new sso-session: ", "acme"),
        (
            "start URL, such as https://acme.awsapps.com/start: ",
            NEW[1],
        ),
        ("region that Identity Center is in: ", NEW[3]),
        ("profiles: adds 4, keeps 1\r\nwrite this? [y/N] ", "y"),
    ] {
        pty.expect(question);
        pty.send_line(text);
    }
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    assert!(
        screen.contains("~/.aws/config: [sso-session acme] added\r\n"),
        "{screen}"
    );
    assert_eq!(config(&sandbox), format!("{SESSION}{}", block()));
}

/// Shown as what it is: profiles that go, not some that are renamed, and no longer than `diff -u`
/// has it.
#[test]
fn what_is_pruned_is_shown_by_sections() {
    let sandbox = Sandbox::signed_in();
    done(&sandbox, &["acme"]);
    let gone: String = (10..85)
        .map(|number| {
            section(
                &format!("hub-R{number}"),
                &format!("1111111111{number}"),
                "ReadOnly",
            ) + "\n"
        })
        .collect();
    let text = config(&sandbox).replacen(
        "[profile hub-ReadOnly]",
        &format!("{gone}[profile hub-ReadOnly]"),
        1,
    );
    let text = text.replacen(
        "sso_role_name = Admin\n",
        "sso_role_name = Admin\noutput = json\n",
        1,
    );
    sandbox.write_config(&text);
    let old = sandbox.home().join("old");
    fs::write(&old, &text).unwrap();
    let run = sync(
        &sandbox,
        &["acme", "--prune", "--dry-run", "--region", "eu-west-3"],
    )
    .run()
    .status(0);
    let run = run.stderr("xacct: profiles: changes 4, removes 75, keeps 8\n");
    let count = |text: &str, sign: char| {
        text.lines()
            .filter(|line| line.starts_with(sign) && !line.starts_with(&format!("{sign}{sign}")))
            .count()
    };
    let shown = run.stdout_text().to_owned();
    assert_eq!((count(&shown, '-'), count(&shown, '+')), (75 * 6 + 4, 4));
    done(&sandbox, &["acme", "--prune", "--region", "eu-west-3"]);
    let new = sandbox.home().join(".aws/config");
    let diff = sandbox
        .program("diff", &[std::path::Path::new("-u"), &old, &new])
        .run()
        .status(1);
    assert_eq!(count(&shown, '-'), count(diff.stdout_text(), '-'));
    assert!(!shown.contains("+[profile"), "{shown}");
}

/// `xacct login` does not know a session that was not written, so it is no way out.
#[test]
fn a_new_session_that_needs_a_person_says_how_to_go_on() {
    let sandbox = Sandbox::start();
    let place = [
        "--sso-start-url",
        "https://acme.awsapps.com/start",
        "--sso-region",
        "eu-central-1",
    ];
    let before = config(&sandbox);
    let run = sync(
        &sandbox,
        &[&["newone"], &place[..], &["--yes", "--no-input"]].concat(),
    )
    .run()
    .status(5)
    .stdout("");
    let run = run.stderr_contains("you are not signed in at https://acme.awsapps.com/start");
    let run = run.stderr_contains(
        "\n  nothing was written: [sso-session newone] is not there to sign in to\n  xacct sync \
         sso newone --sso-start-url https://acme.awsapps.com/start --sso-region eu-central-1    in \
         a terminal, without --no-input, signs in and writes it\n",
    );
    assert!(
        !run.stderr_text().contains("xacct login"),
        "{}",
        run.stderr_text()
    );
    assert_eq!(config(&sandbox), before);
}

#[test]
fn the_session_must_be_there() {
    let sandbox = Sandbox::start();
    for (config, args, status, error) in [
        (
            None,
            &["acm"][..],
            3,
            "no [sso-session acm] in ~/.aws/config\n  did you mean acme?\n",
        ),
        (
            Some("[profile work]\nsso_session = acme\n[sso-session acme]\n"),
            &["work"],
            3,
            "no [sso-session work] in ~/.aws/config\n  did you mean acme? profile 'work' signs in \
             with it\n",
        ),
        (
            Some("[profile a]\n"),
            &["acme"],
            3,
            "no [sso-session acme] in ~/.aws/config\n  xacct sync sso acme --sso-start-url URL \
             --sso-region REGION    adds it, \
             or add these lines by hand:\n    [sso-session acme]\n    sso_start_url = \
             https://YOURS.awsapps.com/start\n    sso_region = us-east-1\n    \
             sso_registration_scopes = sso:account:access\n",
        ),
        (
            Some("[profile a]\n"),
            &[],
            3,
            "no [sso-session NAME] in ~/.aws/config\n  xacct sync sso NAME --sso-start-url URL \
             --sso-region REGION    adds one\n",
        ),
        (
            Some("[sso-session a]\n[sso-session b c]\n[sso-session b]\n"),
            &[],
            2,
            "there are several sessions in ~/.aws/config: a, b\n  name the one that is meant: \
             xacct sync sso a\n",
        ),
        (
            Some("[sso-session a]\nsso_region = eu-central-1\n"),
            &["a"],
            3,
            "~/.aws/config:1: [sso-session a] is missing sso_start_url\n",
        ),
    ] {
        if let Some(text) = config {
            sandbox.write_config(text);
        }
        sync(&sandbox, &[args, &["--yes"]].concat())
            .run()
            .status(status)
            .stdout("")
            .stderr(&format!("xacct: error: {error}"));
    }
    sandbox.asked(&[]);
}
