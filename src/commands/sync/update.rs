//! What all sources have in common: from the profiles that were found to the changed file, with
//! everything said that a person should know of it.

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::Syncing;
use crate::commands::change::{self, Access, ChangeOptions, ConfigFiles};
use crate::commands::context::Context;
use crate::commands::sso_session::NewSession;
use crate::config::adopt::{self, Adoption};
use crate::config::managed::{Block, BlockSource, BlockUpdate, Broken, Synced, Wish};
use crate::config::{Config, Field, FileKind, Key, NameTemplate, Origin, Texts, naming};
use crate::error::{Error, Result};

pub(super) struct Update<'a> {
    pub(super) source: BlockSource<'a>,
    /// What is to be written too, where the file does not have it.
    pub(super) session: Option<NewSession>,
    /// By the names that the template gives them.
    pub(super) profiles: Vec<Synced>,
    pub(super) syncing: &'a Syncing,
    pub(super) no_input: bool,
}

/// `--name-template`, or the usual one.
pub(super) fn template(syncing: &Syncing, usual: &str, fields: &[Field]) -> Result<NameTemplate> {
    let template = syncing.name_template.as_deref().unwrap_or(usual);
    NameTemplate::parse(template, fields)
        .map_err(|why| Error::usage(format!("--name-template: {why}")))
}

/// Errors: the file could not be changed, as far as that is seen before anything is asked for.
pub(super) fn check(source: BlockSource<'_>, context: &Context) -> Result<()> {
    let files = ConfigFiles::open(context, Access::Look)?;
    block(
        &files,
        files.raw.config.as_ref().map_or("", |text| text),
        source,
    )
    .map(|_| ())
}

pub(super) fn run(update: Update<'_>, context: &Context) -> Result<ExitCode> {
    let Update {
        source,
        session,
        profiles,
        syncing,
        no_input,
    } = update;
    let found = profiles.len();
    let files = ConfigFiles::open(context, Access::unless(syncing.writing.dry_run))?;
    let path = files.paths.display(FileKind::Config);
    let before = files.raw.config.as_ref().map_or("", |text| text.as_str());
    let session = session.filter(|session| files.config.sso_session(&session.name).is_none());
    let with_session = session.as_ref().map(|session| session.added_to(before));
    let block = block(
        &files,
        with_session.as_ref().map_or(before, |text| text),
        source,
    )?;
    let profiles =
        naming::assign(profiles, &block, syncing.prune).map_err(|why| same_name(&why))?;
    let (profiles, left) = without_taken(&files, &block, profiles, context);
    let wish = Wish {
        profiles: &profiles,
        left: &left,
        prune: syncing.prune,
        set_region: syncing.region.is_some(),
    };
    let outcome = block
        .write(&wish)
        .map_err(|why| Error::config(format!("{path}: {why}")))?;
    warn_of_kept(&outcome.kept, context);
    if outcome.is_same() && session.is_none() {
        context.voice.note(&unchanged(found, &path));
        return Ok(ExitCode::SUCCESS);
    }
    let texts = Texts {
        config: Some(outcome.text.clone().into()),
        ..files.raw.clone()
    };
    let after = files.config_of(&texts)?;
    hold(&after, &profiles)?;
    warn_of_lost_sources(&files.config, &outcome.gone, context);
    let changes = files.changes(&texts, &[FileKind::Config]);
    let asking = ChangeOptions {
        writing: syncing.writing,
        no_input,
    };
    if !files.agreed(&changes, &after, asking, context)? {
        return Ok(ExitCode::SUCCESS);
    }
    let backups = files.write(&changes, context)?;
    if let Some(NewSession { name, .. }) = &session {
        let added = format!("{path}: [sso-session {name}] added");
        context.voice.note(&added);
    }
    note_written(&path, &outcome, &backups, context);
    Ok(ExitCode::SUCCESS)
}

fn note_written(path: &str, outcome: &BlockUpdate, backups: &[PathBuf], context: &Context) {
    if !outcome.is_same() {
        context.voice.note(&format!("{path}: {}", told(outcome)));
    }
    change::note_backups(backups, context);
}

fn unchanged(found: usize, path: &str) -> String {
    if found == 0 {
        return "no role was found that is wanted: nothing to change".to_owned();
    }
    format!("nothing to change in {path}")
}

fn same_name(why: &str) -> Error {
    Error::config(format!("{why}: nothing was changed")).hint(
        "--name-template tells them apart: with {account_name}, {role_name} and {account_id} it \
         always does",
    )
}

fn warn_of_kept(kept: &[String], context: &Context) {
    if kept.is_empty() {
        return;
    }
    let names = listed(kept);
    context.voice.warn(&format!(
        "no longer among what was found, and kept: {names} (--prune takes them out)"
    ));
}

fn block<'f>(files: &ConfigFiles, text: &'f str, source: BlockSource<'_>) -> Result<Block<'f>> {
    Block::find(text, source).map_err(
        |Broken {
             line,
             message,
             hint,
         }| {
            let path = files.paths.display(FileKind::Config);
            Error::config(format!("{path}:{line}: {message}")).hint(hint)
        },
    )
}

/// The profiles whose names are free, and the names of those that stay as they are, or out.
fn without_taken(
    files: &ConfigFiles,
    block: &Block<'_>,
    profiles: Vec<Synced>,
    context: &Context,
) -> (Vec<Synced>, HashSet<String>) {
    let places = files.config.places();
    let mut left = HashSet::new();
    let mut free = Vec::new();
    for profile in profiles {
        let name = &profile.name;
        let places = places.get(name).map(Vec::as_slice).unwrap_or_default();
        let is_own = block.identity(name).is_some();
        let is_inside =
            |origin: &Origin| origin.file == FileKind::Config && block.has_line(origin.line);
        // What xacct's settings file says beside the block adds to the profile.
        let is_other = |origin: &&Origin| {
            if is_inside(origin) {
                !is_own
            } else {
                !(is_own && origin.file == FileKind::Settings)
            }
        };
        let Some(other) = places.iter().find(is_other) else {
            free.push(profile);
            continue;
        };
        // A profile of the block that was adopted is the settings file's, and works as it is.
        let is_adopted = || matches!(adopt::state(&files.config, name), Adoption::Adopted);
        if !(places.iter().any(is_inside) && is_adopted()) {
            let stays = if is_own {
                "stays as it is"
            } else {
                "is left out"
            };
            context.voice.warn(&format!(
                "'{name}' {stays}: there is a profile of that name at {other}"
            ));
        }
        left.insert(profile.name);
    }
    (free, left)
}

/// Errors: a profile would be read otherwise than it is meant.
fn hold(after: &Config, profiles: &[Synced]) -> Result<()> {
    for profile in profiles {
        let read = after.in_config_file(&profile.name);
        let is_read = |(key, value): &(Key, String)| {
            read.as_ref()
                .and_then(|section| section.get(*key))
                .is_some_and(|setting| *setting.value == *value)
        };
        if let Some((key, _)) = profile.keys.iter().find(|entry| !is_read(entry)) {
            return Err(Error::config(format!(
                "{key} of profile '{}' cannot be written so that it is read the same: nothing was \
                 changed",
                profile.name
            )));
        }
    }
    Ok(())
}

/// Profiles of a person's own may be assumed from one that goes.
fn warn_of_lost_sources(config: &Config, gone: &[String], context: &Context) {
    if gone.is_empty() {
        return;
    }
    for profile in config
        .profiles()
        .iter()
        .filter(|profile| !gone.contains(&profile.name))
    {
        for key in [Key::SourceProfile, Key::IncludeProfile] {
            let Some(setting) = profile
                .get(key)
                .filter(|setting| gone.iter().any(|name| name == setting.first_line()))
            else {
                continue;
            };
            context.voice.warn(&format!(
                "{}: profile '{}' has {key} = {}, which is taken out",
                setting.origin,
                profile.name,
                setting.first_line()
            ));
        }
    }
}

fn told(outcome: &BlockUpdate) -> String {
    let counts = [
        (outcome.added, "added"),
        (outcome.changed, "changed"),
        (outcome.gone.len(), "taken out"),
    ];
    let told = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .enumerate()
        .map(|(index, (count, what))| match (index, count) {
            (0, 1) => format!("1 profile {what}"),
            (0, _) => format!("{count} profiles {what}"),
            _ => format!("{count} {what}"),
        });
    told.collect::<Vec<_>>().join(", ")
}

fn listed(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("'{name}'"))
        .collect::<Vec<_>>()
        .join(", ")
}
