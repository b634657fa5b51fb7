//! The list of profiles that opens if PROFILE is missing and there is a terminal.

use std::ffi::OsString;

use super::context::Context;
use super::list::{self, Row};
use super::now;
use super::shell::{self, Ended, ShellCredentials};
use crate::cache::Store;
use crate::cli::{self, Cli, Command};
use crate::config::ProfileColor;
use crate::duration;
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::picker::{Item, Picker, PickerOutcome, Used};
use crate::runtime;
use crate::say::Color;
use crate::terminal::{self, Unanswered};

/// What Ctrl-C leaves, and Escape with it.
const LEFT: u8 = 130;

/// Where it is kept what was picked, in the cache directory.
const NOTE: (&str, &str) = ("picker", "used.json");

/// How the list was left.
enum Picked {
    Profile(String),
    /// Nothing is to happen; the exit status.
    Left(u8),
}

/// The command line with a PROFILE that a person picked, or the exit status; `None` where PROFILE
/// is not what is missing, or nobody is there to pick.
pub(super) fn instead(
    error: &clap::Error,
    args: &[OsString],
    env: &Env,
) -> Option<std::result::Result<Cli, Ended>> {
    let unpicked = cli::unpicked(args, env, error)?;
    if let (Command::Exec(_), Some(profile)) = (&unpicked.cli().command, env.get("AWS_PROFILE")) {
        // As the AWS CLI would run it. The variable is named, since it may have been forgotten.
        let profile = profile.trim().to_owned();
        Context::new(env.clone(), unpicked.cli(), now)
            .voice
            .note(&format!("AWS_PROFILE says '{profile}'"));
        return Some(Ok(unpicked.with(profile)));
    }
    let can_show = env.get("TERM") != Some("dumb");
    if unpicked.forbids_asking() || !can_show || !terminal::available() {
        return None;
    }
    let context = Context::new(env.clone(), unpicked.cli(), now);
    let command = &unpicked.cli().command;
    let evaluated = shell::evaluated(command);
    Some(
        match pick(&context, is_colored(unpicked.cli().speaking.color, env)) {
            Ok(Picked::Profile(profile)) => Ok(unpicked.with(profile)),
            Ok(Picked::Left(status)) => Err(Ended {
                status,
                evaluated,
                credentials: ShellCredentials::Kept,
            }),
            Err(error) => {
                super::tell(&error, command, &context);
                Err(Ended {
                    status: super::status_of(command, error.kind),
                    evaluated,
                    credentials: ShellCredentials::Removed,
                })
            }
        },
    )
}

/// The list is on the terminal, whatever stdout and stderr are.
fn is_colored(asked: Color, env: &Env) -> bool {
    match asked {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => env.get("NO_COLOR").is_none(),
    }
}

fn pick(context: &Context, color: bool) -> Result<Picked> {
    let config = context.config()?;
    let rows = list::rows(context, &config)?;
    let store = context.store()?;
    let mut used = read(&store);
    let items: Vec<Item> = rows
        .iter()
        .filter(|row| row.is_whole)
        .map(|row| item(row, &used, context))
        .collect();
    if items.is_empty() {
        return Err(
            Error::config("no profile to pick").hint("xacct add    asks for what one needs")
        );
    }
    match runtime::run(terminal::pick(Picker::new(items), color))? {
        Ok(PickerOutcome::Picked(profile)) => {
            used.pick(&profile, (context.now)());
            // Only the order of the next list hangs on it.
            let _ = store.write_note(NOTE.0, NOTE.1, &used.bytes());
            Ok(Picked::Profile(profile))
        }
        Ok(_) => Ok(Picked::Left(LEFT)),
        Err(Unanswered::Signal(number)) => Ok(Picked::Left(Kind::Signal(number).status())),
        Err(why) => Err(why.error(|why| format!("no profile was named, and {why}"))),
    }
}

/// What cannot be read is nothing: the list is then in the order of the files.
fn read(store: &Store) -> Used {
    store
        .read_note(NOTE.0, NOTE.1)
        .ok()
        .flatten()
        .map(|bytes| Used::read(&bytes))
        .unwrap_or_default()
}

fn item(row: &Row, used: &Used, context: &Context) -> Item {
    // One whose credentials are here was used today, if not by this list.
    let is_cached = u64::from(row.status == "cached");
    Item {
        profile: row.profile.clone(),
        account_id: row.account_id.clone().unwrap_or_default(),
        role: row
            .role_arn
            .as_deref()
            .map(|arn| list::role_name(arn).to_owned())
            .unwrap_or_default(),
        left: match (row.status, row.left) {
            ("cached", Some(left)) => duration::readable(left),
            ("expired", _) => "expired".to_owned(),
            _ => String::new(),
        },
        tags: row.tags.as_deref().unwrap_or_default().join(","),
        style: row.color.map(ProfileColor::style).unwrap_or_default(),
        weight: used.weight(&row.profile, (context.now)()) * 2 + is_cached,
    }
}
