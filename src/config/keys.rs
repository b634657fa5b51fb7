//! The table of the keys that a profile may have: how each is written in TOML, what it is to a
//! plan, and what it is for. A new key is a new line here, and the line is what `xacct-config(5)`
//! says of it.
//!
//! Only xacct's own settings file is held to it: in the AWS files, a key that nobody here knows is
//! some other tool's.

use std::fmt;

/// How a value may be written in TOML. Whatever the form, it becomes the text that the AWS files
/// would have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
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

/// What a key is to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// It says who one becomes, narrows what one may do, or guards it. A template that has filled
    /// in nothing must not leave it out, nor may a line that cannot be read.
    Decides,
    /// The rest of a temporary access key: none is none, and a line of it that is lost makes the
    /// key another one.
    Token,
    /// It is read here, too.
    Read,
    /// Of other settings the programs that are started get the first line, as long as no key is
    /// lost.
    Other,
}

/// The heading under which the man page has a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Role,
    Mfa,
    Care,
    Own,
    Address,
    Client,
}

struct Facts {
    name: &'static str,
    group: Group,
    shape: Shape,
    weight: Weight,
    about: &'static str,
}

/// `GROUP { KEY "name" SHAPE WEIGHT "what it is, as the end of a sentence that begins with it"; }`
macro_rules! keys {
    ($($group:ident {
        $($key:ident $name:literal $shape:ident $weight:ident $about:literal;)*
    })*) => {
        /// A key that a profile may have.
        #[expect(clippy::enum_variant_names, reason = "AWS's name is aws_secret_access_key")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Key { $($($key,)*)* }

        impl Key {
            /// Every key, in the man page's order.
            pub(crate) const ALL: &[Key] = &[$($(Key::$key,)*)*];

            /// Its name in the files.
            pub(crate) const fn name(self) -> &'static str {
                self.facts().name
            }

            const fn facts(self) -> &'static Facts {
                match self {
                    $($(Key::$key => &Facts {
                        name: $name,
                        group: Group::$group,
                        shape: Shape::$shape,
                        weight: Weight::$weight,
                        about: $about,
                    },)*)*
                }
            }
        }
    };
}

// The AWS SDKs and Tools Reference Guide's settings, those of the AWS CLI, those that aws-vault
// established, and xacct's own.
keys! {
    Role {
        RoleArn "role_arn" Text Decides "the ARN of the role to assume";
        SourceProfile "source_profile" Text Decides "the profile whose credentials assume the role";
        CredentialSource "credential_source" Text Decides "instead of source_profile: \
            Environment, Ec2InstanceMetadata or EcsContainer";
        ExternalId "external_id" Text Decides "the external ID that the role's trust policy \
            requires";
        RoleSessionName "role_session_name" Text Decides "the role session's name, as CloudTrail \
            shows it; before what session_name makes";
        DurationSeconds "duration_seconds" Duration Decides "how long the role's credentials live: \
            15m to 12h, and 1h at most where another session assumes the role; 1h by default";
        SourceIdentity "source_identity" Text Decides "the source identity, which CloudTrail \
            shows for everything that follows. It stays on through a chain of roles, so it is \
            sent once, and profiles of one chain cannot differ in it";
        SessionTags "session_tags" Tags Decides "tags of the session, which policies can refer to";
        TransitiveSessionTags "transitive_session_tags" List Decides "the keys of the \
            session_tags that stay on when the session assumes further roles";
        SessionPolicy "session_policy" Text Decides "a policy that restricts what the session may \
            do: its JSON text, or the path of a file with it, from the directory of the file \
            that says so, or from ~";
        SessionPolicyArns "session_policy_arns" List Decides "managed policies that restrict \
            the session, at most ten";
        ReadOnly "read_only" Flag Decides "whether the session may only read: AWS's policy \
            ReadOnlyAccess is added to session_policy_arns";
    }
    Mfa {
        MfaSerial "mfa_serial" Text Decides "the MFA device: its ARN, or a hardware device's \
            number. It may stand with the role or with the keys";
        MfaProcess "mfa_process" Text Read "a command that prints the device's code, run by the \
            shell; or in short ykman:ACCOUNT, op:ITEM, bw:ITEM, pass-otp:NAME, gopass:NAME or \
            oathtool:FILE";
        MfaPrompt "mfa_prompt" Text Read "where you are prompted for the device's code, before \
            the setting mfa.prompt: auto, terminal, pinentry, dialog or none";
        SessionTokenDuration "session_token_duration" Duration Decides "how long the MFA session \
            of this profile's keys lives, before the setting of this name";
    }
    Care {
        Confirm "confirm" Flag Decides "whether you must confirm on the terminal each time \
            before credentials are handed out, cached or new, of this profile or of one that \
            goes through it. Without a terminal, and with --no-input, that is exit status 5";
        Tags "tags" Tags Read "labels of the profile, for choosing among many; xacct list shows \
            them";
        Color "color" Color Read "the profile's colour in lists: blue, green, orange, pink, \
            purple, red, turquoise, yellow, or hex such as #ff8800";
        Browser "browser" Text Other "the browser that xacct console opens for this profile, \
            before the setting console.browser";
        BrowserProfile "browser_profile" Text Other "the profile of that browser: of Chrome and \
            its like by the name that it shows, of Firefox by its own";
        IncludeProfile "include_profile" Text Decides "a profile whose keys are used if \
            this one does not set them, except access keys";
    }
    Own {
        AwsAccessKeyId "aws_access_key_id" Text Decides "an access key; it is better kept in \
            ~/.aws/credentials";
        AwsSecretAccessKey "aws_secret_access_key" Text Decides "its secret; it is better kept \
            in ~/.aws/credentials";
        AwsSessionToken "aws_session_token" Text Token "the session token of a temporary access \
            key";
        AwsSecurityToken "aws_security_token" Text Token "an old name of aws_session_token";
        AwsAccountId "aws_account_id" Text Decides "the account that the access key is in";
        CredentialProcess "credential_process" Text Decides "a command that prints credentials \
            as JSON";
        CredentialProcessCache "credential_process_cache" Text Decides "on or off: whether what \
            that command prints is used again while it is valid, and while its words, the files \
            among them, the working directory and the AWS_… variables stay the same; on by \
            default. Off is for a command that looks at something else, too: nothing that comes \
            of it is kept then";
        LoginSession "login_session" Text Decides "a sign-in of 'aws login'";
        SsoSession "sso_session" Text Decides "the [sso-session NAME] of ~/.aws/config to sign \
            in to IAM Identity Center with";
        SsoAccountId "sso_account_id" Text Decides "the account that the Identity Center role is \
            in";
        SsoRoleName "sso_role_name" Text Decides "the Identity Center role's name";
        SsoStartUrl "sso_start_url" Text Decides "the Identity Center start URL, if sso_session \
            is not set";
        SsoRegion "sso_region" Text Decides "the region that Identity Center is in, if \
            sso_session is not set";
        SsoRegistrationScopes "sso_registration_scopes" List Read "the scopes to sign in with, \
            if sso_session is not set";
        WebIdentityTokenFile "web_identity_token_file" Text Decides "a file with a token, with \
            which the role is assumed";
        WebIdentityTokenProcess "web_identity_token_process" Text Other "aws-vault's command \
            that prints such a token";
    }
    Address {
        Region "region" Text Read "the region to use, also for STS";
        EndpointUrl "endpoint_url" Text Read "the endpoint for every service, instead of AWS's own";
        AllowHttpEndpoint "allow_http_endpoint" Flag Decides "whether that address may be http:// \
            though it is another machine, and anyone on the network path can read the credentials";
        Services "services" Text Read "the [services NAME] of ~/.aws/config with addresses \
            service by service";
        IgnoreConfiguredEndpointUrls "ignore_configured_endpoint_urls" Flag Read "whether \
            endpoint_url and services are ignored";
        UseFipsEndpoint "use_fips_endpoint" Flag Read "whether to use FIPS endpoints";
        UseDualstackEndpoint "use_dualstack_endpoint" Flag Read "whether to use \
            dual-stack endpoints (IPv4 and IPv6)";
        StsRegionalEndpoints "sts_regional_endpoints" Text Read "regional, or legacy for the \
            global STS in AWS's older regions";
        CaBundle "ca_bundle" Text Read "a file with the certificates to trust";
        MaxAttempts "max_attempts" Text Read "how many times a request is sent at most";
        RetryMode "retry_mode" Text Read "how requests are retried: standard, adaptive or legacy";
        Ec2MetadataServiceEndpoint "ec2_metadata_service_endpoint" Text Read "the endpoint of \
            the instance metadata service";
        Ec2MetadataServiceEndpointMode "ec2_metadata_service_endpoint_mode" Text Read "IPv4 or \
            IPv6";
        Ec2MetadataV1Disabled "ec2_metadata_v1_disabled" Flag Read "whether version 1 of the \
            metadata service is off";
        MetadataServiceNumAttempts "metadata_service_num_attempts" Text Other "how many times \
            the metadata service is tried";
        MetadataServiceTimeout "metadata_service_timeout" Text Other "how many seconds the \
            metadata service may take";
    }
    Client {
        AccountIdEndpointMode "account_id_endpoint_mode" Text Other "whether endpoints contain \
            the account ID";
        ApiVersions "api_versions" Nested Other "versions of services' APIs";
        AuthSchemePreference "auth_scheme_preference" List Other "which signatures to prefer";
        CliAutoPrompt "cli_auto_prompt" Text Other "whether the AWS CLI prompts for arguments";
        CliBinaryFormat "cli_binary_format" Text Other "how the AWS CLI reads binary arguments";
        CliErrorFormat "cli_error_format" Text Other "how the AWS CLI shows errors";
        CliFollowUrlparam "cli_follow_urlparam" Text Other "whether the AWS CLI fetches URLs \
            that are arguments";
        CliHelpOutput "cli_help_output" Text Other "how the AWS CLI shows help";
        CliHistory "cli_history" Text Other "whether the AWS CLI keeps a history";
        CliPager "cli_pager" Text Other "the AWS CLI's pager";
        CliTimestampFormat "cli_timestamp_format" Text Other "how the AWS CLI shows times";
        DefaultsMode "defaults_mode" Text Other "a set of defaults for the SDKs";
        DisableRequestCompression "disable_request_compression" Flag Other "whether requests are \
            not compressed";
        EndpointDiscoveryEnabled "endpoint_discovery_enabled" Text Other "whether endpoints are \
            discovered";
        Output "output" Text Other "the AWS CLI's output format";
        ParameterValidation "parameter_validation" Flag Other "whether parameters are checked \
            before they are sent";
        RequestChecksumCalculation "request_checksum_calculation" Text Other "when requests get \
            checksums";
        RequestMinCompressionSizeBytes "request_min_compression_size_bytes" Text Other "from \
            what size requests are compressed";
        ResponseChecksumValidation "response_checksum_validation" Text Other "when answers' \
            checksums are checked";
        S3 "s3" Nested Other "settings of S3";
        S3DisableExpressSessionAuth "s3_disable_express_session_auth" Flag Other "whether S3 \
            Express is used without sessions";
        S3DisableMultiregionAccessPoints "s3_disable_multiregion_access_points" Flag Other
            "whether S3's multi-region access points are off";
        S3UsEast1RegionalEndpoint "s3_us_east_1_regional_endpoint" Text Other "regional or legacy";
        S3UseArnRegion "s3_use_arn_region" Flag Other "whether S3 requests go to the region of an ARN";
        SdkUaAppId "sdk_ua_app_id" Text Other "a name of the application in requests";
        Sigv4aSigningRegionSet "sigv4a_signing_region_set" List Other "the regions that a \
            signature is good for";
        TcpKeepalive "tcp_keepalive" Flag Other "whether connections are kept alive";
    }
}

impl Key {
    /// The key of this name (in lower case); `None` if there is no such key.
    pub(crate) fn of(name: &str) -> Option<Key> {
        Key::ALL.iter().copied().find(|key| key.name() == name)
    }

    /// Every key's name.
    pub(super) fn names() -> Vec<&'static str> {
        Key::ALL.iter().map(|key| key.name()).collect()
    }

    /// What it is, as the end of a sentence that begins with the name.
    pub(super) fn about(self) -> &'static str {
        self.facts().about
    }

    pub(crate) fn shape(self) -> Shape {
        self.facts().shape
    }

    pub(crate) fn weight(self) -> Weight {
        self.facts().weight
    }

    /// Whether it is a part of what a role is, as opposed to how it is worked with: what `adopt`
    /// moves away from the AWS files, because there it would compete with the `credential_process`
    /// that takes its place.
    pub(super) fn is_of_role(self) -> bool {
        let name = self.name();
        match self.facts().group {
            Group::Role | Group::Mfa | Group::Care => true,
            Group::Own => !name.starts_with("aws_") && !name.starts_with("credential_process"),
            Group::Address | Group::Client => false,
        }
    }

    /// Whether the AWS SDKs or the AWS CLI read it to know where AWS is and how to work with it.
    pub(super) fn is_of_work(self) -> bool {
        matches!(self.facts().group, Group::Address | Group::Client)
    }

    /// Whether no program but xacct (or aws-vault) knows it, and it says nothing of how credentials
    /// are come by.
    pub(super) fn is_of_care(self) -> bool {
        self.facts().group == Group::Care
    }

    /// The man page's heading above it.
    #[cfg(test)]
    pub(super) fn heading(self) -> &'static str {
        match self.facts().group {
            Group::Role => "The role",
            Group::Mfa => "MFA",
            Group::Care => "Safety and display",
            Group::Own => "Credentials of the profile's own",
            Group::Address => "Where AWS is and how it is reached",
            Group::Client => "Read by the AWS CLI and the SDKs only",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
