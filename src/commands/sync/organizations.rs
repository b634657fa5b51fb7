//! `xacct sync organizations`: a profile for one role in every account of the organization.

use std::process::ExitCode;

use super::choice::Choice;
use super::tags::Tags;
use super::update::{self, Update};
use crate::arn::Arn;
use crate::aws::Tag;
use crate::broker::{self, FoundAccount, Inquiry};
use crate::cli::SyncOrganizations;
use crate::commands::context::Context;
use crate::config::managed::{AccountRole, BlockSource, Synced};
use crate::config::{Config, Field, Key, NameFields, NameTemplate};
use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::plan::{self, Plan, Request};

const TEMPLATE: &str = "{account_name}";
const FIELDS: [Field; 6] = [
    Field::AccountId,
    Field::AccountName,
    Field::AccountSlug,
    Field::RoleName,
    Field::Email,
    Field::Ou,
];

pub(crate) fn run(asked: &SyncOrganizations, context: &Context) -> Result<ExitCode> {
    let syncing = &asked.syncing;
    let template = update::template(syncing, TEMPLATE, &FIELDS)?;
    let role_name = role_name(&asked.role_name)?;
    let tags = Tags::parse(&asked.account_tag)?;
    let config = context.config()?;
    let request = Request::of_profile(&asked.source_profile);
    let endpoint = plan::draft(&config, &request, &context.env)?.organizations()?;
    let plan = context.plan_of(&config, &request)?;
    let source = BlockSource::Organizations {
        source_profile: &asked.source_profile,
        role_name,
    };
    update::check(source, context)?;
    let options = context.options(&config, &asked.asking)?;
    let store = context.store()?;
    let broker = context.broker("sync organizations", &plan, &store, &options);
    broker.confirm()?;
    let credentials = broker.credentials()?;
    let own = if asked.own_accounts {
        None
    } else {
        Some(own_account(&plan, &credentials, context)?)
    };
    let accounts = Choice::new("--account", &syncing.account)?;
    let has_tags = |found: &[Tag]| tags.match_all(found);
    let inquiry = Inquiry {
        units: &asked.ou,
        paths: template.has(Field::Ou),
        is_wanted: &|member| {
            let is_own = own
                .as_deref()
                .is_some_and(|own| is_own(&member.account_id, &member.arn, own));
            member.is_active && !is_own && accounts.has(&member.account_id, &member.name)
        },
        has_tags: if tags.any() { Some(&has_tags) } else { None },
    };
    let found = broker.organization(&endpoint, &credentials, &inquiry)?;
    tell(&found, own.as_deref(), &accounts, context);
    let update = Update {
        source,
        session: None,
        profiles: profiles(asked, &template, role_name, &found, &config)?,
        syncing,
        no_input: asked.asking.no_input,
    };
    update::run(update, context)
}

/// One for each account that is wanted.
fn profiles(
    asked: &SyncOrganizations,
    template: &NameTemplate,
    role_name: &str,
    found: &[FoundAccount],
    config: &Config,
) -> Result<Vec<Synced>> {
    let region = region(asked, config)?;
    let source = &asked.source_profile;
    let wanted = found.iter().filter(|found| found.is_wanted);
    Ok(wanted
        .map(|found| profile(template, found, source, role_name, region.clone()))
        .collect())
}

fn profile(
    template: &NameTemplate,
    found: &FoundAccount,
    source_profile: &str,
    role_name: &str,
    region: Option<String>,
) -> Synced {
    let account_id = found.member.account_id.clone();
    let named = NameFields {
        account_id: &account_id,
        account_name: &found.member.name,
        role_name: role_name.rsplit('/').next().unwrap_or(role_name),
        email: &found.member.email,
        ou: &found.unit,
        session: "",
    };
    let partition = Arn::parse(&found.member.arn).map_or("aws", |arn| arn.partition);
    let keys = vec![
        (
            Key::RoleArn,
            format!("arn:{partition}:iam::{account_id}:role/{role_name}"),
        ),
        (Key::SourceProfile, source_profile.to_owned()),
    ];
    let name = template.fill(named);
    Synced {
        name,
        identity: AccountRole {
            account_id,
            role: role_name.to_owned(),
        },
        keys,
        region,
    }
}

/// IAM's letters, with a path before them or not.
fn role_name(text: &str) -> Result<&str> {
    let name = text.trim_start_matches("role/").trim_start_matches('/');
    if !name.is_empty()
        && !name.ends_with('/')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c))
    {
        return Ok(name);
    }
    Err(
        Error::usage(format!("--role-name: '{text}' is not the name of a role")).hint(
            "it is written like OrganizationAccountAccessRole, or partners/Audit with its path",
        ),
    )
}

/// The account that the source profile's credentials are in.
fn own_account(plan: &Plan, credentials: &Credentials, context: &Context) -> Result<String> {
    match credentials.account_id().or(plan.account_id()) {
        Some(account_id) => Ok(account_id.to_owned()),
        None => Ok(broker::identify(plan, credentials, context.now, context.voice)?.account_id),
    }
}

/// Whether it is the account of these credentials, or the one that manages the organization.
fn is_own(account_id: &str, arn: &str, own: &str) -> bool {
    account_id == own || Arn::parse(arn).is_some_and(|arn| arn.account_id == account_id)
}

/// The profiles' region: the same whatever shell this is run in.
fn region(asked: &SyncOrganizations, config: &Config) -> Result<Option<String>> {
    let source = config.profile(&asked.source_profile)?;
    let own = source.and_then(|profile| Some(profile.get(Key::Region)?.first_line().to_owned()));
    Ok(super::typed_region(&asked.syncing)?
        .or(own)
        .filter(|region| !region.is_empty()))
}

fn tell(found: &[FoundAccount], own: Option<&str>, accounts: &Choice, context: &Context) {
    let all: Vec<(&str, &str)> = found
        .iter()
        .map(|found| (found.member.account_id.as_str(), found.member.name.as_str()))
        .collect();
    accounts.warn_of_unused(&all, context.voice);
    let Some(own) = own else { return };
    for FoundAccount { member, .. } in found {
        if is_own(&member.account_id, &member.arn, own)
            && accounts.has(&member.account_id, &member.name)
        {
            let whose = if member.account_id == own {
                "your own"
            } else {
                "the management"
            };
            context.voice.note(&format!(
                "{whose} account {} ({}) is left out; --own-accounts takes it in",
                member.account_id, member.name
            ));
        }
    }
}
