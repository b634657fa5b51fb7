//! The environment variables by which the AWS SDKs and the AWS CLI take what a profile sets, and
//! the settings that they take from a profile alone. Sources: botocore's `configprovider.py`,
//! aws-config's `default_provider` modules, the AWS SDKs and Tools Reference Guide, and the AWS
//! CLI's list of variables.

use super::keys::Key;
use super::section::Setting;

/// A profile's key and its variable. A key stands twice where the SDKs do not agree on the name.
const VARIABLES: [(&str, &str); 41] = [
    ("account_id_endpoint_mode", "AWS_ACCOUNT_ID_ENDPOINT_MODE"),
    ("auth_scheme_preference", "AWS_AUTH_SCHEME_PREFERENCE"),
    ("ca_bundle", "AWS_CA_BUNDLE"),
    ("cli_auto_prompt", "AWS_CLI_AUTO_PROMPT"),
    ("cli_pager", "AWS_PAGER"),
    ("csm_client_id", "AWS_CSM_CLIENT_ID"),
    ("csm_enabled", "AWS_CSM_ENABLED"),
    ("csm_host", "AWS_CSM_HOST"),
    ("csm_port", "AWS_CSM_PORT"),
    ("data_path", "AWS_DATA_PATH"),
    ("defaults_mode", "AWS_DEFAULTS_MODE"),
    (
        "disable_clock_skew_correction",
        "AWS_DISABLE_CLOCK_SKEW_CORRECTION",
    ),
    (
        "disable_host_prefix_injection",
        "AWS_DISABLE_HOST_PREFIX_INJECTION",
    ),
    (
        "disable_request_compression",
        "AWS_DISABLE_REQUEST_COMPRESSION",
    ),
    (
        "ec2_metadata_service_endpoint",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    ),
    (
        "ec2_metadata_service_endpoint_mode",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    ),
    ("ec2_metadata_v1_disabled", "AWS_EC2_METADATA_V1_DISABLED"),
    (
        "endpoint_discovery_enabled",
        "AWS_ENABLE_ENDPOINT_DISCOVERY",
    ),
    (
        "endpoint_discovery_enabled",
        "AWS_ENDPOINT_DISCOVERY_ENABLED",
    ),
    ("endpoint_url", ENDPOINT_URL),
    (
        "ignore_configured_endpoint_urls",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    ),
    ("imds_use_ipv6", "AWS_IMDS_USE_IPV6"),
    ("max_attempts", "AWS_MAX_ATTEMPTS"),
    (
        "metadata_service_num_attempts",
        "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
    ),
    ("metadata_service_timeout", "AWS_METADATA_SERVICE_TIMEOUT"),
    ("output", "AWS_DEFAULT_OUTPUT"),
    (
        "request_checksum_calculation",
        "AWS_REQUEST_CHECKSUM_CALCULATION",
    ),
    (
        "request_min_compression_size_bytes",
        "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
    ),
    (
        "response_checksum_validation",
        "AWS_RESPONSE_CHECKSUM_VALIDATION",
    ),
    ("retry_mode", "AWS_RETRY_MODE"),
    (
        "s3_disable_express_session_auth",
        "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH",
    ),
    (
        "s3_disable_multiregion_access_points",
        "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS",
    ),
    (
        "s3_us_east_1_regional_endpoint",
        "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT",
    ),
    ("s3_use_arn_region", "AWS_S3_USE_ARN_REGION"),
    ("sdk-ua-app-id", "AWS_SDK_UA_APP_ID"),
    ("sdk_ua_app_id", "AWS_SDK_UA_APP_ID"),
    ("sigv4a_signing_region_set", "AWS_SIGV4A_SIGNING_REGION_SET"),
    ("sts_regional_endpoints", "AWS_STS_REGIONAL_ENDPOINTS"),
    ("tcp_keepalive", "BOTOCORE_TCP_KEEPALIVE"),
    ("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT"),
    ("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT"),
];

/// Settings that xacct's own file does not have, and that have no variable.
const BY_FILE: [&str; 3] = [
    "proxy_ca_bundle",
    "proxy_client_cert",
    "proxy_use_forwarding_for_https",
];

pub(super) const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";

/// The variables of a key: none where programs take it from the profile alone.
pub(super) fn of(key: &str) -> impl Iterator<Item = &'static str> {
    VARIABLES
        .iter()
        .filter(move |(name, _)| *name == key)
        .map(|(_, variable)| *variable)
}

/// `AWS_ENDPOINT_URL_SSO_OIDC` for the block `sso_oidc` (botocore's spelling) or `sso-oidc` (the
/// Rust SDK's) of a services section; `None` for what cannot be a service.
pub(super) fn of_service(block: &str) -> Option<String> {
    let name = block.replace('-', "_").to_ascii_uppercase();
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        .then(|| format!("{ENDPOINT_URL}_{name}"))
}

/// Whether the SDKs or the AWS CLI read the key, have no variable for it, and would work otherwise
/// without it. Keys that nobody here knows are some other tool's, unless they are blocks, which is
/// how the AWS CLI has each service's settings. `services` is left to those who look into the
/// section.
pub(super) fn is_by_file(key: &str, setting: &Setting) -> bool {
    if of(key).next().is_some() || ["region", "services"].contains(&key) {
        return false;
    }
    let is_known = Key::of(key).is_some_and(Key::is_of_work)
        || key.starts_with("cli_")
        || BY_FILE.contains(&key);
    is_known || setting.subs().next().is_some()
}
