//! A person signs in: with which client, and what becomes of it.

use super::sign_in_page::{SignInWay, choose};
use super::{How, SsoSession, browser, device, refusals};
use crate::aws::{BrowserClient, Failure, NewClient, Oidc, Registered, Tokens};
use crate::error::{Kind, Result};

/// A client is used while it has more than this left, in seconds (AWS CLI).
const CLIENT_LEFT: i64 = 900;
/// What the AWS CLI registers for, where the session names no scopes.
const USUAL_SCOPE: &str = "sso:account:access";
/// For the browser's way; what a client for devices may do is Identity Center's own choice.
const BROWSER_GRANTS: [&str; 2] = ["authorization_code", "refresh_token"];

impl SsoSession<'_> {
    /// Everything from the client's registration to the tokens.
    ///
    /// Errors: `Refused` for a no, `NeedsPerson` where nobody came, `Unreachable`, `Signal`.
    pub(super) async fn sign_in(&self, how: How) -> Result<(Tokens, Registered)> {
        // A session of the old kind has no other way than a code.
        let way = choose(how, self.sso.session.is_some(), self.asker.env);
        let oidc = self.oidc()?;
        let (client, is_new) = self.client(&oidc, !way.device_code).await?;
        let mut client = client;
        let mut done = self.try_with(way, &oidc, &client).await?;
        if let Err(Failure::Refused { code, .. }) = &done
            && code == "InvalidClientException"
            && !is_new
        {
            self.complain(self.files.drop_client());
            (client, _) = self.client(&oidc, !way.device_code).await?;
            done = self.try_with(way, &oidc, &client).await?;
        }
        let tokens = done.map_err(|failure| refusals::failed(self, failure))?;
        Ok((tokens, client))
    }

    async fn try_with(
        &self,
        way: SignInWay,
        oidc: &Oidc,
        client: &Registered,
    ) -> Result<std::result::Result<Tokens, Failure>> {
        if way.device_code {
            return device::sign_in(self, way, oidc, client).await;
        }
        let done = browser::sign_in(self, way, oidc, client).await;
        if done
            .as_ref()
            .is_err_and(|error| error.kind != Kind::Refused)
        {
            // A browser tells nobody but its user that AWS does not know the client: the next try
            // has another.
            self.complain(self.files.drop_client());
        }
        done
    }

    /// A client that was registered before, or a new one; and whether it is new.
    async fn client(&self, oidc: &Oidc, for_browser: bool) -> Result<(Registered, bool)> {
        let now = (self.asker.now)();
        if let Some(client) = self
            .files
            .client(for_browser)
            .filter(|client| (client.expires_at - now).num_seconds() >= CLIENT_LEFT)
        {
            return Ok((client, false));
        }
        let sso = self.sso;
        let usual = for_browser.then(|| vec![USUAL_SCOPE.to_owned()]);
        let scopes = sso.scopes.clone().or(usual);
        let name = sso.session.as_deref().unwrap_or("legacy");
        let new = NewClient {
            name: &format!("xacct-client-{name}"),
            scopes: scopes.clone(),
            browser: for_browser.then_some(BrowserClient {
                grant_types: &BROWSER_GRANTS,
                redirect_uri: browser::REDIRECT,
                issuer_url: &sso.start_url,
            }),
        };
        let registered = oidc.register_client(&new).await;
        let client = registered.map_err(|failure| refusals::failed(self, failure))?;
        self.complain(self.files.keep_client(
            &client,
            scopes,
            for_browser.then_some(&BROWSER_GRANTS[..]),
        ));
        Ok((client, true))
    }
}
