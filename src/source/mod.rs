//! Base credentials: what the first request of a plan is signed with.
//!
//! Keys are values already; the rest is fetched here, each time it is asked for. Keeping what was
//! fetched is `broker`'s, and a web identity is a request to STS, which is `aws`'s.

mod process;
mod metadata;
mod login;
mod stored;

pub(crate) use login::remove_all as sign_out_of_logins;
pub(crate) use stored::credentials as stored_credentials;

use crate::cache::{SignIn, Store};
use crate::credentials::Credentials;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::plan::{Plan, Source};
use crate::sso::{self, Asker, SignedIn, SsoSession};

/// What a source gave, and the sign-in that it came from, where it has one.
pub(crate) struct Fetched {
    pub(crate) credentials: Credentials,
    pub(crate) sign_in: Option<SignIn>,
}

impl From<Credentials> for Fetched {
    fn from(credentials: Credentials) -> Fetched {
        Fetched {
            credentials,
            sign_in: None,
        }
    }
}

/// Whether somebody is signed in at a plan's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SignInState {
    /// The source has no sign-in.
    NotNeeded,
    SignedOut,
    SignedIn(SignIn),
}

impl SignInState {
    /// Whether credentials that came from this sign-in may still be used: they belong to it, and
    /// end with it.
    pub(crate) fn allows(&self, sign_in: Option<&SignIn>) -> bool {
        match self {
            SignInState::NotNeeded => true,
            SignInState::SignedOut => false,
            SignInState::SignedIn(now) => sign_in == Some(now),
        }
    }
}

/// What the token's file of a plan's sign-in is called, without its ending; `None` where the source
/// has no sign-in.
pub(crate) fn sign_in_file(plan: &Plan) -> Option<String> {
    match &plan.source {
        Source::Sso(sso) => Some(sso::file_name(sso)),
        Source::Login { login_session, .. } => Some(login::file_name(login_session)),
        _ => None,
    }
}

/// Who is signed in now. Reads files only for a source that has a sign-in.
pub(crate) fn sign_in_state(plan: &Plan, env: &Env, store: &Store) -> SignInState {
    let now = match &plan.source {
        Source::Sso(sso) => sso::current_sign_in(sso, env, store),
        Source::Login { login_session, .. } => login::current_sign_in(login_session, env),
        _ => return SignInState::NotNeeded,
    };
    now.map_or(SignInState::SignedOut, SignInState::SignedIn)
}

/// The keys of a source that has some; a keyring is asked for its own.
///
/// Errors: `Config` where the keyring or the key is not there, `NeedsPerson` where it is locked and
/// stays so, `Signal`.
pub(crate) async fn signing_keys(source: &Source, asker: Asker<'_>) -> Result<Credentials> {
    match source {
        Source::StoredKey(key) => stored::fetch(key, asker).await,
        _ => keys(source),
    }
}

/// The keys of a source that needs nothing to get them.
pub(crate) fn keys(source: &Source) -> Result<Credentials> {
    match source {
        Source::AccessKey { keys, .. } | Source::Environment { keys } => Ok(keys.clone()),
        _ => Err(Error::other("this source has no keys of its own")),
    }
}

/// The credentials of a plan's source that has to be asked.
///
/// Errors: `Config` where it cannot be asked, `Refused` where it says no, `Unreachable` where it
/// does not answer.
pub(crate) async fn fetch(plan: &Plan, asker: Asker<'_>) -> Result<Fetched> {
    if let Some(session) = SsoSession::of(plan, asker)? {
        let (credentials, sign_in) = session.role_credentials().await?;
        return Ok(Fetched {
            credentials,
            sign_in: Some(sign_in),
        });
    }
    if let Some(session) = login::LoginSession::of(plan, asker)? {
        return session.credentials().await;
    }
    let source = &plan.source;
    let credentials = match source {
        Source::AccessKey { .. } | Source::Environment { .. } => keys(source)?,
        Source::StoredKey(key) => stored::fetch(key, asker).await?,
        Source::Ec2InstanceMetadata(metadata) => metadata::ec2(metadata, asker.env).await?,
        Source::EcsContainer => metadata::container(asker.env).await?,
        Source::CredentialProcess {
            profile,
            command,
            place,
            ..
        } => process::run(profile, command, asker)
            .await
            .map_err(|error| process::located(error, place))?,
        // Not asked here: see above, and `broker`.
        Source::WebIdentity(_) | Source::Sso(_) | Source::Login { .. } => {
            return Err(Error::other("this source is not asked here"));
        }
    };
    Ok(credentials.into())
}

/// Signs in as `login_session` says, unless there is a session. `None` where the plan has another
/// source.
///
/// Errors: `NeedsPerson` where somebody must sign in and nobody may be asked, or nobody came,
/// `Refused`, `Unreachable`, `Signal`.
pub(crate) async fn sign_in_as_login(plan: &Plan, asker: Asker<'_>) -> Result<Option<SignedIn>> {
    match login::LoginSession::of(plan, asker)? {
        Some(session) => session.login().await.map(Some),
        None => Ok(None),
    }
}

/// The same, even if there is a session.
pub(crate) async fn sign_in_again_as_login(
    plan: &Plan,
    asker: Asker<'_>,
) -> Result<Option<SignedIn>> {
    match login::LoginSession::of(plan, asker)? {
        Some(session) => session.login_again().await.map(Some),
        None => Ok(None),
    }
}

/// Signs in, whoever it is, as `aws login` does. Gives the ARN that `login_session` has to be;
/// `None` where the plan has another source.
///
/// Errors: as [`sign_in_as_login`].
pub(crate) async fn sign_in_as_anyone(plan: &Plan, asker: Asker<'_>) -> Result<Option<String>> {
    match login::LoginSession::of(plan, asker)? {
        Some(session) => session.login_of_anyone().await.map(Some),
        None => Ok(None),
    }
}

/// Removes the token that `aws login` has left, as `aws logout` does. Whether there was one; `None`
/// where the plan has another source.
///
/// Errors: `Other` where it cannot be removed, `NeedsPerson` where another process holds it,
/// `Signal`.
pub(crate) async fn sign_out_of_login(plan: &Plan, asker: Asker<'_>) -> Result<Option<bool>> {
    match login::LoginSession::of(plan, asker)? {
        Some(session) => session.logout().await.map(Some),
        None => Ok(None),
    }
}
