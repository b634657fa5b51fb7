//! What a new access key is: its ID and secret from stdin, or from a person, who types the secret hidden.

use std::io::{self, BufRead, IsTerminal};

use zeroize::Zeroizing;

use super::answers::{Answers, Kind, New, Verdict, given, held, missing};
use crate::error::{Error, Result};
use crate::secret::Secret;

impl Answers<'_> {
    pub(super) fn access_key(&self, name: String) -> Result<New> {
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
