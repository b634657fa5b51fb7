//! xacct's settings file through the program: what is wrong in it, what of it reaches STS, and who
//! is asked for a yes.

#![cfg(unix)]

use std::fs;

use crate::common::{Cmd, Output, Request, Sandbox, account};

const HUB: &str = "[profile hub]\nregion = eu-central-1\n";

/// client1 of the sample world.
const CLIENT1: &str = "role_arn = \"arn:aws:iam::222222222222:role/PartnerAdmin\"\nsource_profile \
                       = \"hub\"\n\
                       external_id = \"client1-7731\"\n";

/// client2 of the sample world, which asks for a code.
const CLIENT2: &str = "role_arn \
                       = \"arn:aws:iam::333333333333:role/partners/Operations\"\nsource_profile \
                       = \"hub\"\n\
                       external_id = \"client2-8842\"\nmfa_serial \
                       = \"arn:aws:iam::111111111111:mfa/you\"\n";

/// The sample world with these settings, and no profiles but the hub's.
fn sandbox(settings: &str) -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.write_config(HUB);
    sandbox.write_settings(settings);
    sandbox
}

fn process(sandbox: &Sandbox, profile: &str) -> Output {
    sandbox.xacct(&["credential-process", profile]).run()
}

/// The only request since the log was cleared.
fn request(sandbox: &Sandbox) -> Request {
    let mut log = sandbox.log();
    assert_eq!(log.len(), 1, "{log:?}");
    log.remove(0)
}

/// Its parameters that are not the same in every request of these tests.
fn parameters(sandbox: &Sandbox) -> Vec<String> {
    let usual = [
        "Action",
        "Version",
        "RoleArn",
        "ExternalId",
        "DurationSeconds",
    ];
    let own = request(sandbox)
        .params
        .into_iter()
        .filter(|(name, _)| !usual.contains(&name.as_str()));
    own.map(|(name, value)| format!("{name}={value}")).collect()
}

/// Without a terminal, whatever the tests run in.
fn detached(sandbox: &Sandbox, args: &[&str]) -> Cmd {
    let all: Vec<&str> = ["-w", env!("CARGO_BIN_EXE_xacct")]
        .iter()
        .chain(args)
        .copied()
        .collect();
    sandbox.program("setsid", &all)
}

#[test]
fn what_is_not_known_is_an_error_with_line_and_suggestion() {
    let sandbox = Sandbox::start();
    for (settings, message) in [
        (
            "verify_after = \"1m\"\nsesion_name = \"x\"\n",
            ":2: unknown setting 'sesion_name'\n  did you mean 'session_name'?\n",
        ),
        (
            "[mfa]\npromt = \"terminal\"\n",
            ":2: unknown setting 'mfa.promt'\n  did you mean 'mfa.prompt'?\n",
        ),
        (
            "cache_dir = \"/tmp\"\n",
            ":1: unknown setting 'cache_dir'\n  there are: allow_http_endpoint, audit, \
             console.browser, console.firefox_container, keys.max_age, keys.store, mfa.echo, \
             mfa.pinentry, mfa.prompt, session_name, session_token_duration, verify_after, profile\n",
        ),
        (
            "[profile.client1]\n\nread_onyl = true\n",
            ":3: unknown profile key 'read_onyl'\n  did you mean 'read_only'?\n",
        ),
        (
            "session_name = \"xacct-{pid}\"\n",
            ":1: session_name: unknown {pid}: a name that changes from run to run would find \
             nothing in the cache; there are {user}, {host} and {profile}\n  session_name is the \
             role session's name, as CloudTrail shows it, where a profile has no role_session_name \
             (default: \"xacct-{user}\")\n",
        ),
        (
            "[profile.client1]\nconfirm = \"yes\"\n",
            ":2: confirm: true or false is wanted here\n  confirm is whether you must confirm on \
             the terminal each time before credentials are handed out, cached or new, of this \
             profile or of one that goes through it. Without a terminal, and with --no-input, that \
             is exit status 5\n",
        ),
    ] {
        sandbox.write_settings(settings);
        for command in [
            &["list"][..],
            &["credential-process", "client1"],
            &["config", "show"],
        ] {
            let wanted = format!("xacct: error: ~/.config/xacct/config.toml{message}");
            sandbox
                .xacct(command)
                .run()
                .status(3)
                .stdout("")
                .stderr(&wanted);
        }
    }
    assert_eq!(sandbox.calls(), [""; 0]);
}

#[test]
fn the_session_name_is_what_the_template_says() {
    let sandbox = sandbox(&format!(
        "session_name = \"{{user}}.{{profile}}\"\n[profile.\"my \
         client\"]\n{CLIENT1}[profile.named]\n{CLIENT1}role_session_name = \"me\"\n"
    ));
    let name = |profile: &str, user: &str, option: &[&str]| {
        sandbox.clear_log();
        let all: Vec<&str> = ["credential-process", profile]
            .iter()
            .chain(option)
            .copied()
            .collect();
        sandbox.xacct(&all).env("USER", user).run().ok();
        sandbox
            .log()
            .first()
            .map(|request| request.params["RoleSessionName"].clone())
    };
    let me = format!("{}.my-client", account());
    assert_eq!(name("my client", "alice", &[]), Some(me));
    // Whatever a shell calls its user: a service that has no such variable finds the same session
    // in the cache.
    assert_eq!(name("my client", "bob", &[]), None);
    assert_eq!(name("named", "alice", &[]).as_deref(), Some("me"));
    assert_eq!(
        name("named", "alice", &["--session-name", "you"]).as_deref(),
        Some("you")
    );
    sandbox.write_settings(&format!("[profile.\"my client\"]\n{CLIENT1}"));
    assert_eq!(
        name("my client", "alice", &[]).as_deref(),
        Some("xacct-user")
    );
}

#[test]
fn toml_becomes_parameters() {
    let sandbox = sandbox(&format!(
        "[profile.client1]\n{CLIENT1}source_identity = \"alice\"\nsession_tags = \
         {{ Team = \"x\", Env = \"y z\" }}\n\
         transitive_session_tags = [\"Team\"]\nsession_policy_arns = \
         [\"arn:aws:iam::aws:policy/A\"]\nread_only = true\n\
         session_policy = '''\n{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}}\n'''\n"
    ));
    process(&sandbox, "client1").ok();
    assert_eq!(
        parameters(&sandbox),
        [
            "Policy={\"Version\":\"2012-10-17\",\"Statement\":[]}",
            "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/A",
            "PolicyArns.member.2.arn=arn:aws:iam::aws:policy/ReadOnlyAccess",
            "RoleSessionName=xacct-user",
            "SourceIdentity=alice",
            "Tags.member.1.Key=Team",
            "Tags.member.1.Value=x",
            "Tags.member.2.Key=Env",
            "Tags.member.2.Value=y z",
            "TransitiveTagKeys.member.1=Team",
        ]
    );
}

#[test]
fn a_policy_file_is_read_each_time_and_its_text_counts() {
    let settings =
        |path: &str| format!("[profile.client1]\n{CLIENT1}session_policy = \"{path}\"\n");
    let sandbox = sandbox(&settings("policies/client1.json"));
    let dir = sandbox.home().join(".config/xacct/policies");
    fs::create_dir(&dir).unwrap();
    let policy = |text: &str| fs::write(dir.join("client1.json"), text).unwrap();
    policy("{ \"Version\": \"2012-10-17\", \"Statement\": [] }\n");
    process(&sandbox, "client1").ok();
    assert_eq!(
        parameters(&sandbox)[0],
        "Policy={\"Version\":\"2012-10-17\",\"Statement\":[]}"
    );
    process(&sandbox, "client1").ok();
    assert_eq!(sandbox.log().len(), 1, "the same text, the same session");
    for command in ["list", "explain"] {
        let args: &[&str] = if command == "list" {
            &["list"]
        } else {
            &["explain", "client1"]
        };
        sandbox.xacct(args).run().ok().stdout_contains("59m");
    }
    sandbox.write_settings(&settings("~/.config/xacct/policies/client1.json"));
    process(&sandbox, "client1").ok();
    assert_eq!(
        sandbox.log().len(),
        1,
        "where it is read from does not count"
    );
    sandbox.clear_log();
    policy("{\"Version\":\"2008-10-17\",\"Statement\":[]}");
    process(&sandbox, "client1").ok();
    assert_eq!(
        parameters(&sandbox)[0],
        "Policy={\"Version\":\"2008-10-17\",\"Statement\":[]}"
    );

    sandbox.clear_log();
    policy("{\n  \"Version\"\n}");
    process(&sandbox, "client1").status(3).stdout("").stderr(
        "xacct: error: ~/.config/xacct/config.toml:5: session_policy is not a JSON object: \
         expected `:` at line 3 column 1\n",
    );
    fs::remove_file(dir.join("client1.json")).unwrap();
    let path = sandbox.home().join(".config/xacct/policies/client1.json");
    process(&sandbox, "client1").status(3).stdout("").stderr(&format!(
        "xacct: error: ~/.config/xacct/config.toml:5: session_policy: {} cannot be read: No such \
         file or directory (os \
         error 2)\n  it is the path of a JSON file, or the JSON text itself\n",
        path.display()
    ));
    assert_eq!(sandbox.calls(), [""; 0]);
}

#[test]
fn keys_are_not_handed_out_in_place_of_a_narrowed_role() {
    let sandbox = sandbox("[profile.hub]\nread_only = true\n");
    process(&sandbox, "hub").status(3).stdout("").stderr(
        "xacct: error: ~/.config/xacct/config.toml:2: read_only narrows a role that is assumed \
         (AssumeRole), and profile 'hub' gets its credentials another way\n  nothing was handed \
         out: use a profile with a role_arn\n",
    );
    sandbox.write_settings("");
    sandbox
        .xacct(&["assume", "hub", "--read-only", "--shell", "sh"])
        .run()
        .status(3)
        .stderr_contains("--read-only");
    process(&sandbox, "hub").ok().stdout_contains("AKIA");
}

#[test]
fn in_a_chain_identity_and_transitive_tags_are_sent_once() {
    let actions = "actions = [\"sts:AssumeRole\", \"sts:TagSession\", \"sts:SetSourceIdentity\"]";
    let sandbox = Sandbox::with_world(&format!(
        "[[account]]\nid = \"111111111111\"\nname = \"hub\"\n[[account.user]]\nname \
         = \"you\"\n[[account.user.key]]\n\
         id = \"AKIARTXV5AHDTEST2YOU\"\nsecret = \"NotASecret/xacct/sandbox/hub/you/EXAMPLE\"\n\
         [[account.role]]\nname = \"first\"\n[[account.role.trust]]\nprincipals = \
         [\"111111111111\"]\n{actions}\n\
         [[account.role]]\nname = \"second\"\n[[account.role.trust]]\nprincipals = \
         [\"111111111111\"]\n{actions}\n\
         source_identity = \"alice\"\n[files]\nconfig = '''{HUB}'''\n\
         credentials = '''[hub]\naws_access_key_id = AKIARTXV5AHDTEST2YOU\n\
         aws_secret_access_key = NotASecret/xacct/sandbox/hub/you/EXAMPLE\n'''\n"
    ));
    let profile = |name: &str, source: &str, identity: &str| {
        format!(
            "[profile.{name}]\nrole_arn \
             = \"arn:aws:iam::111111111111:role/{name}\"\nsource_profile = \"{source}\"\n\
             source_identity = \"{identity}\"\nsession_tags = \
             {{ Team = \"x\" }}\ntransitive_session_tags = \"Team\"\n"
        )
    };
    sandbox
        .write_settings(&(profile("first", "hub", "alice") + &profile("second", "first", "alice")));
    process(&sandbox, "second").ok();
    let sent = |request: Request| {
        ["SourceIdentity", "Tags.member.1.Value"]
            .map(|name| request.params.get(name).cloned().unwrap_or_default())
    };
    let sent: Vec<_> = sandbox.log().into_iter().map(sent).collect();
    assert_eq!(sent, [["alice", "x"], ["", ""]]);

    sandbox.clear_log();
    sandbox
        .write_settings(&(profile("first", "hub", "alice") + &profile("second", "first", "bob")));
    process(&sandbox, "second").status(3).stdout("").stderr(
        "xacct: error: ~/.config/xacct/config.toml:10: source_identity is 'bob', but profile \
         'first', by which this role is assumed, sets 'alice', and AWS keeps the first\n",
    );
    assert_eq!(sandbox.calls(), [""; 0]);
}

#[test]
fn the_settings_of_sessions_and_trust_count() {
    let settings =
        |more: &str| format!("{more}\n[profile.client2]\n{CLIENT2}[profile.client1]\n{CLIENT1}");
    let sandbox = sandbox(&settings(
        "session_token_duration = \"1h\"\nverify_after = \"0s\"",
    ));
    let code = sandbox.fresh_code();
    sandbox
        .xacct(&["credential-process", "client2", "--mfa-code", &code])
        .run()
        .ok();
    assert_eq!(sandbox.calls(), ["GetSessionToken", "AssumeRole"]);
    assert_eq!(sandbox.log()[0].params["DurationSeconds"], "3600");
    process(&sandbox, "client1").ok();
    sandbox.clear_log();
    process(&sandbox, "client1").ok();
    assert_eq!(sandbox.calls(), ["GetCallerIdentity"]);
    sandbox.write_settings(&settings("verify_after = \"never\""));
    sandbox.clear_log();
    process(&sandbox, "client1").ok();
    assert_eq!(sandbox.calls(), [""; 0]);
}

#[test]
fn without_a_terminal_a_confirmation_is_a_failure() {
    let sandbox = sandbox(&format!("[profile.prod]\n{CLIENT1}confirm = true\n"));
    let wants = "xacct: error: profile 'prod' wants a yes before it is used \
                 (~/.config/xacct/config.toml:5), and ";
    let hint = "\n  run the command in a terminal, or take `confirm` out\n";
    for (args, status) in [
        (&["credential-process", "prod"][..], 5),
        (&["exec", "prod", "--", "touch", "ran"], 125),
    ] {
        let no_terminal = format!("{wants}no terminal is available to prompt on{hint}");
        detached(&sandbox, args)
            .run()
            .status(status)
            .stdout("")
            .stderr(&no_terminal);
        let no_input = format!("{wants}XACCT_NO_INPUT forbids asking{hint}");
        detached(&sandbox, args)
            .env("XACCT_NO_INPUT", "1")
            .run()
            .status(status)
            .stdout("")
            .stderr(&no_input);
    }
    // What is evaluated fails as well.
    let failed = detached(&sandbox, &["assume", "prod", "--shell", "sh"])
        .run()
        .status(5)
        .stderr_contains(wants);
    assert!(
        failed.stdout_text().ends_with("sh -c 'exit 5';\n"),
        "{}",
        failed.stdout_text()
    );
    assert_eq!(sandbox.calls(), [""; 0]);
    assert!(!sandbox.home().join("ran").exists());
    // Looking is no use of it.
    detached(&sandbox, &["whoami", "prod"])
        .run()
        .ok()
        .stdout_contains("PartnerAdmin");
    let explained = detached(&sandbox, &["explain", "prod", "--json"])
        .run()
        .ok()
        .json();
    assert_eq!(explained["would_prompt"], true);
    detached(&sandbox, &["explain", "prod"])
        .run()
        .ok()
        .stdout_contains("\nconfirm   you must confirm first (~/.config/xacct/config.toml:5)\n")
        .stdout_contains(" and not prompt for a code\n");
}

/// A profile on the way asks as well, and is named.
#[test]
fn a_confirmation_counts_in_every_profile_of_a_chain() {
    let sandbox = Sandbox::start();
    sandbox.write_settings("[profile.client2]\nconfirm = true\n");
    let hint = "\n  run the command in a terminal, or take `confirm` out\n";
    detached(&sandbox, &["credential-process", "chained"]).run().status(5).stdout("").stderr(&format!(
        "xacct: error: profile 'chained' goes through profile 'client2', which wants a yes before \
         it is used \
         (~/.config/xacct/config.toml:2), and no terminal is available to prompt on{hint}"
    ));
    assert_eq!(sandbox.calls(), [""; 0]);
    detached(&sandbox, &["explain", "chained"]).run().ok().stdout_contains(
        "\nconfirm   you must confirm first (~/.config/xacct/config.toml:2 of profile 'client2')\n",
    );
    let mut pty = sandbox.pty(&["exec", "chained", "--", "true"]);
    pty.expect(
        "use profile 'chained' (role Inner in account 444444444444) through 'client2'? [y/N] ",
    );
    pty.send_line("n");
    pty.expect("profile 'chained' was not confirmed: nothing was handed out");
    assert_eq!(sandbox.calls(), [""; 0]);
}

const QUESTION: &str = "use profile 'prod' (role PartnerAdmin in account 222222222222)? [y/N] ";

#[test]
fn a_person_says_yes_or_no() {
    let sandbox = sandbox(&format!("[profile.prod]\n{CLIENT1}confirm = true\n"));
    for (answer, status) in [("", 1), ("n", 1), ("no thanks", 1), ("y", 0), (" YES ", 0)] {
        sandbox.clear_log();
        let mut pty = sandbox.pty(&["credential-process", "prod"]);
        pty.expect(QUESTION);
        pty.send_line(answer);
        let (actual, screen) = pty.wait();
        assert_eq!(actual, status, "{answer}: {screen}");
        assert_eq!(
            screen.contains("AccessKeyId"),
            status == 0,
            "{answer}: {screen}"
        );
        assert_eq!(screen.matches(QUESTION).count(), 1, "asked once");
        if status == 1 {
            let refused = "profile 'prod' was not confirmed: nothing was handed out";
            assert!(screen.contains(refused), "{screen}");
            assert_eq!(sandbox.calls(), [""; 0]);
        }
    }
    // The last one was answered from the cache, after the same question.
    assert_eq!(sandbox.calls(), [""; 0]);
    let mut pty = sandbox.pty(&["exec", "prod", "--", "sh", "-c", "echo $XACCT_PROFILE-ran"]);
    pty.expect(QUESTION);
    pty.send_line("y");
    let (status, screen) = pty.wait();
    assert!(status == 0 && screen.contains("prod-ran"), "{screen}");
}

#[test]
fn giving_up_is_no_yes() {
    let sandbox = sandbox(&format!("[profile.prod]\n{CLIENT1}confirm = true\n"));
    let mut pty = sandbox.pty(&["credential-process", "prod"]);
    pty.expect(QUESTION);
    pty.interrupt();
    let (status, screen) = pty.wait();
    assert!(
        status == 130 && !screen.contains("AccessKeyId"),
        "{status} {screen}"
    );
    // There was a terminal, and somebody at it.
    assert!(screen.ends_with("interrupted\r\n"), "{screen}");
    let mut pty = sandbox.pty(&["each", "prod", "--", "true"]);
    pty.expect(QUESTION);
    pty.interrupt();
    let (status, screen) = pty.wait();
    assert!(
        status == 130 && screen.ends_with("interrupted\r\n"),
        "{screen}"
    );
    let mut pty = sandbox.pty(&["credential-process", "prod"]);
    pty.expect(QUESTION);
    pty.end_of_file();
    let (status, screen) = pty.wait();
    assert_eq!(status, 5, "{screen}");
    assert!(
        screen.contains("and nothing was answered") && !screen.contains("AccessKeyId"),
        "{screen}"
    );
    let hint = "  run the command again and answer y, or take `confirm` out\r\n";
    assert!(screen.ends_with(hint), "{screen}");
    assert_eq!(sandbox.calls(), [""; 0]);
}

/// As at the prompt for a code, Ctrl-C is this program's alone: the shell evaluates what it is
/// told.
#[test]
fn giving_up_takes_the_last_account_out_of_the_shell() {
    let sandbox = sandbox(&format!("[profile.prod]\n{CLIENT1}confirm = true\n"));
    for shell in ["sh", "bash"] {
        let script = "export AWS_ACCESS_KEY_ID=AKIALAST; eval \"$(\"$0\" assume prod)\"; \
                      echo \"ended $? [$AWS_ACCESS_KEY_ID]\"; \
                      case $(stty -a) in *-isig*) echo keys are off;; *) echo keys are on;; esac";
        let command = format!("{shell} -c '{script}' \"$0\"");
        let mut pty = sandbox.pty_sh(&command);
        pty.expect(QUESTION);
        pty.interrupt();
        pty.expect("ended 130 []");
        pty.expect("keys are on");
    }
}

#[test]
fn the_yes_comes_before_the_code() {
    let sandbox = sandbox(&format!("[profile.prod]\n{CLIENT2}confirm = true\n"));
    let ask = "use profile 'prod' (role Operations in account 333333333333)? [y/N] ";
    let mut pty = sandbox.pty(&["credential-process", "prod"]);
    let before = pty.expect(ask);
    assert!(!before.contains("MFA"), "{before}");
    assert_eq!(sandbox.calls(), [""; 0]);
    pty.send_line("y");
    pty.expect("MFA code for arn:aws:iam::111111111111:mfa/you (profile prod): ");
    pty.send_line(&sandbox.fresh_code());
    let (status, screen) = pty.wait();
    assert!(status == 0 && screen.contains("AccessKeyId"), "{screen}");
    // Nobody says yes to signing in ahead of time: nothing is handed out.
    detached(&sandbox, &["login", "prod", "--no-input"])
        .run()
        .status(0)
        .stderr_contains("is ready");
}

#[test]
fn what_was_typed_before_is_no_answer() {
    let sandbox = sandbox(&format!("[profile.prod]\n{CLIENT1}confirm = true\n"));
    let script = format!(
        "read line; echo \"first $line\"; {} credential-process prod",
        env!("CARGO_BIN_EXE_xacct")
    );
    let mut pty = sandbox.pty(&["exec", "hub", "--", "sh", "-c", &script]);
    // In one go: the second line is there before the question is.
    pty.send_line("go\ny");
    pty.expect("first go");
    pty.expect(QUESTION);
    pty.send_line("n");
    let (status, screen) = pty.wait();
    assert!(
        status == 1 && !screen.contains("AccessKeyId"),
        "{status} {screen}"
    );
}

#[test]
fn tags_and_colours_are_listed() {
    let sandbox = sandbox(&format!(
        "[profile.prod]\n{CLIENT1}tags = [\"prod\", \"eu\"]\ncolor \
         = \"red\"\n[profile.test]\n{CLIENT1}\
         tags = {{ Env = \"test\" }}\ncolor = \"#ff8800\"\n[profile.plain]\n{CLIENT1}"
    ));
    sandbox.xacct(&["list"]).run().ok().stdout(
        "PROFILE  ACCOUNT       ROLE          SOURCE  REGION        MFA  LEFT    TAGS\n\
         hub      -             -             hub     eu-central-1  -    static  -\n\
         prod     222222222222  PartnerAdmin  hub     eu-central-1  -    -       prod,eu\n\
         test     222222222222  PartnerAdmin  hub     eu-central-1  -    -       Env=test\n\
         plain    222222222222  PartnerAdmin  hub     eu-central-1  -    -       -\n",
    );
    sandbox
        .xacct(&["list", "--color", "always"])
        .run()
        .ok()
        .stdout_contains("\n\u{1b}[31mprod\u{1b}[0m     2222")
        .stdout_contains("\n\u{1b}[38;2;255;136;0mtest\u{1b}[0m     2222")
        .stdout_contains("\nplain    2222");
    let listed = sandbox.xacct(&["list", "--json"]).run().ok().json();
    let tags: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["tags"].to_string())
        .collect();
    assert_eq!(
        tags,
        ["null", "[\"prod\",\"eu\"]", "[\"Env=test\"]", "null"]
    );
    sandbox.write_settings("");
    sandbox.xacct(&["list"]).run().ok().stdout(
        "PROFILE  ACCOUNT  ROLE  SOURCE  REGION        MFA  LEFT\nhub      -        -     \
                 hub     eu-central-1  -    static\n",
    );
}
