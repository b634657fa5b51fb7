//! What the machine's or container's variables say of its role: where the metadata is, and who asks
//! there.

use super::chain_profile::{Link, Value};
use super::transport;
use crate::config::{Config, Key};
use crate::env::Env;
use crate::error::Result;

pub(crate) const CONTAINER_TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// All pods of a machine ask at the same address: their tokens tell them apart. `token` stands for
/// what is in the [`container_token_file`].
pub(super) fn container_identity(env: &Env, token: &str) -> Vec<String> {
    let variables = [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        CONTAINER_TOKEN_FILE,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    ];
    let [relative, full, file, own] = variables.map(|name| env.get(name).unwrap_or("").to_owned());
    let token = if file.is_empty() {
        own
    } else {
        token.to_owned()
    };
    vec![
        "ecs_container".to_owned(),
        relative,
        full,
        file,
        token,
        env.machine(),
    ]
}

pub(super) fn container_token_file(env: &Env) -> Option<&str> {
    env.get(CONTAINER_TOKEN_FILE)
}

/// The instance's metadata service, and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// Its URL.
    pub(crate) endpoint: String,
    /// What forbids asking version 1 where version 2 is not there, with its place; `None` where it
    /// may be asked.
    pub(crate) v1_disabled_by: Option<String>,
    /// How long one answer may take, in seconds.
    pub(crate) timeout_seconds: u64,
    /// How many times a request is sent that fails in passing.
    pub(crate) attempts: u32,
}

/// The variables' word, else the profile's, else two seconds and three attempts.
///
/// Errors: of kind `Config`, with the variable or the line.
pub(super) fn metadata(config: &Config, link: &Link<'_>, env: &Env) -> Result<Metadata> {
    let number = |key: Key, variable: &str, most: u64| {
        let own = env.get(variable).map(|text| Value {
            text,
            place: variable.into(),
        });
        let Some(value) = own.or_else(|| link.value(key)) else {
            return Ok(None);
        };
        match value.text.trim().parse::<u64>() {
            Ok(number) if (1..=most).contains(&number) => Ok(Some(number)),
            _ => Err(value.error(&format!(
                "{key} '{}' is not a number from 1 to {most}",
                value.text
            ))),
        }
    };
    let timeout = number(
        Key::MetadataServiceTimeout,
        "AWS_METADATA_SERVICE_TIMEOUT",
        60,
    )?;
    let attempts = number(
        Key::MetadataServiceNumAttempts,
        "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
        20,
    )?;
    Ok(Metadata {
        endpoint: metadata_endpoint(config, link, env)?,
        v1_disabled_by: v1_disabled_by(link, env)?,
        timeout_seconds: timeout.unwrap_or(2),
        attempts: attempts
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(3),
    })
}

fn v1_disabled_by(link: &Link<'_>, env: &Env) -> Result<Option<String>> {
    let (variable, key) = ("AWS_EC2_METADATA_V1_DISABLED", Key::Ec2MetadataV1Disabled);
    if env.get(variable).is_some() {
        return Ok(env.flag(variable).then(|| variable.to_owned()));
    }
    let place = link
        .value(key)
        .map(|value| format!("{key} ({})", value.place));
    Ok(if link.switch(key)? { place } else { None })
}

/// Where the instance metadata is: the variables', else the profile's word, else IPv4 (aws-config
/// `imds/client.rs`).
///
/// Errors: also another machine's address without TLS, unless a setting allows it: credentials come
/// from there.
fn metadata_endpoint(config: &Config, link: &Link<'_>, env: &Env) -> Result<String> {
    let name = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    let own = env.get(name).map(|text| Value {
        text,
        place: name.into(),
    });
    if let Some(own) = own.or_else(|| link.value(Key::Ec2MetadataServiceEndpoint)) {
        transport::check_url(own.text, &own.place, "http://169.254.169.254")?;
        if !transport::is_of_instance(own.text) {
            transport::refuse_http(config, Some(link), own.text, &own.place)?;
        }
        return Ok(own.text.to_owned());
    }
    let name = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
    let mode = env.get(name).map(|text| Value {
        text,
        place: name.into(),
    });
    let mode = mode.or_else(|| link.value(Key::Ec2MetadataServiceEndpointMode));
    let endpoint = match mode
        .as_ref()
        .map(|mode| mode.text.to_ascii_lowercase())
        .as_deref()
    {
        None | Some("ipv4") => "http://169.254.169.254",
        Some("ipv6") => "http://[fd00:ec2::254]",
        Some(_) => {
            let mode = mode.unwrap_or(Value {
                text: "",
                place: "".into(),
            });
            return Err(mode
                .error(&format!(
                    "'{}' is not a mode of the instance metadata",
                    mode.text
                ))
                .hint("it is IPv4 or IPv6"));
        }
    };
    Ok(endpoint.to_owned())
}
