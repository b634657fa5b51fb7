//! Headers of both files, as docs/aws.md A1.1 and the AWS CLI have them.

use super::*;

fn config(line: &str) -> (Kind, String, Option<Flaw>) {
    let header = read(line, FileKind::Config);
    (header.kind, header.name.into_owned(), header.flaw)
}

fn credentials(line: &str) -> (Kind, String, Option<Flaw>) {
    let header = read(line, FileKind::Credentials);
    (header.kind, header.name.into_owned(), header.flaw)
}

#[test]
fn names_that_are_accepted_in_the_config_file() {
    for (line, name) in [
        ("[profile a]", "a"),
        ("[ \tprofile\ta \t] ; comment", "a"),
        ("[profile a]# comment with ] in it", "a"),
        ("[profile a!b]", "a!b"),
        ("[profile café]", "café"),
        ("[profile \u{a0}a\u{a0}]", "\u{a0}a\u{a0}"),
        ("[profile \"my client\"]", "my client"),
        ("[profile 'my client' ] # quoted", "my client"),
        (r"[profile my\ client]", "my client"),
        ("[profile a#b]", "a#b"),
        ("[profile \"a]b\"]", "a]b"),
        ("[profile \"a;]b\"] ; c", "a;]b"),
        ("[profile default]", "default"),
    ] {
        assert_eq!(
            config(line),
            (Kind::Profile, name.to_owned(), None),
            "{line}"
        );
    }
    assert_eq!(
        config("[profile a] junk"),
        (Kind::Profile, "a".to_owned(), Some(Flaw::Trailing))
    );
    assert_eq!(
        config("[default]"),
        (Kind::PlainDefault, "default".to_owned(), None)
    );
    assert_eq!(
        config("[sso-session x]"),
        (Kind::SsoSession, "x".to_owned(), None)
    );
    assert_eq!(
        config("[services x]"),
        (Kind::Services, "x".to_owned(), None)
    );
}

#[test]
fn headers_that_are_ignored_in_the_config_file() {
    for (line, flaw) in [
        ("[profile a", Some(Flaw::Unclosed)),
        ("[", Some(Flaw::Unclosed)),
        ("[profile \"a]", Some(Flaw::BadName)),
        ("[profile \"a] junk", Some(Flaw::Unclosed)),
        ("[]", Some(Flaw::NoName)),
        ("[profile ]", Some(Flaw::NotPrefixed)),
        ("[profile \"\"]", Some(Flaw::NoName)),
        ("[profile \" \"]", Some(Flaw::NoName)),
        ("[profile in valid]", Some(Flaw::BadName)),
        ("[profile \"a\" b]", Some(Flaw::BadName)),
        ("[profile a\u{1b}b]", Some(Flaw::BadName)),
        ("[profile \"a\tb\"]", Some(Flaw::BadName)),
        ("[a]", Some(Flaw::NotPrefixed)),
        ("[DEFAULT]", Some(Flaw::NotPrefixed)),
        ("[Profile a]", Some(Flaw::UnknownPrefix)),
        ("[sso-sesion a]", Some(Flaw::UnknownPrefix)),
        ("[plugins]", None),
        ("[preview]", None),
    ] {
        assert_eq!(config(line), (Kind::Ignored, String::new(), flaw), "{line}");
    }
}

#[test]
fn the_credentials_file_has_names_without_prefix() {
    for (line, name) in [
        ("[a]", "a"),
        ("[default]", "default"),
        ("[profile]", "profile"),
        ("[\"my client\"]", "my client"),
    ] {
        assert_eq!(
            credentials(line),
            (Kind::Profile, name.to_owned(), None),
            "{line}"
        );
    }
    assert_eq!(
        credentials("[my  client]"),
        (Kind::Spaced, "my  client".to_owned(), None)
    );
    for line in ["[profile a]", "[sso-session a]", "[services a]"] {
        assert_eq!(
            credentials(line).2,
            Some(Flaw::PrefixedInCredentials),
            "{line}"
        );
    }
}

#[test]
fn messages_say_what_to_write_instead() {
    let message = |line: &str, file| read(line, file).flaw.unwrap().message(line);
    for (line, text) in [
        (
            "[a]",
            "[a] is ignored: in this file a profile is written [profile a]",
        ),
        (
            "[Profile a]",
            "[Profile …] is ignored: no such kind of section, did you mean [profile …]?",
        ),
        (
            "[zzz a]",
            "[zzz …] is ignored: no such kind of section (a profile is written [profile a], a name \
             with blanks \
             [profile \"zzz a\"])",
        ),
        (
            "[profile Foo Bar]",
            "the section's name is not valid: ignored (a name with blanks is written \
             [profile \"Foo Bar\"])",
        ),
        (
            "[profile \"a]",
            "the section's name is not valid: ignored (a name with blanks is written [profile \"my \
             client\"])",
        ),
        (
            "[DEFAULT]",
            "[DEFAULT] is ignored: no profile inherits from it; the default profile is [default]",
        ),
        (
            "[profile a] b",
            "Profile definition must end with ']': what stands behind it is ignored",
        ),
    ] {
        assert_eq!(message(line, FileKind::Config), text);
    }
    assert_eq!(
        message("[profile a]", FileKind::Credentials),
        "[profile a] is ignored: in this file a profile is written [a]"
    );
    assert_eq!(
        message("[sso-session a]", FileKind::Credentials),
        "[sso-session a] is ignored: it belongs in the config file"
    );
}

#[test]
fn an_unread_header_may_mean_several_names() {
    for (line, names) in [
        ("[client1]", &["client1", "client1", "client1"][..]),
        ("[profil c]", &["profil c", "c", "c", "profil"]),
        ("[profile Foo Bar]", &["profile Foo Bar", "Foo Bar", "Foo"]),
        ("[profile c", &["profile c", "c", "c"]),
        ("[]", &[]),
    ] {
        assert_eq!(meant(line), names, "{line}");
    }
}
