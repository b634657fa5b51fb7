//! `xacct sync sso NAME`: a profile for every role that IAM Identity Center has assigned to whoever
//! is signed in.

use std::process::ExitCode;

use super::choice::Choice;
use super::update::{self, Update};
use crate::broker::Common;
use crate::cli::{Asking, SyncSso};
use crate::commands::add::{named, region};
use crate::commands::context::Context;
use crate::commands::questions::Person;
use crate::commands::sso_session::{NewSession, PortalAddress, refuse_second_place, start_url};
use crate::config::managed::{AccountRole, BlockSource, Synced};
use crate::config::{Config, Field, FileKind, Key, NameFields, NameTemplate};
use crate::error::{Error, Kind, Result};
use crate::files;
use crate::plan;
use crate::sso::Assigned;

/// Requests under way; the portal lets about twenty a second through.
const AT_A_TIME: u32 = 8;
const TEMPLATE: &str = "{account_name}-{role_name}";
const FIELDS: [Field; 6] = [
    Field::AccountId,
    Field::AccountName,
    Field::AccountSlug,
    Field::RoleName,
    Field::Email,
    Field::Session,
];

pub(crate) fn run(asked: &SyncSso, context: &Context) -> Result<ExitCode> {
    let syncing = &asked.syncing;
    let template = update::template(syncing, TEMPLATE, &FIELDS)?;
    let (config, session, new) = session(asked, context)?;
    let source = BlockSource::Sso { session: &session };
    let plan = plan::of_sso_session(&config, &context.env, &session)?;
    update::check(source, context)?;
    let asking = Asking {
        no_input: asked.no_input,
        device_code: asked.device_code,
        no_browser: asked.no_browser,
        ..Asking::default()
    };
    let options = context.options(&config, &asking)?;
    let store = context.store()?;
    let (accounts, roles) = (
        Choice::new("--account", &syncing.account)?,
        Choice::new("--role", &asked.role)?,
    );
    let broker = context
        .broker("sync sso", &plan, &store, &options)
        .sharing(&Common::of_many(AT_A_TIME));
    let assigned = broker.assignments(|account| accounts.has(&account.account_id, &account.name));
    let assigned = assigned
        .map_err(|error| not_written(error, new.as_ref()))?
        .unwrap_or_default();
    warn_of_unused(&assigned, &accounts, &roles, context);
    let region = super::typed_region(syncing)?.or_else(|| plan.sso().map(|sso| sso.region.clone()));
    let mut profiles = Vec::new();
    for Assigned {
        account,
        roles: assigned,
    } in &assigned
    {
        for role in assigned.iter().flatten().filter(|role| roles.has("", role)) {
            let named = NameFields {
                account_id: &account.account_id,
                account_name: &account.name,
                role_name: role,
                email: &account.email,
                session: &session,
                ou: "",
            };
            profiles.push(profile(&template, named, region.clone()));
        }
    }
    update::run(
        Update {
            source,
            session: new,
            profiles,
            syncing,
            no_input: asked.no_input,
        },
        context,
    )
}

/// A session that no file has yet cannot be signed in to by itself, so the hints of other commands
/// do not help.
fn not_written(error: Error, new: Option<&NewSession>) -> Error {
    let Some(new) = new.filter(|_| error.kind == Kind::NeedsPerson) else {
        return error;
    };
    let words = [
        "xacct",
        "sync",
        "sso",
        &new.name,
        "--sso-start-url",
        &new.start_url,
        "--sso-region",
        &new.region,
    ];
    let command = shlex::try_join(words).unwrap_or_default();
    let error = Error {
        hints: Vec::new(),
        ..error
    };
    error
        .hint(format!(
            "nothing was written: [sso-session {}] is not there to sign in to",
            new.name
        ))
        .hint(format!(
            "{command}    in a terminal, without --no-input, signs in and writes it"
        ))
}

fn profile(template: &NameTemplate, named: NameFields<'_>, region: Option<String>) -> Synced {
    let (account_id, role) = (named.account_id.to_owned(), named.role_name.to_owned());
    let keys = vec![
        (Key::SsoSession, named.session.to_owned()),
        (Key::SsoAccountId, account_id.clone()),
        (Key::SsoRoleName, role.clone()),
    ];
    Synced {
        name: template.fill(named),
        identity: AccountRole { account_id, role },
        keys,
        region,
    }
}

/// The session that was named, or the only one, or a new one; with the files as they are with it.
fn session(asked: &SyncSso, context: &Context) -> Result<(Config, String, Option<NewSession>)> {
    let config = context.config()?;
    let mut names = config.sso_session_names();
    let place = PortalAddress {
        start_url: asked.sso_start_url.as_deref(),
        region: asked.sso_region.as_deref(),
    };
    let name = match (&asked.session, names.len()) {
        (Some(name), _) => name.clone(),
        (None, 1) => names.remove(0),
        (None, 0) => return new_session(asked, None, &config, context),
        (None, _) => {
            let path = config.paths().display(FileKind::Config);
            return Err(Error::usage(format!(
                "there are several sessions in {path}: {}",
                names.join(", ")
            ))
            .hint(format!(
                "name the one that is meant: xacct sync sso {}",
                names[0]
            )));
        }
    };
    if config.sso_session(&name).is_none() {
        return new_session(asked, Some(&name), &config, context);
    }
    refuse_second_place(&config, &name, place)?;
    Ok((config, name, None))
}

/// From the options, or a person's answers.
///
/// Errors: it is more likely that another one is meant, or something is not said.
fn new_session(
    asked: &SyncSso,
    name: Option<&str>,
    config: &Config,
    context: &Context,
) -> Result<(Config, String, Option<NewSession>)> {
    let path = config.paths().display(FileKind::Config);
    let add = format!(
        "xacct sync sso {} --sso-start-url URL --sso-region REGION    adds one",
        name.unwrap_or("NAME")
    );
    let unknown = match name.map(|name| plan::of_sso_session(config, &context.env, name)) {
        Some(Err(unknown)) => unknown,
        _ => Error::config(format!("no [sso-session NAME] in {path}")).hint(add),
    };
    let is_placed = asked.sso_start_url.is_some() && asked.sso_region.is_some();
    let person = if asked.no_input {
        None
    } else {
        Person::at_terminal()?
    };
    let is_told = name.is_some() && is_placed;
    if !is_told && (person.is_none() || unknown.is_misspelt()) {
        return Err(unknown);
    }
    if !is_told {
        context.voice.note(&format!("{unknown}: this adds it"));
    }
    let answer =
        |option: &str, value: Option<&str>, question: &str, read: Read| match (value, &person) {
            (Some(value), _) => {
                read(value.trim()).map_err(|why| Error::usage(format!("{option}: {why}")))
            }
            (None, Some(person)) => person.ask(question, read),
            (None, None) => Err(Error::usage(format!("{option} is missing"))),
        };
    let name = answer("NAME", name, "name of the new sso-session", session_name)?;
    let (url, place) = (asked.sso_start_url.as_deref(), asked.sso_region.as_deref());
    let question = "start URL, such as https://acme.awsapps.com/start";
    let start_url = answer("--sso-start-url", url, question, start_url)?;
    let region = answer(
        "--sso-region",
        place,
        "region that Identity Center is in",
        region,
    )?;
    let new = NewSession {
        name: name.clone(),
        start_url,
        region,
    };
    Ok((with(&new, config)?, name, Some(new)))
}

/// The files as they will be.
fn with(new: &NewSession, config: &Config) -> Result<Config> {
    let mut texts = files::read(config.paths())?;
    texts.config = Some(new.added_to(texts.config.as_ref().map_or("", |text| text)));
    Config::new(config.paths().clone(), texts)
}

type Read = fn(&str) -> std::result::Result<String, String>;

fn session_name(text: &str) -> std::result::Result<String, String> {
    named(text).map(|()| text.to_owned())
}

fn warn_of_unused(assigned: &[Assigned], accounts: &Choice, roles: &Choice, context: &Context) {
    let all: Vec<(&str, &str)> = assigned
        .iter()
        .map(|assigned| {
            (
                assigned.account.account_id.as_str(),
                assigned.account.name.as_str(),
            )
        })
        .collect();
    accounts.warn_of_unused(&all, context.voice);
    let listed = assigned
        .iter()
        .flat_map(|assigned| &assigned.roles)
        .flatten();
    roles.warn_of_unused(
        &listed.map(|role| ("", role.as_str())).collect::<Vec<_>>(),
        context.voice,
    );
}
