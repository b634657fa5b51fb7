//! `xacct list`: the profiles with account, role, source, region, MFA, and what is cached until
//! when.

use std::collections::HashSet;
use std::process::ExitCode;

use anstyle::AnsiColor;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::cached::{self, CacheStatus};
use super::context::Context;
use super::each;
use super::profile_summary::{color, source, tags};
use super::{print, written};
use crate::arn::Arn;
use crate::cache::Entry;
use crate::cli::List;
use crate::config::{Config, Key, Profile, ProfileColor};
use crate::credentials::{rfc3339, shown_device};
use crate::duration;
use crate::error::Result;
use crate::plan::{Plan, RegionOrigin, Request};
use crate::render::table::{Cell, table};
use crate::window;

/// An entry of `list --json`. Its names are a promise: scripts read them.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) profile: String,
    pub(super) account_id: Option<String>,
    pub(super) role_arn: Option<String>,
    /// For people, of a profile that has no ARN: the permission set.
    #[serde(skip)]
    pub(super) role_name: Option<String>,
    source: Option<String>,
    region: Option<String>,
    mfa_serial: Option<String>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) status: &'static str,
    expires_at: Option<String>,
    /// Seconds left, for people.
    #[serde(skip)]
    pub(super) left: Option<i64>,
    #[serde(skip)]
    pub(super) color: Option<ProfileColor>,
    /// Whether there is a way to credentials.
    #[serde(skip)]
    pub(super) is_whole: bool,
}

pub(super) fn run(asked: &List, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let mut rows = rows(context, &config)?;
    if !asked.selectors.is_empty() {
        let chosen: HashSet<String> = each::choose(&asked.selectors, context, &config)?
            .into_iter()
            .collect();
        rows.retain(|row| chosen.contains(&row.profile));
    }
    if asked.json {
        print(super::json(&rows).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    warn_of_problems(&config, context);
    if rows.is_empty() {
        context
            .voice
            .note("no profiles found; `xacct sandbox` has some to try");
        return Ok(ExitCode::SUCCESS);
    }
    let columns = columns(&rows);
    let cells: Vec<Vec<Cell>> = rows.iter().map(|row| cells(row, columns)).collect();
    let mut text = Vec::new();
    table(
        &HEADER[..columns],
        &cells,
        context.color,
        window::columns(std::io::stdout()),
        &mut text,
    )
    .map_err(written)?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// A row a profile, in the order of the files.
pub(super) fn rows(context: &Context, config: &Config) -> Result<Vec<Row>> {
    let store = context.store()?;
    let now = (context.now)();
    let mut rows = Vec::new();
    for profile in &config.profiles() {
        let request = Request::of_profile(&profile.name);
        rows.push(match context.plan_of(config, &request) {
            Ok(plan) => {
                let entry = cached::last_entry(&plan, &store, context);
                row(profile, &plan, entry.as_ref(), now)
            }
            Err(_) => broken(profile),
        });
    }
    Ok(rows)
}

/// The role's name without its path, or what stands where an ARN should.
pub(super) fn role_name(role_arn: &str) -> &str {
    Arn::parse(role_arn)
        .and_then(|arn| arn.role_name())
        .unwrap_or(role_arn)
}

fn warn_of_problems(config: &Config, context: &Context) {
    let problems: Vec<String> = config.problems().iter().map(ToString::to_string).collect();
    super::warn_all(context.voice, &problems);
}

fn row(profile: &Profile, plan: &Plan, entry: Option<&Entry>, now: DateTime<Utc>) -> Row {
    let status = cached::status(plan, entry, now);
    let known = entry.and_then(|entry| entry.account_id.clone());
    Row {
        profile: profile.name.clone(),
        account_id: plan.account_id().map(str::to_owned).or(known),
        role_arn: plan
            .steps
            .iter()
            .rev()
            .find_map(|step| step.role_arn().map(str::to_owned)),
        role_name: plan.sso().and_then(|sso| sso.role_name.clone()),
        source: Some(source(&plan.source)),
        region: Some(&plan.region)
            .filter(|region| region.origin != RegionOrigin::Fallback)
            .map(|r| r.name.clone()),
        mfa_serial: plan
            .mfa
            .as_ref()
            .map(|mfa| shown_device(&mfa.serial).to_owned()),
        tags: tags(profile),
        status: status.word(),
        expires_at: entry.map(|entry| rfc3339(entry.expires_at)),
        left: entry
            .map(|entry| (entry.expires_at - now).num_seconds())
            .filter(|_| status == CacheStatus::Cached),
        color: color(profile),
        is_whole: true,
    }
}

/// A profile that gives no credentials: only settings, or something is wrong with it (`explain`
/// says what).
fn broken(profile: &Profile) -> Row {
    let text = |key| profile.line(key).map(str::to_owned);
    let role_arn = text(Key::RoleArn);
    Row {
        profile: profile.name.clone(),
        account_id: role_arn
            .as_deref()
            .and_then(Arn::parse)
            .map(|arn| arn.account_id.to_owned()),
        role_arn,
        role_name: text(Key::SsoRoleName),
        source: text(Key::SourceProfile).or_else(|| text(Key::CredentialSource)),
        region: text(Key::Region),
        mfa_serial: text(Key::MfaSerial).map(|text| shown_device(&text).to_owned()),
        tags: tags(profile),
        status: CacheStatus::None.word(),
        expires_at: None,
        left: None,
        color: color(profile),
        is_whole: false,
    }
}

const HEADER: [&str; 8] = [
    "PROFILE", "ACCOUNT", "ROLE", "SOURCE", "REGION", "MFA", "LEFT", "TAGS",
];

/// The columns, the last one only where some profile has tags.
fn columns(rows: &[Row]) -> usize {
    let tagged = rows
        .iter()
        .any(|row| row.tags.as_ref().is_some_and(|tags| !tags.is_empty()));
    if tagged {
        HEADER.len()
    } else {
        HEADER.len() - 1
    }
}

fn cells(row: &Row, columns: usize) -> Vec<Cell> {
    let cell = |text: Option<&str>| Cell::new(text.unwrap_or_default());
    let role = row
        .role_arn
        .as_deref()
        .map(role_name)
        .or(row.role_name.as_deref());
    let device = row
        .mfa_serial
        .as_deref()
        .map(|serial| serial.rsplit('/').next().unwrap_or(serial));
    let left = match (row.status, row.left) {
        ("cached", Some(left)) => {
            Cell::new(&duration::readable(left)).styled(AnsiColor::Green.on_default())
        }
        ("expired", _) => Cell::new("expired").styled(AnsiColor::Yellow.on_default()),
        ("static", _) => Cell::new("static"),
        _ => Cell::new(""),
    };
    let style = row.color.map(ProfileColor::style).unwrap_or_default();
    let mut cells = vec![
        Cell::new(&row.profile).styled(style),
        cell(row.account_id.as_deref()),
        cell(role),
        cell(row.source.as_deref()),
        cell(row.region.as_deref()),
        cell(device),
        left,
        Cell::new(&row.tags.as_deref().unwrap_or_default().join(",")),
    ];
    cells.truncate(columns);
    cells
}
