//! What is known of others: the keys and programs of other tools, and AWS's regions.

/// A tool, and how its keys in profiles begin or are called.
const KEYS: [(&str, &[&str]); 8] = [
    ("granted", &["granted_", "common_fate_"]),
    ("awsume", &["autoawsume", "expiration", "manager", "role_duration", "awsume_"]),
    ("saml2aws", &["x_principal_arn", "x_security_token_expires", "saml2aws_"]),
    (
        "aws-runas",
        &["saml_", "jump_role_arn", "mfa_type", "federated_username", "auth_username", "auth_provider"],
    ),
    ("aws-vault", &["parent_profile", "sso_use_device_code", "mfa_refresh"]),
    ("aws-azure-login", &["azure_"]),
    ("aws-google-auth", &["google_config."]),
    (
        "AWS Extend Switch Roles",
        &["image", "target_role_name", "target_region", "role_name", "aws_account_alias"],
    ),
];

/// The tool whose key it is.
pub(super) fn tool_of_key(key: &str) -> Option<&'static str> {
    let is_its = |name: &&str| key == *name || (name.ends_with(['_', '.']) && key.starts_with(*name));
    KEYS.iter().find(|(_, names)| names.iter().any(is_its)).map(|(tool, _)| *tool)
}

/// Programs that hand out credentials, as they are called, and the tool.
const PROGRAMS: [(&str, &str); 10] = [
    ("aws-vault", "aws-vault"),
    ("granted", "granted"),
    ("dgranted", "granted"),
    ("assume", "granted"),
    ("awsume", "awsume"),
    ("awsumepy", "awsume"),
    ("saml2aws", "saml2aws"),
    ("aws-runas", "aws-runas"),
    ("aws-sso", "aws-sso-cli"),
    ("leapp", "Leapp"),
];

/// The tool that a program, by its name without a path, belongs to.
pub(crate) fn tool_of_program(name: &str) -> Option<&'static str> {
    let name = name.strip_suffix(".exe").unwrap_or(name);
    PROGRAMS.iter().find(|(program, _)| *program == name).map(|(_, tool)| *tool)
}

/// Files and directories under the home directory that tools leave.
pub(crate) const FILES: [(&str, &str); 6] = [
    (".awsume", "awsume"),
    (".granted", "granted"),
    (".dgranted", "granted"),
    (".saml2aws", "saml2aws"),
    (".awsvault", "aws-vault"),
    (".aws-sso", "aws-sso-cli"),
];

/// The start-up files of shells, from the home directory.
pub(crate) const START_UP: [&str; 9] = [
    ".bashrc",
    ".bash_profile",
    ".bash_aliases",
    ".profile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".zlogin",
    ".config/fish/config.fish",
];

/// The tool that a line of a start-up file sets up.
pub(super) fn tool_of_line(line: &str) -> Option<&'static str> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let has = |text: &str| line.contains(text);
    if has("alias awsume") || has("awsume-autocomplete") {
        return Some("awsume");
    }
    if has("alias assume=") || has("alias assume ") || has("GRANTED_") {
        return Some("granted");
    }
    let is_set_up = has("eval") || has("source ") || line.starts_with("alias ") || line.starts_with(". ");
    let tools = ["aws-vault", "saml2aws", "aws-runas"];
    tools.into_iter().find(|tool| is_set_up && has(tool)).or_else(|| {
        (is_set_up && (has("aws-sso completions") || has("aws-sso setup"))).then_some("aws-sso-cli")
    })
}

/// botocore 1.43.11, `endpoints.json`: the regions of every partition.
pub(super) const REGIONS: [&str; 47] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
    "aws-global",
];

/// Whether it can be a region's name.
pub(crate) fn is_region(text: &str) -> bool {
    REGIONS.contains(&text) || is_region_shaped(text)
}

/// `eu-central-1`: words of letters with dashes between, and a number.
pub(super) fn is_region_shaped(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [words @ .., number] = parts.as_slice() else { return false };
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    words.len() >= 2 && words.iter().all(is_word) && is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_told_from_what_looks_like_them() {
        for name in REGIONS.iter().filter(|name| **name != "aws-global").chain(&["xx-new-9", "us-gov-new-12"])
        {
            assert!(is_region_shaped(name), "{name}");
        }
        for name in
            ["", "eu", "eu-west", "eu-west1", "eu-west-1a", "EU-WEST-1", "eu_west_1", "eu--1", "1", "eu-1"]
        {
            assert!(!is_region_shaped(name), "{name}");
        }
    }

    #[test]
    fn keys_and_lines_name_their_tool() {
        assert_eq!(tool_of_key("granted_sso_start_url"), Some("granted"));
        assert_eq!(tool_of_key("expiration"), Some("awsume"));
        assert_eq!((tool_of_key("expirations"), tool_of_key("role_arn")), (None, None));
        for (line, tool) in [
            ("alias awsume=\". awsume\"", Some("awsume")),
            ("  alias assume=\"source assume\"", Some("granted")),
            ("eval \"$(saml2aws --completion-script-bash)\"", Some("saml2aws")),
            ("# alias awsume=x", None),
            ("export PATH=$PATH:/opt/aws-vault/bin", None),
            ("source <(aws-sso completions -s bash)", Some("aws-sso-cli")),
        ] {
            assert_eq!(tool_of_line(line), tool, "{line}");
        }
    }
}
