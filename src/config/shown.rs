//! How a setting is shown to people and programs: only what is known to be no secret, everything
//! else masked.

use super::keys::Key;
use super::section::Setting;
use super::words;
use crate::credentials::shown_device;
use crate::masked;
use crate::masked::MASK;

/// What a key's value is, as far as showing it goes.
enum ValueLook {
    Plain,
    /// It may have a password in it.
    Address,
    /// Secrets are pasted here too.
    AccessKeyId,
    /// So they are here.
    Device,
    /// Its arguments may be anything.
    Command,
    Secret,
}

/// What the AWS CLI and the SDKs read in nested blocks, such as `s3 =`.
const NESTED: [&str; 16] = [
    "addressing_style",
    "disable_multiregion_access_points",
    "io_chunksize",
    "max_bandwidth",
    "max_concurrent_requests",
    "max_queue_size",
    "multipart_chunksize",
    "multipart_threshold",
    "payload_signing_enabled",
    "preferred_transfer_client",
    "signature_version",
    "target_bandwidth",
    "us_east_1_regional_endpoint",
    "use_accelerate_endpoint",
    "use_arn_region",
    "use_dualstack_endpoint",
];

fn look(key: &str) -> ValueLook {
    match Key::of(key) {
        Some(Key::AwsSecretAccessKey | Key::AwsSessionToken | Key::AwsSecurityToken) => {
            ValueLook::Secret
        }
        Some(Key::AwsAccessKeyId) => ValueLook::AccessKeyId,
        Some(Key::MfaSerial) => ValueLook::Device,
        Some(Key::EndpointUrl | Key::Ec2MetadataServiceEndpoint | Key::SsoStartUrl) => {
            ValueLook::Address
        }
        Some(Key::CredentialProcess | Key::MfaProcess | Key::WebIdentityTokenProcess) => {
            ValueLook::Command
        }
        Some(_) => ValueLook::Plain,
        None if NESTED.contains(&key) => ValueLook::Plain,
        None => ValueLook::Secret,
    }
}

impl Setting {
    /// The value as it may be shown, further lines of it included.
    pub(crate) fn shown(&self, key: &str) -> String {
        value(key, &self.value)
    }

    /// The value without what stands on indented lines below it, which may be keys of another kind,
    /// secrets among them.
    pub(crate) fn first_line(&self) -> &str {
        self.value.lines().next().unwrap_or_default().trim()
    }
}

/// A key's value as it may be shown, further lines of it included.
pub(super) fn value(key: &str, value: &str) -> String {
    if is_json(key, value) {
        return value.to_owned();
    }
    let mut lines = value.split('\n');
    let mut shown = one_line(key, lines.next().unwrap_or_default());
    for line in lines {
        shown.push('\n');
        shown.push_str(&further_line(line));
    }
    shown
}

/// A policy may have many lines.
pub(super) fn is_json(key: &str, value: &str) -> bool {
    let is_policy = key == Key::SessionPolicy.name() && value.contains('\n');
    is_policy && serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok()
}

/// The value of a key of a nested block.
pub(crate) fn nested(key: &str, value: &str) -> String {
    if is_date(value) {
        value.to_owned()
    } else {
        one_line(key, value)
    }
}

pub(super) fn one_line(key: &str, value: &str) -> String {
    match look(key) {
        _ if value.is_empty() => String::new(),
        ValueLook::Plain => value.to_owned(),
        ValueLook::Address => masked::address(value).into_owned(),
        ValueLook::AccessKeyId if is_access_key_id(value) => value.to_owned(),
        ValueLook::Device if shown_device(value) == value => value.to_owned(),
        ValueLook::Command => command(value),
        ValueLook::AccessKeyId | ValueLook::Device | ValueLook::Secret => MASK.to_owned(),
    }
}

/// A line that continues a value: of a nested block, or nothing that is read.
pub(super) fn further_line(line: &str) -> String {
    match line.split_once('=') {
        Some((key, value)) => {
            let (key, value) = (key.trim(), value.trim());
            let name = key.to_ascii_lowercase();
            let shown = key_name(&name, value).map_or(MASK, |_| key);
            format!("{shown} = {}", nested(&name, value))
                .trim_end()
                .to_owned()
        }
        None => MASK.to_owned(),
    }
}

/// A key's name as it may be shown; `None` where it may be the second line of a token that lost its
/// indentation.
pub(crate) fn key_name<'k>(key: &'k str, value: &str) -> Option<&'k str> {
    let is_known = Key::of(key).is_some();
    // `=` alone is what base64 ends with.
    let is_padding = !value.is_empty() && value.bytes().all(|byte| byte == b'=');
    (is_known || (is_word(key) && !is_padding)).then_some(key)
}

/// `sso_client_secret`, and not `iqojb3jpz2lux2vje`.
fn is_word(key: &str) -> bool {
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    let is_part =
        |part: &str| part.len() <= 12 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_known = Key::of(key).is_some() || NESTED.contains(&key);
    is_known || (digits <= 2 && key.len() <= 48 && key.split(['_', '-', '.']).all(is_part))
}

/// `AKIAIOSFODNN7EXAMPLE`
fn is_access_key_id(text: &str) -> bool {
    (16..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The program; its arguments only where it is xacct, whose are no secrets.
fn command(value: &str) -> String {
    let words: Vec<String> = words::readable(value);
    let Some(program) = words.first() else {
        return MASK.to_owned();
    };
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
    if name == "xacct" || name == "xacct.exe" {
        return value.to_owned();
    }
    match value.split_once(char::is_whitespace) {
        _ if program.contains(['=', '@', '$', ' ']) => MASK.to_owned(),
        Some((program, _)) => format!("{program} {MASK}"),
        None => value.to_owned(),
    }
}

/// `2006-03-01`, as `api_versions` has them.
fn is_date(value: &str) -> bool {
    value.len() <= 10
        && value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::config::{FileKind, Origin};

    fn shown(key: &str, value: &str) -> String {
        let origin = Origin {
            file: FileKind::Config,
            path: "x".into(),
            line: 1,
        };
        Setting::new(Zeroizing::new(value.to_owned()), origin, Vec::new()).shown(key)
    }

    #[test]
    fn only_what_is_known_is_shown() {
        for (key, value, text) in [
            ("region", "eu-west-1", "eu-west-1"),
            ("password", "hidden", "********"),
            ("aws_secretaccess_key", "hidden", "********"),
            ("sso_client_secret", "hidden", "********"),
            ("password", "", ""),
            ("endpoint_url", "http://u:hidden@h", "http://********@h"),
            (
                "sso_start_url",
                "https://u:hidden@h/start",
                "https://********@h/start",
            ),
            (
                "aws_access_key_id",
                "AKIAIOSFODNN7EXAMPLE",
                "AKIAIOSFODNN7EXAMPLE",
            ),
            (
                "aws_access_key_id",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "********",
            ),
            ("mfa_process", "otp --seed hidden", "otp ********"),
            ("mfa_process", "otp", "otp"),
            ("mfa_process", "SEED=hidden otp", "********"),
            (
                "credential_process",
                "/bin/xacct credential-process a",
                "/bin/xacct credential-process a",
            ),
            (
                "region",
                "a\naws_secret_access_key = hidden",
                "a\naws_secret_access_key = ********",
            ),
            ("region", "a\nhidden", "a\n********"),
            (
                "region",
                "a\nhiddenhiddenhidden = x",
                "a\n******** = ********",
            ),
            ("region", "a\nhidden==", "a\n******** = ********"),
            (
                "s3",
                "\naddressing_style = path\nkey = hidden",
                "\naddressing_style = path\nkey = ********",
            ),
            ("api_versions", "\nec2 = 2015-03-01", "\nec2 = 2015-03-01"),
            (
                "session_policy",
                "{\n\"Statement\": []\n}",
                "{\n\"Statement\": []\n}",
            ),
            ("session_policy", "{\nhidden\n}", "{\n********\n********"),
        ] {
            assert_eq!(shown(key, value), text, "{key} = {value}");
        }
    }

    #[test]
    fn a_token_is_not_a_keys_name() {
        assert_eq!(
            key_name("sso_client_secret", "x"),
            Some("sso_client_secret")
        );
        assert_eq!(key_name("password", "x"), Some("password"));
        assert_eq!(key_name("iqojb3jpz2lux2vjeay", "="), None);
        assert_eq!(key_name("secondlineofatoken", "x"), None);
        assert_eq!(key_name("abcdef", "="), None);
        assert_eq!(
            key_name("web_identity_token_process", "x"),
            Some("web_identity_token_process")
        );
    }
}
