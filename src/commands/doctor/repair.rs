//! `doctor --fix`: permissions, files of the cache, lines of the AWS files. Each is shown; what
//! fails is said, and the rest is mended all the same. What may be mended at all is decided in
//! `doctor`.

use std::fs;

use crate::commands::context::Context;
use crate::commands::edit_lock;
use crate::config::{Config, FileKind, Paths, Texts, hints};
use crate::doctor::edit;
use crate::doctor::{Finding, Repair, TextEdit};
use crate::error::{Error, Result};
use crate::files::{self, Change};
use crate::render::diff;
use crate::system::access::set_mode;

/// Whether anything was changed.
pub(super) fn mend(findings: &[Finding], dry_run: bool, context: &Context) -> bool {
    let paths = Paths::from_env(&context.env);
    let mut changed = false;
    for repair in findings
        .iter()
        .filter_map(|finding| finding.repair.as_ref())
    {
        let done = match repair {
            Repair::Mode { path, mode } => {
                let (shown, whole) = (paths.shown(path), path.to_string_lossy());
                let kind = if path.is_dir() {
                    hints::PathKind::Directory
                } else {
                    hints::PathKind::File
                };
                let what = hints::restrict(&shown, &whole, *mode, kind);
                done(&what, dry_run, context, || set_mode(path, *mode))
            }
            Repair::Remove { paths: useless } => useless.iter().fold(false, |before, path| {
                let what = hints::remove(&paths.shown(path), &path.to_string_lossy());
                done(&what, dry_run, context, || fs::remove_file(path)) || before
            }),
            Repair::Edit { .. } => false,
        };
        changed = changed || done;
    }
    for file in [FileKind::Config, FileKind::Credentials] {
        let edits: Vec<&TextEdit> = findings
            .iter()
            .filter_map(|finding| edit_of(finding, file))
            .collect();
        if edits.is_empty() {
            continue;
        }
        match rewrite(file, &edits, dry_run, &paths, context) {
            Ok(()) => changed = changed || !dry_run,
            Err(error) => context.voice.error(&error),
        }
    }
    changed
}

fn edit_of(finding: &Finding, file: FileKind) -> Option<&TextEdit> {
    match &finding.repair {
        Some(Repair::Edit { file: own, edit }) if *own == file => Some(edit),
        _ => None,
    }
}

/// Says what is done and does it; whether it was.
fn done(
    what: &str,
    dry_run: bool,
    context: &Context,
    act: impl FnOnce() -> std::io::Result<()>,
) -> bool {
    if dry_run {
        context.voice.note(&format!("would {what}"));
        return false;
    }
    match act() {
        Ok(()) => context.voice.note(what),
        Err(error) => context.voice.warn(&format!("{what}: {error}")),
    }
    true
}

/// Errors: the file cannot be written, or it would not be read as before.
fn rewrite(
    file: FileKind,
    edits: &[&TextEdit],
    dry_run: bool,
    paths: &Paths,
    context: &Context,
) -> Result<()> {
    let lock = if dry_run {
        None
    } else {
        Some(edit_lock::wait_for(paths, context)?)
    };
    let mut old = Texts::default();
    for (own, read) in files::read_each(paths) {
        match own {
            // What is wrong with another file is no reason to leave this one.
            _ if own != file && read.is_err() => {}
            FileKind::Config => old.config = read?,
            FileKind::Credentials => old.credentials = read?,
            FileKind::Settings => old.settings = read?,
        }
    }
    let path = paths.display(file);
    let text = old
        .of(file)
        .ok_or_else(|| unchanged(&path, "it has gone"))?;
    let new = edit::apply(file, text, edits).map_err(|why| unchanged(&path, &why))?;
    let texts = match file {
        FileKind::Credentials => Texts {
            credentials: Some(new.clone()),
            ..old.clone()
        },
        _ => Texts {
            config: Some(new.clone()),
            ..old.clone()
        },
    };
    if !edit::holds(&config(paths, &old), &config(paths, &texts), edits) {
        return Err(unchanged(
            &path,
            "the profiles would not be the same afterwards",
        ));
    }
    context
        .voice
        .show(&diff::unified(&path, file, text, &new, context.voice.color));
    let Some(lock) = lock else { return Ok(()) };
    let change = Change {
        file,
        old: Some(text),
        new: Some(&new),
    };
    for backup in files::write(paths, &[change], context.local_now(), &lock)? {
        context.voice.note(&format!("backup: {}", backup.display()));
    }
    Ok(())
}

fn unchanged(path: &str, why: &str) -> Error {
    Error::other(format!("{path} was not changed: {why}"))
}

fn config(paths: &Paths, texts: &Texts) -> Config {
    Config::without_settings(paths.clone(), texts.clone().without_marks())
}
