//! STS's own constraints on its parameters (docs/aws.md A3.1), checked before anyone is asked for a
//! code.

use super::Action;
use crate::arn::{Arn, is_account_id};
use crate::config::Key;
use crate::credentials::looks_like_secret;

/// What is wrong with a value, as the end of a sentence that starts with the parameter's name.
type Verdict = std::result::Result<(), String>;

/// `[\w+=,.@-]`, `\w` as ASCII.
fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

fn length(text: &str, least: usize, most: usize) -> Verdict {
    let count = text.chars().count();
    if (least..=most).contains(&count) {
        return Ok(());
    }
    let noun = if count == 1 {
        "character"
    } else {
        "characters"
    };
    Err(format!("has {count} {noun}; AWS takes {least} to {most}"))
}

fn characters(text: &str, allowed: fn(char) -> bool, shown: &str) -> Verdict {
    match text.chars().find(|c| !allowed(*c)) {
        None => Ok(()),
        Some(wrong) => Err(format!(
            "contains {wrong:?}; AWS takes letters, digits and {shown}"
        )),
    }
}

/// `RoleSessionName`: 2 to 64 of `[\w+=,.@-]`.
pub(super) fn role_session_name(text: &str) -> Verdict {
    length(text, 2, 64)?;
    characters(text, is_name_character, "_+=,.@-")
}

/// `ExternalId`: 2 to 1224 of `[\w+=,.@:/-]`.
pub(super) fn external_id(text: &str) -> Verdict {
    length(text, 2, 1224)?;
    characters(
        text,
        |c| is_name_character(c) || c == ':' || c == '/',
        "_+=,.@:/-",
    )
}

/// The kinds of MFA devices whose answer is no code of six digits.
const PASSKEYS: [&str; 5] = ["u2f/", "fido/", "fido2/", "passkey/", "webauthn/"];

pub(super) fn is_passkey(text: &str) -> bool {
    PASSKEYS
        .iter()
        .any(|kind| text.contains(&format!(":{kind}")))
}

/// `SerialNumber`: 9 to 256 of `[\w+=/:,.@-]`, a hardware device's number or a virtual device's
/// ARN.
pub(super) fn serial_number(text: &str) -> Verdict {
    if is_passkey(text) {
        return Err(
            "is a passkey or FIDO key: passkeys and FIDO keys cannot be used with the API"
                .to_owned(),
        );
    }
    if looks_like_secret(text) {
        return Err("looks like a secret access key, and names no MFA device".to_owned());
    }
    if looks_like_seed(text) {
        return Err(
            "looks like the key that an MFA app is set up with, and names no MFA device".to_owned(),
        );
    }
    length(text, 9, 256)?;
    characters(
        text,
        |c| is_name_character(c) || c == ':' || c == '/',
        "_+=/:,.@-",
    )?;
    if !text.starts_with("arn:") {
        return Ok(());
    }
    let shape = "is not the ARN of an MFA device (arn:aws:iam::123456789012:mfa/name)";
    let Some(arn) = Arn::parse(text).filter(is_device) else {
        return Err(shape.to_owned());
    };
    if is_account_id(arn.account_id) {
        return Ok(());
    }
    Err(
        "has an account id that is not twelve digits (arn:aws:iam::123456789012:mfa/name)"
            .to_owned(),
    )
}

fn is_device(arn: &Arn<'_>) -> bool {
    let resource = ["mfa/", "sms-mfa/"]
        .iter()
        .find_map(|kind| arn.resource.strip_prefix(kind));
    arn.service == "iam"
        && arn.region.is_empty()
        && is_partition(arn.partition)
        && resource.is_some_and(|name| !name.is_empty())
}

/// Base32, as AWS shows it once when a virtual device is made. Hardware devices' numbers have 0, 1,
/// 8 or 9, or are shorter.
fn looks_like_seed(text: &str) -> bool {
    text.len() >= 16
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte))
        && text.contains(|c: char| c.is_ascii_uppercase())
}

/// `SourceIdentity`: 2 to 64 of `[\w+=,.@-]`, not starting with `aws:`.
pub(super) fn source_identity(text: &str) -> Verdict {
    if text.starts_with("aws:") {
        return Err("starts with 'aws:', which AWS keeps for itself".to_owned());
    }
    role_session_name(text)
}

/// `RoleArn`: 20 to 2048, and an ARN of a role.
pub(super) fn role_arn(text: &str) -> Verdict {
    let shape = "is not the ARN of a role (arn:aws:iam::123456789012:role/Name)";
    let Some(arn) = Arn::parse(text) else {
        return Err(shape.to_owned());
    };
    if arn.service != "iam" || !arn.resource.starts_with("role/") || !is_partition(arn.partition) {
        return Err(shape.to_owned());
    }
    if !arn.region.is_empty() {
        return Err(format!(
            "names the region '{}': the ARN of a role has none (arn:aws:iam::…)",
            arn.region
        ));
    }
    let name = arn.role_name().unwrap_or_default();
    length(name, 1, 64).map_err(|why| format!("has a role's name that {why}"))?;
    characters(name, is_name_character, "_+=,.@-")
        .map_err(|why| format!("has a role's name that {why}"))?;
    let path = arn.role_path().unwrap_or_default();
    if let Some(wrong) = path.chars().find(|c| !c.is_ascii_graphic()) {
        return Err(format!("has a path that contains {wrong:?}"));
    }
    if let Some(wrong) = arn.account_id.chars().find(|c| !c.is_ascii_alphanumeric()) {
        return Err(format!(
            "has an account id that contains {wrong:?}; it is twelve digits"
        ));
    }
    length(text, 20, 2048)
}

/// `aws`, `aws-cn` and so on.
fn is_partition(text: &str) -> bool {
    text.split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// `DurationSeconds` of `AssumeRole`: 900 to 43200.
pub(super) fn role_duration(seconds: u64) -> std::result::Result<u32, String> {
    duration(seconds, 43_200, "12h")
}

/// `DurationSeconds` of `GetSessionToken`: 900 to 129600.
pub(super) fn session_duration(seconds: u64) -> std::result::Result<u32, String> {
    duration(seconds, 129_600, "36h")
}

fn duration(seconds: u64, most: u32, shown: &str) -> std::result::Result<u32, String> {
    match u32::try_from(seconds) {
        Ok(seconds) if (900..=most).contains(&seconds) => Ok(seconds),
        _ => Err(format!(
            "is {seconds} seconds; AWS takes 900 (15m) to {most} ({shown})"
        )),
    }
}

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]`, of the blanks the one that people type.
fn is_tag_character(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}

/// Tags: at most 50, keys 1 to 128, values 0 to 256, no key twice (keys differ by more than case)
/// or with AWS's prefix.
pub(super) fn tags(tags: &[(String, String)], transitive: &[String]) -> Verdict {
    if tags.len() > 50 {
        return Err(format!("has {} tags; AWS takes at most 50", tags.len()));
    }
    for (index, (key, value)) in tags.iter().enumerate() {
        length(key, 1, 128).map_err(|why| format!("has the key '{key}', which {why}"))?;
        length(value, 0, 256).map_err(|why| format!("has a value for '{key}' that {why}"))?;
        let spelled = |text| characters(text, is_tag_character, "_.:/=+-@ and blanks");
        spelled(key).map_err(|why| format!("has the key '{key}', which {why}"))?;
        spelled(value).map_err(|why| format!("has a value for '{key}' that {why}"))?;
        if key
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
        {
            return Err(format!("has the key '{key}'; AWS keeps 'aws:' for itself"));
        }
        if tags[..index]
            .iter()
            .any(|(other, _)| other.eq_ignore_ascii_case(key))
        {
            return Err(format!("has the key '{key}' twice"));
        }
    }
    match transitive
        .iter()
        .find(|key| !tags.iter().any(|(tag, _)| tag.eq_ignore_ascii_case(key)))
    {
        Some(missing) => Err(format!(
            "has no tag '{missing}', which transitive_session_tags names"
        )),
        None => Ok(()),
    }
}

/// A session policy: a JSON object; with the ARNs, 2048 characters of plain text.
fn policy(text: &str, arns: &[String]) -> Verdict {
    let parsed: std::result::Result<serde_json::Map<String, serde_json::Value>, _> =
        serde_json::from_str(text);
    parsed.map_err(|error| format!("is not a JSON object: {error}"))?;
    let size = text.len() + arns.iter().map(String::len).sum::<usize>();
    if size > 2048 {
        return Err(format!(
            "has {size} characters with its ARNs; AWS takes at most 2048"
        ));
    }
    Ok(())
}

/// At most ten, each an ARN.
fn policy_arns(arns: &[String]) -> Verdict {
    if arns.len() > 10 {
        return Err(format!(
            "names {} policies; AWS takes at most 10",
            arns.len()
        ));
    }
    match arns
        .iter()
        .find(|text| crate::arn::Arn::parse(text).is_none())
    {
        Some(wrong) => Err(format!("names '{wrong}', which is not a policy's ARN")),
        None => Ok(()),
    }
}

/// A session policy and the ARNs beside it; the config key and the verdict.
pub(super) fn policies(
    text: Option<&str>,
    arns: &[String],
) -> std::result::Result<(), (Key, String)> {
    policy_arns(arns).map_err(|why| (Key::SessionPolicyArns, why))?;
    text.map_or(Ok(()), |text| policy(text, arns))
        .map_err(|why| (Key::SessionPolicy, why))
}

/// Everything about one request that STS would refuse, first thing first: the parameter's config
/// key and the verdict.
pub(super) fn action(action: &Action) -> std::result::Result<(), (Key, String)> {
    let named = |key: Key| move |why: String| (key, why);
    let Action::AssumeRole(role) = action else {
        let serial = action_serial(action);
        return serial.map_or(Ok(()), |text| {
            serial_number(text).map_err(named(Key::MfaSerial))
        });
    };
    role_arn(&role.role_arn).map_err(named(Key::RoleArn))?;
    role_session_name(&role.role_session_name).map_err(named(Key::RoleSessionName))?;
    role.external_id
        .as_deref()
        .map_or(Ok(()), external_id)
        .map_err(named(Key::ExternalId))?;
    role.source_identity
        .as_deref()
        .map_or(Ok(()), source_identity)
        .map_err(named(Key::SourceIdentity))?;
    role.serial_number
        .as_deref()
        .map_or(Ok(()), serial_number)
        .map_err(named(Key::MfaSerial))?;
    tags(&role.tags, &role.transitive_tag_keys).map_err(named(Key::SessionTags))?;
    policies(role.policy.as_deref(), &role.policy_arns)
}

fn action_serial(action: &Action) -> Option<&str> {
    match action {
        Action::Source => None,
        Action::GetSessionToken { serial_number, .. } => serial_number.as_deref(),
        Action::AssumeRole(role) => role.serial_number.as_deref(),
    }
}
