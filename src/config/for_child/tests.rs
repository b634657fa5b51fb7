use super::*;
use crate::config::{Paths, Texts};
use crate::env::Env;

#[test]
fn how_it_works_and_not_who_it_is() {
    let text = "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n\
                [profile client1]\nrole_arn = arn:aws:iam::222222222222:role/A\nsource_profile = \
                hub\n\
                external_id = x\nmfa_serial = m\nregion = us-east-1\noutput = table\nmax_attempts \
                = 5\n\
                services = local\ncredential_process = x\ntags = prod\ns3 =\n  addressing_style = \
                path\n\
                unknown = kept\n\
                [services local]\nsts =\n  endpoint_url = http://127.0.0.1:1\n";
    let texts = Texts {
        config: Some(text.to_owned().into()),
        ..Texts::default()
    };
    let config = Config::new(Paths::from_env(&Env::of(&[("HOME", "/h")])), texts).unwrap();
    let profile = config.profile("client1").unwrap();
    assert_eq!(
        profile_alone(&config, profile.as_ref(), "eu-west-1"),
        "[default]\nregion = eu-west-1\noutput = table\nmax_attempts = 5\nservices = local\ns3 \
         =\n  \
         addressing_style = path\nunknown = kept\n\n[services local]\nsts =\n  endpoint_url = \
         http://127.0.0.1:1\n"
    );
    assert_eq!(
        profile_alone(&config, None, "eu-west-1"),
        "[default]\nregion = eu-west-1\n"
    );
}

#[test]
fn what_would_be_cut_is_left_out() {
    let text = "[profile.a]\nrole_arn = \"arn:aws:iam::222222222222:role/A\"\noutput = \"te #xt\"\n\
                ca_bundle = \"x\\u00a0#y\"\n";
    let texts = Texts {
        settings: Some(text.to_owned().into()),
        ..Texts::default()
    };
    let config = Config::new(Paths::from_env(&Env::of(&[("HOME", "/h")])), texts).unwrap();
    let profile = config.profile("a").unwrap();
    assert_eq!(
        profile_alone(&config, profile.as_ref(), "eu-west-1"),
        "[default]\nregion = eu-west-1\n"
    );
}

/// Names and values of the variables, and the file's text.
fn child(text: &str, env: &[(&str, &str)]) -> (Vec<String>, Option<String>) {
    let texts = Texts {
        config: Some(text.to_owned().into()),
        ..Texts::default()
    };
    let env = Env::of(&[&[("HOME", "/h")], env].concat());
    let config = Config::new(Paths::from_env(&env), texts).unwrap();
    let profile = config.profile("p").unwrap().unwrap();
    let child = for_child(&config, &profile, &env).unwrap();
    let variables = child
        .variables
        .iter()
        .map(|(name, value)| format!("{name}={}", value.expose()));
    let file = child
        .default
        .map(|default| file_for_child(&config, "p", &default).to_string());
    (variables.collect(), file)
}

#[test]
fn endpoints_are_one_variable_for_each_service() {
    let text = "[profile p]\nendpoint_url = http://all\nservices = mine\n[services mine]\ns3 =\n  \
                endpoint_url = http://s3\n\
                sso-oidc =\n  endpoint_url = http://oidc\nbad name =\n  endpoint_url = \
                http://x\ndynamodb =\n  endpoint_url =\n";
    let all = [
        "AWS_ENDPOINT_URL=http://all",
        "AWS_ENDPOINT_URL_S3=http://s3",
        "AWS_ENDPOINT_URL_SSO_OIDC=http://oidc",
    ];
    assert_eq!(child(text, &[]), (all.map(str::to_owned).to_vec(), None));
    // Blank is not set; what is set for all services goes before every line of the profile.
    assert_eq!(child(text, &[("AWS_ENDPOINT_URL", "")]).0, all);
    assert_eq!(
        child(text, &[("AWS_ENDPOINT_URL", "http://mine")]).0,
        [""; 0]
    );
    assert_eq!(
        child(text, &[("AWS_ENDPOINT_URL_S3", "http://mine")]).0,
        [all[0], all[2]]
    );
}

#[test]
fn a_file_is_for_what_has_no_variable() {
    let file = |profile: &str, rest: &str| child(&format!("[profile p]\n{profile}{rest}"), &[]).1;
    assert_eq!(
        file(
            "max_attempts = 3\nallow_http_endpoint = true\ncolor = red\nother = x\ntags =\n  a = \
             b\n",
            ""
        ),
        None
    );
    for by_file in [
        "api_versions =\n  ec2 = 2015\n",
        "cli_timestamp_format = iso8601\n",
        "new_service =\n  a = b\n",
    ] {
        let text = file(by_file, "").unwrap();
        assert!(text.ends_with(&format!("[default]\n{by_file}")), "{text}");
        // The same in [default]: a program reads it by itself.
        assert_eq!(file(by_file, &format!("[default]\n{by_file}")), None);
    }
    assert!(
        file(
            "services = x\n",
            "[services x]\ns3 =\n  endpoint_url = http://a\n  signer = b\n"
        )
        .is_some()
    );
    assert_eq!(
        file(
            "services = x\n",
            "[services x]\ns3 =\n  endpoint_url = http://a\n"
        ),
        None
    );
}

#[test]
fn nothing_of_default_reaches_a_child() {
    let with = |default: &str| {
        child(
            &format!("[profile p]\noutput = text\n[default]\n{default}"),
            &[],
        )
    };
    for harmless in [
        "region = x\n",
        "output = table\n",
        "cli_pager = cat\n",
        "mfa_serial = m\n",
        "endpoint_url =\n",
    ] {
        assert_eq!(
            with(harmless),
            (vec!["AWS_DEFAULT_OUTPUT=text".to_owned()], None),
            "{harmless}"
        );
    }
    for leak in [
        "endpoint_url = http://a\n",
        "services = x\n",
        "max_attempts = 9\n",
        "s3 =\n  a = b\n",
        "cli_binary_format = x\n",
    ] {
        let (_, file) = with(leak);
        assert!(
            file.unwrap().ends_with("[default]\noutput = text\n"),
            "{leak}"
        );
    }
    let fips = with("use_fips_endpoint = true\n");
    assert_eq!(
        fips.0,
        ["AWS_DEFAULT_OUTPUT=text", "AWS_USE_FIPS_ENDPOINT=false"]
    );
    assert_eq!(fips.1, None);
}
