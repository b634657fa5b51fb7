//! A cache that cannot be used, or must not be: a warning, the credentials all the same, and
//! nothing leaked.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::common::{Output, Sandbox, skip};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

/// `credential-process plain` with the cache elsewhere.
fn with_cache(sandbox: &Sandbox, dir: &Path) -> Output {
    sandbox
        .xacct(&["credential-process", "plain"])
        .env("XACCT_CACHE_DIR", dir)
        .run()
}

/// Credentials on stdout, and exactly this warning.
#[track_caller]
fn delivered(output: Output, warning: &str) {
    let output = output
        .status(0)
        .stderr(&format!("xacct: warning: {warning}\n"));
    assert!(output.key_id().starts_with("ASIA"));
}

#[test]
fn what_is_made_is_for_its_owner_alone() {
    let sandbox = Sandbox::start();
    let dir = sandbox.home().join("deep/er/cache");
    let code = sandbox.fresh_code();
    let run = sandbox.xacct(&["credential-process", "client2", "--mfa-code", &code]);
    // Whatever the umask says.
    run.env("XACCT_CACHE_DIR", &dir).run().ok();
    let mut seen = 0;
    let mut folders = vec![dir.clone()];
    while let Some(folder) = folders.pop() {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
                seen += 1;
            }
        }
    }
    // Two entries, three locks, one note.
    assert_eq!(seen, 6);
}

#[test]
fn something_else_in_the_directorys_place() {
    let sandbox = Sandbox::start_plain();
    let file = sandbox.home().join("file");
    fs::write(&file, "").unwrap();
    delivered(
        with_cache(&sandbox, &file),
        &format!("no caching: {} is not a directory", file.display()),
    );
    let below = file.join("cache");
    delivered(
        with_cache(&sandbox, &below),
        &format!(
            "cannot read {}: Not a directory (os error 20)",
            below.display()
        ),
    );
    sandbox.asked(&["AssumeRole", "AssumeRole"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_where_nothing_can_be_made() {
    let sandbox = Sandbox::start_plain();
    let output = with_cache(&sandbox, Path::new("/proc/xacct")).status(0);
    let output = output.stderr_contains("xacct: warning: cannot create /proc/xacct: ");
    assert_eq!(
        output.stderr_text().lines().count(),
        1,
        "{}",
        output.stderr_text()
    );
    assert!(output.key_id().starts_with("ASIA"));
}

#[test]
fn a_directory_that_others_can_write() {
    let sandbox = Sandbox::start_plain();
    let dir = sandbox.cache_dir();
    sandbox.key_id("plain");
    sandbox.clear_log();
    for wrong in [0o770, 0o702, 0o777] {
        fs::set_permissions(&dir, PermissionsExt::from_mode(wrong)).unwrap();
        delivered(
            with_cache(&sandbox, &dir),
            &format!(
                "no caching: others can write to {0}; run: chmod 700 {0}",
                dir.display()
            ),
        );
        sandbox.asked(&["AssumeRole"]);
    }
    // Nothing was put there, and what was there is used again once it is safe.
    fs::set_permissions(&dir, PermissionsExt::from_mode(0o700)).unwrap();
    sandbox.key_id("plain");
    sandbox.asked(&[]);
}

#[test]
fn a_directory_of_another_user() {
    let sandbox = Sandbox::start_plain();
    let dir = sandbox.home().join("theirs");
    fs::create_dir(&dir).unwrap();
    if std::os::unix::fs::chown(&dir, Some(12_345), None).is_err() {
        return skip("only root can give a directory away");
    }
    delivered(
        with_cache(&sandbox, &dir),
        &format!(
            "no caching: {} belongs to another user (uid 12345); set XACCT_CACHE_DIR to a \
             directory of your own",
            dir.display()
        ),
    );
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
}

#[test]
fn a_directory_that_cannot_be_written() {
    let sandbox = Sandbox::start_plain();
    let dir = sandbox.home().join("fixed");
    fs::create_dir(&dir).unwrap();
    if std::os::unix::fs::chown(&dir, Some(12_345), None).is_err() {
        return skip("only root can try what another user may");
    }
    fs::set_permissions(&dir, PermissionsExt::from_mode(0o500)).unwrap();
    // As that user, whom nothing but the files' modes stops.
    for path in [
        sandbox.home().to_owned(),
        sandbox.home().join(".aws"),
        sandbox.home().join(".config/xacct"),
    ] {
        fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    }
    for file in [
        ".aws/config",
        ".aws/credentials",
        ".config/xacct/config.toml",
        ".config",
    ] {
        fs::set_permissions(sandbox.home().join(file), PermissionsExt::from_mode(0o755)).unwrap();
    }
    // A copy: where the build stands, that user need not be able to go.
    let program = sandbox.home().join("xacct");
    fs::copy(env!("CARGO_BIN_EXE_xacct"), &program).unwrap();
    let words = [
        "--reuid",
        "12345",
        "--clear-groups",
        program.to_str().unwrap(),
        "credential-process",
        "plain",
    ];
    if !can_change_user() {
        return skip("there is no setpriv that may change the user");
    }
    let output = sandbox
        .program("setpriv", &words)
        .env("XACCT_CACHE_DIR", &dir)
        .run()
        .status(0);
    let output = output.stderr_contains(&format!(
        "xacct: warning: cannot create {}/locks: Permission denied",
        dir.display()
    ));
    assert!(output.key_id().starts_with("ASIA"));
    assert!(!output.stderr_text().contains("panicked"));
}

#[test]
fn a_link_that_was_planted_is_not_followed() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    let entry = sandbox.entry("plain");
    let target = sandbox.home().join("precious");
    fs::rename(&entry, &target).unwrap();
    let before = fs::read(&target).unwrap();
    symlink(&target, &entry).unwrap();
    sandbox.clear_log();
    delivered(
        with_cache(&sandbox, &sandbox.cache_dir()),
        &format!(
            "ignored the cache file {}: it is a symbolic link",
            entry.display()
        ),
    );
    sandbox.asked(&["AssumeRole"]);
    assert_eq!(
        fs::read(&target).unwrap(),
        before,
        "written through the link"
    );
    // The link is replaced, and all is well again.
    sandbox.key_id("plain");
    sandbox.asked(&[]);
}

#[test]
fn links_in_the_place_of_locks_and_notes_are_not_followed() {
    let sandbox = Sandbox::start();
    sandbox.key_id_by_code("client2");
    let target = sandbox.home().join("precious");
    fs::write(&target, "precious").unwrap();
    for folder in ["locks", "mfa"] {
        for file in fs::read_dir(sandbox.cache_dir().join(folder)).unwrap() {
            let path = file.unwrap().path();
            fs::remove_file(&path).unwrap();
            symlink(&target, &path).unwrap();
        }
    }
    sandbox.advance_mfa();
    let args = [
        "credential-process",
        "client2",
        "--refresh",
        "--mfa-code",
        &sandbox.fresh_code(),
    ];
    let output = sandbox.xacct(&args).run().status(0);
    output.stderr_contains("it is a symbolic link");
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
}

/// A second name of another file of one's own, of the right mode.
#[test]
fn hard_links_in_the_place_of_locks_notes_and_the_log_are_not_written_through() {
    let sandbox = Sandbox::start();
    sandbox.key_id_by_code("client2");
    let target = sandbox.home().join("precious");
    fs::write(&target, "precious").unwrap();
    fs::set_permissions(&target, PermissionsExt::from_mode(0o600)).unwrap();
    let log = sandbox.home().join(".local/state/xacct/audit.jsonl");
    let mut paths = vec![log.clone()];
    for folder in ["locks", "mfa"] {
        let files = fs::read_dir(sandbox.cache_dir().join(folder)).unwrap();
        paths.extend(files.map(|file| file.unwrap().path()));
    }
    assert!(paths.len() > 3, "{paths:?}");
    for path in &paths {
        fs::remove_file(path).unwrap();
        fs::hard_link(&target, path).unwrap();
    }
    sandbox.advance_mfa();
    let args = [
        "credential-process",
        "client2",
        "--refresh",
        "--mfa-code",
        &sandbox.fresh_code(),
    ];
    let output = sandbox.xacct(&args).run().status(0);
    output.stderr_contains("it is a hard link: the lines would be written to another file too");
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
    // The locks and notes that were needed have files of their own again; the log waits for its
    // user.
    let names = fs::metadata(&target).unwrap().nlink();
    assert!(
        (2..=u64::try_from(paths.len()).unwrap()).contains(&names),
        "{names} of {paths:?}"
    );
    fs::remove_file(&log).unwrap();
    sandbox.xacct(&["credential-process", "client2"]).run().ok();
}

#[test]
fn an_entry_that_is_open_to_others_is_not_used() {
    let sandbox = Sandbox::start_plain();
    let id = sandbox.key_id("plain");
    let entry = sandbox.entry("plain");
    fs::set_permissions(&entry, PermissionsExt::from_mode(0o644)).unwrap();
    let output = with_cache(&sandbox, &sandbox.cache_dir())
        .status(0)
        .stderr(&format!(
            "xacct: warning: ignored the cache file {}: others have access to it (mode 644)\n",
            entry.display()
        ));
    assert_ne!(output.key_id(), id);
    assert_eq!(mode(&entry), 0o600);
}

#[test]
fn entries_that_are_cut_garbled_or_newer() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    let entry = sandbox.entry("plain");
    let whole = fs::read_to_string(&entry).unwrap();
    let damaged = "it is damaged or not xacct's";
    let cases = [
        (whole[..whole.len() / 2].to_owned(), damaged),
        (String::new(), damaged),
        (
            "{\"secret_access_key\": \"wJalrXUtnFEMI\"}".to_owned(),
            damaged,
        ),
        ("\u{0}\u{1}\u{2}".to_owned(), damaged),
        (
            whole.replace("\"version\":1", "\"version\":2"),
            "a newer xacct wrote it (format 2)",
        ),
        (
            whole.replace("\"version\":1", "\"version\":0"),
            "its format is unknown",
        ),
        (" ".repeat(70_000), "it is too large to be one"),
    ];
    for (text, why) in cases {
        fs::write(&entry, text).unwrap();
        sandbox.clear_log();
        delivered(
            with_cache(&sandbox, &sandbox.cache_dir()),
            &format!("ignored the cache file {}: {why}", entry.display()),
        );
        sandbox.asked(&["AssumeRole"]);
        sandbox.key_id("plain");
        sandbox.asked(&[]);
    }
}

#[test]
fn a_full_disk_costs_the_cache_and_not_the_credentials() {
    let sandbox = Sandbox::start_plain();
    let id = sandbox.key_id("plain");
    let entry = sandbox.entry("plain");
    let before = fs::read(&entry).unwrap();
    // Writes fail from the first byte on; the signal that comes with that is what a full disk does
    // not send.
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" credential-process plain --refresh";
    let output = sandbox
        .program("sh", &["-c", script, env!("CARGO_BIN_EXE_xacct")])
        .run()
        .status(0)
        .stderr(&format!(
            "xacct: warning: the audit log {} cannot be written: File too large (os error 27)\n\
             xacct: warning: cannot write {}: File too large (os error 27)\n",
            sandbox.env()["XACCT_AUDIT_LOG"],
            entry.display()
        ));
    assert_ne!(output.key_id(), id);
    assert_eq!(
        fs::read(&entry).unwrap(),
        before,
        "the old entry is still there, whole"
    );
    assert_eq!(
        fs::read_dir(sandbox.cache_dir()).unwrap().count(),
        2,
        "nothing half-written is left"
    );
    assert_eq!(sandbox.key_id("plain"), id);
}

/// Neither the session nor a note can be written: what is left to remember the code is a file's
/// name.
#[test]
fn a_full_disk_and_a_code() {
    let sandbox = Sandbox::start();
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" credential-process client2";
    let run = |code: &str| {
        sandbox
            .program("sh", &["-c", script, env!("CARGO_BIN_EXE_xacct")])
            .env("XACCT_MFA_CODE", code)
            .run()
    };
    let code = sandbox.fresh_code();
    let output = run(&code).status(0).stderr_contains("File too large");
    assert!(output.key_id().starts_with("ASIA"));
    sandbox.asked(&["GetSessionToken", "AssumeRole"]);
    run(&code)
        .status(4)
        .stderr_contains("this MFA code was already used for ");
    sandbox.asked(&[]);
    sandbox.advance_mfa();
    run(&sandbox.fresh_code())
        .status(0)
        .stderr_contains("File too large");
}

#[test]
fn a_cache_that_cannot_be_used_and_a_code() {
    let sandbox = Sandbox::start();
    let spare = sandbox.home().join("run");
    fs::create_dir(&spare).unwrap();
    // Where the cache's directories would be, there are files.
    fs::remove_dir_all(sandbox.cache_dir()).unwrap();
    fs::write(sandbox.cache_dir(), "").unwrap();
    let code = sandbox.fresh_code();
    let run = || {
        let run = sandbox
            .xacct(&["credential-process", "client2"])
            .env("XDG_RUNTIME_DIR", &spare);
        run.env("XACCT_MFA_CODE", &code).run()
    };
    run().status(0).stderr_contains("no caching: ");
    sandbox.asked(&["GetSessionToken", "AssumeRole"]);
    run()
        .status(4)
        .stderr_contains("this MFA code was already used for ");
    sandbox.asked(&[]);
    let spare = fs::read_dir(&spare)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let notes: Vec<_> = fs::read_dir(spare.join("mfa"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!(fs::metadata(&notes[0]).unwrap().len(), 0);
}

#[test]
fn list_and_explain_say_it_too_and_go_on() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    let entry = sandbox.entry("plain");
    fs::write(&entry, "{").unwrap();
    let warning = format!(
        "xacct: warning: ignored the cache file {}: it is damaged or not xacct's\n",
        entry.display()
    );
    for args in [&["list"][..], &["explain", "plain"]] {
        sandbox.xacct(args).run().status(0).stderr(&warning);
    }
}

fn can_change_user() -> bool {
    let tried = std::process::Command::new("setpriv")
        .args(["--reuid", "12345", "--clear-groups", "true"])
        .output();
    tried.is_ok_and(|output| output.status.success())
}

/// With a clock that is days ahead, entries look long over that AWS still takes.
#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "what is tested is the machine's clock"
)]
fn a_clock_that_is_ahead_costs_no_good_entry() {
    let sandbox = Sandbox::start_plain();
    sandbox.key_id("plain");
    let good = sandbox.entry("plain");
    sandbox.leave("plain", -2 * 86_400);
    let age = |path: &Path| {
        let written = SystemTime::now() - Duration::from_hours(50);
        fs::File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_modified(written)
            .unwrap();
    };
    age(&good);
    sandbox.clock(-3 * 86_400);
    let other = ["credential-process", "plain", "--session-name", "another"];
    sandbox.xacct(&other).run().status(0);
    assert!(good.exists(), "AWS's clock says that it is good");
    // By a clock that AWS confirms, it is over.
    sandbox.clock(0);
    sandbox
        .xacct(&["credential-process", "plain", "--session-name", "third"])
        .run()
        .ok();
    assert!(!good.exists());
}
