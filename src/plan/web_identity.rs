//! A role that is assumed with a token: who says so, a profile or the environment, and under which
//! session name.

use super::chain_profile::Link;
use super::checks;
use crate::arn::Arn;
use crate::config::{Config, Key};
use crate::env::Env;
use crate::error::{Error, Place, Result};

/// `role_arn = …` with `web_identity_token_file = …`, or the variables that say the same in a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WebIdentity {
    /// `None` where the environment says so.
    pub(crate) profile: Option<String>,
    pub(crate) role_arn: String,
    pub(crate) role_session_name: String,
    pub(crate) token_file: String,
    /// The line or the variable that names the file.
    pub(crate) token_file_place: Place,
    /// 900 to 43200; `None` where nobody says, which is an hour.
    pub(crate) duration_seconds: Option<u32>,
    pub(crate) policy: Option<String>,
    pub(crate) policy_arns: Vec<String>,
}

const ROLE_ARN: &str = "AWS_ROLE_ARN";
const TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
const SESSION_NAME: &str = "AWS_ROLE_SESSION_NAME";

impl WebIdentity {
    /// What goes into the first step's key. `token` stands for what is in the file: jobs of
    /// different owners may find their tokens in the same file, one after the other.
    pub(super) fn identity(&self, token: &str) -> Vec<String> {
        let parts = [
            "web_identity",
            &self.role_arn,
            &self.role_session_name,
            &self.token_file,
            token,
        ];
        let mut parts: Vec<String> = parts.map(str::to_owned).to_vec();
        parts.extend(
            self.duration_seconds
                .map(|seconds| format!("DurationSeconds={seconds}")),
        );
        parts.extend(
            self.policy
                .as_ref()
                .map(|policy| format!("Policy={policy}")),
        );
        parts.extend(
            self.policy_arns
                .iter()
                .map(|arn| format!("PolicyArn={arn}")),
        );
        parts
    }

    pub(super) fn account_id(&self) -> Option<&str> {
        Arn::parse(&self.role_arn).map(|role| role.account_id)
    }

    /// `profile 'web'`, `the environment`
    pub(crate) fn whose(&self) -> String {
        match &self.profile {
            Some(profile) => format!("profile '{profile}'"),
            None => "the environment".to_owned(),
        }
    }

    /// An error about the token's file, at the line or the variable that names it.
    pub(crate) fn token_file_error(&self, why: &str) -> Error {
        let file = &self.token_file;
        let message = match &self.profile {
            Some(profile) => {
                format!("web_identity_token_file of profile '{profile}': {file} {why}")
            }
            None => format!("{file} {why}"),
        };
        Error::config(message)
            .at(self.token_file_place.clone())
            .naming_profile()
    }
}

/// Errors: a token file without a role, or what STS would not take.
pub(super) fn of_profile(
    config: &Config,
    link: &Link<'_>,
    env: &Env,
) -> Result<Option<WebIdentity>> {
    let Some(token_file) = link.value(Key::WebIdentityTokenFile) else {
        return Ok(None);
    };
    let name = &link.profile.name;
    let Some(role_arn) = link.value(Key::RoleArn) else {
        return Err(token_file
            .error(&format!(
                "profile '{name}': `role_arn` was missing next to web_identity_token_file"
            ))
            .naming_profile());
    };
    let refuse = |key: Key, why: String| link.error(key, &format!("{key} {why}"));
    checks::role_arn(role_arn.text).map_err(|why| refuse(Key::RoleArn, why))?;
    let own = link
        .value(Key::RoleSessionName)
        .map(|value| value.text.to_owned());
    let role_session_name = own.unwrap_or_else(|| config.session_name(env, name));
    checks::role_session_name(&role_session_name)
        .map_err(|why| refuse(Key::RoleSessionName, why))?;
    Ok(Some(WebIdentity {
        profile: Some(name.clone()),
        role_arn: role_arn.text.to_owned(),
        role_session_name,
        token_file: config.paths().expanded(token_file.text, env),
        token_file_place: token_file.place,
        duration_seconds: None,
        policy: None,
        policy_arns: Vec::new(),
    }))
}

/// What EKS and its like set in a pod; `None` where not both of role and file are set. `name` is
/// what asks for it.
///
/// Errors: what STS would not take.
pub(super) fn of_environment(
    config: &Config,
    name: &str,
    env: &Env,
) -> Result<Option<WebIdentity>> {
    let (Some(role_arn), Some(token_file)) = (env.get(ROLE_ARN), env.get(TOKEN_FILE)) else {
        return Ok(None);
    };
    let refuse = |variable: &str, why: String| Error::config(format!("{variable} {why}"));
    checks::role_arn(role_arn).map_err(|why| refuse(ROLE_ARN, why))?;
    let own = env.get(SESSION_NAME).map(str::to_owned);
    let role_session_name = own.unwrap_or_else(|| config.session_name(env, name));
    checks::role_session_name(&role_session_name).map_err(|why| refuse(SESSION_NAME, why))?;
    Ok(Some(WebIdentity {
        profile: None,
        role_arn: role_arn.to_owned(),
        role_session_name,
        token_file: config.paths().expanded(token_file, env),
        token_file_place: TOKEN_FILE.into(),
        duration_seconds: None,
        policy: None,
        policy_arns: Vec::new(),
    }))
}

/// Whether the environment has one.
pub(crate) fn in_environment(env: &Env) -> bool {
    env.get(ROLE_ARN).is_some() && env.get(TOKEN_FILE).is_some()
}
