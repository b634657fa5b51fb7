//! `xacct sync sso NAME`: a profile for every role that IAM Identity Center has assigned to whoever is signed in.

use std::process::ExitCode;

use super::choice::Choice;
use super::update::{self, Update};
use crate::broker::Common;
use crate::cli::{Asking, SyncSso};
use crate::commands::context::Context;
use crate::config::managed::{Identity, Source, Synced};
use crate::config::{Config, Field, FileKind, NameTemplate, Named};
use crate::error::{Error, Result};
use crate::plan;
use crate::sso::Assigned;

/// Requests under way; the portal lets about twenty a second through.
const AT_A_TIME: u32 = 8;
const TEMPLATE: &str = "{account_name}-{role_name}";
const FIELDS: [Field; 6] =
    [Field::AccountId, Field::AccountName, Field::AccountSlug, Field::RoleName, Field::Email, Field::Session];

pub(crate) fn run(asked: &SyncSso, context: &Context) -> Result<ExitCode> {
    let syncing = &asked.syncing;
    let template = update::template(syncing, TEMPLATE, &FIELDS)?;
    let config = context.config()?;
    let session = session(asked, &config)?;
    let source = Source::Sso { session: &session };
    let plan = plan::of_sso_session(&config, &context.env, &session)?;
    update::check(source, context)?;
    let asking = Asking {
        no_input: asked.no_input,
        device_code: asked.device_code,
        no_browser: asked.no_browser,
        ..Asking::default()
    };
    let options = Context::options(&config, &asking, false)?;
    let store = context.store()?;
    let (accounts, roles) =
        (Choice::new("--account", &syncing.account)?, Choice::new("--role", &asked.role)?);
    let broker = context.broker("sync sso", &plan, &store, &options).sharing(&Common::of_many(AT_A_TIME));
    let assigned = broker.assignments(|account| accounts.has(&account.account_id, &account.name))?;
    let assigned = assigned.unwrap_or_default();
    warn_of_unused(&assigned, &accounts, &roles, context);
    let region = syncing.region.clone().or_else(|| plan.sso().map(|sso| sso.region.clone()));
    let mut profiles = Vec::new();
    for Assigned { account, roles: assigned } in &assigned {
        for role in assigned.iter().flatten().filter(|role| roles.has("", role)) {
            let named = Named {
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
    update::run(Update { source, profiles, syncing, no_input: asked.no_input }, context)
}

fn profile(template: &NameTemplate, named: Named<'_>, region: Option<String>) -> Synced {
    let (account_id, role) = (named.account_id.to_owned(), named.role_name.to_owned());
    let keys = vec![
        ("sso_session", named.session.to_owned()),
        ("sso_account_id", account_id.clone()),
        ("sso_role_name", role.clone()),
    ];
    Synced { name: template.fill(named), identity: Identity { account_id, role }, keys, region }
}

/// The session that was named, or the only one.
fn session(asked: &SyncSso, config: &Config) -> Result<String> {
    if let Some(name) = &asked.session {
        return Ok(name.clone());
    }
    let mut names = config.sso_session_names();
    let path = config.paths().display(FileKind::Config);
    match names.len() {
        0 => Err(Error::config(format!("there is no [sso-session NAME] in {path}"))
            .hint("aws configure sso-session    adds one")),
        1 => Ok(names.remove(0)),
        _ => Err(Error::usage(format!("there are several sessions in {path}: {}", names.join(", ")))
            .hint(format!("name the one that is meant: xacct sync sso {}", names[0]))),
    }
}

fn warn_of_unused(assigned: &[Assigned], accounts: &Choice, roles: &Choice, context: &Context) {
    let all: Vec<(&str, &str)> = assigned
        .iter()
        .map(|assigned| (assigned.account.account_id.as_str(), assigned.account.name.as_str()))
        .collect();
    accounts.warn_of_unused(&all, context.voice);
    let listed = assigned.iter().flat_map(|assigned| &assigned.roles).flatten();
    roles.warn_of_unused(&listed.map(|role| ("", role.as_str())).collect::<Vec<_>>(), context.voice);
}
