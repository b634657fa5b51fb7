//! The config file of a program that is handed one profile's credentials by other means: how the profile works
//! (region, output, endpoints, retries …), as `[default]`, and nothing of who it is.

use std::fmt::Write as _;

use super::Config;
use super::keys;
use super::section::{Section, Setting};

/// The text. No file may bring other credentials in: most SDKs prefer keys in `[default]` to a container's
/// (AWS.md A5).
pub(crate) fn for_child(config: &Config, profile: Option<&Section>, region: &str) -> String {
    let mut text = format!("[default]\nregion = {region}\n");
    let settings = profile.into_iter().flat_map(Section::iter).filter(|(key, _)| is_about_work(key));
    settings.for_each(|(key, setting)| push(&mut text, key, setting));
    let services = profile.and_then(|profile| config.services(profile.get("services")?.value.trim()));
    if let Some(services) = services {
        let _ = writeln!(text, "\n[services {}]", services.name);
        services.iter().for_each(|(key, setting)| push(&mut text, key, setting));
    }
    text
}

fn is_about_work(key: &str) -> bool {
    let of_keys = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"];
    let is_credentials = of_keys.contains(&key) || key == "credential_process";
    !is_credentials && !["region", "include_profile"].contains(&key) && !keys::is_of_role(key)
}

/// As the line, or the lines of a nested block, that are read as this value; nothing where there is no such line.
fn push(text: &mut String, key: &str, setting: &Setting) {
    let lines: Vec<&str> = setting.value.split('\n').collect();
    let has_comment = |line: &&str| [" #", " ;", "\t#", "\t;"].iter().any(|start| line.contains(start));
    if lines.iter().any(has_comment) {
        return;
    }
    let _ = writeln!(text, "{}", format!("{key} = {}", lines[0]).trim_end());
    for line in &lines[1..] {
        let _ = writeln!(text, "  {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Paths, Texts};
    use crate::env::Env;

    #[test]
    fn how_it_works_and_not_who_it_is() {
        let text = "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n\
                    [profile client1]\nrole_arn = arn:aws:iam::222222222222:role/A\nsource_profile = hub\n\
                    external_id = x\nmfa_serial = m\nregion = us-east-1\noutput = table\nmax_attempts = 5\n\
                    services = local\ncredential_process = x\ntags = prod\ns3 =\n  addressing_style = path\n\
                    unknown = kept\n\
                    [services local]\nsts =\n  endpoint_url = http://127.0.0.1:1\n";
        let texts = Texts { config: Some(text.to_owned().into()), ..Texts::default() };
        let config = Config::new(Paths::from_env(&Env::of(&[("HOME", "/h")])), texts).unwrap();
        let profile = config.profile("client1").unwrap();
        assert_eq!(
            for_child(&config, profile.as_ref(), "eu-west-1"),
            "[default]\nregion = eu-west-1\noutput = table\nmax_attempts = 5\nservices = local\ns3 =\n  \
             addressing_style = path\nunknown = kept\n\n[services local]\nsts =\n  endpoint_url = http://127.0.0.1:1\n"
        );
        assert_eq!(for_child(&config, None, "eu-west-1"), "[default]\nregion = eu-west-1\n");
    }

    #[test]
    fn what_would_be_cut_is_left_out() {
        let text = "[profile.a]\nrole_arn = \"arn:aws:iam::222222222222:role/A\"\noutput = \"te #xt\"\n";
        let texts = Texts { settings: Some(text.to_owned().into()), ..Texts::default() };
        let config = Config::new(Paths::from_env(&Env::of(&[("HOME", "/h")])), texts).unwrap();
        let profile = config.profile("a").unwrap();
        assert_eq!(for_child(&config, profile.as_ref(), "eu-west-1"), "[default]\nregion = eu-west-1\n");
    }
}
