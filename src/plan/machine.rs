//! What the machine's or container's variables say of its role: where the metadata is, and who asks there.

use super::link::{Link, Value};
use super::transport;
use crate::config::Config;
use crate::env::Env;
use crate::error::Result;

const CONTAINER_TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// All pods of a machine ask at the same address: their tokens tell them apart. `token` stands for what is in the
/// [`container_token_file`].
pub(super) fn container_identity(env: &Env, token: &str) -> Vec<String> {
    let variables = [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        CONTAINER_TOKEN_FILE,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    ];
    let [relative, full, file, own] = variables.map(|name| env.get(name).unwrap_or("").to_owned());
    let token = if file.is_empty() { own } else { token.to_owned() };
    vec!["ecs_container".to_owned(), relative, full, file, token, env.machine()]
}

pub(super) fn container_token_file(env: &Env) -> Option<&str> {
    env.get(CONTAINER_TOKEN_FILE)
}

/// Where the instance metadata is: the variables', else the profile's word, else IPv4 (aws-config `imds/client.rs`).
///
/// Errors: also another machine's address without TLS, unless a setting allows it: credentials come from there.
pub(super) fn metadata_endpoint(config: &Config, link: &Link<'_>, env: &Env) -> Result<String> {
    let name = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    let endpoint = env.get(name).map(|text| Value { text, place: name.to_owned() });
    if let Some(endpoint) = endpoint.or_else(|| link.value("ec2_metadata_service_endpoint")) {
        if !transport::is_of_instance(endpoint.text) {
            transport::refuse_http(config, Some(link), endpoint.text, &endpoint.place)?;
        }
        return Ok(endpoint.text.to_owned());
    }
    let name = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
    let mode = env.get(name).map(|text| Value { text, place: name.to_owned() });
    let mode = mode.or_else(|| link.value("ec2_metadata_service_endpoint_mode"));
    let endpoint = match mode.as_ref().map(|mode| mode.text.to_ascii_lowercase()).as_deref() {
        None | Some("ipv4") => "http://169.254.169.254",
        Some("ipv6") => "http://[fd00:ec2::254]",
        Some(_) => {
            let mode = mode.unwrap_or(Value { text: "", place: String::new() });
            return Err(mode
                .error(&format!("'{}' is no mode of the instance metadata", mode.text))
                .hint("it is IPv4 or IPv6"));
        }
    };
    Ok(endpoint.to_owned())
}
