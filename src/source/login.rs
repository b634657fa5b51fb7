//! `login_session`: the session that `aws login` keeps under `~/.aws/login/cache`, in the AWS CLI's
//! own file, which every SDK shares. Its refresh token is good for one use: one process at a time
//! renews it, and the file is replaced whole.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Fetched;
use crate::aws::{Failure, ProofKey, Renewed, Signin, no_answer};
use crate::cache::{SignIn, write_private};
use crate::config::words;
use crate::credentials::{Credentials, Unchecked, rfc3339};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::files::read_bytes;
use crate::plan::{Endpoint, Plan, Source};
use crate::secret::Secret;
use crate::sso::{Asker, Current, Turn};
use crate::terminal::finishing;

/// A session is renewed with less than this left, in seconds, as every SDK does.
const REFRESH: i64 = 300;

/// What `aws login` has signed in, and for which profile it is wanted.
#[expect(clippy::struct_field_names, reason = "the config key")]
pub(super) struct LoginSession<'a> {
    pub(super) profile: &'a str,
    pub(super) login_session: &'a str,
    pub(super) signin: &'a Endpoint,
    pub(super) plan: &'a Plan,
    pub(super) asker: Asker<'a>,
}

/// The file's members as they are, and those of them that count here.
struct LoginToken {
    members: Map<String, Value>,
    credentials: Credentials,
    expires_at: DateTime<Utc>,
}

impl LoginToken {
    fn left(&self, now: DateTime<Utc>) -> i64 {
        (self.expires_at - now).num_seconds()
    }

    /// What a renewal is asked for with: the client, the refresh token, the key.
    fn renewable(&self) -> Option<(&str, Secret, ProofKey)> {
        // Line ends may be escaped twice (aws-config `login/cache.rs`).
        let pem = Secret::new(text(&self.members, "dpopKey")?.replace("\\n", "\n"));
        Some((
            text(&self.members, "clientId")?,
            Secret::new(text(&self.members, "refreshToken")?),
            ProofKey::from_pem(&pem)?,
        ))
    }

    /// Without a key it cannot be renewed, and ends with its credentials.
    fn sign_in(&self, file: &Path) -> SignIn {
        let key = self.members.get("dpopKey").and_then(Value::as_str);
        let digest = Sha256::new()
            .chain_update("xacct sign-in ")
            .chain_update(key.unwrap_or(self.credentials.access_key_id()));
        SignIn {
            file: stem(file),
            id: hex::encode(digest.finalize()),
        }
    }

    /// The same session with what a renewal gave.
    fn renewed(self, new: Renewed) -> LoginToken {
        let LoginToken {
            mut members,
            credentials,
            ..
        } = self;
        let token = new.credentials.session_token().map_or("", Secret::expose);
        let keys = [
            ("accessKeyId", new.credentials.access_key_id().to_owned()),
            (
                "secretAccessKey",
                new.credentials.secret_access_key().expose().to_owned(),
            ),
            ("sessionToken", token.to_owned()),
            ("expiresAt", rfc3339(new.expires_at)),
        ];
        if let Some(Value::Object(access_token)) = members.get_mut("accessToken") {
            access_token.extend(keys.map(|(name, text)| (name.to_owned(), text.into())));
        }
        members.insert("refreshToken".to_owned(), new.refresh_token.expose().into());
        let credentials = new.credentials.or_in_account(credentials.account_id());
        LoginToken {
            members,
            credentials,
            expires_at: new.expires_at,
        }
    }
}

/// The session whose token is there now. Its key is made by `aws login`, and every renewal is bound
/// to it.
pub(super) fn current_sign_in(login_session: &str, env: &Env) -> Option<SignIn> {
    let file = path(login_session, env)?;
    let bytes = read_bytes(&file).ok()?;
    let token = parse(serde_json::from_slice(&bytes).ok()?).ok()?;
    Some(token.sign_in(&file))
}

fn stem(file: &Path) -> String {
    file.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
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
            login_session,
            signin,
            plan,
            asker,
        }))
    }

    /// The session's credentials, renewed where they are about to end.
    ///
    /// Errors: `NeedsPerson` where somebody must run `aws login`, `Refused`, `Unreachable`,
    /// `Signal`.
    pub(super) async fn credentials(&self) -> Result<Fetched> {
        let file = self.file()?;
        let token = self.read(&file)?;
        let sign_in = Some(token.sign_in(&file));
        let credentials = self.current(&file, token).await?;
        Ok(Fetched {
            credentials,
            sign_in,
        })
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
        let session = self.login_session;
        let why = format!(", which renews the session of aws login for {session}");
        let meanwhile = "its credentials are used while they last";
        self.asker.turn(&name, &why, (current, meanwhile)).await
    }

    async fn current(&self, file: &Path, token: LoginToken) -> Result<Credentials> {
        if token.left(self.now()) >= REFRESH {
            return Ok(token.credentials);
        }
        let current = Current::valid_if(token.left(self.now()) > 0);
        let turn = self.turn(file, current).await?;
        if matches!(turn, Turn::Others) {
            return Ok(token.credentials);
        }
        // Another process may have renewed it meanwhile.
        let token = self.read(file)?;
        if token.left(self.now()) >= REFRESH {
            return Ok(token.credentials);
        }
        // What comes back replaces what was sent, which is worth nothing from then on: it must be
        // kept.
        finishing(self.renewed(file, token)).await?
    }

    async fn renewed(&self, file: &Path, token: LoginToken) -> Result<Credentials> {
        let Some((client_id, refresh_token, key)) = token.renewable() else {
            return Err(self.unusable("it has nothing to be renewed with"));
        };
        let asking = self.asker.asking(&self.plan.connection);
        let service = Signin::new(self.signin, &self.plan.region.name, asking)?;
        match service.refresh(client_id, &refresh_token, &key).await {
            Ok(new) => {
                let token = token.renewed(new);
                if let Err(why) = write(file, &token.members) {
                    self.asker.voice.warn(&format!(
                        "{why}: the session of aws login ends with what it gave now"
                    ));
                }
                Ok(token.credentials)
            }
            Err(_) if token.left(self.now()) > 0 => Ok(token.credentials),
            Err(failure) => Err(self.not_renewed(failure)),
        }
    }

    fn file(&self) -> Result<PathBuf> {
        path(self.login_session, self.asker.env).ok_or_else(|| {
            Error::config("no home directory found to find the sessions of aws login under")
                .hint("set AWS_LOGIN_CACHE_DIRECTORY")
        })
    }

    fn read(&self, file: &Path) -> Result<LoginToken> {
        let bytes = match read_bytes(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(self.signed_out()),
            Err(error) => return Err(self.unusable(&error.to_string())),
        };
        let members: Option<Map<String, Value>> = serde_json::from_slice(&bytes).ok();
        let parsed = members.map_or_else(|| Err(DAMAGED.to_owned()), parse);
        parsed.map_err(|why| self.unusable(&why))
    }

    fn now(&self) -> DateTime<Utc> {
        (self.asker.now)()
    }

    fn signed_out(&self) -> Error {
        let (profile, session) = (self.profile, self.login_session);
        self.with_command(Error::needs_person(format!(
            "profile '{profile}': you are signed out: no session of aws login found for {session}"
        )))
    }

    fn unusable(&self, why: &str) -> Error {
        let (profile, session) = (self.profile, self.login_session);
        self.with_command(Error::needs_person(format!(
            "profile '{profile}': the session of aws login for {session} cannot be used: {why}"
        )))
    }

    fn with_command(&self, error: Error) -> Error {
        error.hint(format!(
            "aws login --profile {}",
            words::typed(self.profile)
        ))
    }

    fn not_renewed(&self, failure: Failure) -> Error {
        let region = &self.plan.region.name;
        let (code, message) = match failure {
            Failure::Refused { code, message, .. } => (code, message),
            Failure::Unreachable { why, cause, .. } => {
                let error = no_answer(&format!("AWS Sign-In in {region}"), None, &why, cause);
                return match &self.signin.url {
                    Some((url, place)) => {
                        error.hint(format!("its address {url} comes from {place}"))
                    }
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

/// Removes the tokens of all sessions, as `aws logout --all` does. How many there were.
///
/// Errors: `Other` where one cannot be removed; the others are.
pub(crate) fn remove_all(env: &Env) -> Result<usize> {
    let listed = dir(env)
        .and_then(|dir| fs::read_dir(dir).ok())
        .into_iter()
        .flatten()
        .flatten();
    let (mut removed, mut failed) = (0, None);
    for path in listed.map(|file| file.path()).filter(|path| is_token(path)) {
        match fs::remove_file(&path) {
            Ok(()) => removed += 1,
            Err(error) => {
                failed = Some(Error::other(format!(
                    "cannot remove {}: {error}",
                    path.display()
                )));
            }
        }
    }
    failed.map_or(Ok(removed), Err)
}

fn is_token(path: &Path) -> bool {
    let bytes = read_bytes(path).unwrap_or_default();
    let members: Option<Map<String, Value>> = serde_json::from_slice(&bytes).ok();
    members.is_some_and(|members| {
        members
            .get("accessToken")
            .is_some_and(|token| token["accessKeyId"].is_string())
    })
}

fn dir(env: &Env) -> Option<PathBuf> {
    let own = env.path("AWS_LOGIN_CACHE_DIRECTORY").map(Path::to_owned);
    own.or_else(|| {
        env.home
            .as_ref()
            .map(|home| home.join(".aws").join("login").join("cache"))
    })
}

/// In `$AWS_LOGIN_CACHE_DIRECTORY`, else `~/.aws/login/cache`.
fn path(login_session: &str, env: &Env) -> Option<PathBuf> {
    Some(dir(env)?.join(format!("{}.json", file_name(login_session))))
}

/// What the session's file is called, without its ending.
pub(super) fn file_name(login_session: &str) -> String {
    hex::encode(Sha256::digest(login_session.trim()))
}

const DAMAGED: &str = "its file is damaged";

/// Errors: something is missing that credentials need, or is not what they have.
fn parse(members: Map<String, Value>) -> std::result::Result<LoginToken, String> {
    let (unchecked, expires_at) = unchecked(&members).ok_or(DAMAGED)?;
    let credentials = unchecked
        .checked()
        .map_err(|flaw| format!("in its file, {flaw}"))?;
    Ok(LoginToken {
        members,
        credentials,
        expires_at,
    })
}

fn unchecked(members: &Map<String, Value>) -> Option<(Unchecked, DateTime<Utc>)> {
    let access_token = members.get("accessToken")?.as_object()?;
    let expires_at = DateTime::parse_from_rfc3339(text(access_token, "expiresAt")?)
        .ok()?
        .with_timezone(&Utc);
    let unchecked = Unchecked {
        access_key_id: text(access_token, "accessKeyId")?.to_owned(),
        secret_access_key: Secret::new(text(access_token, "secretAccessKey")?),
        session_token: Some(Secret::new(text(access_token, "sessionToken")?)),
        expiration: Some(expires_at),
        account_id: text(access_token, "accountId").map(str::to_owned),
    };
    Some((unchecked, expires_at))
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name)?.as_str()
}

/// Errors: a sentence.
fn write(file: &Path, members: &Map<String, Value>) -> std::result::Result<(), String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    serde_json::to_writer(&mut *bytes, members).map_err(|error| error.to_string())?;
    write_private(file, &bytes).map_err(|warning| warning.to_string())
}
