//! `xacct keys`: access keys in a keyring, which here is a stand-in for `pass` that counts.
#![cfg(unix)]

use std::fs;

use serde_json::json;

use crate::common::{Home, Pass, Running, Sandbox};

const ID: &str = "AKIARTXV5AHDTEST2YOU";
const SECRET: &str = "NotASecret/xacct/sandbox/hub/you/EXAMPLE";
const ARN: &str = "arn:aws:iam::111111111111:user/you";

/// Both lines, as stdin has them.
fn typed() -> String {
    format!("{ID}\n{SECRET}\n")
}

/// The sample world, in which the hub's key is nowhere yet.
fn without_key() -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.write_credentials("");
    sandbox
}

/// As [`without_key`], with the key in the stand-in.
fn stored(sandbox: &Sandbox) -> Pass<'_> {
    let pass = Pass::of(sandbox);
    let added = pass.xacct(&["keys", "add", "hub", "-q"]).stdin(typed());
    added.run().ok();
    sandbox.asked(&["GetCallerIdentity"]);
    pass.calls();
    pass
}

fn index(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.home().join(".local/share/xacct/keys.json")).unwrap()
}

#[test]
fn a_key_is_tried_stored_and_used() {
    let sandbox = without_key();
    let pass = Pass::of(&sandbox);
    let added = pass.xacct(&["keys", "add", "hub"]).stdin(typed());
    added.run().stdout("").stderr(&format!(
        "xacct: 'hub': access key {ID} is in pass: it is {ARN} in account 111111111111\n"
    ));
    sandbox.asked(&["GetCallerIdentity"]);
    assert_eq!(pass.calls(), ["insert", "show", "unlock"]);
    assert_eq!(
        fs::read_to_string(pass.file(ID)).unwrap(),
        format!("{SECRET}\n")
    );
    assert!(!index(&sandbox).contains(SECRET));
    // As if it stood in ~/.aws/credentials: with a code, a session; then the role.
    let code = sandbox.fresh_code();
    let role = pass.xacct(&["credential-process", "client1"]);
    role.env("XACCT_MFA_CODE", code).run().ok();
    assert_eq!(pass.calls(), ["show"]);
    sandbox.asked(&["GetSessionToken", "AssumeRole"]);
    // The session is there: no store is asked for other roles.
    pass.xacct(&["credential-process", "client2"]).run().ok();
    assert_eq!(pass.calls(), [""; 0]);
    sandbox.asked(&["AssumeRole"]);
}

#[test]
fn list_and_explain_say_where_it_is() {
    let sandbox = without_key();
    let pass = stored(&sandbox);
    pass.xacct(&["keys", "list"]).run().ok().stdout(&format!(
        "PROFILE  ACCESS KEY            STORE  AGE\nhub      {ID}  pass   today\n"
    ));
    let listed = pass.xacct(&["keys", "list", "--json"]).run().ok().json();
    assert_eq!(listed[0]["profile"], "hub");
    assert_eq!(listed[0]["access_key_id"], ID);
    assert_eq!(listed[0]["store"], "pass");
    assert_eq!(listed[0]["is_old"], false);
    let explained = pass.xacct(&["explain", "client1"]).run().ok();
    explained.stdout_contains(&format!(
        "source    access key {ID} of profile 'hub', in pass (~/.local/share/xacct/keys.json:5)\n"
    ));
    let document = pass.xacct(&["explain", "client1", "--json"]).run().ok();
    let source = &document.json()["source"];
    assert_eq!(source["kind"], "access_key");
    assert_eq!(source["store"], "pass");
    let all = pass.xacct(&["list"]).run().ok();
    all.stdout_contains(" hub (pass) ");
    // Nothing of this needs the secret.
    assert_eq!(pass.calls(), [""; 0]);
    sandbox.asked(&[]);
}

#[test]
fn a_key_that_is_too_old_is_warned_of() {
    let sandbox = without_key();
    let pass = stored(&sandbox);
    let file = sandbox.home().join(".local/share/xacct/keys.json");
    let text = index(&sandbox);
    let added = text
        .lines()
        .find(|line| line.contains("\"added\""))
        .unwrap();
    fs::write(
        &file,
        text.replace(added, "      \"added\": \"2020-01-01T00:00:00Z\","),
    )
    .unwrap();
    let listed = pass.xacct(&["keys", "list"]).run().status(0);
    let age = listed.stdout_text().lines().nth(1).unwrap().to_owned();
    let days = age.split_whitespace().nth(3).unwrap();
    listed.stderr(&format!(
        "xacct: warning: the access key of 'hub' is {days} days old, more than keys.max_age \
         allows\n"
    ));
    sandbox.write_settings("keys.store = \"pass\"\nkeys.max_age = \"never\"\n");
    pass.xacct(&["keys", "list"]).run().ok();
}

#[test]
fn ten_at_once_unlock_the_store_once() {
    let sandbox = Sandbox::start_plain();
    sandbox.write_credentials("");
    let pass = Pass::of(&sandbox);
    let source = sandbox.home().join(".aws/config");
    let config = fs::read_to_string(&source).unwrap();
    let roles = (0..10).map(|number| {
        format!(
            "\n[profile role{number}]\nrole_arn = arn:aws:iam::222222222222:role/PartnerAdmin\n\
             source_profile = keys\nexternal_id = client1-7731\nrole_session_name = r{number}\n\
             region = eu-west-1\n"
        )
    });
    fs::write(&source, config + &roles.collect::<String>()).unwrap();
    let added = pass.xacct(&["keys", "add", "keys", "-q", "--no-check"]);
    added.stdin(typed()).run().ok();
    fs::remove_file(sandbox.home().join(".password-store/unlocked")).unwrap();
    pass.calls();
    // One role: one process does the work for all.
    let same: Vec<Running> = (0..10)
        .map(|_| pass.xacct(&["credential-process", "role0", "-q"]).spawn())
        .collect();
    for run in same {
        run.wait().ok();
    }
    assert_eq!(pass.calls(), ["show", "unlock"]);
    sandbox.asked(&["AssumeRole"]);
    // Nine others: each signs with the key, and the first has unlocked it for all.
    fs::remove_file(sandbox.home().join(".password-store/unlocked")).unwrap();
    let others: Vec<Running> = (1..10)
        .map(|number| {
            let role = format!("role{number}");
            pass.xacct(&["credential-process", &role, "-q"]).spawn()
        })
        .collect();
    for run in others {
        run.wait().ok();
    }
    let calls = pass.calls();
    assert_eq!(calls.iter().filter(|call| *call == "unlock").count(), 1);
    assert_eq!(calls.iter().filter(|call| *call == "show").count(), 9);
    sandbox.asked(&["AssumeRole"; 9]);
    // In one process, it is read once for all.
    pass.xacct(&["each", "role*", "-q", "--refresh", "--", "true"])
        .run()
        .ok();
    assert_eq!(pass.calls(), ["show"]);
    sandbox.asked(&["AssumeRole"; 10]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_cached_answer_touches_no_store() {
    let probe = std::process::Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        crate::common::skip("there is no strace that may trace");
        return;
    }
    let sandbox = Sandbox::start_plain();
    sandbox.write_credentials("");
    let pass = Pass::of(&sandbox);
    let added = pass.xacct(&["keys", "add", "keys", "-q", "--no-check"]);
    added.stdin(typed()).run().ok();
    pass.xacct(&["credential-process", "plain"]).run().ok();
    pass.calls();
    let trace = sandbox.home().join("trace");
    let words = [
        "-f",
        "-o",
        trace.to_str().unwrap(),
        crate::common::XACCT,
        "credential-process",
        "plain",
    ];
    let traced = sandbox.program("strace", &words).env("PATH", pass.path());
    traced.run().ok();
    let text = fs::read_to_string(&trace).unwrap();
    let calls = |name: &str| {
        let called = |line: &&str| line.contains(&format!(" {name}("));
        text.lines().filter(called).count()
    };
    // xacct itself is the one program; no key is asked of the kernel, no bus and no password store.
    assert_eq!(calls("execve"), 1, "{text}");
    for call in [
        "keyctl",
        "add_key",
        "request_key",
        "connect",
        "fork",
        "clone",
        "clone3",
    ] {
        assert_eq!(calls(call), 0, "{call}: {text}");
    }
    assert!(!text.contains(".password-store"), "{text}");
    assert_eq!(text.matches("keys.json").count(), 1, "{text}");
    assert_eq!(pass.calls(), [""; 0]);
}

#[test]
fn a_locked_store_says_what_unlocks_it() {
    let sandbox = without_key();
    let pass = stored(&sandbox);
    pass.lock();
    let failed = pass.xacct(&["exec", "hub", "--no-input", "--", "true"]);
    // There is no session yet, and the key itself is what signs for one.
    let failed = failed.env("XACCT_MFA_CODE", "").run().status(125);
    failed.stderr_contains("pass is locked: it did not decrypt xacct/AKIARTXV5AHDTEST2YOU");
    let failed = pass.xacct(&["keys", "export", "hub", "--yes"]).run();
    failed.status(5).stdout("").stderr(&format!(
        "xacct: error: pass is locked: it did not decrypt xacct/{ID} (exit status: 2)\n  pass show \
         xacct/{ID} >/dev/null    unlocks it, or says why it cannot\n"
    ));
    sandbox.asked(&[]);
}

#[test]
fn a_store_that_is_not_there_is_never_replaced_by_a_file() {
    let sandbox = without_key();
    sandbox.write_settings("keys.store = \"secret-service\"\n");
    let pass = Pass::of(&sandbox);
    sandbox.write_settings("keys.store = \"secret-service\"\n");
    let failed = pass
        .xacct(&["keys", "add", "hub"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
        .stdin(typed())
        .run();
    failed.status(3).stdout("").stderr(
        "xacct: error: the Secret Service cannot be used: no session bus was found\n  it needs a \
         desktop's session with GNOME Keyring, KWallet or KeePassXC; gnome-keyring-daemon \
         --unlock    makes a keyring if you have none\n  keys.store in config.toml chooses \
         another store; 'xacct doctor' shows which there are\n",
    );
    assert_eq!(pass.calls(), [""; 0]);
    sandbox.asked(&[]);
    assert!(!sandbox.home().join(".local").exists());
}

#[test]
fn a_key_that_has_gone_or_changed_is_not_used() {
    let sandbox = without_key();
    let pass = stored(&sandbox);
    let index = "~/.local/share/xacct/keys.json:5";
    let again = "xacct keys add hub    puts the key there again";
    fs::write(pass.file(ID), "another secret\n").unwrap();
    pass.xacct(&["whoami", "hub", "--no-input"])
        .run()
        .status(3)
        .stderr(&format!(
            "xacct: error: {index}: pass has another secret for {ID} than xacct has put there\n  \
             {again}\n"
        ));
    fs::remove_file(pass.file(ID)).unwrap();
    pass.xacct(&["whoami", "hub", "--no-input"])
        .run()
        .status(3)
        .stderr(&format!(
            "xacct: error: {index}: the secret of access key {ID} is not in pass\n  {again}\n"
        ));
    let added = pass.xacct(&["keys", "add", "hub", "-q"]).stdin(typed());
    added.run().ok();
    sandbox.asked(&["GetCallerIdentity"]);
}

#[test]
fn one_profile_never_has_two_keys() {
    let sandbox = without_key();
    let pass = stored(&sandbox);
    sandbox.write_credentials(
        "[hub]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
         wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
    );
    pass.xacct(&["assume", "client1", "--no-input", "--print"])
        .run()
        .status(3)
        .stderr_contains(&format!(
            "xacct: error: ~/.aws/credentials:2: profile 'hub' has two access keys: \
             AKIAIOSFODNN7EXAMPLE in this file, and {ID} in pass\n  xacct keys remove hub    \
             removes the one in pass\n  or delete aws_access_key_id and aws_secret_access_key \
             from the file\n"
        ));
    sandbox.asked(&[]);
    // A new key beside one in a file is refused as well.
    sandbox.write_credentials(
        "[other]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
         wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
    );
    let added = pass.xacct(&["keys", "add", "other"]).stdin(typed()).run();
    added.status(3).stderr_contains(
        "xacct: error: ~/.aws/credentials:1: profile 'other' has credentials already: nothing was \
         changed\n",
    );
    let other = format!("AKIAIOSFODNN7EXAMPLE\n{SECRET}\n");
    let added = pass.xacct(&["keys", "add", "hub"]).stdin(other).run();
    added.status(3).stderr(&format!(
        "xacct: error: profile 'hub' has another access key in the keyring, {ID}: nothing was \
         changed\n  xacct keys remove hub    removes that one first\n"
    ));
}

#[test]
fn a_key_that_aws_refuses_is_not_stored() {
    let sandbox = without_key();
    let pass = Pass::of(&sandbox);
    let wrong = format!("{ID}\nNotTheSecret/xacct/sandbox/hub/EXAMPLE00\n");
    let failed = pass.xacct(&["keys", "add", "hub"]).stdin(wrong).run();
    failed
        .status(4)
        .stderr_contains("nothing was changed; --no-check stores the key without trying it\n");
    assert_eq!(pass.calls(), [""; 0]);
    let temporary = format!("ASIARTXV5AHDTEST2YOU\n{SECRET}\n");
    let failed = pass.xacct(&["keys", "add", "hub"]).stdin(temporary).run();
    failed.status(3).stderr(
        "xacct: error: this is a temporary access key (ASIA…): nothing was changed\n  only \
         long-term access keys are kept in a keyring\n",
    );
    assert!(!sandbox.home().join(".local").exists());
}

#[test]
fn the_key_may_come_from_the_environment_or_a_person() {
    let sandbox = without_key();
    let pass = Pass::of(&sandbox);
    pass.xacct(&["keys", "add", "hub", "--env", "-q"])
        .env("AWS_ACCESS_KEY_ID", ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .run()
        .ok();
    pass.xacct(&["keys", "remove", "hub", "--yes", "-q"])
        .run()
        .ok();
    let failed = pass.xacct(&["keys", "add", "hub", "--env"]).run();
    failed.status(2).stderr(
        "xacct: error: --env: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set\n",
    );
    let mut pty = sandbox.pty_with(&["keys", "add", "hub"], &[("PATH", pass.path())]);
    pty.expect("access key ID (not shown): ");
    pty.send_line(ID);
    pty.expect(&format!("secret access key of {ID}: "));
    pty.send_line(SECRET);
    pty.expect(&format!("it is {ARN} in account 111111111111"));
    let (status, screen) = pty.wait();
    assert_eq!(status, 0);
    assert!(!screen.contains(SECRET), "{screen}");
}

#[test]
fn removal_and_export_are_confirmed() {
    let sandbox = without_key();
    let pass = stored(&sandbox);
    let needs = "xacct: error: confirmation required, but no terminal is available: nothing was \
                 changed\n  run the command in a terminal, or with --yes\n";
    for command in ["remove", "export"] {
        let failed = pass.xacct(&["keys", command, "hub"]).run();
        failed.status(5).stdout("").stderr(needs);
    }
    assert_eq!(pass.calls(), [""; 0]);
    let exported = pass.xacct(&["keys", "export", "hub", "--yes"]).run();
    exported
        .stdout(&format!(
            "[hub]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"
        ))
        .stderr("xacct: the key is still in pass too\n")
        .ok();
    // On a terminal it takes --print, and a yes.
    let env = [("PATH", pass.path())];
    let pty = sandbox.pty_with(&["keys", "export", "hub"], &env);
    let (status, screen) = pty.wait();
    assert_eq!(status, 2);
    assert!(screen.contains("stdout is a terminal"), "{screen}");
    let mut pty = sandbox.pty_with(&["keys", "export", "hub", "--print"], &env);
    pty.expect(&format!(
        "print the secret of access key {ID} of 'hub', in plain text? [y/N] "
    ));
    pty.send_line("n");
    pty.expect("nothing was printed");
    assert_eq!(pty.wait().0, 0);
    let mut pty = sandbox.pty_with(&["keys", "remove", "hub"], &env);
    pty.expect(&format!(
        "remove access key {ID} of 'hub' from pass? [y/N] "
    ));
    pty.send_line("y");
    pty.expect("is removed from pass; AWS accepts it until it is deactivated or deleted there");
    assert_eq!(pty.wait().0, 0);
    assert!(!pass.file(ID).exists());
    pass.xacct(&["keys", "list"]).run().stdout("").stderr(
        "xacct: no access keys are in a keyring; xacct keys add PROFILE    puts one there\n",
    );
    let failed = pass.xacct(&["keys", "remove", "hub", "--yes"]).run();
    failed.status(3).stderr(
        "xacct: error: profile 'hub' has no access key in a keyring\n  xacct keys list    shows \
         those that have one\n",
    );
}

#[test]
fn a_key_of_two_profiles_stays_for_the_other() {
    let sandbox = without_key();
    let pass = stored(&sandbox);
    let added = pass.xacct(&["keys", "add", "second", "-q"]).stdin(typed());
    added.run().ok();
    // By its short name.
    pass.xacct(&["keys", "rm", "second", "--yes"])
        .run()
        .stderr(&format!(
            "xacct: 'second' no longer has access key {ID}, which stays in pass for others; AWS \
             accepts it until it is deactivated or deleted there\n"
        ))
        .ok();
    assert!(pass.file(ID).exists());
}

#[test]
fn an_index_that_cannot_be_read_is_an_error_everywhere() {
    let home = Home::with("[profile a]\nregion = eu-west-1\n", "", "");
    home.write(".local/share/xacct/keys.json", "{");
    home.xacct(&["list"]).run().status(3).stderr_contains(
        "xacct: error: ~/.local/share/xacct/keys.json: the index of stored access keys: EOF",
    );
}

#[test]
fn the_index_is_the_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = without_key();
    let pass = stored(&sandbox);
    drop(pass);
    let dir = sandbox.home().join(".local/share/xacct");
    let mode = |name: &str| fs::metadata(dir.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("."), mode("keys.json")), (0o700, 0o600));
    let document: serde_json::Value = serde_json::from_str(&index(&sandbox)).unwrap();
    assert_eq!(document["version"], json!(1));
    assert_eq!(document["keys"].as_array().unwrap().len(), 1);
}

fn credentials(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.home().join(".aws/credentials")).unwrap()
}

/// What stands in `~/.aws`.
fn names(sandbox: &Sandbox) -> Vec<String> {
    let entries = fs::read_dir(sandbox.home().join(".aws")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn import_moves_a_key_out_of_the_file() {
    let sandbox = Sandbox::start();
    let pass = Pass::of(&sandbox);
    let other = "\n# another one\n[other]\nregion = eu-west-1\n";
    sandbox.write_credentials(&(credentials(&sandbox) + other));
    let before = credentials(&sandbox);
    // The session that there is goes on afterwards.
    let code = sandbox.fresh_code();
    let role = pass.xacct(&["credential-process", "client1"]);
    role.env("XACCT_MFA_CODE", code).run().ok();
    sandbox.asked(&["GetSessionToken", "AssumeRole"]);
    let shown = pass.xacct(&["keys", "import", "hub", "--dry-run"]).run();
    let diff = shown.stdout_text().to_owned();
    assert!(
        diff.contains("-aws_secret_access_key = ********\n"),
        "{diff}"
    );
    assert!(!diff.contains(SECRET), "{diff}");
    shown
        .stderr("xacct: profiles: changes 1, keeps 8\n")
        .status(0);
    assert_eq!(credentials(&sandbox), before);
    assert_eq!(pass.calls(), [""; 0]);
    let failed = pass.xacct(&["keys", "import", "hub"]).run().status(5);
    failed.stderr_contains("nothing was changed");
    let moved = pass.xacct(&["keys", "import", "hub", "--yes"]).run();
    moved
        .stdout("")
        .stderr_contains(&format!("xacct: 'hub': access key {ID} is in pass now\n"))
        .status(0);
    sandbox.asked(&["GetCallerIdentity"]);
    let after = before
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("aws_"))
        .collect::<String>();
    assert_eq!(credentials(&sandbox), after);
    // No copy of the secret is left beside the file.
    assert_eq!(names(&sandbox), ["config", "credentials"]);
    assert_eq!(fs::read_to_string(pass.file(ID)).unwrap().trim(), SECRET);
    pass.calls();
    pass.xacct(&["credential-process", "client2"]).run().ok();
    sandbox.asked(&["AssumeRole"]);
    assert_eq!(pass.calls(), [""; 0], "the session goes on");
    pass.xacct(&["keys", "import", "--all", "--yes"])
        .run()
        .status(0)
        .stderr("xacct: no long-term access keys are in ~/.aws/credentials or ~/.aws/config\n");
}

#[test]
fn an_import_that_fails_changes_nothing() {
    let sandbox = Sandbox::start();
    let pass = Pass::of(&sandbox);
    let before = credentials(&sandbox);
    // The store does not give back what it was given.
    pass.lock();
    let failed = pass.xacct(&["keys", "import", "hub", "--yes"]).run();
    failed.status(5).stderr_contains("pass is locked");
    assert_eq!(credentials(&sandbox), before);
    assert!(!sandbox.home().join(".local/share/xacct/keys.json").exists());
    assert!(!pass.file(ID).exists());
    fs::remove_file(sandbox.home().join(".password-store/locked")).unwrap();
    // AWS does not take the key.
    sandbox.write_credentials(&before.replace(ID, "AKIAIOSFODNN7EXAMPLE"));
    let before = credentials(&sandbox);
    let failed = pass.xacct(&["keys", "import", "hub", "--yes"]).run();
    failed
        .status(4)
        .stderr_contains("the files are as they were before; --no-check moves the keys anyway\n");
    assert_eq!(credentials(&sandbox), before);
    assert_eq!(names(&sandbox), ["config", "credentials"]);
    assert!(!pass.file("AKIAIOSFODNN7EXAMPLE").exists());
    let listed = pass.xacct(&["keys", "list", "--json"]).run().ok();
    assert_eq!(listed.json(), json!([]));
}

#[test]
fn only_long_term_keys_of_a_file_are_imported() {
    let sandbox = Sandbox::start();
    let pass = Pass::of(&sandbox);
    let temporary = "[hub]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
                     s\naws_session_token = t\n";
    sandbox.write_credentials(temporary);
    let failed = pass.xacct(&["keys", "import", "hub", "--yes"]).run();
    failed.status(3).stderr(
        "xacct: error: ~/.aws/credentials:2: profile 'hub' has a temporary access key: nothing \
         was changed\n  only long-term access keys are kept in a keyring\n",
    );
    let failed = pass.xacct(&["keys", "import", "client1", "--yes"]).run();
    failed
        .status(3)
        .stderr_contains("profile 'client1' has no access key in a file: nothing was changed\n");
    assert_eq!(credentials(&sandbox), temporary);
    assert_eq!(pass.calls(), [""; 0]);
}

#[test]
fn a_person_sees_the_change_and_decides_about_the_backup() {
    let sandbox = Sandbox::start();
    let pass = Pass::of(&sandbox);
    let before = credentials(&sandbox);
    let env = [("PATH", pass.path())];
    let mut pty = sandbox.pty_with(&["keys", "import", "hub"], &env);
    pty.expect("-aws_secret_access_key = ********");
    pty.expect("write this? [y/N] ");
    pty.send_line("y");
    pty.expect("which has the keys in plain text? [y/N] ");
    pty.send_line("n");
    pty.expect("run xacct keys remove PROFILE to undo the import");
    let (status, screen) = pty.wait();
    assert_eq!(status, 0);
    assert!(!screen.contains(SECRET), "{screen}");
    let backup = names(&sandbox)
        .into_iter()
        .find(|name| name.starts_with("credentials."))
        .unwrap();
    // As it says.
    let dir = sandbox.home().join(".aws");
    fs::copy(dir.join(backup), dir.join("credentials")).unwrap();
    pass.xacct(&["keys", "remove", "hub", "--yes", "-q"])
        .run()
        .ok();
    assert_eq!(credentials(&sandbox), before);
    pass.xacct(&["whoami", "hub", "--no-input"])
        .env("XACCT_MFA_CODE", sandbox.fresh_code())
        .run()
        .status(0);
}
