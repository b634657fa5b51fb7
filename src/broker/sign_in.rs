//! Signing in and out ahead of time, for plans whose source has a sign-in, and asking what there is
//! at Identity Center.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use crate::aws::PortalAccount;
use crate::error::Result;
use crate::source;
use crate::sso::{Asker, Assigned, SignedIn, SsoSession, TokenOnDisk};

use super::time_limit::{self, Patience};
use super::{Broker, wait};

/// Sign-ins that are ended at a time.
const AT_ONCE: usize = 8;
/// How long one of them waits for another process that has its lock.
const FOR_LOCK: Duration = Duration::from_secs(5);

impl Broker<'_> {
    /// Makes sure that somebody is signed in; with `--refresh`, even if somebody is. Needs no
    /// terminal: whoever wants this command run is at a browser. `None` where the plan has another
    /// source.
    ///
    /// Errors: `NeedsPerson` where somebody must sign in and `--no-input` forbids asking or nobody
    /// came, `Refused`, `Unreachable` (also when `--within` is over), `Signal`.
    pub(crate) fn sign_in(&self) -> Result<Option<SignedIn>> {
        wait(async {
            let done = Patience::of(self).bound(self.signed_in()).await;
            done.unwrap_or_else(|| Err(time_limit::too_slow(self)))
        })?
    }

    async fn signed_in(&self) -> Result<Option<SignedIn>> {
        let (asker, again) = (self.asker_for_anyone(), self.options.refresh);
        match SsoSession::of(self.plan, asker)? {
            Some(session) if again => session.login_again().await.map(Some),
            Some(session) => session.login().await.map(Some),
            None if again => source::sign_in_again_as_login(self.plan, asker).await,
            None => source::sign_in_as_login(self.plan, asker).await,
        }
    }

    /// Signs in with `aws login`'s pages, whoever it is. Gives the ARN; `None` where the plan has
    /// another source.
    ///
    /// Errors: as [`Broker::sign_in`].
    pub(crate) fn sign_in_as_anyone(&self) -> Result<Option<String>> {
        let signed_in = source::sign_in_as_anyone(self.plan, self.asker_for_anyone());
        wait(async {
            let done = Patience::of(self).bound(signed_in).await;
            done.unwrap_or_else(|| Err(time_limit::too_slow(self)))
        })?
    }

    fn asker_for_anyone(&self) -> Asker<'_> {
        Asker {
            sign_in: self.options.sign_in,
            ..self.asker()
        }
    }

    /// Ends the session and forgets its token, but not the credentials that it gave. Whether
    /// somebody was signed in; `None` where the plan's source has no sign-in.
    ///
    /// Errors: `Other` where the token's file cannot be removed, `Signal`.
    pub(crate) fn sign_out(&self) -> Result<Option<bool>> {
        if let Some(session) = SsoSession::of(self.plan, self.asker())? {
            return wait(session.logout())?.map(Some);
        }
        wait(source::sign_out_of_login(self.plan, self.asker()))?
    }

    /// As [`Broker::sign_out`], for this token's file.
    async fn sign_out_of(&self, token: &TokenOnDisk) -> Result<bool> {
        let asker = Asker {
            until: Some(Instant::now() + FOR_LOCK),
            ..self.asker()
        };
        match SsoSession::of(self.plan, asker)? {
            Some(session) => session.logout_of(token).await,
            None => Ok(false),
        }
    }

    /// What is assigned to whoever is signed in, with the roles in the accounts that are wanted.
    /// `None` where the plan has another source.
    ///
    /// Errors: as [`Broker::sign_in`], but a person is asked only at a terminal.
    pub(crate) fn assignments(
        &self,
        is_wanted: impl Fn(&PortalAccount) -> bool,
    ) -> Result<Option<Vec<Assigned>>> {
        let Some(session) = SsoSession::of(self.plan, self.asker())? else {
            return Ok(None);
        };
        wait(session.assignments(is_wanted))?.map(Some)
    }
}

/// Ends these sign-ins, side by side; none waits for one that fails. What came of each.
///
/// Errors: `Signal`.
pub(crate) fn sign_out_all(sign_ins: &[(Broker<'_>, &TokenOnDisk)]) -> Result<Vec<Result<bool>>> {
    let ends = sign_ins
        .iter()
        .map(|(broker, token)| broker.sign_out_of(token));
    wait(stream::iter(ends).buffered(AT_ONCE).collect())
}
