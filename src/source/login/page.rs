//! The way of a person through the pages of AWS Sign-In, as `aws login` has it: with the browser of
//! this machine, which comes back to loopback, or with one on any computer, which shows a code to
//! type here.
//!
//! Sources: AWS CLI `customizations/login/utils.py`; RFC 6749, 7636 and 8252.

use zeroize::Zeroizing;

use super::LoginSession;
use crate::aws::{Begun, Failure, LoginGrant, ProofKey, Signin, unique};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::sso::{Brought, CALLBACK, How, LIMIT, Page, SignInWay, Verifier, choose, show, waiting};
use crate::terminal;

const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";
/// The page that shows the code.
const CONFIRMATION: &str = "/v1/sessions/confirmation";
/// How often a code that is none may be typed.
const TRIES: usize = 3;

/// What a person has brought back from the page, with what it is exchanged.
pub(super) struct Answered {
    service: Signin,
    pub(super) client_id: &'static str,
    redirect_uri: String,
    verifier: Verifier,
    code: Secret,
    key: ProofKey,
    /// The key as the AWS CLI writes it down.
    pub(super) pem: Secret,
}

impl Answered {
    pub(super) async fn begun(&self) -> std::result::Result<Begun, Failure> {
        let grant = LoginGrant {
            client_id: self.client_id,
            code: &self.code,
            verifier: &self.verifier.0,
            redirect_uri: &self.redirect_uri,
        };
        self.service.begin(&grant, &self.key).await
    }
}

/// Errors: `NeedsPerson` where nobody came, `Refused` for a no in the browser, `Signal`.
pub(super) async fn answered(
    session: &LoginSession<'_>,
    how: How,
    service: Signin,
) -> Result<Answered> {
    let way = choose(how, true, session.asker.env);
    let (key, pem) = ProofKey::generate().ok_or_else(|| Error::other("the system made no key"))?;
    let state = unique().ok_or_else(|| Error::other("the system gave no random bytes"))?;
    let verifier = Verifier::new()?;
    let (client_id, (redirect_uri, code)) = if way.device_code {
        let typed = elsewhere(session, way, &service, (&verifier, &state)).await?;
        (CROSS_DEVICE, typed)
    } else {
        let brought = here(session, way, &service, (&verifier, &state)).await?;
        (SAME_DEVICE, brought)
    };
    Ok(Answered {
        service,
        client_id,
        redirect_uri,
        verifier,
        code,
        key,
        pem,
    })
}

/// The page's address, with the parameters of `aws login`.
fn address(
    service: &Signin,
    (client_id, redirect_uri): (&str, &str),
    (verifier, state): (&Verifier, &str),
) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", client_id)
        .append_pair("state", state)
        .append_pair("code_challenge_method", "SHA-256")
        .append_pair("scope", "openid")
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("code_challenge", &verifier.challenge())
        .finish();
    format!("{}/v1/authorize?{query}", service.base())
}

/// By a browser of this machine.
async fn here(
    session: &LoginSession<'_>,
    way: SignInWay,
    service: &Signin,
    (verifier, state): (&Verifier, &str),
) -> Result<(String, Secret)> {
    let (asker, page) = (session.asker, Page::open().await?);
    let redirect_uri = format!("http://127.0.0.1:{}{CALLBACK}", page.port);
    let whom = session.whom();
    let what = if way.opens {
        format!("sign in {whom} in the browser that opens now; if none does, open")
    } else {
        format!("to sign in {whom}, open this page in a browser of this computer")
    };
    let url = address(service, (SAME_DEVICE, &redirect_uri), (verifier, state));
    show(&asker, way.opens, &what, &url).await;
    let visit = waiting(asker.voice, LIMIT, page.visit(state)).await?;
    match visit.ok_or_else(|| session.too_late())? {
        Brought::Refusal(code) => Err(session.denied(&code)),
        Brought::Code(code) => Ok((redirect_uri, code)),
    }
}

/// By a browser on any computer, and a code that is typed here.
async fn elsewhere(
    session: &LoginSession<'_>,
    way: SignInWay,
    service: &Signin,
    (verifier, state): (&Verifier, &str),
) -> Result<(String, Secret)> {
    let (asker, whom) = (session.asker, session.whom());
    if !terminal::available() {
        let error = terminal::Unanswered::NoTerminal
            .error(|why| format!("the code of the sign-in {whom} must be typed, and {why}"));
        return Err(error.hint("run it in a terminal, or where a browser can open"));
    }
    let redirect_uri = format!("{}{CONFIRMATION}", service.base());
    let what = if way.opens {
        format!("sign in {whom} in the browser that opens now; if none does, open")
    } else {
        format!("to sign in {whom}, open this page in a browser on any computer")
    };
    let url = address(service, (CROSS_DEVICE, &redirect_uri), (verifier, state));
    show(&asker, way.opens, &what, &url).await;
    for _ in 0..TRIES {
        let typed = terminal::ask_shown("the code that the page shows in the end: ").await;
        let typed = typed.map_err(|why| {
            why.error(|why| format!("the code of the sign-in {whom} is needed: {why}"))
        })?;
        match code_of(&Zeroizing::new(typed), state) {
            Some(code) => return Ok((redirect_uri, code)),
            None => asker
                .voice
                .tell("this is not the code of this sign-in: copy all of it from the page"),
        }
    }
    Err(session.no_code())
}

/// The page shows `state=…&code=…` in base64.
fn code_of(typed: &str, state: &str) -> Option<Secret> {
    let typed: Zeroizing<String> = typed
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .into();
    let query = Zeroizing::new(aws_smithy_types::base64::decode(typed.as_str()).ok()?);
    let part = |wanted: &str| {
        let mut parts = url::form_urlencoded::parse(&query);
        parts.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
    };
    if part("state")? != state {
        return None;
    }
    part("code")
        .filter(|code| !code.is_empty())
        .map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_code_of_this_sign_in_is_one() {
        let encoded = |text: &str| aws_smithy_types::base64::encode(text);
        let code = |typed: &str| code_of(typed, "s1").map(|code| code.expose().to_owned());
        assert_eq!(
            code(&encoded("state=s1&code=a%2Fb")).as_deref(),
            Some("a/b")
        );
        let spread = format!(" {}\r", encoded("code=a&state=s1"));
        assert_eq!(code(&spread).as_deref(), Some("a"));
        for typed in [
            "",
            "123456",
            &encoded("state=s2&code=a"),
            &encoded("state=s1&code="),
            &encoded("state=s1"),
            &encoded("code=a"),
        ] {
            assert_eq!(code(typed), None, "{typed}");
        }
    }
}
