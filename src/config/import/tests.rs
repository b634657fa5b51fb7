use super::*;
use crate::config::Paths;
use crate::env::Env;

fn imported(tool: Tool, config: &str, own: Option<&str>) -> (String, Vec<String>) {
    let paths = Paths::from_env(&Env::of(&[("HOME", "/home/you")]));
    let raw = Texts {
        config: Some(config.to_owned().into()),
        ..Texts::default()
    };
    let config = Config::new(paths, raw.clone()).unwrap();
    let imported = import(tool, &config, &raw, own).unwrap();
    let text = imported.texts.config.unwrap();
    (text.as_str().to_owned(), imported.left)
}

#[test]
fn the_profile_that_aws_vault_is_asked_for() {
    for (command, profile) in [
        ("aws-vault exec client1 --json", Some("client1")),
        (
            "/usr/bin/aws-vault --prompt=ykman exec -j client1",
            Some("client1"),
        ),
        (
            "aws-vault --backend file exec --duration 1h client1 --json",
            Some("client1"),
        ),
        ("aws-vault export --format json client1", Some("client1")),
        ("aws-vault exec", None),
        ("aws-vault list", None),
    ] {
        let config = format!(
            "[profile client1]\nrole_arn = arn:aws:iam::1:role/R\n[profile w]\n\
             credential_process = {command}\nregion = eu-west-1\n"
        );
        let (text, left) = imported(Tool::AwsVault, &config, None);
        let becomes = profile.map(|profile| format!("include_profile = {profile}"));
        assert_eq!(
            text.contains("[profile w]\ninclude_profile = client1\nregion"),
            becomes.is_some(),
            "{command}: {text}"
        );
        assert_eq!(left.is_empty(), becomes.is_some(), "{command}: {left:?}");
    }
}

#[test]
fn what_is_in_a_keyring_stays() {
    let config = "[profile hub]\ncredential_process = aws-vault exec hub --json\n";
    let (text, left) = imported(Tool::AwsVault, config, None);
    assert_eq!(text, config);
    assert_eq!(
        left,
        [
            "profile 'hub': the access key of 'hub' is in aws-vault's keyring, so its \
             credential_process stays"
        ]
    );
    let config = "[profile k]\ncredential_process = granted credential-process --profile k\n";
    let (text, left) = imported(Tool::Granted, config, None);
    assert_eq!((text.as_str(), left.len()), (config, 1));
}

/// A wrapper beside the role that it wraps, comments and order kept.
#[test]
fn a_profile_that_wraps_itself_loses_the_wrapper() {
    let config = "# mine\n[profile a]\nrole_arn = arn:aws:iam::1:role/R\n\
                  credential_process = aws-vault exec a --json\n# below\nregion = eu-west-1\n\
                  [profile b]\nparent_profile = a\nregion = eu-west-2\n";
    let (text, left) = imported(Tool::AwsVault, config, None);
    assert_eq!(
        text,
        "# mine\n[profile a]\nrole_arn = arn:aws:iam::1:role/R\n# below\nregion = eu-west-1\n\
         [profile b]\ninclude_profile = a\nregion = eu-west-2\n"
    );
    assert_eq!(left, [""; 0]);
}

#[test]
fn granteds_keys_are_awss_with_a_prefix() {
    let config = "[profile a]\ngranted_sso_start_url = https://acme.awsapps.com/start\n\
                  granted_sso_region = eu-west-1\ngranted_sso_account_id = 222222222222\n\
                  granted_sso_role_name = Admin\ngranted_color = red\ngranted_icon = fruit\n\
                  credential_process = granted credential-process --profile a\nregion = us-east-1\n";
    let own = "DefaultBrowser = \"FIREFOX\"\nOrdering = \"Frecency\"\n";
    let (text, left) = imported(Tool::Granted, config, Some(own));
    assert_eq!(
        text,
        "[profile a]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n\
         sso_account_id = 222222222222\nsso_role_name = Admin\ncolor = red\ngranted_icon = fruit\n\
         region = us-east-1\n"
    );
    assert_eq!(
        left,
        [
            "profile 'a': granted_icon has no counterpart",
            "~/.granted/config: DefaultBrowser: set console.browser in config.toml",
            "~/.granted/config: Ordering: xacct lists profiles in the order of the files",
        ]
    );
}

const AWS_SSO: &str = "# BEGIN_AWS_SSO_CLI\n[profile 222:Admin]\ncredential_process = \
                       /usr/bin/aws-sso -u open process --sso Acme --arn \
                       arn:aws:iam::222222222222:role/Admin\n[profile other]\ncredential_process = \
                       aws-sso process --arn=arn:aws:iam::333333333333:role/Ops\n\
                       # END_AWS_SSO_CLI\n";

#[test]
fn aws_ssos_sessions_are_identity_centers() {
    let own = "SSOConfig:\n    Acme:\n        SSORegion: eu-west-1\n        StartUrl: \
               https://acme.awsapps.com/start\n    Main:\n        SSORegion: us-east-1\n        \
               StartUrl: https://main.awsapps.com/start\nDefaultSSO: Main\n";
    let (text, left) = imported(Tool::AwsSsoCli, AWS_SSO, Some(own));
    assert_eq!(
        text,
        "# BEGIN_AWS_SSO_CLI\n[profile 222:Admin]\nsso_session = Acme\nsso_account_id = \
         222222222222\nsso_role_name = Admin\n[profile other]\nsso_session = Main\nsso_account_id = \
         333333333333\nsso_role_name = Ops\n# END_AWS_SSO_CLI\n\n[sso-session Acme]\nsso_start_url = \
         https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = \
         sso:account:access\n\n[sso-session Main]\nsso_start_url = \
         https://main.awsapps.com/start\nsso_region = us-east-1\nsso_registration_scopes = \
         sso:account:access\n"
    );
    assert_eq!(left.len(), 1, "{left:?}");
    let (text, left) = imported(Tool::AwsSsoCli, AWS_SSO, None);
    assert_eq!(text, AWS_SSO);
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn what_has_no_counterpart_is_named() {
    let (_, left) = imported(
        Tool::Awsume,
        "[profile a]\nregion = eu-west-1\n[profile autoawsume-a]\nmanager = awsume\n",
        Some("role-duration: 3600\nfuzzy-match: true\n"),
    );
    assert_eq!(left.len(), 3, "{left:?}");
    let (_, left) = imported(
        Tool::Saml2aws,
        "",
        Some("[default]\nurl = https://idp\naws_profile = corp\n[two]\n"),
    );
    assert_eq!(
        left,
        [
            "~/.saml2aws: [default]: xacct does not sign in with SAML: keep saml2aws for profile \
             'corp', and use it as a source_profile",
            "~/.saml2aws: [two]: xacct does not sign in with SAML: keep saml2aws for profile 'saml', \
             and use it as a source_profile",
        ]
    );
    let config = "[profile l]\ncredential_process = leapp session generate 1\n";
    let (text, left) = imported(Tool::Leapp, config, None);
    assert_eq!((text.as_str(), left.len()), (config, 1));
}
