//! Signing in and out ahead of time, and asking what there is, for plans whose source is Identity Center.

use crate::aws::PortalAccount;
use crate::error::Result;
use crate::sso::{Asker, Assigned, Session, SignedIn};

use super::patience::{self, Patience};
use super::{Broker, wait};

impl Broker<'_> {
    /// Makes sure that somebody is signed in; with `--refresh`, even if somebody is. Needs no terminal: whoever wants
    /// this command run is at a browser. `None` where the plan has another source.
    ///
    /// Errors: `NeedsPerson` where somebody must sign in and `--no-input` forbids asking or nobody came, `Refused`,
    /// `Unreachable` (also when `--within` is over), `Signal`.
    pub(crate) fn sign_in(&self) -> Result<Option<SignedIn>> {
        let asker = Asker { sign_in: self.options.sign_in, ..self.asker() };
        let Some(session) = Session::of(self.plan, asker)? else { return Ok(None) };
        let login = session.login(self.options.refresh);
        wait(async {
            let done = Patience::of(self).bound(login).await;
            done.unwrap_or_else(|| Err(patience::too_slow(self)))
        })?
        .map(Some)
    }

    /// Ends the session and forgets its token, but not the credentials that it gave. Whether somebody was signed in;
    /// `None` where the plan has another source.
    ///
    /// Errors: `Other` where the token's file cannot be removed, `Signal`.
    pub(crate) fn sign_out(&self) -> Result<Option<bool>> {
        let Some(session) = Session::of(self.plan, self.asker())? else { return Ok(None) };
        wait(session.logout())?.map(Some)
    }

    /// What is assigned to whoever is signed in, with the roles in the accounts that are wanted. `None` where the plan
    /// has another source.
    ///
    /// Errors: as [`Broker::sign_in`], but a person is asked only at a terminal.
    pub(crate) fn assignments(
        &self,
        is_wanted: impl Fn(&PortalAccount) -> bool,
    ) -> Result<Option<Vec<Assigned>>> {
        let Some(session) = Session::of(self.plan, self.asker())? else { return Ok(None) };
        wait(session.assignments(is_wanted))?.map(Some)
    }
}
