//! `xacct keys list`: which profile has which key in which store, from the index alone.

use std::process::ExitCode;

use anstyle::AnsiColor;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::cli::KeysList;
use crate::commands::context::Context;
use crate::commands::{json, print, written};
use crate::config::{Config, StoredKey};
use crate::credentials::rfc3339;
use crate::error::Result;
use crate::render::table::{Cell, table};
use crate::window;

const HEADER: [&str; 4] = ["PROFILE", "ACCESS KEY", "STORE", "AGE"];

/// An entry of `keys list --json`. Its names are a promise: scripts read them.
#[derive(Serialize)]
struct Row<'a> {
    profile: &'a str,
    access_key_id: &'a str,
    store: &'static str,
    added_at: String,
    age_seconds: i64,
    is_old: bool,
}

pub(super) fn run(asked: &KeysList, context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let now = (context.now)();
    let keys = &config.stored_keys().keys;
    let rows: Vec<Row<'_>> = keys.iter().map(|key| row(key, &config, now)).collect();
    if asked.json {
        print(json(&rows).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    if rows.is_empty() {
        context
            .voice
            .note("no access keys are in a keyring; xacct keys add PROFILE    puts one there");
        return Ok(ExitCode::SUCCESS);
    }
    let cells: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
    let mut text = Vec::new();
    let width = window::columns(std::io::stdout());
    table(&HEADER, &cells, context.color, width, &mut text).map_err(written)?;
    print(&text)?;
    for row in rows {
        warn(&row, context);
    }
    Ok(ExitCode::SUCCESS)
}

fn row<'k>(key: &'k StoredKey, config: &Config, now: DateTime<Utc>) -> Row<'k> {
    let age_seconds = (now - key.added).num_seconds().max(0);
    let most = config.settings().keys_max_age;
    Row {
        profile: &key.profile,
        access_key_id: &key.access_key_id,
        store: key.store.name(),
        added_at: rfc3339(key.added),
        age_seconds,
        is_old: most.is_some_and(|most| age_seconds.unsigned_abs() > most),
    }
}

fn cells(row: &Row<'_>) -> Vec<Cell> {
    let age = Cell::new(&age(row.age_seconds));
    let age = if row.is_old {
        age.styled(AnsiColor::Yellow.on_default())
    } else {
        age
    };
    vec![
        Cell::new(row.profile),
        Cell::new(row.access_key_id),
        Cell::new(row.store),
        age,
    ]
}

/// `12 days`; of less than one, what is left.
fn age(seconds: i64) -> String {
    match seconds / 86_400 {
        0 => "today".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

fn warn(row: &Row<'_>, context: &Context) {
    let profile = row.profile;
    if row.is_old {
        let age = age(row.age_seconds);
        context.voice.warn(&format!(
            "the access key of '{profile}' is {age} old, more than keys.max_age allows"
        ));
    }
}
