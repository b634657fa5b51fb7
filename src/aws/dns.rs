//! Host names where glibc is linked in (`scripts/release`): there its resolver cannot load the
//! modules that the system's `nsswitch.conf` may name, so the system's own `getent`, which can, is
//! asked. Other builds do not use this.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::process::Stdio;
use std::time::Duration;

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use tokio::process::Command;

use crate::capture::Program;

/// Where every Linux with glibc has it.
const GETENT: &str = "/usr/bin/getent";

/// More than any name has, in bytes.
const MAX_OUTPUT: usize = 65_536;
/// How long it may take; most of the time the limit of the connection ends it before.
const LIMIT: Duration = Duration::from_secs(10);

/// The system's resolver, from outside.
#[derive(Debug, Clone)]
pub(super) struct Getent;

impl ResolveDns for Getent {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move { resolve(name).await.map_err(ResolveDnsError::new) })
    }
}

pub(super) async fn resolve(name: &str) -> std::io::Result<Vec<IpAddr>> {
    if let Ok(address) = name.parse() {
        return Ok(vec![address]);
    }
    if name == "localhost" || name.ends_with(".localhost") {
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    // A name never starts with a dash, but what was configured as one might: `--` keeps it from
    // being an option.
    let mut getent = Command::new(GETENT);
    getent
        .args(["ahosts", "--", name])
        .env_clear()
        .stdin(Stdio::null());
    let Ok(getent) = Program::start_unheard(getent) else {
        // A system without it has no modules to load either.
        return Ok(tokio::net::lookup_host((name, 0))
            .await?
            .map(|address| address.ip())
            .collect());
    };
    let Some((_, output)) = getent.output(MAX_OUTPUT, LIMIT).await? else {
        let why = format!("{name} was not found within {} s", LIMIT.as_secs());
        return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, why));
    };
    let addresses = addresses(&String::from_utf8_lossy(&output));
    if addresses.is_empty() {
        return Err(std::io::Error::new(
            std::io::ErrorKind::NotFound,
            format!("no address is known for {name}"),
        ));
    }
    Ok(addresses)
}

/// `203.0.113.7     STREAM sts.example` — each address stands there once for each kind of socket.
fn addresses(output: &str) -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = Vec::new();
    for address in output
        .lines()
        .filter_map(|line| line.split_whitespace().next()?.parse().ok())
    {
        if !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_once_in_its_order() {
        let output = "2001:db8::7    STREAM sts.example\n2001:db8::7    DGRAM\n203.0.113.7    \
                      STREAM\n203.0.113.7    RAW\n";
        assert_eq!(
            addresses(output),
            [
                "2001:db8::7".parse::<IpAddr>().unwrap(),
                "203.0.113.7".parse().unwrap()
            ]
        );
        assert_eq!(addresses(""), [] as [IpAddr; 0]);
    }

    fn resolved(name: &str) -> Result<Vec<IpAddr>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let why = |error| {
                std::error::Error::source(&error)
                    .map(ToString::to_string)
                    .unwrap_or_default()
            };
            Getent.resolve_dns(name).await.map_err(why)
        })
    }

    #[test]
    fn names_of_this_machine_need_nobody() {
        assert_eq!(
            resolved("127.0.0.1").unwrap(),
            [IpAddr::from([127, 0, 0, 1])]
        );
        assert_eq!(
            resolved("localhost").unwrap()[0],
            IpAddr::from([127, 0, 0, 1])
        );
    }

    #[test]
    fn the_system_is_asked_for_the_others() {
        let hosts = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
        let entry = hosts.lines().find_map(|line| {
            let mut words = line.split('#').next()?.split_whitespace();
            let address: IpAddr = words.next()?.parse().ok()?;
            Some((
                address,
                words
                    .find(|name| !name.starts_with("local") && !name.ends_with("localhost"))?
                    .to_owned(),
            ))
        });
        // A machine whose hosts file names nothing else has nothing to ask for without a network.
        if let Some((address, name)) = entry {
            assert!(resolved(&name).unwrap().contains(&address), "{name}");
        }
        let error = resolved("no-such-host.invalid").unwrap_err();
        assert_eq!(error, "no address is known for no-such-host.invalid");
        assert!(resolved("--help").is_err());
    }
}
