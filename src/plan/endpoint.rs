//! Where a service is and how it is reached: endpoint overrides, FIPS, dual stack, retries, CA
//! bundle (docs/aws.md A3.4).

use super::chain::Chain;
use super::chain_profile::Value;
use super::region::{self, Region};
use super::source::Source;
use super::transport;
use crate::arn;
use crate::config::{Config, Key};
use crate::env::Env;
use crate::error::{Error, Place, Result};
use crate::masked;
use crate::region::Names;

/// What decides the URL; `aws` turns it into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// An override from a variable or a profile, and where it stands.
    pub(crate) url: Option<(String, Place)>,
    pub(crate) fips: bool,
    pub(crate) dual_stack: bool,
    /// `sts_regional_endpoints = legacy` in one of the regions that it means the global endpoint
    /// for.
    pub(crate) global: bool,
}

impl Endpoint {
    /// What regions may be called there.
    pub(super) fn region_names(&self) -> Names {
        self.url.as_ref().map_or(Names::Aws, |_| Names::Any)
    }
}

/// The names under which a service's endpoint is configured.
struct Service {
    variable: &'static str,
    /// In a `[services …]` section; SDKs differ in how they write a space.
    keys: &'static [&'static str],
}

const STS: Service = Service {
    variable: "AWS_ENDPOINT_URL_STS",
    keys: &["sts"],
};
/// IAM Identity Center's sign-in.
const SSO_OIDC: Service = Service {
    variable: "AWS_ENDPOINT_URL_SSO_OIDC",
    keys: &["sso_oidc", "sso-oidc"],
};
/// IAM Identity Center's access portal.
const SSO: Service = Service {
    variable: "AWS_ENDPOINT_URL_SSO",
    keys: &["sso"],
};
/// AWS Sign-In, which signs browsers in to the console and renews the sessions of `aws login`.
const SIGNIN: Service = Service {
    variable: "AWS_ENDPOINT_URL_SIGNIN",
    keys: &["signin"],
};

const ORGANIZATIONS: Service = Service {
    variable: "AWS_ENDPOINT_URL_ORGANIZATIONS",
    keys: &["organizations"],
};

/// AWS Account Management, which knows an account's regions.
const ACCOUNT: Service = Service {
    variable: "AWS_ENDPOINT_URL_ACCOUNT",
    keys: &["account"],
};

/// Where IAM Identity Center is, in its own region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdentityCenter {
    /// Where one signs in.
    pub(crate) oidc: Endpoint,
    /// Where the roles are handed out.
    pub(crate) portal: Endpoint,
}

impl IdentityCenter {
    /// What goes into the keys: an override may be another world.
    pub(super) fn identity(&self) -> Option<String> {
        self.portal
            .url
            .as_ref()
            .map(|(url, _)| url.trim_end_matches('/').to_owned())
    }
}

/// How requests are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Connection {
    /// PEM file of the certificate authorities to trust instead of the system's.
    pub(crate) ca_bundle: Option<String>,
    /// 1 or more, the first one included.
    pub(crate) max_attempts: u32,
    pub(crate) retry_mode: RetryMode,
}

/// `retry_mode`; `legacy` is treated as `standard`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryMode {
    Standard,
    Adaptive,
}

/// Regions that `legacy` sends to `sts.amazonaws.com` (botocore `args.py`).
const LEGACY_GLOBAL_REGIONS: [&str; 16] = [
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "aws-global",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

impl Endpoint {
    /// What goes into the keys. All endpoints of a partition give the same credentials, so that
    /// profiles of different regions share one MFA session; an override may be another world
    /// altogether. Tokens of the global endpoint are not valid in opt-in regions, so they stand
    /// apart.
    pub(super) fn identity(&self, region: &Region) -> String {
        match &self.url {
            Some((url, _)) => url.trim_end_matches('/').to_owned(),
            None if self.global => "aws, global".to_owned(),
            None => arn::partition_of_region(&region.name).to_owned(),
        }
    }
}

/// STS's endpoint, before it is known for which region.
pub(super) fn of_sts(config: &Config, chain: &Chain<'_>, env: &Env) -> Result<Endpoint> {
    of_service(&STS, config, chain, env)
}

/// STS's endpoint for the region. `legacy` is about AWS's own hosts: an address of one's own is
/// neither.
pub(super) fn in_region(
    endpoint: Endpoint,
    chain: &Chain<'_>,
    region: &Region,
    env: &Env,
) -> Result<Endpoint> {
    let is_legacy = legacy(chain, env)? && LEGACY_GLOBAL_REGIONS.contains(&region.name.as_str());
    let global = region.name == "aws-global" || (is_legacy && endpoint.url.is_none());
    Ok(Endpoint { global, ..endpoint })
}

/// Identity Center's endpoints, where the source is there.
pub(super) fn of_identity_center(
    config: &Config,
    chain: &Chain<'_>,
    env: &Env,
) -> Result<Option<IdentityCenter>> {
    if !matches!(chain.source, Source::Sso(_)) {
        return Ok(None);
    }
    let oidc = of_service(&SSO_OIDC, config, chain, env)?;
    Ok(Some(IdentityCenter {
        oidc,
        portal: of_service(&SSO, config, chain, env)?,
    }))
}

/// Holds `sso_region` to what AWS's regions are called; with addresses of its own, Identity Center
/// may be anywhere.
///
/// Errors: of kind `Config`, with the line.
pub(super) fn check_sso_region(
    config: &Config,
    source: &Source,
    identity_center: Option<&IdentityCenter>,
) -> Result<()> {
    let (Source::Sso(sso), Some(center)) = (source, identity_center) else {
        return Ok(());
    };
    let names = match center.oidc.region_names() {
        Names::Any => center.portal.region_names(),
        Names::Aws => Names::Aws,
    };
    if crate::region::check(&sso.region, names).is_ok() {
        return Ok(());
    }
    let session = sso
        .session
        .as_deref()
        .and_then(|name| config.sso_session(name));
    let profile = config.profile(&sso.profile)?;
    let settings = session
        .iter()
        .chain(&profile)
        .filter_map(|section| section.get(Key::SsoRegion));
    let place = settings.map(|setting| Place::from(&setting.origin)).next();
    region::check(
        &sso.region,
        &place.unwrap_or_else(|| Key::SsoRegion.name().into()),
        names,
    )
}

/// Where the console is signed in to, if not at AWS's own address.
///
/// Errors: also an address that is not https, unless it is this machine's. Other services get a
/// signature; this one gets the credentials themselves.
pub(super) fn of_console(
    config: &Config,
    chain: &Chain<'_>,
    env: &Env,
) -> Result<Option<(String, Place)>> {
    let found = configured(&SIGNIN, config, chain, env)?.url;
    if let Some((text, place)) = &found
        && !url::Url::parse(text)
            .is_ok_and(|url| url.scheme() == "https" || transport::is_loopback(&url))
    {
        let why = "the console's sign-in is sent the credentials themselves, which must not go \
                   unencrypted";
        return Err(Error::config(format!("{}: {why}", masked::address(text)))
            .at(place.clone())
            .hint(
                "write it with https://, or set AWS_ENDPOINT_URL_SIGNIN to the address of the \
                   sign-in",
            ));
    }
    Ok(found)
}

/// Organizations' endpoint.
pub(super) fn of_organizations(config: &Config, chain: &Chain<'_>, env: &Env) -> Result<Endpoint> {
    of_service(&ORGANIZATIONS, config, chain, env)
}

/// Account Management's endpoint.
pub(super) fn of_account(config: &Config, chain: &Chain<'_>, env: &Env) -> Result<Endpoint> {
    of_service(&ACCOUNT, config, chain, env)
}

/// AWS Sign-In's endpoint, where the source is a session of `aws login`.
pub(super) fn of_signin(config: &Config, chain: &Chain<'_>, env: &Env) -> Result<Option<Endpoint>> {
    if !matches!(chain.source, Source::Login { .. }) {
        return Ok(None);
    }
    of_service(&SIGNIN, config, chain, env).map(Some)
}

/// A service's endpoint, by what the profile asked for says.
fn of_service(
    service: &Service,
    config: &Config,
    chain: &Chain<'_>,
    env: &Env,
) -> Result<Endpoint> {
    let endpoint = configured(service, config, chain, env)?;
    if let Some((text, place)) = &endpoint.url {
        transport::refuse_http(config, chain.selected(), text, place)?;
    }
    Ok(endpoint)
}

fn configured(
    service: &Service,
    config: &Config,
    chain: &Chain<'_>,
    env: &Env,
) -> Result<Endpoint> {
    let ignored = env.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        || chain
            .selected()
            .is_some_and(|link| link.flag(Key::IgnoreConfiguredEndpointUrls));
    let url = if ignored {
        None
    } else {
        configured_url(service, config, chain, env)?
    };
    if let Some((text, place)) = &url {
        transport::check_url(text, place, "https://sts.eu-central-1.amazonaws.com")?;
    }
    // An override is the whole address: the switches would only change one that AWS made (as
    // botocore has it).
    let fips = url.is_none() && switch(chain, env, "AWS_USE_FIPS_ENDPOINT", Key::UseFipsEndpoint);
    let dual_stack = url.is_none()
        && switch(
            chain,
            env,
            "AWS_USE_DUALSTACK_ENDPOINT",
            Key::UseDualstackEndpoint,
        );
    Ok(Endpoint {
        url,
        fips,
        dual_stack,
        global: false,
    })
}

/// The override, most specific first, with its place.
fn configured_url(
    service: &Service,
    config: &Config,
    chain: &Chain<'_>,
    env: &Env,
) -> Result<Option<(String, Place)>> {
    for name in [service.variable, "AWS_ENDPOINT_URL"] {
        if let Some(url) = env.get(name) {
            return Ok(Some((url.trim().to_owned(), name.into())));
        }
    }
    let Some(link) = chain.selected() else {
        return Ok(None);
    };
    if let Some(services) = link.value(Key::Services) {
        let Some(section) = config.services(services.text) else {
            let message = format!("no section [services {}]", services.text);
            return Err(services
                .error(&message)
                .hint(config.hint_for_services(services.text)));
        };
        let own = service.keys.iter().find_map(|key| {
            let setting = section.named(key)?;
            Some((setting.sub("endpoint_url")?, Place::from(&setting.origin)))
        });
        if own.is_some() {
            return Ok(own);
        }
    }
    Ok(link
        .value(Key::EndpointUrl)
        .map(|url| (url.text.to_owned(), url.place)))
}

fn legacy(chain: &Chain<'_>, env: &Env) -> Result<bool> {
    let found = variable_or_setting(
        chain,
        env,
        "AWS_STS_REGIONAL_ENDPOINTS",
        Key::StsRegionalEndpoints,
    );
    match found {
        None => Ok(false),
        Some(value) if value.text.eq_ignore_ascii_case("regional") => Ok(false),
        Some(value) if value.text.eq_ignore_ascii_case("legacy") => Ok(true),
        Some(value) => Err(value.error(&format!(
            "sts_regional_endpoints is regional or legacy, not '{}'",
            value.text
        ))),
    }
}

fn switch(chain: &Chain<'_>, env: &Env, variable: &'static str, key: Key) -> bool {
    variable_or_setting(chain, env, variable, key)
        .is_some_and(|value| value.text.eq_ignore_ascii_case("true"))
}

/// The variable, or else the setting of the profile asked for.
fn variable_or_setting<'v>(
    chain: &'v Chain<'_>,
    env: &'v Env,
    variable: &'static str,
    key: Key,
) -> Option<Value<'v>> {
    if let Some(text) = env.get(variable) {
        return Some(Value {
            text: text.trim(),
            place: variable.into(),
        });
    }
    chain.selected()?.value(key)
}

/// Retries, time-outs and trust. The default of three attempts is the SDKs' standard mode.
pub(super) fn connection(config: &Config, chain: &Chain<'_>, env: &Env) -> Result<Connection> {
    let ca_bundle = variable_or_setting(chain, env, "AWS_CA_BUNDLE", Key::CaBundle);
    let ca_bundle = ca_bundle.map(|value| config.paths().expanded(value.text, env));
    let max_attempts = match variable_or_setting(chain, env, "AWS_MAX_ATTEMPTS", Key::MaxAttempts) {
        None => 3,
        Some(value) => value
            .text
            .parse()
            .ok()
            .filter(|number| *number >= 1)
            .ok_or_else(|| {
                value.error(&format!(
                    "max_attempts is a whole number from 1 up, not '{}'",
                    value.text
                ))
            })?,
    };
    let retry_mode = match variable_or_setting(chain, env, "AWS_RETRY_MODE", Key::RetryMode) {
        None => RetryMode::Standard,
        Some(value) => match value.text.to_ascii_lowercase().as_str() {
            "standard" | "legacy" => RetryMode::Standard,
            "adaptive" => RetryMode::Adaptive,
            other => {
                return Err(value.error(&format!(
                    "retry_mode is standard, adaptive or legacy, not '{other}'"
                )));
            }
        },
    };
    Ok(Connection {
        ca_bundle,
        max_attempts,
        retry_mode,
    })
}
