//! `login_session`: the session that `aws login` keeps under `~/.aws/login/cache`, in the AWS CLI's
//! own file, which every SDK shares. Its refresh token is good for one use: one process at a time
//! renews it or signs in, and the file is replaced whole.

mod token;
mod refusals;
mod page;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use self::page::Answered;
pub(super) use self::token::file_name;
pub(crate) use self::token::remove_all;
use self::token::{LoginToken, stem};
use super::Fetched;
use crate::aws::Signin;
use crate::cache::SignIn;
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::files::read_bytes;
use crate::plan::{Endpoint, Plan, Source};
use crate::sso::{Asker, Current, FailureNote, SignedIn, Turn};
use crate::terminal::finishing;

/// A session is renewed with less than this left, in seconds, as every SDK does.
const REFRESH: i64 = 300;

/// What `aws login` has signed in, and for which profile it is wanted.
#[expect(clippy::struct_field_names, reason = "the config key")]
pub(super) struct LoginSession<'a> {
    pub(super) profile: &'a str,
    /// `None` where whoever signs in decides it.
    pub(super) login_session: Option<&'a str>,
    pub(super) signin: &'a Endpoint,
    pub(super) plan: &'a Plan,
    pub(super) asker: Asker<'a>,
}

/// A session, and whether somebody has signed in for it just now.
struct Got {
    token: LoginToken,
    by_person: bool,
}

impl Got {
    fn unasked(token: LoginToken) -> Got {
        Got {
            token,
            by_person: false,
        }
    }
}

/// Why what there was gives nothing any more; a sign-in helps.
struct Ended(Error);

/// The session whose token is there now. Its key is made by `aws login`, and every renewal is bound
/// to it.
pub(super) fn current_sign_in(login_session: &str, env: &Env) -> Option<SignIn> {
    let file = token::path(login_session, env)?;
    let bytes = read_bytes(&file).ok()?;
    let token = token::parse(serde_json::from_slice(&bytes).ok()?).ok()?;
    Some(token.sign_in(&file))
}

impl<'a> LoginSession<'a> {
    /// `None` where the plan has another source.
    pub(super) fn of(plan: &'a Plan, asker: Asker<'a>) -> Result<Option<LoginSession<'a>>> {
        let Source::Login {
            profile,
            login_session,
        } = &plan.source
        else {
            return Ok(None);
        };
        let Some(signin) = &plan.signin else {
            return Err(Error::other("the plan does not say where AWS Sign-In is"));
        };
        Ok(Some(LoginSession {
            profile,
            login_session: Some(login_session),
            signin,
            plan,
            asker,
        }))
    }

    /// The session's credentials: renewed where they are about to end, by a sign-in where that
    /// does not work and a person may be asked.
    ///
    /// Errors: `NeedsPerson` where somebody must sign in, `Refused`, `Unreachable`, `Signal`.
    pub(super) async fn credentials(&self) -> Result<Fetched> {
        let file = self.file()?;
        let token = self.token(&file).await?.token;
        let sign_in = Some(token.sign_in(&file));
        Ok(Fetched {
            credentials: token.credentials,
            sign_in,
        })
    }

    /// Signs in unless there is a session that works.
    ///
    /// Errors: as [`LoginSession::credentials`].
    pub(super) async fn login(&self) -> Result<SignedIn> {
        let by_person = self.token(&self.file()?).await?.by_person;
        Ok(SignedIn { by_person })
    }

    /// Signs in even if there is one.
    ///
    /// Errors: as [`LoginSession::credentials`].
    pub(super) async fn login_again(&self) -> Result<SignedIn> {
        let by_person = self.anew(&self.file()?).await?.by_person;
        Ok(SignedIn { by_person })
    }

    /// Signs in, whoever it is. Gives the ARN, which is what `login_session` has to be.
    ///
    /// Errors: as [`LoginSession::credentials`].
    pub(super) async fn login_of_anyone(self) -> Result<String> {
        let session = LoginSession {
            login_session: None,
            ..self
        };
        let name = format!("login-new-{}", file_name(session.profile));
        let why = format!(", which signs in for profile '{}'", session.profile);
        let _turn = session
            .asker
            .turn(&name, &why, (Current::Unusable, ""))
            .await?;
        let answered = session.answered(session.needs_sign_in()).await?;
        finishing(session.kept(answered)).await?.map(|(_, arn)| arn)
    }

    /// Removes the token. Whether there was one.
    pub(super) async fn logout(&self) -> Result<bool> {
        let file = self.file()?;
        // A process that renews it now would write it back.
        let _turn = self.turn(&file, Current::Unusable).await?;
        match fs::remove_file(&file) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Error::other(format!(
                "cannot remove {}: {error}",
                file.display()
            ))),
        }
    }

    async fn turn(&self, file: &Path, current: Current) -> Result<Turn> {
        let name = format!("login-{}", stem(file));
        let session = self.login_session.unwrap_or_default();
        let why = format!(", which renews the session of aws login for {session}");
        let meanwhile = "its credentials are used while they last";
        self.asker.turn(&name, &why, (current, meanwhile)).await
    }

    /// The session as it is, renewed, or by a sign-in.
    async fn token(&self, file: &Path) -> Result<Got> {
        let began = self.now();
        let current = match self.read(file) {
            Ok(token) if token.left(began) >= REFRESH => return Ok(Got::unasked(token)),
            Ok(token) => Current::valid_if(token.left(began) > 0),
            Err(Ended(why)) if self.asker.sign_in.is_none() => return Err(self.nobody(why)),
            Err(_) => Current::Unusable,
        };
        // Held to the end, which may be a sign-in's.
        let turn = self.turn(file, current).await?;
        let is_others = matches!(turn, Turn::Others);
        // Somebody may have renewed it meanwhile, or signed in.
        let ended = match self.read(file) {
            Ok(token) if is_others || token.left(self.now()) >= REFRESH => {
                return Ok(Got::unasked(token));
            }
            Ok(token) => {
                if token.left(self.now()) <= 0 {
                    self.heed_failure(began)?;
                }
                // What comes back replaces what was sent, which is worth nothing from then on: it
                // must be kept.
                match finishing(self.renewed(file, token)).await?? {
                    Ok(token) => return Ok(Got::unasked(token)),
                    Err(ended) => ended,
                }
            }
            Err(ended) => {
                self.heed_failure(began)?;
                ended
            }
        };
        self.signed_in(ended.0).await
    }

    /// A sign-in, whether there is a session or not.
    async fn anew(&self, file: &Path) -> Result<Got> {
        let began = self.now();
        let before = self.read(file).ok().map(|token| token.sign_in(file));
        let _turn = self.turn(file, Current::Unusable).await?;
        if let Ok(token) = self.read(file)
            && token.left(self.now()) > 0
            && Some(token.sign_in(file)) != before
        {
            // Somebody has just done so.
            return Ok(Got::unasked(token));
        }
        self.heed_failure(began)?;
        self.signed_in(self.needs_sign_in()).await
    }

    /// By a person, if one may be asked; `why` is for where none may be.
    async fn signed_in(&self, why: Error) -> Result<Got> {
        let answered = self.answered(why).await?;
        let (token, _) = finishing(self.kept(answered)).await??;
        Ok(Got {
            token,
            by_person: true,
        })
    }

    async fn answered(&self, why: Error) -> Result<Answered> {
        let Some(how) = self.asker.sign_in else {
            return Err(self.nobody(why));
        };
        let answered = page::answered(self, how, self.service()?).await;
        if let Err(error) = &answered {
            self.note_failure(error);
        }
        answered
    }

    /// What the code of the page is exchanged for, in its file.
    async fn kept(&self, answered: Answered) -> Result<(LoginToken, String)> {
        let begun = answered.begun().await;
        let begun = begun.map_err(|failure| self.not_begun(failure));
        let begun = begun.and_then(|begun| self.wanted(begun));
        let begun = begun.inspect_err(|error| self.note_failure(error))?;
        let token = LoginToken::new(&begun, answered.client_id, &answered.pem)
            .map_err(|why| self.unusable(&why))?;
        let file = self.file_of(&begun.arn)?;
        let _turn = match self.login_session {
            Some(_) => None,
            // Whoever renews the session that was there would write it back.
            None => Some(self.turn(&file, Current::Unusable).await?),
        };
        if let Err(why) = token::write(&file, &token.members) {
            let message = format!("the session of aws login cannot be kept: {why}");
            let error = Error::other(message);
            self.note_failure(&error);
            return Err(error);
        }
        let store = self.asker.store;
        store.forget_earlier_sign_ins(&token.sign_in(&file));
        Ok((token, begun.arn))
    }

    /// The same session, with new credentials and a new refresh token.
    async fn renewed(
        &self,
        file: &Path,
        token: LoginToken,
    ) -> Result<std::result::Result<LoginToken, Ended>> {
        let Some((client_id, refresh_token, key)) = token.renewable() else {
            let why = self.unusable("it has nothing to be renewed with");
            return Ok(Err(Ended(why)));
        };
        let service = self.service()?;
        match service.refresh(client_id, &refresh_token, &key).await {
            Ok(new) => {
                let token = token.renewed(new);
                if let Err(why) = token::write(file, &token.members) {
                    self.asker.voice.warn(&format!(
                        "{why}: the session of aws login ends with what it gave now"
                    ));
                }
                Ok(Ok(token))
            }
            Err(_) if token.left(self.now()) > 0 => Ok(Ok(token)),
            Err(failure) => self.not_renewed(failure).map(Err),
        }
    }

    fn service(&self) -> Result<Signin> {
        let asking = self.asker.asking(&self.plan.connection);
        Signin::new(self.signin, &self.plan.region.name, asking)
    }

    fn file(&self) -> Result<PathBuf> {
        self.file_of(self.login_session.unwrap_or_default())
    }

    fn file_of(&self, login_session: &str) -> Result<PathBuf> {
        token::path(login_session, self.asker.env).ok_or_else(|| {
            Error::config("no home directory found to find the sessions of aws login under")
                .hint("set AWS_LOGIN_CACHE_DIRECTORY")
        })
    }

    fn read(&self, file: &Path) -> std::result::Result<LoginToken, Ended> {
        let bytes = match read_bytes(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Ended(self.signed_out()));
            }
            Err(error) => return Err(Ended(self.unusable(&error.to_string()))),
        };
        let members: Option<Map<String, Value>> = serde_json::from_slice(&bytes).ok();
        let parsed = members.map_or_else(|| Err(token::DAMAGED.to_owned()), token::parse);
        parsed.map_err(|why| Ended(self.unusable(&why)))
    }

    /// Whoever held the lock has failed while this process waited: so would it.
    fn heed_failure(&self, began: DateTime<Utc>) -> Result<()> {
        let note = FailureNote::of(self.asker.store, &self.note_name());
        match note.filter(|note| note.is_within(began, self.now())) {
            Some(note) => Err(self.failed_elsewhere(note.unreachable)),
            None => Ok(()),
        }
    }

    fn note_failure(&self, error: &Error) {
        // After Ctrl-C in one terminal, another one's process may well ask.
        if !matches!(error.kind, Kind::Signal(_)) {
            FailureNote::leave(self.asker.store, &self.note_name(), self.now(), error.kind);
        }
    }

    fn note_name(&self) -> String {
        let session = self.login_session.unwrap_or_default();
        format!("login-{}.json", file_name(session))
    }

    fn now(&self) -> DateTime<Utc> {
        (self.asker.now)()
    }
}
