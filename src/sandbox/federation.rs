//! The console's sign-in: a token for temporary credentials that STS issued, and a page for whoever
//! brings the token.
//!
//! Rules: docs/aws.md A8. What is not said there is refused.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::json;

use crate::secret::Secret;

use super::answer::{AwsRefusal, Content};
use super::params::Form;
use super::signin_token::Visitor;
use super::state::{Means, State};

/// `Session=`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionParameter {
    #[serde(rename = "sessionId")]
    id: String,
    #[serde(rename = "sessionKey")]
    key: Secret,
    #[serde(rename = "sessionToken")]
    token: Secret,
}

/// Answers; `now` is the machine's clock.
pub(crate) fn answer(
    state: &mut State,
    params: &Form,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    let now = state.clocks.server_at(now);
    match params.get("Action").map(String::as_str) {
        Some("getSigninToken") => get_signin_token(state, params, now),
        Some("login") => login(state, params, now),
        _ => Err(bad("There is no such action.")),
    }
}

fn get_signin_token(
    state: &mut State,
    params: &Form,
    now: DateTime<Utc>,
) -> Result<Content, AwsRefusal> {
    let session: Option<SessionParameter> = params
        .get("Session")
        .and_then(|text| serde_json::from_str(text).ok());
    let session = session.ok_or_else(|| bad("Session is not what it should be."))?;
    let known = state.session(&session.id).filter(|known| {
        known.secret == session.key && known.token == session.token && known.expiration > now
    });
    let known = known.ok_or_else(|| bad("These credentials are not good."))?;
    let may_choose = match &known.means {
        Means::Role { chained, .. } => !chained,
        Means::Federation => false,
        Means::LongTerm | Means::SessionToken { .. } => {
            return Err(bad(
                "Only federation tokens or assume role tokens may be used for federated login.",
            ));
        }
    };
    let ends_at = match params.get("SessionDuration") {
        None => known.expiration,
        Some(_) if !may_choose => return Err(bad("SessionDuration is not for these credentials.")),
        Some(text) => {
            let seconds: Option<i64> = text
                .parse()
                .ok()
                .filter(|seconds| (900..=43_200).contains(seconds));
            let seconds = seconds.ok_or_else(|| bad("SessionDuration is 900 to 43200."))?;
            now + TimeDelta::seconds(seconds)
        }
    };
    let visitor = Visitor {
        arn: known.identity.arn.clone(),
        ends_at,
    };
    let token = state.console.issue(visitor, now);
    let token = token.map_err(|error| AwsRefusal::new(500, "InternalFailure", error.message))?;
    Ok(Content::Json(json!({ "SigninToken": token.expose() })))
}

/// AWS sends the browser on; here there is no console to be sent to.
fn login(state: &State, params: &Form, now: DateTime<Utc>) -> Result<Content, AwsRefusal> {
    let destination = params
        .get("Destination")
        .and_then(|text| url::Url::parse(text).ok());
    let destination = destination.filter(|url| url.scheme() == "https" && is_console(url));
    let destination = destination.ok_or_else(|| bad("Destination is no page of the console."))?;
    let token = params
        .get("SigninToken")
        .map(String::as_str)
        .unwrap_or_default();
    let visitor = state
        .console
        .visitor(token, now)
        .ok_or_else(|| bad("The token is not good."))?;
    let minutes = (visitor.ends_at - now).num_minutes();
    Ok(Content::Html(format!(
        "Signed in as {} for {minutes} minutes, at {destination}",
        visitor.arn
    )))
}

fn is_console(url: &url::Url) -> bool {
    let hosts = [
        "console.aws.amazon.com",
        "console.amazonaws-us-gov.com",
        "console.amazonaws.cn",
        "console.amazonaws-eusc.eu",
    ];
    url.host_str().is_some_and(|host| {
        hosts
            .iter()
            .any(|known| host == *known || host.ends_with(&format!(".{known}")))
    })
}

fn bad(message: &str) -> AwsRefusal {
    AwsRefusal::new(400, "BadRequest", message)
}

#[cfg(test)]
mod tests {
    use super::super::state::SignerIdentity;
    use super::super::world::World;
    use super::*;

    const CONSOLE: &str = "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1";

    fn now() -> DateTime<Utc> {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    fn form(pairs: &[(&str, &str)]) -> Form {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    /// What a session of this kind, with an hour left, is answered: the token, or why not.
    fn token(state: &mut State, means: Means, duration: Option<&str>) -> Result<String, String> {
        let identity = SignerIdentity {
            account_id: "111111111111".into(),
            arn: "arn:aws:sts::111111111111:assumed-role/Admin/me".into(),
            user_id: "AROA:me".into(),
            principal_arn: "arn:aws:iam::111111111111:role/Admin".into(),
            may_assume: Vec::new(),
        };
        let session = state.issue(identity, means, 3600, now()).unwrap();
        let text = json!({ "sessionId": session.access_key_id, "sessionKey": session.secret.expose(),
                           "sessionToken": session.token.expose() });
        let mut params = form(&[("Action", "getSigninToken"), ("Session", &text.to_string())]);
        params.extend(duration.map(|seconds| ("SessionDuration".to_owned(), seconds.to_owned())));
        match answer(state, &params, now()) {
            Ok(Content::Json(value)) => Ok(value["SigninToken"].as_str().unwrap().to_owned()),
            Ok(other) => panic!("{other:?}"),
            Err(refusal) => Err(refusal.message),
        }
    }

    fn role(chained: bool) -> Means {
        Means::Role {
            source_identity: None,
            transitive_tags: Vec::new(),
            chained,
        }
    }

    #[test]
    fn who_gets_a_token_and_for_how_long() {
        let mut state = State::new(World::sample().unwrap());
        let mut wrong = |means, duration| token(&mut state, means, duration).unwrap_err();
        assert!(wrong(Means::LongTerm, None).starts_with("Only federation tokens"));
        assert!(
            wrong(Means::SessionToken { mfa_at: None }, None).starts_with("Only federation tokens")
        );
        assert_eq!(
            wrong(role(true), Some("3600")),
            "SessionDuration is not for these credentials."
        );
        assert_eq!(
            wrong(Means::Federation, Some("3600")),
            "SessionDuration is not for these credentials."
        );
        for duration in ["899", "43201", "x", ""] {
            assert_eq!(
                wrong(role(false), Some(duration)),
                "SessionDuration is 900 to 43200."
            );
        }
        for (means, duration, minutes) in [
            (role(false), None, 60),
            (role(false), Some("43200"), 720),
            (role(true), None, 60),
            (Means::Federation, None, 60),
        ] {
            let token = token(&mut state, means, duration).unwrap();
            let params = form(&[
                ("Action", "login"),
                ("Destination", CONSOLE),
                ("SigninToken", &token),
            ]);
            let page = format!(
                "Signed in as arn:aws:sts::111111111111:assumed-role/Admin/me for {minutes} \
                 minutes, at {CONSOLE}"
            );
            assert_eq!(answer(&mut state, &params, now()), Ok(Content::Html(page)));
            let late = answer(&mut state, &params, now() + TimeDelta::minutes(15)).unwrap_err();
            assert_eq!(late.message, "The token is not good.");
            for destination in [
                "https://evil.example/",
                "http://console.aws.amazon.com/",
                "x",
                "",
            ] {
                let params = form(&[
                    ("Action", "login"),
                    ("Destination", destination),
                    ("SigninToken", &token),
                ]);
                assert!(answer(&mut state, &params, now()).is_err(), "{destination}");
            }
        }
    }

    #[test]
    fn only_what_was_issued_and_lives() {
        let mut state = State::new(World::sample().unwrap());
        for text in [
            "",
            "{}",
            r#"{"sessionId":"ASIA","sessionKey":"x","sessionToken":"y"}"#,
        ] {
            let params = form(&[("Action", "getSigninToken"), ("Session", text)]);
            assert_eq!(
                answer(&mut state, &params, now()).unwrap_err().status,
                400,
                "{text}"
            );
        }
        assert_eq!(
            answer(&mut state, &form(&[("Action", "logout")]), now())
                .unwrap_err()
                .status,
            400
        );
        assert!(token(&mut state, role(false), None).is_ok());
        state.clocks.server = 3600;
        assert!(token(&mut state, role(false), None).is_err());
    }
}
