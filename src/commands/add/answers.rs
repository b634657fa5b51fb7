//! What the new profile is to be: from the options, and for what they do not say, from a person.
//! Each answer is held to what STS and the SDKs take, before anything is made of it.

use std::cell::Cell;

use crate::cli::Add;
use crate::commands::questions::{Person, may_be_secret};
use crate::commands::sso_session::NewSession;
use crate::config::{Config, Key, Profile};
use crate::error::{Error, Result};
use crate::plan;
use crate::region::{Names, Wrong};
use crate::secret::Secret;
use crate::terminal;

/// A profile, before it is written.
pub(super) struct New {
    pub(super) name: String,
    pub(super) kind: ProfileKind,
    pub(super) mfa_serial: Option<String>,
    pub(super) region: Option<String>,
}

/// Config keys with their values.
pub(super) type Settings = Vec<(Key, String)>;

pub(super) enum ProfileKind {
    Role(Settings),
    AccessKey {
        id: String,
        secret: Secret,
        /// Of a temporary key.
        token: Option<Secret>,
    },
    /// The profile's, and the session that is new too.
    IdentityCenter {
        settings: Settings,
        session: Option<NewSession>,
    },
}

/// Which kind it is to be.
#[derive(Clone, Copy)]
enum WantedKind {
    Role,
    AccessKey,
    IdentityCenter,
}

/// The words of `credential_source`.
const CREDENTIAL_SOURCES: [&str; 3] = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];

pub(super) struct Answers<'a> {
    pub(super) asked: &'a Add,
    pub(super) config: &'a Config,
    pub(super) person: Option<&'a Person>,
    /// Whether a person was asked for anything.
    asked_any: Cell<bool>,
}

/// What has never 40 characters of a secret key. External IDs and names of sessions may.
const NEVER_SECRET: [&str; 4] = [NAME, "--access-key-id", "--mfa-serial", "--region"];

/// What stands on the command line without an option.
const NAME: &str = "NAME";

pub(in crate::commands) type Verdict<T> = std::result::Result<T, String>;

impl<'a> Answers<'a> {
    pub(super) fn new(
        asked: &'a Add,
        config: &'a Config,
        person: Option<&'a Person>,
    ) -> Answers<'a> {
        Answers {
            asked,
            config,
            person,
            asked_any: Cell::new(false),
        }
    }

    /// Whether a person was asked for anything but a secret.
    pub(super) fn asked_any(&self) -> bool {
        self.asked_any.get()
    }

    /// Notes that a person was asked.
    pub(super) fn is_asked(&self) {
        self.asked_any.set(true);
    }

    pub(super) fn all(&self) -> Result<New> {
        let asked = self.asked;
        let name = self.needed(
            NAME,
            asked.name.as_ref(),
            "name of the new profile",
            None,
            |name| self.new_name(name).map(|()| name.to_owned()),
        )?;
        match self.which()? {
            WantedKind::AccessKey => self.access_key(name),
            // Only a key can be added to a profile that is there.
            _ if self
                .config
                .profile(&name)
                .is_ok_and(|there| there.is_some()) =>
            {
                Err(Error::config(
                    self.free_name(&name).err().unwrap_or_default(),
                ))
            }
            WantedKind::Role => self.role(name),
            WantedKind::IdentityCenter => self.identity_center(name),
        }
    }

    fn which(&self) -> Result<WantedKind> {
        let asked = self.asked;
        let role = [
            &asked.role_arn,
            &asked.source_profile,
            &asked.credential_source,
        ];
        let sso = [
            &asked.sso_session,
            &asked.sso_start_url,
            &asked.sso_region,
            &asked.sso_account_id,
            &asked.sso_role_name,
        ];
        if asked.access_key {
            return Ok(WantedKind::AccessKey);
        }
        if role.iter().any(|option| option.is_some()) {
            return Ok(WantedKind::Role);
        }
        if sso.iter().any(|option| option.is_some()) {
            return Ok(WantedKind::IdentityCenter);
        }
        self.needed(
            "--role-arn, --access-key or --sso-session",
            None,
            "is it a role, a key, or a role of Identity Center (sso)? [role]",
            Some("role"),
            |answer| match answer.to_ascii_lowercase().as_str() {
                "role" | "r" => Ok(WantedKind::Role),
                "key" | "k" | "access key" => Ok(WantedKind::AccessKey),
                "sso" | "s" | "identity center" => Ok(WantedKind::IdentityCenter),
                _ => Err("answer role, key or sso".to_owned()),
            },
        )
    }

    fn role(&self, name: String) -> Result<New> {
        let asked = self.asked;
        let checked = |key: Key| move |text: &str| held(key, text);
        let role_arn = self.needed(
            "--role-arn",
            asked.role_arn.as_ref(),
            "role ARN",
            None,
            checked(Key::RoleArn),
        )?;
        let source = self.role_source(&name)?;
        let external_id = self.wanted(
            "--external-id",
            asked.external_id.as_ref(),
            "external ID (empty: none)",
            None,
            checked(Key::ExternalId),
        )?;
        let has_device = self.of_source(&source.1, Key::MfaSerial).is_some();
        let mfa_serial = match &asked.mfa_serial {
            None if has_device => None,
            given => self.wanted(
                "--mfa-serial",
                given.as_ref(),
                "MFA device's ARN or number (empty: none)",
                None,
                checked(Key::MfaSerial),
            )?,
        };
        let region = self.region(self.of_source(&source.1, Key::Region).as_deref())?;
        let session_name = asked.session_name.as_ref();
        let session_name =
            session_name.map(|text| given("--session-name", text, &checked(Key::RoleSessionName)));
        let duration = asked.duration.map(|seconds| seconds.to_string());
        let duration = duration
            .as_ref()
            .map(|text| given("--duration", text, &checked(Key::DurationSeconds)));
        let settings = [
            (Key::RoleArn, Some(role_arn)),
            (source.0, Some(source.1)),
            (Key::ExternalId, external_id),
            (Key::RoleSessionName, session_name.transpose()?),
            (Key::DurationSeconds, duration.transpose()?),
        ];
        let settings = settings
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)))
            .collect();
        Ok(New {
            name,
            kind: ProfileKind::Role(settings),
            mfa_serial,
            region,
        })
    }

    /// `source_profile` or `credential_source`, and its value.
    fn role_source(&self, name: &str) -> Result<(Key, String)> {
        let asked = self.asked;
        let named = |text: &str| {
            CREDENTIAL_SOURCES
                .iter()
                .find(|known| known.eq_ignore_ascii_case(text))
        };
        if let Some(text) = &asked.credential_source {
            let source = given("--credential-source", text, &|text| {
                named(text).ok_or_else(|| format!("it is one of {}", CREDENTIAL_SOURCES.join(", ")))
            })?;
            return Ok((Key::CredentialSource, (*source).to_owned()));
        }
        let only = self.only_source();
        let words = format!(
            "profile (or {}) whose credentials assume the role",
            CREDENTIAL_SOURCES.join(", ")
        );
        let question = only
            .as_ref()
            .map_or_else(|| words.clone(), |only| format!("{words} [{only}]"));
        let option = asked.source_profile.as_ref();
        self.needed(
            "--source-profile",
            option,
            &question,
            only.as_deref(),
            |text| match named(text) {
                Some(source) if option.is_none() => {
                    Ok((Key::CredentialSource, (*source).to_owned()))
                }
                _ => self
                    .source(name, text)
                    .map(|source| (Key::SourceProfile, source)),
            },
        )
    }

    pub(super) fn region(&self, default: Option<&str>) -> Result<Option<String>> {
        let question = match default {
            Some(default) => format!("region [{default}]"),
            None => "region (empty: none)".to_owned(),
        };
        self.wanted(
            "--region",
            self.asked.region.as_ref(),
            &question,
            default,
            region,
        )
    }

    /// The error for a value that is missing, if no terminal is available to prompt on.
    pub(super) fn missing(&self, what: &str) -> Error {
        if self.asked.asking.no_input || !terminal::in_background() {
            return missing(what);
        }
        Error::usage(format!("{what} is missing, and {}", terminal::BACKGROUND))
            .hint(terminal::TO_FOREGROUND)
    }

    /// The option's value, or what a person answers; the default stands for an empty answer.
    pub(super) fn needed<T>(
        &self,
        option: &str,
        value: Option<&String>,
        question: &str,
        default: Option<&str>,
        read: impl Fn(&str) -> Verdict<T>,
    ) -> Result<T> {
        if let Some(value) = value {
            return given(option, value, &read);
        }
        let Some(person) = self.person else {
            return Err(self.missing(option));
        };
        self.asked_any.set(true);
        person.ask(question, |answer| match (answer, default) {
            ("", Some(default)) => read(default),
            ("", None) => Err("an answer is needed here".to_owned()),
            (answer, _) => read(answer),
        })
    }

    /// As [`Answers::needed`], for what may be left out: a person is asked only where one is asked
    /// anyway.
    pub(super) fn wanted(
        &self,
        option: &str,
        value: Option<&String>,
        question: &str,
        default: Option<&str>,
        read: impl Fn(&str) -> Verdict<String>,
    ) -> Result<Option<String>> {
        if let Some(value) = value {
            return given(option, value, &read).map(Some);
        }
        let Some(person) = self.person.filter(|_| self.asked_any.get()) else {
            return Ok(None);
        };
        person.ask(question, |answer| match (answer, default) {
            ("", None) => Ok(None),
            ("", Some(default)) => read(default).map(Some),
            (answer, _) => read(answer).map(Some),
        })
    }

    /// A name that every SDK takes, and that is free; or, for an access key, a profile that has no
    /// credentials yet.
    fn new_name(&self, name: &str) -> Verdict<()> {
        named(name)?;
        match self.config.profile(name) {
            Ok(Some(profile)) if self.may_be_key() && has_no_credentials(&profile) => Ok(()),
            _ => self.free_name(name),
        }
    }

    fn free_name(&self, name: &str) -> Verdict<()> {
        match self.config.profile(name) {
            Ok(None) => Ok(()),
            Ok(Some(profile)) => Err(format!(
                "there is a profile '{name}' already: {}",
                profile.origin
            )),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Whether the options leave it open that it is an access key.
    fn may_be_key(&self) -> bool {
        let asked = self.asked;
        let others = [
            &asked.role_arn,
            &asked.source_profile,
            &asked.credential_source,
            &asked.sso_session,
            &asked.sso_start_url,
            &asked.sso_region,
            &asked.sso_account_id,
            &asked.sso_role_name,
        ];
        asked.access_key || others.iter().all(|option| option.is_none())
    }

    fn source(&self, name: &str, source: &str) -> Verdict<String> {
        if source == name {
            return Err("a role's source is another profile".to_owned());
        }
        let names = self.config.profile_names();
        if names.iter().any(|name| name == source) {
            return Ok(source.to_owned());
        }
        let hints = self
            .config
            .hints_for_profile(source, "xacct list shows the profiles");
        Err(format!("no profile '{source}'; {}", hints.join("; ")))
    }

    /// The one profile with an access key, where there is one.
    fn only_source(&self) -> Option<String> {
        let profiles = self.config.profiles();
        let mut with_key = profiles
            .iter()
            .filter(|profile| profile.get(Key::AwsAccessKeyId).is_some());
        match (with_key.next(), with_key.next()) {
            (Some(only), None) => Some(only.name.clone()),
            _ => None,
        }
    }

    pub(super) fn of_source(&self, source: &str, key: Key) -> Option<String> {
        let profile = self.config.profile(source).ok()??;
        profile.line(key).map(str::to_owned)
    }
}

/// Keys by which a profile gets credentials.
const CREDENTIALS: [Key; 11] = [
    Key::AwsAccessKeyId,
    Key::AwsSecretAccessKey,
    Key::RoleArn,
    Key::SourceProfile,
    Key::CredentialSource,
    Key::CredentialProcess,
    Key::WebIdentityTokenFile,
    Key::SsoSession,
    Key::SsoAccountId,
    Key::SsoStartUrl,
    Key::LoginSession,
];

pub(in crate::commands) fn has_no_credentials(profile: &Profile) -> bool {
    profile.stored_key.is_none() && credentials_keys(profile).next().is_none()
}

/// The keys by which the profile gets credentials.
pub(in crate::commands) fn credentials_keys(profile: &Profile) -> impl Iterator<Item = Key> {
    CREDENTIALS.into_iter().filter(|key| {
        profile
            .get(*key)
            .is_some_and(|setting| !setting.value.trim().is_empty())
    })
}

/// A name that every SDK takes.
pub(in crate::commands) fn named(name: &str) -> Verdict<()> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c);
    if name.is_empty() || !name.chars().all(allowed) || name.starts_with('-') {
        return Err(format!(
            "'{name}' is not a valid name in every SDK: letters, digits and _ - / . % @ : +"
        ));
    }
    Ok(())
}

pub(super) fn given<T>(option: &str, value: &str, read: &impl Fn(&str) -> Verdict<T>) -> Result<T> {
    let place = if option == NAME {
        String::new()
    } else {
        format!("{option}: ")
    };
    // Not repeated, and not written into a file where it would be shown later.
    if NEVER_SECRET.contains(&option) && may_be_secret(value.trim()) {
        let message = format!(
            "{place}this has 40 characters, as a secret access key has: nothing was changed"
        );
        return Err(Error::config(message)
            .hint("xacct add NAME --access-key    asks for the secret, hidden"));
    }
    read(value.trim()).map_err(|why| Error::config(format!("{place}{why}")))
}

pub(super) fn missing(what: &str) -> Error {
    Error::usage(format!(
        "{what} is missing, and no terminal is available to prompt on"
    ))
    .hint("xacct add --help    lists the options")
}

pub(super) fn held(key: Key, text: &str) -> Verdict<String> {
    plan::check(key, text)
        .map(|()| text.to_owned())
        .map_err(|why| format!("'{text}' {why}"))
}

pub(in crate::commands) fn region(text: &str) -> Verdict<String> {
    match crate::region::check(text, Names::Aws) {
        Ok(()) => Ok(text.to_owned()),
        Err(Wrong {
            why,
            meant: Some(meant),
        }) => Err(format!("'{text}' {why}; did you mean {meant}?")),
        Err(Wrong { why, meant: None }) => Err(format!(
            "'{text}' {why}: they are written like eu-central-1"
        )),
    }
}
