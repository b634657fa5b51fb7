//! Walking `role_arn` and `source_profile` from the profile asked for down to the one with base
//! credentials.

use super::Request;
use super::access_key;
use super::chain_profile::{Link, Value};
use super::source::{self, Source};
use super::{guards, screen};
use crate::arn::Arn;
use crate::config::{Config, Key, Profile};
use crate::env::Env;
use crate::error::{Error, Place, Result};

/// The profiles from the one asked for to the one with base credentials, and those credentials.
pub(super) struct Chain<'a> {
    /// What was asked for: the profile's name or the role's ARN.
    pub(super) name: String,
    /// The profile asked for first.
    pub(super) links: Vec<Link<'a>>,
    /// How many links, from the first, assume a role; the last of these is assumed first.
    pub(super) roles: usize,
    pub(super) source: Source,
}

impl Chain<'_> {
    /// The first link, from the profile asked for down to the source, that has the key.
    pub(super) fn first(&self, key: Key) -> Option<Value<'_>> {
        self.links.iter().find_map(|link| link.value(key))
    }

    /// The profile whose own role is assumed with a token, where that is what the source is.
    pub(super) fn web_identity(&self) -> Option<&Link<'_>> {
        let is_of_profile =
            matches!(&self.source, Source::WebIdentity(web) if web.profile.is_some());
        self.links.last().filter(|_| is_of_profile)
    }

    /// The profile asked for.
    pub(super) fn selected(&self) -> Option<&Link<'_>> {
        self.links.first()
    }
}

/// Where a link's base credentials come from.
enum Next {
    /// This very profile, leaving its role aside.
    Own,
    /// A named source such as `Ec2InstanceMetadata`.
    Named(Source),
    /// Another profile, and the line that names it.
    Profile(String, Place),
}

/// Follows the chain.
///
/// Errors: an unknown profile, a cycle (printed), both or neither of `source_profile` and
/// `credential_source`, a profile without credentials.
pub(super) fn resolve<'a>(config: &Config, request: &'a Request, env: &Env) -> Result<Chain<'a>> {
    screen::options(request)?;
    let (name, mut link) = start(config, request)?;
    let mut links: Vec<Link<'a>> = Vec::new();
    let mut roles = 0;
    loop {
        let is_source = !links.is_empty();
        screen::profile(&link.profile)?;
        guards::refuse(config, &link.profile, is_source)?;
        if (is_source && access_key::has_access_key(&link.profile)) || !link.assumes_role() {
            let source = source::of_profile(config, &link, env)?;
            links.push(link);
            return Ok(Chain {
                name,
                links,
                roles,
                source,
            });
        }
        let next = next(config, &link, env)?;
        roles += 1;
        match next {
            Next::Own => {
                let source = source::of_profile(config, &link, env)?;
                links.push(link);
                return Ok(Chain {
                    name,
                    links,
                    roles,
                    source,
                });
            }
            Next::Named(source) => {
                links.push(link);
                return Ok(Chain {
                    name,
                    links,
                    roles,
                    source,
                });
            }
            Next::Profile(wanted, place) => {
                let referrer = link.profile.name.clone();
                links.push(link);
                refuse_cycle(&links, &wanted, &place)?;
                refuse_long(&links, &place)?;
                let profile = config
                    .profile(&wanted)?
                    .ok_or_else(|| missing_source(config, &wanted, &referrer, &place))?;
                link = Link {
                    profile,
                    request: None,
                };
            }
        }
    }
}

/// A chain of nothing but what is in the environment.
pub(super) fn of_environment<'a>(
    config: &Config,
    request: &'a Request,
    env: &Env,
) -> Result<Chain<'a>> {
    screen::options(request)?;
    let asked = Value {
        text: "Environment",
        place: "environment".into(),
    };
    let link = Link {
        profile: Profile::empty("environment"),
        request: Some(request),
    };
    let source = source::named(config, &asked, &link, env)?;
    Ok(Chain {
        name: "environment".to_owned(),
        links: vec![link],
        roles: 0,
        source,
    })
}

/// The first link: the profile asked for, or an empty one for a bare role ARN.
fn start<'a>(config: &Config, request: &'a Request) -> Result<(String, Link<'a>)> {
    if let Some(name) = &request.profile {
        let profile = config
            .profile(name)?
            .ok_or_else(|| unknown_profile(config, name))?;
        return Ok((
            name.clone(),
            Link {
                profile,
                request: Some(request),
            },
        ));
    }
    let Some(role_arn) = &request.role.role_arn else {
        return Err(Error::usage("no profile was named").hint("xacct list    shows the profiles"));
    };
    if request.source_profile.is_none() {
        return Err(
            Error::usage(format!("{role_arn} is assumed from which profile?"))
                .hint(format!("xacct assume {role_arn} --source-profile NAME")),
        );
    }
    Ok((
        role_arn.clone(),
        Link {
            profile: Profile::empty(role_arn),
            request: Some(request),
        },
    ))
}

fn next(config: &Config, link: &Link<'_>, env: &Env) -> Result<Next> {
    let name = &link.profile.name;
    let named_by_option = link
        .request
        .is_some_and(|request| request.source_profile.is_some());
    let source_profile = link.value(Key::SourceProfile);
    let credential_source = link
        .value(Key::CredentialSource)
        .filter(|_| !named_by_option);
    match (source_profile, credential_source) {
        (Some(_), Some(second)) => Err(second
            .error(&format!(
                "profile '{name}' has both source_profile and credential_source"
            ))
            .naming_profile()
            .hint("keep the one that the role is assumed from and delete the other")
            .named("source-both")),
        (Some(source), None) if source.text == *name => Ok(Next::Own),
        (Some(source), None) => Ok(Next::Profile(source.text.to_owned(), source.place)),
        (None, Some(source)) => source::named(config, &source, link, env).map(Next::Named),
        (None, None) => {
            let role_arn = link.value(Key::RoleArn);
            // `--role-arn` on a profile that has credentials of its own: those are what the role is
            // assumed from.
            if link.profile.get(Key::RoleArn).is_none() {
                return Ok(Next::Own);
            }
            let place =
                role_arn.map_or_else(|| Place::from(Key::RoleArn.name()), |value| value.place);
            Err(Error::config(format!(
                "profile '{name}' has a role_arn but neither source_profile nor credential_source"
            ))
            .at(place)
            .naming_profile()
            .hint("add `source_profile = NAME`, the profile whose credentials may assume the role")
            .named("source-neither"))
        }
    }
}

fn refuse_cycle(links: &[Link<'_>], wanted: &str, place: &Place) -> Result<()> {
    let Some(start) = links.iter().position(|link| link.profile.name == wanted) else {
        return Ok(());
    };
    let mut names: Vec<&str> = links[start..]
        .iter()
        .map(|link| link.profile.name.as_str())
        .collect();
    names.push(wanted);
    Err(Error::config(format!(
        "source_profile forms a cycle: {}",
        names.join(" → ")
    ))
    .at(place.clone())
    .about(names[1..].iter().map(|name| (*name).to_owned()))
    .hint("one of them must have credentials of its own instead of a source_profile")
    .named("source-profile-cycle"))
}

/// More roles one behind the other than anybody has: whoever plans all profiles of a file that goes
/// on and on would never come to an end.
const LONGEST: usize = 32;

fn refuse_long(links: &[Link<'_>], place: &Place) -> Result<()> {
    if links.len() < LONGEST {
        return Ok(());
    }
    let names = links.iter().take(3).map(|link| link.profile.name.as_str());
    let names = names.collect::<Vec<_>>().join(" → ");
    Err(Error::config(format!(
        "source_profile goes on for more than {LONGEST} profiles: {names} → …"
    ))
    .at(place.clone())
    .hint("assume the role from a profile that is nearer to the one with the keys")
    .named("source-profile-long"))
}

fn missing_source(config: &Config, wanted: &str, referrer: &str, place: &Place) -> Error {
    let message = format!("could not find source profile '{wanted}' referenced from '{referrer}'");
    let error = Error::config(message).at(place.clone()).naming_profile();
    let hints = config.hints_for_profile(wanted, "xacct list    shows the profiles");
    hints
        .into_iter()
        .fold(error, Error::hint)
        .named("source-profile-missing")
}

/// `no profile 'x'`, with what may have been meant.
fn unknown_profile(config: &Config, name: &str) -> Error {
    if Arn::parse(name).is_some() {
        return Error::usage(format!("{name} is assumed from which profile?"))
            .hint(format!("xacct assume {name} --source-profile NAME"));
    }
    config.no_profile(name)
}
