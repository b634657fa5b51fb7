//! aws-sso-cli: the profiles that it has written, and the Identity Center sessions that they are of.
//!
//! Source: aws-sso-cli's docs, "Configuration" and "aws-sso setup profiles".

use std::collections::BTreeMap;

use saphyr::{LoadableYamlNode, Yaml};

use super::{Tool, Wanted, Wish, Wrapper, option, wrappers};
use crate::arn::Arn;
use crate::config::{Config, Key};
use crate::error::{Error, Result};

/// What it calls the only one, where nothing else is said.
const DEFAULT: &str = "Default";

/// Start URL and region of each `SSOConfig`.
type Sessions = BTreeMap<String, (String, String)>;

/// Errors: its settings file is not YAML.
pub(super) fn wanted(config: &Config, own: Option<&str>) -> Result<Wanted> {
    let (sessions, usual) = sessions(own)?;
    let mut wanted = Wanted::default();
    for wrapper in wrappers(Tool::AwsSsoCli, config) {
        match change(&wrapper, &sessions, &usual) {
            Ok((wish, session)) => {
                wanted.changes.push(wish);
                let (start_url, region) = &sessions[&session];
                let there = config.sso_session(&session).is_some();
                let is_new = !there && wanted.sessions.iter().all(|(name, ..)| *name != session);
                if is_new {
                    wanted
                        .sessions
                        .push((session, start_url.clone(), region.clone()));
                }
            }
            Err(left) => wanted.left.push(left),
        }
    }
    if !wanted.changes.is_empty() {
        wanted.left.push(
            "the lines # BEGIN_AWS_SSO_CLI and # END_AWS_SSO_CLI stay: aws-sso writes between them \
             again if you run it"
                .to_owned(),
        );
    }
    Ok(wanted)
}

fn change(
    wrapper: &Wrapper,
    sessions: &Sessions,
    usual: &str,
) -> std::result::Result<(Wish, String), String> {
    let name = &wrapper.section.name;
    let arguments = &wrapper.arguments;
    let role = option(arguments, &["--arn", "-a"]).and_then(Arn::parse);
    let Some((account_id, role_name)) =
        role.and_then(|role| Some((role.account_id.to_owned(), role.role_name()?.to_owned())))
    else {
        return Err(format!(
            "profile '{name}': its credential_process names no role by --arn, and stays"
        ));
    };
    let session = option(arguments, &["--sso", "-S"]).unwrap_or(usual);
    if !sessions.contains_key(session) {
        return Err(format!(
            "profile '{name}': ~/.aws-sso/config.yaml has no start URL and region of '{session}', so \
             its credential_process stays"
        ));
    }
    let wish = Wish {
        profile: name.clone(),
        gone: vec![Key::CredentialProcess.name().to_owned()],
        with: vec![
            (Key::SsoSession.name(), session.to_owned()),
            (Key::SsoAccountId.name(), account_id),
            (Key::SsoRoleName.name(), role_name),
        ],
    };
    Ok((wish, session.to_owned()))
}

/// The sessions, and which is the usual one.
fn sessions(own: Option<&str>) -> Result<(Sessions, String)> {
    let documents = Yaml::load_from_str(own.unwrap_or_default())
        .map_err(|error| Error::config(format!("~/.aws-sso/config.yaml: {error}")))?;
    let document = documents.first();
    let text = |node: &Yaml<'_>, key: &str| {
        let value = node.as_mapping_get(key)?;
        value.as_str().map(str::to_owned)
    };
    let mut sessions = Sessions::new();
    let all = document.and_then(|document| document.as_mapping_get("SSOConfig")?.as_mapping());
    for (name, settings) in all.into_iter().flatten() {
        let place = text(settings, "StartUrl").zip(text(settings, "SSORegion"));
        if let (Some(name), Some(place)) = (name.as_str(), place) {
            sessions.insert(name.to_owned(), place);
        }
    }
    let usual = document.and_then(|document| text(document, "DefaultSSO"));
    Ok((sessions, usual.unwrap_or_else(|| DEFAULT.to_owned())))
}
