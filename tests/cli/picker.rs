//! No PROFILE on a terminal: a list to pick one from, by typing and by keys, which leaves
//! everything as it was.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::common::{Pty, Sandbox};

const ENTER: &str = "\r";
const ESCAPE: &str = "\u{1b}";
const DOWN: &str = "\u{1b}[B";

fn assume(sandbox: &Sandbox) -> Pty {
    sandbox.echoing_pty(&["assume", "--print", "--format", "json", "--color", "never"])
}

/// The list is there, and this many of this many fit.
fn listed(pty: &mut Pty, count: &str) {
    pty.expect(&format!("  {count}  Enter picks, Esc leaves"));
}

fn picked(pty: Pty) -> String {
    let ((status, echo), screen) = pty.wait_with_echo();
    assert_eq!((status, echo), (0, true), "{screen}");
    let json = screen.rsplit_once("{\"").unwrap().1;
    let value: serde_json::Value = serde_json::from_str(&format!("{{\"{}", json.trim())).unwrap();
    value["XACCT_PROFILE"].as_str().unwrap().to_owned()
}

/// Roles that ask for no code.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start();
    let role = |name: &str, more: &str| {
        format!(
            "[profile {name}]\nrole_arn = \
             arn:aws:iam::222222222222:role/PartnerAdmin\nsource_profile = hub\n\
             external_id = client1-7731\n{more}\n"
        )
    };
    let roles = ["client1", "client2", "client10", "acme-prod"].map(|name| role(name, ""));
    sandbox.write_config(&format!(
        "[profile hub]\nregion = eu-central-1\n{}",
        roles.concat()
    ));
    sandbox
}

#[test]
fn typing_and_keys_choose() {
    let sandbox = sandbox();
    for (keys, profile) in [
        (&["cli", "10", ENTER][..], "client10"),
        (&["prod", ENTER], "acme-prod"),
        (&[DOWN, "\u{e}", "\u{10}", ENTER], "client1"),
        (&["xyz", "\u{15}", "hub", ENTER], "hub"),
        (&["client22", "\u{7f}", ENTER], "client2"),
    ] {
        // Each from the same beginning: what was picked before would come first.
        let _ = fs::remove_dir_all(sandbox.cache_dir().join("picker"));
        let _ = sandbox.xacct(&["clear", "--all"]).run();
        let mut pty = assume(&sandbox);
        listed(&mut pty, "5/5");
        assert!(!pty.echo());
        for key in keys {
            pty.send(key);
        }
        assert_eq!(picked(pty), profile, "{keys:?}");
    }
}

#[test]
fn leaving_leaves_everything_as_it_was() {
    let sandbox = sandbox();
    for key in [ESCAPE, "\u{3}", "\u{4}", "term"] {
        let mut pty = assume(&sandbox);
        listed(&mut pty, "5/5");
        let status = if key == "term" { 143 } else { 130 };
        if key == "term" {
            pty.terminate();
        } else {
            pty.send(key);
        }
        let ((ended, echo), screen) = pty.wait_with_echo();
        assert_eq!((ended, echo), (status, true), "{key:?} {screen}");
        // The last thing that is done clears the list, and nothing is said.
        assert!(screen.trim_end().ends_with("\r\u{1b}[J"), "{screen:?}");
    }
    assert!(!sandbox.cache_dir().join("picker").exists());
    sandbox.asked(&[]);
}

/// In an `eval`, Escape must neither take the credentials out nor count as success.
#[test]
fn an_eval_of_nothing_picked_fails_and_changes_nothing() {
    let sandbox = sandbox();
    let script =
        "eval \"$(\"$0\" assume --shell sh)\" && echo ran; echo \"status $? in ${XACCT_PROFILE-}\"";
    for (key, said) in [(ESCAPE, "status 130 in before"), (ENTER, "status 0 in hub")] {
        let mut pty = sandbox.pty_sh(&format!("XACCT_PROFILE=before; {script}"));
        listed(&mut pty, "5/5");
        pty.send(key);
        pty.expect(said);
        let (status, screen) = pty.wait();
        assert_eq!(
            (status, screen.contains("ran\r\n")),
            (0, key == ENTER),
            "{screen}"
        );
    }
}

#[test]
fn other_commands_pick_too() {
    let sandbox = sandbox();
    for (args, said) in [
        (
            &["exec", "--", "sh", "-c", "echo in $XACCT_PROFILE"][..],
            "in client1",
        ),
        (&["exec", "-q", "--", "sh", "-c", "stty -a"], " echo "),
        (&["explain"], "profile   client1"),
        (
            &["console", "--print", "--switch-role"],
            "no switch-role link for 'client1'",
        ),
        (
            &["login"],
            "'client1' has neither MFA nor IAM Identity Center",
        ),
    ] {
        let mut pty = sandbox.echoing_pty(args);
        listed(&mut pty, "5/5");
        pty.send("client1");
        listed(&mut pty, "2/5");
        pty.send(ENTER);
        pty.expect(said);
        pty.wait();
    }
    // These answer to programs, or mean something without a PROFILE.
    for args in [
        &["credential-process"][..],
        &["whoami"],
        &["clear"],
        &["logout"],
    ] {
        let (status, screen) = sandbox.pty(args).wait();
        assert!(
            status > 0 && !screen.contains("Enter picks"),
            "{args:?} {screen}"
        );
    }
    // What is wrong beside it is said first.
    let (status, screen) = sandbox.pty(&["assume", "--format", "x"]).wait();
    assert_eq!(
        (status, screen.contains("Enter picks")),
        (2, false),
        "{screen}"
    );
}

#[test]
fn without_a_person_it_is_the_same_error_as_ever() {
    let sandbox = sandbox();
    let error = "xacct: error: missing <PROFILE>\n  'xacct list' shows the profiles\n";
    for args in [
        &["assume"][..],
        &["assume", "--no-input"],
        &["explain"],
        &["login"],
    ] {
        sandbox.xacct(args).run().status(2).stderr_contains(error);
    }
    sandbox
        .xacct(&["exec", "--", "true"])
        .run()
        .status(125)
        .stderr_contains(error);
    for (args, env) in [
        (&["assume", "--no-input"][..], &[][..]),
        (&["explain"], &[("XACCT_NO_INPUT", "1")]),
        (&["login"], &[("TERM", "dumb")]),
    ] {
        let (status, screen) = sandbox.pty_with(args, env).wait();
        assert_eq!(
            (status, screen.contains("Enter picks")),
            (2, false),
            "{args:?} {screen}"
        );
    }
}

#[test]
fn the_most_used_come_first() {
    let sandbox = sandbox();
    let pick = |typed: &str| {
        let mut pty = assume(&sandbox);
        listed(&mut pty, "5/5");
        pty.send(typed);
        pty.send(ENTER);
        picked(pty)
    };
    assert_eq!(pick("acme"), "acme-prod");
    assert_eq!(pick("client10"), "client10");
    assert_eq!(pick("client10"), "client10");
    // Nothing typed: the most used; one word that several fit equally: the most used of those.
    assert_eq!(pick(""), "client10");
    assert_eq!(pick(DOWN), "acme-prod");
    assert_eq!(pick("client"), "client10");
    let file = sandbox.cache_dir().join("picker/used.json");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(file.clone()), mode(file.parent().unwrap().to_owned())),
        (0o600, 0o700)
    );
    // A damaged one is nothing: those with credentials at hand are first then, in the order of the
    // files.
    fs::write(&file, "{\"version\":1,\"profiles\":7}").unwrap();
    assert_eq!(pick(""), "client1");
}

#[test]
fn without_profiles_it_says_what_to_type() {
    let sandbox = Sandbox::start();
    sandbox.write_config("[profile only-settings]\nregion = eu-west-1\n");
    sandbox.write_credentials("");
    let (status, screen) = sandbox.pty(&["explain"]).wait();
    assert_eq!(status, 3, "{screen}");
    assert!(
        screen.ends_with("no profile to pick\r\n  xacct add    asks for what one needs\r\n"),
        "{screen}"
    );
}

/// What is asked next on the same terminal is not robbed of its first key, and Ctrl-C still ends
/// it.
#[test]
fn questions_that_follow_are_asked_as_ever() {
    let sandbox = Sandbox::start();
    sandbox.write_settings("[profile.client1]\nconfirm = true\n");
    for answer in ["code", "no", "ctrl-c"] {
        let mut pty = assume(&sandbox);
        pty.expect("Enter picks");
        pty.send("client1");
        pty.send(ENTER);
        pty.expect("use profile 'client1' (role PartnerAdmin in account 222222222222)? [y/N] ");
        assert!(pty.echo());
        if answer == "ctrl-c" {
            pty.interrupt();
            assert_eq!(pty.wait().0, 130);
            continue;
        }
        pty.send_line(if answer == "no" { "n" } else { "y" });
        if answer == "no" {
            assert_eq!(pty.wait().0, 1);
            continue;
        }
        pty.expect("MFA code for ");
        pty.send_line(&sandbox.fresh_code());
        assert_eq!(picked(pty), "client1");
    }
}

#[test]
fn a_stop_and_a_new_size_draw_it_anew() {
    let sandbox = sandbox();
    let mut pty = assume(&sandbox);
    listed(&mut pty, "5/5");
    pty.set_echo(true);
    pty.resume();
    listed(&mut pty, "5/5");
    assert!(!pty.echo());
    pty.resize(20, 4);
    // Two of five, as wide as there is room for.
    let seen = pty.expect("profile>   5/5  Ent\r\n> hub\r\n  client1  22222222\u{1b}[2A");
    assert!(!seen.contains("Esc leaves"), "{seen}");
    pty.send("\u{1b}[F");
    pty.send(ENTER);
    assert_eq!(picked(pty), "acme-prod");
}

#[test]
fn thousands_are_no_wait() {
    let sandbox = sandbox();
    let role = |n: u32| {
        format!(
            "[profile account-{n:04}]\nrole_arn = arn:aws:iam::{n:012}:role/Admin\nsource_profile \
             = hub\n"
        )
    };
    let many = (0..5000).map(role).collect::<Vec<_>>().concat();
    sandbox.add_config(&many);
    let began = crate::common::cache::now();
    let mut pty = assume(&sandbox);
    listed(&mut pty, "5005/5005");
    for digit in ["4", "9", "9", "7"] {
        pty.send(digit);
    }
    pty.expect("> account-4997");
    pty.send(ESCAPE);
    assert_eq!(pty.wait().0, 130);
    assert!(
        crate::common::cache::now() - began < 20,
        "{}",
        crate::common::cache::now() - began
    );
}
