//! Credentials that the console takes, and the token that signs a browser in with them.

use crate::aws::{Failure, Federation, no_answer, no_answer_hint};
use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::terminal::interruptible;

use super::run::Run;
use super::{Broker, identify, refusals, wait};

/// What a federation session may do: all that the user may. Without a policy it could do nothing.
const WHOLE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// What came of asking for a token.
pub(crate) struct FederationToken {
    pub(crate) token: Secret,
    /// Whether the session lasts as long as was asked for, and not as the credentials do.
    pub(crate) has_duration: bool,
}

impl Broker<'_> {
    /// The keys that stand in the plan's source, whatever else the plan would do with them.
    ///
    /// Errors: `Refused`, where they have expired; those of a keyring, `Signal`.
    pub(crate) fn own_keys(&self) -> Result<Credentials> {
        self.warn();
        wait(self.signing_keys(None))?
    }

    /// A federation session of the user whose own keys these are, since the console takes nothing
    /// else of a user. It is not kept.
    ///
    /// Errors: `Refused`, `Unreachable`, `Signal`.
    pub(crate) fn federation_session(
        &self,
        keys: &Credentials,
        name: &str,
        duration_seconds: u32,
    ) -> Result<Credentials> {
        wait(async {
            let run = Run::new(self);
            let asked = run
                .sts()?
                .get_federation_token(keys, name, WHOLE, duration_seconds);
            let answer = interruptible(asked)
                .await?
                .map_err(|failure| refusals::federation(&run, failure))?;
            run.log_federation(&answer, name);
            Ok(answer.credentials)
        })?
    }

    /// The token for these credentials, from the endpoint at `url`. Where AWS does not take the
    /// duration, it is asked once more without.
    ///
    /// Errors: `Refused`, with the reason as far as AWS tells it; `Unreachable`, `Signal`.
    pub(crate) fn signin_token(
        &self,
        credentials: &Credentials,
        url: &str,
        session_duration: Option<u32>,
    ) -> Result<FederationToken> {
        let federation = Federation::new(url, &self.plan.connection, self.voice)?;
        let asked = wait(async {
            let first =
                interruptible(federation.signin_token(credentials, session_duration)).await?;
            match first {
                Ok(token) => Ok::<_, Error>(Ok(FederationToken {
                    token,
                    has_duration: session_duration.is_some(),
                })),
                Err(Failure::Refused { code, .. })
                    if session_duration.is_some() && code == "HTTP 400" =>
                {
                    let second = interruptible(federation.signin_token(credentials, None)).await?;
                    Ok(second.map(|token| FederationToken {
                        token,
                        has_duration: false,
                    }))
                }
                Err(failure) => Ok(Err(failure)),
            }
        })??;
        asked.map_err(|failure| match failure {
            Failure::Unreachable { why, cause, .. } => {
                let hint = no_answer_hint(&cause);
                no_answer("the console's sign-in", Some(url), &why, cause).hint(hint)
            }
            Failure::Refused { code, .. } => self.not_signed_in(credentials, &code),
        })
    }

    /// The endpoint does not say why: who the credentials are of, may.
    fn not_signed_in(&self, credentials: &Credentials, code: &str) -> Error {
        let profile = &self.plan.profile;
        let error = Error::refused(format!(
            "AWS does not sign '{profile}' in to the console ({code})"
        ));
        match identify(self.plan, credentials, self.now, self.voice) {
            Ok(identity) if identity.arn.contains(":user/") || identity.arn.ends_with(":root") => {
                error.hint(format!(
                    "these are session credentials of {} itself (GetSessionToken), and the console \
                 takes those of a role, or \
                 of a federation session, which only the user's own access key can start",
                    identity.arn
                ))
            }
            Ok(_) => error.hint(format!(
                "xacct console {profile} --refresh    tries it with new credentials"
            )),
            Err(why) => error.hint(why.to_string()),
        }
    }
}
