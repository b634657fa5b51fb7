//! The cache's key and entry. Their form in a file is `format`'s.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::credentials::Credentials;

/// What STS answered to one step. Times have whole seconds on disk; a fraction is cut off, so that
/// an entry never lives longer than STS said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// `AssumeRole` or `GetSessionToken`.
    pub(crate) action: String,
    /// The profile that asked first. For people only: the key decides who may have it.
    pub(crate) profile: String,
    /// They have a token.
    pub(crate) keys: Credentials,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) issued_at: DateTime<Utc>,
    /// When STS last issued these or `GetCallerIdentity` last knew them.
    pub(crate) confirmed_at: DateTime<Utc>,
    /// When AWS was last out of reach for that question: it is not asked again at once.
    pub(crate) unreached_at: Option<DateTime<Utc>>,
    /// Twelve digits; `None` until STS said so (`GetSessionToken` does not).
    pub(crate) account_id: Option<String>,
    /// Who these credentials are: the assumed role's ARN; `None` until STS said so.
    pub(crate) arn: Option<String>,
    /// `AROA…:SESSION` of a role, `AIDA…` of a user; `None` until STS said so. A role or a user
    /// that was deleted and made again has another.
    pub(crate) user_id: Option<String>,
    /// The sign-in that they came from, where the source has one.
    pub(crate) sign_in: Option<SignIn>,
    /// The profiles on the way to them, from the one that holds the source.
    pub(crate) profiles: Vec<String>,
    /// What they came from: the digest of the source, then the keys of the steps before this one,
    /// all in hex.
    pub(crate) signers: Vec<String>,
    /// Identifies the answer of the `credential_process` that they are derived from. No
    /// secret; `None` for other sources.
    pub(crate) answer: Option<String>,
}

impl Entry {
    pub(crate) fn credentials(&self) -> Credentials {
        self.keys
            .clone()
            .expiring(Some(self.expires_at))
            .or_in_account(self.account_id.as_deref())
    }
}

/// Somebody's sign-in, at Identity Center or by `aws login`. What came from one is of no use to
/// another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignIn {
    /// The name of the token's file, without its ending.
    pub(crate) file: String,
    /// A digest that lasts as long as the sign-in does, whatever its tokens are replaced by. No
    /// secret.
    pub(crate) id: String,
}

#[cfg(test)]
pub(super) fn keys(access_key_id: &str, token: &str) -> Credentials {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    crate::credentials::sample(access_key_id, secret, Some(token))
        .or_in_account(Some("222222222222"))
}

#[cfg(test)]
pub(crate) fn sample(access_key_id: &str) -> Entry {
    let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
    Entry {
        action: "AssumeRole".to_owned(),
        profile: "client1".to_owned(),
        // The token is two blocks long, so that a write can be cut in the middle.
        keys: keys(access_key_id, &"FwoGZXIvYXdzEJr//".repeat(256)),
        expires_at: at(1_800_003_600),
        issued_at: at(1_800_000_000),
        confirmed_at: at(1_800_000_060),
        unreached_at: None,
        account_id: Some("222222222222".to_owned()),
        arn: Some("arn:aws:sts::222222222222:assumed-role/Admin/me".to_owned()),
        user_id: Some("AROAADMIN:me".to_owned()),
        sign_in: Some(SignIn {
            file: "f00d".to_owned(),
            id: "1d".to_owned(),
        }),
        profiles: vec!["hub".to_owned(), "client1".to_owned()],
        signers: vec!["5e".to_owned()],
        answer: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_carry_their_end() {
        let credentials = sample("ASIAONE").credentials();
        assert_eq!(
            credentials.expiration(),
            DateTime::from_timestamp(1_800_003_600, 0)
        );
        assert_eq!(credentials.account_id(), Some("222222222222"));
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", sample("ASIAONE"));
        assert!(
            !shown.contains("wJalr") && !shown.contains("FwoG"),
            "{shown}"
        );
    }
}
