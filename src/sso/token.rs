//! The session's access token: as it is, refreshed, or by a sign-in; one process at a time.

use chrono::{DateTime, Utc};

use super::failure_note::FailureNote;
use super::files::SsoToken;
use super::{Current, SsoSession, Turn, lineage, refusals};
use crate::aws::{Failure, Grant, Registered, Tokens};
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use crate::terminal::finishing;

/// A token is refreshed with this much left, in seconds, as the AWS CLI does.
const REFRESH: i64 = 900;
/// For this long after a failed refresh, in seconds, a token that is still good is not refreshed
/// again.
const PAUSE: i64 = 30;

/// A token, and how it was come by.
pub(super) struct Got {
    pub(super) token: SsoToken,
    /// By a sign-in just now, and so perhaps of somebody else than the last one.
    pub(super) by_person: bool,
}

impl Got {
    fn unasked(token: SsoToken) -> Got {
        Got {
            token,
            by_person: false,
        }
    }
}

impl SsoSession<'_> {
    /// A token that the portal takes, as far as its file can tell; not `rejected`, which it did not
    /// take.
    ///
    /// Errors: `NeedsPerson`, `Refused`, `Unreachable`, `Signal`.
    pub(super) async fn token(&self, rejected: Option<&Secret>) -> Result<Got> {
        let began = self.now();
        let current = self.current(rejected);
        if let Some(token) = current.filter(|token| token.left(began) >= REFRESH) {
            return Ok(Got::unasked(token));
        }
        let valid = self.current(rejected).filter(|token| token.left(began) > 0);
        let _turn = match (self.turn(Current::valid_if(valid.is_some())).await?, valid) {
            (Turn::Others, Some(token)) => return Ok(Got::unasked(token)),
            (turn, _) => turn,
        };
        // Another process may have got one meanwhile.
        let usable = self
            .current(rejected)
            .filter(|token| token.left(self.now()) > 0);
        if let Some(token) = usable
            .as_ref()
            .filter(|token| token.left(self.now()) >= REFRESH)
        {
            return Ok(Got::unasked(token.clone()));
        }
        if usable.is_none() {
            self.heed_failure(began)?;
        }
        let is_recent =
            |note: &FailureNote| (0..PAUSE).contains(&(self.now() - note.failed_at).num_seconds());
        let paused = self.note().as_ref().is_some_and(is_recent);
        let refreshed = match self.files.token() {
            Some(token) if usable.is_none() || !paused => {
                self.refreshed(&token, usable.is_some()).await?
            }
            _ => None,
        };
        if let Some(token) = refreshed.or(usable) {
            return Ok(Got::unasked(token));
        }
        if rejected.is_some() {
            self.complain(self.files.drop_token());
        }
        self.signed_in().await
    }

    /// What the file has, unless it is `rejected`.
    fn current(&self, rejected: Option<&Secret>) -> Option<SsoToken> {
        let token = self.files.token()?;
        (Some(&token.access_token) != rejected).then_some(token)
    }

    /// A sign-in, whether there is a token or not.
    pub(super) async fn sign_in_again(&self) -> Result<Got> {
        let (began, before) = (self.now(), self.files.token());
        let _turn = self.turn(Current::Unusable).await?;
        let rejected = before.as_ref().map(|old| &old.access_token);
        if let Some(token) = self
            .current(rejected)
            .filter(|token| token.left(self.now()) > 0)
        {
            // Another process has just done so.
            return Ok(Got::unasked(token));
        }
        self.heed_failure(began)?;
        self.signed_in().await
    }

    /// The process that held the lock failed while this one waited: this one would fail too.
    fn heed_failure(&self, began: DateTime<Utc>) -> Result<()> {
        let failed = self.note().filter(|note| note.is_within(began, self.now()));
        failed.map_or(Ok(()), |note| {
            Err(refusals::failed_elsewhere(self.sso, note.unreachable))
        })
    }

    /// The session's lock.
    pub(super) async fn turn(&self, current: Current) -> Result<Turn> {
        let name = format!("sso-{}", self.files.name);
        let why = format!(", which signs in at {}", self.sso.start_url);
        let meanwhile = "the sign-in's token is used while it lasts";
        self.asker.turn(&name, &why, (current, meanwhile)).await
    }

    fn now(&self) -> DateTime<Utc> {
        (self.asker.now)()
    }

    /// The token's successor; `None` where it can have none, or where AWS is out of reach and it
    /// `is_usable` itself.
    async fn refreshed(&self, token: &SsoToken, is_usable: bool) -> Result<Option<SsoToken>> {
        let Some((client, refresh_token)) = token.refreshable(self.now()) else {
            return Ok(None);
        };
        // What comes back replaces what was sent, which is worth nothing from then on: it must be
        // kept.
        let attempt = finishing(async {
            let tokens = self.exchange(client, refresh_token).await?;
            Ok(self.keep(tokens, client.clone(), Some(token)))
        });
        match attempt.await? {
            Ok(token) => Ok(Some(token)),
            Err(Failed::Answer(Failure::Refused { code, .. })) => {
                self.asker
                    .voice
                    .trace(1, &format!("the token cannot be refreshed: {code}"));
                if code == "InvalidClientException" {
                    self.complain(self.files.drop_client());
                }
                Ok(None)
            }
            Err(failed) => {
                self.leave_note(Kind::Unreachable);
                match failed {
                    _ if is_usable => Ok(None),
                    Failed::Answer(failure) => Err(refusals::failed(self, failure)),
                    Failed::Unsent(error) => Err(error),
                }
            }
        }
    }

    /// Once more only where nothing was sent.
    async fn exchange(
        &self,
        client: &Registered,
        token: &Secret,
    ) -> std::result::Result<Tokens, Failed> {
        let oidc = self.oidc().map_err(Failed::Unsent)?;
        let grant = Grant::Refresh { token };
        Failure::again_if_unsent(async || oidc.create_token(client, &grant).await)
            .await
            .map_err(Failed::Answer)
    }

    /// By a person, if one may be asked.
    async fn signed_in(&self) -> Result<Got> {
        let Some(how) = self.asker.sign_in else {
            let other = self.files.elsewhere(self.now());
            return Err(if self.asker.in_background && other.is_none() {
                refusals::in_background(self.sso)
            } else {
                refusals::needs_sign_in(self.sso, other.as_ref())
            });
        };
        match self.sign_in(how).await {
            Ok((tokens, client)) => Ok(Got {
                token: self.keep(tokens, client, None),
                by_person: true,
            }),
            Err(error) => {
                // After Ctrl-C in one terminal, another one's process may well ask.
                if !matches!(error.kind, Kind::Signal(_)) {
                    self.leave_note(error.kind);
                }
                Err(error)
            }
        }
    }

    /// Writes the token down, the successor of the one `before` or that of a new sign-in. An answer
    /// without a refresh token leaves the last one as it is (Rust SDK, RFC 6749 section 6).
    fn keep(&self, tokens: Tokens, client: Registered, before: Option<&SsoToken>) -> SsoToken {
        let earlier = before.and_then(|token| token.refresh_token.clone());
        let token = SsoToken {
            access_token: tokens.access_token,
            expires_at: tokens.expires_at,
            refresh_token: tokens.refresh_token.or(earlier),
            client: Some(client),
        };
        lineage::note(&self.files, &token, before, self.asker.store);
        self.complain(self.files.keep_token(&token));
        if before.is_none() {
            let now = self.sign_in_of(&token);
            self.asker.store.forget_earlier_sign_ins(&now);
        }
        token
    }

    fn note(&self) -> Option<FailureNote> {
        FailureNote::of(self.asker.store, &self.note_name())
    }

    fn leave_note(&self, kind: Kind) {
        FailureNote::leave(self.asker.store, &self.note_name(), self.now(), kind);
    }

    fn note_name(&self) -> String {
        format!("{}.json", self.files.name)
    }
}

/// Why there is no new token.
enum Failed {
    Answer(Failure),
    /// There is no way to AWS at all: a CA bundle that cannot be read.
    Unsent(Error),
}
