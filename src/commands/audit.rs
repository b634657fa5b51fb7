//! `xacct audit`: what was issued, filtered, as a table or JSON.

use std::process::ExitCode;

use chrono::{DateTime, Utc};

use super::context::Context;
use super::{print, written};
use crate::arn::Arn;
use crate::audit;
use crate::cli::Audit;
use crate::credentials::rfc3339;
use crate::error::{Error, Result};
use crate::issuance::Record;
use crate::render::table::{Cell, table};
use crate::window;

pub(super) fn run(asked: &Audit, context: &Context) -> Result<ExitCode> {
    let path = audit::path(&context.env).ok_or_else(|| {
        Error::config("no home directory found for the audit log in it").hint("set XACCT_AUDIT_LOG")
    })?;
    let mut log = audit::read(&path).map_err(|error| {
        Error::other(format!("the audit log cannot be read: {error}")).caused_by(error)
    })?;
    super::warn_all(context.voice, &log.problems);
    let is_empty = log.records.is_empty();
    let now = (context.now)();
    log.records.retain(|record| is_wanted(record, asked, now));
    let surplus = asked
        .last
        .map_or(0, |last| log.records.len().saturating_sub(last));
    let records = log.records.split_off(surplus);
    if asked.json {
        print(super::json(&records).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    if records.is_empty() {
        say_why_nothing(is_empty, context)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<Cell>> = records.iter().map(cells).collect();
    let mut text = Vec::new();
    table(
        &HEADER,
        &rows,
        context.color,
        window::columns(std::io::stdout()),
        &mut text,
    )
    .map_err(written)?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn say_why_nothing(is_empty: bool, context: &Context) -> Result<()> {
    let is_on = context.config()?.settings().audit;
    context.voice.note(match (is_empty, is_on) {
        (true, true) => "nothing was issued yet",
        (true, false) => "nothing is noted: audit = false in config.toml",
        (false, _) => "no matching entries",
    });
    Ok(())
}

fn is_wanted(record: &Record, asked: &Audit, now: DateTime<Utc>) -> bool {
    let age = (now - record.time).num_seconds();
    let role = record.role.as_deref();
    (asked.profiles.is_empty() || asked.profiles.contains(&record.profile))
        && (asked.account.is_none() || asked.account == record.account_id)
        && (asked.caller.is_none() || asked.caller == record.caller)
        && asked
            .role
            .as_deref()
            .is_none_or(|wanted| Some(wanted) == role || Some(wanted) == role.map(name))
        && asked.why.is_none_or(|why| why == record.why)
        && asked
            .since
            .is_none_or(|since| age <= i64::try_from(since).unwrap_or(i64::MAX))
}

/// The role's name, whether it comes as an ARN or as a name.
fn name(role: &str) -> &str {
    Arn::parse(role)
        .and_then(|arn| arn.role_name())
        .unwrap_or(role)
}

const HEADER: [&str; 7] = [
    "TIME", "PROFILE", "ACCOUNT", "ROLE", "SESSION", "WHY", "CALLER",
];

fn cells(record: &Record) -> Vec<Cell> {
    vec![
        Cell::new(&rfc3339(record.time)),
        Cell::new(&record.profile),
        Cell::optional(record.account_id.as_deref()),
        // What is no role is a session of the user's own, or what another source gave.
        Cell::new(record.role.as_deref().map_or(record.action.as_str(), name)),
        Cell::optional(record.role_session_name.as_deref()),
        Cell::new(record.why.word()),
        Cell::optional(record.caller.as_deref()),
    ]
}
