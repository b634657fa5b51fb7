//! Which request carries the MFA code, and the one-hour limit of role chaining (docs/aws.md A3.2).

use super::chain::Chain;
use super::chain_profile::Value;
use super::partition;
use super::region::Region;
use super::source::Source;
use super::{Action, AssumeRole, Mfa, Request, checks, roles};
use crate::arn::Arn;
use crate::config::{self, Config, FileKind, Key, MfaPrompt};
use crate::credentials::shown_device;
use crate::error::{Error, Result};

/// Seconds that STS gives at most to a role assumed with a session.
pub(crate) const CHAINED_MAXIMUM: u32 = 3600;

/// The device: `--mfa-serial`, else the first profile's `mfa_serial` on the way from the one asked
/// for to the one with the keys.
pub(super) fn choose(chain: &Chain<'_>, request: &Request) -> Result<Option<Mfa>> {
    let Some(serial) = chain.first(Key::MfaSerial) else {
        return Ok(None);
    };
    checks::serial_number(serial.text).map_err(|why| refused(&serial, &why))?;
    if request.role.mfa_serial.is_none() && !chain.source.may_be_long_term() && !on_a_role(chain) {
        return Ok(None);
    }
    let process = chain
        .first(Key::MfaProcess)
        .map(|value| config::code_command(value.text).into_owned());
    let is_typed = request.role.mfa_serial.is_some();
    Ok(Some(Mfa {
        serial: serial.text.to_owned(),
        place: serial.place,
        is_typed,
        process,
        prompt: prompt(chain)?,
    }))
}

/// `mfa_prompt`, as `mfa_serial` is looked for.
fn prompt(chain: &Chain<'_>) -> Result<Option<MfaPrompt>> {
    let Some(value) = chain.first(Key::MfaPrompt) else {
        return Ok(None);
    };
    let prompt = MfaPrompt::parse(value.text);
    prompt
        .map(Some)
        .map_err(|wanted| value.error(&format!("mfa_prompt: {wanted}")))
}

/// STS of one partition knows nothing of the devices of another.
///
/// Errors: of kind `Config`, with the device's line.
pub(super) fn refuse_other_partition(chain: &Chain<'_>, region: &Region) -> Result<()> {
    let Some(serial) = chain.first(Key::MfaSerial) else {
        return Ok(());
    };
    let Some(device) = Arn::parse(serial.text) else {
        return Ok(());
    };
    let role_arn = partition::role_arn(chain);
    let (wanted, what) = match role_arn.as_deref().and_then(Arn::parse) {
        Some(role) => (
            role.partition,
            format!("the role {}", role_arn.as_deref().unwrap_or_default()),
        ),
        None => match crate::region::partition(&region.name) {
            Some(partition) => (partition, format!("the region {}", region.name)),
            None => return Ok(()),
        },
    };
    if wanted == device.partition || !wanted.starts_with("aws") {
        return Ok(());
    }
    let message = format!(
        "mfa_serial is a device of the partition {}, and {what} is in {wanted}",
        device.partition
    );
    Err(serial.error(&message).hint(format!(
        "write the ARN of a device in {wanted}, or correct the other"
    )))
}

fn refused(serial: &Value<'_>, why: &str) -> Error {
    let error = serial.error(&format!("mfa_serial {why}"));
    if !checks::is_passkey(serial.text) {
        return error.hint(
            "write the ARN of the user's device, which IAM shows under Security credentials, or \
             the serial number of a hardware device",
        );
    }
    error
        .hint("use `aws login` or Identity Center (xacct login), or add a TOTP device to the user")
        .hint("then write that device's ARN here (arn:aws:iam::123456789012:mfa/name)")
}

/// Whether a profile that assumes a role names a device; on a source with session keys it means
/// nothing.
fn on_a_role(chain: &Chain<'_>) -> bool {
    chain.links[..chain.roles]
        .iter()
        .any(|link| link.value(Key::MfaSerial).is_some())
}

/// Cuts what STS would refuse: more than an hour for a role assumed with the credentials of a
/// session.
pub(super) fn limit_chained(
    source: &Source,
    roles: &mut [(String, AssumeRole)],
    warnings: &mut Vec<String>,
) {
    for (index, (profile, role)) in roles.iter_mut().enumerate() {
        let chained = index > 0 || !source.may_be_long_term();
        if chained && role.duration_seconds > CHAINED_MAXIMUM {
            warnings.push(format!(
                "profile '{profile}': duration_seconds = {} is cut to 3600: AWS gives a role that \
                 is assumed from another session one hour at most",
                role.duration_seconds
            ));
            role.duration_seconds = CHAINED_MAXIMUM;
        }
    }
}

/// The steps, with the code on the first one that the user's own keys sign.
///
/// One `GetSessionToken` serves every role of the key, but a role of more than an hour cannot be
/// assumed with it: then the code goes on that `AssumeRole` itself; and where the session may not
/// be shared (`false` beside the device).
pub(super) fn place(
    chain: &Chain<'_>,
    config: &Config,
    mfa: Option<(&Mfa, bool)>,
    mut roles: Vec<(String, AssumeRole)>,
    warnings: &mut Vec<String>,
) -> Result<Vec<(String, Action)>> {
    let Some((mfa, shared)) = mfa else {
        return Ok(assumed(roles).collect());
    };
    if !chain.source.may_be_long_term() {
        warnings.push(format!(
            "the MFA device {} is not used: a code can only go with a request signed by an IAM \
             user's own access key, and the source here is not one",
            shown_device(&mfa.serial)
        ));
        return Ok(assumed(roles).collect());
    }
    let direct = roles
        .first_mut()
        .filter(|(_, role)| !shared || role.duration_seconds > CHAINED_MAXIMUM);
    if let Some((_, first)) = direct {
        first.serial_number = Some(mfa.serial.clone());
        return Ok(assumed(roles).collect());
    }
    let session = Action::GetSessionToken {
        duration_seconds: session_duration(chain, config)?,
        serial_number: Some(mfa.serial.clone()),
    };
    let holder = chain
        .links
        .last()
        .map(|link| link.profile.name.clone())
        .unwrap_or_default();
    Ok(std::iter::once((holder, session))
        .chain(assumed(roles))
        .collect())
}

fn assumed(roles: Vec<(String, AssumeRole)>) -> impl Iterator<Item = (String, Action)> {
    roles
        .into_iter()
        .map(|(profile, role)| (profile, Action::AssumeRole(role)))
}

/// Where the session itself is what was asked for, `--duration` and `duration_seconds` are about
/// it.
fn session_duration(chain: &Chain<'_>, config: &Config) -> Result<u32> {
    let Some(link) = chain.selected().filter(|_| chain.roles == 0) else {
        return session_token_duration(chain, config);
    };
    if let Some(seconds) = roles::typed_duration(link, checks::session_duration)? {
        return Ok(seconds);
    }
    match link.own(Key::DurationSeconds) {
        Some(value) => roles::seconds(&value, Key::DurationSeconds, checks::session_duration),
        None => session_token_duration(chain, config),
    }
}

/// `session_token_duration` of the profiles on the way, else of the settings file, which says
/// twelve hours by default.
fn session_token_duration(chain: &Chain<'_>, config: &Config) -> Result<u32> {
    if let Some(value) = chain.first(Key::SessionTokenDuration) {
        return roles::seconds(&value, Key::SessionTokenDuration, checks::session_duration);
    }
    checks::session_duration(config.settings().session_token_duration).map_err(|why| {
        let file = config.paths().display(FileKind::Settings);
        Error::config(format!("{file}: session_token_duration {why}"))
    })
}
