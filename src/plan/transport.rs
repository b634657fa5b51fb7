//! Which addresses may be asked without TLS: what is answered there is credentials.

use std::net::{IpAddr, Ipv6Addr};

use url::{Host, Url};

use super::chain_profile::Link;
use crate::config::{Config, Key};
use crate::error::{Error, Place, Result};
use crate::masked;

const ALLOW: Key = Key::AllowHttpEndpoint;

/// Credentials do not go in clear over a network, unless a setting says that this one may have
/// them.
///
/// Errors: of kind `Config`, for `http://` to another machine.
pub(super) fn refuse_http(
    config: &Config,
    link: Option<&Link<'_>>,
    text: &str,
    place: &Place,
) -> Result<()> {
    let Ok(url) = Url::parse(text) else {
        return Ok(());
    };
    if url.scheme() != "http" || is_loopback(&url) || config.settings().allow_http_endpoint {
        return Ok(());
    }
    if link.map_or(Ok(false), |link| link.switch(ALLOW))? {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    Err(Error::config(format!(
        "http://{host} is another machine, and credentials would go there and back unencrypted"
    ))
    .at(place.clone())
    .hint("write https://")
    .hint(format!(
        "or, if the network is private, allow it: {ALLOW} = true, in the profile or in xacct's \
         settings file"
    )))
}

/// An absolute http or https URL; anything else would fail deep inside a request.
pub(crate) fn check_url(text: &str, place: &Place, like: &str) -> Result<()> {
    // The parser leaves line ends out, wherever they stand.
    let parsed = Url::parse(text)
        .ok()
        .filter(|_| !text.chars().any(char::is_control));
    match parsed {
        Some(url) if is_web(&url) && url.has_host() && text.contains("://") => Ok(()),
        _ => Err(Error::config(format!(
            "'{}' is not an endpoint URL",
            masked::address(text)
        ))
        .at(place.clone())
        .hint(format!("write it like {like}"))),
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// An address of this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        _ => address(url).is_some_and(|address| address.is_loopback()),
    }
}

/// An address that never leaves the machine and its host: where EC2 has its metadata.
pub(super) fn is_of_instance(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    match address(&url) {
        Some(IpAddr::V4(address)) => address.is_link_local(),
        Some(IpAddr::V6(address)) => address == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
        None => false,
    }
}

fn address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
        Host::Domain(_) => None,
    }
}
