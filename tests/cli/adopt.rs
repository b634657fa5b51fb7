//! `xacct adopt`: a role moves to the settings file, every SDK gets it through xacct, and it comes
//! back to the byte.
#![cfg(unix)]

use std::fs;
use std::path::PathBuf;

use crate::common::tools::{aws_cli, python};
use crate::common::{Cmd, Sandbox, XACCT, outer_env};

const SETTINGS: &str = "# xacct's own settings in the sandbox\n";

const CLIENT2: &str = "\n[profile.client2]\nrole_arn \
                       = \"arn:aws:iam::333333333333:role/partners/Operations\"\n\
                       source_profile = \"hub\"\nexternal_id = \"client2-8842\"\n\
                       mfa_serial = \"arn:aws:iam::111111111111:mfa/you\"\n";

fn config(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.home().join(".aws/config")).unwrap()
}

fn settings_path(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".config/xacct/config.toml")
}

fn settings(sandbox: &Sandbox) -> String {
    fs::read_to_string(settings_path(sandbox)).unwrap()
}

fn adopt(sandbox: &Sandbox, args: &[&str]) -> Cmd {
    sandbox.xacct(&[&["adopt"], args].concat())
}

/// Adopts or gives back, silently.
#[track_caller]
fn done(sandbox: &Sandbox, args: &[&str]) {
    adopt(sandbox, &[args, &["--yes", "-q"]].concat())
        .run()
        .ok()
        .stdout("");
}

/// What is beside the files, without their names' times.
fn backups(sandbox: &Sandbox) -> Vec<String> {
    let dirs = [".aws", ".config/xacct"].map(|dir| fs::read_dir(sandbox.home().join(dir)).unwrap());
    let names = dirs
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names
        .filter(|name| !["config", "credentials", "config.toml"].contains(&name.as_str()))
        .collect();
    names.sort();
    let is_time = |part: &&str| !part.starts_with("20");
    names
        .iter()
        .map(|name| name.split_inclusive('-').filter(is_time).collect())
        .collect()
}

#[test]
fn the_role_moves_and_the_rest_stays() {
    let sandbox = Sandbox::start();
    let before = config(&sandbox);
    let diff = format!(
        "--- ~/.config/xacct/config.toml\n+++ ~/.config/xacct/config.toml\n@@ -1 +1,7 @@\n \
         # xacct's own settings in the sandbox\n+\n+[profile.client2]\n\
         +role_arn = \"arn:aws:iam::333333333333:role/partners/Operations\"\n+source_profile \
         = \"hub\"\n\
         +external_id = \"client2-8842\"\n+mfa_serial = \"arn:aws:iam::111111111111:mfa/you\"\n\
         --- ~/.aws/config\n+++ ~/.aws/config\n@@ -15,10 +15,7 @@\n \n # A client that asks for \
         MFA too.\n \
         [profile client2]\n-role_arn = \
         arn:aws:iam::333333333333:role/partners/Operations\n-source_profile = hub\n\
         -external_id = client2-8842\n-mfa_serial = arn:aws:iam::111111111111:mfa/you\n\
         +credential_process = {XACCT} credential-process client2\n region = us-east-1\n \n \
         # A client whose role may be held for twelve hours.\n"
    );
    let run = adopt(&sandbox, &["client2", "--dry-run"])
        .run()
        .status(0)
        .stdout(&diff);
    run.stderr("xacct: profiles: changes 1, keeps 7\n");
    assert_eq!(
        (config(&sandbox), settings(&sandbox)),
        (before.clone(), SETTINGS.to_owned())
    );
    assert_eq!(backups(&sandbox), [""; 0]);
    let run = adopt(&sandbox, &["client2", "--yes"])
        .run()
        .status(0)
        .stdout("");
    run.stderr_contains(&diff)
        .stderr_contains("the AWS CLI and every SDK get 'client2' from xacct now\n");
    let moved = "role_arn = arn:aws:iam::333333333333:role/partners/Operations\nsource_profile = \
                 hub\n\
                 external_id = client2-8842\nmfa_serial = arn:aws:iam::111111111111:mfa/you\n";
    let process = format!("credential_process = {XACCT} credential-process client2\n");
    assert_eq!(config(&sandbox), before.replacen(moved, &process, 1));
    assert_eq!(settings(&sandbox), format!("{SETTINGS}{CLIENT2}"));
    assert_eq!(
        backups(&sandbox),
        ["config.toml.xacct-backup-", "config.xacct-backup-"]
    );
    // Once is enough.
    let run = adopt(&sandbox, &["client2", "--yes"])
        .run()
        .status(0)
        .stdout("");
    run.stderr("xacct: profile 'client2' is adopted already\n");
    sandbox.asked(&[]);
}

/// The lines that the values stand in are others afterwards.
fn without_origins(shown: &mut serde_json::Value) {
    if let Some(object) = shown.as_object_mut() {
        object.remove("origins");
        object.values_mut().for_each(without_origins);
    }
    if let Some(items) = shown.as_array_mut() {
        items.iter_mut().for_each(without_origins);
    }
}

/// The text without ` (~/.aws/config:12)`.
fn without_places(text: &str) -> String {
    let of = |line: &str| line.split(" (~/").next().unwrap_or_default().to_owned();
    text.lines().map(of).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_asked_of_sts_is_the_same_and_so_is_the_cache() {
    let sandbox = Sandbox::start();
    let explained = |profile: &str| {
        let mut shown = sandbox
            .xacct(&["explain", profile, "--json"])
            .run()
            .ok()
            .json();
        without_origins(&mut shown);
        shown
    };
    let code = sandbox.fresh_code();
    let roles = ["client1", "client2", "chained"];
    sandbox
        .xacct(&["login", "hub", "--mfa-code", &code])
        .run()
        .status(0);
    let before = roles.map(|role| (sandbox.key_id(role), explained(role)));
    sandbox.clear_log();
    done(&sandbox, &["--all"]);
    assert_eq!(
        roles.map(|role| (sandbox.key_id(role), explained(role))),
        before
    );
    sandbox.asked(&[]);
    let list = sandbox.xacct(&["list"]).run().ok();
    list.stdout_contains("client2       333333333333  Operations");
    done(&sandbox, &["--all", "--undo"]);
    assert_eq!(
        roles.map(|role| (sandbox.key_id(role), explained(role))),
        before
    );
    sandbox.asked(&[]);
}

#[test]
fn undo_gives_back_every_byte() {
    let sandbox = Sandbox::start();
    for (roles, config_text, settings_text) in [
        (5, config(&sandbox), Some(SETTINGS.to_owned())),
        (5, config(&sandbox).replace('\n', "\r\n"), None),
        (
            6,
            format!(
                "\u{feff}{}\n  # odd  \n[profile b]\nrole_arn = \
                 arn:aws:iam::222222222222:role/x\n\n\t# source_profile=hub\n\
                     s3 =\n  region = x\nsource_profile = hub # mine\n[services x]\nRole_Arn = y",
                config(&sandbox).trim_end()
            ),
            Some("# mine\n[profile.client1] # it\nconfirm = true".to_owned()),
        ),
    ] {
        sandbox.write_config(&config_text);
        let _ = fs::remove_file(settings_path(&sandbox));
        if let Some(text) = &settings_text {
            sandbox.write_settings(text);
        }
        done(&sandbox, &["--all"]);
        assert_eq!(
            config(&sandbox).matches("credential-process").count(),
            roles,
            "{}",
            config(&sandbox)
        );
        let run = adopt(&sandbox, &["--all", "--undo", "--yes"])
            .run()
            .status(0);
        run.stderr_contains("the files are as they were before, to the byte");
        assert_eq!(config(&sandbox), config_text);
        assert_eq!(
            fs::read_to_string(settings_path(&sandbox)).ok(),
            settings_text
        );
    }
    adopt(&sandbox, &["client1", "--undo"])
        .run()
        .status(3)
        .stderr("xacct: error: profile 'client1' is not adopted: nothing to undo\n");
}

/// A profile's table has the form that its owner gave it: it keeps it, and every other byte of the
/// file too.
#[test]
fn settings_in_braces_and_with_dots_are_added_to_and_given_back() {
    let sandbox = Sandbox::start();
    let before = config(&sandbox);
    let text = "# mine\r\nprofile.client1 = { confirm = true } # it\r\n# about \
                it\r\nprofile.client2.color = \"red\"\r\n\
                profile.client3.session_tags.k = 'v' # k";
    sandbox.write_settings(text);
    done(&sandbox, &["client1", "client2"]);
    let client1 = "role_arn = \"arn:aws:iam::222222222222:role/PartnerAdmin\", source_profile = \
                   \"hub\", external_id = \"client1-7731\", ";
    let client2 = CLIENT2
        .lines()
        .skip(2)
        .flat_map(|line| ["profile.client2.", line, "\r\n"])
        .collect::<String>();
    let with = text
        .replace("{ ", &format!("{{ {client1}"))
        .replace("profile.client2.", &format!("{client2}profile.client2."));
    assert_eq!(settings(&sandbox), with);
    sandbox
        .xacct(&["explain", "client2"])
        .run()
        .ok()
        .stdout_contains("client2-8842");
    // To the byte with the backups, and without them.
    adopt(&sandbox, &["client1", "client2", "--undo", "--yes", "-q"])
        .run()
        .ok()
        .stdout("");
    assert_eq!(
        (config(&sandbox), settings(&sandbox)),
        (before.clone(), text.to_owned())
    );
    done(&sandbox, &["client1", "client2"]);
    sandbox.write_settings(&format!("audit = true\n{}", settings(&sandbox)));
    done(&sandbox, &["client1", "client2", "--undo"]);
    assert_eq!(
        (config(&sandbox), settings(&sandbox)),
        (before, format!("audit = true\n{text}"))
    );
    sandbox.asked(&[]);
}

#[test]
fn undo_after_other_changes_moves_the_role_back_only() {
    let sandbox = Sandbox::start();
    let before = config(&sandbox);
    done(&sandbox, &["client1", "client2"]);
    sandbox.edit_config("region = us-east-1", "region = us-east-2\noutput = json");
    let text = settings(&sandbox);
    sandbox.write_settings(&text.replace(
        "[profile.client2]\n",
        "[profile.client2]\nconfirm = false # mine\n",
    ));
    let run = adopt(&sandbox, &["client2", "--undo", "--yes"])
        .run()
        .status(0);
    run.stderr_contains("'client2': moved back; the files had changed since");
    let (start, rest) = before.split_at(before.find("# A client that asks for MFA").unwrap());
    let client1 = "role_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = hub\n\
                   external_id = client1-7731\n";
    let process = format!("credential_process = {XACCT} credential-process client1\n");
    let rest = rest.replacen("region = us-east-1", "region = us-east-2\noutput = json", 1);
    assert_eq!(config(&sandbox), start.replace(client1, &process) + &rest);
    let (own, _) = text.split_once("\n[profile.client2]").unwrap();
    assert_eq!(
        settings(&sandbox),
        format!("{own}\n[profile.client2]\nconfirm = false # mine\n")
    );
}

#[test]
fn what_cannot_be_adopted_says_why_and_nothing_changes() {
    let sandbox = Sandbox::start_plain();
    sandbox.add_config(
        "[profile both]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = \
         hub\ncredential_process = /bin/x\n\
         [profile process]\ncredential_process = /bin/x\n\
         [profile half]\nsource_profile = hub\n\
         [profile \"a$'b\"]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = hub\n\
         [profile lost]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = nowhere\n\
         [profile odd]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = hub\ncolor = \
         mauve\n",
    );
    let credentials = sandbox.home().join(".aws/credentials");
    let text = fs::read_to_string(&credentials).unwrap();
    sandbox.write_credentials(&format!(
        "{text}[half]\nrole_arn = arn:aws:iam::222222222222:role/x\n"
    ));
    sandbox.write_settings(
        "[profile.own]\nrole_arn = 'arn:aws:iam::222222222222:role/x'\nsource_profile = 'hub'\n",
    );
    let files = (config(&sandbox), settings(&sandbox));
    for (profile, message) in [
        (
            "clint1",
            "no profile 'clint1' in ~/.aws/config or ~/.aws/credentials\n  did you mean 'client1'",
        ),
        (
            "hub",
            "~/.aws/credentials:2: profile 'hub' holds an access key, which stays\n  adopt the \
             roles that have it as their source_profile\n",
        ),
        ("keys", "profile 'keys' holds an access key"),
        (
            "acme",
            "profile 'acme' signs in to IAM Identity Center, which the SDKs do by themselves\n",
        ),
        (
            "default",
            "~/.aws/config:1: profile 'default' has no role_arn\n",
        ),
        (
            "process",
            "profile 'process' gets its credentials from a credential_process already\n",
        ),
        (
            "both",
            "profile 'both' already has a credential_process in addition to its role_arn\n",
        ),
        (
            "half",
            "~/.aws/credentials:9: role_arn of profile 'half' is in the credentials file\n  move \
             it to [profile half] in ~/.aws/config",
        ),
        (
            "own",
            "profile 'own' is in ~/.config/xacct/config.toml only\n  add [profile own] with its \
             region to ~/.aws/config\n",
        ),
        (
            "a$'b",
            "'a$'b' cannot be written in a credential_process that every SDK reads alike\n",
        ),
        (
            "lost",
            "could not find source profile 'nowhere' referenced from 'lost'\n",
        ),
        (
            "odd",
            "xacct: error: profile 'odd': color: 'mauve' is not a valid colour",
        ),
    ] {
        let run = adopt(&sandbox, &["client1", profile, "--yes"])
            .run()
            .status(3)
            .stdout("");
        assert!(
            run.stderr_text().starts_with("xacct: error: "),
            "{}",
            run.stderr_text()
        );
        run.stderr_contains(message);
        assert_eq!((config(&sandbox), settings(&sandbox)), files, "{profile}");
    }
    assert_eq!(backups(&sandbox), [""; 0]);
}

#[test]
fn all_leaves_out_what_cannot_be_and_says_so() {
    let sandbox = Sandbox::start();
    sandbox.add_config(
        "[profile lost]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = nowhere\n\
         [profile odd]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = hub\ncolor = \
         mauve\n",
    );
    let run = adopt(&sandbox, &["--all", "--yes"]).run().status(0);
    run.stderr_contains(
        "xacct: warning: 'lost' is not adopted: ~/.aws/config:58: could not find source profile \
         'nowhere'",
    )
    .stderr_contains("xacct: warning: 'odd' is not adopted: color: 'mauve' is not a valid colour")
    .stderr_contains(
        "get 'client1', 'client2', 'client3', 'chained', 'acme-client1' from xacct now",
    );
    adopt(&sandbox, &["--all", "--yes"])
        .run()
        .status(0)
        .stderr_contains("xacct: no role to adopt\n");
}

#[test]
fn keys_of_xacct_and_policies_of_files_go_along() {
    let sandbox = Sandbox::start();
    sandbox.add_config(
        "[profile full]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = \
         hub\n\
         external_id = client1-7731\nduration_seconds = 3600\nrole_session_name = \
         me\nsession_policy = narrow.json\n\
         read_only = true\ntags = prod, eu\nsession_tags = Team=x, Env=y\nsource_identity = \
         you\noutput = json\ns3 =\n    max_queue_size = 9\n",
    );
    fs::write(sandbox.home().join(".aws/narrow.json"), "{}").unwrap();
    let explained = || without_places(sandbox.xacct(&["explain", "full"]).run().ok().stdout_text());
    let before = explained();
    assert!(before.contains("session policy     {}"), "{before}");
    done(&sandbox, &["full"]);
    // Only where the values stand has changed.
    assert_eq!(explained(), before);
    let process = format!(
        "[profile full]\ncredential_process = {XACCT} credential-process full\noutput = json\ns3 \
         =\n    max_queue_size = 9\n"
    );
    assert!(config(&sandbox).ends_with(&process), "{}", config(&sandbox));
    let path = sandbox.home().join(".aws/narrow.json");
    let wanted = format!(
        "duration_seconds = 3600\nrole_session_name = \"me\"\nsession_policy = \"{}\"\nread_only = \
         true\n",
        path.display()
    );
    assert!(
        settings(&sandbox).contains(&wanted),
        "{}",
        settings(&sandbox)
    );
    done(&sandbox, &["full", "--undo"]);
    assert!(config(&sandbox).contains("session_policy = narrow.json\n"));
}

#[test]
fn the_default_profile_can_be_one() {
    let sandbox = Sandbox::start_plain();
    let plain = "[default]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile \
                 = keys\n\
                 external_id = client1-7731\nregion = eu-west-1\n";
    sandbox.write_config(plain);
    done(&sandbox, &["default"]);
    let process = format!(
        "[default]\ncredential_process = {XACCT} credential-process default\nregion = eu-west-1\n"
    );
    assert_eq!(config(&sandbox), process);
    sandbox.key_id("default");
    sandbox.asked(&["AssumeRole"]);
    done(&sandbox, &["default", "--undo"]);
    assert_eq!(config(&sandbox), plain);
    // Also when what it is assumed from has gone.
    done(&sandbox, &["default"]);
    sandbox.write_credentials("");
    done(&sandbox, &["default", "--undo"]);
    assert_eq!(config(&sandbox), plain);
}

#[test]
fn settings_elsewhere_are_to_be_found_by_every_program() {
    let sandbox = Sandbox::start();
    let elsewhere = sandbox.home().join("mine.toml");
    let run = adopt(&sandbox, &["client1", "--yes"])
        .env("XACCT_CONFIG", &elsewhere)
        .run()
        .status(0);
    run.stderr_contains(
        "xacct: warning: XACCT_CONFIG must be set for every program that uses 'client1'\n",
    );
    sandbox
        .xacct(&["explain", "client1"])
        .env("XACCT_CONFIG", &elsewhere)
        .run()
        .ok();
    // Where it is not, nobody gets anything else, and the missing file is named: by every command,
    // in every place.
    let itself =
        "profile 'client1' gets its credentials from `xacct credential-process client1`: itself";
    fs::remove_file(sandbox.home().join(".config/xacct/config.toml")).unwrap();
    for settings in [None, Some("/nowhere/config.toml")] {
        let named = settings.unwrap_or("~/.config/xacct/config.toml");
        for words in [
            &["credential-process", "client1"][..],
            &["explain", "client1"],
            &["doctor", "client1"],
        ] {
            let mut run = sandbox.xacct(words);
            if let Some(path) = settings {
                run = run.env("XACCT_CONFIG", path);
            }
            let run = run.run();
            let said = run.stdout_text().to_owned() + run.stderr_text();
            for wanted in [
                itself,
                &format!("{named} was not found"),
                "XACCT_CONFIG names a settings file",
            ] {
                assert!(said.contains(wanted), "{words:?}: {said}");
            }
        }
    }
    // A settings file without the profile is another fault.
    sandbox.write_settings("verify_after = \"10m\"\n");
    let run = sandbox
        .xacct(&["credential-process", "client1"])
        .run()
        .status(3)
        .stdout("");
    let run = run
        .stderr_contains(itself)
        .stderr_contains("there ([profile.client1])");
    run.stderr_contains(
        "\n  ~/.config/xacct/config.toml has no role for it: if 'xacct adopt' moved the role to \
         another",
    );
}

/// `include_profile` is xacct's alone: the SDKs would have no region.
#[test]
fn the_region_of_an_included_profile_is_written_where_the_sdks_read() {
    let sandbox = Sandbox::start();
    let role = "role_arn = arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = hub\n";
    sandbox.add_config(&format!(
        "[profile team]\nregion = ap-south-1\n[profile mine]\n{role}include_profile = team\n"
    ));
    let before = config(&sandbox);
    done(&sandbox, &["mine"]);
    let after = config(&sandbox);
    let section = after.split_once("[profile mine]\n").unwrap().1;
    assert!(
        section.contains("credential_process = ") && section.contains("region = ap-south-1\n"),
        "{after}"
    );
    let region = |sandbox: &Sandbox| {
        sandbox
            .xacct(&["explain", "mine", "--json"])
            .run()
            .ok()
            .json()["region"]
            .clone()
    };
    assert_eq!(region(&sandbox), "ap-south-1");
    done(&sandbox, &["mine", "--undo"]);
    assert_eq!(config(&sandbox), before);
}

#[test]
fn a_linked_file_is_written_where_it_is() {
    let sandbox = Sandbox::start();
    let (link, real) = (
        sandbox.home().join(".aws/config"),
        sandbox.home().join("dotfiles"),
    );
    fs::rename(&link, &real).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let before = config(&sandbox);
    done(&sandbox, &["client1"]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(
        fs::read_to_string(&real)
            .unwrap()
            .contains("credential-process client1")
    );
    done(&sandbox, &["client1", "--undo"]);
    assert_eq!(fs::read_to_string(&real).unwrap(), before);
}

#[test]
fn two_at_once_both_get_done() {
    let sandbox = Sandbox::start();
    let runs = ["client1", "client2", "client3", "chained"]
        .map(|profile| adopt(&sandbox, &[profile, "--yes", "-q"]).spawn());
    for run in runs {
        run.wait().ok();
    }
    assert_eq!(config(&sandbox).matches("credential-process").count(), 4);
    assert_eq!(settings(&sandbox).matches("[profile.").count(), 4);
}

#[test]
fn a_person_is_asked_and_a_script_says_yes() {
    let sandbox = Sandbox::start();
    let before = config(&sandbox);
    let mut pty = sandbox.pty(&["adopt", "client1"]);
    let shown = pty.expect("write this? [y/N] ");
    assert!(
        shown.contains("\u{1b}[31m-source_profile = hub\u{1b}[0m\r\n"),
        "{shown}"
    );
    pty.send_line("no");
    let (status, screen) = pty.wait();
    // A no is an answer, and no error.
    assert_eq!(status, 0, "{screen}");
    assert!(
        screen.ends_with("xacct: nothing was changed\r\n") && !screen.contains("error"),
        "{screen}"
    );
    let mut pty = sandbox.pty(&["adopt", "client1"]);
    pty.expect("write this? [y/N] ");
    pty.interrupt();
    assert_eq!(pty.wait().0, 130);
    let refused = "xacct: error: confirmation required, but no terminal is available: nothing was \
                   changed\n  run the command in a terminal, or with --yes; --dry-run only shows \
                   what would change\n";
    let detached = sandbox.program("setsid", &["-w", XACCT, "adopt", "client1"]);
    detached.run().status(5).stdout("").stderr(refused);
    adopt(&sandbox, &["client1", "--no-input"])
        .run()
        .status(5)
        .stdout("")
        .stderr(refused);
    assert_eq!(config(&sandbox), before);
    let mut pty = sandbox.pty(&["adopt", "client1"]);
    pty.expect("write this? [y/N] ");
    pty.send_line("y");
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    assert!(config(&sandbox).contains("credential-process client1"));
}

/// Killed when the settings file is in its place and the config file is not yet.
#[test]
fn a_crash_between_the_files_leaves_what_works() {
    let sandbox = Sandbox::start();
    let probe = std::process::Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        crate::common::skip("there is no strace that may trace");
        return;
    }
    let keys = || {
        let mut steps = sandbox
            .xacct(&["explain", "client2", "--json"])
            .run()
            .ok()
            .json()["steps"]
            .clone();
        without_origins(&mut steps);
        steps
    };
    let (before, steps) = (config(&sandbox), keys());
    let kill = |args: &[&str]| {
        let strace = [
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "trace=/^rename",
            "-e",
            "inject=/^rename:signal=KILL:when=2",
            XACCT,
            "adopt",
            "client2",
            "--yes",
            "-q",
        ];
        sandbox
            .program("strace", &[&strace, args].concat())
            .run()
            .status(137);
    };
    kill(&[]);
    assert_eq!(
        (config(&sandbox), settings(&sandbox)),
        (before.clone(), format!("{SETTINGS}{CLIENT2}"))
    );
    assert_eq!(keys(), steps);
    assert!(
        fs::read_dir(sandbox.home().join(".aws"))
            .unwrap()
            .any(|entry| entry
                .unwrap()
                .file_name()
                .to_string_lossy()
                .ends_with(".tmp"))
    );
    // The next run finishes it, and takes away what the killed one left.
    done(&sandbox, &["client2"]);
    assert_eq!(settings(&sandbox), format!("{SETTINGS}{CLIENT2}"));
    assert_eq!(keys(), steps);
    assert!(
        backups(&sandbox)
            .iter()
            .all(|name| name.contains("xacct-backup")),
        "{:?}",
        backups(&sandbox)
    );
    // The way back has the other order.
    kill(&["--undo"]);
    assert_eq!(
        (config(&sandbox), settings(&sandbox)),
        (before.clone(), format!("{SETTINGS}{CLIENT2}"))
    );
    assert_eq!(keys(), steps);
    done(&sandbox, &["client2"]);
    done(&sandbox, &["client2", "--undo"]);
    assert_eq!(
        (config(&sandbox), settings(&sandbox)),
        (before, SETTINGS.to_owned())
    );
}

#[test]
fn a_file_that_cannot_be_written_is_found_out_first() {
    let sandbox = Sandbox::start();
    let before = config(&sandbox);
    let run = adopt(&sandbox, &["client1", "--yes", "-q"])
        .env("XACCT_CONFIG", "/dev/null/config.toml")
        .run();
    run.status(3).stdout("").stderr_contains("config.toml");
    assert_eq!(config(&sandbox), before);
    assert_eq!(backups(&sandbox), [""; 0]);
}

const WHO: &str = "import boto3, sys
print(boto3.Session(profile_name=sys.argv[1]).client('sts').get_caller_identity()['Arn'])";

/// The arn of what a program outside xacct says it is.
#[track_caller]
fn arn(sandbox: &Sandbox, program: &str, args: &[&str]) -> String {
    let run = sandbox
        .program(program, args)
        .env("PATH", outer_env("PATH").unwrap_or_default())
        .run()
        .status(0);
    run.stdout_text().trim().to_owned()
}

#[test]
fn the_aws_cli_and_boto3_use_an_adopted_profile_with_mfa() {
    let (Some(aws), Some(python)) = (aws_cli(1), python()) else {
        crate::common::skip("aws or boto3 is not there: see XACCT_TEST_VENV");
        return;
    };
    let sandbox = Sandbox::start();
    sandbox.add_config(
        "\n[profile \"my client\"]\nrole_arn = \
         arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = hub\n\
         external_id = client1-7731\nregion = eu-west-1\n",
    );
    done(&sandbox, &["client1", "client2", "my client"]);
    assert!(config(&sandbox).contains("credential-process 'my client'\n"));
    let caller = |profile| {
        [
            "sts",
            "get-caller-identity",
            "--query",
            "Arn",
            "--output",
            "text",
            "--profile",
            profile,
        ]
    };
    // A person at the AWS CLI's terminal types the code that xacct asks for.
    let script = format!(
        "PATH='{}' exec {aws} {}",
        outer_env("PATH").unwrap_or_default(),
        caller("client2").join(" ")
    );
    let mut pty = sandbox.pty_sh(&script);
    pty.expect("MFA code for arn:aws:iam::111111111111:mfa/you (profile client2): ");
    pty.send_line(&sandbox.fresh_code());
    let (status, screen) = pty.wait();
    assert_eq!(status, 0, "{screen}");
    let operations = "arn:aws:sts::333333333333:assumed-role/Operations/xacct-user";
    assert!(screen.contains(operations), "{screen}");
    sandbox.clear_log();
    assert_eq!(arn(&sandbox, &python, &["-c", WHO, "client2"]), operations);
    sandbox.asked(&["GetCallerIdentity"]);
    let admin = "arn:aws:sts::222222222222:assumed-role/PartnerAdmin/xacct-user";
    assert_eq!(arn(&sandbox, &aws, &caller("client1")), admin);
    assert_eq!(arn(&sandbox, &python, &["-c", WHO, "my client"]), admin);
    sandbox.asked(&["AssumeRole", "GetCallerIdentity", "GetCallerIdentity"]);
    // A role that is not adopted, assumed by boto3 and the AWS CLI themselves from one that is.
    for inner in [
        arn(&sandbox, &python, &["-c", WHO, "chained"]),
        arn(&sandbox, &aws, &caller("chained")),
    ] {
        assert!(
            inner.starts_with("arn:aws:sts::444444444444:assumed-role/Inner/botocore-session-"),
            "{inner}"
        );
    }
}
