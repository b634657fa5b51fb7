//! `login_session`: the session that `aws login` keeps under `~/.aws/login/cache`, in the AWS CLI's own file, which every
//! SDK shares. Its refresh token is good for one use: one process at a time renews it, and the file is replaced whole.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::aws::{Failure, ProofKey, Renewed, Signin};
use crate::cache::write_private;
use crate::credentials::{Credentials, Unchecked, rfc3339};
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::plan::{Endpoint, Plan};
use crate::secret::Secret;
use crate::sso::Asker;
use crate::terminal::finishing;
use crate::turn::{FOR_NEWER, Waiter};

/// A session is renewed with less than this left, in seconds, as every SDK does.
const REFRESH: i64 = 300;

/// What `aws login` has signed in, and for which profile it is wanted.
#[expect(clippy::struct_field_names, reason = "the config key")]
pub(super) struct Session<'a> {
    pub(super) profile: &'a str,
    pub(super) login_session: &'a str,
    pub(super) signin: &'a Endpoint,
    pub(super) plan: &'a Plan,
    pub(super) asker: Asker<'a>,
}

/// The file's members as they are, and those of them that count here.
struct Token {
    members: Map<String, Value>,
    credentials: Credentials,
    expires_at: DateTime<Utc>,
}

impl Token {
    fn left(&self, now: DateTime<Utc>) -> i64 {
        (self.expires_at - now).num_seconds()
    }

    /// What a renewal is asked for with: the client, the refresh token, the key.
    fn renewable(&self) -> Option<(&str, Secret, ProofKey)> {
        let text = |name: &str| self.members.get(name)?.as_str();
        // Line ends may be escaped twice (aws-config `login/cache.rs`).
        let pem = Secret::new(text("dpopKey")?.replace("\\n", "\n"));
        Some((text("clientId")?, Secret::new(text("refreshToken")?), ProofKey::from_pem(&pem)?))
    }

    /// The same session with what a renewal gave.
    fn renewed(self, new: Renewed) -> Token {
        let Token { mut members, credentials, .. } = self;
        let token = new.credentials.session_token().map_or("", Secret::expose);
        let keys = [
            ("accessKeyId", new.credentials.access_key_id().to_owned()),
            ("secretAccessKey", new.credentials.secret_access_key().expose().to_owned()),
            ("sessionToken", token.to_owned()),
            ("expiresAt", rfc3339(new.expires_at)),
        ];
        if let Some(Value::Object(access_token)) = members.get_mut("accessToken") {
            access_token.extend(keys.map(|(name, text)| (name.to_owned(), text.into())));
        }
        members.insert("refreshToken".to_owned(), new.refresh_token.expose().into());
        let credentials = new.credentials.or_in_account(credentials.account_id());
        Token { members, credentials, expires_at: new.expires_at }
    }
}

impl Session<'_> {
    /// The session's credentials, renewed where they are about to end.
    ///
    /// Errors: `NeedsPerson` where somebody must run `aws login`, `Refused`, `Unreachable`, `Signal`.
    pub(super) async fn credentials(&self) -> Result<Credentials> {
        let file = self.file()?;
        let token = self.read(&file)?;
        if token.left(self.now()) >= REFRESH {
            return Ok(token.credentials);
        }
        let Asker { store, voice, me, until, .. } = self.asker;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let is_valid = token.left(self.now()) > 0;
        let newer = is_valid.then(|| Instant::now() + FOR_NEWER);
        let until = until.into_iter().chain(newer).min();
        let waiter = Waiter { store, voice, me, until };
        let why = format!(", which renews the session of aws login for {}", self.login_session);
        let turn = waiter.wait_for(&format!("login-{name}"), &why, |warning| voice.warn(warning)).await;
        let _turn = match turn {
            Err(error) if error.kind == Kind::NeedsPerson && is_valid => {
                voice.warn(&format!("{}; its credentials are used while they last", error.message));
                return Ok(token.credentials);
            }
            turn => turn?,
        };
        // Somebody may have renewed it meanwhile.
        let token = self.read(&file)?;
        if token.left(self.now()) >= REFRESH {
            return Ok(token.credentials);
        }
        // What comes back replaces what was sent, which is worth nothing from then on: it must be kept.
        finishing(self.renewed(&file, token)).await?
    }

    async fn renewed(&self, file: &Path, token: Token) -> Result<Credentials> {
        let Some((client_id, refresh_token, key)) = token.renewable() else {
            return Err(self.unusable("it has nothing to be renewed with"));
        };
        let Asker { now, voice, .. } = self.asker;
        let region = &self.plan.region.name;
        let service = Signin::new(self.signin, region, &self.plan.connection, now, voice)?;
        match service.refresh(client_id, &refresh_token, &key).await {
            Ok(new) => {
                let token = token.renewed(new);
                if let Err(why) = write(file, &token.members) {
                    voice.warn(&format!("{why}: the session of aws login ends with what it gave now"));
                }
                Ok(token.credentials)
            }
            Err(_) if token.left(self.now()) > 0 => Ok(token.credentials),
            Err(failure) => Err(self.not_renewed(failure)),
        }
    }

    /// `$AWS_LOGIN_CACHE_DIRECTORY`, else `~/.aws/login/cache`.
    fn file(&self) -> Result<PathBuf> {
        let name = hex::encode(Sha256::digest(self.login_session.trim()));
        let dir = dir(self.asker.env).ok_or_else(|| {
            Error::config("there is no home directory to find the sessions of aws login under")
                .hint("set AWS_LOGIN_CACHE_DIRECTORY")
        })?;
        Ok(dir.join(format!("{name}.json")))
    }

    fn read(&self, file: &Path) -> Result<Token> {
        let bytes = fs::read(file).map(Zeroizing::new).map_err(|error| self.unusable(&error.to_string()))?;
        let members: Option<Map<String, Value>> = serde_json::from_slice(&bytes).ok();
        let parsed = members.map_or_else(|| Err(DAMAGED.to_owned()), parse);
        parsed.map_err(|why| self.unusable(&why))
    }

    fn now(&self) -> DateTime<Utc> {
        (self.asker.now)()
    }

    fn unusable(&self, why: &str) -> Error {
        let (profile, session) = (self.profile, self.login_session);
        self.with_command(Error::needs_person(format!(
            "profile '{profile}': the session of aws login for {session} cannot be used: {why}"
        )))
    }

    fn with_command(&self, error: Error) -> Error {
        error.hint(format!("aws login --profile {}", shlex::try_quote(self.profile).unwrap_or_default()))
    }

    fn not_renewed(&self, failure: Failure) -> Error {
        let region = &self.plan.region.name;
        let (code, message) = match failure {
            Failure::Refused { code, message, .. } => (code, message),
            Failure::Unreachable { why, cause, .. } => {
                let error =
                    Error::unreachable(format!("AWS Sign-In in {region} could not be reached: {why}"));
                let error = error.caused_by(cause);
                return match &self.signin.url {
                    Some((url, place)) => error.hint(format!("its address {url} comes from {place}")),
                    None => error.hint("check the network, the profile's region, and HTTPS_PROXY"),
                };
            }
        };
        match code.as_str() {
            "TOKEN_EXPIRED" => self.unusable("it has ended"),
            "USER_CREDENTIALS_CHANGED" => self.unusable("the user's password was changed"),
            "INSUFFICIENT_PERMISSIONS" => Error::refused(format!(
                "profile '{}': {} may not renew its session of aws login: {message}",
                self.profile, self.login_session
            ))
            .hint("its policy must allow signin:CreateOAuth2Token"),
            _ => self.with_command(Error::refused(format!(
                "profile '{}': the session of aws login for {} was not renewed: {code}: {message}",
                self.profile, self.login_session
            ))),
        }
    }
}

fn dir(env: &Env) -> Option<PathBuf> {
    let own = env.path("AWS_LOGIN_CACHE_DIRECTORY").map(Path::to_owned);
    own.or_else(|| env.home.as_ref().map(|home| home.join(".aws/login/cache")))
}

const DAMAGED: &str = "its file is damaged";

/// Errors: something is missing that credentials need, or is not what they have.
fn parse(members: Map<String, Value>) -> std::result::Result<Token, String> {
    let (unchecked, expires_at) = unchecked(&members).ok_or(DAMAGED)?;
    let credentials = unchecked.checked().map_err(|flaw| format!("in its file, {flaw}"))?;
    Ok(Token { members, credentials, expires_at })
}

fn unchecked(members: &Map<String, Value>) -> Option<(Unchecked, DateTime<Utc>)> {
    let access_token = members.get("accessToken")?.as_object()?;
    let text = |name: &str| access_token.get(name)?.as_str();
    let expires_at = DateTime::parse_from_rfc3339(text("expiresAt")?).ok()?.with_timezone(&Utc);
    let unchecked = Unchecked {
        access_key_id: text("accessKeyId")?.to_owned(),
        secret_access_key: Secret::new(text("secretAccessKey")?),
        session_token: Some(Secret::new(text("sessionToken")?)),
        expiration: Some(expires_at),
        account_id: text("accountId").map(str::to_owned),
    };
    Some((unchecked, expires_at))
}

/// Errors: a sentence.
fn write(file: &Path, members: &Map<String, Value>) -> std::result::Result<(), String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    serde_json::to_writer(&mut *bytes, members).map_err(|error| error.to_string())?;
    write_private(file, &bytes).map_err(|warning| warning.to_string())
}
