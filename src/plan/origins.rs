//! Where the values of a plan come from: a line, an option, a variable, or a default. For
//! `explain`.

use super::chain::Chain;
use super::chain_profile::Link;
use super::narrow;
use super::source::Source;
use crate::config::{Config, Key};

/// Names, as `explain --json` has them, and what says so.
pub(crate) type Places = Vec<(&'static str, String)>;

/// The places of a plan's values.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    /// Of the source's credentials.
    pub(crate) source: Places,
    /// Of `GetSessionToken`, where the plan has one.
    pub(crate) session: Places,
    /// Of each `AssumeRole`, in the order they are sent.
    pub(crate) roles: Vec<Places>,
}

const DEFAULT: &str = "default";

/// The keys of a role, with what `explain --json` calls them.
const OF_ROLE: [(&str, Key); 8] = [
    ("role_arn", Key::RoleArn),
    ("external_id", Key::ExternalId),
    ("source_identity", Key::SourceIdentity),
    ("tags", Key::SessionTags),
    ("transitive_tag_keys", Key::TransitiveSessionTags),
    ("policy", Key::SessionPolicy),
    ("policy_arns", Key::SessionPolicyArns),
    ("read_only", Key::ReadOnly),
];

pub(super) fn of(config: &Config, chain: &Chain<'_>) -> Origins {
    let roles = chain.links[..chain.roles].iter().rev();
    let device = chain
        .first(Key::MfaSerial)
        .map(|device| ("mfa_serial", device.place.to_string()));
    let roles = roles.map(|link| {
        let mut places = of_role(config, link);
        places.extend(device.clone());
        places
    });
    Origins {
        source: of_source(config, chain),
        session: device
            .iter()
            .cloned()
            .chain([session_duration(config, chain)])
            .collect(),
        roles: roles.collect(),
    }
}

fn of_role(config: &Config, link: &Link<'_>) -> Places {
    let mut places = Places::new();
    for (name, key) in OF_ROLE {
        let value = link.value(key).map(|value| value.place.to_string());
        // Some options add to what the profile says.
        let typed = link.typed(key).map(str::to_owned);
        let mut said: Vec<String> = value.into_iter().chain(typed).collect();
        said.dedup();
        if key == Key::ReadOnly && !narrow::read_only(link).unwrap_or(false) {
            continue;
        }
        if !said.is_empty() {
            places.push((name, said.join(", ")));
        }
    }
    add_read_only(&mut places);
    if let Some(source) = link.value(Key::SourceProfile) {
        places.push(("source_profile", source.place.to_string()));
    }
    places.push(("role_session_name", session_name(config, link)));
    places.push((
        "duration_seconds",
        duration(link).unwrap_or_else(|| DEFAULT.to_owned()),
    ));
    places
}

/// `read_only` is sent as a policy's ARN.
fn add_read_only(places: &mut Places) {
    let Some((_, read_only)) = places.iter().find(|(name, _)| *name == "read_only") else {
        return;
    };
    let read_only = read_only.clone();
    match places.iter_mut().find(|(name, _)| *name == "policy_arns") {
        Some((_, place)) if *place != read_only => *place = format!("{place}, {read_only}"),
        Some(_) => {}
        None => places.push(("policy_arns", read_only)),
    }
}

/// The profile's or the command line's, else what the setting `session_name` makes.
fn session_name(config: &Config, link: &Link<'_>) -> String {
    match link.value(Key::RoleSessionName) {
        Some(value) => value.place.to_string(),
        None if config.settings().session_name
            == crate::config::Settings::default().session_name =>
        {
            DEFAULT.to_owned()
        }
        None => "the setting session_name".to_owned(),
    }
}

fn duration(link: &Link<'_>) -> Option<String> {
    let own = link.own(Key::DurationSeconds);
    let typed = link.typed(Key::DurationSeconds).map(str::to_owned);
    typed.or_else(|| Some(own?.place.to_string()))
}

/// What says how long a `GetSessionToken` session lives.
fn session_duration(config: &Config, chain: &Chain<'_>) -> (&'static str, String) {
    let of_itself = chain
        .selected()
        .filter(|_| chain.roles == 0)
        .and_then(duration);
    let own = chain.first(Key::SessionTokenDuration);
    let own = own.map(|value| value.place.to_string());
    let is_set = config.settings().session_token_duration
        != crate::config::Settings::default().session_token_duration;
    let setting = if is_set {
        "the setting session_token_duration"
    } else {
        DEFAULT
    };
    (
        "duration_seconds",
        of_itself.or(own).unwrap_or_else(|| setting.to_owned()),
    )
}

fn of_source(config: &Config, chain: &Chain<'_>) -> Places {
    let Some(link) = chain.links.last() else {
        return Places::new();
    };
    if let Source::StoredKey(key) = &chain.source {
        return vec![("source", key.place.to_string())];
    }
    let keys: &[Key] = match &chain.source {
        Source::StoredKey(_) => &[],
        Source::AccessKey { .. } => &[Key::AwsAccessKeyId],
        Source::CredentialProcess { .. } => &[Key::CredentialProcess],
        Source::Login { .. } => &[Key::LoginSession],
        Source::Sso(_) => &[
            Key::SsoSession,
            Key::SsoStartUrl,
            Key::SsoAccountId,
            Key::SsoRoleName,
        ],
        Source::WebIdentity(web) if web.profile.is_some() => &[Key::WebIdentityTokenFile],
        Source::WebIdentity(_)
        | Source::Environment { .. }
        | Source::Ec2InstanceMetadata(_)
        | Source::EcsContainer => &[Key::CredentialSource],
    };
    let mut said: Vec<String> = keys
        .iter()
        .filter_map(|key| link.own(*key))
        .map(|value| value.place.to_string())
        .collect();
    if !matches!(chain.source, Source::Sso(_)) {
        said.truncate(1);
    }
    let place = if said.is_empty() {
        "the environment".to_owned()
    } else {
        said.join(", ")
    };
    let mut places = vec![("source", place)];
    if matches!(&chain.source, Source::WebIdentity(web) if web.profile.is_some()) {
        places.extend(of_role(config, link));
    }
    places
}
