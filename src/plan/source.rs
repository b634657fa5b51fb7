//! Which base credentials a profile has: AWS.md A2.1, in the AWS CLI's order.

use super::link::{Link, Value, at_key};
use crate::config::{Config, FileKind, Profile, process};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// Where a plan's first signature comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// `aws_access_key_id = …` and `aws_secret_access_key = …` in a profile.
    AccessKey { profile: String, keys: Keys },
    /// `credential_source = Environment`
    Environment { keys: Keys },
    /// `credential_source = Ec2InstanceMetadata`
    Ec2InstanceMetadata,
    /// `credential_source = EcsContainer`
    EcsContainer,
    /// `web_identity_token_file = …` with `role_arn = …`
    WebIdentity { profile: String, role_arn: String, role_session_name: Option<String>, token_file: String },
    /// `sso_session = …`, or the four `sso_…` keys of old
    Sso(Box<Sso>),
    /// `login_session = …` (`aws login`)
    Login { profile: String, login_session: String },
    /// `credential_process = …`
    CredentialProcess { profile: String, command: String },
}

/// An access key; with a session token it is a temporary one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    pub(crate) session_token: Option<Secret>,
    /// `aws_account_id`, where the profile has it.
    pub(crate) account_id: Option<String>,
}

/// An IAM Identity Center role, or with neither account nor role a bare session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sso {
    pub(crate) profile: String,
    pub(crate) session: Option<String>,
    pub(crate) region: String,
    pub(crate) start_url: String,
    pub(crate) account_id: Option<String>,
    pub(crate) role_name: Option<String>,
}

impl Source {
    /// What goes into the first step's key: who signs it.
    ///
    /// A home directory may be shared by machines, whose roles are their own: there the machine is part of it.
    pub(super) fn identity(&self, env: &Env) -> Vec<String> {
        let owned = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect();
        match self {
            Source::AccessKey { keys, .. } | Source::Environment { keys } => {
                owned(&["key", &keys.access_key_id])
            }
            Source::Ec2InstanceMetadata => {
                let endpoint = env.get("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or("");
                owned(&["ec2_instance_metadata", endpoint, &env.machine()])
            }
            Source::EcsContainer => {
                let variables =
                    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
                let [relative, full] = variables.map(|name| env.get(name).unwrap_or(""));
                owned(&["ecs_container", relative, full, &env.machine()])
            }
            Source::WebIdentity { role_arn, role_session_name, token_file, .. } => {
                owned(&["web_identity", role_arn, role_session_name.as_deref().unwrap_or(""), token_file])
            }
            Source::Sso(sso) => owned(&[
                "sso",
                &sso.start_url,
                &sso.region,
                sso.account_id.as_deref().unwrap_or(""),
                sso.role_name.as_deref().unwrap_or(""),
            ]),
            Source::Login { login_session, .. } => owned(&["login", login_session]),
            Source::CredentialProcess { command, .. } => owned(&["credential_process", command]),
        }
    }

    /// Whether the credentials are in the files or the environment, with nothing to fetch.
    pub(crate) fn is_keys(&self) -> bool {
        matches!(self, Source::AccessKey { .. } | Source::Environment { .. })
    }

    /// Long-term keys, the only ones that can sign a request with an MFA code.
    pub(super) fn long_term_keys(&self) -> Option<&Keys> {
        match self {
            Source::AccessKey { keys, .. } | Source::Environment { keys } => {
                Some(keys).filter(|keys| keys.session_token.is_none())
            }
            _ => None,
        }
    }

    /// The account, as far as the files say.
    pub(crate) fn account_id(&self) -> Option<&str> {
        match self {
            Source::AccessKey { keys, .. } | Source::Environment { keys } => keys.account_id.as_deref(),
            Source::Sso(sso) => sso.account_id.as_deref(),
            Source::WebIdentity { role_arn, .. } => {
                crate::arn::Arn::parse(role_arn).map(|role| role.account_id)
            }
            _ => None,
        }
    }
}

/// Either half of a key pair: what makes a source profile's keys win over everything else in it.
pub(super) fn has_access_key(profile: &Profile) -> bool {
    [ACCESS_KEY_ID, SECRET_ACCESS_KEY].iter().any(|key| set(profile, key).is_some())
}

const ACCESS_KEY_ID: &str = "aws_access_key_id";
const SECRET_ACCESS_KEY: &str = "aws_secret_access_key";

/// The base credentials of a profile whose role, if it has one, is left aside.
pub(super) fn of_profile(config: &Config, link: &Link<'_>, env: &Env) -> Result<Source> {
    let profile = &link.profile;
    let is_role_source = link.value("role_arn").is_some() && link.value("web_identity_token_file").is_none();
    // As a source of a role, keys win outright (aws-config `repr.rs`); otherwise the token and SSO come first.
    if (link.request.is_none() || is_role_source)
        && let Some(source) = access_key(profile, |_| true)?
    {
        return Ok(source);
    }
    if let Some(source) = named_source(link, env)? {
        return Ok(source);
    }
    if let Some(source) = web_identity(link)? {
        return Ok(source);
    }
    if let Some(source) = sso(config, profile)? {
        return Ok(source);
    }
    // Keys in the credentials file beat a credential_process, as in the AWS CLI; keys in the config file do not.
    if let Some(source) = access_key(profile, |file| file == FileKind::Credentials)? {
        return Ok(source);
    }
    if let Some(login) = set(profile, "login_session") {
        return Ok(Source::Login { profile: profile.name.clone(), login_session: login.to_owned() });
    }
    if let Some(source) = credential_process(profile)? {
        return Ok(source);
    }
    if let Some(source) = access_key(profile, |_| true)? {
        return Ok(source);
    }
    Err(without_credentials(profile))
}

/// `credential_source` beside a role that `--role-arn` names.
fn named_source(link: &Link<'_>, env: &Env) -> Result<Option<Source>> {
    link.value("credential_source").map(|value| named(&value, env)).transpose()
}

/// `credential_source = …`; the AWS CLI is strict about case, the SDKs are not, and neither is xacct.
pub(super) fn named(value: &Value<'_>, env: &Env) -> Result<Source> {
    match value.text.to_ascii_lowercase().as_str() {
        "environment" => environment(value, env),
        "ec2instancemetadata" => Ok(Source::Ec2InstanceMetadata),
        "ecscontainer" => Ok(Source::EcsContainer),
        _ => Err(value
            .error(&format!("credential_source '{}' is unknown", value.text))
            .hint("it is one of Environment, Ec2InstanceMetadata, EcsContainer")),
    }
}

fn environment(value: &Value<'_>, env: &Env) -> Result<Source> {
    let (Some(access_key_id), Some(secret)) =
        (env.get("AWS_ACCESS_KEY_ID"), env.get("AWS_SECRET_ACCESS_KEY"))
    else {
        return Err(value.error(
            "credential_source is Environment, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set",
        ));
    };
    Ok(Source::Environment {
        keys: Keys {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: Secret::new(secret),
            session_token: env.get("AWS_SESSION_TOKEN").map(Secret::new),
            account_id: env.get("AWS_ACCOUNT_ID").map(str::to_owned),
        },
    })
}

/// The profile's keys, where `wanted` says yes to the file that the id stands in. Half a pair is an error.
fn access_key(profile: &Profile, wanted: impl Fn(FileKind) -> bool) -> Result<Option<Source>> {
    let half = |missing: &str, present: &str| {
        at_key(profile, &[present], &format!("profile '{}' is missing {missing}", profile.name))
            .hint(format!("add {missing}, or delete {present}"))
    };
    let (id, secret) = (set(profile, ACCESS_KEY_ID), set(profile, SECRET_ACCESS_KEY));
    let file = profile.get(ACCESS_KEY_ID).or_else(|| profile.get(SECRET_ACCESS_KEY)).map(|s| s.origin.file);
    if !file.is_some_and(wanted) {
        return Ok(None);
    }
    match (id, secret) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(half(SECRET_ACCESS_KEY, ACCESS_KEY_ID)),
        (None, Some(_)) => Err(half(ACCESS_KEY_ID, SECRET_ACCESS_KEY)),
        (Some(id), Some(secret)) => {
            let token = set(profile, "aws_session_token").or_else(|| set(profile, "aws_security_token"));
            Ok(Some(Source::AccessKey {
                profile: profile.name.clone(),
                keys: Keys {
                    access_key_id: id.to_owned(),
                    secret_access_key: Secret::new(secret),
                    session_token: token.map(Secret::new),
                    account_id: set(profile, "aws_account_id").map(str::to_owned),
                },
            }))
        }
    }
}

fn web_identity(link: &Link<'_>) -> Result<Option<Source>> {
    let Some(token_file) = link.value("web_identity_token_file") else { return Ok(None) };
    let name = &link.profile.name;
    let Some(role_arn) = link.value("role_arn") else {
        return Err(token_file
            .error(&format!("profile '{name}': `role_arn` was missing beside web_identity_token_file")));
    };
    Ok(Some(Source::WebIdentity {
        profile: name.clone(),
        role_arn: role_arn.text.to_owned(),
        role_session_name: link.value("role_session_name").map(|value| value.text.to_owned()),
        token_file: token_file.text.to_owned(),
    }))
}

const SSO_KEYS: [&str; 5] = ["sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region"];

/// Any `sso_…` key makes an Identity Center profile, and then all that belong to it must be there (aws-config).
fn sso(config: &Config, profile: &Profile) -> Result<Option<Source>> {
    if SSO_KEYS.iter().all(|key| set(profile, key).is_none()) {
        return Ok(None);
    }
    let wrong = |message: &str| at_key(profile, &SSO_KEYS, message);
    let needed = |key: &str| {
        let text = set(profile, key).map(str::to_owned);
        text.ok_or_else(|| wrong(&format!("profile '{}' is missing {key}", profile.name)))
    };
    let (region, start_url) = if let Some(session) = set(profile, "sso_session") {
        sso_session(config, profile, session)?
    } else {
        (needed("sso_region")?, needed("sso_start_url")?)
    };
    let (account, role) = (set(profile, "sso_account_id"), set(profile, "sso_role_name"));
    match (account, role, set(profile, "sso_session")) {
        (None, Some(_), _) => {
            return Err(wrong("if `sso_role_name` is set, then `sso_account_id` must also be set"));
        }
        (Some(_), None, _) => {
            return Err(wrong("if `sso_account_id` is set, then `sso_role_name` must also be set"));
        }
        (None, None, None) => return Err(wrong("`sso_account_id` and `sso_role_name` are missing")),
        _ => {}
    }
    Ok(Some(Source::Sso(Box::new(Sso {
        profile: profile.name.clone(),
        session: set(profile, "sso_session").map(str::to_owned),
        region,
        start_url,
        account_id: account.map(str::to_owned),
        role_name: role.map(str::to_owned),
    }))))
}

/// Region and start URL of the named `[sso-session …]`; the profile may repeat them only with the same values.
fn sso_session(config: &Config, profile: &Profile, name: &str) -> Result<(String, String)> {
    let Some(session) = config.sso_session(name) else {
        return Err(at_key(
            profile,
            &["sso_session"],
            &format!("sso-session named `{name}` (referenced by profile `{}`) was not found", profile.name),
        )
        .hint(format!("add a section [sso-session {name}] with sso_region and sso_start_url")));
    };
    let from_session = |key: &str| {
        let own = set(profile, key);
        let shared = session.get(key).map(|setting| setting.value.trim()).filter(|text| !text.is_empty());
        match (own, shared) {
            (Some(own), shared) if shared != Some(own) => Err(at_key(
                profile,
                &[key],
                &format!(
                    "`{key}` can only be specified in the [sso-session] config when a session name is given"
                ),
            )),
            (_, Some(shared)) => Ok(shared.to_owned()),
            (_, None) => {
                Err(at_key(profile, &["sso_session"], &format!("[sso-session {name}] is missing {key}")))
            }
        }
    };
    Ok((from_session("sso_region")?, from_session("sso_start_url")?))
}

fn credential_process(profile: &Profile) -> Result<Option<Source>> {
    let Some(command) = set(profile, "credential_process") else { return Ok(None) };
    if process::asks_xacct_for(command, &profile.name) {
        return Err(at_key(
            profile,
            &["credential_process"],
            &format!("profile '{0}' gets its credentials from `xacct credential-process {0}`: itself", profile.name),
        )
        .hint(format!(
            "give the profile a role_arn and a source_profile in xacct's settings file ([profile.{}]), or name the \
             profile whose credentials it should have",
            profile.name
        )));
    }
    Ok(Some(Source::CredentialProcess { profile: profile.name.clone(), command: command.to_owned() }))
}

fn without_credentials(profile: &Profile) -> Error {
    let message = format!("profile '{}' did not contain credential information", profile.name);
    let error = match profile.iter().next() {
        Some((_, setting)) => Error::config(format!("{}: {message}", setting.origin)),
        None => Error::config(message),
    };
    error.hint(
        "it needs role_arn with source_profile, an access key, sso_session, web_identity_token_file or \
         credential_process",
    )
}

/// The setting's text; blank counts as unset.
fn set<'p>(profile: &'p Profile, key: &str) -> Option<&'p str> {
    profile.get(key).map(|setting| setting.value.trim()).filter(|text| !text.is_empty())
}
