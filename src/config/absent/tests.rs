//! Which line is named for a name that no profile has.

use super::bare;
use crate::config::tests::load;

/// Message and hints, one a line.
fn says(config: &str, credentials: &str, name: &str) -> String {
    let error = load(config, credentials, "").no_profile(name);
    [&[error.to_string()][..], &error.hint_texts()]
        .concat()
        .join("\n")
}

const NONE: &str = "in ~/.aws/config or ~/.aws/credentials";

#[test]
#[allow(clippy::too_many_lines)] // a table of cases
fn the_line_that_means_it_is_named() {
    let written = "is ignored: in this file a profile is written";
    for (config, credentials, name, hint) in [
        (
            "[c]\n",
            "",
            "c",
            format!("config:1: [c] {written} [profile c]"),
        ),
        (
            "",
            "[profile c]\n",
            "c",
            format!("credentials:1: [profile c] {written} [c]"),
        ),
        (
            "[profil c]\n",
            "",
            "c",
            "config:1: [profil …] is ignored: no such kind of section, did you mean [profile …]?"
                .to_owned(),
        ),
        (
            "[profile Foo Bar]\n",
            "",
            "Foo Bar",
            "config:1: the section's name is not valid: ignored (a name with blanks is written \
             [profile \"Foo Bar\"])"
                .to_owned(),
        ),
        (
            "[profile Foo Bar]\n",
            "",
            "foo",
            "config:1: the section's name is not valid: ignored (a name with blanks is written \
             [profile \"Foo Bar\"])"
                .to_owned(),
        ),
        (
            "[profile c\n",
            "",
            "c",
            "config:1: Profile definition must end with ']': the section is ignored".to_owned(),
        ),
        (
            "[profile Acme]\n",
            "",
            "acme",
            "config:1: did you mean 'Acme'? Upper and lower case count".to_owned(),
        ),
        (
            "[profile acme]\n",
            "",
            "[profile acme]",
            "config:1: did you mean 'acme'?".to_owned(),
        ),
        (
            "[sso-session acme]\n",
            "",
            "acme",
            "config:1: 'acme' is an sso-session: name a profile that says sso_session = acme"
                .to_owned(),
        ),
        (
            "[services s]\n",
            "",
            "s",
            "config:1: 's' is a services section, not a profile".to_owned(),
        ),
    ] {
        let other = format!("{config}[profile zzz]\nregion = x\n");
        assert_eq!(
            says(&other, credentials, name),
            format!("no profile '{name}' {NONE}\n~/.aws/{hint}"),
            "{config}{credentials}"
        );
    }
    let said = says("", "[z]\n[my client]\n", "my client");
    assert!(
        said.contains(
            "~/.aws/credentials:2: the section is ignored: a profile's name has no blanks"
        ),
        "{said}"
    );
}

/// Without the blank, or with one that cannot be seen.
#[test]
fn a_header_that_runs_together_is_named_too() {
    for (header, hint) in [
        (
            "[profile:acme]\n",
            "config:1: [profile:acme] is ignored: there must be a plain space after the word \
             profile: [profile acme]",
        ),
        (
            "[profileacme]\n",
            "config:1: [profileacme] is ignored: there must be a plain space after the word \
             profile: [profile acme]",
        ),
        (
            "[profile\u{a0}acme]\n",
            "config:1: [profile\u{a0}acme] is ignored: there must be a plain space after the word \
             profile: [profile acme]",
        ),
        (
            "[profile acme\u{a0}]\n",
            "config:1: did you mean 'acme\u{a0}'? There is a blank in its name that cannot be \
             seen: write the header again",
        ),
    ] {
        let text = format!("{header}[profile zzz]\nregion = x\n");
        assert_eq!(
            says(&text, "", "acme"),
            format!("no profile 'acme' {NONE}\n~/.aws/{hint}"),
            "{header}"
        );
    }
}

#[test]
fn else_the_nearest_names_or_what_is_in_no_section() {
    let config = "[profile client1]\n[profile base]\n";
    assert_eq!(
        says(config, "", "cleint1"),
        format!("no profile 'cleint1' {NONE}\ndid you mean 'client1'?")
    );
    assert_eq!(
        says(config, "", "zzz"),
        format!("no profile 'zzz' {NONE}\nxacct list    shows the profiles")
    );
    let keys = "export AWS_ACCESS_KEY_ID=\"hidden\"\nexport AWS_SECRET_ACCESS_KEY=\"hidden\"\n";
    for keys in [
        keys,
        &keys.replace("export ", "SET "),
        &keys.replace("export ", "$Env:"),
    ] {
        assert_eq!(
            says("", keys, "default"),
            "no profile 'default': no profiles were defined in ~/.aws/config or \
             ~/.aws/credentials\n\
             ~/.aws/credentials:1: Expected a profile definition: this line is a shell's and is \
             ignored (write [NAME] \
             above it, and aws_access_key_id = … and so on instead)\n\
             xacct sandbox    tries everything without an AWS account"
        );
    }
}

#[test]
fn names_are_bare_of_what_is_copied_with_them() {
    for text in [
        "a",
        " a ",
        "[a]",
        "profile a",
        "[profile a]",
        "[profile \"a\"]",
    ] {
        assert_eq!(bare(text), "a", "{text}");
    }
}
