//! Which base credentials a profile has: docs/aws.md A2.1, in the AWS CLI's order.

use super::Read;
use super::access_key;
use super::chain_profile::{Link, Value, at_key, set};
use super::key;
use super::machine::{self, Metadata};
use super::process;
use super::sso::{self, Sso};
use super::web_identity::{self, WebIdentity};
use crate::arn::{Arn, is_account_id};
use crate::config::{Config, FileKind, Key, KeyStore, Origin, Profile, stored_keys, words};
use crate::credentials::Credentials;
use crate::env::Env;
use crate::error::{Error, Place, Result};
use crate::secret::Secret;

/// Where a plan's first signature comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// `aws_access_key_id = …` and `aws_secret_access_key = …` in a profile.
    AccessKey { profile: String, keys: Credentials },
    /// An access key whose secret is in a keyring, where it is fetched when something is signed.
    StoredKey(Box<KeyInStore>),
    /// `credential_source = Environment`
    Environment { keys: Credentials },
    /// `credential_source = Ec2InstanceMetadata`
    Ec2InstanceMetadata(Metadata),
    /// `credential_source = EcsContainer`
    EcsContainer,
    /// `web_identity_token_file = …` with `role_arn = …`, or `credential_source = Environment` in a
    /// pod
    WebIdentity(WebIdentity),
    /// `sso_session = …`, or the four `sso_…` keys of old
    Sso(Box<Sso>),
    /// `login_session = …` (`aws login`)
    Login {
        profile: String,
        login_session: String,
    },
    /// `credential_process = …`
    CredentialProcess {
        profile: String,
        command: String,
        /// The line that the command is in.
        place: Place,
        account_id: Option<String>,
        is_cached: bool,
    },
}

/// The access key of a profile, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyInStore {
    pub(crate) profile: String,
    pub(crate) access_key_id: String,
    pub(crate) store: KeyStore,
    /// What [`digest_of`] says of the key that was put there.
    pub(crate) digest: String,
    /// The line of the index.
    pub(crate) place: Place,
    pub(crate) account_id: Option<String>,
}

impl Source {
    /// What goes into the first step's key: who signs it.
    ///
    /// A home directory may be shared by machines, whose roles are their own: there the machine is
    /// part of it.
    pub(super) fn identity(&self, env: &Env, read: &Read) -> Vec<String> {
        let token = read.token.as_deref().unwrap_or("");
        let owned = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect();
        match self {
            Source::AccessKey { keys, .. } | Source::Environment { keys } => identity_of_keys(keys),
            // As if it stood in a file: the sessions that there are go on when it moves.
            Source::StoredKey(key) => owned(&["key", &key.access_key_id, &key.digest]),
            Source::Ec2InstanceMetadata(metadata) => {
                owned(&["ec2_instance_metadata", &metadata.endpoint, &env.machine()])
            }
            Source::EcsContainer => machine::container_identity(env, token),
            Source::WebIdentity(web) => web.identity(token),
            // Two sessions with one start URL may be two people.
            Source::Sso(sso) => owned(&[
                "sso",
                sso.session.as_deref().unwrap_or(""),
                &sso.start_url,
                &sso.region,
                sso.account_id.as_deref().unwrap_or(""),
                sso.role_name.as_deref().unwrap_or(""),
            ]),
            Source::Login { login_session, .. } => owned(&["login", login_session]),
            Source::CredentialProcess { command, .. } => {
                let mut parts = owned(&["credential_process", command, &read.process.digest]);
                parts.extend(process::variables(command, env));
                parts
            }
        }
    }

    /// The file whose text says who asks.
    pub(super) fn token_file<'a>(&'a self, env: &'a Env) -> Option<&'a str> {
        match self {
            Source::EcsContainer => machine::container_token_file(env),
            Source::WebIdentity(web) => Some(&web.token_file),
            _ => None,
        }
    }

    /// Which kind it is, as `explain --json` and the audit log have it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Source::AccessKey { .. } | Source::StoredKey(_) => "access_key",
            Source::Environment { .. } => "environment",
            Source::Ec2InstanceMetadata(_) => "ec2_instance_metadata",
            Source::EcsContainer => "ecs_container",
            Source::WebIdentity { .. } => "web_identity",
            Source::Sso(_) => "sso",
            Source::Login { .. } => "login",
            Source::CredentialProcess { .. } => "credential_process",
        }
    }

    /// The profile that it stands in, where it stands in one.
    pub(crate) fn profile(&self) -> Option<&str> {
        match self {
            Source::AccessKey { profile, .. }
            | Source::Login { profile, .. }
            | Source::CredentialProcess { profile, .. } => Some(profile),
            Source::StoredKey(key) => Some(&key.profile),
            Source::Sso(sso) => Some(&sso.profile),
            Source::WebIdentity(web) => web.profile.as_deref(),
            Source::Environment { .. } | Source::Ec2InstanceMetadata(_) | Source::EcsContainer => {
                None
            }
        }
    }

    /// Whether the credentials are in the files, the environment or a keyring, and are never
    /// copied to the cache.
    pub(crate) fn is_keys(&self) -> bool {
        matches!(
            self,
            Source::AccessKey { .. } | Source::Environment { .. } | Source::StoredKey(_)
        )
    }

    /// Whether it is near and knows best what counts now: the machine's own metadata, or another
    /// xacct.
    pub(crate) fn is_asked_each_time(&self) -> bool {
        match self {
            Source::CredentialProcess { command, .. } => process::is_xacct(command),
            _ => self.is_of_machine(),
        }
    }

    /// Whether the instance or the container that xacct runs on gives it.
    pub(crate) fn is_of_machine(&self) -> bool {
        matches!(self, Source::Ec2InstanceMetadata(_) | Source::EcsContainer)
    }

    /// Long-term keys, the only ones that can sign a request with an MFA code.
    pub(super) fn has_long_term_keys(&self) -> bool {
        match self {
            Source::AccessKey { keys, .. } | Source::Environment { keys } => keys.are_long_term(),
            Source::StoredKey(_) => true,
            _ => false,
        }
    }

    /// The ID of the access key, where the files or the environment say it.
    pub(crate) fn access_key_id(&self) -> Option<&str> {
        match self {
            Source::AccessKey { keys, .. } | Source::Environment { keys } => {
                Some(keys.access_key_id())
            }
            Source::StoredKey(key) => Some(&key.access_key_id),
            _ => None,
        }
    }

    /// Whether what it gives can be a user's own access key. What a process gives is known only
    /// when it has run.
    pub(super) fn may_be_long_term(&self) -> bool {
        self.has_long_term_keys() || matches!(self, Source::CredentialProcess { .. })
    }

    /// The account, as far as the files say.
    pub(crate) fn account_id(&self) -> Option<&str> {
        match self {
            Source::AccessKey { keys, .. } | Source::Environment { keys } => keys.account_id(),
            Source::StoredKey(key) => key.account_id.as_deref(),
            Source::Sso(sso) => sso.account_id.as_deref(),
            Source::WebIdentity(web) => web.account_id(),
            Source::Login { login_session, .. } => {
                let account_id = Arn::parse(login_session.trim()).map(|arn| arn.account_id);
                account_id.filter(|id| is_account_id(id))
            }
            // What the profile says: the process may say it too, and then that counts.
            Source::CredentialProcess { account_id, .. } => account_id.as_deref(),
            Source::Ec2InstanceMetadata(_) | Source::EcsContainer => None,
        }
    }
}

pub(super) fn identity_of_keys(keys: &Credentials) -> Vec<String> {
    vec![
        "key".to_owned(),
        keys.access_key_id().to_owned(),
        digest_of(keys),
    ]
}

/// Of what is secret in the keys: with another secret or token under the same id, another source
/// signs.
pub(crate) fn digest_of(keys: &Credentials) -> String {
    let token = keys.session_token().map_or("", Secret::expose);
    let parts = [keys.secret_access_key().expose(), token];
    key::digest("xacct keys", parts.into_iter()).to_string()
}

/// Where an access key stands in the files that the profile has, and what [`digest_of`] says of it.
pub(crate) fn digest_of_profile(profile: &Profile) -> Option<(Origin, String)> {
    let keys = access_key::of_profile(profile, |_| true).ok()??;
    let origin = profile.get(Key::AwsAccessKeyId)?.origin.clone();
    Some((origin, digest_of(&keys)))
}

/// The base credentials of a profile whose role, if it has one, is left aside.
pub(super) fn of_profile(config: &Config, link: &Link<'_>, env: &Env) -> Result<Source> {
    let profile = &link.profile;
    let is_role_source = link.assumes_role();
    // As a source of a role, keys win outright (aws-config `repr.rs`); otherwise the token and SSO
    // come first.
    if (link.request.is_none() || is_role_source)
        && let Some(source) = own_keys(profile, |_| true)?
    {
        return Ok(source);
    }
    // A role of the command line's is assumed with what the profile itself is.
    let own = Link {
        profile: profile.clone(),
        request: None,
    };
    let web = web_identity::of_profile(config, if is_role_source { &own } else { link }, env)?;
    if let Some(web) = web {
        return Ok(Source::WebIdentity(web));
    }
    if sso::is_role(profile)
        && let Some(source) = identity_center(config, profile)?
    {
        return Ok(source);
    }
    // Keys in the credentials file beat a credential_process, as in the AWS CLI; keys in the config
    // file do not.
    if let Some(source) = own_keys(profile, |file| file == FileKind::Credentials)? {
        return Ok(source);
    }
    if let Some(login) = set(profile, Key::LoginSession) {
        return Ok(Source::Login {
            profile: profile.name.clone(),
            login_session: login.to_owned(),
        });
    }
    if let Some(source) = credential_process(config, profile, env)? {
        return Ok(source);
    }
    if let Some(source) = own_keys(profile, |_| true)? {
        return Ok(source);
    }
    // What is not a whole source counts only where nothing else is one, as in the AWS CLI.
    if let Some(source) = identity_center(config, profile)? {
        return Ok(source);
    }
    if let Some(source) = named_source(config, link, env)? {
        return Ok(source);
    }
    Err(without_credentials(config, profile, link.request.is_none()))
}

fn identity_center(config: &Config, profile: &Profile) -> Result<Option<Source>> {
    let sso = sso::of_profile(config, profile).map_err(|error| error.named("sso-conflict"))?;
    Ok(sso.map(|sso| Source::Sso(Box::new(sso))))
}

/// A key in a keyring counts as one in the credentials file.
fn own_keys(profile: &Profile, wanted: impl Fn(FileKind) -> bool) -> Result<Option<Source>> {
    let Some((stored, origin)) = &profile.stored_key else {
        let keys = access_key::of_profile(profile, wanted)?;
        return Ok(keys.map(|keys| Source::AccessKey {
            profile: profile.name.clone(),
            keys,
        }));
    };
    if let Some(keys) = access_key::of_profile(profile, |_| true)? {
        // The same key in both is one on its way: `keys import` was interrupted.
        if keys.access_key_id() == stored.access_key_id && digest_of(&keys) == stored.digest {
            return Ok(wanted(FileKind::Credentials).then(|| Source::AccessKey {
                profile: profile.name.clone(),
                keys,
            }));
        }
        let line = profile.get(Key::AwsAccessKeyId);
        let place = line.map_or_else(|| Place::from(origin), |line| Place::from(&line.origin));
        let (name, id) = (&profile.name, keys.shown_id());
        return Err(stored_keys::in_two_places(name, place, id, stored));
    }
    if !wanted(FileKind::Credentials) {
        return Ok(None);
    }
    Ok(Some(Source::StoredKey(Box::new(KeyInStore {
        profile: profile.name.clone(),
        access_key_id: stored.access_key_id.clone(),
        store: stored.store,
        digest: stored.digest.clone(),
        place: origin.into(),
        account_id: set(profile, Key::AwsAccountId).map(str::to_owned),
    }))))
}

/// `credential_source` of a profile without a role of its own.
fn named_source(config: &Config, link: &Link<'_>, env: &Env) -> Result<Option<Source>> {
    link.value(Key::CredentialSource)
        .map(|value| named(config, &value, link, env))
        .transpose()
}

/// `credential_source = …`; the AWS CLI is strict about case, the SDKs are not, and neither is
/// xacct.
pub(super) fn named(
    config: &Config,
    value: &Value<'_>,
    link: &Link<'_>,
    env: &Env,
) -> Result<Source> {
    match value.text.to_ascii_lowercase().as_str() {
        "environment" => {
            if !access_key::is_in_environment(env)
                && let Some(web) = web_identity::of_environment(config, &link.profile.name, env)?
            {
                return Ok(Source::WebIdentity(web));
            }
            Ok(Source::Environment {
                keys: access_key::of_environment(value, env)?,
            })
        }
        "ec2instancemetadata" => Ok(Source::Ec2InstanceMetadata(machine::metadata(
            config, link, env,
        )?)),
        "ecscontainer" => Ok(Source::EcsContainer),
        _ => Err(value
            .error(&format!("credential_source '{}' is unknown", value.text))
            .hint("it is one of Environment, Ec2InstanceMetadata, EcsContainer")),
    }
}

/// The profiles whose processes this one was started by, separated by commas: what keeps two of
/// them from starting each other without end. Looked at here, before any lock is waited for that
/// the first of them holds.
pub(crate) const PROFILE_CHAIN: &str = "XACCT_PROFILE_CHAIN";

fn credential_process(config: &Config, profile: &Profile, env: &Env) -> Result<Option<Source>> {
    let Some(setting) = profile.get(Key::CredentialProcess) else {
        return Ok(None);
    };
    let Some(command) = set(profile, Key::CredentialProcess) else {
        return Ok(None);
    };
    let chain = env.get(PROFILE_CHAIN).unwrap_or_default();
    if chain.split(',').any(|name| name == profile.name) {
        let chain = chain.replace(',', " → ");
        return Err(at_key(
            profile,
            &[Key::CredentialProcess],
            &format!(
                "profile '{0}' gets its credentials from a process that asks for '{0}': {chain} → \
                 {0}",
                profile.name
            ),
        )
        .naming_profile()
        .hint("one of these profiles must get its credentials from elsewhere")
        .named("process-of-itself"));
    }
    if crate::config::process::asks_xacct_for(command, &profile.name) {
        return Err(asks_for_itself(config, profile));
    }
    Ok(Some(Source::CredentialProcess {
        profile: profile.name.clone(),
        command: command.to_owned(),
        place: (&setting.origin).into(),
        account_id: set(profile, Key::AwsAccountId).map(str::to_owned),
        is_cached: is_cached(profile)?,
    }))
}

/// `credential_process_cache`: whether what the process gives may be used again.
fn is_cached(profile: &Profile) -> Result<bool> {
    let key = Key::CredentialProcessCache;
    match set(profile, key).map(str::to_ascii_lowercase).as_deref() {
        None | Some("on" | "true") => Ok(true),
        Some("off" | "false") => Ok(false),
        Some(other) => {
            let message = format!("{key} = '{other}' is neither on nor off");
            Err(at_key(profile, &[key], &message).hint(format!("write {key} = off")))
        }
    }
}

/// `xacct adopt` leaves such a profile in the config file and moves its role to the settings file.
fn asks_for_itself(config: &Config, profile: &Profile) -> Error {
    let name = &profile.name;
    let message = format!(
        "profile '{name}' gets its credentials from `xacct credential-process {name}`: itself"
    );
    let error = at_key(profile, &[Key::CredentialProcess], &message)
        .naming_profile()
        .named("process-of-itself");
    let path = config.paths().display(FileKind::Settings);
    let place = if path.is_empty() {
        "xacct's settings file".to_owned()
    } else {
        path
    };
    if config.has_settings_file() {
        return error
            .hint(format!(
                "{place} has no role for it: if 'xacct adopt' moved the role to another settings \
                 file, name that one in XACCT_CONFIG"
            ))
            .hint(format!(
                "or give the profile a role_arn and a source_profile there ([profile.{name}]), or \
                 name the profile whose credentials it should have"
            ));
    }
    error
        .hint(format!(
            "{place} was not found: if 'xacct adopt' moved the role there, make the file available \
             here"
        ))
        .hint("XACCT_CONFIG names a settings file in another place")
}

/// `is_source`: a role is to be assumed with what the profile has.
fn without_credentials(config: &Config, profile: &Profile, is_source: bool) -> Error {
    let message = format!(
        "profile '{}' did not contain credential information",
        profile.name
    );
    let error = match profile.iter().next() {
        Some((_, setting)) => Error::config(message).at(&setting.origin),
        None => Error::config(message),
    }
    .naming_profile();
    // They may stand below a header that is not read, such as [profile NAME] in the credentials
    // file.
    let unread = config.unread_headers(&profile.name);
    let error = unread.into_iter().fold(error, Error::hint);
    let error = error.hint(
        "it needs role_arn with source_profile, an access key, sso_session, \
         web_identity_token_file or credential_process",
    );
    if !is_source {
        return error.named("credentials-none");
    }
    error
        .hint(in_other_keyring(&profile.name))
        .named("source-without-credentials")
}

/// People who come from aws-vault have their access keys in its store, which no other program
/// reads.
pub(crate) fn in_other_keyring(name: &str) -> String {
    let name = words::typed(name);
    format!(
        "if aws-vault keeps its access key, add: credential_process = aws-vault export \
         --format=json --no-session {name}"
    )
}
