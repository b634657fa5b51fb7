//! The table of the keys that a profile may have, and how each is written in TOML. A new key is a new line here.
//!
//! Only xacct's own settings file is held to it: in the AWS files, a key that nobody here knows is some other tool's.

/// How a value may be written in TOML. Whatever the form, it becomes the text that the AWS files would have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A string, an integer or a boolean.
    Text,
    /// A string with commas, or an array of strings.
    List,
    /// `"Team=x,Env=y"`, an array of such parts, or a table.
    Tags,
    /// A table of texts, which the AWS files write as indented lines below the key.
    Nested,
}

/// The shape of the profile key; `None` if there is no such key.
pub(super) fn shape(key: &str) -> Option<Shape> {
    KEYS.iter().find(|(name, _)| *name == key).map(|(_, shape)| *shape)
}

/// Every key's name.
pub(super) fn names() -> Vec<&'static str> {
    KEYS.iter().map(|(name, _)| *name).collect()
}

/// The AWS SDKs and Tools Reference Guide's settings, those of the AWS CLI, those that aws-vault established, and
/// xacct's own.
const KEYS: &[(&str, Shape)] = &[
    ("account_id_endpoint_mode", Shape::Text),
    ("api_versions", Shape::Nested),
    ("auth_scheme_preference", Shape::List),
    ("aws_access_key_id", Shape::Text),
    ("aws_account_id", Shape::Text),
    ("aws_secret_access_key", Shape::Text),
    ("aws_security_token", Shape::Text),
    ("aws_session_token", Shape::Text),
    ("ca_bundle", Shape::Text),
    ("cli_auto_prompt", Shape::Text),
    ("cli_binary_format", Shape::Text),
    ("cli_error_format", Shape::Text),
    ("cli_follow_urlparam", Shape::Text),
    ("cli_help_output", Shape::Text),
    ("cli_history", Shape::Text),
    ("cli_pager", Shape::Text),
    ("cli_timestamp_format", Shape::Text),
    ("color", Shape::Text),
    ("confirm", Shape::Text),
    ("credential_process", Shape::Text),
    ("credential_source", Shape::Text),
    ("defaults_mode", Shape::Text),
    ("disable_request_compression", Shape::Text),
    ("duration_seconds", Shape::Text),
    ("ec2_metadata_service_endpoint", Shape::Text),
    ("ec2_metadata_service_endpoint_mode", Shape::Text),
    ("ec2_metadata_v1_disabled", Shape::Text),
    ("endpoint_discovery_enabled", Shape::Text),
    ("endpoint_url", Shape::Text),
    ("external_id", Shape::Text),
    ("ignore_configured_endpoint_urls", Shape::Text),
    ("include_profile", Shape::Text),
    ("login_session", Shape::Text),
    ("max_attempts", Shape::Text),
    ("metadata_service_num_attempts", Shape::Text),
    ("metadata_service_timeout", Shape::Text),
    ("mfa_process", Shape::Text),
    ("mfa_serial", Shape::Text),
    ("output", Shape::Text),
    ("parameter_validation", Shape::Text),
    ("read_only", Shape::Text),
    ("region", Shape::Text),
    ("request_checksum_calculation", Shape::Text),
    ("request_min_compression_size_bytes", Shape::Text),
    ("response_checksum_validation", Shape::Text),
    ("retry_mode", Shape::Text),
    ("role_arn", Shape::Text),
    ("role_session_name", Shape::Text),
    ("s3", Shape::Nested),
    ("s3_disable_express_session_auth", Shape::Text),
    ("s3_disable_multiregion_access_points", Shape::Text),
    ("s3_us_east_1_regional_endpoint", Shape::Text),
    ("s3_use_arn_region", Shape::Text),
    ("sdk_ua_app_id", Shape::Text),
    ("services", Shape::Text),
    ("session_policy", Shape::Text),
    ("session_policy_arns", Shape::List),
    ("session_tags", Shape::Tags),
    ("session_token_duration", Shape::Text),
    ("sigv4a_signing_region_set", Shape::List),
    ("source_identity", Shape::Text),
    ("source_profile", Shape::Text),
    ("sso_account_id", Shape::Text),
    ("sso_region", Shape::Text),
    ("sso_registration_scopes", Shape::List),
    ("sso_role_name", Shape::Text),
    ("sso_session", Shape::Text),
    ("sso_start_url", Shape::Text),
    ("sts_regional_endpoints", Shape::Text),
    ("tags", Shape::Tags),
    ("tcp_keepalive", Shape::Text),
    ("transitive_session_tags", Shape::List),
    ("use_dualstack_endpoint", Shape::Text),
    ("use_fips_endpoint", Shape::Text),
    ("web_identity_token_file", Shape::Text),
    ("web_identity_token_process", Shape::Text),
];
