//! What the AWS CLI keeps of a session: `~/.aws/login/cache`, one file for each, whose members every
//! SDK reads. Its name is the SHA-256 of `login_session`.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::arn::Arn;
use crate::aws::{Begun, ProofKey, Renewed};
use crate::cache::{SignIn, write_private};
use crate::credentials::{Credentials, Unchecked, rfc3339};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::files::{make_dir, read_bytes};
use crate::secret::Secret;

/// The file's members as they are, and those of them that count here.
pub(super) struct LoginToken {
    pub(super) members: Map<String, Value>,
    pub(super) credentials: Credentials,
    expires_at: DateTime<Utc>,
}

impl LoginToken {
    /// Of a sign-in, as the AWS CLI writes it down.
    ///
    /// Errors: a sentence.
    pub(super) fn new(
        begun: &Begun,
        client_id: &str,
        pem: &Secret,
    ) -> std::result::Result<LoginToken, String> {
        let keys = &begun.tokens.credentials;
        let token = keys.session_token().map_or("", Secret::expose);
        let account_id = Arn::parse(&begun.arn).map(|arn| arn.account_id.to_owned());
        let members = json!({
            "accessToken": {
                "accessKeyId": keys.access_key_id(),
                "secretAccessKey": keys.secret_access_key().expose(),
                "sessionToken": token,
                "accountId": account_id.unwrap_or_default(),
                "expiresAt": rfc3339(begun.tokens.expires_at),
            },
            "tokenType": begun.token_type,
            "clientId": client_id,
            "refreshToken": begun.tokens.refresh_token.expose(),
            "idToken": begun.id_token.expose(),
            "dpopKey": pem.expose(),
        });
        match members {
            Value::Object(members) => parse(members),
            _ => Err(DAMAGED.to_owned()),
        }
    }

    /// Seconds.
    pub(super) fn left(&self, now: DateTime<Utc>) -> i64 {
        (self.expires_at - now).num_seconds()
    }

    /// What a renewal is asked for with: the client, the refresh token, the key.
    pub(super) fn renewable(&self) -> Option<(&str, Secret, ProofKey)> {
        // Line ends may be escaped twice (aws-config `login/cache.rs`).
        let pem = Secret::new(text(&self.members, "dpopKey")?.replace("\\n", "\n"));
        Some((
            text(&self.members, "clientId")?,
            Secret::new(text(&self.members, "refreshToken")?),
            ProofKey::from_pem(&pem)?,
        ))
    }

    /// Without a key it cannot be renewed, and ends with its credentials.
    pub(super) fn sign_in(&self, file: &Path) -> SignIn {
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
    pub(super) fn renewed(self, new: Renewed) -> LoginToken {
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

pub(super) fn stem(file: &Path) -> String {
    file.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
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
pub(super) fn path(login_session: &str, env: &Env) -> Option<PathBuf> {
    Some(dir(env)?.join(format!("{}.json", file_name(login_session))))
}

/// What the session's file is called, without its ending.
pub(in crate::source) fn file_name(login_session: &str) -> String {
    hex::encode(Sha256::digest(login_session.trim()))
}

pub(super) const DAMAGED: &str = "its file is damaged";

/// Errors: something is missing that credentials need, or is not what they have.
pub(super) fn parse(members: Map<String, Value>) -> std::result::Result<LoginToken, String> {
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
pub(super) fn write(file: &Path, members: &Map<String, Value>) -> std::result::Result<(), String> {
    if let Some(dir) = file.parent() {
        make_dir(dir).map_err(|error| format!("cannot create {}: {error}", dir.display()))?;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    serde_json::to_writer(&mut *bytes, members).map_err(|error| error.to_string())?;
    write_private(file, &bytes).map_err(|warning| warning.to_string())
}
