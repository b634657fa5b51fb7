//! The table of the keys that a profile may have, how each is written in TOML, and what it is for.
//! A new key is a new line here, and the line is what `xacct-config(5)` says of it.
//!
//! Only xacct's own settings file is held to it: in the AWS files, a key that nobody here knows is
//! some other tool's.

use self::Shape::{Color, Duration, Flag, List, Nested, Tags, Text};

/// How a value may be written in TOML. Whatever the form, it becomes the text that the AWS files
/// would have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A string, an integer or a boolean.
    Text,
    /// A boolean, or the word.
    Flag,
    /// Seconds as an integer, or a string such as `"1h30m"`.
    Duration,
    /// A string that is a colour.
    Color,
    /// A string with commas, or an array of strings.
    List,
    /// `"Team=x,Env=y"`, an array of such parts, or a table.
    Tags,
    /// A table of texts, which the AWS files write as indented lines below the key.
    Nested,
}

/// A profile key: its name, its shape, and what it is, as the end of a sentence that begins with
/// the name.
pub(super) type Key = (&'static str, Shape, &'static str);

/// The profile key; `None` if there is no such key.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    all().find(|(known, _, _)| *known == name)
}

/// Every key's name.
pub(super) fn names() -> Vec<&'static str> {
    all().map(|(name, _, _)| *name).collect()
}

/// Whether the key is a part of what a role is, as opposed to how it is worked with: what `adopt`
/// moves away from the AWS files, because there it would compete with the `credential_process` that
/// takes its place.
pub(super) fn is_of_role(name: &str) -> bool {
    let heading = KEYS
        .iter()
        .find(|(_, keys)| keys.iter().any(|(key, _, _)| *key == name))
        .map(|(heading, _)| *heading);
    match heading {
        Some(ROLE | MFA | CARE) => true,
        Some(OWN) => !name.starts_with("aws_") && !name.starts_with("credential_process"),
        _ => false,
    }
}

/// Whether the AWS SDKs or the AWS CLI read the key to know where AWS is and how to work with it.
pub(super) fn is_of_work(name: &str) -> bool {
    let headings = KEYS
        .iter()
        .filter(|(heading, _)| [ADDRESS, CLIENT].contains(heading));
    headings
        .flat_map(|(_, keys)| *keys)
        .any(|(key, _, _)| *key == name)
}

/// Whether no program but xacct (or aws-vault) knows the key, and it says nothing of how
/// credentials are come by.
pub(super) fn is_of_care(name: &str) -> bool {
    KEYS.iter()
        .any(|(heading, keys)| *heading == CARE && keys.iter().any(|(key, _, _)| *key == name))
}

const ROLE: &str = "The role";
const MFA: &str = "MFA";
const CARE: &str = "Care and looks";
const OWN: &str = "Credentials of the profile's own";
const ADDRESS: &str = "Where AWS is and how it is reached";
const CLIENT: &str = "Read by the AWS CLI and the SDKs only";

pub(super) fn all() -> impl Iterator<Item = &'static Key> {
    KEYS.iter().flat_map(|(_, keys)| *keys)
}

/// The AWS SDKs and Tools Reference Guide's settings, those of the AWS CLI, those that aws-vault
/// established, and xacct's own; with the headings under which the man page has them.
pub(super) const KEYS: &[(&str, &[Key])] = &[
    (
        ROLE,
        &[
            ("role_arn", Text, "the ARN of the role to assume"),
            (
                "source_profile",
                Text,
                "the profile whose credentials assume the role",
            ),
            (
                "credential_source",
                Text,
                "instead of source_profile: Environment, Ec2InstanceMetadata or EcsContainer",
            ),
            (
                "external_id",
                Text,
                "the external ID that the role's trust policy asks for",
            ),
            (
                "role_session_name",
                Text,
                "the role session's name, as CloudTrail shows it; before what session_name makes",
            ),
            (
                "duration_seconds",
                Duration,
                "how long the role's credentials live: 15m to 12h, and 1h at most where another \
                 session assumes the \
                 role; 1h by default",
            ),
            (
                "source_identity",
                Text,
                "the source identity, which CloudTrail shows for everything that follows. It stays \
                 on through a chain \
                 of roles, so it is sent once, and profiles of one chain cannot differ in it",
            ),
            (
                "session_tags",
                Tags,
                "tags of the session, which policies can refer to",
            ),
            (
                "transitive_session_tags",
                List,
                "the keys of the session_tags that stay on when the session assumes further roles",
            ),
            (
                "session_policy",
                Text,
                "a policy that narrows what the session may do: its JSON text, or the path of a \
                 file with it, from the \
                 directory of the file that says so, or from ~",
            ),
            (
                "session_policy_arns",
                List,
                "managed policies that narrow what the session may do, at most ten",
            ),
            (
                "read_only",
                Flag,
                "whether the session may only read: AWS's policy ReadOnlyAccess is added to \
                 session_policy_arns",
            ),
        ],
    ),
    (
        MFA,
        &[
            (
                "mfa_serial",
                Text,
                "the MFA device: its ARN, or a hardware device's number. It may stand with the \
                 role or with the keys",
            ),
            (
                "mfa_process",
                Text,
                "a command that prints the device's code, run by the shell",
            ),
            (
                "session_token_duration",
                Duration,
                "how long the MFA session of this profile's keys lives, before the setting of this \
                 name",
            ),
        ],
    ),
    (
        CARE,
        &[
            (
                "confirm",
                Flag,
                "whether you must confirm on the terminal each time before credentials are handed \
                 out, cached or \
                 new, of this profile or of one that goes through it. Without a terminal, and with \
                 --no-input, that is \
                 exit status 5",
            ),
            (
                "tags",
                Tags,
                "labels of the profile, for choosing among many; xacct list shows them",
            ),
            (
                "color",
                Color,
                "the profile's colour in lists: blue, green, orange, pink, purple, red, turquoise, \
                 yellow, or hex such \
                 as #ff8800",
            ),
            (
                "browser",
                Text,
                "the browser that xacct console opens for this profile, before the setting \
                 console.browser",
            ),
            (
                "browser_profile",
                Text,
                "the profile of that browser: of Chrome and its like by the name that it shows, of \
                 Firefox by its own",
            ),
            (
                "include_profile",
                Text,
                "a profile whose keys count here too where this one does not have them, but for \
                 access keys",
            ),
        ],
    ),
    (
        OWN,
        &[
            (
                "aws_access_key_id",
                Text,
                "an access key; it is better kept in ~/.aws/credentials",
            ),
            (
                "aws_secret_access_key",
                Text,
                "its secret; it is better kept in ~/.aws/credentials",
            ),
            (
                "aws_session_token",
                Text,
                "the session token of a temporary access key",
            ),
            (
                "aws_security_token",
                Text,
                "an old name of aws_session_token",
            ),
            (
                "aws_account_id",
                Text,
                "the account that the access key is in",
            ),
            (
                "credential_process",
                Text,
                "a command that prints credentials as JSON",
            ),
            (
                "credential_process_cache",
                Text,
                "on or off: whether what that command prints is used again while it is valid, and \
                 while its words, the \
                 files among them, the working directory and the AWS_… variables stay the same; on \
                 by default. Off is \
                 for a command that looks at something else, too: nothing that comes of it is kept \
                 then",
            ),
            ("login_session", Text, "a sign-in of 'aws login'"),
            (
                "sso_session",
                Text,
                "the [sso-session NAME] of ~/.aws/config to sign in to IAM Identity Center with",
            ),
            (
                "sso_account_id",
                Text,
                "the account that the Identity Center role is in",
            ),
            ("sso_role_name", Text, "the Identity Center role's name"),
            (
                "sso_start_url",
                Text,
                "the Identity Center start URL, if sso_session is not set",
            ),
            (
                "sso_region",
                Text,
                "the region that Identity Center is in, if sso_session is not set",
            ),
            (
                "sso_registration_scopes",
                List,
                "the scopes to sign in with, if sso_session is not set",
            ),
            (
                "web_identity_token_file",
                Text,
                "a file with a token, with which the role is assumed",
            ),
            (
                "web_identity_token_process",
                Text,
                "aws-vault's command that prints such a token",
            ),
        ],
    ),
    (
        ADDRESS,
        &[
            (
                "region",
                Text,
                "the region to work in, and whose STS is asked",
            ),
            (
                "endpoint_url",
                Text,
                "another address for every service than AWS's own",
            ),
            (
                "allow_http_endpoint",
                Flag,
                "whether that address may be http:// though it is another machine, and anyone on \
                 the network path can \
                 read the credentials",
            ),
            (
                "services",
                Text,
                "the [services NAME] of ~/.aws/config with addresses service by service",
            ),
            (
                "ignore_configured_endpoint_urls",
                Flag,
                "whether endpoint_url and services are ignored",
            ),
            (
                "use_fips_endpoint",
                Flag,
                "whether FIPS endpoints are asked",
            ),
            (
                "use_dualstack_endpoint",
                Flag,
                "whether endpoints that have IPv6 too are asked",
            ),
            (
                "sts_regional_endpoints",
                Text,
                "regional, or legacy for the global STS in AWS's older regions",
            ),
            ("ca_bundle", Text, "a file with the certificates to trust"),
            ("max_attempts", Text, "how many times a request is tried"),
            (
                "retry_mode",
                Text,
                "how it is tried again: standard, adaptive or legacy",
            ),
            (
                "ec2_metadata_service_endpoint",
                Text,
                "another address of the instance's metadata",
            ),
            ("ec2_metadata_service_endpoint_mode", Text, "IPv4 or IPv6"),
            (
                "ec2_metadata_v1_disabled",
                Flag,
                "whether version 1 of the metadata service is never asked",
            ),
            (
                "metadata_service_num_attempts",
                Text,
                "how many times the metadata service is tried",
            ),
            (
                "metadata_service_timeout",
                Text,
                "how many seconds the metadata service may take",
            ),
        ],
    ),
    (
        CLIENT,
        &[
            (
                "account_id_endpoint_mode",
                Text,
                "whether account ids stand in endpoints",
            ),
            ("api_versions", Nested, "versions of services' APIs"),
            ("auth_scheme_preference", List, "which signatures to prefer"),
            (
                "cli_auto_prompt",
                Text,
                "whether the AWS CLI prompts for arguments",
            ),
            (
                "cli_binary_format",
                Text,
                "how the AWS CLI reads binary arguments",
            ),
            ("cli_error_format", Text, "how the AWS CLI shows errors"),
            (
                "cli_follow_urlparam",
                Text,
                "whether the AWS CLI fetches URLs that are arguments",
            ),
            ("cli_help_output", Text, "how the AWS CLI shows help"),
            ("cli_history", Text, "whether the AWS CLI keeps a history"),
            ("cli_pager", Text, "the AWS CLI's pager"),
            ("cli_timestamp_format", Text, "how the AWS CLI shows times"),
            ("defaults_mode", Text, "a set of defaults for the SDKs"),
            (
                "disable_request_compression",
                Flag,
                "whether requests are not compressed",
            ),
            (
                "endpoint_discovery_enabled",
                Text,
                "whether endpoints are discovered",
            ),
            ("output", Text, "the AWS CLI's output format"),
            (
                "parameter_validation",
                Flag,
                "whether parameters are checked before they are sent",
            ),
            (
                "request_checksum_calculation",
                Text,
                "when requests get checksums",
            ),
            (
                "request_min_compression_size_bytes",
                Text,
                "from what size requests are compressed",
            ),
            (
                "response_checksum_validation",
                Text,
                "when answers' checksums are checked",
            ),
            ("s3", Nested, "settings of S3"),
            (
                "s3_disable_express_session_auth",
                Flag,
                "whether S3 Express is used without sessions",
            ),
            (
                "s3_disable_multiregion_access_points",
                Flag,
                "whether S3's multi-region access points are off",
            ),
            ("s3_us_east_1_regional_endpoint", Text, "regional or legacy"),
            (
                "s3_use_arn_region",
                Flag,
                "whether S3 is asked in the region of an ARN",
            ),
            (
                "sdk_ua_app_id",
                Text,
                "a name of the application in requests",
            ),
            (
                "sigv4a_signing_region_set",
                List,
                "the regions that a signature is good for",
            ),
            ("tcp_keepalive", Flag, "whether connections are kept alive"),
        ],
    ),
];
