//! `~/.aws/sso/cache`: tokens and client registrations in the AWS CLI's own files, which it and
//! every SDK share.
//!
//! Sources: docs/aws.md A6; botocore's `SSOTokenLoader`, the AWS CLI's `BaseSSOTokenFetcher`.

mod elsewhere;

pub(super) use elsewhere::Elsewhere;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::aws::Registered;
use crate::cache::write_private;
use crate::credentials::rfc3339;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::files::{make_dir, read_bytes};
use crate::plan::Sso;
use crate::secret::Secret;

/// A sign-in as its file has it.
#[derive(Debug, Clone)]
pub(super) struct SsoToken {
    pub(super) access_token: Secret,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) refresh_token: Option<Secret>,
    /// The client that may refresh it.
    pub(super) client: Option<Registered>,
}

impl SsoToken {
    /// Seconds until it ends; negative afterwards.
    pub(super) fn left(&self, now: DateTime<Utc>) -> i64 {
        (self.expires_at - now).num_seconds()
    }

    /// What a new access token is asked for with, where that can work.
    pub(super) fn refreshable(&self, now: DateTime<Utc>) -> Option<(&Registered, &Secret)> {
        let client = self
            .client
            .as_ref()
            .filter(|client| client.expires_at > now)?;
        Some((client, self.refresh_token.as_ref()?))
    }
}

/// The token's file. Keys are read in any case, as the Rust SDK does.
#[derive(Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "lowercase"))]
struct TokenFile {
    #[serde(
        rename(deserialize = "starturl"),
        skip_serializing_if = "Option::is_none"
    )]
    start_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(
        rename(deserialize = "accesstoken"),
        serialize_with = "Secret::expose_to"
    )]
    access_token: Secret,
    #[serde(rename(deserialize = "expiresat"))]
    expires_at: String,
    #[serde(
        rename(deserialize = "clientid"),
        skip_serializing_if = "Option::is_none"
    )]
    client_id: Option<String>,
    #[serde(rename(deserialize = "clientsecret"))]
    #[serde(serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    client_secret: Option<Secret>,
    #[serde(
        rename(deserialize = "registrationexpiresat"),
        skip_serializing_if = "Option::is_none"
    )]
    registration_expires_at: Option<String>,
    #[serde(rename(deserialize = "refreshtoken"))]
    #[serde(serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Secret>,
}

/// The client's file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "lowercase"))]
struct ClientFile {
    #[serde(rename(deserialize = "clientid"))]
    client_id: String,
    #[serde(
        rename(deserialize = "clientsecret"),
        serialize_with = "Secret::expose_to"
    )]
    client_secret: Secret,
    #[serde(rename(deserialize = "expiresat"))]
    expires_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
    /// Without them it is a client for devices.
    #[serde(
        rename(deserialize = "granttypes"),
        skip_serializing_if = "Option::is_none"
    )]
    grant_types: Option<Vec<String>>,
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn exposed<S: serde::Serializer>(
    secret: &Option<Secret>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => secret.expose_to(serializer),
        None => serializer.serialize_none(),
    }
}

/// The files of one session.
#[derive(Debug)]
pub(super) struct SsoFiles<'a> {
    sso: &'a Sso,
    dir: PathBuf,
    /// SHA-1 in hex; also what its lock is called after.
    pub(super) name: String,
}

impl<'a> SsoFiles<'a> {
    /// Errors: of kind `Config`, where no home directory found.
    pub(super) fn new(sso: &'a Sso, env: &Env) -> Result<SsoFiles<'a>> {
        let Some(home) = &env.home else {
            return Err(Error::config(
                "no home directory found to keep Identity Center's tokens under",
            ));
        };
        Ok(SsoFiles {
            sso,
            dir: directory(home),
            name: file_name(sso),
        })
    }

    /// The same for a token's file of another name, which no session of the config file has.
    pub(super) fn named(self, name: &str) -> SsoFiles<'a> {
        SsoFiles {
            name: name.to_owned(),
            ..self
        }
    }

    fn token_path(&self) -> PathBuf {
        self.dir.join(format!("{}.json", self.name))
    }

    /// The token; `None` where there is none for this session, or no usable one.
    pub(super) fn token(&self) -> Option<SsoToken> {
        let file: TokenFile = read(&self.token_path())?;
        // The session may have been given another start URL since.
        if file
            .start_url
            .is_some_and(|url| !is_same_place(&url, &self.sso.start_url))
        {
            return None;
        }
        let client = (|| {
            Some(Registered {
                client_id: file.client_id?,
                client_secret: file.client_secret?,
                expires_at: time(&file.registration_expires_at?)?,
            })
        })();
        let expires_at = time(&file.expires_at)?;
        Some(SsoToken {
            access_token: file.access_token,
            expires_at,
            refresh_token: file.refresh_token,
            client,
        })
    }

    /// Errors: a sentence.
    pub(super) fn keep_token(&self, token: &SsoToken) -> std::result::Result<(), String> {
        let client = token.client.as_ref();
        let file = TokenFile {
            start_url: Some(self.sso.start_url.clone()),
            region: Some(self.sso.region.clone()),
            access_token: token.access_token.clone(),
            expires_at: rfc3339(token.expires_at),
            client_id: client.map(|client| client.client_id.clone()),
            client_secret: client.map(|client| client.client_secret.clone()),
            registration_expires_at: client.map(|client| rfc3339(client.expires_at)),
            refresh_token: token.refresh_token.clone(),
        };
        self.write(&self.token_path(), &file)
    }

    /// Whether there was one.
    ///
    /// Errors: a sentence.
    pub(super) fn drop_token(&self) -> std::result::Result<bool, String> {
        remove(&self.token_path())
    }

    /// The client that was registered for this session, for the browser's way or for devices.
    pub(super) fn client(&self, for_browser: bool) -> Option<Registered> {
        let file: ClientFile = read(&self.client_path())?;
        let is_for_browser = file
            .grant_types
            .is_some_and(|grants| grants.iter().any(|grant| grant == "authorization_code"));
        (is_for_browser == for_browser).then_some(Registered {
            client_id: file.client_id,
            client_secret: file.client_secret,
            expires_at: time(&file.expires_at)?,
        })
    }

    /// `scopes` and `grant_types` are what it was registered with.
    ///
    /// Errors: a sentence.
    pub(super) fn keep_client(
        &self,
        client: &Registered,
        scopes: Option<Vec<String>>,
        grant_types: Option<&[&str]>,
    ) -> std::result::Result<(), String> {
        let grant_types =
            grant_types.map(|grants| grants.iter().map(|grant| (*grant).to_owned()).collect());
        let file = ClientFile {
            client_id: client.client_id.clone(),
            client_secret: client.client_secret.clone(),
            expires_at: rfc3339(client.expires_at),
            scopes,
            grant_types,
        };
        self.write(&self.client_path(), &file)
    }

    /// Errors: a sentence.
    pub(super) fn drop_client(&self) -> std::result::Result<bool, String> {
        remove(&self.client_path())
    }

    /// Named after what the client was registered for, as Python's `json.dumps(…, sort_keys=True)`
    /// writes it.
    fn client_path(&self) -> PathBuf {
        let sso = self.sso;
        let scopes = sso.scopes.as_ref().map_or("null".to_owned(), |scopes| {
            let scopes: Vec<String> = scopes.iter().map(|scope| python(scope)).collect();
            format!("[{}]", scopes.join(", "))
        });
        let session = sso.session.as_deref().map_or("null".to_owned(), python);
        let (region, start_url) = (python(&sso.region), python(&sso.start_url));
        let text = format!(
            r#"{{"region": {region}, "scopes": {scopes}, "session_name": {session}, "startUrl": {start_url}, "tool": "botocore"}}"#
        );
        self.dir.join(format!("{}.json", sha1(&text)))
    }

    fn write(&self, path: &Path, file: &impl Serialize) -> std::result::Result<(), String> {
        make_dir(&self.dir)
            .map_err(|error| format!("cannot create {}: {error}", self.dir.display()))?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(8192));
        serde_json::to_writer(&mut *bytes, file).map_err(|error| error.to_string())?;
        write_private(path, &bytes).map_err(|warning| warning.to_string())
    }
}

fn directory(home: &Path) -> PathBuf {
    home.join(".aws").join("sso").join("cache")
}

/// Whether two start URLs are spellings of one: `…/start`, `…/start/`, `…/start#/`, `…/start/#`,
/// capitals in the host.
fn is_same_place(one: &str, other: &str) -> bool {
    normal(one) == normal(other)
}

/// The host in lower case, and nothing at the end.
fn normal(url: &str) -> String {
    let url = url.trim().trim_end_matches(['/', '#']);
    let path = url
        .find("://")
        .and_then(|at| Some(at + 3 + url[at + 3..].find('/')?))
        .unwrap_or(url.len());
    format!("{}{}", url[..path].to_ascii_lowercase(), &url[path..])
}

/// What a session's token file is called, without its ending.
pub(crate) fn file_name(sso: &Sso) -> String {
    sha1(sso.token_name())
}

/// A token's file, whose session need not be in the config file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) struct TokenOnDisk {
    /// The file's name without its ending.
    #[serde(skip)]
    pub(crate) name: String,
    pub(crate) starturl: Option<String>,
    pub(crate) region: Option<String>,
    accesstoken: Secret,
}

impl TokenOnDisk {
    pub(super) fn access_token(&self) -> &Secret {
        &self.accesstoken
    }
}

/// Every token of the directory, by whatever tool; as the AWS CLI, which takes what has an access
/// token for one.
pub(crate) fn all_tokens(env: &Env) -> Vec<TokenOnDisk> {
    let Some(home) = &env.home else {
        return Vec::new();
    };
    let listed = fs::read_dir(directory(home))
        .into_iter()
        .flatten()
        .flatten();
    let named = listed.filter_map(|file| {
        let name = file
            .file_name()
            .into_string()
            .ok()?
            .strip_suffix(".json")?
            .to_owned();
        Some(TokenOnDisk {
            name,
            ..read(&file.path())?
        })
    });
    let mut tokens: Vec<TokenOnDisk> = named.collect();
    tokens.sort_by(|one, other| one.name.cmp(&other.name));
    tokens
}

/// Removes the token's file, without a word to AWS.
///
/// Errors: `Other`, where that cannot be done.
pub(crate) fn remove_token(env: &Env, token: &TokenOnDisk) -> Result<bool> {
    let Some(home) = &env.home else {
        return Ok(false);
    };
    remove(&directory(home).join(format!("{}.json", token.name))).map_err(Error::other)
}

/// The file's members, if it holds what is wanted. Other programs write here too: what is not
/// understood is not there.
fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let bytes = read_bytes(path).ok()?;
    let members: Map<String, Value> = serde_json::from_slice(&bytes).ok()?;
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    let members: Map<String, Value> = members
        .map(|(key, value)| (key.to_lowercase(), value))
        .collect();
    serde_json::from_value(members.into()).ok()
}

fn remove(path: &Path) -> std::result::Result<bool, String> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(format!("cannot remove {}: {error}", path.display())),
    }
}

/// RFC 3339, or as the AWS CLI once wrote it: `2020-06-17T10:02:08UTC`.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let text = text
        .strip_suffix("UTC")
        .map_or(text.to_owned(), |text| format!("{text}Z"));
    DateTime::parse_from_rfc3339(&text)
        .ok()
        .map(|at| at.with_timezone(&Utc))
}

/// A string as Python's json module writes it: what is not printable ASCII as `\uXXXX`.
fn python(text: &str) -> String {
    let mut written = String::new();
    for character in serde_json::to_string(text).unwrap_or_default().chars() {
        if (' '..='~').contains(&character) {
            written.push(character);
        } else {
            let mut units = [0; 2];
            written.extend(
                character
                    .encode_utf16(&mut units)
                    .iter()
                    .map(|unit| format!("\\u{unit:04x}")),
            );
        }
    }
    written
}

fn sha1(text: &str) -> String {
    hex::encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()))
}

#[cfg(test)]
pub(super) fn sample(session: Option<&str>, scopes: Option<&[&str]>) -> Sso {
    Sso {
        profile: "acme".to_owned(),
        session: session.map(str::to_owned),
        region: "eu-central-1".to_owned(),
        start_url: "https://acme.awsapps.com/start".to_owned(),
        account_id: None,
        role_name: None,
        scopes: scopes.map(|scopes| scopes.iter().map(|scope| (*scope).to_owned()).collect()),
        known_sessions: [].into(),
    }
}

#[cfg(test)]
mod tests;
