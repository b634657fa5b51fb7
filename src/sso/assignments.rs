//! What is assigned to whoever is signed in: the accounts, and the roles in those that are wanted.

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{SsoSession, is_unauthorized, refusals};
use crate::aws::{Failure, Portal, PortalAccount};
use crate::error::Result;
use crate::secret::Secret;

/// Accounts that are asked about at a time; the pace is the network's.
const AT_A_TIME: usize = 16;

/// An account with its roles; `None` where they were not wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assigned {
    pub(crate) account: PortalAccount,
    pub(crate) roles: Option<Vec<String>>,
}

impl SsoSession<'_> {
    /// Asks the portal, with a new token where it does not take the one that is there.
    ///
    /// Errors: as [`SsoSession::role_credentials`].
    pub(crate) async fn assignments(
        &self,
        is_wanted: impl Fn(&PortalAccount) -> bool,
    ) -> Result<Vec<Assigned>> {
        let portal = self.portal()?;
        let token = self.token(None).await?.token;
        let listed = match self.list(&portal, &token.access_token, &is_wanted).await {
            Err(failure) if is_unauthorized(&failure) => {
                let token = self.token(Some(&token.access_token)).await?.token;
                self.list(&portal, &token.access_token, &is_wanted).await
            }
            listed => listed,
        };
        listed.map_err(|failure| refusals::not_listed(self, failure))
    }

    async fn list(
        &self,
        portal: &Portal,
        token: &Secret,
        is_wanted: &impl Fn(&PortalAccount) -> bool,
    ) -> std::result::Result<Vec<Assigned>, Failure> {
        let accounts = portal.accounts(token).await?;
        let (wanted, rest): (Vec<_>, Vec<_>) = accounts.into_iter().partition(is_wanted);
        let (mut progress, mut done, all) = (self.asker.voice.progress(), 0, wanted.len());
        let asked = stream::iter(wanted).map(|account| async move {
            let roles = portal.roles(token, &account.account_id).await?;
            Ok(Assigned {
                account,
                roles: Some(roles),
            })
        });
        let mut assigned: Vec<Assigned> = asked
            .buffered(AT_A_TIME)
            .inspect_ok(|_| {
                done += 1;
                progress.say(&format!("the roles in {done} of {all} accounts"));
            })
            .try_collect()
            .await?;
        assigned.extend(rest.into_iter().map(|account| Assigned {
            account,
            roles: None,
        }));
        Ok(assigned)
    }
}
