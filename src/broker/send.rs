//! Sending the steps of a plan that are missing, each signed with the answer before it.

use super::run::Run;
use super::{ask, fresh, open, refusals};
use crate::aws::IssuedCredentials;
use crate::cache::{Entry, SignIn};
use crate::credentials::Credentials;
use crate::error::{Error, Kind, Result};
use crate::plan::Action;
use crate::terminal::interruptible;

/// Why a step was not sent to its end.
pub(super) enum Halt {
    /// STS does not know the cached credentials that signed it.
    DeadSigner,
    Failed(Error),
}

/// What signs the next request.
pub(super) struct Signer {
    pub(super) credentials: Credentials,
    pub(super) sign_in: Option<SignIn>,
    /// Whether STS may have forgotten it since.
    pub(super) is_cached: bool,
}

impl From<Entry> for Signer {
    fn from(entry: Entry) -> Signer {
        Signer {
            credentials: entry.credentials(),
            sign_in: entry.sign_in,
            is_cached: true,
        }
    }
}

impl Run<'_> {
    /// Sends the steps one after another, each signed with the answer before it, and keeps every
    /// answer.
    pub(super) async fn send_from(
        &mut self,
        first: usize,
        last: usize,
        signer: Signer,
    ) -> std::result::Result<Credentials, Halt> {
        let Signer {
            credentials: mut signer,
            mut sign_in,
            is_cached,
        } = signer;
        for index in first..=last {
            if open::needs_no_session(self, index, &signer).map_err(Halt::Failed)? {
                self.keep_session(index, &signer, sign_in.as_ref());
                self.locks[index] = None;
                continue;
            }
            let answer = match self.send(index, &signer).await {
                Ok(answer) => answer,
                Err(Halt::DeadSigner) if index > first || !is_cached => {
                    return Err(Halt::Failed(Error::refused(
                        "AWS does not know the session that the request was signed with",
                    )));
                }
                Err(Halt::Failed(error)) if index < last => {
                    let entry = self.unrenewed(index, error).map_err(Halt::Failed)?;
                    signer = entry.credentials();
                    sign_in = entry.sign_in;
                    continue;
                }
                Err(halt) => return Err(halt),
            };
            self.keep(index, &answer, sign_in.as_ref())
                .map_err(Halt::Failed)?;
            if index < last {
                self.locks[index] = None;
            }
            signer = answer.credentials;
        }
        Ok(signer)
    }

    /// What is left of a session on the way that could not be renewed.
    pub(super) fn unrenewed(&mut self, index: usize, error: Error) -> Result<Entry> {
        let broker = self.broker;
        let alive = |entry: &Entry| fresh::left(entry, (broker.now)()) > 0;
        let is_signal = matches!(error.kind, Kind::Signal(_));
        let Some(entry) = broker.lookup(index).filter(alive).filter(|_| !is_signal) else {
            return Err(error);
        };
        broker.voice.warn(&format!(
            "{error}; its cached session is used while it lasts"
        ));
        self.locks[index] = None;
        Ok(entry)
    }

    async fn send(
        &self,
        index: usize,
        signer: &Credentials,
    ) -> std::result::Result<IssuedCredentials, Halt> {
        let action = open::action(self, index, signer).map_err(Halt::Failed)?;
        if action.serial_number().is_some() {
            return ask::send_with_code(self, index, signer)
                .await
                .map_err(Halt::Failed);
        }
        let sts = self.sts().map_err(Halt::Failed)?;
        let answer = match &*action {
            Action::Source => {
                return Err(Halt::Failed(Error::other(
                    "a source is not signed by another one",
                )));
            }
            Action::GetSessionToken {
                duration_seconds, ..
            } => interruptible(sts.get_session_token(signer, *duration_seconds, None)).await,
            Action::AssumeRole(role) => interruptible(sts.assume_role(signer, role, None)).await,
        };
        match answer.map_err(Halt::Failed)? {
            Ok(answer) => Ok(answer),
            Err(failure) if failure.is_dead_signer() && index > 0 => Err(Halt::DeadSigner),
            Err(failure) => Err(Halt::Failed(refusals::failed(self, index, failure))),
        }
    }
}
