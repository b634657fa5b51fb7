//! What a new access key is: its ID and secret from stdin, or from a person, who types the secret
//! hidden.

use std::io::{self, BufRead, IsTerminal, Read};

use zeroize::Zeroizing;

use crate::commands::questions::{Person, may_be_secret};

use super::answers::{Answers, New, ProfileKind, Verdict, given, held, missing};
use crate::config::Key;
use crate::error::{Error, Result};
use crate::secret::Secret;

impl Answers<'_> {
    pub(super) fn access_key(&self, name: String) -> Result<New> {
        let asked = self.asked;
        // Piped in only where the command line says that it will be.
        let piped = asked.access_key && !io::stdin().is_terminal();
        let typed = TypedKey {
            id: self.asked.access_key_id.as_ref(),
            piped,
            person: self.person,
        };
        if typed.id.is_none() && !piped && self.person.is_some() {
            self.is_asked();
        }
        let (id, secret) = typed.id_and_secret(|what| self.missing(what))?;
        let token = self.token(&id, piped)?;
        let (mfa_serial, region) = (self.device_of(&name)?, self.region_of(&name)?);
        Ok(New {
            name,
            kind: ProfileKind::AccessKey { id, secret, token },
            mfa_serial,
            region,
        })
    }

    /// A temporary key (ASIA…) is nothing without its session token, and no other key has one.
    fn token(&self, id: &str, piped: bool) -> Result<Option<Secret>> {
        let is_temporary = id.starts_with("ASIA");
        let token = match self.person {
            _ if piped => rest_of_stdin()?,
            Some(person) if is_temporary => Some(Secret::new(
                person
                    .hidden(&format!("session token of {id}"))?
                    .expose()
                    .trim(),
            )),
            _ => None,
        };
        let token = token.filter(|token| !token.expose().is_empty());
        let why = match &token {
            None if is_temporary => {
                "this is a temporary access key (ASIA…), which needs its session token"
            }
            Some(_) if !is_temporary => {
                "there is more after the secret, and only a temporary access key \
                                         (ASIA…) has a session token"
            }
            Some(token)
                if token
                    .expose()
                    .chars()
                    .any(|c| c.is_whitespace() || c.is_control()) =>
            {
                "not a valid session token: it has blanks in it, or there are more lines after it"
            }
            _ => return Ok(token),
        };
        Err(Error::config(format!("{why}: nothing was changed")).hint(
            "on stdin: the key's ID, its secret and its session token, each on a line of its own",
        ))
    }

    /// What a profile that is there says already is not asked for.
    fn device_of(&self, name: &str) -> Result<Option<String>> {
        let option = self.asked.mfa_serial.as_ref();
        if option.is_none() && self.of_source(name, Key::MfaSerial).is_some() {
            return Ok(None);
        }
        let device = |text: &str| held(Key::MfaSerial, text);
        let question = "the user's MFA device, its ARN or number (empty: none)";
        self.wanted("--mfa-serial", option, question, None, device)
    }

    fn region_of(&self, name: &str) -> Result<Option<String>> {
        if self.asked.region.is_none() && self.of_source(name, Key::Region).is_some() {
            return Ok(None);
        }
        self.region(None)
    }
}

/// An access key, from an option and stdin or from a person.
pub(in crate::commands) struct TypedKey<'a> {
    /// `--access-key-id`
    pub(in crate::commands) id: Option<&'a String>,
    /// Whether stdin has it.
    pub(in crate::commands) piped: bool,
    pub(in crate::commands) person: Option<&'a Person>,
}

impl TypedKey<'_> {
    /// The ID and the secret, held to what they can be; `missing` is the error where neither the
    /// command line nor anybody says it.
    pub(in crate::commands) fn id_and_secret(
        &self,
        missing: impl Fn(&str) -> Error,
    ) -> Result<(String, Secret)> {
        let (id, secret) = self.both(missing)?;
        let is_odd = |c: char| c.is_whitespace() || c.is_control();
        if secret.expose().is_empty() || secret.expose().chars().any(is_odd) {
            return Err(Error::config(
                "not a valid secret access key: it is empty, or has blanks in it: nothing was \
                 changed",
            ));
        }
        if secret.expose() == id {
            return Err(Error::config(
                "the secret is the access key's ID again: nothing was changed",
            ));
        }
        Ok((id, secret))
    }

    /// The secret second, and before any question whose answer is shown: both are often pasted in
    /// one go.
    fn both(&self, missing: impl Fn(&str) -> Error) -> Result<(String, Secret)> {
        let secret_of = |id: &String| format!("secret access key of {id}");
        let id = match (self.id, self.piped, self.person) {
            (Some(id), _, _) => given("--access-key-id", id, &key_id)?,
            (None, true, _) => given("the access key's ID on stdin", &line_of_stdin()?, &key_id)?,
            (None, false, None) => return Err(missing("--access-key-id")),
            (None, false, Some(person)) => {
                return person
                    .hidden_pair("access key ID (not shown)", key_id, secret_of)
                    .map(trimmed);
            }
        };
        let secret = match (self.piped, self.person) {
            (true, _) => Secret::new(line_of_stdin()?.trim()),
            (false, Some(person)) => person.hidden(&secret_of(&id))?,
            (false, None) => return Err(missing("the secret access key on stdin")),
        };
        Ok(trimmed((id, secret)))
    }
}

fn trimmed((id, secret): (String, Secret)) -> (String, Secret) {
    (id, Secret::new(secret.expose().trim()))
}

/// 16 to 128 of `[\w]` (STS's model), and not what may be the secret: every third has letters and
/// digits only.
fn key_id(text: &str) -> Verdict<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if (16..=128).contains(&text.len()) && text.chars().all(allowed) && !may_be_secret(text) {
        return Ok(text.to_owned());
    }
    // Not repeated: it may be the secret, in the wrong place.
    Err(
        "not a valid access key ID: it has 16 to 128 letters and digits, such as \
         AKIAIOSFODNN7EXAMPLE"
            .to_owned(),
    )
}

/// What stands below the secret.
fn rest_of_stdin() -> Result<Option<Secret>> {
    let mut rest = Zeroizing::new(String::with_capacity(8192));
    let read = io::stdin().lock().take(65_536).read_to_string(&mut rest);
    read.map_err(|error| Error::other("stdin cannot be read").caused_by(error))?;
    Ok(Some(Secret::new(rest.trim())))
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
