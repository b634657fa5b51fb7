//! What is known of others: the programs of other tools, and AWS's regions.

pub(super) use crate::region::REGIONS;

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
    PROGRAMS
        .iter()
        .find(|(program, _)| *program == name)
        .map(|(_, tool)| *tool)
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
    if line.contains("alias awsume") || line.contains("awsume-autocomplete") {
        return Some("awsume");
    }
    if line.contains("alias assume=") || line.contains("alias assume ") || line.contains("GRANTED_")
    {
        return Some("granted");
    }
    let is_set_up = line.contains("eval")
        || line.contains("source ")
        || line.starts_with("alias ")
        || line.starts_with(". ");
    let tools = ["aws-vault", "saml2aws", "aws-runas"];
    tools
        .into_iter()
        .find(|tool| is_set_up && line.contains(tool))
        .or_else(|| {
            (is_set_up && (line.contains("aws-sso completions") || line.contains("aws-sso setup")))
                .then_some("aws-sso-cli")
        })
}

/// Whether it can be a region's name.
pub(crate) fn is_region(text: &str) -> bool {
    crate::region::check(text, crate::region::Names::Aws).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_their_tool() {
        for (line, tool) in [
            ("alias awsume=\". awsume\"", Some("awsume")),
            ("  alias assume=\"source assume\"", Some("granted")),
            (
                "eval \"$(saml2aws --completion-script-bash)\"",
                Some("saml2aws"),
            ),
            ("# alias awsume=x", None),
            ("export PATH=$PATH:/opt/aws-vault/bin", None),
            ("source <(aws-sso completions -s bash)", Some("aws-sso-cli")),
        ] {
            assert_eq!(tool_of_line(line), tool, "{line}");
        }
    }
}
