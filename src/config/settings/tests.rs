//! The settings file: what it may say, and what it is told when it says something else.

use super::*;

fn parse(text: &str) -> SettingsFile {
    SettingsFile::parse(text, "~/x.toml").unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn refused(text: &str) -> (String, Vec<String>) {
    match SettingsFile::parse(text, "~/x.toml") {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => (error.message, error.hints),
    }
}

/// `key=value@line` of the only profile.
fn profile(text: &str) -> Vec<String> {
    let file = parse(text);
    assert_eq!(file.profiles.len(), 1);
    let settings = file.profiles[0].iter();
    settings.map(|(key, setting)| format!("{key}={}@{}", *setting.value, setting.origin.line)).collect()
}

#[test]
fn defaults() {
    let settings = Settings {
        verify_after: VerifyAfter::Seconds(600),
        mfa_prompt: MfaPrompt::Terminal,
        session_token_duration: 43_200,
    };
    assert_eq!(parse("").settings, settings);
    assert_eq!(parse("# nothing\n[mfa]\n").settings, settings);
}

#[test]
fn typed_settings() {
    let text = "verify_after = \"0s\"\nsession_token_duration = \"1h\"\n[mfa]\nprompt = \"terminal\"\n";
    let settings = parse(text).settings;
    assert_eq!(settings.verify_after, VerifyAfter::Seconds(0));
    assert_eq!(settings.session_token_duration, 3600);
    assert_eq!(settings.mfa_prompt, MfaPrompt::Terminal);
    assert_eq!(parse("verify_after = \"never\"").settings.verify_after, VerifyAfter::Never);
    assert_eq!(
        parse("verify_after = 0x10\nmfa.prompt = \"terminal\"").settings.verify_after,
        VerifyAfter::Seconds(16)
    );
}

#[test]
fn values_that_do_not_fit() {
    for (text, message) in [
        (
            "\nverify_after = \"soon\"",
            "~/x.toml:2: verify_after: 'soon' is not a duration: write it like 15m, 1h, 1h30m, or in seconds, or \"never\"",
        ),
        ("verify_after = -1", "~/x.toml:1: verify_after: a number of seconds is wanted, or \"never\""),
        (
            "verify_after = true",
            "~/x.toml:1: verify_after: a duration is wanted, such as \"15m\", or \"never\"",
        ),
        ("[mfa]\nprompt = \"dialog\"", "~/x.toml:2: mfa.prompt: accepted is \"terminal\""),
        (
            "session_token_duration = 60",
            "~/x.toml:1: session_token_duration: GetSessionToken takes 15m to 36h",
        ),
        ("profile = 1", "~/x.toml:1: a profile is written [profile.NAME]"),
        ("[profile]\na = 1", "~/x.toml:2: a profile is a table: write [profile.a]"),
        ("[profile.a]\nregion = 1.5", "~/x.toml:2: region: a string, an integer or a boolean is wanted here"),
        (
            "[profile.a]\nduration_seconds = 99999999999999999999",
            "~/x.toml:2: duration_seconds: the number is too large",
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
            "~/x.toml:2: session_tags: tags are a table { Team = \"x\" } or a string \"Team=x,Env=y\"",
        ),
        ("[profile.a]\ns3 = 1", "~/x.toml:2: s3: a table is wanted here, such as { name = \"value\" }"),
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
        ("verify_afer = 1", "~/x.toml:1: there is no setting 'verify_afer'", "did you mean 'verify_after'?"),
        ("[mfa]\npromt = 1", "~/x.toml:2: there is no setting 'mfa.promt'", "did you mean 'mfa.prompt'?"),
        ("[profiles.a]\nx = 1", "~/x.toml:1: there is no setting 'profiles'", "did you mean 'profile'?"),
        (
            "zzz = 1",
            "~/x.toml:1: there is no setting 'zzz'",
            "there are: mfa.prompt, session_token_duration, verify_after, profile",
        ),
        (
            "[profile.a]\nrol_arn = 1",
            "~/x.toml:2: there is no profile key 'rol_arn'",
            "did you mean 'role_arn'?",
        ),
        (
            "[profile.a.b]\nregion = 1",
            "~/x.toml:1: there is no profile key 'b'",
            "a name with a dot is quoted: [profile.\"a.b\"]",
        ),
    ] {
        assert_eq!(refused(text), (message.to_owned(), vec![hint.to_owned()]), "{text}");
    }
}

#[test]
fn text_that_is_not_toml_has_its_line() {
    let (message, _) = refused("verify_after = \"1m\"\n[profile.a]\naws_secret_access_key = wJalr\n");
    assert!(message.starts_with("~/x.toml:3: "), "{message}");
    assert!(!message.contains("wJalr"), "{message}");
}

#[test]
fn values_become_the_text_of_the_aws_files() {
    let text = "[profile.\"my client\"]\nregion = \"eu-west-1\"\nduration_seconds = 3_600\nread_only = true\n\
                session_tags = { Team = \"x\", Env = 1 }\ntags = [\"prod\", \"eu\"]\n\
                session_policy_arns = [\"arn:a\", \"arn:b\"]\ntransitive_session_tags = \"Team,Env\"\n\
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
    let subs: Vec<_> =
        file.profiles[0].get("s3").unwrap().subs().map(|sub| (sub.key, sub.origin.line)).collect();
    assert_eq!(subs, [("addressing_style".to_owned(), 11), ("max_queue_size".to_owned(), 12)]);
}

#[test]
fn every_profile_key_is_named_once() {
    let names = keys::names();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted, "in order, and each once");
}
