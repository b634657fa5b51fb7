//! What AWS Sign-In remembers: the sessions of `aws login`, whose key each of them is bound to,
//! which refresh tokens are spent. What a request must look like is held in `login`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::error::Result;
use crate::secret::Secret;

use super::random::{BASE64URL, random};

/// Why a session gives nothing any more, in AWS's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum End {
    TokenExpired,
    UserCredentialsChanged,
    InsufficientPermissions,
}

/// Somebody who ran `aws login`.
#[derive(Debug, Clone)]
pub(crate) struct SandboxLogin {
    pub(crate) user_arn: String,
    /// The public key, as an uncompressed point, that every proof must be of.
    pub(crate) key: Vec<u8>,
    pub(crate) end: Option<End>,
}

#[derive(Debug)]
struct RefreshToken {
    login: usize,
    spent: bool,
}

/// What a browser was sent back with.
#[derive(Debug, Clone)]
pub(crate) struct LoginCode {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    /// The challenge of PKCE, by SHA-256.
    pub(crate) challenge: String,
    pub(crate) user_arn: String,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) is_used: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Logins {
    codes: BTreeMap<String, LoginCode>,
    sessions: Vec<SandboxLogin>,
    tokens: BTreeMap<String, RefreshToken>,
    proofs: BTreeSet<String>,
    /// Every refresh token and key there ever was.
    issued: Vec<Secret>,
}

impl Logins {
    /// A code for a browser to take back.
    pub(crate) fn authorize(&mut self, code: LoginCode) -> Result<Secret> {
        let secret = Secret::new(random(BASE64URL, 64)?);
        self.issued.push(secret.clone());
        self.codes.insert(secret.expose().to_owned(), code);
        Ok(secret)
    }

    pub(crate) fn code_mut(&mut self, code: &str) -> Option<&mut LoginCode> {
        self.codes.get_mut(code)
    }

    /// A new session, and its first refresh token.
    pub(crate) fn begin(&mut self, login: SandboxLogin) -> Result<Secret> {
        self.sessions.push(login);
        self.token(self.sessions.len() - 1)
    }

    /// A key's secret half that the sandbox has made for somebody.
    pub(crate) fn keep_secret(&mut self, private: Secret) {
        self.issued.push(private);
    }

    /// Whether this proof comes for the first time.
    pub(crate) fn is_new(&mut self, proof: &str) -> bool {
        self.proofs.insert(proof.to_owned())
    }

    /// Whose refresh token this is.
    pub(crate) fn holder(&self, token: &str) -> Option<&SandboxLogin> {
        self.tokens
            .get(token)
            .map(|token| &self.sessions[token.login])
    }

    /// Spends the token: its session and the next token. One that was spent before ends its
    /// session, because somebody else has it too. `None` where it is unknown or was spent.
    pub(crate) fn spend(&mut self, token: &str) -> Result<Option<(SandboxLogin, Secret)>> {
        let Some(known) = self.tokens.get_mut(token) else {
            return Ok(None);
        };
        let (login, spent) = (known.login, known.spent);
        if spent {
            self.sessions[login].end = Some(End::TokenExpired);
            return Ok(None);
        }
        if self.sessions[login].end.is_none() {
            known.spent = true;
        }
        Ok(Some((self.sessions[login].clone(), self.token(login)?)))
    }

    /// Ends all sessions. Gives how many.
    pub(crate) fn end(&mut self, end: End) -> usize {
        self.sessions
            .iter_mut()
            .map(|login| login.end = Some(end))
            .count()
    }

    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.issued.iter()
    }

    fn token(&mut self, login: usize) -> Result<Secret> {
        let token = Secret::new(random(BASE64URL, 86)?);
        self.issued.push(token.clone());
        self.tokens.insert(
            token.expose().to_owned(),
            RefreshToken {
                login,
                spent: false,
            },
        );
        Ok(token)
    }
}
