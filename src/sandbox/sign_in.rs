//! What Identity Center remembers: clients, codes that wait for their sign-in, sessions with their
//! tokens.
//!
//! Every `now` is the server's clock. What a request must look like is held in `oidc`.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::secret::Secret;

use super::center::SandboxCenter;
use super::random::{BASE64URL, LETTERS, random};

/// How long a client registration is good for: ninety days.
const CLIENT_DAYS: i64 = 90;
/// How long an authorization code is good for, in minutes.
const CODE_MINUTES: i64 = 5;

/// What the sign-in page does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// Everyone is signed in at once, whether the page is opened or not.
    #[default]
    Approve,
    /// Nobody is, until the mode is another.
    Pending,
    /// The user says no.
    Deny,
}

/// `sign_in` of the control API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SignInSettings {
    pub(crate) mode: Mode,
    /// Seconds that a device must wait between two polls.
    pub(crate) interval: u32,
    /// Seconds for which a device code is good.
    pub(crate) expires_in: u32,
    /// Who signs in from now on, if not the center's user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    /// The ARN of the user who signs in at AWS Sign-In, if not the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) login: Option<String>,
}

/// A registered client.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) scopes: Vec<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) grant_types: Vec<String>,
    /// The start URL that it was registered for, where it said so.
    pub(crate) issuer: Option<String>,
}

/// A device that waits.
#[derive(Debug, Clone)]
pub(crate) struct PendingDevice {
    pub(crate) user_code: String,
    pub(crate) client_id: String,
    pub(crate) start_url: String,
    pub(crate) expires_at: DateTime<Utc>,
    /// Seconds; longer after each poll that came too early.
    pub(crate) interval: i64,
    pub(crate) polled_at: Option<DateTime<Utc>>,
    pub(crate) used: bool,
}

/// A browser that was sent back with a code.
#[derive(Debug, Clone)]
pub(crate) struct AuthorizationCode {
    pub(crate) client_id: String,
    pub(crate) start_url: String,
    pub(crate) redirect_uri: String,
    /// The `S256` challenge of PKCE.
    pub(crate) challenge: String,
    pub(crate) expires_at: DateTime<Utc>,
    /// The session that it was exchanged for.
    pub(crate) session: Option<usize>,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
struct PortalSession {
    client_id: String,
    start_url: String,
    user: String,
    ends_at: DateTime<Utc>,
}

/// What a token stands for.
#[derive(Debug, Clone)]
struct PortalToken {
    session: usize,
    expires_at: DateTime<Utc>,
    /// A refresh token that was exchanged for another.
    spent: bool,
}

/// What `/token` answers.
#[derive(Debug, Clone)]
pub(crate) struct PortalTokens {
    pub(crate) access: Secret,
    pub(crate) refresh: Option<Secret>,
    /// Seconds.
    pub(crate) expires_in: i64,
}

/// Everything that changes. Sessions are counted from 0; one that ended early has its end in the
/// past.
#[derive(Debug)]
pub(crate) struct SignIns {
    pub(crate) settings: SignInSettings,
    clients: BTreeMap<String, Client>,
    devices: BTreeMap<String, PendingDevice>,
    codes: BTreeMap<String, AuthorizationCode>,
    sessions: Vec<PortalSession>,
    access: BTreeMap<String, PortalToken>,
    refresh: BTreeMap<String, PortalToken>,
    issued: Vec<Secret>,
}

impl SignIns {
    pub(crate) fn new() -> SignIns {
        SignIns {
            settings: SignInSettings {
                mode: Mode::Approve,
                interval: 1,
                expires_in: 600,
                user: None,
                login: None,
            },
            clients: BTreeMap::new(),
            devices: BTreeMap::new(),
            codes: BTreeMap::new(),
            sessions: Vec::new(),
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
            issued: Vec::new(),
        }
    }

    /// Every secret ever issued.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.issued.iter()
    }

    /// Registers a client; `draft` has everything but id, secret and end.
    pub(crate) fn register(&mut self, draft: Client, now: DateTime<Utc>) -> Result<Client> {
        let client = Client {
            id: random(BASE64URL, 22)?,
            secret: self.secret("eyJ", 240)?,
            expires_at: now + TimeDelta::days(CLIENT_DAYS),
            ..draft
        };
        self.clients.insert(client.id.clone(), client.clone());
        Ok(client)
    }

    /// The client with this id, good or not.
    pub(crate) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.get(id)
    }

    /// Forgets all registrations. Gives how many.
    pub(crate) fn forget_clients(&mut self) -> usize {
        std::mem::take(&mut self.clients).len()
    }

    /// A device code, and what it stands for.
    pub(crate) fn device(
        &mut self,
        client_id: &str,
        start_url: &str,
        now: DateTime<Utc>,
    ) -> Result<(Secret, PendingDevice)> {
        let letters = random(LETTERS, 8)?;
        let (first, second) = letters.split_at(4);
        let device = PendingDevice {
            user_code: format!("{first}-{second}"),
            client_id: client_id.to_owned(),
            start_url: start_url.to_owned(),
            expires_at: now + TimeDelta::seconds(i64::from(self.settings.expires_in)),
            interval: i64::from(self.settings.interval),
            polled_at: None,
            used: false,
        };
        let code = self.secret("", 64)?;
        self.devices
            .insert(code.expose().to_owned(), device.clone());
        Ok((code, device))
    }

    pub(crate) fn device_mut(&mut self, code: &str) -> Option<&mut PendingDevice> {
        self.devices.get_mut(code)
    }

    /// The devices that wait, expired or not.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &PendingDevice> {
        self.devices.values().filter(|device| !device.used)
    }

    /// A code for a browser to take back to the client.
    pub(crate) fn authorize(
        &mut self,
        draft: AuthorizationCode,
        now: DateTime<Utc>,
    ) -> Result<Secret> {
        let code = self.secret("", 64)?;
        let expires_at = now + TimeDelta::minutes(CODE_MINUTES);
        self.codes.insert(
            code.expose().to_owned(),
            AuthorizationCode {
                expires_at,
                ..draft
            },
        );
        Ok(code)
    }

    pub(crate) fn code_mut(&mut self, code: &str) -> Option<&mut AuthorizationCode> {
        self.codes.get_mut(code)
    }

    /// Signs the center's user in. Gives the session's number and its first tokens.
    pub(crate) fn sign_in(
        &mut self,
        client: &Client,
        center: &SandboxCenter,
        now: DateTime<Utc>,
    ) -> Result<(usize, PortalTokens)> {
        let ends_at = now + TimeDelta::seconds(center.session_seconds);
        let start_url = center.start_url.clone();
        let user = self
            .settings
            .user
            .clone()
            .unwrap_or_else(|| center.user.clone());
        self.sessions.push(PortalSession {
            client_id: client.id.clone(),
            start_url,
            user,
            ends_at,
        });
        let session = self.sessions.len() - 1;
        Ok((session, self.tokens(session, client, center, now)?))
    }

    /// Exchanges a refresh token for new tokens, once: a second time means that somebody has a
    /// copy, and ends the session. `None` where it is not good.
    pub(crate) fn refresh(
        &mut self,
        token: &str,
        client: &Client,
        centers: &[SandboxCenter],
        now: DateTime<Utc>,
    ) -> Result<Option<PortalTokens>> {
        let Some(known) = self.refresh.get_mut(token) else {
            return Ok(None);
        };
        let number = known.session;
        if self
            .sessions
            .get(number)
            .is_none_or(|session| session.client_id != client.id)
        {
            return Ok(None);
        }
        if std::mem::replace(&mut known.spent, true) {
            self.end(number, now);
        }
        let session = self
            .sessions
            .get(number)
            .filter(|session| session.ends_at > now);
        let center =
            session.and_then(|session| centers.iter().find(|c| c.start_url == session.start_url));
        center
            .map(|center| self.tokens(number, client, center, now))
            .transpose()
    }

    /// The start URL and the user of the session that this access token is for; `None` where it is
    /// not good (any more).
    pub(crate) fn holder(&self, access_token: &str, now: DateTime<Utc>) -> Option<(&str, &str)> {
        let token = self
            .access
            .get(access_token)
            .filter(|token| token.expires_at > now)?;
        let session = self
            .sessions
            .get(token.session)
            .filter(|session| session.ends_at > now)?;
        Some((&session.start_url, &session.user))
    }

    /// Ends the session that this access token is for.
    pub(crate) fn sign_out(&mut self, access_token: &str, now: DateTime<Utc>) {
        if let Some(session) = self.access.get(access_token).map(|token| token.session) {
            self.end(session, now);
        }
    }

    /// Ends every session. Gives how many there were to end.
    pub(crate) fn sign_out_all(&mut self, now: DateTime<Utc>) -> usize {
        let open = self
            .sessions
            .iter_mut()
            .filter(|session| session.ends_at > now);
        open.map(|session| session.ends_at = now).count()
    }

    /// Ends a session before its time.
    pub(crate) fn end(&mut self, session: usize, now: DateTime<Utc>) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.ends_at = session.ends_at.min(now);
        }
    }

    /// An access token, and a refresh token where the client may refresh and asked for the scope
    /// that allows it.
    fn tokens(
        &mut self,
        session: usize,
        client: &Client,
        center: &SandboxCenter,
        now: DateTime<Utc>,
    ) -> Result<PortalTokens> {
        let may_refresh = client
            .grant_types
            .iter()
            .any(|grant| grant == "refresh_token")
            && client
                .scopes
                .iter()
                .any(|scope| scope == "sso:account:access");
        let ends_at = self
            .sessions
            .get(session)
            .map_or(now, |session| session.ends_at);
        let soon = now + TimeDelta::seconds(center.token_seconds);
        let expires_at = if may_refresh {
            soon.min(ends_at)
        } else {
            ends_at
        };
        let access = self.secret("aoa", 160)?;
        let token = PortalToken {
            session,
            expires_at,
            spent: false,
        };
        self.access
            .insert(access.expose().to_owned(), token.clone());
        let refresh = if may_refresh {
            Some(self.secret("aor", 160)?)
        } else {
            None
        };
        if let Some(secret) = &refresh {
            self.refresh.insert(
                secret.expose().to_owned(),
                PortalToken {
                    expires_at: ends_at,
                    ..token
                },
            );
        }
        Ok(PortalTokens {
            access,
            refresh,
            expires_in: (expires_at - now).num_seconds(),
        })
    }

    fn secret(&mut self, prefix: &str, length: usize) -> Result<Secret> {
        let secret = Secret::new(format!("{prefix}{}", random(BASE64URL, length)?));
        self.issued.push(secret.clone());
        Ok(secret)
    }
}
