//! Host names in a static program (`scripts/release`). Its own resolver knows files and DNS, but
//! cannot load the modules that `nsswitch.conf` may name (sssd, mDNS, systemd-resolved). The
//! system's `getent` can, so it is asked first. A system without a usable one has no modules
//! either: there the program's own resolver does the work. Dynamic programs do not use this.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::process::Stdio;
use std::time::Duration;

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use tokio::process::Command;

use crate::capture::RunningProgram;

/// Debian, Fedora, Alpine and others; NixOS; Guix.
const GETENTS: [&str; 3] = [
    "/usr/bin/getent",
    "/run/current-system/sw/bin/getent",
    "/run/current-system/profile/bin/getent",
];

/// The status for a name that has no address, in glibc and in Alpine's `getent`.
const NOT_FOUND: i32 = 2;

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

pub(super) async fn resolve(name: &str) -> io::Result<Vec<IpAddr>> {
    if let Ok(address) = name.parse() {
        return Ok(vec![address]);
    }
    if name == "localhost" || name.ends_with(".localhost") {
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    resolve_with(&GETENTS, name).await
}

/// As [`resolve`], with the first of these programs that can be started.
async fn resolve_with(getents: &[&str], name: &str) -> io::Result<Vec<IpAddr>> {
    // It would be an option. `--` before it is not an answer: Alpine's getent takes it for a name.
    if name.starts_with('-') {
        let why = format!("'{name}' is not a host name");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let Some(getent) = getents.iter().find_map(|path| started(path, name)) else {
        return built_in(name).await;
    };
    let Some((status, output)) = getent.output(MAX_OUTPUT, LIMIT).await? else {
        let why = format!("{name} was not found within {} s", LIMIT.as_secs());
        return Err(io::Error::new(io::ErrorKind::TimedOut, why));
    };
    let addresses = addresses(&String::from_utf8_lossy(&output));
    if !addresses.is_empty() {
        return Ok(addresses);
    }
    // Any other failure is not about the name: one that does not know `ahosts`, or that cannot work
    // here.
    if !status.success() && status.code() != Some(NOT_FOUND) {
        return built_in(name).await;
    }
    let why = format!("no address is known for {name}");
    Err(io::Error::new(io::ErrorKind::NotFound, why))
}

fn started(path: &str, name: &str) -> Option<RunningProgram> {
    let mut getent = Command::new(path);
    getent
        .args(["ahosts", name])
        .env_clear()
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    RunningProgram::start_apart(getent).ok()
}

/// The resolver of the libc in this program.
async fn built_in(name: &str) -> io::Result<Vec<IpAddr>> {
    let found = tokio::net::lookup_host((name, 0)).await?;
    Ok(found.map(|address| address.ip()).collect())
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
    use std::path::Path;

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
        crate::runtime::run(async {
            let why = |error| {
                std::error::Error::source(&error)
                    .map(ToString::to_string)
                    .unwrap_or_default()
            };
            Getent.resolve_dns(name).await.map_err(why)
        })
        .unwrap()
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
        let error = resolved("--help").unwrap_err();
        assert_eq!(error, "'--help' is not a host name");
    }

    /// A `getent` that notes its arguments, and then does this. The shell writes it: a file that
    /// this process has open for writing cannot be run if another thread forks at that moment.
    fn stub(dir: &Path, script: &str) -> String {
        let path = dir.join("getent");
        let text = format!(
            "#!/bin/sh\necho \"$*\" >>'{}/asked'\n{script}\n",
            dir.display()
        );
        let written = std::process::Command::new("/bin/sh")
            .args(["-c", r#"printf %s "$1" >"$0" && chmod +x "$0""#])
            .arg(&path)
            .arg(text)
            .status();
        assert!(written.unwrap().success());
        path.to_str().unwrap().to_owned()
    }

    fn resolved_with(getents: &[&str], name: &str) -> Result<Vec<IpAddr>, (io::ErrorKind, String)> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime
            .block_on(resolve_with(getents, name))
            .map_err(|error| (error.kind(), error.to_string()))
    }

    #[test]
    fn getent_is_asked_as_glibc_and_alpine_understand_it() {
        let dir = tempfile::tempdir().unwrap();
        let getent = stub(dir.path(), "echo '203.0.113.7     STREAM sts.example'");
        let missing = dir.path().join("missing");
        let found = resolved_with(&[missing.to_str().unwrap(), &getent], "sts.example").unwrap();
        assert_eq!(found, [IpAddr::from([203, 0, 113, 7])]);
        let asked = std::fs::read_to_string(dir.path().join("asked")).unwrap();
        assert_eq!(asked, "ahosts sts.example\n");
    }

    #[test]
    fn a_name_that_would_be_an_option_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let getent = stub(dir.path(), "echo '203.0.113.7 STREAM x'");
        let (kind, why) = resolved_with(&[&getent], "-s").unwrap_err();
        assert_eq!(kind, io::ErrorKind::InvalidInput);
        assert_eq!(why, "'-s' is not a host name");
        assert!(!dir.path().join("asked").exists());
    }

    #[test]
    fn a_name_that_getent_does_not_know_is_not_looked_up_again() {
        let dir = tempfile::tempdir().unwrap();
        // The program's own resolver would find this one.
        let (kind, why) = resolved_with(&[&stub(dir.path(), "exit 2")], "localhost").unwrap_err();
        assert_eq!(kind, io::ErrorKind::NotFound);
        assert_eq!(why, "no address is known for localhost");
    }

    #[test]
    fn without_a_usable_getent_the_programs_own_resolver_is_used() {
        let dir = tempfile::tempdir().unwrap();
        let loopback = IpAddr::from([127, 0, 0, 1]);
        for script in ["exit 1", "exit 127", "kill -9 $$"] {
            let found = resolved_with(&[&stub(dir.path(), script)], "localhost").unwrap();
            assert!(found.contains(&loopback), "{script}: {found:?}");
        }
        assert!(resolved_with(&[], "localhost").unwrap().contains(&loopback));
    }
}
