//! Headers of both files, as docs/aws.md A1.1 and the AWS CLI have them.

use super::*;

fn config(line: &str) -> (SectionKind, String, Option<HeaderFlaw>) {
    let header = read(line, FileKind::Config);
    (header.kind, header.name.into_owned(), header.flaw)
}

fn credentials(line: &str) -> (SectionKind, String, Option<HeaderFlaw>) {
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
            (SectionKind::Profile, name.to_owned(), None),
            "{line}"
        );
    }
    assert_eq!(
        config("[profile a] junk"),
        (
            SectionKind::Profile,
            "a".to_owned(),
            Some(HeaderFlaw::Trailing)
        )
    );
    assert_eq!(
        config("[default]"),
        (SectionKind::PlainDefault, "default".to_owned(), None)
    );
    assert_eq!(
        config("[sso-session x]"),
        (SectionKind::SsoSession, "x".to_owned(), None)
    );
    assert_eq!(
        config("[services x]"),
        (SectionKind::Services, "x".to_owned(), None)
    );
}

#[test]
fn headers_that_are_ignored_in_the_config_file() {
    for (line, flaw) in [
        ("[profile a", Some(HeaderFlaw::Unclosed)),
        ("[", Some(HeaderFlaw::Unclosed)),
        ("[profile \"a]", Some(HeaderFlaw::BadName)),
        ("[profile \"a] junk", Some(HeaderFlaw::Unclosed)),
        ("[]", Some(HeaderFlaw::NoName)),
        ("[profile ]", Some(HeaderFlaw::NoName)),
        ("[services]", Some(HeaderFlaw::NoName)),
        ("[profile \"\"]", Some(HeaderFlaw::NoName)),
        ("[profile \" \"]", Some(HeaderFlaw::NoName)),
        ("[profile in valid]", Some(HeaderFlaw::BadName)),
        ("[profile \"a\" b]", Some(HeaderFlaw::BadName)),
        ("[profile a\u{1b}b]", Some(HeaderFlaw::BadName)),
        ("[profile \"a\tb\"]", Some(HeaderFlaw::BadName)),
        ("[a]", Some(HeaderFlaw::NotPrefixed)),
        ("[DEFAULT]", Some(HeaderFlaw::NotPrefixed)),
        ("[Profile a]", Some(HeaderFlaw::UnknownPrefix)),
        ("[sso-sesion a]", Some(HeaderFlaw::UnknownPrefix)),
        ("[plugins]", None),
        ("[preview]", None),
    ] {
        assert_eq!(
            config(line),
            (SectionKind::Ignored, String::new(), flaw),
            "{line}"
        );
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
            (SectionKind::Profile, name.to_owned(), None),
            "{line}"
        );
    }
    assert_eq!(
        credentials("[my  client]"),
        (SectionKind::Spaced, "my  client".to_owned(), None)
    );
    for line in ["[profile a]", "[sso-session a]", "[services a]"] {
        assert_eq!(
            credentials(line).2,
            Some(HeaderFlaw::PrefixedInCredentials),
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
             with blanks [profile \"zzz a\"])",
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
