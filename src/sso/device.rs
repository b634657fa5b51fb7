//! Signing in by a device code (RFC 8628): a page on any computer, and a code that is the same
//! there and here.

use std::time::Duration;

use super::sign_in_page::{SignInWay, show, waiting};
use super::{SsoSession, refusals};
use crate::aws::{Failure, Grant, Oidc, Registered, Tokens};
use crate::error::Result;

/// How much longer the interval gets when Identity Center asks for that (RFC 8628 section 3.5), in
/// seconds.
const SLOWER: u64 = 5;

/// Errors: `NeedsPerson` where nobody came, `Signal`; AWS's own failures are given for the caller
/// to judge.
pub(super) async fn sign_in(
    session: &SsoSession<'_>,
    way: SignInWay,
    oidc: &Oidc,
    client: &Registered,
) -> Result<std::result::Result<Tokens, Failure>> {
    let started = oidc
        .start_device_authorization(client, &session.sso.start_url)
        .await;
    let device = match started {
        Ok(device) => device,
        Err(failure) => return Ok(Err(failure)),
    };
    let what = if way.opens {
        format!(
            "the page that opens now must show the code {}; if none opens, open",
            device.user_code
        )
    } else {
        format!(
            "to sign in, open this page, which must show the code {}",
            device.user_code
        )
    };
    show(&session.asker, way.opens, &what, &device.page).await;
    let grant = Grant::Device { code: &device.code };
    let polls = async {
        let mut interval = u64::from(device.interval);
        loop {
            match oidc.create_token(client, &grant).await {
                Err(Failure::Refused { code, .. }) if code == "AuthorizationPendingException" => {}
                Err(Failure::Refused { code, .. }) if code == "SlowDownException" => {
                    interval += SLOWER;
                }
                // A network that comes and goes while a person types a password is no reason to
                // start again.
                Err(Failure::Unreachable { .. }) => {}
                answer => return answer,
            }
            tokio::time::sleep(Duration::from_secs(interval)).await;
        }
    };
    let done = waiting(session.asker.voice, device.expires_in, polls).await?;
    done.ok_or_else(|| refusals::too_late(session.sso))
}
