//! The form of an entry in a file: JSON with a version. No file is touched here.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::entry::{Entry, SignIn};
use crate::credentials::Unchecked;
use crate::plan::PlanKey;
use crate::secret::Secret;

/// The version written into every file. A file with a larger one is left alone.
const FORMAT: u32 = 1;

/// Enough for any session token that STS issues, so that the text is not copied about while it
/// grows.
const USUAL_SIZE: usize = 8192;

/// An entry as it stands in the file, before its credentials are checked.
#[derive(Serialize, Deserialize)]
struct Stored {
    action: String,
    profile: String,
    access_key_id: String,
    #[serde(serialize_with = "Secret::expose_to")]
    secret_access_key: Secret,
    #[serde(serialize_with = "Secret::expose_to")]
    session_token: Secret,
    #[serde(with = "chrono::serde::ts_seconds")]
    expires_at: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_seconds")]
    issued_at: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_seconds")]
    confirmed_at: DateTime<Utc>,
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    unreached_at: Option<DateTime<Utc>>,
    account_id: Option<String>,
    arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sign_in: Option<SignIn>,
    #[serde(default)]
    profiles: Vec<String>,
    #[serde(default)]
    signers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

impl Stored {
    fn of(entry: &Entry) -> Stored {
        let entry = entry.clone();
        Stored {
            action: entry.action,
            profile: entry.profile,
            access_key_id: entry.keys.access_key_id().to_owned(),
            secret_access_key: entry.keys.secret_access_key().clone(),
            session_token: entry
                .keys
                .session_token()
                .cloned()
                .unwrap_or_else(|| Secret::new("")),
            expires_at: entry.expires_at,
            issued_at: entry.issued_at,
            confirmed_at: entry.confirmed_at,
            unreached_at: entry.unreached_at,
            account_id: entry.account_id,
            arn: entry.arn,
            user_id: entry.user_id,
            sign_in: entry.sign_in,
            profiles: entry.profiles,
            signers: entry.signers,
            answer: entry.answer,
        }
    }

    /// `None` where its values are not those of temporary credentials.
    fn checked(self) -> Option<Entry> {
        let unchecked = Unchecked {
            access_key_id: self.access_key_id,
            secret_access_key: self.secret_access_key,
            session_token: Some(self.session_token),
            expiration: None,
            account_id: self.account_id.clone(),
        };
        let keys = unchecked
            .checked()
            .ok()
            .filter(|keys| !keys.are_long_term())?;
        Some(Entry {
            action: self.action,
            profile: self.profile,
            keys,
            expires_at: self.expires_at,
            issued_at: self.issued_at,
            confirmed_at: self.confirmed_at,
            unreached_at: self.unreached_at,
            account_id: self.account_id,
            arn: self.arn,
            user_id: self.user_id,
            sign_in: self.sign_in,
            profiles: self.profiles,
            signers: self.signers,
            answer: self.answer,
        })
    }
}

/// The file: the key is in it too, so that a file which was renamed or copied does not pass for
/// another.
#[derive(Deserialize)]
struct Read {
    version: u32,
    key: String,
    entry: Stored,
}

#[derive(Serialize)]
struct Write<'a> {
    version: u32,
    key: &'a str,
    entry: Stored,
}

/// What every format has had and will have.
#[derive(Deserialize)]
struct AnyVersion {
    version: u32,
}

/// Why bytes are not the entry of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unusable {
    /// Written by a later xacct, which may still want it.
    Newer(u32),
    Damaged(&'static str),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::Newer(version) => write!(f, "a newer xacct wrote it (format {version})"),
            Unusable::Damaged(why) => f.write_str(why),
        }
    }
}

/// The bytes of the key's file.
pub(super) fn encode(key: &PlanKey, entry: &Entry) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(USUAL_SIZE));
    serde_json::to_writer(
        &mut *bytes,
        &Write {
            version: FORMAT,
            key: &key.to_string(),
            entry: Stored::of(entry),
        },
    )?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The entry in the bytes of the file named `key`, if it is one.
pub(super) fn decode(key: &PlanKey, bytes: &[u8]) -> Result<Entry, Unusable> {
    // What serde has to say about a damaged file is left out: it may quote from it.
    let file: Read = serde_json::from_slice(bytes).map_err(|_| damage(bytes))?;
    if file.version > FORMAT {
        return Err(Unusable::Newer(file.version));
    }
    if file.version != FORMAT {
        return Err(Unusable::Damaged("its format is unknown"));
    }
    if file.key != key.to_string() {
        return Err(Unusable::Damaged("it belongs to another key"));
    }
    file.entry
        .checked()
        .ok_or(Unusable::Damaged("it holds no credentials"))
}

/// A newer format need not have the shape of this one: its version alone is looked for.
fn damage(bytes: &[u8]) -> Unusable {
    match serde_json::from_slice::<AnyVersion>(bytes) {
        Ok(file) if file.version > FORMAT => Unusable::Newer(file.version),
        _ => Unusable::Damaged("it is damaged or not xacct's"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::entry::{keys, sample};

    fn key() -> PlanKey {
        PlanKey::of_digest([0xab; 32])
    }

    #[test]
    fn what_is_written_is_read() {
        let entry = Entry {
            unreached_at: None,
            arn: None,
            ..sample("ASIAONE")
        };
        let bytes = encode(&key(), &entry).unwrap();
        assert_eq!(decode(&key(), &bytes), Ok(entry));
    }

    #[test]
    fn the_file_is_the_documented_json() {
        let entry = Entry {
            keys: keys("ASIAONE", "TOKEN"),
            ..sample("ASIAONE")
        };
        let bytes = encode(&key(), &entry).unwrap();
        let expected = format!(
            concat!(
                r#"{{"version":1,"key":"{}","entry":{{"action":"AssumeRole","profile":"client1","#,
                r#""access_key_id":"ASIAONEXXXXXXXXX","secret_access_key":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","#,
                r#""session_token":"TOKEN","expires_at":1800003600,"issued_at":1800000000,"#,
                r#""confirmed_at":1800000060,"account_id":"222222222222","#,
                r#""arn":"arn:aws:sts::222222222222:assumed-role/Admin/me","user_id":"AROAADMIN:me","#,
                r#""sign_in":{{"file":"f00d","id":"1d"}},"profiles":["hub","client1"],"signers":["5e"]}}}}"#,
                "\n"
            ),
            "ab".repeat(32)
        );
        assert_eq!(String::from_utf8(bytes.to_vec()).unwrap(), expected);
    }

    #[test]
    fn every_truncation_is_damage() {
        let bytes = encode(&key(), &sample("ASIAONE")).unwrap();
        // Without the last two bytes (`}` and the line's end) and less.
        for length in 0..bytes.len() - 1 {
            let damaged = Unusable::Damaged("it is damaged or not xacct's");
            assert_eq!(
                decode(&key(), &bytes[..length]),
                Err(damaged),
                "{length} bytes"
            );
        }
    }

    #[test]
    fn other_keys_versions_and_empty_credentials_are_refused() {
        let bytes = encode(&key(), &sample("ASIAONE")).unwrap();
        let other = PlanKey::of_digest([0; 32]);
        assert_eq!(
            decode(&other, &bytes),
            Err(Unusable::Damaged("it belongs to another key"))
        );
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let version = |n: &str| text.replace("\"version\":1", &format!("\"version\":{n}"));
        assert_eq!(
            decode(&key(), version("2").as_bytes()),
            Err(Unusable::Newer(2))
        );
        let unknown = Unusable::Damaged("its format is unknown");
        assert_eq!(decode(&key(), version("0").as_bytes()), Err(unknown));
        assert_eq!(
            decode(&key(), br#"{"version":7,"sealed":"x"}"#),
            Err(Unusable::Newer(7))
        );
        let none = Unusable::Damaged("it holds no credentials");
        for id in ["", "ASIA", "ASIAONEXXXXXXX\\r\\n"] {
            let other = text.replace("ASIAONEXXXXXXXXX", id);
            assert_eq!(decode(&key(), other.as_bytes()), Err(none.clone()), "{id}");
        }
    }
}
