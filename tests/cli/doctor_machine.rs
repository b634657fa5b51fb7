//! What `doctor` says of files, permissions, the shell, the cache, tokens and other tools, to the
//! letter.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::process::Command;

use crate::common::Sandbox;
use crate::common::home::{Home, findings, mode};

const KEYS: &str = "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";
const CONFIG: &str = "[profile a]\nregion = eu-west-1\n";

fn home() -> Home {
    Home::with(CONFIG, KEYS, "")
}

/// Exactly these lines are found.
#[track_caller]
fn finds(home: &Home, expected: &str) {
    assert_eq!(home.findings(), expected);
}

/// Exactly these, with these variables.
#[track_caller]
fn finds_with(home: &Home, env: &[(&str, &str)], expected: &str) {
    let run = env
        .iter()
        .fold(home.doctor(&[]), |run, (name, value)| run.env(name, value));
    assert_eq!(findings(&run.run()), expected);
}

fn touch(path: &std::path::Path, date: &str) {
    assert!(
        Command::new("touch")
            .args(["-h", "-d", date])
            .arg(path)
            .status()
            .unwrap()
            .success()
    );
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn files_that_cannot_be_read_are_findings() {
    let home = home();
    fs::remove_file(home.path().join(".aws/credentials")).unwrap();
    fs::create_dir(home.path().join(".aws/credentials")).unwrap();
    mode(&home.path().join(".aws/credentials"), 0o700);
    finds(
        &home,
        "\
~/.aws/credentials: error: it is a directory, not a file [file-unreadable]
  move it away, or set AWS_SHARED_CREDENTIALS_FILE to the file that is meant
",
    );
    let home = Home::with("", KEYS, "");
    home.write(".aws/config", b"[profile a]\nregion = \xe9\n");
    finds(
        &home,
        "\
~/.aws/config:2: error: the file is not UTF-8 [file-not-utf8]
  save it as UTF-8: iconv -f ISO-8859-1 -t UTF-8 ~/.aws/config
",
    );
    let home = Home::with(CONFIG, KEYS, "[profile.a]\nrolearn = 'x'\n");
    finds(
        &home,
        "\
~/.config/xacct/config.toml:2: error: unknown profile key 'rolearn' [settings-broken]
  did you mean 'role_arn'?
",
    );
    let counts = "1 error (3 files, 1 cache looked at; profiles not: a file cannot be read; \
                  network not: a file cannot be read)\n";
    home.doctor(&[])
        .run()
        .status(1)
        .stdout_contains(counts)
        .stderr("");
}

#[test]
fn permissions() {
    let home = home();
    mode(&home.path().join(".aws"), 0o757);
    mode(&home.path().join(".aws/config"), 0o646);
    mode(&home.path().join(".aws/credentials"), 0o640);
    finds(
        &home,
        "\
~/.aws: error: other users can put files into it (mode 757) [directory-writable]
  chmod 755 ~/.aws
~/.aws/config: error: other users can write to it, and name programs that you would run (mode 646) [file-writable]
  chmod 644 ~/.aws/config
~/.aws/credentials: error: other users can get at the keys in it (mode 640) [keys-readable]
  chmod 600 ~/.aws/credentials
",
    );
    home.doctor(&["--fix"]).run().status(0).stderr(
        "\
xacct: chmod 755 ~/.aws
xacct: chmod 644 ~/.aws/config
xacct: chmod 600 ~/.aws/credentials
",
    );
    finds(&home, "");
}

#[test]
fn directories_that_others_work_in_are_left_to_their_owners() {
    let home = home();
    let team = home.write("team/config", CONFIG);
    let dir = team.parent().unwrap();
    mode(dir, 0o777);
    let found = "\
~/team: error: other users can put files into it (mode 777) [directory-writable]
  chmod 755 ~/team
";
    let run = home
        .doctor(&["--fix"])
        .env("AWS_CONFIG_FILE", &team)
        .run()
        .status(1)
        .stderr("");
    assert_eq!(findings(&run), found);
    // Like /tmp, where nobody can take another's files away.
    mode(dir, 0o1777);
    finds_with(&home, &[("AWS_CONFIG_FILE", &team.to_string_lossy())], "");
}

#[test]
fn files_of_another_user() {
    if !is_root() {
        crate::common::skip("only root can give files away");
        return;
    }
    let home = home();
    chown(home.path().join(".aws/config"), Some(65534), None).unwrap();
    home.write(".cache/xacct/x", "");
    chown(home.path().join(".cache/xacct"), Some(65534), None).unwrap();
    finds(
        &home,
        "\
~/.aws/config: warning: it belongs to another user (uid 65534) [file-foreign]
  if it is meant to be yours: sudo chown \"$USER\" ~/.aws/config
~/.cache/xacct: error: nothing is cached: it belongs to another user (uid 65534) [cache-foreign]
  set XACCT_CACHE_DIR to a directory of your own
",
    );
}

#[test]
fn what_was_left_behind() {
    let home = home();
    home.write(".aws/config.xacct-backup-20261122T061500Z", "");
    home.write(".aws/credentials.xacct-backup-20261121T061500Z", "");
    let unfinished = home.write(".aws/.config.xacct-123.tmp", "");
    // One that is young may be at work.
    finds(
        &home,
        "\
~/.aws/credentials.xacct-backup-20261121T061500Z: note: 2 copies of what changed files were \
         before; adopt --undo uses them [backups]
  nothing to do: xacct keeps the newest ten of each file, and deletes older ones
",
    );
    touch(&unfinished, "2 hours ago");
    let fixed = home
        .doctor(&["--fix"])
        .run()
        .status(0)
        .stderr("xacct: rm ~/.aws/.config.xacct-123.tmp\n");
    assert!(!unfinished.exists() && !findings(&fixed).contains("file-leftover"));
    let unfinished = home.write(".aws/.config.xacct-123.tmp", "");
    touch(&unfinished, "2 hours ago");
    home.doctor(&[]).run().status(0).stdout_contains(
        "\
~/.aws/.config.xacct-123.tmp: note: an unfinished file of an xacct that was ended [file-leftover]
  xacct doctor --fix    deletes it
",
    );
}

#[test]
fn keys_of_the_shell() {
    let home = home();
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
    ];
    finds_with(
        &home,
        &keys,
        "\
note: the keys in this shell come before AWS_PROFILE everywhere, and before a profile that a \
         program names in some SDKs [shell-keys]
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
",
    );
    let ended = [
        keys[0],
        keys[1],
        ("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"),
        ("XACCT_PROFILE", "my client"),
    ];
    finds_with(
        &home,
        &ended,
        "\
note: the keys in this shell ended at 2020-01-01T00:00:00Z [shell-keys-expired]
  eval $(xacct assume 'my client')
",
    );
    finds_with(
        &home,
        &keys[..1],
        "\
warning: one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set without the other \
         [shell-keys-half]
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
",
    );
}

#[test]
fn profiles_and_regions_of_the_shell() {
    let home = home();
    finds_with(
        &home,
        &[("AWS_PROFILE", "aa"), ("AWS_DEFAULT_PROFILE", "a")],
        "\
warning: AWS_PROFILE names 'aa', which does not exist [shell-profile-unknown]
  export AWS_PROFILE=a
note: AWS_PROFILE and AWS_DEFAULT_PROFILE differ: boto3 and the AWS CLI 1 take the second, the AWS CLI 2 the first, and the SDKs read no other [shell-profiles-differ]
  unset AWS_DEFAULT_PROFILE, or set both to the same
",
    );
    finds_with(
        &home,
        &[("AWS_PROFILE", "")],
        "\
warning: AWS_PROFILE is set to nothing: programs look for a profile without a name \
         [shell-profile-empty]
  unset AWS_PROFILE
",
    );
    finds_with(
        &home,
        &[
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-2"),
        ],
        "\
note: AWS_REGION and AWS_DEFAULT_REGION differ: boto3 and the AWS CLI 1 read the second only, \
         everybody else takes the first [shell-regions-differ]
  unset AWS_DEFAULT_REGION, or set both to the same
",
    );
    finds_with(
        &home,
        &[("AWS_REGION", "eu-west1")],
        "\
warning: AWS_REGION is 'eu-west1', which cannot be a region [shell-region-malformed]
  export AWS_REGION=eu-west-1
",
    );
    finds_with(
        &home,
        &[("AWS_CONFIG_FILE", "$HOME/.aws/config")],
        "\
note: AWS_CONFIG_FILE has a $ or ~name in it, which the AWS CLI expands and the SDKs do not \
         [shell-path]
  write the whole path into AWS_CONFIG_FILE
",
    );
}

#[test]
fn the_cache_directory() {
    let home = home();
    home.write(".cache/xacct/x", "");
    mode(&home.path().join(".cache/xacct"), 0o777);
    finds(
        &home,
        "\
~/.cache/xacct: error: nothing is cached: others can write to it (mode 777) [cache-open]
  chmod 700 ~/.cache/xacct
",
    );
    home.doctor(&["--fix"])
        .run()
        .status(0)
        .stderr("xacct: chmod 700 ~/.cache/xacct\n");
    finds_with(
        &home,
        &[(
            "XACCT_CACHE_DIR",
            &home.path().join(".aws/config").to_string_lossy(),
        )],
        "\
~/.aws/config: error: nothing is cached: it is not a directory [cache-unusable]
  set XACCT_CACHE_DIR to a directory of your own
",
    );
}

#[test]
fn cache_entries() {
    let home = home();
    let name = |letter: &str| format!(".cache/xacct/{}.json", letter.repeat(64));
    let entry = |letter: &str| {
        format!(
            r#"{{"version":1,"key":"{}","entry":{{"action":"AssumeRole","profile":"a","access_key_id":"ASIAIOSFODNN7EXAMPLE","secret_access_key":"s","session_token":"t","expires_at":1,"issued_at":1,"confirmed_at":1,"account_id":null,"arn":null}}}}"#,
            letter.repeat(64)
        )
    };
    home.write(&name("a"), "{");
    home.write(&name("b"), r#"{"version":7,"sealed":"x"}"#);
    home.write(&name("c"), entry("c"));
    home.write(&name("d"), entry("d"));
    mode(&home.write(&name("e"), entry("e")), 0o644);
    symlink("/dev/null", home.path().join(name("f"))).unwrap();
    touch(&home.write(".cache/xacct/.x.1-0.tmp", ""), "2 hours ago");
    home.write(".cache/xacct/README", "not ours");
    let [a, b, e, f] = ["a", "b", "e", "f"].map(|letter| letter.repeat(64));
    let expected = format!(
        "\
~/.cache/xacct: note: 2 expired entries [entry-expired]
  nothing need be done: it goes by itself a day after its end
~/.cache/xacct: note: 1 unfinished file [cache-leftover]
  nothing need be done: it goes by itself after a day
~/.cache/xacct/{a}.json: warning: not used: it is damaged or not xacct's [entry-damaged]
  rm ~/.cache/xacct/{a}.json
~/.cache/xacct/{b}.json: note: not used: a newer xacct wrote it (format 7) [entry-newer]
  use the newer xacct, or leave it: it goes by itself
~/.cache/xacct/{e}.json: warning: not used: others have access to it (mode 644) [entry-open]
  rm ~/.cache/xacct/{e}.json
~/.cache/xacct/{f}.json: warning: not used: it is a symbolic link [entry-open]
  rm ~/.cache/xacct/{f}.json
"
    );
    finds(&home, &expected);
    let counts = "3 warnings, 3 notes (2 files, 1 profile, 1 cache looked at; network not: \
                  --offline); xacct doctor --fix repairs 5 of them\n";
    home.doctor(&["--dry-run"])
        .run()
        .status(1)
        .stdout_contains(counts)
        .stderr_contains("xacct: would rm ~/.cache");
    finds(&home, &expected);
    home.doctor(&["--fix"])
        .run()
        .status(0)
        .stderr_contains(&format!("xacct: rm ~/.cache/xacct/{a}.json\n"));
    let mut left: Vec<String> = fs::read_dir(home.path().join(".cache/xacct"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["README".to_owned(), format!("{b}.json")]);
}

#[test]
fn tokens_of_the_aws_cli() {
    let sso = "[sso-session s]\nsso_region = eu-west-1\nsso_start_url = \
               https://acme.awsapps.com/start\n\
               [profile b]\nsso_session = s\nsso_account_id = 111111111111\nsso_role_name = \
               R\nregion = eu-west-1\n";
    let home = Home::with(&(CONFIG.to_owned() + sso), KEYS, "");
    let ended = r#""expiresAt":"2020-01-01T00:00:00Z""#;
    let url = r#""startUrl":"https://acme.awsapps.com/start""#;
    home.write(
        ".aws/sso/cache/a.json",
        format!(r#"{{"accessToken":"SECRET",{ended},{url}}}"#),
    );
    home.write(
        ".aws/sso/cache/b.json",
        format!(r#"{{"clientId":"x","clientSecret":"SECRET",{ended}}}"#),
    );
    home.write(".aws/sso/cache/c.json", "{}");
    home.write(
        ".aws/sso/cache/d.json",
        format!(
            r#"{{"accessToken":"SECRET","refreshToken":"SECRET","registrationExpiresAt":"2099-01-01T00:00:00Z",{ended},{url}}}"#
        ),
    );
    mode(&home.write(".aws/cli/cache/e.json", "{}"), 0o644);
    finds(
        &home,
        "\
~/.aws/cli/cache/e.json: error: other users can get at the tokens in it (mode 644) [token-readable]
  chmod 600 ~/.aws/cli/cache/e.json
~/.aws/sso/cache/a.json: note: the sign-in at https://acme.awsapps.com/start ended at 2020-01-01T00:00:00Z [token-expired]
  xacct login b
~/.aws/sso/cache/b.json: note: the registration of a client ended at 2020-01-01T00:00:00Z [client-expired]
  nothing need be done: the next sign-in makes another
~/.aws/sso/cache/c.json: warning: it is neither a token nor a registration of a client [token-damaged]
  move it to another folder if sign-ins fail; xacct ignores it
",
    );
}

#[test]
fn other_tools() {
    let home = home();
    fs::create_dir(home.path().join(".awsume")).unwrap();
    home.write(".bashrc", "# mine\nalias assume='. assume'\n");
    finds(
        &home,
        "\
~/.awsume: note: awsume was used here; it may keep credentials in it [other-tool-files]
  it may be the only place of an access key; xacct does not read it and never removes it
~/.bashrc:2: note: the shell is set up for granted here, whose variables may come before xacct's [other-tool-alias]
  delete the line, if granted is not used any more
",
    );
}

#[test]
fn another_xacct() {
    let home = home();
    let other = home.write("bin/xacct", "#!/bin/sh\n");
    mode(&other, 0o755);
    let process = format!(
        "[profile b]\nregion = eu-west-1\ncredential_process = {} credential-process a\n",
        other.display()
    );
    home.write(".aws/config", CONFIG.to_owned() + &process);
    finds(
        &home,
        &format!(
            "\
~/.aws/config:5: note: profile 'b': credential_process starts '{}', and this is another xacct, \
             XACCT [process-other-xacct]
  make it one: the two may be of different versions
",
            other.display()
        ),
    );
}

#[test]
fn a_program_that_prompts_and_is_not_there() {
    let sandbox = Sandbox::start();
    sandbox.write_settings("mfa.prompt = \"pinentry\"\nmfa.pinentry = \"pinentry-none\"\n");
    sandbox
        .xacct(&["doctor", "client1"])
        .run()
        .status(1)
        .stdout_contains("the program 'pinentry-none' was not found [mfa-prompt-missing]")
        .stdout_contains("or set mfa.pinentry to its path");
}

/// The index of a key of `hub` in this store.
fn stored(store: &str, digest: &str) -> String {
    format!(
        "{{\"version\": 1, \"keys\": [{{\"profile\": \"hub\", \"access_key_id\": \
         \"AKIAIOSFODNN7EXAMPLE\", \"store\": \"{store}\", \"added\": \
         \"2026-01-01T00:00:00Z\", \"digest\": \"{digest}\"}}]}}"
    )
}

const INDEX: &str = ".local/share/xacct/keys.json";

#[test]
fn stores_of_access_keys() {
    let home = Home::with("[profile hub]\nregion = eu-west-1\n", "", "");
    home.write(INDEX, stored("keychain", "ab"));
    home.write(".password-store/.gpg-id", "somebody");
    let pass = home.write("bin/pass", "#!/bin/sh\n");
    mode(&pass, 0o700);
    let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
    let found = |home: &Home| {
        let run = home.doctor(&[]).env("PATH", &path);
        let run = run.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
        findings(&run.run())
    };
    assert_eq!(
        found(&home),
        "error: the Keychain has the access keys of 'hub', and cannot be used: this system has no \
         such store [keyring-unusable]\nnote: new access keys go to pass, the first store that \
         can be used (the Secret Service: no session bus was found) [keyring-store]\n"
    );
    home.write(".config/xacct/config.toml", "keys.store = \"pass\"\n");
    home.write(INDEX, stored("pass", "ab"));
    assert_eq!(
        found(&home),
        "note: new access keys go to pass: keys.store is pass [keyring-store]\n"
    );
    home.write(".config/xacct/config.toml", "keys.store = \"keychain\"\n");
    assert_eq!(
        found(&home),
        "note: new access keys cannot be stored: keys.store is keychain, and the Keychain cannot \
         be used: this system has no such store [keyring-store]\n"
    );
    // [keyring-locked] is in keys_stores.rs, with a store that can be locked.
    home.write(INDEX, "[]");
    assert_eq!(
        found(&home).lines().next().unwrap(),
        "~/.local/share/xacct/keys.json: error: the index of stored access keys: invalid length 0, \
         expected struct Document with 2 elements at line 1 column 2 [keys-index-unreadable]"
    );
}

#[test]
fn access_keys_in_two_places() {
    let keys = "[hub]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = \
                wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
    let home = Home::with("[profile hub]\nregion = eu-west-1\n", keys, "");
    home.write(INDEX, stored("pass", "ab"));
    home.write(".password-store/.gpg-id", "somebody");
    let pass = home.write("bin/pass", "#!/bin/sh\n");
    mode(&pass, 0o700);
    let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
    let found = findings(&home.doctor(&[]).env("PATH", &path).run());
    assert!(
        found.contains(
            "~/.aws/credentials:2: error: profile 'hub' has two access keys: AKIAIOSFODNN7EXAMPLE \
             in this file, and AKIAIOSFODNN7EXAMPLE in pass [key-in-two-places]\n"
        ),
        "{found}"
    );
    // The same key in both: an import that was interrupted.
    home.write(".aws/credentials", "");
    fs::remove_file(home.path().join(INDEX)).unwrap();
    let script = "#!/bin/sh\nfor name; do :; done\nfile=\"$HOME/.password-store/$name.gpg\"\ncase $1 \
                  in insert) mkdir -p \"${file%/*}\" && cat > \"$file\" ;; show) cat \"$file\" ;; \
                  esac\n";
    mode(&home.write("bin/pass", script), 0o700);
    home.xacct(&["keys", "add", "hub", "--no-check", "--store", "pass", "-q"])
        .env("PATH", &path)
        .stdin("AKIAIOSFODNN7EXAMPLE\nwJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n")
        .run()
        .ok();
    home.write(".aws/credentials", keys);
    let found = findings(&home.doctor(&[]).env("PATH", &path).run());
    assert!(
        found.contains(
            "~/.aws/credentials:2: warning: profile 'hub': the access key is in pass too, and in plain text here \
             [key-in-file-too]\n"
        ),
        "{found}"
    );
}
