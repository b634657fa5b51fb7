//! The key of a step: SHA-256 over everything that decides its answer, so that an edited profile is
//! another key.
//!
//! A profile's name is not in it: two profiles that ask the same of the same signer share the
//! answer.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{Action, AssumeRole};

/// Raised when what goes into the digest changes, so that old entries are never mistaken for new
/// ones.
const SCHEME: &str = "xacct step 1";

/// The digest of everything that decides an answer. Shown as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PlanKey([u8; 32]);

impl PlanKey {
    pub(crate) fn of_digest(digest: [u8; 32]) -> PlanKey {
        PlanKey(digest)
    }

    /// The key that is shown like this; `None` for anything else.
    pub(crate) fn from_hex(text: &str) -> Option<PlanKey> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).ok()?;
        text.bytes().all(is_digit).then_some(PlanKey(digest))
    }
}

impl fmt::Display for PlanKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PlanKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The digest of what signs the first request (see `Source::identity`).
pub(super) fn of_source(source: &[String]) -> PlanKey {
    digest(SCHEME, source.iter().map(String::as_str))
}

/// One key a step. `endpoint` says where requests go (see `Endpoint::identity`), `source` who signs
/// the first one.
pub(super) fn keys(endpoint: &str, source: PlanKey, steps: &[(String, Action)]) -> Vec<PlanKey> {
    let mut signer = source;
    let mut keys = Vec::with_capacity(steps.len());
    for (_, action) in steps {
        let fields = fields(action);
        let mut parts: Vec<&str> = vec![endpoint];
        parts.extend(fields.iter().map(String::as_str));
        let signed_by = signer.to_string();
        parts.push(&signed_by);
        signer = digest(SCHEME, parts.into_iter());
        keys.push(signer);
    }
    keys
}

/// Each part goes in with its length before it, so that no two lists of parts give the same bytes.
pub(super) fn digest<'a>(scheme: &'a str, parts: impl Iterator<Item = &'a str>) -> PlanKey {
    let mut hash = Sha256::new();
    for part in std::iter::once(scheme).chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    PlanKey(hash.finalize().into())
}

/// Every parameter as text, with a name so that an absent one cannot pass for another.
fn fields(action: &Action) -> Vec<String> {
    match action {
        Action::Source => vec!["Source".to_owned()],
        Action::GetSessionToken {
            duration_seconds,
            serial_number,
        } => vec![
            "GetSessionToken".to_owned(),
            format!("DurationSeconds={duration_seconds}"),
            optional("SerialNumber", serial_number.as_ref()),
        ],
        Action::AssumeRole(role) => assume_role_fields(role),
    }
}

fn assume_role_fields(role: &AssumeRole) -> Vec<String> {
    let mut fields = vec![
        "AssumeRole".to_owned(),
        format!("RoleArn={}", role.role_arn),
        format!("RoleSessionName={}", role.role_session_name),
        format!("DurationSeconds={}", role.duration_seconds),
        optional("ExternalId", role.external_id.as_ref()),
        optional("SerialNumber", role.serial_number.as_ref()),
        optional("SourceIdentity", role.source_identity.as_ref()),
        optional("Policy", role.policy.as_ref()),
    ];
    for (tag, value) in &role.tags {
        fields.push(format!("Tag={}={tag}={value}", tag.len()));
    }
    fields.extend(
        role.transitive_tag_keys
            .iter()
            .map(|tag| format!("TransitiveTagKey={tag}")),
    );
    fields.extend(
        role.policy_arns
            .iter()
            .map(|arn| format!("PolicyArn={arn}")),
    );
    fields
}

fn optional(name: &str, value: Option<&String>) -> String {
    match value {
        Some(value) => format!("{name}={value}"),
        None => format!("no {name}"),
    }
}
