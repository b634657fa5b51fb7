//! `xacct keys` with the real stores: GNOME Keyring on a bus of its own, `pass` with GPG, the
//! kernel. The programs that come with each judge what xacct has put there.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::Command;

use crate::common::home::mode;
use crate::common::{Cmd, Home, Pty, XACCT, skip};

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn has(programs: &[&str]) -> bool {
    let is_there = |program: &&str| {
        let path = ["/usr/bin", "/bin"].map(|dir| format!("{dir}/{program}"));
        path.iter().any(|path| std::path::Path::new(path).exists())
    };
    let missing: Vec<&&str> = programs
        .iter()
        .filter(|program| !is_there(program))
        .collect();
    if missing.is_empty() {
        return true;
    }
    skip(&format!(
        "there is no {missing:?} (Debian: scripts/test-tools)"
    ));
    false
}

/// A script in this home, without a terminal. `$X` is xacct, `$ID` and `$SECRET` the key.
fn script(home: &Home, words: &[&str], text: &str) -> Cmd {
    let run = home.path().join("run");
    fs::create_dir_all(&run).unwrap();
    mode(&run, 0o700);
    let mut command = Command::new("setsid");
    command
        .args([&["-w"], words, &["sh", "-euc", text]].concat())
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin")
        .env("XDG_RUNTIME_DIR", run)
        .env("GNUPGHOME", home.path().join("gnupg"))
        .envs([("X", XACCT), ("ID", ID), ("SECRET", SECRET)])
        .current_dir(home.path());
    Cmd::new(command, None)
}

/// The key is stored, judged, used, replaced and removed; `judge` prints what the store has.
fn whole_life(judge: &str) -> String {
    format!(
        r#"
printf '%s\nanother/secret/that/is/forty/characters1\n' "$ID" | "$X" keys add hub --no-check -q
printf '%s\n%s\n' "$ID" "$SECRET" | "$X" keys add hub --no-check -q
test "$({judge})" = "$SECRET"
"$X" keys export hub --yes -q
"$X" credential-process hub | grep -q "$SECRET"
"$X" keys remove hub --yes -q
if {judge} 2>/dev/null | grep -q .; then echo "it is still there"; fi
"$X" keys list -q
"#
    )
}

fn exported() -> String {
    format!("[hub]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n")
}

#[test]
fn gnome_keyring_keeps_a_key() {
    if !has(&["dbus-run-session", "gnome-keyring-daemon", "secret-tool"]) {
        return;
    }
    let home = Home::with("[profile hub]\nregion = eu-west-1\n", "", "");
    let life = whole_life("secret-tool lookup service xacct username \"$ID\"");
    // It is `auto` that finds it, and the daemon locks and unlocks it.
    let text = format!(
        r#"
printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
{life}
printf '%s\n%s\n' "$ID" "$SECRET" | "$X" keys add hub --no-check
dbus-send --session --dest=org.freedesktop.secrets --print-reply /org/freedesktop/secrets \
    org.freedesktop.Secret.Service.Lock \
    array:objpath:/org/freedesktop/secrets/collection/login >/dev/null
"$X" doctor --offline | grep -A1 keyring | grep -v '^ *$'
"$X" keys export hub --yes --no-input && echo unlocked || echo "status $?"
"$X" keys export hub --yes 2>/dev/null && echo unlocked || echo "status $?"
owner() {{
    dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
        org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets 2>/dev/null |
        sed -n 's/.*uint32 //p'
}}
old=$(owner)
printf pw | gnome-keyring-daemon --replace --unlock --components=secrets >/dev/null 2>&1
until new=$(owner); [ -n "$new" ] && [ "$new" != "$old" ]; do sleep 0.05; done
"$X" keys export hub --yes -q
"#
    );
    let ended = script(&home, &["dbus-run-session", "--"], &text).run();
    let exported = exported();
    let found = "note: the Secret Service has the access keys of 'hub', and is locked \
                 [keyring-locked]\nnote: new access keys go to the Secret Service, the first \
                 store that can be used [keyring-store]\n";
    ended
        .stderr_contains(&format!(
            "xacct: 'hub': access key {ID} is in the Secret Service, and was not tried\n"
        ))
        .stderr_contains(
            "xacct: error: the Secret Service is locked: it needs its password, and prompts are forbidden\n  \
             unlock it in the desktop's own program (Passwords and Keys, KWalletManager, \
             KeePassXC); without a desktop: gnome-keyring-daemon --replace --unlock    reads its \
             password from stdin\n",
        )
        .status(0)
        .stdout(&format!("{exported}{found}status 5\nstatus 5\n{exported}"));
}

#[test]
fn a_bus_without_a_keyring_is_said() {
    if !has(&["dbus-daemon"]) {
        return;
    }
    let home = Home::new();
    // A bus that starts no programs.
    home.write(
        "bus.conf",
        format!(
            "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
             \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n<busconfig>\
             <type>session</type><listen>unix:path={0}/bus</listen><policy context=\"default\">\
             <allow send_destination=\"*\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>\
             </policy></busconfig>",
            home.path().display()
        ),
    );
    let text = r#"
dbus-daemon --config-file="$HOME/bus.conf" --fork --print-pid=3 3>pid --print-address=4 4>address
DBUS_SESSION_BUS_ADDRESS=$(cat address) "$X" keys add hub --store secret-service </dev/null || true
kill "$(cat pid)"
"#;
    let ended = script(&home, &[], text).run().status(0);
    ended.stderr_contains(
        "xacct: error: the Secret Service cannot be used: no program provides it on the session \
         bus\n",
    );
}

#[test]
fn pass_keeps_a_key() {
    if !has(&["pass", "gpg", "gpgconf"]) {
        return;
    }
    let home = Home::with("[profile hub]\nregion = eu-west-1\n", "", "");
    let life = whole_life("pass show \"xacct/$ID\"");
    let text = format!(
        r#"
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --kill gpg-agent' EXIT
gpg --batch --quiet --passphrase '' --quick-gen-key a@example.com default default never 2>/dev/null
pass init a@example.com >/dev/null
{life}
"#
    );
    // `auto`: there is no bus, and pass comes next.
    let ended = script(&home, &[], &text).run();
    ended.status(0).stdout(&exported()).stderr("").ok();
}

#[test]
fn the_passphrase_of_pass_is_asked_for_only_where_a_person_may_be() {
    if !has(&["pass", "gpg", "gpgconf", "pinentry-tty"]) {
        return;
    }
    let home = Home::with("[profile hub]\nregion = eu-west-1\n", "", "");
    let text = r#"
mkdir -m 700 "$GNUPGHOME"
echo "pinentry-program /usr/bin/pinentry-tty" > "$GNUPGHOME/gpg-agent.conf"
trap 'gpgconf --kill gpg-agent' EXIT
gpg --batch --quiet --pinentry-mode loopback --passphrase sesame \
    --quick-gen-key a@example.com default default never 2>/dev/null
pass init a@example.com >/dev/null
printf '%s\n%s\n' "$ID" "$SECRET" |
    PASSWORD_STORE_GPG_OPTS="--batch --pinentry-mode loopback --passphrase sesame" \
    "$X" keys add hub --no-check -q
gpgconf --kill gpg-agent
"$X" keys export hub --yes --no-input 2>/dev/null || echo "status $?"
"#;
    let ended = script(&home, &[], text).run();
    ended.status(0).stdout("status 5\n").stderr("").ok();
    // On a terminal, the agent asks there.
    let mut command = Command::new(XACCT);
    command
        .args(["keys", "export", "hub", "--yes", "--print"])
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin")
        .env("GNUPGHOME", home.path().join("gnupg"))
        .current_dir(home.path());
    let mut pty = Pty::spawn(command);
    pty.expect("Passphrase");
    pty.send_line("sesame");
    pty.expect(SECRET);
    let (status, screen) = pty.wait();
    let stopped = script(&home, &[], "gpgconf --kill gpg-agent").run();
    stopped.ok();
    assert_eq!(status, 0, "{screen}");
}

#[test]
fn the_kernel_keeps_a_key() {
    if !has(&["keyctl"]) {
        return;
    }
    let home = Home::with(
        "[profile hub]\nregion = eu-west-1\n",
        "",
        "keys.store = \"kernel\"\n",
    );
    // A key of this test's own: the keyring is that of the user, whatever HOME is.
    let id = format!("AKIATEST{:012}", std::process::id());
    let judge = "keyctl print $(keyctl search $(keyctl get_persistent @s) user \"xacct/$ID\")";
    let life = whole_life(judge);
    let probe = script(&home, &[], "keyctl session - keyctl get_persistent @s").run();
    if !probe
        .stdout_text()
        .lines()
        .any(|line| line.parse::<u32>().is_ok())
    {
        skip("the kernel has no persistent keyring");
        return;
    }
    let text = format!(
        r#"
printf '%s\n%s\n' "$ID" "$SECRET" | "$X" keys add hub --no-check
"$X" keys remove hub --yes -q
exec keyctl session - sh -euc '{}' 2>&3
"#,
        life.replace('\'', r"'\''")
    );
    let ended = script(&home, &[], &format!("exec 3>&2; {text}"))
        .env("ID", &id)
        .run();
    ended
        .status(0)
        .stdout(&exported().replace(ID, &id))
        .stderr_contains(&format!(
            "xacct: 'hub': access key {id} is in the kernel's keyring, and was not tried\nxacct: \
             warning: the kernel's keyring forgets the key when this computer restarts, and after \
             three days without use: keep the secret elsewhere too, or choose another store with \
             keys.store in config.toml\n"
        ));
}
