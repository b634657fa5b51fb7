//! Keys that no program reads, and the known key that was meant. What is made of that is left to
//! `plan` and `doctor`.

use super::keys::Key;
use super::nearest::nearest;

/// A tool, and how its keys in profiles begin or are called.
const TOOLS: [(&str, &[&str]); 13] = [
    ("granted", &["granted_", "common_fate_"]),
    (
        "awsume",
        &[
            "autoawsume",
            "expiration",
            "manager",
            "role_duration",
            "awsume_",
        ],
    ),
    (
        "saml2aws",
        &["x_principal_arn", "x_security_token_expires", "saml2aws_"],
    ),
    (
        "aws-runas",
        &[
            "saml_",
            "jump_role_arn",
            "mfa_type",
            "federated_username",
            "auth_username",
            "auth_provider",
            "credentials_duration",
            "web_identity_auth_url",
            "web_identity_username",
            "web_identity_provider",
            "web_identity_client_id",
            "web_identity_redirect_uri",
        ],
    ),
    (
        "aws-vault",
        &["parent_profile", "sso_use_device_code", "mfa_refresh"],
    ),
    (
        "aws-okta",
        &[
            "aws_saml_url",
            "session_ttl",
            "assume_role_ttl",
            "mfa_provider",
            "mfa_factor_type",
        ],
    ),
    (
        "aws-mfa",
        &[
            "assumed_role",
            "assumed_role_arn",
            "assume_role",
            "aws_mfa_device",
        ],
    ),
    (
        "aws-sso-util",
        &[
            "sso_account_name",
            "sso_auto_populated",
            "sso_interactive_auth",
        ],
    ),
    ("aws-adfs", &["adfs_config."]),
    ("aws-azure-login", &["azure_"]),
    ("aws-google-auth", &["google_config."]),
    (
        "the AWS Tools for PowerShell",
        &["endpoint_name", "user_identity", "toolkit_artifact_guid"],
    ),
    (
        "AWS Extend Switch Roles",
        &[
            "image",
            "target_role_name",
            "target_region",
            "role_name",
            "aws_account_alias",
        ],
    ),
];

/// The tool whose key it is.
pub(crate) fn tool_of_key(key: &str) -> Option<&'static str> {
    let is_its =
        |name: &&str| key == *name || (name.ends_with(['_', '.']) && key.starts_with(*name));
    TOOLS
        .iter()
        .find(|(_, names)| names.iter().any(is_its))
        .map(|(tool, _)| *tool)
}

/// The key that profiles have and that this one, which no program reads, is nearly called like.
/// `None` for a key that AWS, xacct or another tool reads, and for one that begins with `x_`.
pub(crate) fn key_meant(key: &str) -> Option<Key> {
    if Key::of(key).is_some() || tool_of_key(key).is_some() || key.starts_with("x_") {
        return None;
    }
    let letters = letters(key);
    let mut known = Key::ALL.iter().copied();
    if let Some(same) = known.find(|known| self::letters(known.name()) == letters) {
        return Some(same);
    }
    let near = nearest(key, &Key::names());
    // A key in part, or the beginning of another, is no typing error.
    near.iter()
        .find(|name| is_typing_error(key, name))
        .and_then(|name| Key::of(name))
}

/// One wrong, missing, exchanged or superfluous letter in seven, three at most.
fn is_typing_error(key: &str, name: &str) -> bool {
    strsim::damerau_levenshtein(key, name) <= name.len().div_ceil(7).min(3)
}

/// The word without its separators and its plural: `readonly` of `read_only` and `read-only`.
fn letters(key: &str) -> String {
    let key = key.replace(['-', '_'], "");
    key.strip_suffix("ies").map_or_else(
        || key.trim_end_matches('s').to_owned(),
        |stem| format!("{stem}y"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_name_the_key_that_was_meant() {
        for (key, meant) in [
            ("confrim", "confirm"),
            ("comfirm", "confirm"),
            ("read_olny", "read_only"),
            ("read_onl", "read_only"),
            ("readonly", "read_only"),
            ("read-only", "read_only"),
            ("extrnal_id", "external_id"),
            ("externalid", "external_id"),
            ("source_identify", "source_identity"),
            ("session_polcy", "session_policy"),
            ("session_policies", "session_policy"),
            ("session_policy_arn", "session_policy_arns"),
            ("session-tags", "session_tags"),
            ("transitve_sesion_tags", "transitive_session_tags"),
            ("mfa_seria", "mfa_serial"),
            ("role_sesion_name", "role_session_name"),
            ("duration_second", "duration_seconds"),
            ("aws_acount_id", "aws_account_id"),
            ("rolearn", "role_arn"),
            ("source_profil", "source_profile"),
            ("sourceprofile", "source_profile"),
            ("regoin", "region"),
        ] {
            assert_eq!(key_meant(key).map(Key::name), Some(meant), "{key}");
        }
    }

    #[test]
    fn keys_that_somebody_reads_or_that_resemble_none_are_left_alone() {
        let of_tools = TOOLS.iter().flat_map(|(_, names)| names.iter().copied());
        for key in Key::names().into_iter().chain(of_tools) {
            assert_eq!(key_meant(key), None, "{key}");
        }
        for key in [
            "config",
            "confirmation",
            "account_id",
            "session_name",
            "role",
            "external",
            "mfa_device",
            "x_role_arn",
            "x_read_onl",
            "x",
        ] {
            assert_eq!(key_meant(key), None, "{key}");
        }
    }

    #[test]
    fn keys_name_their_tool() {
        assert_eq!(tool_of_key("granted_sso_start_url"), Some("granted"));
        assert_eq!(tool_of_key("expiration"), Some("awsume"));
        assert_eq!(
            (tool_of_key("expirations"), tool_of_key("role_arn")),
            (None, None)
        );
    }
}
