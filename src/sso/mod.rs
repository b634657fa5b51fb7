//! IAM Identity Center: signing in and out, the token that comes of it, what it lists and the role
//! credentials that it buys.
//!
//! The token lives where the AWS CLI keeps it, so that one sign-in serves every tool of the
//! machine. One process at a time refreshes a token or signs in, under a lock of the session's
//! name; the others then find the token there. Keeping role credentials is `broker`'s.

mod files;
mod refusals;
mod lineage;
mod failure_note;
mod pkce;
mod sign_in_page;
mod page;
mod browser;
mod device;
mod sign_in;
mod token;
mod assignments;

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use crate::aws::{Asking, Failure, Network, Oidc, Portal};
use crate::cache::{Lock, SignIn, Store};
use crate::credentials::Credentials;
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::lock_wait::{FOR_NEWER, Waiter};
use crate::plan::{Connection, IdentityCenter, Plan, Sso};
use crate::say::Voice;
pub(crate) use assignments::Assigned;
pub(crate) use failure_note::FailureNote;
use files::{SsoFiles, SsoToken};
pub(crate) use files::{TokenOnDisk, all_tokens, file_name, remove_token};
pub(crate) use lineage::current as current_sign_in;
pub(crate) use page::{Brought, PATH as CALLBACK, Page};
pub(crate) use pkce::Verifier;
pub(crate) use sign_in_page::{LIMIT, SignInWay, choose, show, waiting};

/// Where this module's notes are, in the cache directory.
const NOTES: &str = "sso";
/// How long Identity Center may take to end a sign-in.
const FOR_LOGOUT: Duration = Duration::from_secs(10);

/// Who asks, and with what.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) env: &'a Env,
    pub(crate) store: &'a Store,
    pub(crate) network: &'a Network,
    pub(crate) voice: Voice,
    pub(crate) now: fn() -> DateTime<Utc>,
    /// `xacct exec client1 (pid 123)`, for those who wait.
    pub(crate) me: &'a str,
    /// How a person may be asked to sign in; `None` where nobody may be.
    pub(crate) sign_in: Option<How>,
    /// Whether nobody may be asked only because the terminal is another program's just now.
    pub(crate) in_background: bool,
    /// `--no-input`, which other programs are told too.
    pub(crate) no_input: bool,
    /// When waiting for another process's sign-in is given up.
    pub(crate) until: Option<Instant>,
}

/// The right to renew something, held by one process at a time.
pub(crate) enum Turn {
    /// Without a usable cache there is no lock, and the work is done all the same.
    Mine { _lock: Option<Lock> },
    /// Another process takes its time, and what there is is still valid: it is used meanwhile.
    Others,
}

/// What a process has that waits to renew it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Current {
    Valid,
    /// Nothing, or something that cannot be used.
    Unusable,
}

impl Current {
    pub(crate) fn valid_if(is_valid: bool) -> Current {
        if is_valid {
            Current::Valid
        } else {
            Current::Unusable
        }
    }
}

impl<'a> Asker<'a> {
    /// Waits for the lock of this name, for which another process may hold it as `why` says. If
    /// `current` is valid, not for long; `meanwhile` says then that it is used.
    ///
    /// Errors: as [`Waiter::wait_for`].
    pub(crate) async fn turn(
        &self,
        name: &str,
        why: &str,
        (current, meanwhile): (Current, &str),
    ) -> Result<Turn> {
        let is_valid = current == Current::Valid;
        let newer = is_valid.then(|| Instant::now() + FOR_NEWER);
        let voice = self.voice;
        let waiter = Waiter {
            store: self.store,
            voice,
            me: self.me,
            until: self.until.into_iter().chain(newer).min(),
        };
        let lock = waiter.wait_for(name, why, |warning| voice.warn(warning));
        match lock.await {
            Ok(lock) => Ok(Turn::Mine { _lock: lock }),
            Err(error) if is_valid && error.kind == Kind::NeedsPerson => {
                voice.warn(&format!("{error}; {meanwhile}"));
                Ok(Turn::Others)
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) fn asking(&self, connection: &'a Connection) -> Asking<'a> {
        Asking {
            network: self.network,
            connection,
            now: self.now,
            voice: self.voice,
        }
    }
}

/// What the command line says of signing in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct How {
    /// `--device-code`
    pub(crate) device_code: bool,
    /// `--no-browser`
    pub(crate) no_browser: bool,
}

/// The session of a plan's source.
pub(crate) struct SsoSession<'a> {
    sso: &'a Sso,
    center: &'a IdentityCenter,
    connection: &'a Connection,
    asker: Asker<'a>,
    files: SsoFiles<'a>,
}

/// What [`SsoSession::login`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignedIn {
    /// Somebody has signed in just now, whoever it was before.
    pub(crate) by_person: bool,
}

impl<'a> SsoSession<'a> {
    /// `None` where the plan's source is something else.
    ///
    /// Errors: of kind `Config`, where no home directory found.
    pub(crate) fn of(plan: &'a Plan, asker: Asker<'a>) -> Result<Option<SsoSession<'a>>> {
        let (Some(sso), Some(center)) = (plan.sso(), &plan.identity_center) else {
            return Ok(None);
        };
        let files = SsoFiles::new(sso, asker.env)?;
        Ok(Some(SsoSession {
            sso,
            center,
            connection: &plan.connection,
            asker,
            files,
        }))
    }

    /// The role's credentials, and the sign-in that they came from. A token that the portal does
    /// not take is replaced once.
    ///
    /// Errors: `NeedsPerson` where somebody must sign in and nobody may be asked, `Refused` where
    /// the role is not theirs, `Unreachable`.
    pub(crate) async fn role_credentials(&self) -> Result<(Credentials, SignIn)> {
        let sso = self.sso;
        let (Some(account_id), Some(role_name)) = (&sso.account_id, &sso.role_name) else {
            return Err(refusals::no_role(sso));
        };
        let portal = self.portal()?;
        let mut token = self.token(None).await?.token;
        for is_second in [false, true] {
            let asked = portal.role_credentials(&token.access_token, account_id, role_name);
            match asked.await {
                Ok(credentials) => return Ok((credentials, self.sign_in_of(&token))),
                Err(failure) if !is_second && is_unauthorized(&failure) => {
                    token = self.token(Some(&token.access_token)).await?.token;
                }
                Err(failure) => {
                    return Err(refusals::role_refused(self, account_id, role_name, failure));
                }
            }
        }
        Err(Error::other(
            "Identity Center was asked twice and gave nothing",
        ))
    }

    /// Signs in unless there is a valid token.
    ///
    /// Errors: as [`SsoSession::role_credentials`].
    pub(crate) async fn login(&self) -> Result<SignedIn> {
        let by_person = self.token(None).await?.by_person;
        Ok(SignedIn { by_person })
    }

    /// Signs in even if there is a valid token.
    ///
    /// Errors: as [`SsoSession::role_credentials`].
    pub(crate) async fn login_again(&self) -> Result<SignedIn> {
        let by_person = self.sign_in_again().await?.by_person;
        Ok(SignedIn { by_person })
    }

    /// Ends the session at AWS, as far as AWS is there, and forgets its token. `false` if there
    /// was no token.
    ///
    /// Errors: `Other`, where the token's file cannot be removed.
    pub(crate) async fn logout(&self) -> Result<bool> {
        let _turn = self.turn(Current::Unusable).await?;
        if let Some(token) = self.files.token() {
            self.end_at_aws(&token.access_token).await;
        }
        self.files.drop_token().map_err(Error::other)
    }

    /// The same for a token's file, whoever wrote it.
    pub(crate) async fn logout_of(self, token: &TokenOnDisk) -> Result<bool> {
        let files = self.files.named(&token.name);
        let session = SsoSession { files, ..self };
        // Other tools may call their files anything.
        let is_lockable = token.name.chars().all(|c| c.is_ascii_alphanumeric());
        let _turn = if is_lockable {
            session.turn(Current::Unusable).await.ok()
        } else {
            None
        };
        session.end_at_aws(token.access_token()).await;
        session.files.drop_token().map_err(Error::other)
    }

    fn sign_in_of(&self, token: &SsoToken) -> SignIn {
        lineage::of(&self.files, token, self.asker.store)
    }

    /// What goes wrong costs a warning: here it is forgotten all the same.
    async fn end_at_aws(&self, access_token: &crate::secret::Secret) {
        let ended = async { Ok::<_, Error>(self.portal()?.logout(access_token).await) };
        let why = match tokio::time::timeout(FOR_LOGOUT, ended).await {
            Ok(Ok(Ok(()))) => return,
            // It has ended already.
            Ok(Ok(Err(failure))) if is_unauthorized(&failure) => return,
            Ok(Ok(Err(failure))) => failure.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer in {} seconds", FOR_LOGOUT.as_secs()),
        };
        self.asker.voice.warn(&format!(
            "the sign-in at {} is forgotten here, but may live on there: {why}",
            self.sso.start_url
        ));
    }

    fn portal(&self) -> Result<Portal> {
        let asking = self.asker.asking(self.connection);
        Portal::new(&self.center.portal, &self.sso.region, asking)
    }

    fn oidc(&self) -> Result<Oidc> {
        let asking = self.asker.asking(self.connection);
        Oidc::new(&self.center.oidc, &self.sso.region, asking)
    }

    /// What went wrong with a file costs the next process a request, never this one its answer.
    fn complain<T>(&self, result: std::result::Result<T, String>) {
        if let Err(why) = result {
            self.asker.voice.warn(&why);
        }
    }
}

/// Whether new role credentials would cost a person's time: the token has ended, and nothing in its
/// file can get another. Reads that file only.
pub(crate) fn needs_person(plan: &Plan, env: &Env, now: DateTime<Utc>) -> bool {
    let Some(sso) = plan.sso() else { return false };
    let token = SsoFiles::new(sso, env).ok().and_then(|files| files.token());
    token.is_none_or(|token| token.left(now) <= 0 && token.refreshable(now).is_none())
}

fn is_unauthorized(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused { code, .. } if code == "UnauthorizedException")
}
