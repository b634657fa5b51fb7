//! Where the values of a plan come from: a line, an option, a variable, or a default. For
//! `explain`.

use super::chain::Chain;
use super::chain_profile::Link;
use super::narrow;
use super::source::Source;
use crate::config::Config;

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

/// The keys of a role as `explain --json` calls them, the config's names, and the options that add
/// to them.
const OF_ROLE: [(&str, &str, &str); 8] = [
    ("role_arn", "role_arn", ""),
    ("external_id", "external_id", ""),
    ("source_identity", "source_identity", ""),
    ("tags", "session_tags", "--tag"),
    ("transitive_tag_keys", "transitive_session_tags", ""),
    ("policy", "session_policy", ""),
    ("policy_arns", "session_policy_arns", "--policy-arn"),
    ("read_only", "read_only", "--read-only"),
];

pub(super) fn of(config: &Config, chain: &Chain<'_>) -> Origins {
    let roles = chain.links[..chain.roles].iter().rev();
    let device = chain
        .first("mfa_serial")
        .map(|device| ("mfa_serial", device.place.to_string()));
    let with_device = |link| {
        of_role(config, link)
            .into_iter()
            .chain(device.clone())
            .collect()
    };
    Origins {
        source: of_source(config, chain),
        session: device
            .iter()
            .cloned()
            .chain([session_duration(config, chain)])
            .collect(),
        roles: roles.map(with_device).collect(),
    }
}

fn of_role(config: &Config, link: &Link<'_>) -> Places {
    let mut places = Places::new();
    for (name, key, option) in OF_ROLE {
        let mut said: Vec<String> = link
            .value(key)
            .map(|value| value.place.to_string())
            .into_iter()
            .collect();
        if let Some(request) = link.request.filter(|_| is_added(link, option)) {
            said.push(request.place(option).to_owned());
        }
        if key == "read_only" && !narrow::read_only(link).unwrap_or(false) {
            continue;
        }
        if !said.is_empty() {
            places.push((name, said.join(", ")));
        }
    }
    add_read_only(&mut places);
    if let Some(source) = link.value("source_profile") {
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
    let place_of = |wanted: &str| places.iter().position(|(name, _)| *name == wanted);
    let Some(read_only) = place_of("read_only").map(|at| places[at].1.clone()) else {
        return;
    };
    match place_of("policy_arns") {
        Some(at) if places[at].1 != read_only => {
            places[at].1 = format!("{}, {read_only}", places[at].1);
        }
        Some(_) => {}
        None => places.push(("policy_arns", read_only)),
    }
}

/// Whether the option adds to what the profile says.
fn is_added(link: &Link<'_>, option: &str) -> bool {
    link.request.is_some_and(|request| match option {
        "--tag" => !request.tags.is_empty(),
        "--policy-arn" => !request.policy_arns.is_empty(),
        "--read-only" => request.read_only,
        _ => false,
    })
}

/// The profile's or the command line's, else what the setting `session_name` makes.
fn session_name(config: &Config, link: &Link<'_>) -> String {
    match link.value("role_session_name") {
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
    let typed = link
        .request
        .filter(|request| request.duration_seconds.is_some());
    let typed = typed.map(|request| request.place("--duration").to_owned());
    typed.or_else(|| {
        link.own("duration_seconds")
            .map(|value| value.place.to_string())
    })
}

/// What says how long a `GetSessionToken` session lives.
fn session_duration(config: &Config, chain: &Chain<'_>) -> (&'static str, String) {
    let of_itself = chain
        .selected()
        .filter(|_| chain.roles == 0)
        .and_then(duration);
    let own = || {
        chain
            .first("session_token_duration")
            .map(|value| value.place.to_string())
    };
    let is_set = config.settings().session_token_duration
        != crate::config::Settings::default().session_token_duration;
    let setting = if is_set {
        "the setting session_token_duration"
    } else {
        DEFAULT
    };
    (
        "duration_seconds",
        of_itself.or_else(own).unwrap_or_else(|| setting.to_owned()),
    )
}

fn of_source(config: &Config, chain: &Chain<'_>) -> Places {
    let Some(link) = chain.links.last() else {
        return Places::new();
    };
    let keys: &[&str] = match &chain.source {
        Source::AccessKey { .. } => &["aws_access_key_id"],
        Source::CredentialProcess { .. } => &["credential_process"],
        Source::Login { .. } => &["login_session"],
        Source::Sso(_) => &[
            "sso_session",
            "sso_start_url",
            "sso_account_id",
            "sso_role_name",
        ],
        Source::WebIdentity(web) if web.profile.is_some() => &["web_identity_token_file"],
        Source::WebIdentity(_)
        | Source::Environment { .. }
        | Source::Ec2InstanceMetadata(_)
        | Source::EcsContainer => &["credential_source"],
    };
    let mut said: Vec<String> = keys
        .iter()
        .filter_map(|key| link.own(key))
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
