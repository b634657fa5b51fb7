//! The settings file: what it may say, and what it is told when it says something else.

use super::*;

fn parse(text: &str) -> SettingsFile {
    SettingsFile::parse(text, "~/x.toml").unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn refused(text: &str) -> (String, Vec<String>) {
    match SettingsFile::parse(text, "~/x.toml") {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => (error.to_string(), error.hint_texts()),
    }
}

/// `key=value@line` of the only profile.
fn profile(text: &str) -> Vec<String> {
    let file = parse(text);
    assert_eq!(file.profiles.len(), 1);
    let settings = file.profiles[0].iter();
    settings
        .map(|(key, setting)| format!("{key}={}@{}", *setting.value, setting.origin.line))
        .collect()
}

#[test]
fn defaults() {
    let settings = Settings {
        verify_after: VerifyAfter::Seconds(600),
        browser: Browser::System,
        firefox_container: Container::None,
        mfa: MfaSettings {
            prompt: MfaPrompt::Auto,
            is_echoed: false,
            pinentry: "pinentry".to_owned(),
        },
        keys_store: None,
        keys_max_age: Some(7_776_000),
        session_token_duration: 43_200,
        audit: true,
        session_name: SessionName::parse("xacct-{user}").unwrap(),
        allow_http_endpoint: false,
    };
    assert_eq!(parse("").settings, settings);
    assert_eq!(parse("# nothing\n[mfa]\n").settings, settings);
}

#[test]
fn typed_settings() {
    let text = "verify_after = \"0s\"\nsession_token_duration = \"1h\"\n[mfa]\nprompt = \"pinentry\"\n\
         echo = true\npinentry = \"pinentry-qt\"\n";
    let settings = parse(text).settings;
    assert_eq!(settings.verify_after, VerifyAfter::Seconds(0));
    assert_eq!(settings.session_token_duration, 3600);
    let mfa = MfaSettings {
        prompt: MfaPrompt::Pinentry,
        is_echoed: true,
        pinentry: "pinentry-qt".to_owned(),
    };
    assert_eq!(settings.mfa, mfa);
    assert!(
        parse("allow_http_endpoint = true")
            .settings
            .allow_http_endpoint
    );
    let keys = parse("[keys]\nstore = \"secret-service\"\nmax_age = \"never\"\n").settings;
    assert_eq!(
        (keys.keys_store, keys.keys_max_age),
        (Some(KeyStore::SecretService), None)
    );
    assert_eq!(parse("keys.store = \"auto\"").settings.keys_store, None);
    let console =
        parse("[console]\nbrowser = \"firefox\"\nfirefox_container = \"ext+container\"\n").settings;
    assert_eq!(
        (console.browser, console.firefox_container),
        (Browser::Firefox, Container::External)
    );
    assert_eq!(
        parse("verify_after = \"never\"").settings.verify_after,
        VerifyAfter::Never
    );
    assert_eq!(
        parse("verify_after = 0x10\nmfa.prompt = \"terminal\"")
            .settings
            .verify_after,
        VerifyAfter::Seconds(16)
    );
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn values_that_do_not_fit() {
    for (text, message) in [
        (
            "\nverify_after = \"soon\"",
            "~/x.toml:2: verify_after: 'soon' is not a duration: write it like 15m, 1h, 1h30m, or \
             in seconds, or \"never\"",
        ),
        (
            "console.browser = \"fierfox\"",
            "~/x.toml:1: console.browser: 'fierfox' is not a known browser; did you mean \
             'firefox'?",
        ),
        (
            "console.firefox_container = \"yes\"",
            "~/x.toml:1: console.firefox_container: accepted are \"none\", \"ext+container\" \
             and \"ext+granted-containers\"",
        ),
        (
            "keys.store = \"file\"",
            "~/x.toml:1: keys.store: accepted are \"auto\", \"secret-service\", \"kernel\", \
             \"pass\", \"keychain\", \"credential-manager\"",
        ),
        (
            "session_name = \"x {user}\"",
            "~/x.toml:1: session_name: it contains ' '; AWS takes letters, digits and _+=,.@-",
        ),
        (
            "session_name = 1",
            "~/x.toml:1: session_name: a string is wanted, such as \"xacct-{user}\"",
        ),
        (
            "[profile.a]\nconfirm = \"yes\"",
            "~/x.toml:2: confirm: true or false is wanted here",
        ),
        (
            "[profile.a]\nread_only = 1",
            "~/x.toml:2: read_only: true or false is wanted here",
        ),
        (
            "[profile.a]\nduration_seconds = \"soon\"",
            "~/x.toml:2: duration_seconds: 'soon' is not a duration: write it like 15m, 1h, 1h30m, \
             or in seconds",
        ),
        (
            "[profile.a]\ncolor = \"yelow\"",
            "~/x.toml:2: color: 'yelow' is not a valid colour; did you mean 'yellow'?",
        ),
        (
            "[profile.a]\ncolor = 255",
            "~/x.toml:2: color: a colour is wanted here, such as \"red\" or \"#ff8800\"",
        ),
        (
            "verify_after = -1",
            "~/x.toml:1: verify_after: a number of seconds is wanted, or \"never\"",
        ),
        (
            "verify_after = true",
            "~/x.toml:1: verify_after: a duration is wanted, such as \"15m\", or \"never\"",
        ),
        (
            "[mfa]\nprompt = \"tty\"",
            "~/x.toml:2: mfa.prompt: accepted are auto, terminal, pinentry, dialog, none",
        ),
        (
            "[mfa]\npinentry = \" \"",
            "~/x.toml:2: mfa.pinentry: a program's name or path is wanted, such as \
             \"pinentry-gnome3\"",
        ),
        (
            "session_token_duration = 60",
            "~/x.toml:1: session_token_duration: GetSessionToken takes 15m to 36h",
        ),
    ] {
        assert_eq!(refused(text).0, message, "{text}");
    }
}

#[test]
fn profile_values_that_do_not_fit() {
    for (text, message) in [
        (
            "profile = 1",
            "~/x.toml:1: a profile is written [profile.NAME]",
        ),
        (
            "[profile]\na = 1",
            "~/x.toml:2: a profile is a table: write [profile.a]",
        ),
        (
            "[profile.a]\nregion = 1.5",
            "~/x.toml:2: region: a string, an integer or a boolean is wanted here",
        ),
        (
            "[profile.a]\nduration_seconds = 99999999999999999999",
            "~/x.toml:2: duration_seconds: a number of seconds is wanted",
        ),
        (
            "[profile.a]\nsession_tags = { a = \"x,y\" }",
            "~/x.toml:2: session_tags: a comma cannot stand in one of several values",
        ),
        (
            "[profile.a]\nsession_tags = { \"a=b\" = \"x\" }",
            "~/x.toml:2: session_tags: a tag's key cannot contain '='",
        ),
        (
            "[profile.a]\nsession_tags = 1.5",
            "~/x.toml:2: session_tags: tags are a table { Team = \"x\" } or a \
             string \"Team=x,Env=y\"",
        ),
        (
            "[profile.a]\ns3 = 1",
            "~/x.toml:2: s3: a table is wanted here, such as { name = \"value\" }",
        ),
        (
            "[profile.a]\ns3 = { a = \"b # c\" }",
            "~/x.toml:2: s3: a value in a nested block is one line without a comment",
        ),
        (
            "[profile.a]\ns3 = { a = \"b\\nc\" }",
            "~/x.toml:2: s3: a value in a nested block is one line without a comment",
        ),
    ] {
        assert_eq!(refused(text).0, message, "{text}");
    }
}

#[test]
fn unknown_keys_are_errors_with_a_suggestion() {
    for (text, message, hint) in [
        (
            "verify_afer = 1",
            "~/x.toml:1: unknown setting 'verify_afer'",
            "did you mean 'verify_after'?",
        ),
        (
            "[mfa]\npromt = 1",
            "~/x.toml:2: unknown setting 'mfa.promt'",
            "did you mean 'mfa.prompt'?",
        ),
        (
            "[profiles.a]\nx = 1",
            "~/x.toml:1: unknown setting 'profiles'",
            "did you mean 'profile'?",
        ),
        (
            "zzz = 1",
            "~/x.toml:1: unknown setting 'zzz'",
            "there are: allow_http_endpoint, audit, console.browser, console.firefox_container, \
             keys.max_age, keys.store, mfa.echo, mfa.pinentry, mfa.prompt, session_name, session_token_duration, verify_after, profile",
        ),
        (
            "[profile.a]\nrol_arn = 1",
            "~/x.toml:2: unknown profile key 'rol_arn'",
            "did you mean 'role_arn'?",
        ),
        (
            "[profile.a.b]\nregion = 1",
            "~/x.toml:1: unknown profile key 'b'",
            "a name with a dot is quoted: [profile.\"a.b\"]",
        ),
    ] {
        assert_eq!(
            refused(text),
            (message.to_owned(), vec![hint.to_owned()]),
            "{text}"
        );
    }
}

#[test]
fn text_that_is_not_toml_has_its_line() {
    let (message, _) =
        refused("verify_after = \"1m\"\n[profile.a]\naws_secret_access_key = wJalr\n");
    assert!(message.starts_with("~/x.toml:3: "), "{message}");
    assert!(!message.contains("wJalr"), "{message}");
}

#[test]
fn values_become_the_text_of_the_aws_files() {
    let text = "[profile.\"my client\"]\nregion = \"eu-west-1\"\nduration_seconds = \
                3_600\nread_only = true\n\
                session_tags = { Team = \"x\", Env = 1 }\ntags = [\"prod\", \"eu\"]\n\
                session_policy_arns = [\"arn:a\", \"arn:b\"]\ntransitive_session_tags \
                = \"Team,Env\"\n\
                [profile.\"my client\".s3]\n# c\naddressing_style = \"path\"\nmax_queue_size = 5\n";
    assert_eq!(
        profile(text),
        [
            "region=eu-west-1@2",
            "duration_seconds=3600@3",
            "read_only=true@4",
            "session_tags=Team=x,Env=1@5",
            "tags=prod,eu@6",
            "session_policy_arns=arn:a,arn:b@7",
            "transitive_session_tags=Team,Env@8",
            "s3=\naddressing_style = path\nmax_queue_size = 5@9",
        ]
    );
    let file = parse(text);
    assert_eq!(file.profiles[0].name, "my client");
    assert_eq!(file.profiles[0].origin.to_string(), "~/x.toml:1");
    let subs: Vec<_> = file.profiles[0]
        .get(Key::S3)
        .unwrap()
        .subs()
        .map(|sub| (sub.key, sub.origin.line))
        .collect();
    assert_eq!(
        subs,
        [
            ("addressing_style".to_owned(), 11),
            ("max_queue_size".to_owned(), 12)
        ]
    );
}

#[test]
fn a_wrong_value_is_told_what_the_key_is() {
    assert_eq!(
        refused("verify_after = true").1,
        [
            "verify_after is how long cached credentials are trusted before xacct checks them \
             with AWS (GetCallerIdentity); \"0s\" checks each time, \"never\" never (default: \
             \"10m\")"
        ]
    );
    assert_eq!(
        refused("[profile.a]\nread_only = 1").1,
        [
            "read_only is whether the session may only read: AWS's policy ReadOnlyAccess is added \
             to session_policy_arns"
        ]
    );
}

#[test]
fn the_typed_keys_keep_their_text() {
    let text = "[profile.a]\nconfirm = true\nread_only = \"False\"\nduration_seconds = \"1h30m\"\n\
                session_token_duration = 3_600\ncolor = \"#F80\"\n";
    assert_eq!(
        profile(text),
        [
            "confirm=true@2",
            "read_only=false@3",
            "duration_seconds=1h30m@4",
            "session_token_duration=3600@5",
            "color=#F80@6"
        ]
    );
}

#[test]
fn every_key_and_setting_is_named_once_and_described() {
    let settings = documented().map(|(name, _, about)| (name, about));
    let keys = Key::ALL.iter().map(|key| (key.name(), key.about()));
    for entries in [settings.collect::<Vec<_>>(), keys.collect()] {
        let mut names: Vec<&str> = entries.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        let length = names.len();
        names.dedup();
        assert_eq!(names.len(), length);
        for (name, about) in entries {
            assert!(
                about.len() > 9 && !about.ends_with('.') && !about.contains("  "),
                "{name}: {about}"
            );
        }
    }
}

/// What the man page says is the default is the default.
#[test]
fn the_defaults_are_the_defaults() {
    for (name, default, _) in documented() {
        assert_eq!(
            parse(&format!("{name} = {default}")).settings,
            Settings::default(),
            "{name}"
        );
    }
    assert_ne!(
        parse("session_name = \"x{user}\"").settings,
        Settings::default()
    );
}
