//! What endpoints and AWS answered: reachability, whose the access keys are, the clock.

use std::collections::HashSet;

use super::catalog;
use super::finding::Finding;
use super::holder::Holders;
use super::profiles::Planned;
use crate::arn::Arn;
use crate::config::Key;
use crate::credentials::shown_id;
use crate::duration;
use crate::env::Env;
use crate::error::Place;
use crate::plan::{Mfa, Source};

/// The clock is off from here on, in seconds; AWS refuses signatures from fifteen minutes on.
const OFF: i64 = 300;
/// It drifts from here on, in seconds.
const DRIFTS: i64 = 60;

/// An endpoint that could not be reached: how far the connection gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreached {
    pub(crate) url: String,
    /// `HOST:PORT` of the server, or of the proxy on the way.
    pub(crate) host: String,
    pub(crate) is_proxy: bool,
    pub(crate) stage: Stage,
    /// In the words of a library.
    pub(crate) why: String,
}

/// Where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Name,
    Connection,
    Tls,
    Answer,
}

/// An access key, and what AWS says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyHolder {
    pub(crate) access_key_id: String,
    /// The profile that has it; `None` is the environment.
    pub(crate) holder: Option<String>,
    /// `aws_account_id`
    pub(crate) account_id: Option<String>,
    pub(crate) said: Said,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// Whose it is.
    Caller { account_id: String, arn: String },
    /// It is no good any more.
    Dead { code: String, message: String },
    /// Something else.
    Refused { code: String, message: String },
    /// Nothing: what there is to say of the endpoint says it.
    Nothing,
}

/// Everything that the network told. `offset` is how many seconds AWS's clock is ahead, where that
/// is known.
pub(crate) fn check(
    planned: &[Planned],
    unreached: &[Unreached],
    asked: &[KeyHolder],
    offset: Option<i64>,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = unreached.iter().map(reach).collect();
    let clock = offset.and_then(clock);
    let is_off = clock
        .as_ref()
        .is_some_and(|finding| *finding.kind == catalog::CLOCK_OFF);
    findings.extend(clock);
    // With a wrong clock every signature is refused.
    let known = asked
        .iter()
        .filter(|_| !is_off)
        .filter_map(|asked| Some((asked, key(asked)?)));
    let known = known.chain(
        asked
            .iter()
            .filter_map(|asked| Some((asked, account(asked)?))),
    );
    findings.extend(known.map(|(asked, finding)| placed(planned, asked, finding)));
    findings.extend(devices(planned, asked));
    findings
}

fn reach(unreached: &Unreached) -> Finding {
    let Unreached {
        url,
        host,
        is_proxy,
        stage,
        why,
    } = unreached;
    let what = if *is_proxy {
        format!("{url}, through the proxy {host},")
    } else {
        url.clone()
    };
    let (kind, message, fix) = match stage {
        Stage::Name => (
            &catalog::HOST_UNKNOWN,
            format!("{what} is not reached: {host} has no address ({why})"),
            if *is_proxy {
                "correct HTTPS_PROXY"
            } else {
                "look at the network, and at region and endpoint_url"
            },
        ),
        Stage::Connection => (
            &catalog::HOST_UNREACHABLE,
            format!("{what} is not reached: no connection to {host} ({why})"),
            if *is_proxy {
                "correct HTTPS_PROXY, or start the proxy"
            } else {
                "look at the network, or set HTTPS_PROXY"
            },
        ),
        Stage::Tls => (
            &catalog::TLS_FAILED,
            format!(
                "{what} is not reached: there is a connection to {host}, but TLS fails ({why})"
            ),
            "if a proxy has a certificate of its own: AWS_CA_BUNDLE names a PEM file with its \
             authority; if this system has no authorities: install ca-certificates",
        ),
        Stage::Answer => (
            &catalog::NO_ANSWER,
            format!(
                "{what} is not reached: there is a connection to {host}, but no good answer ({why})"
            ),
            "try again; else look at the proxy, or at endpoint_url",
        ),
    };
    Finding::new(kind, message).fix(fix)
}

fn clock(offset: i64) -> Option<Finding> {
    let kind = match offset.abs() {
        0..DRIFTS => return None,
        DRIFTS..OFF => &catalog::CLOCK_DRIFTS,
        _ => &catalog::CLOCK_OFF,
    };
    let direction = if offset > 0 { "behind" } else { "ahead of" };
    let message = format!(
        "this machine's clock is {} {direction} AWS's",
        duration::readable(offset.abs())
    );
    let fix = match () {
        () if cfg!(target_os = "linux") => "set the clock: sudo timedatectl set-ntp true",
        () if cfg!(target_os = "macos") => "set the clock: sudo sntp -sS time.apple.com",
        () if cfg!(windows) => "set the clock, as administrator: w32tm /resync",
        () => "let the system set its clock by the network",
    };
    Some(Finding::new(kind, message).fix(fix))
}

/// The finding at the line of the key's id.
fn placed(planned: &[Planned], asked: &KeyHolder, finding: Finding) -> Finding {
    let Some(holder) = &asked.holder else {
        return finding;
    };
    let profile = planned
        .iter()
        .map(|one| &one.profile)
        .find(|profile| profile.name == *holder);
    match profile.and_then(|profile| profile.get(Key::AwsAccessKeyId)) {
        Some(setting) => finding.at(&setting.origin).of(holder),
        None => finding.of(holder),
    }
}

fn key(asked: &KeyHolder) -> Option<Finding> {
    let id = shown_id(&asked.access_key_id);
    let (kind, message, fix) = match &asked.said {
        Said::Dead { code, message } => {
            let fix = match code.as_str() {
                "SignatureDoesNotMatch" => "correct aws_secret_access_key: it is not this key's",
                "ExpiredToken" => "get new temporary keys, or delete these",
                _ => {
                    "make a new access key in IAM and write it here, or make this one active again"
                }
            };
            let message = message.trim_end_matches('.');
            (
                &catalog::KEYS_DEAD,
                format!("AWS does not take the access key {id}: {code}: {message}"),
                fix,
            )
        }
        Said::Refused { code, message } => {
            let message =
                format!("AWS does not say whose the access key {id} is: {code}: {message}");
            (
                &catalog::KEYS_UNCHECKED,
                message,
                "try again; xacct whoami shows the whole answer with -v",
            )
        }
        Said::Caller { .. } | Said::Nothing => return None,
    };
    Some(Finding::new(kind, message).fix(fix))
}

fn account(asked: &KeyHolder) -> Option<Finding> {
    let Said::Caller { account_id, .. } = &asked.said else {
        return None;
    };
    let own = asked.account_id.as_ref().filter(|own| *own != account_id)?;
    let message = format!("aws_account_id is {own}, and the access key is in {account_id}");
    Some(
        Finding::new(&catalog::ACCOUNT_WRONG, message)
            .fix(format!("write aws_account_id = {account_id}")),
    )
}

/// The MFA devices beside the users that have the keys. A device may be called anything, but is in
/// its user's account.
fn devices(planned: &[Planned], asked: &[KeyHolder]) -> Vec<Finding> {
    let mut told = HashSet::new();
    let holders = Holders::of(planned.iter().map(|one| &one.profile));
    let mut findings = Vec::new();
    for one in planned {
        let Some(used) = KeyDevice::used(one, asked) else {
            continue;
        };
        if told.insert((used.access_key_id.to_owned(), used.mfa.serial.clone())) {
            findings.extend(used.finding(&holders));
        }
    }
    findings
}

/// A device, and the access key whose codes it shows.
struct KeyDevice<'a> {
    profile: &'a str,
    mfa: &'a Mfa,
    arn: Arn<'a>,
    access_key_id: &'a str,
    /// The key's account, and the ARN of its user.
    account_id: &'a str,
    caller: &'a str,
}

impl<'a> KeyDevice<'a> {
    /// `None` where there is no device, or AWS did not say whose the key is.
    fn used(planned: &'a Planned, asked: &'a [KeyHolder]) -> Option<KeyDevice<'a>> {
        let plan = planned.plan.as_ref().ok()?;
        let mfa = plan.mfa.as_ref()?;
        let access_key_id = Source::access_key_id(&plan.source)?;
        let asked = asked
            .iter()
            .find(|one| one.access_key_id == access_key_id)?;
        let Said::Caller { account_id, arn } = &asked.said else {
            return None;
        };
        Some(KeyDevice {
            profile: &plan.profile,
            mfa,
            arn: Arn::parse(&mfa.serial)?,
            access_key_id,
            account_id,
            caller: arn,
        })
    }

    fn finding(&self, holders: &Holders) -> Option<Finding> {
        if self.arn.account_id != self.account_id {
            let message = format!(
                "the MFA device is in account {}, and the access key {} in {}",
                self.arn.account_id,
                shown_id(self.access_key_id),
                self.account_id
            );
            return Some(self.at(holders, Finding::new(&catalog::MFA_ACCOUNT, message)).fix(
                "write the ARN of a device of your own: IAM shows it under Security credentials",
            ));
        }
        let user = last_part(Arn::parse(self.caller)?.resource.strip_prefix("user/")?);
        let name = last_part(self.arn.resource.strip_prefix("mfa/")?);
        if user == name {
            return None;
        }
        let message =
            format!("the MFA device is called '{name}', and the access key's user '{user}'");
        Some(
            self.at(holders, Finding::new(&catalog::MFA_NAME, message))
                .fix("if codes are refused, look in IAM under Security credentials for its ARN"),
        )
    }

    /// In the line that names the device, and of the profile that has the line.
    fn at(&self, holders: &Holders, finding: Finding) -> Finding {
        let Place::Line { file, line } = &self.mfa.place else {
            return finding.of(self.profile);
        };
        match holders.at(file, *line) {
            Some(holder) => finding.in_line(file, *line).of(&holder.name),
            None => finding.of(self.profile),
        }
    }
}

/// `alice` of `team/alice`
fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The proxies' variables, which the SDK ignores silently where they make no sense.
pub(crate) fn proxies(env: &Env) -> Vec<Finding> {
    let variables = [
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];
    let wrong = variables
        .into_iter()
        .filter(|name| env.get(name).is_some_and(|text| !is_proxy(text)));
    wrong
        .map(|name| {
            // Never the value: it may have a password in it.
            let message = format!("{name} is not a valid proxy address, and is ignored");
            Finding::new(&catalog::PROXY_INVALID, message)
                .fix(format!("export {name}=http://HOST:PORT"))
        })
        .collect()
}

fn is_proxy(text: &str) -> bool {
    let text = text.trim();
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    url::Url::parse(&whole).is_ok_and(|url| {
        matches!(
            url.scheme(),
            "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h"
        ) && url.has_host()
    })
}
