//! What the new profile is to be: from the options, and for what they do not say, from a person. Each answer is held
//! to what STS and the SDKs take, before anything is made of it.

use std::cell::Cell;
use std::io::{self, BufRead, IsTerminal};

use zeroize::Zeroizing;

use crate::cli::Add;
use crate::commands::person::Person;
use crate::config::{Config, nearest};
use crate::error::{Error, Result};
use crate::plan;
use crate::secret::Secret;

/// A profile, before it is written.
pub(super) struct New {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) mfa_serial: Option<String>,
    pub(super) region: Option<String>,
}

pub(super) enum Kind {
    /// Config keys with their values.
    Role(Vec<(&'static str, String)>),
    AccessKey {
        id: String,
        secret: Secret,
    },
}

pub(super) struct Answers<'a> {
    asked: &'a Add,
    config: &'a Config,
    person: Option<&'a Person>,
    /// Whether a person was asked for anything.
    asked_any: Cell<bool>,
}

/// What stands on the command line without an option.
const NAME: &str = "NAME";

type Verdict<T> = std::result::Result<T, String>;

impl<'a> Answers<'a> {
    pub(super) fn new(asked: &'a Add, config: &'a Config, person: Option<&'a Person>) -> Answers<'a> {
        Answers { asked, config, person, asked_any: Cell::new(false) }
    }

    /// Whether a person was asked for anything but a secret.
    pub(super) fn asked_any(&self) -> bool {
        self.asked_any.get()
    }

    pub(super) fn all(&self) -> Result<New> {
        let asked = self.asked;
        let name = self.needed(NAME, asked.name.as_ref(), "name of the new profile", None, |name| {
            self.new_name(name).map(|()| name.to_owned())
        })?;
        if self.is_key()? { self.access_key(name) } else { self.role(name) }
    }

    fn is_key(&self) -> Result<bool> {
        if self.asked.access_key || self.asked.role_arn.is_some() || self.asked.source_profile.is_some() {
            return Ok(self.asked.access_key);
        }
        self.needed(
            "--role-arn or --access-key",
            None,
            "is it a role or a key? [role]",
            Some("role"),
            |answer| match answer.to_ascii_lowercase().as_str() {
                "role" | "r" => Ok(false),
                "key" | "k" | "access key" => Ok(true),
                _ => Err("answer role or key".to_owned()),
            },
        )
    }

    fn role(&self, name: String) -> Result<New> {
        let asked = self.asked;
        let checked = |key: &'static str| move |text: &str| held(key, text);
        let role_arn =
            self.needed("--role-arn", asked.role_arn.as_ref(), "role ARN", None, checked("role_arn"))?;
        let only = self.only_source();
        let question = match &only {
            Some(only) => format!("profile whose credentials assume the role [{only}]"),
            None => "profile whose credentials assume the role".to_owned(),
        };
        let source = self.needed(
            "--source-profile",
            asked.source_profile.as_ref(),
            &question,
            only.as_deref(),
            |text| self.source(&name, text),
        )?;
        let external_id = self.wanted(
            "--external-id",
            asked.external_id.as_ref(),
            "external ID (empty: none)",
            None,
            checked("external_id"),
        )?;
        let has_device = self.of_source(&source, "mfa_serial").is_some();
        let mfa_serial = match &asked.mfa_serial {
            None if has_device => None,
            given => self.wanted(
                "--mfa-serial",
                given.as_ref(),
                "MFA device's ARN or number (empty: none)",
                None,
                checked("mfa_serial"),
            )?,
        };
        let region = self.region(self.of_source(&source, "region").as_deref())?;
        let session_name = asked.session_name.as_ref();
        let session_name =
            session_name.map(|text| given("--session-name", text, &checked("role_session_name")));
        let duration = asked.duration.map(|seconds| seconds.to_string());
        let duration = duration.as_ref().map(|text| given("--duration", text, &checked("duration_seconds")));
        let settings = [
            ("role_arn", Some(role_arn)),
            ("source_profile", Some(source)),
            ("external_id", external_id),
            ("role_session_name", session_name.transpose()?),
            ("duration_seconds", duration.transpose()?),
        ];
        let settings = settings.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        Ok(New { name, kind: Kind::Role(settings), mfa_serial, region })
    }

    fn access_key(&self, name: String) -> Result<New> {
        let asked = self.asked;
        // Piped in only where the command line says that it will be.
        let piped = asked.access_key && !io::stdin().is_terminal();
        let id = match (&asked.access_key_id, piped) {
            (Some(id), _) => given("--access-key-id", id, &key_id)?,
            (None, true) => given("the access key's ID on stdin", &line_of_stdin()?, &key_id)?,
            (None, false) => self.needed("--access-key-id", None, "access key ID", None, key_id)?,
        };
        let device = |text: &str| held("mfa_serial", text);
        let mfa_serial = self.wanted(
            "--mfa-serial",
            asked.mfa_serial.as_ref(),
            "the user's MFA device, its ARN or number (empty: none)",
            None,
            device,
        )?;
        let region = self.region(None)?;
        let text = if piped { Some(line_of_stdin()?) } else { None };
        let secret = match (text, self.person) {
            (Some(text), _) => Secret::new(text.trim()),
            (None, Some(person)) => {
                Secret::new(person.hidden(&format!("secret access key of {id}"))?.expose().trim())
            }
            (None, None) => return Err(missing("the secret access key on stdin")),
        };
        if secret.expose().is_empty() || secret.expose().chars().any(|c| c.is_whitespace() || c.is_control())
        {
            return Err(Error::config(
                "this is no secret access key: it is empty, or has blanks in it: nothing was changed",
            ));
        }
        Ok(New { name, kind: Kind::AccessKey { id, secret }, mfa_serial, region })
    }

    fn region(&self, default: Option<&str>) -> Result<Option<String>> {
        let question = match default {
            Some(default) => format!("region [{default}]"),
            None => "region (empty: none)".to_owned(),
        };
        self.wanted("--region", self.asked.region.as_ref(), &question, default, region)
    }

    /// The option's value, or what a person answers; the default stands for an empty answer.
    fn needed<T>(
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
        let Some(person) = self.person else { return Err(missing(option)) };
        self.asked_any.set(true);
        person.ask(question, |answer| match (answer, default) {
            ("", Some(default)) => read(default),
            ("", None) => Err("an answer is needed here".to_owned()),
            (answer, _) => read(answer),
        })
    }

    /// As [`Answers::needed`], for what may be left out: a person is asked only where one is asked anyway.
    fn wanted(
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
        let Some(person) = self.person.filter(|_| self.asked_any.get()) else { return Ok(None) };
        person.ask(question, |answer| match (answer, default) {
            ("", None) => Ok(None),
            ("", Some(default)) => read(default).map(Some),
            (answer, _) => read(answer).map(Some),
        })
    }

    /// A name that every SDK takes, and that is free.
    fn new_name(&self, name: &str) -> Verdict<()> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c);
        if name.is_empty() || !name.chars().all(allowed) || name.starts_with('-') {
            return Err(format!(
                "'{name}' is no name that every SDK takes: letters, digits and _ - / . % @ : +"
            ));
        }
        match self.config.profile(name) {
            Ok(None) => Ok(()),
            Ok(Some(profile)) => Err(format!("there is a profile '{name}' already: {}", profile.origin)),
            Err(error) => Err(error.message),
        }
    }

    fn source(&self, name: &str, source: &str) -> Verdict<String> {
        if source == name {
            return Err("a role's source is another profile".to_owned());
        }
        let names = self.config.profile_names();
        if names.iter().any(|name| name == source) {
            return Ok(source.to_owned());
        }
        Err(match nearest(source, &names).as_slice() {
            [] => format!("there is no profile '{source}'"),
            near => format!("there is no profile '{source}'; did you mean {}?", near.join(" or ")),
        })
    }

    /// The one profile with an access key, where there is one.
    fn only_source(&self) -> Option<String> {
        let profiles = self.config.profiles();
        let mut with_key = profiles.iter().filter(|profile| profile.get("aws_access_key_id").is_some());
        match (with_key.next(), with_key.next()) {
            (Some(only), None) => Some(only.name.clone()),
            _ => None,
        }
    }

    fn of_source(&self, source: &str, key: &str) -> Option<String> {
        let value = self.config.profile(source).ok()??.get(key)?.value.trim().to_owned();
        (!value.is_empty()).then_some(value)
    }
}

fn given<T>(option: &str, value: &str, read: &impl Fn(&str) -> Verdict<T>) -> Result<T> {
    let place = if option == NAME { String::new() } else { format!("{option}: ") };
    read(value.trim()).map_err(|why| Error::config(format!("{place}{why}")))
}

fn missing(what: &str) -> Error {
    Error::usage(format!("{what} is missing, and there is no person to ask"))
        .hint("xacct add --help    shows what there is to say")
}

fn held(key: &'static str, text: &str) -> Verdict<String> {
    plan::check(key, text).map(|()| text.to_owned()).map_err(|why| format!("'{text}' {why}"))
}

/// 16 to 128 of `[\w]` (STS's model).
fn key_id(text: &str) -> Verdict<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if (16..=128).contains(&text.len()) && text.chars().all(allowed) {
        return Ok(text.to_owned());
    }
    // Not repeated: it may be the secret, in the wrong place.
    Err("this is no access key ID: it has 16 to 128 letters and digits, such as AKIAIOSFODNN7EXAMPLE"
        .to_owned())
}

fn region(text: &str) -> Verdict<String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.chars().all(allowed) && text.contains('-') {
        return Ok(text.to_owned());
    }
    Err(format!("'{text}' is no region: they are written like eu-central-1"))
}

fn line_of_stdin() -> Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::with_capacity(256));
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Error::other("stdin cannot be read").caused_by(error))?;
    if line.trim().is_empty() {
        return Err(missing(
            "the access key on stdin (its ID unless --access-key-id says it, then its secret)",
        ));
    }
    Ok(line)
}
