//! The tokens by which a browser is signed in to the console: what each is for, and until when.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::Result;
use crate::secret::Secret;

use super::random::{BASE64URL, random};

/// How long a token is good for, in minutes.
const MINUTES: i64 = 15;

/// A browser's session to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visitor {
    /// Whose session it is, as STS shows it.
    pub(crate) arn: String,
    pub(crate) ends_at: DateTime<Utc>,
}

/// The tokens that were issued.
#[derive(Debug, Default)]
pub(crate) struct SigninTokens {
    tokens: BTreeMap<String, (Visitor, DateTime<Utc>)>,
    issued: Vec<Secret>,
}

impl SigninTokens {
    pub(crate) fn issue(&mut self, visitor: Visitor, now: DateTime<Utc>) -> Result<Secret> {
        let token = Secret::new(random(BASE64URL, 128)?);
        self.issued.push(token.clone());
        self.tokens.insert(
            token.expose().to_owned(),
            (visitor, now + TimeDelta::minutes(MINUTES)),
        );
        Ok(token)
    }

    /// Whom the token signs in; `None` where it is not good (any more).
    pub(crate) fn visitor(&self, token: &str, now: DateTime<Utc>) -> Option<&Visitor> {
        self.tokens
            .get(token)
            .filter(|(_, until)| *until > now)
            .map(|(visitor, _)| visitor)
    }

    /// Every token ever issued.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.issued.iter()
    }
}
