//! A world and a clock of our own; every request is signed right, so that what refuses it is the
//! rule in question.

use super::*;
use crate::sandbox::params;
use crate::sandbox::sigv4::tests::signed;
use crate::sandbox::world::World;

const WORLD: &str = include_str!("tests.toml");

type Key = (String, String, Option<String>);

struct Bench {
    state: State,
    now: DateTime<Utc>,
}

fn bench() -> Bench {
    let state = State::new(World::parse(WORLD, "test").unwrap());
    Bench {
        state,
        now: "2026-11-22T10:00:00Z".parse().unwrap(),
    }
}

fn long_term(id: &str, secret: &str) -> Key {
    (id.to_owned(), secret.to_owned(), None)
}

fn you() -> Key {
    long_term("AKIAYOUYOUYOUYOUYOUY", "one")
}

fn role(name: &str) -> String {
    format!("arn:aws:iam::222222222222:role/{name}")
}

/// What stands between the tags of this name.
fn inside(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    Some(rest.split_once('<')?.0.to_owned())
}

impl Bench {
    fn send(
        &mut self,
        key: &Key,
        region: &str,
        body: &str,
    ) -> Result<String, (u16, &'static str, String)> {
        let signer = (key.0.as_str(), key.1.as_str(), key.2.as_deref());
        let headers = signed(signer, region, body, self.state.clocks.server_at(self.now));
        let received = Received {
            method: "POST",
            path: "/",
            query: "",
            headers: &headers,
            body: body.as_bytes(),
        };
        let form = params::form(body.as_bytes());
        let answer = answer(&mut self.state, &received, &form, self.now);
        answer.map_err(|refusal| (refusal.status, refusal.code, refusal.message))
    }

    fn call(
        &mut self,
        key: &Key,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<String, (u16, &'static str, String)> {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("Action", action)
            .append_pair("Version", "2011-06-15")
            .extend_pairs(params);
        self.send(key, "eu-central-1", &body.finish())
    }

    fn assume(
        &mut self,
        key: &Key,
        name: &str,
        params: &[(&str, &str)],
    ) -> Result<String, (u16, &'static str, String)> {
        let arn = role(name);
        let mut all = vec![("RoleArn", arn.as_str()), ("RoleSessionName", "me")];
        all.extend(params);
        self.call(key, "AssumeRole", &all)
    }

    /// The credentials in an answer.
    fn key(answer: &str) -> Key {
        let part = |name| inside(answer, name).unwrap();
        (
            part("AccessKeyId"),
            part("SecretAccessKey"),
            Some(part("SessionToken")),
        )
    }

    /// A code that was not used yet; each call moves the MFA clock on.
    fn code(&mut self) -> String {
        self.state.clocks.mfa += 30;
        let device = self.state.world.device(None).unwrap();
        self.state
            .code(device, self.state.clocks.mfa_at(self.now), false)
            .unwrap()
            .digits
    }

    fn session(&mut self, with_mfa: bool) -> Key {
        let code = self.code();
        let mfa = [("SerialNumber", YOUR_MFA), ("TokenCode", code.as_str())];
        Bench::key(
            &self
                .call(&you(), "GetSessionToken", if with_mfa { &mfa } else { &[] })
                .unwrap(),
        )
    }

    fn arn_of(&mut self, key: &Key) -> Result<String, &'static str> {
        let answer = self.call(key, "GetCallerIdentity", &[]);
        answer
            .map(|xml| inside(&xml, "Arn").unwrap())
            .map_err(|(_, code, _)| code)
    }
}

const YOUR_MFA: &str = "arn:aws:iam::111111111111:mfa/you";

fn denied(caller: &str, action: &str, name: &str) -> Result<String, (u16, &'static str, String)> {
    let message = format!(
        "User: {caller} is not authorized to perform: sts:{action} on resource: {}",
        role(name)
    );
    Err((403, "AccessDenied", message))
}

const YOU: &str = "arn:aws:iam::111111111111:user/you";
const OPEN: &str = "arn:aws:sts::222222222222:assumed-role/Open/me";

#[test]
fn identities_are_as_aws_shows_them() {
    let mut bench = bench();
    assert_eq!(bench.arn_of(&you()).as_deref(), Ok(YOU));
    let session = bench.session(false);
    assert_eq!(bench.arn_of(&session).as_deref(), Ok(YOU));
    let code = bench.code();
    let mfa = [("SerialNumber", YOUR_MFA), ("TokenCode", code.as_str())];
    let answer = bench.assume(&you(), "a/b/Mfa", &mfa).unwrap();
    // The path is lost in the session's ARN.
    let arn = "arn:aws:sts::222222222222:assumed-role/Mfa/me";
    assert_eq!(inside(&answer, "Arn").as_deref(), Some(arn));
    assert!(inside(&answer, "AssumedRoleId").unwrap().ends_with(":me"));
    assert_eq!(
        inside(&answer, "Expiration").as_deref(),
        Some("2026-11-22T11:00:00Z")
    );
    assert_eq!(bench.arn_of(&Bench::key(&answer)).as_deref(), Ok(arn));
}

#[test]
fn keys_are_known_active_and_whole() {
    let mut bench = bench();
    let session = bench.session(false);
    let token = session.2.clone();
    for key in [
        long_term("AKIANOBODYNOBODYNOBO", "one"),
        long_term("AKIAIDLEIDLEIDLEIDLE", "two"),
        (you().0, you().1, token.clone()),
        (session.0.clone(), session.1.clone(), None),
        (
            session.0.clone(),
            session.1.clone(),
            Some("another".to_owned()),
        ),
    ] {
        let message = "The security token included in the request is invalid.".to_owned();
        let refused = Err((403, "InvalidClientTokenId", message));
        assert_eq!(
            bench.call(&key, "GetCallerIdentity", &[]),
            refused,
            "{}",
            key.0
        );
    }
    assert_eq!(
        bench.arn_of(&long_term(&you().0, "two")),
        Err("SignatureDoesNotMatch")
    );
    assert_eq!(
        bench.arn_of(&(session.0, "wrong".to_owned(), token)),
        Err("SignatureDoesNotMatch")
    );
}

#[test]
fn sessions_end_by_the_servers_clock() {
    let mut bench = bench();
    let key = Bench::key(
        &bench
            .assume(&you(), "Open", &[("DurationSeconds", "900")])
            .unwrap(),
    );
    bench.state.clocks.server = 899;
    assert_eq!(bench.arn_of(&key).as_deref(), Ok(OPEN));
    bench.state.clocks.server = 900;
    let message = "The security token included in the request is expired".to_owned();
    assert_eq!(
        bench.call(&key, "GetCallerIdentity", &[]),
        Err((403, "ExpiredToken", message))
    );
    bench.state.forget(None);
    assert_eq!(bench.arn_of(&key), Err("InvalidClientTokenId"));
}

#[test]
fn trust_is_refused_in_one_text() {
    let mut bench = bench();
    for (name, params) in [
        ("External", &[][..]),
        ("External", &[("ExternalId", "wrong")]),
        ("a/b/Mfa", &[]),
        ("Mfa", &[]),
        ("Inner", &[]),
        ("NoSuchRole", &[]),
        ("Named", &[]),
        ("Named", &[("SourceIdentity", "me")]),
    ] {
        assert_eq!(
            bench.assume(&you(), name, params),
            denied(YOU, "AssumeRole", name)
        );
    }
    assert!(
        bench
            .assume(&you(), "External", &[("ExternalId", "right")])
            .is_ok()
    );
    assert!(
        bench
            .assume(&you(), "Open", &[("ExternalId", "not-asked-for")])
            .is_ok()
    );
    let answer = bench
        .assume(&you(), "Named", &[("SourceIdentity", "you")])
        .unwrap();
    assert_eq!(inside(&answer, "SourceIdentity").as_deref(), Some("you"));
}

#[test]
fn across_accounts_both_sides_must_allow_it() {
    let mut bench = bench();
    let narrow = long_term("AKIANARROWNARROWNARR", "three");
    let arn = "arn:aws:iam::111111111111:user/narrow";
    assert_eq!(
        bench.assume(&narrow, "Open", &[]),
        denied(arn, "AssumeRole", "Open")
    );
    let own = [
        ("RoleArn", "arn:aws:iam::111111111111:role/ByName"),
        ("RoleSessionName", "me"),
    ];
    assert!(bench.call(&narrow, "AssumeRole", &own).is_ok());
    assert_eq!(
        bench.call(&you(), "AssumeRole", &own).unwrap_err().1,
        "AccessDenied"
    );
}

#[test]
fn a_code_is_taken_once_from_its_owner_by_long_term_keys() {
    let mut bench = bench();
    let code = bench.code();
    let mfa = |serial, code| [("SerialNumber", serial), ("TokenCode", code)];
    let wrong = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
    let unable = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify \
                  your MFA serial number is valid and associated with this user.";
    let both = "MultiFactorAuthentication failed, must provide both MFA serial number and one time \
                pass code.";
    let refused = |text: &str| Err((403, "AccessDenied", text.to_owned()));
    // A refusal for another reason spends the code all the same.
    assert!(
        bench
            .assume(&you(), "External", &mfa(YOUR_MFA, &code))
            .is_err()
    );
    assert_eq!(
        bench.call(&you(), "GetSessionToken", &mfa(YOUR_MFA, &code)),
        refused(wrong)
    );
    let next = bench.code();
    assert!(
        bench
            .call(&you(), "GetSessionToken", &mfa(YOUR_MFA, &next))
            .is_ok()
    );
    assert_eq!(
        bench.assume(&you(), "a/b/Mfa", &mfa(YOUR_MFA, &next)),
        refused(wrong)
    );
    let fresh = bench.code();
    let others = "arn:aws:iam::111111111111:mfa/narrow";
    for serial in [others, "GAHT12345678"] {
        assert_eq!(
            bench.call(&you(), "GetSessionToken", &mfa(serial, &fresh)),
            refused(unable),
            "{serial}"
        );
    }
    let half = [("SerialNumber", YOUR_MFA)];
    assert_eq!(bench.call(&you(), "GetSessionToken", &half), refused(both));
    assert_eq!(
        bench.assume(&you(), "Open", &[("TokenCode", fresh.as_str())]),
        refused(both)
    );
    let open = Bench::key(&bench.assume(&you(), "Open", &[]).unwrap());
    for key in [bench.session(true), open] {
        assert_eq!(
            bench.assume(&key, "a/b/Mfa", &mfa(YOUR_MFA, &fresh)),
            refused(unable)
        );
    }
    assert!(
        bench
            .assume(&you(), "a/b/Mfa", &mfa(YOUR_MFA, &fresh))
            .is_ok(),
        "no refusal above took the code"
    );
}

#[test]
fn mfa_is_in_the_context_of_sessions_not_of_roles() {
    let mut bench = bench();
    let (with, without) = (bench.session(true), bench.session(false));
    assert!(bench.assume(&with, "a/b/Mfa", &[]).is_ok());
    assert_eq!(
        bench.assume(&without, "a/b/Mfa", &[]),
        denied(YOU, "AssumeRole", "a/b/Mfa")
    );
    bench.state.clocks.server = 599;
    assert!(bench.assume(&with, "FreshMfa", &[]).is_ok());
    bench.state.clocks.server = 600;
    assert_eq!(
        bench.assume(&with, "FreshMfa", &[]),
        denied(YOU, "AssumeRole", "FreshMfa")
    );
    let code = bench.code();
    let mfa = [("SerialNumber", YOUR_MFA), ("TokenCode", code.as_str())];
    let open = Bench::key(&bench.assume(&you(), "Open", &mfa).unwrap());
    assert_eq!(
        bench.assume(&open, "FreshMfa", &[]),
        denied(OPEN, "AssumeRole", "FreshMfa")
    );
}

#[test]
fn durations_have_three_ends() {
    let mut bench = bench();
    let (session, open) = (
        bench.session(true),
        bench.assume(&you(), "Open", &[]).unwrap(),
    );
    let chained = "The requested DurationSeconds exceeds the 1 hour session limit for roles \
                   assumed by role chaining.";
    for key in [&session, &Bench::key(&open)] {
        let answer = bench.assume(key, "Inner", &[("DurationSeconds", "3601")]);
        assert_eq!(answer, Err((400, "ValidationError", chained.to_owned())));
    }
    assert!(
        bench
            .assume(&Bench::key(&open), "Inner", &[("DurationSeconds", "3600")])
            .is_ok()
    );
    let maximum = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    let answer = bench.assume(&you(), "Open", &[("DurationSeconds", "3601")]);
    assert_eq!(answer, Err((400, "ValidationError", maximum.to_owned())));
    // Only who may assume the role learns its maximum.
    let stranger = bench.assume(&you(), "Inner", &[("DurationSeconds", "43200")]);
    assert_eq!(stranger, denied(YOU, "AssumeRole", "Inner"));
    let code = bench.code();
    let mfa = [
        ("SerialNumber", YOUR_MFA),
        ("TokenCode", code.as_str()),
        ("DurationSeconds", "7200"),
    ];
    let answer = bench.assume(&you(), "a/b/Mfa", &mfa).unwrap();
    assert_eq!(
        inside(&answer, "Expiration").as_deref(),
        Some("2026-11-22T12:00:00Z")
    );
    let answer = bench.call(&you(), "GetSessionToken", &[]).unwrap();
    assert_eq!(
        inside(&answer, "Expiration").as_deref(),
        Some("2026-11-22T22:00:00Z")
    );
}

#[test]
fn sessions_get_no_session_tokens() {
    let mut bench = bench();
    let open = bench.assume(&you(), "Open", &[]).unwrap();
    for key in [bench.session(true), Bench::key(&open)] {
        let message = "Cannot call GetSessionToken with session credentials".to_owned();
        assert_eq!(
            bench.call(&key, "GetSessionToken", &[]),
            Err((403, "AccessDenied", message))
        );
    }
}

#[test]
fn a_chain_keeps_its_source_identity_and_transitive_tags() {
    let mut bench = bench();
    let tags = [
        ("SourceIdentity", "you"),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "red"),
        ("TransitiveTagKeys.member.1", "team"),
    ];
    assert_eq!(
        bench.assume(
            &you(),
            "External",
            &[("ExternalId", "right"), tags[1], tags[2]]
        ),
        denied(YOU, "TagSession", "External")
    );
    assert_eq!(
        bench.assume(&you(), "External", &[("ExternalId", "right"), tags[0]]),
        denied(YOU, "SetSourceIdentity", "External")
    );
    let answer = bench.assume(&you(), "Open", &tags).unwrap();
    assert_eq!(inside(&answer, "PackedPolicySize").as_deref(), Some("1"));
    let open = Bench::key(&answer);
    let inner = bench.assume(&open, "Inner", &[]).unwrap();
    assert_eq!(inside(&inner, "SourceIdentity").as_deref(), Some("you"));
    assert_eq!(
        bench.assume(&open, "Inner", &[("SourceIdentity", "another")]),
        Err((
            400,
            "ValidationError",
            "The source identity is already set for this assume role session".to_owned()
        ))
    );
    assert_eq!(
        bench
            .assume(&open, "Inner", &[("Tags.member.1.Key", "TEAM")])
            .unwrap_err()
            .1,
        "InvalidParameterValue"
    );
    assert!(
        bench
            .assume(&open, "Inner", &[("Tags.member.1.Key", "Other")])
            .is_ok()
    );
}

#[test]
fn a_disabled_region_still_says_who_you_are() {
    let mut bench = bench();
    let version = "Version=2011-06-15";
    assert!(
        bench
            .send(
                &you(),
                "ap-east-1",
                &format!("Action=GetCallerIdentity&{version}")
            )
            .is_ok()
    );
    let message = "STS is not activated in this region for account:111111111111. Your account \
                   administrator can activate STS in this region using the IAM Console.";
    let answer = bench.send(
        &you(),
        "ap-east-1",
        &format!("Action=GetSessionToken&{version}"),
    );
    assert_eq!(
        answer,
        Err((403, "RegionDisabledException", message.to_owned()))
    );
}

#[test]
fn what_is_no_request_of_sts_is_refused() {
    let mut bench = bench();
    let mut send = |body: &str| bench.send(&you(), "eu-central-1", body).unwrap_err();
    assert_eq!(
        send("Version=2011-06-15"),
        (400, "MissingAction", "Missing Action".to_owned())
    );
    for (action, version) in [
        ("ListRoles", "2011-06-15"),
        ("GetCallerIdentity", "2010-05-08"),
    ] {
        let message = format!("Could not find operation {action} for version {version}");
        let body = format!("Action={action}&Version={version}");
        assert_eq!(send(&body), (400, "InvalidAction", message));
    }
    let mut arn = |arn| {
        bench.call(
            &you(),
            "AssumeRole",
            &[("RoleArn", arn), ("RoleSessionName", "me")],
        )
    };
    for (text, message) in [
        (
            "this-is-certainly-no-arn",
            "this-is-certainly-no-arn is invalid",
        ),
        (
            "arn:aws:iam::222222222222:user/you",
            "Request ARN is invalid",
        ),
        (
            "arn:aws:iam::22222222222:role/Open",
            "Request ARN is invalid",
        ),
        (
            "arn:aws:sts::222222222222:role/Open",
            "Request ARN is invalid",
        ),
    ] {
        assert_eq!(arn(text), Err((400, "ValidationError", message.to_owned())));
    }
}

/// A JWT with these claims, of whose signature nobody asks.
fn jwt(claims: &str) -> String {
    let part = |text: &str| {
        let standard = aws_smithy_types::base64::encode(text);
        standard
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_")
    };
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"RS256"}"#),
        part(claims),
        part("signature")
    )
}

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn a_web_identity_is_taken_unsigned_for_its_issuer_audience_subject_and_time() {
    let mut bench = bench();
    // 2026-11-22T10:00:00Z
    let now = 1_795_341_600;
    let mut ask = |name: &str, token: &str| {
        let arn = role(name);
        let params = [
            ("RoleArn", arn.as_str()),
            ("RoleSessionName", "ci"),
            ("WebIdentityToken", token),
        ];
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("Action", "AssumeRoleWithWebIdentity")
            .append_pair("Version", "2011-06-15");
        let body = body.extend_pairs(params).finish();
        let headers = hyper::HeaderMap::new();
        let received = Received {
            method: "POST",
            path: "/",
            query: "",
            headers: &headers,
            body: body.as_bytes(),
        };
        let form = params::form(body.as_bytes());
        let answer = answer(&mut bench.state, &received, &form, bench.now);
        answer.map_err(|refusal| (refusal.status, refusal.code, refusal.message))
    };
    let claims = |issuer: &str, audience: &str, subject: &str, exp: i64| {
        jwt(&format!(
            r#"{{"iss":"{issuer}","aud":{audience},"sub":"{subject}","exp":{exp}}}"#
        ))
    };
    let (issuer, audience, subject) = (
        "https://token.example.com",
        r#""sts.amazonaws.com""#,
        "repo:acme/web",
    );
    let good = claims(issuer, audience, subject, now + 1);
    let xml = ask("Web", &good).unwrap();
    assert_eq!(
        inside(&xml, "Arn").as_deref(),
        Some("arn:aws:sts::222222222222:assumed-role/Web/ci")
    );
    assert_eq!(
        inside(&xml, "SubjectFromWebIdentityToken").as_deref(),
        Some(subject)
    );
    assert_eq!(
        inside(&xml, "Expiration").as_deref(),
        Some("2026-11-22T11:00:00Z")
    );
    assert!(
        ask(
            "Web",
            &claims(issuer, r#"["a","sts.amazonaws.com"]"#, subject, now + 1)
        )
        .is_ok()
    );

    let denied = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
    let rejected = "The identity provider reported that authentication failed";
    let no_jwt = "The ID Token provided is not a valid JWT. (You may see this error if you sent an \
                  Access Token)";
    let expired = format!(
        "Token expired: current date/time {now} must be before the expiration date/time {now}"
    );
    let nobody = "No OpenIDConnect provider found in your account for https://other.example.com";
    for (name, token, status, code, message) in [
        ("Open", good.clone(), 403, "AccessDenied", denied),
        ("NoSuchRole", good, 403, "AccessDenied", denied),
        (
            "Web",
            claims(issuer, audience, "repo:other/web", now + 1),
            403,
            "AccessDenied",
            denied,
        ),
        (
            "Web",
            claims("https://other.example.com", audience, subject, now + 1),
            400,
            "InvalidIdentityToken",
            nobody,
        ),
        (
            "Web",
            claims(issuer, r#""x""#, subject, now + 1),
            400,
            "InvalidIdentityToken",
            "Incorrect token audience",
        ),
        (
            "Web",
            claims(issuer, audience, subject, now),
            400,
            "ExpiredTokenException",
            &expired,
        ),
        (
            "Web",
            claims(issuer, audience, "repo:acme/gone", now + 1),
            403,
            "IDPRejectedClaim",
            rejected,
        ),
        (
            "Web",
            "no.jwt".to_owned(),
            400,
            "InvalidIdentityToken",
            no_jwt,
        ),
        ("Web", jwt("{}"), 400, "InvalidIdentityToken", no_jwt),
    ] {
        assert_eq!(
            ask(name, &token),
            Err((status, code, message.to_owned())),
            "{name}"
        );
    }
    // And nobody who signs gets in by that statement.
    assert_eq!(
        bench.assume(&you(), "Web", &[]),
        self::denied(YOU, "AssumeRole", "Web")
    );
}

#[test]
fn a_federation_session_is_for_a_users_own_keys_and_assumes_nothing() {
    let mut bench = bench();
    let ask = |bench: &mut Bench, key: &Key, name: &str| {
        bench.call(key, "GetFederationToken", &[("Name", name)])
    };
    let answer = ask(&mut bench, &you(), "me").unwrap();
    let arn = "arn:aws:sts::111111111111:federated-user/me";
    assert_eq!(inside(&answer, "Arn").as_deref(), Some(arn));
    assert_eq!(
        inside(&answer, "FederatedUserId").as_deref(),
        Some("111111111111:me")
    );
    assert_eq!(
        inside(&answer, "Expiration").as_deref(),
        Some("2026-11-22T22:00:00Z")
    );
    let federated = Bench::key(&answer);
    assert_eq!(bench.arn_of(&federated).as_deref(), Ok(arn));
    assert_eq!(
        bench.assume(&federated, "Open", &[]),
        denied(arn, "AssumeRole", "Open")
    );
    let session = bench.session(true);
    for key in [federated, session] {
        let message = "Cannot call GetFederationToken with session credentials".to_owned();
        assert_eq!(
            ask(&mut bench, &key, "me"),
            Err((403, "AccessDenied", message))
        );
    }
    for name in ["x", "a b", &"n".repeat(33)] {
        assert_eq!(
            ask(&mut bench, &you(), name).unwrap_err().1,
            "ValidationError",
            "{name}"
        );
    }
}
