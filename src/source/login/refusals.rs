//! What goes wrong with a session of `aws login`, in a person's words, and what to type next.

use super::{Ended, LoginSession};
use crate::aws::{Begun, Failure, no_answer};
use crate::config::words;
use crate::error::{Error, Result};
use crate::terminal::{BACKGROUND, TO_FOREGROUND};

impl LoginSession<'_> {
    /// `as arn:aws:iam::…:user/you`, or `for profile 'x'` where nobody knows yet who it will be.
    pub(super) fn whom(&self) -> String {
        match self.login_session {
            Some(session) => format!("as {}", session.trim()),
            None => format!("for profile '{}'", self.profile),
        }
    }

    /// `xacct login browser`, as a shell takes it.
    fn command(&self) -> String {
        let profile = words::typed(self.profile);
        match self.login_session {
            Some(_) => format!("xacct login {profile}"),
            None => format!("xacct login {profile} --aws"),
        }
    }

    fn session(&self) -> &str {
        self.login_session.unwrap_or("the new profile").trim()
    }

    pub(super) fn signed_out(&self) -> Error {
        let (profile, session) = (self.profile, self.session());
        self.with_command(Error::needs_person(format!(
            "profile '{profile}': you are signed out: no session of aws login found for {session}"
        )))
    }

    pub(super) fn unusable(&self, why: &str) -> Error {
        let (profile, session) = (self.profile, self.session());
        self.with_command(Error::needs_person(format!(
            "profile '{profile}': the session of aws login for {session} cannot be used: {why}"
        )))
    }

    /// A sign-in was asked for.
    pub(super) fn needs_sign_in(&self) -> Error {
        let message = format!("you are needed to sign in {}", self.whom());
        self.with_command(Error::needs_person(message))
    }

    /// Nobody may be asked to sign in.
    pub(super) fn nobody(&self, why: Error) -> Error {
        if !self.asker.in_background {
            return why;
        }
        Error::needs_person(format!("{why}, and {BACKGROUND}"))
            .hint(TO_FOREGROUND)
            .hint_of_profile(format!("or run first: {}", self.command()))
    }

    fn with_command(&self, error: Error) -> Error {
        error.hint_of_profile(format!("in a terminal, run: {}", self.command()))
    }

    /// A refresh token gave nothing.
    ///
    /// Errors: a sign-in would not help, or is not known to.
    pub(super) fn not_renewed(&self, failure: Failure) -> Result<Ended> {
        let (code, message) = match failure {
            Failure::Refused { code, message, .. } => (code, message),
            Failure::Unreachable { why, cause, .. } => return Err(self.unreachable(&why, cause)),
        };
        match code.as_str() {
            "TOKEN_EXPIRED" => Ok(Ended(self.unusable("it has ended"))),
            "USER_CREDENTIALS_CHANGED" => {
                Ok(Ended(self.unusable("the user's password was changed")))
            }
            "INSUFFICIENT_PERMISSIONS" => Err(Error::refused(format!(
                "profile '{}': {} may not renew its session of aws login: {message}",
                self.profile,
                self.session()
            ))
            .hint("its policy must allow signin:CreateOAuth2Token")),
            _ => Err(self.with_command(Error::refused(format!(
                "profile '{}': the session of aws login for {} was not renewed: {code}: {message}",
                self.profile,
                self.session()
            )))),
        }
    }

    /// A code gave nothing.
    pub(super) fn not_begun(&self, failure: Failure) -> Error {
        let (code, message) = match failure {
            Failure::Refused { code, message, .. } => (code, message),
            Failure::Unreachable { why, cause, .. } => return self.unreachable(&why, cause),
        };
        match code.as_str() {
            "AUTHCODE_EXPIRED" => self.again(Error::needs_person(format!(
                "the code of the sign-in {} has expired",
                self.whom()
            ))),
            "INSUFFICIENT_PERMISSIONS" => Error::refused(format!(
                "the sign-in {} was refused: {message}",
                self.whom()
            ))
            .hint(
                "the user's policy must allow signin:AuthorizeOAuth2Access and \
                 signin:CreateOAuth2Token, as AWS's policy SignInLocalDevelopmentAccess does",
            ),
            _ => Error::refused(format!(
                "the sign-in {} was refused: {code}: {message}",
                self.whom()
            )),
        }
    }

    /// The sign-in, if it is of whom it should be.
    ///
    /// Errors: somebody else has signed in.
    pub(super) fn wanted(&self, begun: Begun) -> Result<Begun> {
        let Some(wanted) = self.login_session.map(str::trim) else {
            return Ok(begun);
        };
        if begun.arn == wanted {
            return Ok(begun);
        }
        let profile = words::typed(self.profile);
        Err(Error::refused(format!(
            "you signed in as {}, but login_session of profile '{}' is {wanted}",
            begun.arn, self.profile
        ))
        .hint_of_profile(format!(
            "- to sign in as the other one, choose it in the browser: xacct login {profile}"
        ))
        .hint_of_profile(format!(
            "- to use this one in the profile: xacct login {profile} --aws"
        )))
    }

    /// The person, or what AWS knows of them, said no.
    pub(super) fn denied(&self, code: &str) -> Error {
        self.again(Error::refused(format!(
            "the sign-in {} was refused in the browser ({code})",
            self.whom()
        )))
    }

    pub(super) fn too_late(&self) -> Error {
        self.again(Error::needs_person(format!(
            "the sign-in {} timed out",
            self.whom()
        )))
    }

    /// What was typed was no code, as often as one may try.
    pub(super) fn no_code(&self) -> Error {
        self.again(Error::needs_person(format!(
            "the sign-in {} got no code",
            self.whom()
        )))
    }

    /// Another process has just tried, and this one has waited for it.
    pub(super) fn failed_elsewhere(&self, unreachable: bool) -> Error {
        if unreachable {
            return Error::unreachable(format!(
                "AWS Sign-In in {} could not be reached by the process that was waited for",
                self.plan.region.name
            ));
        }
        self.again(Error::needs_person(format!(
            "the sign-in {} that another process had begun came to nothing",
            self.whom()
        )))
    }

    fn again(&self, error: Error) -> Error {
        error.hint_of_profile(format!("to try again: {}", self.command()))
    }

    fn unreachable(&self, why: &str, cause: anyhow::Error) -> Error {
        let region = &self.plan.region.name;
        let error = no_answer(&format!("AWS Sign-In in {region}"), None, why, cause);
        match &self.signin.url {
            Some((url, place)) => error.hint(format!("its address {url} comes from {place}")),
            None => error.hint("check the network, the profile's region, and HTTPS_PROXY"),
        }
    }
}
