use super::*;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn check(id: &str, secret: &str, token: Option<&str>) -> Result<Credentials, String> {
    let unchecked = Unchecked {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new(secret),
        session_token: token.map(Secret::new),
        expiration: None,
        account_id: None,
    };
    unchecked.checked().map_err(|flaw| flaw.to_string())
}

#[test]
fn what_aws_issues_passes() {
    for id in [ID, "ASIA_TEST_KEY_16", "abcdefghijklmnop", &"A".repeat(128)] {
        assert!(
            check(id, SECRET, Some("FwoGZXIvYXdzEJr//a b=")).is_ok(),
            "{id}"
        );
    }
}

#[test]
fn an_empty_token_or_account_is_none() {
    let keys = check(ID, SECRET, Some(" ")).unwrap();
    assert!(keys.are_long_term() && keys.session_token().is_none());
    assert_eq!(keys.clone().or_in_account(Some("12\n")).account_id(), None);
    assert_eq!(
        keys.or_in_account(Some("222222222222")).account_id(),
        Some("222222222222")
    );
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn each_flaw_is_named_without_the_value() {
    let secret = "a\u{200b}b";
    for (id, secret, token, why) in [
        ("", SECRET, None, "AccessKeyId is empty"),
        (" ", SECRET, None, "AccessKeyId is empty"),
        (ID, "", None, "SecretAccessKey is empty"),
        (
            "AKIA",
            SECRET,
            None,
            "AccessKeyId has 4 characters: access key ids have 16 to 128",
        ),
        (
            &"A".repeat(129),
            SECRET,
            None,
            "AccessKeyId has 129 characters: access key ids have 16 to 128",
        ),
        (
            &format!("{ID}\r"),
            SECRET,
            None,
            "AccessKeyId ends with a carriage return",
        ),
        (
            &format!("{ID}\ntoken"),
            SECRET,
            None,
            "AccessKeyId contains a line feed",
        ),
        (
            &format!("{ID} "),
            SECRET,
            None,
            "AccessKeyId begins or ends with a blank",
        ),
        (
            "AKIAIOSFODNN7EXAMPL\u{c9}",
            SECRET,
            None,
            "AccessKeyId contains a character that access key ids do not have: they are letters, \
             digits and _",
        ),
        (
            SECRET,
            ID,
            None,
            "AccessKeyId looks like a secret access key: the two may be in each other's place",
        ),
        (
            ID,
            &format!("{SECRET}\n"),
            None,
            "SecretAccessKey ends with a line feed",
        ),
        (
            ID,
            secret,
            None,
            "SecretAccessKey contains a character that is not ASCII",
        ),
        (
            ID,
            SECRET,
            Some("a\0b"),
            "SessionToken contains the control character U+0000",
        ),
        (
            ID,
            SECRET,
            Some("a\u{7f}"),
            "SessionToken ends with the control character U+007F",
        ),
    ] {
        assert_eq!(check(id, secret, token).unwrap_err(), why);
    }
}

#[test]
fn only_what_looks_like_an_id_is_shown() {
    assert_eq!(shown_id(ID), ID);
    for text in [
        SECRET,
        "wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY",
        "",
        "AKIA",
        "abcdefghijklmnop",
        "A\nB",
    ] {
        assert_eq!(shown_id(text), MASK, "{text}");
    }
}

proptest::proptest! {
    /// The SDK makes headers of the id and the token: what passes is one.
    #[test]
    fn what_passes_fits_into_a_header(id in "\\PC{0,20}|[\\x00-\\x7f]{14,18}", token in ".{0,20}") {
        if let Ok(keys) = check(&id, SECRET, Some(&token)) {
            let fits = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
            proptest::prop_assert!(fits(keys.access_key_id()));
            proptest::prop_assert!(keys.session_token().is_none_or(|token| fits(token.expose())));
        }
    }
}

#[test]
fn only_what_looks_like_a_device_is_shown() {
    for text in [
        "arn:aws:iam::111111111111:mfa/you",
        "arn:aws-us-gov:iam::111111111111:sms-mfa/you",
        "arn:aws:iam::111111111111:u2f/user/alice/key",
        "GAHT12345678",
        "123456789",
    ] {
        assert_eq!(shown_device(text), text);
    }
    for text in [
        "",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "JBSWY3DPEHPK3PXP",
        "arn:aws:iam::wJalrXUtnFEM:mfa/you",
        "arn:wJalrXUtnFEMI:iam::111111111111:mfa/you",
        "my-own-token-7",
        "correcthorse",
    ] {
        assert_eq!(shown_device(text), NO_DEVICE, "{text}");
    }
}
