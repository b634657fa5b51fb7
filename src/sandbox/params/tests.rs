use super::*;

const ROLE: &str = "arn:aws:iam::222222222222:role/PartnerAdmin";

fn read(extra: &[(&str, &str)]) -> Result<AssumeRoleParams, AwsRefusal> {
    let mut form: Form = [("RoleArn", ROLE), ("RoleSessionName", "me")]
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    form.extend(
        extra
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    AssumeRoleParams::read(&form)
}

fn refused(extra: &[(&str, &str)]) -> String {
    let refusal = read(extra).unwrap_err();
    assert_eq!((refusal.status, refusal.code), (400, "ValidationError"));
    refusal.message
}

#[test]
fn what_is_allowed_is_read() {
    let params = read(&[
        ("ExternalId", "a:b/c=d"),
        ("DurationSeconds", "43200"),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", ""),
        ("TransitiveTagKeys.member.1", "team"),
        (
            "PolicyArns.member.1.arn",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
    ])
    .unwrap();
    assert_eq!(params.external_id.as_deref(), Some("a:b/c=d"));
    assert_eq!(params.duration_seconds, Some(43_200));
    assert_eq!(
        params.tags,
        [Tag {
            key: "Team".into(),
            value: String::new()
        }]
    );
    assert_eq!(params.packed_policy_size, Some(3));
    assert_eq!(read(&[]).unwrap().packed_policy_size, None);
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn each_bound_is_the_models() {
    let value = |field: &str, shown: &str, rule: &str| {
        format!(
            "1 validation error detected: Value '{shown}' at '{field}' failed to satisfy \
             constraint: {rule}"
        )
    };
    let at_least = |n: u32| format!("Member must have length greater than or equal to {n}");
    let at_most = |n: u32| format!("Member must have length less than or equal to {n}");
    let pattern = |text: &str| format!("Member must satisfy regular expression pattern: {text}");
    let (long_name, long_id) = ("x".repeat(65), "x".repeat(1225));
    for (name, text, field, rule) in [
        ("RoleArn", "arn:aws:iam::1:role", "roleArn", at_least(20)),
        ("RoleSessionName", "x", "roleSessionName", at_least(2)),
        (
            "RoleSessionName",
            &long_name,
            "roleSessionName",
            at_most(64),
        ),
        (
            "RoleSessionName",
            "a b",
            "roleSessionName",
            pattern(r"[\w+=,.@-]*"),
        ),
        (
            "RoleSessionName",
            "mé",
            "roleSessionName",
            pattern(r"[\w+=,.@-]*"),
        ),
        ("ExternalId", "x", "externalId", at_least(2)),
        ("ExternalId", &long_id, "externalId", at_most(1224)),
        (
            "ExternalId",
            "a b",
            "externalId",
            pattern(r"[\w+=,.@:\/-]*"),
        ),
        (
            "SourceIdentity",
            "aws:me",
            "sourceIdentity",
            pattern(r"[\w+=,.@-]*"),
        ),
        ("SerialNumber", "GAHT1234", "serialNumber", at_least(9)),
        ("TokenCode", "12345", "tokenCode", at_least(6)),
        ("TokenCode", "1234567", "tokenCode", at_most(6)),
        ("TokenCode", "12345x", "tokenCode", pattern(r"[\d]*")),
        (
            "Tags.member.1.Key",
            "a*b",
            "tags.1.member.key",
            pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"),
        ),
    ] {
        assert_eq!(
            refused(&[(name, text)]),
            value(field, text, &rule),
            "{name}"
        );
    }
    let seconds = |text| refused(&[("DurationSeconds", text)]);
    let bound = |shown, rule: &str| {
        value(
            "durationSeconds",
            shown,
            &format!("Member must have value {rule}"),
        )
    };
    assert_eq!(seconds("899"), bound("899", "greater than or equal to 900"));
    assert_eq!(
        seconds("43201"),
        bound("43201", "less than or equal to 43200")
    );
}

#[test]
fn all_violations_are_named() {
    let refusal =
        AssumeRoleParams::read(&Form::from([("RoleArn".to_owned(), String::new())])).unwrap_err();
    assert_eq!(
        refusal.message,
        format!(
            "3 validation errors detected: Value '' at 'roleArn' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: {}; Value '' at 'roleArn' failed to \
             satisfy constraint: Member must have length greater than or equal to 20; Value null \
             at 'roleSessionName' failed to satisfy constraint: Member must not be null",
            ARN.pattern
        )
    );
    let session = |text: &str| {
        let form = Form::from([("DurationSeconds".to_owned(), text.to_owned())]);
        GetSessionToken::read(&form).map(|params| params.duration_seconds)
    };
    assert_eq!(session("129600"), Ok(Some(129_600)));
    assert!(
        session("129601")
            .unwrap_err()
            .message
            .ends_with("less than or equal to 129600")
    );
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn tags_and_policies_have_refusals_of_their_own() {
    let code = |extra: &[(&str, &str)]| {
        let refusal = read(extra).unwrap_err();
        (refusal.code, refusal.message)
    };
    let tags = [("Tags.member.1.Key", "a"), ("Tags.member.2.Key", "A")];
    assert_eq!(
        code(&tags),
        (
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.".to_owned()
        )
    );
    assert_eq!(
        code(&[("TransitiveTagKeys.member.1", "a")]),
        (
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags.".to_owned()
        )
    );
    for text in ["{", "[]", "{\"Version\":\"2012-10-17\"}"] {
        let refusal = code(&[("Policy", text)]);
        assert_eq!(
            refusal,
            (
                "MalformedPolicyDocument",
                "Syntax errors in policy.".to_owned()
            ),
            "{text}"
        );
    }
    let large = format!("{{\"Statement\":[\"{}\"]}}", "x".repeat(2048));
    assert_eq!(
        code(&[("Policy", &large)]),
        (
            "PackedPolicyTooLarge",
            "Packed policy consumes 101% of allotted space, please use smaller policy.".to_owned()
        )
    );
    let numbered: Vec<(String, String)> = (1..=51)
        .map(|n| (format!("Tags.member.{n}.Key"), format!("k{n}")))
        .collect();
    let many: Vec<(&str, &str)> = numbered
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert!(
        refused(&many)
            .contains("at 'tags' failed to satisfy constraint: Member must have length less")
    );
    let long = "v".repeat(256);
    let mut full: Vec<(String, String)> = numbered[..9].to_vec();
    full.extend((1..=9).map(|n| (format!("Tags.member.{n}.Value"), long.clone())));
    let full: Vec<(&str, &str)> = full.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        code(&full),
        (
            "PackedPolicyTooLarge",
            "Packed size of session tags consumes 114% of allotted space.".to_owned()
        )
    );
    assert_eq!(
        refused(&[("PolicyArns.member.1.arn", ROLE)]),
        format!("{ROLE} is invalid")
    );
}
