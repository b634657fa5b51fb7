//! What `add` and `adopt` have in common: the files as they are, showing what would change, asking whether it is
//! meant, writing it.

use std::path::PathBuf;

use super::context::Context;
use super::edit_lock;
use super::person::Person;
use super::print;
use crate::config::{Config, FileKind, Paths, Texts};
use crate::error::{Error, Result};
use crate::files::{self, Change, Lock};
use crate::plan::{Plan, Request};
use crate::render::diff;

/// The files, read, and nobody else's to change until this is dropped.
pub(super) struct Files {
    pub(super) paths: Paths,
    /// To the byte.
    pub(super) raw: Texts,
    pub(super) config: Config,
    /// `None` where nothing will be written.
    lock: Option<Lock>,
}

/// How much a person is asked.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// `--dry-run`
    pub(super) dry_run: bool,
    /// `--yes`
    pub(super) yes: bool,
    /// `--no-input`
    pub(super) no_input: bool,
}

impl Files {
    pub(super) fn open(context: &Context, dry_run: bool) -> Result<Files> {
        let paths = Paths::from_env(&context.env);
        let lock = if dry_run { None } else { Some(edit_lock::wait_for(&paths, context)?) };
        let raw = files::read_raw(&paths)?;
        let config = Config::new(paths.clone(), raw.clone().without_marks())?;
        Ok(Files { paths, raw, config, lock })
    }

    /// What the files would say.
    pub(super) fn config_of(&self, texts: &Texts) -> Result<Config> {
        Config::new(self.paths.clone(), texts.clone().without_marks())
    }

    /// The files that change, in this order.
    pub(super) fn changes<'a>(&'a self, new: &'a Texts, order: &[FileKind]) -> Vec<Change<'a>> {
        let change = |file: &FileKind| {
            let text = |texts: &'a Texts| texts.of(*file).map(|text| text.as_str());
            Change { file: *file, old: text(&self.raw), new: text(new) }
        };
        order.iter().map(change).filter(|change| change.old != change.new).collect()
    }

    /// The changes as a person reads them.
    pub(super) fn shown(&self, changes: &[Change<'_>], color: bool) -> String {
        let one = |change: &Change<'_>| {
            let (old, new) = (change.old.unwrap_or_default(), change.new.unwrap_or_default());
            diff::unified(&self.paths.display(change.file), old, new, color)
        };
        changes.iter().map(one).collect()
    }

    /// Shows the changes; whether they are to be made.
    ///
    /// Errors: `NeedsPerson` where somebody should be asked and cannot be, `Other` for a no.
    pub(super) fn agreed(&self, changes: &[Change<'_>], asked: Asked, context: &Context) -> Result<bool> {
        if asked.dry_run {
            print(self.shown(changes, context.color).as_bytes())?;
            return Ok(false);
        }
        let shown = self.shown(changes, context.voice.color);
        if asked.yes {
            context.voice.show(&shown);
            return Ok(true);
        }
        if asked.no_input {
            return Err(nobody());
        }
        let Some(person) = Person::at_terminal()? else { return Err(nobody()) };
        // On the terminal, whatever stderr is: who answers must have seen it.
        if person.agrees(&format!("{shown}write this?"))? {
            return Ok(true);
        }
        Err(Error::other("nothing was changed"))
    }

    /// Makes the changes, and gives the backups of what was there before.
    pub(super) fn write(&self, changes: &[Change<'_>], context: &Context) -> Result<Vec<PathBuf>> {
        let Some(lock) = &self.lock else { return Ok(Vec::new()) };
        files::write(&self.paths, changes, (context.now)(), lock)
    }
}

/// The plan of a profile.
pub(super) fn plan(context: &Context, config: &Config, name: &str) -> Result<Plan> {
    context.plan_of(config, &Request { profile: Some(name.to_owned()), ..Request::default() })
}

fn nobody() -> Error {
    let message = "a person is to say yes to this, and there is nobody to ask: nothing was changed";
    Error::needs_person(message)
        .hint("run the command in a terminal, or with --yes; --dry-run only shows what would change")
}
