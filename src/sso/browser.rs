//! Signing in with the browser of this machine: an authorization code with PKCE (RFC 7636), brought
//! back to loopback (RFC 8252).

use super::page::{Brought, PATH, Page};
use super::pkce::{self, Verifier};
use super::sign_in_page::{LIMIT, SignInWay, show, waiting};
use super::{SsoSession, refusals};
use crate::aws::{Failure, Grant, Oidc, Registered, Tokens};
use crate::error::Result;

/// What a client registers; the port comes with each sign-in (RFC 8252 section 7.3).
pub(super) const REDIRECT: &str = "http://127.0.0.1/oauth/callback";

/// Errors: `NeedsPerson` where nobody came, `Refused` for a no in the browser, `Signal`; AWS's own
/// failures are given for the caller to judge.
pub(super) async fn sign_in(
    session: &SsoSession<'_>,
    way: SignInWay,
    oidc: &Oidc,
    client: &Registered,
) -> Result<std::result::Result<Tokens, Failure>> {
    let (sso, page) = (session.sso, Page::open().await?);
    let redirect_uri = format!("http://127.0.0.1:{}{PATH}", page.port);
    let (verifier, state) = (Verifier::new()?, pkce::random()?);
    let scopes = sso
        .scopes
        .as_ref()
        .map_or("sso:account:access".to_owned(), |scopes| scopes.join(" "));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", &client.client_id)
        .append_pair("redirect_uri", &redirect_uri)
        .append_pair("state", &state)
        .append_pair("code_challenge_method", "S256")
        .append_pair("scopes", &scopes)
        .append_pair("code_challenge", &verifier.challenge())
        .finish();
    let what = if way.opens {
        format!(
            "sign in at {} in the browser that opens now; if none does, open",
            sso.shown_url()
        )
    } else {
        format!(
            "to sign in at {}, open this page in a browser of this computer",
            sso.shown_url()
        )
    };
    show(
        &session.asker,
        way.opens,
        &what,
        &format!("{}/authorize?{query}", oidc.url),
    )
    .await;
    let visit = waiting(session.asker.voice, LIMIT, page.visit(&state)).await?;
    match visit.ok_or_else(|| refusals::too_late(sso))? {
        Brought::Refusal(code) => Err(refusals::denied(sso, &code)),
        Brought::Code(code) => {
            let grant = Grant::Code {
                code: &code,
                verifier: &verifier.0,
                redirect_uri: &redirect_uri,
            };
            Ok(oidc.create_token(client, &grant).await)
        }
    }
}
